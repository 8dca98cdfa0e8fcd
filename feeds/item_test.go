package feeds

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"spool"
)

func TestLinks(t *testing.T) {
	tests := map[string]struct{ inner, want string }{
		"link":                    {`<link>https://news.example/a?x=1&amp;y=2#z</link>`, "https://news.example/a?x=1&y=2#z"},
		"kept to the letter":      {`<link>HTTPS://News.example:443/%7Ea//b/?q=a+b</link>`, "HTTPS://News.example:443/%7Ea//b/?q=a+b"},
		"relative":                {`<link>/a</link>`, "https://news.example/a"},
		"without scheme":          {`<link>//cdn.example/a</link>`, "https://cdn.example/a"},
		"broken over lines":       {"<link>\n https://news.example/a\n b\n</link>", "https://news.example/a%20b"},
		"guid":                    {`<guid>https://news.example/g</guid>`, "https://news.example/g"},
		"guid that is no link":    {`<guid isPermaLink="false">https://news.example/g</guid>`, ""},
		"guid that is a number":   {`<guid>12345</guid>`, ""},
		"atom:link":               {`<atom:link rel="alternate" href="/b"/>`, "https://news.example/b"},
		"atom:link to itself":     {`<atom:link rel="self" href="/b"/>`, ""},
		"original":                {`<link>https://proxy.example/1</link><feedburner:origLink>https://news.example/o</feedburner:origLink>`, "https://news.example/o"},
		"script":                  {`<link>javascript:alert(1)</link><guid>https://news.example/g</guid>`, "https://news.example/g"},
		"mail":                    {`<link>mailto:a@b.example</link>`, ""},
		"attribute":               {`<link href="https://news.example/h"/>`, "https://news.example/h"},
		"first of two, if it can": {`<link></link><link>https://news.example/2</link>`, "https://news.example/2"},
		"no host":                 {`<link>https:///path</link>`, ""},
		"too long":                {`<link>https://news.example/` + strings.Repeat("x", maxURL) + `</link>`, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := one(t, test.inner).Link; got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestBases(t *testing.T) {
	item := `<item><title>a</title><link>x</link></item></channel></rss>`
	tests := map[string]struct{ doc, want string }{
		"xml:base first":     {`<rss xml:base="https://base.example/d/"><channel><link>https://site.example/</link>` + item, "https://base.example/d/x"},
		"then channel link":  {`<rss><channel><link>https://site.example/s/</link>` + item, "https://site.example/s/x"},
		"then the feed":      {`<rss><channel>` + item, "https://news.example/feeds/x"},
		"relative site link": {`<rss><channel><link>/s/</link>` + item, "https://news.example/s/x"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := mustParse(t, test.doc).Items[0].Link; got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestAuthors(t *testing.T) {
	tests := map[string]struct{ inner, want string }{
		"creators":         {`<dc:creator>Ana</dc:creator><dc:creator>Tom</dc:creator><dc:creator>ana</dc:creator>`, "Ana, Tom"},
		"address and name": {`<author>ana@news.example (Ana Ruiz)</author>`, "Ana Ruiz"},
		"name and address": {`<author>Ana Ruiz (ana@news.example)</author>`, "Ana Ruiz"},
		"name only":        {`<author>Ana Ruiz (NYT)</author>`, "Ana Ruiz (NYT)"},
		"address only":     {`<author>ana@news.example</author>`, ""},
		"angle brackets":   {`<author>Ana &lt;ana@news.example&gt;</author>`, "Ana"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := one(t, test.inner).Author; got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestAuthorsAreBounded(t *testing.T) {
	if got := one(t, repeat(30, "<dc:creator>a%d</dc:creator>")).Author; strings.Count(got, ",") != 19 {
		t.Errorf("%q", got)
	}
}

func TestMedia(t *testing.T) {
	const a, b = "https://img.example/a.jpg", "https://img.example/b.jpg"
	tests := map[string]struct {
		inner string
		want  []spool.Media
	}{
		"largest first": {`<media:content url="` + a + `" width="140" height="84"/><media:content url="` + b + `" width="460"/>`,
			[]spool.Media{{URL: b, Type: "image/jpeg", Width: 460}, {URL: a, Type: "image/jpeg", Width: 140, Height: 84}}},
		"thumbnail last": {`<media:thumbnail url="` + a + `"/><enclosure url="` + b + `" type="image/jpeg"/>`,
			[]spool.Media{{URL: b, Type: "image/jpeg"}, {URL: a, Type: "image/jpeg"}}},
		"words of the medium": {`<media:content url="` + a + `" medium="image"><media:description>A crane</media:description></media:content><media:description>Other</media:description>`,
			[]spool.Media{{URL: a, Type: "image/jpeg", Alt: "A crane"}}},
		"words of the group": {`<media:group><media:content url="/c" medium="image"/><media:text>A &lt;b&gt;crane&lt;/b&gt;</media:text></media:group>`,
			[]spool.Media{{URL: "https://news.example/c", Type: "image/*", Alt: "A crane"}}},
		"words of the item": {`<media:content url="` + a + `"/><media:description>A crane</media:description>`,
			[]spool.Media{{URL: a, Type: "image/jpeg", Alt: "A crane"}}},
		"never the headline": {`<media:content url="` + a + `"><media:description>headline</media:description><media:title>x</media:title></media:content>`,
			[]spool.Media{{URL: a, Type: "image/jpeg"}}},
		"sound after pictures": {`<enclosure url="https://x.example/s.mp3" type="audio/mpeg"/><itunes:image href="` + a + `"/>`,
			[]spool.Media{{URL: a, Type: "image/jpeg"}, {URL: "https://x.example/s.mp3", Type: "audio/mpeg"}}},
		"in the text": {`<description>&lt;img src="/i.png" alt="A &amp;amp; B" width="600"&gt;&lt;img src="https://t.example/p.gif" width="1" height="1"&gt;text</description>`,
			[]spool.Media{{URL: "https://news.example/i.png", Type: "image/png", Alt: "A & B", Width: 600}}},
		"in the content": {`<description>text</description><content:encoded><![CDATA[<p><img data-src="/lazy.webp" src="data:image/gif;base64,x" alt="Lazy"></p>]]></content:encoded>`,
			[]spool.Media{{URL: "https://news.example/lazy.webp", Type: "image/webp", Alt: "Lazy"}}},
		"named twice": {`<media:content url="` + a + `"/><enclosure url="` + a + `" type="image/jpeg"/>`,
			[]spool.Media{{URL: a, Type: "image/jpeg"}}},
		"not of the web": {`<enclosure url="file:///etc/passwd" type="image/png"/>`, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := one(t, test.inner).Media; !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestItemFields(t *testing.T) {
	i := one(t, `<guid isPermaLink="false"> tag:x,2026:1 </guid><category>Local</category><category>local</category><category> R&amp;amp;D </category>
<pubDate>Sun, 01 Mar 2026 12:00:00 MSK</pubDate><dc:language>fr</dc:language><content:encoded><![CDATA[<p>One.</p><p>Two &amp; three.</p>]]></content:encoded>`)
	want := item{GUID: "tag:x,2026:1", Title: "Headline", Summary: "One.\nTwo & three.", Language: "fr", Categories: []string{"Local", "R&D"},
		Published: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	if !reflect.DeepEqual(i, want) {
		t.Errorf("got  %+v\nwant %+v", i, want)
	}
	if got := one(t, "").Language; got != "en-GB" {
		t.Errorf("the feed's language is %q", got)
	}
}
