package publishertest

import (
	"errors"
	"time"

	"spool"
	"spool/publisher"
)

// diedBefore: the process ended after it had noted that it begins, and before
// anything was sent.
func (s *suite) diedBefore() {
	p := s.ready(s.post("Road works begin on Monday"))
	s.restart()
	s.recovered(s.next(p, spool.Event{What: spool.Lapsed}), 1)
}

// diedAfter: the process ended with an answer in its hands.
func (s *suite) diedAfter() {
	p := s.ready(s.post("Road works begin on Monday"))
	if _, f := s.publish(s.t.Context(), p); f != nil {
		s.t.Fatal(f)
	}
	s.restart()
	s.recovered(s.next(p, spool.Event{What: spool.Lapsed}), 1)
}

// diedPreparing: whatever was prepared was not saved, or was; either way there is
// one post in the end.
func (s *suite) diedPreparing() {
	prep, ok := s.Publisher.(publisher.Preparer)
	if !ok {
		s.skip("the publisher is no Preparer")
	}
	p := s.post("Road works begin on Monday")
	for range 3 { // not saved
		_, err := prep.Prepare(s.t.Context(), p)
		if f := s.failure(err); f != nil {
			s.t.Fatal(f)
		}
		s.restart()
	}
	d, err := prep.Prepare(s.t.Context(), p) // saved
	if f := s.failure(err); f != nil {
		s.t.Fatal(f)
	}
	p = s.next(p, spool.Event{What: spool.Prepared, Draft: &d})
	s.restart()
	wait(d.Wait)
	s.live(p)
	s.visible(1)
}

// approved: a person, who could not find it, sends a post again that is live.
func (s *suite) approved() {
	if s.Blind {
		s.skip("nobody can ask this network about a post: whoever sends it again has looked")
	}
	p := s.ready(s.post("Swimming bath closed until noon"))
	if !s.Break(CutAfter) {
		s.skip("the stand-in cannot cut an answer off")
	}
	_, f := s.publish(s.t.Context(), p)
	if f == nil {
		s.visible(1)
		return
	}
	p = s.next(p, spool.Event{What: spool.Refused, Failure: f})
	p = s.next(p, spool.Event{What: spool.Unclear, Failure: &spool.Failure{Op: "look", Kind: spool.Permanent, Err: errors.New("no answer")}})
	wait(20 * time.Minute)
	p = s.next(p, spool.Event{What: spool.Approved, Who: "a person"})
	s.restart()
	s.recovered(p, 1)
}

// twiceUnclear: what is sent again may be as unclear as the first one.
func (s *suite) twiceUnclear() {
	p := s.ready(s.post("Swimming bath closed until noon"))
	for _, f := range []Fault{CutBefore, CutAfter} {
		if p.State == spool.Waiting {
			p = s.ready(p)
		}
		if !s.Break(f) {
			s.skip("the stand-in cannot do %q", f)
		}
		_, got := s.publish(s.t.Context(), p)
		if got == nil {
			s.visible(1) // the client looked, and knows
			return
		}
		p = s.next(p, spool.Event{What: spool.Refused, Failure: got})
		for range 500 {
			if p.State != spool.Doubt {
				break
			}
			wait(time.Until(p.NotBefore))
			p = s.looked(p)
		}
		if p.State != spool.Waiting {
			break
		}
		wait(time.Until(p.NotBefore))
	}
	s.recovered(p, 1)
}
