package gtfsrt

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"spool"
	"spool/alerts"
	"spool/alerts/gtfsrt/gtfsrttest"
)

// TestEveryField reads a message that has every field of the schema, and others.
func TestEveryField(t *testing.T) {
	got := only(t, doc(
		sub(2, str(1, "trip"), sub(3, str(1, "not an alert"))),
		one("a-1",
			sub(1, num(1, stamp), num(2, stamp+3600)), sub(1, num(1, stamp+7200)),
			sub(5, str(1, "AG"), str(2, "R1"), num(3, 1), str(5, "S1"), num(6, 0)),
			sub(5, sub(4, str(1, "T1"), str(2, "08:00:00"), str(3, "20251009"), str(5, "R2"), num(6, 1))),
			sub(5, sub(4, str(2, "08:00:00"), str(3, "20251009"), str(5, "R3"))),
			num(6, 13), num(7, 11),
			tr(8, "en", "https://agency.example/alerts/90210"),
			tr(10, "en", "Lift out of order", "de", "Aufzug gest\u00f6rt"),
			tr(11, "en", "Use the ramp."), tr(12, "en", "The lift"), tr(13, "en", "not taken: there is a description"),
			num(14, 4),
			sub(15, sub(1, str(1, "map.png"), str(2, "image/png"), str(3, "en")), sub(1, str(1, "https://agency.example/de.png"), str(3, "de"))),
			tr(16, "en", "A map", "de", "Ein Plan"),
			tr(17, "en", "A fair"), tr(18, "en", "No lift"),
			sub(1001, str(1, "an extension")), num(99, 7),
		)))
	want := spool.Alert{
		ID:      "a-1",
		Names:   []string{"id:a-1", "url:agency.example/alerts/90210"},
		Periods: []spool.Period{{Start: at2025(0), End: at2025(3600)}, {Start: at2025(7200)}},
		Affected: []spool.Affected{
			{Agency: "AG", Route: "R1", Mode: spool.Metro, Stop: "S1", Direction: "0"},
			{Route: "R2", Trip: "T1", Direction: "1"},
			{Route: "R3", Trip: "20251009 08:00:00"},
		},
		Cause: spool.SpecialEvent, Effect: spool.AccessibilityIssue, Severity: spool.Severe,
		Header:      spool.Texts{{Language: "en", Text: "Lift out of order"}, {Language: "de", Text: "Aufzug gest\u00f6rt"}},
		Description: spool.Texts{{Language: "en", Text: "Use the ramp."}},
		Spoken:      spool.Texts{{Language: "en", Text: "The lift"}},
		CauseText:   spool.Texts{{Language: "en", Text: "A fair"}},
		EffectText:  spool.Texts{{Language: "en", Text: "No lift"}},
		URL:         spool.Texts{{Language: "en", Text: "https://agency.example/alerts/90210"}},
		Image:       []spool.Media{{URL: "https://agency.example/rt/map.png", Type: "image/png", Alt: "A map"}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestHeader(t *testing.T) {
	r := read(t, doc())
	if r.Format != "GTFS-Realtime" || !r.Stamp.Equal(at2025(0)) || len(r.Alerts)+len(r.Skipped)+len(r.Notes) != 0 || r.Partial {
		t.Errorf("an empty data set: %+v", r)
	}
	late := append(one("a", tr(10, "", "x")), head()...)
	if r := read(t, late); len(r.Alerts) != 1 || r.Stamp.IsZero() {
		t.Errorf("a header at the end: %+v", r)
	}
	for _, tt := range []struct {
		stamp uint64
		want  time.Time
		note  string
	}{
		{stamp * 1000, at2025(0), "milliseconds"},
		{stamp*1000 + 999, at2025(0), "milliseconds"},
		{7, time.Time{}, "not a time of this century"},
		{1 << 63, time.Time{}, "not a time of this century"},
		{latest, time.Time{}, "not a time of this century"},
		{0, time.Time{}, ""},
	} {
		r := read(t, sub(1, str(1, "2.0"), num(3, tt.stamp)))
		if !r.Stamp.Equal(tt.want) || (tt.note == "") != (len(r.Notes) == 0) || !mentions(append(r.Notes, ""), tt.note) {
			t.Errorf("stamp %d: got %v, notes %q", tt.stamp, r.Stamp, r.Notes)
		}
	}
}

// TestNumbersOfEnums goes through all values, and beyond them.
func TestNumbersOfEnums(t *testing.T) {
	for n, want := range append([]spool.Cause{"", ""}, append(spool.Causes(), "", "")...) {
		if got := only(t, doc(one("a", tr(10, "", "x"), num(6, uint64(n))))).Cause; got != want {
			t.Errorf("cause %d: got %q, want %q", n, got, want)
		}
	}
	effects := []spool.Effect{
		"", "NO_SERVICE", "REDUCED_SERVICE", "SIGNIFICANT_DELAYS", "DETOUR", "ADDITIONAL_SERVICE", "MODIFIED_SERVICE", "OTHER_EFFECT", "",
		"STOP_MOVED", "NO_EFFECT", "ACCESSIBILITY_ISSUE", "",
	}
	for n, want := range effects {
		if got := only(t, doc(one("a", tr(10, "", "x"), num(7, uint64(n))))).Effect; got != want {
			t.Errorf("effect %d: got %q, want %q", n, got, want)
		}
	}
	for n, want := range []spool.Severity{"", "", "INFO", "WARNING", "SEVERE", ""} {
		if got := only(t, doc(one("a", tr(10, "", "x"), num(14, uint64(n))))).Severity; got != want {
			t.Errorf("severity %d: got %q, want %q", n, got, want)
		}
	}
	if got := only(t, doc(one("a", tr(10, "", "x"), num(7, 1<<63)))).Effect; got != "" {
		t.Errorf("an effect far beyond: %q", got)
	}
}

func TestModes(t *testing.T) {
	for n, want := range map[int64]spool.Mode{
		-1: "", 0: spool.Tram, 1: spool.Metro, 2: spool.Rail, 3: spool.Bus, 4: spool.Ferry, 5: spool.CableTram, 6: spool.Lift,
		7: spool.Funicular, 8: "", 10: "", 11: spool.Trolleybus, 12: spool.Monorail, 13: "", 99: "",
		100: spool.Rail, 109: spool.Rail, 116: spool.Rail, 200: spool.Bus, 300: spool.Rail, 400: spool.Metro, 401: spool.Metro, 405: spool.Monorail,
		500: spool.Metro, 600: spool.Metro, 700: spool.Bus, 715: spool.Bus, 800: spool.Trolleybus, 900: spool.Tram, 906: spool.Tram,
		1000: spool.Ferry, 1100: "", 1200: spool.Ferry, 1300: spool.Lift, 1400: spool.Funicular, 1500: "", 1700: "", 1 << 62: "",
	} {
		if got := alerts.ModeOf(n); got != want {
			t.Errorf("%d: got %q, want %q", n, got, want)
		}
	}
	minus := int64(-5)
	if got := only(t, doc(one("a", tr(10, "", "x"), sub(5, str(2, "R"), num(3, uint64(minus)))))).Affected; len(got) != 1 || got[0].Mode != "" {
		t.Errorf("a negative route type: %+v", got)
	}
}

func TestPeriods(t *testing.T) {
	end := time.Unix(latest, 0).UTC()
	for _, tt := range []struct {
		name       string
		start, end uint64
		want       spool.Period
		note       string
	}{
		{"no end", stamp, 0, spool.Period{Start: at2025(0)}, ""},
		{"no start", 0, stamp, spool.Period{End: at2025(0)}, ""},
		{"nothing", 0, 0, spool.Period{}, ""},
		{"never ends", stamp, 1<<64 - 1, spool.Period{Start: at2025(0)}, ""},
		{"year 9999", stamp, 253402300799, spool.Period{Start: at2025(0)}, ""},
		{"milliseconds", stamp * 1000, (stamp + 60) * 1000, spool.Period{Start: at2025(0), End: at2025(60)}, "milliseconds"},
		{"turned around", stamp + 60, stamp, spool.Period{Start: at2025(60)}, "ends before it begins"},
		{"began ages ago", 5, stamp, spool.Period{End: at2025(0)}, "ignored"},
		{"over for ages", 5, 6, spool.Period{End: time.Unix(earliest, 0).UTC()}, "before this century"},
		{"begins in ages", 1 << 60, 0, spool.Period{Start: end}, "after this century"},
	} {
		r := read(t, doc(one("a", tr(10, "", "x"), sub(1, num(1, tt.start), num(2, tt.end)))))
		if got := r.Alerts[0].Periods; len(got) != 1 || got[0] != tt.want {
			t.Errorf("%s: got %+v, want %+v", tt.name, got, tt.want)
		}
		if (tt.note == "") != (len(r.Notes) == 0) || !mentions(append(r.Notes, ""), tt.note) {
			t.Errorf("%s: notes %q", tt.name, r.Notes)
		}
	}
}

// TestManyPeriods keeps what says when an alert begins, when it holds next, and when it is over.
func TestManyPeriods(t *testing.T) {
	alert := [][]byte{tr(10, "", "each night")}
	for i := range uint64(1000) {
		start := stamp + (i-500)*86400 // the second half is ahead
		alert = append(alert, sub(1, num(1, start), num(2, start+3600)))
	}
	r := read(t, doc(one("a", alert...)))
	got := r.Alerts[0]
	if len(got.Periods) != maxPeriods || !mentions(r.Notes, "periods") {
		t.Fatalf("%d periods, notes %q", len(got.Periods), r.Notes)
	}
	if !got.Start().Equal(at2025(-500*86400)) || !got.End().Equal(at2025(499*86400+3600)) || !got.Active(at2025(60)) || !got.Active(at2025(86400)) {
		t.Errorf("from %v to %v, now %t, tomorrow %t", got.Start(), got.End(), got.Active(at2025(60)), got.Active(at2025(86400)))
	}
}

// TestFarTooManyPeriods finds the end of an alert behind what is looked at.
func TestFarTooManyPeriods(t *testing.T) {
	alert := [][]byte{tr(10, "", "each hour")}
	for i := range uint64(30 * maxPeriods) {
		end := stamp + i*60 + 60
		if i == 25*maxPeriods {
			end += 1_000_000_000
		}
		alert = append(alert, sub(1, num(1, stamp+i*60), num(2, end)))
	}
	a := only(t, doc(one("a", alert...)))
	if want := at2025(25*maxPeriods*60 + 60 + 1_000_000_000); !a.End().Equal(want) || len(a.Periods) != maxPeriods {
		t.Errorf("%d periods, ends %v, want %v", len(a.Periods), a.End(), want)
	}
}

func TestDeletedAndOtherEntities(t *testing.T) {
	r := read(t, doc(
		sub(2, str(1, "gone"), num(2, 1), sub(5, tr(10, "", "x"))),
		sub(2, str(1, "vehicle"), sub(4)), sub(2, str(1, "shape"), sub(6))))
	if len(r.Alerts) != 0 || len(r.Withdrew) != 1 || r.Withdrew[0] != "id:gone" || r.Partial {
		t.Errorf("%+v", r)
	}
	both := read(t, doc(one("a", tr(10, "", "x")), sub(2, str(1, "a"), num(2, 1))))
	if len(both.Alerts) != 1 || len(both.Withdrew) != 0 {
		t.Errorf("listed and deleted: %+v", both)
	}
	if !mentions(r.Notes, "2 entities about trips") {
		t.Errorf("nobody is told that this is the wrong document: %q", r.Notes)
	}
}

// TestWithoutID names an alert by its words.
func TestWithoutID(t *testing.T) {
	alert := sub(2, sub(5, tr(10, "", "A tree is on the line"), num(7, 1)))
	a, b := only(t, doc(alert)), only(t, doc(alert, sub(2)))
	if a.ID == "" || a.ID != b.ID || !strings.HasPrefix(a.ID, "unnamed-") {
		t.Errorf("got %q and %q", a.ID, b.ID)
	}
	if r := read(t, doc(alert)); r.Partial || !mentions(r.Notes, "no id") {
		t.Errorf("%+v", r)
	}
}

// TestRoundTrip reads what the writer for tests writes, in both forms.
func TestRoundTrip(t *testing.T) {
	want := spool.Alert{
		ID: "17", Periods: []spool.Period{{Start: at2025(0), End: at2025(60)}, {Start: at2025(90)}},
		Affected: []spool.Affected{{Agency: "A", Route: "R", Mode: spool.Ferry, Stop: "S", Direction: "1"}, {Route: "Q", Trip: "T"}},
		Cause:    spool.Weather, Effect: spool.Detour, Severity: spool.Warning,
		Header: spool.Texts{{Language: "en", Text: "Ice"}, {Language: "pt-BR", Text: "Gelo"}}, Description: spool.Texts{{Text: "One\n\nTwo"}},
		Spoken: spool.Texts{{Text: "Eis"}}, CauseText: spool.Texts{{Text: "Frost"}}, EffectText: spool.Texts{{Text: "Way round"}},
		URL: spool.Texts{{Text: "https://a.example/"}}, Image: []spool.Media{{URL: "https://a.example/i.png", Type: "image/png", Alt: "Ice on a rail"}},
		Names: []string{"id:17"},
	}
	if got := only(t, gtfsrttest.Encode(at2025(0), []spool.Alert{want})); !reflect.DeepEqual(got, want) {
		t.Errorf("protobuf:\ngot  %+v\nwant %+v", got, want)
	}
	want.Created, want.Updated, want.Notify, want.Ended = at2025(1), at2025(2), at2025(3), at2025(4)
	want.Guess, want.Planned = true, true
	if got := only(t, gtfsrttest.EncodeJSON(at2025(0), []spool.Alert{want})); !reflect.DeepEqual(got, want) {
		t.Errorf("JSON:\ngot  %+v\nwant %+v", got, want)
	}
	for _, e := range spool.Effects() {
		for _, body := range [][]byte{gtfsrttest.Encode(at2025(0), []spool.Alert{{ID: "e", Effect: e}}), gtfsrttest.EncodeJSON(at2025(0), []spool.Alert{{ID: "e", Effect: e}})} {
			if got := only(t, body); got.Effect != e {
				t.Errorf("effect %s became %q", e, got.Effect)
			}
		}
	}
	for _, m := range spool.Modes() {
		if got := only(t, gtfsrttest.Encode(at2025(0), []spool.Alert{{ID: "m", Affected: []spool.Affected{{Mode: m}}}})); got.Affected[0].Mode != m {
			t.Errorf("mode %s became %q", m, got.Affected[0].Mode)
		}
	}
}

// TestDigest is equal when only the header differs, and when the alerts change places.
func TestDigest(t *testing.T) {
	a, b := one("a", tr(10, "", "x")), one("b", tr(10, "", "y"))
	base := read(t, doc(a, b)).Digest
	later := append(sub(1, str(1, "2.0"), num(3, stamp+60)), append(b, a...)...)
	if got := read(t, later).Digest; got != base {
		t.Error("another time and order: another digest")
	}
	for name, body := range map[string][]byte{
		"one less":       doc(a),
		"another text":   doc(a, one("b", tr(10, "", "z"))),
		"another effect": doc(a, one("b", tr(10, "", "y"), num(7, 1))),
		"twice":          doc(a, b, b),
		"deleted":        doc(a, b, sub(2, str(1, "c"), num(2, 1))),
		"broken":         doc(a, b, sub(2, str(1, "c"), []byte{0xff})),
	} {
		if got := read(t, body).Digest; got == base || got == "" {
			t.Errorf("%s: the digest is the same", name)
		}
	}
}

func TestLooks(t *testing.T) {
	for name, tt := range map[string]struct {
		body string
		want bool
	}{
		"protobuf":            {string(doc(one("a"))), true},
		"protobuf with BOM":   {"\xef\xbb\xbf" + string(doc()), true},
		"version only":        {string(sub(1, str(1, "1.0"))), true},
		"time only":           {string(sub(1, num(3, stamp))), true},
		"another message":     {string(sub(1, str(1, "a name with blanks"))), false},
		"no header":           {string(one("a")), false},
		"empty":               {"", false},
		"a line feed":         {"\n", false},
		"text":                {"\nheader {\n", false},
		"JSON":                {` {"header":{"gtfs_realtime_version":"2.0"},"entity":[]}`, true},
		"protojson":           {`{"entity":[],"header":{"gtfsRealtimeVersion":"2.0"}}`, true},
		"other JSON":          {`{"version":"https://jsonfeed.org/version/1.1","items":[]}`, false},
		"RSS":                 {`<rss version="2.0"><channel/></rss>`, false},
		"RSS about the thing": {`<rss><title>"gtfs_realtime_version"</title></rss>`, false},
	} {
		if got := Looks([]byte(tt.body)); got != tt.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

// TestIDsAreKept to the letter, but for what nobody can see.
func TestIDsAreKept(t *testing.T) {
	for in, want := range map[string]string{
		"a b":      "a b",
		" x\n":     "x",
		"a\x00b":   "ab",
		"Zo\u00eb": "Zo\u00eb",
		"\xffx":    "\ufffdx",
		"alert/1?": "alert/1?",
	} {
		if got := only(t, doc(one(in, tr(10, "", "x")))).ID; got != want {
			t.Errorf("%q: got %q", in, got)
		}
	}
	long := only(t, doc(one(strings.Repeat("x", 1000), tr(10, "", "x")))).ID
	if len(long) > maxName || !strings.HasPrefix(long, "sha256-") {
		t.Errorf("a long id: %q", long)
	}
}

// TestUnknownTypes are passed over: a field of another wire type than the schema's is
// not the field that the schema means.
func TestUnknownTypes(t *testing.T) {
	fixed := protowire.AppendFixed64(protowire.AppendTag(nil, 6, protowire.Fixed64Type), 1)
	group := protowire.AppendTag(nil, 7, protowire.StartGroupType)
	group = append(append(group, num(1, 1)...), protowire.AppendTag(nil, 7, protowire.EndGroupType)...)
	a := only(t, doc(one("a", tr(10, "", "x"), fixed, group, str(14, "SEVERE"))))
	if a.Cause != "" || a.Effect != "" || a.Severity != "" {
		t.Errorf("%+v", a)
	}
}
