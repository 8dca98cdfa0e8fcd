package main

import "github.com/spf13/cobra"

func (p *program) importCommand() *cobra.Command {
	return &cobra.Command{Use: "import FILE", Short: "Take feeds over from another program (OPML)", Args: oneArg("file")}
}

func (p *program) exportCommand() *cobra.Command {
	return &cobra.Command{Use: "export", Short: "Print the feeds as OPML", Args: noArgs}
}
