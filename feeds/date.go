package feeds

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// parseDate reads a date as feeds write it: with or without weekday, seconds
// and zone, with months in several languages, as numbers in several orders, or
// as Unix time. A date without a zone is in the given location, one without a
// year in the year that brings it closest to now. The result is in UTC.
//
// A zone's name that means several is decided by the location, if it has that
// name itself, then by the language, and then as zoneQuarters says. Numbers
// with slashes are day, month, year, unless only the other order can be, the
// clock has am or pm, or the location or the language is American; and what
// would lie in the future is read in the other order if that does not, unless the
// date is one that may well lie there.
func parseDate(s string, with dating) (time.Time, bool) {
	const longest = 100
	s = strings.TrimSpace(s)
	if len(s) < 6 || len(s) > longest {
		return time.Time{}, false
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil && plausible(t) {
		return t.UTC(), true
	}
	s = oneWord(westernDigits(s))
	if whole, fraction, _ := strings.Cut(s, "."); strings.Trim(whole+fraction, "0123456789") == "" && (fraction == "" || len(whole) >= 9) {
		return digitsDate(whole, with)
	}
	d := dateReader{s: s, dating: with}
	for d.pos < len(s) {
		if !d.step() {
			return time.Time{}, false
		}
	}
	return d.result()
}

// plausible bounds dates to those that a feed can mean. The beginning of Unix
// time, in any zone, is what systems write for no date.
func plausible(t time.Time) bool {
	const day = 24 * 60 * 60
	return t.Unix() > day && t.Year() < 2200
}

// A dateReader collects the parts of a date, in whatever order they come.
type dateReader struct {
	dating
	s   string
	pos int

	year, month, day   int
	hour, minute, sec  int
	nanos              int
	hasYear, hasDay    bool
	hasTime, hasOffset bool
	afternoon, morning bool
	tentative          bool           // the month may have been a weekday: "mar 5 apr"
	slashed            bool           // month and day are numbers and could be either
	offset             int            // seconds east of UTC
	named              string         // the zone's name, if it has been decided by none but its name
	place              *time.Location // named by the date
}

// step reads one word, number or sign; false means that this is no date.
func (d *dateReader) step() bool {
	switch c := d.s[d.pos]; {
	case '0' <= c && c <= '9':
		return d.digits()
	case (c == '+' || c == '-') && d.hasTime && !d.hasOffset:
		d.pos++
		return d.signed(c == '-')
	case c >= 0x80 || 'a' <= c|0x20 && c|0x20 <= 'z':
		return d.word()
	}
	d.pos++
	return true
}

// run returns the digits at the present place and steps over them.
func (d *dateReader) run() string {
	start := d.pos
	for d.pos < len(d.s) && '0' <= d.s[d.pos] && d.s[d.pos] <= '9' {
		d.pos++
	}
	return d.s[start:d.pos]
}

func (d *dateReader) at(c byte) bool { return d.pos < len(d.s) && d.s[d.pos] == c }

func (d *dateReader) digitAfter() bool {
	return d.pos+1 < len(d.s) && '0' <= d.s[d.pos+1] && d.s[d.pos+1] <= '9'
}

func (d *dateReader) digits() bool {
	text := d.run()
	if len(text) > 8 {
		return false
	}
	n := int(number(text))
	if d.unit(n) {
		return true
	}
	switch {
	case d.pos < len(d.s) && !d.hasTime && (d.at(':') || d.at('h') || d.at('H')) && d.digitAfter() && len(text) <= 2:
		return d.clock(n)
	case d.at('.') && d.digitAfter() && !d.hasTime && d.hasDay && d.hasYear && len(text) <= 2: // 20.15, as in Finland or Indonesia
		return d.clock(n)
	case (d.at('-') || d.at('/') || d.at('.')) && d.digitAfter() && !d.hasDay && d.month == 0:
		return d.triple(n, len(text))
	case len(text) == 8 && !d.hasYear && !d.hasDay:
		return d.set(n/10000, n/100%100, n%100)
	case len(text) == 4 && d.hasTime && d.hasYear:
		return false
	case len(text) == 4 && !d.hasYear:
		d.year, d.hasYear = n, true
	case len(text) == 6 && d.hasYear && d.hasDay && !d.hasTime:
		d.hour, d.minute, d.sec, d.hasTime = n/10000, n/100%100, n%100, true
	case len(text) <= 2 && !d.hasDay:
		d.day, d.hasDay = n, true
		d.ordinal()
	case len(text) == 2 && !d.hasYear:
		d.year, d.hasYear = century(n), true
	case len(text) <= 2 && !d.hasTime:
		d.hour, d.hasTime = n, true
	default:
		return false
	}
	return true
}

// ordinal steps over the letters of 1st, 2nd, 1er.
func (d *dateReader) ordinal() {
	for _, suffix := range []string{"st", "nd", "rd", "th", "er", "º", "°", "."} {
		if strings.HasPrefix(d.s[d.pos:], suffix) {
			d.pos += len(suffix)
			return
		}
	}
}

func century(n int) int {
	if n < 70 {
		return 2000 + n
	}
	return 1900 + n
}

// clock reads the rest of h:m, h:m:s, h:m:s.fraction or 14h30.
func (d *dateReader) clock(hour int) bool {
	d.hour, d.hasTime = hour, true
	d.pos++
	d.minute = int(number(d.run())) % 1000
	if d.at(':') && d.digitAfter() {
		d.pos++
		d.sec = int(number(d.run())) % 1000
	}
	if (d.at('.') || d.at(',')) && d.digitAfter() {
		d.pos++
		fraction := (d.run() + "000000000")[:9]
		d.nanos = int(number(fraction))
	}
	return true
}

// triple reads y-m-d, d.m.y or d/m/y; of the last, m/d/y where only that can be.
func (d *dateReader) triple(first, length int) bool {
	separator := d.s[d.pos]
	d.pos++
	second := int(number(d.run()))
	if !d.at(separator) || !d.digitAfter() {
		return false
	}
	d.pos++
	text := d.run()
	if len(text) > 4 {
		return false
	}
	third := int(number(text))
	switch {
	case length == 4:
		return d.set(first, second, third)
	case len(text) == 2:
		third = century(third)
	}
	d.slashed = separator == '/' && first <= 12 && second <= 12
	if separator == '/' && second > 12 {
		first, second = second, first
	}
	return d.set(third, second, first)
}

func (d *dateReader) set(year, month, day int) bool {
	d.year, d.month, d.day = year, month, day
	d.hasYear, d.hasDay = true, true
	return true
}

// signed reads an offset: +02, +0200, +02:00, +2.
func (d *dateReader) signed(west bool) bool {
	text := d.run()
	if text == "" {
		return true // a dash between words
	}
	hours, minutes := int(number(text[:min(2, len(text))])), 0
	switch {
	case len(text) == 3:
		hours, minutes = int(number(text[:1])), int(number(text[1:]))
	case len(text) >= 4:
		minutes = int(number(text[2:4]))
	case d.at(':') && d.digitAfter():
		d.pos++
		minutes = int(number(d.run())) % 100
	}
	if hours > 14 || minutes > 59 {
		return true // no zone on earth: as good as none
	}
	d.offset, d.hasOffset, d.place, d.named = hours*3600+minutes*60, true, nil, ""
	if west {
		d.offset = -d.offset
	}
	return true
}

// word reads a month, a zone, am or pm; others, such as weekdays in any
// language, say nothing.
func (d *dateReader) word() bool {
	start := d.pos
	for d.pos < len(d.s) {
		r, n := utf8.DecodeRuneInString(d.s[d.pos:])
		inner := (r == '_' || r == '/') && letterAfter(d.s[d.pos+n:])
		if !unicode.IsLetter(r) && !unicode.IsMark(r) && r != '.' && !inner {
			break
		}
		d.pos += n
	}
	word := d.s[start:d.pos]
	if word == "" { // a sign beyond ASCII
		_, n := utf8.DecodeRuneInString(d.s[start:])
		d.pos += n
		return true
	}
	if strings.IndexByte(word, '/') > 0 {
		return d.region(word)
	}
	lower := strings.ToLower(strings.ReplaceAll(word, ".", ""))
	if d.halfOfDay(lower) || d.numberedMonth(lower) {
		return true
	}
	if m, unsure := monthNamed(lower); m != 0 && (d.month == 0 || d.tentative) {
		d.month, d.tentative = m, unsure && !d.hasDay
		return true
	}
	if place := zonePlace(word, d.s[d.pos:]); place != "" && d.hasTime {
		return d.region(place)
	}
	if offset, ok := zoneNamed(word, d.language); ok && d.hasTime && !d.hasOffset {
		d.offset, d.named, d.place = offset, word, nil
	}
	return true
}

func letterAfter(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r)
}

// region reads a zone such as Europe/Paris.
func (d *dateReader) region(name string) bool {
	if zone, err := time.LoadLocation(name); err == nil && !d.hasOffset {
		d.place, d.named = zone, ""
	}
	return true
}

func (d *dateReader) result() (time.Time, bool) {
	if d.slashed && (d.afternoon || d.morning || d.american()) { // who writes PM writes the month first
		d.month, d.day = d.day, d.month
	}
	switch {
	case d.afternoon && d.hour < 12:
		d.hour += 12
	case d.morning && d.hour == 12:
		d.hour = 0
	}
	if d.month < 1 || d.month > 12 || !d.hasDay || d.minute > 59 || d.sec > 60 || d.hour > 24 || d.hour == 24 && d.minute+d.sec > 0 {
		return time.Time{}, false
	}
	const buddhist = 543 // years by which the Thai calendar is ahead
	if d.year > 2400 {
		d.year -= buddhist
	}
	zone := d.chosen()
	year := d.year
	if !d.hasYear {
		year = d.now.Year()
	}
	t := d.moment(year, zone)
	if d.slashed && !d.ahead && d.tooLate(t) {
		d.month, d.day = d.day, d.month
		if other := d.moment(year, zone); d.tooLate(other) {
			d.month, d.day = d.day, d.month
		} else {
			t = other
		}
	}
	const halfYear = 180 * 24 * time.Hour
	switch {
	case d.hasYear:
	case !d.ahead && t.Sub(d.now) > halfYear:
		t = d.moment(year-1, zone)
	case d.ahead && d.now.Sub(t) > halfYear:
		t = d.moment(year+1, zone)
	}
	return t.UTC(), plausible(t) && time.Date(t.Year(), time.Month(d.month), d.day, 0, 0, 0, 0, time.UTC).Day() == d.day
}

// tooLate reports whether t lies too far ahead to be when something was published.
func (d *dateReader) tooLate(t time.Time) bool { return !d.now.IsZero() && t.Sub(d.now) > 36*time.Hour }

// chosen is the zone that the date is in, as far as is known.
func (d *dateReader) chosen() *time.Location {
	switch {
	case d.place != nil:
		return d.place
	case d.hasOffset:
		return time.FixedZone("", d.offset)
	case d.named == "":
		return d.zone()
	}
	if d.location != nil { // its own names mean itself
		if name, _ := d.moment(d.year, d.location).Zone(); name == d.named {
			return d.location
		}
	}
	return time.FixedZone("", d.offset)
}

func (d *dateReader) moment(year int, zone *time.Location) time.Time {
	return time.Date(year, time.Month(d.month), d.day, d.hour, d.minute, d.sec, d.nanos, zone)
}
