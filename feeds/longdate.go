package feeds

import "bytes"

// longestDate is how many bytes a date may take with the marks of a section
// around it: no date is as long. Gofeed tries some hundred layouts on each, and
// copies it for each that does not fit, so that thousands of dates of a thousand
// characters take hundreds of mebibytes in passing.
const longestDate = 220

// dateElement knows the elements that gofeed reads dates from, under any prefix.
func dateElement(local []byte) bool {
	switch len(local) {
	case 4, 6, 7, 8, 9, 13:
	default:
		return false
	}
	for _, name := range []string{"pubDate", "date", "updated", "published", "issued", "modified", "created", "lastBuildDate"} {
		if len(name) == len(local) && bytes.EqualFold(local, []byte(name)) {
			return true
		}
	}
	return false
}

// briefDate reports whether a date element, whose start tag ends at a place of
// b, holds no more than a short text or a short section.
func briefDate(b, name []byte, from int) bool {
	near := b[from:min(len(b), from+longestDate)]
	n := bytes.IndexByte(near, '<')
	if n < 0 {
		return false
	}
	if bytes.HasPrefix(near[n:], []byte("<![CDATA[")) {
		end := bytes.Index(near, []byte("]]>"))
		if end < 0 {
			return false
		}
		near, n = bytes.TrimSpace(near[end+3:]), 0
	}
	return bytes.HasPrefix(near[n:], []byte("</")) && bytes.HasPrefix(near[n+2:], name)
}

// withoutLongDates is the text with the contents of over-long dates blanked.
// A date that is not closed within its item is left alone.
func withoutLongDates(text []byte) []byte {
	out := bytes.Clone(text)
	l := lexer{b: out}
	from, depth := 0, 0 // where the present date's contents begin, and the elements open within it
	for x, ok := l.next(); ok; x, ok = l.next() {
		if x.kind != lexStart && x.kind != lexEnd {
			continue
		}
		name := localName(tagName(out[x.start:x.end]))
		switch {
		case itemName(name):
			from = 0
		case from == 0:
			if x.kind == lexStart && dateElement(name) {
				from, depth = x.end, 0
			}
		case x.kind == lexStart:
			depth++
		case depth > 0:
			depth--
		default:
			if date := out[from:x.start]; len(bytes.TrimSpace(date)) > longestDate {
				blank(date)
			}
			from = 0
		}
	}
	return out
}

// withoutLongText is the text of JSON with over-long dates blanked.
func withoutLongText(text []byte, dates [][2]int) []byte {
	if len(dates) == 0 {
		return text
	}
	out := bytes.Clone(text)
	for _, d := range dates {
		blank(out[d[0]:d[1]])
	}
	return out
}

func blank(b []byte) {
	for i := range b {
		b[i] = ' '
	}
}
