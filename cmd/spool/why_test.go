package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/feeds/feedstest"
)

const secondToken = "THQVJsecondtoken987654321"

const whyConfig = `
database: %s/spool.db
timezone: Europe/Berlin
server: {listen: ""}
accounts:
  desk:
    network: threads
    token: ` + stageToken + `
    limits: {spacing: 0s, per_day: 0, reserve: 0}
  night:
    network: threads
    token: ` + secondToken + `
    limits: {spacing: 0s, per_day: 0, reserve: 0}
defaults: {schedule: "@every 1m", settle: 0s, max_age: 24h, burst: 0, accounts: [desk]}
feeds:
  city:
    url: http://feeds.example/feeds/city.rss
    group: paper
    exclude: ['title:(?i)^advert']
    duplicates: skip
  sport:
    url: http://feeds.example/feeds/sport.rss
    group: paper
    accounts: [desk, night]
  opinion:
    url: http://feeds.example/feeds/opinion.rss
    approve: true
`

// why asks beside the running daemon, and returns what a script would see.
func (s *stage) why(args ...string) (string, int) {
	s.t.Helper()
	var out bytes.Buffer
	asker := *s.prog
	asker.out, asker.logLevel = &out, ""
	code := asker.run(s.t.Context(), append([]string{"--config", asker.configPath, "why"}, args...))
	return strings.ReplaceAll(out.String(), s.dir, "DIR"), code
}

// TestWhy lets one item of each fate pass through the whole program, and asks for
// each of them by another name.
func TestWhy(t *testing.T) {
	play(t, whyConfig, func(t *testing.T, s *stage) {
		s.net.AddUser("night", secondToken)
		now := func() time.Time { return time.Now().UTC() }
		write := func(feed, guid, title string, at time.Time) feedstest.Article {
			return s.room.Add(feed, feedstest.Article{GUID: guid, Title: title, Summary: "What happened, and why.", Published: at})
		}
		for _, feed := range []string{"city", "sport", "opinion"} {
			write(feed, "before-"+feed, "Before the "+feed+" began", now())
		}
		s.start()
		s.wait(2 * time.Minute)
		write("city", "old", "Found in the archive", now().Add(-72*time.Hour))
		write("city", "advert", "ADVERT: flights to anywhere", now())
		live := write("city", "bridge", "The bridge is open", now())
		write("opinion", "column", "Why bridges matter", now())
		s.wait(2 * time.Minute)
		write("city", "fire", "Seven people hurt in fire near the old harbour", now())
		s.wait(2 * time.Minute)
		write("city", "fire2", "Seven people hurt in a fire near the old harbour", now())
		write("sport", "bridge", "The bridge is open", now())
		s.wait(2 * time.Minute)
		s.room.Edit("city", "bridge", func(a *feedstest.Article) { a.Title = "The bridge is open again" })
		s.wait(30 * time.Minute)

		var all strings.Builder
		for _, ask := range [][]string{
			{"http://feeds.example" + live.Link + "?utm_source=app#top"}, {"https://m.feeds.example/articles/bridge?share=9"}, {"/articles/old"},
			{"before-city"}, {"old"}, {"flights", "to"}, {"http://feeds.example/articles/column"}, {"bridge"}, {"fire2"}, {"SEVEN  people"},
			{"http://www.feeds.example/never"}, {"https://elsewhere.test/x"}, {"no such words"},
		} {
			text, code := s.why(ask...)
			all.WriteString("$ spool why " + strings.Join(ask, " ") + "\n" + text)
			if code != 0 {
				all.WriteString("exit status 1\n")
			}
			all.WriteString("\n")
		}
		wantGolden(t, "why.txt", masked(all.String()))

		for _, post := range s.posts(spool.Live) {
			for _, name := range []string{post.Receipt.URL + "/?xmt=AQG0", post.Receipt.ID, post.ID[:8]} {
				if text, code := s.why(name); code != 0 || !strings.Contains(text, "\n  post "+post.ID) {
					t.Errorf("asked for %s, it says\n%s", name, text)
				}
			}
		}
		var a answer
		text, _ := s.why("--json", "feeds.example"+live.Link)
		if err := json.Unmarshal([]byte(text), &a); err != nil || len(a.Stories) != 1 || len(a.Stories[0].Fates) != 3 || len(a.Stories[0].Posts) != 2 {
			t.Errorf("as JSON: %v\n%s", err, text)
		}
	})
}

// masked has in the place of what a schedule decides, and not the explanation,
// what it is. Dates of publication stay, in the time zone of the newsroom.
func masked(text string) string {
	for _, m := range []struct{ of, is string }{
		{` \(\d+ times, last at [0-9:]+\)`, ""},
		{`(?m)(^|since )2000-01-01 \d\d:\d\d:\d\d`, "${1}2000-01-01 HH:MM:SS"},
		{`\d+ (s|min)( ago|\t)`, "N $1$2"},
		{`/post/\w+`, "/post/SHORTCODE"},
		{`at the network \d+`, "at the network NUMBER"},
	} {
		text = regexp.MustCompile(m.of).ReplaceAllString(text, m.is)
	}
	return text
}

// wantGolden compares a text with a file of testdata, or writes it there with
// -update-scripts.
func wantGolden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *updateScripts {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	have, lines := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range max(len(have), len(lines)) {
		if i >= len(have) || i >= len(lines) || have[i] != lines[i] {
			from := max(i-3, 0)
			t.Fatalf("line %d of %s is not as it was; it says\n%s\nwant (-update-scripts writes it)\n%s", i+1, path,
				strings.Join(have[from:min(i+4, len(have))], "\n"), strings.Join(lines[from:min(i+4, len(lines))], "\n"))
		}
	}
}

func TestSiteOf(t *testing.T) {
	for address, want := range map[string]string{
		"https://www.example.co.uk/a": "example.co.uk", "http://feeds.example.org:8080/x": "example.org",
		"https://[::1]:80/": "::1", "http://192.168.0.1/": "192.168.0.1", "http://localhost/": "localhost",
		"https://Example.ORG./": "example.org", "nothing": "", "": "", "https://": "",
	} {
		if got := siteOf(address); got != want {
			t.Errorf("%s is of %q, want %q", address, got, want)
		}
	}
}

func TestAddressOf(t *testing.T) {
	for query, want := range map[string]string{
		"https://www.example.org/a": "https://www.example.org/a", "www.example.org/a?b=c": "https://www.example.org/a?b=c",
		"example.org": "https://example.org", "two words": "", "bridge": "", "anna@example.org": "", "ftp://example.org/a": "",
		"tag:example.org,2026:1": "", "urn:uuid:7": "", "https://example.org/%zz": "https://example.org/%zz", "/articles/a": "", "...": "",
	} {
		if got := addressOf(query); got != want {
			t.Errorf("%q is the address %q, want %q", query, got, want)
		}
	}
}
