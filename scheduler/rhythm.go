package scheduler

import (
	"errors"
	"hash/fnv"
	"time"

	"spool"
	"spool/feeds"
)

// maxBackoff is the longest pause of a feed that keeps failing.
const maxBackoff = 24 * time.Hour

// goodPoll is the state of a feed that answered.
func goodPoll(f Feed, state spool.FeedState, r feeds.Result, now time.Time) spool.FeedState {
	state.Validators, state.BodyHash, state.Moved = r.Validators, r.BodyHash, r.Moved
	state.Failures, state.Problem, state.RetryAfter = 0, "", time.Time{}
	state.LastGood = now
	state.NextPoll = spread(f.Name, f.Schedule.Next(now), f.Schedule.Interval(now))
	return state
}

// failedPoll is the state of a feed that did not. It is asked again after its
// own interval, then twice that, and so on; never before the server said.
func (s *Scheduler) failedPoll(f Feed, state spool.FeedState, err error, now time.Time) spool.FeedState {
	state.Failures++
	state.Problem = err.Error()
	wait := f.Schedule.Interval(now)
	for range min(state.Failures-1, 20) {
		wait = min(2*wait, maxBackoff)
	}
	state.NextPoll = spread(f.Name, now.Add(wait), wait)
	state.RetryAfter = time.Time{}
	var e *feeds.Error
	if errors.As(err, &e) && e.RetryAfter.After(now) {
		state.RetryAfter = e.RetryAfter
		if e.RetryAfter.After(state.NextPoll) {
			state.NextPoll = e.RetryAfter
		}
	}
	return state
}

// spread moves a moment back by up to a tenth of the interval, half a minute at
// most, always the same for one feed, so that feeds with one schedule do not
// knock at the same second.
func spread(name string, at time.Time, interval time.Duration) time.Time {
	limit := min(interval/10, 30*time.Second)
	if limit <= 0 {
		return at
	}
	h := fnv.New64a()
	h.Write([]byte(name))
	return at.Add(time.Duration(h.Sum64() % uint64(limit)))
}
