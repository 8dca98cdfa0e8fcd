package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"spool"
	"spool/config"
	"spool/store"
)

func (p *program) feedsRetryCommand() *cobra.Command {
	return &cobra.Command{
		Use: "retry NAME", Short: "Have a feed read at once, also one that is gone for good", Args: oneArg("name of a feed"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withStore(cmd.Context(), func(cfg *config.Config, db *store.DB) error {
				known, err := knownFeed(cmd, cfg, db, args[0])
				if err != nil {
					return err
				}
				now := p.now()
				if err := db.Reschedule(cmd.Context(), args[0], now); err != nil && !errors.Is(err, spool.ErrNotFound) {
					return err
				}
				if wait := known.state.RetryAfter; wait.After(now) {
					fmt.Fprintf(p.out, "%s is read %s: its server asked to be left alone until then\n", args[0], ago(wait, now))
					return nil
				}
				fmt.Fprintf(p.out, "%s is read now if the daemon runs, otherwise by the next \"spool run\"\n", args[0])
				return nil
			})
		},
	}
}
