package spool

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// mustFollow is what follows from an event, and wants as many posts.
func mustFollow(t *testing.T, p Post, e Event, n int) []Post {
	t.Helper()
	tr, err := Next(p, e, Rules{Deadline: time.Hour}, start)
	if err != nil {
		t.Fatal(err)
	}
	if len(tr.Follow) != n {
		t.Fatalf("%s of a post to %s: %d posts follow, want %d", e.What, p.Purpose, len(tr.Follow), n)
	}
	return tr.Follow
}

// A text in parts is followed by the next one until there are none, however it is
// learned that a part is live.
func TestFollowGoesOnPartByPart(t *testing.T) {
	for _, what := range []What{Delivered, Found} {
		p := postIn(Sending)
		if what == Found {
			p = postIn(Doubt)
		}
		p.Item, p.Feed, p.Account, p.Purpose, p.Priority, p.Order = "i", "f", "a", Announce, High, start
		p.Content = Content{Text: "one", More: []string{"two", "three"}, Tags: []string{"two"}, Warning: "w", Language: "de", Link: "l", Media: []Attachment{{URL: "u"}}}
		second := mustFollow(t, p, Event{What: what, Receipt: Receipt{ID: "n"}}, 1)[0]
		want := Content{Text: "two", More: []string{"three"}, Tags: []string{"two"}, Warning: "w", Language: "de"}
		if !second.Content.Equal(want) || second.Purpose != Continue || second.Parent != p.ID || second.Root != p.ID || second.State != Waiting ||
			second.Item != "i" || second.Feed != "f" || second.Account != "a" || second.Priority != High || !second.Order.IsZero() ||
			!second.NotBefore.Equal(start) || !second.Deadline.Equal(start.Add(time.Hour)) || second.ID != PostID("i", "a", Continue, p.ID) {
			t.Errorf("%s: the second part is %+v", what, second)
		}
		second.State, second.Begun = Sending, start
		third := mustFollow(t, second, Event{What: Delivered}, 1)[0]
		if third.Content.Text != "three" || third.Parent != second.ID || third.Root != p.ID {
			t.Errorf("%s: the third part is %+v", what, third)
		}
		third.State, third.Begun = Sending, start
		mustFollow(t, third, Event{What: Delivered}, 0)
	}
}

// A post about an alert goes on like any other: one that begins a thread in its own,
// one that answers the head in that of the head. Where an alert's thread ends nothing
// follows by itself.
func TestFollowOfAlerts(t *testing.T) {
	for _, purpose := range []Purpose{Renew, Update, Close} {
		p := postIn(Sending)
		p.Item, p.Account, p.Purpose, p.Content = "i", "a", purpose, Content{Text: "one", More: []string{"two"}, Told: &Telling{Phase: Changes}}
		root := p.ID
		if purpose.Replies() {
			p.Parent, p.Root, root = "head", "head", "head"
		}
		part := mustFollow(t, p, Event{What: Delivered, Receipt: Receipt{ID: "n"}}, 1)[0]
		if part.Purpose != Continue || part.Parent != p.ID || part.Root != root || part.Content.Told != nil {
			t.Errorf("%s goes on as %+v", purpose, part)
		}
		p.Content.More = nil
		mustFollow(t, p, Event{What: Delivered, Receipt: Receipt{ID: "n"}}, 0)
	}
}

// Every purpose is exactly one of: the beginning of a thread, an answer, a change of
// another post. Only changes may be made again at will: the outcome of all others is
// to be found out.
func TestEveryPurposeHasAPlace(t *testing.T) {
	for _, purpose := range Purposes() {
		n := 0
		for _, is := range []bool{purpose.Heads(), purpose.Replies(), purpose.Steers()} {
			if is {
				n++
			}
		}
		if n != 1 || purposeMeaning[purpose] == "" {
			t.Errorf("%s has %d places, and means %q", purpose, n, purposeMeaning[purpose])
		}
		p := postIn(Sending)
		p.Purpose = purpose
		want := Doubt
		if purpose.Steers() {
			want = Waiting
		}
		for _, e := range []Event{{What: Lapsed}, {What: Refused, Failure: &Failure{Op: "x", Err: errors.New("cut")}}} {
			if got := mustNext(t, p, e, start); got.State != want {
				t.Errorf("%s of a post to %s: %s, want %s", e.What, purpose, got.State, want)
			}
		}
	}
}

// An alert that has become worse before its post was sent raises the post, by its own
// feed: it goes at once, where it would have waited for the morning.
func TestAnAlertGetsWorse(t *testing.T) {
	p := postIn(Waiting)
	p.Feed, p.Priority, p.NotBefore, p.Content = "f", Normal, start.Add(8*time.Hour), Content{Text: "delays"}
	e := Event{What: Raised, Feed: "f", Priority: Breaking, Content: Content{Text: "no service"}, Cause: "it is severe now"}
	got := mustNext(t, p, e, start)
	if got.State != Waiting || got.Feed != "f" || got.Priority != Breaking || got.Content.Text != "no service" || !got.NotBefore.Equal(start) {
		t.Errorf("%+v", got)
	}
	p.Attempts = 1
	if got := mustNext(t, p, e, start); got.Priority != Normal || got.Content.Text != "delays" {
		t.Errorf("one that was sent: %+v", got)
	}
}

// A head that somebody took away by hand is dropped, with the evidence; a post about
// an alert that is another by now is dropped while it waits and while it is held, and
// never once it may be live.
func TestAlertsAreOvertaken(t *testing.T) {
	for _, purpose := range []Purpose{Announce, Renew, Update, Close} {
		for _, s := range States() {
			p := postIn(s)
			p.Purpose = purpose
			_, err := Next(p, Event{What: Cancelled, Cause: "the alert is over"}, Rules{}, start)
			if may := s == Waiting || s == Held; may != (err == nil) {
				t.Errorf("%s, %s: %v", purpose, s, err)
			}
		}
	}
	head := postIn(Live)
	head.Receipt = Receipt{ID: "1", URL: "u"}
	if got := mustNext(t, head, Event{What: Withdrawn, Cause: "somebody took it away"}, start); got.State != Dropped || got.Receipt.ID != "1" || got.Reason != "somebody took it away" {
		t.Errorf("%+v", got)
	}
}

func TestFollowReplacesWhatItTookAway(t *testing.T) {
	away := postIn(Sending)
	away.ID, away.Purpose, away.Parent, away.Root, away.Item, away.Account = "away", Withdraw, "p1", "p1", "i", "a"
	away.Content = Content{Text: "why", Next: &Content{Text: "another", More: []string{"part"}}}
	p := mustFollow(t, away, Event{What: Delivered}, 1)[0]
	if p.Purpose != Replace || p.Parent != "p1" || p.Root != "" || p.Content.Text != "another" || p.ID != PostID("i", "a", Replace, "away") {
		t.Errorf("in its place comes %+v", p)
	}
	p.State, p.Begun = Sending, start
	if part := mustFollow(t, p, Event{What: Delivered}, 1)[0]; part.Root != p.ID || part.Parent != p.ID {
		t.Errorf("it goes on as %+v", part)
	}
	// There was nothing to take away: somebody else did.
	away.State = Waiting
	mustFollow(t, away, Event{What: Found}, 0)
	// What an edit's content has besides is no text of its own.
	edit := postIn(Sending)
	edit.Purpose, edit.Content = Edit, Content{Text: "new", More: []string{"part"}}
	mustFollow(t, edit, Event{What: Delivered}, 0)
	// What happens to a post that is live is followed by nothing.
	live := postIn(Live)
	live.Content = Content{More: []string{"part"}}
	for _, what := range []What{Checked, Amended, Withdrawn} {
		mustFollow(t, live, Event{What: what, Content: live.Content}, 0)
	}
}

func TestAmendedKeepsWhereThePostIs(t *testing.T) {
	p := postIn(Live)
	p.Receipt, p.Content.Text, p.NotBefore = Receipt{ID: "1", URL: "u", Version: "v1"}, "old", start.Add(time.Hour)
	p = mustNext(t, p, Event{What: Amended, Content: Content{Text: "new"}, Receipt: Receipt{ID: "1", Version: "v2"}}, start)
	if p.State != Live || p.Content.Text != "new" || p.Receipt != (Receipt{ID: "1", URL: "u", Version: "v2"}) || !p.NotBefore.Equal(start.Add(time.Hour)) {
		t.Errorf("%+v", p)
	}
	if p = mustNext(t, p, Event{What: Amended}, start); p.Receipt.ID != "1" {
		t.Error("an edit without a receipt loses it")
	}
}

func TestWithdrawnKeepsTheEvidence(t *testing.T) {
	p := postIn(Live)
	p.Receipt, p.LiveAt = Receipt{ID: "1", URL: "u"}, start
	p = mustNext(t, p, Event{What: Withdrawn, Cause: "the wrong picture"}, start.Add(time.Hour))
	if p.State != Dropped || p.Reason != "the wrong picture" || p.Receipt.URL != "u" || !p.LiveAt.Equal(start) || !p.NotBefore.IsZero() {
		t.Errorf("%+v", p)
	}
}

// What is to go has no deadline, whoever retries or approves it.
func TestAWithdrawalHasNoDeadline(t *testing.T) {
	p := postIn(Failed)
	p.Purpose, p.Deadline = Withdraw, time.Time{}
	tr, err := Next(p, Event{What: Retried, Who: "anna"}, Rules{Deadline: time.Hour}, start)
	if err != nil || !tr.Post.Deadline.IsZero() {
		t.Errorf("deadline %v, %v", tr.Post.Deadline, err)
	}
}

// An embargo that comes later keeps the post, one that is lifted lets it go unless
// something else kept it; and a deadline counts from the embargo.
func TestRewordedTakesOverTheEmbargo(t *testing.T) {
	at := func(h int) time.Time { return start.Add(time.Duration(h) * time.Hour) }
	tests := map[string]struct {
		old, notBefore, new time.Time
		draft               string
		want, deadline      time.Time
	}{
		"a new one":                 {time.Time{}, at(0), at(20), "", at(20), at(22)},
		"put off":                   {at(2), at(2), at(20), "", at(20), at(22)},
		"put off, with a draft":     {at(2), at(2), at(20), "container", at(20), at(22)},
		"earlier":                   {at(5), at(5), at(3), "", at(3), at(12)},
		"lifted":                    {at(5), at(5), time.Time{}, "", at(1), at(12)},
		"lifted, and it failed":     {at(5), at(6), time.Time{}, "", at(6), at(12)},
		"it is over, and forgotten": {at(-1), at(0), time.Time{}, "", at(0), at(12)},
		"it stays":                  {at(5), at(5), at(5), "", at(5), at(12)},
	}
	for name, tt := range tests {
		p := postIn(Waiting)
		p.Embargo, p.NotBefore, p.Draft.State = tt.old, tt.notBefore, tt.draft
		tr, err := Next(p, Event{What: Reworded, Embargo: tt.new}, Rules{Deadline: 2 * time.Hour}, at(1))
		if err != nil {
			t.Fatal(err)
		}
		if got := tr.Post; !got.NotBefore.Equal(tt.want) || !got.Embargo.Equal(tt.new) || !got.Deadline.Equal(tt.deadline) {
			t.Errorf("%s: not before %v, embargo %v, deadline %v", name, got.NotBefore.Sub(start), got.Embargo.Sub(start), got.Deadline.Sub(start))
		}
	}
}

// A feed that takes a post over may have an embargo of its own: the later one holds.
func TestRaisedKeepsTheLaterEmbargo(t *testing.T) {
	for _, hours := range [][3]int{{0, 5, 5}, {5, 0, 5}, {3, 5, 5}, {5, 3, 5}} {
		at := func(h int) time.Time {
			if h == 0 {
				return time.Time{}
			}
			return start.Add(time.Duration(h) * time.Hour)
		}
		p := postIn(Waiting)
		p = p.UnderEmbargo(at(hours[0]), Rules{})
		p = mustNext(t, p, Event{What: Raised, Priority: High, Embargo: at(hours[1])}, start)
		if !p.Embargo.Equal(at(hours[2])) || !p.NotBefore.Equal(p.Embargo) {
			t.Errorf("%v: embargo %v, not before %v", hours, p.Embargo.Sub(start), p.NotBefore.Sub(start))
		}
	}
}

// A post that was sent and never confirmed may have arrived all the same: whoever
// reads why it was dropped has to know.
func TestADeadlineThatEndsAPostThatWasSent(t *testing.T) {
	p := mustNext(t, postIn(Doubt), Event{What: Absent, Again: true}, start.Add(time.Second))
	p = mustNext(t, p, Event{What: Refused, Failure: &Failure{Op: "prepare", Kind: Temporary, Err: errors.New("no route")}}, start.Add(time.Minute))
	p = mustNext(t, p, Event{What: Expired}, start.Add(12*time.Hour))
	for _, want := range []string{"no route", "it was sent once, which nobody has confirmed"} {
		if !strings.Contains(p.Reason, want) {
			t.Errorf("the reason %q does not say %q", p.Reason, want)
		}
	}
	if p = mustNext(t, postIn(Waiting), Event{What: Expired}, start.Add(12*time.Hour)); strings.Contains(p.Reason, "sent") {
		t.Errorf("never sent: %q", p.Reason)
	}
}

func TestNothingBeginsUnderEmbargo(t *testing.T) {
	p := postIn(Waiting)
	p.Embargo = start.Add(time.Hour)
	if _, err := Next(p, Event{What: Began}, Rules{}, p.Embargo.Add(-time.Millisecond)); !errors.Is(err, ErrTransition) {
		t.Errorf("a millisecond too early: %v", err)
	}
	mustNext(t, p, Event{What: Began}, p.Embargo)
}

// life takes a post through random events, with each change to see.
func life(r *rand.Rand, p Post, see func(before Post, e Event, tr Transition, now time.Time)) {
	now := start
	for range 60 {
		e := eventNumber(r.IntN(1000))
		e.Who, e.Again, e.Priority = "anna", r.IntN(3) == 0, Breaking
		e.Wait = time.Duration(r.IntN(100)) * time.Second
		e.Content = Content{Text: "new", Open: r.IntN(2) == 0, More: []string{"part"}}
		if r.IntN(4) == 0 {
			e.Embargo = start.Add(time.Duration(r.IntN(40)) * time.Hour)
		}
		now = now.Add(time.Duration(r.IntN(3600)) * time.Second)
		tr, err := Next(p, e, Rules{Deadline: time.Hour}, now)
		if err != nil {
			continue
		}
		see(p, e, tr, now)
		p = tr.Post
	}
}

// Whatever happens in whatever order: what may be made again at will is never in
// doubt, only what was live is withdrawn, what follows does so once, nothing that
// is sent again under its own name counts as a second try, and no embargo is cut.
func TestRulesOfWhatFollows(t *testing.T) {
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 0))
		p := postIn(Waiting)
		p.Purpose = Purposes()[r.IntN(len(Purposes()))]
		p.Content = Content{Text: "one", More: []string{"two"}, Next: &Content{Text: "next"}}
		follows := 0
		life(r, p, func(before Post, e Event, tr Transition, now time.Time) {
			after := tr.Post
			follows += len(tr.Follow)
			switch {
			case after.Purpose.Steers() && after.State == Doubt:
				t.Fatalf("%d: %s left a post that changes another in doubt", seed, e.What)
			case before.State == Live && after.State != Live && e.What != Withdrawn:
				t.Fatalf("%d: %s took a live post to %s", seed, e.What, after.State)
			case e.What == Withdrawn && before.State != Live:
				t.Fatalf("%d: a post that was %s was withdrawn", seed, before.State)
			case follows > 1, len(tr.Follow) > 0 && (before.State == Live || after.State != Live):
				t.Fatalf("%d: %d posts follow after %s", seed, follows, e.What)
			case e.What == Absent && e.Again && (after.Resent != before.Resent || after.State != Waiting || !after.NotBefore.After(now)):
				t.Fatalf("%d: sending it again counts, or has no pause: %+v", seed, after)
			case e.What == Began && now.Before(before.Embargo):
				t.Fatalf("%d: begun %v before its embargo", seed, before.Embargo.Sub(now))
			case after.State == Waiting && after.NotBefore.Before(after.Embargo):
				t.Fatalf("%d: %s makes it due %v before its embargo", seed, e.What, after.Embargo.Sub(after.NotBefore))
			case after.State == Waiting && !after.Embargo.IsZero() && !after.Deadline.IsZero() && after.Deadline.Before(after.Embargo):
				t.Fatalf("%d: %s gives it a deadline before its embargo", seed, e.What)
			case e.What == Pictured && (before.Attempts > 0 || before.Draft.State != "") && !after.Content.Equal(before.Content):
				t.Fatalf("%d: a post once begun has other pictures", seed)
			}
		})
	}
}

func TestContentOfVersionsBefore(t *testing.T) {
	tests := map[string]Content{
		`{"text":"a","image":"https://x.example/i.jpg","alt":"An i"}`: {Text: "a", Media: []Attachment{{URL: "https://x.example/i.jpg", Alt: "An i", Public: "https://x.example/i.jpg"}}},
		`{"text":"a","link":"l","alt":"of nothing"}`:                  {Text: "a", Link: "l"},
		`{"text":"a","media":[{"url":"u"}],"image":"old"}`:            {Text: "a", Media: []Attachment{{URL: "u"}}},
		`{"instead":{"text":"b","image":"i"},"next":{"image":"j"}}`: {
			Instead: &Content{Text: "b", Media: []Attachment{{URL: "i", Public: "i"}}}, Next: &Content{Media: []Attachment{{URL: "j", Public: "j"}}},
		},
	}
	for text, want := range tests {
		var got Content
		if err := json.Unmarshal([]byte(text), &got); err != nil || !got.Equal(want) {
			t.Errorf("%s: %+v, %v", text, got, err)
			continue
		}
		again, err := json.Marshal(got)
		if err != nil || strings.Contains(string(again), `"image"`) {
			t.Errorf("%s is written as %s, %v", text, again, err)
		}
		var back Content
		if err := json.Unmarshal(again, &back); err != nil || !back.Equal(want) {
			t.Errorf("%s comes back as %+v, %v", again, back, err)
		}
	}
	for _, bad := range []string{`{"text":1}`, `{"image":{}}`, `[]`, `{"media":"u"}`} {
		if err := json.Unmarshal([]byte(bad), new(Content)); err == nil {
			t.Errorf("%s: taken", bad)
		}
	}
}

func TestBareContentNeedsNoFetching(t *testing.T) {
	here := Attachment{URL: "u", File: "f"}
	tests := map[string]struct{ c, want Content }{
		"a picture that is not there": {Content{Text: "a", Media: []Attachment{{URL: "u"}}, Open: true, Page: "p"}, Content{Text: "a"}},
		"one that is":                 {Content{Text: "a", Media: []Attachment{{URL: "v"}, here}, Open: true}, Content{Text: "a", Media: []Attachment{here}}},
		"a card instead":              {Content{Text: "a", Media: []Attachment{{URL: "u"}}, Open: true, Instead: &Content{Link: "l", Card: Card{Title: "t", Thumb: &Attachment{URL: "u"}}}}, Content{Link: "l", Card: Card{Title: "t"}}},
	}
	for name, tt := range tests {
		before := tt.c.Clone()
		if got := tt.c.Bare(); !got.Equal(tt.want) || !tt.c.Equal(before) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestContentRemembersWhatItWasMadeOf(t *testing.T) {
	worded := Content{Text: "a", Media: []Attachment{{URL: "u"}}, Open: true}
	half := worded.Illustrated(Content{Text: "a", Media: []Attachment{{URL: "u", Tries: 1}}, Open: true})
	done := half.Illustrated(Content{Text: "a", Media: []Attachment{{URL: "u", File: "f"}}})
	for _, c := range []Content{worded, half, done} {
		if !c.MadeOf(worded) {
			t.Errorf("%+v is not made of %+v", c, worded)
		}
	}
	if other := (Content{Text: "b"}); done.MadeOf(other) || other.MadeOf(worded) || (Content{}).MadeOf(worded) {
		t.Error("anything is made of anything")
	}
}
