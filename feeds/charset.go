package feeds

import (
	"bytes"
	"mime"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// toUTF8 returns body as UTF-8 without a byte order mark, and a note when that
// took more than taking the mark off. What decides, in this order: a mark;
// being valid UTF-8, whatever the labels say; the label of the HTTP header, of
// the XML declaration, of a meta element; the feed's language; and else
// windows-1252.
func toUTF8(body []byte, contentType string) (text []byte, note string, err error) {
	if e, name := marked(body); e != nil {
		return decode(body, e, name)
	}
	body = trimMarks(body)
	labels := declared(body, contentType)
	if utf8.Valid(body) && !escaped(body, labels) {
		return body, "", nil
	}
	good, bad := characters(body)
	labelling, label := labelled(labels)
	if e, name := regional(body, label); e != nil && good <= bad {
		return decode(body, e, name+", by its language")
	}
	if labelling != nil && good <= 9*bad {
		return decode(body, labelling, label)
	}
	if good > bad {
		if err := bearable(len(body) + 2*bad); err != nil {
			return nil, "", err
		}
		return replaced(body, len(body)+2*bad), "bytes that are not valid UTF-8 replaced", nil
	}
	return decode(body, charmap.Windows1252, "windows-1252")
}

// marked recognises UTF-16 by its byte order mark, or without one by how the
// first character of a feed looks in it.
func marked(b []byte) (encoding.Encoding, string) {
	has := func(prefix string) bool { return bytes.HasPrefix(b, []byte(prefix)) }
	switch {
	case has("\xff\xfe"), has("<\x00"), has("{\x00"):
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "UTF-16"
	case has("\xfe\xff"), has("\x00<"), has("\x00{"):
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM), "UTF-16"
	}
	return nil, ""
}

// trimMarks takes off UTF-8 byte order marks; some tools write two.
func trimMarks(b []byte) []byte {
	for bytes.HasPrefix(b, []byte("\xef\xbb\xbf")) {
		b = b[3:]
	}
	return b
}

func decode(b []byte, e encoding.Encoding, name string) ([]byte, string, error) {
	if err := bearable(swollen(b, e)); err != nil {
		return nil, "", err
	}
	text, err := e.NewDecoder().Bytes(b)
	if err != nil {
		text = bytes.ToValidUTF8(b, []byte("\uFFFD"))
	}
	return trimMarks(text), "read as " + name, nil
}

// replaced has U+FFFD in the place of each byte that is not valid. It allocates
// once, what length says.
func replaced(b []byte, length int) []byte {
	out := make([]byte, 0, length)
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			out = append(out, "\uFFFD"...)
		} else {
			out = append(out, b[:n]...)
		}
		b = b[n:]
	}
	return out
}

// swollen is about how long text is once it is UTF-8. Alphabets of one byte
// need two for what is beyond ASCII, and three for quotes and dashes; those of
// two bytes need three.
func swollen(b []byte, e encoding.Encoding) int {
	if _, single := e.(*charmap.Charmap); !single {
		return len(b) * 3 / 2
	}
	n := len(b)
	for _, c := range b {
		if c >= 0x80 {
			n++
		}
		if c >= 0x80 && c < 0xa0 {
			n++
		}
	}
	return n
}

// bearable refuses text that would take too much memory.
func bearable(length int) error {
	const longest = 12 << 20
	if length > longest {
		return limitError("more text in it than can be made UTF-8 of", longest)
	}
	return nil
}

// declared are the names of encodings that come with a document, the most
// trusted first.
func declared(body []byte, contentType string) []string {
	var labels []string
	if _, params, err := mime.ParseMediaType(contentType); err == nil && params["charset"] != "" {
		labels = append(labels, params["charset"])
	}
	head := body[:min(len(body), 2048)]
	for _, key := range []string{"encoding", "charset"} {
		if label := attribute(head, key); label != "" {
			labels = append(labels, label)
		}
	}
	return labels
}

// attribute finds key=value, quoted or not, in a tag or the head of a document.
func attribute(head []byte, key string) string {
	_, rest, found := bytes.Cut(head, []byte(key))
	rest = bytes.TrimLeft(rest, " \t\r\n")
	if !found || len(rest) == 0 || rest[0] != '=' {
		return ""
	}
	rest = bytes.TrimLeft(rest[1:], " \t\r\n")
	ends := " \t\r\n?/>;\"'"
	if len(rest) > 0 && (rest[0] == '"' || rest[0] == '\'') {
		ends, rest = string(rest[:1]), rest[1:]
	}
	if end := bytes.IndexAny(rest[:min(len(rest), 2048)], ends); end > 0 {
		return string(bytes.TrimSpace(rest[:end]))
	}
	return ""
}

// labelled is the first encoding among the labels that is not UTF-8, which has
// been ruled out, nor unknown.
func labelled(labels []string) (encoding.Encoding, string) {
	for _, label := range labels {
		e, name := charset.Lookup(label)
		switch name {
		case "", "utf-8", "replacement", "utf-16le", "utf-16be":
			continue
		}
		if !strings.EqualFold(label, "us-ascii") && !strings.EqualFold(label, "ascii") {
			return e, name
		}
	}
	return nil, ""
}

// escaped reports whether text that looks like ASCII is Japanese in an encoding
// that switches alphabets by escape sequences.
func escaped(body []byte, labels []string) bool {
	if bytes.IndexByte(body, 0x1b) < 0 {
		return false
	}
	_, name := labelled(labels)
	return name == "iso-2022-jp"
}

// characters counts those beyond ASCII that are proper UTF-8, and the bytes that
// are not.
func characters(b []byte) (good, bad int) {
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		switch {
		case r == utf8.RuneError && n == 1:
			bad++
		case n > 1:
			good++
		}
		b = b[n:]
	}
	return good, bad
}
