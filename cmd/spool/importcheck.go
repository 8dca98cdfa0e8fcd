package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"

	"golang.org/x/sync/errgroup"

	"spool/config"
	"spool/feeds"
)

// checkImport reads each feed once, and leaves out those that are none.
func (p *program) checkImport(ctx context.Context, cfg *config.Config, in *importing) error {
	if cfg == nil {
		cfg = &config.Config{}
	}
	fetcher, err := p.newFetcher(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer fetcher.Close()
	if isTerminal(p.err) {
		fmt.Fprintf(p.err, "Reading %s …\n", count(len(in.feeds), "feed", "feeds"))
	}
	const atOnce = 16
	got := make([]glance, len(in.feeds))
	var g errgroup.Group
	g.SetLimit(atOnce)
	for i, f := range in.feeds {
		g.Go(func() error {
			result, err := fetcher.Fetch(ctx, feeds.Source{Name: f.Name, URL: f.URL, Kind: feeds.Kinds(f.Kind)})
			got[i] = glance{len(result.Document.Items), result.Moved, err}
			return nil
		})
	}
	_ = g.Wait() // none returns an error
	if ctx.Err() != nil {
		return errInterrupted
	}
	in.keep(got)
	return nil
}

// A glance is what one reading of a feed came to.
type glance struct {
	items int
	moved string // for good; empty: nowhere
	err   error
}

// keep leaves out what could not be read, and takes over new addresses.
func (in *importing) keep(got []glance) {
	var alive []addedFeed
	for i, f := range in.feeds {
		if err := got[i].err; err != nil {
			in.notes = append(in.notes, fmt.Sprintf("left out: %s: %s", cmp.Or(f.Title, f.Name), trouble(err)))
			continue
		}
		if moved := got[i].moved; moved != "" {
			in.notes = append(in.notes, fmt.Sprintf("%s: has moved for good to %s, and is imported with that address", f.Name, shownAddress(moved)))
			f.URL = moved
		}
		in.items += got[i].items
		alive = append(alive, f)
	}
	in.feeds, in.read = alive, true
}

// trouble is what happened to a feed, without the advice that is for feeds that
// are configured.
func trouble(err error) string {
	var e *feeds.Error
	if errors.As(err, &e) {
		return e.Message
	}
	return err.Error()
}
