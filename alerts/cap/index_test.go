package cap

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"spool"
	"spool/alerts"
)

const home = "https://example.org/warnings/index.atom"

func atom(entries ...string) string {
	return `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xmlns:cap="urn:oasis:names:tc:emergency:cap:1.2" xml:lang="en">
<updated>2026-03-01T12:00:00Z</updated><link rel="self" href="` + home + `"/><entry>` + strings.Join(entries, "</entry><entry>") + `</entry></feed>`
}

func rss(items ...string) string {
	return `<rss version="2.0" xmlns:cap="urn:oasis:names:tc:emergency:cap:1.2"><channel><language>no</language><item>` +
		strings.Join(items, "</item><item>") + `</item></channel></rss>`
}

func index(t *testing.T, body string, messages map[string]string) alerts.Reading {
	t.Helper()
	doc := alerts.Document{Body: []byte(body), URL: home, Messages: map[string][]byte{}}
	for u, m := range messages {
		doc.Messages[u] = []byte(m)
	}
	if Looks(doc.Body) != Index {
		t.Errorf("looks like %q", Looks(doc.Body))
	}
	return mustRead(t, doc)
}

const inlineEntry = `<id>urn:e:1</id><title>Storm in the valley</title><summary>Gusts.</summary><updated>2026-03-01T10:00:00Z</updated>
<link rel="alternate" type="text/html" href="/page/1"/><link type="application/cap+xml" href="1.cap"/>
<cap:event>Storm</cap:event><cap:status>Actual</cap:status><cap:msgType>Alert</cap:msgType><cap:severity>Severe</cap:severity>
<cap:expires>2026-03-01T18:00:00Z</cap:expires><cap:areaDesc>Valley</cap:areaDesc><cap:polygon>1,1 2,2</cap:polygon>`

// TestInline makes alerts of what an index says itself, at once, and asks for the
// message, which takes its place under the same names.
func TestInline(t *testing.T) {
	body := atom(inlineEntry)
	r := index(t, body, nil)
	if len(r.Alerts) != 1 || r.Partial || r.Format != "CAP, an index in Atom" || len(r.Notes)+len(r.Skipped) > 0 {
		t.Fatalf("%+v", r)
	}
	a := r.Alerts[0]
	text := func(texts spool.Texts) string { return texts[0].Language + ":" + texts[0].Text }
	if a.ID != "urn:e:1" || text(a.Header) != "en:Storm in the valley" || text(a.Description) != "en:Gusts." || text(a.Area) != "en:Valley" ||
		a.Severity != spool.Severe || !a.Updated.Equal(at("2026-03-01T10:00:00Z")) || text(a.URL) != "en:https://example.org/page/1" ||
		len(a.Periods) != 1 || !a.Guess {
		t.Errorf("%+v", a)
	}
	want := []alerts.Pointer{{URL: "https://example.org/warnings/1.cap", Version: "2026-03-01T10:00:00Z"}}
	if !slices.Equal(r.Missing, want) {
		t.Errorf("missing %+v", r.Missing)
	}

	full := index(t, body, map[string]string{want[0].URL: sample{identifier: "m1", infos: []string{
		"<language>en</language><event>Storm</event><headline>Full</headline><instruction>Stay in.</instruction>",
	}}.String()})
	if len(full.Alerts) != 1 || len(full.Missing) != 0 || full.Partial {
		t.Fatalf("%+v", full)
	}
	b := full.Alerts[0]
	if text(b.Header) != "en:Full" || text(b.Instruction) != "en:Stay in." || text(b.URL) != "en:https://example.org/page/1" || b.ID != a.ID {
		t.Errorf("%+v", b)
	}
	for _, n := range a.Names {
		if !slices.Contains(b.Names, n) {
			t.Errorf("the message has lost the name %q: %q", n, b.Names)
		}
	}
	if b.Names[0] != "cap:warn@example.org,m1,2026-03-01T09:00:00Z" {
		t.Errorf("names %q", b.Names)
	}
}

// TestPointers finds the messages of entries that say nothing of CAP themselves.
func TestPointers(t *testing.T) {
	for name, c := range map[string]struct{ entry, want string }{
		"typed":                {`<id>a</id><link rel="alternate" type="text/html" href="/p.xml"/><link rel="related" type="application/cap+xml" href="/cap/1"/>`, "https://example.org/cap/1"},
		"typed with a charset": {`<link type="application/cap+xml; charset=utf-8" href="/cap/1"/>`, "https://example.org/cap/1"},
		"a file":               {`<link href="1.cap"/>`, "https://example.org/warnings/1.cap"},
		"a file of XML":        {`<link href="https://other.example/1.xml?x=1#frag"/>`, "https://other.example/1.xml?x=1"},
		"the id":               {`<id>https://example.org/a.cap</id>`, "https://example.org/a.cap"},
		"the weather service":  {`<id>https://api.example.gov/alerts/urn:oid:2.49.0.1.840.0.abc</id>`, "https://api.example.gov/alerts/urn:oid:2.49.0.1.840.0.abc"},
		"an old one of it":     {`<link href="https://alerts.example.gov/cap/wwacapget.php?x=1"/>`, "https://alerts.example.gov/cap/wwacapget.php?x=1"},
		"a value":              {`<link href="https://api.example.no/metalerts?cap=2.49"/>`, "https://api.example.no/metalerts?cap=2.49"},
		"content elsewhere":    {`<content type="application/cap+xml" src="c/1"/>`, "https://example.org/warnings/c/1"},
		"an enclosure":         {`<enclosure url="/e" type="application/cap+xml"/>`, "https://example.org/e"},
		"a picture":            {`<enclosure url="/e.xml" type="image/png"/>`, ""},
		"a page":               {`<link href="https://example.org/page.html"/>`, ""},
		"the index itself":     {`<link type="application/cap+xml" href="` + home + `#now"/>`, ""},
		"its own self":         {`<link rel="self" href="x.cap"/>`, ""},
		"another scheme":       {`<link type="application/cap+xml" href="ftp://example.org/1.cap"/>`, ""},
		"a file on the disk":   {`<link type="application/cap+xml" href="file:///etc/passwd"/>`, ""},
		"with a password":      {`<link type="application/cap+xml" href="https://u:p@example.org/1.cap"/>`, ""},
		"an id that is none":   {`<id>2.49.0.1.578</id>`, ""},
		"nothing":              {`<title>x</title>`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := index(t, atom(c.entry), nil)
			if len(r.Alerts) != 0 || !r.Partial {
				t.Errorf("%+v", r)
			}
			if c.want == "" {
				if len(r.Missing) != 0 || len(r.Skipped) != 1 || !strings.Contains(r.Skipped[0], "neither a CAP message nor a link") {
					t.Errorf("missing %v, skipped %q", r.Missing, r.Skipped)
				}
				return
			}
			if len(r.Missing) != 1 || r.Missing[0].URL != c.want || len(r.Skipped) != 0 {
				t.Errorf("missing %v, not %s; skipped %q", r.Missing, c.want, r.Skipped)
			}
		})
	}
}

// TestFetched reads the messages of an index once they are there.
func TestFetched(t *testing.T) {
	body := rss(`<title>a</title><guid>g1</guid><link>https://example.org/1.xml</link><pubDate>Sun, 01 Mar 2026 10:00:00 +0000</pubDate>`,
		`<title>b</title><guid>g2</guid><link>https://example.org/2.xml</link>`)
	r := index(t, body, nil)
	if len(r.Missing) != 2 || !r.Partial || r.Missing[0].Version != "Sun, 01 Mar 2026 10:00:00 +0000" {
		t.Fatalf("%+v", r)
	}
	one := sample{identifier: "1"}.String()
	for name, c := range map[string]struct {
		second         string
		alerts         int
		partial        bool
		skipped, notes string
	}{
		"a message":      {sample{identifier: "2"}.String(), 2, false, "", ""},
		"an update":      {sample{identifier: "2", sent: "2026-03-01T11:00:00Z", msgType: "Update", references: "warn@example.org,1,2026-03-01T10:00:00+01:00"}.String(), 1, false, "", ""},
		"a cancel":       {sample{identifier: "2", sent: "2026-03-01T11:00:00Z", msgType: "Cancel", references: "warn@example.org,1,2026-03-01T10:00:00+01:00"}.String(), 0, false, "", ""},
		"a test":         {sample{identifier: "2", status: "Test"}.String(), 1, false, "Test", ""},
		"a page":         {"<html><p>gone</p></html>", 1, true, "neither", "it is no CAP message"},
		"broken":         {one[:60], 1, true, "neither", "ends in the middle"},
		"another index":  {atom(inlineEntry), 1, true, "neither", "it is no CAP message"},
		"one with a DTD": {"<!DOCTYPE x><alert/>", 1, true, "neither", "DTD"},
		"nothing":        {"", 1, true, "neither", "it is no CAP message"},
		"without an id":  {sample{identifier: "-"}.String(), 1, true, "no identifier", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := index(t, body, map[string]string{"https://example.org/1.xml": one, "https://example.org/2.xml": c.second})
			if len(r.Alerts) != c.alerts || r.Partial != c.partial || len(r.Missing) != 0 {
				t.Errorf("%d alerts, partial %v, missing %v", len(r.Alerts), r.Partial, r.Missing)
			}
			if got := strings.Join(r.Skipped, "|"); !strings.Contains(got, c.skipped) || (c.skipped == "") != (got == "") {
				t.Errorf("skipped %q", got)
			}
			if got := strings.Join(r.Notes, "|"); !strings.Contains(got, c.notes) {
				t.Errorf("notes %q", got)
			}
		})
	}
}

// TestKeysStayInside quotes no address with what is asked for at it.
func TestKeysStayInside(t *testing.T) {
	r := index(t, atom(`<id>e</id><link type="application/cap+xml" href="1.cap?key=secret"/>`), map[string]string{"https://example.org/warnings/1.cap?key=secret": "<html/>"})
	if said := fmt.Sprint(r.Notes, r.Skipped); strings.Contains(said, "secret") || !strings.Contains(said, "https://example.org/warnings/1.cap cannot be used") {
		t.Errorf("%s", said)
	}
}

// TestInlineOnlyForThePublic lets no test out of an index, and does not even ask for it.
func TestInlineOnlyForThePublic(t *testing.T) {
	for status, want := range map[string]int{"Actual": 1, "Test": 0, "Exercise": 0, "System": 0, "Draft": 0} {
		r := index(t, atom(strings.Replace(inlineEntry, "Actual", status, 1)), nil)
		if len(r.Alerts) != want || len(r.Missing) != want || len(r.Skipped) != 1-want {
			t.Errorf("%s: %+v", status, r)
		}
	}
	r := index(t, atom(strings.Replace(inlineEntry, "<cap:status>Actual</cap:status>", "", 1)), nil)
	if len(r.Alerts) != 0 || len(r.Missing) != 1 || !r.Partial {
		t.Errorf("without a status: %+v", r)
	}
	r = index(t, atom(strings.Replace(inlineEntry, "<cap:severity>", "<cap:scope>Private</cap:scope><cap:severity>", 1)), nil)
	if len(r.Alerts) != 0 || len(r.Missing) != 0 || len(r.Skipped) != 1 {
		t.Errorf("private: %+v", r)
	}
	r = index(t, atom(`<id>x</id><cap:status>Actual</cap:status><cap:event>Storm</cap:event>`), nil)
	if len(r.Alerts) != 0 || !r.Partial || len(r.Skipped) != 1 {
		t.Errorf("without a type or a message: %+v", r)
	}
}

// TestCarried reads messages that are in the entries, whichever format it is.
func TestCarried(t *testing.T) {
	message := sample{identifier: "m"}.String()
	for name, body := range map[string]string{
		"atom":    atom(`<id>e</id><content type="text/xml">` + message + `</content>`),
		"typed":   atom(`<id>e</id><link href="x.cap"/><content type="application/cap+xml">` + message + `</content>`),
		"rss":     rss(`<guid>e</guid>` + message),
		"rss 1.0": `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><item><guid>e</guid>` + message + `</item></rdf:RDF>`,
	} {
		t.Run(name, func(t *testing.T) {
			r := index(t, body, nil)
			if len(r.Alerts) != 1 || len(r.Missing) != 0 || r.Partial {
				t.Fatalf("%+v", r)
			}
			if a := r.Alerts[0]; a.ID != "e" || !slices.Contains(a.Names, "id:e") || a.Names[0] != "cap:warn@example.org,m,2026-03-01T09:00:00Z" {
				t.Errorf("%+v", a)
			}
		})
	}
	r := index(t, atom(`<id>e</id><content>`+sample{identifier: "a"}.String()+sample{identifier: "b"}.String()+`</content>`), nil)
	if len(r.Alerts) != 2 || r.Alerts[0].ID != "a" || slices.Contains(r.Alerts[0].Names, "id:e") {
		t.Errorf("two in one: %+v", r.Alerts)
	}
}

// TestEuropeanIndex reads entries with the elements that European services use, and
// titles of extensions beside their own.
func TestEuropeanIndex(t *testing.T) {
	r := index(t, atom(`<x:title xmlns:x="urn:x">Not this</x:title><title>Yellow wind</title><id>e1</id><link type="application/cap+xml" href="1"/>
<cap:identifier>2.49.1</cap:identifier><cap:sent>2026-03-01T10:00:00+00:00</cap:sent><cap:status>Actual</cap:status><cap:scope>Public</cap:scope>
<cap:message_type>Update</cap:message_type><cap:event>Wind</cap:event><cap:onset>2026-03-01T12:00:00+00:00</cap:onset>
<cap:expires>2026-03-01T18:00:00+00:00</cap:expires><cap:areaDesc>Coast</cap:areaDesc><cap:geocode><valueName>EMMA_ID</valueName><value>DE1</value></cap:geocode>`), nil)
	if len(r.Alerts) != 1 || len(r.Missing) != 1 || r.Partial {
		t.Fatalf("%+v", r)
	}
	if a := r.Alerts[0]; a.Header[0].Text != "Yellow wind" || !slices.Equal(a.Names, []string{"id:e1", "url:https://example.org/warnings/1"}) || len(a.Periods) != 1 {
		t.Errorf("%+v", a)
	}
}

func TestEmptyIndex(t *testing.T) {
	for _, body := range []string{
		`<feed xmlns="http://www.w3.org/2005/Atom" xmlns:cap="urn:oasis:names:tc:emergency:cap:1.2"></feed>`,
		atom(`<id>` + home + `</id><title>There are no active watches, warnings or advisories</title><link href="` + home + `"/><summary>None.</summary>`),
	} {
		r := index(t, body, nil)
		if len(r.Alerts)+len(r.Missing)+len(r.Skipped) > 0 || r.Partial {
			t.Errorf("%+v", r)
		}
	}
}

// TestManyPointers bounds what an index can make others fetch.
func TestManyPointers(t *testing.T) {
	var entries []string
	for i := range maxPointers + 20 {
		entries = append(entries, fmt.Sprintf(`<id>%d</id><link href="%d.cap"/>`, i, i/2*2))
	}
	r := index(t, atom(entries...), nil)
	if len(r.Missing) != (maxPointers+20)/2 {
		t.Errorf("%d pointers to %d addresses", len(r.Missing), (maxPointers+20)/2)
	}
	for i := range entries {
		entries[i] = fmt.Sprintf(`<id>%d</id><link href="%d.cap"/>`, i, i)
	}
	r = index(t, atom(entries...), nil)
	if len(r.Missing) != maxPointers || !r.Partial || len(r.Notes) != 1 {
		t.Errorf("%d pointers, notes %q", len(r.Missing), r.Notes)
	}
}

// TestSharedNames gives entries with one address or one id no such name.
func TestSharedNames(t *testing.T) {
	entry := func(id string) string { return strings.Replace(inlineEntry, "urn:e:1", id, 1) }
	r := index(t, atom(entry("a"), entry("b")), nil)
	for _, a := range r.Alerts {
		for _, n := range a.Names {
			if strings.HasPrefix(n, byAddress) {
				t.Errorf("%q", a.Names)
			}
		}
	}
	if len(r.Alerts) != 2 || len(r.Missing) != 1 {
		t.Errorf("%d alerts, %d pointers", len(r.Alerts), len(r.Missing))
	}
}

func TestLooks(t *testing.T) {
	for body, want := range map[string]Shape{
		sample{}.String(): Message, "<alerts><x/></alerts>": Envelope, atom(inlineEntry): Index, rss(""): Index,
		`<feed xmlns="http://www.w3.org/2005/Atom"><entry/></feed>`: None, `<rss><channel/></rss>`: None,
		`<html><body>urn:oasis:names:tc:emergency:cap:1.2</body></html>`: None, "": None, "{}": None, "\x0a\x0d": None,
		`<!DOCTYPE alert><alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"/>`: Message,
		`<!DOCTYPE html><p>`: None,
	} {
		if got := Looks([]byte(body)); got != want {
			t.Errorf("%.60s: %q, not %q", body, got, want)
		}
	}
	for want, links := range map[bool][]string{
		true: {"https://a.example/1.cap", "https://a.example/2.XML?x=1"}, false: {"https://a.example/1.xml", "https://a.example/2.html"},
	} {
		if LooksLinked(links) != want {
			t.Errorf("%q: not %v", links, want)
		}
	}
	if LooksLinked(nil) {
		t.Error("nothing is no index")
	}
}
