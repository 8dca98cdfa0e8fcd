package dedupe

import (
	"slices"
	"testing"
	"time"

	"spool"
)

var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// memory does for one group what the store does: it keeps keys for good, and
// what is known of the items behind them.
type memory struct {
	t     *testing.T
	keys  map[spool.Key]string
	items map[string]*spool.Known
}

func newMemory(t *testing.T) *memory {
	return &memory{t, map[spool.Key]string{}, map[string]*spool.Known{}}
}

// seen looks up what KeysOf asks for, and nothing else.
func (m *memory) seen(items []spool.Item) map[spool.Key]spool.Known {
	known := map[spool.Key]spool.Known{}
	for _, keys := range KeysOf(items) {
		for _, k := range keys {
			if id, ok := m.keys[k]; ok {
				known[k] = *m.items[id]
			}
		}
	}
	return known
}

// poll decides about a document and remembers the outcome.
func (m *memory) poll(p Policy, now time.Time, items ...spool.Item) []Verdict {
	m.t.Helper()
	verdicts := Decide(p, items, m.seen(items), now)
	for _, v := range verdicts {
		m.keep(p, v)
	}
	return verdicts
}

func (m *memory) keep(p Policy, v Verdict) {
	m.t.Helper()
	known := m.items[v.Item.ID]
	switch {
	case v.Kind == Fresh && known != nil:
		m.t.Errorf("fresh item %q has the id of another", v.Item.Title)
	case v.Kind == Fresh:
		known = &spool.Known{Item: v.Item.ID, Digest: v.Item.Digest}
		m.items[v.Item.ID] = known
	case known == nil:
		m.t.Fatalf("%s item %q with an id that nobody knows", v.Kind, v.Item.Title)
	case v.Kind == Edited:
		known.Digest = v.Item.Digest
	}
	if !slices.Contains(known.Feeds, p.Feed) {
		known.Feeds = append(known.Feeds, p.Feed)
	}
	for _, k := range v.Keys {
		if other, taken := m.keys[k]; taken {
			m.t.Errorf("key %s of %q is remembered for %s already", k, v.Item.Title, other)
		}
		m.keys[k] = v.Item.ID
	}
}

// kinds sums verdicts up.
func kinds(verdicts []Verdict) []string {
	s := []string{}
	for _, v := range verdicts {
		s = append(s, v.Kind.String())
	}
	return s
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

// story is an item with everything a good feed says.
func story(guid, link, title string, published time.Time) spool.Item {
	return spool.Item{GUID: guid, Link: link, Title: title, Summary: "About: " + title, Published: published}
}
