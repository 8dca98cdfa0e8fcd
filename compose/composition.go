package compose

import (
	"cmp"
	"fmt"
	"unicode/utf8"

	"spool"
)

// A composition is the making of one post.
type composition struct {
	wording *Wording
	item    spool.Item
	values  Values
	limits  spool.TextLimits
	report  *Report

	text       *compiled // the template of what is said
	fallback   string    // the source of what is said if that prints far too much
	correcting bool      // it is a correction
	notice     *notice   // what is told of an alert; nil: it is a post about an article
	link       string    // the item's address as it is shown; empty: none
	hidden     int       // the length of the warning, which networks count with the text
	shape      shape
	media      []spool.Attachment // candidates
	page       string             // where to look for a picture, since there is no candidate
	divided    *spool.Content     // the thread that this one is to go on with
}

func (c *composition) length(s string) int {
	s = unmarked(s)
	if c.limits.Length != nil {
		return c.limits.Length(s)
	}
	return utf8.RuneCountInString(s)
}

func (c *composition) fits(s string) bool {
	if l := c.limits; l.Hard > 0 && len(unmarked(s)) > l.Hard {
		return false
	}
	return c.limits.Max <= 0 || c.length(s)+c.hidden <= c.limits.Max
}

func (w *Wording) composition(it spool.Item, v Values, l spool.TextLimits, r *Report) *composition {
	c := &composition{wording: w, item: it, values: v, limits: l, report: r, text: w.text, fallback: DefaultText}
	c.ready()
	return c
}

// ready finds out what does not depend on the words.
func (c *composition) ready() {
	c.link = c.address()
	if warning := c.warned(); c.limits.Warn {
		c.hidden = c.length(warning)
	} else if warning != "" {
		c.report.note("the warning %q is left out: on this network a post cannot be hidden behind one", warning)
	}
}

// fill puts the words into a content.
func (c *composition) fill(content *spool.Content, inText bool) error {
	if c.chain(content, inText) {
		return nil
	}
	text, ok := c.words(inText, c.fits)
	if !ok {
		return fmt.Errorf("item %s: nothing can be posted: it has no title, summary or link that fits in %d characters", identity(c.item), c.limits.Max)
	}
	text, content.Tags, content.Mentions = signs(text)
	content.Text = text
	c.report.Length = c.length(text)
	if l := c.limits; l.Bytes > 0 && len(text) > l.Bytes {
		quiet := *c // what is cut for the short version is no news
		quiet.report = new(Report)
		short, _ := quiet.words(inText, func(s string) bool { return c.fits(s) && len(unmarked(s)) <= l.Bytes })
		content.Short = unmarked(short)
	}
	return nil
}

// language is the one that a post is in.
func (c *composition) language() string {
	if c.notice != nil {
		return c.notice.language
	}
	if s := c.wording.settings; s.LanguageFrom == LanguageFromConfig {
		return s.Language
	}
	return cmp.Or(c.item.Language, c.wording.settings.Language)
}

// warning is what the post is hidden behind; empty: nothing, or the network cannot.
func (c *composition) warning() string {
	if !c.limits.Warn {
		return ""
	}
	return c.warned()
}

// warned is what the settings make of a warning; empty: none.
func (c *composition) warned() string {
	if c.wording.warning == nil {
		return ""
	}
	s, err := c.wording.warning.execute(c.data("", c.limits.Mute))
	if err != nil {
		return ""
	}
	return shorten(line(unmarked(tidy(s))), func(s string) bool { return utf8.RuneCountInString(s) <= maxWarning })
}
