package feeds

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// cleanCharacters drops what XML forbids (control characters, U+FFFE, U+FFFF)
// from valid UTF-8, and numeric references to it. Text that has none of it,
// which is nearly all text, is returned as it is.
func cleanCharacters(b []byte) ([]byte, []string) {
	var notes []string
	if first := forbidden(b); first >= 0 {
		var n int
		b, n = dropForbidden(b, first)
		notes = append(notes, counted(n, "forbidden character dropped", "forbidden characters dropped"))
	}
	if bytes.Contains(b, []byte("&#")) {
		var n int
		b, n = dropReferences(b)
		if n > 0 {
			notes = append(notes, counted(n, "reference to a forbidden character repaired", "references to forbidden characters repaired"))
		}
	}
	return b, notes
}

func counted(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

// forbidden is the place of the first character to be dropped, or -1.
func forbidden(b []byte) int {
	for i, c := range b {
		if c < 0x20 && c != '\n' && c != '\t' && c != '\r' || c == 0xef && nonCharacter(b[i:]) {
			return i
		}
	}
	return -1
}

// nonCharacter recognises U+FFFE and U+FFFF.
func nonCharacter(b []byte) bool {
	return len(b) >= 3 && b[0] == 0xef && b[1] == 0xbf && b[2] >= 0xbe
}

func dropForbidden(b []byte, first int) ([]byte, int) {
	out, n := append(make([]byte, 0, len(b)), b[:first]...), 0
	for i := first; i < len(b); i++ {
		switch c := b[i]; {
		case c < 0x20 && c != '\n' && c != '\t' && c != '\r':
			n++
		case nonCharacter(b[i:]):
			n, i = n+1, i+2
		default:
			out = append(out, c)
		}
	}
	return out, n
}

// dropReferences repairs numeric references to characters that do not exist.
// Two that are the halves of one, as some systems write emoji, become it.
func dropReferences(b []byte) ([]byte, int) {
	var out []byte
	done, n := 0, 0
	for i := 0; i < len(b); {
		next := bytes.Index(b[i:], []byte("&#"))
		if next < 0 {
			break
		}
		i += next
		value, length := reference(b[i:])
		if length == 0 || permitted(value) {
			i += max(length, 2)
			continue
		}
		out, n = append(out, b[done:i]...), n+1
		if r, more := surrogates(value, b[i+length:]); more > 0 {
			out, length = utf8.AppendRune(out, r), length+more
		}
		i += length
		done = i
	}
	if n == 0 {
		return b, 0
	}
	return append(out, b[done:]...), n
}

// reference reads a numeric character reference; length 0 means that it is none.
func reference(b []byte) (value int64, length int) {
	end := bytes.IndexByte(b[:min(len(b), 24)], ';')
	if end < 3 {
		return 0, 0
	}
	digits, base := b[2:end], 10
	if digits[0] == 'x' || digits[0] == 'X' {
		digits, base = digits[1:], 16
	}
	value, err := strconv.ParseInt(string(digits), base, 64)
	if err != nil && value == 0 {
		return 0, 0
	}
	return value, end + 1
}

// permitted says whether XML allows a character: its Char production.
func permitted(c int64) bool {
	return c == 0x9 || c == 0xa || c == 0xd || 0x20 <= c && c <= 0xd7ff || 0xe000 <= c && c <= 0xfffd || 0x10000 <= c && c <= 0x10ffff
}

func surrogates(high int64, rest []byte) (r rune, length int) {
	if high < 0xd800 || high > 0xdbff || !bytes.HasPrefix(rest, []byte("&#")) {
		return 0, 0
	}
	low, length := reference(rest)
	if low < 0xdc00 || low > 0xdfff {
		return 0, 0
	}
	return rune((high-0xd800)<<10|(low-0xdc00)) + 0x10000, length
}

// repairMarkup makes XML of text that is nearly XML: a "<" and a "]]>" that
// are meant as characters become such, and comments, instructions and
// declarations, which say nothing but can stop a parser, go.
func repairMarkup(b []byte) []byte {
	out := make([]byte, 0, len(b)+64)
	l := lexer{b: b}
	for x, ok := l.next(); ok; x, ok = l.next() {
		piece := b[x.start:x.end]
		switch x.kind {
		case lexComment, lexInstruction, lexDirective:
		case lexStray:
			out = append(out, "&lt;"...)
		case lexText:
			out = append(out, bytes.ReplaceAll(piece, []byte("]]>"), []byte("]]&gt;"))...)
		default:
			out = append(out, piece...)
		}
	}
	return out
}
