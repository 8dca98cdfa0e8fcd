package cap

import (
	"bytes"
	"fmt"
	"testing"

	"spool/alerts"
)

// weatherIndex is an index of the kind that the US National Weather Service publishes.
func weatherIndex(entries int) []byte {
	var b bytes.Buffer
	b.WriteString(`<?xml version='1.0' encoding='UTF-8'?><feed xmlns='http://www.w3.org/2005/Atom' xmlns:cap='urn:oasis:names:tc:emergency:cap:1.1'><updated>2026-03-01T12:00:00-00:00</updated>`)
	for i := range entries {
		fmt.Fprintf(&b, `
<entry>
<id>https://alerts.example.org/cap/capget?x=%[1]d</id>
<updated>2026-03-01T10:00:00-05:00</updated>
<published>2026-03-01T10:00:00-05:00</published>
<author><name>weather@example.org</name></author>
<title>High Wind Warning issued March 1 at 10:00AM EST until March 2 at 7:00AM EST by Example</title>
<link href='https://alerts.example.org/cap/capget?x=%[1]d'/>
<summary>...HIGH WIND WARNING REMAINS IN EFFECT... * WINDS...Southwest 30 to 40 mph with gusts to 60 mph. * TIMING...This evening, and through Thursday morning in place %[1]d. The strongest winds are expected late this evening. * IMPACTS...Loose objects may be blown away.</summary>
<cap:event>High Wind Warning</cap:event>
<cap:effective>2026-03-01T10:00:00-05:00</cap:effective>
<cap:expires>2026-03-02T07:00:00-05:00</cap:expires>
<cap:status>Actual</cap:status>
<cap:msgType>Alert</cap:msgType>
<cap:category>Met</cap:category>
<cap:urgency>Expected</cap:urgency>
<cap:severity>Severe</cap:severity>
<cap:certainty>Likely</cap:certainty>
<cap:areaDesc>County %[1]d; Coast of County %[1]d</cap:areaDesc>
<cap:polygon></cap:polygon>
<cap:geocode><valueName>FIPS6</valueName><value>002185</value><valueName>UGC</valueName><value>EXZ%[1]d</value></cap:geocode>
<cap:parameter><valueName>VTEC</valueName><value>/O.CON.KEXA.HW.W.%04[1]d.260301T1500Z-260302T1200Z/</value></cap:parameter>
</entry>`, i)
	}
	b.WriteString("\n</feed>\n")
	return b.Bytes()
}

func BenchmarkReadIndex(b *testing.B) {
	body := weatherIndex(190) // about 300 KB
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		r, err := Read(alerts.Document{Body: body, URL: "https://alerts.example.org/cap/us.atom"})
		if err != nil || len(r.Alerts) != 190 || len(r.Missing) != 190 {
			b.Fatal(err, len(r.Alerts), len(r.Missing))
		}
	}
}
