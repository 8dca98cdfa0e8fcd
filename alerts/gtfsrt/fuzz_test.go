package gtfsrt

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"spool"
	"spool/alerts"
	"spool/alerts/gtfsrt/gtfsrttest"
)

// FuzzRead gives any bytes; what is taken of them is within bounds, and clean, and the
// same each time.
func FuzzRead(f *testing.F) {
	all := []spool.Alert{
		{ID: "1", Effect: spool.Detour, Header: spool.Texts{{Language: "en", Text: "A <b>detour</b> &amp; more"}, {Language: "en-html", Text: "<p>x</p>"}}},
		{ID: "lmm:alert:1:2", Periods: []spool.Period{{Start: at2025(0)}}, Affected: []spool.Affected{{Route: "1", Mode: spool.Bus, Trip: "t"}}, URL: spool.Texts{{Text: "/n/1234"}}},
	}
	f.Add(gtfsrttest.Encode(at2025(0), all))
	f.Add(gtfsrttest.EncodeJSON(at2025(0), all))
	f.Add(doc(one("a", sub(15, sub(1, str(1, "https://a.example/i.png"))), num(7, 300)), sub(2, num(2, 1), str(1, "b"))))
	f.Add([]byte(`{"header":{"timestamp":{"low":-1,"high":0}},"entity":[{"id":1,"alert":{"header_text":[{"translation":{"text":"\u00e9\ud800"}}],"active_period":[{"start":1e3}]}}]}`))
	for _, b := range bad() {
		f.Add(doc(one("x", b)))
	}
	f.Add([]byte("<html>"))
	f.Fuzz(func(t *testing.T, body []byte) {
		d := alerts.Document{Body: body, URL: "https://a.example/rt/", Languages: []string{"en"}}
		r, err := Read(d)
		again, err2 := Read(d)
		if fmt.Sprint(err) != fmt.Sprint(err2) || r.Digest != again.Digest {
			t.Fatalf("read twice: %v and %v", err, err2)
		}
		if err != nil {
			if !utf8.ValidString(err.Error()) || len(err.Error()) > 1000 {
				t.Fatalf("error: %q", err)
			}
			return
		}
		if !Looks(body) && body[0] != '{' && !strings.Contains(string(body), "{") {
			t.Fatal("it was read, and does not look like it")
		}
		sound(t, r)
	})
}

// sound checks what holds of every reading.
func sound(t *testing.T, r alerts.Reading) {
	t.Helper()
	if len(r.Alerts) > maxAlerts || len(r.Skipped) > maxReasons+1 || len(r.Notes) > maxReasons+1 || r.Digest == "" || r.Format == "" {
		t.Fatalf("%d alerts, %d skipped, %d notes, digest %q", len(r.Alerts), len(r.Skipped), len(r.Notes), r.Digest)
	}
	for _, a := range r.Alerts {
		if a.ID == "" || len(a.ID) > maxName || len(a.Names) == 0 || a.Names[0] != "id:"+a.ID || len(a.Periods) > maxPeriods || len(a.Affected) > maxSelectors {
			t.Fatalf("%+v", a)
		}
		for _, texts := range []spool.Texts{a.Header, a.Description, a.Spoken, a.CauseText, a.EffectText, a.URL} {
			for i, x := range texts {
				if !proper(x.Text) || has(texts[:i], x.Language) || utf8.RuneCountInString(x.Text) > maxText {
					t.Fatalf("text %q in %q of %+v", x.Text, x.Language, texts)
				}
			}
		}
		for _, x := range a.Header {
			if strings.Contains(x.Text, "\n") {
				t.Fatalf("a header of several lines: %q", x.Text)
			}
		}
	}
}

// proper reports whether s is a text that people can be shown.
func proper(s string) bool {
	return s != "" && utf8.ValidString(s) && s == strings.TrimSpace(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) && r != '\n'
	})
}
