package feeds

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/mmcdole/gofeed"
)

// sampleRSS is a newsroom's feed of n items, with a paragraph of HTML each.
func sampleRSS(n int) []byte {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/">
<channel><title>The Daily Sample</title><link>https://news.example/</link><language>en-GB</language>
`)
	for i := range n {
		fmt.Fprintf(&b, `<item><title>Council votes on bridge no. %d &amp; two parks</title><link>https://news.example/local/%d</link>
<guid isPermaLink="false">story-%d</guid><pubDate>Sun, 01 Mar 2026 10:%02d:00 GMT</pubDate><dc:creator>Ana Ruiz</dc:creator>
<category>Local</category><category>Politics</category>
<description><![CDATA[<p>The council has voted for a new bridge across the river, the %dth in its history. <a href="https://news.example/more">More</a></p><p>Work begins in May &amp; ends in two years&#8217; time.</p>]]></description>
<media:content url="https://img.example/%d.jpg" type="image/jpeg" width="1200" height="800"><media:description>A crane by the river</media:description></media:content></item>
`, i, i, i, i%60, i, i)
	}
	b.WriteString("</channel></rss>\n")
	return []byte(b.String())
}

// BenchmarkParse is a whole Parse, to be held against BenchmarkBareGofeed: the
// same document parsed by gofeed as it comes, without any cleaning.
func BenchmarkParse(b *testing.B) {
	for _, n := range []int{40, 1000} {
		body := sampleRSS(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				doc, err := Parse(body, Input{ContentType: "application/rss+xml", Base: "https://news.example/rss", Now: testNow})
				if err != nil || len(doc.Items) != n {
					b.Fatal(err, len(doc.Items))
				}
			}
		})
	}
}

func BenchmarkBareGofeed(b *testing.B) {
	for _, n := range []int{40, 1000} {
		body := sampleRSS(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				feed, err := gofeed.NewParser().Parse(bytes.NewReader(body))
				if err != nil || len(feed.Items) != n {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkScan is what the checks before the parser cost.
func BenchmarkScan(b *testing.B) {
	body := sampleRSS(1000)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		text, _, _ := toUTF8(body, "")
		text, _ = cleanCharacters(text)
		if _, err := scanXML(text[findRoot(text):]); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFetch is a first fetch over loopback, to be held against
// BenchmarkBareFetch: the same with net/http and gofeed alone.
func BenchmarkFetch(b *testing.B) {
	server := serving(b, sampleRSS(40))
	f, err := New(Options{AllowNetworks: loopback})
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	b.ReportAllocs()
	for b.Loop() {
		if r, err := f.Fetch(b.Context(), Source{URL: server}); err != nil || len(r.Document.Items) != 40 {
			b.Fatal(err)
		}
	}
}

// BenchmarkFetchUnchanged has a server that knows no conditions: the same body
// comes every time.
func BenchmarkFetchUnchanged(b *testing.B) {
	body := sampleRSS(40)
	server := serving(b, body)
	f, err := New(Options{AllowNetworks: loopback})
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	b.ReportAllocs()
	for b.Loop() {
		if r, err := f.Fetch(b.Context(), Source{URL: server, BodyHash: imprint(body)}); err != nil || !r.Unchanged {
			b.Fatal(err)
		}
	}
}

func BenchmarkBareFetch(b *testing.B) {
	server := serving(b, sampleRSS(40))
	b.ReportAllocs()
	for b.Loop() {
		resp, err := http.Get(server)
		if err != nil {
			b.Fatal(err)
		}
		feed, err := gofeed.NewParser().Parse(resp.Body)
		if err != nil || len(feed.Items) != 40 {
			b.Fatal(err)
		}
		_ = resp.Body.Close()
	}
}

func serving(b *testing.B, body []byte) string {
	b.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) }))
	b.Cleanup(server.Close)
	return server.URL
}
