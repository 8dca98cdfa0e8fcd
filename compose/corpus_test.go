package compose

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/feeds"
)

var printPosts = flag.Bool("print", false, "print the posts of the corpus in full")

// A found is an item of the corpus.
type found struct {
	name string
	item spool.Item
}

// corpusItems are the first item and the longest one of each feed of the corpus.
func corpusItems(t *testing.T) []found {
	t.Helper()
	dir := cmp.Or(os.Getenv("SPOOL_CORPUS"), filepath.Join("..", "..", "shared", "corpus"))
	dir = filepath.Join(dir, "feeds")
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("the corpus is missing: set SPOOL_CORPUS to its folder: %v", err)
		}
		t.Skipf("SKIPPED, NOTHING TESTED: the corpus is missing: set SPOOL_CORPUS to its folder: %v", err)
	}
	var all []found
	seen := map[string]bool{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "README.md" {
			return err
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		doc, err := feeds.Parse(body, feeds.Input{Base: "https://corpus.example/feed", Now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)})
		if err != nil || len(doc.Items) == 0 {
			return nil //nolint:nilerr // what cannot be read is no news
		}
		longest := 0
		for i, it := range doc.Items {
			if len(it.Summary) > len(doc.Items[longest].Summary) {
				longest = i
			}
		}
		for _, i := range slices.Compact([]int{0, longest}) {
			it := doc.Items[i]
			key := it.Title + "\x00" + it.Summary
			if name, _ := filepath.Rel(dir, path); !seen[key] && it.Title+it.Summary != "" {
				seen[key] = true
				all = append(all, found{fmt.Sprintf("%s %d", filepath.ToSlash(name), i), it})
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestCorpusPosts words real items for all networks and compares the outcome with
// testdata/corpus.golden, which was made from a print-out that somebody has read:
//
//	go test ./compose -run TestCorpusPosts -v -print
//
// The golden file has no words of theirs: of every third post it has the length,
// how the link and the pictures are shown, what was cut, and a digest.
func TestCorpusPosts(t *testing.T) {
	items := corpusItems(t)
	if len(items) < 60 {
		t.Fatalf("only %d items", len(items))
	}
	var got strings.Builder
	for _, v := range venues() {
		w := wording(t, v.settings)
		for i, f := range items {
			c, r, err := w.Compose(f.item, Values{Account: "desk", Network: v.name, Feed: "front"}, v.limits)
			if err != nil {
				t.Errorf("%s on %s: %v", f.name, v.name, err)
				continue
			}
			for _, flaw := range flaws(c, v.limits) {
				t.Errorf("%s on %s: %s: %+v", f.name, v.name, flaw, c)
			}
			if i%3 > 0 {
				continue
			}
			fmt.Fprintf(&got, "%s %s: %s\n", v.name, f.name, outline(t, c, r))
			if *printPosts {
				fmt.Printf("══ %s · %s · %s\n%s\n", v.name, f.name, outline(t, c, r), inFull(c))
			}
		}
	}
	golden(t, "testdata/corpus.golden", got.String())
}

// outline is what a post is like, without its words.
func outline(t *testing.T, c spool.Content, r Report) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "%d/%d", r.Length, r.Limit)
	for _, n := range r.Parts {
		fmt.Fprintf(&b, "+%d", n)
	}
	for _, flag := range []struct {
		name string
		set  bool
	}{
		{"card", c.Link != ""}, {"own", c.Card.Title != ""}, {"thumb", c.Card.Thumb != nil}, {"open", c.Open}, {"page", c.Page != ""},
		{"short", c.Short != ""}, {"topic", c.Topic != ""}, {"instead", c.Instead != nil},
	} {
		if flag.set {
			b.WriteString(" " + flag.name)
		}
	}
	if n := len(c.Media); n > 0 {
		fmt.Fprintf(&b, " media:%d/%d", c.Pick, n)
	}
	if n := len(c.Tags); n > 0 {
		fmt.Fprintf(&b, " tags:%d", n)
	}
	if c.Language != "" {
		b.WriteString(" " + c.Language)
	}
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(text)
	b.WriteString(" " + hex.EncodeToString(sum[:4]))
	if len(r.Notes) > 0 {
		b.WriteString(" (" + strings.Join(r.Notes, "; ") + ")")
	}
	return b.String()
}

// inFull is a post for people to read.
func inFull(c spool.Content) string {
	var b strings.Builder
	part := func(mark, s string) {
		if s != "" {
			b.WriteString(mark + strings.ReplaceAll(s, "\n", "\n"+mark) + "\n")
		}
	}
	part("│ ", c.Text)
	for _, more := range c.More {
		part("└ ", more)
	}
	part("≤ ", c.Short)
	part("▣ ", strings.TrimSpace(c.Link+"\n"+c.Card.Title+"\n"+c.Card.Description))
	for _, a := range append(c.Media, thumbs(c)...) {
		part("▤ ", strings.TrimSpace(a.URL+" "+a.Type+" "+a.Alt))
	}
	part("# ", c.Topic)
	part("@ ", strings.Join(append(c.Tags, c.Mentions...), " "))
	return b.String()
}
