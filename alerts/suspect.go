package alerts

import (
	"fmt"
	"time"
)

// What makes a reading doubtful, and for how long. Sources come back from a restart
// with an empty document, or with half of one; servers that share the load disagree for
// a while about what is the newest; clocks are set.
const (
	suspectFrom  = 4                // alerts before, so that fewer than half of them are odd
	suspectTimes = 3                // readings that miss too much count after so many in a row,
	suspectFor   = 10 * time.Minute // and not before so long, whichever is later
	stampAhead   = 5 * time.Minute  // a stamp further in the future is a wrong clock's, and says nothing
	backFor      = 30 * time.Minute // a source whose stamps stay older for so long has set its clock
)

// refuse decides whether a reading says nothing at all: it is older than one that
// counted, or older than the policy lets a reading be. What the source says again, and
// with no new stamp, is as old as it was.
func (k *tracker) refuse(r *Reading) bool {
	stamp := r.Stamp
	if stamp.After(k.now.Add(stampAhead)) {
		k.say("the document says that it was made at %s, which is in the future: that is not believed", clock(stamp, k.p.Location))
		stamp = time.Time{}
	}
	if r.Same && stamp.IsZero() {
		stamp = k.notes.Stamp
	}
	if k.goesBack(stamp) || k.stale(stamp) {
		return true
	}
	if !stamp.IsZero() {
		k.notes.Stamp = stamp
	}
	return false
}

// goesBack reports whether a reading is older than the newest that counted.
func (k *tracker) goesBack(stamp time.Time) bool {
	if stamp.IsZero() || !stamp.Before(k.notes.Stamp) {
		k.notes.Back = nil
		return false
	}
	k.notes.Back = k.notes.Back.again(k.now)
	since := k.now.Sub(k.notes.Back.Since)
	if since >= backFor {
		k.say("documents have been older than one before for %s: the source's clock was set, and they count again", ago(since))
		k.notes.Back = nil
		return false
	}
	k.doubt = fmt.Sprintf("The document was made at %s, but one made at %s was read before: it does not count%s. "+
		"After %s such documents count again.",
		clock(stamp, k.p.Location), clock(k.notes.Stamp, k.p.Location), so(since), ago(backFor))
	return true
}

// stale reports whether a reading is too old to say how things are.
func (k *tracker) stale(stamp time.Time) bool {
	if k.p.Stale <= 0 || stamp.IsZero() || k.now.Sub(stamp) <= k.p.Stale {
		k.notes.Old = time.Time{}
		return false
	}
	if k.notes.Old.IsZero() {
		k.notes.Old = k.now
	}
	k.doubt = fmt.Sprintf("The document was made at %s, %s ago: documents older than %s do not count%s.",
		clock(stamp, k.p.Location), ago(k.now.Sub(stamp)), ago(k.p.Stale), so(k.now.Sub(k.notes.Old)))
	return true
}

// judge decides what it says of an alert that a reading does not list it: nothing when
// the reading has gaps, nothing yet when too much is missing at once, or else that the
// alert may be over. It is asked when what is over by itself has been closed, so that
// a night in which everything ends as announced is not odd.
func (k *tracker) judge(r *Reading) string {
	switch {
	case r.Partial, r.Same && k.notes.Judged == judgedPartial:
		k.notes.Suspect = nil
		return judgedPartial
	case k.log || !r.Same && !k.shrunk(r), r.Same && k.notes.Judged != judgedSuspect:
		k.notes.Suspect = nil
		return judgedGood
	}
	k.notes.Suspect = k.notes.Suspect.again(k.now)
	s := k.notes.Suspect
	since := k.now.Sub(s.Since)
	if s.Count >= suspectTimes && since >= suspectFor {
		k.say("%d documents in %s have missed most alerts: they count now", s.Count, ago(since))
		k.notes.Suspect = nil
		return judgedGood
	}
	k.doubt = fmt.Sprintf("%s That alerts are missing does not count before %d such documents and %s; so far it is %d in %s.",
		k.oddity(r), suspectTimes, ago(suspectFor), s.Count, ago(since))
	return judgedSuspect
}

func (k *tracker) oddity(r *Reading) string {
	before, here := k.standing()
	switch {
	case r.Same:
		return "The document still misses most alerts that were there before."
	case len(r.Alerts) == 0 && before == 1:
		return "The document lists no alerts, and one was open."
	case len(r.Alerts) == 0:
		return fmt.Sprintf("The document lists no alerts, and %d were open.", before)
	}
	return fmt.Sprintf("The document lists %d alerts that hold or are to come, and there were %d.", here, before)
}

// shrunk reports whether a reading lists nothing after something, or fewer than half.
func (k *tracker) shrunk(r *Reading) bool {
	before, here := k.standing()
	return before > 0 && len(r.Alerts) == 0 || before >= suspectFrom && 2*here < before
}

// standing counts the open alerts that the reading before listed, and those that this
// one lists.
func (k *tracker) standing() (before, here int) {
	for _, rec := range k.book {
		if !rec.t.Open {
			continue
		}
		if rec.here {
			here++
		}
		if rec.was {
			before++
		}
	}
	return before, here
}

// noteGood remembers that a reading counts, and what for.
func (k *tracker) noteGood(r *Reading, judged string) {
	if good := k.lastGood(); !good.IsZero() && k.now.After(good) {
		k.notes.Gap = int64(k.now.Sub(good) / time.Second)
	}
	k.notes.Judged, k.notes.Unread, k.notes.Good = judged, false, k.now
	if !r.Same && !k.notes.Baselined {
		k.notes.Baselined = true
		if r.Partial {
			k.notes.Thin = k.now
		}
	}
}

// lastGood is when the source was last read so that it counted.
func (k *tracker) lastGood() time.Time {
	if k.notes.Unread {
		return k.notes.Good
	}
	return later(k.notes.Good, k.last)
}

// again counts one more reading in a row.
func (s *streak) again(now time.Time) *streak {
	if s == nil || s.Since.After(now) {
		return &streak{Since: now, Count: 1}
	}
	return &streak{Since: s.Since, Count: s.Count + 1}
}

// so says for how long something has been so; nothing the first time.
func so(d time.Duration) string {
	if d < time.Second {
		return ""
	}
	return ", and that for " + ago(d)
}

func hour(t time.Time, loc *time.Location) string {
	if loc == nil {
		loc = time.UTC
	}
	return t.In(loc).Format("15:04 on 2 Jan")
}

func clock(t time.Time, loc *time.Location) string {
	if loc == nil {
		loc = time.UTC
	}
	return t.In(loc).Format("2 Jan 15:04:05")
}
