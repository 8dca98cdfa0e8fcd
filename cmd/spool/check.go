package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"spool"
	"spool/config"
	"spool/feeds"
	"spool/publisher"
	"spool/store"
)

func (p *program) checkCommand() *cobra.Command {
	var online bool
	cmd := &cobra.Command{
		Use: "check", Short: "Validate the configuration; with --online also reach feeds and accounts",
		Long: `Validates the configuration and says everything that is wrong with it at once.
Where there is a database it also makes sure that the ledger balances, by which
every item that was seen is accounted for, and tells what is odd about feeds.
With --online it also reads each feed and the public names that alerts are told
with, and verifies each account. It publishes nothing and changes nothing that is
remembered of the feeds.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := p.loadConfig()
			if err != nil {
				return err
			}
			for _, w := range distinct(cfg.Warnings()) {
				p.warn(w)
			}
			fmt.Fprintf(p.out, "%s %s is valid: %s, %s\n", p.paint("ok", green), p.configPath,
				count(len(cfg.Feeds), "feed", "feeds"), count(len(cfg.Accounts), "account", "accounts"))
			balanced := p.checkBooks(cmd.Context(), cfg)
			if online {
				err = p.checkOnline(cmd.Context(), cfg)
			}
			if err == nil && !balanced {
				err = errSaid
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&online, "online", false, "also reach feeds and accounts; publishes nothing")
	return cmd
}

// distinct are the warnings in a line each. One about a line that many feeds
// share, as those under defaults do, is said once.
func distinct(warnings []config.Warning) []string {
	type same struct {
		at      config.Position
		message string
	}
	var order []same
	first, more := map[same]config.Warning{}, map[same]int{}
	for _, w := range warnings {
		key := same{w.Position, w.Message}
		if _, ok := first[key]; ok {
			more[key]++
			continue
		}
		first[key] = w
		order = append(order, key)
	}
	lines := make([]string, len(order))
	for i, key := range order {
		lines[i] = first[key].String()
		if n := more[key]; n > 0 {
			lines[i] += " (and " + count(n, "other", "others") + " by the same line)"
		}
	}
	return lines
}

func (p *program) checkOnline(ctx context.Context, cfg *config.Config) error {
	feedsOK, err := p.checkFeeds(ctx, cfg)
	if err != nil {
		return err
	}
	namesOK, err := p.checkNames(ctx, cfg)
	if err != nil {
		return err
	}
	accountsOK := true
	err = p.withStore(ctx, func(cfg *config.Config, db *store.DB) error {
		for _, name := range sortedKeys(cfg.Accounts) {
			accountsOK = p.checkAccount(ctx, cfg, db, name) && accountsOK
		}
		return nil
	})
	if err == nil && !(feedsOK && namesOK && accountsOK) {
		return errSaid
	}
	return err
}

// verdict prints one line about a feed or an account.
func (p *program) verdict(ok bool, what, name, says string) {
	mark := p.paint("ok  ", green)
	if !ok {
		mark = p.paint("FAIL", red)
	}
	fmt.Fprintf(p.out, "%s %s\n", mark, fold(p.out, what+" "+name+": "+says, "     "))
}

func (p *program) checkFeeds(ctx context.Context, cfg *config.Config) (bool, error) {
	fetcher, err := p.newFetcher(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return false, err
	}
	defer fetcher.Close()
	names := sortedKeys(cfg.Feeds)
	found := make([]chan fetched, len(names)) // in the order of the names, whichever comes first
	for i := range found {
		found[i] = make(chan fetched, 1)
	}
	var g errgroup.Group
	g.SetLimit(cfg.Fetch.Concurrency)
	go func() {
		for i, name := range names {
			g.Go(func() error {
				result, err := fetcher.Fetch(ctx, source(cfg, name, cfg.Feeds[name]))
				found[i] <- fetched{result, err}
				return nil
			})
		}
	}()
	good := true
	for i, name := range names {
		f := <-found[i]
		if f.err != nil {
			good = false
			p.verdict(false, "feed", name, f.err.Error())
			continue
		}
		if f.result.Raw != nil {
			good = p.checkAlerts(cfg, name, f.result) && good
			continue
		}
		p.verdict(true, "feed", name, describe(f.result, p.now()))
	}
	return good, nil
}

// A fetched feed, or why it is none.
type fetched struct {
	result feeds.Result
	err    error
}

// describe says what a feed holds.
func describe(r feeds.Result, now time.Time) string {
	doc := r.Document
	says := fmt.Sprintf("%s, %s", doc.Format, count(len(doc.Items), "item", "items"))
	if newest := newestItem(doc.Items); !newest.IsZero() {
		says += ", the newest " + ago(newest, now)
	}
	if r.Moved != "" {
		says += "; moved for good to " + r.Moved
	}
	for _, note := range doc.Notes {
		says += "; " + note
	}
	if len(doc.Skipped) > 0 {
		says += fmt.Sprintf("; %s left out: %s", count(len(doc.Skipped), "item", "items"), doc.Skipped[0])
	}
	return says
}

func newestItem(items []spool.Item) time.Time {
	var newest time.Time
	for _, it := range items {
		if it.Published.After(newest) {
			newest = it.Published
		}
	}
	return newest
}

func (p *program) checkAccount(ctx context.Context, cfg *config.Config, db *store.DB, name string) bool {
	plan, err := p.newAccount(name, cfg.Accounts[name], cfg.Location(), db, slog.New(slog.DiscardHandler))
	if err != nil {
		p.verdict(false, "account", name, err.Error())
		return false
	}
	if cfg.Accounts[name].Network == config.Webhook {
		p.verdict(true, "account", name, "not tried: whatever is sent there is a post")
		return true
	}
	keeper, ok := plan.Publisher.(publisher.Keeper)
	if !ok {
		p.verdict(true, "account", name, "nothing to verify")
		return true
	}
	credential, err := keeper.Keep(ctx)
	if err != nil {
		p.verdict(false, "account", name, withoutCode(err.Error()))
		return false
	}
	says := []string{"the network knows it"}
	if !credential.Expires.IsZero() {
		says = append(says, "token ends "+ago(credential.Expires, p.now()))
	}
	if limits, err := plan.Publisher.Limits(ctx); err != nil {
		says = append(says, "its quota cannot be read: "+err.Error())
	} else if limits.Total > 0 {
		says = append(says, fmt.Sprintf("%d of %d posts used in %s", limits.Used, limits.Total, span(limits.Window)))
	}
	if credential.Warning != "" {
		says = append(says, credential.Warning)
	}
	p.verdict(true, "account", name, strings.Join(says, "; "))
	return true
}
