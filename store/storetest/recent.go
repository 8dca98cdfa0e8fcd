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
			n.Item.Feed, n.Item.Seen, n.Item.Summary = feed, f.clock.Now(), "What happened"
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
	add("news", spool.Over, "delay")
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
		{[]string{"news"}, since, 4, "[three two]"},
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
	if len(items) == 1 && items[0].Summary != "" {
		t.Errorf("the summary comes too: %q", items[0].Summary)
	}
	if want := newItem("goal").Item; len(items) != 1 || items[0].Title != want.Title || items[0].Link != want.Link || items[0].Feed != "sport" || !items[0].Published.Equal(want.Published) || slices.Contains([]string{"", "goal"}, items[0].Digest) {
		t.Errorf("item %+v", items)
	}
}

// testRaised: a post that another feed takes over is its from then on, in the
// ledger as well; one that has changed since stays where it is.
func testRaised(t *testing.T, f *fixture) {
	f.configure(t, []string{"news", "front"}, []string{"desk"})
	in := spool.Ingest{Feed: f.claimFeed(t, "news"), Accounts: []string{"desk"}}
	var posts []spool.Post
	for _, id := range []string{"one", "two"} {
		in.New = append(in.New, newItem(id))
		in.Fates = append(in.Fates, fate(id, "news", spool.ToPost, ""))
		posts = append(posts, newPost(id, "desk"))
	}
	in.Posts = posts
	posts = must(f.Ingest(t.Context(), in))(t)
	f.balanced(t, "the first feed")

	in = spool.Ingest{Feed: f.claimFeed(t, "front"), Accounts: []string{"desk"}, Listed: []string{"one", "two"}}
	e := spool.Event{What: spool.Raised, Feed: "front", Priority: spool.High, Content: spool.Content{Text: "Better words"}, Cause: "feed front brings it with priority high"}
	for _, p := range posts {
		in.Fates = append(in.Fates, fate(p.Item, "front", spool.ToPost, ""))
		mine := newPost(p.Item, "desk")
		mine.Feed = "front"
		in.Posts = append(in.Posts, mine)
		in.Reworded = append(in.Reworded, next(t, p, e, start))
	}
	if _, err := f.Steer(t.Context(), posts[1].ID, spool.Event{What: spool.Holding, Who: "anna"}, spool.Rules{}); err != nil {
		t.Fatal(err)
	}
	if recorded := must(f.Ingest(t.Context(), in))(t); len(recorded) != 0 {
		t.Errorf("recorded %v", recorded)
	}
	f.balanced(t, "the second feed")
	one, two := must(f.Post(t.Context(), posts[0].ID))(t), must(f.Post(t.Context(), posts[1].ID))(t)
	if one.Feed != "front" || one.Priority != spool.High || one.Content.Text != "Better words" {
		t.Errorf("the post that waited is %+v", one)
	}
	if two.Feed != "news" || two.Priority != spool.Normal || two.State != spool.Held {
		t.Errorf("the post that somebody held is %+v", two)
	}
	history := must(f.History(t.Context(), one.ID))(t)
	if last := history[len(history)-1]; last.What != spool.Raised || last.Cause != e.Cause {
		t.Errorf("history %+v", history)
	}
	for feed, want := range map[string]int{"news": 1, "front": 1} {
		if got := f.entry(t, feed, "desk"); got.Seen != 2 || got.Fates[spool.Elsewhere] != want || len(got.Posts) != 1 {
			t.Errorf("the ledger of %s is %+v", feed, got)
		}
	}
}

// testStatesOf: which accounts have which posts about items.
func testStatesOf(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, []string{"desk", "night"})
	in := spool.Ingest{Feed: f.claimFeed(t, "news"), Accounts: []string{"desk", "night"}}
	for _, id := range []string{"one", "two"} {
		in.New = append(in.New, newItem(id))
		in.Fates = append(in.Fates, fate(id, "news", spool.ToPost, ""))
	}
	held := newPost("one", "desk")
	held.State, held.Hold, held.Reason = spool.Held, spool.HoldPerson, "because"
	in.Posts = []spool.Post{held, newPost("one", "night")}
	if _, err := f.Ingest(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	got, err := f.StatesOf(t.Context(), []string{"one", "two", "nothing"})
	if want := "map[one:map[desk:held night:waiting]]"; err != nil || fmt.Sprint(got) != want {
		t.Errorf("states %v, %v, want %s", got, err, want)
	}
	if got, err := f.StatesOf(t.Context(), nil); err != nil || len(got) != 0 {
		t.Errorf("of none: %v, %v", got, err)
	}
}
