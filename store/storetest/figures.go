package storetest

import (
	"encoding/json"
	"testing"
	"time"

	"spool"
)

// testFeedFigures wants the same of each feed as the whole of what is remembered.
func testFeedFigures(t *testing.T, f *fixture) {
	f.configure(t, []string{"fine", "odd", "torn", "unread", "transit", "talk"}, nil)
	for name, m := range map[string]spool.FeedMemory{
		"fine": {Title: `"alarm":"x"`, Repairs: []string{`"degraded":true`}}, "odd": {Alarm: "silent"}, "torn": {Degraded: true},
		"transit": {Alerts: json.RawMessage(`{"read":"x"}`)}, "talk": {Title: `the "alerts": all of them`, Alarm: "silent"},
	} {
		fs := f.claimFeed(t, name)
		fs.Memory, fs.LastGood, fs.NextPoll, fs.Failures = m, start, start.Add(time.Hour), len(name)
		n := newItem(name)
		n.Item.Feed = name
		if _, err := f.Ingest(t.Context(), spool.Ingest{Feed: fs, New: []spool.NewItem{n}}); err != nil {
			t.Fatal(err)
		}
	}
	figures, known := must(f.FeedFigures(t.Context()))(t), must(f.Counts(t.Context()))(t).Items
	states := must(f.Feeds(t.Context()))(t)
	if len(figures) != len(states) {
		t.Fatalf("%d figures of %d feeds", len(figures), len(states))
	}
	for i, s := range states {
		want := spool.FeedFigure{
			Name: s.Name, Good: s.LastGood, Next: s.NextPoll, Failures: s.Failures, Known: known[s.Name],
			Alarm: s.Memory.Alarm != "", Degraded: s.Memory.Degraded,
			Alerting: len(s.Memory.Alerts) > 0,
		}
		if got := figures[i]; got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}
