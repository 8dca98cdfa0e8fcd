package compose

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestDocs tries every template of docs/wording.md, and looks for each field and
// each helper there.
func TestDocs(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "docs", "wording.md"))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile("(?ms)^```template\n(.*?)^```").FindAllStringSubmatch(string(page), -1)
	if len(found) < 4 {
		t.Fatalf("only %d templates", len(found))
	}
	for _, m := range found {
		if err := Check(m[1]); err != nil {
			t.Errorf("%s: %v", m[1], err)
			continue
		}
		if c, _, err := wording(t, Settings{Text: m[1]}).Compose(storm(), Values{}, cards()); err != nil || c.Text == "" {
			t.Errorf("%s: %q, %v", m[1], c.Text, err)
		}
	}
	for _, name := range slices.Concat(fields(), slices.Collect(maps.Keys(helpers()))) {
		if !regexp.MustCompile("`\\.?" + name + "[ `]").Match(page) {
			t.Errorf("%s is not described", name)
		}
	}
	for l := range strings.Lines(string(page)) {
		if len(l) > 400 {
			t.Errorf("a line of %d bytes", len(l))
		}
	}
}
