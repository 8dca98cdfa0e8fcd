package dedupe

import (
	"hash/fnv"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// The figures by which two titles are nearly the same. Decision 0010 has what
// they were measured by.
const (
	alikeFrom  = 0.8 // of the words, or of the trigrams
	fewestWord = 5   // a title of fewer words is compared with nothing
	fewestGram = 10  // and one of fewer trigrams, in a language that does not part words
	titleBytes = 1000
)

// A title is what of an item's title is compared: the set of its words, or of
// its trigrams where words are not parted, and apart from them what makes two
// titles differ however much else is equal: figures, days, months.
type title struct {
	parts  []uint64 // hashes, sorted, each once
	veto   uint64   // of all that must be equal; in their order
	script script   // of most letters
	short  bool     // too short to be compared
}

// newTitle reads a title. What only announces it, as "Update:" does, is left out.
func newTitle(s string) title {
	s = s[:min(len(s), titleBytes)]
	folded := fold(s)
	words := wordsOf(withoutMarkers(folded))
	t := title{script: scriptOf(folded)}
	veto := fnv.New64a()
	for i, w := range words {
		if v := vetoes(w); v != "" {
			words[i] = v
			veto.Write([]byte(v + "\x00"))
		}
	}
	t.veto = veto.Sum64()
	if t.script.unspaced() {
		t.parts = trigrams(strings.Join(words, ""))
		t.short = len(t.parts) < fewestGram
		return t
	}
	for _, w := range words {
		t.parts = append(t.parts, hash64(w))
	}
	t.parts = set(t.parts)
	t.short = len(t.parts) < fewestWord
	return t
}

// fold makes writings of one text alike: compatible characters, and case.
func fold(s string) string {
	if ascii(s) {
		return strings.ToLower(s)
	}
	return cases.Fold().String(norm.NFKC.String(strings.ToValidUTF8(s, " ")))
}

// wordsOf parts a folded title. An apostrophe is part of a word: what it parts is
// no word of its own.
func wordsOf(s string) []string {
	words := strings.FieldsFunc(s, func(r rune) bool {
		if r < 0x80 {
			return r != '\'' && !alphanumeric(byte(r))
		}
		return r != '’' && !unicode.In(r, unicode.Letter, unicode.Number, unicode.Mark)
	})
	for i, w := range words {
		words[i] = strings.ReplaceAll(strings.Trim(w, "'’"), "’", "'")
	}
	return slices.DeleteFunc(words, func(w string) bool { return w == "" })
}

// like reports whether two titles say the same in nearly the same words.
func (t title) like(o title) bool {
	if t.short || o.short || t.veto != o.veto || t.script != o.script {
		return false
	}
	few, many := min(len(t.parts), len(o.parts)), max(len(t.parts), len(o.parts))
	if float64(few) < alikeFrom*float64(many) {
		return false
	}
	both := shared(t.parts, o.parts)
	return float64(both) >= alikeFrom*float64(few+many-both)
}

// shared counts the elements that two sorted sets share.
func shared(a, b []uint64) int {
	n := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			n, i, j = n+1, i+1, j+1
		}
	}
	return n
}

func set(parts []uint64) []uint64 {
	slices.Sort(parts)
	return slices.Compact(parts)
}

func trigrams(s string) []uint64 {
	r := []rune(s)
	var parts []uint64
	for i := 0; i+3 <= len(r); i++ {
		parts = append(parts, hash64(string(r[i:i+3])))
	}
	return set(parts)
}

func hash64(s string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s))
	return h.Sum64()
}
