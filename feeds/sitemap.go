package feeds

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"spool"
)

// sitemap reads a news sitemap: the protocol of https://www.sitemaps.org/ with
// the elements that https://developers.google.com/search/docs describes for
// news and pictures. It reads page by page and goes by the names of elements
// alone, so that what is broken in one costs that one, and publishers who
// mistake the address of a vocabulary are understood.
func (p *parsing) sitemap(text []byte) (Document, error) {
	if p.in.Kind == FeedKind {
		return Document{}, &Error{Kind: KindNotFeed, Message: "the document is a sitemap, not a feed",
			Hint: "set kind: sitemap to read it as one"}
	}
	s, err := scanXML(text)
	if err != nil && !bytes.Contains(text, []byte("title>")) { // too large for news, and none
		return Document{}, plainSitemap(1)
	}
	if err != nil {
		return Document{}, err
	}
	p.doc.Format = "sitemap news"
	r := pageReader{b: text, element: []byte("url")}
	n, titled := 0, 0
	for page, ok := r.next(); ok; page, ok = r.next() {
		n++
		if page.texts.headline() != "" {
			titled++
		}
		if len(p.doc.Items) >= maxItems {
			return Document{}, limitError("too many items", maxItems)
		}
		p.addPage(n, page)
	}
	if titled == 0 && !(n == 0 && p.mayBeEmpty(text)) {
		return Document{}, plainSitemap(n)
	}
	if s.cut {
		p.degraded(true, n)
	}
	return p.doc, nil
}

// mayBeEmpty says of a sitemap without a page whether it is for news all the
// same: those of small newsrooms are empty after two quiet days.
func (p *parsing) mayBeEmpty(text []byte) bool {
	head := text[:min(len(text), 4096)]
	return p.in.Kind == SitemapKind || bytes.Contains(head, []byte("sitemap-news"))
}

func notASitemap() *Error {
	return &Error{Kind: KindNotFeed, Message: "the document is a feed, not a sitemap", Hint: "set kind: feed, or leave it out"}
}

func plainSitemap(pages int) *Error {
	e := &Error{Kind: KindNotFeed, Message: "the document is a sitemap without news: none of its pages has a title (news:title)",
		Hint: "enter the site's news sitemap, if it has one: robots.txt often names it"}
	if pages == 0 {
		e.Message = "the document is a sitemap without news: it lists no page"
	}
	return e
}

// A sitemapPage is what one url or sitemap element holds: texts by their path
// within it, such as "news/title", and pictures.
type sitemapPage struct {
	texts  newsEntry
	images []map[string]string
	whole  bool // it is closed
}

// A newsEntry is the texts of a page.
type newsEntry map[string]string

// headline is the title, wherever the entry has one.
func (e newsEntry) headline() string {
	for _, path := range []string{"news/title", "title", "video/title"} {
		if t := plain(e[path], maxTitle, false); t != "" {
			return t
		}
	}
	return ""
}

// addPage makes an item of a page, or says why it cannot.
func (p *parsing) addPage(n int, page sitemapPage) {
	e := page.texts
	it := item{
		Link:       p.absolute(e["loc"]),
		Title:      e.headline(),
		Language:   language(e["news/publication/language"]),
		Categories: categories(strings.Split(e["news/keywords"], ",")),
		Media:      p.pictures(page),
	}
	switch {
	case !page.whole:
		p.skip(n, "it is not closed: the sitemap is cut off there")
		return
	case it.Link == "":
		p.skip(n, "it has no address (loc)")
		return
	case it.Title == "":
		p.skip(n, "it has no title (news:title)")
		return
	}
	it.Published, _ = parseDate(cmp.Or(e["news/publication_date"], e["video/publication_date"]), p.dating(it.Language))
	it.Embargo = p.ahead(it.Published)
	it.Updated, _ = parseDate(e["lastmod"], p.dating(it.Language))
	p.publication(e)
	if it.Language == "" {
		it.Language = p.doc.Language
	}
	p.doc.Items = append(p.doc.Items, it)
}

// publication takes the name and the language of the first that is named.
func (p *parsing) publication(e newsEntry) {
	if p.doc.Title == "" {
		p.doc.Title = plain(e["news/publication/name"], maxTitle, false)
	}
	if p.doc.Language == "" {
		p.doc.Language = language(e["news/publication/language"])
	}
}

// pictures are those of the page; a caption or a title describes one.
func (p *parsing) pictures(page sitemapPage) []spool.Media {
	var c collector
	for _, i := range page.images {
		alt := i["caption"]
		if alt == "" {
			alt = words(i["title"])
		}
		c.add(p, medium{rank: usualImage, Media: spool.Media{URL: i["loc"], Alt: alt, Type: mediaType("", i["loc"], "image")}})
	}
	if thumbnail := page.texts["video/thumbnail_loc"]; thumbnail != "" {
		c.add(p, medium{rank: usualThumbnail, Media: spool.Media{URL: thumbnail, Type: mediaType("", thumbnail, "image")}})
	}
	return c.ranked(page.texts.headline())
}

// sitemapIndex refuses a list of sitemaps and names those that a person may
// want: first those whose address speaks of news, and the newest before others.
func (p *parsing) sitemapIndex(text []byte) *Error {
	const enough, longest = 5, 500
	type listed struct {
		link     string
		news     bool
		modified time.Time
	}
	var found []listed
	r := pageReader{b: text, element: []byte("sitemap")}
	for page, ok := r.next(); ok && len(found) < maxItems; page, ok = r.next() {
		l := listed{link: p.absolute(page.texts["loc"])}
		if l.link == "" || len(l.link) > longest {
			continue
		}
		l.news = strings.Contains(strings.ToLower(l.link), "news")
		l.modified, _ = parseDate(page.texts["lastmod"], p.dating(""))
		found = append(found, l)
	}
	slices.SortStableFunc(found, func(a, b listed) int {
		if a.news != b.news {
			if a.news {
				return -1
			}
			return 1
		}
		return b.modified.Compare(a.modified)
	})
	e := &Error{Kind: KindNotFeed, Message: "the document is a list of sitemaps, not a sitemap", Hint: "enter the news sitemap, if there is one"}
	for _, l := range found[:min(len(found), enough)] {
		e.Alternates = append(e.Alternates, l.link)
	}
	if len(e.Alternates) > 0 {
		e.Hint = fmt.Sprintf("enter the one with the news; it names %d, among them %s", len(found), strings.Join(e.Alternates, ", "))
	}
	return e
}
