package alerts

import (
	"slices"

	"spool"
)

// ending closes what readers see of an alert that is over, one thread at a time.
func (s *situation) ending() (Decision, bool) {
	if !s.over() {
		return Decision{}, false
	}
	why := "it is over"
	for _, h := range s.threads {
		if h.closed() {
			continue
		}
		d, does := s.end(h)
		if does {
			return d, true
		}
		why = d.Why
	}
	return nothing(why)
}

// end closes a thread as the policy says, and as its network can. It reports false when
// there is nothing to do.
func (s *situation) end(h *thread) (Decision, bool) {
	if h.going != "" {
		return Decision{Why: beingTaken + h.going}, false
	}
	how, why := s.onEnd(h)
	switch how {
	case EndNothing:
		return Decision{Why: why}, false
	case EndEdit:
		if s.can.Edits && !s.failed(h, spool.Edit, h.head.ID) {
			return does(Deed{Do: DoEdit, Phase: spool.Ends, Post: h.head, Why: WhyEnded})
		}
	case EndDelete:
		if s.can.Withdraws && !s.failed(h, spool.Withdraw, h.head.ID) {
			return s.takeAway(h)
		}
	}
	return s.close(h)
}

// onEnd is what becomes of a thread, and why it is left alone. What was announced as a
// disturbance ends as one, though the source calls it planned by now.
func (s *situation) onEnd(h *thread) (how OnEnd, why string) {
	if s.t.Ending == "" {
		return EndNothing, "it is not listed any more, which says nothing"
	}
	if !s.t.Alert.Planned || !tellingOf(h.head).Planned {
		return orElseEnd(s.p.OnEnd, EndReply), "it is over, and on_end says that nothing is told"
	}
	how = orElseEnd(s.p.OnEndPlanned, EndNothing)
	start := s.t.Alert.Start()
	if how == EndNothing && s.t.Ending != spool.ByTime && s.t.Closed.Before(start) {
		return orElseEnd(s.p.OnEnd, EndReply), "it was called off, and on_end says that nothing is told"
	}
	return how, "it is over as it was planned"
}

func orElseEnd(how, otherwise OnEnd) OnEnd {
	if how == "" {
		return otherwise
	}
	return how
}

// close answers the head. One closing that was refused is tried once more.
func (s *situation) close(h *thread) (Decision, bool) {
	tries := 0
	d := Deed{Do: DoClose, Phase: spool.Ends, Post: h.head, Why: WhyEnded}
	for _, c := range h.gone {
		if c.Purpose != spool.Close || c.Created.Before(s.t.Closed) {
			continue
		}
		switch {
		case c.State == spool.Failed:
			tries++
			d.NotBefore = touched(c).Add(s.p.UpdateEvery)
		case c.State == spool.Held:
			return Decision{Why: "post " + c.ID + " waits for a person: " + c.Reason}, false
		case !ours(c.Reason):
			return Decision{Why: "the closing " + c.ID + " was given up by somebody: " + c.Reason}, false
		}
		if tries > 1 {
			return Decision{Why: "the closing was refused twice: post " + c.ID + ": " + c.Reason}, false
		}
	}
	return does(d)
}

// takeAway withdraws what answers the head, and when all of that is gone, or cannot be
// taken away, the head: a reader who comes by never sees an answer to nothing.
func (s *situation) takeAway(h *thread) (Decision, bool) {
	var d Decision
	for _, p := range slices.Backward(h.live) {
		if !s.failed(h, spool.Withdraw, p.ID) {
			d.Deeds = append(d.Deeds, Deed{Do: DoWithdraw, Post: p, Why: WhyEnded})
		}
	}
	if len(d.Deeds) == 0 {
		return does(Deed{Do: DoWithdraw, Post: h.head, Why: WhyEnded})
	}
	d.Again = s.now.Add(soon)
	return d, true
}

// failed reports whether the network has refused to change a post of the thread so.
func (s *situation) failed(h *thread, purpose spool.Purpose, parent string) bool {
	return slices.ContainsFunc(h.gone, func(p spool.Post) bool {
		return p.Purpose == purpose && p.Parent == parent && ourSteering(p) && (p.State == spool.Failed || p.State == spool.Dropped && !ours(p.Reason)) && !p.Created.Before(s.t.Closed)
	})
}
