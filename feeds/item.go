package feeds

import (
	"cmp"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
	"github.com/mmcdole/gofeed/atom"
	"github.com/mmcdole/gofeed/json"
	"github.com/mmcdole/gofeed/rss"

	"spool"
)

type item = spool.Item

// A source is an item as gofeed gives it: translated, and as it was; and what
// gofeed does not keep. Exactly one of rss, atom and json is set, unless the
// parser kept nothing.
type source struct {
	feed *gofeed.Feed
	item *gofeed.Item
	original
	detail
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
	it := p.clean(s, n)
	if it.Link == "" && it.Title == "" && it.GUID == "" && it.Summary == "" {
		p.skip(n, "it has no link, no title, no guid and no text")
		return
	}
	p.doc.Items = append(p.doc.Items, it)
}

func (p *parsing) clean(s source, n int) item {
	defer p.under(s.bases)()
	it := item{
		GUID:       identity(cmp.Or(s.item.GUID, s.about), maxGUID),
		Link:       p.link(s),
		Title:      declaredText(ownTitle(s), s.titleType(), maxTitle, false),
		Author:     p.author(s),
		Language:   p.language(s),
		Categories: categories(p.rawCategories(s)),
	}
	it.Title = cmp.Or(it.Title, p.otherTitle(s))
	it.Published, it.Updated = p.dates(s, it.Language)
	it.Embargo = p.embargo(s, n, it.Published, it.Language)
	var images []image
	it.Summary, images = p.summary(s)
	it.Media = p.media(s, it.Title, images)
	return it
}

// ownTitle is the title without the link that it has swallowed, if it is not closed.
func ownTitle(s source) string {
	if s.rss == nil {
		return s.item.Title
	}
	title, _, _ := strings.Cut(s.item.Title, "<link>http")
	return title
}

// otherTitle is what else may serve as the headline of an item without one.
func (p *parsing) otherTitle(s source) string {
	title := first(p.survey.aliases.values(s.item.Extensions, "dc", "title"))
	if title == "" {
		title = mediaText(p.survey.aliases.elements(s.item.Extensions, "media"), "title")
	}
	if title == "" {
		title = first(p.survey.aliases.values(s.item.Extensions, "itunes", "title"))
	}
	return plain(title, maxTitle, false)
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// titleType is what the title is declared to be. JSON Feed has plain titles by
// definition, but not all who write it know that: entities in them are resolved.
func (s source) titleType() textType {
	if s.atom == nil {
		return undeclared
	}
	return s.title
}

// declaredText makes plain text of what declares its type.
func declaredText(s string, kind textType, limit int, lines bool) string {
	switch kind {
	case literal:
		return verbatim(s, limit, lines)
	case binary:
		return ""
	}
	return plain(s, limit, lines)
}

// summary is the item's text, and the images within it unless the item names
// its media elsewhere. The full content serves when there is no description.
func (p *parsing) summary(s source) (string, []image) {
	defer p.under(s.textBases)()
	var images []image
	seen := func(m image) {
		if m.src = p.absolute(m.src); m.src != "" && len(images) < maxMedia && !tracker(m.src) && !decoration(m.src) {
			images = append(images, m)
		}
	}
	summaryType, contentType := s.textTypes()
	text := textAndImages(withoutFields(s.item.Description), summaryType, seen)
	if strings.Trim(text, ".…-–—_* \n") == "" { // what systems write for no text
		text = ""
	}
	full := p.content(s)
	if text == "" || len(images) == 0 && mayHoldImages(full) && !p.hasMedia(s) {
		content := textAndImages(full, contentType, seen)
		text = cmp.Or(text, content)
	}
	if text == "" { // a video service has no other
		text = plain(mediaText(p.survey.aliases.elements(s.item.Extensions, "media"), "description"), maxSummary, true)
	}
	return text, images
}

// textTypes are what the summary and the content are declared to be.
func (s source) textTypes() (summary, content textType) {
	switch {
	case s.atom != nil:
		return s.detail.summary, s.detail.content
	case s.json != nil && s.json.ContentHTML == "" && s.json.ContentText != "":
		return undeclared, literal
	}
	return undeclared, undeclared
}

// content is the item's full text, from wherever gofeed has put it.
func (p *parsing) content(s source) string {
	switch {
	case s.item.Content != "":
		return s.item.Content
	case s.json != nil:
		return s.json.ContentText
	}
	return cmp.Or(first(p.survey.aliases.values(s.item.Extensions, "content", "encoded")), s.item.Custom["encoded"])
}

func mayHoldImages(s string) bool {
	return strings.Contains(s, "<img") || strings.Contains(s, "&lt;img") || strings.Contains(s, "<IMG")
}

func textAndImages(s string, kind textType, seen func(image)) string {
	if kind == literal || kind == binary || !mayHoldImages(s) {
		return declaredText(s, kind, maxSummary, true)
	}
	return plain(fromHTML(strings.ToValidUTF8(s, "\uFFFD"), maxSummary, seen), maxSummary, true)
}

// language is the item's own, or else the feed's.
func (p *parsing) language(s source) string {
	var own string
	switch {
	case s.json != nil:
		own = s.json.Language
	default:
		own = first(p.survey.aliases.values(s.item.Extensions, "dc", "language"))
	}
	return cmp.Or(language(own), language(s.lang), p.doc.Language)
}

// dates are when the item was published and last changed, as far as it says.
func (p *parsing) dates(s source, language string) (published, updated time.Time) {
	with := p.dating(language)
	published = date(s.item.Published, s.item.PublishedParsed, with)
	updated = date(s.item.Updated, s.item.UpdatedParsed, with)
	if published.IsZero() {
		published = p.otherDate(s, with, "dcterms", "issued", "available", "created")
	}
	if published.IsZero() {
		published = p.otherDate(s, with, "dc", "date")
	}
	if updated.IsZero() {
		updated = p.otherDate(s, with, "dcterms", "modified")
	}
	return published, updated
}

// otherDate is the first date among elements of a vocabulary.
func (p *parsing) otherDate(s source, with dating, usual string, names ...string) time.Time {
	for _, name := range names {
		for _, text := range p.survey.aliases.values(s.item.Extensions, usual, name) {
			if t, ok := parseDate(text, with); ok {
				return t
			}
		}
	}
	return time.Time{}
}

// date prefers the reading of this package, which knows more zones.
func date(text string, parsed *time.Time, with dating) time.Time {
	if text == "" {
		return time.Time{}
	}
	if strings.Contains(text, "<") {
		text = withoutTime(text)
	}
	if t, ok := parseDate(text, with); ok {
		return t
	}
	if parsed != nil && plausible(*parsed) {
		return parsed.UTC()
	}
	return time.Time{}
}

// rawCategories are all that the item is filed under.
func (p *parsing) rawCategories(s source) []string {
	known := p.survey.aliases
	out := s.item.Categories
	if len(known["dc"]) > 0 {
		out = append(out, known.values(s.item.Extensions, "dc", "subject")...)
	}
	out = append(out, known.values(s.item.Extensions, "dcterms", "subject")...)
	for _, list := range known.values(s.item.Extensions, "media", "keywords") {
		out = append(out, strings.Split(list, ",")...)
	}
	return out
}

// categories cleans what an item is filed under. An address is no word for it.
func categories(raw []string) []string {
	const enough = 50
	var out []string
	for _, c := range split(raw) {
		c = plain(c, maxCategory, false)
		if c != "" && len(out) < enough && !addressLike(c) && !containsFold(out, c) {
			out = append(out, c)
		}
	}
	return out
}

// split takes lists apart that were written as one category: commas without
// spaces, and more than one. A name such as "Gowanus Canal (Brooklyn, NY)" is none.
func split(raw []string) []string {
	var out []string
	for _, c := range raw {
		if strings.Count(c, ",") > 1 && !strings.Contains(c, ", ") {
			out = append(out, strings.Split(c, ",")...)
		} else {
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
