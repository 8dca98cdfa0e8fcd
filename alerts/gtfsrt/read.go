// Package gtfsrt reads service alerts in GTFS-Realtime: the protobuf form of the
// specification, and the JSON forms that agencies publish of it.
//
// [Read] takes only what the specification names, and of the fields that agencies add
// in JSON only those listed in jsonfields.go and jsontexts.go: a note that is meant for
// the agency itself has no way in. Extensions, trip updates and vehicles are passed over
// without being decoded.
//
// The way of a document: what the bytes are (form.go); its entities, from protobuf
// (wire.go, wirefields.go, wireparts.go) or JSON (cursor.go, jsonfields.go,
// jsontexts.go), become records (record.go), which are the two forms' common ground;
// records become alerts (convert.go) in plain text (text.go, markup.go, language.go), with the names that
// they can be known again by (names.go).
//
// Everything is bounded, by the constants in this file: what exceeds them is cut and
// said so in the reading's notes, and what cannot be read is named with its place.
package gtfsrt

import (
	"bytes"
	"errors"
	"fmt"

	"spool/alerts"
)

// What is taken of a document at most.
const (
	maxBody         = 8 << 20 // bytes
	maxAlerts       = 5_000
	maxAllSelectors = 100_000 // of all alerts
	maxDepth        = 100     // of JSON; protobuf is as deep as its fields
	maxReasons      = 50      // lines of Skipped and of Notes
)

// What is taken of one alert at most.
const (
	maxPeriods      = 200
	maxSelectors    = 2_000
	maxTranslations = 50      // of one text
	maxPictures     = 4       // in one language
	maxText         = 10_000  // characters of one text
	maxMarkup       = 80_000  // bytes of one text with its markup
	maxWords        = 200_000 // characters of all texts
	maxName         = 300     // bytes of an id, of the alert or of what it affects
	maxURL          = 2_000   // bytes
)

// Read reads a document. It fails, saying what the bytes are instead and what can be
// done, when they are not GTFS-Realtime, or are so broken that nobody can say what
// belongs to which alert. An entity that cannot be read alone is left out and named in
// Reading.Skipped, and the reading is then Partial.
func Read(doc alerts.Document) (alerts.Reading, error) {
	if len(doc.Body) > maxBody {
		return alerts.Reading{}, fmt.Errorf("the document has %d bytes: more than %d are not read", len(doc.Body), maxBody)
	}
	body := bytes.TrimPrefix(doc.Body, []byte("\xef\xbb\xbf"))
	r := newReader(doc)
	var err error
	switch {
	case wireForm(body):
		err = r.wire(body)
	case startsLikeJSON(body):
		err = r.json(body)
	default:
		err = refusal(body)
	}
	if err != nil {
		return alerts.Reading{}, err
	}
	return r.reading(), nil
}

// Looks reports whether bytes are GTFS-Realtime, as protobuf or JSON. It looks at the
// header alone, so what follows may be broken or hold no alerts.
func Looks(body []byte) bool {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	return wireForm(body) || startsLikeJSON(body) && namesVersion(body)
}

// namesVersion reports whether JSON has the member that every header of GTFS-Realtime has.
func namesVersion(body []byte) bool {
	return bytes.Contains(body, []byte(`"gtfs_realtime_version"`)) || bytes.Contains(body, []byte(`"gtfsRealtimeVersion"`))
}

// A header is what a document says of itself.
type header struct {
	found        bool
	version      string
	differential bool
	stamp        uint64
	from, stamps int // of JSON: where the last of so many timestamps begins
}

var errDifferential = errors.New("the document is differential (it lists only what has changed): the specification does not " +
	"say how to read that; ask the agency for the address of its full data set")

// take checks a header and notes what it says.
func (r *reader) take(h header) error {
	if h.differential {
		return errDifferential
	}
	stamp, why := moment(h.stamp)
	if why != "" {
		r.note("the header's timestamp "+why, "")
	}
	if r.out.Stamp = stamp; !stamp.IsZero() {
		r.seconds = uint64(stamp.Unix())
	}
	if h.version == "" {
		r.note("the header does not say which version of GTFS-Realtime it is", "")
	}
	return nil
}
