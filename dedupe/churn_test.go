package dedupe

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"spool"
)

// A situation is a document that is read after another one.
type situation struct {
	name          string
	before, after []spool.Item
	read          time.Duration // how long ago before was read; 0: it is not known
	policy        Policy
	want          string // what the alarm says; empty: there is none
}

// listing returns n items of a feed, the newest published at a moment and the
// others an hour apart, numbered downwards from first.
func listing(n, first int, newest time.Time) []spool.Item {
	items := make([]spool.Item, n)
	for i := range items {
		id := first - i
		items[i] = story(fmt.Sprint("tag:", id), fmt.Sprint("https://example.org/news/", id), fmt.Sprint("Story number ", id), newest.Add(-time.Duration(i)*time.Hour))
	}
	return items
}

// changed returns the items after a change to each.
func changed(items []spool.Item, change func(*spool.Item)) []spool.Item {
	out := make([]spool.Item, len(items))
	for i := range items {
		out[i] = items[i]
		change(&out[i])
	}
	return out
}

// TestChurn is the table of docs/identity.md: what of a feed that has a past is
// held because of how it is new.
func TestChurn(t *testing.T) {
	renamed := func(it *spool.Item) {
		it.GUID, it.Link = "new-"+it.GUID, strings.Replace(it.Link, "example.org/news/", "example.net/2026/story-", 1)
	}
	undated := func(it *spool.Item) { it.Published = time.Time{} }
	then := noon.Add(-15 * time.Minute) // when the feed was read before
	twenty, lastWeek := listing(20, 20, then), listing(20, 20, noon.AddDate(0, 0, -5))
	series := func(first int, newest time.Time) []spool.Item {
		return changed(listing(4, first, newest), func(it *spool.Item) {
			it.Title = map[byte]string{0: "Tides", 1: "Prices", 2: "Weather", 3: "Traffic"}[it.GUID[len(it.GUID)-1]%4]
		})
	}
	tests := []situation{
		{"all ids change", twenty, changed(twenty, func(it *spool.Item) { it.GUID = "x" + it.GUID }), 15 * time.Minute, Policy{}, ""},
		{"all ids and addresses change", twenty, changed(twenty, renamed), 15 * time.Minute, Policy{}, "all 20 items of feed f came under new names"},
		{"the same, without burst", twenty, changed(twenty, renamed), 15 * time.Minute, Policy{Burst: 0}, "came under new names"},
		{"the same, and the dates", lastWeek, changed(lastWeek, func(it *spool.Item) { renamed(it); it.Published = noon }), 15 * time.Minute, Policy{}, "came under new names"},
		{"the same, and the titles", twenty, changed(twenty, func(it *spool.Item) { renamed(it); it.Title = "New: " + it.Title }), 15 * time.Minute, Policy{}, "are dated before 2026-03-10 11:45 UTC"},
		{"the same, undated", changed(twenty, undated), changed(twenty, func(it *spool.Item) { renamed(it); it.Title = "New: " + it.Title; undated(it) }), 15 * time.Minute, Policy{}, "have no date"},
		{"half of them change", twenty, append(changed(twenty[:10], renamed), twenty[10:]...), 15 * time.Minute, Policy{}, "10 of the 20 items of feed f came under new names"},
		{"three of a small feed change", twenty[:4], append(changed(twenty[:3], renamed), twenty[3]), 15 * time.Minute, Policy{}, "3 of the 4 items"},
		{"two stories are listed a second time", twenty, append(changed(twenty[:2], renamed), twenty...), 15 * time.Minute, Policy{}, ""},

		{"three of four after a quiet night", listing(4, 4, noon.Add(-9*time.Hour)), listing(4, 7, noon), 8 * time.Hour, Policy{}, ""},
		{"five of five at once", listing(5, 5, noon.Add(-9*time.Hour)), listing(5, 10, noon), 15 * time.Minute, Policy{}, ""},
		{"a wire that turns over", listing(50, 50, noon.Add(-51*time.Hour)), listing(50, 100, noon), 51 * time.Hour, Policy{}, ""},
		{"a wire that turns over in a quarter of an hour", twenty, spread(listing(20, 40, noon), time.Second*40), 15 * time.Minute, Policy{}, ""},
		{"after an outage of three days", twenty, listing(20, 90, noon.Add(-time.Minute)), 72 * time.Hour, Policy{}, ""},
		{"undated, ten new of twenty", changed(twenty, undated), append(changed(listing(10, 30, noon), undated), changed(twenty[:10], undated)...), 15 * time.Minute, Policy{}, ""},
		{"undated alerts where there were none", nil, changed(listing(9, 9, noon), undated), 15 * time.Minute, Policy{}, ""},
		{"a day's batch, dated by the day", listing(30, 30, noon.AddDate(0, 0, -1)), changed(listing(30, 60, noon), func(it *spool.Item) { it.Published = noon.Truncate(24 * time.Hour) }), 15 * time.Minute, Policy{}, ""},
		{"written an hour before it was published", twenty, spread(listing(12, 40, then), 4*time.Minute), 15 * time.Minute, Policy{}, ""},

		{"an archive is imported", twenty, append(listing(60, 990, noon.AddDate(-3, 0, 0)), twenty...), 15 * time.Minute, Policy{}, "60 of the 80 items"},
		{"the same, with a limit of age", twenty, append(listing(60, 990, noon.AddDate(-3, 0, 0)), twenty...), 15 * time.Minute, Policy{MaxAge: 48 * time.Hour}, ""},
		{"the document becomes longer", twenty[:5], twenty, 15 * time.Minute, Policy{}, "15 of the 20 items"},
		{"six old ones of a long document", twenty, append(listing(6, 990, noon.AddDate(0, 0, -3)), twenty...), 15 * time.Minute, Policy{}, ""},
		{"it was empty for a while", nil, twenty, 15 * time.Minute, Policy{}, "18 of the 20 items"},
		{"when it was read is not known", nil, twenty, 0, Policy{}, ""},
		{"the first reading", nil, twenty, 0, Policy{First: true, FirstRun: FirstRun{All: true}}, ""},
		{"series with a title each", append(series(8, then), series(4, then)...), append(series(18, noon), series(8, then)...), 15 * time.Minute, Policy{}, ""},
		{"a series with one title", changed(listing(6, 6, then), func(it *spool.Item) { it.Title = "Traffic" }), changed(listing(4, 20, noon), func(it *spool.Item) { it.Title = "Traffic" }), 15 * time.Minute, Policy{}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { tt.check(t) })
	}
}

// spread dates items so far apart.
func spread(items []spool.Item, by time.Duration) []spool.Item {
	for i := range items {
		items[i].Published = items[0].Published.Add(-time.Duration(i) * by)
	}
	return items
}

func (tt situation) check(t *testing.T) {
	m, r := newMemory(t), Review{Policy: tt.policy, Before: len(tt.before)}
	r.Feed = "f"
	var recent []spool.Item
	if len(tt.before) > 0 {
		for _, v := range m.poll(Policy{Feed: "f", First: true}, noon.Add(-tt.read), tt.before...) {
			recent = append(recent, v.Item)
		}
	}
	if tt.read > 0 {
		r.Read = noon.Add(-tt.read)
	}
	verdicts := Decide(r.Policy, tt.after, m.seen(tt.after), noon)
	if own, _ := r.Wants(verdicts, noon); own.IsZero() {
		recent = nil
	}
	alarm := r.Look(verdicts, recent, noon)
	if tt.want == "" && alarm != "" || !strings.Contains(alarm, tt.want) {
		t.Errorf("the alarm is %q, want %q", alarm, tt.want)
	}
	for _, v := range verdicts {
		if v.Kind == Fresh && v.Post && (v.Hold == spool.HoldChurn) != (alarm != "") {
			t.Errorf("%s is held for %q", v.Item.GUID, v.Hold)
		}
	}
}

// The breaker takes precedence over burst, and what it does not hold burst does.
func TestChurnAndBurst(t *testing.T) {
	doc := listing(20, 20, noon.Add(-2*time.Hour))
	for name, tt := range map[string]struct {
		read time.Time
		want spool.Hold
	}{
		"dated before the last reading": {noon.Add(-15 * time.Minute), spool.HoldChurn},
		"dated after it":                {noon.Add(-48 * time.Hour), spool.HoldBurst},
	} {
		r := Review{Policy: Policy{Feed: "f", Burst: 10}, Read: tt.read, Before: 20}
		verdicts := Decide(r.Policy, doc, nil, noon)
		r.Look(verdicts, nil, noon)
		for _, v := range verdicts {
			if v.Hold != tt.want {
				t.Errorf("%s: held for %q, want %q", name, v.Hold, tt.want)
			}
		}
	}
}
