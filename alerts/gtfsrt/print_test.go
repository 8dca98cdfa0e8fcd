package gtfsrt

import (
	"bytes"
	"slices"
	"testing"

	"spool"
	"spool/alerts"
	"spool/alerts/gtfsrt/gtfsrttest"
)

// printed are documents that can be known again, by what is special about them.
func printed() map[string][]byte {
	all := []spool.Alert{{ID: "1", Effect: spool.Detour, Header: spool.Texts{{Language: "en", Text: "Detour"}}}}
	return map[string][]byte{
		"protobuf":     gtfsrttest.Encode(at2025(0), all),
		"JSON":         gtfsrttest.EncodeJSON(at2025(0), all),
		"a word":       []byte(`{"entity":[{"id":"1","alert":{"effect":"DETOUR"}}],"header":{"timestamp": "1760000000","gtfsRealtimeVersion":"2.0"}}`),
		"after a mark": append([]byte("\xef\xbb\xbf"), gtfsrttest.EncodeJSON(at2025(0), all)...),
	}
}

// A document is known again when its stamp alone is another, and whenever it is, to read
// it would have found the same. No other byte can change unseen.
func TestPrint(t *testing.T) {
	for name, body := range printed() {
		t.Run(name, func(t *testing.T) {
			doc := alerts.Document{Body: body, URL: "https://agency.example/alerts", Languages: []string{"en"}}
			first, err := Read(doc)
			if err != nil {
				t.Fatal(err)
			}
			if stamp, ok := first.Print.Again(doc); !ok || !stamp.Equal(first.Stamp) {
				t.Fatalf("it is not known again: %v, %v", stamp, ok)
			}
			again := 0
			for i := range body {
				for _, b := range []byte{body[i] ^ 1, body[i] ^ 2, '0', '9', '"', 0} {
					other := doc
					other.Body = slices.Clone(body)
					other.Body[i] = b
					stamp, ok := first.Print.Again(other)
					if !ok || bytes.Equal(other.Body, body) {
						continue
					}
					again++
					if r, err := Read(other); err != nil || r.Digest != first.Digest || !r.Stamp.Equal(stamp) {
						t.Errorf("with %q at %d it is known again, and says something else: %v, %v", b, i, r.Stamp, err)
					}
				}
			}
			if again < 10 {
				t.Errorf("known again %d times", again)
			}
			for _, other := range []alerts.Document{
				{Body: body, URL: "https://other.example/alerts", Languages: []string{"en"}}, {Body: body, URL: doc.URL, Languages: []string{"fr"}},
				{Body: append(slices.Clone(body), ' '), URL: doc.URL, Languages: doc.Languages}, {Body: body[:len(body)-1], URL: doc.URL, Languages: doc.Languages}, {},
			} {
				if _, ok := first.Print.Again(other); ok {
					t.Errorf("another document is known again: %+v", other.URL)
				}
			}
		})
	}
}

// What cannot be told from its bytes is read each time.
func TestNoPrint(t *testing.T) {
	var many spool.Alert
	many.ID, many.Effect = "1", spool.Detour
	for n := range maxPeriods + 1 {
		many.Periods = append(many.Periods, spool.Period{Start: at2025(int64(n) * 86400), End: at2025(int64(n)*86400 + 3600)})
	}
	for name, body := range map[string][]byte{
		"no stamp":       []byte(`{"header":{"gtfs_realtime_version":"2.0"},"entity":[]}`),
		"two stamps":     []byte(`{"header":{"gtfs_realtime_version":"2.0","timestamp":1760000000,"timestamp":1760000000},"entity":[]}`),
		"two headers":    []byte(`{"header":{"gtfs_realtime_version":"2.0","timestamp":1760000000},"header":{"timestamp":1760000000},"entity":[]}`),
		"halves":         []byte(`{"header":{"gtfs_realtime_version":"2.0","timestamp":{"low":1760000000,"high":0}},"entity":[]}`),
		"milliseconds":   []byte(`{"header":{"gtfs_realtime_version":"2.0","timestamp":1760000000000},"entity":[]}`),
		"words":          []byte(`{"header":{"gtfs_realtime_version":"2.0","timestamp":"2026-03-01T10:00:00Z"},"entity":[]}`),
		"two in binary":  []byte("\x0a\x11\x0a\x032.0\x18\x80\x92\xb8\xc3\x06\x18\x80\x92\xb8\xc3\x06"),
		"kept by stamp":  gtfsrttest.Encode(at2025(0), []spool.Alert{many}),
		"entities first": append([]byte("\x12\x03\x0a\x011"), gtfsrttest.Encode(at2025(0), nil)...),
	} {
		r, err := Read(alerts.Document{Body: body})
		if err != nil || r.Print != (alerts.Print{}) {
			t.Errorf("%s: %v, %v", name, r.Print, err)
		}
	}
}
