package dedupe

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"spool"
)

// A Degree is how much an edit changes what an item says.
type Degree int

// The degrees, the least first.
const (
	Unchanged Degree = iota // nothing that a reader could see
	Cosmetic                // it says the same: case, punctuation, a slip of the pen, the text below
	Material                // its headline says another thing
	Marked                  // it says itself that it is corrected
)

// String is the degree's name in logs and tests.
func (d Degree) String() string {
	return [...]string{"unchanged", "cosmetic", "material", "marked"}[d]
}

// A Change is what an edit has made of an item.
type Change struct {
	Degree Degree
	Why    string // for people: what decided it; empty when nothing did
}

// Tells reports whether readers of the former words have to be told.
func (c Change) Tells() bool { return c.Degree >= Material }

// Classify says how much an edit changes what an item says. Its headline decides,
// or the beginning of the text of an item without one: the text below changes for
// many reasons, and a date that moves says nothing. A correction that is marked as
// one, in the headline, the text or a category, counts once, when the mark appears.
//
// It knows no meanings. A word in the place of another one is another thing, unless
// it is the same word in another form or spelling; figures, names and what denies
// or doubts weigh more than the rest. docs/corrections.md has the rules.
func Classify(before, after spool.Item) Change {
	if mark := newMark(before, after); mark != "" {
		return Change{Marked, "it is marked as corrected: “" + clipWords(mark) + "”"}
	}
	if old, now := headsOf(before, after); old != "" && now != "" {
		if why := another(old, now); why != "" {
			return Change{Material, why}
		}
	}
	if sameWords(before, after) {
		return Change{Unchanged, ""}
	}
	return Change{Cosmetic, "its headline says the same"}
}

// longestHead is how much of a text stands for the headline of an item that has
// none, in words.
const longestHead = 40

// headsOf are what of the two forms of an item its readers are told: its title, or
// as much of the beginning of its text as both have. They are empty when only one
// has a title.
func headsOf(before, after spool.Item) (old, now string) {
	old, now = strings.TrimSpace(before.Title), strings.TrimSpace(after.Title)
	if old != "" || now != "" {
		if old == "" || now == "" {
			return "", ""
		}
		return old[:min(len(old), titleBytes)], now[:min(len(now), titleBytes)]
	}
	a, b := strings.Fields(before.Summary), strings.Fields(after.Summary)
	n := min(len(a), len(b), longestHead)
	old, now = strings.Join(a[:n], " "), strings.Join(b[:n], " ")
	return old[:min(len(old), titleBytes)], now[:min(len(now), titleBytes)]
}

// sameWords reports whether nothing that a post could show differs.
func sameWords(a, b spool.Item) bool {
	return string(appendWords(nil, a.Title)) == string(appendWords(nil, b.Title)) &&
		string(appendWords(nil, a.Summary)) == string(appendWords(nil, b.Summary)) &&
		a.Link == b.Link && slices.Equal(a.Media, b.Media)
}

// another says why two headlines do not say the same; empty: they do.
func another(old, now string) string {
	before, after := newHead(old), newHead(now)
	if before.same(after) {
		return ""
	}
	if before.script.unspaced() || after.script.unspaced() {
		return anotherSigns(before, after)
	}
	removed, added := before.without(after)
	if len(removed)+len(added) == 0 {
		return moved(before, after)
	}
	removed, added = unpaired(removed, added, before.plainCase || after.plainCase)
	for _, list := range [][]word{removed, added} {
		for _, w := range list {
			if w.weighs() {
				return said(removed, added)
			}
		}
	}
	if len(removed)+len(added) == 0 {
		return moved(before, after) // a verb in another form may hide who has done it to whom
	}
	if opposed(removed, added) || opposed(added, removed) {
		return said(removed, added)
	}
	removed, added = withoutSmall(removed), withoutSmall(added)
	switch {
	case len(removed)+len(added) == 0:
		return ""
	case len(removed) > 0 && len(added) > 0:
		return said(removed, added)
	case 2*len(removed) > len(withoutSmall(before.words)) || 2*len(added) > len(withoutSmall(after.words)):
		return said(removed, added)
	}
	return "" // it says more, or less, of the same
}

// said is a difference in words for people.
func said(removed, added []word) string {
	old, now := phrase(removed), phrase(added)
	switch {
	case old == "":
		return fmt.Sprintf("the headline says “%s” now", now)
	case now == "":
		return fmt.Sprintf("the headline no longer says “%s”", old)
	}
	return fmt.Sprintf("the headline said “%s” and says “%s” now", old, now)
}

func phrase(words []word) string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = w.raw
	}
	return clipWords(strings.Join(all, " "))
}

// clipWords shortens what is shown of a headline.
func clipWords(s string) string {
	const most = 80 // runes
	r := []rune(strings.Join(strings.Fields(s), " "))
	if len(r) <= most {
		return string(r)
	}
	return string(r[:most]) + "…"
}

// moved is for headlines of the same words, or forms of them, in another order. Parts that change
// places, as a kicker before and behind a colon, say the same; so do words that
// carry little. Figures and names that change places may say the opposite.
func moved(before, after head) string {
	if slices.Equal(sortedParts(before.parts), sortedParts(after.parts)) || slices.Equal(before.order(after), after.order(before)) {
		return ""
	}
	return "the headline has the same words in another order"
}

func sortedParts(parts []string) []string {
	parts = slices.Clone(parts)
	slices.Sort(parts)
	return parts
}

// anotherSigns compares headlines of a script that does not part words.
func anotherSigns(before, after head) string {
	a, b := before.signs, after.signs
	head := 0
	for head < min(len(a), len(b)) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < min(len(a), len(b))-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	old, now := a[head:len(a)-tail], b[head:len(b)-tail]
	quiet := func(s []rune) bool { return !slices.ContainsFunc(s, meaningful) && !deniesSigns(s) }
	weighs := slices.ContainsFunc(slices.Concat(old, now), heavySign) || deniesSigns(old) != deniesSigns(now)
	switch {
	case !weighs && quiet(old) && quiet(now):
		return ""
	case !weighs && len(old) == 0 && 2*len(now) <= len(b), !weighs && len(now) == 0 && 2*len(old) <= len(a):
		return ""
	}
	return said(signsWord(old), signsWord(now))
}

func signsWord(s []rune) []word {
	if len(s) == 0 {
		return nil
	}
	return []word{{raw: string(s)}}
}

// meaningful reports whether a sign carries a meaning of its own: all but the
// syllables of Japanese grammar and marks.
func meaningful(r rune) bool {
	return unicode.In(r, unicode.Letter, unicode.Number) && !unicode.Is(unicode.Hiragana, r)
}
