// Package cap reads warnings in the Common Alerting Protocol of OASIS, versions 1.0
// to 1.2, and makes alerts of them.
//
// A document is a message (alert), several of them in an envelope (EDXL-DE, or a list
// of messages), or an index: an Atom or RSS document whose entries carry a message,
// point to one, or hold some of its fields themselves, as the index of the US National
// Weather Service does. What an index points to is fetched by others, and handed in
// with the document the next time (see [alerts.Reading.Missing]).
//
// Only what is Actual and Public becomes an alert. Tests, exercises, drafts and
// messages for some people only are named in Reading.Skipped, and nothing but their
// identifier is.
//
// The way of a document: bytes to UTF-8 (decode.go); elements one by one, within bounds
// (scan.go), to messages (message.go, envelope.go) and entries (feed.go, entry.go); what
// may be told (judge.go); a message to an alert (build.go, texts.go, period.go, names.go,
// vtec.go); and last which of them take the place of which (chain.go). Neither polygons
// nor signatures are read, and no address in a document is ever followed here.
package cap

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"spool/alerts"
)

// Bounds that cannot be configured. Fetching has bounds of its own, which are lower.
const (
	maxBody       = 16 << 20 // bytes of a document
	maxDepth      = 100      // elements within one another
	maxElements   = 400_000  // of a document
	maxMessages   = 5_000    // of a document, and entries of an index
	maxInfos      = 200      // blocks of a message
	maxValues     = 1_000    // areas, codes and parameters of a block, each
	maxReferences = 500      // of a message
	maxPointers   = 500      // messages of an index that are to be fetched
	maxText       = 64 << 10 // bytes of an element's text that are kept
	maxSays       = 50       // notes, and skipped entries, that are named one by one
)

// The kinds of names that alerts of this package are known by, beside those of package
// alerts some of its own.
const (
	byTriple  = alerts.NameCAP + ":" // sender,identifier,sent: the identity that the standard names
	byPair    = "cap-id:"            // sender,identifier
	byEntry   = alerts.NameID + ":"  // the id of an index's entry
	byAddress = alerts.NameURL + ":" // of the message
	byEvent   = "vtec:"              // the US National Weather Service's number of an event, with its place
)

// ErrNone is the error of Read for a document that is something else.
var ErrNone = errors.New("not a CAP message, nor an index of such")

// Read makes alerts of a message, of several in an envelope, or of an index. Its error
// says in plain words what is wrong with the document; one message of several that
// cannot be used is named in Skipped instead, and makes the reading Partial.
//
// Stamp stays zero: what a message or an index says of its time is when it last
// changed, so a quiet source would look like a broken one. Digest is left to others.
func Read(doc alerts.Document) (alerts.Reading, error) {
	body, err := decode(doc.Body)
	if err != nil {
		return alerts.Reading{}, fmt.Errorf("cap: %w", err)
	}
	r := &reader{doc: doc, seen: map[string]bool{}, loc: doc.Location}
	if r.loc == nil {
		r.loc = time.UTC
	}
	if err := r.document(newScanner(body)); err != nil {
		return alerts.Reading{}, fmt.Errorf("cap: %w", err)
	}
	return r.finish(), nil
}

// A reader reads one document.
type reader struct {
	doc  alerts.Document
	loc  *time.Location
	seen map[string]bool // pointers that were handed out

	format   string
	found    []found
	missing  []alerts.Pointer
	partial  bool
	messages int
	notes    says
	skipped  says
}

// A says is a bounded list of sentences for people, each once.
type says struct {
	lines []string
	more  int
}

func (s *says) add(format string, args ...any) {
	line := fmt.Sprintf(format, args...)
	for _, l := range s.lines {
		if l == line {
			return
		}
	}
	if len(s.lines) >= maxSays {
		s.more++
		return
	}
	s.lines = append(s.lines, line)
}

func (s *says) all(what string) []string {
	if s.more == 0 {
		return s.lines
	}
	return append(s.lines, fmt.Sprintf("and %d more %s", s.more, what))
}

// document reads what is at the root, and whatever follows it.
func (r *reader) document(s *scanner) error {
	known := false
	for {
		root, more, err := s.root()
		if err != nil || !more {
			if err == nil && !known {
				return ErrNone
			}
			return err
		}
		known = true
		switch shapeOf(root) {
		case Message:
			r.setFormat(edition(root.Name.Space))
			err = r.message(s, root)
		case Envelope:
			err = r.envelope(s, root)
		case Index:
			err = r.index(s, root)
		default:
			return ErrNone
		}
		if err != nil {
			return err
		}
	}
}

func (r *reader) setFormat(format string) {
	if r.format == "" {
		r.format = format
	}
}

// finish puts the reading together.
func (r *reader) finish() alerts.Reading {
	list, withdrew := settle(r.found)
	return alerts.Reading{
		Format: r.format, Alerts: list, Withdrew: withdrew, Missing: r.missing, Log: r.doc.Log,
		Partial: r.partial,
		Skipped: r.skipped.all("could not be used"), Notes: r.notes.all("repairs"),
	}
}

// short is a text of the document, fit to be quoted in a sentence.
func short(s string) string {
	s = strings.ToValidUTF8(strings.Join(strings.Fields(s), " "), "")
	if runes := []rune(s); len(runes) > 80 {
		s = string(runes[:80]) + "…"
	}
	return s
}
