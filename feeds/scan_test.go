package feeds

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// TestScanRefuses has the documents that bring parsers down: each is refused
// before the parser sees it, with an error that names the limit.
func TestScanRefuses(t *testing.T) {
	item := func(s string) string { return "<rss><channel><item>" + s + "</item></channel></rss>" }
	tests := map[string]struct{ doc, want string }{
		"namespaces on every level": {item(nested(10_000, `x%d:e xmlns:x%[1]d="u"`)), "nested too deeply"},
		"namespaces side by side":   {`<rss` + repeat(201, ` xmlns:n%d="u"`) + `></rss>`, "xmlns"},
		"namespaces on all items":   {"<rss>" + repeat(20_001, `<a xmlns:n="u%d"/>`) + "</rss>", "xmlns"},
		"depth":                     {item(strings.Repeat("<m:a>", 1_000_000)), "nested too deeply"},
		"empty items":               {"<rss><channel>" + strings.Repeat("<item/>", 1_000_000), "too many items"},
		"empty entries":             {"<feed>" + strings.Repeat("<entry></entry>", 5001), "too many items"},
		"elements":                  {item(strings.Repeat("<m:a/>", maxElements)), "too many elements"},
		"text":                      {item("<title>" + strings.Repeat("x", maxText+1)), "text"},
		"CDATA":                     {item("<title><![CDATA[" + strings.Repeat("x", maxText+1) + "]]>"), "text"},
		"attributes":                {`<rss ` + strings.Repeat(`a="" `, 100_000) + `></rss>`, "tag"},
		"text in CDATA crumbs":      {item("<m:a>" + strings.Repeat("<![CDATA[x]]>", 200_000) + "</m:a>"), "pieces"},
		"text between crumbs":       {item("<m:a>" + strings.Repeat("xxxxx<b/>", 100_000) + "</m:a>"), "pieces"},
		"crumbs in another Atom":    {`<feed xmlns="https://x.example/"><a>` + strings.Repeat("<![CDATA[x]]>", 200_000) + "</a></feed>", "pieces"},
		"elements of extensions":    {item(strings.Repeat("<m:a/>", maxForeign+1)), "elements of extensions"},
		"attributes of extensions":  {item(strings.Repeat(`<m:a a="" b="" c="" d="" e="" f=""/>`, maxSigns/6+1)), "attributes"},
		"elements within items":     {item(strings.Repeat("<a/>", maxChildren+1)), "within items"},
		"stray brackets":            {item("<title>" + strings.Repeat("< ", maxStray+1) + "</title>"), "markup that is none"},
		"closings":                  {item("<title>" + strings.Repeat("]]>", maxStray+1) + "</title>"), "markup that is none"},
		"sections of CDATA":         {item("<title>" + strings.Repeat("<![CDATA[x]]>", maxElements) + "</title>"), "too many elements"},
		"text that swells":          {item("<title>" + strings.Repeat("\x80", 5<<20) + "</title>"), "made UTF-8"},
		"JSON number":               {`{"items":[{"id":` + strings.Repeat("1", maxText+1) + `}]}`, "text"},
		"JSON depth":                {strings.Repeat(`{"a":`, 101), "nested too deeply"},
		"JSON arrays":               {`{"items":` + strings.Repeat("[", 1000), "nested too deeply"},
		"JSON items":                {`{"items":[` + strings.Repeat("{},", 6000) + "{}]}", "too many items"},
		"JSON values":               {`{"tags":[` + strings.Repeat(`"",`, maxElements) + `""]}`, "too many values"},
		"JSON text":                 {`{"title":"` + strings.Repeat("x", maxText+1) + `"}`, "text"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(test.doc), Input{Now: testNow})
			var e *Error
			if !errors.As(err, &e) || e.Kind != KindLimit || !strings.Contains(e.Message, test.want) {
				t.Errorf("got %v, want a limit error that says %q", err, test.want)
			}
		})
	}
}

// nested opens n elements within one another and closes them.
func nested(n int, start string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "<"+start+">", i)
	}
	for i := n - 1; i >= 0; i-- {
		fmt.Fprintf(&b, "</x%d:e>", i)
	}
	return b.String()
}

func repeat(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// TestScanStops makes sure that refusing costs no more than reading up to the
// limit: the scanner looks at no element after it.
func TestScanStops(t *testing.T) {
	l := lexer{b: []byte("<rss><channel>" + strings.Repeat("<item/>", 1_000_000))}
	s := scanner{b: l.b}
	for x, ok := l.next(); ok; x, ok = l.next() {
		if err := s.take(x); err != nil {
			break
		}
	}
	if s.elements > maxItems+3 {
		t.Errorf("looked at %d elements", s.elements)
	}
}

// TestScanAccepts has honest documents that come near a limit.
func TestScanAccepts(t *testing.T) {
	tests := map[string]string{
		"unclosed tags":                      "<rss><channel>" + strings.Repeat("<item><title>x<br><p></title></item>", 200) + "</channel></rss>",
		"a namespace on each element":        "<rss><channel>" + strings.Repeat(`<item><dc:creator xmlns:dc="http://purl.org/dc/elements/1.1/">x</dc:creator></item>`, 1000) + "</channel></rss>",
		"XHTML in a text":                    `<feed xmlns="http://www.w3.org/2005/Atom"><entry><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">` + strings.Repeat("word<b>word</b>", 50_000) + "</div></content></entry></feed>",
		"as many items as allowed":           "<rss><channel>" + strings.Repeat("<item><title>x</title></item>", maxItems) + "</channel></rss>",
		"item as the name of something else": "<rss><channel><item>" + strings.Repeat("<x:list><x:item/></x:list>", 6000) + "<title>x</title></item></channel></rss>",
	}
	for name, doc := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := scanXML([]byte(doc)); err != nil {
				t.Error(err)
			}
		})
	}
}

func FuzzScan(f *testing.F) {
	for _, s := range []string{"<rss><item>", "<a b='>'/>", "<![CDATA[", "<a <b>", "</a></b>", "<!--", "<?xml", `{"items":[{"a":"\"`, "<a b=\"<\">"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		l, at := lexer{b: b}, 0
		for x, ok := l.next(); ok; x, ok = l.next() {
			if x.start != at || x.end <= x.start || x.end > len(b) {
				t.Fatalf("piece %+v after %d of %q", x, at, b)
			}
			at = x.end
		}
		if at != len(b) {
			t.Fatalf("stopped at %d of %q", at, b)
		}
		_, _ = scanXML(b)
		found, _ := scanJSON(b)
		for _, block := range found.items {
			if block[0] < 0 || block[1] > len(b) || block[0] >= block[1] {
				t.Fatalf("block %v of %q", block, b)
			}
		}
		if n := findRoot(b); n >= len(b) {
			t.Fatalf("root at %d of %q", n, b)
		}
	})
}

// TestHostileButBounded has documents whose reading would take time in
// proportion to the square of their length, if it were done carelessly: with
// the sizes here that is hours.
func TestHostileButBounded(t *testing.T) {
	const n = 1 << 20
	tests := map[string]string{
		"open comments before the root": strings.Repeat("<!--", n) + "<rss>",
		"open quotes":                   strings.Repeat(`<a "`, n),
		"unclosed nested items":         "<rss><channel><item><a>" + strings.Repeat("<item>", 90) + strings.Repeat("<item></item>", maxElements/2) + "</x></rss>",
		"unclosed items":                "<rss><channel>" + strings.Repeat("<item>", 90) + strings.Repeat(" ", n),
		"a long root to be salvaged":    `<rss a="` + strings.Repeat("x", 200<<10) + `"><channel>` + strings.Repeat("<item><title>x</title></item>", maxItems-1) + "</x><item><title>last</title>",
		"ampersands":                    "<rss><channel><item><title>" + strings.Repeat("&amp;", n/8) + strings.Repeat("&", n/4) + "</title></item></channel></rss>",
		"tags in text":                  "<rss><channel><item><description>" + strings.Repeat("&lt;a &lt;!-- ", n/16) + "</description></item></channel></rss>",
		"many authors":                  `<rss xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><item>` + repeat(100_000, "<dc:creator>a%d</dc:creator>") + "</item></channel></rss>",
		"many categories":               "<rss><channel><item>" + repeat(100_000, "<category>a%d</category>") + "</item></channel></rss>",
	}
	for name, doc := range tests {
		t.Run(name, func(t *testing.T) {
			d, err := Parse([]byte(doc), Input{Now: testNow})
			t.Logf("%d items, %v", len(d.Items), err)
		})
	}
}
