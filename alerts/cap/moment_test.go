package cap

import (
	"strings"
	"testing"
	"time"

	"spool"
	"spool/alerts"
)

func TestMoments(t *testing.T) {
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]string{
		"2026-03-01T10:00:00+01:00":       "2026-03-01T09:00:00Z",
		"2026-03-01T10:00:00-00:00":       "2026-03-01T10:00:00Z",
		"2026-03-01T10:00:00Z":            "2026-03-01T10:00:00Z",
		"2026-03-01T10:00:00.123456+0100": "2026-03-01T09:00:00Z",
		"2026-03-01T10:00+01:00":          "2026-03-01T09:00:00Z",
		"2026-03-01T10:00:00":             "2026-03-01T09:00:00Z", // in Oslo
		"2026-07-01 10:00:00":             "2026-07-01T08:00:00Z", // in summer
		" 2026-03-01 ":                    "2026-02-28T23:00:00Z",
		"Sun, 01 Mar 2026 10:00:00 +0100": "2026-03-01T09:00:00Z",
		"":                                "",
		"now":                             "",
		"2026-13-01T10:00:00Z":            "",
		"0001-01-01T00:00:00Z":            "",
		"1970-01-01T00:00:00Z":            "",
		"9999-12-31T23:59:59Z":            "",
		"2026-03-01T10:00:00+99:00":       "",
		strings.Repeat("2", 100_000):      "",
	} {
		r := &reader{loc: oslo}
		got := r.moment("sent", in)
		if want == "" {
			if !got.IsZero() || (in != "") != (len(r.notes.lines) == 1) {
				t.Errorf("%.40q: %v, notes %q", in, got, r.notes.lines)
			}
			continue
		}
		if !got.Equal(at(want)) || len(r.notes.lines) > 0 {
			t.Errorf("%q: %v, not %s; notes %q", in, got, want, r.notes.lines)
		}
	}
}

// TestPeriods is when messages hold that were sent on 1 March at 9:00 UTC.
func TestPeriods(t *testing.T) {
	nws := func(name, value string) string {
		return "<parameter><valueName>" + name + "</valueName><value>" + value + "</value></parameter>"
	}
	const sent, begin, end = "2026-03-01T09:00:00Z", "2026-03-01T12:00:00Z", "2026-03-01T18:00:00Z"
	for name, c := range map[string]struct {
		in    string
		want  []spool.Period
		guess bool
	}{
		"nothing":                      {"", []spool.Period{{Start: at(sent)}}, false},
		"onset":                        {"<onset>" + begin + "</onset><effective>2026-03-01T09:00:00Z</effective>", []spool.Period{{Start: at(begin)}}, false},
		"effective":                    {"<effective>" + begin + "</effective>", []spool.Period{{Start: at(begin)}}, false},
		"expires":                      {"<expires>" + end + "</expires>", []spool.Period{{Start: at(sent), End: at(end)}}, true},
		"both":                         {"<onset>" + begin + "</onset><expires>" + end + "</expires>", []spool.Period{{Start: at(begin), End: at(end)}}, true},
		"the event's end":              {"<onset>" + begin + "</onset><expires>2026-03-01T13:00:00Z</expires>" + nws("eventEndingTime", end), []spool.Period{{Start: at(begin), End: at(end)}}, false},
		"an event code":                {"<onset>" + begin + "</onset><expires>2026-03-01T13:00:00Z</expires>" + nws("VTEC", "/O.CON.KEXA.HW.W.0001.000000T0000Z-260301T1800Z/"), []spool.Period{{Start: at(begin), End: at(end)}}, false},
		"two event codes":              {"<expires>2026-03-01T13:00:00Z</expires>" + nws("VTEC", "/O.CON.KEXA.HW.W.0001.000000T0000Z-260301T1800Z/") + nws("VTEC", "/O.CON.KEXA.WC.Y.0001.000000T0000Z-260301T1500Z/"), []spool.Period{{Start: at(sent), End: at("2026-03-01T13:00:00Z")}}, true},
		"an event code without an end": {"<expires>" + end + "</expires>" + nws("VTEC", "/O.CON.KEXA.HW.W.0001.000000T0000Z-000000T0000Z/"), []spool.Period{{Start: at(sent), End: at(end)}}, true},
		"an event code of last year":   {"<expires>" + end + "</expires>" + nws("VTEC", "/O.CON.KEXA.HW.W.0001.000000T0000Z-250301T1800Z/"), []spool.Period{{Start: at(sent), End: at(end)}}, true},
		"good for less than the wait":  {"<onset>" + end + "</onset><expires>" + begin + "</expires>", []spool.Period{{Start: at(end)}}, false},
		"until further notice":         {"<expires>9999-12-31T00:00:00Z</expires>", []spool.Period{{Start: at(sent)}}, false},
		"until a far year":             {"<effective>" + begin + "</effective><expires>2037-12-31T00:00:00Z</expires>", []spool.Period{{Start: at(begin)}}, false},
		"since the epoch":              {"<onset>1970-01-01T00:00:00Z</onset><expires>" + end + "</expires>", []spool.Period{{Start: at(sent), End: at(end)}}, true},
		"expired before it was sent":   {"<expires>2026-03-01T08:00:00Z</expires>", []spool.Period{{End: at("2026-03-01T08:00:00Z")}}, true},
		"in one language of two":       {"<expires>" + end + "</expires></info><info><language>fr</language><event>y</event>", []spool.Period{{Start: at(sent), End: at(end)}}, true},
		"the same in two languages":    {"<expires>" + end + "</expires></info><info><language>fr</language><event>y</event><expires>2026-03-01T19:00:00+01:00</expires>", []spool.Period{{Start: at(sent), End: at(end)}}, true},
	} {
		t.Run(name, func(t *testing.T) {
			a := one(t, sample{infos: []string{"<event>x</event>" + c.in}}.String())
			if len(a.Periods) != len(c.want) || a.Guess != c.guess {
				t.Fatalf("%v, guess %v; want %v, %v", a.Periods, a.Guess, c.want, c.guess)
			}
			for i, p := range a.Periods {
				if p != c.want[i] {
					t.Errorf("%v, not %v", p, c.want[i])
				}
			}
		})
	}
}

// TestUpdatesHoldSince says since when an update holds that names no beginning.
func TestUpdatesHoldSince(t *testing.T) {
	a := one(t, sample{msgType: "Update", references: "warn@example.org,zero,2026-03-01T08:00:00+01:00"}.String())
	if len(a.Periods) != 1 || !a.Periods[0].Start.Equal(at("2026-03-01T07:00:00Z")) {
		t.Errorf("%v", a.Periods)
	}
	if a := one(t, sample{sent: "-"}.String()); len(a.Periods) != 0 {
		t.Errorf("%v", a.Periods)
	}
}

func TestPeriodsAreBounded(t *testing.T) {
	var infos []string
	for i := range maxInfos + 50 {
		infos = append(infos, "<event>x</event><expires>"+at("2026-03-01T12:00:00Z").Add(time.Duration(i)*time.Minute).Format(time.RFC3339)+"</expires>")
	}
	r := mustRead(t, alerts.Document{Body: []byte(sample{infos: infos}.String())})
	if n := len(r.Alerts[0].Periods); n != maxPeriods {
		t.Errorf("%d periods", n)
	}
	if len(r.Notes) == 0 || !strings.Contains(r.Notes[0], "50 info blocks beyond the first 200") {
		t.Errorf("notes %q", r.Notes)
	}
}

// TestEvents gives events of the US National Weather Service names that stay.
func TestEvents(t *testing.T) {
	read := func(identifier, vtec, zone string) spool.Alert {
		return one(t, sample{identifier: identifier, infos: []string{"<event>x</event><parameter><valueName>VTEC</valueName><value>" + vtec +
			"</value></parameter><area><areaDesc>A</areaDesc><geocode><valueName>UGC</valueName><value>" + zone + "</value></geocode></area>"}}.String())
	}
	name := func(a spool.Alert) string {
		if n := a.Names[len(a.Names)-1]; strings.HasPrefix(n, byEvent) {
			return n
		}
		return ""
	}
	first := read("1", "/O.NEW.KEXA.HW.W.0001.260301T1000Z-260301T1800Z/", "EXZ1")
	second := read("2", "/O.EXT.KEXA.HW.W.0001.000000T0000Z-260301T2000Z/", "EXZ1")
	elsewhere := read("3", "/O.NEW.KEXA.HW.W.0001.260301T1000Z-260301T1800Z/", "EXZ2")
	another := read("4", "/O.NEW.KEXA.HW.W.0002.260301T1000Z-260301T1800Z/", "EXZ1")
	over := read("5", "/O.CAN.KEXA.HW.W.0001.000000T0000Z-260301T2000Z/", "EXZ1")
	none := read("6", "no code", "EXZ1")
	partly := read("7", "/O.CON.KEXA.WI.Y.0004.000000T0000Z-260301T2000Z/ /O.CAN.KEXA.HW.W.0001.000000T0000Z-260301T2000Z/", "EXZ1")
	if !partly.Ended.IsZero() {
		t.Errorf("one event of two is over, not both: ended %v", partly.Ended)
	}
	if name(first) == "" || name(first) != name(second) || name(first) == name(elsewhere) || name(first) == name(another) || name(none) != "" {
		t.Errorf("%q %q %q %q %q", name(first), name(second), name(elsewhere), name(another), name(none))
	}
	if !first.Ended.IsZero() || !over.Ended.Equal(at("2026-03-01T09:00:00Z")) || over.Resumed || name(over) != name(first) {
		t.Errorf("ended %v and %v", first.Ended, over.Ended)
	}
}
