package feeds

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// onceEncoded repairs UTF-8 that was taken for windows-1252, or for Latin-1, and encoded again,
// so that "é" has become "Ã©". It does so only if every character of the
// document takes part, or is ASCII: then there is no other way to read it.
func onceEncoded(text []byte) ([]byte, bool) {
	if !bytes.Contains(text, []byte("\xc3")) {
		return text, false // each such pair begins with a character from C2 to F4, written as C3 xx
	}
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf {
			out = append(out, text[i])
			i++
			continue
		}
		r, n := utf8.DecodeRune(text[i:])
		b, ok := windowsByte(r)
		if !ok {
			return text, false
		}
		out = append(out, b)
		i += n
	}
	if len(out) == len(text) || !utf8.Valid(out) {
		return text, false
	}
	return out, true
}

// mendedParts repairs what onceEncoded cannot as a whole: one article was pasted
// in twice encoded, and others were not. It does so only where nobody can have
// meant what is there: an "â" before a euro sign, and a capital "Ã" before a sign
// with a small letter beside them. "Ã”" and "é »" may be what somebody wrote.
func mendedParts(text []byte) ([]byte, bool) {
	if !bytes.Contains(text, []byte("â€")) && !bytes.Contains(text, []byte("Ã")) {
		return text, false
	}
	out := make([]byte, 0, len(text))
	changed := false
	for i := 0; i < len(text); {
		if text[i] >= 0xc3 {
			if mended, n := mend(text, i); n > 0 {
				out, i, changed = append(out, mended...), i+n, true
				continue
			}
		}
		out = append(out, text[i])
		i++
	}
	return out, changed
}

// mend returns what the n bytes from i on were before they were encoded again;
// n is 0 when that is not certain.
func mend(text []byte, i int) (mended []byte, n int) {
	quote := bytes.HasPrefix(text[i:], []byte("â€"))
	if !quote && !bytes.HasPrefix(text[i:], []byte("Ã")) {
		return nil, 0
	}
	n = len("Ã")
	if quote {
		n = len("â€")
	}
	r, size := utf8.DecodeRune(text[i+n:])
	b, ok := windowsByte(r)
	if n += size; !ok || b < 0x80 || b >= 0xc0 {
		return nil, 0
	}
	if quote {
		return []byte{0xe2, 0x80, b}, n
	}
	if i > 0 && small(text[i-1]) || i+n < len(text) && small(text[i+n]) {
		return []byte{0xc3, b}, n
	}
	return nil, 0
}

func small(c byte) bool { return 'a' <= c && c <= 'z' }

// windowsByte is the byte of a character in windows-1252, or in Latin-1, which
// has control characters where windows-1252 has others or none.
func windowsByte(r rune) (byte, bool) {
	if r < 0x100 {
		return byte(r), true
	}
	return charmap.Windows1252.EncodeRune(r)
}
