package feeds

import (
	"bytes"
	"compress/gzip"
	"errors"
	"slices"
	"strings"
	"testing"
)

const feedURL = "https://news.example/feeds/rss.xml"

func mustParse(t *testing.T, doc string) Document {
	t.Helper()
	d, err := Parse([]byte(doc), Input{Base: feedURL, Now: testNow})
	if err != nil {
		t.Fatalf("Parse: %v", err)
	}
	for _, i := range d.Items {
		sane(t, i)
	}
	return d
}

// one parses an RSS feed of one item.
func one(t *testing.T, inner string) item {
	t.Helper()
	d := mustParse(t, `<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><link>https://news.example/</link><language>en_GB</language><item><title>Headline</title>`+inner+`</item></channel></rss>`)
	if len(d.Items) != 1 {
		t.Fatalf("%d items, skipped %q", len(d.Items), d.Skipped)
	}
	return d.Items[0]
}

func TestFormats(t *testing.T) {
	tests := map[string]string{
		"rss 2.0":  `<rss version="2.0"><channel><title>T</title><item><title>One</title></item></channel></rss>`,
		"rdf 1.0":  `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel><title>T</title></channel><item><title>One</title></item></rdf:RDF>`,
		"atom 1.0": `<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><title>One</title></entry></feed>`,
		"json 1.1": `{"version":"https://jsonfeed.org/version/1.1","title":"T","items":[{"title":"One"}]}`,
	}
	for want, doc := range tests {
		for _, prefix := range []string{"", "\xef\xbb\xbf", "\n\n  "} {
			d := mustParse(t, prefix+doc)
			if d.Format != want || d.Title != "T" || len(d.Items) != 1 || d.Items[0].Title != "One" {
				t.Errorf("%q: %+v, want format %s", prefix, d, want)
			}
		}
	}
}

// TestRepaired has documents that stop a parser of XML, and must not cost the feed.
func TestRepaired(t *testing.T) {
	const feed = `<rss version="2.0"><channel><item><title>One</title></item></channel></rss>`
	tests := map[string]struct{ doc, title string }{
		"declaration of UTF-16":     {`<?xml version="1.0" encoding="UTF-16"?>` + feed, "One"},
		"declaration of XML 1.1":    {`<?xml version="1.1"?>` + feed, "One"},
		"unknown encoding":          {`<?xml version="1.0" encoding="klingon"?>` + feed, "One"},
		"warning before the root":   {"<br />\n<b>Warning</b>: 5 < 6 in <b>x.php</b>\n" + feed, "One"},
		"long comment":              {"<!--" + strings.Repeat("x", 5000) + "<rss>-->" + feed, "One"},
		"open comment":              {"<!-- oops " + feed, "One"},
		"document type":             {`<!DOCTYPE rss [<!ENTITY x "<rss>"> <!ELEMENT a (b)>]>` + feed, "One"},
		"bare less-than":            {strings.Replace(feed, "One", "5 < 6", 1), "5 < 6"},
		"heart":                     {strings.Replace(feed, "One", "I <3 it", 1), "I <3 it"},
		"bracket bracket greater":   {strings.Replace(feed, "One", "a]]>b", 1), "a]]>b"},
		"dashes in a comment":       {strings.Replace(feed, "<item>", "<!-- a -- b --><item>", 1), "One"},
		"declaration inside":        {strings.Replace(feed, "<item>", `<?xml version="1.1" encoding="x"?><item>`, 1), "One"},
		"control characters":        {strings.Replace(feed, "One", "O\x08n&#8;e", 1), "One"},
		"HTML entities":             {strings.Replace(feed, "One", "caf&eacute; &nbsp; &hellip;", 1), "café …"},
		"bare ampersand":            {strings.Replace(feed, "One", "R&D & more", 1), "R&D & more"},
		"latin bytes":               {strings.Replace(feed, "One", "caf\xe9", 1), "café"},
		"trailing garbage":          {feed + "\n<script>track()</script> & more", "One"},
		"unquoted attribute":        {strings.Replace(feed, `"2.0"`, "2.0", 1), "One"},
		"uppercase root":            {strings.ReplaceAll(feed, "rss", "RSS"), "One"},
		"CDATA":                     {strings.Replace(feed, "One", "<![CDATA[A &amp; B <i>c</i>]]>", 1), "A & B c"},
		"escaped three times":       {strings.Replace(feed, "One", "AT&amp;amp;T", 1), "AT&T"},
		"comparison escaped proper": {strings.Replace(feed, "One", "5 &amp;lt; 6 and a &lt;b&gt;", 1), "5 < 6 and a"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := mustParse(t, test.doc)
			if len(d.Items) != 1 || d.Items[0].Title != test.title {
				t.Errorf("got %+v, want the title %q", d, test.title)
			}
		})
	}
}

func TestSalvage(t *testing.T) {
	const head = `<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>T &amp; U</title><link>https://news.example/</link>`
	good := func(s string) string {
		return "<item><title>" + s + "</title><dc:creator>Ana</dc:creator><link>/" + s + "</link></item>"
	}
	tests := map[string]struct {
		doc     string
		titles  []string
		skipped string
	}{
		"cut within an item":   {head + good("a") + good("b") + "<item><title>c</ti", []string{"a", "b"}, "item 3: it is not closed"},
		"cut between items":    {head + good("a") + good("b"), []string{"a", "b"}, ""},
		"a broken item":        {head + good("a") + `<item><title x="1" <>b</title></item>` + good("c") + "</channel></rss>", []string{"a", "c"}, "item 2: "},
		"an end tag too many":  {head + good("a") + "<item><title>b</title></p></item>" + good("c") + "</channel></rss>", []string{"a", "b", "c"}, ""},
		"an item in an item":   {head + good("a") + "<item><title>b</title>" + good("c") + "</nothing></rss>", []string{"a", "b", "c"}, ""},
		"a head beyond repair": {`<rss version="2.0" xmlns:dc="x"><channel><title>T</p></title>` + good("a") + good("b"), []string{"a", "b"}, ""},
		"atom":                 {`<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:title>a</a:title></a:entry><a:entry><a:title>b`, []string{"a"}, "item 2: it is not closed"},
		"json":                 {`{"version":"https://jsonfeed.org/version/1.1","items":[{"title":"a"},{"title":"b"},{"tit`, []string{"a", "b"}, "item 3: it is not closed"},
		"json with one bad":    {`{"version":"https://jsonfeed.org/version/1.1","items":[{"title":"a"},{"title":},{"title":"c"}]}`, []string{"a", "c"}, "item 2: it cannot be parsed"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := mustParse(t, test.doc)
			var titles []string
			for _, i := range d.Items {
				titles = append(titles, i.Title)
			}
			if !slices.Equal(titles, test.titles) {
				t.Errorf("titles %q, want %q; skipped %q", titles, test.titles, d.Skipped)
			}
			if !d.Degraded || len(d.Notes) == 0 || !strings.Contains(d.Notes[0], "each item was read on its own") {
				t.Errorf("degraded %v, notes %q", d.Degraded, d.Notes)
			}
			if test.skipped != "" && (len(d.Skipped) != 1 || !strings.HasPrefix(d.Skipped[0], test.skipped)) {
				t.Errorf("skipped %q, want %q", d.Skipped, test.skipped)
			}
		})
	}
}

func TestSalvageKeepsContext(t *testing.T) {
	d := mustParse(t, `<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>T</title><link>https://other.example/</link><language>it</language><item><title>a</title><link>/x</link><dc:creator>Ana</dc:creator></item><item>`)
	i := d.Items[0]
	if i.Link != "https://other.example/x" || i.Author != "Ana" || i.Language != "it" || d.Title != "T" {
		t.Errorf("%+v", d)
	}
}

func TestSalvageKeepsTheHeadOfJSON(t *testing.T) {
	d := mustParse(t, `{"version":"https://jsonfeed.org/version/1.1","title":"T","language":"it","authors":[{"name":"Ana"}],"hubs":[{"type":"WebSub","url":"https://hub.example/"}],"items":[{"title":"a"},{"tit`)
	if i := d.Items[0]; d.Title != "T" || d.Format != "json 1.1" || i.Author != "Ana" || i.Language != "it" || !d.Degraded {
		t.Errorf("%+v", d)
	}
}

// Items have other names in some feeds, and are found by them when cut.
func TestSalvageByOtherNames(t *testing.T) {
	for _, doc := range []string{
		`<RSS><CHANNEL><ITEM><TITLE>a</TITLE></ITEM><ITEM><TITLE>b</TITLE></ITEM><ITEM>`,
		`<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:r="http://purl.org/rss/1.0/"><r:channel/><r:item><r:title>a</r:title></r:item><r:item><r:title>b</r:title></r:item><r:item>`,
	} {
		if d := mustParse(t, doc); len(d.Items) != 2 || d.Items[1].Title != "b" || !d.Degraded {
			t.Errorf("%s: %+v", doc, d)
		}
	}
}

func TestNotAFeed(t *testing.T) {
	tests := map[string]struct{ doc, message, hint string }{
		"empty":            {" \n", "empty", ""},
		"page":             {`<!DOCTYPE html><html><head><link rel="alternate" type="application/atom+xml" href="/news.atom"><link rel=stylesheet type=text/css href=x></head></html>`, "web page", "https://news.example/news.atom"},
		"page about feeds": {`<html><body>&lt;rss&gt; <rss>x</rss></body></html>`, "web page", ""},
		"error as JSON":    {`{"error":"no such feed"}`, "not a JSON Feed", ""},
		"list as JSON":     {`[1,2]`, "not a JSON Feed", ""},
		"broken JSON":      {`{"version`, "not a JSON Feed", ""},
		"sitemap":          {`<?xml version="1.0"?><urlset xmlns="x"/>`, "sitemap", ""},
		"OPML":             {`<opml version="1.0"><body/></opml>`, "OPML", ""},
		"other XML":        {`<Error><Code>AccessDenied</Code></Error>`, "<error>", ""},
		"text":             {"it works!", "neither", ""},
		"picture":          {"\x89PNG\r\n\x1a\n\x00<\xff\xfa", "neither", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(test.doc), Input{Base: feedURL, Now: testNow})
			var e *Error
			if !errors.As(err, &e) || e.Kind != KindNotFeed || !strings.Contains(e.Message, test.message) || !strings.Contains(e.Hint, test.hint) {
				t.Errorf("got %v, want not a feed, %q, %q", err, test.message, test.hint)
			}
		})
	}
}

func TestEmptyItemIsSkipped(t *testing.T) {
	d := mustParse(t, `<rss version="2.0"><channel><item><pubDate>Sun, 01 Mar 2026 10:00:00 GMT</pubDate></item><item><title>b</title></item></channel></rss>`)
	if len(d.Items) != 1 || len(d.Skipped) != 1 || !strings.HasPrefix(d.Skipped[0], "item 1: it has no link") {
		t.Errorf("%+v", d)
	}
}

func TestParseUnpacks(t *testing.T) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(sampleRSS(3)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if d := mustParse(t, b.String()); len(d.Items) != 3 {
		t.Errorf("%d items", len(d.Items))
	}
	if _, err := Parse(b.Bytes()[:b.Len()/2], Input{Now: testNow}); err == nil {
		t.Error("half of it was taken for the whole")
	}
}
