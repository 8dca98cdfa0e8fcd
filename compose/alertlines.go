package compose

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"spool"
)

const (
	maxLines = 4  // more are counted
	maxStops = 3  // more are counted
	maxName  = 60 // of a line, a stop or an area, in code points
)

// lineNames are the public names of the lines that an alert is about.
func (n *notice) lineNames(a *spool.Alert) []string {
	return n.names(a, func(e spool.Affected) string { return cmp.Or(e.RouteName, publicID(e.Route)) })
}

// stopNames are those of its stops. The ids of stops are no names.
func (n *notice) stopNames(a *spool.Alert) []string {
	return n.names(a, func(e spool.Affected) string { return e.StopName })
}

// names are those of the affected, each once: numbers in their order, others in that
// of the source.
func (n *notice) names(a *spool.Alert, of func(spool.Affected) string) []string {
	var out []string
	seen, met := map[string]bool{}, map[string]bool{}
	for _, e := range a.Affected {
		raw := of(e)
		if raw == "" || met[raw] { // a line has an entry for each of its stops
			continue
		}
		met[raw] = true
		name := shortName(n.spoken(line(clip(raw, maxSmall)), maxSmall))
		if key := strings.ToLower(name); name != "" && !seen[key] {
			seen[key] = true
			out = append(out, name)
		}
	}
	slices.SortStableFunc(out, byNumber)
	return out
}

// byNumber orders names that begin with a number by it, before all others.
func byNumber(a, b string) int {
	x, y := leadingNumber(a), leadingNumber(b)
	if x < 0 && y < 0 {
		return 0
	}
	if x < 0 || y < 0 {
		return cmp.Compare(y, x)
	}
	return cmp.Compare(x, y)
}

func leadingNumber(s string) int {
	end := strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		end = len(s)
	}
	number, err := strconv.Atoi(s[:end])
	if err != nil {
		return -1
	}
	return number
}

// publicID is the id of a route where riders may know it by that: "46", "M15", "Red".
func publicID(id string) string {
	switch n := utf8.RuneCountInString(id); {
	case n == 0, strings.ContainsFunc(id, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }):
		return ""
	case strings.Trim(id, "0123456789") == "" && n > 3:
		return "" // most are numbers of the agency's own
	case n <= 4, n <= 8 && !strings.ContainsFunc(id, unicode.IsDigit):
		return id
	}
	return ""
}

func shortName(s string) string {
	return shorten(line(s), func(s string) bool { return utf8.RuneCountInString(s) <= maxName })
}

// subject is what an alert is about: its lines, else its stops, its area or all of a
// kind of vehicle; empty: nobody knows.
func (n *notice) subject(a *spool.Alert) string {
	f := n.frame
	switch {
	case len(n.lines) > maxLines:
		return f.count(len(n.lines))
	case len(n.lines) > 0:
		return n.lineList(a, n.lines)
	case len(n.stops) > maxStops:
		return f.stops(len(n.stops))
	case len(n.stops) > 0:
		return f.list(n.stops)
	case n.area != "":
		return n.area
	}
	var fleets []string
	for _, e := range a.Affected {
		if fleet := f.fleet(e.Mode); fleet != "" && !slices.Contains(fleets, fleet) {
			fleets = append(fleets, fleet)
		}
	}
	if len(fleets) > 0 && len(fleets) <= maxLines {
		return f.list(fleets)
	}
	return ""
}

// lineList joins lines. Where all of them are only a number or a letter, a word
// before them says what they are.
func (n *notice) lineList(a *spool.Alert, names []string) string {
	list := n.frame.list(names)
	if slices.ContainsFunc(names, func(s string) bool { return !bareName(s) }) {
		return list
	}
	vehicle, same := "", true
	for i, e := range a.Affected {
		word := n.frame.vehicle(e.Mode)
		same = same && (i == 0 || word == vehicle)
		vehicle = word
	}
	switch {
	case same && vehicle != "":
		return vehicle + "\u00a0" + list
	case len(names) == 1:
		return fmt.Sprintf(n.frame.line, list)
	}
	return fmt.Sprintf(n.frame.lines, list)
}

// bareName reports whether a name is only a number or a letter.
func bareName(s string) bool {
	return leadingNumber(s) >= 0 && strings.Trim(s, "0123456789") == "" || utf8.RuneCountInString(s) == 1
}

// lineWord reports whether a word stands before or behind the number of a line.
func lineWord(w string) bool {
	switch strings.TrimSuffix(w, "s") {
	case "route", "rte", "rt", "line", "bus", "buse", "tram", "train", "linie", "linien", "ligne", "línea", "linea", "linee", "lijn", "lijnen", "linha", "metro", "métro", "subway",
		"tranvía", "tramvia", "straßenbahn", "autobus", "autobuse", "ônibu", "elétrico", "treno", "treni", "tren", "trein", "zug", "züge", "busse", "bussen", "service", "express", "branch":
		return true
	}
	return w == "bus" || w == "autobús" || w == "u" || w == "s"
}

// saysLine reports whether a text names a line. That of "5" is not in "5 minutes".
func saysLine(text, name string) bool {
	words, wanted := wordsOf(text), wordsOf(name)
	if core := slices.DeleteFunc(slices.Clone(wanted), lineWord); len(core) > 0 && bareName(strings.Join(core, "")) && len(core) == 1 {
		return saysBare(text, words, core[0])
	}
	if len(wanted) == 0 {
		return false
	}
	for i := range words {
		if len(words)-i >= len(wanted) && slices.Equal(words[i:i+len(wanted)], wanted) {
			return true
		}
	}
	return false
}

// saysBare looks for a number or a letter that stands beside the word for a line, or
// in a list beside it, or in a list that the text begins with: "3, 7 & 9 - delays".
func saysBare(text string, words []string, name string) bool {
	for i, w := range words {
		if w != name {
			continue
		}
		first, last := i, i+1
		for first > 0 && listed(words[first-1]) {
			first--
		}
		for last < len(words) && listed(words[last]) {
			last++
		}
		switch {
		case first > 0 && lineWord(words[first-1]), last < len(words) && lineWord(words[last]):
			return true
		case first == 0 && setOff(text, last):
			return true
		}
	}
	return false
}

// listed reports whether a word may stand in a list of lines.
func listed(w string) bool {
	switch w {
	case "and", "und", "et", "y", "e", "en", "or", "oder", "ou", "o", "of":
		return true
	}
	return bareName(w) || leadingNumber(w) >= 0 && utf8.RuneCountInString(w) <= 4
}

// setOff reports whether a colon or a dash follows the first words of a text.
func setOff(text string, words int) bool {
	inside := false
	for i, r := range text {
		if in := unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r); in != inside {
			if inside = in; in {
				if words--; words < 0 {
					return false
				}
			}
		}
		if !inside && words == 0 && strings.ContainsRune(":–—-", r) {
			return i+1 >= len(text) || text[i+utf8.RuneLen(r):] == "" || strings.HasPrefix(text[i+utf8.RuneLen(r):], " ")
		}
	}
	return words == 0
}
