package compose

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// sentencesOf divides a text at the ends of sentences and of lines.
func sentencesOf(s string) []string {
	var out []string
	for row := range strings.SplitSeq(s, "\n") {
		at := 0
		for _, end := range placesToCut(row, len(row)).sentences {
			out = append(out, afterNumbers(strings.TrimSpace(row[at:end]))...)
			at = end
		}
		out = append(out, afterNumbers(strings.TrimSpace(row[at:]))...)
	}
	return out
}

// numberEnd is a sentence that ends in a number, as many do that name a line. In a
// news text that would be a date, "3. Mai", more often than not.
var numberEnd = regexp.MustCompile(`\d\. +\p{Lu}\p{Ll}+`)

// afterNumbers divides a text where a sentence ends in a number.
func afterNumbers(s string) []string {
	var out []string
	at := 0
	for _, m := range numberEnd.FindAllStringIndex(s, -1) {
		if end := m[0] + 2; !germanMonth(strings.TrimLeft(s[end:m[1]], " ")) {
			out, at = append(out, strings.TrimSpace(s[at:end])), end
		}
	}
	return append(out, strings.TrimSpace(s[at:]))
}

// germanMonth reports whether a word behind a number and a full stop is a month.
func germanMonth(word string) bool {
	names, _ := datesOf("de")
	return len(word) >= 3 && slices.ContainsFunc(names.months, func(m string) bool { return strings.HasPrefix(m, word) })
}

// worthSaying is a text without the sentences that say nothing, or nothing that the
// words before have not said. Lists become sentences: "Affected stops: A, B."
func worthSaying(text string, before ...string) string {
	known := map[string]bool{}
	learn(known, before...)
	var out strings.Builder
	for _, paragraph := range paragraphs(inlineLists(text)) {
		for i, s := range sentencesOf(paragraph) {
			if s == "" || idle.MatchString(s) || repeats(s, known) {
				continue
			}
			if out.Len() > 0 {
				out.WriteString(map[bool]string{true: "\n", false: " "}[i == 0])
			}
			out.WriteString(s)
			learn(known, s)
		}
	}
	return strings.TrimSpace(out.String())
}

// paragraphs are the lines of a text; those that were only broken are joined.
func paragraphs(s string) []string {
	var out []string
	for row := range strings.SplitSeq(s, "\n") {
		row = strings.TrimSpace(row)
		next, _ := utf8.DecodeRuneInString(row)
		if n := len(out) - 1; n >= 0 && out[n] != "" && row != "" && len(out[n]) > 40 && !ended(out[n]) && (unicode.IsLower(next) || unicode.IsDigit(next)) {
			out[n] += " " + row
			continue
		}
		out = append(out, row)
	}
	return out
}

// How long lines are at most that are taken for an entry of a list, and for what
// stands above one, in code points.
const (
	maxEntry = 60
	maxLabel = 160
)

// inlineLists writes a label with the short lines below it on one line.
func inlineLists(s string) string {
	rows := strings.Split(s, "\n")
	var out []string
	for i := 0; i < len(rows); i++ {
		label := strings.TrimSpace(rows[i])
		if !strings.HasSuffix(label, ":") || utf8.RuneCountInString(label) > maxLabel {
			out = append(out, rows[i])
			continue
		}
		var entries []string
		for i+1 < len(rows) && entry(rows[i+1]) {
			i++
			entries = append(entries, strings.TrimSpace(rows[i]))
		}
		switch {
		case len(entries) == 0:
			out = append(out, label)
		case !affected.MatchString(label):
			out = append(out, label+" "+strings.Join(entries, ", ")+".")
		}
	}
	return strings.Join(out, "\n")
}

func entry(row string) bool {
	row = strings.TrimSpace(row)
	return row != "" && utf8.RuneCountInString(row) <= maxEntry && !strings.ContainsAny(row[len(row)-1:], ".:!?")
}

// learn notes the words of texts.
func learn(known map[string]bool, texts ...string) {
	for _, t := range texts {
		for _, w := range wordsOf(t) {
			known[w] = true
		}
	}
}

// repeats reports whether a sentence has no word that is not known. Little words
// do not count, but short names do, such as "Elm".
func repeats(s string, known map[string]bool) bool {
	fresh, words := 0, spelt(s)
	if len(words) < 2 {
		return len(words) == 0
	}
	for i, w := range words {
		first, _ := utf8.DecodeRuneInString(w)
		named := i > 0 && unicode.IsUpper(first) && utf8.RuneCountInString(w) > 1
		if !known[strings.ToLower(w)] && (named || utf8.RuneCountInString(w) > 3 || strings.ContainsFunc(w, unicode.IsDigit)) {
			fresh++
		}
	}
	return fresh == 0
}

// wordsOf are the words of a text in small letters.
func wordsOf(s string) []string {
	return spelt(strings.ToLower(s))
}

// spelt are the same in the letters that they have.
func spelt(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
}

// saysAny reports whether a text has a word, or several in a row, that begins as one
// of the stems does.
func saysAny(s, stems string) bool {
	folded := " " + strings.Join(wordsOf(s), " ")
	for stem := range strings.SplitSeq(stems, ",") {
		if stem != "" && strings.Contains(folded, " "+stem) {
			return true
		}
	}
	return false
}
