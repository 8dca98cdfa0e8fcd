package feeds

import (
	"bytes"
	"time"
)

// hastenDates rewrites publication dates that end in the name of a zone into
// RFC 3339, in the space that they take. Gofeed tries some hundred layouts on
// each of them before one fits, which costs a quarter of all its time; and it
// does not know most zones. What this package cannot read stays as it is. The
// text that was given is not changed: what is returned may be a copy.
func hastenDates(text []byte, with dating) []byte {
	const tag, ordinary = "<pubDate>", 2 << 20
	if len(text) > ordinary { // not worth another copy of it
		return text
	}
	copied := false
	for at := 0; ; {
		n := bytes.Index(text[at:], []byte(tag))
		if n < 0 {
			return text
		}
		at += n + len(tag)
		date := text[at:]
		date = date[:max(bytes.IndexByte(date, '<'), 0)]
		t, ok := zonedDate(date, with)
		if !ok {
			continue
		}
		if !copied {
			text, copied = bytes.Clone(text), true
		}
		overwrite(text[at:at+len(date)], t)
	}
}

// zonedDate reads a date with a zone's name at its end, if RFC 3339 has room in
// its place and loses nothing of it.
func zonedDate(date []byte, with dating) (time.Time, bool) {
	const longest = 64
	trimmed := bytes.TrimSpace(date)
	if len(date) > longest || len(trimmed) < len(time.RFC3339)-len("07:00") {
		return time.Time{}, false
	}
	if last := trimmed[len(trimmed)-1] | 0x20; last < 'a' || last > 'z' || trimmed[4] == '-' {
		return time.Time{}, false
	}
	if ambiguousZone(string(trimmed[bytes.LastIndexByte(trimmed, ' ')+1:])) { // the feed's language is not known yet
		return time.Time{}, false
	}
	t, ok := parseDate(string(trimmed), with)
	return t, ok && t.Nanosecond() == 0
}

func overwrite(place []byte, t time.Time) {
	n := copy(place, t.Format(time.RFC3339))
	for i := n; i < len(place); i++ {
		place[i] = ' '
	}
}
