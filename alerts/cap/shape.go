package cap

import (
	"bytes"
	"encoding/xml"
	"strings"
)

// A Shape is what a document is.
type Shape string

// The shapes.
const (
	None     Shape = ""         // nothing of CAP
	Message  Shape = "message"  // one warning
	Envelope Shape = "envelope" // EDXL-DE, or a list of warnings
	Index    Shape = "index"    // Atom or RSS
)

// Looks tells what a document is, from its root and without reading all of it. An Atom
// or RSS document is an index only if it uses CAP's names: see [LooksLinked].
func Looks(body []byte) Shape {
	text, err := decode(body)
	if err != nil {
		return None
	}
	root, ok, err := newScanner(text).root()
	if err != nil || !ok {
		return looksRefused(text)
	}
	shape := shapeOf(root)
	if shape == Index && !speaksCAP(text) {
		return None
	}
	return shape
}

// looksRefused tells whether a document that cannot be read was meant to be CAP, so
// that its refusal is about that.
func looksRefused(text []byte) Shape {
	if bytes.Contains(text, []byte("<alert")) && bytes.Contains(text, []byte(namespaces)) {
		return Message
	}
	return None
}

// Root is the name of a document's first element; false: it is not XML.
func Root(body []byte) (xml.Name, bool) {
	text, err := decode(body)
	if err != nil {
		return xml.Name{}, false
	}
	root, ok, err := newScanner(text).root()
	return root.Name, ok && err == nil
}

// LooksLinked tells whether an Atom or RSS document is an index though it never
// mentions CAP: every entry links to a file of its own that ends in .cap or .xml.
func LooksLinked(links []string) bool {
	for _, l := range links {
		if !fileOf(l) {
			return false
		}
	}
	return len(links) > 0
}

// namespaces begins the names of all versions since 1.1.
const namespaces = "urn:oasis:names:tc:emergency:cap:"

// speaksCAP looks for what only an index of CAP has.
func speaksCAP(text []byte) bool {
	return bytes.Contains(text, []byte(namespaces)) || bytes.Contains(text, []byte("application/cap+xml"))
}

func shapeOf(root xml.StartElement) Shape {
	switch root.Name.Local {
	case "alert":
		if isCAP(root.Name.Space) || root.Name.Space == "" {
			return Message
		}
	case "EDXLDistribution", "alerts":
		return Envelope
	case "feed", "rss", "RDF":
		return Index
	}
	return None
}

// isCAP tells whether a namespace is that of some version of CAP.
func isCAP(space string) bool {
	return strings.HasPrefix(space, namespaces) || strings.HasPrefix(space, "http://www.incident.com/cap/")
}

// edition is a namespace's version of CAP, for people.
func edition(space string) string {
	if v, ok := strings.CutPrefix(space, namespaces); ok && len(v) < 8 {
		return "CAP " + v
	}
	return "CAP"
}
