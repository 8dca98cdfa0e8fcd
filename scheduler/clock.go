package scheduler

import (
	"context"
	"time"

	"spool"
)

// jumpSize is how far the wall clock and the monotonic clock may drift apart
// between two ticks before it counts as a jump.
const jumpSize = time.Minute

// jumpDoubt is how long after a jump ahead no deadline is enforced: a clock
// that was set wrong is usually put right within minutes, and a post that was
// dropped does not come back by itself.
const jumpDoubt = 10 * time.Minute

// A clock compares the wall clock with the monotonic one.
type clock struct{ last time.Time }

func newClock(now time.Time) clock { return clock{last: now} }

// jump is how far the wall clock moved beyond the time that really passed.
func (c *clock) jump(now time.Time) time.Duration {
	wall := now.Round(0).Sub(c.last.Round(0))
	real := now.Sub(c.last)
	c.last = now
	return wall - real
}

// watchClock notices that the clock was set, or that the machine slept. Feeds
// whose next poll the old clock put too far away are moved up.
func (s *Scheduler) watchClock(ctx context.Context, c *clock) {
	now := s.ticking()
	jump := c.jump(now)
	now = now.Round(0)
	switch {
	case jump > jumpSize:
		s.Log.Warn("the clock jumped ahead, or the machine slept; deadlines are not enforced for ten minutes", "by", jump.Round(time.Second))
		s.mu.Lock()
		s.jumped, s.sure = now, now.Add(-jump)
		s.mu.Unlock()
	case jump < -jumpSize:
		s.Log.Warn("the clock was set back; check the machine's time service", "by", -jump.Round(time.Second))
		s.mu.Lock()
		s.jumped = time.Time{}
		s.mu.Unlock()
		if err := s.Store.Rewind(ctx, now, -jump); err != nil {
			s.storeTrouble(ctx, "move up what the wrong clock planned", err)
		}
		s.Align(ctx)
	}
}

// begunBy is a post in doubt with moments that its grace and a search for it may
// be counted from, whatever the clock has been through since. A request that
// was begun before the clock jumped ahead is younger than the clock says; one
// that was begun in the future was begun by a clock that was wrong.
func (s *Scheduler) begunBy(p spool.Post, now time.Time) spool.Post {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.jumped.After(p.Begun) {
		p.Begun = s.jumped
	}
	if p.Begun.After(now) {
		p.Begun = now
	}
	if p.FirstBegun.After(now) {
		p.FirstBegun = now.Add(-historyReach)
	}
	return p
}

// trusted reports whether deadlines may be enforced at now.
func (s *Scheduler) trusted(now time.Time) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.jumped.IsZero() || now.Sub(s.jumped) >= jumpDoubt
}

// overleapt is until when a post is kept back because only a jump of the clock has
// ended its embargo; zero: it is not.
func (s *Scheduler) overleapt(p spool.Post, now time.Time) time.Time {
	s.mu.RLock()
	defer s.mu.RUnlock()
	until := s.jumped.Add(jumpDoubt)
	if s.jumped.IsZero() || !until.After(now) || !p.Embargo.After(s.sure.Add(now.Sub(s.jumped))) {
		return time.Time{}
	}
	return until
}

// Align moves up the polls of feeds that are due later than their schedule,
// their server and their document say, as after a change of the configuration or
// of the clock, and gives each account a turn: its limits or its credentials may
// be others now.
func (s *Scheduler) Align(ctx context.Context) {
	plan, now := s.current(), s.Now()
	if err := s.Store.Align(ctx, func(state spool.FeedState) (time.Time, bool) {
		f, ok := plan.feedOf(state)
		if !ok {
			return time.Time{}, false
		}
		at, _ := f.next(state, now)
		at = latest(at, now.Add(spool.RestAfterDeath(state.Name, state.Memory.Deaths)))
		return latest(at, f.backup(state, now)), true
	}); err != nil {
		s.storeTrouble(ctx, "move up polls", err)
	}
	if err := s.Store.Rouse(ctx); err != nil {
		s.storeTrouble(ctx, "make all accounts due", err)
	}
}
