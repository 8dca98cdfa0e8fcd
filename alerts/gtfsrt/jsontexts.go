package gtfsrt

import (
	"regexp"
	"slices"
	"strings"

	"spool"
)

// jsonTexts is the text that a member of an alert holds; nil: none that is read.
func (x *record) jsonTexts(key string) *[]translation {
	switch key {
	case "url":
		return &x.url
	case "headertext":
		return &x.header
	case "descriptiontext":
		return &x.text
	case "ttsheadertext":
		return &x.spoken
	case "ttsdescriptiontext":
		return &x.spokenAll
	case "imagealternativetext":
		return &x.alt
	case "shortheadertext":
		return &x.short
	case "serviceeffecttext":
		return &x.service
	}
	return nil
}

// jsonText takes a text in any of the forms that there are: {"translation": [{"text",
// "language"}]}, a list of such, one translation in the place of a list, or a string.
func (x *record) jsonText(c *cursor, to *[]translation) {
	c.each(func() {
		if s, ok := c.text(); ok {
			x.addText(to, translation{text: s})
			return
		}
		var t translation
		c.object(func(key string) {
			switch key {
			case "translation":
				x.jsonText(c, to)
			case "text":
				t.text, _ = c.text()
			case "language":
				t.language, _ = c.text()
			}
		})
		if t.text != "" {
			x.addText(to, t)
		}
	})
}

// jsonDetail takes an agency's own word for a cause or an effect: translations, or the
// name of a value of its own, as "SIGNAL_PROBLEM", which becomes English words. What
// says no more than the schema's own value is left out. The name is returned.
func (x *record) jsonDetail(c *cursor, to *[]translation) (name string) {
	s, ok := c.text()
	switch {
	case !ok:
		x.jsonText(c, to)
		return ""
	case !constant.MatchString(s):
		x.addText(to, translation{text: s})
		return ""
	}
	known := strings.HasPrefix(s, "UNKNOWN") || strings.HasPrefix(s, "OTHER") ||
		slices.Contains(spool.Causes(), spool.Cause(s)) || slices.Contains(spool.Effects(), spool.Effect(s))
	if !known {
		x.addText(to, translation{strings.ToLower(strings.ReplaceAll(s, "_", " ")), "en"})
	}
	return s
}

var constant = regexp.MustCompile(`^[A-Z][A-Z0-9_]{2,59}$`)

func (x *record) jsonImage(c *cursor) {
	c.object(func(key string) {
		if key != "localizedimage" {
			return
		}
		c.each(func() {
			var p picture
			c.object(func(key string) {
				s, _ := c.text()
				switch key {
				case "url":
					p.url = s
				case "mediatype":
					p.kind = s
				case "language":
					p.language = s
				}
			})
			if p.url != "" {
				x.addPicture(p)
			}
		})
	})
}
