package feeds

import (
	"bytes"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// An image is an img element of an item's text.
type image struct {
	src, alt, credit string
	width, height    int
}

// stripTags returns the text of HTML, with its entities resolved once and a
// lineMark where a block begins or ends. It stops when there is more than
// enough for limit characters. What looks like a tag but is none that HTML
// knows is text. Each image is reported to seen, which may be nil.
func stripTags(s string, limit int, seen func(image)) string {
	w := walker{z: html.NewTokenizer(strings.NewReader(s)), seen: seen}
	w.text.Grow(min(len(s), 4*limit))
	for w.text.Len() < 8*limit || seen != nil {
		if !w.step() {
			break
		}
	}
	return w.text.String()
}

type walker struct {
	z    *html.Tokenizer
	text strings.Builder
	drop string // the element whose content is being dropped
	seen func(image)
}

// step handles one token; false at the end.
func (w *walker) step() bool {
	kind := w.z.Next()
	raw := w.z.Raw()
	switch kind {
	case html.ErrorToken:
		w.rest(raw)
		return false
	case html.TextToken:
		if w.drop == "" {
			w.text.WriteString(unescape(string(raw)))
		}
	case html.StartTagToken, html.SelfClosingTagToken:
		w.start(raw, kind == html.SelfClosingTagToken)
	case html.EndTagToken:
		w.end(raw)
	}
	return true
}

// rest handles what is left when the text ends within a tag: a tag that was cut
// off is nothing, but "a <b" with nothing after it may be text.
func (w *walker) rest(raw []byte) {
	if len(raw) == 0 || w.drop != "" {
		return
	}
	name := strings.ToLower(string(tagName(raw)))
	if len(raw) > 1 && (raw[1] == '/' || raw[1] == '!' || role(name) != unknown && bytes.IndexByte(raw, '=') > 0) {
		return
	}
	if role(name) != unknown && len(raw) == len(name)+1 {
		return
	}
	w.text.WriteString(unescape(string(raw)))
}

func (w *walker) start(raw []byte, empty bool) {
	name := strings.ToLower(string(tagName(raw)))
	r := role(name)
	if r != dropped {
		w.z.NextIsNotRawText() // only for the contents that are dropped does the tokenizer know better
	}
	switch {
	case w.drop != "":
		if name == "img" {
			w.image() // a figure's picture counts, its caption does not
		}
	case r == unknown || comparison(raw, r):
		w.text.WriteString(unescape(string(raw)))
	case name == "img":
		w.image()
	case r == dropped && !empty:
		w.drop = name
	case r == block:
		w.text.WriteByte(lineMark)
	case r == cell:
		w.text.WriteByte(' ')
	}
}

func (w *walker) end(raw []byte) {
	name := strings.ToLower(string(tagName(raw)))
	switch r := role(name); {
	case w.drop != "":
		if name == w.drop {
			w.drop = ""
		}
	case r == unknown:
		w.text.WriteString(unescape(string(raw)))
	case r == block:
		w.text.WriteByte(lineMark)
	case r == cell:
		w.text.WriteByte(' ')
	}
}

// comparison recognises "a<b and c>d": an inline tag whose attributes have no
// values.
func comparison(raw []byte, r tagRole) bool {
	return r == inline && bytes.IndexByte(raw, '=') < 0 && bytes.IndexByte(bytes.TrimRight(raw, " \t\r\n/>"), ' ') > 0
}

func (w *walker) image() {
	if w.seen == nil {
		return
	}
	var i image
	var lazy, set string
	hidden := false
	for more := true; more; {
		var key, value []byte
		key, value, more = w.z.TagAttr()
		switch string(key) {
		case "src":
			i.src = string(value)
		case "data-src", "data-original", "data-lazy-src":
			lazy = string(value)
		case "srcset", "data-srcset", "data-lazy-srcset":
			set = string(value)
		case "alt":
			i.alt = string(value)
		case "data-portal-copyright", "data-copyright", "data-credit":
			i.credit = string(value)
		case "width":
			i.width = pixels(string(value))
		case "height":
			i.height = pixels(string(value))
		case "style":
			hidden = bytes.Contains(bytes.ReplaceAll(value, []byte(" "), nil), []byte("display:none"))
		}
	}
	if lazy != "" && (i.src == "" || strings.HasPrefix(i.src, "data:")) {
		i.src = lazy
	}
	i.widest(set)
	if i.src != "" && !hidden && !tiny(i.width, i.height) {
		w.seen(i)
	}
}

// widest takes the widest of the variants in a srcset attribute, if that is
// wider than what is known.
func (i *image) widest(set string) {
	const enough, limit = 20, 4000 // a picture that is wider is meant for print
	for _, variant := range strings.SplitN(set, ", ", enough) {
		link, size, _ := strings.Cut(strings.TrimSpace(variant), " ")
		if w, found := strings.CutSuffix(strings.Trim(size, " ,"), "w"); found {
			if n := pixels(w); n > i.width && n <= limit && link != "" && !strings.HasPrefix(link, "data:") {
				i.src, i.width, i.height = link, n, 0
			}
		}
	}
}

// pixels reads a width or a height; 0 when it is none in pixels.
func pixels(s string) int {
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(s), "px"))
	if err != nil || n < 0 || n > 100_000 {
		return 0
	}
	return n
}

// A tagRole is what an element means for the text around it.
type tagRole int

const (
	unknown tagRole = iota
	inline
	block
	cell
	dropped
)

// role knows the elements of HTML. What it does not know is taken for text.
func role(name string) tagRole {
	switch name {
	case "p", "div", "br", "hr", "li", "ul", "ol", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6",
		"table", "tr", "thead", "tbody", "tfoot", "caption", "blockquote", "pre", "section", "article",
		"aside", "header", "footer", "nav", "main", "figure", "form", "fieldset", "address", "center",
		"details", "summary", "html", "body", "head", "hgroup", "legend", "menu", "dir", "search":
		return block
	case "td", "th", "option", "select", "button", "label", "optgroup":
		return cell
	case "script", "style", "template", "noscript", "title", "figcaption", "svg", "iframe", "object", "textarea":
		return dropped
	case "a", "abbr", "acronym", "area", "audio", "b", "base", "basefont", "bdi", "bdo", "big", "blink",
		"canvas", "cite", "code", "col", "colgroup", "data", "datalist", "del", "dfn", "dialog", "em",
		"embed", "font", "frame", "frameset", "i", "img", "input", "ins", "kbd", "link", "map", "mark",
		"marquee", "math", "meta", "meter", "nobr", "noframes", "output", "param", "picture", "progress",
		"q", "rp", "rt", "ruby", "s", "samp", "slot", "small", "source", "span", "strike", "strong", "sub",
		"sup", "time", "track", "tt", "u", "var", "video", "wbr":
		return inline
	}
	if prefix, local, found := strings.Cut(name, ":"); found && !strings.Contains(local, ":") && (prefix == "xhtml" || prefix == "html" || prefix == "h" || prefix == "x") {
		return role(local)
	}
	if i := strings.IndexAny(name, ":-"); i > 0 && i < len(name)-1 {
		return inline // of an office program, or of a page's own making
	}
	return unknown
}
