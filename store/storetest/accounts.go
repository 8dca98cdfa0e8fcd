package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"spool"
	"spool/store"
)

// claimable reports whether the account "desk" has something to do.
func claimable(t *testing.T, f *fixture, at time.Time) bool {
	t.Helper()
	for _, a := range must(f.ClaimAccounts(t.Context(), "probe", at, -time.Second, 9))(t) {
		if a.Name == "desk" {
			return true
		}
	}
	return false
}

func testWake(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, []string{"desk"})
	release := func(next time.Time) {
		t.Helper()
		if err := f.Release(t.Context(), f.claimAccount(t, "desk").Lease, next); err != nil {
			t.Fatal(err)
		}
	}
	release(time.Time{})
	if claimable(t, f, start.Add(time.Hour)) {
		t.Fatal("an account with nothing to do is claimed")
	}
	later := newPost("later", "desk")
	later.NotBefore = start.Add(time.Hour)
	f.record(t, later)
	if claimable(t, f, start) || !claimable(t, f, start.Add(time.Hour)) {
		t.Fatal("a post for later does not make the account due just then")
	}
	f.record(t, newPost("one", "desk"))
	release(start.Add(time.Minute))
	if claimable(t, f, start.Add(time.Second)) || !claimable(t, f, start.Add(time.Minute)) {
		t.Fatal("the account is not due when its holder said")
	}

	// Something is recorded while the lease is held: the holder, who has not
	// seen it, must not put it off.
	f.clock.advance(time.Minute)
	held := f.claimAccount(t, "desk").Lease
	f.record(t, newPost("two", "desk"))
	if err := f.Release(t.Context(), held, start.Add(24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if !claimable(t, f, f.clock.Now()) {
		t.Error("a post recorded while the account was leased waits for a day")
	}

	// A holder that dies leaves the account due.
	f.claimAccount(t, "desk")
	if claimable(t, f, f.clock.Now()) {
		t.Error("a leased account is claimed")
	}
	if now := f.clock.advance(61 * time.Second); !claimable(t, f, now) && !serverClock(f.DB) {
		t.Error("a lease that ran out still holds")
	}
}

// serverClock reports whether leases run by a clock that tests cannot move.
func serverClock(db *store.DB) bool { return !strings.HasSuffix(db.Name(), ".db") }

func testPause(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, []string{"desk"})
	f.record(t, newPost("one", "desk"))
	if err := f.SetPaused(t.Context(), "desk", true); err != nil {
		t.Fatal(err)
	}
	if claimable(t, f, start) {
		t.Error("a paused account is claimed")
	}
	if a := must(f.Accounts(t.Context()))(t)[0]; !a.Paused {
		t.Errorf("account is %+v", a)
	}
	if err := f.SetPaused(t.Context(), "desk", false); err != nil {
		t.Fatal(err)
	}
	a := f.claimAccount(t, "desk")
	want := a
	want.PausedUntil, want.Stopped, want.Kept, want.Expires = start.Add(time.Hour), "its token was refused", start, start.Add(60*24*time.Hour)
	want.QuotaUsed, want.QuotaTotal = 17, 250
	want.Paused = true // a person's word, not the holder's
	if err := f.SaveAccount(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	want.Paused, want.Lease = false, spool.Lease{Name: "desk", Epoch: a.Lease.Epoch}
	if err := f.Release(t.Context(), a.Lease, start); err != nil {
		t.Fatal(err)
	}
	if got := must(f.Accounts(t.Context()))(t)[0]; !reflect.DeepEqual(got, want) {
		t.Errorf("account is\n%+v, want\n%+v", got, want)
	}
	if !claimable(t, f, start) {
		t.Error("an account stopped or paused by its network is not looked after")
	}
	if err := f.SetPaused(t.Context(), "nobody", true); !errors.Is(err, spool.ErrNotFound) {
		t.Errorf("pausing an unknown account: %v", err)
	}
}

func testClearStop(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, []string{"desk"})
	a := f.claimAccount(t, "desk")
	a.Stopped = "its token was refused"
	if err := f.SaveAccount(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	if err := f.ClearStop(t.Context(), "desk"); err != nil {
		t.Fatal(err)
	}
	if err := f.SaveAccount(t.Context(), a); err != nil { // by what it read before the login
		t.Fatal(err)
	}
	if err := f.Release(t.Context(), a.Lease, time.Time{}); err != nil {
		t.Fatal(err)
	}
	b := f.claimAccount(t, "desk") // at once
	if b.Stopped != "" {
		t.Fatalf("stopped again: %s", b.Stopped)
	}
	b.Stopped = "its token was refused again"
	if err := f.SaveAccount(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	if got := must(f.Accounts(t.Context()))(t)[0].Stopped; got != b.Stopped {
		t.Errorf("stopped: %q", got)
	}
}

// testAbsurdLease claims while the clock is a day ahead, and dies.
func testAbsurdLease(t *testing.T, f *fixture) {
	if serverClock(f.DB) {
		t.Skip("leases run by the server's clock")
	}
	f.configure(t, []string{"news"}, []string{"desk"})
	f.clock.advance(24 * time.Hour)
	f.claimFeed(t, "news")
	f.claimAccount(t, "desk")
	f.clock.advance(-24 * time.Hour)
	f.claimFeed(t, "news")
	if !claimable(t, f, start) {
		t.Error("a lease from the future holds")
	}
}

func testSteer(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, []string{"desk"})
	held := newPost("one", "desk")
	held.State, held.Hold = spool.Held, spool.HoldApproval
	f.record(t, held)
	if err := f.Release(t.Context(), f.claimAccount(t, "desk").Lease, time.Time{}); err != nil {
		t.Fatal(err)
	}
	now := f.clock.advance(time.Minute)
	p := must(f.Steer(t.Context(), "post-o", spool.Event{What: spool.Approved, Who: "anna"}, spool.Rules{Deadline: time.Hour}))(t)
	if p.State != spool.Waiting || p.Version != 2 || !p.Deadline.Equal(now.Add(time.Hour)) {
		t.Errorf("approved: %+v", p)
	}
	if !claimable(t, f, now) {
		t.Error("approving does not make the account due")
	}
	if last := must(f.History(t.Context(), p.ID))(t)[1]; last.Who != "anna" || last.From != spool.Held || !last.Time.Equal(now) {
		t.Errorf("history says %+v", last)
	}
	if _, err := f.Steer(t.Context(), p.ID, spool.Event{What: spool.Approved, Who: "anna"}, spool.Rules{}); !errors.Is(err, spool.ErrTransition) {
		t.Errorf("approving twice: %v", err)
	}
	if _, err := f.Steer(t.Context(), "nothing", spool.Event{What: spool.Approved}, spool.Rules{}); !errors.Is(err, spool.ErrNotFound) {
		t.Errorf("approving nothing: %v", err)
	}
}

// testSteerRace lets people and a scheduler change one post at the same time:
// nobody's change is lost and none is written over another.
func testSteerRace(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, []string{"desk"})
	p := f.record(t, newPost("one", "desk"))[0]
	l := f.claimAccount(t, "desk").Lease
	var wg sync.WaitGroup
	for i := range 4 {
		db := f.another(t)
		wg.Go(func() {
			for range 5 {
				_, err := db.Steer(t.Context(), p.ID, spool.Event{What: spool.Hurried, Who: fmt.Sprint("person", i)}, spool.Rules{})
				if err != nil && !errors.Is(err, spool.ErrConflict) {
					t.Errorf("hurry: %v", err)
				}
			}
		})
	}
	saved := 0
	for range 5 {
		now := must(f.Post(t.Context(), p.ID))(t)
		_, err := f.Save(t.Context(), l, start.Add(time.Minute), next(t, now, spool.Event{What: spool.Prepared, Draft: &spool.Draft{State: "d"}}, start))
		switch {
		case err == nil:
			saved++
		case !errors.Is(err, spool.ErrConflict):
			t.Errorf("save: %v", err)
		}
	}
	wg.Wait()
	lines := must(f.History(t.Context(), p.ID))(t)
	if got := must(f.Post(t.Context(), p.ID))(t); int(got.Version) != len(lines) {
		t.Errorf("version %d, but %d lines of history", got.Version, len(lines))
	}
}

func testBrowse(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, []string{"desk", "other"})
	var posts []spool.Post
	for i, item := range []string{"one", "two", "three"} {
		p := newPost(item, "desk")
		p.Created = start.Add(time.Duration(i) * time.Second)
		p.Content.Text = "Élan " + strings.ToUpper(item) + " <100%_>"
		posts = append(posts, p)
	}
	other := newPost("one", "other")
	other.State, other.Hold = spool.Held, spool.HoldPerson
	f.record(t, append(posts, other)...)
	for name, c := range map[string]struct {
		filter store.Filter
		want   string
	}{
		"all, newest first": {store.Filter{}, "[post-three-desk post-two-desk post-one-other post-one-desk]"},
		"limit":             {store.Filter{Limit: 2}, "[post-three-desk post-two-desk]"},
		"before":            {store.Filter{Before: start.Add(time.Second)}, "[post-one-other post-one-desk]"},
		"account and state": {store.Filter{Account: "other", States: []spool.State{spool.Held, spool.Live}}, "[post-one-other]"},
		"no such state":     {store.Filter{States: []spool.State{spool.Failed}}, "[]"},
		"feed":              {store.Filter{Feed: "sport"}, "[]"},
		"words":             {store.Filter{Text: "élan two <100%"}, "[post-two-desk]"},
		"link":              {store.Filter{Text: "EXAMPLE.org/three", Limit: 1}, "[post-three-desk]"},
		"no wildcard":       {store.Filter{Text: "100_"}, "[]"},
	} {
		if got := ids(must(f.Posts(t.Context(), c.filter))(t)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	if got := must(f.Post(t.Context(), "post-th"))(t); got.ID != "post-three-desk" {
		t.Errorf("by its beginning: %s", got.ID)
	}
	for _, id := range []string{"post-", "", "zzz", "post-%"} {
		if _, err := f.Post(t.Context(), id); !errors.Is(err, spool.ErrNotFound) {
			t.Errorf("post %q: %v", id, err)
		}
	}
}

func testCounts(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, []string{"desk"})
	held := newPost("e", "desk")
	held.State, held.Hold = spool.Held, spool.HoldBurst
	early := newPost("d", "desk")
	early.NotBefore = start.Add(-time.Hour)
	rec := f.record(t, newPost("a", "desk"), newPost("b", "desk"), newPost("c", "desk"), early, held)
	l := f.claimAccount(t, "desk").Lease
	f.live(t, l, rec[0], "n1")
	b := f.step(t, l, rec[1], spool.Event{What: spool.Began})
	b = f.step(t, l, b, spool.Event{What: spool.Refused, Failure: &spool.Failure{Op: "x", Kind: spool.Permanent, Err: errors.New("no")}})
	count := func() map[string]int {
		t.Helper()
		got := map[string]int{}
		for _, c := range must(f.Counts(t.Context()))(t).Posts {
			if c.N != 0 {
				got[strings.TrimSpace(fmt.Sprintf("%s %s %s", c.Account, c.State, c.Hold))] = c.N
			}
		}
		return got
	}
	want := map[string]int{"desk live": 1, "desk failed": 1, "desk waiting": 2, "desk held burst": 1}
	if got := count(); !reflect.DeepEqual(got, want) {
		t.Errorf("counts are %v, want %v", got, want)
	}
	if _, err := f.Steer(t.Context(), b.ID, spool.Event{What: spool.Retried, Who: "anna"}, spool.Rules{}); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Steer(t.Context(), held.ID, spool.Event{What: spool.Cancelled, Who: "anna"}, spool.Rules{}); err != nil {
		t.Fatal(err)
	}
	f.step(t, l, rec[2], spool.Event{What: spool.Began})
	want = map[string]int{"desk live": 1, "desk dropped": 1, "desk waiting": 2, "desk sending": 1}
	if got := count(); !reflect.DeepEqual(got, want) {
		t.Errorf("counts are %v, want %v", got, want)
	}
	c := must(f.Counts(t.Context()))(t)
	if !c.Oldest["desk"].Equal(early.NotBefore) || c.Items["news"] != 5 {
		t.Errorf("oldest %v, items %v", c.Oldest, c.Items)
	}
}
