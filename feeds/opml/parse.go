package opml

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"spool/feeds"
)

// Parse reads a list. It fails when the file is no OPML, or beyond the limits;
// an entry that is of no use is left out, with a note.
func Parse(file []byte) (List, error) {
	if len(file) > MaxBytes {
		return List{}, fmt.Errorf("the file is larger than %d MiB", MaxBytes>>20)
	}
	text, notes, err := feeds.Text(file, "")
	if err != nil {
		return List{}, fmt.Errorf("%w: %w", ErrNotOPML, err)
	}
	p := &parser{known: map[string]int{}}
	for _, n := range notes {
		p.note("%s", n)
	}
	start := root(text)
	if start < 0 {
		return List{}, fmt.Errorf("%w: it has no <opml> element", ErrNotOPML)
	}
	if err := p.read(text[start:]); err != nil {
		return List{}, err
	}
	return p.list, nil
}

// root is where the document begins: in front of it may be a declaration of
// another encoding, or what a program printed.
func root(text []byte) int {
	const within = 64 << 10
	at := rootTag.FindIndex(text[:min(len(text), within)])
	if at == nil {
		return -1
	}
	return at[0]
}

var rootTag = regexp.MustCompile(`(?i)<([a-z0-9]+:)?opml[\s/>]`)

// A parser is the work on one file.
type parser struct {
	list    List
	known   map[string]int // index in list.Feeds, by address
	folders []string       // open now; "" for an outline that is none
	lines   int
	left    int // notes that were too many
	inTitle bool
	done    bool
}

func (p *parser) note(format string, values ...any) {
	if len(p.list.Notes) >= maxNotes {
		p.left++
		return
	}
	p.list.Notes = append(p.list.Notes, fmt.Sprintf(format, values...))
}

// read goes through the tags one by one. What is not well formed is read up to
// where it breaks.
func (p *parser) read(text []byte) error {
	d := xml.NewDecoder(bytes.NewReader(text))
	d.Strict = false
	d.Entity = xml.HTMLEntity
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // it is UTF-8 by now
	for !p.done {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			p.note("the file ends early: the end of the list is missing")
			break
		}
		if err != nil {
			if len(p.list.Feeds) == 0 {
				return fmt.Errorf("the file is broken: %w", err)
			}
			p.note("the file is broken after %d feeds, and what follows was not read: %v", len(p.list.Feeds), err)
			break
		}
		if err := p.token(token); err != nil {
			return err
		}
	}
	if p.left > 0 {
		p.list.Notes = append(p.list.Notes, fmt.Sprintf("… and %d more", p.left))
	}
	return nil
}

func (p *parser) token(token xml.Token) error {
	switch t := token.(type) {
	case xml.StartElement:
		return p.start(t)
	case xml.EndElement:
		p.end(strings.ToLower(t.Name.Local))
	case xml.CharData:
		if p.inTitle {
			p.list.Title = title(p.list.Title + string(t))
		}
	}
	return nil
}

func (p *parser) start(t xml.StartElement) error {
	switch strings.ToLower(t.Name.Local) {
	case "title":
		p.inTitle = true
	case "outline":
		return p.outline(attributes(t))
	}
	return nil
}

func (p *parser) end(name string) {
	switch name {
	case "title":
		p.inTitle = false
	case "outline":
		if len(p.folders) > 0 {
			p.folders = p.folders[:len(p.folders)-1]
		}
	case "opml":
		p.done = true
	}
}

// attributes are those of an outline by their names in lower case; of one that
// is given twice the first that says something.
func attributes(t xml.StartElement) map[string]string {
	out := map[string]string{}
	for _, a := range t.Attr {
		name := strings.ToLower(a.Name.Local)
		if value := strings.TrimSpace(a.Value); out[name] == "" {
			out[name] = value
		}
	}
	return out
}
