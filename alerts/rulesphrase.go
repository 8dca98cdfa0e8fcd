package alerts

import (
	"slices"
	"strings"

	"spool"
)

// A set of words, as tokens writes them.
type set map[string]bool

func (s set) has(word string) bool { return s[word] }

func setOf(words string) set {
	s := set{}
	for _, w := range tokens(words) {
		s[w] = true
	}
	return s
}

// A sense is what a phrase says.
type sense struct {
	effect  spool.Effect
	cause   spool.Cause
	planned bool
	bare    bool // it says so only in a headline: elsewhere it may be a remark
}

// A phrase is words that follow one another; of each there may be several forms. Words
// without weight may stand between them.
type phrase struct {
	sense
	forms []form
}

// A form is the words of which one has to stand at a place. One that begins with "*"
// is the end of a word, as in German compounds. "~" is a name: up to so many words of
// any kind, or none.
type form struct {
	words set
	ends  []string
	name  bool
}

const nameWords = 3

func (f form) fits(word string) bool {
	return f.words[word] || slices.ContainsFunc(f.ends, func(end string) bool { return strings.HasSuffix(word, end) })
}

// A lexicon finds phrases by their first word.
type lexicon struct {
	first map[string][]phrase
	ends  []phrase // those whose first word may be a compound
}

// A finding is a phrase in a sentence: the words from, up to.
type finding struct {
	sense
	from, to int
}

// find lists the phrases in a sentence, in their order.
func (l lexicon) find(sentence []string) []finding {
	var found []finding
	for i, word := range sentence {
		for _, some := range [][]phrase{l.first[word], l.ends} {
			for _, p := range some {
				if to, ok := p.at(sentence, i); ok {
					found = append(found, finding{p.sense, i, to})
				}
			}
		}
	}
	return found
}

// at reports whether a phrase begins with a word of a sentence, and where it ends.
func (p phrase) at(sentence []string, i int) (end int, ok bool) {
	if !p.forms[0].fits(sentence[i]) {
		return 0, false
	}
	i++
	name := 0 // so many words may still be one
	for _, f := range p.forms[1:] {
		if f.name {
			name = nameWords
			continue
		}
		for i < len(sentence) && !f.fits(sentence[i]) && (weightless.has(sentence[i]) || name > 0 && !inside.has(sentence[i])) {
			if !weightless.has(sentence[i]) {
				name--
			}
			i++
		}
		name = 0
		if i == len(sentence) || !f.fits(sentence[i]) {
			return 0, false
		}
		i++
	}
	return i, true
}

// add enters phrases, one in each line: places are parted by spaces, and the forms at a
// place by "|".
func (l *lexicon) add(s sense, lines string) {
	for line := range strings.Lines(lines) {
		p := phrase{sense: s}
		for place := range strings.FieldsSeq(line) {
			p.forms = append(p.forms, formOf(place))
		}
		if len(p.forms) == 0 {
			continue
		}
		for w := range p.forms[0].words {
			l.first[w] = append(l.first[w], p)
		}
		if len(p.forms[0].ends) > 0 {
			p.forms = slices.Clone(p.forms)
			p.forms[0] = form{ends: p.forms[0].ends}
			l.ends = append(l.ends, p)
		}
	}
}

func formOf(place string) form {
	f := form{words: set{}, name: place == "~"}
	for word := range strings.SplitSeq(place, "|") {
		if end, ok := strings.CutPrefix(word, "*"); ok {
			f.ends = append(f.ends, strings.Join(tokens(end), ""))
			continue
		}
		f.words[strings.Join(tokens(word), "")] = true
	}
	return f
}
