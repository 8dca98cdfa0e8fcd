package feeds

import (
	"cmp"
	"strings"
	"time"
)

// A dating is what a date is read with besides its text.
type dating struct {
	now      time.Time      // for dates without a year
	location *time.Location // of dates that name no zone; nil: UTC
	language string         // of the feed or the item; empty: unknown
	ahead    bool           // the date may well lie ahead, which then says nothing about the order of its numbers
}

func (p *parsing) dating(language string) dating {
	return dating{now: p.now, location: p.in.Location, language: cmp.Or(language, p.doc.Language)}
}

// zone is that of dates that name none.
func (w dating) zone() *time.Location {
	if w.location == nil {
		return time.UTC
	}
	return w.location
}

// american reports whether dates are likely to have the month first: the feed's
// time zone is one of the United States or the Philippines, or none is known and
// its language is American English.
func (w dating) american() bool {
	if w.location != nil && w.location != time.UTC {
		return monthFirst(w.location.String())
	}
	return strings.EqualFold(w.language, "en-us")
}
