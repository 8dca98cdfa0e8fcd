package scheduler

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"spool"
)

// A subject is an item as patterns look at it: its fields, one text each, so that
// "^" and "$" are the ends of one category, or of one author's name.
type subject []field

// A field is a part of an item.
type field struct {
	name string
	text string // as the feed has it, cleaned
	read string // as somebody types who has read it: see asRead
}

func subjectOf(it spool.Item) subject {
	var s subject
	s.add("title", it.Title)
	s.add("summary", it.Summary)
	for _, c := range it.Categories {
		s.add("category", c)
	}
	if len(it.Categories) == 0 {
		s.add("category", "")
	}
	s.addAuthors(it.Author)
	s.addLink(it.Link)
	return s
}

func (s *subject) add(name, text string) {
	*s = append(*s, field{name, text, asRead(text)})
}

// addAuthors adds all of them together, as the item has them, and each.
func (s *subject) addAuthors(all string) {
	s.add("author", all)
	if each := strings.Split(all, ", "); len(each) > 1 {
		for _, name := range each {
			s.add("author", name)
		}
	}
}

// addLink adds an address as it is, and as people write it: without escapes.
func (s *subject) addLink(address string) {
	spelt, err := url.PathUnescape(address)
	if err != nil || !utf8.ValidString(spelt) {
		spelt = address
	}
	*s = append(*s, field{"link", address, spelt})
}

// find returns where the first pattern that matches was found.
func (s subject) find(patterns []Pattern) (match, bool) {
	for _, p := range patterns {
		for _, f := range s {
			if !p.looksAt(f.name) {
				continue
			}
			for _, whole := range f.texts() {
				if at := p.Regexp.FindStringIndex(whole); at != nil {
					return match{p, f.name, whole[at[0]:at[1]], whole}, true
				}
			}
		}
	}
	return match{}, false
}

// looksAt reports whether the pattern is about a field: the one that it names,
// or title, summary and categories.
func (p Pattern) looksAt(field string) bool {
	if p.On != "" {
		return field == p.On
	}
	return field == "title" || field == "summary" || field == "category"
}

func (f field) texts() []string {
	if f.read == f.text {
		return []string{f.text}
	}
	return []string{f.text, f.read}
}

// straight has what a keyboard has in the place of the marks of print.
var straight = strings.NewReplacer("’", "'", "‘", "'", "ʼ", "'", "“", `"`, "”", `"`, "„", `"`,
	"–", "-", "—", "-", "\u2010", "-", "\u2011", "-", "…", "...")

// asRead is a text with composed letters, straight quotation marks, plain hyphens
// and spaces, one at a time, and nothing that cannot be seen: what matches by
// its looks must match.
func asRead(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.Is(unicode.Cf, r): // soft hyphens, joiners, marks of direction
			return -1
		}
		return r
	}, straight.Replace(norm.NFC.String(text)))
	return strings.Join(strings.Fields(text), " ")
}
