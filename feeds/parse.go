package feeds

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
)

// An Input is what is known of a document besides its bytes. The zero value of
// a field is always good.
type Input struct {
	ContentType string         // the HTTP header's
	Base        string         // the document's own address, which relative addresses are resolved against
	Kind        Kinds          // what is expected; another kind is refused
	Location    *time.Location // of dates that name no zone; nil: UTC
	Now         time.Time      // for dates without a year, and to tell what lies ahead
}

// Parse makes a Document of the bytes of a feed. Every error is an *Error.
func Parse(body []byte, in Input) (doc Document, err error) {
	defer func() {
		if r := recover(); r != nil {
			doc, err = Document{}, &Error{Kind: KindMalformed, Message: "the document made the parser fail",
				Hint: "nothing was read from it; please report it with the document", Err: fmt.Errorf("panic: %v", r)}
		}
	}()
	p := &parsing{in: in, now: in.Now}
	p.origin, _ = url.Parse(in.Base)
	p.base = p.origin
	if body, err = unpackBytes(body); err != nil {
		return Document{}, err
	}
	text, note, err := toUTF8(body, in.ContentType)
	if err != nil {
		return Document{}, err
	}
	p.note(note)
	if once, ok := onceEncoded(text); ok {
		text = once
		p.note("text that was encoded twice repaired")
	} else if mended, ok := mendedParts(text); ok {
		text = mended
		p.note("text that was encoded twice in parts repaired")
	}
	text, notes := cleanCharacters(text)
	p.note(notes...)
	text = bytes.TrimSpace(text)
	if len(text) > 0 && text[0] == '{' {
		return p.json(text)
	}
	return p.xml(text)
}

// A parsing is the work on one document.
type parsing struct {
	in     Input
	now    time.Time
	origin *url.URL // the document's own address; nil when unknown
	base   *url.URL // what addresses are resolved against; nil when unknown
	survey survey
	doc    Document

	embargoes map[int][]string // of a JSON feed: see jsonEmbargoes
}

func (p *parsing) note(notes ...string) {
	const enough = 20
	for _, n := range notes {
		if n != "" && len(p.doc.Notes) < enough {
			p.doc.Notes = append(p.doc.Notes, n)
		}
	}
}

func (p *parsing) skip(n int, reason string) {
	const enough = 100
	if len(p.doc.Skipped) < enough {
		p.doc.Skipped = append(p.doc.Skipped, fmt.Sprintf("item %d: %s", n, reason))
	}
}

func (p *parsing) xml(text []byte) (Document, error) {
	root := findRoot(text)
	if root < 0 {
		return Document{}, p.notAFeed(text)
	}
	if said(text[:root]) {
		p.note("what stood before the feed dropped")
	}
	text = text[root:]
	switch name := firstElement(text); {
	case name == "urlset":
		return p.sitemap(text)
	case name == "sitemapindex":
		return Document{}, p.sitemapIndex(text)
	case p.in.Kind == SitemapKind:
		return Document{}, notASitemap()
	}
	s, err := scanXML(text)
	if err != nil {
		return Document{}, err
	}
	if s.dirty {
		text = repairMarkup(text)
		p.note("markup repaired")
		if s, err = scanXML(text); err != nil {
			return Document{}, err
		}
	}
	if s.after {
		p.note("what stood after the end of the feed dropped")
	}
	p.survey = s
	p.rebase(s.base)
	if s.bases {
		text = withoutBases(text)
	}
	if s.longDates {
		text = withoutLongDates(text)
	}
	text = hastenDates(text, p.dating(""))
	feed, err := parser().Parse(bytes.NewReader(text))
	if err != nil {
		return p.salvageXML(text, s, err)
	}
	if len(feed.Items) < s.named {
		return p.better(text, s, feed)
	}
	p.take(feed)
	return p.doc, nil
}

// said reports whether there is more before the root element than XML allows:
// the warnings of a program, or the frame of a page.
func said(before []byte) bool {
	before = bytes.TrimSpace(before)
	if len(before) == 0 || bytes.IndexByte(before, '[') >= 0 && bytes.Contains(before, []byte("<!DOCTYPE")) {
		return false
	}
	return before[0] != '<' || firstElement(before) != ""
}

// better decides what to make of a feed in which the parser found fewer items
// than there are tags of items. It does so without an error when an end tag too
// many closes the feed for it, and items after that would be lost in silence.
func (p *parsing) better(text []byte, s survey, feed *gofeed.Feed) (Document, error) {
	apart := *p
	apart.doc.Notes = slices.Clone(p.doc.Notes)
	p.take(feed)
	doc, err := apart.salvageXML(text, s, errors.New("items are missing"))
	if err == nil && len(doc.Items) > len(p.doc.Items) {
		return doc, nil
	}
	return p.doc, nil
}

// parser is gofeed's without its own search for images: package media's rules
// are better, and the search costs a third of the time.
func parser() *gofeed.Parser {
	p := gofeed.NewParser()
	p.RSSTranslator = &gofeed.DefaultRSSTranslator{DisableContentImageScan: true}
	p.KeepOriginalFeed = true
	return p
}

// rebase resolves addresses from here on against ref.
func (p *parsing) rebase(ref string) {
	if ref == "" {
		return
	}
	u, err := url.Parse(strings.TrimSpace(ref))
	if err != nil {
		return
	}
	if p.base != nil {
		u = p.base.ResolveReference(u)
	}
	if u.IsAbs() && u.Host != "" {
		p.base = u
	}
}

func (p *parsing) json(text []byte) (Document, error) {
	if p.in.Kind == SitemapKind {
		return Document{}, notASitemap()
	}
	found, err := scanJSON(text)
	if err != nil {
		return Document{}, err
	}
	text = withoutLongText(text, found.longDates)
	p.embargoes = jsonEmbargoes(text, found.items)
	feed, err := parser().Parse(bytes.NewReader(text))
	switch {
	case err != nil && len(found.items) == 0:
		return Document{}, p.notAFeed(text)
	case err != nil:
		return p.salvageJSON(text, found, err)
	case len(feed.Items) == 0 && !strings.Contains(feed.FeedVersion, "jsonfeed"):
		return Document{}, p.notAFeed(text)
	}
	p.take(feed)
	p.hubs(found.hubs)
	return p.doc, nil
}

// take cleans a parsed feed into the document.
func (p *parsing) take(feed *gofeed.Feed) {
	p.head(feed)
	p.doc.Items = make([]item, 0, len(feed.Items))
	original := feed.OriginalFeed()
	details := p.survey.details
	if len(details) != len(feed.Items) { // nobody knows which is whose
		details = make([]detail, len(feed.Items))
	}
	for n, entry := range feed.Items {
		p.add(n+1, source{feed: feed, item: entry, original: originalOf(original, n), detail: details[n]})
	}
}

// under resolves addresses against nested bases until the function it returns
// is called.
func (p *parsing) under(bases []string) func() {
	before := p.base
	if len(bases) > 0 {
		p.base = p.origin
	}
	for _, ref := range bases {
		p.rebase(ref)
	}
	return func() { p.base = before }
}

// head takes what is known of the feed as a whole.
func (p *parsing) head(feed *gofeed.Feed) {
	p.doc.Format = format(feed)
	p.doc.Title = plain(feed.Title, maxTitle, false)
	p.doc.Language = cmp.Or(language(feed.Language), language(p.survey.lang))
	p.push(feed)
	p.doc.Hints = hints(feed, p.survey.aliases)
	p.doc.Link = p.absolute(siteLink(feed, p.survey.links))
	p.rebase(p.doc.Link)
}

func format(feed *gofeed.Feed) string {
	version := feed.FeedVersion[strings.LastIndexByte(feed.FeedVersion, '/')+1:]
	kind := feed.FeedType
	if kind == "rss" && (version == "1.0" || version == "0.9") {
		kind = "rdf"
	}
	return strings.TrimSpace(kind + " " + plain(version[:min(len(version), 20)], 20, false))
}

// language is a language tag as the feed says it, if it can be one: RFC 5646
// begins each with the two or three letters of a language.
func language(s string) string {
	s = strings.ReplaceAll(strings.TrimSpace(s), "_", "-")
	if len(s) < 2 || len(s) > maxLanguage {
		return ""
	}
	for n, part := range strings.Split(s, "-") {
		if len(part) == 0 || len(part) > 8 || n == 0 && (len(part) > 3 || strings.ContainsAny(part, "0123456789")) {
			return ""
		}
		if strings.Trim(strings.ToLower(part), "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
			return ""
		}
	}
	return s
}

func malformed(err error) *Error {
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	return &Error{Kind: KindMalformed, Message: "the feed cannot be read, not even item by item",
		Hint: "show it to a feed validator, and tell the publisher", Err: err}
}
