package web

import (
	"bufio"
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"

	"spool"
)

// Ten thousand feeds have a hundred thousand figures. As objects of the metrics
// library they would take more memory, at each scrape, than all the rest of the
// program; so they are kept as plain numbers and written as they are read.

// A wideFamily is a metric with a series for each feed. Its help is in
// docs/metrics.md too, where a test compares it.
type wideFamily struct{ name, kind, help string }

// The families, in the order in which they are written.
var (
	famPolls     = wideFamily{"spool_polls_total", "counter", "Polls of a feed by outcome."}
	famItems     = wideFamily{"spool_items_total", "counter", "Entries of feeds by what was decided about them."}
	famGood      = wideFamily{"spool_feed_last_success_timestamp_seconds", "gauge", "When a feed last answered as it should; 0: never."}
	famFailures  = wideFamily{"spool_feed_failures", "gauge", "Failed polls of a feed in a row; 0 when it is well."}
	famNext      = wideFamily{"spool_feed_next_poll_timestamp_seconds", "gauge", "When a feed is to be polled next."}
	famKnown     = wideFamily{"spool_feed_items", "gauge", "Items that were first seen in a feed, ever."}
	famAlarm     = wideFamily{"spool_feed_alarm", "gauge", "1 when something is odd about a feed although it can be read, such as a silence that it does not usually keep, else 0."}
	famDegraded  = wideFamily{"spool_feed_degraded", "gauge", "1 when a feed's document had to be repaired so much that items may have been missed, else 0."}
	famAlerts    = wideFamily{"spool_feed_alerts", "gauge", "Service alerts of a feed that are open, told or not, as far as is known; absent for a feed that lists none."}
	famLedger    = wideFamily{"spool_ledger_items", "gauge", "Items that a feed has listed, by account and by what became of them; \"seen\" is all of them. Absent when 0."}
	famImbalance = wideFamily{"spool_ledger_imbalance", "gauge", "Items that the ledger does not account for, of all feeds and accounts: anything but 0 is a mistake in Spool."}
	famUp        = wideFamily{"spool_store_up", "gauge", "1 when the figures of this scrape that come from the database could be read, else 0."}
)

// A feedTally counts what polls of a feed led to. The last place of each is for
// words that are not known.
type feedTally struct {
	polls [len(outcomes) + 1]uint64
	items [len(verdicts) + 1]uint64
}

// feedTallies are those of all feeds.
type feedTallies struct {
	mu     sync.Mutex
	byName map[string]*feedTally
}

// count changes a feed's tally.
func (t *feedTallies) count(feed string, change func(*feedTally)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.byName == nil {
		t.byName = map[string]*feedTally{}
	}
	if t.byName[feed] == nil {
		t.byName[feed] = &feedTally{}
	}
	change(t.byName[feed])
}

// A namedTally is a copy of a feed's tally.
type namedTally struct {
	feed string
	feedTally
}

// all are copies of the tallies, by name.
func (t *feedTallies) all() []namedTally {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := make([]namedTally, 0, len(t.byName))
	for name, tally := range t.byName {
		out = append(out, namedTally{name, *tally})
	}
	slices.SortFunc(out, func(a, b namedTally) int { return strings.Compare(a.feed, b.feed) })
	return out
}

// place is where a word is counted: the last place is for those not in the list.
func place(words []string, word string) int {
	if i := slices.Index(words, word); i >= 0 {
		return i
	}
	return len(words)
}

// wordAt is the word of a place.
func wordAt(words []string, place int) string {
	if place < len(words) {
		return words[place]
	}
	return "other"
}

// A wideWriter writes families in the text format of Prometheus. Nobody is left
// to be told when it fails.
type wideWriter struct{ *bufio.Writer }

func (w wideWriter) family(f wideFamily) {
	for _, s := range []string{"# HELP ", f.name, " ", strings.NewReplacer(`\`, `\\`, "\n", `\n`).Replace(f.help), "\n# TYPE ", f.name, " ", f.kind, "\n"} {
		_, _ = w.WriteString(s)
	}
}

// figure writes one value; labels are names and values in turn, by name.
func (w wideWriter) figure(f wideFamily, value float64, labels ...string) {
	_, _ = w.WriteString(f.name)
	for i := 0; i+1 < len(labels); i += 2 {
		_ = w.WriteByte("{,"[min(i, 1)])
		_, _ = w.WriteString(labels[i])
		_, _ = w.WriteString(`="`)
		w.escaped(labels[i+1])
		_ = w.WriteByte('"')
	}
	if len(labels) > 0 {
		_ = w.WriteByte('}')
	}
	_ = w.WriteByte(' ')
	_, _ = w.Write(strconv.AppendFloat(w.AvailableBuffer(), value, 'g', -1, 64))
	_ = w.WriteByte('\n')
}

// escaped writes the value of a label.
func (w wideWriter) escaped(value string) {
	if strings.ContainsAny(value, "\\\"\n") {
		value = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(value)
	}
	_, _ = w.WriteString(value)
}

// writeWide writes all that there is a series of for each feed, and at last
// whether everything from the database could be read.
func (m *Metrics) writeWide(ctx context.Context, w wideWriter) {
	tallies := m.tallies.all()
	w.family(famPolls)
	for i := range tallies {
		w.tally(famPolls, tallies[i].feed, "outcome", outcomes[:], tallies[i].polls[:])
	}
	w.family(famItems)
	for i := range tallies {
		w.tally(famItems, tallies[i].feed, "verdict", verdicts[:], tallies[i].items[:])
	}
	ctx, cancel := context.WithTimeout(ctx, collectTimeout)
	defer cancel()
	up := m.collector.up.Load()
	if err := m.writeStored(ctx, w); err != nil {
		m.collector.log.Warn("figures are missing from the metrics", "err", err)
		up = false
	}
	w.family(famUp)
	w.figure(famUp, truth(up))
}

func (w wideWriter) tally(f wideFamily, feed, label string, words []string, counts []uint64) {
	for i, n := range counts {
		if n == 0 {
			continue
		}
		w.figure(f, float64(n), "feed", feed, label, wordAt(words, i))
	}
}

// alerts are the open ones of those feeds that list any.
func (w wideWriter) alerts(feeds []spool.FeedFigure) {
	w.family(famAlerts)
	for i := range feeds {
		if feeds[i].Alerting {
			w.figure(famAlerts, float64(feeds[i].Alerts), "feed", feeds[i].Name)
		}
	}
}

// writeStored writes what the database knows of the feeds.
func (m *Metrics) writeStored(ctx context.Context, w wideWriter) error {
	feeds, err := m.collector.store.FeedFigures(ctx)
	if err != nil {
		return err
	}
	for _, f := range []struct {
		family wideFamily
		value  func(i int) float64
	}{
		{famGood, func(i int) float64 { return stamp(feeds[i].Good) }},
		{famFailures, func(i int) float64 { return float64(feeds[i].Failures) }},
		{famNext, func(i int) float64 { return stamp(feeds[i].Next) }},
		{famKnown, func(i int) float64 { return float64(feeds[i].Known) }},
		{famAlarm, func(i int) float64 { return truth(feeds[i].Alarm) }},
		{famDegraded, func(i int) float64 { return truth(feeds[i].Degraded) }},
	} {
		w.family(f.family)
		for i := range feeds {
			w.figure(f.family, f.value(i), "feed", feeds[i].Name)
		}
	}
	w.alerts(feeds)
	active := make(map[string]bool, len(feeds))
	for i := range feeds {
		active[feeds[i].Name] = true
	}
	return m.ledger.write(ctx, m.collector, active, w)
}
