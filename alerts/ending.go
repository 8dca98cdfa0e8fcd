package alerts

import (
	"slices"
	"time"

	"spool"
)

// OverLong is how long ago an alert may have ended that is found for the first time
// and is remembered all the same, as over. Others are left alone: some sources list
// what is over for weeks, and no book goes back as far.
const OverLong = 48 * time.Hour

// logLasts is how long an event of a log is open: so long an answer to it, as that
// service is as usual again, goes to its thread.
const logLasts = 24 * time.Hour

// over reports whether an alert is over by what it says itself; empty: it is not. An
// end that is an estimate says nothing: agencies move it on when it has come.
func over(a spool.Alert, now time.Time) spool.Ending {
	switch {
	case a.Resumed, !a.Ended.IsZero() && !a.Ended.After(now):
		return spool.BySource
	case ended(a, now):
		return spool.ByTime
	}
	return ""
}

// ended reports whether the end that an alert names has come.
func ended(a spool.Alert, now time.Time) bool {
	end := a.End()
	return !a.Guess && !end.IsZero() && !end.After(now)
}

// close takes an alert to be over.
func (k *tracker) close(rec *record, ending spool.Ending, at time.Time) {
	rec.t.Open, rec.t.Closed, rec.t.Ending = false, at, ending
	rec.t.Due, rec.t.Missing = time.Time{}, 0
	rec.mem.Pending, rec.mem.Changed = time.Time{}, time.Time{}
	rec.dirty = true
	switch ending {
	case spool.ByTime:
		k.say("alert %s is over: the end that it named has come", rec.t.Alert.ID)
	case spool.BySource:
		k.say("alert %s is over: the source says so", rec.t.Alert.ID)
	case spool.ByGone:
		k.say("alert %s is over: it has not been listed since %s", rec.t.Alert.ID, rec.t.Since.UTC().Format(time.RFC3339))
	}
}

// endByTime closes what is over by what it said when it was last listed. It needs no
// reading: an end that was named comes also while the source is silent.
func (k *tracker) endByTime(rec *record) {
	if !rec.t.Open {
		return
	}
	if ending := over(rec.t.Alert, k.now); ending != "" {
		k.close(rec, ending, k.now)
		return
	}
	if k.log && rec.t.Alert.End().IsZero() && !k.now.Before(rec.t.First.Add(logLasts)) {
		k.close(rec, "", k.now)
	}
}

// withdraw closes what the source takes back and does not list under another name. It
// does not list an alert that is taken back under the name of now: see entities.
func (k *tracker) withdraw() {
	if len(k.taken) == 0 {
		return
	}
	for _, rec := range k.book {
		if !rec.t.Open || rec.here || !slices.ContainsFunc(rec.t.Names, func(n string) bool { return k.taken[n] }) {
			continue
		}
		k.close(rec, spool.BySource, k.now)
		if rec.t.Since.IsZero() {
			rec.t.Since = k.now
		}
	}
}

// count goes through the alerts that a reading that counts does not list.
func (k *tracker) count(r *Reading) {
	if k.ignored {
		return
	}
	judged := k.judge(r)
	k.noteGood(r, judged)
	if k.log {
		return
	}
	for _, rec := range k.book {
		if rec.here {
			continue
		}
		switch judged {
		case judgedSuspect:
			k.doubtful(rec, r)
		case judgedGood:
			k.absent(rec, r)
		}
	}
}

// doubtful notes that a reading which does not count yet did not list an alert, and since
// when: if such readings count in the end, it has been missing since then.
func (k *tracker) doubtful(rec *record, r *Reading) {
	if !r.Same && !rec.mem.Unseen && rec.t.Since.IsZero() {
		rec.mem.Unseen, rec.dirty = true, true
		rec.t.Since, rec.t.Last = k.now, later(rec.t.Last, k.listedLast())
	}
}

// absent counts one more reading without an alert, and closes it after enough. That
// the source says the same again counts as well: what it did not list it lists not now.
func (k *tracker) absent(rec *record, r *Reading) {
	if r.Same && rec.t.Since.IsZero() && !rec.mem.Unseen {
		return
	}
	if rec.t.Since.IsZero() || rec.mem.Unseen {
		if rec.t.Since.IsZero() {
			rec.t.Since, rec.t.Last = k.now, later(rec.t.Last, k.listedLast())
		}
		rec.mem.Unseen, rec.dirty = false, true
	}
	if !rec.t.Open {
		return
	}
	if rec.t.Missing < k.fetches() {
		rec.t.Missing++
		rec.dirty = true
	}
	if rec.t.Missing >= k.fetches() && !k.now.Before(rec.t.Since.Add(k.p.GoneTime)) {
		k.close(rec, spool.ByGone, k.now)
	}
}

// fetches is how many readings must miss an alert.
func (k *tracker) fetches() int { return max(1, k.p.GoneFetches) }

// listedLast is when an alert was last listed that is missing for the first time.
func (k *tracker) listedLast() time.Time {
	if k.last.After(k.now) {
		return k.now
	}
	return k.last
}
