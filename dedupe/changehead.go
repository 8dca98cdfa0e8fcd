package dedupe

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// A head is a headline as its former or later form is compared with it.
type head struct {
	words     []word
	signs     []rune   // all letters, digits and weighty marks, where words are not parted
	parts     []string // what colons and dashes part, each as its words
	joined    string   // all words without what parts them
	script    script
	plainCase bool // capitals say nothing: all words have them, or none
}

// newHead reads a headline. What only announces it is left out.
func newHead(s string) head {
	s = norm.NFKC.String(strings.ToValidUTF8(s, " "))
	s = plainMarks(announced(s))
	h := head{script: scriptOf(fold(s))}
	var money []word
	for _, part := range strings.FieldsFunc(strings.ReplaceAll(s, " - ", "|"), func(r rune) bool { return strings.ContainsRune(":|;–—", r) }) {
		words := scanWords(part)
		var texts []string
		for _, w := range words {
			texts = append(texts, w.text)
			if w.money {
				money = append(money, w)
				continue
			}
			h.words = append(h.words, w)
		}
		if len(texts) > 0 {
			h.parts = append(h.parts, strings.Join(texts, " "))
		}
	}
	// "€5" is "5 €": signs of money have no place of their own.
	slices.SortFunc(money, func(a, b word) int { return strings.Compare(a.text, b.text) })
	h.words = append(h.words, money...)
	h.joined = join(h.words)
	h.plainCase = plainCase(h.words)
	if h.script.unspaced() {
		h.signs = signsOf(s)
	}
	return h
}

// plainMarks writes marks of punctuation that look alike in one way.
func plainMarks(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '’' || r == '‘' || r == '´' || r == '`' || r == 'ʼ':
			return '\''
		case r == '−' || r == '‐' || r == '‑':
			return '-'
		case r == '【' || r == '〔':
			return '['
		case r == '】' || r == '〕':
			return ']'
		case invisible(r) && r != '\n' && r != '\t':
			return -1
		}
		return r
	}, s)
}

// announced is a headline without the markers at its ends.
func announced(s string) string {
	for range 4 {
		if rest, _, ok := agencyMark(s); ok {
			s = rest
			continue
		}
		if h, rest, ok := cutHead(s); ok && announces(h) && strings.TrimSpace(rest) != "" {
			s = rest
			continue
		}
		if rest, t, ok := cutTail(s); ok && announces(t) && strings.TrimSpace(rest) != "" {
			s = rest
			continue
		}
		break
	}
	return s
}

func announces(phrase string) bool { return marker(fold(phrase)) || correctionMark(phrase) }

// join is what stays equal when words are written together or apart.
func join(words []word) string {
	var b strings.Builder
	for _, w := range words {
		if w.figure || w.money {
			b.WriteString("#" + w.text + "#")
			continue
		}
		b.WriteString(strings.ReplaceAll(w.plain, "'", ""))
	}
	return b.String()
}

// plainCase reports whether capitals tell nothing about the words of a headline.
func plainCase(words []word) bool {
	large, small := 0, 0
	for _, w := range words {
		switch {
		case w.figure || w.money || w.small() || len([]rune(w.text)) < 4:
		case w.capital:
			large++
		default:
			small++
		}
	}
	return large == 0 || small == 0 || large >= 4*small
}

// same reports whether two headlines differ in writing only.
func (h head) same(o head) bool {
	if h.script.unspaced() || o.script.unspaced() {
		return slices.Equal(h.signs, o.signs) && h.joined == o.joined
	}
	return h.joined == o.joined
}

// without are the words of each headline that the other one has not.
func (h head) without(o head) (removed, added []word) {
	left := map[string]int{}
	for _, w := range o.words {
		left[w.plain]++
	}
	for _, w := range h.words {
		if left[w.plain] > 0 {
			left[w.plain]--
			continue
		}
		removed = append(removed, w)
	}
	left = map[string]int{}
	for _, w := range h.words {
		left[w.plain]++
	}
	for _, w := range o.words {
		if left[w.plain] > 0 {
			left[w.plain]--
			continue
		}
		added = append(added, w)
	}
	return removed, added
}

// order are the words, as they follow one another, that must not change places:
// what weighs, and names, which have a capital in both headlines. Where capitals
// say nothing it is all but the small words. The other headline has each of them.
func (h head) order(o head) []string {
	capital, shared := map[string]bool{}, map[string]bool{}
	for _, w := range o.words {
		capital[w.plain], shared[w.plain] = capital[w.plain] || w.capital, true
	}
	var out []string
	for _, w := range h.words {
		if !shared[w.plain] {
			continue // a form of it stands there
		}
		if w.weighs() || !w.small() && (h.plainCase || o.plainCase || w.capital && capital[w.plain]) {
			out = append(out, w.plain)
		}
	}
	return out
}

// signsOf are the signs of a headline that carry a meaning or a sound.
func signsOf(s string) []rune {
	var out []rune
	for _, r := range cases.Fold().String(s) {
		if unicode.In(r, unicode.Letter, unicode.Number, unicode.Mark) || unicode.Is(unicode.Sc, r) || r == '%' {
			out = append(out, r)
		}
	}
	return out
}
