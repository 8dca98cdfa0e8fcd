package feedstest

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strings"
	"time"
)

// A Channel is a feed as the renderers need it.
type Channel struct {
	Name     string
	Base     string // "http://host", for addresses that are paths
	Path     string // of the feed
	Self     string // what the feed calls itself; default Base and Path
	Hub      string // default none
	Language string // default "en"
	Updated  time.Time
	Articles []Article // the newest first
}

// A renderer writes a feed and names its MIME type.
type renderer func(Channel) (body []byte, contentType string)

func (c Channel) absolute(ref string) string {
	if strings.HasPrefix(ref, "/") {
		return c.Base + ref
	}
	return ref
}

func (c Channel) self() string {
	if c.Self == "" {
		return c.Base + c.Path
	}
	return c.Self
}

func (c Channel) language() string {
	if c.Language == "" {
		return "en"
	}
	return c.Language
}

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder does not fail
	return b.String()
}

func element(b *strings.Builder, name, text string) {
	if text != "" {
		fmt.Fprintf(b, "<%s>%s</%s>\n", name, escape(text), name)
	}
}

// RSS renders RSS 2.0 with Dublin Core and Media RSS.
func RSS(c Channel) ([]byte, string) {
	var b strings.Builder
	b.WriteString(xml.Header + `<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/">` + "\n<channel>\n")
	element(&b, "title", c.Name)
	element(&b, "link", c.Base+"/")
	element(&b, "description", "Stories of "+c.Name)
	element(&b, "language", c.language())
	fmt.Fprintf(&b, "<atom:link rel=\"self\" href=\"%s\"/>\n", escape(c.self()))
	if c.Hub != "" {
		fmt.Fprintf(&b, "<atom:link rel=\"hub\" href=\"%s\"/>\n", escape(c.Hub))
	}
	for _, a := range c.Articles {
		rssItem(&b, c, a)
	}
	b.WriteString("</channel>\n</rss>\n")
	return []byte(b.String()), "application/rss+xml; charset=utf-8"
}

func rssItem(b *strings.Builder, c Channel, a Article) {
	b.WriteString("<item>\n")
	element(b, "title", a.Title)
	element(b, "link", c.absolute(a.Link))
	fmt.Fprintf(b, "<guid isPermaLink=\"false\">%s</guid>\n", escape(a.GUID))
	element(b, "pubDate", a.Published.Format(time.RFC1123Z))
	element(b, "description", a.Summary)
	element(b, "dc:creator", a.Author)
	for _, category := range a.Categories {
		element(b, "category", category)
	}
	if a.Image != "" {
		fmt.Fprintf(b, "<media:content url=\"%s\" medium=\"image\">", escape(c.absolute(a.Image)))
		element(b, "media:description", a.Alt)
		b.WriteString("</media:content>\n")
	}
	b.WriteString("</item>\n")
}

// Atom renders Atom 1.0.
func Atom(c Channel) ([]byte, string) {
	var b strings.Builder
	fmt.Fprintf(&b, xml.Header+"<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"%s\">\n", escape(c.language()))
	element(&b, "title", c.Name)
	element(&b, "id", "tag:"+c.Name)
	element(&b, "updated", c.Updated.Format(time.RFC3339))
	fmt.Fprintf(&b, "<link href=\"%s\"/>\n<link rel=\"self\" href=\"%s\"/>\n", escape(c.Base+"/"), escape(c.self()))
	if c.Hub != "" {
		fmt.Fprintf(&b, "<link rel=\"hub\" href=\"%s\"/>\n", escape(c.Hub))
	}
	for _, a := range c.Articles {
		atomEntry(&b, c, a)
	}
	b.WriteString("</feed>\n")
	return []byte(b.String()), "application/atom+xml; charset=utf-8"
}

func atomEntry(b *strings.Builder, c Channel, a Article) {
	b.WriteString("<entry>\n")
	element(b, "title", a.Title)
	element(b, "id", a.GUID)
	fmt.Fprintf(b, "<link href=\"%s\"/>\n", escape(c.absolute(a.Link)))
	element(b, "published", a.Published.Format(time.RFC3339))
	element(b, "updated", a.changed().Format(time.RFC3339))
	fmt.Fprintf(b, "<summary type=\"html\">%s</summary>\n", escape(a.Summary))
	if a.Author != "" {
		fmt.Fprintf(b, "<author><name>%s</name></author>\n", escape(a.Author))
	}
	for _, category := range a.Categories {
		fmt.Fprintf(b, "<category term=\"%s\"/>\n", escape(category))
	}
	if a.Image != "" {
		fmt.Fprintf(b, "<link rel=\"enclosure\" type=\"image/png\" href=\"%s\"/>\n", escape(c.absolute(a.Image)))
	}
	b.WriteString("</entry>\n")
}

func (a Article) changed() time.Time {
	if a.Updated.IsZero() {
		return a.Published
	}
	return a.Updated
}

// JSON renders JSON Feed 1.1.
func JSON(c Channel) ([]byte, string) {
	items := make([]any, 0, len(c.Articles))
	for _, a := range c.Articles {
		items = append(items, jsonItem(c, a))
	}
	doc := map[string]any{
		"version": "https://jsonfeed.org/version/1.1", "title": c.Name, "language": c.language(),
		"home_page_url": c.Base + "/", "feed_url": c.self(), "items": items,
	}
	if c.Hub != "" {
		doc["hubs"] = []any{map[string]string{"type": "WebSub", "url": c.Hub}}
	}
	body, err := json.MarshalIndent(doc, "", " ")
	if err != nil {
		panic(err) // only strings and lists of them
	}
	return body, "application/feed+json"
}

func jsonItem(c Channel, a Article) map[string]any {
	item := map[string]any{
		"id": a.GUID, "url": c.absolute(a.Link), "title": a.Title, "content_html": a.Summary,
		"date_published": a.Published.Format(time.RFC3339), "date_modified": a.changed().Format(time.RFC3339),
	}
	if a.Author != "" {
		item["authors"] = []any{map[string]string{"name": a.Author}}
	}
	if len(a.Categories) > 0 {
		item["tags"] = a.Categories
	}
	if a.Image != "" {
		item["image"] = c.absolute(a.Image)
	}
	return item
}

// Sitemap renders a news sitemap. It has no summaries, and no hub.
func Sitemap(c Channel) ([]byte, string) {
	var b strings.Builder
	b.WriteString(xml.Header + `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">` + "\n")
	for _, a := range c.Articles {
		b.WriteString("<url>\n")
		element(&b, "loc", c.absolute(a.Link))
		b.WriteString("<news:news>\n<news:publication>\n")
		element(&b, "news:name", c.Name)
		element(&b, "news:language", c.language())
		b.WriteString("</news:publication>\n")
		element(&b, "news:publication_date", a.Published.Format(time.RFC3339))
		element(&b, "news:title", a.Title)
		b.WriteString("</news:news>\n")
		if a.Image != "" {
			b.WriteString("<image:image>\n")
			element(&b, "image:loc", c.absolute(a.Image))
			b.WriteString("</image:image>\n")
		}
		b.WriteString("</url>\n")
	}
	b.WriteString("</urlset>\n")
	return []byte(b.String()), "application/xml"
}
