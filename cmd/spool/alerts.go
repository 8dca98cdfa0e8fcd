package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"spool/alerts"
	alertsource "spool/alerts/source"
	"spool/feeds"
	"spool/scheduler"
)

func (p *program) alertsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "alerts",
		Short: "Look at service alerts, and try a policy on recorded ones",
		Long: `Looks at the service alerts that feeds list, and tries what the configuration says
of them on a recorded series. docs/alerts.md explains how alerts are followed up.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(p.alertListCommand(), p.replayCommand())
	return cmd
}

// readAlerts reads the alerts of a document that was not fetched.
func (p *program) readAlerts(body []byte, s feeds.Source, path string) (alerts.Reading, error) {
	result, err := feeds.Read(body, s, feeds.Input{Base: s.URL, Kind: s.Kind, Location: s.Location, Now: p.now()})
	switch {
	case err != nil:
		return alerts.Reading{}, fmt.Errorf("%s: %w", path, err)
	case result.Raw == nil:
		return alerts.Reading{}, fmt.Errorf("%s: it lists no alerts", path)
	}
	return p.alertReader().Read(alerts.Document{
		Body: result.Raw.Body, Mime: result.Raw.Mime, URL: result.Raw.URL, Items: result.Document.Items, Location: s.Location,
	})
}

// alertReader reads documents with alerts.
func (p *program) alertReader() scheduler.AlertReader { return alertsource.Reader{} }
