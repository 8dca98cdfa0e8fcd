package alerts

import (
	"slices"
	"strings"

	"spool"
)

// words is what the texts and the id of an alert say of it in words that are common.
// Empty: nothing that one could be sure of.
type words struct {
	effect  spool.Effect
	cause   spool.Cause
	planned bool
	urgent  bool // work that nobody has planned
}

// The most that is looked at: what matters is said first.
const (
	readTexts     = 6 // languages
	readTokens    = 120
	readSentences = 4 // of a description
)

// read looks for common words, in the headline first, then in the agency's own words
// for effect and cause, then in how the description begins. It would rather find
// nothing than something wrong: whole words only, none that something in the same
// sentence takes back.
func read(a spool.Alert) words {
	w := readID(a.ID)
	for _, part := range []struct {
		texts     spool.Texts
		sentences int
		headline  bool
	}{{a.Header, readSentences, true}, {a.EffectText, 1, true}, {a.CauseText, 1, true}, {a.Description, readSentences, false}} {
		var found words
		for i, t := range part.texts {
			if i == readTexts {
				break
			}
			found = found.and(readText(t.Text, part.sentences, part.headline))
		}
		w = w.orElse(found)
	}
	return w
}

// readText looks at the first sentences of a text.
func readText(s string, sentences int, headline bool) words {
	var w words
	for _, sentence := range split(s, sentences) {
		w = w.and(readSentence(sentence, headline))
	}
	return w
}

// readSentence finds what a sentence says, and the gravest effect of several.
func readSentence(sentence []string, headline bool) words {
	w := words{urgent: slices.ContainsFunc(sentence, urgent.has)}
	calm := slices.ContainsFunc(sentence, calming.has) || followed(sentence, "no", "longer") || followed(sentence, "ne", "plus")
	for _, f := range vocabulary.find(sentence) {
		switch {
		case calm || f.bare && !headline || denied(sentence, f):
		case f.effect != "":
			if w.effect == "" || graver(f.effect, w.effect) {
				w.effect = f.effect
			}
		case f.cause != "":
			w.cause = spool.Cause(orElse(string(w.cause), string(f.cause)))
		case f.planned:
			w.planned = !w.urgent
		}
	}
	return w
}

// denied reports whether words before a phrase deny it, make it small or possible, or
// words behind it make it something else, such as "delay compensation".
func denied(sentence []string, f finding) bool {
	const reach = 3 // words
	if slices.ContainsFunc(sentence[max(f.from-reach, 0):f.from], denying.has) {
		return true
	}
	return f.to < len(sentence) && otherwise.has(sentence[f.to])
}

// and takes over what is found beside w in texts of the same rank.
func (w words) and(o words) words {
	if w.effect == "" || o.effect != "" && graver(o.effect, w.effect) {
		w.effect = o.effect
	}
	w.cause = spool.Cause(orElse(string(w.cause), string(o.cause)))
	w.planned, w.urgent = w.planned || o.planned, w.urgent || o.urgent
	return w
}

// orElse takes over what is found in texts of a lower rank, where w has nothing.
func (w words) orElse(o words) words {
	w.effect = spool.Effect(orElse(string(w.effect), string(o.effect)))
	w.cause = spool.Cause(orElse(string(w.cause), string(o.cause)))
	w.planned, w.urgent = w.planned || o.planned, w.urgent || o.urgent
	return w
}

// graver orders effects by what a rider has to know first.
func graver(a, b spool.Effect) bool {
	order := []spool.Effect{
		spool.NoService, spool.AccessibilityIssue, spool.ReducedService, spool.Detour, spool.SignificantDelays,
		spool.StopMoved, spool.ModifiedService, spool.AdditionalService,
	}
	rank := func(e spool.Effect) int {
		if i := slices.Index(order, e); i >= 0 {
			return i
		}
		return len(order)
	}
	return rank(a) < rank(b)
}

// readID knows the parts of ids by which agencies tell kinds of alerts apart: the MTA's
// are "lmm:planned_work:123", and lifts are listed as "station#elevator".
func readID(id string) words {
	var w words
	parts := strings.FieldsFunc(strings.ToLower(id), func(r rune) bool { return strings.ContainsRune(":#/|;,. ", r) })
	for _, part := range parts {
		switch part {
		case "planned_work", "plannedwork", "planned-work", "planned_works":
			w.planned = true
		case "elevator", "escalator", "elevators", "escalators":
			w.effect = spool.AccessibilityIssue
		}
	}
	return w
}

// split parts a text into the words of its first sentences. What stands in brackets and
// behind dashes belongs to its sentence.
func split(s string, most int) [][]string {
	var out [][]string
	left := readTokens
	for _, line := range strings.FieldsFunc(s[:min(len(s), 20*readTokens)], func(r rune) bool { return strings.ContainsRune(".!?;\n\r", r) }) {
		t := tokens(line)
		if len(t) == 0 {
			continue
		}
		t = t[:min(len(t), left)]
		left -= len(t)
		out = append(out, t)
		if len(out) == most || left == 0 {
			break
		}
	}
	return out
}

// followed reports whether words stand one after another.
func followed(sentence []string, a, b string) bool {
	for i := 1; i < len(sentence); i++ {
		if sentence[i-1] == a && sentence[i] == b {
			return true
		}
	}
	return false
}
