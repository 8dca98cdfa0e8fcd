package feeds

import "strings"

// withoutTime takes a date out of the element of HTML that a content system has
// put around it, as Drupal's views do: what the element says to machines, or
// else its text.
func withoutTime(s string) string {
	at := strings.Index(s, "<time")
	if at >= 0 {
		tag, _, closed := strings.Cut(s[at:], ">")
		if value := attrValue([]byte(tag), "datetime"); closed && value != "" {
			return value
		}
	}
	return plain(s, 200, false)
}

// withoutFields takes out of a text the headline, the author and the date that
// Drupal puts before it, once more, in the feeds that it makes by itself.
func withoutFields(s string) string {
	const mark = `<span class="field field--name-`
	for from := 0; ; {
		n := strings.Index(s[from:], mark)
		if n < 0 {
			return s
		}
		from += n
		name := s[from+len(mark):]
		switch name[:max(strings.IndexAny(name, ` "`), 0)] {
		case "title", "uid", "created":
			end := strings.Index(s[from:], "</span>")
			if end < 0 {
				return s
			}
			s = s[:from] + s[from+end+len("</span>"):]
		default:
			from += len(mark)
		}
	}
}
