package feeds

import (
	"crypto/sha256"
	"encoding/hex"
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// The longest texts that are kept, in characters.
const (
	maxTitle    = 2000
	maxSummary  = 20_000
	maxName     = 300
	maxCategory = 200
	maxAlt      = 2000
	maxGUID     = 4 << 10 // bytes
	maxURL      = 8 << 10 // bytes
)

// plain makes plain text of s, which may be HTML and may have been escaped once
// too often: tags go, entities become characters, white space collapses, and
// at most limit characters are kept. With lines, blocks of HTML become lines;
// else all is one line. The result is valid UTF-8 in NFC without control
// characters.
func plain(s string, limit int, lines bool) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if strings.ContainsAny(s, "<&") {
		s = fromHTML(s, limit, nil)
	}
	s = collapse(s, lines)
	if !norm.NFC.IsNormalString(s) {
		s = norm.NFC.String(s)
	}
	return shorten(s, limit)
}

// verbatim cleans text that is plain already: what looks like markup stays.
func verbatim(s string, limit int, lines bool) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if lines {
		s = strings.ReplaceAll(strings.TrimSpace(s), "\n", string(lineMark))
	}
	s = collapse(s, lines)
	if !norm.NFC.IsNormalString(s) {
		s = norm.NFC.String(s)
	}
	return shorten(s, limit)
}

// fromHTML takes the markup out of s. Text that was escaped twice has its
// entities resolved twice, but what then looks like markup is only taken for
// it when it comes in pairs and there was none before, or when it is the end of
// a block: a headline may speak of a tag.
func fromHTML(s string, limit int, seen func(image)) string {
	s = withoutCDATA(s)
	marked := strings.IndexByte(s, '<') >= 0
	if marked {
		s = stripTags(s, limit, seen)
		if escapedBlocks(s) {
			s = stripTags(s, limit, seen)
		}
	} else {
		s = withoutCDATA(unescape(s))
		if strings.Contains(s, "</") {
			return unescape(stripTags(s, limit, seen))
		}
	}
	return unescape(s)
}

// withoutCDATA takes out the marks of sections that were put into one another,
// or escaped: readers would see them, and the one would hide what follows.
func withoutCDATA(s string) string {
	if !strings.Contains(s, "<![CDATA[") {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "<![CDATA[", ""), "]]>", "")
}

// escapedBlocks reports whether text that has been taken out of HTML holds more
// of it, as when a service wraps a post that it has escaped already.
func escapedBlocks(s string) bool {
	for at := strings.Index(s, "</"); at >= 0; {
		s = s[at+2:]
		end := strings.IndexByte(s[:min(len(s), 20)], '>')
		if end > 0 {
			if r := role(strings.ToLower(s[:end])); r == block || r == dropped {
				return true
			}
		}
		at = strings.Index(s, "</")
	}
	return false
}

// unescape resolves entities that end in a semicolon. Those without one, which
// browsers know too, are left alone: in "?a=1&copy=2" there is none meant.
func unescape(s string) string {
	at := strings.IndexByte(s, '&')
	if at < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for at >= 0 {
		b.WriteString(s[:at])
		s = s[at:]
		text, length := entity(s)
		b.WriteString(text)
		s = s[length:]
		at = strings.IndexByte(s, '&')
	}
	b.WriteString(s)
	return b.String()
}

// entity resolves the one that s begins with, or returns the "&" as it is.
func entity(s string) (text string, length int) {
	const longest = 40
	end := strings.IndexByte(s[:min(len(s), longest)], ';')
	if end < 2 {
		return "&", 1
	}
	whole := s[:end+1]
	text = html.UnescapeString(whole)
	if text == whole || text == html.UnescapeString(whole[:end])+";" {
		return "&", 1
	}
	return text, end + 1
}

// collapse makes one space of any white space, drops control characters and
// trims. With lines, white space that holds a line mark becomes a line's end.
func collapse(s string, lines bool) string {
	if tidy(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	gap := byte(0) // the white space owed before the next character
	for _, r := range s {
		switch {
		case r == lineMark:
			if lines {
				gap = '\n'
			} else if gap == 0 {
				gap = ' '
			}
		case unicode.IsSpace(r), r == '\u200B':
			if gap == 0 {
				gap = ' '
			}
		case invisible(r):
		default:
			if gap != 0 && b.Len() > 0 {
				b.WriteByte(gap)
			}
			gap = 0
			b.WriteRune(r)
		}
	}
	return b.String()
}

// lineMark stands for the end of a block until collapse; feeds cannot contain
// it, since it is a control character of XML.
const lineMark = '\x1e'

// invisible characters are dropped: controls, the byte order mark, soft
// hyphens, noncharacters. Joiners stay, emoji and several scripts need them.
func invisible(r rune) bool {
	return r < 0x20 || r >= 0x7f && r < 0xa0 || r == '\uFEFF' || r == '\u00AD' || r&0xfffe == 0xfffe
}

// tidy reports whether s is ASCII that collapse would not change.
func tidy(s string) bool {
	before := byte(' ')
	for i := range len(s) {
		c := s[i]
		if c < 0x20 || c >= 0x7f || c == ' ' && before == ' ' {
			return false
		}
		before = c
	}
	return len(s) == 0 || before != ' '
}

// shorten cuts s to limit characters.
func shorten(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	n := 0
	for i := range s {
		if n == limit {
			return strings.TrimSpace(s[:i])
		}
		n++
	}
	return s
}

// opaque cleans what is compared but not read: it is trimmed, valid, without
// control characters, and cut at a length in bytes.
func opaque(s string, limit int) string {
	s = strings.TrimSpace(strings.ToValidUTF8(s, "\uFFFD"))
	s = strings.Map(func(r rune) rune {
		if invisible(r) && r != '\u00AD' {
			return -1
		}
		return r
	}, s)
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

// identity is opaque for what tells items apart: of what is too long the end is
// replaced by a digest of the whole, so that it still does.
func identity(s string, limit int) string {
	whole := opaque(s, len(s)+len("\uFFFD"))
	if len(whole) <= limit {
		return whole
	}
	sum := sha256.Sum256([]byte(whole))
	return opaque(whole, limit-2*len(sum)-1) + "#" + hex.EncodeToString(sum[:])
}
