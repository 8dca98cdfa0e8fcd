package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzLoad: no input makes Load panic, every refusal is Errors in the order of
// the file, and no error shows what came from the environment.
func FuzzLoad(f *testing.F) {
	paths, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range append(paths, examplePath) {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, password) {
			t.Skip()
		}
		c, err := loadText(t, text)
		if err == nil {
			if len(c.Feeds) == 0 || len(c.Accounts) == 0 || !Diff(c, c).Empty() {
				t.Errorf("accepted: %+v", c)
			}
			return
		}
		var problems Errors
		if !errors.As(err, &problems) || len(problems) == 0 {
			t.Fatalf("%T: %v", err, err)
		}
		if strings.Contains(err.Error(), password) {
			t.Errorf("shows a secret: %v", err)
		}
		for i, p := range problems {
			if p.Line < 1 || p.Column < 1 || p.Message == "" || i > 0 && p.Line < problems[i-1].Line {
				t.Errorf("problem %d of %v", i, problems)
			}
		}
	})
}
