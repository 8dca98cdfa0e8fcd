package compose

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"spool"
)

// TestAlertDocs tries the templates for alerts of docs/wording.md, and looks for each
// field and phase there.
func TestAlertDocs(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "docs", "wording.md"))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile("(?ms)^```alert (\\w+)\n(.*?)^```").FindAllStringSubmatch(string(page), -1)
	if len(found) < 3 {
		t.Fatalf("only %d templates", len(found))
	}
	for _, m := range found {
		if err := CheckAlert(m[1], m[2]); err != nil {
			t.Errorf("%s: %v", m[2], err)
			continue
		}
		n := News{Phase: spool.Phase(m[1]), At: noon(), Ending: spool.ByGone}
		if n.Phase == spool.Sums {
			n.Members = []spool.Item{delays()}
		}
		if c := wordIn(t, Settings{Language: "en", Alerts: map[spool.Phase]string{n.Phase: m[2]}}, delays(), n); c.Text == "" {
			t.Errorf("%s: it says nothing", m[2])
		}
	}
	for _, name := range alertFields() {
		if !regexp.MustCompile("`\\." + name + "[ `]").Match(page) {
			t.Errorf("%s is not described", name)
		}
	}
	for _, phase := range spool.Phases() {
		if !regexp.MustCompile("`" + string(phase) + "`").Match(page) {
			t.Errorf("the phase %s is not described", phase)
		}
	}
}
