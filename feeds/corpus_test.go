package feeds

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden files anew")

// corpus is the folder of feeds that are shared by all checkouts.
func corpus(t testing.TB) string {
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

// eachOf calls do with each file of the corpus, in the order of their names.
func eachOf(t testing.TB, dir string, do func(name string, body []byte)) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "README.md" {
			return err
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		do(filepath.ToSlash(name), body)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

var testNow = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// corpusInput is what each file of the corpus is read with.
var corpusInput = Input{Base: "https://corpus.example/feed", Now: testNow}

// TestCorpus reads every feed of the corpus and compares the outcome with
// testdata/corpus.golden, which was made from a listing that somebody has read:
// how much there is of everything, and digests of titles, links and dates; or
// why the file is refused.
func TestCorpus(t *testing.T) {
	var got strings.Builder
	eachOf(t, corpus(t), func(name string, body []byte) {
		fmt.Fprintf(&got, "%s: %s\n", name, outcome(t, body))
	})
	golden(t, "testdata/corpus.golden", got.String())
}

func outcome(t *testing.T, body []byte) string {
	doc, err := Parse(body, corpusInput)
	var e *Error
	switch {
	case errors.As(err, &e):
		return string(e.Kind) + ": " + e.Message
	case err != nil:
		t.Fatalf("error of another type: %T", err)
	}
	var titles, links, dates strings.Builder
	n := map[string]int{}
	for _, i := range doc.Items {
		sane(t, i)
		fmt.Fprintln(&titles, i.Title)
		fmt.Fprintln(&links, i.Link)
		fmt.Fprintln(&dates, i.Published.Unix(), i.Updated.Unix())
		tally(n, i)
	}
	out := fmt.Sprintf("%s, %d items", doc.Format, len(doc.Items))
	for _, what := range []string{"title", "link", "guid", "date", "text", "author", "language", "categories", "media", "alt", "credit"} {
		out += fmt.Sprintf(" %s=%d", what, n[what])
	}
	return out + fmt.Sprintf(" titles:%s links:%s dates:%s%s", short(titles.String()), short(links.String()), short(dates.String()), asides(doc))
}

// tally counts what an item has.
func tally(n map[string]int, i item) {
	has := map[string]bool{
		"title": i.Title != "", "link": i.Link != "", "guid": i.GUID != "", "date": !i.Published.IsZero(), "text": i.Summary != "",
		"author": i.Author != "", "language": i.Language != "", "categories": len(i.Categories) > 0, "media": len(i.Media) > 0,
	}
	for _, m := range i.Media {
		has["alt"] = has["alt"] || m.Alt != ""
		has["credit"] = has["credit"] || m.Credit != ""
	}
	for what, yes := range has {
		if yes {
			n[what]++
		}
	}
}

func short(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:4])
}

func asides(doc Document) string {
	var out string
	if doc.Hub != "" {
		out += " hub"
	}
	if doc.Topic != "" {
		out += " topic"
	}
	if h := doc.Hints; h.Every > 0 || len(h.Hours)+len(h.Days) > 0 {
		out += fmt.Sprintf(" hints(%v %v %v)", h.Every, h.Hours, h.Days)
	}
	if doc.Degraded {
		out += " degraded"
	}
	if len(doc.Skipped) > 0 {
		out += fmt.Sprintf(" skipped %d (%s)", len(doc.Skipped), doc.Skipped[0])
	}
	if len(doc.Notes) > 0 {
		out += " notes: " + strings.Join(doc.Notes, "; ")
	}
	return out
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	have := strings.Split(got, "\n")
	for n, line := range strings.Split(string(want), "\n") {
		if n >= len(have) || have[n] != line {
			t.Fatalf("%s, line %d (run with -update when the change is meant):\n got %s\nwant %s", name, n+1, append(have, make([]string, n+1)...)[n], line)
		}
	}
	t.Fatalf("%s has fewer lines than there are outcomes", name)
}
