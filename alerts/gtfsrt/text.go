package gtfsrt

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// plain makes plain text of s, which should be that already and often is not: markup
// and entities go, white space collapses, and at most limit characters stay. With
// lines, the lines of the text stay apart, with one empty line between two at most, and
// each kind of bullet becomes a hyphen; else all is one line. The result is valid UTF-8
// in NFC without control characters. Signs such as [F], which stand for a line, stay.
func plain(s string, limit int, lines bool) string {
	return shorten(clean(clip(s, 8*limit), lines), limit)
}

// clean is plain without a limit.
func clean(s string, lines bool) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if strings.ContainsAny(s, "<&") {
		s = unmarked(s)
	}
	s = collapse(s, lines)
	if !norm.NFC.IsNormalString(s) {
		s = norm.NFC.String(s)
	}
	return s
}

// bullets are the signs that lists begin their lines with. The last is what a word
// processor's symbol font leaves of one.
const bullets = "\u2022\u25E6\u25AA\u25CF\u2023\u2043\u25A0\u25A1\u25BA\u27A2\u00B7\u2219\uF0B7"

// tidyLine reports whether the only white space of s are single blanks within.
func tidyLine(s string) bool {
	before := byte(' ')
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c >= utf8.RuneSelf || c == ' ' && before == ' ' {
			return false
		}
		before = c
	}
	return before != ' '
}

// collapse tidies white space and lists.
func collapse(s string, lines bool) string {
	if tidyLine(s) {
		return s
	}
	c := collapser{lines: lines}
	c.Grow(len(s))
	for len(s) > 0 {
		if n := solid(s); n > 0 {
			c.gap()
			c.WriteString(s[:n])
			s = s[n:]
			continue
		}
		r, n := utf8.DecodeRuneInString(s)
		if strings.HasPrefix(s, "\r\n") { // the two are one end of a line
			n = 2
		}
		c.add(visible(r))
		s = s[n:]
	}
	return c.String()
}

// solid is how many bytes at the beginning of s are characters of ASCII that stay.
func solid(s string) int {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return i
		}
	}
	return len(s)
}

// A collapser writes a text without what is too much in it. White space is written
// before the character that it stands before, so that there is none at the end.
type collapser struct {
	strings.Builder
	lines  bool
	breaks int  // that are owed
	space  bool // is owed
	within bool // the line has begun
	listed bool // with a bullet
}

func (c *collapser) add(r rune) {
	switch {
	case r < 0:
	case r == '\n':
		c.breaks++
		c.space, c.within, c.listed = true, false, false
	case r == ' ', r >= utf8.RuneSelf && unicode.IsSpace(r):
		c.space = true
	case r >= utf8.RuneSelf && !c.within && (c.lines || c.Len() == 0) && strings.ContainsRune(bullets, r):
		c.listed = true
	default:
		c.gap()
		c.WriteRune(r)
	}
}

// gap writes the white space that is owed, and the sign of a list.
func (c *collapser) gap() {
	switch {
	case c.Len() == 0:
	case c.lines && c.breaks > 1:
		c.WriteString("\n\n")
	case c.lines && c.breaks == 1:
		c.WriteByte('\n')
	case c.space:
		c.WriteByte(' ')
	}
	if c.listed && c.lines {
		c.WriteString("- ")
	}
	c.breaks, c.space, c.within, c.listed = 0, false, true, false
}

// visible maps what ends a line to a line feed, and drops what nobody can see or what
// only disturbs: controls, soft hyphens, byte order marks, noncharacters, signs of
// fonts of one's own, and what turns the direction of the text around it. Joiners stay,
// emoji and several scripts need them.
func visible(r rune) rune {
	switch {
	case r >= ' ' && r < 0x7f:
		return r
	case r == '\n', r == '\r', r == '\u2028', r == '\u2029', r == '\u0085', r == '\v', r == '\f':
		return '\n'
	case r == '\t', r == '\u200B':
		return ' '
	case r == '\uF0B7':
		return '\u2022'
	case r < ' ', r >= 0x7f && r < 0xa0, r == '\uFEFF', r == '\u00AD', r&0xfffe == 0xfffe:
		return -1
	case r >= '\u202A' && r <= '\u202E', r >= '\u2066' && r <= '\u2069', unicode.Is(unicode.Co, r):
		return -1
	}
	return r
}

// shorten cuts s to so many characters, at a space where one is near, and says so with
// an ellipsis, which counts.
func shorten(s string, limit int) string {
	if len(s) <= limit || utf8.RuneCountInString(s) <= limit {
		return s
	}
	if limit < 1 {
		return ""
	}
	runes := []rune(clip(s, utf8.UTFMax*limit))[:limit-1]
	for i := len(runes) - 1; i > len(runes)/2; i-- {
		if unicode.IsSpace(runes[i]) {
			runes = runes[:i]
			break
		}
	}
	return strings.TrimSpace(string(runes)) + "\u2026"
}
