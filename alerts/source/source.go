// Package source reads whatever form a publisher's service alerts come in: it looks at
// the bytes, not at what the server calls them, and hands them to the reader of that
// form: gtfsrt, or cap. What is an RSS, Atom or JSON feed without more is read here,
// item by item (rss.go, words.go). Anything else is refused, with what it is and what to do
// (refuse.go).
package source

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"

	"spool/alerts"
	"spool/alerts/cap"
	"spool/alerts/gtfsrt"
)

// A Reader makes alerts of documents. Its zero value is ready for use, by several at once.
type Reader struct{}

// Read makes alerts of a document. Its errors are for people: they say what the
// document is, and what can be done. The reading's Digest is set.
func (Reader) Read(doc alerts.Document) (alerts.Reading, error) {
	r, err := read(doc)
	if err != nil {
		return alerts.Reading{}, err
	}
	if r.Digest == "" {
		r.Digest = digest(r)
	}
	return r, nil
}

func read(doc alerts.Document) (alerts.Reading, error) {
	switch kind, _ := Looks(doc.Body); {
	case kind == GTFS:
		return gtfsrt.Read(doc)
	case kind == CAP, cap.LooksLinked(links(doc)):
		r, err := cap.Read(doc)
		if errors.Is(err, cap.ErrNone) {
			return r, refuse(doc)
		}
		return r, err
	case len(doc.Items) > 0, isFeed(doc.Body):
		return readItems(doc), nil
	}
	return alerts.Reading{}, refuse(doc)
}

// The kinds of documents that can be told by their bytes, as the configuration calls them.
const (
	GTFS = "gtfs-rt"
	CAP  = "cap"
)

// Looks tells what kind of alerts a document holds, from its bytes; false: none that can
// be told without knowing that its items are alerts.
func Looks(body []byte) (kind string, ok bool) {
	switch {
	case gtfsrt.Looks(body):
		return GTFS, true
	case cap.Looks(body) != cap.None:
		return CAP, true
	}
	return "", false
}

// links are those of a feed's items, if each has one of its own: many feeds link to
// themselves.
func links(doc alerts.Document) []string {
	if len(doc.Items) == 0 || !isFeed(doc.Body) {
		return nil
	}
	seen := map[string]bool{doc.URL: true}
	out := make([]string, len(doc.Items))
	for i, it := range doc.Items {
		if seen[it.Link] {
			return nil
		}
		seen[it.Link] = true
		out[i] = it.Link
	}
	return out
}

// digest is of all that a reading says but its stamp.
func digest(r alerts.Reading) string {
	h := sha256.New()
	e := json.NewEncoder(h)
	for _, part := range []any{r.Alerts, r.Withdrew, r.Missing, r.Skipped, r.Partial} {
		if err := e.Encode(part); err != nil { // of years that JSON cannot write, which no reader lets in
			return ""
		}
	}
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:18])
}
