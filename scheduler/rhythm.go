package scheduler

import (
	"errors"
	"fmt"
	"hash/fnv"
	"net/http"
	"slices"
	"time"

	"spool"
	"spool/feeds"
)

// Bounds of what is between two polls of a feed.
const (
	maxHold     = 24 * time.Hour // by which server and document can put a poll off
	maxBackoff  = 24 * time.Hour // the longest pause of a feed that keeps failing
	longestRest = 26 * time.Hour // of a host, before a person is told: it can ask for a day of it
	maxThrottle = 6 * time.Hour  // the same when all that its server says is "too many requests": such blocks are short
)

// goodPoll is the state of a feed that answered.
func goodPoll(f Feed, state spool.FeedState, r feeds.Result, now time.Time) spool.FeedState {
	state.Validators, state.BodyHash, state.Memory.Issuer = r.Validators, r.BodyHash, r.Issuer
	state.Failures, state.Problem, state.RetryAfter = 0, "", time.Time{}
	state.LastGood = now
	state.Memory.GoneSince, state.Memory.Ended, state.Memory.Manner = time.Time{}, time.Time{}, f.manner()
	state.Memory.Answers++
	if r.Status == http.StatusNotModified {
		state.Memory.Spared++
	}
	state = f.relocate(state, r, now)
	state.Memory.Fresh = r.Fresh
	if !r.Unchanged {
		state.Memory = described(state.Memory, r.Document)
	}
	state.NextPoll, state.Memory.Slowed = f.next(state, now)
	return state
}

// next is when a feed that can be read is asked again, by its schedule, its
// server and its document; and why so late, for people, if that is much later
// than its schedule alone would have it.
func (f Feed) next(state spool.FeedState, now time.Time) (at time.Time, slowed string) {
	interval := f.Schedule.Interval(now)
	planned := f.Schedule.Next(now)
	at, who := planned, ""
	if !f.IgnoreHints && f.Priority != spool.Breaking && !f.urgent {
		at, who = f.putOff(state, planned, now)
	}
	if wait := at.Sub(now); at.After(planned) && wait > 3*interval && wait > 30*time.Minute {
		slowed = fmt.Sprintf("asked again only after %s, where its schedule says %s: %s", roughly(wait), roughly(interval), who)
	}
	if f.urgent {
		return at, slowed // an interval is to be what it says
	}
	return spread(f.Name, at, interval), slowed
}

// putOff moves a poll back to when the server says that there can be something
// new and, when the configuration names no schedule, to when the document says
// so; by a day at most, and by half of max_age, after which news would be found
// when it is too old to be posted. It says who wanted that.
func (f Feed) putOff(state spool.FeedState, at, now time.Time) (time.Time, string) {
	read := state.LastPoll // what they say counts from there
	if read.IsZero() {
		read = now
	}
	asked := earliest(read, now) // the clock may have been set back since
	var who string
	most := maxHold
	if f.MaxAge > 0 {
		most = min(most, f.MaxAge/2)
	}
	later := func(t time.Time, why string) {
		if t = earliest(t, now.Add(most)); t.After(at) {
			at, who = t, why
		}
	}
	m := state.Memory
	if m.Fresh.After(read) {
		later(asked.Add(m.Fresh.Sub(read)), "its server says that an answer holds that long")
	}
	if !f.Scheduled {
		later(asked.Add(m.Hints.Every), "the feed itself says that it is enough")
		later(open(m.Hints, at), "the feed itself names hours or days without news")
	}
	return at, who
}

// open is the first moment from t on that falls into none of the hours and days
// in which a document says that it does not change; t itself if there is none.
func open(h spool.Hints, t time.Time) time.Time {
	if len(h.Hours)+len(h.Days) == 0 {
		return t
	}
	end := t.Add(8 * 24 * time.Hour)
	for at := t.UTC(); at.Before(end); at = at.Truncate(time.Hour).Add(time.Hour) {
		if !slices.Contains(h.Hours, at.Hour()) && !slices.Contains(h.Days, at.Weekday()) {
			return at
		}
	}
	return t
}

// failedPoll is the state of a feed that did not answer as it should. It is
// asked again when its schedule says, then after twice its interval, and so on;
// never before its server said.
func (f Feed) failedPoll(state spool.FeedState, err error, now time.Time) spool.FeedState {
	state.Failures++
	state.Problem, state.RetryAfter = err.Error(), time.Time{}
	state.Memory.Slowed = ""
	var e *feeds.Error
	if !errors.As(err, &e) {
		e = &feeds.Error{}
	}
	wait := f.backoff(state.Failures, e.Kind, now)
	state.NextPoll = spread(f.Name, now.Add(wait), wait)
	if f.urgent {
		wait = f.alertBackoff(state.Failures, e.Kind, now)
		state.NextPoll = now.Add(wait)
	}
	if e.RetryAfter.After(now) {
		state.RetryAfter = e.RetryAfter
		state.NextPoll = latest(state.NextPoll, e.RetryAfter)
		if e.Kind == feeds.KindThrottled {
			// Others of its host rest until the same moment. They go first, or one
			// feed that is always refused would keep all of them from being asked.
			state.NextPoll = latest(state.NextPoll, spread(f.Name, e.RetryAfter.Add(longestSpread), wait))
		}
	}
	switch {
	case state.Memory.Address != "":
		return f.fallBack(state, e)
	case e.Kind == feeds.KindGone:
		return gone(state, now)
	}
	state.Memory.Ended = time.Time{} // it was asked once more, and says something else
	return state
}

// backoff is how long a feed rests after so many failures in a row.
func (f Feed) backoff(failures int, kind feeds.Kind, now time.Time) time.Duration {
	wait := min(f.Schedule.Next(now).Sub(now), maxBackoff)
	if failures <= 1 {
		return wait
	}
	wait = min(f.Schedule.Interval(now), maxBackoff)
	most := maxBackoff
	if kind == feeds.KindThrottled {
		most = max(maxThrottle, wait)
	}
	for range min(failures-1, 20) {
		wait = min(2*wait, most)
	}
	return wait
}

// resting is the state of a feed that was not asked, because its host wants to
// be left alone for now, or too many others wait for it. That is no failure of
// the feed, but a person is told when it goes on for too long.
func (f Feed) resting(state spool.FeedState, until, now time.Time) spool.FeedState {
	if !until.After(now) {
		state.NextPoll, _ = f.next(state, now)
		return state
	}
	state.RetryAfter = latest(state.RetryAfter, until)
	if good := state.LastGood; !good.IsZero() && now.Sub(good) > longestRest && state.Failures == 0 {
		state.Memory.Alarm = "not read since " + dated(good) + ", because its host is left alone again and again: it serves other feeds too, or is asked too often; poll those less often"
	}
	state.NextPoll = spread(f.Name, state.RetryAfter, state.RetryAfter.Sub(now))
	return state
}

// longestSpread is more than spread moves anything back.
const longestSpread = 30 * time.Second

// spread moves a moment back by up to a tenth of the interval, half a minute at
// most, always the same for one feed, so that feeds with one schedule do not
// knock at the same second.
func spread(name string, at time.Time, interval time.Duration) time.Time {
	limit := min(interval/10, longestSpread)
	if limit <= 0 {
		return at
	}
	h := fnv.New64a()
	h.Write([]byte(name))
	return at.Add(time.Duration(h.Sum64() % uint64(limit)))
}

func earliest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
