package cap

import (
	"slices"
	"time"

	"spool"
)

// maxPeriods bounds the times of one alert.
const maxPeriods = 50

// times fills in when an alert holds: each of the times that its blocks name, once.
// expires is until when the message is good, not until when the event lasts, so an end
// that was taken from it is an estimate.
//
// What names no beginning holds since it was sent (CAP 1.2, effective); an update, since
// what it updates was.
func (r *reader) times(a *spool.Alert, infos []info, sent time.Time) {
	for _, in := range infos {
		p, guess := r.period(in, sent, a.Created)
		if (p == spool.Period{}) || slices.Contains(a.Periods, p) || len(a.Periods) >= maxPeriods {
			continue
		}
		a.Periods = append(a.Periods, p)
		a.Guess = a.Guess || guess
	}
	if len(a.Periods) == 0 && !a.Created.IsZero() {
		a.Periods = []spool.Period{{Start: a.Created}}
	}
	slices.SortStableFunc(a.Periods, func(x, y spool.Period) int { return x.Start.Compare(y.Start) })
}

// period is when a block holds. since stands for the beginning of one that names none.
func (r *reader) period(in info, sent, since time.Time) (p spool.Period, guess bool) {
	p.Start = r.moment("onset", in.onset)
	if p.Start.IsZero() {
		p.Start = r.moment("effective", in.effective)
	}
	p.Start = r.near("start", p.Start, sent)
	p.End = r.moment("eventEndingTime", in.ends)
	if p.End.IsZero() {
		p.End = endOf(eventsOf(in), sent)
	}
	if p.End.IsZero() {
		p.End, guess = r.moment("expires", in.expires), true
	}
	p.End = r.near("end", p.End, sent)
	if p.Start.IsZero() && p.End.After(since) {
		p.Start = since
	}
	if !p.End.After(p.Start) { // a message about what is to come may well be good for less long
		p.End = time.Time{}
	}
	return p, guess && !p.End.IsZero()
}

// near leaves out what is too far from when the message was sent.
func (r *reader) near(what string, t, sent time.Time) time.Time {
	if t.IsZero() || sent.IsZero() || t.Sub(sent).Abs() <= longest {
		return t
	}
	r.notes.add("a time that is years away was left out: %s %s", what, t.Format(time.RFC3339))
	return time.Time{}
}
