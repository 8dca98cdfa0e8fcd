package source

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/alerts"
)

// A diary reads the documents of a source one after the other, a minute apart, and
// keeps the book of its alerts.
type diary struct {
	t     *testing.T
	p     alerts.Policy
	book  []spool.Tracked
	notes []byte
	last  time.Time
	now   time.Time
}

func newDiary(t *testing.T) *diary {
	p := alerts.Policy{Feed: "warnings", Group: "warnings", Accounts: []string{"a"}, GoneFetches: 3, GoneTime: 10 * time.Minute, ReopenWithin: time.Hour, FirstRun: alerts.FirstRun{All: true}}
	return &diary{t: t, p: p, now: noon}
}

// reads takes the next document, and says what the book holds: the headline of each
// alert, and how those ended that are over.
func (d *diary) reads(doc alerts.Document, want ...string) {
	d.t.Helper()
	r, err := Reader{}.Read(doc)
	if err != nil {
		d.t.Fatal(err)
	}
	got := d.p.Track(d.book, d.notes, &r, d.last, d.now)
	d.book, d.notes, d.last = got.Book, got.Notes, d.now
	d.now = d.now.Add(time.Minute)
	var lines []string
	for _, rec := range d.book {
		line := "no headline"
		if len(rec.Alert.Header) > 0 {
			line = rec.Alert.Header[0].Text
		}
		if !rec.Open {
			line += " over by " + string(rec.Ending)
		}
		lines = append(lines, line)
	}
	if strings.Join(lines, "; ") != strings.Join(want, "; ") {
		d.t.Errorf("%s: the book holds %q, not %q; doubt %q", d.now.Format("15:04"), lines, want, got.Doubt)
	}
}

func warning(id, msgType, hour, refs, rest string) string {
	return `<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>` + id + `</identifier><sender>w@example.org</sender><sent>2026-03-01T` + hour +
		`:00:00+00:00</sent><status>Actual</status><msgType>` + msgType + `</msgType><scope>Public</scope><references>` + refs + `</references><info>` + rest + `</info></alert>`
}

func storm(headline string) string {
	return "<event>Storm</event><severity>Severe</severity><headline>" + headline + "</headline><expires>2026-03-01T20:00:00Z</expires>"
}

// TestWarningThroughItsLife follows one warning through its update and its end, as
// single messages at one address.
func TestWarningThroughItsLife(t *testing.T) {
	doc := func(body string) alerts.Document {
		return alerts.Document{Body: []byte(body), URL: "https://example.org/now.cap"}
	}
	for name, end := range map[string]string{
		"cancel":    warning("3", "Cancel", "11", "w@example.org,2,2026-03-01T10:00:00+00:00", storm("No storm")),
		"all clear": warning("3", "Update", "11", "w@example.org,2,2026-03-01T11:00:00+01:00", "<responseType>AllClear</responseType>"+storm("All clear")),
	} {
		t.Run(name, func(t *testing.T) {
			d := newDiary(t)
			d.reads(doc(warning("1", "Alert", "09", "", storm("Storm in the valley"))), "Storm in the valley")
			d.reads(doc(warning("2", "Update", "10", "w@example.org,1,2026-03-01T09:00:00+00:00", storm("Storm in all valleys"))), "Storm in all valleys")
			want := "Storm in all valleys over by source"
			if name == "all clear" {
				want = "All clear over by source"
			}
			d.reads(doc(end), want)
		})
	}
}

// TestIndexThroughItsLife follows a warning through an index: first as the index has it,
// then as its message has it, then through an update under another id.
func TestIndexThroughItsLife(t *testing.T) {
	const index = "https://example.org/w/index.atom"
	entry := func(id, title string) string {
		return fmt.Sprintf(`<entry><id>urn:%s</id><title>%s</title><updated>2026-03-01T09:00:00Z</updated><link type="application/cap+xml" href="%[1]s.cap"/>
<cap:status>Actual</cap:status><cap:msgType>Alert</cap:msgType><cap:event>Storm</cap:event><cap:areaDesc>Valley</cap:areaDesc></entry>`, id, title)
	}
	doc := func(entries string, messages ...string) alerts.Document {
		m := map[string][]byte{}
		for i := 0; i+1 < len(messages); i += 2 {
			m["https://example.org/w/"+messages[i]+".cap"] = []byte(messages[i+1])
		}
		return alerts.Document{URL: index, Messages: m, Body: []byte(`<feed xmlns="http://www.w3.org/2005/Atom" xmlns:cap="urn:oasis:names:tc:emergency:cap:1.2">` + entries + `</feed>`)}
	}
	first := warning("1", "Alert", "09", "", storm("Storm in the valley"))
	second := warning("2", "Update", "10", "w@example.org,1,2026-03-01T09:00:00+00:00", storm("Storm in all valleys"))
	d := newDiary(t)
	d.reads(doc(entry("a", "Storm")), "Storm")
	d.reads(doc(entry("a", "Storm"), "a", first), "Storm in the valley")
	d.reads(doc(entry("a", "Storm")+entry("b", "Storm"), "a", first, "b", second), "Storm in all valleys")
	d.reads(doc(entry("b", "Storm"), "b", second), "Storm in all valleys")
	d.reads(doc(entry("c", "No storm"), "c", warning("3", "Cancel", "11", "w@example.org,2,2026-03-01T10:00:00+00:00", storm("No storm"))), "Storm in all valleys over by source")
}

// TestEventThroughItsLife follows an event of the US National Weather Service through an
// index that gives every message about it another id and fetches none.
func TestEventThroughItsLife(t *testing.T) {
	doc := func(id, title, action string) alerts.Document {
		return alerts.Document{URL: "https://example.org/us.atom", Body: fmt.Appendf(nil, `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:cap="urn:oasis:names:tc:emergency:cap:1.1">
<entry><id>urn:%s</id><title>%s</title><updated>2026-03-01T12:00:00Z</updated><cap:status>Actual</cap:status><cap:msgType>Alert</cap:msgType>
<cap:event>Wind</cap:event><cap:areaDesc>Coast</cap:areaDesc><cap:geocode><valueName>UGC</valueName><value>EXZ1</value></cap:geocode>
<cap:parameter><valueName>VTEC</valueName><value>/O.%s.KEXA.HW.W.0007.000000T0000Z-260301T2000Z/</value></cap:parameter></entry></feed>`, id, title, action)}
	}
	d := newDiary(t)
	d.reads(doc("1", "High wind", "NEW"), "High wind")
	d.reads(doc("2", "High wind goes on", "CON"), "High wind goes on")
	d.reads(doc("3", "High wind is over", "CAN"), "High wind is over over by source")
}

// TestItemThroughItsLife follows a warning in RSS that has another guid with each change.
func TestItemThroughItsLife(t *testing.T) {
	item := func(guid, kind, level string) alerts.Document {
		return feed(spool.Item{
			GUID: guid, Link: "https://api.example.no/metalerts?cap=" + guid, Summary: kind + ": Sørvest liten storm. " + guid, Language: "no", Published: noon,
			Title: "Storm, " + level + " nivå, Frøya - Rørvik, 2026-03-01T01:00:00+00:00, 2026-03-02T14:00:00+00:00",
		})
	}
	d := newDiary(t)
	d.reads(item("2.49.0.1.578.0.1001", "Alert", "gult"), "Storm, gult nivå, Frøya - Rørvik")
	d.reads(item("2.49.0.1.578.0.1002", "Update", "oransje"), "Storm, oransje nivå, Frøya - Rørvik")
	d.reads(item("2.49.0.1.578.0.1003", "Cancel", "oransje"), "Storm, oransje nivå, Frøya - Rørvik over by source")
}

// TestEndOfALogSaysItsOwn: what riders were to do while a line did not run is no part of
// what is told when it runs again.
func TestEndOfALogSaysItsOwn(t *testing.T) {
	down := spool.Item{GUID: "1", Title: "Blue Line: no trains between Elm and Oak", Summary: "Take bus 9.", Published: noon}
	up := spool.Item{GUID: "2", Title: "Blue Line: service has resumed", Summary: "Trains run every ten minutes.", Published: noon.Add(time.Minute)}
	d := newDiary(t)
	d.p.Log = true
	logged := func(items ...spool.Item) alerts.Document {
		doc := feed(items...)
		doc.Log = true
		return doc
	}
	d.reads(logged(down), "Blue Line: no trains between Elm and Oak")
	d.reads(logged(up, down), "Blue Line: no trains between Elm and Oak over by source")
	if a := d.book[0].Alert; !a.Resumed || alerts.Pick(a.Description).Text != up.Summary {
		t.Errorf("of the end is told %+v", a)
	}
}
