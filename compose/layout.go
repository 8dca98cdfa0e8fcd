package compose

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A layout is a post's text in pieces that can be shortened on their own.
type layout struct {
	pieces []piece
	link   string // stands where the template printed it, else at the end; empty: nowhere
}

type piece struct {
	text string
	fit  bool
}

// layOut takes a template's output apart.
func layOut(output, link string) *layout {
	l := &layout{link: link}
	for output != "" {
		before, rest, found := strings.Cut(output, string(fitOpen))
		l.pieces = append(l.pieces, piece{text: before})
		if !found {
			break
		}
		inside, after, _ := strings.Cut(rest, string(fitClose))
		l.pieces = append(l.pieces, piece{text: inside, fit: true})
		output = after
	}
	return l
}

// body is the text with the link's mark.
func (l *layout) body() string {
	var b strings.Builder
	for _, p := range l.pieces {
		b.WriteString(p.text)
	}
	return norm.NFC.String(tidy(withoutEmptyQuotes(b.String())))
}

func (l *layout) String() string { return withLink(l.body(), l.link) }

// withLink puts the link where its mark is, or in a block of its own.
func withLink(body, link string) string {
	switch {
	case strings.ContainsRune(body, linkMark):
		return strings.ReplaceAll(body, string(linkMark), link)
	case link == "":
		return body
	case body == "":
		return link
	}
	return body + "\n\n" + link
}

// empty takes all that is marked to be shortened away.
func (l *layout) empty() *layout {
	for i := range l.pieces {
		if l.pieces[i].fit {
			l.pieces[i].text = ""
		}
	}
	return l
}

// A filled is a template that is ready to be filled in again and again.
type filled struct {
	template *compiled
	data     data
	link     string // empty: the text can have none
	lay      func(data) *layout
}

// fillIn prepares the words for a text that is within fits.
func (c *composition) fillIn(inText bool, fits func(string) bool) filled {
	link := c.affordable(c.link, inText || c.text.uses["Link"], fits)
	d := c.data("", c.limits.Mute)
	if link != "" {
		d.Link = string(linkMark)
	}
	t := c.template(&d)
	return filled{t, d, link, func(d data) *layout { return c.lay(t, d, link, inText) }}
}

// words fills in the text and makes it fit. It reports whether there are any.
func (c *composition) words(inText bool, fits func(string) bool) (string, bool) {
	if c.notice != nil {
		return c.noticeWords(inText, fits)
	}
	f := c.fillIn(inText, fits)
	l := f.lay(f.data)
	if text := l.String(); l.body() == "" {
		return c.bare(f, inText, fits)
	} else if fits(text) {
		return text, true
	}
	c.shortenParts(l, f.data, fits)
	if text := l.String(); l.body() != "" && fits(text) {
		return text, true
	}
	if f.template.uses["Title"] && f.data.Title != "" {
		if text := c.shortenTitle(f.lay, f.data, fits); text != "" {
			return text, true
		}
	}
	if text := c.shortenAll(f.lay(f.data), fits); text != "" {
		return text, true
	}
	return c.bare(f, inText, fits)
}

// affordable drops a link that is longer than a whole post: it cannot be cut.
func (c *composition) affordable(link string, wanted bool, fits func(string) bool) string {
	if link == "" || fits(link) {
		return link
	}
	if wanted && !c.fits(link) {
		c.report.note("the link is left out of the text: it alone has %d characters of %d", c.length(link), c.limits.Max)
	}
	return ""
}

// template picks the template, and takes from d what would be said twice.
func (c *composition) template(d *data) *compiled {
	t := c.text
	if _, err := t.execute(*d); err != nil {
		c.report.note("the template could not be filled in, so the default one is used: %v", err)
		t = builtIn(c.fallback)
	}
	if t.uses["Title"] && t.uses["Summary"] {
		title, summary := once(d.Title, d.Summary)
		if title != "" || t.titleAlone {
			d.Title, d.Summary = title, summary
		}
	}
	return t
}

// lay fills in a template that is known to work. The link's own line is added
// only where the template does not print the link.
func (c *composition) lay(t *compiled, d data, link string, inText bool) *layout {
	output, err := t.execute(d)
	if err != nil {
		output = d.Title
	}
	if !inText && !strings.ContainsRune(output, linkMark) {
		link = ""
	}
	return layOut(evenDirections(output), link) // helpers may have taken a text apart
}

// shortenParts shortens what is marked, from the last part to the first.
func (c *composition) shortenParts(l *layout, d data, fits func(string) bool) {
	for i := len(l.pieces) - 1; i >= 0; i-- {
		p := &l.pieces[i]
		if !p.fit || p.text == "" {
			continue
		}
		full := p.text
		try := func(s string) bool { p.text = s; return fits(l.String()) }
		p.text = shorten(full, try)
		kept := p.text
		if n := utf8.RuneCountInString(kept); n < c.scrap(l, i) && strings.HasSuffix(kept, ellipsis) {
			if p.text = ""; l.body() == "" { // a scrap is better than nothing
				p.text = kept
			}
		}
		c.noteCut(partName(full, d), full, p.text)
		if fits(l.String()) {
			return
		}
	}
}

func partName(s string, d data) string {
	switch s {
	case d.Header:
		return "the header"
	case d.Description:
		return "the description"
	case d.Instruction:
		return "the instruction"
	case d.Summary:
		return "the summary"
	case d.Title:
		return "the title"
	}
	return "the part marked fit"
}

func (c *composition) noteCut(what, full, kept string) {
	switch {
	case kept == "":
		c.report.note("%s is left out: there is no room for it", what)
	case kept != full:
		c.report.note("%s is shortened from %d to %d characters", what, utf8.RuneCountInString(full), utf8.RuneCountInString(kept))
	}
}

// shortenTitle fills the template in with as much of the title as there is room
// for, and nothing of the parts marked fit. Empty: there is no such text.
func (c *composition) shortenTitle(lay func(data) *layout, d data, fits func(string) bool) string {
	full := d.Title
	kept := shorten(full, func(s string) bool {
		d.Title = s
		l := lay(d).empty()
		text := l.String()
		return l.body() != "" && fits(text)
	})
	if kept == "" {
		return ""
	}
	d.Title = kept
	l := lay(d).empty()
	result := l.String()
	if l.body() == "" || !fits(result) {
		return ""
	}
	c.noteCut("the title", full, kept)
	return result
}

// shortenAll is for a template whose own words are too many: they are cut, and
// the link goes below what is left. Empty: not even a word fits.
func (c *composition) shortenAll(l *layout, fits func(string) bool) string {
	body := tidy(strings.ReplaceAll(l.body(), string(linkMark), ""))
	kept := shorten(body, func(s string) bool { return fits(withLink(s, l.link)) })
	if kept == "" {
		return ""
	}
	c.report.note("the whole text is shortened from %d to %d characters: the template's own words leave too little room", utf8.RuneCountInString(body), utf8.RuneCountInString(kept))
	return withLink(kept, l.link)
}

// bare is what a post says whose template says nothing, or nothing that fits: the
// title, else the summary, else the link.
func (c *composition) bare(f filled, inText bool, fits func(string) bool) (string, bool) {
	block := ""
	if inText {
		block = f.link
	}
	for _, s := range []string{f.data.Title, f.data.Summary} {
		if s == "" {
			continue
		}
		if kept := shorten(f.data.Correction+s, func(s string) bool { return fits(withLink(s, block)) }); kept != "" {
			return withLink(kept, block), true
		}
	}
	return f.link, f.link != ""
}
