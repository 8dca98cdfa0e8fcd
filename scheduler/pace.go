package scheduler

import (
	"fmt"
	"time"

	"spool"
)

// A Pace is how often an account may post, as its configuration says.
type Pace struct {
	Spacing  time.Duration // between two posts; 0: none
	PerHour  int           // posts in any 60 minutes; 0: no limit
	PerDay   int           // posts in any 24 hours; 0: no limit
	Reserve  int           // of PerDay and of the network's own quota, kept free for priority high and breaking
	Quiet    []Window      // hours in which only breaking is posted
	Location *time.Location
}

// A Window is a part of each day, in minutes since midnight on the clock of the
// pace's zone. It may span midnight; From and To being equal, it is empty.
type Window struct{ From, To int }

// day is how long the daily limit looks back: a moving window.
const day = 24 * time.Hour

// Allowed is the earliest moment, now or later, at which a post of the priority
// may go out, and why not now. Sent are the moments of the account's posts in
// the last 24 hours, oldest first.
func (p Pace) Allowed(sent []time.Time, priority spool.Priority, now time.Time) (time.Time, string) {
	at, why := now, ""
	later := func(t time.Time, reason string) {
		if t.After(at) {
			at, why = t, reason
		}
	}
	later(windowOpens(sent, p.PerHour, time.Hour), fmt.Sprintf("%d posts in an hour is its limit", p.PerHour))
	later(windowOpens(sent, p.daily(priority), day), fmt.Sprintf("%d posts in a day is its limit", p.daily(priority)))
	if priority < spool.Breaking {
		if n := len(sent); n > 0 && p.Spacing > 0 {
			later(sent[n-1].Add(p.Spacing), "spacing")
		}
		later(p.quietEnds(at), "quiet hours")
	}
	return at, why
}

// unspaced is the pace without what spreads posts over time: only the limits of
// how many they may be.
func (p Pace) unspaced() Pace {
	p.Spacing, p.Quiet = 0, nil
	return p
}

// daily is the limit for a priority; 0: none. However large the reserve, one
// post a day is left for the ordinary.
func (p Pace) daily(priority spool.Priority) int {
	if p.PerDay == 0 || priority >= spool.High {
		return p.PerDay
	}
	return max(p.PerDay-p.Reserve, 1)
}

// Spent reports whether the network's own quota leaves nothing for a priority.
func (p Pace) Spent(used, total int, priority spool.Priority) bool {
	if total == 0 {
		return false
	}
	if priority < spool.High {
		total = max(total-p.Reserve, 1)
	}
	return used >= total
}

// windowOpens is when fewer than limit of sent lie within span.
func windowOpens(sent []time.Time, limit int, span time.Duration) time.Time {
	if limit == 0 || len(sent) < limit {
		return time.Time{}
	}
	return sent[len(sent)-limit].Add(span)
}

// quietEnds is when the quiet hours that t falls in are over; t when it falls
// in none. Windows that meet are followed to the end of the last.
func (p Pace) quietEnds(t time.Time) time.Time {
	for range len(p.Quiet) + 1 {
		end := t
		for _, w := range p.Quiet {
			if e := w.end(t.In(p.zone())); e.After(end) {
				end = e
			}
		}
		if end.Equal(t) {
			return t
		}
		t = end
	}
	return t
}

func (p Pace) zone() *time.Location {
	if p.Location == nil {
		return time.UTC
	}
	return p.Location
}

// end is when the window around t ends, on t's clock; the zero time when t is
// outside.
func (w Window) end(t time.Time) time.Time {
	minute := t.Hour()*60 + t.Minute()
	days := 0
	switch {
	case w.From < w.To && minute >= w.From && minute < w.To:
	case w.From > w.To && minute >= w.From:
		days = 1
	case w.From > w.To && minute < w.To:
	default:
		return time.Time{}
	}
	end := time.Date(t.Year(), t.Month(), t.Day()+days, w.To/60, w.To%60, 0, 0, t.Location())
	if !end.After(t) { // the clock was set back within the window
		end = end.Add(time.Hour)
	}
	return end
}
