package alerts_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"spool"
	"spool/alerts"
)

// FuzzClassify has any text anywhere. What it says is never changed, the judgement is
// the same each time, and what an alert tells does not differ from itself.
func FuzzClassify(f *testing.F) {
	for _, s := range []string{
		"", "Delays", "No service on Route 7", "L'ascenseur n'est pas en service", "Umleitung", "~", "|*", "*sperrung zwischen",
		strings.Repeat("station ", 500), "\u0301\u0301", "山手線", "İstanbul ẞ", "lmm:planned_work:1", "a\x00b", strings.Repeat("é", 5000),
	} {
		f.Add(s, s, s)
	}
	f.Fuzz(func(t *testing.T, id, header, description string) {
		in := spool.Alert{ID: id, Header: spool.Texts{{Text: header}, {Language: header, Text: id}}, Description: spool.Texts{{Text: description}}}
		a := alerts.Policy{}.Classify(in)
		if a.ID != id || a.Header[0].Text != header || a.Description[0].Text != description {
			t.Error("what the source says was changed")
		}
		if a.Effect != "" && !slices.Contains(spool.Effects(), a.Effect) || a.Cause != "" && !slices.Contains(spool.Causes(), a.Cause) || !slices.Contains(spool.Severities(), a.Severity) {
			t.Errorf("%q %q %q", a.Effect, a.Cause, a.Severity)
		}
		again := alerts.Policy{}.Classify(a)
		if again.Effect != a.Effect || again.Cause != a.Cause || again.Severity != a.Severity || again.Planned != a.Planned {
			t.Errorf("judged twice: %+v, %+v", a, again)
		}
		told := alerts.TellingOf(a, spool.Begins, header)
		if got := alerts.Tells(told, alerts.TellingOf(again, spool.Ends, header)); len(got) > 0 {
			t.Errorf("it differs from itself: %v", got)
		}
		if utf8.ValidString(description) && !utf8.ValidString(told.Detail) {
			t.Errorf("%q", told.Detail)
		}
	})
}

// FuzzMaterial has two headlines: which is the older does not matter.
func FuzzMaterial(f *testing.F) {
	f.Add("Line 46: delays of 10 minutes", "Line 46: delays of 40 minutes")
	f.Add("", "x")
	f.Add("1 2 3", "3 2 1")
	f.Fuzz(func(t *testing.T, a, b string) {
		ab, ba := alerts.Material(slow(a), slow(b)), alerts.Material(slow(b), slow(a))
		if !slices.Equal(ab, ba) {
			t.Errorf("%q, %q: %v, and the other way round %v", a, b, ab, ba)
		}
	})
}

// many are as many alerts as a large agency has at once.
func many() []spool.Alert {
	var all []spool.Alert
	for i := range 400 {
		a := spool.Alert{
			ID: fmt.Sprint("lmm:alert:", i), Created: noon,
			Header:      spool.Texts{{Language: "en", Text: fmt.Sprintf("[%d] trains are running with delays after we addressed a signal problem at Alder Street", i)}},
			Description: spool.Texts{{Language: "en", Text: strings.Repeat("What is happening? We are working on the signals between Alder and Birch. ", 8)}},
		}
		for j := range 6 {
			a.Affected = append(a.Affected, spool.Affected{Agency: "A", Route: fmt.Sprint(i + j), Stop: fmt.Sprint(j)})
		}
		all = append(all, a)
	}
	return all
}

func BenchmarkClassify400(b *testing.B) {
	all := many()
	for b.Loop() {
		for _, a := range all {
			alerts.Policy{}.Classify(a)
		}
	}
}

// BenchmarkDecide400 decides for alerts of which everything is told.
func BenchmarkDecide400(b *testing.B) {
	p := alerts.Policy{DigestAbove: 10, DigestWithin: 30 * 60e9, Accounts: []string{"riders"}}
	var book []spool.Tracked
	posts := map[string][]spool.Post{}
	for _, a := range many() {
		a = p.Classify(a)
		told := alerts.TellingOf(a, spool.Begins, "en")
		book = append(book, spool.Tracked{Item: a.ID, Open: true, Alert: a, First: noon})
		posts[a.ID] = []spool.Post{{ID: a.ID, Account: "riders", Purpose: spool.Announce, State: spool.Live, LiveAt: noon, Content: spool.Content{Told: &told}}}
	}
	for b.Loop() {
		if changed := p.Sum(book, posts, noon); len(changed) > 0 {
			b.Fatal("something is summed up")
		}
		for _, t := range book {
			if d := p.Decide(t, alerts.TellingOf(t.Alert, spool.Begins, "en"), posts[t.Item], alerts.Abilities{Account: "riders"}, noon); len(d.Deeds) > 0 {
				b.Fatal(said(d))
			}
		}
	}
}
