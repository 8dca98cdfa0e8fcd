package media

import (
	"bytes"
	"cmp"
	"io"
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"
)

const (
	maxPagePictures = 3
	maxPageText     = 2000    // of a title, a site's name or the description of a picture, in bytes
	maxPageAddress  = 4 << 10 // of a picture's address, in bytes
	maxScripts      = 8       // of JSON-LD
)

// A pageReader collects what the head of a page says.
type pageReader struct {
	base     *url.URL
	based    bool // base is the page's own word; only its first counts
	page     page
	og       []pageImage
	twitter  pageImage
	data     []pageImage // of JSON-LD
	linked   string
	name     string // of the page, where Open Graph says nothing
	scripts  int
	inScript bool
	inTitle  bool
}

// parsePage reads the head of a page: Open Graph first, then the cards of Twitter,
// JSON-LD, and links to a picture. It stops at the body. Nothing in body makes it
// fail.
func parsePage(body []byte, contentType, address string) page {
	base, err := url.Parse(address)
	if err != nil {
		return page{}
	}
	r := &pageReader{base: base}
	text, err := charset.NewReader(bytes.NewReader(body), contentType)
	if err != nil {
		text = bytes.NewReader(body)
	}
	z := html.NewTokenizer(io.LimitReader(text, 2*pageLimit))
	z.SetMaxBuf(pageLimit)
	for r.token(z) {
	}
	return r.result()
}

// token reads one token; false at the end of the head.
func (r *pageReader) token(z *html.Tokenizer) bool {
	switch z.Next() {
	case html.ErrorToken:
		return false
	case html.StartTagToken, html.SelfClosingTagToken:
		return r.tag(z)
	case html.EndTagToken:
		r.inScript, r.inTitle = false, false
		name, _ := z.TagName()
		return string(name) != "head"
	case html.TextToken:
		if r.inScript {
			r.data = append(r.data, jsonPictures(z.Text())...)
		}
		if r.inTitle && r.name == "" {
			r.name = string(z.Text())
		}
	}
	return true
}

func (r *pageReader) tag(z *html.Tokenizer) bool {
	name, more := z.TagName()
	tag := string(name)
	if tag == "body" {
		return false
	}
	if tag != "meta" && tag != "link" && tag != "base" && tag != "script" && tag != "title" {
		return true
	}
	attrs := map[string]string{}
	for more && len(attrs) < 30 {
		var key, value []byte
		key, value, more = z.TagAttr()
		if _, twice := attrs[string(key)]; !twice {
			attrs[string(key)] = strings.TrimSpace(string(value))
		}
	}
	switch tag {
	case "meta":
		r.meta(strings.ToLower(cmp.Or(attrs["property"], attrs["name"], attrs["itemprop"])), attrs["content"])
	case "link":
		r.link(strings.ToLower(attrs["rel"]), attrs["href"])
	case "base":
		href := attrs["href"]
		if r.based || href == "" || len(href) > maxPageAddress {
			return true
		}
		if u, err := r.base.Parse(href); err == nil {
			r.base, r.based = u, true
		}
	case "script":
		r.scripts++
		r.inScript = strings.EqualFold(attrs["type"], "application/ld+json") && r.scripts < 20*maxScripts && len(r.data) < maxScripts
	case "title":
		r.inTitle = true
	}
	return true
}

func (r *pageReader) link(rel, href string) {
	if (rel == "image_src" || rel == "preload image_src") && r.linked == "" {
		r.linked = href
	}
}

// meta reads one statement of a page about itself.
func (r *pageReader) meta(name, value string) {
	if value == "" {
		return
	}
	switch name {
	case "og:image":
		if len(r.og) < maxPagePictures {
			r.og = append(r.og, pageImage{URL: value})
		}
	case "og:image:url":
		if len(r.og) == 0 {
			r.og = append(r.og, pageImage{URL: value})
		}
	case "og:image:secure_url":
		r.secure(value)
	case "og:image:alt":
		if n := len(r.og); n > 0 && r.og[n-1].Alt == "" {
			r.og[n-1].Alt = value
		}
	case "twitter:image", "twitter:image:src":
		r.twitter.URL = cmp.Or(r.twitter.URL, value)
	case "twitter:image:alt":
		r.twitter.Alt = cmp.Or(r.twitter.Alt, value)
	case "og:title":
		r.page.Title = cmp.Or(r.page.Title, value)
	case "og:site_name":
		r.page.Site = cmp.Or(r.page.Site, value)
	}
}

// secure takes the https address of the picture that was named last.
func (r *pageReader) secure(value string) {
	if !strings.HasPrefix(strings.ToLower(value), "https://") {
		return
	}
	if n := len(r.og); n > 0 {
		r.og[n-1].URL = value
		return
	}
	r.og = append(r.og, pageImage{URL: value})
}

// result puts what was found into one order, and makes addresses whole.
func (r *pageReader) result() page {
	p := r.page
	p.Title = words(cmp.Or(p.Title, r.name))
	p.Site = words(p.Site)
	seen := map[string]int{}
	for _, i := range append(append(append(r.og, r.twitter), r.data...), pageImage{URL: r.linked}) {
		address := r.absolute(i.URL)
		key, ok := samePlace(address)
		if !ok || general(address) {
			continue
		}
		if at, twice := seen[key]; twice {
			p.Pictures[at].Alt = cmp.Or(p.Pictures[at].Alt, words(i.Alt))
			continue
		}
		if len(p.Pictures) < maxPagePictures {
			seen[key] = len(p.Pictures)
			p.Pictures = append(p.Pictures, pageImage{URL: address, Alt: words(i.Alt)})
		}
	}
	return p
}

// absolute is a whole address on the web; empty: there is none.
func (r *pageReader) absolute(address string) string {
	if address == "" || len(address) > maxPageAddress {
		return ""
	}
	u, err := r.base.Parse(strings.TrimSpace(address))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return ""
	}
	u.Fragment, u.RawFragment = "", ""
	return u.String()
}

// words is a text in one line, within bounds.
func words(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ")
	if len(s) > maxPageText {
		s = strings.ToValidUTF8(s[:maxPageText], "")
	}
	return s
}
