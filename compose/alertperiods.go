package compose

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"spool"
)

const oneDay = 24 * time.Hour

// ahead are the periods that are not over, in their order; those that touch are one.
func (c calendar) ahead(all []spool.Period) []spool.Period {
	var out []spool.Period
	for _, p := range all {
		if (p.End.IsZero() || p.End.After(c.now)) && (p.End.IsZero() || p.Start.Before(p.End)) {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b spool.Period) int { return a.Start.Compare(b.Start) })
	return merged(out)
}

// merged makes one period of those that overlap or follow each other without a gap.
func merged(sorted []spool.Period) []spool.Period {
	var out []spool.Period
	for _, p := range sorted {
		last := len(out) - 1
		switch {
		case last < 0 || !out[last].End.IsZero() && p.Start.After(out[last].End):
			out = append(out, p)
		case p.End.IsZero() || !out[last].End.IsZero() && p.End.After(out[last].End):
			out[last].End = p.End
		}
	}
	return out
}

// schedule says when something is that comes in one period or in several.
func (c calendar) schedule(all []spool.Period) string {
	list := c.ahead(all)
	switch len(list) {
	case 0:
		return ""
	case 1:
		return c.mend(c.period(list[0]))
	}
	if s := c.pattern(list); s != "" {
		return c.mend(s)
	}
	first := c.period(list[0])
	switch n := len(list) - 1; {
	case n == 1 && !list[0].End.IsZero():
		return c.mend(first + " " + c.and(c.period(list[1])) + " " + c.period(list[1]))
	case n == 1:
		return c.mend(fmt.Sprintf(c.once, first))
	default:
		return c.mend(fmt.Sprintf(c.more, first, n))
	}
}

// period is one of them: "Sat 29 Nov 22:00 to Mon 1 Dec 05:00".
func (c calendar) period(p spool.Period) string {
	last, whole := c.lastDay(p.End)
	start := p.Start.In(c.zone)
	h, m, _ := start.Clock()
	whole = whole && h == 0 && m == 0
	switch {
	case p.Start.IsZero():
		return c.untilWords(p.End, false) // nothing, if it has no end either
	case p.End.IsZero():
		return fmt.Sprintf(c.from, c.at(start))
	case whole && sameDay(start, last):
		return c.date(start)
	case whole:
		return fmt.Sprintf(c.span, c.date(start), c.date(last))
	case sameDay(start, p.End.In(c.zone)):
		return fmt.Sprintf(c.dayHours, c.date(start), c.hoursWords(start, p.End))
	}
	return fmt.Sprintf(c.span, c.at(start), c.at(p.End))
}

func sameDay(a, b time.Time) bool {
	y, m, d := a.Date()
	by, bm, bd := b.Date()
	return y == by && m == bm && d == bd
}

// pattern is the rule that several periods follow; empty: none that has a name.
func (c calendar) pattern(list []spool.Period) string {
	for _, p := range list {
		if p.Start.IsZero() || p.End.IsZero() {
			return ""
		}
	}
	hours, night := c.sameHours(list)
	var word string
	last := c.endDay(list[len(list)-1], night)
	switch {
	case hours != "" && c.apart(list, 1) && night:
		word = c.nights
	case hours != "" && c.apart(list, 1):
		word = c.daily
	case hours != "" && c.onWorkdays(list):
		word = c.workdays
	case c.onWeekends(list):
		word = c.weekends
		if night {
			hours = ""
		}
	case hours != "" && c.apart(list, 7):
		word = fmt.Sprintf(c.weekly, c.weekday(list[0].Start))
	default:
		return ""
	}
	s := word + " " + fmt.Sprintf(c.fromTo, c.date(list[0].Start), c.date(last))
	if !c.now.IsZero() && list[0].Start.Before(c.now) {
		s = word + " " + fmt.Sprintf(c.untilDay, c.date(last))
	}
	if hours != "" {
		s += ", " + hours
	}
	return s
}

// endDay is the day on which the last period ends; of a night that on which it began,
// as it would be named.
func (c calendar) endDay(p spool.Period, night bool) time.Time {
	if night && p.End.Sub(p.Start) < oneDay {
		return p.Start
	}
	last, _ := c.lastDay(p.End)
	return last
}

// sameHours are the hours of periods that all begin and end at the same ones; whole
// days have none. A night begins in the evening and ends the next morning.
func (c calendar) sameHours(list []spool.Period) (hours string, night bool) {
	clock := func(t time.Time) string { return t.In(c.zone).Format("15:04") }
	first := list[0]
	for _, p := range list {
		if clock(p.Start) != clock(first.Start) || clock(p.End) != clock(first.End) || p.End.Sub(p.Start) > oneDay {
			return "", false
		}
	}
	start, end := first.Start.In(c.zone), first.End.In(c.zone)
	night = start.Hour() >= 18 && !sameDay(start, end) && end.Hour() <= 10 || start.Hour() < 4 && end.Hour() <= 7 && sameDay(start, end)
	return c.hoursWords(start, end), night
}

// days is the number of the day of a moment, for differences.
func (c calendar) days(t time.Time) int {
	y, m, d := t.In(c.zone).Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// apart reports whether periods begin so many days after one another.
func (c calendar) apart(list []spool.Period, days int) bool {
	for i, p := range list[1:] {
		if c.days(p.Start)-c.days(list[i].Start) != days {
			return false
		}
	}
	return true
}

// onWorkdays reports whether they are on all days from Monday to Friday. In a long list
// some may be missing, which are holidays.
func (c calendar) onWorkdays(list []spool.Period) bool {
	missing := 0
	for i, p := range list {
		if i > 0 {
			between := c.workdaysBetween(list[i-1].Start, p.Start)
			if missing += between; between > 2 || c.days(p.Start) == c.days(list[i-1].Start) {
				return false
			}
		}
		if day := p.Start.In(c.zone).Weekday(); day == time.Saturday || day == time.Sunday {
			return false
		}
	}
	return missing*10 <= len(list)
}

// workdaysBetween counts those between two days; 3 stands for more.
func (c calendar) workdaysBetween(from, to time.Time) int {
	n := 0
	for day := from.In(c.zone).AddDate(0, 0, 1); c.days(day) < c.days(to) && n < 3; day = day.AddDate(0, 0, 1) {
		if w := day.Weekday(); w != time.Saturday && w != time.Sunday {
			n++
		}
	}
	return n
}

// onWeekends reports whether they are on weekends that follow one another.
func (c calendar) onWeekends(list []spool.Period) bool {
	before, count := 0, 0
	for i, p := range list {
		start, end := p.Start.In(c.zone), p.End.In(c.zone)
		saturday := c.days(start)
		switch start.Weekday() {
		case time.Friday:
			saturday++
			if start.Hour() < 17 {
				return false
			}
		case time.Saturday:
		case time.Sunday:
			saturday--
		default:
			return false
		}
		if over := c.days(end) - saturday; over > 2 || over == 2 && end.Hour() > 9 {
			return false
		}
		switch {
		case i == 0 || saturday == before+7:
			count++
		case saturday != before:
			return false
		}
		before = saturday
	}
	return count > 1
}

// weekday is the full name of a day of the week.
func (c calendar) weekday(t time.Time) string {
	day := t.In(c.zone).Weekday()
	if names, ok := datesOf(c.tag); ok {
		return names.days[day]
	}
	return day.String()
}

// untilSaid reports whether a text has an end in it already: a word for it, and
// figures or a name behind.
func untilSaid(text string) bool {
	words := wordsOf(text)
	for i, w := range words {
		switch w {
		case "until", "till", "through", "thru", "bis", "jusqu", "hasta", "fino", "tot", "até":
			rest := strings.Join(words[i+1:min(len(words), i+6)], " ")
			if strings.ContainsAny(rest, "0123456789") {
				return true
			}
		}
	}
	return false
}
