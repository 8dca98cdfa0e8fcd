package publishertest

import (
	"fmt"

	"spool"
)

func threads() []test {
	return []test{
		{"answers the right post", (*suite).replies},
		{"goes on with a thread after an answer was lost", (*suite).brokenThread},
		{"goes on with a thread after the process died", (*suite).diedInThread},
		{"answers no post that is gone", (*suite).orphan},
		{"follows an alert up and closes it", (*suite).followsUp},
		{"tells an update from what it answers", (*suite).brokenUpdate},
	}
}

func (s *suite) needReplies() {
	s.t.Helper()
	if !s.Text.Replies {
		s.skip("the network has no replies (Account.Text.Replies)")
	}
}

// part is a post that goes on where another one ended.
func (s *suite) part(to, root spool.Post, n int) spool.Post {
	p := s.post("")
	p.Item, p.Purpose, p.Parent, p.Root = root.Item, spool.Continue, to.ID, root.ID
	p.Content = spool.Content{Text: fmt.Sprintf("and this is part %d of what happened", n), Language: "en"}
	p.Reply = spool.Reply{To: to.Receipt, Root: root.Receipt}
	return p
}

// answers asserts which post a reader sees another one answer, and in which
// thread.
func (s *suite) answers(p, to, root spool.Post) {
	s.t.Helper()
	seen := s.reader(p)
	if seen.ReplyTo != to.Receipt.ID {
		s.t.Errorf("%s answers %q, want %q", p.ID, seen.ReplyTo, to.Receipt.ID)
	}
	if seen.Root != "" && seen.Root != root.Receipt.ID {
		s.t.Errorf("%s is in the thread of %q, want %q", p.ID, seen.Root, root.Receipt.ID)
	}
}

// replies: three parts, each below the one before, all of one thread; and a
// correction that answers the first.
func (s *suite) replies() {
	s.needReplies()
	first := s.live(s.post("The council meets tonight"))
	if got := s.reader(first).ReplyTo; got != "" {
		s.t.Errorf("a post of its own answers %q", got)
	}
	second := s.live(s.part(first, first, 2))
	third := s.live(s.part(second, first, 3))
	s.visible(3)
	s.answers(second, first, first)
	s.answers(third, second, first)

	fix := s.part(first, first, 1)
	fix.Purpose, fix.Content.Text = spool.Correct, "Correction: the council meets tomorrow"
	fix = s.live(fix)
	s.visible(4)
	s.answers(fix, first, first)
}

// update is a reply about an alert, with the link that its head has.
func (s *suite) update(head spool.Post, purpose spool.Purpose, text string) spool.Post {
	p := s.part(head, head, 1)
	p.Purpose, p.Content.Text, p.Content.Link = purpose, text, head.Content.Link
	p.Content.Card = head.Content.Card
	p.Content.Told = &spool.Telling{Phase: spool.Changes, Lines: []string{"4"}}
	return p
}

// followsUp: updates and the end of an alert each answer its head, not one another,
// and when the head is gone the alert is announced anew, with a thread of its own.
func (s *suite) followsUp() {
	s.needReplies()
	head := s.live(s.post("Line 4: no service"))
	for i, p := range []spool.Post{
		s.update(head, spool.Update, "Line 4: trains run again, with delays"),
		s.update(head, spool.Update, "Line 4: no service again"),
		s.update(head, spool.Close, "Line 4: it is over"),
	} {
		p = s.live(p)
		s.visible(i + 2)
		s.answers(p, head, head)
	}
	renewed := s.post("Line 4: no service")
	renewed.Item, renewed.Purpose, renewed.Content = head.Item, spool.Renew, head.Content
	renewed = s.live(renewed)
	if got := s.reader(renewed).ReplyTo; got != "" {
		s.t.Errorf("the renewed announcement answers %q", got)
	}
	s.answers(s.live(s.update(renewed, spool.Close, "Line 4: it is over at last")), renewed, renewed)
	s.visible(6)
}

// brokenUpdate: an update whose answer was lost is not taken for its head, which has
// the same link.
func (s *suite) brokenUpdate() {
	s.needReplies()
	for i, f := range []Fault{CutAfter, CutBefore} {
		head := s.live(s.post("Line 4: no service"))
		p := s.ready(s.update(head, spool.Update, "Line 4: trains run again, with delays"))
		if !s.Break(f) {
			s.skip("the stand-in cannot cut an answer off")
		}
		r, failed := s.publish(s.t.Context(), p)
		if failed == nil {
			p = s.next(p, spool.Event{What: spool.Delivered, Receipt: r})
		} else {
			p = s.next(p, spool.Event{What: spool.Refused, Failure: failed})
		}
		p = s.recovered(p, 2*i+2)
		if s.Blind && p.State != spool.Live {
			return
		}
		if p.Receipt.ID == head.Receipt.ID {
			s.t.Errorf("after %q it is taken for its head", f)
		}
		if p.Receipt.ID != "" {
			s.answers(p, head, head)
		}
	}
}

// brokenThread: the second part's answer is lost; it is found, or sent again,
// below the first and nowhere else, and the third follows.
func (s *suite) brokenThread() {
	s.needReplies()
	first := s.live(s.post("The council meets tonight"))
	second := s.ready(s.part(first, first, 2))
	if !s.Break(CutAfter) {
		s.skip("the stand-in cannot cut an answer off")
	}
	r, f := s.publish(s.t.Context(), second)
	if f == nil {
		second = s.next(second, spool.Event{What: spool.Delivered, Receipt: r})
	} else {
		second = s.next(second, spool.Event{What: spool.Refused, Failure: f})
	}
	s.third(first, s.recovered(second, 2))
}

// diedInThread: the process ends with the second part under way; whoever comes
// next goes on.
func (s *suite) diedInThread() {
	s.needReplies()
	first := s.live(s.post("The council meets tonight"))
	second := s.ready(s.part(first, first, 2))
	if _, f := s.publish(s.t.Context(), second); f != nil {
		s.t.Fatal(f)
	}
	s.restart()
	s.third(first, s.recovered(s.next(second, spool.Event{What: spool.Lapsed}), 2))
}

// third publishes the last part of a thread whose second part is settled.
func (s *suite) third(first, second spool.Post) {
	s.t.Helper()
	if second.Receipt.ID == "" {
		s.skip("which of the network's posts the second part is could not be told")
	}
	third := s.live(s.part(second, first, 3))
	s.visible(3)
	s.answers(second, first, first)
	s.answers(third, second, first)
}

// orphan: what answers a post that somebody took away is not posted as if it
// stood on its own.
func (s *suite) orphan() {
	s.needReplies()
	w, ok := s.withdrawer()
	if !ok {
		s.skip("the publisher is no Withdrawer")
	}
	first := s.live(s.post("The council meets tonight"))
	if err := w.Withdraw(s.t.Context(), first.Receipt); err != nil {
		s.t.Fatal(err)
	}
	p := s.part(first, first, 2)
	f := s.attempt(&p)
	for _, seen := range s.Visible() {
		if seen.ReplyTo == "" {
			s.t.Errorf("a reader sees %q as a post of its own", seen.Text)
		}
	}
	if f != nil && f.Kind == spool.Credentials {
		s.t.Errorf("a post that is gone stops the account: %v", f)
	}
}
