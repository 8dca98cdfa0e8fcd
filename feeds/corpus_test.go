package feeds

import (
	"cmp"
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

var testNow = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// TestCorpus reads every feed of the corpus and compares the outcome with
// testdata/corpus.txt: format, items, items without a link or a date, pictures,
// and the first title; or why it is refused.
func TestCorpus(t *testing.T) {
	dir := corpus(t)
	var got strings.Builder
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
		fmt.Fprintf(&got, "%s\t%s\n", filepath.ToSlash(name), outcome(t, body))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/corpus.txt", got.String())
}

func outcome(t *testing.T, body []byte) string {
	doc, err := Parse(body, Input{Base: "https://corpus.example/feed", Now: testNow})
	var e *Error
	switch {
	case errors.As(err, &e):
		return string(e.Kind) + ": " + e.Message
	case err != nil:
		t.Fatalf("error of another type: %T", err)
	}
	links, dates, pictures, first := 0, 0, 0, ""
	for _, i := range doc.Items {
		sane(t, i)
		if i.Link != "" {
			links++
		}
		if !i.Published.IsZero() {
			dates++
		}
		if len(i.Media) > 0 {
			pictures++
		}
		first = cmp.Or(first, i.Title)
	}
	return fmt.Sprintf("%s, %d items, %d links, %d dates, %d media, %q%s", doc.Format, len(doc.Items), links, dates, pictures, shorten(first, 60), asides(doc))
}

func asides(doc Document) string {
	var out string
	if len(doc.Skipped) > 0 {
		out += " skipped " + fmt.Sprint(len(doc.Skipped)) + " (" + doc.Skipped[0] + ")"
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
