package feeds

import (
	"strings"
	"testing"
)

// TestFormOf tells alerts from articles by their first bytes, and by what a source is
// expected to be.
func TestFormOf(t *testing.T) {
	const atom = `<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title></feed>`
	const capIndex = `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xmlns:cap="urn:oasis:names:tc:emergency:cap:1.1"></feed>`
	const message = "\ufeff<?xml version='1.0'?>\n<!-- one -->\n<cap:alert xmlns:cap='urn:oasis:names:tc:emergency:cap:1.2'></cap:alert>"
	message2 := "\x0a\x0b\x0a\x032.0\x10\x00\x18\x80\x80"
	for name, c := range map[string]struct {
		body string
		s    Source
		want form
	}{
		"articles":                        {atom, Source{}, plainFeed},
		"articles that are alerts":        {atom, Source{Alerts: true}, alertFeed},
		"a feed by decree":                {capIndex, Source{Kind: FeedKind}, plainFeed},
		"a feed by decree with alerts":    {capIndex, Source{Kind: FeedKind, Alerts: true}, alertFeed},
		"an index":                        {capIndex, Source{}, alertFeed},
		"an index with article filters":   {capIndex, Source{Articles: true}, plainFeed},
		"a message with article filters":  {message, Source{Articles: true}, alertsOnly},
		"an index of links":               {strings.Replace(atom, "<title>", `<link type="application/cap+xml"/><title>`, 1), Source{}, alertFeed},
		"a message":                       {message, Source{}, alertsOnly},
		"a message where GTFS is wanted":  {message, Source{Kind: GTFSKind}, alertsOnly},
		"SIRI":                            {`<Siri xmlns="http://www.siri.org.uk/siri"></Siri>`, Source{}, alertsOnly},
		"a part of SIRI":                  {`<PtSituationElement xmlns="http://www.siri.org.uk/siri"/>`, Source{}, alertsOnly},
		"protobuf as text":                {"# one\nheader {\n  gtfs_realtime_version: \"2.0\"\n}", Source{}, alertsOnly},
		"protobuf":                        {message2, Source{}, alertsOnly},
		"protobuf where CAP is wanted":    {message2, Source{Kind: CAPKind}, alertsOnly},
		"a newline and a feed":            {"\n" + atom, Source{}, plainFeed},
		"two newlines":                    {"\n\x20\n1.0 " + atom, Source{}, plainFeed},
		"JSON":                            {`{"header":{"gtfs_realtime_version":"2.0"},"entity":[]}`, Source{}, alertsOnly},
		"JSON with the header at the end": {`{"entity":[` + strings.Repeat(" ", 9000) + `],"header":{"gtfsRealtimeVersion":"2.0"}}`, Source{}, alertsOnly},
		"a JSON Feed":                     {`{"version":"https://jsonfeed.org/version/1.1","items":[]}`, Source{}, plainFeed},
		"a JSON Feed with alerts":         {`{"version":"https://jsonfeed.org/version/1.1","items":[]}`, Source{Alerts: true}, alertFeed},
		"a page":                          {"<!doctype html><html><body>Not found</body></html>", Source{}, plainFeed},
		"a page where GTFS is wanted":     {"<!doctype html><html><body>Not found</body></html>", Source{Kind: GTFSKind}, plainFeed},
		"a page where CAP is wanted":      {"<!doctype html><html><body>Not found</body></html>", Source{Kind: CAPKind}, plainFeed},
		"an error where GTFS is wanted":   {"<?xml version='1.0'?><Error><Code>NoSuchKey</Code></Error>", Source{Kind: GTFSKind}, alertsOnly},
		"words":                           {"service unavailable", Source{}, plainFeed},
		"nothing":                         {"", Source{}, plainFeed},
	} {
		t.Run(name, func(t *testing.T) {
			if got := formOf([]byte(c.body), c.s); got != c.want {
				t.Errorf("form %d, not %d", got, c.want)
			}
		})
	}
}

// TestRawIsACopy keeps the bytes of an answer when its buffer is used again.
func TestRawIsACopy(t *testing.T) {
	body := []byte("\x0a\x0b\x0a\x032.0\x10\x00\x18\x80\x80")
	got, isFeed, err := raw(body, "application/x-protobuf", "https://transit.example.org/alerts.pb", Source{})
	if err != nil || isFeed || got == nil {
		t.Fatal(got, isFeed, err)
	}
	clear(body)
	if got.Body[0] != 0x0a || got.Mime != "application/x-protobuf" || got.URL != "https://transit.example.org/alerts.pb" {
		t.Errorf("%+v", got)
	}
}
