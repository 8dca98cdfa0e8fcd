package spool

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func postIn(s State) Post {
	p := Post{ID: "p1", State: s, Created: start, NotBefore: start, Deadline: start.Add(12 * time.Hour), Version: 3}
	if s == Sending || s == Doubt {
		p.Begun, p.FirstBegun, p.Attempts = start, start, 1
	}
	return p
}

func mustNext(t *testing.T, p Post, e Event, now time.Time) Post {
	t.Helper()
	tr, err := Next(p, e, Rules{}, now)
	if err != nil {
		t.Fatal(err)
	}
	if tr.Change.From != p.State || tr.Change.To != tr.Post.State || !tr.Change.Time.Equal(now) || tr.Change.What != e.What {
		t.Errorf("the history line %+v does not tell of %s → %s", tr.Change, p.State, tr.Post.State)
	}
	return tr.Post
}

func TestNextRefusesWhatCannotHappen(t *testing.T) {
	for _, s := range States() {
		for _, what := range allEvents() {
			_, err := Next(postIn(s), Event{What: what}, Rules{}, start)
			_, listed := table[s][what]
			if listed == (err != nil) {
				t.Errorf("%s while %s: error %v, listed %v", what, s, err, listed)
			}
			if err != nil && !errors.Is(err, ErrTransition) {
				t.Errorf("%s while %s: %v does not wrap ErrTransition", what, s, err)
			}
		}
	}
}

func TestNextWhatAFailureLeadsTo(t *testing.T) {
	tests := []struct {
		from State
		kind Kind
		want State
		hold Hold
	}{
		{Sending, Unsure, Doubt, ""},
		{Sending, Temporary, Waiting, ""},
		{Sending, Throttled, Waiting, ""},
		{Sending, Credentials, Held, HoldCredentials},
		{Sending, Permanent, Failed, ""},
		{Waiting, Unsure, Waiting, ""}, // preparing makes nothing visible
		{Waiting, Temporary, Waiting, ""},
		{Waiting, Credentials, Held, HoldCredentials},
		{Waiting, Permanent, Failed, ""},
	}
	for _, test := range tests {
		f := &Failure{Op: "test", Kind: test.kind, Err: errors.New("no")}
		p := mustNext(t, postIn(test.from), Event{What: Refused, Failure: f}, start)
		if p.State != test.want || p.Hold != test.hold {
			t.Errorf("%s refused %s: %s (%s), want %s (%s)", test.from, test.kind, p.State, p.Hold, test.want, test.hold)
		}
		if !strings.Contains(p.Reason, "test") {
			t.Errorf("%s refused %s: the reason %q does not say what happened", test.from, test.kind, p.Reason)
		}
		if p.State == Waiting && test.kind == Temporary && !p.NotBefore.After(start) {
			t.Errorf("%s refused %s: tried again at once", test.from, test.kind)
		}
	}
	if p := mustNext(t, postIn(Sending), Event{What: Refused}, start); p.State != Doubt {
		t.Errorf("a failure that nobody classified leads to %s", p.State)
	}
}

func TestNextWaitsAsTheNetworkSays(t *testing.T) {
	f := &Failure{Op: "test", Kind: Throttled, Wait: 7 * time.Minute, Err: errors.New("slow down")}
	if p := mustNext(t, postIn(Sending), Event{What: Refused, Failure: f}, start); !p.NotBefore.Equal(start.Add(7 * time.Minute)) {
		t.Errorf("not before %v", p.NotBefore.Sub(start))
	}
	f = &Failure{Op: "test", Kind: Temporary, Wait: 3 * time.Second, Err: errors.New("not yet")}
	if p := mustNext(t, postIn(Sending), Event{What: Refused, Failure: f}, start); !p.NotBefore.Equal(start.Add(3 * time.Second)) {
		t.Errorf("not before %v", p.NotBefore.Sub(start))
	}
}

// A post that may be live is sent again only after the grace time, or when
// nothing sent before can appear any more.
func TestNextAbsentBeforeTheGraceTimeIsNotSentAgain(t *testing.T) {
	p := postIn(Doubt)
	now := start
	for range 100 {
		p = mustNext(t, p, Event{What: Absent}, now)
		if p.State != Doubt {
			break
		}
		if p.NotBefore.After(start.Add(10 * time.Minute)) {
			t.Fatalf("the next look, %v after it began, is later than the grace time", p.NotBefore.Sub(start))
		}
		if !p.NotBefore.After(now) {
			t.Fatal("looks again without a pause")
		}
		now = p.NotBefore
	}
	if p.State != Waiting || now.Sub(start) != 10*time.Minute {
		t.Errorf("%s after %v; want waiting after exactly the grace time", p.State, now.Sub(start))
	}
	gone := mustNext(t, postIn(Doubt), Event{What: Absent, Gone: true}, start.Add(time.Second))
	if gone.State != Waiting {
		t.Errorf("gone: %s", gone.State)
	}
}

func TestNextAsksAPersonAfterTwoResends(t *testing.T) {
	p := postIn(Doubt)
	for i := range 2 {
		p = mustNext(t, p, Event{What: Absent, Gone: true}, start)
		if p.State != Waiting {
			t.Fatalf("after %d absences: %s", i+1, p.State)
		}
		p = mustNext(t, p, Event{What: Began}, start)
		p = mustNext(t, p, Event{What: Refused}, start)
	}
	p = mustNext(t, p, Event{What: Absent, Gone: true}, start)
	if p.State != Held || p.Hold != HoldDoubt || p.Attempts != 3 {
		t.Fatalf("%s %s after %d attempts", p.State, p.Hold, p.Attempts)
	}
	p = mustNext(t, p, Event{What: Approved, Who: "anna"}, start)
	if p.State != Waiting || p.Resent != 0 {
		t.Errorf("approved: %s, resent %d", p.State, p.Resent)
	}
}

func TestNextAsksAPersonWhenNobodyCanTell(t *testing.T) {
	p, now := postIn(Doubt), start
	f := &Failure{Op: "look", Err: errors.New("no answer")}
	for range 1000 {
		p = mustNext(t, p, Event{What: Unclear, Failure: f}, now)
		if p.State != Doubt {
			break
		}
		now = p.NotBefore
	}
	if p.State != Held || p.Hold != HoldDoubt {
		t.Fatalf("still %s after %v", p.State, now.Sub(start))
	}
	if d := now.Sub(start); d < time.Hour || d > 2*time.Hour {
		t.Errorf("a person is asked after %v, want a little over an hour", d)
	}
}

func TestNextPersonCannotTouchWhatMayBeLive(t *testing.T) {
	for _, s := range []State{Sending, Doubt, Live} {
		for _, what := range []What{Holding, Cancelled, Retried, Approved, Hurried, Reworded, Raised, Expired} {
			if _, err := Next(postIn(s), Event{What: what}, Rules{}, start); err == nil {
				t.Errorf("%s while %s is possible", what, s)
			}
		}
	}
}

func TestNextRewordsOnlyWhatIsUntouched(t *testing.T) {
	e := Event{What: Reworded, Content: Content{Text: "new"}}
	if p := mustNext(t, postIn(Waiting), e, start); p.Content.Text != "new" {
		t.Error("an untouched post keeps its old words")
	}
	begun := postIn(Waiting)
	begun.Attempts, begun.Content.Text = 1, "old"
	if p := mustNext(t, begun, e, start); p.Content.Text != "old" {
		t.Error("a post once begun was reworded")
	}
	prepared := postIn(Waiting)
	prepared.Draft.State, prepared.Content.Text = "container", "old"
	if p := mustNext(t, prepared, e, start); p.Content.Text != "old" {
		t.Error("a post that the network holds a draft of was reworded")
	}
}

func TestNextRaisesOnlyWhatIsUntouched(t *testing.T) {
	e := Event{What: Raised, Feed: "front", Priority: High, Content: Content{Text: "new"}, Wait: time.Minute}
	untouched := postIn(Waiting)
	untouched.Feed, untouched.Content.Text, untouched.NotBefore = "city", "old", start.Add(time.Hour)
	tests := map[string]struct {
		change func(*Post)
		want   string // feed, priority, words, state, and when it is due
	}{
		"it waits":                    {func(*Post) {}, "front high new waiting 1m0s"},
		"it is due earlier":           {func(p *Post) { p.NotBefore = start.Add(time.Second) }, "front high new waiting 1s"},
		"its preparation was refused": {func(p *Post) { p.Refusals = 1 }, "front high new waiting 1h0m0s"},
		"it is held for a burst":      {func(p *Post) { p.State, p.Hold = Held, HoldBurst }, "front high new waiting 1m0s"},
		"it is held by a person":      {func(p *Post) { p.State, p.Hold = Held, HoldPerson }, "city normal old held 1h0m0s"},
		"it is held for churn":        {func(p *Post) { p.State, p.Hold = Held, HoldChurn }, "city normal old held 1h0m0s"},
		"it was begun once":           {func(p *Post) { p.Attempts = 1 }, "city normal old waiting 1h0m0s"},
		"it is prepared":              {func(p *Post) { p.Draft.State = "container" }, "city normal old waiting 1h0m0s"},
		"it has that priority":        {func(p *Post) { p.Priority = High }, "city high old waiting 1h0m0s"},
		"a person wants it now":       {func(p *Post) { p.Priority = Breaking }, "city breaking old waiting 1h0m0s"},
	}
	for name, tt := range tests {
		p := untouched
		tt.change(&p)
		p = mustNext(t, p, e, start)
		if got := fmt.Sprint(p.Feed, " ", p.Priority, " ", p.Content.Text, " ", p.State, " ", p.NotBefore.Sub(start)); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}

func TestNextChecksALivePostTwiceAndALostIDLonger(t *testing.T) {
	for _, test := range []struct {
		receipt Receipt
		want    []time.Duration
	}{
		{Receipt{ID: "1"}, []time.Duration{15 * time.Minute, 24 * time.Hour}},
		{Receipt{}, []time.Duration{time.Minute, 10 * time.Minute, time.Hour, 24 * time.Hour}},
	} {
		p, now := mustNext(t, postIn(Sending), Event{What: Delivered, Receipt: test.receipt}, start), start
		for _, want := range test.want {
			if got := p.NotBefore.Sub(now); got != want {
				t.Fatalf("receipt %+v: checked after %v, want %v", test.receipt, got, want)
			}
			now = p.NotBefore
			p = mustNext(t, p, Event{What: Checked}, now)
		}
		if !p.NotBefore.IsZero() {
			t.Errorf("receipt %+v: checked for ever", test.receipt)
		}
	}
}

func TestRetryWaitGrowsAndIsCapped(t *testing.T) {
	for n, want := range map[int]time.Duration{1: 15 * time.Second, 2: 30 * time.Second, 5: 4 * time.Minute, 9: time.Hour, 1000: time.Hour} {
		for range 50 {
			if got := RetryWait(n); got < want*4/5 || got > want*6/5 {
				t.Fatalf("RetryWait(%d) = %v, want %v give or take a fifth", n, got, want)
			}
		}
	}
}

// Whatever happens in whatever order, a post is never sent while it may be
// live, and always ends.
func FuzzNext(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
	f.Add([]byte{2, 35, 10, 70, 2, 35, 10, 70, 2, 35})
	f.Fuzz(func(t *testing.T, script []byte) {
		p, now, visible := postIn(Waiting), start, false
		for _, b := range script {
			e := eventNumber(int(b))
			if e.What == Began {
				visible = false
			}
			if e.What == Absent && !e.Gone {
				now = now.Add(time.Duration(b) * time.Second)
			}
			tr, err := Next(p, e, Rules{}, now)
			if err != nil {
				continue
			}
			if p.State == Live && tr.Post.State != Live && e.What != Withdrawn {
				t.Fatalf("%s took a live post to %s", e.What, tr.Post.State)
			}
			if p.State == Sending && e.What == Refused && e.Failure.Kind == Unsure {
				visible = true
			}
			if visible && tr.Post.State == Waiting && e.What == Absent && !e.Gone && now.Before(p.Begun.Add(10*time.Minute)) {
				t.Fatal("sent again within the grace time of an unclear request")
			}
			p = tr.Post
			if (p.State == Held) != (p.Hold != "") {
				t.Fatalf("%s with hold %q", p.State, p.Hold)
			}
			if p.State == Waiting && p.NotBefore.IsZero() {
				t.Fatal("waits for nothing")
			}
		}
	})
}

// eventNumber turns a number into an event, with a kind or a mark by its upper part.
func eventNumber(n int) Event {
	all := allEvents()
	e := Event{What: all[n%len(all)]}
	e.Failure = &Failure{Op: "fuzz", Kind: Kind(n / len(all) % 5), Err: errors.New("fuzz")}
	e.Gone = n/len(all)%2 == 1
	return e
}

func allEvents() []What {
	return []What{Prepared, Began, Delivered, Refused, Lapsed, Found, Absent, Unclear, Checked, Reworded, Raised, Expired, Orphaned, Holding, Approved, Resumed, Cancelled, Retried, Hurried, Pictured, Amended, Withdrawn}
}

func TestKindsHaveNames(t *testing.T) {
	var names []string
	for k := Unsure; k <= Permanent; k++ {
		names = append(names, k.String())
	}
	if got := strings.Join(names, " "); got != "unsure temporary throttled credentials permanent" {
		t.Error(got)
	}
	if len(slices.Compact(names)) != 5 || fmt.Sprint(Kind(9)) != "kind 9" {
		t.Error(names, Kind(9))
	}
}
