package scheduler

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"spool"
	"spool/alerts"
)

// wakeGap is how far apart two looks at a feed's alerts are at least, while nothing
// is fetched in between.
const wakeGap = 5 * time.Second

// alertNotes are what is remembered of a feed's alerts as a whole between two polls:
// what FeedMemory.Alerts holds. They are small: whether anything is to be done shows
// in them, so that a poll that finds nothing new does not load the book.
type alertNotes struct {
	Policy json.RawMessage `json:"policy,omitempty"` // of package alerts
	Rules  string          `json:"rules,omitempty"`  // a digest of the configuration that the book was made by
	Names  string          `json:"names,omitempty"`  // the version of the public names that the book was made with
	Read   time.Time       `json:"read,omitzero"`    // when the source was last read well, changed or not
	Stamp  time.Time       `json:"stamp,omitzero"`   // of that reading
	Format string          `json:"format,omitempty"` // likewise
	Digest string          `json:"digest,omitempty"` // likewise
	Listed int             `json:"listed,omitempty"` // alerts in it
	Log    bool            `json:"log,omitempty"`    // what it did not list says nothing

	Next    time.Time `json:"next,omitzero"`     // when the book is to be looked at though nothing changes; zero: at no moment
	Wake    time.Time `json:"wake,omitzero"`     // the same, of what does not wait for the next poll
	Doubt   string    `json:"doubt,omitempty"`   // for people: why that reading does not count, or not yet
	Missing bool      `json:"missing,omitempty"` // an open alert was not in it: each reading counts until it is over
	Partial bool      `json:"partial,omitempty"` // not all of it could be read

	// Of a feed that is due only because its book is.
	Ask   time.Time `json:"ask,omitzero"`   // when the source itself is to be asked; zero: at the next poll
	Woken time.Time `json:"woken,omitzero"` // the next poll as it was moved up; another one was somebody else's wish
}

// alertNotesOf reads what is remembered of a feed's alerts. Notes that are broken, or
// not ours, are none: then everything is looked at once more.
func alertNotesOf(m spool.FeedMemory) alertNotes {
	var n alertNotes
	if len(m.Alerts) > 0 && json.Unmarshal(m.Alerts, &n) != nil {
		return alertNotes{}
	}
	return n
}

// in is what is remembered of a feed, with these notes.
func (n alertNotes) in(m spool.FeedMemory) spool.FeedMemory {
	if raw, err := json.Marshal(n); err == nil { // notes of package alerts that are no JSON are not kept
		m.Alerts = raw
	}
	return m
}

// hasAlerts reports whether a feed's documents are read as alerts: the configuration
// says so, or its last one was.
func (f Feed) hasAlerts(m spool.FeedMemory) bool { return f.ForAlerts || len(m.Alerts) > 0 }

// rules is a digest of everything in the configuration that a feed's book depends on.
// The names of lines and stops are left out: they come from elsewhere, at any time.
func (f Feed) rules() string {
	p := f.Alerts
	zone := ""
	if p.Location != nil {
		zone = p.Location.String()
	}
	p.Directory, p.Location = nil, nil
	text, err := json.Marshal(struct {
		Policy alerts.Policy
		Zone   string
	}{p, zone})
	if err != nil { // there is nothing in it that could fail
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:6])
}

// names is the version of the public names that a feed's alerts are told with; empty: it
// has none, or their source does not say.
func (f Feed) names() string {
	if d, ok := f.Alerts.Directory.(interface{ Version() string }); ok {
		return d.Version()
	}
	return ""
}

// rereads reports whether a feed's document is wanted whether it has changed or not:
// the last one did not count, or not all of it, or by other rules, or lines and stops
// have other names since.
func (f Feed) rereads(m spool.FeedMemory) bool {
	if !f.hasAlerts(m) {
		return false
	}
	n := alertNotesOf(m)
	return n.Digest == "" || n.Doubt != "" || n.Partial || n.Rules != f.rules() || n.Names != f.names()
}

// due reports whether the book has to be looked at after a reading; nil: the source
// could not be read, or was not asked.
func (n alertNotes) due(r *alerts.Reading, f Feed, now time.Time) bool {
	switch {
	case !n.Next.IsZero() && !n.Next.After(now):
		return true
	case r == nil:
		return n.Read.After(now) // the clock was set back: what it had planned may be far away
	case !r.Same, n.Doubt != "", n.Missing, n.Rules != f.rules():
		return true
	}
	stale := f.Alerts.Stale > 0 && !n.Stamp.IsZero() && now.Sub(n.Stamp) > f.Alerts.Stale
	return stale || n.Read.After(now)
}

// wake moves a feed's next poll up to when its book is to be looked at, and notes when
// its source may be asked.
func (f Feed) wake(state spool.FeedState, now time.Time) spool.FeedState {
	if len(state.Memory.Alerts) == 0 {
		return state
	}
	n := alertNotesOf(state.Memory)
	n.Ask, n.Woken = time.Time{}, time.Time{}
	if at := notBefore(latest(n.Wake, now.Add(wakeGap)), now); !n.Wake.IsZero() && at.Add(time.Second).Before(state.NextPoll) {
		n.Ask, n.Woken = state.NextPoll, at
		state.NextPoll = at
	}
	state.Memory = n.in(state.Memory)
	return state
}

// early reports whether a feed is due only because its book is: its source is to be
// left alone until its schedule, its server or its failures say otherwise.
func (f Feed) early(state spool.FeedState, now time.Time) bool {
	if len(state.Memory.Alerts) == 0 {
		return false
	}
	n := alertNotesOf(state.Memory)
	if n.Woken.IsZero() || !n.Woken.Equal(state.NextPoll) || !n.Ask.After(now) {
		return false
	}
	return state.Hurried.IsZero() || state.RetryAfter.After(now)
}
