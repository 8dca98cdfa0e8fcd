package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/store"
)

// testTakeDown blocks an item, gives up what waits and takes away what is live, at
// once.
func testTakeDown(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, []string{"desk", "night"})
	posts := f.record(t, newPost("one", "desk"), newPost("one", "night"), newPost("two", "desk"))
	l := f.claimAccount(t, "desk").Lease
	live := f.live(t, l, posts[0], "n1")
	if err := f.Release(t.Context(), l, time.Time{}); err != nil {
		t.Fatal(err)
	}
	block := spool.Block{Key: spool.ItemKey("one"), Item: "one", URL: "https://www.example.org/one", Time: f.clock.Now(), Who: "ana", Reason: "by court order"}
	down := store.Takedown{Items: []string{"one"}, Blocks: []spool.Block{block, {Key: "link:one", Item: "one", Time: f.clock.Now(), Who: "ana"}}}
	down.Decide = func(posts []spool.Post) store.Decision {
		d := store.Decision{Cause: "by court order", Who: "ana"}
		for _, p := range posts {
			if p.State == spool.Live {
				d.Record = append(d.Record, spool.Withdrawal(p, "by court order", f.clock.Now(), spool.ByTakedown))
				continue
			}
			d.Changes = append(d.Changes, next(t, p, spool.Event{What: spool.Cancelled, Who: "ana", Cause: "by court order"}, f.clock.Now()))
		}
		return d
	}
	recorded, changed, err := f.TakeDown(t.Context(), down)
	if err != nil || len(recorded) != 1 || len(changed) != 1 || recorded[0].Parent != live.ID || changed[0].ID != posts[1].ID || changed[0].State != spool.Dropped {
		t.Fatalf("recorded %v, changed %v: %v", ids(recorded), ids(changed), err)
	}
	if h := must(f.History(t.Context(), recorded[0].ID))(t); len(h) != 1 || h[0].Who != "ana" || h[0].Cause != "by court order" {
		t.Errorf("its history is %+v", h)
	}
	if two := must(f.Post(t.Context(), posts[2].ID))(t); two.State != spool.Waiting {
		t.Errorf("the post of another item is %s", two.State)
	}
	if f.claimAccount(t, "desk").Name == "" {
		t.Error("the account is not due")
	}
	found := must(f.Blocks(t.Context(), []spool.Key{"item:one", "link:one", "link:two"}))(t)
	if len(found) != 2 || found["item:one"] != block {
		t.Errorf("blocks are %+v", found)
	}
	if own := must(f.BlocksOf(t.Context(), "one"))(t); len(own) != 2 {
		t.Errorf("blocks of the item are %+v", own)
	}
	if n := must(f.Unblock(t.Context(), []string{"one"}, nil))(t); n != 2 {
		t.Errorf("%d keys were blocked", n)
	}
	if found := must(f.Blocks(t.Context(), []spool.Key{"item:one", "link:one"}))(t); len(found) != 0 {
		t.Errorf("blocks are left: %+v", found)
	}
}

// testTakeDownWhole records nothing of a takedown that cannot be recorded whole.
func testTakeDownWhole(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, []string{"desk"})
	p := f.record(t, newPost("one", "desk"))[0]
	asked := 0
	_, _, err := f.TakeDown(t.Context(), store.Takedown{
		Items: []string{"one"}, Blocks: []spool.Block{{Key: "link:one", Item: "one", Time: start, Who: "ana"}},
		Decide: func([]spool.Post) store.Decision {
			asked++
			stale := next(t, p, spool.Event{What: spool.Cancelled}, start)
			stale.Post.Version = 7 // somebody else was quicker, each time
			return store.Decision{Changes: []spool.Transition{stale}}
		},
	})
	if err == nil || asked < 2 {
		t.Errorf("asked %d times: %v", asked, err)
	}
	if found := must(f.Blocks(t.Context(), []spool.Key{"link:one"}))(t); len(found) != 0 {
		t.Errorf("half of a takedown was recorded: %+v", found)
	}
}

// testDoomed finds what was in the middle of something during a takedown.
func testDoomed(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, []string{"desk", "night"})
	posts := f.record(t, newPost("one", "desk"), newPost("two", "desk"), newPost("one", "night"))
	l := f.claimAccount(t, "desk").Lease
	doomed := func() string {
		return ids(must(f.Doomed(t.Context(), "desk", start.Add(-time.Hour)))(t))
	}
	if got := doomed(); got != "[]" {
		t.Errorf("nothing is taken down, and %s is found", got)
	}
	nothing := func([]spool.Post) store.Decision { return store.Decision{} }
	_, _, err := f.TakeDown(t.Context(), store.Takedown{
		Items: []string{"one"}, Decide: nothing,
		Blocks: []spool.Block{{Key: spool.ItemKey("one"), Item: "one", Time: f.clock.Now(), Who: "ana"}, {Key: "link:never-seen", Time: f.clock.Now(), Who: "ana"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := doomed(); got != "[post-one-desk]" {
		t.Errorf("found %s", got)
	}
	live := f.live(t, l, posts[0], "n1")
	if got := doomed(); got != "[post-one-desk]" {
		t.Errorf("once it is live: %s", got)
	}
	w := spool.Withdrawal(live, "", f.clock.Now(), spool.ByTakedown)
	for want := 1; want >= 0; want-- {
		if recorded := must(f.Record(t.Context(), []spool.Post{w}, "it was late"))(t); len(recorded) != want {
			t.Errorf("%d were recorded, want %d", len(recorded), want)
		}
	}
	if got := doomed(); got != "[]" {
		t.Errorf("what is being taken away is found again: %s", got)
	}
	if got := ids(must(f.Doomed(t.Context(), "night", f.clock.Now().Add(time.Hour)))(t)); got != "[]" {
		t.Errorf("a takedown of long ago: %s", got)
	}
}

// testBodies reads many items at once, and their names.
func testBodies(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, []string{"desk"})
	f.record(t, newPost("one", "desk"), newPost("two", "desk"))
	bodies := must(f.Bodies(t.Context(), []string{"one", "two", "three"}))(t)
	if len(bodies) != 2 || bodies["one"].Title != "Title of one" {
		t.Errorf("bodies are %+v", bodies)
	}
	if names := fmt.Sprint(must(f.NamesOf(t.Context(), "one"))(t)); !strings.Contains(names, "link:one") {
		t.Errorf("its names are %s", names)
	}
	linking := ids(must(f.PostsLinking(t.Context(), []string{"https://www.example.org/two", ""}))(t))
	if linking != "[post-two-desk]" {
		t.Errorf("posts with the link are %s", linking)
	}
}
