package compose

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"spool"
)

var update = flag.Bool("update", false, "write the golden files anew")

// sentences repeats s until it has about n bytes.
func sentences(s string, n int) string {
	return strings.TrimSpace(strings.Repeat(s+" ", n/len(s)+1))
}

// goldens are items as publishers write them, after the cleaning by package
// feeds. Each file of testdata/golden shows how one comes out.
func goldens() map[string]spool.Item {
	at := time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)
	return map[string]spool.Item{
		"s12": { // the comparison's scenario S12
			Link:    "https://example.org/story?id=7&section=city&lang=en#comments",
			Title:   "Smith & Sons <b> 👩‍👩‍👧‍👦 " + sentences("win the contract for the new harbour bridge after a long night of talks", 600),
			Summary: "AT&T, R&D & “quotes” — 5 < 6 &lt; 7. The rest follows.", Published: at},
		"long-summary": {Link: "https://example.org/a", Title: "Council votes on the harbour", Published: at, Categories: []string{"Arts & Culture"},
			Summary: sentences("Dr. Brown spoke for the U.S. delegation at 3.5 m above the sea. “We have time,” she said!", 1200)},
		"emoji": {Link: "https://example.org/b", Title: "Pride 🏳️‍🌈 in town 👩🏽‍🚒", Published: at, Language: "en",
			Summary: strings.Repeat("👨‍👩‍👧‍👦🇩🇪1️⃣", 80)},
		"arabic": {Link: "https://example.org/ar", Title: "العاصفة تغلق الميناء", Language: "ar", Published: at,
			Summary: sentences("بقيت السفن في الميناء حتى يوم الجمعة، كما قالت البلدية. هل تستمر العاصفة؟", 1400)},
		"hindi": {Link: "https://example.org/hi", Title: "तूफ़ान से बंदरगाह बंद", Language: "hi", Published: at,
			Summary: sentences("जहाज़ शुक्रवार तक बंदरगाह में रहेंगे। परिषद आज रात बैठक करेगी।", 1800)},
		"japanese": {Link: "https://example.org/ja", Title: "嵐で港が閉鎖", Language: "ja", Published: at,
			Summary: strings.Repeat("船は金曜日まで港に留まる。市議会は今夜、会議を開く。", 30)},
		"syntax": {Link: "https://example.org/c", Title: "#1 @ the C# meet-up: see https://example.org/@host#top", Published: at,
			Summary: "Write to desk@example.org or @desk. #harbour"},
		"bare-link": {Link: "https://example.org/d"},
		"repeated": {Link: "https://example.org/e", Title: "Storm closes the harbour, ships wait…", Published: at,
			Summary: "Storm closes the harbour, ships wait outside. More tonight."},
	}
}

func TestGolden(t *testing.T) {
	threads := cards()
	threads.Max, threads.Bytes, threads.Mute = 490, 500, zeroWidth
	for name, it := range goldens() {
		var b strings.Builder
		for _, l := range []spool.TextLimits{threads, plainText()} {
			s := Settings{Topic: "{{ .Category }}", Query: map[string]string{"utm_source": "{{ .Network }}"}}
			c, r := compose(t, s, it, l)
			fmt.Fprintf(&b, "== %s: %d of %d\n%s\n", l.Network, r.Length, r.Limit, c.Text)
			for _, line := range []struct{ what, value string }{{"short", c.Short}, {"link", c.Link}, {"topic", c.Topic}, {"language", c.Language}} {
				if line.value != "" {
					fmt.Fprintf(&b, "-- %s\n%s\n", line.what, line.value)
				}
			}
			for _, note := range r.Notes {
				fmt.Fprintf(&b, "-- note: %s\n", note)
			}
		}
		golden(t, filepath.Join("testdata", "golden", name+".txt"), b.String())
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s:\n%s", path, differences(got, string(want)))
	}
}

// differences are the first lines that differ.
func differences(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	var b strings.Builder
	for i, n := 0, 0; i < max(len(g), len(w)) && n < 10; i++ {
		var x, y string
		if i < len(g) {
			x = g[i]
		}
		if i < len(w) {
			y = w[i]
		}
		if x != y {
			n++
			fmt.Fprintf(&b, "line %d:\n got %s\nwant %s\n", i+1, x, y)
		}
	}
	return b.String()
}

// TestS12 is the comparison's scenario S12: a link with ampersands, doubled
// entities, a title of 600 characters and a joined emoji, to the letter.
func TestS12(t *testing.T) {
	it := goldens()["s12"]
	got, r := compose(t, Settings{Link: "text", Text: "{{ .Title | fit }}"}, it, spool.TextLimits{Max: 140})
	want := "Smith & Sons <b> 👩‍👩‍👧‍👦 win the contract for the new harbour bridge after a…\n\n" + it.Link
	if got.Text != want {
		t.Errorf("\n got %q\nwant %q", got.Text, want)
	}
	if r.Length > 140 {
		t.Errorf("%d characters", r.Length)
	}
}
