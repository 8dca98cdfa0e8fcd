package feeds

import (
	"bytes"
	"strings"
)

// Limits on what a document may be built of. They are far above any honest
// feed and far below what makes the parser run out of memory, or of stack.
const (
	maxDepth    = 100
	maxXmlns    = 200 // xmlns declarations in force at one place
	maxXmlnsAll = 20_000
	maxItems    = 5000
	maxText     = 1 << 20 // bytes in one piece of text
	maxElements = 250_000 // elements of XML with their CDATA sections, or values of JSON
	maxChildren = 100_000 // elements directly within items
	maxForeign  = 40_000  // elements of extensions, which the parser keeps as maps
	maxSigns    = 160_000 // "=" in the tags of extensions: about as many attributes
	maxStray    = 20_000  // characters of markup that are meant as text
	maxTag      = 256 << 10
	maxCopying  = 512 << 20 // bytes: see scanner.gather
)

// A survey is what a scan learns about a document besides that it may be parsed.
type survey struct {
	items   int
	named   int        // elements called item or entry at any depth, without a prefix or with the root's
	base    string     // xml:base of the root or the channel
	lang    string     // xml:lang of the root or the channel
	links   []headLink // of the feed as a whole, with a relation
	details []detail   // per item
	item    string     // what the first item is called, with its prefix
	aliases aliases
	dirty   bool // it needs repairMarkup
	cut     bool // it ends early
	after   bool // there is something after its end
	bases   bool // there is an xml:base somewhere

	longDates bool // a date may be too long to be one
}

// scanXML walks over the markup without building anything. Its error names the
// limit that the document breaks. Elements that are not closed are counted as
// the parser will count them: an end tag closes all up to the one it names.
func scanXML(b []byte) (survey, error) {
	s := scanner{b: b, closings: bytes.Contains(b, []byte("]]>")), langs: bytes.Contains(b, []byte("xml:lang"))}
	s.bases = bytes.Contains(b, []byte("xml:base"))
	l := lexer{b: b}
	for x, ok := l.next(); ok; x, ok = l.next() {
		if err := s.take(x); err != nil {
			return survey{}, err
		}
	}
	s.cut = s.cut || len(s.open) > 0
	return s.survey, nil
}

type scanner struct {
	survey
	b        []byte
	closings bool   // there is a "]]>" somewhere
	langs    bool   // there is an xml:lang somewhere
	root     []byte // the root element's name without its prefix
	prefix   []byte // of the root element, with its colon
	element  []byte // what an item is called
	ended    bool   // the root element is closed
	inItem   int    // how many elements are open directly within the present item; 0: there is none
	alien    bool   // the root element is of an unknown vocabulary
	open     []openElement
	xmlns    int // declarations so far
	elements int
	copying  int
	children int
	strange  int // elements of extensions so far
	signs    int
	stray    int
	asides   int // comments, instructions and the like so far
}

type openElement struct {
	name    []byte
	xmlns   int  // declarations in force within
	text    int  // bytes of text directly within, so far
	foreign bool // an element of an extension, or within one
	bases   []string
	lang    string
}

func (s *scanner) take(x lexeme) *Error {
	piece := s.b[x.start:x.end]
	s.after = s.after || s.ended && x.kind != lexComment && len(bytes.TrimSpace(piece)) > 0
	switch x.kind {
	case lexText, lexCDATA:
		return s.text(x.kind, piece)
	case lexStart, lexEmpty:
		if name := tagName(piece); !s.longDates && x.kind == lexStart && dateElement(localName(name)) {
			s.longDates = !briefDate(s.b, name, x.end)
		}
		return s.start(piece, x.kind == lexEmpty)
	case lexEnd:
		s.close(tagName(piece))
	case lexCut:
		s.cut = true
	case lexStray:
		s.dirty = true
		return s.astray(1)
	default:
		s.aside(x.kind, piece)
	}
	return nil
}

// text counts what the parser makes of text.
func (s *scanner) text(kind lexKind, piece []byte) *Error {
	if len(piece) > maxText {
		return limitError("a text longer than allowed", maxText)
	}
	if kind == lexCDATA {
		if s.elements++; s.elements > maxElements {
			return limitError("too many elements", maxElements)
		}
	} else if s.closings {
		if n := bytes.Count(piece, []byte("]]>")); n > 0 {
			s.dirty = true
			if err := s.astray(n); err != nil {
				return err
			}
		}
	}
	return s.gather(len(piece))
}

// astray counts markup that is meant as text: each has to be written anew.
func (s *scanner) astray(n int) *Error {
	if s.stray += n; s.stray > maxStray {
		return limitError("too much markup that is none", maxStray)
	}
	return nil
}

// aside looks at comments, instructions and declarations. Some stop the parser,
// and each costs it something.
func (s *scanner) aside(kind lexKind, piece []byte) {
	const honest = 1000
	s.asides++
	if kind != lexComment || s.asides > honest || bytes.Contains(piece[4:len(piece)-3], []byte("--")) {
		s.dirty = true
	}
}

func (s *scanner) start(tag []byte, empty bool) *Error {
	if len(tag) > maxTag {
		return limitError("a tag longer than allowed", maxTag)
	}
	if s.elements++; s.elements > maxElements {
		return limitError("too many elements", maxElements)
	}
	inForce, err := s.declarations(tag)
	if err != nil {
		return err
	}
	name := tagName(tag)
	if s.elements == 1 {
		s.begin(name, tag)
	}
	if err := s.look(name, tag); err != nil {
		return err
	}
	foreign := s.foreign(name, tag)
	if err := s.weigh(tag, foreign); err != nil {
		return err
	}
	bases, lang := s.enter(name, tag)
	if empty {
		s.leave()
		return nil
	}
	if s.open = append(s.open, openElement{name: name, xmlns: inForce, foreign: foreign, bases: bases, lang: lang}); len(s.open) > maxDepth {
		return limitError("elements nested too deeply", maxDepth)
	}
	return nil
}

// weigh counts what the parser keeps until it has read the whole document.
func (s *scanner) weigh(tag []byte, foreign bool) *Error {
	if s.inItem > 0 && len(s.open) == s.inItem {
		if s.children++; s.children > maxChildren {
			return limitError("too many elements within items", maxChildren)
		}
	}
	if !foreign {
		return nil
	}
	if s.strange++; s.strange > maxForeign {
		return limitError("too many elements of extensions", maxForeign)
	}
	if s.signs += bytes.Count(tag, []byte("=")); s.signs > maxSigns {
		return limitError("too many attributes", maxSigns)
	}
	return nil
}

// begin learns from the root element what the document is made of.
func (s *scanner) begin(name, tag []byte) {
	s.root = localName(name)
	s.prefix = name[:len(name)-len(s.root)]
	s.alien = !known(tag)
	s.element = []byte("item")
	if bytes.EqualFold(s.root, []byte("feed")) {
		s.element = []byte("entry")
	}
}

// leave notes the end of the present item.
func (s *scanner) leave() {
	if len(s.open) < s.inItem {
		s.inItem = 0
	}
}

// look counts items and finds the base of addresses.
func (s *scanner) look(name, tag []byte) *Error {
	if itemName(localName(name)) {
		if bytes.IndexByte(name, ':') < 0 || len(s.prefix) > 0 && bytes.HasPrefix(name, s.prefix) {
			s.named++
		}
		if len(s.open) < 3 {
			s.items++
		}
	}
	if s.items > maxItems {
		return limitError("too many items", maxItems)
	}
	if s.bases && s.base == "" && len(s.open) < 2 {
		s.base = attribute(tag, "xml:base")
	}
	return nil
}

// declarations counts those of the tag. The parser copies all that are in force
// for each element that adds one, so it is nesting that makes them dangerous;
// publishers who declare on each element anew are harmless.
func (s *scanner) declarations(tag []byte) (inForce int, err *Error) {
	if n := len(s.open); n > 0 {
		inForce = s.open[n-1].xmlns
	}
	n := bytes.Count(tag, []byte("xmlns"))
	inForce += n
	if n > 0 {
		s.aliases.learn(tag)
	}
	if s.xmlns += n; s.xmlns > maxXmlnsAll {
		return 0, limitError("too many xmlns declarations", maxXmlnsAll)
	}
	if inForce > maxXmlns {
		return 0, limitError("too many xmlns declarations", maxXmlns)
	}
	return inForce, nil
}

// gather counts what the parser copies. Of an element of an extension it joins
// the pieces of text one by one, copying all that it has each time.
func (s *scanner) gather(n int) *Error {
	if len(s.open) == 0 {
		return nil
	}
	e := &s.open[len(s.open)-1]
	if !e.foreign {
		return nil
	}
	e.text += n
	if s.copying += e.text; s.copying > maxCopying {
		return limitError("text in too many pieces to be joined", maxCopying)
	}
	return nil
}

// foreign reports whether an element that begins now belongs to an extension,
// as far as its name tells; the parser joins the text of content:encoded at once.
func (s *scanner) foreign(name, tag []byte) bool {
	depth := len(s.open)
	if depth == 0 {
		return false
	}
	parent := s.open[depth-1]
	if parent.foreign {
		return true
	}
	other := bytes.IndexByte(name, ':') >= 0 && !(len(s.prefix) > 0 && bytes.HasPrefix(name, s.prefix))
	if !other && !s.alien && !bytes.Contains(tag, []byte("xmlns=")) {
		return false
	}
	return container(localName(parent.name)) && !bytes.Equal(localName(name), []byte("encoded"))
}

// container knows the elements whose children may be of extensions.
func container(local []byte) bool {
	switch strings.ToLower(string(local)) {
	case "rss", "rdf", "channel", "item", "feed", "entry", "source":
		return true
	}
	return false
}

// known reports whether a root element's own vocabulary is one of a feed.
func known(tag []byte) bool {
	switch space := attribute(tag, "xmlns"); space {
	case "", "http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#", "http://purl.org/rss/1.0/",
		"http://channel.netscape.com/rdf/simple/0.9/", "http://my.netscape.com/rdf/simple/0.9/":
		return true
	}
	return false
}

func itemName(local []byte) bool {
	return len(local) == 4 && bytes.EqualFold(local, []byte("item")) || len(local) == 5 && bytes.EqualFold(local, []byte("entry"))
}

func (s *scanner) close(name []byte) {
	for n := len(s.open) - 1; n >= 0; n-- {
		if bytes.Equal(s.open[n].name, name) {
			s.open = s.open[:n]
			s.ended = s.ended || n == 0 && bytes.EqualFold(localName(name), s.root)
			s.leave()
			return
		}
	}
	s.open = s.open[:0]
	s.leave()
}
