package gtfsrt

import (
	"cmp"
	"fmt"
	"time"

	"spool"
)

// The moments that are believed, in seconds since 1970: the years from 2000 to 2099.
// What an agency writes for "never ends" lies beyond, what it writes for "not set"
// before.
const (
	earliest = 946_684_800
	latest   = 4_102_444_800
)

func sane(n uint64) bool { return n >= earliest && n < latest }

// moment is a time of a document; zero, and why, if it cannot be. One in milliseconds
// is read as such.
func moment(n uint64) (t time.Time, why string) {
	switch {
	case n == 0:
		return time.Time{}, ""
	case sane(n):
		return time.Unix(int64(n), 0).UTC(), ""
	case sane(n / 1000):
		return time.UnixMilli(int64(n)).UTC().Truncate(time.Second), "is in milliseconds, not in seconds: it was read so"
	}
	return time.Time{}, "is not a time of this century: it was ignored"
}

// alert makes an alert of the nth entity.
func (r *reader) alert(n int, x record) spool.Alert {
	x.rate()
	x.fewer(r.seconds)
	r.timed = r.timed || x.lost.periods > 0
	w := &words{left: maxWords}
	a := spool.Alert{
		ID:          identifier(x.id),
		Cause:       x.cause,
		Effect:      x.effect,
		Severity:    x.severity,
		Guess:       x.guess,
		Planned:     x.planned,
		Header:      w.texts(x.header, false),
		Description: w.texts(x.text, true),
		Spoken:      w.texts(x.spoken, false),
		CauseText:   w.texts(x.causes, false),
		EffectText:  w.texts(x.effects, false),
	}
	for _, in := range [][]translation{x.short, x.service, x.spoken} {
		if len(a.Header) == 0 {
			a.Header = w.texts(in, false)
		}
	}
	if len(a.Description) == 0 {
		a.Description = w.texts(x.spokenAll, true)
	}
	if len(a.EffectText) == 0 {
		a.EffectText = w.texts(x.service, false)
	}
	a.URL = r.pages.links(x.url, func(what string) { r.note(what, a.ID) })
	a.Image = r.images(x, w)
	r.times(&a, x)
	r.affected(&a, x)
	if a.ID == "" {
		a.ID = unnamed(a)
		r.note("it has no id: its words name it", place(n, ""))
	}
	r.losses(a.ID, x.lost, w)
	return a
}

// times fills the moments of an alert.
func (r *reader) times(a *spool.Alert, x record) {
	get := func(what string, n uint64) time.Time {
		t, why := moment(n)
		if why != "" {
			r.note(what+" "+why, a.ID)
		}
		return t
	}
	a.Created, a.Updated = get("created_timestamp", x.created), get("last_modified_timestamp", x.updated)
	a.Notify, a.Ended = get("last_push_notification_timestamp", x.notify), get("closed_timestamp", x.ended)
	for _, p := range x.periods {
		q, why := period(p)
		if why != "" {
			r.note("a period "+why, a.ID)
		}
		a.Periods = append(a.Periods, q)
	}
}

// period is a time in which an alert holds. An end that cannot be is no end: while an
// alert is listed, it is likelier that it holds than that it does not.
func period(p span) (q spool.Period, why string) {
	q.Start, why = moment(p.start)
	if p.start >= latest && q.Start.IsZero() {
		q.Start = time.Unix(latest, 0).UTC() // it does not hold, and must not seem to
		return q, "begins after this century"
	}
	if p.end != 0 && p.end < earliest { // it is over
		q.End = time.Unix(earliest, 0).UTC()
		return q, "ended before this century"
	}
	if end, says := moment(p.end); !end.IsZero() {
		q.End, why = end, cmp.Or(why, says)
	}
	if !q.Start.IsZero() && !q.End.IsZero() && q.End.Before(q.Start) {
		q.End = time.Time{}
		return q, "ends before it begins: the end was ignored"
	}
	return q, why
}

func (r *reader) affected(a *spool.Alert, x record) {
	keep := min(len(x.affected), r.selectors)
	if keep < len(x.affected) {
		r.note(fmt.Sprintf("the alerts of the document name more than %d lines and stops: those of the last alerts were left out", maxAllSelectors), a.ID)
	}
	r.selectors -= keep
	a.Affected = x.affected[:keep:keep]
}

// losses notes what an alert has too much of.
func (r *reader) losses(id string, l lost, w *words) {
	if l.periods > 0 {
		r.note(fmt.Sprintf("it has more than %d periods: those that are over were left out, and those farthest ahead but the last", maxPeriods), id)
	}
	if l.selectors > 0 {
		r.note(fmt.Sprintf("it names more than %d lines and stops: the first were kept", maxSelectors), id)
	}
	if l.translations > 0 {
		r.note(fmt.Sprintf("a text has more than %d translations: the first were kept", maxTranslations), id)
	}
	if l.pictures > 0 {
		r.note("it has too many pictures, or their addresses are too long: they were left out", id)
	}
	if w.cut || l.texts > 0 {
		r.note(fmt.Sprintf("a text is longer than %d characters, or all together than %d: they were cut", maxText, maxWords), id)
	}
}

// images are the pictures of an alert in one language: the dearest of those that are
// wanted, or the first.
func (r *reader) images(x record, w *words) []spool.Media {
	language, rank := "", len(r.doc.Languages)+1
	for i, p := range x.pictures {
		l, _ := tag(p.language)
		x.pictures[i].language = l
		if at := wanted(l, r.doc.Languages); at < rank {
			language, rank = l, at
		}
	}
	var all []spool.Media
	alts := w.texts(x.alt, false)
	for _, p := range x.pictures {
		if p.language != language || len(all) == maxPictures {
			continue
		}
		if at, _ := r.pages.link(p.url); at != "" {
			all = append(all, spool.Media{URL: at, Type: mediaType(p.kind), Alt: inLanguage(alts, language)})
		}
	}
	return all
}
