package bluesky

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A facet says that a part of the text is a link, a hashtag or a mention. Without
// one it is only letters. Offsets are in bytes of UTF-8, the end excluded.
type facet struct {
	Index    index     `json:"index"`
	Features []feature `json:"features"`
}

type index struct {
	Start int `json:"byteStart"`
	End   int `json:"byteEnd"`
}

type feature struct {
	Type string `json:"$type"`
	URI  string `json:"uri,omitempty"`
	Tag  string `json:"tag,omitempty"`
	DID  string `json:"did,omitempty"`
}

const (
	linkFeature    = "app.bsky.richtext.facet#link"
	tagFeature     = "app.bsky.richtext.facet#tag"
	mentionFeature = "app.bsky.richtext.facet#mention"
)

// A meaning is what in a text is meant as more than letters.
type meaning struct {
	link  string            // an address that stands in it as it is
	tags  []string          // without the sign
	named map[string]string // the identities of the handles in it
}

// facets finds in a text what is meant. The server does not check them: wrong
// ones are shown wrong. They never overlap; links go before mentions, and those
// before hashtags.
func facets(text string, m meaning) []facet {
	if !utf8.ValidString(text) {
		return nil // its offsets would not be those of what is sent
	}
	spans := findLinks(text, m.link)
	for _, handle := range slices.Sorted(maps.Keys(m.named)) {
		spans = add(spans, words(text, "@", handle, span{did: m.named[handle]}))
	}
	for _, tag := range m.tags {
		if tag = plainTag(tag); tag == "" {
			continue
		}
		for _, sign := range []string{"#", "＃"} {
			spans = add(spans, words(text, sign, tag, span{tag: tag}))
		}
	}
	slices.SortFunc(spans, func(a, b span) int { return a.start - b.start })
	var out []facet
	for _, s := range spans {
		out = append(out, facet{Index: index{s.start, s.end}, Features: []feature{s.feature()}})
	}
	return out
}

func (s span) feature() feature {
	switch {
	case s.uri != "":
		return feature{Type: linkFeature, URI: s.uri}
	case s.did != "":
		return feature{Type: mentionFeature, DID: s.did}
	}
	return feature{Type: tagFeature, Tag: s.tag}
}

// add takes those of more that overlap nothing.
func add(spans, more []span) []span {
	for _, s := range more {
		free := !slices.ContainsFunc(spans, func(t span) bool { return s.start < t.end && t.start < s.end })
		if free {
			spans = append(spans, s)
		}
	}
	return spans
}

// words finds a sign and a word where they stand by themselves in a text. What
// is found has the meaning of like.
func words(text, sign, word string, like span) []span {
	var found []span
	needle := sign + word
	for from := 0; ; {
		at := strings.Index(text[from:], needle)
		if at < 0 || word == "" {
			return found
		}
		start, end := from+at, from+at+len(needle)
		from = end
		if apart(text[:start], text[end:], sign == "@") {
			s := like
			s.start, s.end = start, end
			found = append(found, s)
		}
	}
}

// apart reports whether a word begins and ends between two texts.
func apart(before, after string, handle bool) bool {
	last, _ := utf8.DecodeLastRuneInString(before)
	if before != "" && (inWord(last) || strings.ContainsRune("#＃@&/", last)) {
		return false
	}
	next, size := utf8.DecodeRuneInString(after)
	if after == "" {
		return true
	}
	if !handle {
		return !inWord(next)
	}
	if next == '.' || next == '-' { // of the handle, unless the sentence ends there
		second, _ := utf8.DecodeRuneInString(after[size:])
		return len(after) == size || !inWord(second)
	}
	return !inWord(next)
}

func inWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '_' || r == '\u200d'
}

// plainTag is a hashtag as a facet may have it; empty: it may not be one.
func plainTag(s string) string {
	s = strings.TrimLeft(strings.TrimSpace(s), "#＃")
	if s == "" || len(s) > maxTagLen || Length(s) > maxTag || strings.IndexFunc(s, unicode.IsSpace) >= 0 || !utf8.ValidString(s) {
		return ""
	}
	return s
}
