package cap

import (
	"html"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	nethtml "golang.org/x/net/html"
	"golang.org/x/text/unicode/norm"
)

// How long texts may be, in characters.
const (
	maxLine  = 500
	maxArea  = 4_000
	maxWords = 20_000
)

var (
	endings = strings.NewReplacer("\r\n", "\n", "\r", "\n", hard, " ")
	markup  = regexp.MustCompile(`</?[a-zA-Z][^<>]*>`)
	entity  = regexp.MustCompile(`&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});`)
)

// line is a text as one line of plain text.
func line(s string, limit int) string {
	return shortened(strings.Join(strings.Fields(clean(s)), " "), limit)
}

// words is a text as plain text in paragraphs. Lines that were only broken to fit a
// page are joined.
func words(s string, limit int) string {
	return shortened(joined(clean(s)), limit)
}

// hard marks a line break that somebody meant.
const hard = "\v"

// clean takes out markup and what no text has. The standard allows no markup, and
// publishers use it all the same.
func clean(s string) string {
	s = endings.Replace(s)
	if strings.Contains(s, "<") && markup.MatchString(s) {
		s = untagged(s)
	}
	if strings.Contains(s, "&") {
		s = entity.ReplaceAllStringFunc(s, html.UnescapeString)
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\v':
			return r
		case r == '\t', r == '\u00a0':
			return ' '
		case unicode.IsControl(r), r == utf8.RuneError, r == '\ufeff':
			return -1
		}
		return r
	}, s)
	return norm.NFC.String(s)
}

// untagged is the text of a piece of HTML.
func untagged(s string) string {
	z := nethtml.NewTokenizer(strings.NewReader(s))
	var b strings.Builder
	for quiet := ""; ; {
		switch z.Next() {
		case nethtml.ErrorToken: // the end: a reader of a string has no other error
			return b.String()
		case nethtml.TextToken:
			if quiet == "" {
				b.Write(z.Text())
			}
		case nethtml.StartTagToken, nethtml.SelfClosingTagToken:
			name, _ := z.TagName()
			b.WriteString(breaks(string(name)))
			if n := string(name); n == "script" || n == "style" {
				quiet = n
			}
		case nethtml.EndTagToken:
			name, _ := z.TagName()
			b.WriteString(breaks(string(name)))
			if string(name) == quiet {
				quiet = ""
			}
		}
	}
}

func breaks(tag string) string {
	switch tag {
	case "br", "li", "tr":
		return hard
	case "p", "div", "ul", "ol", "table", "h1", "h2", "h3", "h4":
		return "\n\n"
	}
	return ""
}

// full is about how many characters a line has that was broken because it was full.
const full = 45

// joined makes paragraphs of lines.
func joined(s string) string {
	var b strings.Builder
	before := "" // the line before; empty: a paragraph begins
	for _, l := range strings.Split(s, "\n") {
		for i, part := range strings.Split(l, hard) {
			part = strings.Join(strings.Fields(part), " ")
			if part == "###" || part == "&&" || part == "$$" { // weather services end their texts so
				part = ""
			}
			switch {
			case part == "" && i > 0, part == "" && before == "":
				continue
			case part == "":
				b.WriteString("\n")
				before = ""
				continue
			case before == "":
			case i == 0 && utf8.RuneCountInString(before) >= full && !itemised(part):
				b.WriteByte(' ')
				b.WriteString(part)
				before = part
				continue
			}
			if b.Len() > 0 {
				b.WriteByte('\n')
			}
			b.WriteString(part)
			before = part
		}
	}
	return strings.TrimSpace(b.String())
}

// itemised tells whether a line begins an item of a list.
func itemised(s string) bool {
	r, size := utf8.DecodeRuneInString(s)
	return strings.ContainsRune("*-•·–", r) || (unicode.IsDigit(r) && strings.HasPrefix(s[size:], ". "))
}

// shortened cuts a text after a word.
func shortened(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	runes := []rune(s)[:limit-1]
	cut := string(runes)
	if i := strings.LastIndexAny(cut, " \n"); i > len(cut)/2 {
		cut = cut[:i]
	}
	return strings.TrimSpace(cut) + "…"
}
