package cap

import (
	"cmp"
	"encoding/xml"
	"strings"
	"time"
)

// An entry is what an index says of one message.
type entry struct {
	id      string    // as the index calls it
	names   []string  // that the message is known by besides its own
	page    string    // for people
	updated time.Time // when the entry changed, where the message does not say when it was sent
	inline  bool      // the message is made of what the index itself says
}

// called is how a message is spoken of.
func (e entry) called(m message) string {
	switch {
	case m.identifier != "":
		return "message " + short(m.identifier)
	case e.id != "":
		return "entry " + short(e.id)
	}
	return "a message without an identifier"
}

// A rawEntry is an entry as it is written.
type rawEntry struct {
	id, guid, title, summary, updated, published string
	links                                        []link
	fields                                       message // of its elements in a namespace of CAP
	block                                        info
	speaks                                       bool      // it has such elements
	messages                                     []message // that it carries whole
}

type link struct{ address, rel, mime string }

// index reads the entries of an Atom or RSS document.
func (r *reader) index(s *scanner, root xml.StartElement) error {
	r.setFormat("CAP, an index in " + map[string]string{"feed": "Atom", "rss": "RSS", "RDF": "RSS"}[root.Name.Local])
	language := attribute(root, "lang")
	var walk func(e xml.StartElement) error
	walk = func(e xml.StartElement) error {
		switch e.Name.Local {
		case "entry", "item":
			raw, err := readEntry(s, e.Name.Space)
			if err != nil {
				return err
			}
			if err := r.count(); err != nil {
				return err
			}
			if raw.block.language == "" {
				raw.block.language = language
			}
			r.entry(raw)
			return nil
		case "channel":
			return s.children(walk)
		case "language":
			return s.into(&language)
		}
		return s.skip()
	}
	return s.children(walk)
}

func attribute(e xml.StartElement, local string) string {
	for _, a := range e.Attr {
		if a.Name.Local == local {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}

// readEntry reads an entry whose own elements are in a namespace; extensions have titles
// and descriptions too.
func readEntry(s *scanner, space string) (rawEntry, error) {
	var raw rawEntry
	s.cut = false
	err := s.children(func(e xml.StartElement) error {
		if isCAP(e.Name.Space) {
			return raw.speak(s, e)
		}
		if e.Name.Space == space {
			if f := raw.single(e.Name.Local); f != nil {
				return s.into(f)
			}
		}
		switch e.Name.Local {
		case "date": // of Dublin Core
			return s.into(&raw.updated)
		case "link":
			return raw.link(s, e)
		case "enclosure":
			raw.point(link{attribute(e, "url"), "enclosure", attribute(e, "type")})
		case "content":
			raw.point(link{attribute(e, "src"), "content", attribute(e, "type")})
			return s.children(func(e xml.StartElement) error { return raw.carry(s, e) })
		}
		return s.skip()
	})
	raw.fields.cut = s.cut
	return raw, err
}

// single is the field of an element that occurs once.
func (raw *rawEntry) single(name string) *string {
	switch name {
	case "id":
		return &raw.id
	case "guid":
		return &raw.guid
	case "title":
		return &raw.title
	case "summary", "description":
		return &raw.summary
	case "updated":
		return &raw.updated
	case "published", "pubDate":
		return &raw.published
	}
	return nil
}

// speak reads an element of CAP in an entry.
func (raw *rawEntry) speak(s *scanner, e xml.StartElement) error {
	if e.Name.Local == "alert" {
		return raw.carry(s, e)
	}
	raw.speaks = true
	switch e.Name.Local {
	case "identifier", "sender", "sent", "status", "msgType", "message_type", "scope", "references":
		return raw.fields.field(s, e)
	}
	return raw.block.field(s, e)
}

// carry reads a whole message in an entry.
func (raw *rawEntry) carry(s *scanner, e xml.StartElement) error {
	if e.Name.Local != "alert" || !isCAP(e.Name.Space) || len(raw.messages) >= maxInfos {
		return s.skip()
	}
	m, err := readMessage(s, e)
	raw.messages = append(raw.messages, m)
	return err
}

// link reads an Atom link, which is an attribute, or an RSS one, which is a text.
func (raw *rawEntry) link(s *scanner, e xml.StartElement) error {
	l := link{attribute(e, "href"), attribute(e, "rel"), attribute(e, "type")}
	text, err := s.text()
	l.address = cmp.Or(l.address, strings.TrimSpace(text))
	raw.point(l)
	return err
}

func (raw *rawEntry) point(l link) {
	if l.address != "" && len(raw.links) < maxValues {
		raw.links = append(raw.links, l)
	}
}
