package feeds

import (
	"bytes"
	"html"
	"slices"
	"strings"
)

// A detail is what an item's markup says and gofeed does not keep. The scan of
// the document collects it on its way; the zero detail says nothing.
type detail struct {
	about     string   // rdf:about
	lang      string   // xml:lang in force within it, or within its title
	bases     []string // each xml:base in force within it, the outermost first
	linkBases []string // the same of its first link, when that has one of its own
	textBases []string // the same of its text
	title     textType
	summary   textType
	content   textType
	others    []string // addresses of links without a prefix that are not to its page
}

// A textType is what an element declares its text to be.
type textType int8

const (
	undeclared textType = iota // it may be anything
	literal                    // plain text: what looks like markup is meant to be seen
	markup                     // HTML or XHTML
	binary                     // no text at all
)

// textTypeOf reads the type attribute of Atom. Only Atom has it, and other
// vocabularies use the same name otherwise: what is not known declares nothing.
func textTypeOf(kind string) textType {
	kind, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(kind)), ";")
	switch {
	case kind == "text" || kind == "text/plain" || kind == "plain":
		return literal
	case strings.Contains(kind, "html"):
		return markup
	case strings.HasPrefix(kind, "text/"), strings.Contains(kind, "xml"):
		return undeclared
	case strings.Contains(kind, "/"):
		return binary
	}
	return undeclared
}

// A headLink is a link of the feed as a whole, with a relation.
type headLink struct {
	rel, href string
	prefixed  bool // an element of Atom within RSS, say
}

// is reports whether the link has a relation among its own, which may be several.
func (l headLink) is(rel string) bool {
	return slices.ContainsFunc(strings.Fields(l.rel), func(s string) bool { return strings.EqualFold(s, rel) })
}

// enter collects what the tag of an element says; it is called before the
// element is counted among the open ones.
func (s *scanner) enter(name, tag []byte) (bases []string, lang string) {
	depth := len(s.open)
	if depth > 0 {
		bases, lang = s.open[depth-1].bases, s.open[depth-1].lang
	}
	const deepest = 8 // xml:base within one another
	if s.bases && (s.inItem == 0 || depth <= s.inItem) && len(bases) < deepest {
		if own := attrValue(tag, "xml:base"); own != "" && len(own) <= maxURL {
			bases = append(slices.Clip(bases), own)
		}
	}
	if s.langs && (s.inItem == 0 || depth <= s.inItem) {
		if own := attrValue(tag, "xml:lang"); own != "" && len(own) <= maxLanguage {
			lang = own
		}
	}
	switch {
	case s.inItem > 0 && depth == s.inItem:
		s.child(name, tag, bases, lang)
	case s.inItem > 0:
	case s.beginsItem(name, depth):
		s.details = append(s.details, detail{about: attrValue(tag, "rdf:about"), lang: lang, bases: bases})
		s.inItem = depth + 1
		if s.item == "" {
			s.item = string(name)
		}
	case depth < 3:
		s.headElement(name, tag, lang)
	}
	return bases, lang
}

// beginsItem tells the feed's items from elements that are called alike.
func (s *scanner) beginsItem(name []byte, depth int) bool {
	if depth == 0 || depth > 2 || !bytes.EqualFold(localName(name), s.element) {
		return false
	}
	return bytes.IndexByte(name, ':') < 0 || len(s.prefix) > 0 && bytes.HasPrefix(name, s.prefix) || bytes.EqualFold(s.root, []byte("rdf"))
}

// child looks at an element directly within an item.
func (s *scanner) child(name, tag []byte, bases []string, lang string) {
	d := &s.details[len(s.details)-1]
	own := len(bases) > len(d.bases)
	prefixed := bytes.IndexByte(name, ':') >= 0 && !(len(s.prefix) > 0 && bytes.HasPrefix(name, s.prefix))
	if prefixed && !own {
		return
	}
	switch strings.ToLower(string(localName(name))) {
	case "title":
		d.title = textTypeOf(attrValue(tag, "type"))
		if lang != "" {
			d.lang = lang
		}
	case "summary":
		d.summary = textTypeOf(attrValue(tag, "type"))
		d.textBases = ownBases(d.textBases, bases, own)
	case "content":
		d.content = textTypeOf(attrValue(tag, "type"))
		d.textBases = ownBases(d.textBases, bases, own)
	case "description", "encoded":
		d.textBases = ownBases(d.textBases, bases, own)
	case "link":
		d.linkBases = ownBases(d.linkBases, bases, own)
		if rel := attrValue(tag, "rel"); rel != "" && !strings.EqualFold(rel, "alternate") {
			d.others = append(d.others[:min(len(d.others), maxHeadLinks)], attrValue(tag, "href"))
		}
	}
}

func ownBases(have, bases []string, own bool) []string {
	if own && have == nil {
		return bases
	}
	return have
}

// The most that is kept of a document's head.
const (
	maxHeadLinks = 50
	maxLanguage  = 35 // bytes; RFC 5646 asks for no more
)

// headElement looks at an element that belongs to the feed as a whole.
func (s *scanner) headElement(name, tag []byte, lang string) {
	if s.lang == "" {
		s.lang = lang
	}
	if !bytes.EqualFold(localName(name), []byte("link")) || len(s.links) >= maxHeadLinks {
		return
	}
	l := headLink{rel: attrValue(tag, "rel"), href: attrValue(tag, "href"), prefixed: bytes.IndexByte(name, ':') >= 0}
	if l.rel != "" && l.href != "" && len(l.href) <= maxURL {
		s.links = append(s.links, l)
	}
}

// attrValue is the value of the attribute of exactly that name in a start tag,
// with its entities resolved; empty when there is none.
func attrValue(tag []byte, name string) string {
	if !bytes.Contains(tag, []byte(name)) {
		return ""
	}
	rest := tag[min(len(tagName(tag))+1, len(tag)):]
	for {
		key, value, after, ok := nextAttr(rest)
		if !ok {
			return ""
		}
		if string(key) == name {
			return html.UnescapeString(strings.TrimSpace(string(value)))
		}
		rest = after
	}
}

// nextAttr reads one attribute, with or without quotes and a value.
func nextAttr(b []byte) (key, value, rest []byte, ok bool) {
	b = bytes.TrimLeft(b, " \t\r\n/>?")
	if len(b) == 0 {
		return nil, nil, nil, false
	}
	end := bytes.IndexAny(b, "= \t\r\n/>")
	if end < 0 {
		return b, nil, nil, true
	}
	if end == 0 { // a "=" without a name
		return nil, nil, b[1:], true
	}
	key, b = b[:end], bytes.TrimLeft(b[end:], " \t\r\n")
	if len(b) == 0 || b[0] != '=' {
		return key, nil, b, true
	}
	b = bytes.TrimLeft(b[1:], " \t\r\n")
	if len(b) > 0 && (b[0] == '"' || b[0] == '\'') {
		if n := bytes.IndexByte(b[1:], b[0]); n >= 0 {
			return key, b[1 : n+1], b[n+2:], true
		}
		return key, b[1:], nil, true
	}
	if end = bytes.IndexAny(b, " \t\r\n>"); end < 0 {
		end = len(b)
	}
	return key, b[:end], b[end:], true
}

// withoutBases is the text with the name of each xml:base changed: gofeed
// resolves addresses against it in a way of its own, as if it named a folder,
// and renders HTML anew for that. This package resolves them itself.
func withoutBases(text []byte) []byte {
	out := bytes.Clone(text)
	l := lexer{b: out}
	for x, ok := l.next(); ok; x, ok = l.next() {
		if x.kind != lexStart && x.kind != lexEmpty {
			continue
		}
		tag := out[x.start:x.end]
		for n := bytes.Index(tag, []byte("xml:base")); n >= 0; n = bytes.Index(tag, []byte("xml:base")) {
			copy(tag[n:], "xml-base")
		}
	}
	return out
}
