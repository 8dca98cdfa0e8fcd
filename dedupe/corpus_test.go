package dedupe

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html/charset"
)

// corpus is the folder of feeds that are shared by all checkouts.
func corpus(t *testing.T) string {
	t.Helper()
	dir := cmp.Or(os.Getenv("SPOOL_CORPUS"), filepath.Join("..", "..", "shared", "corpus"))
	dir = filepath.Join(dir, "feeds")
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("the corpus is missing: set SPOOL_CORPUS to its folder: %v", err)
		}
		t.Skipf("SKIPPED, NOTHING TESTED: the corpus is missing: set SPOOL_CORPUS to its folder: %v", err)
	}
	return dir
}

// titlesOf are the different titles of the items of a feed, roughly: what does
// not parse is left out.
func titlesOf(body []byte) []string {
	d := xml.NewDecoder(bytes.NewReader(body))
	d.Strict, d.Entity, d.CharsetReader = false, xml.HTMLEntity, charset.NewReaderLabel
	var titles []string
	within := 0
	for {
		token, err := d.Token()
		if err != nil {
			return slices.Compact(slices.Sorted(slices.Values(titles)))
		}
		switch el := token.(type) {
		case xml.StartElement:
			switch {
			case el.Name.Local == "item" || el.Name.Local == "entry":
				within++
			case within > 0 && el.Name.Local == "title" && !strings.Contains(el.Name.Space, "media"):
				var s string
				if d.DecodeElement(&s, &el) == nil && strings.TrimSpace(s) != "" {
					titles = append(titles, strings.Join(strings.Fields(s), " "))
				}
			}
		case xml.EndElement:
			if el.Name.Local == "item" || el.Name.Local == "entry" {
				within--
			}
		}
	}
}

func corpusTitles(t *testing.T) [][]string {
	t.Helper()
	var all [][]string
	seen := map[string]bool{}
	err := filepath.WalkDir(corpus(t), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		titles := titlesOf(body)
		if id := strings.Join(titles, "\n"); len(titles) > 0 && !seen[id] { // suites share files
			seen[id] = true
			all = append(all, titles)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestSimilarOnCorpus measures how often two different items of one feed are
// taken for one, and how often an edited headline is recognised. Decision 0010
// has the figures; the bounds here leave a little room.
func TestSimilarOnCorpus(t *testing.T) {
	pairs, wrong := 0, 0
	type found struct{ n, of int }
	edits := map[string]*found{}
	for _, titles := range corpusTitles(t) {
		ts := make([]title, len(titles))
		for i := range titles {
			ts[i] = newTitle(titles[i])
		}
		for i := range ts {
			for j := range i {
				pairs++
				if ts[i].like(ts[j]) {
					wrong++
					t.Logf("taken for one: %q and %q", titles[i], titles[j])
				}
			}
			if ts[i].short || ts[i].script.unspaced() {
				continue
			}
			for name, edited := range artificialEdits(titles[i]) {
				if edits[name] == nil {
					edits[name] = &found{}
				}
				edits[name].of++
				if ts[i].like(newTitle(edited)) {
					edits[name].n++
				}
			}
		}
	}
	t.Logf("%d of %d pairs of one feed are taken for one", wrong, pairs)
	if pairs < 200_000 || wrong*10_000 > pairs { // 0.01 %
		t.Errorf("%d of %d pairs of one feed are taken for one", wrong, pairs)
	}
	for name, least := range map[string]int{"prefix": 100, "one word replaced": 35, "tail cut": 60} { // per cent
		e := edits[name]
		if e == nil {
			t.Fatalf("no headline was edited: %s", name)
		}
		t.Logf("%s: %d of %d headlines are recognised", name, e.n, e.of)
		if e.n*100 < least*e.of {
			t.Errorf("%s: %d of %d headlines are recognised, want %d %%", name, e.n, e.of, least)
		}
	}
}

// artificialEdits are what becomes of headlines.
func artificialEdits(s string) map[string]string {
	words := strings.Fields(s)
	replaced := slices.Clone(words)
	replaced[len(words)/2] = "replacement"
	return map[string]string{
		"prefix":            "UPDATE: " + s,
		"one word replaced": strings.Join(replaced, " "),
		"tail cut":          strings.Join(words[:len(words)-max(1, len(words)/6)], " "),
	}
}
