package alerts

import (
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"spool"
)

// A tracker is the state of one call of Track.
type tracker struct {
	p         Policy
	now, last time.Time
	imprint   string // of everything in the policy that judges alerts
	notes     feedNotes
	log       bool // each item is an event

	book    []*record
	taken   map[string]bool // names that the source takes back
	digests []spool.Tracked // of Sum: they are not listed by any source
	order   []int           // of each entry that came in: its place in book, or -1-its place in digests
	items   map[string]bool
	open    int

	news    map[string][]string
	says    []string
	unsaid  int
	doubt   string
	ignored bool
	refused int // new alerts for which there was no room
}

// A record is an entry of the book while it is worked on.
type record struct {
	t     spool.Tracked
	mem   memory
	dirty bool // it differs from how it came in
	fresh bool // it is new
	here  bool // the reading lists it
	was   bool // it was open, and the last reading that counted listed it
	cold  bool // it was over long ago: mem has not been read
}

// feedNotes are what is remembered of a feed's readings. They are stored.
type feedNotes struct {
	Baselined bool      `json:"baselined,omitempty"` // it was read once
	Thin      time.Time `json:"thin,omitzero"`       // when it was read for the first time, if only a part could be read
	Good      time.Time `json:"good,omitzero"`       // when it last was, and counted
	Gap       int64     `json:"gap,omitempty"`       // seconds between the last two such readings
	Stamp     time.Time `json:"stamp,omitzero"`      // of the newest reading that counted
	Judged    string    `json:"judged,omitempty"`    // what the last reading was good for that was not ignored
	Unread    bool      `json:"unread,omitempty"`    // there were readings since that were
	Log       bool      `json:"log,omitempty"`       // it called itself a log
	Suspect   *streak   `json:"suspect,omitempty"`   // readings in a row that miss too much
	Back      *streak   `json:"back,omitempty"`      // readings in a row that are older than one before
	Old       time.Time `json:"old,omitzero"`        // since when readings are too old to count
}

// A streak counts readings in a row.
type streak struct {
	Since time.Time `json:"since"`
	Count int       `json:"count"`
}

// What a reading was good for. The strings are stored.
const (
	judgedGood    = ""
	judgedPartial = "partial"
	judgedSuspect = "suspect"
)

// memory is what is remembered of an alert for Track alone: spool.Tracked.Notes has
// it under the key "track".
type memory struct {
	Raw      string       `json:"raw,omitempty"`      // a digest of how it was listed, and of the policy that judged it
	Filter   string       `json:"filter,omitempty"`   // why it is filtered out
	Derived  bool         `json:"derived,omitempty"`  // it counts as severe because nothing runs, not because the source says so
	Released bool         `json:"released,omitempty"` // nothing has stood against telling it
	Pending  time.Time    `json:"pending,omitzero"`   // since when there is something that must last before it is told
	Changed  time.Time    `json:"changed,omitzero"`   // when that last changed
	Unseen   bool         `json:"unseen,omitempty"`   // a reading that does not count yet did not list it
	Final    bool         `json:"final,omitempty"`    // it is over though it is listed
	Base     *spool.Alert `json:"base,omitempty"`     // of one that is known: as it was at first
}

func newTracker(p Policy, book []spool.Tracked, notes json.RawMessage, last, now time.Time) *tracker {
	k := &tracker{
		p: p, now: now, last: last, imprint: p.imprint(),
		items: make(map[string]bool, len(book)), news: map[string][]string{},
	}
	// Notes that cannot be read are those of a feed that was never read: its alerts
	// are taken as known rather than told twice.
	if json.Unmarshal(notes, &k.notes) != nil {
		k.notes = feedNotes{}
	}
	k.log = p.Log || k.notes.Log
	all := make([]record, len(book))
	for _, t := range book {
		k.items[t.Item] = true
		if t.Account != "" {
			k.order = append(k.order, -1-len(k.digests))
			k.digests = append(k.digests, t)
			continue
		}
		k.order = append(k.order, len(k.book))
		rec := &all[len(k.book)]
		rec.t = t
		if rec.cold = !k.returns(rec); !rec.cold {
			rec.remember()
		}
		rec.was = t.Open && (t.Since.IsZero() || rec.mem.Unseen)
		k.book = append(k.book, rec)
		if t.Open {
			k.open++
		}
	}
	return k
}

// remember reads what was noted of an entry. Most of a long book was over long ago,
// and is not asked.
func (r *record) remember() {
	var notes struct {
		Track memory `json:"track"`
	}
	if len(r.t.Notes) > 0 && json.Unmarshal(r.t.Notes, &notes) != nil {
		notes.Track = memory{}
	}
	r.mem, r.cold = notes.Track, false
}

// tracked is the entry as it is to be stored. What others noted of it stays.
func (r *record) tracked() spool.Tracked {
	if !r.dirty {
		return r.t
	}
	all := map[string]json.RawMessage{}
	if len(r.t.Notes) > 0 && json.Unmarshal(r.t.Notes, &all) != nil {
		all = map[string]json.RawMessage{}
	}
	if mine, err := json.Marshal(r.mem); err == nil { // there is nothing in it that could fail but absurd years
		all["track"] = mine
	}
	notes, err := json.Marshal(maps.Clone(all))
	if err == nil {
		r.t.Notes = notes
	}
	return r.t
}

// finish puts together what has become of the book.
func (k *tracker) finish() Tracking {
	t := Tracking{Book: make([]spool.Tracked, 0, len(k.order)+8), News: k.news, Doubt: k.doubt, Ignored: k.ignored, Next: k.next()}
	for _, i := range k.order {
		if i < 0 {
			t.Book = append(t.Book, k.digests[-1-i])
			continue
		}
		t.Book = append(t.Book, k.book[i].tracked())
	}
	for _, rec := range k.book {
		if rec.fresh {
			t.Book = append(t.Book, rec.tracked())
		}
		if rec.dirty {
			t.Changed = append(t.Changed, rec.t.Item)
		}
	}
	if k.unsaid > 0 {
		k.says = append(k.says, fmt.Sprintf("and %d more", k.unsaid))
	}
	t.Says = k.says
	k.notes.Log = k.log && !k.p.Log
	notes, err := json.Marshal(k.notes)
	if err != nil { // a moment that JSON cannot say: better to begin anew than to fail for good
		notes = nil
	}
	t.Notes = notes
	return t
}

// maxSays is how much of what was decided is said one by one.
const maxSays = 50

func (k *tracker) say(format string, args ...any) {
	if len(k.says) >= maxSays {
		k.unsaid++
		return
	}
	k.says = append(k.says, fmt.Sprintf(format, args...))
}

// ago is a length of time for people.
func ago(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
