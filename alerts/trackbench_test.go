package alerts

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"spool"
)

// many are alerts as a large agency lists them, each about a dozen stops.
func many(n int) []spool.Alert {
	begin := time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC)
	var all []spool.Alert
	for i := range n {
		a := spool.Alert{
			ID: fmt.Sprintf("lmm:alert:%d:%d", 200_000+i, i%30), Effect: spool.Effects()[i%10], Created: begin, Updated: begin,
			Periods:     []spool.Period{{Start: begin, End: begin.Add(48 * time.Hour)}},
			Header:      spool.Texts{{Language: "en", Text: fmt.Sprintf("Line %d: trains are late near stop %d after a signal failure", i%40, i)}},
			Description: spool.Texts{{Language: "en", Text: strings.Repeat(fmt.Sprintf("Expect longer waits at stop %d. ", i), 20)}},
		}
		a.Names = []string{Name(NameID, a.ID), Name(NameLike, fmt.Sprintf("lmm:alert:%d", 200_000+i))}
		for j := range 12 {
			a.Affected = append(a.Affected, spool.Affected{Agency: "1", Route: fmt.Sprint(i % 40), Stop: fmt.Sprint(1000*i + j)})
		}
		all = append(all, a)
	}
	return all
}

func busy() Policy {
	return Policy{
		Feed: "lines", GoneFetches: 3, GoneTime: 10 * time.Minute, ReopenWithin: time.Hour, Inhibit: true, Stale: time.Hour,
		Exclude:  []Match{{Effect: []spool.Effect{spool.NoEffect}}, {Text: []*regexp.Regexp{regexp.MustCompile(`(?i)\btest\b`)}}},
		FirstRun: FirstRun{All: true},
	}
}

// BenchmarkTrackUnchanged is a poll of 400 alerts of which nothing but the document's
// stamp has changed.
func BenchmarkTrackUnchanged(b *testing.B) {
	p, now := busy(), time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	r := &Reading{Stamp: now, Alerts: many(400)}
	got := p.Track(nil, nil, r, time.Time{}, now)
	b.ReportAllocs()
	for b.Loop() {
		now = now.Add(time.Millisecond)
		r.Stamp = now
		if again := p.Track(got.Book, got.Notes, r, now, now); len(again.Changed) > 0 {
			b.Fatal("something changed", len(again.Changed))
		}
	}
}

// BenchmarkTrackLongBook is the same with 3,000 alerts in the book that are over.
func BenchmarkTrackLongBook(b *testing.B) {
	p, now := busy(), time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	r := &Reading{Stamp: now, Alerts: many(3400)}
	got := p.Track(nil, nil, r, time.Time{}, now)
	for i := range got.Book {
		if t := &got.Book[i]; i >= 400 {
			t.Open, t.Closed, t.Since, t.Ending = false, now.Add(-48*time.Hour), now.Add(-48*time.Hour), spool.ByGone
		}
	}
	open := map[string]bool{}
	for _, t := range got.Book[:400] {
		open[t.Alert.ID] = true
	}
	r.Alerts = slices.DeleteFunc(r.Alerts, func(a spool.Alert) bool { return !open[a.ID] })
	b.ReportAllocs()
	for b.Loop() {
		now = now.Add(time.Millisecond)
		r.Stamp = now
		if again := p.Track(got.Book, got.Notes, r, now, now); len(again.Changed) > 0 {
			b.Fatal("something changed", len(again.Changed))
		}
	}
}

// BenchmarkTrackNew is a poll of 400 alerts that are all new.
func BenchmarkTrackNew(b *testing.B) {
	p, now := busy(), time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	r := &Reading{Stamp: now, Alerts: many(400)}
	for b.Loop() {
		p.Track(nil, nil, r, time.Time{}, now)
	}
}

// BenchmarkTrackRenamed is a poll of 400 alerts that all have other ids than before.
func BenchmarkTrackRenamed(b *testing.B) {
	p, now := busy(), time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	got := p.Track(nil, nil, &Reading{Stamp: now, Alerts: many(400)}, time.Time{}, now)
	r := &Reading{Alerts: many(400)}
	for i := range r.Alerts {
		r.Alerts[i].ID = fmt.Sprintf("renamed-%d-x", i)
		r.Alerts[i].Names = nil
	}
	for b.Loop() {
		if again := p.Track(got.Book, got.Notes, r, now, now); len(again.Book) != 400 {
			b.Fatal("some were not known again", len(again.Book))
		}
	}
}
