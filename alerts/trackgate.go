package alerts

import (
	"fmt"
	"time"

	"spool"
)

// maxSettle is how many times as long as the debounce a change that changes again and
// again can put off that anything is told.
const maxSettle = 3

// gates decides for each open alert whether anything stands against telling it, and
// when that is to be asked again.
func (k *tracker) gates() {
	stops := k.suspensions()
	for _, rec := range k.book {
		if !rec.t.Open {
			if !rec.t.Due.IsZero() {
				rec.t.Due, rec.dirty = time.Time{}, true
			}
			continue
		}
		k.gate(rec, stops)
	}
}

func (k *tracker) gate(rec *record, stops []suspension) {
	was, settled := rec.mem, rec.t
	due := k.due(rec)
	muted := k.muted(rec, stops, due)
	if rec.mem.Filter != "" || k.p.Planned.Never && rec.t.Alert.Planned {
		due = time.Time{} // time alone changes nothing about that
	}
	if !due.After(k.now) {
		due = time.Time{}
		if rec.mem.Released {
			rec.mem.Pending, rec.mem.Changed = time.Time{}, time.Time{}
		}
		if muted == "" && !rec.t.Known && !rec.mem.Released {
			rec.mem.Released = true
			rec.mem.Pending, rec.mem.Changed = time.Time{}, time.Time{}
		}
	}
	rec.t.Due, rec.t.Muted = due, muted
	if rec.mem != was || !due.Equal(settled.Due) || muted != settled.Muted {
		rec.dirty = true
	}
}

// due is when an alert is to be looked at next, though nothing changes: when planned
// work is to be told, or when what is new has lasted long enough.
func (k *tracker) due(rec *record) time.Time {
	if rec.t.Known {
		return time.Time{}
	}
	due := k.settles(rec)
	if !rec.mem.Released {
		due = later(due, k.ahead(rec.t.Alert))
	}
	return due
}

// settles is when what is new of an alert has lasted for long enough.
func (k *tracker) settles(rec *record) time.Time {
	if k.p.Debounce <= 0 || rec.mem.Pending.IsZero() {
		return time.Time{}
	}
	at, latest := rec.mem.Changed.Add(k.p.Debounce), rec.mem.Pending.Add(maxSettle*k.p.Debounce)
	if latest.Before(at) {
		return latest
	}
	return at
}

// ahead is when an alert that has not begun is to be told: so long before its next
// period as the policy says. When it was told once the later periods of the same work
// are no news, so it is not asked again.
func (k *tracker) ahead(a spool.Alert) time.Time {
	if k.p.Planned.Listed && a.Planned || a.Active(k.now) {
		return time.Time{}
	}
	var next time.Time
	for _, p := range a.Periods {
		if p.Start.After(k.now) && (next.IsZero() || p.Start.Before(next)) {
			next = p.Start
		}
	}
	if next.IsZero() {
		return next
	}
	return next.Add(-k.lead())
}

// lead is how long before it begins an alert is told. What is not planned, as a storm,
// is told in any case, a little ahead at least.
func (k *tracker) lead() time.Duration {
	if k.p.Planned.Never || k.p.Planned.Listed {
		return 24 * time.Hour
	}
	return k.p.Planned.Ahead
}

// muted is why an alert is not to be told; empty: it is.
func (k *tracker) muted(rec *record, stops []suspension, due time.Time) string {
	a := &rec.t.Alert
	switch {
	case rec.mem.Filter != "":
		return rec.mem.Filter
	case k.p.Planned.Never && a.Planned:
		return "planned: planned work is not told"
	}
	if s, ok := k.inhibitedBy(rec, stops); ok {
		return fmt.Sprintf("inhibit: alert %s says that the whole line does not run", s.id)
	}
	if rec.mem.Released || rec.t.Known || k.p.MinLeft <= 0 || a.Guess || a.End().IsZero() {
		return ""
	}
	if left := a.End().Sub(later(k.now, due)); left < k.p.MinLeft {
		return fmt.Sprintf("min_remaining: it is going to be over at %s, which is sooner than %s from when it could be told",
			hour(a.End(), k.p.Location), ago(k.p.MinLeft))
	}
	return ""
}

// next is the earliest moment at which something can change though the source says
// nothing new.
func (k *tracker) next() time.Time {
	var next time.Time
	soonest := func(at time.Time) {
		if at.After(k.now) && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	for _, d := range k.digests {
		if d.Open {
			soonest(d.Due)
		}
	}
	for _, rec := range k.book {
		if rec.t.Open {
			k.nextOf(rec, soonest)
		}
	}
	if s := k.notes.Suspect; s != nil {
		soonest(k.soon())
		soonest(s.Since.Add(suspectFor))
	}
	if k.p.Stale > 0 && !k.notes.Stamp.IsZero() {
		soonest(k.notes.Stamp.Add(k.p.Stale + 1))
	}
	return next
}

func (k *tracker) nextOf(rec *record, soonest func(time.Time)) {
	a := &rec.t.Alert
	soonest(rec.t.Due)
	soonest(a.Ended)
	if !a.Guess {
		soonest(a.End())
	}
	if k.log && a.End().IsZero() {
		soonest(rec.t.First.Add(logLasts))
	}
	if k.p.Inhibit && suspends(a) {
		for _, p := range a.Periods {
			soonest(p.Start)
			soonest(p.End)
		}
	}
	if rec.t.Since.IsZero() || k.log {
		return
	}
	gone := rec.t.Since.Add(k.p.GoneTime)
	if rec.t.Missing >= k.fetches() && gone.After(k.now) {
		soonest(gone)
	} else {
		soonest(k.soon())
	}
}

// soon is before the next reading, and not so soon that somebody who asks then is
// impolite: half the time between two readings, within bounds.
func (k *tracker) soon() time.Time {
	gap := 30 * time.Second
	if !k.last.IsZero() && k.last.Before(k.now) {
		gap = k.now.Sub(k.last) / 2
	}
	return k.now.Add(min(max(gap, time.Second), 10*time.Minute))
}
