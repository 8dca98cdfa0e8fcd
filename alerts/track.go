package alerts

import (
	"encoding/json"
	"time"

	"spool"
)

// Tracking is what a reading has made of a feed's book.
type Tracking struct {
	Book    []spool.Tracked     // all of it, as it is now
	Changed []string            // the items of those entries that are new or differ from before
	News    map[string][]string // by item, of those that differ from how they were listed before: what does (see compose.News)
	Notes   json.RawMessage     // of the feed, for the next time
	Next    time.Time           // when the book is to be looked at again though nothing changes; zero: at no moment
	Says    []string            // for the log: what was decided, and why
	Doubt   string              // for people: why the reading does not count, or not yet; empty: it does
}

// Track compares a reading with the book: the alerts of the feed that are open, and
// those closed lately. r is nil when the source could not be read; last is when it
// was last read well. notes are those of the last Tracking.
func (p Policy) Track(book []spool.Tracked, notes json.RawMessage, r *Reading, last, now time.Time) Tracking {
	return Tracking{Book: book, Notes: notes}
}
