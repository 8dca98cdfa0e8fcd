package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"spool/config"
	"spool/store"
	"spool/web"
)

func (p *program) backupCommand() *cobra.Command {
	return &cobra.Command{
		Use: "backup FILE", Short: "Copy the SQLite database while the daemon runs",
		Long: `Writes a consistent copy of the SQLite database to FILE, which must not exist
yet, and checks it. The daemon may go on meanwhile. The copy holds the tokens of
"spool login"; keep it as safe as the database.`,
		Args: oneArg("file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withStore(cmd.Context(), func(_ *config.Config, db *store.DB) error {
				if err := db.Backup(cmd.Context(), args[0]); err != nil {
					return err
				}
				fmt.Fprintf(p.out, "%s: copied and checked\n", args[0])
				return nil
			})
		},
	}
}

func (p *program) healthCommand() *cobra.Command {
	return &cobra.Command{
		Use: "health", Short: "Ask the running daemon whether it is well; for Docker's HEALTHCHECK", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := p.loadConfig()
			if err != nil {
				return err
			}
			if cfg.Server.Listen == "" {
				return errors.New("server.listen is empty, so the daemon answers nobody")
			}
			ctx, cancel := context.WithTimeout(cmd.Context(), 5*time.Second)
			defer cancel()
			if err := web.Health(ctx, cfg.Server.Listen); err != nil {
				return err
			}
			fmt.Fprintln(p.out, "ok")
			return nil
		},
	}
}

func (p *program) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(p.out, "spool", version)
			return err
		},
	}
}
