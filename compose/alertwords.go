package compose

import (
	"slices"
	"strings"
	"unicode/utf8"

	"spool"
)

// How much a post says, from everything to what it cannot do without. Line, effect
// and time stay at every level.
const (
	sayAll = iota
	sayNoTags
	sayNoCause
	sayNoPlace
	sayLeast
	levels
)

// leastHeader is how much of a headline has to be left before something else goes, in
// code points.
const leastHeader = 40

// noticeWords are the words of a post about an alert. It reports whether there are any.
func (c *composition) noticeWords(inText bool, fits func(string) bool) (string, bool) {
	if c.notice.own != nil {
		if text, ok := c.ownNotice(inText, fits); ok {
			return text, true
		}
	}
	link := ""
	if inText {
		link = c.affordable(c.link, true, fits)
	}
	if c.notice.digest {
		return c.digestNotice(link, fits)
	}
	if text, ok := c.levelled(link, fits); ok {
		return text, true
	}
	if link != "" {
		if text, ok := c.levelled("", fits); ok {
			c.report.note("the link is left out of the text: with it there is no room for line and time")
			return text, true
		}
	}
	text := c.shortenAll(layOut(evenDirections(c.notice.words(sayLeast, c.limits.Mute)), ""), fits)
	return text, text != ""
}

// levelled says as much as there is room for, down to what a post cannot do without.
func (c *composition) levelled(link string, fits func(string) bool) (string, bool) {
	for level := range levels {
		quiet := *c
		quiet.report = new(Report)
		l := layOut(evenDirections(c.notice.words(level, c.limits.Mute)), link)
		if l.body() == "" {
			return "", false
		}
		header := headerOf(l)
		if !fits(l.String()) {
			quiet.shortenParts(l, quiet.data("", c.limits.Mute), fits)
		}
		kept := utf8.RuneCountInString(headerOf(l))
		if fits(l.String()) && (level == sayLeast || kept >= min(leastHeader, utf8.RuneCountInString(header))) {
			c.report.Notes = append(c.report.Notes, quiet.report.Notes...)
			return l.String(), true
		}
	}
	return "", false
}

// leastScrap is how much of a text is worth having that ends within a sentence, in
// code points: "Use bus 5 between…" helps nobody.
const leastScrap = 60

// scrap is how many code points are too few of a part that is cut within a sentence.
func (c *composition) scrap(l *layout, part int) int {
	headline := !slices.ContainsFunc(l.pieces[:part], func(p piece) bool { return p.fit })
	if c.notice == nil || c.notice.own != nil || headline {
		return 8
	}
	return leastScrap
}

// headerOf is the first part that can be shortened.
func headerOf(l *layout) string {
	for _, p := range l.pieces {
		if p.fit {
			return p.text
		}
	}
	return ""
}

// ownNotice fills in the template of the settings. What does not fit loses its parts
// marked fit and some of its headline; if that is not enough the built-in words
// have to do, which keep line and time.
func (c *composition) ownNotice(inText bool, fits func(string) bool) (string, bool) {
	f := c.fillIn(inText, fits)
	l := f.lay(f.data)
	if l.body() == "" {
		c.report.note("the template says nothing of this alert, so the built-in words are used")
		return "", false
	}
	if fits(l.String()) {
		return l.String(), true
	}
	c.shortenParts(l, f.data, fits)
	if l.body() != "" && fits(l.String()) {
		return l.String(), true
	}
	full := f.data.Header
	try := func(s string) bool {
		f.data.Header = s
		return fits(f.lay(f.data).empty().String())
	}
	if kept := shorten(full, try); full != "" && kept != "" && try(kept) {
		c.noteCut("the header", full, kept)
		return f.lay(f.data).empty().String(), true
	}
	c.report.note("the template leaves no room, so the built-in words are used")
	return "", false
}

// digestNotice names as many lines as there is room for.
func (c *composition) digestNotice(link string, fits func(string) bool) (string, bool) {
	for _, most := range []int{50, 30, 20, 12, 8, 6, 4, 3, 2, 1, 0} {
		text := layOut(evenDirections(muted(c.notice.digestWords(most), c.limits.Mute)), link).String()
		if fits(text) {
			return text, true
		}
	}
	text := c.shortenAll(layOut(c.notice.digestWords(0), link), fits)
	return text, text != ""
}

// words are the built-in ones, with the parts marked that can be shortened: the
// headline, what to do, and the description, which goes first.
func (n *notice) words(level int, mute func(string) string) string {
	if n.digest {
		return muted(n.digestWords(50), mute)
	}
	m := func(s string) string { return muted(s, mute) }
	rows := n.opening(level, m)
	var blocks []string
	for _, b := range []string{strings.Join(rows, "\n"), n.part(level, m(n.instruction)), n.part(level, m(n.description))} {
		if b != "" {
			blocks = append(blocks, b)
		}
	}
	if n.tags != "" && level < sayNoTags {
		blocks = append(blocks, n.tags)
	}
	return strings.Join(blocks, "\n\n")
}

// part is a text of the agency's that there is room for.
func (n *notice) part(level int, s string) string {
	if level >= sayLeast {
		return ""
	}
	return fit(s)
}

// opening is the headline with what belongs to it.
func (n *notice) opening(level int, m func(string) string) []string {
	subject := ""
	if n.about != "" && !n.subjectSaid() {
		subject = m(n.about) + n.colon
	}
	if n.phase() == spool.Ends {
		return n.closing(subject, m)
	}
	effect := n.effect
	if n.effectSaid() && !slices.Contains(n.news.Changed, "effect") {
		effect = ""
	}
	if n.header == "" || effect != "" && subject != "" {
		row := joined(n.mark+n.bareLead(subject, sentence(n.facts(effect, level, m))), n.further(level, m))
		return append([]string{row}, nonEmpty(fit(m(n.header)))...)
	}
	rows := []string{n.mark + subject + fit(m(n.capitalAfter(subject)))}
	facts := n.upper(sentence(n.facts(effect, level, m)))
	return append(rows, nonEmpty(joined(facts, n.further(level, m)))...)
}

// capitalAfter is the headline, which begins a sentence where nothing stands before it.
func (n *notice) capitalAfter(subject string) string {
	if subject == "" && n.mark == "" {
		return n.upper(n.header)
	}
	return n.header
}

// bareLead is a lead without a headline.
func (n *notice) bareLead(subject, rest string) string {
	switch {
	case subject == "":
		return n.upper(rest)
	case rest == "":
		return strings.TrimRight(strings.TrimSuffix(subject, n.colon), " ")
	}
	return subject + rest
}

// facts are what is the matter, where, since and until when, and why.
func (n *notice) facts(effect string, level int, m func(string) string) string {
	s := ""
	if n.where != "" && level < sayNoPlace {
		s += " " + m(n.where)
	}
	comma := strings.Contains(n.lasts, ", ") || n.standsAlone()
	if n.lasts != "" {
		s += map[bool]string{true: ", ", false: " "}[comma] + n.lasts
	}
	if n.cause != "" && level < sayNoCause {
		s += map[bool]string{true: ", ", false: " "}[comma] + n.cause
	}
	if effect == "" {
		return strings.TrimLeft(s, ", ")
	}
	return effect + s
}

// standsAlone reports whether the time is that of the words, in a language in which that
// is no part of a sentence: "détour, situation à 5 h 46".
func (n *notice) standsAlone() bool {
	first, _, _ := strings.Cut(n.asOf, " ")
	return n.frame.tag != "en" && strings.HasPrefix(n.lasts, first+" ")
}

// further are sentences that belong to the facts.
func (n *notice) further(level int, m func(string) string) string {
	var all []string
	all = append(all, n.changed...)
	if n.causeIs != "" && level < sayNoCause {
		all = append(all, n.causeIs)
	}
	return m(strings.Join(all, " "))
}

// joined puts a space between two texts that both say something.
func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " " + b
}

// closing is an end: what is over, and how it is known.
func (n *notice) closing(subject string, m func(string) string) []string {
	text := m(firstOf(n.header, n.effect))
	row := n.mark + subject + fit(text)
	if text == "" {
		row = n.mark + strings.TrimSuffix(subject, n.colon)
	}
	return append([]string{strings.TrimSpace(row)}, nonEmpty(m(strings.Join(n.endings, " ")))...)
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// sentence ends a phrase.
func sentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || ended(s) {
		return s
	}
	return s + "."
}
