package feeds

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSamples reads the small feeds of testdata, which have the traits of real
// ones, and compares everything with a golden file.
func TestSamples(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "feeds", "*"))
	if err != nil || len(files) == 0 {
		t.Fatal("no samples", err)
	}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			body, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			doc, err := Parse(body, Input{Base: feedURL, Now: testNow})
			if err != nil {
				t.Fatal(err)
			}
			got, err := json.MarshalIndent(doc, "", " ")
			if err != nil {
				t.Fatal(err)
			}
			golden(t, filepath.Join("testdata", "golden", strings.ReplaceAll(filepath.Base(name), ".", "-")+".json"), string(got)+"\n")
		})
	}
}
