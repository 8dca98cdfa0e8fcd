package opml

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"unicode/utf16"
)

func parse(t *testing.T, file string) List {
	t.Helper()
	l, err := Parse([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestParseWhatReadersWrite(t *testing.T) {
	file, err := os.ReadFile("testdata/reader.opml")
	if err != nil {
		t.Fatal(err)
	}
	l := parse(t, string(file))
	want := List{
		Title: "Subscriptions of Anna",
		Feeds: []Feed{
			{URL: "https://a.example/rss", Title: "Without a folder", Site: "https://a.example/", Type: "rss", Folders: []string{"News"}},
			{URL: "https://gazette.example/rss.xml?edition=1&lang=en", Title: "The Gazette & more", Site: "https://gazette.example/", Type: "rss", Folders: []string{"News/Local"}},
			{URL: "https://b.example/atom", Title: "Old capitals", Site: "https://b.example/", Type: "atom", Folders: []string{"News/Local"}},
			{URL: "http://c.example/feed", Title: "By url alone", Type: "rss", Folders: []string{"News"}},
			{URL: "http://d.example/rss", Folders: []string{"Sport Football"}},
			{URL: "https://e.example/rss", Title: "By category", Folders: []string{"Culture/Film", "Weekend"}},
		},
		Notes: []string{
			"left out: A podcast on a disk: its address is not one of the web",
			"left out: With a password: its address has a user name or a password in it: add it by hand, with auth",
		},
	}
	if !reflect.DeepEqual(l, want) {
		t.Errorf("got  %+v\nwant %+v", l, want)
	}
}

func TestParseOddFiles(t *testing.T) {
	const one = `<outline text="A" xmlUrl="https://a.example/rss"/>`
	for name, file := range map[string]string{
		"OPML 1.0":               `<opml version="1.0"><head/><body>` + one + `</body></opml>`,
		"no head, no version":    `<opml><body>` + one + `</body></opml>`,
		"capitals":               `<OPML><BODY><OUTLINE TEXT="A" XmlUrl="https://a.example/rss"></OUTLINE></BODY></OPML>`,
		"text before it":         "Warning: something\n\n<?xml version='1.0'?>\n<opml><body>" + one + "</body></opml>",
		"a mark in front":        "\xef\xbb\xbf<opml><body>" + one + "</body></opml>",
		"another encoding":       `<?xml version="1.0" encoding="windows-1252"?><opml><head><title>caf` + "\xe9" + `</title></head><body>` + one + `</body></opml>`,
		"bare ampersands":        `<opml><body><outline text="A & B" title="A" xmlUrl="https://a.example/rss"/></body></opml>`,
		"unknown entities":       `<opml><body><outline title="A" text="x&nbsp;&bogus;" xmlUrl="https://a.example/rss"/></body></opml>`,
		"no quotes":              `<opml><body><outline text=A xmlUrl='https://a.example/rss'></body></opml>`,
		"namespaces":             `<o:opml xmlns:o="x"><o:body><o:outline o:text="A" o:xmlUrl="https://a.example/rss"/></o:body></o:opml>`,
		"a document type":        `<!DOCTYPE opml [<!ENTITY x "y">]><opml><body>` + one + `</body></opml>`,
		"signs that steer":       "<opml><body><outline text=\"&#x9b;A\u202e\" xmlUrl=\"https://a.example/rss\"/></body></opml>",
		"controls":               "<opml><body><outline text=\"A\x08\" xmlUrl=\"https://a.example/rss\"/></body></opml>",
		"cut off":                `<opml><body>` + one + `<outline text="B" xmlU`,
		"more after the end":     `<opml><body>` + one + `</body></opml><outline text="B" xmlUrl="https://b.example/"/>`,
		"too many end tags":      `<opml><body></outline></outline>` + one + `</body></opml>`,
		"spaces in the address":  `<opml><body><outline text="A" xmlUrl="  https://a.example/rss  "/></body></opml>`,
		"a fragment":             `<opml><body><outline text="A" xmlUrl="https://a.example/rss#top"/></body></opml>`,
		"the same feed, thrice":  `<opml><body>` + one + one + `<outline text="B" xmlUrl="https://a.example/rss"/></body></opml>`,
		"feed in capitals":       `<opml><body><outline text="A" xmlUrl="FEED:https://a.example/rss"/></body></opml>`,
		"empty title, then text": `<opml><body><outline title="" text="A" xmlUrl="https://a.example/rss"/></body></opml>`,
	} {
		t.Run(name, func(t *testing.T) {
			l := parse(t, file)
			if len(l.Feeds) != 1 || l.Feeds[0].URL != "https://a.example/rss" || l.Feeds[0].Title != "A" {
				t.Errorf("%+v", l)
			}
		})
	}
	if l := parse(t, `<?xml version="1.0" encoding="windows-1252"?><opml><head><title>caf`+"\xe9"+`</title></head><body/></opml>`); l.Title != "café" {
		t.Errorf("title %q", l.Title)
	}
	var wide bytes.Buffer
	for _, u := range utf16.Encode([]rune("\ufeff<?xml version=\"1.0\" encoding=\"UTF-16\"?><opml><body><outline text=\"é\" xmlUrl=\"https://a.example/rss\"/></body></opml>")) {
		wide.Write([]byte{byte(u), byte(u >> 8)})
	}
	if l := parse(t, wide.String()); len(l.Feeds) != 1 || l.Feeds[0].Title != "é" {
		t.Errorf("UTF-16: %+v", l)
	}
}

func TestParseRefuses(t *testing.T) {
	many := func(n int, entry string) string {
		var b strings.Builder
		b.WriteString("<opml><body>")
		for i := range n {
			fmt.Fprintf(&b, entry, i)
		}
		return b.String() + "</body></opml>"
	}
	for name, c := range map[string]struct{ file, says string }{
		"nothing":        {"", "no OPML file"},
		"a page":         {"<!doctype html><html><body>words</body></html>", "no OPML file"},
		"a feed":         {`<rss version="2.0"><channel/></rss>`, "no OPML file"},
		"bytes":          {"\x00\x01\x02", "no OPML file"},
		"too large":      {"<opml>" + strings.Repeat(" ", MaxBytes), "larger than 8 MiB"},
		"too deep":       {many(maxDepth+1, `<outline text="%d">`), "more than 50 folders"},
		"too many feeds": {many(MaxFeeds+1, `<outline xmlUrl="https://a.example/%d"/>`), "more than 10000 feeds"},
		"too many lines": {many(maxLines+1, `<outline text="%d"/>`), "more than 100000 entries"},
	} {
		if _, err := Parse([]byte(c.file)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Parse(nil); !errors.Is(err, ErrNotOPML) {
		t.Error("the error cannot be told by its type")
	}
}

func TestFoldersOfAFeedAreNamedOnce(t *testing.T) {
	entry := `<outline xmlUrl="https://a.example/rss" category="/A/B,A/B, /C"/>`
	l := parse(t, "<opml><body>"+strings.Repeat(entry, 30)+`<outline text="D">`+entry+"</outline></body></opml>")
	if got := fmt.Sprint(l.Feeds[0].Folders); got != "[A/B C D]" {
		t.Error(got)
	}
}

func TestNotesAreBounded(t *testing.T) {
	l := parse(t, "<opml><body>"+strings.Repeat(`<outline text="x" xmlUrl="file:///x"/>`, 500)+"</body></opml>")
	if len(l.Notes) != maxNotes+1 || l.Notes[maxNotes] != "… and 400 more" {
		t.Errorf("%d notes, the last %q", len(l.Notes), l.Notes[len(l.Notes)-1])
	}
}

func TestWrite(t *testing.T) {
	l := List{Title: "Feeds of <Spool>", Feeds: []Feed{
		{URL: "https://z.example/rss?a=1&b=\"2\"", Title: "Zürich & more", Site: "https://z.example/", Folders: []string{"Sport/Football", "Other"}},
		{URL: "https://a.example/", Folders: []string{"News"}},
		{URL: "https://b.example/sitemap.xml", Title: "No folder\x00", Type: "sitemap"},
	}}
	var b bytes.Buffer
	if err := Write(&b, l); err != nil {
		t.Fatal(err)
	}
	const want = `<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0">
  <head>
    <title>Feeds of &lt;Spool&gt;</title>
  </head>
  <body>
    <outline type="sitemap" text="No folder�" title="No folder�" xmlUrl="https://b.example/sitemap.xml"/>
    <outline text="News" title="News">
      <outline type="rss" text="https://a.example/" title="https://a.example/" xmlUrl="https://a.example/"/>
    </outline>
    <outline text="Sport" title="Sport">
      <outline text="Football" title="Football">
        <outline type="rss" text="Zürich &amp; more" title="Zürich &amp; more" xmlUrl="https://z.example/rss?a=1&amp;b=&#34;2&#34;" htmlUrl="https://z.example/"/>
      </outline>
    </outline>
  </body>
</opml>
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
	if err := Write(brokenPipe{}, l); err == nil {
		t.Error("a failing writer goes unnoticed")
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

// FuzzRoundTrip: whatever is read keeps within the limits, is well-formed when
// it is written, and is the same when it is read again.
func FuzzRoundTrip(f *testing.F) {
	file, err := os.ReadFile("testdata/reader.opml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(file)
	f.Add([]byte(`<opml><outline text="a/b" xmlUrl="HTTP://x.example?&#0;"><outline category="/a//b,,c" xmlurl="y.example:80/é`))
	f.Fuzz(func(t *testing.T, file []byte) {
		l, err := Parse(file)
		if err != nil {
			return
		}
		var b bytes.Buffer
		if err := Write(&b, l); err != nil {
			t.Fatal(err)
		}
		if err := xml.Unmarshal(b.Bytes(), new(struct{ XMLName xml.Name })); err != nil {
			t.Fatalf("not well-formed: %v\n%s", err, b.String())
		}
		again, err := Parse(b.Bytes())
		if err != nil {
			t.Fatalf("%v\n%s", err, b.String())
		}
		if len(again.Feeds) != len(l.Feeds) || again.Title != l.Title || len(again.Notes) != 0 {
			t.Fatalf("%+v\nbecame\n%+v", l, again)
		}
		have := map[string]Feed{}
		for _, feed := range again.Feeds {
			have[feed.URL] = feed
		}
		for _, want := range l.Feeds {
			got := have[want.URL]
			if want.Title != "" && got.Title != want.Title || got.Site != want.Site || strings.Join(got.Folders, "") != first(append(want.Folders, "")...) {
				t.Fatalf("%+v\nbecame\n%+v", want, got)
			}
		}
	})
}
