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
	s = strings.ToValidUTF8(clip(s, 8*limit), "\uFFFD")
	if strings.ContainsAny(s, "<&") {
		s = unmarked(s)
	}
	s = strings.Map(visible, strings.ReplaceAll(s, "\r\n", "\n"))
	if lines {
		s = paragraphs(s)
	} else {
		s = strings.TrimSpace(strings.TrimLeft(inOne(s), bullets))
	}
	if !norm.NFC.IsNormalString(s) {
		s = norm.NFC.String(s)
	}
	return shorten(s, limit)
}

// bullets are the signs that lists begin their lines with. The last is what a word
// processor's symbol font leaves of one.
const bullets = "\u2022\u25E6\u25AA\u25CF\u2023\u2043\u25A0\u25A1\u25BA\u27A2\u00B7\u2219\uF0B7"

// inOne makes one line of a text.
func inOne(s string) string {
	if tidyLine(s) {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

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

// paragraphs tidies the lines of a text.
func paragraphs(s string) string {
	if tidyLine(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	empty := false
	for line := range strings.SplitSeq(s, "\n") {
		line = inOne(line)
		if rest := strings.TrimLeft(line, bullets); rest != line {
			line = strings.TrimSpace("- " + strings.TrimSpace(rest))
		}
		if line == "" || line == "-" {
			empty = true
			continue
		}
		switch {
		case b.Len() == 0:
		case empty:
			b.WriteString("\n\n")
		default:
			b.WriteByte('\n')
		}
		empty = false
		b.WriteString(line)
	}
	return b.String()
}

// visible maps what ends a line to a line feed, and drops what nobody can see or what
// only disturbs: controls, soft hyphens, byte order marks, noncharacters, signs of
// fonts of one's own, and what turns the direction of the text around it. Joiners stay,
// emoji and several scripts need them.
func visible(r rune) rune {
	switch {
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
