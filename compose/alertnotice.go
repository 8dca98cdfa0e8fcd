package compose

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"spool"
)

// maxCause is how long an agency's own word for a cause or an effect is at most, in
// code points; longer ones are sentences, which belong to the description.
const maxCause = 40

// A notice is what a post tells of an alert, in words but not yet in an order.
type notice struct {
	*frame
	tongue
	language string
	when     calendar
	alert    *spool.Alert
	news     News
	digest   bool // it is one, or about one
	own      *compiled

	lines, stops []string
	area         string
	about        string // the subject: lines, or what there is in their place
	effect       string // in words; empty: not known
	stems        string // by which a header says the same
	cause        string // "due to an accident"
	causeIs      string // the agency's own word, as a sentence
	where        string
	lasts        string // since and until when, or the periods
	header       string
	description  string
	instruction  string
	mark         string   // "Update 14:20: "
	changed      []string // sentences
	endings      []string // sentences
	sender       string
	members      []member
	tags         string

	// How words are written: all texts, those that have names in them, and what was
	// made of both.
	evidence, evidenceOfNames string
	written                   map[string]string
}

// notice gathers what is to be said.
func (w *Wording) notice(it spool.Item, news News, v Values) *notice {
	a := it.Alert
	n := &notice{alert: a, news: news}
	n.digest = news.Phase == spool.Sums || len(a.Members) > 0 || len(news.Members) > 0 || news.Before.Phase == spool.Sums
	n.tongue = w.tongueOf(it)
	if n.digest {
		n.tongue = w.digestTongue(it, news.Members)
	}
	n.language, n.frame = n.tongue.tag, frameOf(n.tongue.tag)
	n.when = calendar{frame: n.frame, zone: cmp.Or(v.Location, time.UTC), now: reference(it, news)}
	n.evidence = strings.Join([]string{clip(n.of(a.Description), maxTitle), clip(n.of(a.Instruction), maxTitle), clip(n.of(a.Header), maxTitle)}, "\n")
	n.evidenceOfNames = strings.Join([]string{clip(n.of(a.Header), maxTitle), clip(n.of(a.Area), maxSmall), clip(a.Sender, maxSmall)}, "\n")
	n.sender = n.senderName(a)
	n.mark = n.beginning()
	n.own = w.ownWords(n)
	n.gather(a)
	if n.digest {
		n.members = n.membersOf(news.Members)
	}
	return n
}

// reference is the moment that "today" is told by.
func reference(it spool.Item, news News) time.Time {
	for _, t := range []time.Time{news.At, it.Seen, it.Alert.Updated, it.Alert.Created} {
		if !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}

func (n *notice) phase() spool.Phase { return n.news.Phase }

// first reports whether the post begins a thread. The others answer it, so they have
// neither its link nor its picture, and are one post each.
func (n *notice) first() bool { return n.phase() != spool.Changes && n.phase() != spool.Ends }

// gather words what the alert says.
func (n *notice) gather(a *spool.Alert) {
	n.lines, n.stops = n.lineNames(a), n.stopNames(a)
	area := n.spoken(n.of(a.Area), maxSmall)
	if utf8.RuneCountInString(area) <= maxName {
		n.area = line(area)
	}
	n.about = n.subject(a)
	n.header = strings.TrimRight(line(n.spoken(cmp.Or(n.of(a.Header), n.of(a.Spoken)), maxTitle)), " .:;,-–—")
	n.effect, n.stems = n.effects(a.Effect)
	if own := n.ownWord(a.EffectText); own != "" {
		n.effect, n.stems = own, n.stems+","+strings.Join(wordsOf(own), " ")
	}
	if n.phase() == spool.Ends && a.Resumed && n.news.Before.Headline != "" {
		n.header = line(n.spoken(n.news.Before.Headline, maxTitle))
	}
	n.instruction = worthSaying(n.spoken(n.of(a.Instruction), maxSummary), n.header)
	n.description = worthSaying(n.spoken(n.of(a.Description), maxSummary), n.header, n.instruction)
	if n.header == "" && n.effect == "" {
		n.promote()
	}
	if n.effect != "" && n.about != "" && n.header != "" {
		known := map[string]bool{}
		learn(known, n.about, n.effect, strings.Join(n.lines, " "))
		if repeats(n.header, known) {
			n.header = ""
		}
	}
	n.cause = n.causes(a.Cause)
	if own := n.ownWord(a.CauseText); own != "" {
		n.cause, n.causeIs = "", n.upper(fmt.Sprintf(n.frame.cause, own))+"."
	}
	n.where = n.place()
	n.lasts = n.time(a)
	n.leaveOut()
	n.changes()
	n.ends()
}

// ownWord is an agency's word for a cause or an effect, if it is one for people.
func (n *notice) ownWord(texts spool.Texts) string {
	s := strings.Trim(line(n.spoken(n.of(texts), maxSmall)), " .")
	if utf8.RuneCountInString(s) > maxCause || strings.Contains(s, "_") || s == strings.ToUpper(s) {
		return ""
	}
	switch strings.ToLower(s) {
	case "other", "unknown", "none", "autre", "inconnu", "sonstiges", "unbekannt", "otro", "otra", "altro", "overig", "outro", "outra":
		return ""
	}
	first, size := utf8.DecodeRuneInString(s)
	if rest := s[min(size, len(s)):]; rest == strings.ToLower(rest) && n.frame.tag != "de" {
		s = strings.ToLower(string(first)) + rest
	}
	return s
}

// promote makes the first sentence of the description the headline that is missing.
func (n *notice) promote() {
	from := &n.description
	if *from == "" {
		from = &n.instruction
	}
	parts := sentencesOf(*from)
	if len(parts) == 0 {
		return
	}
	n.header = strings.TrimRight(line(parts[0]), " .:")
	*from = strings.TrimSpace(strings.TrimPrefix(*from, parts[0]))
}

// place is where, if the lead does not say it: stops of lines, or the area.
func (n *notice) place() string {
	switch {
	case len(n.lines) == 0 || n.saysAll(n.stops):
		return ""
	case len(n.stops) > maxStops:
		return fmt.Sprintf(n.atStop, n.frame.stops(len(n.stops)))
	case len(n.stops) > 1:
		return fmt.Sprintf(n.atStops, n.list(n.stops))
	case len(n.stops) == 1:
		return fmt.Sprintf(n.atStop, n.stops[0])
	}
	return ""
}

func (n *notice) saysAll(names []string) bool {
	if len(names) == 0 || n.header == "" {
		return false
	}
	return !slices.ContainsFunc(names, func(s string) bool { return !saysLine(n.header, s) })
}

// leaveOut drops what the texts say already.
func (n *notice) leaveOut() {
	all := strings.Join([]string{n.header, n.instruction, n.description}, "\n")
	if n.cause != "" && (saysAny(all, n.contentStems(n.cause)) || reasoned.MatchString(n.header)) {
		n.cause = ""
	}
	if n.causeIs != "" && strings.Contains(strings.Join(wordsOf(all), " "), strings.Join(wordsOf(n.ownWord(n.alert.CauseText)), " ")) {
		n.causeIs = ""
	}
	if n.where != "" && len(n.stops) > maxStops && n.namesSome(all) {
		n.where = ""
	}
}

// namesSome reports whether a text names at least one of the stops.
func (n *notice) namesSome(text string) bool {
	return saysOne(text, n.stops)
}

// saysOne reports whether a text names one of the first lines or stops of a list.
func saysOne(text string, names []string) bool {
	const enough = 100
	return slices.ContainsFunc(names[:min(len(names), enough)], func(s string) bool { return saysLine(text, s) })
}

// contentStems are the long words of a phrase, by their beginnings.
func (n *notice) contentStems(phrase string) string {
	var stems []string
	for _, w := range wordsOf(phrase) {
		if utf8.RuneCountInString(w) >= 5 && !strings.Contains(n.fillers, " "+w+" ") {
			r := []rune(w)
			stems = append(stems, string(r[:min(len(r), 7)]))
		}
	}
	return strings.Join(stems, ",")
}

// subjectSaid reports whether the headline names every line, or what there is in the
// place of lines.
func (n *notice) subjectSaid() bool {
	switch {
	case n.header == "" || n.about == "":
		return false
	case n.saysAll(n.lines):
		return true
	case len(n.lines) > maxLines: // "several routes", or some of them
		return saysOne(n.header, n.lines)
	case len(n.lines) > 0:
		return false
	case len(n.stops) > 0:
		return n.namesSome(n.header)
	}
	return saysLine(n.header, n.about)
}

func (n *notice) effectSaid() bool { return n.header != "" && saysAny(n.header, n.stems) }

// senderName is who says so; empty: nobody that readers know. The feed's name is for
// whoever runs the program.
func (n *notice) senderName(a *spool.Alert) string {
	name := a.Sender
	for _, e := range a.Affected {
		name = cmp.Or(name, e.AgencyName)
	}
	return shortName(n.spoken(line(clip(name, maxSmall)), maxSmall))
}

// item is what cards, topics and warnings see of an alert, as if it were an article.
func (n *notice) item(it spool.Item) spool.Item {
	it.Title, it.Summary, it.Language = n.title(), n.summary(), n.language
	it.Link = cmp.Or(n.address(n.alert.URL), n.sharedLink(), it.Link)
	it.Categories, it.Media = n.lines, n.alert.Image
	return it
}

// title is an alert in a few words.
func (n *notice) title() string {
	if n.digest {
		_, lines, alerts := n.groups()
		return n.upper(n.troubles(lines, alerts))
	}
	text := cmp.Or(n.header, n.effect)
	if n.about == "" || n.subjectSaid() {
		return n.upper(text)
	}
	if text == "" {
		return n.about
	}
	return n.about + n.colon + text
}

func (n *notice) summary() string {
	return strings.TrimSpace(n.instruction + "\n" + n.description)
}
