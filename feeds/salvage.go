package feeds

import (
	"bytes"
	"fmt"

	"github.com/mmcdole/gofeed"
)

// What stands in for a root element that cannot itself be parsed, or that is
// too long to be parsed with each item.
const (
	longestRoot = 8 << 10
	knownAtom   = `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/">`
	knownRoot   = `<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0">`
)

// A wreck is a feed that could not be parsed as a whole, in pieces that may be.
type wreck struct {
	open, close []byte // what an item stands between
	head        []byte // what comes before the first item
	blocks      [][]byte
	whole       []bool // per block: it is closed
	atom        bool
}

// salvageXML parses a feed item by item, each within the root element's own
// start tag, so that a broken item costs itself alone.
func (p *parsing) salvageXML(text []byte, s survey, cause error) (Document, error) {
	w := dismantle(text, s.item)
	if len(w.blocks) > maxItems {
		return Document{}, limitError("too many items", maxItems)
	}
	feed, err := w.parse(nil, w.head)
	if err != nil {
		feed, err = w.parse(nil, nil)
	}
	if err != nil || len(w.open) > longestRoot {
		w.standIn()
		if feed, err = w.parse(nil, nil); err != nil {
			return Document{}, malformed(cause)
		}
	}
	p.head(feed)
	for n, block := range w.blocks {
		p.salvage(n+1, block, w)
	}
	if len(p.doc.Items) == 0 {
		return Document{}, malformed(cause)
	}
	p.degraded(s.cut, len(w.blocks))
	return p.doc, nil
}

func (p *parsing) salvage(n int, block []byte, w wreck) {
	if !w.whole[n-1] {
		p.skip(n, notClosed)
		return
	}
	feed, err := w.parse(block, nil)
	switch {
	case err != nil:
		p.skip(n, "it cannot be parsed: "+plain(err.Error(), 200, false))
	case len(feed.Items) == 0:
		p.skip(n, "it cannot be parsed")
	default:
		p.add(n, source{feed: feed, item: feed.Items[0], original: originalOf(feed.OriginalFeed(), 0), detail: w.detail(block)})
	}
}

// detail is what gofeed does not keep of one item, when there is but one.
func (w wreck) detail(block []byte) detail {
	if s, err := scanXML(w.around(block, nil)); err == nil && len(s.details) == 1 {
		return s.details[0]
	}
	return detail{}
}

// degraded marks a document of which items may be missing, and says so first.
func (p *parsing) degraded(cut bool, blocks int) {
	p.doc.Degraded = true
	note := fmt.Sprintf("the document is broken: each item was read on its own, %d of %d could be", len(p.doc.Items), blocks)
	if cut {
		note = fmt.Sprintf("the document ends early: each item was read on its own, %d of %d could be", len(p.doc.Items), blocks)
	}
	p.doc.Notes = append([]string{note}, p.doc.Notes...)
}

func (w wreck) parse(block, head []byte) (*gofeed.Feed, error) {
	return parser().Parse(bytes.NewReader(w.around(block, head)))
}

// around is a document of its own for a piece of the feed.
func (w wreck) around(block, head []byte) []byte {
	doc := make([]byte, 0, len(w.open)+len(head)+len(block)+len(w.close))
	return append(append(append(append(doc, w.open...), head...), block...), w.close...)
}

// dismantle cuts a feed, which begins with its root element, into items. What
// they are called may be unknown.
func dismantle(text []byte, called string) wreck {
	l := lexer{b: text}
	root, _ := l.next()
	tag := text[root.start:root.end]
	name := tagName(tag)
	element := "item"
	w := wreck{open: tag, close: fmt.Appendf(nil, "</%s>", name)}
	switch {
	case bytes.EqualFold(localName(name), []byte("feed")):
		w.atom = true
		element = string(name[:len(name)-len("feed")]) + "entry"
	case bytes.EqualFold(localName(name), []byte("rss")):
		w.open = append(bytes.Clone(tag), "<channel>"...)
		w.close = append([]byte("</channel>"), w.close...)
	}
	if called != "" {
		element = called
	}
	w.cut(text[root.end:], element)
	return w
}

// standIn replaces the root element by one that is known to be good.
func (w *wreck) standIn() {
	w.open, w.close = []byte(knownRoot+"<channel>"), []byte("</channel></rss>")
	if w.atom {
		w.open, w.close = []byte(knownAtom), []byte("</feed>")
	}
}

// cut finds the items by their tags alone, in one pass. One that begins before
// the one before it has ended closes that one; what the end of the document
// cuts off stays open, since nobody knows what is missing from it.
func (w *wreck) cut(b []byte, element string) {
	open, end := "<"+element, "</"+element
	at, closed := tagAt(b, open, 0), -1
	if at < 0 {
		return
	}
	w.head = w.channelHead(b[:at])
	for at >= 0 && len(w.blocks) <= maxItems {
		next := tagAt(b, open, at+1)
		if closed < at && closed != len(b) {
			if closed = tagAt(b, end, at); closed < 0 {
				closed = len(b) // there is none any more
			}
		}
		stop := len(b)
		if next >= 0 {
			stop = next
		}
		switch {
		case closed < stop:
			if n := bytes.IndexByte(b[closed:stop], '>'); n >= 0 {
				stop = closed + n + 1
			}
			w.add(b[at:stop], true)
		case next >= 0:
			w.add(append(bytes.Clone(b[at:stop]), end+">"...), true)
		default:
			w.add(b[at:stop], false)
		}
		at = next
	}
}

func (w *wreck) add(block []byte, whole bool) {
	w.blocks, w.whole = append(w.blocks, block), append(w.whole, whole)
}

// channelHead is the part of the head that can stand between open and close.
func (w *wreck) channelHead(head []byte) []byte {
	if bytes.HasPrefix(w.close, []byte("</channel>")) {
		if at := tagAt(head, "<channel", 0); at >= 0 {
			if n := bytes.IndexByte(head[at:], '>'); n >= 0 {
				return head[at+n+1:]
			}
		}
	}
	return head
}

// tagAt is where a tag of exactly this name begins, from a place on, or -1.
func tagAt(b []byte, open string, from int) int {
	for {
		n := bytes.Index(b[from:], []byte(open))
		if n < 0 {
			return -1
		}
		after := from + n + len(open)
		if after < len(b) && (b[after] == '>' || b[after] == '/' || space(b[after])) {
			return from + n
		}
		from = after
	}
}

// salvageJSON is salvageXML for JSON Feed.
func (p *parsing) salvageJSON(text []byte, found jsonSurvey, cause error) (Document, error) {
	p.doc.Format = "json"
	whole := p.jsonHead(text, found)
	for n, b := range found.items {
		feed := jsonItem(text[b[0]:b[1]])
		if feed == nil {
			p.skip(n+1, "it cannot be parsed")
			continue
		}
		original := originalOf(feed.OriginalFeed(), 0)
		if whole != nil {
			feed.Authors = whole.Authors
		}
		p.add(n+1, source{feed: feed, item: feed.Items[0], original: original})
	}
	if len(p.doc.Items) == 0 {
		return Document{}, malformed(cause)
	}
	blocks := len(found.items)
	if found.open {
		blocks++
		p.skip(blocks, notClosed)
	}
	p.degraded(found.cut, blocks)
	return p.doc, nil
}

// jsonItem is a feed of one item, whose values need not have the right types;
// nil if it cannot be read.
func jsonItem(item []byte) *gofeed.Feed {
	for _, text := range [][]byte{item, retyped(item)} {
		feed, err := parser().Parse(bytes.NewReader(fmt.Appendf(nil, `{"version":"https://jsonfeed.org/version/1.1","items":[%s]}`, text)))
		if err == nil && len(feed.Items) > 0 {
			return feed
		}
	}
	return nil
}

// jsonHead takes what stands before the first item, if that can be parsed; nil
// if not.
func (p *parsing) jsonHead(text []byte, found jsonSurvey) *gofeed.Feed {
	if len(found.items) == 0 {
		return nil
	}
	head := append(bytes.Clone(text[:found.items[0][0]]), "]}"...)
	feed, err := parser().Parse(bytes.NewReader(head))
	if err != nil {
		return nil
	}
	p.head(feed)
	p.hubs(found.hubs)
	return feed
}

// notClosed is why an item is skipped of which nobody knows what is missing.
const notClosed = "it is not closed: the feed is cut off or broken there"
