package feeds

import (
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
	"github.com/mmcdole/gofeed/atom"
	ext "github.com/mmcdole/gofeed/extensions"
	"github.com/mmcdole/gofeed/json"
	"github.com/mmcdole/gofeed/rss"

	"spool"
)

type item = spool.Item

// A source is an item as gofeed gives it: translated, and as it was. Exactly
// one of rss, atom and json is set, unless the parser kept nothing.
type source struct {
	feed *gofeed.Feed
	item *gofeed.Item
	original
}

type original struct {
	rss  *rss.Item
	atom *atom.Entry
	json *json.Item
}

func originalOf(feed any, n int) original {
	switch f := feed.(type) {
	case *rss.Feed:
		if n < len(f.Items) {
			return original{rss: f.Items[n]}
		}
	case *atom.Feed:
		if n < len(f.Entries) {
			return original{atom: f.Entries[n]}
		}
	case *json.Feed:
		if n < len(f.Items) {
			return original{json: f.Items[n]}
		}
	}
	return original{}
}

// add cleans the nth item into the document, or says why it cannot.
func (p *parsing) add(n int, s source) {
	if s.item == nil {
		p.skip(n, "it is empty")
		return
	}
	it := p.clean(s)
	if it.Link == "" && it.Title == "" && it.GUID == "" && it.Summary == "" {
		p.skip(n, "it has no link, no title, no guid and no text")
		return
	}
	p.doc.Items = append(p.doc.Items, it)
}

func (p *parsing) clean(s source) item {
	it := item{
		GUID:       opaque(s.item.GUID, maxGUID),
		Link:       p.link(s),
		Title:      plain(s.item.Title, maxTitle, false),
		Author:     author(s),
		Language:   p.language(s),
		Categories: categories(s.item.Categories),
	}
	it.Published, it.Updated = p.dates(s)
	var images []image
	it.Summary, images = summary(s.item)
	it.Media = p.media(s, it.Title, images)
	return it
}

// summary is the item's text, and the images within it unless the item names
// its media elsewhere. The full content serves when there is no description.
func summary(i *gofeed.Item) (string, []image) {
	var images []image
	seen := func(m image) {
		if len(images) < maxMedia {
			images = append(images, m)
		}
	}
	text := textAndImages(i.Description, seen)
	if text == "" || len(images) == 0 && strings.Contains(i.Content, "<img") && !hasMedia(i) {
		content := textAndImages(i.Content, seen)
		if text == "" {
			text = content
		}
	}
	return text, images
}

func textAndImages(s string, seen func(image)) string {
	if !strings.Contains(s, "<img") && !strings.Contains(s, "&lt;img") {
		return plain(s, maxSummary, true)
	}
	return plain(fromHTML(strings.ToValidUTF8(s, "\uFFFD"), maxSummary, seen), maxSummary, true)
}

func (p *parsing) language(s source) string {
	switch {
	case s.json != nil && s.json.Language != "":
		return language(s.json.Language)
	case s.item.DublinCoreExt != nil && len(s.item.DublinCoreExt.Language) > 0:
		return language(s.item.DublinCoreExt.Language[0])
	}
	return p.doc.Language
}

// dates are when the item was published and last changed, as far as it says.
func (p *parsing) dates(s source) (published, updated time.Time) {
	return p.date(s.item.Published, s.item.PublishedParsed), p.date(s.item.Updated, s.item.UpdatedParsed)
}

// date prefers the reading of this package, which knows more zones.
func (p *parsing) date(text string, parsed *time.Time) time.Time {
	if text == "" {
		return time.Time{}
	}
	if t, ok := parseDate(text, p.now); ok {
		return t
	}
	if parsed != nil && plausible(*parsed) {
		return parsed.UTC()
	}
	return time.Time{}
}

func categories(raw []string) []string {
	const enough = 50
	var out []string
	for _, c := range raw {
		c = plain(c, maxCategory, false)
		if c != "" && len(out) < enough && !containsFold(out, c) {
			out = append(out, c)
		}
	}
	return out
}

func containsFold(list []string, s string) bool {
	for _, have := range list {
		if strings.EqualFold(have, s) {
			return true
		}
	}
	return false
}

// author is who wrote the item: several names are joined by commas. An address
// alone names nobody.
func author(s source) string {
	const enough = 20
	var names []string
	for _, raw := range rawAuthors(s) {
		if len(names) == enough {
			break
		}
		if name := personName(plain(raw, maxName, false)); name != "" && !containsFold(names, name) {
			names = append(names, name)
		}
	}
	return shorten(strings.Join(names, ", "), maxName)
}

// rawAuthors reads the original where gofeed keeps but one of several.
func rawAuthors(s source) []string {
	if dc := s.item.DublinCoreExt; dc != nil && len(dc.Creator) > 0 {
		return dc.Creator
	}
	if s.rss != nil && s.rss.Author != "" {
		return []string{s.rss.Author}
	}
	people := s.item.Authors
	if len(people) == 0 && s.rss == nil { // Atom and JSON Feed say that items inherit them
		people = s.feed.Authors
	}
	var out []string
	for _, person := range people {
		if person != nil {
			out = append(out, person.Name)
		}
	}
	return out
}

// personName takes the name out of "name (address)", "address (name)" and
// "name <address>".
func personName(s string) string {
	before, rest, found := strings.Cut(s, "(")
	if found {
		inner, _, _ := strings.Cut(rest, ")")
		switch {
		case strings.Contains(before, "@"):
			return strings.TrimSpace(inner)
		case strings.Contains(inner, "@"):
			return strings.TrimSpace(before)
		}
	}
	if before, _, found := strings.Cut(s, "<"); found {
		s = strings.TrimSpace(before)
	}
	if strings.Contains(s, "@") && !strings.Contains(s, " ") {
		return ""
	}
	return s
}

// extension returns the elements of a name in one of several vocabularies.
func extension(e ext.Extensions, name string, prefixes ...string) []ext.Extension {
	for _, prefix := range prefixes {
		if found := e[prefix][name]; len(found) > 0 {
			return found
		}
	}
	return nil
}
