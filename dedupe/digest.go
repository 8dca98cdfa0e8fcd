package dedupe

import (
	"crypto/sha256"
	"encoding/base64"
	"html"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"spool"
)

// Digest changes when the title, the summary or the link of an item change. It
// does not when only white space, invisible characters, left-over entities or
// what [Canonical] merges do, nor when a date does.
//
// What Decide puts in Item.Digest to be remembered begins with it, and goes on
// with the item's traits: compare digests by Decide alone.
func Digest(it spool.Item) string {
	return digest(it, Canonical(it.Link))
}

func digest(it spool.Item, link string) string {
	var room [1024]byte
	b := appendWords(room[:0], it.Title)
	b = append(b, 0)
	b = appendWords(b, it.Summary)
	b = append(b, 0)
	b = append(b, link...)
	return hash(b)
}

func hash(b []byte) string {
	sum := sha256.Sum256(b)
	var out [22]byte
	base64.RawURLEncoding.Encode(out[:], sum[:16])
	return string(out[:])
}

// appendWords appends the words of s with single spaces between them.
func appendWords(b []byte, s string) []byte {
	for range 2 { // entities that were escaped twice
		if !strings.Contains(s, "&") {
			break
		}
		s = html.UnescapeString(s)
	}
	if !norm.NFC.IsNormalString(s) {
		s = norm.NFC.String(s)
	}
	start, space := len(b), false
	for i := 0; i < len(s); {
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
		}
		switch {
		case unicode.IsSpace(r):
			space = len(b) > start
		case invisible(r):
		default:
			if space {
				b, space = append(b, ' '), false
			}
			b = append(b, s[i:i+size]...)
		}
		i += size
	}
	return b
}

// invisible are the characters that a feed adds or loses without a reader's
// noticing. The joiners are not among them: they change words.
func invisible(r rune) bool {
	switch r {
	case '\u00ad', '\u200b', '\u2060', '\ufeff':
		return true
	}
	return r < ' ' || r == 0x7f
}

// Traits are what can speak for or against two items being one, when a single
// key says so. A missing one is empty.
type traits struct{ link, head, day string }

// remembered is what is kept of an item in the place of its digest.
func remembered(digest string, t traits) string {
	return digest + "." + t.link + "." + t.head + "." + t.day
}

// recall takes apart what remembered put together. Without traits ok is false.
func recall(s string) (digest string, t traits, ok bool) {
	digest, s, ok = strings.Cut(s, ".")
	t.link, s, _ = strings.Cut(s, ".")
	t.head, t.day, _ = strings.Cut(s, ".")
	return digest, t, ok
}

// headline is a short name of an item's title, or of its text if it has none,
// that is deaf to case. Empty: it has neither.
func headline(it spool.Item) string {
	var room [512]byte
	b := appendWords(room[:0], it.Title)
	if len(b) == 0 {
		b = appendWords(b, it.Summary[:min(len(it.Summary), 400)])
	}
	if len(b) == 0 {
		return ""
	}
	return short(strings.ToLower(string(b)))
}

// short is an FNV-1a hash. It is enough for a trait, which is only ever compared
// when a key has already matched.
func short(s string) string {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return strconv.FormatUint((h>>32)^(h&0xffffffff), 36)
}

// day is the date of publication in UTC; empty when it is unknown.
func day(it spool.Item) string {
	if it.Published.IsZero() {
		return ""
	}
	return strconv.FormatInt(it.Published.Unix()/86400, 36)
}
