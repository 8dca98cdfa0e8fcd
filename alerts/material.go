package alerts

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"spool"
)

// What can be different about an alert so that it is worth telling. Material and Tells
// list them in this order.
const (
	ChangedEffect   = "effect"
	ChangedSeverity = "severity"
	ChangedLines    = "lines"
	ChangedUntil    = "until"   // the end moved, became known, or is not known any more
	ChangedText     = "text"    // the headline, or the agency wants people told again
	ChangedMembers  = "members" // of a digest: the alerts that it sums up
)

// The figures by which a change is worth telling, from what riders' apps go by.
const (
	endMoves  = 30 * time.Minute // an end that moves by no more is as it was
	textAlike = 0.6              // of the words of two headlines, at least, that say the same
)

// Material lists what an alert says differently now that is worth telling. Spellings,
// the order of words, and an end that moves a little are not.
func Material(before, now spool.Alert) []string {
	language := ""
	if len(now.Header) > 0 {
		language = now.Header[0].Language
	}
	return Tells(TellingOf(before, spool.Begins, language), TellingOf(now, spool.Begins, language))
}

// Tells lists what readers who know one telling would learn from another.
func Tells(told, now spool.Telling) []string {
	var differs []string
	for _, c := range []struct {
		what string
		is   bool
	}{
		{ChangedEffect, told.Effect != now.Effect},
		{ChangedSeverity, told.Severity != now.Severity},
		{ChangedLines, !slices.Equal(told.Lines, now.Lines)},
		{ChangedUntil, endMoved(told.Until, now.Until)},
		{ChangedText, textTells(told, now)},
		{ChangedMembers, !slices.Equal(told.Members, now.Members)},
	} {
		if c.is {
			differs = append(differs, c.what)
		}
	}
	return differs
}

func endMoved(before, now time.Time) bool {
	if before.IsZero() || now.IsZero() {
		return before.IsZero() != now.IsZero()
	}
	return now.Sub(before).Abs() > endMoves
}

// textTells reports whether the words are worth telling. An agency that says when it
// wants people told is taken at its word; its other edits are its own affair.
func textTells(told, now spool.Telling) bool {
	if !told.Notify.IsZero() || !now.Notify.IsZero() {
		return now.Notify.After(told.Notify)
	}
	return !alike(told.Headline+" "+told.Detail, now.Headline+" "+now.Detail)
}

// alike reports whether two texts say the same: enough of their words are equal, and
// all of their figures, whose order does not matter.
func alike(a, b string) bool {
	if a == b {
		return true
	}
	wa, na := wordsAndFigures(a)
	wb, nb := wordsAndFigures(b)
	if !slices.Equal(na, nb) {
		return false
	}
	if len(wa)+len(wb) == 0 {
		return true
	}
	both := 0
	for w := range wa {
		if wb[w] {
			both++
		}
	}
	return float64(both) >= textAlike*float64(len(wa)+len(wb)-both)
}

// wordsAndFigures parts a text: its words, each once, and its figures, sorted. Of
// writing that does not part words each character is one. "7:30" has two figures;
// "M15" is a word, and has one. When the text itself was written, as in "updated 7:30",
// is none of its figures, nor words: it changes while nothing else does.
func wordsAndFigures(s string) (words map[string]bool, figures []string) {
	words = map[string]bool{}
	stamp := 0 // so many words may still belong to such a moment
	for _, w := range tokens(s) {
		found := strings.FieldsFunc(w, func(r rune) bool { return !unicode.IsDigit(r) })
		switch {
		case written.has(w):
			stamp = stampWords
			continue
		case stamp > 0 && (len(found) > 0 || betweenStamps.has(w)):
			stamp--
			continue
		}
		stamp = 0
		words[w] = true
		figures = append(figures, found...)
	}
	slices.Sort(figures)
	return words, figures
}

// written are words that say when a text was written, if a moment follows them: so many
// words of it, and those that may stand between.
const stampWords = 4

var (
	written       = setOf("updated aktualisiert actualise actualisee actualizado actualizada")
	betweenStamps = setOf("at on as of um am le a las el h uhr")
)
