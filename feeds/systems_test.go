package feeds

import (
	"fmt"
	"testing"

	"spool"
)

// TestSystems has the ways of systems that publishers use, an item each.
func TestSystems(t *testing.T) {
	const field = `&lt;span class="field field--name-`
	tests := map[string]struct {
		inner string // of an item of RSS
		look  func(spool.Item) string
		want  string
	}{
		"Drupal repeats the headline": {`<title>Library opens</title><description>` + field + `title field--type-string"&gt;Library opens&lt;/span&gt; ` + field +
			`uid"&gt;&lt;span lang="" about="/user/1"&gt;webmaster&lt;/span&gt;&lt;/span&gt; ` + field + `created field--label-hidden"&gt;&lt;time datetime="2026-03-01T10:00:00Z"&gt;Sun&lt;/time&gt;&lt;/span&gt; &lt;div class="field field--name-body"&gt;` +
			field + `note"&gt;It&lt;/span&gt; opens at nine.&lt;/div&gt;</description>`, summaryOf, "It opens at nine."},
		"Drupal dates with markup":    {`<title>T</title><pubDate>&lt;time datetime="2026-02-20T10:00:00+01:00" class="datetime"&gt;Fri, 02/20/2026 - 10:00&lt;/time&gt;</pubDate>`, publishedOf, "2026-02-20 09:00"},
		"a date with other markup":    {`<title>T</title><pubDate>&lt;span&gt;20 Feb 2026 10:00&lt;/span&gt;</pubDate>`, publishedOf, "2026-02-20 10:00"},
		"the beginning of Unix time":  {`<title>T</title><pubDate>Thu, 01 Jan 1970 00:00:00 +0000</pubDate>`, publishedOf, "0001-01-01 00:00"},
		"a clock with a dot":          {`<title>T</title><pubDate>20.2.2026 20.15</pubDate>`, publishedOf, "2026-02-20 20:15"},
		"Joomla's note in an address": {`<title>T</title><description>&lt;img src="/a.jpg#joomlaImage://local/a.jpg?width=800" alt="A bridge"&gt;</description>`, pictureOf, "https://news.example.org/a.jpg (A bridge) "},
		"a podcast without a title":   {`<itunes:title>The bins</itunes:title><guid>1</guid>`, func(i spool.Item) string { return i.Title }, "The bins"},
		"who owns the rights":         {`<title>T</title><media:group><media:content url="/a.jpg" medium="image"/><media:copyright>dpa</media:copyright></media:group>`, pictureOf, "https://news.example.org/a.jpg () dpa"},
		"a credit for a description":  {`<title>T</title><media:content url="/a.jpg" medium="image"><media:text>Foto: Ana Gil / dpa</media:text></media:content>`, pictureOf, "https://news.example.org/a.jpg () Ana Gil / dpa"},
		"a description after a word":  {`<title>T</title><media:content url="/a.jpg" medium="image"><media:text>Photo: two dogs at play</media:text></media:content>`, pictureOf, "https://news.example.org/a.jpg (Photo: two dogs at play) "},
		"Media RSS at its new home":   {`<title>T</title><m:content xmlns:m="http://www.rssboard.org/media-rss" url="/a.jpg" medium="image"><m:description>A bridge</m:description></m:content>`, pictureOf, "https://news.example.org/a.jpg (A bridge) "},
		"an alert's link":             {`<title>T</title><link>https://www.google.com/url?rct=j&amp;url=https://herald.test/a%3Fb%3D1&amp;ct=ga</link>`, linkOf, "https://herald.test/a?b=1"},
		"another link of Google's":    {`<title>T</title><link>https://www.google.com/url?q=x</link>`, linkOf, "https://www.google.com/url?q=x"},
		"a forgotten scheme":          {`<title>T</title><link>www.herald.test/a.html</link>`, linkOf, "https://www.herald.test/a.html"},
		"an address for an author":    {`<title>T</title><author>https://e.test/jane</author>`, authorOf, ""},
		"nobody":                      {`<title>T</title><author>null</author>`, authorOf, ""},
		"a line of authors":           {`<title>T</title><author>By Jane Roe, dpa ,</author>`, authorOf, "Jane Roe, dpa"},
		"an author as Atom has them":  {`<title>T</title><author><name>Jane Roe</name><uri>x</uri></author>`, authorOf, "Jane Roe"},
		"a file's name in words":      {`<title>T</title><media:content url="/x1.jpg" medium="image"><media:title>old-town-bridge</media:title></media:content>`, pictureOf, "https://news.example.org/x1.jpg () "},
		"an advertisement's shape":    {`<title>T</title><description>&lt;img src="/b.gif" width="728" height="90"&gt;&lt;img src="/a.jpg" width="300" height="200"&gt;</description>`, pictureOf, "https://news.example.org/a.jpg () "},
		"a title that is not closed":  {`<title>Bridge<link>https://e.test/1</link>`, func(i spool.Item) string { return i.Title + " " + i.Link }, "Bridge https://e.test/1"},
		"a guid that is a path":       {`<title>T</title><guid isPermaLink="true">/news/2</guid>`, linkOf, "https://news.example.org/news/2"},
		"a text of dots":              {`<title>T</title><description>…</description>`, summaryOf, ""},
		"a path that begins with www": {`<title>T</title><link>www/a.html</link>`, linkOf, "https://news.example.org/www/a.html"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			doc, err := Parse([]byte(`<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><title>T</title><link>https://news.example.org/</link><item>`+
				test.inner+`</item></channel></rss>`), Input{Base: "https://news.example.org/feed", Now: testNow})
			if err != nil || len(doc.Items) != 1 {
				t.Fatalf("%+v, %v", doc, err)
			}
			if got := test.look(doc.Items[0]); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func summaryOf(i spool.Item) string   { return i.Summary }
func linkOf(i spool.Item) string      { return i.Link }
func publishedOf(i spool.Item) string { return i.Published.Format("2006-01-02 15:04") }

func authorOf(i spool.Item) string { return i.Author }

func pictureOf(i spool.Item) string {
	if len(i.Media) == 0 {
		return ""
	}
	return fmt.Sprintf("%s (%s) %s", i.Media[0].URL, i.Media[0].Alt, i.Media[0].Credit)
}
