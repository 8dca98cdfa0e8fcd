package feeds

import (
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/mmcdole/gofeed"
	ext "github.com/mmcdole/gofeed/extensions"

	"spool"
)

const maxMedia = 10

// A medium is one of an item's media with what it is ranked by.
type medium struct {
	spool.Media
	rank int // its width in pixels, or what is usual where it was found
}

// The widths that are assumed where none is given.
const (
	usualImage     = 600
	usualInline    = 500
	usualThumbnail = 150
)

// media are the item's pictures, the largest first, then its sounds and films.
// A description that only repeats the headline describes nothing.
func (p *parsing) media(s source, title string, inline []image) []spool.Media {
	var c collector
	for _, m := range mediaRSS(s.item.Extensions) {
		c.add(p, m)
	}
	for _, e := range s.item.Enclosures {
		if e != nil {
			c.add(p, medium{Media: spool.Media{URL: e.URL, Type: mediaType(e.Type, e.URL, "")}, rank: usualImage})
		}
	}
	if i := s.item.Image; i != nil {
		c.add(p, medium{Media: spool.Media{URL: i.URL, Alt: i.Title, Type: mediaType("", i.URL, "image")}, rank: usualImage})
	}
	if i := s.item.ITunesExt; i != nil && i.Image != "" {
		c.add(p, medium{Media: spool.Media{URL: i.Image, Type: mediaType("", i.Image, "image")}, rank: usualImage})
	}
	for _, i := range inline {
		if !pixel(i) {
			c.add(p, medium{Media: spool.Media{URL: i.src, Alt: i.alt, Width: i.width, Height: i.height, Type: mediaType("", i.src, "image")}, rank: usualInline})
		}
	}
	return c.ranked(title)
}

// hasMedia reports whether an item names media outside its text.
func hasMedia(i *gofeed.Item) bool {
	return len(i.Extensions["media"]) > 0 || len(i.Enclosures) > 0 || i.Image != nil
}

type collector struct{ found []medium }

// add keeps m if its address is of use. The same address again only adds what
// was not known about it.
func (c *collector) add(p *parsing, m medium) {
	if m.URL = p.absolute(m.URL); m.URL == "" || len(c.found) >= 4*maxMedia {
		return
	}
	m.Alt = plain(m.Alt, maxAlt, false)
	m.Type = strings.ToLower(opaque(m.Type, 100))
	if m.Width > 0 {
		m.rank = m.Width
	}
	for i := range c.found {
		have := &c.found[i]
		if have.URL == m.URL {
			if have.Alt == "" {
				have.Alt = m.Alt
			}
			return
		}
	}
	c.found = append(c.found, m)
}

func (c *collector) ranked(title string) []spool.Media {
	slices.SortStableFunc(c.found, func(a, b medium) int {
		if pa, pb := isPicture(a.Type), isPicture(b.Type); pa != pb {
			if pa {
				return -1
			}
			return 1
		}
		return b.rank - a.rank
	})
	var out []spool.Media
	for _, m := range c.found[:min(len(c.found), maxMedia)] {
		if strings.EqualFold(m.Alt, title) {
			m.Alt = ""
		}
		out = append(out, m.Media)
	}
	return out
}

func isPicture(kind string) bool { return strings.HasPrefix(kind, "image/") }

// pixel recognises images that count readers, and smileys.
func pixel(i image) bool {
	const smallest = 40
	return i.width > 0 && i.width < smallest || i.height > 0 && i.height < smallest
}

// mediaRSS reads the elements of Media RSS. What describes a group, or the
// item, describes each medium in it that has no words of its own.
func mediaRSS(e ext.Extensions) []medium {
	m := e["media"]
	if len(m) == 0 {
		return nil
	}
	return mediaGroup(m, "", 0)
}

func mediaGroup(m map[string][]ext.Extension, alt string, depth int) []medium {
	if own := described(m); own != "" {
		alt = own
	}
	var out []medium
	for _, content := range m["content"] {
		out = append(out, mediaContent(content, alt)...)
	}
	if depth == 0 {
		for _, group := range m["group"] {
			out = append(out, mediaGroup(group.Children, alt, depth+1)...)
		}
	}
	for _, t := range m["thumbnail"] {
		out = append(out, mediaItem(t, "image", alt, usualThumbnail))
	}
	return out
}

func mediaContent(c ext.Extension, alt string) []medium {
	if own := described(c.Children); own != "" {
		alt = own
	}
	out := []medium{mediaItem(c, c.Attrs["medium"], alt, usualImage)}
	for _, t := range c.Children["thumbnail"] {
		out = append(out, mediaItem(t, "image", alt, usualThumbnail))
	}
	return out
}

func mediaItem(e ext.Extension, kind, alt string, rank int) medium {
	link := e.Attrs["url"]
	if link == "" {
		link = e.Value
	}
	return medium{rank: rank, Media: spool.Media{
		URL: link, Alt: alt, Type: mediaType(e.Attrs["type"], link, kind),
		Width: pixels(e.Attrs["width"]), Height: pixels(e.Attrs["height"]),
	}}
}

// described is the first description among elements. A title is none: it is
// the headline, or a file's name.
func described(m map[string][]ext.Extension) string {
	for _, name := range []string{"description", "text"} {
		for _, e := range m[name] {
			if e.Value != "" {
				return e.Value
			}
		}
	}
	return ""
}

// mediaType is the MIME type as declared, or as far as the medium and the
// address tell: "image/*" is a picture of unknown format.
func mediaType(declared, link, kind string) string {
	if strings.Contains(declared, "/") {
		return declared
	}
	if known := typeByName(link); known != "" {
		return known
	}
	switch kind = strings.ToLower(kind); kind {
	case "image", "audio", "video":
		return kind + "/*"
	}
	return ""
}

func typeByName(link string) string {
	u, err := url.Parse(strings.TrimSpace(link))
	if err != nil {
		return ""
	}
	switch strings.ToLower(path.Ext(u.Path)) {
	case ".jpg", ".jpeg":
		return "image/jpeg"
	case ".png":
		return "image/png"
	case ".gif":
		return "image/gif"
	case ".webp":
		return "image/webp"
	case ".avif":
		return "image/avif"
	case ".svg":
		return "image/svg+xml"
	case ".mp3":
		return "audio/mpeg"
	case ".m4a":
		return "audio/mp4"
	case ".mp4", ".m4v":
		return "video/mp4"
	}
	return ""
}
