package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"spool"
	"spool/store"
)

// testLastItems reads a feed's past as it was recorded: the newest poll first,
// and the items of one poll by their dates.
func testLastItems(t *testing.T, f *fixture) {
	f.configure(t, []string{"news", "sport"}, []string{"desk", "second"})
	older := newItem("older")
	f.pollItems(t, "news", nil, older)
	f.clock.advance(time.Hour)
	late, early, undated := newItem("late"), newItem("early"), newItem("undated")
	late.Item.Published, early.Item.Published, undated.Item.Published = start, start.Add(-time.Minute), time.Time{}
	for _, n := range []*spool.NewItem{&late, &early, &undated} {
		n.Item.Seen = f.clock.Now()
	}
	late.Item.Categories = []string{"Politics"}
	f.pollItems(t, "news", []spool.Post{newPost("late", "second"), newPost("late", "desk"), newPost("early", "desk")}, early, undated, late)
	other := newItem("other")
	other.Item.Feed = "sport"
	f.pollItems(t, "sport", nil, other)

	got := must(f.LastItems(t.Context(), "news", 10))(t)
	if names := itemNames(got); fmt.Sprint(names) != "[late early undated older]" {
		t.Fatalf("items %v", names)
	}
	if p := got[0].Posts; len(p) != 2 || p[0].Account != "desk" || p[1].Account != "second" || p[0].State != spool.Waiting || p[0].Content.Text != "Words of late" {
		t.Errorf("posts of the newest: %+v", p)
	}
	if it := got[0].Item; it.Title != "Title of late" || !slices.Equal(it.Categories, []string{"Politics"}) || !it.Published.Equal(start) || got[0].Pruned || len(got[3].Posts) != 0 {
		t.Errorf("the newest: %+v", it)
	}
	if names := itemNames(must(f.LastItems(t.Context(), "news", 2))(t)); fmt.Sprint(names) != "[late early]" {
		t.Errorf("the last two: %v", names)
	}
	for feed, n := range map[string]int{"sport": 1, "nothing": 0} {
		if got := must(f.LastItems(t.Context(), feed, 10))(t); len(got) != n {
			t.Errorf("%s has %d items", feed, len(got))
		}
	}
	if got := must(f.LastItems(t.Context(), "news", 0))(t); len(got) != 0 {
		t.Errorf("none were asked for, and %d came", len(got))
	}
}

// testLastVerdicts reads what became of items.
func testLastVerdicts(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, []string{"desk"})
	fs := f.claimFeed(t, "news")
	_, err := f.Ingest(t.Context(), spool.Ingest{
		Feed: fs, Accounts: []string{"desk"}, New: []spool.NewItem{newItem("in"), newItem("out")}, Posts: []spool.Post{newPost("in", "desk")},
		Fates: []spool.Fate{
			{Time: start, Item: "in", Feed: "news", Verdict: spool.ToPost},
			{Time: start, Item: "out", Feed: "news", Verdict: spool.Filtered, Reason: "exclude \"x\" matches"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	verdicts := map[string]string{}
	for _, r := range must(f.LastItems(t.Context(), "news", 10))(t) {
		verdicts[r.Item.ID] = fmt.Sprint(r.Verdict, "|", r.Reason, "|", len(r.Posts))
	}
	if want := `map[in:post||1 out:filtered|exclude "x" matches|0]`; fmt.Sprint(verdicts) != want {
		t.Errorf("got  %v\nwant %s", verdicts, want)
	}
}

// testFeedAlone reads one feed and its ledger: they are as in the lists of all.
func testFeedAlone(t *testing.T, f *fixture) {
	f.configure(t, []string{"news", "sport"}, []string{"desk"})
	for _, name := range []string{"news", "sport"} {
		n, post := newItem(name+"-1"), newPost(name+"-1", "desk")
		n.Item.Feed, post.Feed = name, name
		fs := f.claimFeed(t, name)
		fs.Memory.Title = "Title of " + name
		_, err := f.Ingest(t.Context(), spool.Ingest{
			Feed: fs, Accounts: []string{"desk"}, New: []spool.NewItem{n}, Posts: []spool.Post{post},
			Fates: []spool.Fate{{Time: start, Item: n.Item.ID, Feed: name, Verdict: spool.ToPost}},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range must(f.Feeds(t.Context()))(t) {
		if got := must(f.Feed(t.Context(), want.Name))(t); !reflect.DeepEqual(got, want) || got.Memory.Title != "Title of "+want.Name {
			t.Errorf("feed %+v\nwant %+v", got, want)
		}
	}
	for _, want := range must(f.Ledger(t.Context()))(t) {
		got := must(f.LedgerOf(t.Context(), want.Feed))(t)
		if len(got) != 1 || !reflect.DeepEqual(got[0], want) || got[0].Seen != 1 || got[0].Balance() != 0 {
			t.Errorf("ledger %+v\nwant %+v", got, want)
		}
	}
	if _, err := f.Feed(t.Context(), "nothing"); !errors.Is(err, spool.ErrNotFound) {
		t.Errorf("a feed that there is not: %v", err)
	}
	if got := must(f.LedgerOf(t.Context(), "nothing"))(t); len(got) != 0 {
		t.Errorf("its ledger: %+v", got)
	}
}

// pollItems records one poll of a feed.
func (f *fixture) pollItems(t *testing.T, feed string, posts []spool.Post, items ...spool.NewItem) {
	t.Helper()
	fs := f.claimFeed(t, feed)
	if _, err := f.Ingest(t.Context(), spool.Ingest{Feed: fs, New: items, Posts: posts}); err != nil {
		t.Fatal(err)
	}
}

func itemNames(list []store.Remembered) []string {
	var names []string
	for _, r := range list {
		names = append(names, r.Item.ID)
	}
	return names
}
