package source

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"spool"
	"spool/alerts"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

const emptyFeed = `<rss version="2.0"><channel><title>Alerts</title></channel></rss>`

func feed(items ...spool.Item) alerts.Document {
	return alerts.Document{Body: []byte(emptyFeed), URL: "https://transit.example.org/alerts.rss", Items: items}
}

func mustRead(t *testing.T, doc alerts.Document) alerts.Reading {
	t.Helper()
	r, err := Reader{}.Read(doc)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestItem(t *testing.T) {
	r := mustRead(t, feed(spool.Item{
		GUID: "alert-1", Link: "https://transit.example.org/alerts/12345", Title: "Red Line: delays of 20 minutes", Summary: "Because of a signal failure. Use bus 7.",
		Language: "en", Published: noon, Updated: noon.Add(time.Minute),
		Media: []spool.Media{{URL: "https://transit.example.org/a.mp3", Type: "audio/mpeg"}, {URL: "https://transit.example.org/map.png", Type: "image/png", Alt: "Map"}},
	}))
	if len(r.Alerts) != 1 || r.Format != "RSS" || r.Partial || r.Log || r.Digest == "" {
		t.Fatalf("%+v", r)
	}
	a := r.Alerts[0]
	text := func(texts spool.Texts) string { return texts[0].Language + ":" + texts[0].Text }
	if a.ID != "alert-1" || text(a.Header) != "en:Red Line: delays of 20 minutes" || text(a.Description) != "en:Because of a signal failure. Use bus 7." ||
		text(a.URL) != "en:https://transit.example.org/alerts/12345" || !a.Created.Equal(noon) || !a.Updated.Equal(noon.Add(time.Minute)) ||
		len(a.Image) != 1 || a.Image[0].Alt != "Map" || a.Effect != "" || a.Cause != "" || a.Severity != "" || len(a.Periods) != 0 {
		t.Errorf("%+v", a)
	}
	want := []string{"id:alert-1", "url:https://transit.example.org/alerts/12345", "text:", "subject:red line delays of 20 minutes"}
	if len(a.Names) != len(want) {
		t.Fatalf("names %q", a.Names)
	}
	for i, n := range a.Names {
		if !strings.HasPrefix(n, want[i]) {
			t.Errorf("name %q, not %q", n, want[i])
		}
	}
}

// TestHeaders completes titles that say nothing by the first sentence of the text.
func TestHeaders(t *testing.T) {
	for _, c := range []struct{ title, summary, header, rest string }{
		{"BART Service Advisory", "There is a 10-minute delay on the Richmond Line. Use bus 7.", "BART: There is a 10-minute delay on the Richmond Line.", "Use bus 7."},
		{"BART Service Advisory", "BART trains are late.", "BART trains are late.", ""},
		{"BUS ALERT", "Route 7 is late.", "Route 7 is late.", ""},
		{"SNOW closes the line", "Use bus 7.", "SNOW closes the line", "Use bus 7."},
		{"RD Line", "Red Line: Trains every 15 minutes.", "Red Line: Trains every 15 minutes.", ""},
		{"OR, SV Line", "Orange/Silver Line: Delays in both directions.", "Orange/Silver Line: Delays in both directions.", ""},
		{"Delays on the Red Line", "Signals.", "Delays on the Red Line", "Signals."},
		{"Red Line", "Delays of 20 minutes because of signals. Use bus 7.", "Red Line: Delays of 20 minutes because of signals.", "Use bus 7."},
		{"Red Line", "The Red Line has delays. Use bus 7.", "The Red Line has delays.", "Use bus 7."},
		{"46", "Detour at Main St. and 3rd Ave. until noon.", "46: Detour at Main St. and 3rd Ave. until noon.", ""},
		{"Routes 4, 5 and 12:", "Buses are late", "Routes 4, 5 and 12: Buses are late", ""},
		{"Ligne 4", "Rien entre A et B. Reprise à 18:30.", "Ligne 4: Rien entre A et B.", "Reprise à 18:30."},
		{"Service Alert", "No trains between A and B. Buses run.", "No trains between A and B.", "Buses run."},
		{"Service Alerts!", "No trains\nBuses run.", "No trains", "Buses run."},
		{"", "No trains. Buses run.", "No trains.", "Buses run."},
		{"Service Alert", "", "Service Alert", ""},
		{"Red Line", "", "Red Line", ""},
		{"UPDATE: Delays on the Red Line", "UPDATE 2: 45 minutes now.", "Delays on the Red Line", "45 minutes now."},
		{"[Update] Delays on the Red Line", "x", "Delays on the Red Line", "x"},
		{"Cancelled: 10:15 to Bergen", "No train.", "Cancelled: 10:15 to Bergen", "No train."},
		{"Delays on the Red Line", "Delays on the Red Line.", "Delays on the Red Line", ""},
		{"Storm, gult nivå, A - B, 2026-03-01T01:00:00+00:00, 2026-03-02T14:00:00+00:00", "Alert: Kuling.", "Storm, gult nivå, A - B", "Kuling."},
	} {
		w := wordsOf(spool.Item{Title: c.title, Summary: c.summary})
		if w.header != c.header || w.rest != c.rest {
			t.Errorf("%q, %q:\ngot  %q, %q\nwant %q, %q", c.title, c.summary, w.header, w.rest, c.header, c.rest)
		}
	}
}

func TestFirstSentence(t *testing.T) {
	long := strings.Repeat("word ", 100)
	for in, want := range map[string]string{
		"One sentence":                   "One sentence",
		"One sentence. Two.":             "One sentence.",
		"At 10.30 it ends. Yes.":         "At 10.30 it ends.",
		"Platform 2. Use the other one.": "Platform 2.",
		"At Main St. Louis stops. Yes.":  "At Main St. Louis stops.",
		"東京。次":                           "東京。次",
		long:                             strings.TrimSpace(long[:199]) + "…",
	} {
		got, rest := firstSentence(in)
		if got != want || utf8.RuneCountInString(got) > 202 {
			t.Errorf("%.60q: %q", in, got)
		}
		if want == in != (rest == "") {
			t.Errorf("%.60q: the rest is %.60q", in, rest)
		}
	}
}

// TestWarnings gives an alert of a feed whose guids change with every change a name that
// stays, and when it holds.
func TestWarnings(t *testing.T) {
	item := func(guid, kind, level, period string) spool.Item {
		return spool.Item{
			GUID: guid, Link: "https://api.example.no/metalerts?cap=" + guid, Title: "Storm, " + level + " nivå, Frøya - Rørvik, " + period,
			Summary: kind + " Sørvest liten storm.", Language: "no", Published: noon,
		}
	}
	name := func(it spool.Item) string {
		a := mustRead(t, feed(it)).Alerts[0]
		return a.Names[len(a.Names)-1]
	}
	first := name(item("2.49.0.1.578.0.1001", "Alert:", "gult", "2026-03-01T01:00:00+00:00, 2026-03-02T14:00:00+00:00"))
	later := name(item("2.49.0.1.578.0.1002", "Update:", "oransje", "2026-03-01T01:00:00+00:00, 2026-03-02T18:00:00+00:00"))
	if first != "subject:storm frøya rørvik" || later != first {
		t.Errorf("%q and %q", first, later)
	}
	if got := name(spool.Item{GUID: "x", Title: "Storm, Frøya - Rørvik, 23 februar 21:00 UTC til 24 februar 14:00 UTC. ", Summary: "Alert: Liten storm."}); got != first {
		t.Errorf("with the times in words: %q", got)
	}
	a := mustRead(t, feed(item("2.49.0.1.578.0.1001", "Alert:", "gult", "2026-03-01T01:00:00+01:00, 2026-03-02T14:00:00+01:00"))).Alerts[0]
	want := []spool.Period{{Start: noon.Add(-12 * time.Hour), End: noon.Add(25 * time.Hour)}}
	if !slices.Equal(a.Periods, want) || a.Header[0].Text != "Storm, gult nivå, Frøya - Rørvik" || a.Description[0].Text != "Sørvest liten storm." {
		t.Errorf("%+v", a)
	}

	a = mustRead(t, feed(item("2.49.0.1.578.0.1001", "Alert:", "gult", "2026-03-02T01:00:00+01:00, 2026-03-01T14:00:00+01:00"))).Alerts[0]
	if len(a.Periods) != 0 {
		t.Errorf("a period that ends before it begins: %v", a.Periods)
	}

	cancel := item("2.49.0.1.578.0.1003", "Cancel:", "gult", "2026-03-01T01:00:00+00:00, 2026-03-02T14:00:00+00:00")
	r := mustRead(t, feed(cancel))
	if len(r.Alerts) != 0 || !slices.Contains(r.Withdrew, first) || !slices.Contains(r.Withdrew, "id:2.49.0.1.578.0.1003") {
		t.Errorf("a cancelled warning: %+v", r)
	}
	doc := feed(cancel)
	doc.Log = true
	if r := mustRead(t, doc); len(r.Alerts) != 1 || len(r.Withdrew) != 0 || !r.Log {
		t.Errorf("a cancelled warning in a log: %+v", r)
	}
}

// TestNames says which names items have that are alike in one thing or another.
func TestNames(t *testing.T) {
	page := "https://transit.example.org/alerts/"
	for name, c := range map[string]struct {
		items []spool.Item
		log   bool
		want  []string // the kinds of each item
	}{
		"different": {[]spool.Item{
			{GUID: "a", Link: page + "1001", Title: "Delays between A and B"}, {GUID: "b", Link: page + "1002", Title: "Delays between C and D"},
		}, false, []string{"id url text subject", "id url text subject"}},
		"the same guid": {[]spool.Item{
			{GUID: "a", Link: page + "1001", Title: "Delays between A and B"}, {GUID: "a", Link: page + "1002", Title: "Delays between C and D"},
		}, false, []string{"url text subject", "url text subject"}},
		"the same page": {[]spool.Item{
			{GUID: "a", Link: page + "1001", Title: "Red Line"}, {GUID: "b", Link: page + "1001", Title: "Blue Line"},
		}, false, []string{"id text", "id text"}},
		"the same words": {[]spool.Item{
			{GUID: "a", Link: page, Title: "Lift out of order at"}, {GUID: "b", Link: page, Title: "Lift out of order at"},
		}, false, []string{"id", "id"}},
		"the same in everything": {[]spool.Item{
			{GUID: "a", Link: page + "1001", Title: "Delays"}, {GUID: "a", Link: page + "1001", Title: "Delays"},
		}, false, []string{""}},
		"pages of lines": {[]spool.Item{
			{GUID: "a", Link: "https://transit.example.org/lines/46", Title: "46", Summary: "Late"}, {GUID: "b", Link: "https://transit.example.org/", Title: "47", Summary: "Late"},
		}, false, []string{"id text", "id text"}},
		"pages with headlines": {[]spool.Item{{Link: page + "delays-on-the-red-line", Title: "x"}}, false, []string{"url text"}},
		"pages of a year":      {[]spool.Item{{Link: "https://transit.example.org/alerts/2026", Title: "x"}}, false, []string{"text"}},
		"the page of the feed": {[]spool.Item{{GUID: "a", Link: "https://transit.example.org/alerts.rss?id=12345", Title: "x"}}, false, []string{"id text"}},
		"no guid":              {[]spool.Item{{Title: "Delays between A and B"}}, false, []string{"text subject"}},
		"a log": {[]spool.Item{
			{GUID: "a", Link: page + "1001", Title: "Delays between A and B"}, {GUID: "b", Link: page + "1002", Title: "Delays between A and B"},
		}, true, []string{"id url", "id url"}},
		"a log without guids": {[]spool.Item{
			{Title: "Delays between A and B", Published: noon}, {Title: "Delays between A and B", Published: noon.Add(time.Hour)},
		}, true, []string{"text", "text"}},
	} {
		t.Run(name, func(t *testing.T) {
			doc := feed(c.items...)
			doc.Log, doc.URL = c.log, "https://transit.example.org/alerts.rss?id=12345"
			r := mustRead(t, doc)
			var got []string
			ids, names := map[string]bool{}, map[string]bool{}
			for _, a := range r.Alerts {
				var kinds []string
				for _, n := range a.Names {
					kind, _, _ := strings.Cut(n, ":")
					kinds = append(kinds, kind)
					if names[n] {
						t.Errorf("two are called %q", n)
					}
					names[n] = true
				}
				got = append(got, strings.Join(kinds, " "))
				if ids[a.ID] || a.ID == "" {
					t.Errorf("two have the id %q", a.ID)
				}
				ids[a.ID] = true
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%q, not %q", got, c.want)
			}
		})
	}
}

// An item that says that there is nothing to tell is no alert, in a feed of what is the
// case; and where something else is said, it is one.
func TestNothingToTell(t *testing.T) {
	for title, alert := range map[string]bool{
		"No delays reported.": false, "There are currently no active alerts": false, "No service advisories at this time.": false,
		"Aucune perturbation en cours": false, "Derzeit keine Störungen": false, "Es gibt keine Züge": true, "No hay incidencias": false,
		"No service": true, "No trains reported": true, "No delays on the Red Line; Blue Line suspended": true, "No alerts sound at Mill": true,
	} {
		for _, log := range []bool{false, true} {
			doc := feed(spool.Item{Title: title, Summary: title})
			if doc.Log = log; len(readItems(doc).Alerts) > 0 != (alert || log) {
				t.Errorf("%q, log %v: an alert or none: %+v", title, log, readItems(doc).Alerts)
			}
		}
	}
	doc := feed(spool.Item{Title: "No delays reported.", Summary: "Lifts at Mill are out of order."})
	if len(readItems(doc).Alerts) != 1 {
		t.Error("what an item says besides is lost")
	}
}

func TestUnusableItems(t *testing.T) {
	items := []spool.Item{{GUID: "a"}, {Link: "https://x.example/"}}
	for i := range 100 {
		items = append(items, spool.Item{GUID: fmt.Sprint(strings.Repeat("g", 200), i)})
	}
	r := mustRead(t, feed(items...))
	if len(r.Alerts) != 0 || len(r.Skipped) != maxReason || r.Skipped[0] != "item a: it has neither a title nor a text" || r.Skipped[1] != "item 2 of the feed: it has neither a title nor a text" {
		t.Errorf("%q", r.Skipped)
	}
	items = nil
	for i := range maxItems + 1 {
		items = append(items, spool.Item{GUID: fmt.Sprint(i), Title: fmt.Sprint("alert ", i)})
	}
	if r := mustRead(t, feed(items...)); len(r.Alerts) != maxItems || !r.Partial || len(r.Notes) != 1 {
		t.Errorf("%d alerts, partial %v", len(r.Alerts), r.Partial)
	}
}

// TestDigest is the same for what says the same, and only for that.
func TestDigest(t *testing.T) {
	one := spool.Item{GUID: "a", Title: "Delays between A and B", Published: noon}
	two := one
	two.Title = "Delays between A and C"
	if a, b := mustRead(t, feed(one)).Digest, mustRead(t, feed(one)).Digest; a != b || a == "" {
		t.Errorf("%q and %q of the same", a, b)
	}
	if a, b := mustRead(t, feed(one)).Digest, mustRead(t, feed(two)).Digest; a == b {
		t.Errorf("%q of both", a)
	}
}
