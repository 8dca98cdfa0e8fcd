package store

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"spool"
)

// TestPurposesInQueries: what queries say of purposes is what the purposes say of
// themselves.
func TestPurposesInQueries(t *testing.T) {
	for _, p := range spool.Purposes() {
		name := "'" + string(p) + "'"
		if strings.Contains(heads, name) != p.Heads() {
			t.Errorf("%s begins a thread: %v, and the queries say %v", p, p.Heads(), !p.Heads())
		}
		for _, query := range []string{dueSteers, dueWaiting, seenByReaders} {
			if strings.Contains(query, name) != p.Steers() {
				t.Errorf("%s changes another post: %v, and a query says %v: %s", p, p.Steers(), !p.Steers(), query)
			}
		}
	}
}

// TestForgettable: what a power cut may take is what the next poll finds out again.
func TestForgettable(t *testing.T) {
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "spool.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	now := time.Now()
	poll := func(first time.Time, alerts ...spool.Tracked) spool.Ingest {
		return spool.Ingest{Feed: spool.FeedState{Name: "news", LastPoll: now, Baselined: first}, Tracked: alerts}
	}
	alert := func(item string, change func(*spool.Tracked)) spool.Tracked {
		a := spool.Tracked{Item: item, Open: true, First: now, Last: now}
		if change != nil {
			change(&a)
		}
		return a
	}
	closed := func(a *spool.Tracked) { a.Open, a.Closed = false, now }
	recorded := func(a *spool.Tracked) { a.Recorded = true }
	err = db.write(t.Context(), "remember alerts", func(q *queries) error {
		return saveTracked(t.Context(), q, spool.FeedState{Name: "news", LastPoll: now}, []spool.Tracked{alert("open", nil), alert("closed", closed)})
	})
	if err != nil {
		t.Fatal(err)
	}
	long := now.Add(-time.Hour)
	for name, tt := range map[string]struct {
		in   spool.Ingest
		want bool
	}{
		"nothing":              {poll(long), true},
		"the first poll":       {poll(now), false},
		"one is missing":       {poll(long, alert("open", func(a *spool.Tracked) { a.Missing, a.Since = 1, now })), true},
		"two as they were":     {poll(long, alert("closed", closed), alert("open", nil)), true},
		"a new one":            {poll(long, alert("open", nil), alert("new", nil)), false},
		"one was closed":       {poll(long, alert("open", closed)), false},
		"one came back":        {poll(long, alert("closed", nil)), false},
		"one was recorded":     {poll(long, alert("open", recorded)), false},
		"one of a name beside": {poll(long, alert("open\x00", nil)), true},
	} {
		got, err := db.forgettable(t.Context(), tt.in)
		if err != nil || got != tt.want {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	err = db.write(t.Context(), "remember that one was recorded", func(q *queries) error {
		return saveTracked(t.Context(), q, spool.FeedState{Name: "news", LastPoll: now}, []spool.Tracked{alert("open", recorded)})
	})
	if got, fails := db.forgettable(t.Context(), poll(long, alert("open", recorded))); !got || err != nil || fails != nil {
		t.Errorf("one that is recorded by now: %v, %v, %v", got, err, fails)
	}
	other := poll(long, alert("open", nil))
	other.Feed.Name = "other"
	if got, err := db.forgettable(t.Context(), other); got || err != nil {
		t.Errorf("of another feed: %v, %v", got, err)
	}
	other.Posts = []spool.Post{{ID: "p"}}
	if got, err := db.forgettable(t.Context(), other); got || err != nil {
		t.Errorf("with a post: %v, %v", got, err)
	}
}
