package feeds

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"sync/atomic"
	"testing"
)

// fill repeats a piece of a document up to the most that a fetch takes.
func fill(before, piece, after string) string {
	n := (defaultMaxBytes - len(before) - len(after)) / len(piece)
	return before + strings.Repeat(piece, n) + after
}

// costly are documents of full size that are built to be costly: each of a
// shape that another limit leaves through, as far as it does.
func costly() map[string]func() string {
	const rss = `<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>`
	text := func(n int, piece string) string { return strings.Repeat(piece, n/len(piece)) }
	item := func(inner string) string { return "<item>" + inner + "</item>" }
	big := "<title>x</title><description>" + text(1600, "word ") + "</description>"
	full := func(item string) string {
		return rss + strings.Repeat(item, min(4900, defaultMaxBytes/len(item))) + "</channel></rss>"
	}
	near := func(limit int, inner string) string { // as many elements as are allowed
		return rss + item(strings.Repeat(inner, (limit-10)/strings.Count(inner, "<"))) + "</channel></rss>"
	}
	deep := strings.Repeat("<m:a>", 90) + strings.Repeat("</m:a>", 90)
	return map[string]func() string{
		"honest items":              func() string { return rss + strings.Repeat(item(big), 4900) + "</channel></rss>" },
		"items of nothing":          func() string { return rss + strings.Repeat("<item/>", maxItems) + "</channel></rss>" },
		"too many items":            func() string { return fill(rss, "<item/>", "") },
		"elements of an extension":  func() string { return fill(rss+"<item>", "<m:a/>", "</item>") },
		"elements with attributes":  func() string { return fill(rss+"<item>", `<m:a b="c" d="e" f="g" h="i"/>`, "</item>") },
		"elements without a prefix": func() string { return fill(rss+"<item>", "<a>x</a>", "</item>") },
		"extensions, all allowed":   func() string { return near(maxForeign, "<m:a/>") },
		"attributes, all allowed":   func() string { return near(maxForeign, `<m:a b="c" d="e" f="g" h="i"/>`) },
		"nested, all allowed":       func() string { return rss + item(strings.Repeat(deep, maxForeign/91)) + "</channel></rss>" },
		"media, all allowed":        func() string { return near(maxForeign, `<media:content url="/x"/>`) },
		"categories, all allowed":   func() string { return near(maxChildren, `<category a="/"/>`) },
		"links, all allowed":        func() string { return near(maxChildren, `<link href="/x"/>`) },
		"enclosures, all allowed":   func() string { return near(maxChildren, `<enclosure url="/x"/>`) },
		"creators, all allowed":     func() string { return near(maxForeign, `<dc:creator/>`) },
		"atom links, all allowed": func() string {
			return `<feed xmlns="http://www.w3.org/2005/Atom"><entry>` + strings.Repeat(`<link href="/x"/>`, maxChildren-10) + "</entry></feed>"
		},
		"json keys, all allowed": func() string {
			return `{"version":"https://jsonfeed.org/version/1","items":[{` + repeat(maxElements-10, `"a%d":1,`) + `"b":2}]}`
		},
		"json attachments": func() string {
			return `{"version":"https://jsonfeed.org/version/1","items":[{"attachments":[` + strings.Repeat(`{"url":"/x"},`, maxElements/2-10) + `{}]}]}`
		},
		"json nested": func() string {
			return `{"version":"https://jsonfeed.org/version/1","items":[{"x":` + strings.Repeat("[", 90) + strings.Repeat(`[],`, maxElements/2-200) + "[]" + strings.Repeat("]", 90) + `}]}`
		},
		"names of elements": func() string {
			return rss + "<item>" + repeat(maxChildren-10, "<a%d>x</a%[1]d>") + "</item></channel></rss>"
		},
		"nested elements":     func() string { return fill(rss, "<item>"+deep+"</item>", "") },
		"nested everywhere":   func() string { return fill(rss+"<item>", deep, "</item>") },
		"categories":          func() string { return fill(rss+"<item>", "<category>x</category>", "</item>") },
		"links":               func() string { return fill(rss+"<item>", "<link>/x</link>", "</item>") },
		"enclosures":          func() string { return fill(rss+"<item>", `<enclosure url="/x"/>`, "</item>") },
		"media":               func() string { return fill(rss+"<item>", `<media:content url="/x"/>`, "</item>") },
		"creators":            func() string { return fill(rss+"<item>", `<dc:creator>x</dc:creator>`, "</item>") },
		"text in one element": func() string { return rss + item("<title>"+text(maxText, "x ")+"</title>") },
		"texts of a MiB": func() string {
			return rss + strings.Repeat(item("<description>"+text(maxText-100, "&lt;b&gt;x")+"</description>"), 7)
		},
		"contents of a MiB": func() string {
			return rss + strings.Repeat(item("<content:encoded><![CDATA["+text(maxText-100, `<img src="/a">`)+"]]></content:encoded>"), 7)
		},
		"attribute of a tag":     func() string { return rss + item(`<media:content url="`+text(maxTag-100, "x")+`"/>`) },
		"attributes of all size": func() string { return fill(rss, item(`<media:content url="`+text(200<<10, "x")+`"/>`), "") },
		"many attributes":        func() string { return fill(rss, item("<m:a "+repeat(4000, `a%d="x" `)+"/>"), "</channel></rss>") },
		"namespaces":             func() string { return fill(rss, item(`<m:a xmlns:m="u"/>`), "") },
		"namespaces by prefix": func() string {
			return rss + repeat(4900, `<item><m%d:a xmlns:m%[1]d="u%[1]d"/></item>`) + "</channel></rss>"
		},
		"namespaces nested": func() string { return fill(rss, item(repeat(80, `<m%d:a xmlns:m%[1]d="u">`)), "") },
		"entities":          func() string { return fill(rss+"<item><title>", "&amp;", "</title></item>") },
		"entities of its own": func() string {
			return `<!DOCTYPE rss [<!ENTITY a "` + text(1000, "ha") + `">` + repeat(20, `<!ENTITY b%d "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">`) + "]>" + rss + strings.Repeat(item("<title>&b19;</title>"), 4000)
		},
		"document types":           func() string { return fill("", "<!DOCTYPE a [", rss) },
		"numeric references":       func() string { return fill(rss+"<item><title>", "&#8;", "</title></item>") },
		"stray brackets":           func() string { return fill(rss+"<item><title>", "<", "</title></item>") },
		"stray brackets in pieces": func() string { return full(item("<title>" + text(900, "< ") + "</title>")) },
		"closings":                 func() string { return full(item("<title>" + text(900, "]]>") + "</title>")) },
		"CDATA in crumbs":          func() string { return fill(rss+"<item><title>", "<![CDATA[x]]>", "</title></item>") },
		"CDATA in CDATA":           func() string { return fill(rss+"<item><title>", "<![CDATA[<![CDATA[x]]>]]>", "</title></item>") },
		"comments":                 func() string { return fill(rss, "<!-- -->", "<item><title>x</title></item>") },
		"comments that are odd":    func() string { return fill(rss, "<!-- -- -->", "<item><title>x</title></item>") },
		"instructions":             func() string { return fill(rss, "<?x?>", "<item><title>x</title></item>") },
		"items never closed":       func() string { return fill(rss, "<item><title>x</title>"+text(1600, "word "), "") },
		"items closed twice":       func() string { return full(item(big) + "</item>") },
		"a root of full size": func() string {
			return `<rss a="` + text(200<<10, "x") + `"><channel>` + strings.Repeat("<item><title>x</p></title></item>", 4900)
		},
		"broken, of full size":   func() string { return strings.TrimSuffix(full(item(big)), "</channel></rss>") + "<item><title" },
		"windows-1252":           func() string { return fill(rss+"<item><title>\x80", "\x80", "</title></item>") },
		"windows-1252 in pieces": func() string { return full(item("<title>" + text(1600, "\x80\x99 ") + "</title>")) },
		"UTF-16":                 func() string { return "\xff\xfe" + strings.Repeat("<\x00\x00\x4e", defaultMaxBytes/4-1) },
		"encoded twice":          func() string { return full(item("<title>" + text(1600, "Ã©") + "</title>")) },
		"replaced bytes": func() string {
			return full(item("<title>日本日本日本" + text(1600, "\xff日本") + "</title>"))
		},
		"composed characters": func() string { return full(item("<description>" + text(1600, "e\u0301") + "</description>")) },
		"tags in text": func() string {
			return full(item("<description>" + text(1600, "&lt;p&gt;a&lt;/p&gt;") + "</description>"))
		},
		"open tags in text": func() string {
			return full(item("<description>" + text(1600, "&lt;a &lt;!-- ") + "</description>"))
		},
		"languages and bases": func() string { return fill(rss, item(strings.Repeat(`<a xml:lang="en" xml:base="b/">`, 80)), "") },
		"bases":               func() string { return full(item(`<link xml:base="` + text(1500, "../") + `">x</link>`)) },
		"atom": func() string {
			return `<feed xmlns="http://www.w3.org/2005/Atom">` + strings.Repeat(`<entry><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">`+text(1500, "<b>x</b>")+`</div></title></entry>`, 4900) + "</feed>"
		},
		"atom links": func() string {
			return fill(`<feed xmlns="http://www.w3.org/2005/Atom"><entry>`, `<link href="/x"/>`, "</entry></feed>")
		},
		"atom authors": func() string {
			return fill(`<feed xmlns="http://www.w3.org/2005/Atom"><entry>`, `<author><name>x</name></author>`, "</entry></feed>")
		},
		"atom authors inherited": func() string {
			return `<feed xmlns="http://www.w3.org/2005/Atom">` + repeat(40_000, "<author><name>n%d</name></author>") + strings.Repeat(`<entry><title>x</title></entry>`, 4900) + "</feed>"
		},
		"json": func() string { return fill(`{"items":[`, `{"title":"x","tags":["a","b"]},`, `{}]}`) },
		"json items": func() string {
			return `{"version":"https://jsonfeed.org/version/1.1","items":[` + strings.Repeat(`{"title":"x","content_html":"`+text(1600, "word ")+`"},`, 4900) + `{}]}`
		},
		"json broken": func() string {
			return `{"version":"https://jsonfeed.org/version/1.1","items":[` + strings.Repeat(`{"title":"x","content_html":"`+text(1600, "word ")+`"},`, 4900) + `{]}`
		},
		"json escapes": func() string { return fill(`{"items":[{"title":"`, `\u0041`, `"}]}`) },
		"json authors": func() string {
			return `{"version":"https://jsonfeed.org/version/1.1","authors":[` + strings.Repeat(`{"name":"x"},`, 40_000) + `{}],"items":[` + strings.Repeat(`{"title":"x"},`, 4900) + `{}]}`
		},
		"json numbers": func() string { return fill(`{"items":[{"id":`, `1`, `}]}`) },
		"json keys":    func() string { return fill(`{"items":[{`, `"a":1,`, `"b":2}]}`) },
		"sitemap": func() string {
			return fill(sitemapHead, "<url><loc>/x</loc><news:news><news:title>x</news:title></news:news></url>", "</urlset>")
		},
		"sitemap, plain": func() string { return fill(sitemapHead, "<url><loc>/x</loc></url>", "</urlset>") },
		"sitemap with pictures": func() string {
			return fill(sitemapHead+"<url><loc>/x</loc><title>x</title>", "<image:image><image:loc>/x</image:loc></image:image>", "</url></urlset>")
		},
		"sitemap in one page": func() string { return fill(sitemapHead+"<url>", "<a>x", "</url></urlset>") },
		"sitemap index": func() string {
			return fill("<sitemapindex>", "<sitemap><loc>https://x.example/</loc></sitemap>", "</sitemapindex>")
		},
		"a page": func() string {
			return fill("<html><head>", `<link rel="alternate" type="application/rss+xml" href="/x">`, "")
		},
		"open tags":     func() string { return fill(rss, `<a "`, "") },
		"open comments": func() string { return fill("", "<!--", "<rss>") },
		"nothing":       func() string { return fill("", "\x00", "") },
		"spaces":        func() string { return fill("", " ", rss) },
	}
}

// TestCostlyDocuments parses each costly document and looks at what that took: at most
// so many bytes in use at any time beside the document, and so many altogether,
// which is what its time goes by. Both figures are twice what is measured for
// the worst of them, and far below what the parser alone takes for some.
func TestCostlyDocuments(t *testing.T) {
	const inUse, altogether = 48 << 20, 512 << 20
	if testing.Short() {
		t.Skip("SKIPPED in short mode: documents of full size")
	}
	defer debug.SetGCPercent(debug.SetGCPercent(50)) // to see what is in use, not what is garbage
	for name, make := range costly() {
		t.Run(name, func(t *testing.T) {
			body := []byte(make())
			if len(body) > defaultMaxBytes {
				t.Fatalf("%d bytes are more than a fetch takes", len(body))
			}
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			peak := watchHeap()
			d, err := Parse(body, Input{Now: testNow})
			highest := peak()
			runtime.ReadMemStats(&after)
			used := int64(highest) - int64(before.HeapAlloc)
			all := after.TotalAlloc - before.TotalAlloc
			if used > inUse || all > altogether {
				t.Errorf("%d MiB in use, %d MiB altogether; %d items, %v", used>>20, all>>20, len(d.Items), err)
			}
			t.Logf("%d MiB in use, %d MiB altogether; %d items, %v", used>>20, all>>20, len(d.Items), err)
			if strings.Contains(fmt.Sprint(err), "made the parser fail") {
				t.Error(err)
			}
			for _, i := range d.Items[:min(len(d.Items), 10)] {
				sane(t, i)
			}
			runtime.KeepAlive(body)
		})
	}
}

// watchHeap notes how much is in use at the end of each collection, until the
// function that it returns is called, which gives the highest figure.
func watchHeap() (highest func() uint64) {
	var peak, stopped atomic.Uint64
	var again func(*[16]byte)
	again = func(p *[16]byte) {
		sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(sample)
		peak.Store(max(peak.Load(), sample[0].Value.Uint64()))
		if stopped.Load() == 0 {
			runtime.SetFinalizer(p, again)
		}
	}
	runtime.SetFinalizer(new([16]byte), again)
	return func() uint64 {
		stopped.Store(1)
		return peak.Load()
	}
}
