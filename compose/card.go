package compose

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"spool"
)

// The longest words on a card of our own, in code points: apps show two or three
// lines of each.
const (
	maxCardTitle       = 200
	maxCardDescription = 300
)

// card fills in what the link's card says, on a network that does not read the
// page itself. Its picture has yet to be fetched.
func (c *composition) card(content *spool.Content) {
	if !c.limits.Own {
		return
	}
	title, summary := line(c.item.Title), line(withoutTeaser(clip(lines(c.item.Summary), maxSummary)))
	title, summary = once(clip(title, maxTitle), summary)
	if c.text.uses["sentencecase"] {
		title = c.saying().sentenceCase(title) // as in the text above it
	}
	switch {
	case title == "":
		title, summary = summary, ""
	case saysNothing(summary):
		summary = ""
	}
	within := func(limit int) func(string) bool {
		return func(s string) bool { return utf8.RuneCountInString(s) <= limit }
	}
	content.Card = spool.Card{Title: shorten(title, within(maxCardTitle)), Description: shorten(summary, within(maxCardDescription))}
	if content.Card.Title == "" {
		content.Card.Title = host(c.link)
	}
	c.thumb(content)
}

// thumb names the picture of the card: the item's, else the one of its page.
func (c *composition) thumb(content *spool.Content) {
	if c.limits.Media.Thumb <= 0 || c.wording.settings.Image == ImageNone {
		return
	}
	content.Open = true
	one := *c
	one.limits.Media.Images = 1
	if found := one.pictures(); len(found) > 0 {
		a := c.attachment(found[0])
		content.Card.Thumb = &a
		return
	}
	if content.Page = c.picturePage(); content.Page == "" {
		content.Open = false
	}
}

// host is where an address leads, for people.
func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return strings.TrimPrefix(u.Hostname(), "www.")
}
