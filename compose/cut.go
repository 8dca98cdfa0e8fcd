package compose

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"golang.org/x/text/unicode/norm"
)

const ellipsis = "…"

// cuts are the places where a text can end, each list in rising order.
type cuts struct {
	sentences []int
	words     []int
	graphemes []int
}

// shorten returns the longest good beginning of s that fits: up to the end of a
// sentence; else of a word, with an ellipsis; else between two graphemes, with
// one as well. A level that keeps less than a quarter of what the next one would
// is passed over: "Yes." is no summary. Empty: nothing fits.
//
// Whatever fits is, the result is s itself or was accepted by it.
func shorten(s string, fits func(string) bool) string {
	if fits(s) {
		return s
	}
	c := placesToCut(s, reach(s, fits))
	sentence := longest(c.sentences, func(at int) string { return closed(strings.TrimSpace(s[:at])) }, fits)
	word := longest(c.words, func(at int) string { return closed(withEllipsis(s[:at])) }, fits)
	if sentence != "" && 4*len(sentence) >= len(word) {
		return sentence
	}
	grapheme := ""
	if word == "" || 4*len(word) < len(s) { // else words are good enough in any case
		grapheme = longest(c.graphemes, func(at int) string { return closed(withEllipsis(s[:at])) }, fits)
	}
	if word != "" && 4*len(word) >= len(grapheme) {
		return word
	}
	return grapheme
}

// reach is a length that no text that fits goes beyond: to look for places in a
// long text is much of the work of wording an item, and most of it is cut off.
func reach(s string, fits func(string) bool) int {
	const first = 256 // bytes
	for n := first; n < len(s); n *= 2 {
		for n < len(s) && !utf8.RuneStart(s[n]) {
			n++
		}
		if !fits(s[:n]) {
			return n
		}
	}
	return len(s)
}

// longest finds the last place whose text fits, by halving: longer texts are
// taken to need more room.
func longest(places []int, text func(int) string, fits func(string) bool) string {
	best, low, high := "", 0, len(places)
	for low < high {
		middle := (low + high) / 2
		if t := text(places[middle]); t == "" || fits(t) {
			best, low = t, middle+1
		} else {
			high = middle
		}
	}
	return best
}

// withEllipsis ends a text in the middle of a sentence. Empty: no words left.
func withEllipsis(s string) string {
	return openEnded(s, func(s string) string {
		return strings.TrimRightFunc(s, func(r rune) bool {
			return unicode.IsSpace(r) || r == '\u200b' || unicode.In(r, unicode.Ps, unicode.Pi, unicode.Prepended_Concatenation_Mark) || strings.ContainsRune(",;:.-–—…|/&+'\"、，،؛：；#@", r)
		})
	})
}

// openEnded puts an ellipsis behind a text that goes on, without the punctuation
// at its end that trim takes off. Of what is never cut it takes nothing off, and it
// keeps away from an address, which it would be taken for a part of.
func openEnded(s string, trim func(string) string) string {
	whole, last := 0, byte(0) // where the last part that is never cut ends, and what it begins with
	if spans := fixed(s); len(spans) > 0 {
		whole, last = spans[len(spans)-1].end, s[spans[len(spans)-1].start]
	}
	tail := strings.TrimRightFunc(trim(strings.TrimRightFunc(s[whole:], unicode.IsSpace)), unicode.IsSpace)
	switch s = s[:whole] + tail; {
	case s == "":
		return ""
	case tail == "" && last != '&' && last != signMark:
		return s + " " + ellipsis
	}
	return s + ellipsis
}

// placesToCut goes through s once, up to a length. No place is inside a grapheme,
// an address or an HTML entity.
func placesToCut(s string, reach int) cuts {
	var c cuts
	spans := fixed(s)
	state, rest, at := -1, s, 0
	var before rune // the last rune of the cluster before
	for rest != "" {
		var cluster string
		var boundaries int
		cluster, rest, boundaries, state = uniseg.StepString(rest, state)
		at += len(cluster)
		before, _ = utf8.DecodeLastRuneInString(cluster)
		if rest == "" || at > reach {
			break
		}
		after, _ := utf8.DecodeRuneInString(rest)
		for len(spans) > 0 && spans[0].end <= at {
			spans = spans[1:]
		}
		if len(spans) > 0 && spans[0].start < at || unicode.IsSpace(before) || virama(before) {
			continue
		}
		c.graphemes = append(c.graphemes, at)
		canBreak := boundaries&uniseg.MaskLine != uniseg.LineDontBreak
		if unicode.IsSpace(after) || canBreak && (spaceless(before) || spaceless(after)) {
			c.words = append(c.words, at)
		}
		if endsSentence(s, at, before, after) {
			c.sentences = append(c.sentences, at)
		}
	}
	return c
}

// virama reports whether r joins a letter with the next one in the scripts of
// India: a text that ends in it is misspelt.
func virama(r rune) bool {
	if r < 0x900 {
		return false
	}
	return norm.NFC.PropertiesString(string(r)).CCC() == 9
}

// spaceless are the scripts that can be broken between any two characters but
// for their punctuation, which uniseg knows.
func spaceless(r rune) bool {
	return r >= 0x2e80 && (unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || strings.ContainsRune("。、，！？：；「」『』（）・ー", r))
}

// A span is a part of a text that must not be cut.
type span struct{ start, end int }

// fixed finds addresses, what looks like HTML entities, and hashtags and handles
// that are meant, in order.
func fixed(s string) []span {
	var spans []span
	for i := 0; i < len(s); {
		n := 0
		switch s[i] {
		case 'h', 'H', 'w', 'W':
			n = addressLength(s, i)
		case '&':
			n = entityLength(s[i:])
		case signMark: // a hashtag or a handle
			n = 2 + strings.IndexByte(s[i+1:], signMark)
		}
		if n > 0 {
			spans = append(spans, span{i, i + n})
		}
		i += max(n, 1)
	}
	return spans
}

// addressLength is how long the web address is that begins at i, or 0. It ends
// at white space and at punctuation that no address holds.
func addressLength(s string, i int) int {
	head := strings.ToLower(s[i:min(i+8, len(s))])
	if !strings.HasPrefix(head, "http://") && head != "https://" && !strings.HasPrefix(head, "www.") {
		return 0
	}
	if r, _ := utf8.DecodeLastRuneInString(s[:i]); i > 0 && (unicode.IsLetter(r) && !spaceless(r) || unicode.IsDigit(r)) {
		return 0
	}
	n := strings.IndexFunc(s[i:], func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune("<>\"“”«»。、，「」『』（）", r)
	})
	if n < 0 {
		n = len(s) - i
	}
	return n
}

func entityLength(s string) int {
	for i := 1; i < len(s) && i < 12; i++ {
		switch c := s[i]; {
		case c == ';' && i > 1:
			return i + 1
		case c == '#' && i == 1, 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		default:
			return 0
		}
	}
	return 0
}
