package cap

import (
	"bytes"
	"fmt"
	"regexp"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/unicode"
)

var (
	declaration = regexp.MustCompile(`^\s*<\?xml[^>]{0,300}\?>`)
	declared    = regexp.MustCompile(`encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']`)
)

// decode returns a document as UTF-8 that XML allows, without its XML declaration. A
// byte order mark decides on the encoding; else valid UTF-8 is what it is, whatever
// the declaration says; else the declaration; else windows-1252.
func decode(body []byte) ([]byte, error) {
	if len(body) > maxBody {
		return nil, fmt.Errorf("the document has %d bytes, more than the %d that are read", len(body), maxBody)
	}
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	text, err := utf8Of(body)
	if err != nil {
		return nil, err
	}
	if len(text) > maxBody {
		return nil, fmt.Errorf("the document has more than the %d bytes that are read once it is UTF-8", maxBody)
	}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	text = text[len(declaration.Find(text)):]
	if !suspect(text) {
		return text, nil
	}
	return bytes.Map(allowed, text), nil
}

// suspect tells whether there may be something in a text that XML does not allow.
func suspect(text []byte) bool {
	for i, b := range text {
		if b < 0x20 && b != '\n' && b != '\t' && b != '\r' {
			return true
		}
		if b == 0xEF && i+2 < len(text) && text[i+1] == 0xBF && text[i+2] >= 0xBE { // U+FFFE, U+FFFF
			return true
		}
	}
	return false
}

func utf8Of(body []byte) ([]byte, error) {
	utf16 := func(e unicode.Endianness) ([]byte, error) {
		return unicode.UTF16(e, unicode.UseBOM).NewDecoder().Bytes(body)
	}
	switch {
	case bytes.HasPrefix(body, []byte("\xff\xfe")), bytes.HasPrefix(body, []byte("<\x00")):
		return utf16(unicode.LittleEndian)
	case bytes.HasPrefix(body, []byte("\xfe\xff")), bytes.HasPrefix(body, []byte("\x00<")):
		return utf16(unicode.BigEndian)
	case utf8.Valid(body):
		return body, nil
	}
	label := "windows-1252"
	if m := declared.FindSubmatch(declaration.Find(body)); m != nil {
		label = string(m[1])
	}
	e, name := charset.Lookup(label)
	if e == nil {
		return nil, fmt.Errorf("the document is in the encoding %q, which is not known", label)
	}
	if name == "utf-8" { // it is not: repaired below
		return bytes.ToValidUTF8(body, []byte("\uFFFD")), nil
	}
	return e.NewDecoder().Bytes(body)
}

// allowed drops what XML does not allow in a document.
func allowed(r rune) rune {
	switch {
	case r == '\t', r == '\n', r == '\r', r >= 0x20 && r < 0xFFFE, r > 0xFFFF:
		return r
	}
	return -1
}
