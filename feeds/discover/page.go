package discover

import (
	"bytes"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// Bounds of what is read of a page.
const (
	maxPage      = 2 << 20 // bytes that are looked at
	maxAnnounced = 100     // feeds in its head
	maxLinks     = 300     // links that may be feeds
	maxText      = 120     // bytes of what a link is called
)

// A reference is a link of a page that may lead to a feed.
type reference struct {
	url   *url.URL
	title string
	looks likeness
}

// A page is what matters of a web page.
type page struct {
	base      *url.URL
	program   string      // that made it, as it says itself; lower case
	wordpress bool        // it names WordPress' interface
	channel   string      // of YouTube
	announced []reference // feeds, by its head
	linked    []reference // what looks like a feed or a page of feeds, by its links
}

// A reader collects a page while its tags go by.
type reader struct {
	page
	known  map[string]bool
	open   *url.URL // of the link that the text belongs to
	text   strings.Builder
	rebase bool // a base was found; only the first counts
}

// readPage looks through a page. Whatever is in it, the work is bounded by its
// size and the result by the constants above.
func readPage(body []byte, at *url.URL) page {
	r := &reader{page: page{base: at}, known: map[string]bool{}}
	z := html.NewTokenizer(bytes.NewReader(body[:min(len(body), maxPage)]))
	z.SetMaxBuf(256 << 10) // a longer tag is none that matters
	for {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			r.close()
			return r.page
		case html.StartTagToken, html.SelfClosingTagToken:
			r.start(z)
		case html.EndTagToken:
			if name, _ := z.TagName(); string(name) == "a" {
				r.close()
			}
		case html.TextToken:
			if r.open != nil && r.text.Len() < maxText {
				r.text.Write(z.Text())
			}
		}
	}
}

func (r *reader) start(z *html.Tokenizer) {
	name, more := z.TagName()
	switch string(name) {
	case "base":
		r.setBase(attributes(z, more)["href"])
	case "link":
		r.link(attributes(z, more))
	case "meta":
		r.meta(attributes(z, more))
	case "a", "area":
		r.close()
		r.anchor(attributes(z, more))
	case "img":
		if r.open != nil {
			r.text.WriteString(" " + attributes(z, more)["alt"])
		}
	}
}

// attributes are those of a tag; of one given twice the first, as in browsers.
func attributes(z *html.Tokenizer, more bool) map[string]string {
	const enough = 50
	out := map[string]string{}
	for n := 0; more && n < enough; n++ {
		var k, v []byte
		k, v, more = z.TagAttr()
		if _, ok := out[string(k)]; !ok {
			out[string(k)] = string(v)
		}
	}
	return out
}

func (r *reader) setBase(href string) {
	if u, err := r.base.Parse(strings.TrimSpace(href)); err == nil && href != "" && !r.rebase && u.Host != "" {
		r.base, r.rebase = u, true
	}
}

func (r *reader) link(a map[string]string) {
	rel := words(a["rel"])
	switch {
	case rel["https://api.w.org/"]:
		r.wordpress = true
	case (rel["alternate"] || rel["feed"]) && !rel["stylesheet"] && len(r.announced) < maxAnnounced:
		if u := refer(r.base, a["href"]); u != nil && announces(a["type"], rel["feed"], u) {
			r.announced = append(r.announced, reference{u, label(a["title"]), surely})
		}
	}
}

// words are those of a list such as rel's, in lower case.
func words(s string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(strings.ToLower(s)) {
		out[w] = true
	}
	return out
}

func (r *reader) meta(a map[string]string) {
	switch {
	case strings.EqualFold(a["name"], "generator") && r.program == "":
		r.program = strings.ToLower(label(a["content"]))
	case strings.EqualFold(a["itemprop"], "channelId") || strings.EqualFold(a["itemprop"], "identifier"):
		r.channel = a["content"]
	}
}

// anchor begins a link; its text follows.
func (r *reader) anchor(a map[string]string) {
	if len(r.linked) >= maxLinks {
		return
	}
	u := refer(r.base, a["href"])
	if u == nil {
		return
	}
	r.open = unwrap(u)
	r.text.Reset()
	for _, k := range []string{"title", "aria-label"} {
		if len(a[k]) < maxText {
			r.text.WriteString(a[k] + " ")
		}
	}
	if t := a["type"]; t != "" && announces(t, false, r.open) {
		r.add(surely)
	}
}

// close ends a link and keeps it when it looks like a feed.
func (r *reader) close() {
	if r.open == nil {
		return
	}
	r.add(likely(r.open, label(r.text.String())))
	r.open = nil
}

func (r *reader) add(looks likeness) {
	k := key(r.open)
	if looks == unlike || r.known[k] {
		return
	}
	r.known[k] = true
	r.linked = append(r.linked, reference{r.open, label(r.text.String()), looks})
}

// label is a short text in one line, without what would steer a terminal or
// turn the text round it about.
func label(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	s = strings.Join(strings.Fields(s), " ")
	if len(s) <= maxText {
		return s
	}
	end := maxText
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return strings.TrimSpace(s[:end])
}
