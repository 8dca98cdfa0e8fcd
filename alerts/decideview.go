package alerts

import (
	"slices"
	"strings"
	"time"

	"spool"
)

// A situation is an alert on an account: what is the case, and what became of the posts.
type situation struct {
	p    Policy
	t    spool.Tracked
	told spool.Telling // what a post would tell now
	can  Abilities
	now  time.Time

	heads    []spool.Post // all that have begun a thread, or were to, in their order
	inFlight []spool.Post // something of them may be visible
	unsent   []spool.Post // nothing of them is
	threads  []*thread    // whose head readers see, the oldest first
	thread   *thread      // the newest of them; nil: there is none
}

// A thread is a live head and what answers it.
type thread struct {
	head  spool.Post
	live  []spool.Post   // all that readers see below the head, in the order of the posts
	gone  []spool.Post   // updates, closings and changes of the head that are not live, and not on their way
	known *spool.Telling // what its readers know; nil: nobody can say
	going string         // the post by which somebody is taking the head away; empty: nobody is
	moves int            // how often in a row nothing was told but that the end has moved
	last  time.Time      // when something was last posted in it
}

// read sorts the posts.
func (s *situation) read(posts []spool.Post) {
	for _, p := range posts {
		if p.Purpose.Heads() {
			s.heads = append(s.heads, p)
			if p.State == spool.Live {
				s.threads = append(s.threads, &thread{head: p})
			}
		}
		if p.State.Final() || p.Purpose == spool.Continue || p.Purpose == spool.Correct || p.Purpose.Steers() && !ourSteering(p) {
			continue
		}
		switch {
		case p.Attempts == 0 && p.Draft.State == "" && (p.State == spool.Waiting || p.State == spool.Held):
			s.unsent = append(s.unsent, p)
		case p.Hold == spool.HoldDoubt && !p.Purpose.Heads():
			// A person has to say whether it is there. Whatever else is to be told
			// does not wait for that: an update that comes late is dropped then.
		default:
			s.inFlight = append(s.inFlight, p)
		}
	}
	for _, h := range s.threads {
		h.read(posts)
	}
	slices.SortStableFunc(s.threads, func(a, b *thread) int { return a.head.LiveAt.Compare(b.head.LiveAt) })
	if n := len(s.threads); n > 0 {
		s.thread = s.threads[n-1]
	}
}

// read finds what belongs to the thread, and what its readers know.
func (h *thread) read(posts []spool.Post) {
	in := map[string]bool{h.head.ID: true}
	for range posts { // an answer to an answer may be listed before that one
		for _, p := range posts {
			if p.Parent != "" && in[p.Parent] && !p.Purpose.Heads() {
				in[p.ID] = true
			}
		}
	}
	says := []spool.Post{h.head}
	for _, p := range posts {
		switch {
		case !in[p.ID] || p.ID == h.head.ID:
		case p.Purpose == spool.Withdraw && p.Parent == h.head.ID && !p.State.Final() && !ourSteering(p):
			h.going = p.ID
		case p.State == spool.Live && p.Purpose.Replies():
			h.live = append(h.live, p)
			says = append(says, p)
		case p.State == spool.Live && p.Purpose == spool.Edit:
			says = append(says, p)
		case p.State.Final() || p.Hold == spool.HoldDoubt:
			h.gone = append(h.gone, p)
		}
	}
	slices.SortStableFunc(says, func(a, b spool.Post) int { return a.LiveAt.Compare(b.LiveAt) })
	for _, p := range says {
		if told := p.Content.Told; told != nil {
			h.moves++
			if h.known == nil || !slices.Equal(Tells(*h.known, *told), []string{ChangedUntil}) {
				h.moves = 0
			}
			h.known = told
		}
		if p.Purpose.Heads() || p.Purpose.Replies() {
			h.last = later(h.last, later(p.Begun, p.LiveAt))
		}
	}
}

// closed reports whether readers of the thread know that the alert is over.
func (h *thread) closed() bool { return h.known != nil && h.known.Phase == spool.Ends }

// over reports whether the alert is over.
func (s *situation) over() bool { return closed(s.t) }

// summed reports whether a digest tells the alert on this account.
func (s *situation) summed() bool {
	if s.can.Account == "" {
		return s.t.Digest != ""
	}
	return s.t.Digests[s.can.Account] != ""
}

// muted is why nothing is told of the alert; empty: it is told. Readers who know a thread
// about it are told also that it has become less than what is announced: that buses run
// again, by a detour, is no news on an account for lines that do not run, but who read
// there that they do not run has to know.
func (s *situation) muted() string {
	filtered := strings.HasPrefix(s.t.Muted, "exclude: ") || strings.HasPrefix(s.t.Muted, "include: ")
	if filtered && s.thread != nil && s.p.onlyByKind(s.t.Alert) {
		return ""
	}
	return s.t.Muted
}

// upcoming is when the alert begins next, if it does not hold now.
func (s *situation) upcoming() (start time.Time, ahead bool) {
	a := s.t.Alert
	if a.Active(s.now) {
		return time.Time{}, false
	}
	for _, p := range a.Periods {
		if p.Start.After(s.now) && (start.IsZero() || p.Start.Before(start)) {
			start = p.Start
		}
	}
	return start, !start.IsZero()
}

// phase is what a post at the head of a thread tells now.
func (s *situation) phase() spool.Phase {
	if s.t.Account != "" || len(s.t.Alert.Members) > 0 {
		return spool.Sums
	}
	if _, ahead := s.upcoming(); ahead {
		return spool.Ahead
	}
	return spool.Begins
}

// phaseFor is what a post that waits tells now.
func (s *situation) phaseFor(p spool.Post) spool.Phase {
	switch p.Purpose {
	case spool.Update:
		return spool.Changes
	case spool.Close, spool.Edit:
		return spool.Ends
	}
	return s.phase()
}

// needless is why a post that was not seen yet is not needed any more; empty: it is.
func (s *situation) needless(p spool.Post) string {
	switch {
	case p.Purpose.Heads():
		return s.needlessHead()
	case s.thread == nil || !slices.ContainsFunc(s.threads, func(h *thread) bool { return h.head.ID == p.Parent || h.holds(p.Parent) }):
		return whyHeadless
	case p.Purpose == spool.Update:
		return s.needlessUpdate()
	case !s.over():
		return whyBack
	}
	return ""
}

func (s *situation) needlessHead() string {
	switch {
	case s.thread != nil:
		return whyKnown
	case s.over():
		return whyOver
	case s.t.Muted != "":
		return whyMuted + s.t.Muted
	case s.summed():
		return whySummed
	case s.can.Away:
		return whyAway
	}
	return ""
}

func (s *situation) needlessUpdate() string {
	switch {
	case s.over():
		return whyOver
	case s.muted() != "":
		return whyMuted + s.muted()
	case s.summed():
		return whySummed
	case s.thread.known != nil && len(s.changes()) == 0:
		return whyKnown
	}
	return ""
}

// holds reports whether a post is among those that answer the head.
func (h *thread) holds(id string) bool {
	return slices.ContainsFunc(h.live, func(p spool.Post) bool { return p.ID == id })
}

// tellingOf is what a post tells, or was to.
func tellingOf(p spool.Post) spool.Telling {
	if p.Content.Told == nil {
		return spool.Telling{}
	}
	return *p.Content.Told
}

// ourSteering reports whether an edit or a withdrawal says that the alert is over, and
// is not somebody's own.
func ourSteering(p spool.Post) bool {
	if p.Purpose == spool.Edit {
		return p.Content.Told != nil && p.Content.Told.Phase == spool.Ends
	}
	return ours(p.Content.Text)
}

// unseen reports whether it is certain that no reader has seen anything of a post that
// was tried: nothing was sent, or each request for it was refused. Anything that
// somebody had to look for may be there.
func unseen(p spool.Post) bool {
	if p.State != spool.Waiting && p.State != spool.Held || p.Hold == spool.HoldDoubt || p.Resent > 0 {
		return false
	}
	refused := p.Refusals
	if p.Hold == spool.HoldCredentials {
		refused++ // which is not counted as one
	}
	return p.Attempts == 0 || p.Attempts <= refused && strings.HasSuffix(p.Reason, "]")
}

// touched is when something was last done about a post.
func touched(p spool.Post) time.Time { return later(later(p.Created, p.Begun), p.LiveAt) }
