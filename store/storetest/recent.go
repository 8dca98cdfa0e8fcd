package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"spool"
)

// testRecent: what feeds have brought since a moment, the latest of each first,
// at most so many of each, and nothing that filters kept out.
func testRecent(t *testing.T, f *fixture) {
	f.configure(t, []string{"news", "sport"}, []string{"desk"})
	add := func(feed string, verdict spool.Verdict, ids ...string) {
		t.Helper()
		in := spool.Ingest{Feed: f.claimFeed(t, feed), Accounts: []string{"desk"}}
		for _, id := range ids {
			n := newItem(id)
			n.Item.Feed, n.Item.Seen = feed, f.clock.Now()
			in.New = append(in.New, n)
			in.Fates = append(in.Fates, spool.Fate{Time: f.clock.Now(), Item: id, Feed: feed, Verdict: verdict})
		}
		if _, err := f.Ingest(t.Context(), in); err != nil {
			t.Fatal(err)
		}
		f.clock.advance(time.Minute)
	}
	add("news", spool.FirstRun, "old")
	f.clock.advance(time.Hour)
	since := f.clock.Now()
	add("news", spool.ToPost, "one", "two")
	add("sport", spool.ToPost, "goal")
	add("news", spool.Filtered, "advert")
	add("news", spool.TooOld, "three")

	tests := []struct {
		feeds []string
		since time.Time
		limit int
		want  string
	}{
		{[]string{"news"}, since, 100, "[three two one]"},
		{[]string{"news", "sport"}, since, 100, "[three two one goal]"},
		{[]string{"news"}, time.Time{}, 100, "[three two one old]"},
		{[]string{"news"}, since, 3, "[three two]"},
		{[]string{"nothing"}, time.Time{}, 100, "[]"},
		{nil, time.Time{}, 100, "[]"},
	}
	for _, tt := range tests {
		items, err := f.Recent(t.Context(), tt.feeds, tt.since, tt.limit)
		if err != nil {
			t.Fatal(err)
		}
		got := []string{}
		for _, it := range items {
			got = append(got, it.ID)
		}
		if fmt.Sprint(got) != tt.want {
			t.Errorf("of %q, at most %d: %v, want %s", tt.feeds, tt.limit, got, tt.want)
		}
	}
	items := must(f.Recent(t.Context(), []string{"sport"}, since, 1))(t)
	if want := newItem("goal").Item; len(items) != 1 || items[0].Title != want.Title || items[0].Link != want.Link || items[0].Feed != "sport" || !items[0].Published.Equal(want.Published) || slices.Contains([]string{"", "goal"}, items[0].Digest) {
		t.Errorf("item %+v", items)
	}
}
