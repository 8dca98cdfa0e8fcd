package publishertest

import (
	"slices"
	"time"

	"spool"
)

// kinds says what a Publish may report after a fault. A look at the network
// within Publish may settle the outcome, so nil, which is success, is among
// them where the effect took place.
func kinds(f Fault) (may []spool.Kind, success bool) {
	switch f {
	case NotSent:
		return []spool.Kind{spool.Temporary, spool.Unsure}, false
	case CutBefore, HangBefore, ErrorBefore, Late, Redirected:
		return []spool.Kind{spool.Unsure}, false
	case CutAfter, HangAfter, ErrorAfter, Garbage, Truncated:
		return []spool.Kind{spool.Unsure}, true
	case Throttled:
		return []spool.Kind{spool.Throttled}, false
	case Revoked:
		return []spool.Kind{spool.Credentials}, false
	}
	return []spool.Kind{spool.Permanent}, false
}

// fault breaks one request and follows the post to its end.
func (s *suite) fault(f Fault) {
	p := s.ready(s.post("Night buses until three"))
	if !s.Break(f) {
		s.skip("not possible on this network")
	}
	before := s.Writes()
	r, got := s.publish(s.t.Context(), p)
	if n := s.Writes() - before; n != 1 && f != NotSent {
		s.t.Errorf("%d requests that could make something visible, want 1", n)
	}
	may, success := kinds(f)
	if got == nil {
		if !success {
			s.t.Fatalf("success after %q: %+v", f, r)
		}
		s.visible(1)
		return
	}
	if !slices.Contains(may, got.Kind) {
		s.t.Fatalf("%q is taken for %v, want one of %v", f, got, may)
	}
	if f == Throttled && got.Wait < 90*time.Second {
		s.t.Errorf("the network asked for 90 s, the failure says %v", got.Wait)
	}
	p = s.next(p, spool.Event{What: spool.Refused, Failure: got})
	if got.Kind == spool.Unsure {
		s.recovered(p, 1)
	} else {
		s.visible(0)
	}
}

// recovered follows a post in doubt until it is live, sending it again as the
// scheduler would, and asserts that a reader then sees n posts, this one among
// them once. On a network that nobody can ask it has to be a person's at once.
func (s *suite) recovered(p spool.Post, n int) spool.Post {
	s.t.Helper()
	end := time.Now().Add(2 * time.Hour)
	for p.State != spool.Live && time.Now().Before(end) {
		wait(time.Until(p.NotBefore))
		switch p.State {
		case spool.Doubt:
			p = s.looked(p)
		case spool.Waiting:
			p = s.again(p)
		default:
			if s.Blind && p.Hold == spool.HoldDoubt {
				s.undecided(p, n)
				return p
			}
			s.t.Fatalf("the post is %s: %s", p.State, p.Reason)
		}
	}
	if p.State != spool.Live {
		s.t.Fatalf("the post is %s after two hours: %s", p.State, p.Reason)
	}
	wait(5 * time.Minute)
	seen := s.visible(n)
	named := slices.ContainsFunc(seen, func(x Seen) bool { return x.ID == p.Receipt.ID })
	if p.Receipt.ID != "" && len(seen) == n && !named {
		s.t.Errorf("the receipt says %s, and no reader sees that", p.Receipt.ID)
	}
	return p
}

// undecided checks a post that a person has to look for: it was sent once, and is
// there at most once.
func (s *suite) undecided(p spool.Post, n int) {
	s.t.Helper()
	wait(5 * time.Minute)
	if p.Attempts != 1 {
		s.t.Errorf("it was sent %d times before a person was asked", p.Attempts)
	}
	if seen := s.Visible(); len(seen) > n {
		s.t.Errorf("a reader sees %d posts, want %d at most", len(seen), n)
	}
}

func (s *suite) looked(p spool.Post) spool.Post {
	s.t.Helper()
	got, f := s.find(p, s.others(p))
	switch {
	case f != nil:
		if s.Blind && f.Kind != spool.Permanent {
			s.t.Errorf("a network that nobody can ask says %v, want a permanent failure", f)
		}
		return s.next(p, spool.Event{What: spool.Unclear, Failure: f})
	case got.Found:
		return s.next(p, spool.Event{What: spool.Found, Receipt: got.Receipt})
	}
	if s.Again && !got.Again {
		s.t.Errorf("the post may be sent again without harm, and the look does not say so: %+v", got)
	}
	return s.next(p, spool.Event{What: spool.Absent, Gone: got.Gone, Again: got.Again, Draft: got.Draft})
}

func (s *suite) again(p spool.Post) spool.Post {
	s.t.Helper()
	_ = s.attempt(&p) // the post's state says what came of it
	return p
}
