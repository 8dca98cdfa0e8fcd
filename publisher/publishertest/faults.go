package publishertest

import (
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
		s.t.Skip("not possible on this network")
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
	if !among(got.Kind, may) {
		s.t.Fatalf("%q is taken for %v, want one of %v", f, got, may)
	}
	if f == Throttled && got.Wait < 90*time.Second {
		s.t.Errorf("the network asked for 90 s, the failure says %v", got.Wait)
	}
	p = s.next(p, spool.Event{What: spool.Refused, Failure: got})
	if got.Kind == spool.Unsure {
		s.recovered(p)
	} else {
		s.visible(0)
	}
}

func among(k spool.Kind, list []spool.Kind) bool {
	for _, x := range list {
		if x == k {
			return true
		}
	}
	return false
}

// recovered follows a post in doubt until it is live, sending it again as the
// scheduler would, and asserts that a reader sees it once.
func (s *suite) recovered(p spool.Post) {
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
			s.t.Fatalf("the post is %s: %s", p.State, p.Reason)
		}
	}
	if p.State != spool.Live {
		s.t.Fatalf("the post is %s after two hours: %s", p.State, p.Reason)
	}
	wait(5 * time.Minute)
	if seen := s.visible(1); len(seen) == 1 && p.Receipt.ID != "" && p.Receipt.ID != seen[0].ID {
		s.t.Errorf("the receipt says %s, the reader sees %s", p.Receipt.ID, seen[0].ID)
	}
}

func (s *suite) looked(p spool.Post) spool.Post {
	s.t.Helper()
	got, f := s.find(p, nil)
	switch {
	case f != nil:
		return s.next(p, spool.Event{What: spool.Unclear, Failure: f})
	case got.Found:
		return s.next(p, spool.Event{What: spool.Found, Receipt: got.Receipt})
	}
	return s.next(p, spool.Event{What: spool.Absent, Gone: got.Gone, Draft: got.Draft})
}

func (s *suite) again(p spool.Post) spool.Post {
	s.t.Helper()
	p = s.ready(p)
	r, f := s.publish(s.t.Context(), p)
	if f != nil {
		return s.next(p, spool.Event{What: spool.Refused, Failure: f})
	}
	return s.next(p, spool.Event{What: spool.Delivered, Receipt: r})
}
