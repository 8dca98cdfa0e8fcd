package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"spool"
)

// follower is a post of a purpose that follows from another one.
func follower(p spool.Post, purpose spool.Purpose) spool.Post {
	f := newPost(p.Item, p.Account)
	f.ID, f.Purpose, f.Parent, f.Root = string(purpose)+" of "+p.ID, purpose, p.ID, p.ID
	f.Content = spool.Content{Text: string(purpose) + " of " + p.Item, Link: p.Content.Link}
	return f
}

// testFollow records what follows from a post with the event that makes it live.
func testFollow(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, []string{"desk"})
	p := newPost("one", "desk")
	p.Content.More = []string{"two", "three"}
	p = f.record(t, p)[0]
	l := f.claimAccount(t, "desk").Lease
	began := f.step(t, l, p, spool.Event{What: spool.Began})
	tr := next(t, began, spool.Event{What: spool.Delivered, Receipt: spool.Receipt{ID: "n1", Version: "v1"}}, start)
	if len(tr.Follow) != 1 {
		t.Fatalf("%d posts follow", len(tr.Follow))
	}
	// Whoever lost the lease records neither.
	stale := l
	stale.Epoch--
	if _, err := f.Save(t.Context(), stale, start.Add(time.Minute), tr); !errors.Is(err, spool.ErrConflict) {
		t.Fatalf("error is %v", err)
	}
	if got := must(f.Followers(t.Context(), p.ID))(t); len(got) != 0 {
		t.Fatalf("recorded all the same: %s", ids(got))
	}
	live := must(f.Save(t.Context(), l, start.Add(time.Minute), tr))(t)
	parts := must(f.Followers(t.Context(), p.ID))(t)
	if len(parts) != 1 {
		t.Fatalf("followers: %s", ids(parts))
	}
	part := parts[0]
	if part.Purpose != spool.Continue || part.Parent != p.ID || part.Root != p.ID || part.Content.Text != "two" || part.Version != 1 || !part.Order.IsZero() {
		t.Errorf("the next part is %+v", part)
	}
	if lines := must(f.History(t.Context(), part.ID))(t); len(lines) != 1 || lines[0].What != spool.Recorded || !strings.Contains(lines[0].Cause, p.ID) {
		t.Errorf("its history begins with %+v", lines)
	}
	if err := f.Release(t.Context(), l, start.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if !claimable(t, f, start) {
		t.Error("what follows does not make the account due")
	}
	if live.Receipt.Version != "v1" {
		t.Errorf("the receipt is %+v", live.Receipt)
	}
	// The same once more, as after a restored backup: nothing is recorded twice.
	l = f.claimAccount(t, "desk").Lease
	second := newPost("two", "desk")
	second = f.record(t, second)[0]
	tr2 := next(t, f.step(t, l, second, spool.Event{What: spool.Began}), spool.Event{What: spool.Delivered}, start)
	tr2.Follow = tr.Follow
	must(f.Save(t.Context(), l, start.Add(time.Minute), tr2))(t)
	if got := must(f.Post(t.Context(), part.ID))(t); !reflect.DeepEqual(got, part) {
		t.Errorf("recorded again: %+v", got)
	}
}

// testWithdrawn takes a live post away together with the post that did it.
func testWithdrawn(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, []string{"desk"})
	p := f.record(t, newPost("one", "desk"))[0]
	l := f.claimAccount(t, "desk").Lease
	live := f.live(t, l, p, "n1")
	away := follower(p, spool.Withdraw)
	away.Content = spool.Content{Text: "why", Next: &spool.Content{Text: "another", Link: p.Content.Link}}
	away = f.record(t, away)[0]
	begun := f.clock.advance(time.Minute)
	away = f.step(t, l, away, spool.Event{What: spool.Began})
	done := next(t, away, spool.Event{What: spool.Delivered}, begun)
	gone := next(t, live, spool.Event{What: spool.Withdrawn, Cause: "why"}, begun)

	wrong := gone
	wrong.Post.Version++
	if _, err := f.Save(t.Context(), l, begun.Add(time.Minute), done, wrong); !errors.Is(err, spool.ErrConflict) {
		t.Fatalf("error is %v", err)
	}
	if got := must(f.Post(t.Context(), away.ID))(t); got.State != spool.Sending {
		t.Fatalf("half of it was recorded: %s", got.State)
	}
	must(f.Save(t.Context(), l, begun.Add(time.Minute), done, gone))(t)

	got := must(f.Post(t.Context(), p.ID))(t)
	if got.State != spool.Dropped || got.Reason != "why" || got.Receipt.ID != "n1" || !got.LiveAt.Equal(live.LiveAt) {
		t.Errorf("the withdrawn post is %+v", got)
	}
	figures := map[spool.State]int{}
	for _, c := range must(f.Counts(t.Context()))(t).Posts {
		figures[c.State] += c.N
	}
	if figures[spool.Live] != 0 || figures[spool.Dropped] != 1 || figures[spool.Waiting] != 1 {
		t.Errorf("counts are %v", figures) // the withdrawal itself is none that is live
	}
	if a := must(f.Audit(t.Context()))(t); len(a.Miscounts) > 0 || a.Entries[0].Posts[spool.Dropped] != 1 {
		t.Errorf("the ledger says %+v", a)
	}
	if got := must(f.Bound(t.Context(), "desk", start, ""))(t); !got["n1"] {
		t.Error("the id of a withdrawn post is free")
	}
	if got := must(f.Sent(t.Context(), "desk", start))(t); !reflect.DeepEqual(got, []time.Time{live.Begun}) {
		t.Errorf("sent: %v", got)
	}
	if got := must(f.Withdrawals(t.Context(), "desk", start))(t); !reflect.DeepEqual(got, []time.Time{begun}) {
		t.Errorf("withdrawn: %v", got)
	}
	testReplaced(t, f, l, p, away)
}

// testReplaced goes on with what takes the place of the withdrawn post.
func testReplaced(t *testing.T, f *fixture, l spool.Lease, p, away spool.Post) {
	t.Helper()
	parts := must(f.Followers(t.Context(), p.ID))(t)
	if len(parts) != 2 || parts[1].Purpose != spool.Replace || parts[0].ID != away.ID {
		t.Fatalf("followers: %+v", parts)
	}
	if got := must(f.StatesOf(t.Context(), []string{"one"}))(t)["one"]["desk"]; got != spool.Waiting {
		t.Errorf("the item's post is %s", got)
	}
	if got := must(f.LivePosts(t.Context(), []string{"one"}))(t); len(got) != 0 {
		t.Errorf("readers see %s", ids(got))
	}
	replacement := f.live(t, l, parts[1], "n2")
	if got := must(f.StatesOf(t.Context(), []string{"one"}))(t)["one"]["desk"]; got != spool.Live {
		t.Errorf("the item's post is %s", got)
	}
	if got := must(f.LivePosts(t.Context(), []string{"nothing", "one"}))(t); ids(got) != fmt.Sprint([]string{replacement.ID}) {
		t.Errorf("readers see %s", ids(got))
	}
	if got := must(f.AllPosts(t.Context(), []string{"one"}))(t); len(got) != 3 {
		t.Errorf("all posts: %s", ids(got))
	}
	if must(f.LinkShared(t.Context(), replacement))(t) {
		t.Error("a withdrawn post and the withdrawal share their link")
	}
	if a := must(f.Audit(t.Context()))(t); len(a.Miscounts) > 0 {
		t.Errorf("the ledger says %+v", a)
	}
}

// testDueFollowers puts changes ahead of posts, parts of a text ahead of others of
// their priority, and leaves out what is not wanted or under embargo.
func testDueFollowers(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, []string{"desk"})
	var all []spool.Post
	add := func(id string, purpose spool.Purpose, change func(*spool.Post)) {
		p := newPost("item of "+id, "desk")
		p.ID, p.Purpose, p.Content.Text = id, purpose, "Words of "+id
		if purpose != spool.Announce {
			p.Parent = "parent"
		}
		if change != nil {
			change(&p)
		}
		all = append(all, p)
	}
	add("breaking", spool.Announce, func(p *spool.Post) { p.Priority = spool.Breaking })
	add("old", spool.Announce, func(p *spool.Post) { p.Order = start.Add(-99 * time.Hour) })
	add("part", spool.Continue, func(p *spool.Post) { p.Order = time.Time{} })
	add("sorry", spool.Correct, nil)
	add("edit", spool.Edit, func(p *spool.Post) { p.Priority = spool.Low; p.Created = start.Add(-time.Second) })
	add("away", spool.Withdraw, nil)
	add("secret", spool.Announce, func(p *spool.Post) { p.Embargo = start.Add(time.Minute) }) // past its NotBefore
	add("stale", spool.Announce, func(p *spool.Post) { p.Embargo, p.Deadline = start.Add(time.Minute), start.Add(time.Second) })
	f.record(t, all...)
	due := func(at time.Time, limit int, without ...spool.Purpose) string {
		t.Helper()
		return ids(must(f.Due(t.Context(), "desk", at, limit, without...))(t))
	}
	for what, c := range map[string]struct{ got, want string }{
		"all":            {due(start, 9), "[edit away breaking part old sorry]"},
		"one":            {due(start, 1), "[edit]"},
		"three":          {due(start, 3), "[edit away breaking]"},
		"no withdrawals": {due(start, 2, spool.Withdraw, spool.Announce), "[edit part]"},
		"nothing":        {due(start, 9, spool.Purposes()...), "[]"},
		"unknown":        {due(start, 1, "'; DROP TABLE posts"), "[edit]"},
		"just before":    {due(start.Add(time.Minute-time.Millisecond), 9, spool.Edit, spool.Withdraw, spool.Continue, spool.Correct), "[breaking old]"},
		"after it":       {due(start.Add(time.Minute), 9, spool.Edit, spool.Withdraw, spool.Continue, spool.Correct), "[breaking old secret]"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, want %s", what, c.got, c.want)
		}
	}
	if got := must(f.NextDue(t.Context(), "desk", start.Add(2*time.Second)))(t); !got.Equal(start.Add(time.Minute)) {
		t.Errorf("next due at %v", got)
	}
	if got := must(f.Overdue(t.Context(), "desk", start.Add(30*time.Second), 9))(t); len(got) != 0 {
		t.Errorf("late while under embargo: %s", ids(got))
	}
	if got := must(f.Overdue(t.Context(), "desk", start.Add(time.Minute), 9))(t); ids(got) != "[stale]" {
		t.Errorf("late: %s", ids(got))
	}
}

// testRewindEmbargo sets the clock back while a post is under embargo.
func testRewindEmbargo(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, []string{"desk"})
	secret, plain := newPost("secret", "desk"), newPost("plain", "desk")
	secret.NotBefore, secret.Embargo = start.Add(2*time.Hour), start.Add(2*time.Hour)
	plain.NotBefore = start.Add(2 * time.Hour)
	rec := f.record(t, secret, plain)
	if err := f.Rewind(t.Context(), start.Add(-time.Hour), time.Hour); err != nil {
		t.Fatal(err)
	}
	for i, want := range []time.Time{start.Add(2 * time.Hour), start.Add(time.Hour)} {
		if got := must(f.Post(t.Context(), rec[i].ID))(t).NotBefore; !got.Equal(want) {
			t.Errorf("%s: not before %v, want %v", rec[i].ID, got, want)
		}
	}
}

// testRoundTripFollower stores all that a post has which follows from another.
func testRoundTripFollower(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, []string{"desk"})
	p := newPost("one", "desk")
	p.ID, p.Purpose, p.Parent, p.Root = "p", spool.Correct, "parent", "root"
	p = p.UnderEmbargo(start.Add(time.Hour), spool.Rules{})
	p.Reply = spool.Reply{To: spool.Receipt{ID: "n"}} // never stored
	thumb := spool.Attachment{URL: "u", Type: "image/png", Width: 3, Height: 2, Size: 9, File: "f"}
	p.Content = spool.Content{
		Text: "t\x00", Link: "l", Card: spool.Card{Title: "<t>", Description: "d", Thumb: &thumb}, Media: []spool.Attachment{thumb, {URL: "v", Type: "video/mp4", Public: "p", Alt: "a", Credit: "c", Tries: 2}},
		Open: true, Page: "page", Alt: spool.AltHold, Instead: &spool.Content{Text: "instead"}, More: []string{"m\xff"}, Next: &spool.Content{Text: "next"},
		Tags: []string{"tag"}, Mentions: []string{"@m"}, Warning: "w", From: "from",
	}
	p = f.record(t, p)[0]
	p.Reply = spool.Reply{}
	if got := must(f.Post(t.Context(), "p"))(t); !reflect.DeepEqual(got, p) || got.Content.Text != "t" {
		t.Errorf("stored\n%+v, recorded\n%+v", got, p)
	}
}
