package cap

import (
	"encoding/xml"
	"strings"
)

// envelope reads the messages anywhere in an element. What EDXL-DE says of all of its
// contents holds for each: they are exercises, or tests, if it is.
func (r *reader) envelope(s *scanner, e xml.StartElement) error {
	if e.Name.Local == "EDXLDistribution" {
		r.setFormat("CAP in EDXL-DE")
	} else {
		r.setFormat("CAP, a list of messages")
	}
	space, real, foreign := e.Name.Space, true, false
	var walk func(e xml.StartElement) error
	walk = func(e xml.StartElement) error {
		switch {
		case e.Name.Local == "alert" && isCAP(e.Name.Space):
			if !real {
				return s.skip()
			}
			return r.message(s, e)
		case e.Name.Local == "distributionStatus" && e.Name.Space == space:
			var status string
			err := s.into(&status)
			if !strings.EqualFold(status, "Actual") {
				real = false
				r.skipped.add("the envelope's contents: its status is %q, so they are not for the public", short(status))
			}
			return err
		case e.Name.Local == "Signature":
			return s.skip()
		}
		foreign = true
		return s.children(walk)
	}
	before := r.messages
	err := s.children(walk)
	if err == nil && r.messages == before && real && foreign {
		return r.holdsNone(e)
	}
	return err
}

// holdsNone says what an envelope is that has something in it, and no message.
func (r *reader) holdsNone(e xml.StartElement) error {
	if e.Name.Local != "EDXLDistribution" { // a list of something else
		return ErrNone
	}
	r.notes.add("the envelope holds no CAP message")
	return nil
}
