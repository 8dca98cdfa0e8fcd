package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"spool"
	"spool/config"
	"spool/store"
)

func (p *program) accountsCommand() *cobra.Command {
	var asJSON bool
	list := func(cmd *cobra.Command, _ []string) error {
		return p.withStore(cmd.Context(), func(cfg *config.Config, db *store.DB) error {
			accounts, err := db.Accounts(cmd.Context())
			if err != nil {
				return err
			}
			accounts = append(accounts, unused(cfg, accounts)...)
			if asJSON {
				return p.printJSON(accountViews(accounts))
			}
			p.printAccounts(accounts)
			return nil
		})
	}
	cmd := &cobra.Command{
		Use: "accounts", Short: "Show the accounts, pause and resume them", Args: noArgs, RunE: list,
	}
	listed := &cobra.Command{Use: "list", Short: "List the accounts: state, token, quota", Args: noArgs, RunE: list}
	for _, c := range []*cobra.Command{cmd, listed} {
		c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	}
	cmd.AddCommand(listed, p.pauseCommand("pause", "Stop posting on an account; its posts are kept", true), p.pauseCommand("resume", "Post on an account again", false))
	return cmd
}

// unused are the configured accounts that the database does not know yet.
func unused(cfg *config.Config, known []spool.AccountState) []spool.AccountState {
	have := map[string]bool{}
	for _, a := range known {
		have[a.Name] = true
	}
	var out []spool.AccountState
	for _, name := range sortedKeys(cfg.Accounts) {
		if !have[name] {
			out = append(out, spool.AccountState{Name: name, Network: cfg.Accounts[name].Network})
		}
	}
	return out
}

func (p *program) printAccounts(accounts []spool.AccountState) {
	t := table{head: []string{"ACCOUNT", "NETWORK", "STATE", "TOKEN", "QUOTA", "NOTE"}}
	for _, a := range accounts {
		state, c, note := accountState(a, p.now())
		quota := ""
		if a.QuotaTotal > 0 {
			quota = fmt.Sprintf("%d of %d", a.QuotaUsed, a.QuotaTotal)
		}
		t.rows = append(t.rows, []cell{{text: a.Name}, {text: a.Network}, {state, c}, {text: tokenLife(a, p.now())}, {text: quota}, {text: note}})
	}
	t.print(p)
}

func accountState(a spool.AccountState, now time.Time) (string, colour, string) {
	switch {
	case a.Stopped != "":
		return "stopped", red, stoppedNote(a)
	case a.Paused:
		return "paused", yellow, "by a person; spool accounts resume " + a.Name
	case a.PausedUntil.After(now):
		return "resting", yellow, "the network asked for a pause, over " + ago(a.PausedUntil, now)
	case a.Kept.IsZero():
		return "new", dim, "not used yet"
	}
	return "posting", green, ""
}

// stoppedNote says why an account does not post, and what to do. The reasons of
// accounts that sign in by the configuration say that themselves.
func stoppedNote(a spool.AccountState) string {
	reason := withoutCode(a.Stopped)
	if do := mend(a.Name, a.Network); strings.HasPrefix(do, "spool ") && !strings.Contains(reason, do) {
		return reason + "; " + do
	}
	return reason
}

// withoutCode is a failure without the request that it was of, and its code: they
// are for the log.
func withoutCode(s string) string {
	if at := strings.LastIndex(s, " ["); at > 0 && strings.HasSuffix(s, "]") {
		return s[:at]
	}
	return s
}

func tokenLife(a spool.AccountState, now time.Time) string {
	switch {
	case a.Expires.IsZero() && a.Network == config.Webhook:
		return ""
	case a.Expires.IsZero() && a.Network == config.Mastodon && !a.Kept.IsZero():
		return "has no end"
	case a.Expires.IsZero():
		return "unknown"
	}
	if a.Expires.Before(now) {
		return "expired " + ago(a.Expires, now)
	}
	return "ends " + ago(a.Expires, now)
}

func (p *program) pauseCommand(name, short string, paused bool) *cobra.Command {
	return &cobra.Command{
		Use: name + " ACCOUNT", Short: short, Args: oneArg("account"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withStore(cmd.Context(), func(cfg *config.Config, db *store.DB) error {
				err := db.SetPaused(cmd.Context(), args[0], paused)
				if errors.Is(err, spool.ErrNotFound) {
					if _, ok := cfg.Accounts[args[0]]; !ok {
						return noAccount(cfg, args[0])
					}
					return fmt.Errorf("account %s is not known to the database yet: start \"spool run\" first", args[0])
				}
				if err != nil {
					return err
				}
				fmt.Fprintf(p.out, "%s %sd\n", args[0], name)
				return nil
			})
		},
	}
}

// noAccount says which accounts there are instead.
func noAccount(cfg *config.Config, name string) error {
	return misuse{fmt.Errorf("no account is called %q; there are %s", name, strings.Join(sortedKeys(cfg.Accounts), ", "))}
}

// An accountView is an account for programs.
type accountView struct {
	Name        string    `json:"name"`
	Network     string    `json:"network"`
	Paused      bool      `json:"paused"`
	PausedUntil time.Time `json:"paused_until,omitzero"`
	Stopped     string    `json:"stopped,omitempty"`
	Expires     time.Time `json:"token_expires,omitzero"`
	QuotaUsed   int       `json:"quota_used"`
	QuotaTotal  int       `json:"quota_total"`
}

func accountViews(accounts []spool.AccountState) []accountView {
	out := make([]accountView, len(accounts))
	for i, a := range accounts {
		out[i] = accountView{a.Name, a.Network, a.Paused, a.PausedUntil, a.Stopped, a.Expires, a.QuotaUsed, a.QuotaTotal}
	}
	return out
}
