package alerts

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"spool"
)

func noon() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) }

// More alerts than are followed: the gravest are, and people are told of the rest.
func TestTrackFollowsSoMany(t *testing.T) {
	r := &Reading{}
	for i := range maxOpen + 50 {
		a := spool.Alert{ID: fmt.Sprintf("x%dy", i), Header: spool.Texts{{Text: fmt.Sprint("alert ", i)}}, Severity: spool.Info}
		if i > maxOpen {
			a.Severity = spool.Severe
		}
		r.Alerts = append(r.Alerts, a)
	}
	p := Policy{FirstRun: FirstRun{All: true}, GoneFetches: 1}
	got := p.Track(nil, nil, r, time.Time{}, noon())
	if len(got.Book) != maxOpen || !strings.Contains(got.Doubt, "50 more") {
		t.Fatalf("%d are followed, with %q", len(got.Book), got.Doubt)
	}
	severe := 0
	for _, b := range got.Book {
		if b.Alert.Severity == spool.Severe {
			severe++
		}
	}
	if severe != 49 {
		t.Errorf("%d severe ones are followed, not 49", severe)
	}
	if len(got.Says) > maxSays+1 {
		t.Errorf("%d lines are said", len(got.Says))
	}
}

// An alert whose id is another one in each reading is known by so many names at most,
// among them the first and those of now.
func TestTrackKeepsSoManyNames(t *testing.T) {
	p := Policy{FirstRun: FirstRun{All: true}, ReopenWithin: time.Hour, GoneFetches: 3}
	var got Tracking
	first := ""
	for i := range 300 {
		a := spool.Alert{ID: fmt.Sprintf("n%dx", i), Header: spool.Texts{{Text: "Red Line: no trains after a storm"}}}
		got = p.Track(got.Book, got.Notes, &Reading{Alerts: []spool.Alert{a}}, noon(), noon().Add(time.Duration(i)*time.Minute))
		if len(got.Book) != 1 {
			t.Fatalf("after %d ids there are %d entries", i+1, len(got.Book))
		}
		names := got.Book[0].Names
		if first == "" {
			first = names[0]
		}
		if len(names) > maxNames || names[0] != first || !slices.Contains(names, "id:"+a.ID) {
			t.Fatalf("after %d ids it has %d names: %v", i+1, len(names), names)
		}
	}
}

// What a source can send that would cost much: it ends, within all bounds, and what
// is listed is not lost.
func TestTrackBearsHostileReadings(t *testing.T) {
	p := Policy{FirstRun: FirstRun{All: true}, ReopenWithin: time.Hour, GoneFetches: 3, Inhibit: true}
	same := func(n int, change func(i int, a *spool.Alert)) *Reading {
		r := &Reading{}
		for i := range n {
			a := spool.Alert{ID: fmt.Sprintf("q%dq", i), Effect: spool.Detour, Header: spool.Texts{{Text: fmt.Sprintf("Delays on all lines today because of snow in the hills %c", 'a'+i%26)}}}
			change(i, &a)
			r.Alerts = append(r.Alerts, a)
		}
		return r
	}
	for name, series := range map[string][]*Reading{
		"all alike, under other names each time": {
			same(maxOpen, func(int, *spool.Alert) {}),
			same(maxOpen, func(i int, a *spool.Alert) { a.ID = fmt.Sprintf("z%dz", i); a.Header[0].Text += " still" }),
		},
		"all replace all": {same(2000, func(i int, a *spool.Alert) {
			a.Names = []string{fmt.Sprint("cap:", i)}
			for j := range 500 {
				a.Replaces = append(a.Replaces, fmt.Sprint("cap:", (i+j)%2000))
			}
		})},
		"all have all names": {same(2000, func(i int, a *spool.Alert) {
			for j := range 500 {
				a.Names = append(a.Names, fmt.Sprint("id:", (i+j)%2000))
			}
		})},
		"all have one name": {same(maxOpen, func(i int, a *spool.Alert) { a.Names = []string{"id:1"}; a.Header[0].Text += fmt.Sprint(i) })},
		"absurd times": {same(10, func(i int, a *spool.Alert) {
			a.Created, a.Updated, a.Ended = time.Unix(1<<40, 0), time.Unix(-1<<40, 0), time.Unix(1<<40, 0)
			a.Periods = []spool.Period{{Start: time.Unix(1<<40, 0), End: time.Unix(-1<<40, 0)}}
		})},
		"parts of parts": {same(200, func(i int, a *spool.Alert) {
			a.Names = []string{"id~:one"}
			for j := range 1000 {
				a.Affected = append(a.Affected, spool.Affected{Stop: fmt.Sprint(i*1000 + j)})
				a.Periods = append(a.Periods, spool.Period{Start: noon().Add(time.Duration(i*1000+j) * time.Minute)})
			}
		})},
	} {
		t.Run(name, func(t *testing.T) {
			var got Tracking
			for i, r := range series {
				got = p.Track(got.Book, got.Notes, r, noon(), noon().Add(time.Duration(i)*time.Minute))
			}
			if len(got.Book) == 0 {
				t.Error("nothing is left of what is listed")
			}
			for _, b := range got.Book {
				if len(b.Names) > maxNames || len(b.Alert.Affected) > maxAffected || len(b.Alert.Periods) > maxPeriods || len(b.Alert.Names) > 500 {
					t.Fatalf("an entry has %d names, %d things, %d times", len(b.Names), len(b.Alert.Affected), len(b.Alert.Periods))
				}
			}
		})
	}
}

// Notes that somebody has spoilt are like none: nothing fails, and nothing is told
// that was there before.
func FuzzTrackNotes(f *testing.F) {
	f.Add([]byte(`{"baselined":true,"stamp":"2026-03-02T12:00:00Z","suspect":{"since":"2026-03-02T12:00:00Z","count":2}}`), []byte(`{"track":{"raw":"x","base":{"id":"y"}},"other":1}`))
	f.Add([]byte(`null`), []byte(`[]`))
	f.Add([]byte(`{"suspect":7}`), []byte(`{"track":7}`))
	f.Fuzz(func(t *testing.T, feed, entry []byte) {
		if !json.Valid(entry) {
			entry = nil // the store could not have kept it
		}
		p := Policy{GoneFetches: 1, ReopenWithin: time.Hour, Stale: time.Hour, Inhibit: true, Debounce: time.Minute}
		book := []spool.Tracked{
			{Item: "a", Open: true, Names: []string{"id:1"}, Alert: spool.Alert{ID: "1"}, Notes: entry, First: noon(), Last: noon()},
			{Item: "b", Names: []string{"id:2"}, Alert: spool.Alert{ID: "2"}, Notes: entry, Closed: noon(), Ending: spool.ByGone},
			{Item: "c", Open: true, Account: "riders", Notes: entry},
		}
		r := &Reading{Alerts: []spool.Alert{{ID: "1", Header: spool.Texts{{Text: "x"}}}, {ID: "2"}, {ID: "3"}}}
		for i := range 4 {
			got := p.Track(book, feed, r, noon(), noon().Add(time.Duration(i)*time.Minute))
			book, feed = got.Book, got.Notes
			if len(book) < 3 || book[2].Item != "c" || string(book[2].Notes) != string(entry) {
				t.Fatalf("the book was not kept: %+v", book)
			}
			for _, b := range book {
				if len(b.Notes) > 0 && !json.Valid(b.Notes) {
					t.Fatalf("notes became %s", b.Notes)
				}
			}
			if len(feed) > 0 && !json.Valid(feed) {
				t.Fatalf("notes became %s", feed)
			}
		}
	})
}

// What others noted of an entry stays when Track notes something.
func TestTrackKeepsTheNotesOfOthers(t *testing.T) {
	p := Policy{GoneFetches: 3}
	book := []spool.Tracked{{Item: "a", Open: true, Names: []string{"id:1"}, Alert: spool.Alert{ID: "1"}, Notes: json.RawMessage(`{"sum":{"x":1}}`)}}
	got := p.Track(book, json.RawMessage(`{"baselined":true}`), &Reading{Alerts: []spool.Alert{{ID: "1", Effect: spool.Detour}}}, noon(), noon())
	if notes := string(got.Book[0].Notes); !strings.Contains(notes, `"sum":{"x":1}`) || !strings.Contains(notes, `"track"`) {
		t.Errorf("the notes are %s", notes)
	}
}

// Track leaves what it is given as it is: a poll that cannot be recorded is made again.
func TestTrackChangesNothingItIsGiven(t *testing.T) {
	p := Policy{GoneFetches: 1, ReopenWithin: time.Hour, FirstRun: FirstRun{All: true}}
	r := &Reading{Alerts: many(5), Withdrew: []string{"id:x"}}
	first := p.Track(nil, nil, r, noon(), noon())
	show := func() string {
		b, err := json.Marshal([]any{first.Book, r})
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	changed := many(9)
	for i := range changed {
		changed[i].Effect = spool.NoService
		changed[i].Names = append(changed[i].Names, fmt.Sprint("id:more", i))
	}
	before := show()
	p.Track(first.Book, first.Notes, &Reading{Alerts: changed[2:]}, noon(), noon().Add(time.Minute))
	p.Track(first.Book, first.Notes, nil, noon(), noon().Add(80*time.Hour))
	if show() != before {
		t.Errorf("the book was changed:\n%s\n%s", before, show())
	}
}

// Documents that do not count are no readings, even if they could be read: after an
// hour of them nobody can say when an alert began.
func TestTrackIgnoredReadingsAreABreak(t *testing.T) {
	p := Policy{GoneFetches: 3, Stale: 10 * time.Minute}
	got := p.Track(nil, nil, &Reading{Stamp: noon()}, time.Time{}, noon())
	for i := 11; i < 60; i++ {
		now := noon().Add(time.Duration(i) * time.Minute)
		got = p.Track(got.Book, got.Notes, &Reading{Stamp: noon()}, now.Add(-time.Minute), now)
		if !got.Ignored || got.Doubt == "" {
			t.Fatalf("at %s a document of noon counts: %+v", now, got)
		}
	}
	now := noon().Add(time.Hour)
	a := spool.Alert{ID: "1", Effect: spool.Detour, Created: noon().Add(10 * time.Minute)}
	got = p.Track(got.Book, got.Notes, &Reading{Stamp: now, Alerts: []spool.Alert{a}}, now.Add(-time.Minute), now)
	if len(got.Book) != 1 || !got.Book[0].Known {
		t.Errorf("an alert of the time in between is told: %+v", got.Book)
	}
}
