package gtfsrt

import (
	"cmp"
	"slices"
	"unicode/utf8"

	"spool"
)

// A record is an entity as a form of GTFS-Realtime has it, before cleaning. Moments
// are seconds since 1970; 0: not given.
type record struct {
	id      string
	deleted bool
	alert   bool // it is about an alert; else about a trip, a vehicle or what may come

	periods   []span
	affected  []spool.Affected
	mostly    map[spool.Affected]bool // those that are in affected, once there are several
	cause     spool.Cause
	effect    spool.Effect
	severity  spool.Severity
	header    []translation
	text      []translation
	spoken    []translation
	spokenAll []translation // the description as it is to be read aloud
	url       []translation
	causes    []translation // the agency's word for the cause
	effects   []translation
	pictures  []picture
	alt       []translation

	// What only the JSON form has.
	short, service                  []translation // a shorter header; the effect in words
	created, updated, notify, ended uint64
	guess, planned                  bool
	rating                          uint64 // how severe it is, from 0 to 10
	detail                          string // the agency's own name for the effect

	lost lost
}

// lost counts what did not fit into a record.
type lost struct{ periods, selectors, translations, texts, pictures int }

type span struct{ start, end uint64 }

type translation struct{ text, language string }

type picture struct{ url, kind, language string }

// addPeriod adds a period. So many more than are kept are taken first that those worth
// keeping can be chosen; of what is beyond them, the one that ends last.
func (x *record) addPeriod(p span) {
	if len(x.periods) < 20*maxPeriods {
		x.periods = append(x.periods, p)
		return
	}
	x.lost.periods++
	if last := &x.periods[len(x.periods)-1]; outlasts(p, *last) {
		*last = p
	}
}

func outlasts(p, q span) bool { return q.end != 0 && (p.end == 0 || p.end > q.end) }

// fewer leaves no more periods than are kept: the first to begin and the last to end,
// since they say when the alert begins and is over; and between them those that are not
// over at a moment, the next ones first. Agencies do list each night of a year.
func (x *record) fewer(now uint64) {
	over := len(x.periods) - maxPeriods
	if over <= 0 {
		return
	}
	x.lost.periods += over
	sorted := slices.SortedStableFunc(slices.Values(x.periods), func(p, q span) int { return cmp.Compare(p.start, q.start) })
	first, last := sorted[0], sorted[0]
	for _, p := range sorted {
		if outlasts(p, last) {
			last = p
		}
	}
	kept := []span{first}
	for _, p := range sorted[1:] {
		if len(kept) < maxPeriods-1 && p != last && (p.end == 0 || p.end > now) {
			kept = append(kept, p)
		}
	}
	if last != first {
		kept = append(kept, last)
	}
	x.periods = kept
}

// addAffected keeps what an alert is about, once. An entry that names nothing is left
// out: it would mean everything.
func (x *record) addAffected(a spool.Affected) {
	switch {
	case a == (spool.Affected{}):
		return
	case len(x.affected) >= maxSelectors:
		x.lost.selectors++
		return
	case len(x.affected) < 8: // a map would cost more than it saves
		for _, have := range x.affected {
			if have == a {
				return
			}
		}
	default:
		if x.known(a) {
			return
		}
		x.mostly[a] = true
	}
	if x.affected == nil {
		x.affected = make([]spool.Affected, 0, 8)
	}
	x.affected = append(x.affected, a)
}

// known reports whether an entry is there already, when there are many.
func (x *record) known(a spool.Affected) bool {
	if x.mostly == nil {
		x.mostly = make(map[spool.Affected]bool, 2*len(x.affected))
		for _, have := range x.affected {
			x.mostly[have] = true
		}
	}
	return x.mostly[a]
}

// addText adds a translation to one of the texts of a record.
func (x *record) addText(to *[]translation, t translation) {
	if len(*to) >= maxTranslations {
		x.lost.translations++
		return
	}
	if len(t.text) > maxMarkup {
		x.lost.texts++
	}
	*to = append(*to, translation{clip(t.text, maxMarkup), clip(t.language, maxName)})
}

func (x *record) addPicture(p picture) {
	if len(x.pictures) >= maxTranslations*maxPictures || len(p.url) > maxURL {
		x.lost.pictures++
		return
	}
	x.pictures = append(x.pictures, picture{p.url, clip(p.kind, maxName), clip(p.language, maxName)})
}

// clip cuts a string that is far too long before it is looked at, to so many bytes at
// most, between two characters.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for n := range utf8.UTFMax {
		if utf8.RuneStart(s[limit-n]) {
			return s[:limit-n]
		}
	}
	return s[:limit]
}
