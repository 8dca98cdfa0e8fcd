package source

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"spool"
	"spool/alerts"
)

const message = `<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>1</identifier><sender>a@example.org</sender>
<sent>2026-03-01T10:00:00Z</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope><info><event>Storm</event></info></alert>`

// protobuf is a FeedMessage: its header, and an alert with the header "Delays".
const protobuf = "\x0a\x0d\x0a\x032.0\x10\x00\x18\x80\x92\xb8\xc3\x06" + "\x12\x11\x0a\x011\x2a\x0c\x52\x0a\x0a\x08\x0a\x06Delays"

// TestDispatch hands documents to the reader of their form, whatever the server calls
// them.
func TestDispatch(t *testing.T) {
	atom := func(inner string) string {
		return `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:cap="urn:oasis:names:tc:emergency:cap:1.2">` + inner + `</feed>`
	}
	for name, c := range map[string]struct {
		doc    alerts.Document
		kind   string
		format string
		n      int
	}{
		"protobuf":          {alerts.Document{Body: []byte(protobuf), Mime: "text/html"}, GTFS, "GTFS-Realtime", 1},
		"JSON":              {alerts.Document{Body: []byte(`{"header":{"gtfs_realtime_version":"2.0","timestamp":1772366400},"entity":[]}`)}, GTFS, "GTFS-Realtime as JSON", 0},
		"a message":         {alerts.Document{Body: []byte(message)}, CAP, "CAP 1.2", 1},
		"an envelope":       {alerts.Document{Body: []byte("<alerts>" + message + "</alerts>")}, CAP, "CAP, a list of messages", 1},
		"an index":          {alerts.Document{Body: []byte(atom("<entry><content>" + message + "</content></entry>")), Items: []spool.Item{{Title: "x"}}}, CAP, "CAP, an index in Atom", 1},
		"an index by links": {alerts.Document{Body: []byte(`<rss><channel><item><link>https://a.example/1.xml</link></item></channel></rss>`), Items: []spool.Item{{Title: "x", Link: "https://a.example/1.xml"}}}, "", "CAP, an index in RSS", 0},
		"RSS":               {alerts.Document{Body: []byte(emptyFeed), Items: []spool.Item{{Title: "x"}}}, "", "RSS", 1},
		"RSS with nothing":  {alerts.Document{Body: []byte(emptyFeed)}, "", "RSS", 0},
		"Atom":              {alerts.Document{Body: []byte(`<feed xmlns="http://www.w3.org/2005/Atom"></feed>`)}, "", "RSS", 0},
		"a JSON Feed":       {alerts.Document{Body: []byte(`{"version":"https://jsonfeed.org/version/1.1","items":[]}`)}, "", "RSS", 0},
		"items alone":       {alerts.Document{Items: []spool.Item{{Title: "x"}}}, "", "RSS", 1},
	} {
		t.Run(name, func(t *testing.T) {
			kind, ok := Looks(c.doc.Body)
			if kind != c.kind || ok != (kind != "") {
				t.Errorf("looks like %q, %v", kind, ok)
			}
			r, err := Reader{}.Read(c.doc)
			if err != nil || r.Format != c.format || len(r.Alerts) != c.n || r.Digest == "" {
				t.Errorf("%+v, %v", r, err)
			}
		})
	}
}

// TestRefusals says what a document is that cannot be read.
func TestRefusals(t *testing.T) {
	for body, want := range map[string]string{
		"":                      "the document is empty",
		" \n":                   "the document is empty",
		"<!DOCTYPE html><html>": "this is a web page",
		"<html lang=en><body>urn:oasis:names:tc:emergency:cap:": "this is a web page",
		"PK\x03\x04...":            "ZIP archive",
		"\x1f\x8b\x08":             "gzip",
		"# text\nheader {\n gtfs_": "text form",
		"entity: {":                "text form",
		`{"a":`:                    "broken or cut off JSON",
		`{"a":1}`:                  "this is JSON, but",
		`[]`:                       "this is JSON, but",
		`{"@context":["https://api.weather.gov/"],"type":"FeatureCollection","features":[]}`: ".atom",
		`{"type":"FeatureCollection"}`:                                                   "GeoJSON",
		`{"Siri":{"ServiceDelivery":{}}}`:                                                "this is SIRI",
		`<Siri xmlns="http://www.siri.org.uk/siri"/>`:                                    "this is SIRI",
		`<s:Siri xmlns:s="http://www.siri.org.uk/siri"/>`:                                "this is SIRI",
		`<?xml version="1.0"?><d2LogicalModel/>`:                                         "DATEX II",
		`<?xml version="1.0"?><Error><Code>AccessDenied</Code><Key>secret</Key></Error>`: "server's error message",
		`<urlset/>`:                           "sitemap",
		`<opml/>`:                             "OPML",
		`<soap:Envelope xmlns:soap="x"/>`:     "SOAP",
		`<kml/>`:                              "KML",
		`<` + strings.Repeat("x", 200) + `/>`: "first element is <" + strings.Repeat("x", 40) + "…>",
		`<a`:                                  "broken or cut off XML",
		`<!DOCTYPE x [<!ENTITY y "z">]><x/>`:  "(DTD)",
		"<alerts><alert><title>Delays</title></alert></alerts>": "first element is <alerts>",
		message + "<x/>":      "first element is <alert>",
		"Service unavailable": "no form of alerts that is known",
		"\x00\x01\x02":        "no form of alerts that is known",
		protobuf[:6]:          "it claims to have 13 bytes, but 4 are left",
		"\x0a\x02\x10\x00":    "names neither a version nor a time",
		protobuf[15:]:         "the document has no header",
		"\n\nBad gateway\r\n": "no form of alerts that is known",
	} {
		r, err := Reader{}.Read(alerts.Document{Body: []byte(body)})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: %v; read as %+v", body, err, r)
			continue
		}
		if strings.Contains(err.Error(), "secret") || len(err.Error()) > 300 {
			t.Errorf("%.60q: %v", body, err)
		}
	}
}

// TestIndexIsNotReadAsItems refuses a broken index, though its items are there: among
// them may be tests, which only CAP's own elements tell from what is real.
func TestIndexIsNotReadAsItems(t *testing.T) {
	body := `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:cap="urn:oasis:names:tc:emergency:cap:1.2"><entry><title>a & b</title></entry></feed>`
	if r, err := (Reader{}).Read(alerts.Document{Body: []byte(body), Items: []spool.Item{{Title: "a & b"}}}); err == nil {
		t.Errorf("%+v", r)
	}
}

func FuzzRead(f *testing.F) {
	for _, body := range []string{message, protobuf, emptyFeed, `{"header":{"gtfs_realtime_version":"2.0"},"entity":[{"id":"1","alert":{}}]}`, "<html>", "{", "<!DOCTYPE x>", "PK\x03\x04"} {
		f.Add([]byte(body), "Update: Red Line, level 2, 10:30", "Cancel: Delays. Use bus 7.", "https://example.org/a/12345", true)
	}
	f.Fuzz(func(t *testing.T, body []byte, title, summary, link string, log bool) {
		if !utf8.ValidString(title) || !utf8.ValidString(summary) || !utf8.ValidString(link) {
			return // items are cleaned before
		}
		items := []spool.Item{{GUID: title, Link: link, Title: title, Summary: summary}, {GUID: title, Title: summary, Summary: title}, {Link: link, Title: title}}
		for _, doc := range []alerts.Document{{Body: body}, {Body: body, Items: items, Log: log}} {
			r, err := Reader{}.Read(doc)
			if err != nil {
				if !utf8.ValidString(err.Error()) || len(err.Error()) > 500 {
					t.Errorf("error %q", err)
				}
				continue
			}
			if _, err := json.Marshal(r); err != nil || r.Digest == "" || r.Format == "" {
				t.Errorf("%v: %+v", err, r)
			}
			if r.Format == "RSS" {
				saneNames(t, r)
			}
		}
	})
}

func saneNames(t *testing.T, r alerts.Reading) {
	t.Helper()
	owners := map[string]bool{}
	for _, a := range r.Alerts {
		if a.ID == "" || len(a.Header)+len(a.Description) == 0 {
			t.Errorf("an empty alert: %+v", a)
		}
		for _, n := range append(a.Names, "ID "+a.ID) {
			if owners[n] || len(n) > 500 {
				t.Errorf("two alerts are called %q", n)
			}
			owners[n] = true
		}
	}
}

// BenchmarkReadItems reads a feed of 400 alerts.
func BenchmarkReadItems(b *testing.B) {
	doc := feed()
	for i := range 400 {
		doc.Items = append(doc.Items, spool.Item{
			GUID: fmt.Sprint("alert-", i), Link: fmt.Sprint("https://transit.example.org/alerts/1", i), Title: fmt.Sprint("Route ", i, ": delays of 20 minutes"),
			Summary: strings.Repeat("Because of a signal failure. ", 10), Language: "en", Published: noon,
		})
	}
	b.ReportAllocs()
	for b.Loop() {
		if r, err := (Reader{}).Read(doc); err != nil || len(r.Alerts) != 400 {
			b.Fatal(err)
		}
	}
}
