package cap

import (
	"strings"
	"time"
)

// Moments before and after these are mistakes. CAP is of 2004; nothing warns of the
// next century.
var (
	earliest = time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)
	latest   = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
)

// longest is how long after it was sent a message may be said to hold: agencies write
// the last day of a far year for "until further notice".
const longest = 3 * 365 * 24 * time.Hour

var layouts = []string{
	time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04Z07:00", "2006-01-02T15:04Z0700", "2006-01-02 15:04:05Z07:00",
	time.RFC1123Z, time.RFC1123, "Mon, 2 Jan 2006 15:04:05 -0700", "Mon, 2 Jan 2006 15:04:05 MST",
}

var zoneless = []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02"}

// parse reads a moment as CAP, Atom and RSS write it. One without a zone is of loc.
func parse(s string, loc *time.Location) (time.Time, bool) {
	s = strings.TrimSpace(s)
	if len(s) > 40 {
		return time.Time{}, false
	}
	for _, l := range layouts {
		if t, err := time.Parse(l, s); err == nil {
			return t.UTC(), true
		}
	}
	for _, l := range zoneless {
		if t, err := time.ParseInLocation(l, s, loc); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// moment reads a moment that may be missing, in UTC and whole seconds. One that makes no
// sense is noted, and is as if it was not there.
func (r *reader) moment(what, s string) time.Time {
	if s == "" {
		return time.Time{}
	}
	t, ok := parse(s, r.loc)
	switch {
	case !ok:
		r.notes.add("a time that cannot be read was left out: %s %q", what, short(s))
		return time.Time{}
	case t.Before(earliest), t.After(latest):
		r.notes.add("a time that makes no sense was left out: %s %q", what, short(s))
		return time.Time{}
	}
	return t.Truncate(time.Second)
}
