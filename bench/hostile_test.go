package bench

import (
	"fmt"
	"strings"
)

// A hostile document is one that is built to take time or memory. Its bytes are
// made as they are needed: together they would be more than the program may use.
type hostile struct {
	name string
	make func() string
}

// mebi is how large the documents are: the most that is read of one.
const mebi = 1 << 20

const (
	rssHead = `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>T</title><link>https://www.example.org/</link><description>d</description>`
	rssTail = `</channel></rss>`
)

// rss is a feed with this between its head and its end.
func rss(inner string) string { return rssHead + inner + rssTail }

// item is a feed of one item with this in it.
func item(inner string) string {
	return rss("<item><guid>1</guid><link>https://www.example.org/1</link>" + inner + "</item>")
}

// full repeats a piece until it is about as large as a document may be.
func full(piece string) string { return times(piece, 7*mebi) }

func times(piece string, size int) string { return strings.Repeat(piece, size/len(piece)) }

// hostiles are all of them: bombs of markup, of text, of numbers, of JSON, and
// what is no feed at all.
func hostiles() []hostile {
	all := []hostile{
		{"nothing", func() string { return "" }},
		{"blanks", func() string { return full(" \n\t") }},
		{"zeros", func() string { return full("\x00") }},
		{"bytes that are no text", func() string { return full("\xff\xfe\x80\xc0") }},
		{"byte order marks", func() string { return full("\ufeff") }},
		{"a program", func() string { return "\x7fELF\x02\x01\x01" + full("\x90\xc3\x00\xe8") }},
		{"a web page", func() string { return "<!doctype html><html><body>" + full("<p>words</p>") }},
	}
	return append(append(append(append(all, markup()...), texts()...), numbers()...), brims()...)
}

// brims are documents that are as large as is allowed, in every way at once, and
// so are read to their end.
func brims() []hostile {
	const items = 4900
	list := func(name, inner string) hostile {
		return hostile{"brim: " + name, func() string {
			var b strings.Builder
			for i := 0; i < items && b.Len() < 7*mebi; i++ {
				fmt.Fprintf(&b, "<item><guid>g%d</guid><title>Title %d</title><link>https://www.example.org/%d?a=1&amp;b=2</link>%s</item>\n", i, i, i, inner)
			}
			return rss(b.String())
		}}
	}
	html := func(piece string, size int) string {
		return "<description><![CDATA[" + times(piece, size) + "]]></description>"
	}
	return []hostile{
		list("html", html("<p><b>x</b> &amp; <i>y</i></p>", 1200)),
		list("crossing html", html("<table><b><a><i>", 1200)),
		list("large html", html("<div><table><b>x", mebi-100)),
		list("large links", html(`<a href="https://www.example.org/a">x</a><img src="/b.jpg" alt="c">`, mebi-100)),
		list("categories", strings.Repeat("<category>c</category>", 45)),
		list("media", strings.Repeat(`<media:content url="https://www.example.org/a.jpg" width="9"/>`, 18)),
		list("broken items", "<p>a & b<br></q>"+strings.Repeat("&nbsp;", 100)),
		list("dates of no kind", "<pubDate>"+times("Tomorrow, 31 Feb ", 1000)+"</pubDate><dc:date>never</dc:date>"),
		list("words", "<description>"+times("words that go on, ", 1300)+"</description>"),
		{"brim: the same item", func() string { return rss(strings.Repeat("<item><guid>1</guid><title>The same</title></item>", items)) }},
		{"brim: json", func() string {
			return `{"version":"https://jsonfeed.org/version/1.1","items":[` + strings.Repeat(`{"id":"1","url":"https://www.example.org/","content_html":"`+strings.Repeat("<p><b>x", 150)+`","tags":["a","b","c"]},`, items) + `{}]}`
		}},
	}
}

// markup is made of tags.
func markup() []hostile {
	deep := func(open, end string, n int) string { return strings.Repeat(open, n) + "x" + strings.Repeat(end, n) }
	return []hostile{
		{"a billion laughs", func() string {
			b := "<!DOCTYPE rss [<!ENTITY l0 \"ha\">"
			for i := range 30 {
				b += fmt.Sprintf("<!ENTITY l%d \"%s\">", i+1, strings.Repeat(fmt.Sprintf("&l%d;", i), 10))
			}
			return b + "]>" + item("<title>&l30;</title>")
		}},
		{"a quadratic entity", func() string {
			return `<!DOCTYPE rss [<!ENTITY a "` + times("a", mebi) + `">]>` + item("<title>"+times("&a;", 3*mebi)+"</title>")
		}},
		{"an outside entity", func() string {
			return `<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>` + item("<title>&x;</title>")
		}},
		{"open tags only", func() string { return rssHead + full("<item>") }},
		{"deep elements", func() string { return item(deep("<a>", "</a>", 500_000)) }},
		{"deep elements with names of their own", func() string {
			var b strings.Builder
			for i := range 200_000 {
				fmt.Fprintf(&b, "<a%d>", i)
			}
			return item(b.String())
		}},
		{"attributes", func() string {
			var b strings.Builder
			for i := range 400_000 {
				fmt.Fprintf(&b, ` a%d="b"`, i)
			}
			return item("<title" + b.String() + ">x</title>")
		}},
		{"one attribute", func() string { return item(`<title a="` + full("x") + `">x</title>`) }},
		{"namespaces", func() string {
			var b strings.Builder
			for i := range 100_000 {
				fmt.Fprintf(&b, `<a xmlns:n%d="http://example.org/%d">`, i, i)
			}
			return item(b.String())
		}},
		{"namespaces at one place", func() string {
			var b strings.Builder
			for i := range 150_000 {
				fmt.Fprintf(&b, ` xmlns:n%d="http://e.org/%d"`, i, i)
			}
			return item("<title" + b.String() + ">x</title>" + full("<a/>"))
		}},
		{"left angles", func() string { return rssHead + full("<") }},
		{"left angles and bangs", func() string { return rssHead + full("<!") }},
		{"an unfinished comment", func() string { return rssHead + "<!--" + full("- ") }},
		{"comments", func() string { return rssHead + full("<!-- x -->") + rssTail }},
		{"an unfinished CDATA", func() string { return rssHead + "<item><title><![CDATA[" + full("]]&gt;") }},
		{"CDATA sections", func() string { return item("<title>" + full("<![CDATA[x]]>") + "</title>") }},
		{"instructions", func() string { return rssHead + full("<?x y?>") + rssTail }},
		{"items", func() string { return rss(full("<item/>")) }},
		{"items with titles", func() string { return rss(full("<item><title>x</title></item>")) }},
		{"broken items", func() string {
			return rss(full("<item><title>x & y</titel><link>https://www.example.org/?a=1&b=2</link>"))
		}},
		{"items that end early", func() string { return rss(full("</item><item>")) }},
		{"media", func() string { return item(full(`<media:content url="https://www.example.org/a.jpg"/>`)) }},
		{"media groups", func() string { return item(full(`<media:group><media:content url="a.jpg"/></media:group>`)) }},
		{"categories", func() string { return item(full(`<category>Some &amp;amp; more</category>`)) }},
		{"authors", func() string { return item(full(`<author>a@example.org (Anna)</author>`)) }},
		{"bases", func() string {
			return `<feed xmlns="http://www.w3.org/2005/Atom">` + times(`<entry xml:base="a/">`, 3*mebi) + times(`</entry>`, mebi)
		}},
		{"deep xhtml", func() string {
			return `<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">` + deep("<b>", "</b>", 400_000)
		}},
		{"a sitemap", func() string {
			return `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">` + full("<url><loc>https://www.example.org/1</loc></url>") + "</urlset>"
		}},
	}
}

// texts have what looks like one piece of text, and takes work.
func texts() []hostile {
	html := func(name, piece string) hostile {
		return hostile{"html: " + name, func() string { return item("<description><![CDATA[" + times(piece, mebi-64) + "]]></description>") }}
	}
	title := func(name, piece string) hostile {
		return hostile{"title: " + name, func() string { return item("<title>" + times(piece, mebi-64) + "</title>") }}
	}
	all := []hostile{
		{"one long title", func() string { return item("<title>" + full("word ") + "</title>") }},
		{"one long summary", func() string { return item("<description>" + full("word ") + "</description>") }},
		{"a long address", func() string { return rss("<item><link>https://www.example.org/" + full("%20") + "</link></item>") }},
		{"a long guid", func() string { return rss("<item><guid>" + full("g") + "</guid></item>") }},
		{"many summaries of html", func() string {
			return rss(times("<item><guid>x</guid><description>"+strings.Repeat("&lt;p&gt;&lt;b&gt;", 8000)+"</description></item>", 6*mebi))
		}},
		{"dates", func() string { return item("<pubDate>" + times("Mon, 01 ", mebi-64) + "</pubDate>") }},
		{"an old encoding", func() string {
			return `<?xml version="1.0" encoding="gb18030"?><rss><channel><item><title>` + full("\x81\x30\x81\x30") + `</title></item></channel></rss>`
		}},
		{"UTF-16", func() string { return "\xff\xfe" + full("<\x00a\x00>\x00") }},
		{"an unknown encoding", func() string { return `<?xml version="1.0" encoding="` + times("x", mebi) + `"?>` + rss("") }},
	}
	for name, piece := range map[string]string{
		"ampersands": "&amp;", "escapes of escapes": "&amp;amp;amp;amp;", "references": "&#x1F468;", "combining marks": "\u0301", "joined emoji": "\U0001F468\u200D",
		"flags": "\U0001F1E6", "soft hyphens": "\u00ad", "marks of direction": "\u202e", "ideographs": "漢", "jamo": "\u1100\u1161\u11a8", "no spaces": "x",
	} {
		all = append(all, title(name, piece))
	}
	for name, piece := range map[string]string{
		"open tags": "<div>", "tags that cross": "<b><i></b></i>", "links in links": "<a><b>", "tables in tables": "<table><tr><td>", "foster children": "<table><b>", "forms": "<form><button>",
		"lists": "<ul><li>", "left angles": "<", "half references": "&am", "comments": "<!-", "pictures": "<img src=a.jpg>", "picture attributes": "<img " + strings.Repeat("a=b ", 100),
		"svg and math": "<svg><math>", "selects": "<select><option>", "templates": "<template>", "raw text": "<script>", "headings": "<h1><h2>",
	} {
		all = append(all, html(name, piece))
	}
	return all
}

// numbers are bombs of JSON.
func numbers() []hostile {
	feed := func(inner string) string {
		return `{"version":"https://jsonfeed.org/version/1.1","title":"T","items":[` + inner + `]}`
	}
	return []hostile{
		{"json: deep lists", func() string { return full("[") }},
		{"json: deep objects", func() string { return full(`{"a":`) }},
		{"json: keys", func() string {
			var b strings.Builder
			for i := range 400_000 {
				fmt.Fprintf(&b, `"k%d":%d,`, i, i)
			}
			return "{" + b.String() + `"version":"https://jsonfeed.org/version/1.1","items":[]}`
		}},
		{"json: items", func() string { return feed(full("{},") + "{}") }},
		{"json: one number", func() string { return feed(`{"id":` + full("9") + `}`) }},
		{"json: one text", func() string { return feed(`{"id":"1","title":"` + full(`\u0041`) + `"}`) }},
		{"json: attachments", func() string { return feed(`{"id":"1","attachments":[` + full(`{"url":"a.jpg"},`) + `{}]}`) }},
		{"json: authors and tags", func() string {
			return feed(`{"id":"1","tags":[` + times(`"tag",`, 3*mebi) + `"x"],"authors":[` + times(`{"name":"A"},`, 3*mebi) + `{}]}`)
		}},
		{"json: half a pair", func() string { return feed(`{"id":"1","title":"` + full(`\ud83d`) + `"}`) }},
		{"json: cut off", func() string { return feed(full(`{"id":"1"},`))[:6*mebi] }},
	}
}
