package cap

import (
	"encoding/xml"
	"errors"
	"strings"
)

// A message is what one warning says, or the entry of an index, as it is written.
type message struct {
	identifier, sender, sent string
	status, msgType, scope   string
	references               string
	infos                    []info
	space                    string // of its elements
	left                     int    // blocks that were not read
	cut                      bool   // some text was longer than is kept
}

// An info is one block: what is said in one language about some areas.
type info struct {
	language, event, urgency, severity, certainty string
	effective, onset, expires, ends               string
	senderName, headline, description             string
	instruction, web                              string
	responses, codes, areas, vtec, zones          []string
	images                                        []image
}

// An image is a resource of a block.
type image struct{ address, mime, words string }

// errMany ends a document with more messages than are read.
var errMany = errors.New("the document has more than 5000 messages")

// message reads one warning, and keeps it.
func (r *reader) message(s *scanner, e xml.StartElement) error {
	m, err := readMessage(s, e)
	if err != nil {
		return err
	}
	r.add(m, entry{})
	return r.count()
}

func (r *reader) count() error {
	if r.messages++; r.messages > maxMessages {
		return errMany
	}
	return nil
}

func readMessage(s *scanner, e xml.StartElement) (message, error) {
	m := message{space: e.Name.Space}
	s.cut = false
	err := s.children(func(e xml.StartElement) error {
		if e.Name.Space != m.space {
			return s.skip()
		}
		if e.Name.Local != "info" {
			return m.field(s, e)
		}
		if len(m.infos) >= maxInfos {
			m.left++
			return s.skip()
		}
		var in info
		err := s.children(func(e xml.StartElement) error {
			if e.Name.Space != m.space {
				return s.skip()
			}
			return in.field(s, e)
		})
		m.infos = append(m.infos, in)
		return err
	})
	m.cut = s.cut
	return m, err
}

// field reads an element of a message that is not a block.
func (m *message) field(s *scanner, e xml.StartElement) error {
	switch e.Name.Local {
	case "identifier":
		return s.into(&m.identifier)
	case "sender":
		return s.into(&m.sender)
	case "sent":
		return s.into(&m.sent)
	case "status":
		return s.into(&m.status)
	case "msgType", "message_type": // the second is what European indexes write
		return s.into(&m.msgType)
	case "scope":
		return s.into(&m.scope)
	case "references":
		return s.into(&m.references)
	}
	return s.skip()
}

// field reads an element of a block. Anything else is skipped: notes, contacts and what
// vendors add are not for the public.
func (in *info) field(s *scanner, e xml.StartElement) error {
	if f := in.single(e.Name.Local); f != nil {
		return s.into(f)
	}
	switch e.Name.Local {
	case "responseType":
		return appendText(s, &in.responses)
	case "areaDesc":
		return appendText(s, &in.areas)
	case "eventCode":
		return pairs(s, func(_, value string) { add(&in.codes, value) })
	case "parameter":
		return pairs(s, in.parameter)
	case "geocode":
		return pairs(s, in.geocode)
	case "resource":
		return in.resource(s)
	case "area":
		return s.children(func(e xml.StartElement) error {
			if e.Name.Local == "areaDesc" || e.Name.Local == "geocode" {
				return in.field(s, e)
			}
			return s.skip()
		})
	}
	return s.skip()
}

// single is the field of an element that occurs once.
func (in *info) single(name string) *string {
	switch name {
	case "language":
		return &in.language
	case "event":
		return &in.event
	case "urgency":
		return &in.urgency
	case "severity":
		return &in.severity
	case "certainty":
		return &in.certainty
	case "effective":
		return &in.effective
	case "onset":
		return &in.onset
	case "expires":
		return &in.expires
	case "senderName":
		return &in.senderName
	case "headline":
		return &in.headline
	case "description":
		return &in.description
	case "instruction":
		return &in.instruction
	case "web":
		return &in.web
	}
	return nil
}

// parameter keeps the two that the US National Weather Service tells an event's end,
// and its number, with.
func (in *info) parameter(name, value string) {
	switch {
	case strings.EqualFold(name, "eventEndingTime"):
		if in.ends == "" {
			in.ends = value
		}
	case strings.EqualFold(name, "VTEC"):
		add(&in.vtec, value)
	}
}

// geocode keeps the zones that tell the places of one event apart.
func (in *info) geocode(name, value string) {
	if name == "UGC" || name == "SAME" || name == "FIPS6" {
		add(&in.zones, name+" "+value)
	}
}

func (in *info) resource(s *scanner) error {
	var im image
	err := s.children(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "resourceDesc":
			return s.into(&im.words)
		case "mimeType":
			return s.into(&im.mime)
		case "uri":
			return s.into(&im.address)
		}
		return s.skip()
	})
	if im.address != "" && len(in.images) < maxValues {
		in.images = append(in.images, im)
	}
	return err
}

// pairs reads names and values, of which indexes have several in one element.
func pairs(s *scanner, do func(name, value string)) error {
	var name string
	return s.children(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "valueName":
			name = ""
			return s.into(&name)
		case "value":
			var value string
			err := s.into(&value)
			do(name, value)
			return err
		}
		return s.skip()
	})
}

func appendText(s *scanner, list *[]string) error {
	var text string
	err := s.into(&text)
	add(list, text)
	return err
}

// add appends a value that is not empty, up to a bound.
func add(list *[]string, value string) {
	if value != "" && len(*list) < maxValues {
		*list = append(*list, value)
	}
}
