package feeds

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// seedFiles adds the small feeds of testdata, and of the corpus, if it is there,
// those that are small as well.
func seedFiles(f *testing.F, add func([]byte)) {
	f.Helper()
	const small = 16 << 10
	files, err := filepath.Glob(filepath.Join("testdata", "feeds", "*"))
	if err != nil || len(files) == 0 {
		f.Fatal("no feeds in testdata", err)
	}
	for _, name := range files {
		body, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		add(body)
	}
	dir := os.Getenv("SPOOL_CORPUS")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "corpus")
	}
	if _, err := os.Stat(dir); err != nil {
		return
	}
	eachOf(f, filepath.Join(dir, "feeds"), func(_ string, body []byte) {
		if len(body) <= small {
			add(body)
		}
	})
}

// nasty are pieces that a publisher, or somebody who means harm, may send.
var nasty = []string{
	"", "<", "{", "[", "\x00", "\xff\xfe", "\xfe\xff", "\xef\xbb\xbf\xef\xbb\xbf<rss>", "<\x00r\x00s\x00s\x00>\x00",
	"<br />\n<b>Warning</b>: include() in <b>/srv/x.php</b> on line <b>3</b><br />\n<?xml version='1.0'?><rss><channel><item><title>a</title></item></channel></rss>",
	"<rss><channel><item><title><![CDATA[a <![CDATA[b]]> c]]></title></item></channel></rss>",
	"<!DOCTYPE rss [<!ENTITY a 'b'><!ENTITY c '&a;&a;&a;'>]><rss><channel><item><title>&c;</title></item></channel></rss>",
	"<rss><channel><item><title>caf\xe9 \xd0\xb6</title></item></channel></rss>",
	"<?xml version='1.0' encoding='iso-2022-jp'?><rss><channel><item><title>\x1b$B$\"\x1b(B</title></item></channel></rss>",
	"<feed xmlns='http://www.w3.org/2005/Atom' xml:base='//x.example/a/'><entry xml:base='../b'><title type='xhtml'><div><b>a</title></entry></feed>",
	"<rdf:RDF xmlns:rdf='u' xmlns='http://purl.org/rss/1.0/'><item rdf:about='urn:x'/></rdf:RDF>",
	"<rss xmlns:m='https://search.yahoo.com/mrss/'><channel><item><m:group><m:group><m:content url='http://x.example/a.jpg'><m:credit/></m:content></m:group></m:group></item></channel></rss>",
	"<rss><channel><item></item></rss></channel><item><title>a</title></item>",
	"<urlset xmlns:news='n'><url><loc>https://x.example/</loc><news:news><news:title>a<url><image:image>",
	"<sitemapindex><sitemap><loc>https://x.example/news.xml</loc><lastmod>2026",
	`{"version":"https://jsonfeed.org/version/1.1","hubs":[{"type":"WebSub","url":"https://h.example/"}],"items":[{"id":1e999,"title":"\ud83d","attachments":[{"url":"//x"}]},{"tags":[`,
	`{"items":[{"id":"a","content_html":"<img srcset='a 1w, b 99999w, , c'>"}]}`,
	"<html><body><feed xmlns='http://www.w3.org/2005/Atom'><entry><id>a</id></entry></feed>",
}

// checked is what must hold for any document: no panic, no error of another
// kind, nothing in any field that is not clean, and nothing without bounds.
func checked(t *testing.T, body []byte, in Input) Document {
	t.Helper()
	d, err := Parse(body, in)
	var e *Error
	switch {
	case err == nil:
	case !errors.As(err, &e):
		t.Fatalf("error of another type: %v", err)
	case strings.Contains(e.Message, "made the parser fail"):
		t.Fatalf("panic: %v", e.Err)
	case e.Message == "" || len(d.Items) > 0:
		t.Fatalf("an error with items, or without words: %+v", e)
	default:
		for _, a := range e.Alternates {
			saneAddress(t, a)
		}
		return d
	}
	for _, i := range d.Items {
		sane(t, i)
	}
	for _, address := range []string{d.Link, d.Hub, d.Topic} {
		saneAddress(t, address)
	}
	for what, s := range map[string]string{"title": d.Title, "format": d.Format, "language": d.Language, "notes": strings.Join(d.Notes, " "), "skipped": strings.Join(d.Skipped, " ")} {
		saneText(t, what, s)
	}
	if len(d.Notes) > 30 || len(d.Skipped) > 100 || len(d.Items) > maxItems || d.Hints.Every < 0 || d.Hints.Every > longestEvery || len(d.Hints.Hours) > 23 || len(d.Hints.Days) > 6 {
		t.Errorf("without bounds: %d notes, %d skipped, %d items, %+v", len(d.Notes), len(d.Skipped), len(d.Items), d.Hints)
	}
	return d
}

// FuzzParse parses anything, as whatever it may be taken for.
func FuzzParse(f *testing.F) {
	f.Add(sampleRSS(2), "", uint8(0))
	for n, s := range nasty {
		f.Add([]byte(s), "text/xml; charset=utf-8", uint8(n))
	}
	seedFiles(f, func(body []byte) { f.Add(body, "", uint8(0)) })
	f.Fuzz(func(t *testing.T, body []byte, contentType string, n uint8) {
		kind := []Kinds{AnyKind, FeedKind, SitemapKind}[n%3]
		base := []string{feedURL, "", "feed:x", "https://news.example"}[n/3%4]
		d := checked(t, body, Input{ContentType: contentType, Base: base, Kind: kind, Now: testNow})
		again := checked(t, body, Input{ContentType: contentType, Base: base, Kind: kind, Now: testNow})
		if len(d.Items) != len(again.Items) || d.Degraded != again.Degraded {
			t.Errorf("the second time it has %d items instead of %d", len(again.Items), len(d.Items))
		}
	})
}

// FuzzSalvage cuts anything into items: none may overlap, and each that is
// whole must be found again by itself.
func FuzzSalvage(f *testing.F) {
	for _, s := range nasty {
		f.Add([]byte(s))
	}
	seedFiles(f, func(body []byte) { f.Add(body) })
	f.Fuzz(func(t *testing.T, body []byte) {
		text, _, _ := Text(body, "")
		root := findRoot(text)
		if root < 0 {
			return
		}
		w := dismantle(text[root:], "")
		total := 0
		for n, block := range w.blocks {
			total += len(block)
			if len(block) == 0 || block[0] != '<' {
				t.Fatalf("item %d does not begin with a tag: %.50q", n, block)
			}
		}
		const added = 40 // an end tag, where there was none
		if total > len(text)+added*len(w.blocks) || len(w.whole) != len(w.blocks) {
			t.Errorf("%d bytes of items in %d bytes", total, len(text))
		}
		p := &parsing{now: testNow}
		if d, err := p.salvageXML(text[root:], survey{}, errors.New("x")); err == nil {
			if !d.Degraded || len(d.Items) == 0 || len(d.Items)+len(d.Skipped) > len(w.blocks) && len(d.Skipped) < 100 {
				t.Errorf("%d blocks, %d items, %d skipped, degraded %v", len(w.blocks), len(d.Items), len(d.Skipped), d.Degraded)
			}
		}
	})
}

// FuzzSitemap reads anything as pages.
func FuzzSitemap(f *testing.F) {
	for _, s := range nasty {
		f.Add([]byte(s))
	}
	f.Add([]byte(sitemapHead + newsPage("https://news.example/a", "One", "<image:image><image:loc>/a.jpg</image:loc></image:image>") + "</urlset>"))
	f.Fuzz(func(t *testing.T, body []byte) {
		r := pageReader{b: body, element: []byte("url")}
		at, n := -1, 0
		for page, ok := r.next(); ok; page, ok = r.next() {
			if r.pos <= at {
				t.Fatalf("stands still at %d", r.pos)
			}
			at = r.pos
			if len(page.texts) > maxPageTexts || len(page.images) > maxMedia {
				t.Fatalf("a page of %d texts and %d pictures", len(page.texts), len(page.images))
			}
			if n++; n > len(body) {
				t.Fatal("more pages than characters")
			}
		}
		checked(t, append([]byte("<urlset>"), body...), Input{Base: feedURL, Now: testNow})
		checked(t, append([]byte("<sitemapindex>"), body...), Input{Base: feedURL, Now: testNow})
	})
}

// FuzzClean makes plain text of anything: clean, bounded, and unchanged by being
// cleaned again as plain text.
func FuzzClean(f *testing.F) {
	for _, s := range append(nasty, "<p>a</p><p>b</p>", "a &amp;lt;b&amp;gt; c", "5 < 6 & <b", "<img srcset='a 1w'>", "&#x1F600;&#55357;", "e\u0301\u00ad\u200b", "<script>x", "<!--", "<a href='>'>", "&"+strings.Repeat("x", 50)+";") {
		f.Add(s, 100)
	}
	f.Fuzz(func(t *testing.T, s string, limit int) {
		limit = max(1, limit%3000)
		for _, lines := range []bool{false, true} {
			for kind := undeclared; kind <= binary; kind++ {
				got := declaredText(s, kind, limit, lines)
				name := "title"
				if lines {
					name = "summary"
				}
				saneText(t, name, got)
				if utf8.RuneCountInString(got) > limit {
					t.Errorf("longer than %d: %q", limit, got)
				}
				if again := verbatim(got, limit, lines); again != got {
					t.Errorf("cleaning changes what is clean: %q to %q", got, again)
				}
			}
		}
		fromHTML(s, limit, func(i image) {
			if i.width < 0 || i.height < 0 {
				t.Errorf("%+v", i)
			}
		})
		for _, one := range []string{personName(s), opaque(s, 50), language(s)} {
			if !utf8.ValidString(one) && utf8.ValidString(s) {
				t.Errorf("not UTF-8: %q", one)
			}
		}
	})
}

// FuzzAddress resolves anything against anything.
func FuzzAddress(f *testing.F) {
	for _, s := range []string{"/a", "//x.example", "https://a:b@x.example/", "http://[::1]:80/", "?q", "#f", "javascript:x", "https://x.example/%zz", "a b\nc", "https://x.example/\u0130", "&amp;x", "tag:x,2026:1"} {
		f.Add(s, "https://news.example/feeds/")
	}
	f.Fuzz(func(t *testing.T, ref, base string) {
		p := &parsing{}
		p.rebase(base)
		got := p.absolute(ref)
		saneAddress(t, got)
		if again := p.absolute(got); got != "" && again != got && !strings.Contains(got, "&") {
			t.Errorf("%q becomes %q and then %q", ref, got, again)
		}
		if len(got) > maxURL*3 {
			t.Errorf("%d bytes", len(got))
		}
		_, _ = tracker(ref), decoration(ref)
		publishersOwn(ref, base)
	})
}

// FuzzAttributes finds the value of an attribute in any tag.
func FuzzAttributes(f *testing.F) {
	for _, s := range []string{`<a b="c">`, `<a b='c' d = e f>`, `<a b="c`, `<a ="x" b>`, `<a b=c/>`, `<a/b="c">`, "<"} {
		f.Add([]byte(s), "b")
	}
	f.Fuzz(func(t *testing.T, tag []byte, name string) {
		if len(tag) == 0 {
			return
		}
		if v := attrValue(tag, name); len(v) > 3*len(tag)+10 {
			t.Errorf("%q of %q", v, tag)
		}
		var a aliases
		a.learn(tag)
	})
}

// TestNasty has what a fuzzer would take long to think of.
func TestNasty(t *testing.T) {
	for _, s := range nasty {
		checked(t, []byte(s), Input{Base: feedURL, Now: testNow})
		for _, wrap := range []string{"<rss><channel><item><title>%</title></item></channel></rss>", "<feed><entry><content type='html'>%</content></entry></feed>", `{"items":[{"title":"%"}]}`, sitemapHead + "<url><loc>/x</loc><title>%</title></url></urlset>"} {
			checked(t, []byte(strings.Replace(wrap, "%", s, 1)), Input{Base: feedURL, Now: testNow})
		}
	}
}

// TestPrefixes cuts each sample off after every byte: what arrives of a document
// is read or refused, never more of it than there is, and marked as cut.
func TestPrefixes(t *testing.T) {
	samples := map[string][]byte{"sitemap": []byte(sitemapHead + newsPage("https://news.example/a", "One", "") + newsPage("https://news.example/b", "Zwei – ü", "") + "</urlset>")}
	files, err := filepath.Glob(filepath.Join("testdata", "feeds", "*"))
	if err != nil || len(files) == 0 {
		t.Fatal("no samples", err)
	}
	for _, name := range files {
		if samples[filepath.Base(name)], err = os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	for name, whole := range samples {
		t.Run(name, func(t *testing.T) {
			all := len(checked(t, whole, Input{Base: feedURL, Now: testNow}).Items)
			end := len(strings.TrimRightFunc(string(whole), unicode.IsSpace))
			for n := range end {
				d := checked(t, whole[:n], Input{Base: feedURL, Now: testNow})
				if len(d.Items) > all {
					t.Fatalf("%d items in the first %d bytes, %d in all", len(d.Items), n, all)
				}
				if len(d.Items) > 0 && !d.Degraded {
					t.Fatalf("the first %d bytes are not marked as cut: …%q", n, whole[max(0, n-60):n])
				}
			}
		})
	}
}
