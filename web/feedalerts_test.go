package web

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"spool"
)

// transit is a feed that lists alerts, of each kind one or more.
func transit(s *site) {
	s.store.feeds = []spool.FeedState{{
		Name: "lines", URL: "https://transit.example.org/alerts.pb", Group: "feed:lines", LastPoll: noon, LastGood: noon, NextPoll: noon.Add(time.Minute),
		Memory: spool.FeedMemory{Format: "GTFS-Realtime", Alerts: json.RawMessage(`{"format":"GTFS-Realtime"}`)},
	}}
	add := func(n int, change func(*spool.Tracked)) {
		for range n {
			t := spool.Tracked{Feed: "lines", Item: fmt.Sprint("i", len(s.store.alerts)), Open: true}
			change(&t)
			s.store.alerts = append(s.store.alerts, t)
		}
	}
	add(1, func(t *spool.Tracked) { t.Open, t.Closed, t.Muted = false, noon, "never shown" })
	add(2, func(t *spool.Tracked) { t.Account = "riders" })
	add(3, func(t *spool.Tracked) { t.Recorded = true })
	add(4, func(t *spool.Tracked) { t.Recorded, t.Digest = true, "d" })
	add(5, func(t *spool.Tracked) { t.Muted, t.Known = "exclude: effect DETOUR", true })
	add(6, func(t *spool.Tracked) { t.Muted = "exclude: <b>text</b>" })
	add(7, func(t *spool.Tracked) { t.Known = true })
	add(8, func(t *spool.Tracked) { t.Alert.Periods = []spool.Period{{Start: noon.Add(time.Hour)}} })
	add(9, func(t *spool.Tracked) { t.Since, t.Missing = noon, 1 })
	s.store.alerts = append(s.store.alerts, spool.Tracked{Feed: "other", Item: "x", Open: true})
}

func TestFeedPageOfAlerts(t *testing.T) {
	s := newSite(t, nil)
	transit(s)
	got := textOf(t, s.look(t, "/feeds/lines"))
	for _, want := range []string{
		"Alerts Open 42 told, or about to be 3 summed up in a digest 4 there when it was first read 7 kept out 11 still to begin 8 not told yet 9 Digests 2",
		"9 of them its last answers did not list: when that goes on, they are over.",
		"Why they are kept out exclude: <b>text</b> 6 exclude: effect DETOUR 5",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the page lacks %q:\n%s", want, got)
		}
	}
	for _, absent := range []string{"never shown", "for other reasons"} {
		if strings.Contains(got, absent) {
			t.Errorf("the page has %q", absent)
		}
	}
	s.store.feeds[0].Memory.Alerts = nil
	if got := textOf(t, s.look(t, "/feeds/lines")); strings.Contains(got, "Alerts") {
		t.Errorf("of a feed that lists none:\n%s", got)
	}
}

// A feed can make as many reasons as it has alerts.
func TestFeedPageOfManyReasons(t *testing.T) {
	s := newSite(t, nil)
	transit(s)
	s.store.alerts = nil
	for i := range 3000 {
		s.store.alerts = append(s.store.alerts, spool.Tracked{Feed: "lines", Open: true, Muted: fmt.Sprintf("%d %s", i, strings.Repeat("x", 10_000))})
	}
	body := s.look(t, "/feeds/lines")
	if got := textOf(t, body); len(body) > 50_000 || !strings.Contains(got, "for other reasons 2990") {
		t.Errorf("%d bytes:\n%.500s", len(body), got)
	}
}
