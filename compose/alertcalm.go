package compose

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// calm takes the capitals out of lines that are nothing else.
func (n *notice) calm(s string) string {
	if shapeOf(s).loud {
		return n.calmLine(s, n.seen(), true)
	}
	return segment.ReplaceAllStringFunc(s, func(part string) string {
		if !shapeOf(part).loud {
			return part
		}
		return n.calmLine(part, n.seen(), true)
	})
}

// segment is about a sentence.
var segment = regexp.MustCompile(`[^.!?…\n]+[.!?…]*`)

// seen is how words are written: as the language does those of announcements, and as
// the alert does where it does not shout.
func (n *notice) seen() map[string]string {
	if n.written != nil {
		return n.written
	}
	var quiet []string
	for _, part := range segment.FindAllString(n.evidence, -1) {
		if s := shapeOf(part); !s.loud && strings.ToUpper(part) != part {
			quiet = append(quiet, part)
		}
	}
	n.written = seenIn(strings.Join(quiet, ". "))
	for _, names := range []string{n.evidenceOfNames} {
		for _, t := range tokensOf(names) {
			if first, _ := utf8.DecodeRuneInString(t.text); t.word && unicode.IsUpper(first) && strings.ToUpper(t.text) != t.text {
				n.written[strings.ToLower(t.text)] = t.text
			}
		}
	}
	for w := range strings.FieldsSeq(n.frame.calm) {
		n.written[strings.ToLower(w)] = w
	}
	return n.written
}

// ended reports whether a line is the end of a sentence, or empty.
func ended(s string) bool {
	return s == "" || strings.ContainsAny(s[len(s)-1:], ".!?:")
}

// inflected reports whether an English word ends as names seldom do.
func inflected(w string) bool {
	for _, end := range []string{"ing", "ed", "ly", "tion", "tions", "ment", "ments", "ous", "able", "ible", "ive", "ful", "ness", "ity", "ies", "ical", "ance", "ence", "ure", "ures", "ary", "ist", "ists", "est", "ward", "wards"} {
		if len(w) > len(end)+3 && strings.HasSuffix(w, end) {
			return true
		}
	}
	return false
}

func (n *notice) calmLine(s string, seen map[string]string, begins bool) string {
	say := &saying{language: n.language}
	tokens := tokensOf(s)
	for i, t := range tokens {
		if !t.word {
			begins = begins || strings.ContainsAny(t.text, ".!?:…")
			continue
		}
		if strings.IndexFunc(t.text, unicode.IsLower) >= 0 || utf8.RuneCountInString(t.text) < 2 && !begins && strings.ToUpper(t.text) != "A" {
			begins = false
			continue
		}
		made, sure := say.quieter(t.text, seen, true)
		if !sure && n.frame.tag == "en" && inflected(strings.ToLower(t.text)) {
			made = strings.ToLower(t.text)
		}
		if begins {
			made = say.capital(made)
		}
		tokens[i].text, begins = made, false
	}
	var b strings.Builder
	for _, t := range tokens {
		b.WriteString(t.text)
	}
	return b.String()
}
