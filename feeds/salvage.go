package feeds

import (
	"bytes"
	"fmt"

	"github.com/mmcdole/gofeed"
)

// knownRoot stands in for a root element that cannot itself be parsed.
const knownRoot = `<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0">`

// A wreck is a feed that could not be parsed as a whole, in pieces that may be.
type wreck struct {
	open, close []byte // what an item stands between
	head        []byte // what comes before the first item
	blocks      [][]byte
	whole       []bool // per block: it is closed
}

// salvageXML parses a feed item by item, each within the root element's own
// start tag, so that a broken item costs itself alone.
func (p *parsing) salvageXML(text []byte, s survey, cause error) (Document, error) {
	w := dismantle(text)
	if len(w.blocks) > maxItems {
		return Document{}, limitError("too many items", maxItems)
	}
	feed, err := w.parse(nil, w.head)
	if err != nil {
		feed, err = w.parse(nil, nil)
	}
	if err != nil && !bytes.Equal(w.close, closingAtom(w.open)) {
		w.open, w.close = []byte(knownRoot+"<channel>"), []byte("</channel></rss>")
		feed, err = w.parse(nil, nil)
	}
	if err != nil {
		return Document{}, malformed(cause)
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
		p.skip(n, "it is not closed: the feed is cut off or broken there")
		return
	}
	feed, err := w.parse(block, nil)
	switch {
	case err != nil:
		p.skip(n, "it cannot be parsed: "+plain(err.Error(), 200, false))
	case len(feed.Items) == 0:
		p.skip(n, "it cannot be parsed")
	default:
		p.add(n, source{feed: feed, item: feed.Items[0], original: originalOf(feed.OriginalFeed(), 0)})
	}
}

func (p *parsing) degraded(cut bool, blocks int) {
	how := "is broken"
	if cut {
		how = "ends early"
	}
	note := fmt.Sprintf("degraded: the document %s; %d of %d items could be read", how, len(p.doc.Items), blocks)
	p.doc.Notes = append([]string{note}, p.doc.Notes...)
}

func (w wreck) parse(block, head []byte) (*gofeed.Feed, error) {
	doc := make([]byte, 0, len(w.open)+len(head)+len(block)+len(w.close))
	doc = append(append(append(append(doc, w.open...), head...), block...), w.close...)
	return parser().Parse(bytes.NewReader(doc))
}

// dismantle cuts a feed, which begins with its root element, into items.
func dismantle(text []byte) wreck {
	l := lexer{b: text}
	root, _ := l.next()
	tag := text[root.start:root.end]
	name := tagName(tag)
	element := "item"
	w := wreck{open: tag, close: closing(name)}
	switch {
	case bytes.EqualFold(localName(name), []byte("feed")):
		element = string(name[:len(name)-len("feed")]) + "entry"
	case bytes.EqualFold(localName(name), []byte("rss")):
		w.open = append(bytes.Clone(tag), "<channel>"...)
		w.close = append([]byte("</channel>"), w.close...)
	}
	w.cut(text[root.end:], element)
	return w
}

func closing(name []byte) []byte { return fmt.Appendf(nil, "</%s>", name) }

// closingAtom is what closes an Atom root, for which there is no stand-in.
func closingAtom(open []byte) []byte {
	if name := tagName(open); bytes.EqualFold(localName(name), []byte("feed")) {
		return closing(name)
	}
	return nil
}

// cut finds the items by their tags alone. One that begins before the one
// before it has ended closes that one; what the end of the document cuts off
// stays open, since nobody knows what is missing from it.
func (w *wreck) cut(b []byte, element string) {
	at := tagAt(b, "<"+element)
	if at < 0 {
		return
	}
	w.head = w.channelHead(b[:at])
	for at >= 0 {
		b = b[at:]
		end := tagAt(b, "</"+element)
		next := tagAt(b[1:], "<"+element) + 1
		if next == 0 {
			next = len(b)
		}
		block, whole := b[:next], end >= 0 && end < next
		switch {
		case whole:
			if n := bytes.IndexByte(b[end:], '>'); n >= 0 {
				next = end + n + 1
			}
			block = b[:next]
		case next < len(b):
			block, whole = append(bytes.Clone(block), "</"+element+">"...), true
		}
		w.blocks, w.whole = append(w.blocks, block), append(w.whole, whole)
		b = b[next:]
		at = tagAt(b, "<"+element)
	}
}

// channelHead is the part of the head that can stand between open and close.
func (w *wreck) channelHead(head []byte) []byte {
	if bytes.HasPrefix(w.close, []byte("</channel>")) {
		if at := tagAt(head, "<channel"); at >= 0 {
			if n := bytes.IndexByte(head[at:], '>'); n >= 0 {
				return head[at+n+1:]
			}
		}
	}
	return head
}

// tagAt is where a tag of exactly this name begins, or -1.
func tagAt(b []byte, open string) int {
	for from := 0; ; {
		n := bytes.Index(b[from:], []byte(open))
		if n < 0 {
			return -1
		}
		at := from + n
		after := at + len(open)
		if after < len(b) && (b[after] == '>' || b[after] == '/' || space(b[after])) {
			return at
		}
		from = after
	}
}

// salvageJSON is salvageXML for JSON Feed.
func (p *parsing) salvageJSON(text []byte, blocks [][2]int, cause error) (Document, error) {
	p.doc.Format = "json"
	for n, b := range blocks {
		doc := fmt.Appendf(nil, `{"version":"https://jsonfeed.org/version/1.1","items":[%s]}`, text[b[0]:b[1]])
		feed, err := parser().Parse(bytes.NewReader(doc))
		if err != nil || len(feed.Items) == 0 {
			p.skip(n+1, "it cannot be parsed")
			continue
		}
		p.add(n+1, source{feed: feed, item: feed.Items[0], original: originalOf(feed.OriginalFeed(), 0)})
	}
	if len(p.doc.Items) == 0 {
		return Document{}, malformed(cause)
	}
	p.degraded(false, len(blocks))
	return p.doc, nil
}
