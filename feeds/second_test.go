package feeds

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"spool"
)

// entry parses an Atom feed of one entry.
func entry(t *testing.T, inner string) item {
	t.Helper()
	d := mustParse(t, `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/" xmlns:dc="http://purl.org/dc/elements/1.1/" xml:lang="en"><title>T</title><entry>`+inner+`</entry></feed>`)
	if len(d.Items) != 1 {
		t.Fatalf("%d items, skipped %q", len(d.Items), d.Skipped)
	}
	return d.Items[0]
}

// TestTextTypes has what RFC 4287, section 3.1, says about title, summary and
// content: only html and xhtml hold markup.
func TestTextTypes(t *testing.T) {
	tests := map[string]struct{ inner, title, summary string }{
		"text":               {`<title type="text">AT&amp;T &lt;b&gt;</title><summary type="text">a &lt;i&gt; b</summary>`, "AT&T <b>", "a <i> b"},
		"text with entities": {`<title type="text">how to write &amp;amp;</title>`, "how to write &amp;", ""},
		"text in CDATA":      {`<title type="text"><![CDATA[a <b> & c]]></title>`, "a <b> & c", ""},
		"text in lines":      {"<title>x</title><content type=\"text\">one\ntwo</content>", "x", "one\ntwo"},
		"html":               {`<title type="html">AT&amp;amp;T &lt;b&gt;bold&lt;/b&gt;</title><summary type="HTML">&lt;p&gt;a&lt;/p&gt;&lt;p&gt;b&lt;/p&gt;</summary>`, "AT&T bold", "a\nb"},
		"html in CDATA":      {`<title type="html"><![CDATA[A &amp; <i>B</i>]]></title>`, "A & B", ""},
		"xhtml":              {`<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">a <em>b</em> &lt;c></div></title>`, "a b <c>", ""},
		"xhtml with prefix":  {`<title>x</title><content type="xhtml"><h:div xmlns:h="http://www.w3.org/1999/xhtml"><h:p>a</h:p><h:p>b</h:p></h:div></content>`, "x", "a\nb"},
		"undeclared":         {`<title>A &amp;amp; B &lt;i&gt;c&lt;/i&gt;</title>`, "A & B c", ""},
		"a film":             {`<title>x</title><content type="video/mp4">aGVsbG8=</content>`, "x", ""},
		"data":               {`<title>x</title><content type="application/json">{}</content>`, "x", ""},
		"of another place":   {`<title>x</title><media:group><media:title type="plain">y</media:title></media:group>`, "x", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			i := entry(t, test.inner)
			if i.Title != test.title || i.Summary != test.summary {
				t.Errorf("title %q, summary %q; want %q, %q", i.Title, i.Summary, test.title, test.summary)
			}
		})
	}
}

// Each item has its own types, also where one item is read on its own.
func TestTextTypesPerItem(t *testing.T) {
	const items = `<entry><title type="text">&lt;b&gt;a</title></entry><entry><title type="html">&lt;b&gt;a&lt;/b&gt;</title></entry>`
	for _, doc := range []string{`<feed>` + items + `</feed>`, `<feed>` + items + `<entry><title>cut`} {
		d := mustParse(t, doc)
		if d.Items[0].Title != "<b>a" || d.Items[1].Title != "a" {
			t.Errorf("%q: %q, %q", doc, d.Items[0].Title, d.Items[1].Title)
		}
	}
}

func TestAtomLinks(t *testing.T) {
	tests := map[string]struct{ inner, want string }{
		"relation in capitals": {`<link rel="ALTERNATE" href="https://x.example/a"/>`, "https://x.example/a"},
		"no relation":          {`<link href="https://x.example/a"/>`, "https://x.example/a"},
		"pages first":          {`<link type="application/pdf" href="https://x.example/a.pdf"/><link type="text/html" href="https://x.example/a"/>`, "https://x.example/a"},
		"the feed's language":  {`<link hreflang="fr" href="https://x.example/fr"/><link hreflang="en-GB" href="https://x.example/en"/>`, "https://x.example/en"},
		"the entry's own page": {`<link rel="related" href="https://x.example/r"/><link rel="alternate" href="https://x.example/a"/>`, "https://x.example/a"},
		"related, if no other": {`<link rel="self" href="https://x.example/s"/><link rel="related" href="https://x.example/r"/>`, "https://x.example/r"},
		"content elsewhere":    {`<content src="https://x.example/c" type="text/html"/>`, "https://x.example/c"},
		"never the feed":       {`<link rel="self" href="https://x.example/s"/><link rel="edit" href="https://x.example/e"/>`, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := entry(t, "<title>x</title>"+test.inner).Link; got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestRSSLinks(t *testing.T) {
	tests := map[string]struct{ inner, want string }{
		"link to something else": {`<link rel="self" href="https://news.example/api/1"/><link>https://news.example/a</link>`, "https://news.example/a"},
		"a service that ended":   {`<link>http://rss.feedsportal.com/c/1/story.htm</link><guid isPermaLink="false">https://news.example/a</guid>`, "https://news.example/a"},
		"a service that counts":  {`<link>http://feeds.example/~r/news/~3/1/a</link><guid isPermaLink="false">https://news.example/a</guid>`, "https://news.example/a"},
		"no service":             {`<link>https://news.example/a</link><guid isPermaLink="false">https://news.example/?p=1</guid>`, "https://news.example/a"},
		"guid in small letters":  {`<guid isPermalink="true">https://news.example/g</guid>`, "https://news.example/g"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := one(t, test.inner).Link; got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestAbout(t *testing.T) {
	d := mustParse(t, `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel rdf:about="https://news.example/"/><item rdf:about="https://news.example/a"><title>One</title></item><item rdf:about="urn:2"><title>Two</title><link>/b</link></item></rdf:RDF>`)
	if i := d.Items[0]; i.Link != "https://news.example/a" || i.GUID != "https://news.example/a" {
		t.Errorf("%+v", i)
	}
	if i := d.Items[1]; i.Link != "https://news.example/b" || i.GUID != "urn:2" {
		t.Errorf("%+v", i)
	}
}

// TestNestedBases has addresses within several xml:base, resolved as RFC 3986
// says: the last segment of a base counts only if it ends in a slash.
func TestNestedBases(t *testing.T) {
	d := mustParse(t, `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://base.example/x/index.atom">
<entry xml:base="news/"><title>a</title><link href="1.html"/></entry>
<entry><title>b</title><link href="2.html"/></entry>
<entry xml:base="https://other.example/"><title>c</title><link xml:base="deep/" href="3.html"/></entry>
<entry xml:base="https://other.example/"><title>about xml:base="here"</title><link href="../4.html"/><content type="html" xml:base="text/">&lt;img src="p.jpg">xml:base</content></entry></feed>`)
	want := []string{"https://base.example/x/news/1.html", "https://base.example/x/2.html", "https://other.example/deep/3.html", "https://other.example/4.html"}
	for n, i := range d.Items {
		if i.Link != want[n] {
			t.Errorf("item %d: got %q, want %q", n+1, i.Link, want[n])
		}
	}
	last := d.Items[3]
	if last.Title != `about xml:base="here"` || last.Summary != "xml:base" || len(last.Media) != 1 || last.Media[0].URL != "https://other.example/text/p.jpg" {
		t.Errorf("%+v", last)
	}
}

func TestLanguages(t *testing.T) {
	d := mustParse(t, `<rss xml:lang="de-CH"><channel><item><title>a</title></item><item xml:lang="fr"><title>b</title></item><item><title xml:lang="it">c</title></item></channel></rss>`)
	if d.Language != "de-CH" || d.Items[0].Language != "de-CH" || d.Items[1].Language != "fr" || d.Items[2].Language != "it" {
		t.Errorf("%+v", d)
	}
	for in, want := range map[string]string{
		"en": "en", "en_US": "en-US", " zh-Hant-TW ": "zh-Hant-TW", "gsw": "gsw",
		"English": "", "e": "", "12": "", "en-": "", "de-toolongsubtag": "", "en us": "", "x": "",
	} {
		if got := language(in); got != want {
			t.Errorf("language(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestVocabularies has the same elements under other prefixes and spellings of
// their vocabulary's address.
func TestVocabularies(t *testing.T) {
	for _, declared := range []string{
		`xmlns:m="http://search.yahoo.com/mrss/" xmlns:d="http://purl.org/dc/elements/1.1/" xmlns:c="http://purl.org/rss/1.0/modules/content/"`,
		`xmlns:m="https://search.yahoo.com/mrss/" xmlns:d="https://purl.org/dc/elements/1.1/" xmlns:c="https://purl.org/rss/1.0/modules/content/"`,
		`xmlns:m="http://www.search.yahoo.com/mrss" xmlns:d="HTTP://purl.org/dc/elements/1.1" xmlns:c="https://purl.org/rss/1.0/modules/content"`,
	} {
		d := mustParse(t, `<rss `+declared+`><channel><item><title>a</title><d:creator>Ana</d:creator><d:creator>Tom</d:creator><d:subject>S</d:subject><c:encoded>text</c:encoded>`+
			`<m:content url="https://img.example/1.jpg" medium="image"><m:credit role="photographer">Eva</m:credit><m:credit>Agency</m:credit><m:description>A crane</m:description></m:content></item></channel></rss>`)
		want := item{Title: "a", Author: "Ana, Tom", Categories: []string{"S"}, Summary: "text",
			Media: []spool.Media{{URL: "https://img.example/1.jpg", Type: "image/jpeg", Alt: "A crane", Credit: "Eva"}}}
		if !reflect.DeepEqual(d.Items[0], want) {
			t.Errorf("%s:\ngot  %+v\nwant %+v", declared, d.Items[0], want)
		}
	}
}

func TestMediaWords(t *testing.T) {
	const a = "https://img.example/a.jpg"
	tests := map[string]struct{ inner, alt, credit string }{
		"a title, if nothing else": {`<media:content url="` + a + `"><media:title>A crane at night</media:title></media:content>`, "A crane at night", ""},
		"not a file's name":        {`<media:content url="` + a + `"><media:title>DSC_0042.JPG</media:title></media:content>`, "", ""},
		"text before title":        {`<media:content url="` + a + `"><media:title>T</media:title><media:text>A crane</media:text></media:content>`, "A crane", ""},
		"credit of the group":      {`<media:group><media:credit>Eva</media:credit><media:content url="` + a + `"/></media:group>`, "", "Eva"},
		"credit of the item":       {`<media:content url="` + a + `"/><media:credit>Eva &amp;amp; Co</media:credit>`, "", "Eva & Co"},
		"credit in the text":       {`<description>&lt;img src="` + a + `" data-portal-copyright="Eva">x</description>`, "", "Eva"},
		"alt that is a file":       {`<description>&lt;img src="https://img.example/big-crane-01.jpg?x" alt="big-crane-01">x</description>`, "", ""},
		"alt that says image":      {`<description>&lt;img src="` + a + `" alt="Image">x</description>`, "", ""},
		"words about a film":       {`<media:group><media:content url="https://v.example/v.mp4" type="video/mp4"/><media:thumbnail url="` + a + `"/><media:description>Watch it here</media:description></media:group>`, "", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			m := one(t, test.inner).Media
			if len(m) == 0 || m[0].Alt != test.alt || m[0].Credit != test.credit {
				t.Errorf("got %+v, want %q by %q", m, test.alt, test.credit)
			}
		})
	}
}

func TestPicturesOfNothing(t *testing.T) {
	for _, img := range []string{
		`<img src="https://pixel.wp.com/b.gif?x=1">`, `<img src="https://x.example/1x1.gif">`, `<img src="https://x.example/a.png" width="1">`,
		`<img src="https://feeds.example/~r/news/~4/x">`, `<img src="https://0.gravatar.com/avatar/x?s=96">`, `<img src="https://x.example/facebook_icon_large.png">`,
		`<img src="https://x.example/star_11x11.gif">`, `<img src="https://x.example/a.jpg" style="display: none">`, `<img src="data:image/gif;base64,x">`, `<img>`,
	} {
		if m := one(t, "<description><![CDATA["+img+"text]]></description>").Media; len(m) != 0 {
			t.Errorf("%s: %+v", img, m)
		}
	}
	for _, img := range []string{`<img src="https://x.example/photo@2x.jpg">`, `<img src="https://x.example/1x3000.jpg">`, `<img src="https://x.example/iconic-bridge.jpg">`} {
		if m := one(t, "<description><![CDATA["+img+"text]]></description>").Media; len(m) != 1 {
			t.Errorf("%s: %+v", img, m)
		}
	}
}

func TestWidestVariant(t *testing.T) {
	m := one(t, `<description><![CDATA[<img src="https://x.example/s.jpg" width="300" srcset="https://x.example/s.jpg 300w, https://x.example/l,1.jpg 1200w, https://x.example/print.jpg 9000w">]]></description>`).Media
	if len(m) != 1 || m[0].URL != "https://x.example/l,1.jpg" || m[0].Width != 1200 {
		t.Errorf("%+v", m)
	}
}

func TestNamedPictures(t *testing.T) {
	const a = "https://img.example/a.jpg"
	for name, inner := range map[string]string{
		"an element of its own": `<image>` + a + `</image>`,
		"with an address in it": `<image><url>` + a + `</url><title>x</title></image>`,
		"of a search engine":    `<n:Image xmlns:n="https://search.example/rss">` + a + `</n:Image>`,
		"as an attribute":       `<w:cover xmlns:w="http://webfeeds.example/" image="` + a + `"/>`,
	} {
		if m := one(t, inner).Media; len(m) != 1 || m[0].URL != a {
			t.Errorf("%s: %+v", name, m)
		}
	}
}

func TestMoreAuthors(t *testing.T) {
	for inner, want := range map[string]string{
		`<dc:creator></dc:creator><author>ana@news.example (Ana Ruiz)</author>`: "Ana Ruiz",
		`<author>Ana Ruiz ana@news.example</author>`:                            "Ana Ruiz",
		`<author>noreply@blogger.com (Unknown)</author>`:                        "",
		`<author>noreply@news.example (No reply)</author>`:                      "",
		`<author>@ana</author>`:                                                 "@ana",
		`<itunes:author>Ana</itunes:author>`:                                    "Ana",
	} {
		if got := one(t, inner).Author; got != want {
			t.Errorf("%s: %q, want %q", inner, got, want)
		}
	}
}

func TestCategories(t *testing.T) {
	i := one(t, `<category>Local,Politics,Bridges</category><category>Gowanus Canal (Brooklyn, NY)</category><category>https://x.example/kind#post</category><dc:subject>Local</dc:subject><media:keywords>crane, river</media:keywords>`)
	if want := []string{"Local", "Politics", "Bridges", "Gowanus Canal (Brooklyn, NY)", "crane", "river"}; !reflect.DeepEqual(i.Categories, want) {
		t.Errorf("got %q, want %q", i.Categories, want)
	}
}

func TestHubAndTopic(t *testing.T) {
	tests := map[string]struct{ doc, hub, topic, link string }{
		"RSS":            {`<rss xmlns:a="http://www.w3.org/2005/Atom"><channel><link>https://news.example/</link><a:link rel="hub" href="https://hub.example/"/><a:link rel="self" href="/rss.xml"/><item><title>a</title></item></channel></rss>`, "https://hub.example/", "https://news.example/rss.xml", "https://news.example/"},
		"without prefix": {`<rss><channel><link>https://news.example/</link><link rel="hub" href="https://hub.example/"/><item><title>a</title></item></channel></rss>`, "https://hub.example/", "", "https://news.example/"},
		"Atom":           {`<feed xmlns="http://www.w3.org/2005/Atom"><link rel="self hub" href="https://hub.example/"/><link href="https://news.example/"/></feed>`, "https://hub.example/", "https://hub.example/", "https://news.example/"},
		"of an item":     {`<rss><channel><item><title>a</title><link rel="hub" href="https://hub.example/"/></item></channel></rss>`, "", "", ""},
		"not on the web": {`<feed xmlns="http://www.w3.org/2005/Atom"><link rel="hub" href="file:///etc/passwd"/></feed>`, "", "", ""},
		"JSON":           {`{"version":"https://jsonfeed.org/version/1.1","feed_url":"https://news.example/f","hubs":[{"type":"rssCloud","url":"https://no.example/"},{"type":"WebSub","url":"https://hub.example/"}],"items":[{"title":"a"}]}`, "https://hub.example/", "https://news.example/f", ""},
		"JSON, and long": {`{"version":"https://jsonfeed.org/version/1.1","hubs":[{"type":"WebSub","url":"https://hub.example/"}],"items":[{"title":"a","content_text":"` + strings.Repeat("x", 100<<10) + `"}]}`, "https://hub.example/", "", ""},
		"site and self":  {`<rss xmlns:a="http://www.w3.org/2005/Atom"><channel><link>https://news.example/</link><a:link rel="self" href="https://news.example/"/></channel></rss>`, "", "https://news.example/", "https://news.example/"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := mustParse(t, test.doc)
			if d.Hub != test.hub || d.Topic != test.topic || d.Link != test.link {
				t.Errorf("hub %q, topic %q, link %q", d.Hub, d.Topic, d.Link)
			}
		})
	}
}

func TestHints(t *testing.T) {
	tests := map[string]struct {
		inner string
		want  spool.Hints
	}{
		"ttl":               {`<ttl> 30 </ttl>`, spool.Hints{Every: 30 * time.Minute}},
		"ttl of nonsense":   {`<ttl>soon</ttl>`, spool.Hints{}},
		"ttl below nothing": {`<ttl>-5</ttl>`, spool.Hints{}},
		"ttl of ages":       {`<ttl>99999999</ttl>`, spool.Hints{}},
		"period":            {`<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>`, spool.Hints{Every: 15 * time.Minute}},
		"period alone":      {`<sy:updatePeriod> Weekly </sy:updatePeriod>`, spool.Hints{Every: 7 * 24 * time.Hour}},
		"frequency alone":   {`<sy:updateFrequency>2</sy:updateFrequency>`, spool.Hints{Every: 12 * time.Hour}},
		"frequency of 0":    {`<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>`, spool.Hints{}},
		"every second":      {`<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>3600</sy:updateFrequency>`, spool.Hints{}},
		"unknown period":    {`<sy:updatePeriod>often</sy:updatePeriod>`, spool.Hints{}},
		"the longer":        {`<ttl>30</ttl><sy:updatePeriod>hourly</sy:updatePeriod>`, spool.Hints{Every: time.Hour}},
		"hours":             {`<skipHours><hour>23</hour><hour>24</hour><hour>1</hour><hour>1</hour><hour>25</hour><hour>x</hour></skipHours>`, spool.Hints{Hours: []int{0, 1, 23}}},
		"all hours":         {`<skipHours>` + repeat(24, "<hour>%d</hour>") + `</skipHours>`, spool.Hints{}},
		"days":              {`<skipDays><day>Sunday</day><day>saturday</day><day>Someday</day></skipDays>`, spool.Hints{Days: []time.Weekday{time.Sunday, time.Saturday}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := mustParse(t, `<rss xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel>`+test.inner+`<item><title>a</title></item></channel></rss>`)
			if !reflect.DeepEqual(d.Hints, test.want) {
				t.Errorf("got %+v, want %+v", d.Hints, test.want)
			}
		})
	}
}

func TestJSONFeed(t *testing.T) {
	d := mustParse(t, `{"version":"https://jsonfeed.org/version/1.1","title":"T","language":"en","authors":[{"name":"Desk"}],"items":[
{"id":7,"external_url":"https://other.example/x","title":"5 < 6 & more","language":"fr","authors":[{"name":"Ana"},{"name":"Tom"}],
 "content_text":"a <b>\nc","date_published":"2026-03-01T10:00:00Z","date_modified":"2026-03-01T11:00:00Z","image":"/i.png","banner_image":"/b.png","tags":["x"],
 "attachments":[{"url":"/s.mp3","mime_type":"audio/mpeg","title":"The talk"},{"url":"/p.jpg","mime_type":"image/jpeg","title":"A crane at night"}]},
{"id":"https://news.example/2","content_html":"<p>a</p><p>b &amp; c</p>"}]}`)
	want := item{GUID: "7", Link: "https://other.example/x", Title: "5 < 6 & more", Summary: "a <b>\nc", Author: "Ana, Tom", Language: "fr", Categories: []string{"x"},
		Media: []spool.Media{
			{URL: "https://news.example/p.jpg", Type: "image/jpeg", Alt: "A crane at night"}, {URL: "https://news.example/i.png", Type: "image/png"},
			{URL: "https://news.example/b.png", Type: "image/png"}, {URL: "https://news.example/s.mp3", Type: "audio/mpeg", Alt: "The talk"},
		},
		Published: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC), Updated: time.Date(2026, 3, 1, 11, 0, 0, 0, time.UTC)}
	if !reflect.DeepEqual(d.Items[0], want) {
		t.Errorf("got  %+v\nwant %+v", d.Items[0], want)
	}
	if i := d.Items[1]; i.Link != "https://news.example/2" || i.Author != "Desk" || i.Summary != "a\nb & c" || i.Language != "en" {
		t.Errorf("%+v", i)
	}
}

func TestEncodedTwice(t *testing.T) {
	feed := func(title string) string {
		return "<rss><channel><item><title>" + title + "</title></item></channel></rss>"
	}
	twice := func(s string) string { // UTF-8 taken for Latin-1 and encoded again
		var b strings.Builder
		for _, c := range []byte(s) {
			b.WriteRune(rune(c))
		}
		return b.String()
	}
	if got := mustParse(t, feed(twice("café – in São Paulo"))).Items[0].Title; got != "café – in São Paulo" {
		t.Errorf("got %q", got)
	}
	if got := mustParse(t, feed("l’Ã‰ Ã©")).Items[0].Title; got != "l’Ã‰ Ã©" { // one apostrophe is as it should be
		t.Errorf("a document that is only partly so became %q", got)
	}
	if d := mustParse(t, feed("l’été â€œiciâ€\u009d – â€¦ â€ FÃ³rmula")); d.Items[0].Title != "l’été “ici” – … â€ Fórmula" || len(d.Notes) != 1 {
		t.Errorf("%q, %q", d.Items[0].Title, d.Notes)
	}
	for _, right := range []string{"« santé »", "»Spaß«", "“AMANHÔ é hoje", "São Paulo", "Ärger über Öl", "5 × 3 £", "日本", "plain"} {
		if d := mustParse(t, feed(right)); d.Items[0].Title != right || len(d.Notes) > 0 {
			t.Errorf("%q became %q, notes %q", right, d.Items[0].Title, d.Notes)
		}
	}
}

func TestFeedInAPage(t *testing.T) {
	d := mustParse(t, `<!DOCTYPE html><html><body><feed xmlns="http://www.w3.org/2005/Atom"><entry><title>a</title></entry></feed></body></html>`)
	if len(d.Items) != 1 || d.Degraded || len(d.Notes) != 2 {
		t.Errorf("%+v", d)
	}
	for _, page := range []string{
		`<html><body><div><feed xmlns="http://www.w3.org/2005/Atom"><entry><title>a</title></entry></feed></div></body></html>`,
		`<html><body>Our feed: <rss version="2.0"><channel><item><title>a</title></item></channel></rss></body></html>`,
	} {
		if d, err := Parse([]byte(page), Input{Now: testNow}); err == nil {
			t.Errorf("a page that speaks of a feed was taken for one: %+v", d)
		}
	}
}

// TestJSONOfOtherTypes reads a feed whose writer never looked at the types that
// JSON Feed has.
func TestJSONOfOtherTypes(t *testing.T) {
	d := mustParse(t, `{"version":"https://jsonfeed.org/version/1.1","title":"T","items":[
		{"id":17,"url":"https://news.example/17","title":"One","tags":"council, harbour","authors":"Ana Ruiz","date_published":1772359200,"content_text":null,"attachments":{"url":"https://img.example/1.jpg","mime_type":"image/jpeg","size_in_bytes":"12"}},
		{"id":"18","url":"https://news.example/18","title":"Two","tags":["a",7,{}],"author":{"name":"Bo"},"authors":[],"content_html":["no"]},
		[]]}`)
	if len(d.Items) != 2 || !d.Degraded || len(d.Skipped) != 1 {
		t.Fatalf("%+v", d)
	}
	one, two := d.Items[0], d.Items[1]
	if one.GUID != "17" || one.Author != "Ana Ruiz" || !slices.Equal(one.Categories, []string{"council", "harbour"}) || one.Published.Unix() != 1772359200 ||
		len(one.Media) != 1 || one.Media[0].URL != "https://img.example/1.jpg" {
		t.Errorf("%+v", one)
	}
	if two.GUID != "18" || two.Title != "Two" || !slices.Equal(two.Categories, []string{"a", "7"}) {
		t.Errorf("%+v", two)
	}
}
