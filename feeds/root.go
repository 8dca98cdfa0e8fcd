package feeds

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// findRoot is where the root element of a feed begins, or -1. Whatever comes
// before it is of no use to the parser and may stop it: declarations of other
// encodings, document types, comments longer than it looks ahead, warnings
// that a program printed.
func findRoot(b []byte) int {
	const retries = 8 // each may read to the end
	l := lexer{b: b}
	cuts := 0
	for x, ok := l.next(); ok; x, ok = l.next() {
		switch x.kind {
		case lexCut:
			if cuts++; cuts > retries {
				return -1
			}
			l.pos = x.start + 1 // an open comment, say: look behind its beginning
		case lexDirective:
			l.pos = afterDoctype(b, x)
		case lexStart, lexEmpty:
			switch name := strings.ToLower(string(localName(tagName(b[x.start:x.end])))); name {
			case "rss", "rdf", "feed", "urlset", "sitemapindex":
				return x.start
			case "html", "head", "body":
				return wrapped(b, l.pos)
			}
		}
	}
	return -1
}

// wrapped is where the root element of a feed begins that a server has put into
// the frame of its pages: it must be the first element but for the frame's, and
// say what it is, since a page may speak of feeds.
func wrapped(b []byte, from int) int {
	l := lexer{b: b, pos: from}
	for x, ok := l.next(); ok; x, ok = l.next() {
		piece := b[x.start:x.end]
		switch x.kind {
		case lexText:
			if len(bytes.TrimSpace(piece)) > 0 {
				return -1
			}
		case lexStart:
			name := strings.ToLower(string(localName(tagName(piece))))
			switch {
			case name == "feed" && strings.HasSuffix(attrValue(piece, "xmlns"), "w3.org/2005/Atom"), name == "rss" && attrValue(piece, "version") != "":
				return x.start
			case name != "body":
				return -1
			}
		case lexCut, lexStray:
			return -1
		}
	}
	return -1
}

// afterDoctype skips a document type with declarations of its own.
func afterDoctype(b []byte, x lexeme) int {
	if bytes.IndexByte(b[x.start:x.end], '[') < 0 {
		return x.end
	}
	if n := bytes.Index(b[x.start:], []byte("]")); n >= 0 {
		if m := bytes.IndexByte(b[x.start+n:], '>'); m >= 0 {
			return x.start + n + m + 1
		}
	}
	return x.end
}

// notAFeed says what a document is instead of a feed.
func (p *parsing) notAFeed(b []byte) *Error {
	e := &Error{Kind: KindNotFeed, Hint: "check the feed's address"}
	text := bytes.TrimSpace(b)
	name := ""
	if len(text) > 0 && text[0] == '<' {
		name = firstElement(text)
	}
	switch {
	case len(text) == 0:
		e.Message, e.Hint = "the document is empty", "it is tried again later"
	case text[0] == '{' || text[0] == '[':
		e.Message = "the document is JSON, but not a JSON Feed"
	case name == "html" || name == "head" || name == "body" || bytes.Contains(bytes.ToLower(text[:min(len(text), 512)]), []byte("<!doctype html")):
		e.Message = "the document is a web page, not a feed"
		if e.Alternates = p.alternates(b); len(e.Alternates) > 0 {
			e.Hint = "the page names these feeds: " + strings.Join(e.Alternates, ", ")
		}
	case name == "opml":
		e.Message, e.Hint = "the document is a list of feeds (OPML), not a feed", "enter the feeds that it lists"
	case name != "":
		e.Message = fmt.Sprintf("the document is XML, but not a feed: it begins with <%s>", name)
	default:
		e.Message = "the document is neither XML nor JSON"
	}
	return e
}

func firstElement(b []byte) string {
	l := lexer{b: b[:min(len(b), 64<<10)]}
	for x, ok := l.next(); ok; x, ok = l.next() {
		if x.kind == lexStart || x.kind == lexEmpty {
			name := localName(tagName(b[x.start:x.end]))
			if len(name) > 40 || len(bytes.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.")) > 0 {
				return ""
			}
			return strings.ToLower(string(name))
		}
	}
	return ""
}

// alternates are the addresses of feeds that a page's head names. They are for
// a person to choose from, and are never followed.
func (p *parsing) alternates(page []byte) []string {
	const enough, head = 5, 512 << 10
	var found []string
	z := html.NewTokenizer(bytes.NewReader(page[:min(len(page), head)]))
	for len(found) < enough {
		switch z.Next() {
		case html.ErrorToken:
			return found
		case html.StartTagToken, html.SelfClosingTagToken:
			if href := p.absolute(alternate(z.Token())); href != "" && !slices.Contains(found, href) {
				found = append(found, href)
			}
		}
	}
	return found
}

func alternate(t html.Token) string {
	if t.Data != "link" {
		return ""
	}
	var rel, kind, href string
	for _, a := range t.Attr {
		switch a.Key {
		case "rel":
			rel = strings.ToLower(a.Val)
		case "type":
			kind = strings.ToLower(a.Val)
		case "href":
			href = strings.TrimSpace(a.Val)
		}
	}
	feed := strings.Contains(kind, "rss") || strings.Contains(kind, "atom") || strings.Contains(kind, "feed+json")
	if !feed || len(href) > 500 || !strings.Contains(" "+rel+" ", " alternate ") {
		return ""
	}
	return href
}
