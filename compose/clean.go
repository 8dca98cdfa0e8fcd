package compose

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// The longest fields that a template gets, in bytes: far more than any network
// takes, and little enough that no template makes much work.
const (
	maxTitle      = 4 << 10
	maxSummary    = 16 << 10
	maxSmall      = 512
	maxCategories = 32
)

// data is the item as templates see it. Mute, if any, is applied to what comes
// from the feed.
func (c *composition) data(link string, mute func(string) string) data {
	it, v := c.item, c.values
	field := func(s string, limit int) string { return muted(clip(line(s), limit), mute) }
	d := data{
		Title: field(it.Title, maxTitle), Summary: muted(withoutTeaser(clip(lines(it.Summary), maxSummary)), mute),
		Author: field(it.Author, maxSmall), Link: link,
		Saying:    c.saying(),
		Published: newMoment(it.Published, v.Location), Updated: newMoment(it.Updated, v.Location),
		Language: field(c.language(), maxSmall),
		Feed:     line(v.Feed), Account: line(v.Account), Network: line(cmp.Or(v.Network, c.limits.Network)),
	}
	for _, category := range it.Categories[:min(len(it.Categories), maxCategories)] {
		if s := field(category, maxSmall); s != "" {
			d.Categories = append(d.Categories, s)
		}
	}
	if d.Title != "" && saysNothing(d.Summary) {
		d.Summary = ""
	}
	if was := field(v.Before.Title, maxTitle); was != d.Title {
		d.Was = was
	}
	if c.shape.pictures && len(c.media) > 0 {
		d.Credit = field(c.media[0].Credit, maxSmall)
	}
	if c.correcting {
		d.Correction = correctionMark(d.Language, v.Revision)
	}
	if len(d.Categories) > 0 {
		d.Category = d.Categories[0]
	}
	if c.notice != nil {
		d.alertData = c.notice.data(mute)
	}
	return d
}

func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	// Far beyond the limit nothing matters, but searching would take its time.
	s = strings.ToValidUTF8(s[:min(len(s), 2*limit)], "")
	return shorten(s, func(s string) bool { return len(s) <= limit })
}

// line is text on one line: white space runs are single spaces.
func line(s string) string {
	return strings.Join(strings.Fields(lines(s)), " ")
}

// lines is valid and composed text without control characters, with "\n" at the
// ends of lines and nowhere two blank lines in a row.
func lines(s string) string {
	if clean(s) {
		return strings.TrimSpace(s)
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n\n", "\u0085", "\n", "\v", "\n", "\f", "\n", "\t", " ").Replace(s)
	s = strings.Map(func(r rune) rune {
		if r != '\n' && unicode.IsControl(r) || r == '\ufeff' {
			return -1
		}
		return r
	}, s)
	return tidy(evenDirections(norm.NFC.String(s)))
}

// clean reports whether a text is printable ASCII, as most are.
func clean(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// muted applies mute to what is not an address.
func muted(s string, mute func(string) string) string {
	if mute == nil || s == "" {
		return s
	}
	var b strings.Builder
	at := 0
	for _, span := range fixed(s) {
		if s[span.start] == '&' {
			continue
		}
		b.WriteString(mute(s[at:span.start]))
		b.WriteString(s[span.start:span.end])
		at = span.end
	}
	b.WriteString(mute(s[at:]))
	return strings.ToValidUTF8(b.String(), "")
}

// tidy drops the lines that only something empty was printed on, space at the
// ends of lines, and blank lines at the ends and after another one.
func tidy(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	blank := 0
	for l := range strings.SplitSeq(s, "\n") {
		printed := strings.ContainsRune(l, partMark)
		l = strings.TrimRightFunc(strings.Map(dropMarks, l), unicode.IsSpace)
		switch {
		case l == "" && printed:
			continue
		case l == "":
			blank++
			continue
		}
		if b.Len() > 0 {
			b.WriteString("\n\n"[:min(1+blank, 2)])
		}
		blank = 0
		b.WriteString(l)
	}
	return strings.TrimSpace(b.String())
}

// dropMarks takes away the marks that have done their work when a text is put
// together.
func dropMarks(r rune) rune {
	if r == fitOpen || r == fitClose || r == partMark {
		return -1
	}
	return r
}

// topic fills in the topic's template: one line without '.', '&' and a leading
// '#', which the networks' topics cannot have.
func (c *composition) topic() string {
	if c.wording.topic == nil || c.limits.Topic <= 0 {
		return ""
	}
	s, err := c.wording.topic.execute(c.data(c.item.Link, nil))
	if err != nil {
		return ""
	}
	s = strings.NewReplacer(".", "", "&", " ").Replace(line(tidy(s)))
	s = strings.TrimLeft(line(unmarked(s)), "# ")
	return line(strings.TrimSuffix(shorten(s, func(s string) bool {
		return utf8.RuneCountInString(strings.TrimSuffix(s, ellipsis)) <= c.limits.Topic
	}), ellipsis))
}
