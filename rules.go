package spool

import (
	"math/rand/v2"
	"time"
)

// Rules are the figures that Next decides by. A zero field means its default.
type Rules struct {
	Grace    time.Duration // how long an unclear request may still take effect; default 10m
	Patience time.Duration // after Begun, how long to look without an answer before a person is asked; default six times Grace, at least 1h
	Resends  int           // how often a post that is not to be found is sent again; default 2
	Deadline time.Duration // what an approved or retried post gets anew; zero: none
}

func (r Rules) grace() time.Duration {
	if r.Grace > 0 {
		return r.Grace
	}
	return 10 * time.Minute
}

// GraceTime is how long an unclear request may still take effect.
func (r Rules) GraceTime() time.Duration { return r.grace() }

func (r Rules) patience() time.Duration {
	if r.Patience > 0 {
		return r.Patience
	}
	return max(6*r.grace(), time.Hour)
}

// PatienceTime is how long an unclear post is looked for without an answer.
func (r Rules) PatienceTime() time.Duration { return r.patience() }

func (r Rules) resends() int {
	if r.Resends > 0 {
		return r.Resends
	}
	return 2
}

// The longest waits between two attempts and between two looks.
const (
	maxRetryWait = time.Hour
	maxLookWait  = time.Minute
)

// RetryWait is how long a post waits after its nth refusal in a row: 15 s
// doubling to an hour, with up to a fifth taken off or added so that posts that
// failed together do not come back together.
func RetryWait(refusals int) time.Duration {
	return jitter(double(15*time.Second, refusals-1, maxRetryWait))
}

// LookWait is how long to wait after the nth look for a post in doubt: 2 s
// doubling to a minute.
func LookWait(looks int) time.Duration { return double(2*time.Second, looks-1, maxLookWait) }

func double(d time.Duration, times int, limit time.Duration) time.Duration {
	for range times {
		if d >= limit {
			return limit
		}
		d *= 2
	}
	return min(d, limit)
}

func jitter(d time.Duration) time.Duration {
	return d - d/5 + rand.N(2*d/5+1)
}

// CheckWait is how long after a post went live, or was last checked, it is to
// be looked at again: to learn an id that is missing (1 m, 10 m, 1 h, 24 h), or
// to make sure that it is there once (15 m, 24 h). Zero: never again.
func CheckWait(r Receipt, checks int) time.Duration {
	waits := []time.Duration{15 * time.Minute, 24 * time.Hour}
	if r.ID == "" {
		waits = []time.Duration{time.Minute, 10 * time.Minute, time.Hour, 24 * time.Hour}
	}
	if checks >= len(waits) {
		return 0
	}
	return waits[checks]
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
