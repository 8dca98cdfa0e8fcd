package gtfsrt

import (
	"slices"
	"strings"
	"testing"

	"spool"
)

func TestAlike(t *testing.T) {
	for id, want := range map[string]string{
		"lmm:alert:263406:31":    "lmm:alert:263406",
		"lmm:alert:263406":       "lmm:alert:263406",
		"lmm:planned_work:9:4":   "lmm:planned_work:9",
		"lmm:alert:263406:31:2":  "",
		"lmm:alert:x:31":         "",
		"agency:alert:3:17":      "", // a rank there, perhaps a line here
		"A32N#EL145":             "#EL145",
		"232S#ES412X":            "#ES412X",
		"route5#1":               "",
		"#EL145":                 "",
		"2024-12-31":             "",
		"":                       "",
		"AlertFeedItem_4561":     "",
		"xlmm:alert:263406:31":   "",
		"lmm:alert:263406:31 ":   "",
		"A32N#EL145\nA32N#EL145": "",
	} {
		if got := alike(id); got != want {
			t.Errorf("%q: got %q, want %q", id, got, want)
		}
	}
}

func TestPageName(t *testing.T) {
	a := spool.Alert{Affected: []spool.Affected{{Route: "100_5550"}, {Route: "1234"}, {Stop: "70061"}, {Agency: "40"}}}
	for address, want := range map[string]string{
		"https://m.transit.example/node/19133":                         "m.transit.example/node/19133",
		"HTTPS://M.Transit.example/node/19133/?utm_source=rss&lang=en": "m.transit.example/node/19133",
		"https://a.example/alerts?id=5":                                "a.example/alerts?id=5",
		"https://a.example/alerts?alert=red-1&b=2":                     "a.example/alerts?alert=red-1&b=2",
		"https://a.example/x#alert-90412":                              "a.example/x#alert-90412",
		"https://a.example/a/0d9bd4b0-66a1-4f1e-9d6a-1f2e3d4c5b6a":     "a.example/a/0d9bd4b0-66a1-4f1e-9d6a-1f2e3d4c5b6a",
		"https://a.example/no-trains-between-here-and-there":           "a.example/no-trains-between-here-and-there",
		"https://a.example/bulletins/21228d1":                          "a.example/bulletins/21228d1",
		"https://a.example/alert90412":                                 "a.example/alert90412",
		"https://a.example/stop70061":                                  "", // its stop
		"https://a.example/route550":                                   "",
		"https://a.example/m1x/b2b":                                    "",
		"https://a.example":                                            "",
		"https://a.example/alerts":                                     "",
		"https://a.example/projects/green-line-extension":              "",
		"https://a.example/service-changes/2026":                       "",
		"https://a.example/service/2026-10":                            "",
		"https://a.example/routes/5550":                                "", // its line
		"https://a.example/routes/1234":                                "",
		"https://a.example/stops/70061":                                "",
		"https://a.example/status?route_id=77":                         "",
		"https://a.example/status?id=1234":                             "", // its line
		"https://a.example/status?stopid=99999":                        "",
		"https://a.example/line/46":                                    "",
		"mailto:x@a.example?id=5":                                      "",
		"":                                                             "",
	} {
		if got := pageName(address, a); got != want {
			t.Errorf("%s: got %q, want %q", address, got, want)
		}
	}
}

// TestNames lists the surest first, and no page that several alerts share.
func TestNames(t *testing.T) {
	alert := func(id, page string) []byte { return one(id, tr(10, "", "x "+id), tr(8, "", page)) }
	r := read(t, doc(
		alert("lmm:alert:1:31", "https://a.example/n/10001"), alert("lmm:alert:1:20", "https://a.example/n/10001"),
		alert("lmm:alert:2:31", "https://a.example/n/10002"),
		alert("x", "https://a.example/n/10003"), alert("y", "https://a.example/n/10003/"),
		alert("z", "https://a.example/n/10004?utm_source=feed"),
	))
	want := []string{
		"id:lmm:alert:1:31 id~:lmm:alert:1 url:a.example/n/10001", "id:lmm:alert:1:20 id~:lmm:alert:1 url:a.example/n/10001",
		"id:lmm:alert:2:31 id~:lmm:alert:2 url:a.example/n/10002", "id:x", "id:y", "id:z url:a.example/n/10004",
	}
	var got []string
	for _, a := range r.Alerts {
		got = append(got, strings.Join(a.Names, " "))
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestLinks(t *testing.T) {
	for in, want := range map[string]string{
		"https://a.example/x?a=1&amp;b=2": "https://a.example/x?a=1&b=2",
		" http://a.example/ ":             "http://a.example/",
		"www.a.example/x":                 "https://www.a.example/x",
		"/alerts/5":                       "https://agency.example/alerts/5",
		"javascript:alert(1)":             "",
		"data:text/html,x":                "",
		"mailto:help@a.example":           "",
		"https://me:secret@a.example/":    "",
		"https://a.example/%zz":           "",
		"https:///x":                      "",
		"ftp://a.example/x":               "",
		"https://a.example/\x00":          "",
	} {
		r := read(t, doc(one("a", tr(10, "", "x"), tr(8, "", in))))
		got := ""
		if u := r.Alerts[0].URL; len(u) > 0 {
			got = u[0].Text
		}
		if got != want || (want == "") != (len(r.Notes) == 1) {
			t.Errorf("%q: got %q, want %q, notes %q", in, got, want, r.Notes)
		}
		if mentions(r.Notes, "secret") {
			t.Errorf("a note shows a password: %q", r.Notes)
		}
	}
	if got := only(t, doc(one("a", tr(10, "", "x"), tr(8, "", "https://a.example/"+strings.Repeat("x", maxURL))))).URL; got != nil {
		t.Errorf("a long address: %d", len(got))
	}
}

// TestImages takes those of one language, the one that is wanted or the first.
func TestImages(t *testing.T) {
	body := doc(one("a", tr(10, "", "x"),
		sub(15, sub(1, str(1, "de.png"), str(3, "de")), sub(1, str(1, "en.png"), str(2, "no type"), str(3, "en")), sub(1, str(1, "en2.png"), str(3, "en"))),
		tr(16, "en", "A map", "de", "Ein Plan")))
	for _, tt := range []struct {
		languages []string
		want      string
	}{{nil, "de.png Ein Plan"}, {[]string{"fr", "en-GB"}, "en.png A map, en2.png A map"}, {[]string{"fr"}, "de.png Ein Plan"}} {
		d := docOf(body)
		d.Languages = tt.languages
		r, err := Read(d)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range r.Alerts[0].Image {
			got = append(got, strings.TrimPrefix(m.URL, "https://agency.example/rt/")+" "+m.Alt)
			if m.Type != "" {
				t.Errorf("type %q", m.Type)
			}
		}
		if strings.Join(got, ", ") != tt.want {
			t.Errorf("%v: got %q, want %q", tt.languages, got, tt.want)
		}
	}
}
