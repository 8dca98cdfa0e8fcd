package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"spool/feeds/feedstest"
)

// A desk is a person at "spool init", before a newsroom with a front page.
type initDesk struct {
	room *feedstest.Publisher
	out  lockedBuffer
	file string
}

// run answers the questions and returns the exit status.
func (d *initDesk) run(t *testing.T, typed string, args ...string) int {
	t.Helper()
	p := &program{
		world: world{in: strings.NewReader(typed), out: &d.out, err: &d.out, getenv: func(string) (string, bool) { return "", false }},
		now:   time.Now, feedTransport: inProcess{http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Host == "empty.example" {
				http.NotFound(w, r)
				return
			}
			d.room.Handler().ServeHTTP(w, r)
		})},
	}
	return p.run(t.Context(), append([]string{"--config", d.file}, args...))
}

// config is what was written; empty: nothing.
func (d *initDesk) config(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(d.file)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return string(text)
}

func atInit(t *testing.T, feeds []string, test func(t *testing.T, d *initDesk)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		d := &initDesk{room: feedstest.New(feedstest.Options{}), file: filepath.Join(t.TempDir(), "config.yaml")}
		for _, name := range feeds {
			for n := range 4 {
				d.room.Add(name, feedstest.Article{GUID: fmt.Sprintf("%s-%d", name, n), Title: "Old", Published: time.Now().Add(-time.Hour)})
			}
		}
		test(t, d)
	})
}

func TestInitLetsOneOfASitesFeedsBeChosen(t *testing.T) {
	atInit(t, []string{"city", "sport"}, func(t *testing.T, d *initDesk) {
		if code := d.run(t, "news.example\nnine\n2\nnewsroom\nUTC\n\n", "init"); code != exitDone {
			t.Fatalf("status %d\n%s", code, d.out.String())
		}
		for _, want := range []string{"1\tcity\trss 2.0\t4\t", "2\tsport\trss 2.0", "a number from 1 to 2 is wanted", "spool preview news.example"} {
			if !strings.Contains(d.out.String(), want) {
				t.Errorf("%q is missing in\n%s", want, d.out.String())
			}
		}
		if text := d.config(t); !strings.Contains(text, "  news.example:\n    url: https://news.example/feeds/sport.rss\n    first_run: skip\n    accounts: [newsroom]\n") || strings.Contains(text, "city") {
			t.Error(text)
		}
		d.out = lockedBuffer{}
		if code := d.run(t, "", "check"); code != exitDone {
			t.Errorf("what init wrote is not valid:\n%s\n%s", d.out.String(), d.config(t))
		}
	})
}

func TestInitTakesSeveralFeedsIntoOneGroup(t *testing.T) {
	atInit(t, []string{"city", "sport", "culture"}, func(t *testing.T, d *initDesk) {
		if code := d.run(t, "https://news.example/\n1,3\n\n\n\n", "init"); code != exitDone {
			t.Fatalf("status %d\n%s", code, d.out.String())
		}
		text := d.config(t)
		for _, want := range []string{"  city:\n", "  sport:\n", "    group: news.example\n"} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is missing in\n%s", want, text)
			}
		}
		if strings.Contains(text, "culture") {
			t.Errorf("what was not chosen is in\n%s", text)
		}
		if code := d.run(t, "", "check"); code != exitDone {
			t.Errorf("what init wrote is not valid:\n%s\n%s", d.out.String(), text)
		}
	})
}

func TestInitTakesAFeedAsItIs(t *testing.T) {
	atInit(t, []string{"city"}, func(t *testing.T, d *initDesk) {
		if code := d.run(t, "", "init", "--feed", "https://news.example/feeds/city.rss?a=$HOME", "--account", "desk", "--timezone", "UTC", "--contact", "none"); code != exitDone {
			t.Fatalf("status %d\n%s", code, d.out.String())
		}
		if !strings.Contains(d.out.String(), "ok rss 2.0, 4 items, the newest 60 min ago") {
			t.Error(d.out.String())
		}
		if text := d.config(t); !strings.Contains(text, "url: https://news.example/feeds/city.rss?a=$$HOME\n") {
			t.Error(text)
		}
		if requests := d.room.Requests(); len(requests) != 1 {
			t.Errorf("%d requests", len(requests))
		}
	})
}

func TestInitWritesTheKindOfASitemap(t *testing.T) {
	atInit(t, []string{"city"}, func(t *testing.T, d *initDesk) {
		if code := d.run(t, "", "init", "--feed", "https://news.example/feeds/city.xml", "--account", "desk", "--timezone", "UTC", "--contact", "none"); code != exitDone {
			t.Fatalf("status %d\n%s", code, d.out.String())
		}
		if text := d.config(t); !strings.Contains(text, "kind: sitemap\n") {
			t.Error(text)
		}
	})
}

func TestInitAsksAgainWhereNothingIsFound(t *testing.T) {
	atInit(t, []string{"city"}, func(t *testing.T, d *initDesk) {
		if code := d.run(t, "empty.example\nftp://x\nnews.example\nnewsroom\nUTC\n\n", "init"); code != exitDone {
			t.Fatalf("status %d\n%s", code, d.out.String())
		}
		for _, want := range []string{"No feed was found: empty.example answered 404", "not an address of the web", "It is the only one: https://news.example/feeds/city.rss"} {
			if !strings.Contains(d.out.String(), want) {
				t.Errorf("%q is missing in\n%s", want, d.out.String())
			}
		}
		d.file += ".other"
		if code := d.run(t, "", "init", "--feed", "empty.example", "--account", "desk"); code != exitFailed || d.config(t) != "" {
			t.Errorf("status %d\n%s", code, d.out.String())
		}
	})
}

func TestChoices(t *testing.T) {
	for typed, want := range map[string]string{
		"1": "[0]", " 2 ": "[1]", "1,3": "[0 2]", "3 1": "[0 2]", "2-4": "[1 2 3]", "1-2,2": "[0 1]", "all": "[0 1 2 3]", "ALL": "[0 1 2 3]",
		"": "", "0": "", "5": "", "3-2": "", "1-": "", "-1": "", "one": "", "1,x": "", "1-99999999999": "",
	} {
		got, err := numbers(typed, 4)
		if (err != nil) != (want == "") || err == nil && fmt.Sprint(got) != want {
			t.Errorf("numbers(%q) = %v, %v", typed, got, err)
		}
	}
}
