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

func testRoundTrip(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, []string{"desk"})
	p := newPost("one", "desk")
	p.Priority, p.Deadline, p.Reason = spool.Low, start.Add(time.Hour), "why"
	p.Content = spool.Content{Text: "A <b> & \"c\"\n🌉", Short: "s", Link: "https://l.example/?a=1&b=2", Media: []spool.Attachment{{URL: "i", Alt: "a"}}, Topic: "t", Language: "de"}
	p.Draft = spool.Draft{State: "container 17", Ready: true, Wait: 3 * time.Second}
	p = f.record(t, p)[0]
	l := f.claimAccount(t, "desk").Lease
	p = f.step(t, l, p, spool.Event{What: spool.Began})
	p = f.step(t, l, p, spool.Event{What: spool.Refused, Failure: &spool.Failure{Op: "publish", Kind: spool.Unsure, Err: errors.New("cut")}})
	p = f.step(t, l, p, spool.Event{What: spool.Unclear})
	f.clock.advance(time.Minute)
	p = f.step(t, l, p, spool.Event{What: spool.Found, Receipt: spool.Receipt{ID: "n1", URL: "u", Note: "no image"}})
	if got := must(f.Post(t.Context(), p.ID))(t); !reflect.DeepEqual(got, p) {
		t.Errorf("stored\n%+v, saved\n%+v", got, p)
	}
	if p.Version != 5 {
		t.Errorf("version is %d", p.Version)
	}
	var whats []spool.What
	for _, c := range must(f.History(t.Context(), p.ID))(t) {
		whats = append(whats, c.What)
	}
	if got := fmt.Sprint(whats); got != "[recorded began refused unclear found]" {
		t.Errorf("history is %s", got)
	}
}

func testDueOrder(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, []string{"desk", "other"})
	post := func(item string, change func(*spool.Post)) spool.Post {
		p := newPost(item, "desk")
		p.ID = item
		change(&p)
		return p
	}
	all := []spool.Post{
		post("doubt", func(*spool.Post) {}),
		post("live", func(*spool.Post) {}),
		post("old", func(p *spool.Post) { p.Order = start.Add(-2 * time.Hour) }),
		post("oldest-low", func(p *spool.Post) { p.Order, p.Priority = start.Add(-9*time.Hour), spool.Low }),
		post("breaking", func(p *spool.Post) { p.Priority = spool.Breaking }),
		post("same-b", func(*spool.Post) {}),
		post("same-a", func(*spool.Post) {}),
		post("same-earlier", func(p *spool.Post) { p.Created = start.Add(-time.Second) }),
		post("not-yet", func(p *spool.Post) { p.NotBefore = start.Add(16 * time.Minute) }),
		post("held", func(p *spool.Post) { p.State, p.Hold = spool.Held, spool.HoldApproval }),
	}
	f.record(t, append(all, newPost("elsewhere", "other"))...)
	l := f.claimAccount(t, "desk").Lease
	p := f.step(t, l, must(f.Post(t.Context(), "doubt"))(t), spool.Event{What: spool.Began})
	f.step(t, l, p, spool.Event{What: spool.Lapsed, Wait: time.Minute})
	f.live(t, l, must(f.Post(t.Context(), "live"))(t), "n1")

	if got := ids(must(f.Due(t.Context(), "desk", start, 10))(t)); got != "[breaking old same-earlier same-a same-b oldest-low]" {
		t.Errorf("due now: %s", got)
	}
	later := start.Add(15 * time.Minute)
	if got := ids(must(f.Due(t.Context(), "desk", later, 10))(t)); got != "[doubt live breaking old same-earlier same-a same-b oldest-low]" {
		t.Errorf("due later: %s", got)
	}
	if got := ids(must(f.Due(t.Context(), "desk", later, 3))(t)); got != "[doubt live breaking]" {
		t.Errorf("the first three: %s", got)
	}
}

func testDueTwins(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, []string{"desk", "other"})
	twin := func(item, account, text string) spool.Post {
		p := newPost(item, account)
		p.Content = spool.Content{Text: text, Link: "https://status.example/"}
		return p
	}
	recorded := f.record(t, twin("one", "desk", "Line 4 closed"), twin("two", "desk", "Line 4  closed\n"), twin("three", "desk", "Line 5 closed"), twin("four", "other", "Line 4 closed"))
	l := f.claimAccount(t, "desk").Lease
	p := f.step(t, l, recorded[0], spool.Event{What: spool.Began})
	if got := ids(must(f.Due(t.Context(), "desk", start, 9))(t)); got != "[post-three-desk]" {
		t.Errorf("while sending, due: %s", got)
	}
	p = f.step(t, l, p, spool.Event{What: spool.Lapsed, Wait: time.Hour})
	if got := ids(must(f.Due(t.Context(), "desk", start, 9))(t)); got != "[post-three-desk]" {
		t.Errorf("in doubt, due: %s", got)
	}
	f.step(t, l, p, spool.Event{What: spool.Found, Receipt: spool.Receipt{ID: "n"}})
	if got := ids(must(f.Due(t.Context(), "desk", start, 9))(t)); got != "[post-three-desk post-two-desk]" {
		t.Errorf("settled, due: %s", got)
	}
	if got := ids(must(f.Due(t.Context(), "other", start, 9))(t)); got != "[post-four-other]" {
		t.Errorf("on the other account, due: %s", got)
	}
}

func testDeadlines(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, []string{"desk"})
	p := newPost("one", "desk")
	p.Deadline = start.Add(time.Hour)
	f.record(t, p, newPost("none", "desk"))
	just, at := start.Add(time.Hour-time.Millisecond), start.Add(time.Hour)
	if got := ids(must(f.Due(t.Context(), "desk", just, 9))(t)); got != "[post-none-desk post-one-desk]" {
		t.Errorf("due before: %s", got)
	}
	if got := ids(must(f.Due(t.Context(), "desk", at, 9))(t)); got != "[post-none-desk]" {
		t.Errorf("due at the deadline: %s", got)
	}
	if got := ids(must(f.Overdue(t.Context(), "desk", just, 9))(t)); got != "[]" {
		t.Errorf("overdue before: %s", got)
	}
	if got := ids(must(f.Overdue(t.Context(), "desk", at, 9))(t)); got != "[post-one-desk]" {
		t.Errorf("overdue: %s", got)
	}
}

func testNextDue(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, []string{"desk", "other"})
	if got := must(f.NextDue(t.Context(), "desk", start))(t); !got.IsZero() {
		t.Errorf("with nothing: %v", got)
	}
	now, soon, dies := newPost("now", "desk"), newPost("soon", "desk"), newPost("dies", "desk")
	soon.NotBefore = start.Add(time.Minute)
	dies.Deadline = start.Add(30 * time.Second)
	elsewhere := newPost("x", "other")
	elsewhere.NotBefore = start.Add(time.Second)
	f.record(t, now, soon, dies, elsewhere)
	l := f.claimAccount(t, "desk").Lease
	live := f.live(t, l, must(f.Post(t.Context(), now.ID))(t), "n1")
	for after, want := range map[time.Duration]time.Time{
		0:                dies.Deadline,
		30 * time.Second: soon.NotBefore,
		time.Minute:      live.NotBefore,
		time.Hour:        {},
	} {
		if got := must(f.NextDue(t.Context(), "desk", start.Add(after)))(t); !got.Equal(want) {
			t.Errorf("after %v: %v, want %v", after, got, want)
		}
	}
}

func testAccountQueries(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, []string{"desk", "other"})
	held := newPost("held", "desk")
	held.State, held.Hold = spool.Held, spool.HoldBurst
	rec := f.record(t, newPost("a", "desk"), newPost("b", "desk"), newPost("c", "desk"), newPost("d", "desk"), held)
	l := f.claimAccount(t, "desk").Lease
	a := f.live(t, l, rec[0], "n1")
	f.clock.advance(time.Minute)
	b := f.step(t, l, rec[1], spool.Event{What: spool.Began})
	c := f.step(t, l, rec[2], spool.Event{What: spool.Began})
	c = f.step(t, l, c, spool.Event{What: spool.Refused, Failure: &spool.Failure{Op: "x", Kind: spool.Temporary, Err: errors.New("no")}})

	if got := ids(must(f.Unfinished(t.Context(), "desk"))(t)); got != "[post-b-desk]" {
		t.Errorf("unfinished: %s", got)
	}
	if got := ids(must(f.HeldFor(t.Context(), "desk", spool.HoldBurst))(t)); got != "[post-held-desk]" {
		t.Errorf("held: %s", got)
	}
	if got := must(f.HeldFor(t.Context(), "desk", spool.HoldApproval))(t); len(got) != 0 {
		t.Errorf("held for approval: %s", ids(got))
	}
	if got := ids(must(f.PostsOf(t.Context(), []string{"a", "b", "c", "d", "held"}))(t)); got != "[post-d-desk post-held-desk]" {
		t.Errorf("not begun: %s", got)
	}
	if got := must(f.Sent(t.Context(), "desk", start))(t); !reflect.DeepEqual(got, []time.Time{a.Begun, b.Begun}) {
		t.Errorf("sent: %v", got)
	}
	if got := must(f.Sent(t.Context(), "desk", start.Add(time.Second)))(t); len(got) != 1 {
		t.Errorf("sent lately: %v", got)
	}
	if got := must(f.Bound(t.Context(), "desk", start, c.ID))(t); !reflect.DeepEqual(got, map[string]bool{"n1": true}) {
		t.Errorf("bound: %v", got)
	}
	if got := must(f.Bound(t.Context(), "desk", start, a.ID))(t); len(got) != 0 {
		t.Errorf("bound to others: %v", got)
	}
	if got := must(f.Bound(t.Context(), "desk", start.Add(time.Second), ""))(t); len(got) != 0 {
		t.Errorf("bound lately: %v", got)
	}
	testLinks(t, f, rec[3])
}

// testLinks gives d's link to another post, then drops that.
func testLinks(t *testing.T, f *fixture, d spool.Post) {
	t.Helper()
	if must(f.LinkShared(t.Context(), d))(t) {
		t.Error("a link of its own is shared")
	}
	sharer, elsewhere := newPost("sharer", "desk"), newPost("sharer", "other")
	sharer.Content.Link, elsewhere.Content.Link = d.Content.Link, "https://only.example/"
	f.record(t, sharer, elsewhere)
	if !must(f.LinkShared(t.Context(), d))(t) {
		t.Error("a shared link is not")
	}
	if _, err := f.Steer(t.Context(), sharer.ID, spool.Event{What: spool.Cancelled, Who: "anna"}, spool.Rules{}); err != nil {
		t.Fatal(err)
	}
	if must(f.LinkShared(t.Context(), d))(t) {
		t.Error("a dropped post shares its link")
	}
	d.Content.Link = ""
	if must(f.LinkShared(t.Context(), d))(t) {
		t.Error("no link is shared")
	}
}

func testSaveGuarded(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, []string{"desk", "other"})
	p := f.record(t, newPost("one", "desk"))[0]
	stale := must(f.ClaimAccounts(t.Context(), "old", start, -time.Second, 5))(t)
	l := f.claimAccount(t, "desk").Lease
	began := next(t, p, spool.Event{What: spool.Began}, start)
	conflict := func(name string, lease spool.Lease, tr spool.Transition) {
		t.Helper()
		if _, err := f.Save(t.Context(), lease, start.Add(time.Minute), tr); !errors.Is(err, spool.ErrConflict) {
			t.Errorf("%s: error is %v, want ErrConflict", name, err)
		}
		got := must(f.Post(t.Context(), p.ID))(t)
		if lines := must(f.History(t.Context(), p.ID))(t); got.State != spool.Waiting || len(lines) != 1 {
			t.Fatalf("%s: recorded all the same: %s, %d lines", name, got.State, len(lines))
		}
	}
	conflict("an earlier lease", leaseOn(stale, "desk"), began)
	conflict("another owner", spool.Lease{Name: "desk", Owner: "you", Epoch: l.Epoch}, began)
	wrong := began
	wrong.Post.Version++
	conflict("another version", l, wrong)
	if _, err := f.Save(t.Context(), leaseOn(stale, "other"), start, began); err == nil {
		t.Error("the lease of another account was taken")
	}
	f.step(t, l, p, spool.Event{What: spool.Began})
	if _, err := f.Save(t.Context(), l, start.Add(time.Minute), began); !errors.Is(err, spool.ErrConflict) {
		t.Errorf("the same transition twice: %v", err)
	}
	if err := f.SaveAccount(t.Context(), spool.AccountState{Name: "desk", Lease: leaseOn(stale, "desk")}); !errors.Is(err, spool.ErrConflict) {
		t.Errorf("the account under an earlier lease: %v", err)
	}
	if err := f.Release(t.Context(), leaseOn(stale, "desk"), time.Time{}); !errors.Is(err, spool.ErrConflict) {
		t.Errorf("giving back an earlier lease: %v", err)
	}
}

func leaseOn(accounts []spool.AccountState, name string) spool.Lease {
	for _, a := range accounts {
		if a.Name == name {
			return a.Lease
		}
	}
	return spool.Lease{}
}

func testReceiptTaken(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, []string{"desk", "other"})
	rec := f.record(t, newPost("one", "desk"), newPost("two", "desk"), newPost("one", "other"))
	l := f.claimAccount(t, "desk").Lease
	f.live(t, l, rec[0], "n1")
	two := f.step(t, l, rec[1], spool.Event{What: spool.Began})
	again := next(t, two, spool.Event{What: spool.Delivered, Receipt: spool.Receipt{ID: "n1"}}, start)
	_, err := f.Save(t.Context(), l, start.Add(time.Minute), again)
	if !errors.Is(err, spool.ErrTaken) || !strings.Contains(err.Error(), rec[0].ID) || !strings.Contains(err.Error(), "n1") {
		t.Fatalf("error is %v, want ErrTaken that names the id and the post", err)
	}
	if got := must(f.Post(t.Context(), two.ID))(t); !reflect.DeepEqual(got, two) {
		t.Errorf("recorded all the same: %+v", got)
	}
	// What is certain can be recorded: it is live, under an id still unknown.
	f.step(t, l, two, spool.Event{What: spool.Delivered, Receipt: spool.Receipt{Note: "same id again"}})
	f.live(t, f.claimAccount(t, "other").Lease, rec[2], "n1")
}

// testChecks goes past Next, as a mistake would.
func testChecks(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, []string{"desk"})
	p := f.record(t, newPost("one", "desk"))[0]
	l := f.claimAccount(t, "desk").Lease
	for name, change := range map[string]func(*spool.Post){
		"an unknown state":         func(p *spool.Post) { p.State = "gone" },
		"held without a reason":    func(p *spool.Post) { p.State = spool.Held },
		"a reason without a hold":  func(p *spool.Post) { p.Hold = spool.HoldPerson },
		"an unknown hold":          func(p *spool.Post) { p.State, p.Hold = spool.Held, "weather" },
		"sending and never begun":  func(p *spool.Post) { p.State = spool.Sending },
		"live since no moment":     func(p *spool.Post) { p.State = spool.Live },
		"fewer than no attempts":   func(p *spool.Post) { p.Attempts = -1 },
		"in doubt and never begun": func(p *spool.Post) { p.State = spool.Doubt },
	} {
		bad := p
		change(&bad)
		_, err := f.Save(t.Context(), l, start.Add(time.Minute), spool.Transition{Post: bad, Change: spool.Change{Time: start, From: spool.Waiting, To: bad.State, What: spool.Began, Who: "spool"}})
		if err == nil || errors.Is(err, spool.ErrConflict) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := must(f.Post(t.Context(), p.ID))(t); !reflect.DeepEqual(got, p) {
		t.Errorf("the post changed: %+v", got)
	}
}
