package source

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"spool/alerts"
	"spool/alerts/cap"
	"spool/alerts/gtfsrt"
)

// isFeed tells whether a document is RSS, RDF, Atom or a JSON Feed, which may well list
// nothing.
func isFeed(body []byte) bool {
	if root, ok := cap.Root(body); ok {
		return root.Local == "rss" || root.Local == "feed" || root.Local == "RDF"
	}
	begin := bytes.TrimLeft(body[:min(len(body), 4096)], "\xef\xbb\xbf \t\r\n")
	return bytes.HasPrefix(begin, []byte("{")) && bytes.Contains(begin, []byte("jsonfeed.org/version"))
}

const wanted = "ask the agency for its service alerts as GTFS-Realtime, CAP or RSS"

// refuse says what a document is that holds no alerts that can be read, and what to do.
// Nothing of the document is quoted but the name of its first element.
func refuse(doc alerts.Document) error {
	body := bytes.TrimLeft(bytes.TrimPrefix(doc.Body, []byte("\xef\xbb\xbf")), " \t\r\n")
	switch {
	case maybeWire(doc.Body):
		_, err := gtfsrt.Read(doc) // it knows where the bytes are broken
		return err
	case len(body) == 0:
		return errors.New("the document is empty: no alerts can be read from it, and none are taken to be over for that")
	case isPage(body):
		return errors.New("this is a web page, not a list of alerts: its address may be that of the page about the alerts, " +
			"or the server asks for a login; " + wanted)
	case bytes.HasPrefix(body, []byte("PK\x03\x04")):
		return errors.New("this is a ZIP archive, probably the static timetable (GTFS): that one belongs into alerts.names; " + wanted)
	case bytes.HasPrefix(body, []byte("\x1f\x8b")):
		return errors.New("this is packed with gzip more often than can be undone; " + wanted)
	case textForm.Match(body[:min(len(body), 4096)]):
		return errors.New("this is GTFS-Realtime in its text form, which is for people: take the address of the binary form (often the same with .pb)")
	case body[0] == '{' || body[0] == '[':
		return refuseJSON(body)
	case body[0] == '<':
		return refuseXML(doc.Body)
	}
	return errors.New("this is no form of alerts that is known (neither protobuf, nor JSON, nor XML); " + wanted)
}

// maybeWire tells whether bytes that nothing can be read from are likelier protobuf than
// anything else: they begin with a header or an entity of GTFS-Realtime, and what follows
// is no text.
func maybeWire(body []byte) bool {
	const header, entity = 1<<3 | 2, 2<<3 | 2
	if len(body) < 2 || body[0] != header && body[0] != entity {
		return false
	}
	begin := bytes.TrimLeft(body[1:min(len(body), 512)], " \t\r\n")
	if len(begin) == 0 || bytes.IndexByte([]byte("{[<"), begin[0]) >= 0 {
		return false
	}
	return bytes.ContainsFunc(begin, func(r rune) bool { return r == utf8.RuneError || r < ' ' && !unicode.IsSpace(r) })
}

// textForm is how protobuf's text form of a feed begins, after comments.
var textForm = regexp.MustCompile(`^(#[^\n]*\n|\s)*(header|entity)\s*:?\s*\{`)

func isPage(body []byte) bool {
	begin := bytes.ToLower(body[:min(len(body), 1024)])
	return bytes.HasPrefix(begin, []byte("<!doctype html")) || bytes.HasPrefix(begin, []byte("<html")) || bytes.Contains(begin, []byte("<html "))
}

func refuseJSON(body []byte) error {
	if !json.Valid(body) {
		return errors.New("this is broken or cut off JSON: it is tried again at the next poll; if that does not help, " + wanted)
	}
	begin := body[:min(len(body), 64<<10)]
	switch {
	case bytes.Contains(begin, []byte(`"FeatureCollection"`)) && bytes.Contains(begin, []byte("api.weather.gov")):
		return errors.New("this is GeoJSON of the US National Weather Service: take its Atom index, whose address is the same with .atom after alerts/active")
	case bytes.Contains(begin, []byte(`"FeatureCollection"`)):
		return errors.New("this is GeoJSON, which is not read; " + wanted)
	case bytes.Contains(begin, []byte(`"PtSituationElement"`)), bytes.Contains(begin, []byte(`"ServiceDelivery"`)):
		return errSIRI
	}
	return errors.New("this is JSON, but neither GTFS-Realtime nor a JSON Feed; " + wanted)
}

var errSIRI = errors.New("this is SIRI (Situation Exchange), which is not read: most operators that publish it publish GTFS-Realtime as well; " + wanted)

// refuseXML goes by the first element.
func refuseXML(body []byte) error {
	root, ok := cap.Root(body)
	if !ok {
		if bytes.Contains(body, []byte("<!DOCTYPE")) {
			return errors.New("this XML has a document type definition (DTD), which is never followed; " + wanted)
		}
		return errors.New("this is broken or cut off XML: it is tried again at the next poll; if that does not help, " + wanted)
	}
	switch root.Local {
	case "Siri", "PtSituationElement", "RoadSituationElement", "SituationExchangeDelivery":
		return errSIRI
	case "d2LogicalModel", "messageContainer":
		return errors.New("this is DATEX II, which is not read; " + wanted)
	case "Error", "error", "ServiceExceptionReport":
		return errors.New("this is a server's error message, though the server called it a success: the address may be wrong or need a key; " + wanted)
	case "urlset", "sitemapindex":
		return errors.New("this is a sitemap, not a list of alerts; " + wanted)
	case "opml":
		return errors.New("this is a list of feeds (OPML): take the address of the one with the alerts from it")
	case "Envelope":
		return errors.New("this is an answer of a SOAP service, which is not read; " + wanted)
	case "kml":
		return errors.New("this is a map (KML), not a list of alerts; " + wanted)
	}
	name := strings.ToValidUTF8(root.Local, "")
	if len(name) > 40 {
		name = name[:40] + "…"
	}
	return fmt.Errorf("this is XML of a kind that is not read (its first element is <%s>); %s", name, wanted)
}
