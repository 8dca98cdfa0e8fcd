package dedupe

import (
	"slices"
	"strings"
	"testing"
	"time"

	"spool"
)

// TestIdentity reads two documents one after the other: what the second one
// brings is Fresh only where it is another article.
func TestIdentity(t *testing.T) {
	later := noon.AddDate(0, 0, 3)
	a := story("tag:1", "https://example.org/a", "Alpha", noon)
	b := story("tag:2", "https://example.org/b", "Beta", noon)
	with := func(it spool.Item, change func(*spool.Item)) spool.Item { change(&it); return it }
	tests := []struct {
		name          string
		first, second []spool.Item
		want          []string
	}{
		{"the same document", []spool.Item{a, b}, []spool.Item{a, b}, []string{"known", "known"}},
		{"another article on top", []spool.Item{a}, []spool.Item{b, a}, []string{"fresh", "known"}},
		{"all guids change (S11)", []spool.Item{a, b},
			[]spool.Item{with(a, func(i *spool.Item) { i.GUID = "x1" }), with(b, func(i *spool.Item) { i.GUID = "x2" })},
			[]string{"known", "known"}},
		{"the link changes", []spool.Item{a}, []spool.Item{with(a, func(i *spool.Item) { i.Link = "https://example.org/alpha" })}, []string{"edited"}},
		{"tracking changes", []spool.Item{a}, []spool.Item{with(a, func(i *spool.Item) { i.Link += "?utm_source=x"; i.GUID = "other" })}, []string{"known"}},
		{"the title changes", []spool.Item{a}, []spool.Item{with(a, func(i *spool.Item) { i.Title = "Omega" })}, []string{"edited"}},
		{"title, link and summary change on the same day", []spool.Item{a},
			[]spool.Item{story("tag:1", "https://example.org/omega", "Omega", noon.Add(time.Hour))}, []string{"edited"}},
		{"title and link change, undated before", []spool.Item{story("tag:1", "https://example.org/a", "Alpha", time.Time{})},
			[]spool.Item{story("tag:1", "https://example.org/omega", "Omega", noon)}, []string{"fresh"}},
		{"a guid is used again for another article", []spool.Item{a},
			[]spool.Item{story("tag:1", "https://example.org/new", "Another", later), a}, []string{"fresh", "known"}},
		{"the date alone changes", []spool.Item{a}, []spool.Item{with(a, func(i *spool.Item) { i.Published = later })}, []string{"known"}},
		{"white space and entities change", []spool.Item{story("g", "https://example.org/q", "Salt & sea", noon)},
			[]spool.Item{story("g", "https://example.org/q", "Salt  &amp;amp;\u00a0sea ", noon)}, []string{"known"}},

		{"guids are addresses and go https", []spool.Item{story("http://example.org/?p=1", "http://example.org/a", "Alpha", noon)},
			[]spool.Item{story("https://example.org/?p=1", "https://example.org/alpha", "Alpha", noon)}, []string{"edited"}},
		{"guids are addresses and the host moves", []spool.Item{story("https://old.example/1-storm", "https://old.example/1-storm", "Storm", noon)},
			[]spool.Item{story("https://new.example/1-storm", "https://new.example/1-storm", "Storm", noon)}, []string{"edited"}},
		{"the host moves and numbers begin anew", []spool.Item{story("https://old.example/?p=1", "https://old.example/storm", "Storm", noon)},
			[]spool.Item{story("https://new.example/?p=1", "https://new.example/flood", "Flood", later)}, []string{"fresh"}},
		{"two blogs of a planet with the same path", []spool.Item{story("https://x.example/?p=1", "https://x.example/a", "Hello", noon), story("https://z.example/?p=9", "https://z.example/z", "Zed", noon)},
			[]spool.Item{story("https://y.example/?p=1", "https://y.example/a", "Hello", noon), story("https://z.example/?p=9", "https://z.example/z", "Zed", noon)}, []string{"fresh", "known"}},
		{"no guid, the host moves", []spool.Item{story("", "https://old.example/1-storm", "Storm", noon)},
			[]spool.Item{story("", "https://new.example/1-storm", "Storm", noon)}, []string{"edited"}},

		{"a guid appears", []spool.Item{story("", "https://example.org/a", "Alpha", noon)}, []spool.Item{a}, []string{"known"}},
		{"a guid disappears", []spool.Item{a}, []spool.Item{story("", "https://example.org/a", "Alpha", noon)}, []string{"known"}},
		{"no guid, edited days later", []spool.Item{story("", "https://example.org/a", "Alpha", noon)},
			[]spool.Item{story("", "https://example.org/a", "Omega", later)}, []string{"edited"}},
		{"one page for each day's article", []spool.Item{story("2026-03-10", "https://example.org/menu", "Soup", noon)},
			[]spool.Item{story("2026-03-13", "https://example.org/menu", "Pasta", later)}, []string{"fresh"}},
		{"versions counted in the guid's fragment", []spool.Item{story("https://example.org/a#0", "https://example.org/a?at_medium=RSS", "Alpha", noon)},
			[]spool.Item{story("https://example.org/a#7", "https://example.org/a?at_medium=RSS", "Alpha, two days on", later)}, []string{"edited"}},

		{"episodes with files only", []spool.Item{{Media: []spool.Media{{URL: "https://cdn.example/1.mp3", Type: "audio/mpeg"}}}},
			[]spool.Item{{Media: []spool.Media{{URL: "https://cdn.example/2.mp3", Type: "audio/mpeg"}}}, {Media: []spool.Media{{URL: "http://cdn.example/1.mp3", Type: "audio/mpeg"}}}},
			[]string{"fresh", "known"}},
		{"only titles, the same day", []spool.Item{{Title: "Road closed", Published: noon}},
			[]spool.Item{{Title: "Road  Closed", Published: noon.Add(time.Hour)}}, []string{"edited"}},
		{"only titles, another day", []spool.Item{{Title: "Road closed", Published: noon}},
			[]spool.Item{{Title: "Road closed", Published: later}}, []string{"fresh"}},
		{"only texts", []spool.Item{{Summary: "Road closed"}}, []spool.Item{{Summary: "Road open"}, {Summary: "Road closed"}}, []string{"fresh", "known"}},
		{"nothing at all", []spool.Item{a}, []spool.Item{{}, a}, []string{"known"}},
		{"the front page is no article", []spool.Item{story("", "https://example.org/", "Alpha", noon)},
			[]spool.Item{story("", "https://example.org/", "Beta", noon), story("", "https://example.org/", "Alpha", noon)}, []string{"fresh", "known"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, p := newMemory(t), Policy{Feed: "front"}
			m.poll(p, noon, tt.first...)
			same(t, "the second poll", kinds(m.poll(p, later, tt.second...)), tt.want)
			for _, k := range kinds(m.poll(p, later, tt.second...)) {
				if k != "known" {
					t.Errorf("a third poll of the same document has a %s item", k)
				}
			}
		})
	}
}

// TestWithinOneDocument is about names that do not tell a document's items
// apart. What was new must be known in the next poll, also when some of it has
// left the document.
func TestWithinOneDocument(t *testing.T) {
	at := func(n int) time.Time { return noon.AddDate(0, 0, -n) }
	tests := []struct {
		name  string
		items []spool.Item
		fresh int
	}{
		{"the same item twice", []spool.Item{story("1", "https://e.org/a", "A", noon), story("1", "https://e.org/a", "A", noon), story("2", "https://e.org/b", "B", noon)}, 2},
		{"one story under two guids", []spool.Item{story("1", "https://e.org/a", "A", noon), story("1b", "https://e.org/a", "A!", noon), story("2", "https://e.org/b", "B", noon)}, 2},
		{"one story under four guids", []spool.Item{
			story("https://e.org/a#0", "https://e.org/a", "A", noon), story("https://e.org/a#1", "https://e.org/a", "A", noon),
			story("https://e.org/a#2", "https://e.org/a", "A", noon), story("https://e.org/a#3", "https://e.org/a", "A", noon), story("2", "https://e.org/b", "B", noon)}, 2},
		{"one story under two links", []spool.Item{story("1", "https://e.org/a", "A", noon), story("1", "https://e.org/world/a", "A", noon), story("2", "https://e.org/b", "B", noon)}, 2},
		{"one guid for all", []spool.Item{story("x", "https://e.org/a", "A", noon), story("x", "https://e.org/b", "B", noon), story("x", "https://e.org/c", "C", noon)}, 3},
		{"one guid for two of four", []spool.Item{story("x", "https://e.org/a", "A", noon), story("x", "https://e.org/b", "B", noon), story("3", "https://e.org/c", "C", noon), story("4", "https://e.org/d", "D", noon)}, 4},
		{"one link for all, dates as guids", []spool.Item{story("10", "https://e.org/menu", "Soup", noon), story("9", "https://e.org/menu", "Soup", at(1)), story("8", "https://e.org/menu", "Pasta", at(2))}, 3},
		{"one link for both", []spool.Item{story("10", "https://e.org/menu", "Soup", noon), story("9", "https://e.org/menu", "Soup", noon)}, 2},
		{"one link for three of five", []spool.Item{
			story("1", "https://e.org/live", "A", noon), story("2", "https://e.org/live", "B", noon), story("3", "https://e.org/live", "C", noon),
			story("4", "https://e.org/d", "D", noon), story("5", "https://e.org/e", "E", noon)}, 5},
		{"one guid and one link for all", []spool.Item{story("x", "https://e.org/live", "A", noon), story("x", "https://e.org/live", "B", noon), story("x", "https://e.org/live", "C", at(1))}, 3},
		{"one link for all, no guids", []spool.Item{story("", "https://e.org/live", "A", noon), story("", "https://e.org/live", "B", noon), story("", "https://e.org/live", "B", at(1))}, 3},
		{"one guid for all, no links", []spool.Item{{GUID: "x", Title: "A"}, {GUID: "x", Title: "B"}, {GUID: "x", Title: "C"}}, 3},
		{"one address as the guid for all", []spool.Item{story("https://e.org/p", "https://e.org/a", "A", noon), story("https://e.org/p", "https://e.org/b", "B", noon)}, 2},
		{"front page for all, no guids", []spool.Item{story("", "https://e.org/", "A", noon), story("", "https://e.org/", "B", noon)}, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, p := newMemory(t), Policy{Feed: "front"}
			if got := kinds(m.poll(p, noon, tt.items...)); len(got) != tt.fresh || slices.ContainsFunc(got, func(k string) bool { return k != "fresh" }) {
				t.Fatalf("first poll: %q, want %d fresh", got, tt.fresh)
			}
			for from := range tt.items {
				for to := from + 1; to <= len(tt.items); to++ {
					for _, k := range kinds(m.poll(p, noon, tt.items[from:to]...)) {
						if k == "fresh" {
							t.Errorf("items %d to %d alone: %s", from, to, k)
						}
					}
				}
			}
		})
	}
}

// TestConflict is about an item whose names belong to two known ones.
func TestConflict(t *testing.T) {
	m, p := newMemory(t), Policy{Feed: "front"}
	first := m.poll(p, noon, story("1", "https://e.org/a", "A", noon), story("2", "https://e.org/b", "B", noon))
	got := m.poll(p, noon, story("1", "https://e.org/b", "A", noon))
	if len(got) != 1 || got[0].Item.ID != first[0].Item.ID {
		t.Fatalf("got %+v, want the item that the guid belongs to", got)
	}
	if want := "its guid and its link belong to two different known items: the guid counts"; got[0].Reason != want {
		t.Errorf("reason %q, want %q", got[0].Reason, want)
	}
}

// TestKeysAreStable guards what is stored for good: a key that comes out
// differently after an upgrade makes every item of every feed new.
func TestKeysAreStable(t *testing.T) {
	items := []spool.Item{
		story("http://www.example.org/?p=12", "https://example.org/2026/storm/?utm_source=rss", "Storm", noon),
		story("tag:7", "https://example.org/b", "B", noon),
		{Media: []spool.Media{{URL: "https://cdn.example/1.mp3", Type: "audio/mpeg"}}},
		{Title: "Road closed", Published: noon},
	}
	var got []string
	for _, keys := range KeysOf(items) {
		var line []string
		for _, k := range keys {
			line = append(line, string(k))
		}
		got = append(got, strings.Join(line, " "))
	}
	want := []string{
		"guid:oqW5XPt8QAimKeb50_4bog page:upR6B6t_p4sjrK2fPjTbUw link:wGCfIxhALhF6BFeJN43FTA path:fYxeHFeHMA5OmWIYtgTHOg",
		"guid:wrsHD-y0pD-dtuTGi8PY1w link:jK5evyO7FzOkpMpYFLENLw",
		"file:MvAehtxHGOKw4VjKyxlZ2A",
		"text:2bSUx3wjtY-ilG8DB3T-Gw",
	}
	same(t, "keys", got, want)
	if got, want := ID("paper", "guid:x"), "la6rm3p2suoirt1v"; got != want {
		t.Errorf("ID = %q, want %q", got, want)
	}
	if got, want := Digest(items[0]), "YziyJY0VQd0CBNzJiC7iSg"; got != want {
		t.Errorf("Digest = %q, want %q", got, want)
	}
}

func TestDigest(t *testing.T) {
	base := spool.Item{Title: "Tom & Jerry", Summary: "Two\nlines of café.", Link: "https://example.org/a"}
	equal := map[string]func(*spool.Item){
		"white space":     func(i *spool.Item) { i.Summary = "  Two lines\tof\u00a0café. " },
		"entities":        func(i *spool.Item) { i.Title = "Tom &amp; Jerry" },
		"double entities": func(i *spool.Item) { i.Title = "Tom &amp;amp; Jerry" },
		"decomposed":      func(i *spool.Item) { i.Summary = "Two lines of cafe\u0301." },
		"soft hyphen":     func(i *spool.Item) { i.Title = "Tom & Jer\u00adry" },
		"tracking":        func(i *spool.Item) { i.Link = "http://www.example.org/a/?utm_source=x#xtor=RSS" },
		"dates":           func(i *spool.Item) { i.Published, i.Updated = noon, noon },
		"guid and author": func(i *spool.Item) { i.GUID, i.Author = "x", "y" },
		"media, a section": func(i *spool.Item) {
			i.Media, i.Categories = []spool.Media{{URL: "https://x.example/1.jpg"}}, []string{"x"}
		},
	}
	other := map[string]func(*spool.Item){
		"title":            func(i *spool.Item) { i.Title = "Tom and Jerry" },
		"case":             func(i *spool.Item) { i.Title = "TOM & Jerry" },
		"summary":          func(i *spool.Item) { i.Summary = "Two lines of cafe." },
		"link":             func(i *spool.Item) { i.Link = "https://example.org/b" },
		"front page":       func(i *spool.Item) { i.Link = "https://example.org/" },
		"words that moved": func(i *spool.Item) { i.Title, i.Summary = "Tom & Jerry Two", "lines of café." },
	}
	for name, change := range equal {
		it := base
		if change(&it); Digest(it) != Digest(base) {
			t.Errorf("%s: the digest changes", name)
		}
	}
	for name, change := range other {
		it := base
		if change(&it); Digest(it) == Digest(base) {
			t.Errorf("%s: the digest does not change", name)
		}
	}
	v := Decide(Policy{Feed: "f"}, []spool.Item{base}, nil, noon)
	if !strings.HasPrefix(v[0].Item.Digest, Digest(base)) {
		t.Errorf("what is remembered, %q, does not begin with the digest %q", v[0].Item.Digest, Digest(base))
	}
}
