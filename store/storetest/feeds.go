package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"spool"
	"spool/store"
)

func testClaimFeeds(t *testing.T, f *fixture) {
	f.configure(t, []string{"news", "sport"}, nil)
	first := must(f.ClaimFeeds(t.Context(), "a", start, time.Minute, 1))(t)
	second := must(f.ClaimFeeds(t.Context(), "b", start, time.Minute, 5))(t)
	third := must(f.ClaimFeeds(t.Context(), "c", start, time.Minute, 5))(t)
	if len(first) != 1 || len(second) != 1 || len(third) != 0 || first[0].Name == second[0].Name {
		t.Fatalf("claims: %v, %v, %v", first, second, third)
	}
	want := spool.Lease{Name: first[0].Name, Owner: "a", Epoch: 1, Until: start.Add(time.Minute)}
	if first[0].Lease != want {
		t.Errorf("lease is %+v, want %+v", first[0].Lease, want)
	}
}

func testClaimOrder(t *testing.T, f *fixture) {
	f.configure(t, []string{"a", "b", "c", "later"}, nil)
	for name, ago := range map[string]time.Duration{"a": time.Minute, "b": time.Hour, "c": time.Second, "later": -time.Second} {
		if err := f.Reschedule(t.Context(), name, start.Add(-ago)); err != nil {
			t.Fatal(err)
		}
	}
	claimed := must(f.ClaimFeeds(t.Context(), "me", start, time.Minute, 2))(t)
	if len(claimed) != 2 || claimed[0].Name != "b" || claimed[1].Name != "a" {
		t.Errorf("claimed %v, want b and a", claimed)
	}
}

// testClaimRace lets several processes claim the same feeds at once.
func testClaimRace(t *testing.T, f *fixture) {
	var names []string
	for i := range 60 {
		names = append(names, fmt.Sprintf("feed%02d", i))
	}
	f.configure(t, names, nil)
	race(t, f, len(names), func(db *store.DB, owner string) ([]string, error) {
		claimed, err := db.ClaimFeeds(t.Context(), owner, start, time.Minute, 3)
		var got []string
		for _, c := range claimed {
			got = append(got, c.Name)
		}
		return got, err
	})
}

func testAccountRace(t *testing.T, f *fixture) {
	var names []string
	for i := range 60 {
		names = append(names, fmt.Sprintf("account%02d", i))
	}
	f.configure(t, nil, names)
	race(t, f, len(names), func(db *store.DB, owner string) ([]string, error) {
		claimed, err := db.ClaimAccounts(t.Context(), owner, start, time.Minute, 3)
		var got []string
		for _, c := range claimed {
			got = append(got, c.Name)
		}
		return got, err
	})
}

// race claims in four processes until nothing is left, and wants each name once
// and never more than three at a time.
func race(t *testing.T, f *fixture, total int, claim func(*store.DB, string) ([]string, error)) {
	t.Helper()
	var mu sync.Mutex
	var wg sync.WaitGroup
	var all []string
	for i := range 4 {
		db := f.another(t)
		wg.Go(func() {
			for misses := 0; misses < 3; {
				got, err := claim(db, fmt.Sprint("owner", i))
				if err != nil || len(got) > 3 {
					t.Errorf("claimed %d: %v", len(got), err)
					return
				}
				if len(got) == 0 {
					misses++ // others may hold what is left only for the moment of their claim
				}
				mu.Lock()
				all = append(all, got...)
				tooMany := len(all) > 2*total
				mu.Unlock()
				if tooMany { // nothing that is claimed stays so
					return
				}
			}
		})
	}
	wg.Wait()
	slices.Sort(all)
	if len(all) != total || len(slices.Compact(slices.Clone(all))) != total {
		t.Errorf("claimed %d names, %d different, want each of %d once", len(all), len(slices.Compact(all)), total)
	}
}

func testIngest(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, []string{"desk"})
	fs := f.claimFeed(t, "news")
	fs.Validators = spool.Validators{ETag: `W/"x y"`, LastModified: "Sun, 01 Mar 2026 12:00:00 GMT"}
	fs.BodyHash, fs.Moved, fs.Problem, fs.Failures, fs.Items = "h", "https://new.example/", "slow", 2, 40
	fs.NextPoll, fs.RetryAfter, fs.Baselined = start.Add(time.Hour), start.Add(30*time.Minute), start
	fs.LastPoll, fs.LastGood, fs.LastNew = start, start, start
	item := newItem("one")
	item.Item.Categories, item.Item.Media = []string{"City"}, []spool.Media{{URL: "https://img.example/1.jpg", Alt: "A bridge"}}
	p := newPost("one", "desk")
	recorded := must(f.Ingest(t.Context(), spool.Ingest{Feed: fs, New: []spool.NewItem{item}, Posts: []spool.Post{p}, Causes: []string{"new in the feed"}}))(t)
	if len(recorded) != 1 || recorded[0].ID != p.ID || recorded[0].Version != 1 {
		t.Fatalf("recorded %+v", recorded)
	}
	fs.Lease = spool.Lease{Name: "news", Epoch: 1}
	if got := must(f.Feeds(t.Context()))(t)[0]; !reflect.DeepEqual(got, fs) {
		t.Errorf("feed is\n%+v, want\n%+v", got, fs)
	}
	known := must(f.Seen(t.Context(), "paper", append(item.Keys, "guid:other")))(t)
	want := spool.Known{Item: "one", Digest: "d1", Feeds: []string{"news"}}
	if len(known) != 2 || !reflect.DeepEqual(known["guid:one"], want) || !reflect.DeepEqual(known["link:one"], want) {
		t.Errorf("known is %+v", known)
	}
	if got := must(f.Item(t.Context(), "one"))(t); !reflect.DeepEqual(got, item.Item) {
		t.Errorf("item is\n%+v, want\n%+v", got, item.Item)
	}
	if other := must(f.Seen(t.Context(), "elsewhere", item.Keys))(t); len(other) != 0 {
		t.Errorf("another group knows %v", other)
	}
	wantHistory := []spool.Change{{Time: start, To: spool.Waiting, What: spool.Recorded, Cause: "new in the feed", Who: "spool"}}
	if got := must(f.History(t.Context(), p.ID))(t); !reflect.DeepEqual(got, wantHistory) {
		t.Errorf("history is %+v", got)
	}
}

func testUnchanged(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, nil)
	fs := f.claimFeed(t, "news")
	fs.NextPoll, fs.Baselined, fs.LastPoll = start.Add(time.Minute), start.Add(-time.Hour), start
	if _, err := f.Ingest(t.Context(), spool.Ingest{Feed: fs}); err != nil {
		t.Fatal(err)
	}
	if got := must(f.ClaimFeeds(t.Context(), "me", start, time.Minute, 1))(t); len(got) != 0 {
		t.Errorf("claimed before its time: %v", got)
	}
	got := must(f.ClaimFeeds(t.Context(), "me", start.Add(time.Minute), time.Minute, 1))(t)
	if len(got) != 1 || got[0].Lease.Epoch != 2 {
		t.Errorf("claimed %v, want the feed in epoch 2", got)
	}
}

func testLeaseLost(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, []string{"desk"})
	stale := must(f.ClaimFeeds(t.Context(), "me", start, -time.Second, 1))(t)[0] // run out at once
	holder := f.claimFeed(t, "news")
	full := spool.Ingest{Feed: stale, New: []spool.NewItem{newItem("one")}, Posts: []spool.Post{newPost("one", "desk")}}
	for name, in := range map[string]spool.Ingest{"with items": full, "without": {Feed: stale}} {
		if _, err := f.Ingest(t.Context(), in); !errors.Is(err, spool.ErrConflict) {
			t.Errorf("%s: error is %v, want ErrConflict", name, err)
		}
	}
	nothing(t, f, "one")
	full.Feed = holder
	if _, err := f.Ingest(t.Context(), full); err != nil {
		t.Errorf("the holder: %v", err)
	}
}

// nothing wants no trace of an item and its post.
func nothing(t *testing.T, f *fixture, item string) {
	t.Helper()
	if known := must(f.Seen(t.Context(), "paper", []spool.Key{spool.Key("guid:" + item), spool.Key("link:" + item)}))(t); len(known) != 0 {
		t.Errorf("remembered: %v", known)
	}
	if _, err := f.Item(t.Context(), item); !errors.Is(err, spool.ErrNotFound) {
		t.Errorf("item: %v, want ErrNotFound", err)
	}
	for _, p := range must(f.Posts(t.Context(), store.Filter{}))(t) {
		if p.Item == item {
			t.Errorf("recorded: %s", p.ID)
		}
	}
}

// testIngestAtomic fails at the last statement of the transaction.
func testIngestAtomic(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, []string{"desk"})
	fs := f.claimFeed(t, "news")
	bad := newPost("one", "desk")
	bad.State = "flying"
	moved := fs
	moved.NextPoll, moved.BodyHash = start.Add(time.Hour), "changed"
	if _, err := f.Ingest(t.Context(), spool.Ingest{Feed: moved, New: []spool.NewItem{newItem("one")}, Posts: []spool.Post{bad}}); err == nil {
		t.Fatal("a state that there is not was taken")
	}
	nothing(t, f, "one")
	if got := must(f.Feeds(t.Context()))(t)[0]; got.BodyHash != "" || got.Lease.Owner != "me" {
		t.Errorf("the feed moved on without its items: %+v", got)
	}
	if _, err := f.Ingest(t.Context(), spool.Ingest{Feed: fs, New: []spool.NewItem{newItem("one")}}); err != nil {
		t.Errorf("the same poll once more: %v", err)
	}
}

func testBadText(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, []string{"desk"})
	fs := f.claimFeed(t, "news")
	fs.Problem = "bad\x00 \xffend"
	it := newItem("one")
	it.Item.Title, it.Item.Categories = "a\x00b\xc3(", []string{"x\x00"}
	p := newPost("one", "desk")
	p.Content.Text, p.Reason = "Nul\x00 and \xff bytes, \\u0000 as words", "because\x00"
	recorded := must(f.Ingest(t.Context(), spool.Ingest{Feed: fs, New: []spool.NewItem{it}, Posts: []spool.Post{p}, Causes: []string{"c\x00"}}))(t)
	got := must(f.Post(t.Context(), p.ID))(t)
	if got.Content.Text != "Nul and \uFFFD bytes, \\u0000 as words" || got.Reason != "because" {
		t.Errorf("post is %q, %q", got.Content.Text, got.Reason)
	}
	if !reflect.DeepEqual(recorded, []spool.Post{got}) {
		t.Errorf("returned\n%+v, stored\n%+v", recorded, got)
	}
	if title := must(f.Item(t.Context(), "one"))(t).Title; title != "ab\uFFFD(" {
		t.Errorf("title is %q", title)
	}
	if problem := must(f.Feeds(t.Context()))(t)[0].Problem; problem != "bad \uFFFDend" {
		t.Errorf("problem is %q", problem)
	}
	if cause := must(f.History(t.Context(), p.ID))(t)[0].Cause; cause != "c" {
		t.Errorf("cause is %q", cause)
	}
	if _, err := f.Seen(t.Context(), "paper", []spool.Key{"guid:\x00", "x\xff"}); err != nil {
		t.Errorf("looking up bad keys: %v", err)
	}
}

func testEdited(t *testing.T, f *fixture) {
	f.configure(t, []string{"news", "sport"}, nil)
	if _, err := f.Ingest(t.Context(), spool.Ingest{Feed: f.claimFeed(t, "news"), New: []spool.NewItem{newItem("one")}}); err != nil {
		t.Fatal(err)
	}
	edited := newItem("one")
	edited.Item.Digest, edited.Item.Title, edited.Item.Feed, edited.Item.Seen = "d2", "Corrected", "sport", start.Add(time.Hour)
	edited.Keys = []spool.Key{"guid:one", "link:moved"}
	in := spool.Ingest{Feed: f.claimFeed(t, "sport"), Edited: []spool.NewItem{edited}, Listed: []string{"one", "unknown"}}
	if _, err := f.Ingest(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	known := must(f.Seen(t.Context(), "paper", []spool.Key{"guid:one", "link:one", "link:moved"}))(t)
	for key, k := range known {
		if k.Item != "one" || k.Digest != "d2" || !slices.Equal(k.Feeds, []string{"news", "sport"}) {
			t.Errorf("%s is known as %+v", key, k)
		}
	}
	if len(known) != 3 {
		t.Errorf("known by %d keys, want 3", len(known))
	}
	it := must(f.Item(t.Context(), "one"))(t)
	if it.Title != "Corrected" || it.Feed != "news" || !it.Seen.Equal(start) {
		t.Errorf("item is %+v", it)
	}
}

// testKnownKeys gives an item that stays as it was another name.
func testKnownKeys(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, nil)
	poll := func(in spool.Ingest) {
		t.Helper()
		in.Feed = f.claimFeed(t, "news")
		in.Feed.Baselined, in.Feed.LastPoll = start.Add(-time.Hour), start
		if _, err := f.Ingest(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
	poll(spool.Ingest{New: []spool.NewItem{newItem("one"), newItem("two")}})
	changed := newItem("one")
	changed.Item.Title, changed.Item.Digest = "not to be recorded", "d9"
	changed.Keys = []spool.Key{"guid:moved", "guid:two"} // the second is another's, and stays so
	poll(spool.Ingest{Known: []spool.NewItem{changed}})
	known := must(f.Seen(t.Context(), "paper", []spool.Key{"guid:moved", "guid:two", "guid:one"}))(t)
	if known["guid:moved"].Item != "one" || known["guid:one"].Digest != "d1" || known["guid:two"].Item != "two" {
		t.Errorf("known is %+v", known)
	}
	if it := must(f.Item(t.Context(), "one"))(t); it.Title != "Title of one" {
		t.Errorf("item is %+v", it)
	}
}

// testOvertaken reads two feeds of a group at once that both bring a new story,
// which each knows under another id.
func testOvertaken(t *testing.T, f *fixture) {
	f.configure(t, []string{"news", "sport"}, []string{"desk"})
	both := must(f.ClaimFeeds(t.Context(), "me", start, time.Minute, 2))(t)
	one, two := newItem("one"), newItem("two")
	two.Keys = append(two.Keys, "link:one")
	if _, err := f.Ingest(t.Context(), spool.Ingest{Feed: both[0], New: []spool.NewItem{one}, Posts: []spool.Post{newPost("one", "desk")}}); err != nil {
		t.Fatal(err)
	}
	late := spool.Ingest{Feed: both[1], New: []spool.NewItem{two}, Posts: []spool.Post{newPost("two", "desk")}}
	if _, err := f.Ingest(t.Context(), late); !errors.Is(err, spool.ErrConflict) {
		t.Fatalf("error is %v, want ErrConflict", err)
	}
	nothing(t, f, "two")
	again := must(f.ClaimFeeds(t.Context(), "me", start, time.Minute, 2))(t)
	if !slices.ContainsFunc(again, func(s spool.FeedState) bool { return s.Name == both[1].Name }) {
		t.Fatalf("the feed is not to be read again at once: %v", again)
	}
	// Read again, and decided with open eyes: the answer is final.
	late.Feed = again[slices.IndexFunc(again, func(s spool.FeedState) bool { return s.Name == both[1].Name })]
	if _, err := f.Ingest(t.Context(), late); err != nil {
		t.Errorf("a second refusal: %v", err)
	}
}

func testPostsOnce(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, []string{"desk", "other"})
	f.record(t, newPost("one", "desk"))
	changed := newPost("one", "desk")
	changed.Content.Text = "Other words"
	sneaky := newPost("one", "desk") // another id, the same announcement
	sneaky.ID = "sneaky"
	recorded := f.record(t, changed, sneaky, newPost("one", "other"))
	if ids(recorded) != "[post-one-other]" {
		t.Errorf("recorded %v", ids(recorded))
	}
	if got := must(f.Post(t.Context(), changed.ID))(t); got.Content.Text != "Words of one" || got.Version != 1 {
		t.Errorf("the first became %+v", got)
	}
	if lines := must(f.History(t.Context(), changed.ID))(t); len(lines) != 1 {
		t.Errorf("history has %d lines", len(lines))
	}
}

func testReworded(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, []string{"desk"})
	recorded := f.record(t, newPost("one", "desk"), newPost("two", "desk"))
	reworded := spool.Event{What: spool.Reworded, Content: spool.Content{Text: "New words", Link: "https://www.example.org/new"}}
	in := spool.Ingest{Feed: f.claimFeed(t, "news"), Reworded: []spool.Transition{next(t, recorded[0], reworded, start), next(t, recorded[1], reworded, start)}}
	if _, err := f.Steer(t.Context(), recorded[0].ID, spool.Event{What: spool.Cancelled, Who: "anna"}, spool.Rules{}); err != nil {
		t.Fatal(err)
	}
	// The first may have been sent with its old words: the poll is made anew.
	if _, err := f.Ingest(t.Context(), in); !errors.Is(err, spool.ErrConflict) {
		t.Fatalf("a poll that gives a post other words that was cancelled meanwhile: %v", err)
	}
	if two := must(f.Post(t.Context(), recorded[1].ID))(t); two.Version != 1 {
		t.Errorf("half of a poll was recorded: %+v", two)
	}
	in = spool.Ingest{Feed: f.claimFeed(t, "news"), Reworded: in.Reworded[1:]}
	if _, err := f.Ingest(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	one, two := must(f.Post(t.Context(), recorded[0].ID))(t), must(f.Post(t.Context(), recorded[1].ID))(t)
	if one.State != spool.Dropped || one.Content.Text != "Words of one" {
		t.Errorf("the cancelled post is %+v", one)
	}
	if !two.Content.Equal(reworded.Content) || two.Version != 2 {
		t.Errorf("the waiting post is %+v", two)
	}
	history := must(f.History(t.Context(), two.ID))(t)
	if len(history) != 2 || !strings.Contains(string(history[1].What), "reworded") {
		t.Errorf("history is %+v", history)
	}
}
