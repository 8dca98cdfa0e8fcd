package feeds

import (
	"cmp"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"

	ext "github.com/mmcdole/gofeed/extensions"
	"github.com/mmcdole/gofeed/rss"

	"spool"
)

const (
	maxMedia = 10
	maxFound = 4 * maxMedia // as many are looked at
)

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
	for _, m := range mediaRSS(p.survey.aliases.elements(s.item.Extensions, "media")) {
		c.add(p, m)
	}
	for _, m := range enclosures(s) {
		c.add(p, m)
	}
	for _, link := range p.namedImages(s) {
		c.add(p, medium{Media: spool.Media{URL: link, Type: mediaType("", link, "image")}, rank: usualImage})
	}
	for _, i := range inline {
		c.add(p, medium{Media: spool.Media{URL: i.src, Alt: i.alt, Credit: i.credit, Width: i.width, Height: i.height, Type: mediaType("", i.src, "image")}, rank: usualInline})
	}
	return c.ranked(title)
}

// hasMedia reports whether an item names media outside its text.
func (p *parsing) hasMedia(s source) bool {
	return len(p.survey.aliases.elements(s.item.Extensions, "media")) > 0 || len(enclosures(s)) > 0 || len(p.namedImages(s)) > 0
}

// enclosures are what is attached to an item. The name of an attachment may
// describe it.
func enclosures(s source) []medium {
	var out []medium
	add := func(link, kind, name string) {
		if len(out) >= maxFound {
			return
		}
		out = append(out, medium{rank: usualImage, Media: spool.Media{URL: link, Alt: words(name), Type: mediaType(kind, link, "")}})
	}
	switch {
	case s.json != nil:
		if s.json.Attachments == nil {
			return nil
		}
		for _, a := range *s.json.Attachments {
			add(a.URL, a.MimeType, a.Title)
		}
	case s.atom != nil:
		for _, l := range s.atom.Links {
			if l != nil && strings.EqualFold(strings.TrimSpace(l.Rel), "enclosure") {
				add(l.Href, l.Type, l.Title)
			}
		}
	default:
		for _, e := range s.item.Enclosures {
			if e != nil {
				add(e.URL, e.Type, "")
			}
		}
		for _, x := range s.item.Extensions["enc"]["enclosure"] { // of RSS 1.0
			add(cmp.Or(x.Attrs["resource"], x.Attrs["url"]), x.Attrs["type"], "")
		}
	}
	return out
}

// namedImages are pictures that an item names in one of the ways that have no
// words to go with them.
func (p *parsing) namedImages(s source) []string {
	var out []string
	if i := s.item.Image; i != nil {
		out = append(out, i.URL)
	}
	if s.json != nil {
		out = append(out, s.json.Image, s.json.BannerImage)
	}
	for _, x := range p.survey.aliases.elements(s.item.Extensions, "itunes")["image"] {
		out = append(out, cmp.Or(x.Attrs["href"], x.Attrs["url"], x.Value))
	}
	out = append(out, foreignImages(s.item.Extensions)...)
	if s.rss != nil {
		out = append(out, customImages(s.rss)...)
	}
	return slices.DeleteFunc(out, func(link string) bool { return strings.TrimSpace(link) == "" })
}

// foreignImages are pictures in vocabularies that nobody else reads.
func foreignImages(e ext.Extensions) []string {
	var out []string
	for _, prefix := range slices.Sorted(maps.Keys(e)) {
		if prefix == "media" || prefix == "itunes" || prefix == "atom" {
			continue
		}
		for _, name := range []string{"image", "Image", "image_link", "cover", "thumbnail", "featuredImage"} {
			for _, x := range e[prefix][name] {
				if link := cmp.Or(x.Attrs["url"], x.Attrs["href"], x.Attrs["image"], x.Attrs["resource"], x.Value); addressLike(link) {
					out = append(out, link)
				}
			}
		}
	}
	return out
}

// customImages are what content systems write into elements of their own, as
// text or with a url within.
func customImages(i *rss.Item) []string {
	var out []string
	for _, name := range []string{"image", "Image", "fullimage", "StoryImage", "storyimage", "thumbimage", "thumbnail", "thumb", "img", "photo", "picture", "post-thumbnail"} {
		value := strings.TrimSpace(i.Custom[name])
		if _, inner, found := strings.Cut(value, "<url>"); found {
			value, _, _ = strings.Cut(inner, "</url>")
		}
		value = strings.TrimSpace(value)
		if addressLike(value) && !strings.ContainsAny(value, "<> \n") {
			out = append(out, value)
		}
	}
	return out
}

type collector struct{ found []medium }

// add keeps m if its address is of use. The same address again only adds what
// was not known about it.
func (c *collector) add(p *parsing, m medium) {
	m.URL, _, _ = strings.Cut(m.URL, "#joomlaImage:") // notes of its own that no server needs
	if m.URL = p.absolute(m.URL); m.URL == "" || len(c.found) >= maxFound || tracker(m.URL) || tiny(m.Width, m.Height) || strip(m.Width, m.Height) {
		return
	}
	if m.Type == "application/x-shockwave-flash" { // nothing plays it any more
		return
	}
	m.Alt = plain(m.Alt, maxAlt, false)
	if maker := creditOnly(m.Alt); maker != "" {
		m.Alt, m.Credit = "", cmp.Or(m.Credit, maker)
	}
	m.Credit = plain(m.Credit, maxName, false)
	m.Type = strings.ToLower(opaque(m.Type, 100))
	if m.Width > 0 {
		m.rank = m.Width
	}
	for i := range c.found {
		if have := &c.found[i]; have.URL == m.URL {
			have.learn(m)
			return
		}
	}
	c.found = append(c.found, m)
}

// learn takes over what is known of the same medium from elsewhere.
func (m *medium) learn(other medium) {
	m.Alt, m.Credit, m.Type = cmp.Or(m.Alt, other.Alt), cmp.Or(m.Credit, other.Credit), cmp.Or(m.Type, other.Type)
	if strings.HasSuffix(m.Type, "/*") && strings.Contains(other.Type, "/") {
		m.Type = other.Type
	}
	if m.Width == 0 && other.Width > 0 {
		m.Width, m.Height, m.rank = other.Width, other.Height, other.Width
	}
	m.rank = max(m.rank, other.rank)
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
		if strings.EqualFold(m.Alt, title) || wordless(m.Alt, m.URL) {
			m.Alt = ""
		}
		out = append(out, m.Media)
	}
	return out
}

func isPicture(kind string) bool { return strings.HasPrefix(kind, "image/") }

// tiny recognises, by a size that is given, images that count readers, and smileys.
func tiny(width, height int) bool {
	const smallest = 40
	return width > 0 && width < smallest || height > 0 && height < smallest
}

// strip recognises advertisements by their shape: 728 by 90, 468 by 60.
func strip(width, height int) bool {
	const slender, low = 5, 100
	return height > 0 && height <= low && width >= slender*height
}

// mediaType is the MIME type as declared, or as far as the medium and the
// address tell: "image/*" is a picture of unknown format.
func mediaType(declared, link, kind string) string {
	declared = strings.TrimSpace(declared)
	if strings.Contains(declared, "/") && !strings.EqualFold(declared, "application/octet-stream") {
		return strings.Replace(declared, "image/jpg", "image/jpeg", 1)
	}
	if known := typeByName(link); known != "" {
		return known
	}
	switch kind = strings.ToLower(cmp.Or(kind, declared)); kind {
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
