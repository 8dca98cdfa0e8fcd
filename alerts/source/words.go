package source

import (
	"crypto/sha256"
	"encoding/base64"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"spool"
)

// itemWords are the words of an item, sorted by what they say.
type itemWords struct {
	header, rest string
	periods      []spool.Period
	marked       bool // it says which kind of message it is, as feeds of warnings do
	cancelled    bool // it takes a warning back
}

// mark is how feeds of warnings begin an item's text: MET Norway's with the message's
// type in CAP, others with a remark that it is a later state. "Cancelled:" is none,
// since it is trains that are cancelled.
var mark = regexp.MustCompile(`(?i)^\W{0,3}(alert|update[d]?|cancel)\s*(\d{1,2}\s*)?[:\]]\s*`)

// wordsOf sorts an item's words. A title that is only the name of a line, or says no
// more than that there is an alert, is completed by the first sentence of the text.
func wordsOf(it spool.Item) itemWords {
	title, kind := unmarked(it.Title)
	text, kind2 := unmarked(it.Summary)
	w := itemWords{
		marked:    kind+kind2 != "",
		cancelled: kind2 == "cancel",
	}
	title, w.periods = untimed(title)
	w.header, w.rest = title, text
	if len(w.rest) < 2*len(title)+20 && normal(w.rest) == normal(title) {
		w.rest = ""
	}
	name, says := strings.TrimRight(title, ": "), !general.MatchString(title)
	if !says {
		name = ""
	} else if m := ofAgency.FindStringSubmatch(title); m != nil && general.MatchString(m[2]) {
		name, says = m[1], false
	}
	line := lineName.MatchString(title)
	if text == "" || says && !line {
		return w
	}
	sentence, rest := firstSentence(text)
	w.header, w.rest = sentence, rest
	begins, _, named := strings.Cut(sentence, ":")
	if named = named && lineName.MatchString(begins); name != "" && !named && !strings.Contains(normal(sentence), normal(name)) {
		w.header = name + ": " + sentence
	}
	return w
}

// idle tells whether an item says no more than that there is nothing to tell, as some
// feeds do that would be empty otherwise.
func (w itemWords) idle() bool {
	return nothing.MatchString(normal(w.header)) && (w.rest == "" || nothing.MatchString(normal(w.rest)))
}

// nothing is all that such an item says, in English, French, German and Spanish.
var nothing = regexp.MustCompile(`^(there are |there is )?(currently |at this time |at present )?no (current |active |known |reported |new |service |travel |system |major )*` +
	`(delays?|alerts?|advisor(y|ies)|disruptions?|incidents?|notices?|issues|warnings?|changes)( (to report|reported|in effect|at (this|the) (time|moment)|currently|right now|for this (line|route|region|area)))*$` +
	`|^(actuellement )?aucune? (perturbation|alerte|incident|information|avertissement)( en (cours|vigueur)| signalée?)*$` +
	`|^(derzeit |aktuell |zurzeit )?(liegen |bestehen |gibt es )?(derzeit |aktuell |zurzeit )?keine (aktuellen |bekannten )?(störungen|meldungen|warnungen|einschränkungen|verkehrsmeldungen)( vor| bekannt| gemeldet)*$` +
	`|^(actualmente )?(no hay|sin|ninguna) (alertas?|incidencias?|avisos?|interrupci(ó|o)n(es)?)( activ[oa]s?| vigentes?| en vigor)*$`)

// unmarked takes the mark off a text.
func unmarked(s string) (text, kind string) {
	s = strings.TrimSpace(s)
	m := mark.FindStringSubmatchIndex(s)
	if m == nil {
		return s, ""
	}
	return strings.TrimSpace(s[m[1]:]), strings.ToLower(s[m[2]:m[3]])
}

var (
	// general titles say that there is something, and not what.
	general = regexp.MustCompile(`(?i)^((service|travel|transit|traffic|rider|customer|line|route|bus|rail|train|subway|metro|tram|ferry|current|new|important)\s+){0,2}` +
		`(alerts?|advisor(y|ies)|updates?|notices?|information|info|status|messages?|disruptions?)?\W*$`)

	// ofAgency is a title that an agency's letters stand before, as in "BART Service Advisory".
	ofAgency = regexp.MustCompile(`^([A-Z]{2,6})\s+(\S.*)$`)
	// lineName is a title that is nothing but one or several lines.
	lineName = regexp.MustCompile(`(?i)^((lines?|routes?|bus(es)?|trams?|trains?|metro|subway|lignes?|linien?|l[íi]neas?|linje|rer|[su]-bahn)\s+)?` +
		`[\p{L}\d][\p{L}\d/+-]{0,15}((\s*,\s*|\s*&\s*|\s+(and|und|et|y|og)\s+)[\p{L}\d/+-]{1,6}){0,12}` +
		`(\s+(lines?|branch|linje|linie|route|bus|tram))?\s*:?$`)
)

// isoTime is a moment as some feeds of warnings write it into their titles.
var isoTime = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$`)

// untimed takes the two moments off the end of a title: when a warning begins and ends.
func untimed(title string) (string, []spool.Period) {
	parts := strings.Split(title, ", ")
	if len(parts) < 3 || !isoTime.MatchString(parts[len(parts)-1]) || !isoTime.MatchString(parts[len(parts)-2]) {
		return title, nil
	}
	begin, err1 := time.Parse(time.RFC3339, parts[len(parts)-2])
	end, err2 := time.Parse(time.RFC3339, parts[len(parts)-1])
	rest := strings.Join(parts[:len(parts)-2], ", ")
	if err1 != nil || err2 != nil || !end.After(begin) || end.Sub(begin) > 366*24*time.Hour {
		return title, nil
	}
	return rest, []spool.Period{{Start: begin.UTC(), End: end.UTC()}}
}

var clock = regexp.MustCompile(`\b\d{1,2}[:.]\d\d\b`)

// isLevel tells whether a part of a title is the level of a warning, such as "gult nivå".
func isLevel(part string) bool {
	words := strings.Fields(normal(part))
	return len(words) <= 3 && slices.ContainsFunc(words, func(w string) bool {
		return slices.Contains([]string{"level", "nivå", "niveau", "stufe", "warnstufe", "nivel", "livello", "taso"}, w)
	})
}

// subjectOf is what a title is about and where, without what changes from one message
// about it to the next: the kind of message, the times, the level. MET Norway writes
// "Storm, gult nivå, Fedje - Måløy, 2024-02-24T06:00:00+00:00, …". Empty: none.
func subjectOf(it spool.Item) string {
	title, _ := unmarked(it.Title)
	if general.MatchString(title) || lineName.MatchString(title) {
		return ""
	}
	var parts []string
	for _, p := range strings.Split(title, ", ") {
		if clock.MatchString(p) && len(parts) > 0 {
			continue
		}
		if len(parts) > 0 && isLevel(p) {
			continue
		}
		parts = append(parts, p)
	}
	return normal(strings.Join(parts, " "))
}

// firstSentence splits a text after its first sentence, or its first line.
func firstSentence(text string) (sentence, rest string) {
	const longest = 200
	text = strings.TrimSpace(text)
	for i, r := range text {
		if utf8.RuneCountInString(text[:i]) > longest {
			break
		}
		if r == '\n' || (strings.ContainsRune(".!?", r) && endsHere(text[:i], text[i+utf8.RuneLen(r):])) {
			return strings.TrimSpace(text[:i+utf8.RuneLen(r)]), strings.TrimSpace(text[i+utf8.RuneLen(r):])
		}
	}
	if utf8.RuneCountInString(text) <= longest {
		return text, ""
	}
	cut := string([]rune(text)[:longest])
	if i := strings.LastIndexByte(cut, ' '); i > 0 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,;:-") + "…", text
}

// endsHere tells whether a sign between two texts ends a sentence: not after an
// abbreviation such as "St.", and not within a number.
func endsHere(before, after string) bool {
	if after == "" {
		return true
	}
	next, _ := utf8.DecodeRuneInString(after)
	if !unicode.IsSpace(next) {
		return false
	}
	word := strings.ToLower(before[strings.LastIndexAny(before, " \n(")+1:])
	return !slices.Contains(abbreviations, word)
}

// abbreviations are the words of notices that a full stop after does not end a
// sentence.
var abbreviations = strings.Fields("st ave av blvd rd dr ln pl sq hwy jct sta mt ft no nr nos str approx ca dir mr mrs ms vs e.g i.e incl bzw z.b u.a min max tel hr hrs bhf hbf bd pza")

// normal is a text as its words alone, in small letters.
func normal(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	gap := false
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
			gap = true
			continue
		}
		if gap && b.Len() > 0 {
			b.WriteByte(' ')
		}
		gap = false
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

func digestOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}
