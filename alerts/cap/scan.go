package cap

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// A scanner hands out the elements of a document one by one, within the bounds of this
// package. Nothing of the document is kept but the texts that are asked for.
type scanner struct {
	dec      *xml.Decoder
	depth    int
	elements int
	cut      bool // some text was longer than maxText
}

func newScanner(body []byte) *scanner {
	dec := xml.NewDecoder(bytes.NewReader(body))
	dec.Entity = xml.HTMLEntity // of RSS; each is a single character
	dec.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	return &scanner{dec: dec}
}

// errDTD is what is said of documents with declarations: entities are how a small
// document becomes a huge one, or makes its reader fetch something.
var errDTD = errors.New("the document has a document type definition (DTD), which is never followed: CAP has no use for one, so ask whoever publishes it to leave it out")

// next is the next token, counted.
func (s *scanner) next() (xml.Token, error) {
	tok, err := s.dec.Token()
	if err != nil {
		return nil, s.broken(err)
	}
	switch tok.(type) {
	case xml.Directive:
		return nil, errDTD
	case xml.StartElement:
		s.depth++
		s.elements++
		if s.depth > maxDepth {
			return nil, fmt.Errorf("the document has elements nested more than %d deep", maxDepth)
		}
		if s.elements > maxElements {
			return nil, fmt.Errorf("the document has more than %d elements", maxElements)
		}
	case xml.EndElement:
		s.depth--
	}
	return tok, nil
}

func (s *scanner) broken(err error) error {
	if errors.Is(err, io.EOF) {
		return io.EOF
	}
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		if syntax.Msg == "unexpected EOF" {
			return errors.New("the document is cut off: it ends in the middle")
		}
		return fmt.Errorf("the document is not well-formed XML: line %d: %s", syntax.Line, short(syntax.Msg))
	}
	return fmt.Errorf("the document is not well-formed XML: %s", short(err.Error()))
}

// root is the next element outside of all others; false: there is none.
func (s *scanner) root() (xml.StartElement, bool, error) {
	for {
		tok, err := s.next()
		if errors.Is(err, io.EOF) {
			return xml.StartElement{}, false, nil
		}
		if err != nil {
			return xml.StartElement{}, false, err
		}
		if start, ok := tok.(xml.StartElement); ok {
			return start, true, nil
		}
	}
}

// inner is next, within an element.
func (s *scanner) inner() (xml.Token, error) {
	tok, err := s.next()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the document is cut off: it ends in the middle")
	}
	return tok, err
}

// children calls do for each element in the one that has just begun, up to its end. do
// reads its element to the end: with children, text or skip.
func (s *scanner) children(do func(e xml.StartElement) error) error {
	for {
		tok, err := s.inner()
		if err != nil {
			return err
		}
		switch t := tok.(type) {
		case xml.StartElement:
			if err := do(t); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		}
	}
}

// text is what is written in the element that has just begun, and reads it to its end.
// Of elements in it only the texts count.
func (s *scanner) text() (string, error) {
	var b strings.Builder
	for level := 1; level > 0; {
		tok, err := s.inner()
		if err != nil {
			return "", err
		}
		switch t := tok.(type) {
		case xml.StartElement:
			level++
		case xml.EndElement:
			level--
		case xml.CharData:
			if b.Len()+len(t) > maxText {
				s.cut = true
				t = t[:max(0, maxText-b.Len())]
			}
			b.Write(t)
		}
	}
	return strings.ToValidUTF8(b.String(), ""), nil
}

// into reads the text of the element that has just begun into a field that is still empty.
func (s *scanner) into(field *string) error {
	text, err := s.text()
	if err == nil && *field == "" {
		*field = strings.TrimSpace(text)
	}
	return err
}

// skip reads the element that has just begun to its end.
func (s *scanner) skip() error {
	for level := 1; level > 0; {
		tok, err := s.inner()
		if err != nil {
			return err
		}
		switch tok.(type) {
		case xml.StartElement:
			level++
		case xml.EndElement:
			level--
		}
	}
	return nil
}
