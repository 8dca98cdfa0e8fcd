package gtfsrt

import (
	"fmt"
	"strings"
	"testing"

	"spool"
	"spool/alerts"
	"spool/alerts/gtfsrt/gtfsrttest"
)

// fourHundred are alerts as a large agency has them: two languages, HTML beside the
// plain text, a dozen stops each.
func fourHundred() []spool.Alert {
	var all []spool.Alert
	for i := range 400 {
		a := spool.Alert{
			ID: fmt.Sprintf("lmm:alert:%d:31", 100000+i), Cause: spool.Maintenance, Effect: spool.Detour, Severity: spool.Warning,
			Header: spool.Texts{{Language: "en", Text: "[F] No service between 4 Av and Church Av"}, {Language: "en-html", Text: "<p>[F] No <b>service</b></p>"}},
			Description: spool.Texts{
				{Language: "en", Text: strings.Repeat("Take the bus from the station\u2019s main entrance.\r\n", 12)},
				{Language: "en-html", Text: strings.Repeat("<p>Take the <b>bus</b> from the station&rsquo;s main entrance.</p>", 12)},
				{Language: "es", Text: strings.Repeat("Tome el autob\u00fas. ", 30)},
			},
			URL: spool.Texts{{Text: fmt.Sprintf("https://agency.example/alerts/%d", 100000+i)}},
		}
		for n := range 12 {
			a.Periods = append(a.Periods, spool.Period{Start: at2025(int64(n) * 86400), End: at2025(int64(n)*86400 + 3600)})
			a.Affected = append(a.Affected, spool.Affected{Agency: "MTASBWY", Route: "F", Mode: spool.Metro, Stop: fmt.Sprintf("F%02dN", n)})
		}
		all = append(all, a)
	}
	return all
}

func BenchmarkRead400(b *testing.B) {
	for name, body := range map[string][]byte{
		"protobuf": gtfsrttest.Encode(at2025(0), fourHundred()),
		"json":     gtfsrttest.EncodeJSON(at2025(0), fourHundred()),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				if r, err := Read(alerts.Document{Body: body}); err != nil || len(r.Alerts) != 400 {
					b.Fatal(err)
				}
			}
		})
	}
}
