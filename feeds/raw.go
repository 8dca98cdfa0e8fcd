package feeds

import (
	"bytes"
	"regexp"
	"strings"
)

// A form is what a document is, as far as service alerts go.
type form int

const (
	plainFeed  form = iota // a feed, or nothing that holds alerts
	alertsOnly             // alerts in a form that is no feed
	alertFeed              // a feed whose items are alerts
)

// Read makes a Result of a document that did not come by a fetcher, such as a file.
// Of s counts what is expected. Errors are those of Parse.
func Read(body []byte, s Source, in Input) (Result, error) {
	r := Result{BodyHash: imprint(body), Bytes: int64(len(body))}
	alerts, isFeed, err := raw(body, in.ContentType, in.Base, s)
	if r.Raw = alerts; err != nil || !isFeed {
		return r, err
	}
	r.Document, err = Parse(body, in)
	if err != nil && alerts != nil {
		return r, nil // whoever reads alerts says what is wrong with it
	}
	return r, err
}

// raw is an answer as it came, where it holds service alerts, and whether it is a feed
// as well.
func raw(body []byte, mime, url string, s Source) (*Raw, bool, error) {
	plain, err := unpackBytes(body)
	if err != nil {
		return nil, true, err
	}
	form := formOf(plain, s)
	if form == plainFeed {
		return nil, true, nil
	}
	r := &Raw{Body: bytes.Clone(plain), Kind: kindOf(plain), Mime: mime, URL: url}
	return r, form == alertFeed, nil
}

// kindOf names what alerts are in, where the bytes themselves say so.
func kindOf(body []byte) Kinds {
	start := bytes.TrimLeft(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), " \t\r\n")
	switch {
	case protobufStart(body), len(start) > 0 && start[0] == '{' && gtfsJSON(start):
		return GTFSKind
	case len(start) > 0 && start[0] == '<' && (capWords(start) || strings.EqualFold(documentElement(start), "alert")):
		return CAPKind
	}
	return AnyKind
}

// capWords reports whether a document speaks of CAP: by its namespace, or by the type of
// what it links to.
func capWords(text []byte) bool {
	return bytes.Contains(text, []byte("urn:oasis:names:tc:emergency:cap:")) || bytes.Contains(text, []byte("application/cap+xml"))
}

// formOf goes by the first bytes, and by what is expected.
func formOf(body []byte, s Source) form {
	start := bytes.TrimLeft(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), " \t\r\n")
	expected := s.Alerts || s.Kind == GTFSKind || s.Kind == CAPKind
	switch {
	case s.Kind == FeedKind && !s.Alerts || s.Kind == SitemapKind:
		return plainFeed
	case len(start) > 0 && start[0] == '<' && strings.EqualFold(documentElement(start), "html"):
		return plainFeed // that is known to be no feed, and perhaps to be a wall
	case s.Kind == GTFSKind, protobufStart(body), bytes.Contains(start[:min(len(start), 1<<10)], []byte("gtfs_realtime_version:")):
		return alertsOnly // the last is protobuf as text, which is told what it is
	case len(start) > 0 && start[0] == '{' && gtfsJSON(start):
		return alertsOnly
	case len(start) > 0 && start[0] == '<':
		return xmlForm(start, expected, s.Articles)
	case len(start) > 0 && start[0] == '{' && s.Kind != CAPKind && expected:
		return alertFeed // a JSON Feed
	case expected:
		return alertsOnly // whoever reads it says what is wrong
	}
	return plainFeed
}

// protobufStart reports whether bytes begin as a FeedMessage of GTFS-Realtime does: with
// a header whose first field is the version, such as "2.0". A newline alone, which
// has the same code as the first byte, does not look so.
func protobufStart(b []byte) bool {
	return regexp.MustCompile(`(?s)^\x0a[\x05-\x7f]\x0a[\x03-\x08][0-9]\.[0-9]`).Match(b[:min(len(b), 32)])
}

// gtfsJSON reports whether a JSON object is GTFS-Realtime: its header names the version.
// Where the header comes last, it does so at the end.
func gtfsJSON(b []byte) bool {
	const far = 4 << 10
	for _, part := range [][]byte{b[:min(len(b), far)], b[max(0, len(b)-far):]} {
		if bytes.Contains(part, []byte(`"gtfs_realtime_version"`)) || bytes.Contains(part, []byte(`"gtfsRealtimeVersion"`)) {
			return true
		}
	}
	return false
}

// xmlForm tells messages of CAP and SIRI from feeds, and feeds that list CAP messages
// from others.
func xmlForm(text []byte, expected, articles bool) form {
	switch root := strings.ToLower(documentElement(text)); root {
	case "alert", "edxldistribution", "alerts", "siri":
		return alertsOnly
	case "feed", "rss", "rdf":
		if expected || capWords(text) && !articles {
			return alertFeed
		}
	default:
		if bytes.Contains(text[:min(len(text), 2<<10)], []byte("siri.org.uk")) {
			return alertsOnly
		}
		if expected && findRoot(text) < 0 {
			return alertsOnly
		}
		if expected {
			return alertFeed
		}
	}
	return plainFeed
}

// documentElement is the local name of the first element.
func documentElement(text []byte) string {
	l := lexer{b: text}
	for x, ok := l.next(); ok; x, ok = l.next() {
		switch x.kind {
		case lexDirective:
			l.pos = afterDoctype(text, x)
		case lexStart, lexEmpty:
			return string(localName(tagName(text[x.start:x.end])))
		case lexCut:
			return ""
		}
	}
	return ""
}
