package source

import (
	"cmp"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"spool"
	"spool/alerts"
	"spool/feeds"
)

var update = flag.Bool("update", false, "write the golden files anew")

// corpus is the folder of alerts that are shared by all checkouts.
func corpus(t testing.TB) string {
	t.Helper()
	dir := cmp.Or(os.Getenv("SPOOL_CORPUS"), filepath.Join("..", "..", "..", "shared", "corpus"))
	dir = filepath.Join(dir, "alerts")
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

var corpusNow = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// document is a file as the program hands it to a Reader: with its items, if it is a feed.
func document(body []byte) alerts.Document {
	const address = "https://corpus.example/alerts"
	doc := alerts.Document{Body: body, URL: address}
	if isFeed(body) {
		if feed, err := feeds.Parse(body, feeds.Input{Base: address, Now: corpusNow}); err == nil {
			doc.Items = feed.Items
		}
	}
	return doc
}

// TestCorpus reads every file of the corpus and compares the outcome with
// testdata/corpus.golden, which somebody has read beside the files: what each alert
// says of itself, with digests in the place of its texts; or why a file is refused.
func TestCorpus(t *testing.T) {
	var got strings.Builder
	eachOf(t, corpus(t), func(name string, body []byte) {
		fmt.Fprintf(&got, "== %s\n", name)
		r, err := Reader{}.Read(document(body))
		if err != nil {
			fmt.Fprintf(&got, "refused: %v\n", err)
			return
		}
		describe(&got, r)
	})
	golden(t, "testdata/corpus.golden", got.String())
}

func describe(w *strings.Builder, r alerts.Reading) {
	fmt.Fprintf(w, "%s: %d alerts, %d withdrawn, %d to fetch", r.Format, len(r.Alerts), len(r.Withdrew), len(r.Missing))
	for _, f := range []struct {
		word string
		is   bool
	}{{", partial", r.Partial}, {", log", r.Log}} {
		if f.is {
			w.WriteString(f.word)
		}
	}
	if !r.Stamp.IsZero() {
		fmt.Fprintf(w, ", of %s", r.Stamp.UTC().Format(time.RFC3339))
	}
	w.WriteByte('\n')
	for _, s := range r.Skipped {
		fmt.Fprintf(w, "skipped: %s\n", s)
	}
	for _, s := range r.Notes {
		fmt.Fprintf(w, "note: %s\n", s)
	}
	for _, a := range r.Alerts {
		describeAlert(w, a)
	}
}

func describeAlert(w *strings.Builder, a spool.Alert) {
	fmt.Fprintf(w, "- %s", digestOf(a.ID)[:8])
	for _, n := range a.Names {
		kind, _, _ := strings.Cut(n, ":")
		fmt.Fprintf(w, " %s:%s", kind, digestOf(n)[:4])
	}
	for _, word := range []string{string(a.Severity), string(a.Effect), string(a.Cause)} {
		if word != "" {
			fmt.Fprintf(w, " %s", word)
		}
	}
	for _, f := range []struct {
		word string
		is   bool
	}{{"planned", a.Planned}, {"guess", a.Guess}, {"resumed", a.Resumed}} {
		if f.is {
			fmt.Fprintf(w, " %s", f.word)
		}
	}
	if len(a.Replaces)+len(a.Affected)+len(a.Image) > 0 {
		fmt.Fprintf(w, " replaces %d affects %d images %d", len(a.Replaces), len(a.Affected), len(a.Image))
	}
	w.WriteByte('\n')
	describeTimes(w, a)
	describeTexts(w, a)
}

func describeTimes(w *strings.Builder, a spool.Alert) {
	short := func(t time.Time) string {
		if t.IsZero() {
			return "?"
		}
		return t.UTC().Format("060102T1504")
	}
	fmt.Fprintf(w, "  created %s updated %s", short(a.Created), short(a.Updated))
	if !a.Ended.IsZero() {
		fmt.Fprintf(w, " ended %s", short(a.Ended))
	}
	for i, p := range a.Periods {
		if i == 3 {
			fmt.Fprintf(w, " and %d more", len(a.Periods)-i)
			break
		}
		fmt.Fprintf(w, " [%s %s)", short(p.Start), short(p.End))
	}
	w.WriteByte('\n')
}

func describeTexts(w *strings.Builder, a spool.Alert) {
	w.WriteString(" ")
	for _, f := range []struct {
		what  string
		texts spool.Texts
	}{
		{"header", a.Header}, {"text", a.Description}, {"advice", a.Instruction}, {"effect", a.EffectText},
		{"cause", a.CauseText}, {"area", a.Area}, {"url", a.URL}, {"spoken", a.Spoken},
	} {
		for _, t := range f.texts {
			fmt.Fprintf(w, " %s/%s:%d:%s", f.what, cmp.Or(t.Language, "-"), utf8.RuneCountInString(t.Text), digestOf(t.Text)[:4])
		}
	}
	if a.Sender != "" {
		fmt.Fprintf(w, " sender:%d", utf8.RuneCountInString(a.Sender))
	}
	w.WriteByte('\n')
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	w, g := strings.Split(string(want), "\n"), strings.Split(got, "\n")
	for i := range max(len(w), len(g)) {
		var a, b string
		if i < len(w) {
			a = w[i]
		}
		if i < len(g) {
			b = g[i]
		}
		if a != b {
			t.Fatalf("%s, line %d:\nwant %s\ngot  %s", path, i+1, a, b)
		}
	}
}
