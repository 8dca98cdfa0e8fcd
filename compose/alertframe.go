package compose

import (
	"fmt"
	"strings"
	"time"

	"spool"
)

// A frame is what a language says around an agency's own words. What has a verb
// like %s is a format; times in it have been written by the clock and the days of
// the same frame.
type frame struct {
	tag   string
	colon string // between a subject and what is said of it, with the space behind it
	and   func(last string) string

	update, ended, planned, asOf string // what posts begin with
	endedNow                     string // without a time
	before                       string // in brackets behind what is now
	also, gone                   string // lines that came and went
	worse, better, endless       string // sentences of an update
	resumed, asAnnounced         string // sentences of an end
	expectedOver                 string
	unlisted, unlistedNow        string // by somebody; by nobody who has a name

	clock            func(time.Time) string // without a word behind it
	oclock           string                 // a clock that stands alone
	day              func(time.Time) string // with its year where that is another one: see calendar.day
	stamp            string                 // a day and a clock
	since, until     string                 // a clock
	sinceDay         string                 // a day, or a day and a clock
	untilDay         string
	expected         string // before until
	through          string // until a day is over
	midnight         string // until today is over
	hours            string // from one clock to another
	span             string // from one stamp or day to another
	dayHours         string // a day and its hours
	from             string // a stamp, without an end
	nights, daily    string // before fromTo or untilDay, and the hours
	workdays         string
	weekends, weekly string // weekly takes the name of the day
	fromTo           string // the first and the last day
	once, more       string // behind the first of several periods
	mend             func(string) string

	effects  func(spool.Effect) (words string, stems string) // stems, separated by commas: by these words a header says the same
	causes   func(spool.Cause) string
	cause    string // the agency's own word
	fillers  string // words of causes that say nothing
	line     string // "Line %s", for names that are only a number or a letter
	lines    string
	vehicle  func(spool.Mode) string // such a name of a bus or a tram; empty: it is a line
	fleet    func(spool.Mode) string // all of a kind
	count    func(n int) string      // "12 lines"
	stops    func(n int) string
	atStop   string
	atStops  string
	others   func(n int) string // "5 more"
	troubles func(lines, alerts int) string
	over     func(lines, alerts int) string // what a digest was about
	rest     string                         // alerts of a digest whose effect is not known
	symbols  func(symbol string) string
	calm     string // words that announcements in capitals are full of, as they are written otherwise
}

// frameOf is the frame of a language; English serves for those that have none.
func frameOf(language string) *frame {
	switch primary(language) {
	case "fr":
		return frenchFrame()
	case "de":
		return germanFrame()
	case "es":
		return spanishFrame()
	case "it":
		return italianFrame()
	case "nl":
		return dutchFrame()
	case "pt":
		return portugueseFrame(language)
	}
	return englishFrame(language)
}

// list joins names as the language does: "A, B and C".
func (f *frame) list(names []string) string {
	switch n := len(names); n {
	case 0:
		return ""
	case 1:
		return names[0]
	default:
		return strings.Join(names[:n-1], ", ") + " " + f.and(names[n-1]) + " " + names[n-1]
	}
}

// shortList names so many, and counts the others.
func (f *frame) shortList(names []string, most int) string {
	if len(names) <= most {
		return f.list(names)
	}
	return f.list(append(append([]string{}, names[:most]...), f.others(len(names)-most)))
}

// plural is a format for one, or for any other number.
func plural(one, many string) func(int) string {
	return func(n int) string {
		if n == 1 {
			return one
		}
		return fmt.Sprintf(many, n)
	}
}

// always is the same word before every other.
func always(word string) func(string) string { return func(string) string { return word } }

// byMode is a lookup in words such as "bus Busse; tram Trams".
func byMode(table string) func(spool.Mode) string {
	return func(m spool.Mode) string { return lookUp(table, string(m)) }
}

// byCause is the same for causes, by their names in GTFS-Realtime.
func byCause(table string) func(spool.Cause) string {
	return func(c spool.Cause) string { return lookUp(table, string(c)) }
}

// byEffect has behind each effect its words, a bar, and the stems.
func byEffect(table string) func(spool.Effect) (string, string) {
	return func(e spool.Effect) (string, string) {
		words, stems, _ := strings.Cut(lookUp(table, string(e)), "|")
		return words, stems
	}
}

// bySymbol has behind each name of a symbol its word.
func bySymbol(table string) func(string) string {
	return func(s string) string { return lookUp(table, s) }
}

// lookUp finds the line of a table that begins with a name.
func lookUp(table, name string) string {
	if name == "" {
		return ""
	}
	for l := range strings.Lines(table) {
		if key, value, _ := strings.Cut(strings.TrimSpace(l), " "); key == name {
			return value
		}
	}
	return ""
}

// digital is 15:05.
func digital(t time.Time) string { return t.Format("15:04") }

// unpadded is a clock without the nought that it begins with.
func unpadded(clock string) string {
	if len(clock) > 1 && clock[0] == '0' && clock[1] >= '0' && clock[1] <= '9' {
		return clock[1:]
	}
	return clock
}

// dated makes the writer of a day of its short names, from Sunday and from January,
// and of the order of day of the week, day and month.
func dated(format, days, months string) func(time.Time) string {
	d, m := strings.Fields(days), strings.Fields(months)
	return func(t time.Time) string {
		return fmt.Sprintf(format, d[t.Weekday()], t.Day(), m[t.Month()-1])
	}
}

// unmended leaves a phrase as it is.
func unmended(s string) string { return s }
