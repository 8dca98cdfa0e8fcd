package feeds

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"spool"
)

const sitemapHead = `<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">`

// newsPage is one page of a news sitemap.
func newsPage(loc, title, more string) string {
	return "<url><loc>" + loc + "</loc><news:news><news:publication><news:name>The Gazette</news:name><news:language>en</news:language></news:publication>" +
		"<news:publication_date>2026-03-01T10:00:00+01:00</news:publication_date><news:title>" + title + "</news:title></news:news>" + more + "</url>"
}

func TestSitemap(t *testing.T) {
	d := mustParse(t, sitemapHead+`
<url><loc>https://news.example/a?x=1&amp;y=2</loc><lastmod>2026-03-01T11:30:00Z</lastmod>
 <news:news>
  <news:publication><news:name>The Gazette</news:name><news:language>en</news:language></news:publication>
  <news:publication_date>2026-03-01T10:00:00+01:00</news:publication_date>
  <news:title><![CDATA[Council votes: "yes" &amp; no]]></news:title><news:title>Another</news:title>
  <news:keywords>Local, Politics , local</news:keywords>
 </news:news>
 <image:image><image:loc>https://img.example/1.jpg</image:loc><image:caption>A crane &amp;amp; the river</image:caption></image:image>
 <image:image><image:loc>/2.png</image:loc><image:title>img_0002.png</image:title></image:image>
</url></urlset>`)
	want := Document{Format: "sitemap news", Title: "The Gazette", Language: "en", Items: []item{{
		Link: "https://news.example/a?x=1&y=2", Title: `Council votes: "yes" & no`, Language: "en", Categories: []string{"Local", "Politics"},
		Media: []spool.Media{
			{URL: "https://img.example/1.jpg", Type: "image/jpeg", Alt: "A crane & the river"},
			{URL: "https://news.example/2.png", Type: "image/png"},
		},
		Published: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC), Updated: time.Date(2026, 3, 1, 11, 30, 0, 0, time.UTC),
	}}}
	if !reflect.DeepEqual(d, want) {
		t.Errorf("got  %+v\nwant %+v", d, want)
	}
}

func TestSitemapPageByPage(t *testing.T) {
	good := newsPage("https://news.example/a", "One", "")
	tests := map[string]struct {
		doc      string
		titles   []string
		skipped  string
		degraded bool
	}{
		"a page without news":      {sitemapHead + good + "<url><loc>https://news.example/b</loc><lastmod>2026-03-01</lastmod></url></urlset>", []string{"One"}, "item 2: it has no title (news:title)", false},
		"a page without address":   {sitemapHead + good + newsPage("", "Two", "") + "</urlset>", []string{"One"}, "item 2: it has no address (loc)", false},
		"an address of no web":     {sitemapHead + good + newsPage("javascript:x", "Two", "") + "</urlset>", []string{"One"}, "item 2: it has no address (loc)", false},
		"cut within a page":        {sitemapHead + good + "<url><loc>https://news.example/b</loc><news:news><news:title>Tw", []string{"One"}, "item 2: it is not closed", true},
		"cut between pages":        {sitemapHead + good, []string{"One"}, "", true},
		"a page that is not ended": {sitemapHead + strings.TrimSuffix(good, "</url>") + newsPage("https://news.example/b", "Two", "") + "</urlset>", []string{"One", "Two"}, "", false},
		"an end tag too many":      {sitemapHead + strings.Replace(good, "</loc>", "</loc></p>", 1) + "</urlset>", []string{"One"}, "", false},
		"no vocabularies":          {"<urlset>" + good + "</urlset>", []string{"One"}, "", false},
		"other prefixes":           {"<s:urlset xmlns:s='http://www.sitemaps.org/schemas/sitemap/0.9'>" + strings.NewReplacer("news:", "n:", "<loc>", "<s:loc>", "</loc>", "</s:loc>", "url>", "s:url>", "</url", "</s:url").Replace(good) + "</s:urlset>", []string{"One"}, "", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := mustParse(t, test.doc)
			var titles []string
			for _, i := range d.Items {
				titles = append(titles, i.Title)
			}
			if !reflect.DeepEqual(titles, test.titles) || d.Degraded != test.degraded {
				t.Errorf("titles %q, degraded %v, skipped %q", titles, d.Degraded, d.Skipped)
			}
			if test.skipped != "" && (len(d.Skipped) != 1 || !strings.HasPrefix(d.Skipped[0], test.skipped)) {
				t.Errorf("skipped %q, want %q", d.Skipped, test.skipped)
			}
		})
	}
}

func TestSitemapRefused(t *testing.T) {
	index := `<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>https://news.example/2026-01.xml</loc><lastmod>2026-01-31</lastmod></sitemap>
<sitemap><loc>https://news.example/2026-02.xml</loc><lastmod>2026-02-28</lastmod></sitemap>
<sitemap><loc>https://news.example/old.xml</loc></sitemap>
<sitemap><loc>ftp://news.example/x.xml</loc></sitemap>`
	const page = "<url><loc>https://news.example/a</loc><lastmod>2026-03-01</lastmod></url>"
	tests := map[string]struct {
		doc     string
		kind    Kinds
		message string
		names   []string
	}{
		"plain":           {sitemapHead + page + "</urlset>", AnyKind, "without news: none of its pages has a title", nil},
		"plain, as such":  {sitemapHead + page + "</urlset>", SitemapKind, "without news: none of its pages has a title", nil},
		"empty and plain": {"<urlset></urlset>", AnyKind, "lists no page", nil},
		"not a feed":      {sitemapHead + newsPage("https://news.example/a", "One", "") + "</urlset>", FeedKind, "a sitemap, not a feed", nil},
		"a feed":          {"<rss><channel><item><title>a</title></item></channel></rss>", SitemapKind, "a feed, not a sitemap", nil},
		"a JSON feed":     {`{"version":"https://jsonfeed.org/version/1.1","items":[]}`, SitemapKind, "a feed, not a sitemap", nil},
		"a page":          {"<html></html>", SitemapKind, "web page", nil},
		"index, newest":   {index + "</sitemapindex>", SitemapKind, "a list of sitemaps", []string{"https://news.example/2026-02.xml", "https://news.example/2026-01.xml", "https://news.example/old.xml"}},
		"index with news": {index + "<sitemap><loc>https://news.example/google-news.xml</loc></sitemap></sitemapindex>", AnyKind, "a list of sitemaps", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(test.doc), Input{Base: "https://news.example/sitemap.xml", Kind: test.kind, Now: testNow})
			var e *Error
			if !errors.As(err, &e) || e.Kind != KindNotFeed || !strings.Contains(e.Message, test.message) || e.Hint == "" {
				t.Fatalf("got %v, want %q", err, test.message)
			}
			if test.names != nil && !reflect.DeepEqual(e.Alternates, test.names) {
				t.Errorf("alternates %q, want %q", e.Alternates, test.names)
			}
		})
	}
}

// A newsroom that published nothing for two days has an empty news sitemap.
func TestSitemapMayBeEmpty(t *testing.T) {
	for _, in := range []Input{{}, {Kind: SitemapKind}} {
		if d, err := Parse([]byte(sitemapHead+"</urlset>"), in); err != nil || len(d.Items) != 0 || d.Degraded {
			t.Errorf("kind %q: %+v, %v", in.Kind, d, err)
		}
	}
}

func TestSitemapIsBounded(t *testing.T) {
	pages := strings.Repeat(newsPage("https://news.example/a", "One", ""), maxItems+1)
	_, err := Parse([]byte(sitemapHead+pages+"</urlset>"), Input{Now: testNow})
	var e *Error
	if !errors.As(err, &e) || e.Kind != KindLimit {
		t.Errorf("%d pages of news: %v", maxItems+1, err)
	}
	plain := strings.Repeat("<url><loc>https://news.example/a</loc></url>", 50_000) // as many as the protocol allows
	if _, err = Parse([]byte(sitemapHead+plain+"</urlset>"), Input{Now: testNow}); !errors.As(err, &e) || e.Kind != KindNotFeed {
		t.Errorf("a large plain sitemap: %v", err)
	}
}
