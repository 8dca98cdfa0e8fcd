package cap

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/alerts"
)

// sample is a message that is for the public, with what a test changes of it.
type sample struct {
	space, identifier, sender, sent, status, msgType, scope, references string
	infos                                                               []string
}

func (m sample) String() string {
	or := func(s, other string) string {
		switch s {
		case "":
			return other
		case "-":
			return ""
		}
		return s
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<alert xmlns="%s">`, or(m.space, "urn:oasis:names:tc:emergency:cap:1.2"))
	for _, f := range [][2]string{
		{"identifier", or(m.identifier, "one")}, {"sender", or(m.sender, "warn@example.org")},
		{"sent", or(m.sent, "2026-03-01T10:00:00+01:00")}, {"status", or(m.status, "Actual")},
		{"msgType", or(m.msgType, "Alert")}, {"scope", or(m.scope, "Public")}, {"references", m.references},
	} {
		if f[1] != "" {
			fmt.Fprintf(&b, "<%s>%s</%[1]s>", f[0], f[1])
		}
	}
	if m.infos == nil {
		m.infos = []string{"<event>Storm</event><headline>Storm in the valley</headline>"}
	}
	for _, in := range m.infos {
		b.WriteString("<info>" + in + "</info>")
	}
	b.WriteString("</alert>")
	return b.String()
}

// several is a document of several messages.
func several(list ...sample) string {
	var b strings.Builder
	b.WriteString("<alerts>")
	for _, m := range list {
		b.WriteString(m.String())
	}
	b.WriteString("</alerts>")
	return b.String()
}

func mustRead(t *testing.T, doc alerts.Document) alerts.Reading {
	t.Helper()
	r, err := Read(doc)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func one(t *testing.T, body string) spool.Alert {
	t.Helper()
	r := mustRead(t, alerts.Document{Body: []byte(body), URL: "https://example.org/warnings/now.xml"})
	if len(r.Alerts) != 1 {
		t.Fatalf("%d alerts; skipped %q", len(r.Alerts), r.Skipped)
	}
	return r.Alerts[0]
}

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

func TestMessage(t *testing.T) {
	got := one(t, `<?xml version="1.0" encoding="UTF-8"?>
<?xml-stylesheet href='x.xsl' type='text/xsl'?>
<!-- a comment -->
<cap:alert xmlns:cap="urn:oasis:names:tc:emergency:cap:1.2" xmlns:v="urn:vendor">
  <v:identifier>first</v:identifier><cap:identifier> 2026-17 </cap:identifier><cap:sender>warn@example.org</cap:sender>
  <cap:sent>2026-03-01T10:00:00-00:00</cap:sent><cap:status>Actual</cap:status>
  <cap:msgType>Update</cap:msgType><cap:scope>Public</cap:scope>
  <cap:note>internal: do not tell</cap:note>
  <cap:references>warn@example.org,2026-15,2026-03-01T08:00:00+01:00
    warn@example.org,2026-16,2026-03-01T09:00:00+01:00</cap:references>
  <cap:info>
    <cap:language>de-CH</cap:language><cap:category>Met</cap:category><cap:event>Sturm</cap:event>
    <cap:urgency>Future</cap:urgency><cap:severity>Extreme</cap:severity><cap:certainty>Likely</cap:certainty>
    <cap:effective>2026-03-01T10:00:00+01:00</cap:effective><cap:onset>2026-03-01T18:00:00+01:00</cap:onset>
    <cap:expires>2026-03-02T06:00:00+01:00</cap:expires><cap:senderName>Wetteramt</cap:senderName>
    <cap:headline>Sturm im
      Tal</cap:headline><cap:description>Böen bis 120&#160;km/h.&lt;br/&gt;Am Abend.</cap:description>
    <cap:instruction>Bleiben Sie zu Hause.</cap:instruction><cap:web>/sturm#karte</cap:web>
    <cap:contact>+41 555 0100</cap:contact>
    <cap:parameter><cap:valueName>internal</cap:valueName><cap:value>secret</cap:value></cap:parameter>
    <cap:resource><cap:resourceDesc>Karte des Tals</cap:resourceDesc><cap:mimeType>image/png</cap:mimeType><cap:uri>https://example.org/k.png</cap:uri></cap:resource>
    <cap:resource><cap:resourceDesc>Seite</cap:resourceDesc><cap:mimeType>text/html</cap:mimeType><cap:uri>https://example.org/k.html</cap:uri></cap:resource>
    <cap:resource><cap:resourceDesc>Datei</cap:resourceDesc><cap:mimeType>image/png</cap:mimeType><cap:uri>file:///etc/passwd</cap:uri></cap:resource>
    <cap:area><cap:areaDesc>Tal</cap:areaDesc><cap:polygon>1,2 3,4 5,6 1,2</cap:polygon></cap:area>
    <cap:area><cap:areaDesc>Berg</cap:areaDesc></cap:area>
  </cap:info>
  <cap:info>
    <cap:language>fr-CH</cap:language><cap:event>Tempête</cap:event><cap:urgency>Future</cap:urgency>
    <cap:severity>Extreme</cap:severity><cap:certainty>Likely</cap:certainty>
    <cap:onset>2026-03-01T18:00:00+01:00</cap:onset><cap:expires>2026-03-02T06:00:00+01:00</cap:expires>
    <cap:senderName>Météo</cap:senderName><cap:area><cap:areaDesc>Vallée</cap:areaDesc></cap:area>
  </cap:info>
  <Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignatureValue>AAAA</SignatureValue></Signature>
</cap:alert>`)
	want := spool.Alert{
		ID:    "2026-17",
		Names: []string{"cap:warn@example.org,2026-17,2026-03-01T10:00:00Z", "cap-id:warn@example.org,2026-17"},
		Replaces: []string{
			"cap:warn@example.org,2026-15,2026-03-01T07:00:00Z", "cap-id:warn@example.org,2026-15",
			"cap:warn@example.org,2026-16,2026-03-01T08:00:00Z", "cap-id:warn@example.org,2026-16",
		},
		Created: at("2026-03-01T07:00:00Z"), Updated: at("2026-03-01T10:00:00Z"),
		Periods:     []spool.Period{{Start: at("2026-03-01T17:00:00Z"), End: at("2026-03-02T05:00:00Z")}},
		Guess:       true,
		Severity:    spool.Severe,
		Header:      spool.Texts{{Language: "de-CH", Text: "Sturm im Tal"}, {Language: "fr-CH", Text: "Tempête: Vallée"}},
		Description: spool.Texts{{Language: "de-CH", Text: "Böen bis 120 km/h.\nAm Abend."}},
		Instruction: spool.Texts{{Language: "de-CH", Text: "Bleiben Sie zu Hause."}},
		EffectText:  spool.Texts{{Language: "de-CH", Text: "Sturm"}, {Language: "fr-CH", Text: "Tempête"}},
		Area:        spool.Texts{{Language: "de-CH", Text: "Tal; Berg"}, {Language: "fr-CH", Text: "Vallée"}},
		Sender:      "Wetteramt",
		URL:         spool.Texts{{Language: "de-CH", Text: "https://example.org/sturm#karte"}},
		Image:       []spool.Media{{URL: "https://example.org/k.png", Type: "image/png", Alt: "Karte des Tals"}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
}

// TestOnlyForThePublic keeps everything inside that is not meant to be told to all.
func TestOnlyForThePublic(t *testing.T) {
	event := func(s string) []string { return []string{"<event>" + s + "</event><headline>x</headline>"} }
	code := func(s string) []string {
		return []string{"<event>x</event><eventCode><valueName>SAME</valueName><value>" + s + "</value></eventCode>"}
	}
	for name, c := range map[string]struct {
		m       sample
		why     string
		partial bool
	}{
		"exercise":                 {sample{status: "Exercise"}, `its status is "Exercise"`, false},
		"system":                   {sample{status: "System"}, `its status is "System"`, false},
		"test":                     {sample{status: "Test"}, `its status is "Test"`, false},
		"draft":                    {sample{status: "Draft"}, `its status is "Draft"`, false},
		"a status of its own":      {sample{status: "Real"}, `its status is "Real"`, false},
		"no status":                {sample{status: "-"}, "does not say whether it is real", true},
		"restricted":               {sample{scope: "Restricted"}, `its scope is "Restricted"`, false},
		"private":                  {sample{scope: "Private"}, `its scope is "Private"`, false},
		"no scope":                 {sample{scope: "-"}, "does not say that it is for the public", true},
		"acknowledgement":          {sample{msgType: "Ack"}, "answers another message", false},
		"error":                    {sample{msgType: "Error"}, "answers another message", false},
		"no type":                  {sample{msgType: "-"}, "does not say what it does", true},
		"another type":             {sample{msgType: "Story"}, "which CAP does not know", true},
		"no identifier":            {sample{identifier: "-"}, "it has no identifier", true},
		"weekly test":              {sample{infos: code("RWT")}, "event code RWT", false},
		"monthly test":             {sample{infos: code("RMT")}, "event code RMT", false},
		"national test":            {sample{infos: code("NPT")}, "event code NPT", false},
		"demonstration":            {sample{infos: code("DMO")}, "event code DMO", false},
		"small letters":            {sample{infos: code(" rwt ")}, "event code rwt", false},
		"test message":             {sample{infos: event("Test Message")}, `event "Test Message"`, false},
		"required weekly test":     {sample{infos: event("Required Weekly Test")}, "it is a test", false},
		"national periodic test":   {sample{infos: event("National Periodic Test")}, "it is a test", false},
		"practice":                 {sample{infos: event("Practice/Demo Warning")}, "it is a test", false},
		"drill":                    {sample{infos: event("Drill")}, "it is a test", false},
		"headline":                 {sample{infos: []string{"<event>Tornado</event><headline>*** TEST *** Tornado</headline>"}}, "its text says", false},
		"text":                     {sample{infos: []string{"<event>Tornado</event><description>This is a test of the siren</description>"}}, "its text says", false},
		"text in French":           {sample{infos: []string{"<event>Tornade</event><description>Ceci est un test.</description>"}}, "its text says", false},
		"in one language":          {sample{infos: []string{"<event>Tornado</event>", "<event>Tornado</event><eventCode><value>RWT</value></eventCode>"}}, "event code RWT", false},
		"test product":             {sample{infos: []string{"<event>Flood</event><parameter><valueName>VTEC</valueName><value>/T.NEW.KEXA.FF.W.0001.260301T1000Z-260301T1200Z/</value></parameter>"}}, "(VTEC)", false},
		"says nothing":             {sample{infos: []string{"<language>en</language>"}}, "it says nothing", true},
		"nothing of what it knows": {sample{infos: []string{}}, "it says nothing", true},
	} {
		t.Run(name, func(t *testing.T) {
			r := mustRead(t, alerts.Document{Body: []byte(c.m.String())})
			if len(r.Alerts)+len(r.Withdrew) != 0 {
				t.Fatalf("told: %+v %q", r.Alerts, r.Withdrew)
			}
			if len(r.Skipped) != 1 || !strings.Contains(r.Skipped[0], c.why) || r.Partial != c.partial {
				t.Errorf("skipped %q, partial %v; want %q, %v", r.Skipped, r.Partial, c.why, c.partial)
			}
			if strings.Contains(r.Skipped[0], "valley") {
				t.Errorf("the words of what is not public: %q", r.Skipped)
			}
		})
	}
}

// TestForThePublic lets through what only looks like a test.
func TestForThePublic(t *testing.T) {
	for name, in := range map[string]string{
		"testing of water": "<event>Water Contamination</event><headline>Testing of the water shows lead</headline>",
		"not a test":       "<event>Tornado</event><description>This is not a test. Take cover.</description>",
		"a test centre":    "<event>Fire</event><headline>Test centre closed by fire</headline>",
		"administrative":   "<event>Administrative Message</event><eventCode><value>ADR</value></eventCode>",
		"drilling":         "<event>Drilling accident</event>",
	} {
		t.Run(name, func(t *testing.T) { one(t, sample{infos: []string{in}}.String()) })
	}
	one(t, sample{status: "ACTUAL", scope: "public", msgType: "alert"}.String())
}

func TestNamespaces(t *testing.T) {
	for space, format := range map[string]string{
		"urn:oasis:names:tc:emergency:cap:1.0": "CAP 1.0", "urn:oasis:names:tc:emergency:cap:1.1": "CAP 1.1",
		"urn:oasis:names:tc:emergency:cap:1.2": "CAP 1.2", "http://www.incident.com/cap/1.0": "CAP", "-": "CAP",
	} {
		r := mustRead(t, alerts.Document{Body: []byte(sample{space: space}.String())})
		if len(r.Alerts) != 1 || r.Format != format {
			t.Errorf("%s: %d alerts, format %q", space, len(r.Alerts), r.Format)
		}
	}
	for _, body := range []string{
		`<alert xmlns="urn:other"><identifier>x</identifier></alert>`, `<alarm/>`, `<html/>`,
		``, ` `, `{"a":1}`, `<Siri xmlns="http://www.siri.org.uk/siri"/>`,
	} {
		if _, err := Read(alerts.Document{Body: []byte(body)}); err == nil {
			t.Errorf("%q was read", body)
		}
	}
}

func TestSeverity(t *testing.T) {
	for in, want := range map[string]spool.Severity{
		"<severity>Extreme</severity>":  spool.Severe,
		"<severity>Severe</severity>":   spool.Severe,
		"<severity>Moderate</severity>": spool.Warning,
		"<severity>minor</severity>":    spool.Info,
		"<severity>Unknown</severity>":  "",
		"":                              "",
		"<severity>Extreme</severity><certainty>Unlikely</certainty>":                        spool.Info,
		"<severity>Dreadful</severity>":                                                      "",
		"<severity>Moderate</severity></info><info><event>y</event>":                         spool.Warning,
		"<severity>Minor</severity></info><info><severity>Severe</severity><event>y</event>": spool.Severe,
	} {
		if a := one(t, sample{infos: []string{"<event>x</event>" + in}}.String()); a.Severity != want {
			t.Errorf("%s: %q, not %q", in, a.Severity, want)
		}
	}
}

// TestSegments makes one alert of a message that speaks of several areas in the same
// language.
func TestSegments(t *testing.T) {
	a := one(t, sample{infos: []string{
		`<language>en</language><event>Wind</event><severity>Minor</severity><headline>Yellow wind</headline><description>Gusts of 60.</description>
		 <instruction>None</instruction><onset>2026-03-01T12:00:00Z</onset><expires>2026-03-01T18:00:00Z</expires><area><areaDesc>South</areaDesc></area>`,
		`<language>EN</language><event>Wind</event><severity>Severe</severity><headline>Orange wind</headline><description>Gusts of 90.</description>
		 <instruction>Stay in.</instruction><onset>2026-03-01T10:00:00Z</onset><expires>2026-03-01T18:00:00Z</expires><area><areaDesc>North</areaDesc></area><area><areaDesc>South</areaDesc></area>`,
		`<language>en</language><event>Wind</event><responseType>AllClear</responseType><headline>West is calm</headline><area><areaDesc>West</areaDesc></area>`,
		`<language>en</language><event>Wind</event><severity>Minor</severity><description>Gusts of 60. </description><area><areaDesc>South</areaDesc></area>`,
	}}.String())
	want := spool.Alert{
		Header:      spool.Texts{{Language: "en", Text: "Orange wind"}},
		Description: spool.Texts{{Language: "en", Text: "North; South: Gusts of 90.\n\nSouth: Gusts of 60."}},
		Instruction: spool.Texts{{Language: "en", Text: "Stay in."}},
		Area:        spool.Texts{{Language: "en", Text: "North; South"}},
		Periods: []spool.Period{
			{Start: at("2026-03-01T10:00:00Z"), End: at("2026-03-01T18:00:00Z")},
			{Start: at("2026-03-01T12:00:00Z"), End: at("2026-03-01T18:00:00Z")},
		},
	}
	if !reflect.DeepEqual(a.Header, want.Header) || !reflect.DeepEqual(a.Description, want.Description) ||
		!reflect.DeepEqual(a.Instruction, want.Instruction) || !reflect.DeepEqual(a.Area, want.Area) || !reflect.DeepEqual(a.Periods, want.Periods) {
		t.Errorf("got %+v", a)
	}
	if a.Severity != spool.Severe || a.Resumed || !a.Ended.IsZero() {
		t.Errorf("severity %s, resumed %v, ended %v", a.Severity, a.Resumed, a.Ended)
	}
}

func TestAllClear(t *testing.T) {
	a := one(t, sample{msgType: "Update", references: "warn@example.org,zero,2026-03-01T08:00:00Z", infos: []string{
		"<event>Storm</event><responseType>Monitor</responseType><responseType>AllClear</responseType><headline>Storm over</headline>",
		"<language>fr</language><event>Tempête</event><responseType>AllClear</responseType><headline>Fin</headline>",
	}}.String())
	if !a.Ended.Equal(at("2026-03-01T09:00:00Z")) || !a.Resumed || len(a.Replaces) != 2 {
		t.Errorf("%+v", a)
	}
	a = one(t, sample{sent: "-", infos: []string{
		"<event>Storm</event><responseType>AllClear</responseType><effective>2026-03-01T07:00:00Z</effective>",
	}}.String())
	if !a.Ended.Equal(at("2026-03-01T07:00:00Z")) || !a.Resumed {
		t.Errorf("without the time of sending: %+v", a)
	}
}

func TestLanguages(t *testing.T) {
	read := func(in string, wanted ...string) spool.Alert {
		r := mustRead(t, alerts.Document{Body: []byte(sample{infos: []string{in}}.String()), Languages: wanted})
		return r.Alerts[0]
	}
	for _, c := range []struct {
		in, want string
		wanted   []string
	}{
		{"<event>x</event>", "", nil},
		{"<event>x</event>", "no", []string{"no"}},
		{"<event>x</event>", "", []string{"no", "en"}},
		{"<language>en_GB</language><event>x</event>", "en-GB", []string{"no"}},
		{"<language>the language</language><event>x</event>", "no", []string{"no"}},
		{"<language>" + strings.Repeat("a", 5000) + "</language><event>x</event>", "", nil},
	} {
		if got := read(c.in, c.wanted...).Header[0].Language; got != c.want {
			t.Errorf("%.60s: %q, not %q", c.in, got, c.want)
		}
	}
	two := "<language>de</language><senderName>Amt</senderName><event>x</event></info><info><language>fr-CH</language><senderName>Office</senderName><event>y</event>"
	if got := read(two, "fr", "de").Sender; got != "Office" {
		t.Errorf("sender %q", got)
	}
	if got := read(two).Sender; got != "Amt" {
		t.Errorf("sender %q", got)
	}
}

// TestEnvelopes finds messages wherever they are, and only for the public.
func TestEnvelopes(t *testing.T) {
	edxl := func(status string) string {
		return `<EDXLDistribution xmlns="urn:oasis:names:tc:emergency:EDXL:DE:1.0"><distributionStatus>` + status + `</distributionStatus>
<contentObject><xmlContent><embeddedXMLContent>` + sample{identifier: "a"}.String() + `</embeddedXMLContent></xmlContent></contentObject>
<contentObject><nonXMLContent><alert>x</alert></nonXMLContent></contentObject>
<contentObject><xmlContent><embeddedXMLContent>` + sample{identifier: "b"}.String() + `</embeddedXMLContent></xmlContent></contentObject></EDXLDistribution>`
	}
	for _, c := range []struct {
		body string
		want int
	}{
		{edxl("Actual"), 2}, {edxl("Exercise"), 0}, {edxl("Test"), 0}, {edxl(""), 0},
		{several(sample{identifier: "a"}, sample{identifier: "b", status: "Test"}, sample{identifier: "c"}), 2},
		{`<ns1:alerts xmlns:ns1="urn:feed">` + sample{}.String() + `</ns1:alerts>`, 1},
		{sample{identifier: "a"}.String() + "\n" + sample{identifier: "b"}.String(), 2},
	} {
		r := mustRead(t, alerts.Document{Body: []byte(c.body)})
		if len(r.Alerts) != c.want || (c.want == 0) != (len(r.Skipped) > 0 && len(r.Alerts) == 0) {
			t.Errorf("%d alerts, not %d; skipped %q of %.80s", len(r.Alerts), c.want, r.Skipped, c.body)
		}
	}
}

// TestEmptyEnvelopes tells lists that are empty from lists of something else.
func TestEmptyEnvelopes(t *testing.T) {
	for body, want := range map[string]bool{
		"<alerts/>": true, `<ns1:alerts xmlns:ns1="urn:feed"> </ns1:alerts>`: true,
		"<alerts><alert><title>Delays</title></alert></alerts>": false, "<alerts><item/></alerts>": false,
		`<EDXLDistribution xmlns="urn:oasis:names:tc:emergency:EDXL:DE:1.0"><contentObject/></EDXLDistribution>`: true,
	} {
		r, err := Read(alerts.Document{Body: []byte(body)})
		if (err == nil) != want || len(r.Alerts) > 0 || (!want && !errors.Is(err, ErrNone)) {
			t.Errorf("%s: %+v, %v", body, r, err)
		}
	}
}

func TestImagesAreBounded(t *testing.T) {
	var b strings.Builder
	for i := range 9 {
		fmt.Fprintf(&b, "<resource><mimeType>image/jpeg</mimeType><uri>https://example.org/%d.jpg</uri></resource>", i/2)
	}
	a := one(t, sample{infos: []string{"<event>x</event>" + b.String()}}.String())
	if len(a.Image) != 4 || slices.Compact(slices.Clone(a.Image))[3] != a.Image[3] {
		t.Errorf("%+v", a.Image)
	}
}
