package dedupe

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"spool"
)

// document returns n stories, the newest first, an hour apart.
func document(n int, newest time.Time) []spool.Item {
	items := make([]spool.Item, n)
	for i := range items {
		id := n - i
		items[i] = story(fmt.Sprint("tag:", id), fmt.Sprint("https://example.org/news/", id), fmt.Sprint("Story number ", id), newest.Add(-time.Duration(i)*time.Hour))
	}
	return items
}

// posted sums up which items are to be posted, held ones with a mark.
func posted(verdicts []Verdict) []string {
	s := []string{}
	for _, v := range verdicts {
		switch {
		case v.Post && v.Hold != "":
			s = append(s, v.Item.GUID+" "+string(v.Hold))
		case v.Post:
			s = append(s, v.Item.GUID)
		}
	}
	return s
}

func TestFirstRun(t *testing.T) {
	undated := document(3, noon)
	for i := range undated {
		undated[i].Published = time.Time{}
	}
	tests := []struct {
		name  string
		rule  FirstRun
		age   time.Duration
		burst int
		items []spool.Item
		want  []string
	}{
		{"skip", FirstRun{}, 0, 10, document(4, noon), nil},
		{"all", FirstRun{All: true}, 0, 0, document(3, noon), []string{"tag:3", "tag:2", "tag:1"}},
		{"all is no burst", FirstRun{All: true}, 0, 2, document(3, noon), []string{"tag:3", "tag:2", "tag:1"}},
		{"all, but not the old", FirstRun{All: true}, 90 * time.Minute, 0, document(3, noon), []string{"tag:3", "tag:2"}},
		{"latest 2", FirstRun{Latest: 2}, 0, 1, document(4, noon), []string{"tag:4", "tag:3"}},
		{"latest 2, oldest on top", FirstRun{Latest: 2}, 0, 0, reverse(document(4, noon)), []string{"tag:3", "tag:4"}},
		{"latest 2 of undated", FirstRun{Latest: 2}, 0, 0, undated, []string{"tag:3", "tag:2"}},
		{"latest more than there are", FirstRun{Latest: 9}, 0, 0, document(2, noon), []string{"tag:2", "tag:1"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := newMemory(t)
			p := Policy{Feed: "f", First: true, FirstRun: tt.rule, MaxAge: tt.age, Burst: tt.burst}
			verdicts := m.poll(p, noon, tt.items...)
			same(t, "posted", posted(verdicts), tt.want)
			for _, v := range verdicts {
				if v.Post == (v.Reason != "") {
					t.Errorf("%s: post %v, reason %q", v.Item.GUID, v.Post, v.Reason)
				}
			}
			if p.First = false; len(posted(m.poll(p, noon, tt.items...))) != 0 {
				t.Error("the next poll posts something")
			}
		})
	}
}

func reverse(items []spool.Item) []spool.Item { slices.Reverse(items); return items }

func TestMaxAge(t *testing.T) {
	tests := map[string]struct {
		published time.Time
		age       time.Duration
		want      bool
	}{
		"young":            {noon.Add(-time.Hour), 2 * time.Hour, true},
		"just old enough":  {noon.Add(-2 * time.Hour), 2 * time.Hour, true},
		"old":              {noon.Add(-3 * time.Hour), 2 * time.Hour, false},
		"old, no limit":    {noon.AddDate(-9, 0, 0), 0, true},
		"undated":          {time.Time{}, time.Hour, true},
		"in the future":    {noon.AddDate(1, 0, 0), time.Hour, true},
		"in another zone":  {noon.Add(-time.Minute).In(time.FixedZone("", -9*3600)), time.Hour, true},
		"before the epoch": {time.Unix(-5, 0), time.Hour, false},
	}
	for name, tt := range tests {
		v := Decide(Policy{Feed: "f", MaxAge: tt.age}, []spool.Item{story("1", "https://e.org/a", "A", tt.published)}, nil, noon)
		if v[0].Post != tt.want {
			t.Errorf("%s: posted %v (%s)", name, v[0].Post, v[0].Reason)
		}
	}
	v := Decide(Policy{Feed: "f", MaxAge: time.Hour}, []spool.Item{story("1", "https://e.org/a", "A", noon.AddDate(0, 0, -2))}, nil, noon)
	if want := "older than max_age: published 2026-03-08 12:00 UTC"; v[0].Reason != want {
		t.Errorf("reason %q, want %q", v[0].Reason, want)
	}
}

func TestBurst(t *testing.T) {
	tests := []struct {
		name       string
		burst, new int
		held       int
	}{
		{"as many as allowed", 10, 10, 0},
		{"one more: all of them", 10, 11, 11},
		{"sixty at once (S3)", 10, 60, 60},
		{"no limit", 0, 60, 0},
	}
	for _, tt := range tests {
		m, p := newMemory(t), Policy{Feed: "f", Burst: tt.burst}
		m.poll(Policy{Feed: "f", First: true}, noon, document(5, noon)...)
		held, post := 0, 0
		for _, v := range m.poll(p, noon, document(5+tt.new, noon)...) {
			if v.Post {
				post++
			}
			if v.Hold == spool.HoldBurst && strings.Contains(v.Reason, "burst") {
				held++
			}
		}
		if post != tt.new || held != tt.held {
			t.Errorf("%s: %d to be posted, %d held; want %d and %d", tt.name, post, held, tt.new, tt.held)
		}
	}
}

func TestBurstDoesNotCountWhatIsTooOld(t *testing.T) {
	p := Policy{Feed: "f", Burst: 2, MaxAge: 90 * time.Minute}
	same(t, "posted", posted(Decide(p, document(9, noon), nil, noon)), []string{"tag:9", "tag:8"})
}

func TestGroups(t *testing.T) {
	m := newMemory(t)
	front, world := Policy{Feed: "front", Group: "paper"}, Policy{Feed: "world", Group: "paper"}
	items := document(2, noon)
	first := m.poll(front, noon, items...)

	other := slices.Clone(items)
	other[0].Summary = "Worded differently in this section"
	joined := m.poll(world, noon, other...)
	same(t, "in the second feed", kinds(joined), []string{"joined", "joined"})
	same(t, "posted from the second feed", posted(joined), []string{"tag:2", "tag:1"})
	if joined[0].Item.ID != first[0].Item.ID {
		t.Error("the story has another id in the second feed")
	}
	same(t, "in the second feed again", kinds(m.poll(world, noon, other...)), []string{"known", "known"})
	same(t, "in the first feed again", kinds(m.poll(front, noon, items...)), []string{"known", "known"})

	third := Policy{Feed: "sport", Group: "paper", First: true}
	same(t, "posted from a feed read first", posted(m.poll(third, noon, items...)), nil)
}

func TestVerdict(t *testing.T) {
	it := story("tag:1", "https://example.org/a", "Alpha", noon)
	v := Decide(Policy{Feed: "front", Group: "paper"}, []spool.Item{it}, nil, noon)[0]
	if keys := KeysOf([]spool.Item{it})[0]; v.Item.ID != ID("paper", keys[0]) {
		t.Errorf("id %q is not that of the strongest key %q", v.Item.ID, keys[0])
	}
	if v.Item.Feed != "front" || !v.Item.Seen.Equal(noon) || len(v.Keys) != 2 {
		t.Errorf("item %+v, keys %q", v.Item, v.Keys)
	}
	alone := Decide(Policy{Feed: "front"}, []spool.Item{it}, nil, noon)[0]
	if alone.Item.ID == v.Item.ID {
		t.Error("the id does not depend on the group")
	}
}

// TestSecondPoll draws awkward documents from few names, one after the other:
// whatever is shared, edited under one name and listed under another, no two
// stories have one id, no key is remembered twice, and reading a document again
// brings nothing new.
func TestSecondPoll(t *testing.T) {
	pick := func(t *rapid.T, what string, of ...string) string { return rapid.SampledFrom(of).Draw(t, what) }
	items := rapid.Custom(func(t *rapid.T) spool.Item {
		return spool.Item{
			GUID:      pick(t, "guid", "", "1", "2", "http://e.org/a", "https://e.org/b", "https://f.org/?p=1"),
			Link:      pick(t, "link", "", "https://e.org/a", "https://e.org/b", "https://e.org/", "https://f.org/c#x"),
			Title:     pick(t, "title", "A", "B", "C", "D"),
			Published: rapid.SampledFrom([]time.Time{{}, noon, noon.AddDate(0, 0, -1)}).Draw(t, "published"),
		}
	})
	rapid.Check(t, func(rt *rapid.T) {
		m, p := newMemory(t), Policy{Feed: "f"}
		for range 5 {
			doc := rapid.SliceOfN(items, 0, 9).Draw(rt, "document")
			ids := map[string]bool{}
			for _, v := range m.poll(p, noon, doc...) {
				if ids[v.Item.ID] {
					rt.Fatalf("two verdicts for %s", v.Item.ID)
				}
				ids[v.Item.ID] = true
			}
			for _, v := range m.poll(p, noon, doc...) {
				if v.Kind == Fresh || v.Kind == Joined {
					rt.Fatalf("the second poll finds %+v %s", v.Item, v.Kind)
				}
			}
		}
		if t.Failed() {
			rt.Fatalf("see above")
		}
	})
}

// TestEditedAndListed has the smallest documents that TestSecondPoll failed on
// once, when the first item of a document could edit what a later one repeats.
func TestEditedAndListed(t *testing.T) {
	at := func(it spool.Item, day int) spool.Item { it.Published = noon.AddDate(0, 0, day); return it }
	plain := func(guid, link, title string) spool.Item { return spool.Item{GUID: guid, Link: link, Title: title} }
	tests := map[string][][]spool.Item{
		"one link for three": {
			{plain("", "", "A"), plain("https://f.org/?p=1", "https://f.org/c#x", "A")},
			{plain("https://f.org/?p=1", "https://e.org/a", "B"), plain("https://f.org/?p=1", "https://f.org/c#x", "B"), plain("", "https://f.org/c#x", "A"), plain("", "https://f.org/c#x", "B")},
		},
		"a guid that came back to another": {
			{plain("https://e.org/b", "https://e.org/b", "C"), plain("", "https://e.org/b", "A")},
			{plain("https://e.org/b", "https://e.org/b", "B"), plain("http://e.org/a", "https://e.org/b", "A")},
		},
		"a day that one of them lacks": {
			{plain("https://f.org/?p=1", "https://e.org/a", "A"), plain("1", "https://f.org/c#x", "B")},
			{plain("", "https://e.org/a", "B"), at(plain("1", "https://e.org/a", "A"), 0), plain("", "https://f.org/c#x", "A"), plain("https://f.org/?p=1", "", "A"), at(plain("", "https://e.org/a", "A"), 0)},
		},
	}
	for name, docs := range tests {
		m, p := newMemory(t), Policy{Feed: "f"}
		for _, doc := range docs {
			m.poll(p, noon, doc...)
			for _, v := range m.poll(p, noon, doc...) {
				if v.Kind == Fresh {
					t.Errorf("%s: the second poll finds %q %q %q new", name, v.Item.GUID, v.Item.Link, v.Item.Title)
				}
			}
		}
	}
}
