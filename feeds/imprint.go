package feeds

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
)

// imprint is what a later answer without validators is compared by: a hash of all but
// when an RSS or Atom document as a whole was made. Many servers say that anew with
// each answer, and nothing else.
func imprint(body []byte) string {
	h := sha256.New()
	for rest := preamble(body); ; {
		from, to := made(rest)
		if from < 0 {
			break
		}
		h.Write(body[:from])
		h.Write([]byte{0})
		body, rest = body[to:], rest[to:]
	}
	h.Write(body)
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:16])
}

// preamble is the part of an XML document before its first item; empty: it is none.
func preamble(body []byte) []byte {
	const longest = 16 << 10
	b := body[:min(len(body), longest)]
	if start := bytes.TrimLeft(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")), " \t\r\n"); len(start) == 0 || start[0] != '<' {
		return nil
	}
	for _, first := range []string{"<item", "<entry"} {
		if i := bytes.Index(b, []byte(first)); i >= 0 {
			b = b[:i]
		}
	}
	return b
}

// made finds the first moment in a preamble at which the document was made; from -1: there
// is none.
func made(before []byte) (from, to int) {
	from = -1
	for _, tag := range []string{"<updated>", "<lastBuildDate>", "<pubDate>", "<dc:date>"} {
		i := bytes.Index(before, []byte(tag))
		if i < 0 || from >= 0 && i+len(tag) > from {
			continue
		}
		if n := moment(before[i+len(tag):]); n > 0 {
			from, to = i+len(tag), i+len(tag)+n
		}
	}
	return from, to
}

// moment is how long the text at the beginning of bytes is, up to the next tag, if it can
// be a moment; 0: it cannot.
func moment(b []byte) int {
	const longest = 60
	n := bytes.IndexByte(b[:min(len(b), longest)], '<')
	for _, c := range b[:max(n, 0)] {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && !bytes.ContainsRune([]byte(" \t\r\n:+-,."), rune(c)) {
			return 0
		}
	}
	return max(n, 0)
}
