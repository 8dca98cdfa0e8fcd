package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"spool"
	"spool/alerts/gtfs"
	"spool/config"
	"spool/store"
)

// namesCheck is how long the check of a source of names may take.
const namesCheck = 3 * time.Minute

// checkNames reads the public names that the configuration asks for, and says what
// they are. It changes nothing that is kept of them.
func (p *program) checkNames(ctx context.Context, cfg *config.Config) (bool, error) {
	fetcher, err := p.newFetcher(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return false, err
	}
	defer fetcher.Close()
	n := p.newNames(ctx, cfg, fetcher, nil, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithTimeout(ctx, namesCheck)
	defer cancel()
	good := true
	for _, place := range n.places() {
		s := n.sources[place]
		if _, err := n.load(ctx, s); err != nil {
			good = false
			p.verdict(false, "names", shownPlace(place), err.Error())
			continue
		}
		p.verdict(true, "names", shownPlace(place), counted(s.current.Load()))
	}
	return good, nil
}

// warnOfNames tells whoever runs a command which names it has to do without.
func (p *program) warnOfNames(n *names) {
	for _, place := range n.places() {
		if why := n.problemOf(place); why != "" {
			fmt.Fprintln(p.err, fold(p.err, "warning: the public names could not be read from "+shownPlace(place)+": "+why, "  "))
		}
	}
}

// counted says what names there are, and what is wrong with them, for people.
func counted(known *gtfs.Names) string {
	const few = 3
	routes, stops := known.Counts()
	says := fmt.Sprintf("%s, %s, %s", count(routes, "line", "lines"), count(stops, "stop", "stops"), count(len(known.Agencies()), "agency", "agencies"))
	notes := known.Notes()
	for _, note := range notes[:min(len(notes), few)] {
		says += "; " + note
	}
	return says
}

// namesOf says where the names of a feed's alerts are from, and how that goes; empty:
// it asks for none.
func namesOf(ctx context.Context, db *store.DB, f config.Feed, now time.Time) (string, error) {
	place := f.Alerts.Names
	if place == "" {
		return "", nil
	}
	says := []string{shownPlace(place)}
	kept, err := db.Names(ctx, digestOf(place))
	switch {
	case errors.Is(err, spool.ErrNotFound):
		return says[0] + ", not read yet", nil
	case err != nil:
		return "", err
	case kept.Fetched.IsZero():
		says = append(says, "never read")
	default:
		says = append(says, "read "+ago(kept.Fetched, now))
	}
	if kept.Problem != "" {
		says = append(says, "tried "+ago(kept.Tried, now)+": "+kept.Problem)
	}
	return strings.Join(says, ", "), nil
}
