package publishertest

import (
	"slices"
	"time"

	"spool"
	"spool/publisher"
)

func changes() []test {
	return []test{
		{"edits a live post", (*suite).edits},
		{"an edit leaves nothing behind", (*suite).editsAll},
		{"withdraws a live post", (*suite).withdraws},
		{"withdraws nothing else", (*suite).withdrawsOne},
		{"posts in the place of what was withdrawn", (*suite).replaces},
		{"says how much it may withdraw", (*suite).withdrawals},
		{"changes nothing while the network is down", (*suite).downChanging},
	}
}

func (s *suite) editor() (publisher.Editor, bool) {
	e, ok := s.Publisher.(publisher.Editor)
	return e, ok
}

func (s *suite) withdrawer() (publisher.Withdrawer, bool) {
	w, ok := s.Publisher.(publisher.Withdrawer)
	return w, ok
}

// edit is the post that gives a live one other words.
func (s *suite) edit(parent spool.Post, text string) spool.Post {
	p := s.post(text)
	p.Item, p.Purpose, p.Parent, p.Root = parent.Item, spool.Edit, parent.ID, parent.ID
	return s.next(p, spool.Event{What: spool.Began})
}

func (s *suite) mustEdit() publisher.Editor {
	s.t.Helper()
	e, ok := s.editor()
	if !ok {
		s.skip("the publisher is no Editor")
	}
	return e
}

func (s *suite) mustWithdraw() publisher.Withdrawer {
	s.t.Helper()
	w, ok := s.withdrawer()
	if !ok {
		s.skip("the publisher is no Withdrawer")
	}
	return w
}

// edits: the words change in place, and doing it again changes nothing.
func (s *suite) edits() {
	e := s.mustEdit()
	other := s.live(s.post("Another post"))
	p := s.live(s.post("The bridge reopens on Munday"))
	change := s.edit(p, "The bridge reopens on Monday — 月曜日 <soon> & 🌉")
	writes := s.Writes()
	for range 3 {
		r, err := e.Edit(s.t.Context(), p.Receipt, change)
		if f := s.failure(err); f != nil {
			s.t.Fatal(f)
		}
		s.receipt(r)
		if r.ID != "" {
			p.Receipt = r
		}
		s.visible(2)
		s.says(p, change.Content)
	}
	s.says(other, other.Content)
	if s.Writes() != writes {
		s.t.Error("an edit made a request that makes a new post")
	}
}

// says asserts the words of a live post.
func (s *suite) says(p spool.Post, want spool.Content) {
	s.t.Helper()
	if seen := s.reader(p); !same(seen.Text, want.Text) || seen.Link != want.Link {
		s.t.Errorf("a reader sees %q with the link %q, want %q, %q", seen.Text, seen.Link, want.Text, want.Link)
	}
}

// editsAll: what the new content does not have is gone, and what it has is there.
func (s *suite) editsAll() {
	e := s.mustEdit()
	first := s.post("The bridge reopens")
	first.Content.Warning = "Height"
	pictured := s.Text.Media.Images > 0 && (s.Files != nil || s.Text.Media.ByURL)
	if pictured {
		first = s.pictured(1)
		first.Content.Warning = "Height"
	}
	p := s.live(first)
	before := s.reader(p)
	change := s.edit(p, "The bridge reopens, without the picture")
	r, err := e.Edit(s.t.Context(), p.Receipt, change)
	if f := s.failure(err); f != nil {
		s.t.Fatal(f)
	}
	if r.ID != "" {
		p.Receipt = r
	}
	after := s.reader(p)
	if after.Warning != "" || len(after.Media) > 0 {
		s.t.Errorf("of the words before a reader still sees the warning %q and %d pictures", after.Warning, len(after.Media))
	}
	s.says(p, change.Content)
	if before.ReplyTo != after.ReplyTo {
		s.t.Error("the edit moved the post")
	}
	if pictured {
		s.editKeepsPicture(e, p)
	}
}

// editKeepsPicture: an edit whose content has the picture shows it.
func (s *suite) editKeepsPicture(e publisher.Editor, p spool.Post) {
	s.t.Helper()
	change := s.edit(p, "The bridge reopens, with it again")
	change.Content = s.pictured(1).Content
	r, err := e.Edit(s.t.Context(), p.Receipt, change)
	if f := s.failure(err); f != nil {
		s.t.Fatal(f)
	}
	if r.ID != "" {
		p.Receipt = r
	}
	if r.Note == "" {
		s.shows(s.reader(p), change.Content.Media)
	}
}

// withdraws: the post is gone, and taking it away again is no failure.
func (s *suite) withdraws() {
	w := s.mustWithdraw()
	p := s.live(s.post("Posted by mistake"))
	for range 3 {
		if f := s.failure(w.Withdraw(s.t.Context(), p.Receipt)); f != nil {
			s.t.Fatal(f)
		}
		s.visible(0)
	}
}

// withdrawsOne: the others stay.
func (s *suite) withdrawsOne() {
	w := s.mustWithdraw()
	before, p, after := s.live(s.post("Before")), s.live(s.post("Posted by mistake")), s.live(s.post("After"))
	if f := s.failure(w.Withdraw(s.t.Context(), p.Receipt)); f != nil {
		s.t.Fatal(f)
	}
	s.visible(2)
	s.says(before, before.Content)
	s.says(after, after.Content)
}

// replaces: what comes in the place of a withdrawn post, its parent, stands on its
// own.
func (s *suite) replaces() {
	w := s.mustWithdraw()
	first := s.live(s.post("Posted with a mistake"))
	if f := s.failure(w.Withdraw(s.t.Context(), first.Receipt)); f != nil {
		s.t.Fatal(f)
	}
	p := s.post("Posted without one")
	p.Item, p.Purpose, p.Parent = first.Item, spool.Replace, first.ID
	p = s.live(p)
	s.visible(1)
	s.says(p, p.Content)
	if got := s.reader(p).ReplyTo; got != "" {
		s.t.Errorf("it answers %q", got)
	}
}

func (s *suite) withdrawals() {
	w := s.mustWithdraw()
	if most, window := w.Withdrawals(); most < 0 || (most > 0) != (window > 0) {
		s.t.Errorf("%d withdrawals within %v make no sense", most, window)
	}
}

// brokenChange makes a change whose first request goes wrong, does it again until
// it is done, and asserts what a reader sees before it was repeated and after.
func (s *suite) brokenChange(f Fault, change func() error) (done bool) {
	s.t.Helper()
	if s.BreakChange == nil || !s.BreakChange(f) {
		s.skip("the stand-in cannot do that to a change (Account.BreakChange)")
	}
	got := s.failure(change())
	may, success := changeKinds(f)
	switch {
	case got == nil && !success:
		s.t.Fatalf("success after %q", f)
	case got == nil:
		return true
	case !slices.Contains(may, got.Kind):
		s.t.Fatalf("%q is taken for %v, want one of %v", f, got, may)
	case got.Kind == spool.Credentials || got.Kind == spool.Permanent:
		return false
	}
	if f == Throttled && got.Wait < 90*time.Second {
		s.t.Errorf("the network asked for 90 s, the failure says %v", got.Wait)
	}
	wait(max(got.Wait, time.Second))
	if again := s.failure(change()); again != nil {
		s.t.Fatalf("done again: %v", again)
	}
	wait(5 * time.Minute)
	return true
}

// changeKinds is kinds for a request that may be repeated: what is unclear may be
// called so or not, since either leads to doing it again.
func changeKinds(f Fault) (may []spool.Kind, success bool) {
	may, success = kinds(f)
	if slices.Contains(may, spool.Unsure) {
		may = []spool.Kind{spool.Unsure, spool.Temporary}
	}
	return may, success
}

// brokenEdit: whatever happens to the request, done again it is done.
func (s *suite) brokenEdit(f Fault) {
	e := s.mustEdit()
	p := s.live(s.post("The bridge reopens on Munday"))
	change := s.edit(p, "The bridge reopens on Monday")
	done := s.brokenChange(f, func() error {
		r, err := e.Edit(s.t.Context(), p.Receipt, change)
		s.receipt(r)
		if err == nil && r.ID != "" {
			p.Receipt = r
		}
		return err
	})
	s.visible(1)
	if done {
		s.says(p, change.Content)
	} else {
		s.says(p, p.Content)
	}
}

// brokenWithdrawal is the same for taking a post away.
func (s *suite) brokenWithdrawal(f Fault) {
	w := s.mustWithdraw()
	p := s.live(s.post("Posted by mistake"))
	if s.brokenChange(f, func() error { return w.Withdraw(s.t.Context(), p.Receipt) }) {
		s.visible(0)
	} else {
		s.visible(1)
	}
}

// downChanging: an outage is neither success nor a reason to give up.
func (s *suite) downChanging() {
	e, edits := s.editor()
	w, withdraws := s.withdrawer()
	if !edits && !withdraws {
		s.skip("the publisher is neither an Editor nor a Withdrawer")
	}
	p := s.live(s.post("The bridge reopens"))
	judge := func(what string, err error) {
		f := s.failure(err)
		if f == nil || f.Kind == spool.Permanent || f.Kind == spool.Credentials {
			s.t.Errorf("%s during an outage is taken for %v", what, f)
		}
	}
	s.eachOutage(func() {
		if edits {
			_, err := e.Edit(s.t.Context(), p.Receipt, s.edit(p, "Other words"))
			judge("an edit", err)
		}
		if withdraws {
			judge("a withdrawal", w.Withdraw(s.t.Context(), p.Receipt))
		}
	})
	s.visible(1)
	s.says(p, p.Content)
}
