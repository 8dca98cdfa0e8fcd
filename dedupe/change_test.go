package dedupe

import (
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"spool"
)

// rows reads the table of pairs: degree, former and later headline, parted by tabs.
func rows(t testing.TB) [][3]string {
	t.Helper()
	data, err := os.ReadFile("testdata/changes.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var all [][3]string
	for line := range strings.Lines(string(data)) {
		line = strings.TrimRight(line, "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 3 {
			t.Fatalf("%q has not three fields", line)
		}
		all = append(all, [3]string(f))
	}
	return all
}

func titled(s string) spool.Item { return spool.Item{Title: strings.ReplaceAll(s, `\u00a0`, "\u00a0")} }

func TestClassifyHeadlines(t *testing.T) {
	all := rows(t)
	if len(all) < 120 {
		t.Errorf("the table has %d rows", len(all))
	}
	for _, r := range all {
		if c := Classify(titled(r[1]), titled(r[2])); c.Degree.String() != r[0] {
			t.Errorf("%q → %q\n\tis %s (%s), want %s", r[1], r[2], c.Degree, c.Why, r[0])
		}
		// What is said does not depend on the direction; a mark does.
		if r[0] == "marked" {
			continue
		}
		if c := Classify(titled(r[2]), titled(r[1])); c.Degree.String() != r[0] {
			t.Errorf("backwards: %q → %q\n\tis %s (%s), want %s", r[2], r[1], c.Degree, c.Why, r[0])
		}
	}
}

func TestClassifyItems(t *testing.T) {
	base := spool.Item{Title: "Harbour reopens after storm", Summary: "Ferries sail again. The harbour was closed for 3 days.", Link: "https://www.example.org/harbour", Categories: []string{"Local"}}
	for name, c := range map[string]struct {
		edit func(*spool.Item)
		want Degree
	}{
		"nothing":               {func(*spool.Item) {}, Unchanged},
		"a later date":          {func(it *spool.Item) { it.Updated = it.Updated.AddDate(0, 0, 1) }, Unchanged},
		"white space":           {func(it *spool.Item) { it.Summary += "  \n" }, Unchanged},
		"a trimmed summary":     {func(it *spool.Item) { it.Summary = "Ferries sail again." }, Cosmetic},
		"a rewritten summary":   {func(it *spool.Item) { it.Summary = "It took the crews 4 nights to clear the port." }, Cosmetic},
		"no summary":            {func(it *spool.Item) { it.Summary = "" }, Cosmetic},
		"a picture":             {func(it *spool.Item) { it.Media = []spool.Media{{URL: "https://img.example.org/1.jpg"}} }, Cosmetic},
		"tracking":              {func(it *spool.Item) { it.Link += "?utm_source=rss" }, Cosmetic},
		"another link":          {func(it *spool.Item) { it.Link = "https://www.example.org/harbour-reopens" }, Cosmetic},
		"another category":      {func(it *spool.Item) { it.Categories = []string{"Weather"} }, Unchanged},
		"a category that marks": {func(it *spool.Item) { it.Categories = []string{"Local", "Correction"} }, Marked},
		"a note at the end":     {func(it *spool.Item) { it.Summary += " Correction: an earlier version gave the wrong day." }, Marked},
		"a note on a line":      {func(it *spool.Item) { it.Summary += "\nClarification – the ferries are those to the islands" }, Marked},
		"a note in a sentence":  {func(it *spool.Item) { it.Summary += " An earlier version of this article said otherwise." }, Marked},
		"a note in German": {func(it *spool.Item) {
			it.Summary += "\n\nKorrektur: In einer früheren Version stand ein falscher Tag."
		}, Marked},
		"a note in French":    {func(it *spool.Item) { it.Summary = "Rectificatif : le port était fermé deux jours." }, Marked},
		"a note in Japanese":  {func(it *spool.Item) { it.Summary = "【訂正】日付に誤りがありました。" }, Marked},
		"the word in passing": {func(it *spool.Item) { it.Summary += " The correction of prices goes on." }, Cosmetic},
		"a note far inside a long text": {func(it *spool.Item) {
			it.Summary = strings.Repeat("All is well. ", 2000) + "Correction: it was Tuesday."
		}, Marked},
	} {
		after := base
		c.edit(&after)
		if got := Classify(base, after); got.Degree != c.want {
			t.Errorf("%s: %s (%s), want %s", name, got.Degree, got.Why, c.want)
		}
	}
}

// A note that stands there counts when it appears, and not with each later edit.
func TestClassifyMarksOnce(t *testing.T) {
	noted := spool.Item{Title: "Correction: Harbour reopens on Tuesday", Summary: "Correction: it is Tuesday."}
	later := noted
	later.Summary += " Ferries sail."
	if c := Classify(noted, later); c.Degree != Cosmetic {
		t.Errorf("a note that was there: %s (%s)", c.Degree, c.Why)
	}
	later.Summary += " Correction: and not the big ones."
	if c := Classify(noted, later); c.Degree != Marked {
		t.Errorf("a second note: %s (%s)", c.Degree, c.Why)
	}
	if c := Classify(noted, spool.Item{Title: "Harbour reopens on Tuesday", Summary: noted.Summary}); c.Degree != Cosmetic {
		t.Errorf("a mark that goes: %s (%s)", c.Degree, c.Why)
	}
}

// Of an item without a title the beginning of its text is what readers know.
func TestClassifyWithoutTitle(t *testing.T) {
	before := spool.Item{Summary: "The bridge over the Alde is closed until 5 May. Buses go by the mill."}
	after := before
	after.Summary = strings.Replace(before.Summary, "5 May", "9 May", 1)
	if c := Classify(before, after); c.Degree != Material || !strings.Contains(c.Why, "9") {
		t.Errorf("another day: %s (%s)", c.Degree, c.Why)
	}
	after.Summary = before.Summary + strings.Repeat(" And so on and on for many more words.", 20)
	if c := Classify(before, after); c.Degree != Cosmetic {
		t.Errorf("a longer text: %s (%s)", c.Degree, c.Why)
	}
	titled := before
	titled.Title = "Bridge closed"
	for _, pair := range [][2]spool.Item{{before, titled}, {titled, before}} {
		if c := Classify(pair[0], pair[1]); c.Degree != Cosmetic {
			t.Errorf("a title that comes or goes: %s (%s)", c.Degree, c.Why)
		}
	}
}

func TestClassifyTellsWhy(t *testing.T) {
	c := Classify(titled("Two dead after fire in Leeds"), titled("Three dead after fire in Leeds"))
	if !c.Tells() || c.Why != "the headline said “Two” and says “Three” now" {
		t.Errorf("%s: %q", c.Degree, c.Why)
	}
	c = Classify(titled("Mayor resigns"), titled("Mayor resigns "+strings.Repeat("because of everything ", 30)))
	if !c.Tells() || len([]rune(c.Why)) > 150 {
		t.Errorf("%s: %q", c.Degree, c.Why)
	}
}

func FuzzClassify(f *testing.F) {
	for _, r := range rows(f) {
		f.Add(r[1], "", r[2], "")
	}
	f.Add("", "Correction: a", "", "\xff訂正: b")
	f.Fuzz(func(t *testing.T, title1, text1, title2, text2 string) {
		a, b := spool.Item{Title: title1, Summary: text1}, spool.Item{Title: title2, Summary: text2}
		if c := Classify(a, a); c.Degree != Unchanged {
			t.Errorf("an item and itself: %s (%s)", c.Degree, c.Why)
		}
		there, back := Classify(a, b), Classify(b, a)
		if there.Degree != Marked && back.Degree != Marked && there.Degree != back.Degree {
			t.Errorf("%s (%s) there and %s (%s) back", there.Degree, there.Why, back.Degree, back.Why)
		}
		if utf8.ValidString(title1+title2+text1+text2) && !utf8.ValidString(there.Why) {
			t.Errorf("the reason is %q", there.Why)
		}
		if there.Tells() == (there.Why == "") && there.Degree != Cosmetic {
			t.Errorf("%s, with the reason %q", there.Degree, there.Why)
		}
	})
}
