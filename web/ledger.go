package web

import (
	"context"
	"sync"
	"time"

	"spool"
)

// ledgerAge is for how long the ledger is shown as it was read. Adding it up reads
// an index of all posts there ever were, and scrapes come every few seconds.
const ledgerAge = time.Minute

// A shownLedger shows the ledger, read at most once a minute. Feeds times accounts
// times verdicts would be very many series, so only those are shown that are not
// 0, and of feeds that the configuration names.
type shownLedger struct {
	mu        sync.Mutex
	read      time.Time
	lines     []ledgerFigure
	imbalance int
}

// A ledgerFigure is one figure of the ledger.
type ledgerFigure struct {
	feed, account, verdict string
	n                      int
}

// write writes the ledger of the feeds named, and whether all of it balances.
func (l *shownLedger) write(ctx context.Context, c *collector, active map[string]bool, w wideWriter) error {
	lines, imbalance, err := l.latest(ctx, c.store, c.now())
	if err != nil {
		return err
	}
	w.family(famLedger)
	for _, f := range lines {
		if active[f.feed] {
			w.figure(famLedger, float64(f.n), "account", f.account, "feed", f.feed, "verdict", f.verdict)
		}
	}
	w.family(famImbalance)
	w.figure(famImbalance, float64(imbalance))
	return nil
}

// latest reads the ledger unless that was done within the last minute. Scrapes
// that come at once wait for one reading.
func (l *shownLedger) latest(ctx context.Context, store Store, now time.Time) ([]ledgerFigure, int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if age := now.Sub(l.read); !l.read.IsZero() && age >= 0 && age < ledgerAge {
		return l.lines, l.imbalance, nil
	}
	entries, err := store.Ledger(ctx)
	if err != nil {
		return nil, 0, err
	}
	l.lines, l.imbalance, l.read = nil, 0, now
	for _, e := range entries {
		l.lines = append(l.lines, figuresOf(e)...)
		l.imbalance += max(e.Balance(), -e.Balance())
	}
	return l.lines, l.imbalance, nil
}

// figuresOf are the figures of an entry that are not 0.
func figuresOf(e spool.Entry) []ledgerFigure {
	var out []ledgerFigure
	add := func(verdict string, n int) {
		if n != 0 {
			out = append(out, ledgerFigure{e.Feed, e.Account, verdict, n})
		}
	}
	add("seen", e.Seen)
	for v, n := range e.Fates {
		add(string(v), n)
	}
	for state, n := range e.Posts {
		add(string(state), n)
	}
	return out
}
