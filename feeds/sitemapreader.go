package feeds

import (
	"bytes"
	"html"
	"strings"
)

// A pageReader cuts a sitemap into its pages. It builds nothing but the texts
// that are of use, and reads on behind whatever is broken.
type pageReader struct {
	b       []byte
	pos     int
	element []byte // what a page is called, without its prefix
}

// next returns the next page; ok is false at the end.
func (r *pageReader) next() (page sitemapPage, ok bool) {
	l := lexer{b: r.b, pos: r.pos}
	defer func() { r.pos = l.pos }()
	for x, more := l.next(); more; x, more = l.next() {
		if x.kind == lexStart && r.begins(r.b[x.start:x.end]) {
			return r.page(&l), true
		}
	}
	return sitemapPage{}, false
}

func (r *pageReader) begins(tag []byte) bool {
	return bytes.EqualFold(localName(tagName(tag)), r.element)
}

// page reads one up to its end, or the beginning of the next.
func (r *pageReader) page(l *lexer) sitemapPage {
	w := pageWriter{page: sitemapPage{texts: map[string]string{}}}
	for before := l.pos; ; before = l.pos {
		x, more := l.next()
		piece := r.b[x.start:x.end]
		switch {
		case !more || x.kind == lexCut:
			return w.page
		case x.kind == lexStart && r.begins(piece):
			l.pos = before
			w.page.whole = true
			return w.page
		case x.kind == lexEnd && r.begins(piece):
			w.page.whole = true
			return w.page
		}
		w.take(x.kind, piece)
	}
}

// A pageWriter collects the texts of a page.
type pageWriter struct {
	page sitemapPage
	path []string // of the elements that are open
	deaf int      // at this depth there is an element of a name that has been read already; 0: there is none
}

// The most that a page may hold.
const (
	maxPageTexts = 40
	maxPageDepth = 6
)

func (w *pageWriter) take(kind lexKind, piece []byte) {
	switch kind {
	case lexStart:
		name := strings.ToLower(string(localName(tagName(piece))))
		if name == "image" && len(w.path) == 0 && len(w.page.images) < maxMedia {
			w.page.images = append(w.page.images, map[string]string{})
		}
		w.path = append(w.path, name)
		if _, again := w.page.texts[strings.Join(w.path, "/")]; again && w.deaf == 0 {
			w.deaf = len(w.path)
		}
	case lexEnd:
		name := strings.ToLower(string(localName(tagName(piece))))
		for n := len(w.path) - 1; n >= 0; n-- {
			if w.path[n] == name {
				w.path = w.path[:n]
				if n < w.deaf {
					w.deaf = 0
				}
				return
			}
		}
	case lexText:
		if text := bytes.TrimSpace(piece); len(text) > 0 {
			w.text(html.UnescapeString(string(text)))
		}
	case lexCDATA:
		w.text(string(bytes.TrimSpace(piece[len("<![CDATA[") : len(piece)-len("]]>")])))
	}
}

// text adds to what is known of the present place. The first element of a name
// counts, but for pictures, of which each has its own.
func (w *pageWriter) text(s string) {
	const longest = 64 << 10
	if len(w.path) == 0 || len(w.path) > maxPageDepth || w.deaf > 0 {
		return
	}
	texts, path := w.page.texts, strings.Join(w.path, "/")
	if w.path[0] == "image" {
		if len(w.path) != 2 || len(w.page.images) == 0 {
			return
		}
		texts, path = w.page.images[len(w.page.images)-1], w.path[1]
	}
	if have, ok := texts[path]; (ok || len(texts) < maxPageTexts) && len(have)+len(s) <= longest {
		texts[path] = have + s
	}
}
