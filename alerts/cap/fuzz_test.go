package cap

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"spool"
	"spool/alerts"
)

// FuzzRead checks what must hold for every document: no crash, bounds, and plain texts.
func FuzzRead(f *testing.F) {
	for _, body := range []string{
		sample{}.String(), several(sample{}, sample{identifier: "b", msgType: "Cancel", references: "warn@example.org,one,2026-03-01T09:00:00Z"}),
		atom(inlineEntry), rss(`<link>https://example.org/1.xml</link>`), "<!DOCTYPE x><alert/>", "<?xml version='1.0' encoding='ISO-8859-1'?><alert>\xe1</alert>",
		atom(`<id>e</id><content type="text/xml">` + sample{infos: []string{"<event>x</event><description>&lt;p&gt;a\u0301&lt;br&gt;</description>"}}.String() + `</content>`),
		string(weatherIndex(2)),
	} {
		f.Add([]byte(body), []byte(sample{identifier: "f"}.String()))
	}
	f.Fuzz(func(t *testing.T, body, message []byte) {
		doc := alerts.Document{Body: body, URL: home, Messages: map[string][]byte{"https://example.org/warnings/1.cap": message}}
		Looks(body)
		r, err := Read(doc)
		if err != nil {
			if !utf8.ValidString(err.Error()) || len(err.Error()) > 400 {
				t.Errorf("error %q", err)
			}
			return
		}
		sane(t, r)
	})
}

// sane checks a reading for what nothing in a document may change.
func sane(t *testing.T, r alerts.Reading) {
	t.Helper()
	if _, err := json.Marshal(r); err != nil {
		t.Error(err)
	}
	if len(r.Missing) > maxPointers || len(r.Alerts) > 2*maxMessages || len(r.Skipped) > maxSays+1 || len(r.Notes) > maxSays+1 {
		t.Errorf("%d pointers, %d alerts, %d skipped, %d notes", len(r.Missing), len(r.Alerts), len(r.Skipped), len(r.Notes))
	}
	for _, p := range r.Missing {
		if !strings.HasPrefix(p.URL, "http://") && !strings.HasPrefix(p.URL, "https://") {
			t.Errorf("pointer %q", p.URL)
		}
	}
	owners := map[string]int{}
	for _, a := range r.Alerts {
		if a.ID == "" || len(a.Header)+len(a.Description) == 0 {
			t.Errorf("an empty alert: %+v", a)
		}
		for _, n := range a.Names {
			if owners[n]++; owners[n] > 1 {
				t.Errorf("two alerts are called %q", n)
			}
		}
		for _, texts := range []spool.Texts{a.Header, a.Description, a.Instruction, a.EffectText, a.Area, a.URL} {
			saneTexts(t, texts)
		}
		for _, moment := range []time.Time{a.Created, a.Updated, a.Ended, a.Start(), a.End()} {
			if !moment.IsZero() && (moment.Before(earliest) || moment.After(latest)) {
				t.Errorf("a moment of %v", moment)
			}
		}
		for _, p := range a.Periods {
			if !p.End.IsZero() && !p.End.After(p.Start) {
				t.Errorf("a period that ends before it begins: %v", p)
			}
		}
	}
}

func saneTexts(t *testing.T, texts spool.Texts) {
	t.Helper()
	for _, x := range texts {
		if x.Text == "" || x.Text != strings.TrimSpace(x.Text) || !utf8.ValidString(x.Text) || utf8.RuneCountInString(x.Text) > maxWords {
			t.Errorf("text %.200q", x.Text)
		}
		for _, c := range x.Text {
			if unicode.IsControl(c) && c != '\n' {
				t.Errorf("a control character in %.200q", x.Text)
			}
		}
	}
}
