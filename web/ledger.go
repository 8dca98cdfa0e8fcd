package web

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"spool"
)

// ledgerAge is for how long the ledger is shown as it was read. Adding it up reads
// an index of all posts there ever were, and scrapes come every few seconds.
const ledgerAge = time.Minute

// A ledgerCollector shows the ledger, read at most once a minute. Feeds times
// accounts times verdicts would be very many series, so only those are shown that
// are not 0, and of feeds that the configuration names.
type ledgerCollector struct {
	items, imbalance *prometheus.Desc

	mu      sync.Mutex
	read    time.Time
	entries []spool.Entry
}

func newLedgerCollector() *ledgerCollector {
	return &ledgerCollector{
		items: prometheus.NewDesc("spool_ledger_items", "Items that a feed has listed, by account and by what became of them; \"seen\" is all of them. Absent when 0.",
			[]string{"feed", "account", "verdict"}, nil),
		imbalance: prometheus.NewDesc("spool_ledger_imbalance", "Items that the ledger does not account for, of all feeds and accounts: anything but 0 is a mistake in Spool.", nil, nil),
	}
}

// collect sends the ledger of the feeds named, and whether all of it balances.
func (l *ledgerCollector) collect(ctx context.Context, store Store, now time.Time, active map[string]bool, ch chan<- prometheus.Metric) error {
	entries, err := l.latest(ctx, store, now)
	if err != nil {
		return err
	}
	imbalance := 0
	for _, e := range entries {
		imbalance += max(e.Balance(), -e.Balance())
		if active[e.Feed] {
			l.send(ch, e)
		}
	}
	send(ch, l.imbalance, float64(imbalance))
	return nil
}

func (l *ledgerCollector) send(ch chan<- prometheus.Metric, e spool.Entry) {
	show := func(verdict string, n int) {
		if n != 0 {
			send(ch, l.items, float64(n), e.Feed, e.Account, verdict)
		}
	}
	show("seen", e.Seen)
	for v, n := range e.Fates {
		show(string(v), n)
	}
	for state, n := range e.Posts {
		show(string(state), n)
	}
}

// latest reads the ledger unless that was done within the last minute. Scrapes
// that come at once wait for one reading.
func (l *ledgerCollector) latest(ctx context.Context, store Store, now time.Time) ([]spool.Entry, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if age := now.Sub(l.read); !l.read.IsZero() && age >= 0 && age < ledgerAge {
		return l.entries, nil
	}
	entries, err := store.Ledger(ctx)
	if err != nil {
		return nil, err
	}
	l.entries, l.read = entries, now
	return entries, nil
}
