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

// mendedQuotes repairs in part what onceEncoded cannot as a whole: an article
// was pasted in twice encoded, and others were not. It does so for quotes and
// dashes alone, since no language has an "â" before a euro sign; "Ã”" or "é »"
// may be what somebody wrote.
func mendedQuotes(text []byte) ([]byte, bool) {
	spoilt := []byte("â€")
	at := bytes.Index(text, spoilt)
	if at < 0 {
		return text, false
	}
	out := make([]byte, 0, len(text))
	changed := false
	for ; at >= 0; at = bytes.Index(text, spoilt) {
		out = append(out, text[:at]...)
		text = text[at:]
		r, n := utf8.DecodeRune(text[len(spoilt):])
		if b, ok := windowsByte(r); ok && b >= 0x80 && b < 0xc0 {
			out = append(out, 0xe2, 0x80, b)
			text, changed = text[len(spoilt)+n:], true
			continue
		}
		out = append(out, spoilt...)
		text = text[len(spoilt):]
	}
	return append(out, text...), changed
}

// windowsByte is the byte of a character in windows-1252, or in Latin-1, which
// has control characters where windows-1252 has others or none.
func windowsByte(r rune) (byte, bool) {
	if r < 0x100 {
		return byte(r), true
	}
	return charmap.Windows1252.EncodeRune(r)
}
