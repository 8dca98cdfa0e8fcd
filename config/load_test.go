package config

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"text/template"
	"time"
	_ "time/tzdata" // the tests name zones
)

var update = flag.Bool("update", false, "write the golden files and config.schema.json")

// password is what the tests take for secret: no error may show it.
const password = "hunter2"

// testChecks stand in for the rules of others.
func testChecks() Checks {
	env := map[string]string{
		"THREADS_TOKEN": password, "RIDERS_TOKEN": password + "r", "MASTODON_TOKEN": password + "m", "BLUESKY_APP_PASSWORD": password + "b", "WEBHOOK_SECRET": password + "w", "FEED_PASSWORD": password, "FEED_KEY": password, "THREADS_APP_SECRET": password, "PASSWORD": password,
		"EMPTY": "", "LONG": strings.Repeat("x", 30<<10), "SIX": "6", "TRUE": "true", "MINUTES": "7m", "HOST": "www.example.org",
	}
	return Checks{
		Getenv: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
		Schedule: func(spec, zone string) error {
			if _, err := time.LoadLocation(zone); err != nil {
				return err
			}
			if !strings.HasPrefix(spec, "@") && len(strings.Fields(spec)) != 5 {
				return fmt.Errorf("expected 5 fields in %q", spec)
			}
			return nil
		},
		Template: func(text string) error {
			_, err := template.New("post").Funcs(template.FuncMap{"fit": strings.TrimSpace, "hashtag": strings.Join}).Parse(text)
			return err
		},
	}
}

// TestBad loads one broken file for each rule and compares every word.
func TestBad(t *testing.T) {
	paths, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatal("no files", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".yaml"), func(t *testing.T) {
			_, err := Load(path, testChecks())
			if err == nil {
				t.Fatal("no error")
			}
			got := strings.ReplaceAll(err.Error(), "testdata/bad/", "") + "\n"
			if strings.Contains(got, password) {
				t.Errorf("shows a secret:\n%s", got)
			}
			golden(t, strings.TrimSuffix(path, ".yaml")+".err", got)
			var problems Errors
			if !errors.As(err, &problems) || len(problems.Unwrap()) != len(problems) || len(problems) == 0 {
				t.Errorf("%T is not Errors with a list", err)
			}
		})
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s\ngot:\n%swant:\n%s", path, got, want)
	}
}

func TestLoadUnreadable(t *testing.T) {
	_, err := Load(filepath.Join(t.TempDir(), "config.yaml"), Checks{})
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v does not wrap ErrNotExist", err)
	}
}

// TestHostile: what is made to cost time or memory is refused in a few words.
func TestHostile(t *testing.T) {
	const size = largest / 8 // enough to be seen, and soon done under the race detector
	const feed = "accounts: {desk: {network: threads}}\nfeeds:\n f:\n  url: https://a.b\n  accounts: [desk]\n"
	for name, text := range map[string]string{
		"brackets":  strings.Repeat("[", size),
		"braces":    strings.Repeat("{a: ", size/4),
		"dashes":    strings.Repeat("- ", size/2),
		"questions": strings.Repeat("? ", size/2),
		"one line":  "a: [" + strings.Repeat("x {' ${ ", size/8-10),
		"aliases":   "a: &a [" + strings.Repeat("x,", 1000) + "]\n" + strings.Repeat("b: *a\n", size/7),
		"variables": feed + "database: " + strings.Repeat("${LONG}", size/7-100),
		"filters":   feed + "  include: [" + strings.Repeat("'(a{1000})',", size/12-100) + "]",
		"names":     feed + "  group: g\n  accounts: [" + strings.Repeat("desc,", size/5-100) + "]",
		"parameter": feed + "  post: {query: {" + strings.Repeat("a", size-200) + ": 1}}",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := loadText(t, text)
			if err == nil || len(err.Error()) > 20_000 {
				t.Errorf("%.200v", err)
			}
		})
	}
}

func TestLoadTooLarge(t *testing.T) {
	c := Checks{ReadFile: func(string) ([]byte, error) { return make([]byte, largest+1), nil }}
	_, err := Load("config.yaml", c)
	if err == nil || err.Error() != "config.yaml:1:1: the file is larger than 1048576 bytes" {
		t.Error(err)
	}
}
