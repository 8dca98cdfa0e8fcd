package alerts

import (
	"strings"
	"time"

	"spool"
)

// Decide says what is to be done about an alert on an account. told is what a post
// would tell now, of the alert as it is published; posts are all there are about it on
// the account, the oldest first.
//
// It goes by what readers of the account know and by what is the case, not by what has
// happened between, and takes one step at a time: whatever could not be saved, failed
// or was missed is made up for by the next call. What is asked first:
//
//   - Something of a post may be on its way: its outcome is waited for. Only when
//     nothing of it can have been seen, and the alert has outgrown it, is it dropped.
//   - A post waits that nothing was sent of: it gets the words of now, or is dropped
//     when they are not needed any more. A step that drops does nothing else, since
//     somebody may be sending the post at this moment.
//   - The alert is over: each thread that readers see is closed, once.
//   - It holds, and is not to be told: nothing.
//   - It holds, and readers see no thread: it is announced, or announced anew.
//   - It holds, and they know something else: one update.
func (p Policy) Decide(t spool.Tracked, told spool.Telling, posts []spool.Post, can Abilities, now time.Time) Decision {
	s := &situation{p: p, t: t, now: now, can: can, told: told}
	s.read(posts)
	for _, step := range []func() (Decision, bool){s.flying, s.waiting, s.ending, s.silent, s.beginning} {
		if d, done := step(); done {
			return d
		}
	}
	return s.following()
}

// soon is after how long somebody looks again whether a post has arrived.
const soon = 15 * time.Second

func nothing(why string) (Decision, bool) { return Decision{Why: why}, true }

func does(d Deed) (Decision, bool) { return Decision{Deeds: []Deed{d}}, true }

func (s *situation) drop(p spool.Post, why string) (Decision, bool) {
	return Decision{Deeds: []Deed{{Do: DoDrop, Post: p, Why: why}}, Again: s.now.Add(time.Second)}, true
}

// flying looks at posts of which something may be visible, or about to be.
func (s *situation) flying() (Decision, bool) {
	if len(s.inFlight) == 0 {
		return Decision{}, false
	}
	p := s.inFlight[0]
	why := s.needless(p)
	stuck := p.Refusals > 0 && p.Hold == "" || p.Hold == spool.HoldCredentials
	if why == "" && stuck && !p.Content.ByHand && len(Tells(tellingOf(p), s.told)) > 0 {
		why = whyOvertaken
	}
	switch {
	case why != "" && unseen(p):
		return s.drop(p, why)
	case p.State == spool.Held:
		return nothing("post " + p.ID + " waits for a person: " + p.Reason)
	}
	return Decision{Again: later(s.now, p.NotBefore).Add(soon), Why: "post " + p.ID + " is on its way"}, true
}

// waiting looks at posts that nothing was sent of.
func (s *situation) waiting() (Decision, bool) {
	d := Decision{Again: s.now.Add(time.Second)}
	var stays []spool.Post
	for _, p := range s.unsent {
		why := s.needless(p)
		if why == "" && len(stays) > 0 && p.Purpose != spool.Withdraw {
			why = whyKnown // one is enough, whoever wanted the other
		}
		if why == "" && s.hurries(p) {
			why = whyWorse
		}
		if why == "" {
			stays = append(stays, p)
			continue
		}
		d.Deeds = append(d.Deeds, Deed{Do: DoDrop, Post: p, Why: why})
	}
	if len(d.Deeds) > 0 {
		return d, true
	}
	if len(s.unsent) == 0 {
		return Decision{}, false
	}
	p := s.unsent[0]
	phase := s.phaseFor(p)
	told := p.Content.Told
	switch {
	case p.Purpose == spool.Withdraw:
		return nothing("post " + p.ID + " waits to take its thread away")
	case p.Content.ByHand:
		return nothing("post " + p.ID + " waits, in a person's words")
	case s.t.Due.After(s.now) && !s.over():
		return Decision{Again: s.t.Due, Why: "post " + p.ID + " waits to be sent, and what has changed since has to last"}, true
	case told != nil && told.Phase == phase && told.Digest == s.told.Digest && len(Tells(*told, s.told)) == 0:
		return nothing("post " + p.ID + " waits to be sent")
	}
	return does(Deed{Do: DoReword, Phase: phase, Post: p, Why: s.differs(told)})
}

// differs says, for people, what of a post that waits is not so any more.
func (s *situation) differs(told *spool.Telling) string {
	if told == nil {
		return ""
	}
	return inWords(Tells(*told, s.told))
}

// silent is of alerts that hold and are not to be told.
func (s *situation) silent() (Decision, bool) {
	switch {
	case s.muted() != "":
		return nothing(s.muted())
	case s.t.Known:
		return nothing("it was there before Spool was, and has not changed since")
	case s.summed():
		return nothing(whySummed)
	case s.t.Due.After(s.now):
		return Decision{Again: s.t.Due, Why: "it is told from " + s.t.Due.UTC().Format(time.RFC3339) + " on, if it lasts"}, true
	}
	return Decision{}, false
}

// beginning announces an alert that readers see nothing of.
func (s *situation) beginning() (Decision, bool) {
	if s.thread != nil {
		return Decision{}, false
	}
	if s.can.Away {
		return nothing(whyAway)
	}
	if !s.t.Since.IsZero() {
		return nothing("the source does not list it at the moment: it may be over")
	}
	if d, wait := s.early(); wait {
		return d, true
	}
	if left := s.t.Alert.End().Sub(s.now); !s.t.Alert.End().IsZero() && !s.t.Alert.Guess && (left < s.p.MinLeft || left <= 0) {
		return nothing("it is going to be over too soon: at " + s.t.Alert.End().UTC().Format(time.RFC3339))
	}
	if len(s.heads) == 0 {
		return does(Deed{Do: DoAnnounce, Phase: s.phase()})
	}
	if why := s.unwanted(); why != "" {
		return nothing(why)
	}
	last := s.heads[len(s.heads)-1]
	return does(Deed{Do: DoRenew, Phase: s.phase(), Post: last, NotBefore: s.afterFailure(), Why: "post " + last.ID + " is not there: " + last.Reason})
}

// early holds back what has not begun: it is told when the policy says, which is meant
// for planned work; what was not planned and is about to begin is told at once.
func (s *situation) early() (Decision, bool) {
	a := s.t.Alert
	start, ahead := s.upcoming()
	if a.Planned && s.p.Planned.Never {
		return nothing("planned work is not told")
	}
	if !ahead || !a.Planned || s.p.Planned.Listed {
		return Decision{}, false
	}
	if at := start.Add(-s.p.Planned.Ahead); at.After(s.now) {
		return Decision{Again: at, Why: "it is told from " + at.UTC().Format(time.RFC3339) + " on"}, true
	}
	return Decision{}, false
}

// unwanted is why an alert that was announced once is not announced anew; empty: it is.
func (s *situation) unwanted() string {
	taken, failed := 0, 0
	for _, h := range s.heads {
		switch {
		case h.State == spool.Failed:
			if len(Tells(tellingOf(h), s.told)) == 0 {
				failed++
			}
		case strings.HasPrefix(h.Reason, TakenAway):
			taken++
		case h.State == spool.Dropped && !ours(h.Reason):
			return "post " + h.ID + " was given up by somebody: " + h.Reason
		}
	}
	last := s.heads[len(s.heads)-1]
	switch {
	case taken > 1:
		return "somebody took it away more than once"
	case failed > 1:
		return "it was refused twice, and says nothing else now: post " + last.ID + ": " + last.Reason
	}
	return ""
}

// afterFailure is when another announcement may be tried, if the last one failed.
func (s *situation) afterFailure() time.Time {
	last := s.heads[len(s.heads)-1]
	if last.State != spool.Failed {
		return time.Time{}
	}
	return touched(last).Add(s.p.UpdateEvery)
}
