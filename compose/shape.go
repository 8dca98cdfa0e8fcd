package compose

import (
	"cmp"
	"strings"

	"spool"
)

// A shape is how a post shows its link and its pictures.
type shape struct {
	card     bool // the link is a card
	inText   bool // the link stands in the text, unless the template has printed it
	pictures bool // pictures and films go with the text
}

// shapes are how the post looks, and how it looks instead if none of its pictures
// can be had. Both are the same if it is to have none.
func (c *composition) shapes() (first, instead shape) {
	plain := c.plainShape()
	if !c.wantsPictures(plain) {
		return plain, plain
	}
	pictured := plain
	pictured.pictures = true
	if plain.card {
		pictured.card, pictured.inText = false, c.fits(c.link)
	}
	return pictured, plain
}

// plainShape is how the link is shown where there is no picture.
func (c *composition) plainShape() shape {
	switch how := cmp.Or(c.wording.settings.Link, LinkCard); {
	case c.link == "" || how == LinkNone:
		return shape{}
	case how == LinkCard && c.limits.Card:
		return shape{card: true}
	case how == LinkText && c.limits.Card && !c.fits(c.link):
		c.report.note("the link is longer than a whole post: it is shown as a card instead")
		return shape{card: true}
	}
	return shape{inText: true}
}

// wantsPictures reports whether pictures go with a post, if there are any: not
// beside a card, and on a network that makes cards of the links in a text not
// beside one of those either, unless they are wanted first.
func (c *composition) wantsPictures(plain shape) bool {
	s := c.wording.settings
	if m := c.limits.Media; m.Images <= 0 && len(m.Films) == 0 {
		return false
	}
	switch cmp.Or(s.Image, ImageAuto) {
	case ImageNone:
		return false
	case ImageFirst:
		return true
	}
	return !plain.card && (c.link == "" || cmp.Or(s.Link, LinkCard) != LinkCard)
}

// compose makes the content of a post, and of what is posted instead of it.
func (c *composition) compose() (spool.Content, error) {
	first, instead := c.shapes()
	if first.pictures && !c.choosePictures() {
		first = instead
	}
	content, err := c.content(first)
	if err != nil || !first.pictures {
		return content, err
	}
	content.Media, content.Pick, content.Page = c.media, c.pick(), c.page
	content.Open, content.Alt = true, cmp.Or(c.wording.settings.Alt, spool.AltPost)
	quiet := *c
	quiet.report, quiet.media, quiet.page = new(Report), nil, ""
	if len(content.More) > 0 {
		// A thread is divided once, so that it goes on with the same words
		// whichever way it begins.
		quiet.divided = &content
	}
	if other, err := quiet.content(instead); err == nil { // else the words with pictures are all there is
		content.Instead = &other
	}
	return content, nil
}

// content is a post in a shape, without the pictures that go with it.
func (c *composition) content(s shape) (spool.Content, error) {
	content := spool.Content{Language: c.language(), Topic: c.topic(), Warning: c.warning()}
	c.shape = s
	if s.card {
		content.Link = c.link
		c.card(&content)
	}
	if c.divided != nil {
		content.Text, content.Short, content.More = c.divided.Text, c.divided.Short, c.divided.More
		content.Tags, content.Mentions = c.divided.Tags, c.divided.Mentions
		if !s.inText {
			content.Text = withoutBlock(content.Text, c.link)
		}
		return content, nil
	}
	return content, c.fill(&content, s.inText)
}

// withoutBlock is a text without the link that stands below its words.
func withoutBlock(text, link string) string {
	if rest, ok := strings.CutSuffix(text, "\n\n"+link); ok && link != "" {
		return rest
	}
	return text
}
