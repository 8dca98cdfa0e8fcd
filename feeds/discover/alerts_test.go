package discover

import (
	"testing"

	"spool/feeds"
)

// Whoever gives the address of service alerts is told what they are, and how they are
// configured.
func TestServiceAlertsAreFound(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		want feeds.Kinds
	}{
		"protobuf":  {"\x0a\x0b\x0a\x032.0\x10\x00\x18\x80\x80\x80\x80\x06", feeds.GTFSKind},
		"JSON":      {`{"header":{"gtfs_realtime_version":"2.0"},"entity":[]}`, feeds.GTFSKind},
		"a message": {`<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>x</identifier></alert>`, feeds.CAPKind},
		"an index":  {`<feed xmlns="http://www.w3.org/2005/Atom" xmlns:cap="urn:oasis:names:tc:emergency:cap:1.2"><title>Warnings</title></feed>`, feeds.CAPKind},
		"SIRI":      {`<Siri xmlns="http://www.siri.org.uk/siri"/>`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWeb(t)
			w.has("transit.example/alerts", "application/octet-stream", c.body)
			r := w.search("https://transit.example/alerts", defaultMaxRequests)
			switch {
			case c.want == "" && len(r.Candidates) > 0:
				t.Errorf("%+v", r.Candidates[0])
			case c.want != "" && (len(r.Candidates) != 1 || r.Candidates[0].Kind != c.want || r.Candidates[0].Standing != Good):
				t.Errorf("%+v, tried %+v", r.Candidates, r.Tried)
			}
		})
	}
}
