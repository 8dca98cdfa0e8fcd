package gtfsrt

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/alerts"
)

var update = flag.Bool("update", false, "write the golden files anew")

// corpus is the folder of alerts that are shared by all checkouts.
func corpus(t testing.TB) string {
	t.Helper()
	dir := cmp.Or(os.Getenv("SPOOL_CORPUS"), filepath.Join("..", "..", "..", "shared", "corpus"))
	dir = filepath.Join(dir, "alerts", "gtfs-rt")
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("the corpus is missing: set SPOOL_CORPUS to its folder: %v", err)
		}
		t.Skipf("SKIPPED, NOTHING TESTED: the corpus is missing: set SPOOL_CORPUS to its folder: %v", err)
	}
	return dir
}

// TestCorpus reads every document of the corpus and compares the outcome with
// testdata/corpus.golden, which somebody has read beside the documents. Of texts it
// holds digests.
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
		name, _ := filepath.Rel(dir, path)
		r, err := Read(alerts.Document{Body: body})
		fmt.Fprintf(&got, "%s: looks %t, ", filepath.ToSlash(name), Looks(body))
		if err != nil {
			fmt.Fprintln(&got, err)
			return nil
		}
		listing(&got, r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/corpus.golden", got.String())
}

// listing writes down a reading without its texts.
func listing(w *strings.Builder, r alerts.Reading) {
	fmt.Fprintf(w, "%s of %s, %d alerts, partial %t\n", r.Format, moments(r.Stamp), len(r.Alerts), r.Partial)
	for _, line := range append(r.Skipped, r.Notes...) {
		fmt.Fprintln(w, "   ", line)
	}
	for _, a := range r.Alerts {
		fmt.Fprintf(w, "  %s %s/%s/%s", strings.Join(a.Names, " "), cmp.Or(a.Effect, "-"), cmp.Or(a.Cause, "-"), cmp.Or(a.Severity, "-"))
		if a.Planned {
			fmt.Fprint(w, " planned")
		}
		if a.Guess {
			fmt.Fprint(w, " guess")
		}
		fmt.Fprintf(w, " periods:%d %s..%s", len(a.Periods), moments(a.Start()), moments(a.End()))
		for what, at := range map[string]time.Time{"created": a.Created} {
			if !at.IsZero() {
				fmt.Fprintf(w, " %s:%s updated:%s notify:%s ended:%s", what, moments(at), moments(a.Updated), moments(a.Notify), moments(a.Ended))
			}
		}
		fmt.Fprintf(w, " affected:%d %s", len(a.Affected), affected(a.Affected))
		for _, x := range []struct {
			what  string
			texts spool.Texts
		}{{"header", a.Header}, {"text", a.Description}, {"cause", a.CauseText}, {"effect", a.EffectText}, {"url", a.URL}} {
			for _, y := range x.texts {
				fmt.Fprintf(w, " %s:%s:%d:%s", x.what, y.Language, len([]rune(y.Text)), short(y.Text))
			}
		}
		fmt.Fprintln(w)
	}
}

// affected counts what an alert is about, and names the first.
func affected(all []spool.Affected) string {
	if len(all) == 0 {
		return "nothing"
	}
	a := all[0]
	return strings.Join([]string{a.Agency, a.Route, string(a.Mode), a.Stop, a.Trip, a.Direction}, "/")
}

func moments(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Format("2006-01-02T15:04:05Z")
}

func short(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:4])
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	g, w := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range max(len(g), len(w)) {
		if i >= len(g) || i >= len(w) || g[i] != w[i] {
			t.Errorf("line %d:\ngot  %s\nwant %s", i+1, at1(g, i), at1(w, i))
		}
	}
}

func at1(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(nothing)"
}
