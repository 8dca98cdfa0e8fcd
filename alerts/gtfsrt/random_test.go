package gtfsrt

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"spool"
	"spool/alerts/gtfsrt/gtfsrttest"
)

// TestAnyAlertSurvives writes alerts of all kinds, and reads them back.
func TestAnyAlertSurvives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfNDistinct(rapid.Custom(anyAlert), 0, 8, func(a spool.Alert) string { return a.ID }).Draw(t, "alerts")
		same(t, gtfsrttest.EncodeJSON(at2025(0), want), want)
		for i := range want {
			a := &want[i]
			a.Created, a.Updated, a.Notify, a.Ended = time.Time{}, time.Time{}, time.Time{}, time.Time{}
			a.Guess, a.Planned = false, false
		}
		same(t, gtfsrttest.Encode(at2025(0), want), want)
	})
}

func same(t *rapid.T, body []byte, want []spool.Alert) {
	if !Looks(body) {
		t.Fatalf("it does not look like it: %q", body)
	}
	r, err := Read(docOf(body))
	if err != nil || r.Partial || len(r.Skipped)+len(r.Notes) > 0 || len(r.Alerts) != len(want) || !r.Stamp.Equal(at2025(0)) {
		t.Fatalf("%v, %+v", err, r)
	}
	for i, a := range r.Alerts {
		a.Names = nil
		if !reflect.DeepEqual(a, want[i]) {
			t.Fatalf("got  %+v\nwant %+v", a, want[i])
		}
	}
}

func anyAlert(t *rapid.T) spool.Alert {
	moment := rapid.Custom(func(t *rapid.T) time.Time {
		if rapid.Bool().Draw(t, "none") {
			return time.Time{}
		}
		return time.Unix(rapid.Int64Range(earliest, latest-1).Draw(t, "moment"), 0).UTC()
	})
	period := rapid.Custom(func(t *rapid.T) spool.Period {
		p := spool.Period{Start: moment.Draw(t, "start"), End: moment.Draw(t, "end")}
		if !p.End.IsZero() && p.End.Before(p.Start) {
			p.Start, p.End = p.End, p.Start
		}
		return p
	})
	text := rapid.StringMatching(`[A-Za-z\x{e9}\x{4e00}]+( [a-z0-9.,!?:]+){0,5}`)
	texts := func(name string, of *rapid.Generator[string]) spool.Texts {
		var all spool.Texts
		for _, l := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"", "en", "de", "pt-BR", "zh-Hant"}), 0, 3, rapid.ID).Draw(t, name) {
			all = append(all, spool.Text{Language: l, Text: of.Draw(t, "text")})
		}
		return all
	}
	page := rapid.StringMatching(`https://[a-z]{1,9}\.example/([a-z0-9]{1,9}/){0,3}(\?id=[0-9]{1,5})?`)
	a := spool.Alert{
		ID:          rapid.StringMatching(`[A-Za-z0-9][a-z0-9:#_. ]{0,20}[a-z0-9]`).Draw(t, "id"),
		Created:     moment.Draw(t, "created"),
		Updated:     moment.Draw(t, "updated"),
		Notify:      moment.Draw(t, "notify"),
		Ended:       moment.Draw(t, "ended"),
		Periods:     some(t, "periods", period),
		Guess:       rapid.Bool().Draw(t, "guess"),
		Cause:       rapid.SampledFrom(append(spool.Causes(), "")).Draw(t, "cause"),
		Effect:      rapid.SampledFrom(spool.Effects()).Draw(t, "effect"), // one of something, so that it says anything
		Severity:    rapid.SampledFrom(append(spool.Severities(), "")).Draw(t, "severity"),
		Planned:     rapid.Bool().Draw(t, "planned"),
		Header:      append(spool.Texts{{Language: "gsw", Text: text.Draw(t, "first")}}, texts("header", text)...),
		Description: texts("description", text),
		Spoken:      texts("spoken", text),
		CauseText:   texts("cause words", text),
		EffectText:  texts("effect words", text),
		URL:         texts("url", page),
	}
	id := rapid.StringMatching(`([A-Za-z0-9_-]{1,8})?`)
	affected := rapid.Custom(func(t *rapid.T) spool.Affected {
		return spool.Affected{
			Agency: id.Draw(t, "agency"), Route: rapid.StringMatching(`[A-Z0-9]{1,3}`).Draw(t, "route"), Stop: id.Draw(t, "stop"), Trip: id.Draw(t, "trip"),
			Mode: rapid.SampledFrom(append(spool.Modes(), "")).Draw(t, "mode"), Direction: rapid.SampledFrom([]string{"", "0", "1"}).Draw(t, "direction"),
		}
	})
	a.Affected = rapid.SliceOfNDistinct(affected, 0, 12, rapid.ID).Draw(t, "affected")
	if len(a.Affected) == 0 {
		a.Affected = nil
	}
	if rapid.Bool().Draw(t, "picture") {
		a.Image = []spool.Media{{URL: page.Draw(t, "picture's"), Type: "image/png", Alt: text.Draw(t, "alt")}}
	}
	return a
}

func some[T any](t *rapid.T, name string, of *rapid.Generator[T]) []T {
	all := rapid.SliceOfN(of, 0, 5).Draw(t, name)
	if len(all) == 0 {
		return nil
	}
	return all
}

// FuzzCursor walks through any JSON, and must find in it what the standard library does.
func FuzzCursor(f *testing.F) {
	for _, s := range []string{`[1, "a\"b", {"x":[{}]}, null]`, `{"a_b":"\u00e9","aB":[[]],"":1}`, `"x"`, ` -1e5 `, `{}`, `[]`, `[[[]],{}]`, `{"a":{"b":"}"}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := valid(b)
		if err != nil {
			return
		}
		whole := *c
		if whole.skip(); len(bytes.TrimSpace(b[whole.at:])) > 0 {
			t.Fatalf("%q: passed over %d bytes", b, whole.at)
		}
		var list []json.RawMessage
		if json.Unmarshal(b, &list) == nil && list != nil {
			found(t, c, list)
			return
		}
		members := 0
		isObject := c.object(func(string) { members++ })
		if want := countMembers(t, b); isObject != (want >= 0) || members != max(want, 0) {
			t.Fatalf("%q: %d members, not %d", b, members, want)
		}
	})
}

// found compares the elements of a list.
func found(t *testing.T, c *cursor, want []json.RawMessage) {
	n := 0
	if !c.array(func() {
		raw := want[n]
		n++
		c.next()
		from := c.at
		var s string
		if got, ok := c.text(); raw[0] == '"' {
			if err := json.Unmarshal(raw, &s); !ok || err != nil || utf8.Valid(raw) && s != got {
				t.Fatalf("text %q, not %q", got, s)
			}
		} else if !ok {
			c.skip()
		}
		if got := c.b[from:c.at]; !bytes.Equal(got, raw) {
			t.Fatalf("element %q, not %q", got, raw)
		}
	}) || n != len(want) {
		t.Fatalf("%d elements of %d", n, len(want))
	}
}

// countMembers counts the members of an object; -1: it is none.
func countMembers(t *testing.T, b []byte) int {
	d := json.NewDecoder(bytes.NewReader(b))
	first, err := d.Token()
	if err != nil || first != json.Delim('{') {
		return -1
	}
	n := 0
	for d.More() {
		var v json.RawMessage
		if _, err := d.Token(); err != nil {
			t.Fatal(err)
		}
		if err := d.Decode(&v); err != nil {
			t.Fatal(fmt.Errorf("%q: %w", b, err))
		}
		n++
	}
	return n
}
