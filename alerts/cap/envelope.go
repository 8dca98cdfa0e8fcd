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
	space, real := e.Name.Space, true
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
		return s.children(walk)
	}
	return s.children(walk)
}
