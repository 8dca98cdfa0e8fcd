package alerts

import (
	"encoding/json"
	"time"

	"spool"
)

// Tracking is what a reading has made of a feed's book.
type Tracking struct {
	Book    []spool.Tracked     // all of it, as it is now: in the order it came in, then what is new
	Changed []string            // the items of those entries that are new or differ from before
	News    map[string][]string // by item, of those that differ from how they were listed before: what does (see compose.News)
	Notes   json.RawMessage     // of the feed, for the next time
	Next    time.Time           // when the book is to be looked at again though nothing changes; zero: at no moment
	Says    []string            // for the log: what was decided, and why
	Doubt   string              // for people: why the reading does not count, or not yet; empty: it does

	// Ignored: nothing of the reading counts, so its validators and its digest must not
	// be remembered: the next reading is Same if it says what the last one said that
	// was not ignored.
	Ignored bool
}

// Track compares a reading with the book: the alerts of the feed that are open, and
// those closed lately. r is nil when the source could not be read; last is when it
// was last read well. notes are those of the last Tracking.
//
// The book must hold closed alerts for longer than [OverLong], or an alert that stays
// listed after it was over is found anew.
//
// An entry's Last moves when something about it does, not with each reading: an entry
// whose Since is zero was listed by the last reading that counted.
//
// While the source says the same, and before Next, nothing can change but the count of
// readings that an alert is missing from, so Track need not be called. Next allows for
// that count: it is never further away than half the time between two readings while
// readings have still to be counted.
func (p Policy) Track(book []spool.Tracked, notes json.RawMessage, r *Reading, last, now time.Time) Tracking {
	k := newTracker(p, book, notes, last, now)
	if r != nil {
		k.take(r)
	}
	for _, rec := range k.book {
		k.endByTime(rec)
	}
	if r != nil {
		k.count(r)
	}
	k.gates()
	return k.finish()
}

// take reads what a source says, unless it does not count at all. Notes that are
// empty are those of a feed that was never read.
func (k *tracker) take(r *Reading) {
	k.log = k.log || r.Log
	if k.refuse(r) {
		k.ignored, k.notes.Unread = true, true
		return
	}
	if r.Same {
		return
	}
	k.taken = make(map[string]bool, len(r.Withdrew))
	for _, n := range r.Withdrew {
		k.taken[n] = true
	}
	k.read(r)
	k.withdraw()
}

// read finds out which of the book's alerts a reading lists, and adopts the others.
func (k *tracker) read(r *Reading) {
	var fresh []*group
	for _, g := range k.assign(k.entities(r)) {
		if g.rec == nil {
			fresh = append(fresh, g)
			continue
		}
		k.listed(g.rec, g)
	}
	k.adopt(fresh)
}

// listed notes that an alert of the book is listed, and as what.
func (k *tracker) listed(rec *record, g *group) {
	rec.here = true
	if rec.cold {
		rec.remember()
	}
	if rec.mem.Final {
		return
	}
	raw := g.raw(k)
	if rec.mem.Raw == raw && rec.t.Since.IsZero() && !rec.mem.Unseen {
		return // as it was, open or over
	}
	g.judge(k)
	rec.known(g.names)
	ending := over(g.alert, k.now)
	if !rec.t.Open {
		k.listedClosed(rec, g, ending)
		return
	}
	k.present(rec)
	k.replace(rec, g, raw)
	if ending != "" {
		k.close(rec, ending, k.now)
	}
}

// listedClosed decides whether an alert that was over, and is listed, is over still.
// An event of a log is: it stays listed until newer ones have pushed it out. What it
// says now is remembered in any case: by that it is known when its id changes.
func (k *tracker) listedClosed(rec *record, g *group, ending spool.Ending) {
	if k.log || ending != "" {
		rec.t.Since, rec.mem.Unseen, rec.dirty = time.Time{}, false, true
		rec.mem.Raw = g.raw(k)
		if !g.alert.Resumed { // that may be an entry of its own: what it ended is what readers know
			rec.t.Alert = g.alert
		}
		return
	}
	k.reopen(rec)
	k.replace(rec, g, g.raw(k))
}

// reopen takes up an alert again that was over. It has to last before it is told
// again, as a new one has.
func (k *tracker) reopen(rec *record) {
	k.say("alert %s of %s is listed again", rec.t.Alert.ID, ago(k.now.Sub(rec.t.Closed)))
	rec.t.Open, rec.t.Closed, rec.t.Ending = true, time.Time{}, ""
	rec.t.Reopened++
	rec.mem.Released, rec.mem.Pending, rec.mem.Changed = false, k.now, k.now
	rec.dirty = true
	k.present(rec)
}

// present notes that an alert is not missing any more.
func (k *tracker) present(rec *record) {
	if rec.t.Since.IsZero() && rec.t.Missing == 0 && !rec.mem.Unseen {
		return
	}
	rec.t.Since, rec.t.Missing, rec.t.Last = time.Time{}, 0, k.now
	rec.mem.Unseen, rec.dirty = false, true
}

// replace gives an entry what its alert is now, and notes what of it is news.
func (k *tracker) replace(rec *record, g *group, raw string) {
	before := rec.t.Alert
	rec.mem.Raw, rec.mem.Filter, rec.mem.Derived = raw, g.filter, g.derived
	rec.dirty = true
	if sameAlert(before, g.alert) {
		return
	}
	rec.t.Alert, rec.t.Last = g.alert, k.now
	changes := Material(before, g.alert)
	if rec.t.Known {
		k.unknow(rec, before, &changes)
	}
	if len(changes) == 0 {
		return
	}
	k.news[rec.t.Item] = changes
	if rec.mem.Pending.IsZero() {
		rec.mem.Pending = k.now
	}
	rec.mem.Changed = k.now
}

// unknow decides whether an alert that was there before Spool was has become another:
// by what it was then, so that many small steps count too.
func (k *tracker) unknow(rec *record, before spool.Alert, changes *[]string) {
	base := before
	if rec.mem.Base != nil {
		base = *rec.mem.Base
	}
	*changes = Material(base, rec.t.Alert)
	if len(*changes) == 0 {
		rec.mem.Base = &base
		return
	}
	rec.t.Known, rec.mem.Base, rec.mem.Released = false, nil, false
	k.say("alert %s was there before, and has changed", rec.t.Alert.ID)
}
