package compose

import (
	"fmt"
	"strings"
	"time"
)

// A calendar writes times for riders: in the agency's zone, with the day where it is
// not today.
type calendar struct {
	*frame
	zone *time.Location
	now  time.Time // when the post was worded; zero: nobody knows, so every time has its day
}

func (c calendar) today(t time.Time) bool {
	if c.now.IsZero() {
		return false
	}
	y, m, d := t.In(c.zone).Date()
	ny, nm, nd := c.now.In(c.zone).Date()
	return y == ny && m == nm && d == nd
}

// time is the clock with the word behind it that the language has: "15:05 Uhr".
func (c calendar) time(t time.Time) string { return fmt.Sprintf(c.oclock, c.clock(t.In(c.zone))) }

// date is the day, with its year where that is not this one.
func (c calendar) date(t time.Time) string {
	t = t.In(c.zone)
	s := c.frame.day(t)
	if c.now.IsZero() || c.now.In(c.zone).Year() == t.Year() {
		return s
	}
	return s + " " + t.Format("2006")
}

func (c calendar) at(t time.Time) string { return fmt.Sprintf(c.stamp, c.date(t), c.time(t)) }

// short is a time of today, or else the day with it.
func (c calendar) short(t time.Time) string {
	if c.today(t) {
		return c.time(t)
	}
	return c.at(t)
}

// lastDay reports whether a period ends with a day, and with which.
func (c calendar) lastDay(end time.Time) (time.Time, bool) {
	end = end.In(c.zone)
	switch h, m, _ := end.Clock(); {
	case h == 0 && m == 0:
		return end.Add(-time.Minute), true
	case h == 23 && m == 59:
		return end, true
	}
	return end, false
}

// untilWords is until when something lasts.
func (c calendar) untilWords(end time.Time, guess bool) string {
	var s string
	switch last, whole := c.lastDay(end); {
	case end.IsZero():
		return ""
	case whole && c.today(last):
		s = c.midnight
	case whole:
		s = fmt.Sprintf(c.through, c.date(last))
	case c.today(end):
		s = fmt.Sprintf(c.until, c.time(end))
	default:
		s = fmt.Sprintf(c.untilDay, c.at(end))
	}
	if guess {
		s = fmt.Sprintf(c.expected, s)
	}
	return c.mend(s)
}

// sinceWords is since when something lasts; of what began long ago the day is enough.
func (c calendar) sinceWords(start time.Time) string {
	switch {
	case start.IsZero():
		return ""
	case c.today(start):
		return c.mend(fmt.Sprintf(c.since, c.time(start)))
	case !c.now.IsZero() && c.now.Sub(start) > 7*24*time.Hour:
		return c.mend(fmt.Sprintf(c.sinceDay, c.date(start)))
	}
	return c.mend(fmt.Sprintf(c.sinceDay, c.at(start)))
}

// hoursWords is from one clock to another.
func (c calendar) hoursWords(start, end time.Time) string {
	return fmt.Sprintf(c.hours, c.clock(start.In(c.zone)), c.clock(end.In(c.zone)))
}

// upper is a phrase as the beginning of a sentence.
func (n *notice) upper(s string) string {
	word, rest, _ := strings.Cut(s, " ") // the first word alone may be like "iPhone"
	return (&saying{language: n.language}).capital(word) + s[len(s)-len(rest)-min(1, len(s)-len(word)):]
}
