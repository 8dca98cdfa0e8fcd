package config

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// loadText loads a configuration that is given as text.
func loadText(t *testing.T, text string) (*Config, error) {
	t.Helper()
	c := testChecks()
	c.ReadFile = func(name string) ([]byte, error) {
		if name == "config.yaml" {
			return []byte(text), nil
		}
		return readFile(name)
	}
	c.Stat = func(name string) (os.FileInfo, error) { return nil, os.ErrNotExist }
	return Load("config.yaml", c)
}

func mustLoad(t *testing.T, text string) *Config {
	t.Helper()
	c, err := loadText(t, text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const least = `
accounts:
  desk: {network: threads}
feeds:
  news: {url: https://www.example.org/rss.xml, accounts: [desk]}
`

func TestDefaults(t *testing.T) {
	c := mustLoad(t, least)
	if c.Database.Reveal() != "spool.db" || c.Location() != time.UTC || c.Server.Listen != "127.0.0.1:8080" || c.Fetch.Concurrency != 32 || c.Fetch.PerHost != 2 {
		t.Errorf("%+v", c)
	}
	wantAccount := Account{
		Network: "threads", Format: "json", Visibility: "public", Replies: "everyone",
		Limits: Limits{Spacing: 0, PerHour: 0, PerDay: 200, Reserve: 20},
		Grace:  10 * time.Minute, Deadline: 12 * time.Hour,
	}
	if got := c.Accounts["desk"]; !reflect.DeepEqual(got, wantAccount) {
		t.Errorf("account %+v", got)
	}
	wantFeed := Feed{URL: "https://www.example.org/rss.xml", FeedOptions: FeedOptions{
		Kind: "auto", Schedule: "@every 15m", Accounts: []string{"desk"}, Priority: "normal",
		FirstRun: FirstRun{Mode: "skip"}, MaxAge: 48 * time.Hour, Settle: 2 * time.Minute, Burst: 10,
		Hints: "respect", Conditional: true, HTTP2: true, Timezone: "UTC", WebSub: "auto", Duplicates: "hold", OnChange: "ignore", Embargo: "respect",
		Post: Post{PostOptions: PostOptions{
			Text: "{{ .Title }}\n\n{{ .Summary | fit }}", Link: "card", Image: "auto", Images: 1, Video: "auto", Alt: "post", LanguageFrom: "item",
		}},
		Alerts: Alerts{
			Planned: Lead{"ahead", 24 * time.Hour}, UpdateEvery: 10 * time.Minute, GoneAfter: GoneAfter{3, 10 * time.Minute},
			ReopenWithin: time.Hour, Stale: 30 * time.Minute, OnEnd: "reply", OnEndPlanned: "nothing", Style: "current",
			Digest: Digest{10, 30 * time.Minute}, Inhibit: true, SevereAtStart: true,
			Priorities: AlertPriorities{"breaking", "high", "normal", "normal"},
		},
	}}
	if got := c.Feeds["news"]; !reflect.DeepEqual(got, wantFeed) {
		t.Errorf("feed %+v", got)
	}
}

func TestValues(t *testing.T) {
	c := mustLoad(t, `
timezone: Europe/Paris
server:
fetch: {allow_networks: [10.0.0.0/8, "fd00::/8"], concurrency: "${SIX}", contact: desk@example.org}
accounts:
  desk:
    network: threads
    token: "a$$b${PASSWORD}c$"
    quiet: ["23:00-06:00", "12:00-13:30", "18:00-24:00"]
    deadline: 0s
    grace: ${MINUTES}
feeds:
  a.b:
    url: https://${HOST}/rss.xml?a=$1
    accounts: [desk]
    first_run: latest 7
    max_age: 2d12h
    settle: 0
    approve: ${TRUE}
    include: ['(?i)council$', 'category:^Local$', 'other: x']
`)
	a, f := c.Accounts["desk"], c.Feeds["a.b"]
	for _, tt := range []struct{ got, want any }{
		{c.Location().String(), "Europe/Paris"},
		{c.Fetch.AllowNetworks, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}},
		{c.Fetch.Concurrency, 6},
		{a.Token.Reveal(), "a$b" + password + "c$"},
		{a.Quiet, []Window{{23 * 60, 6 * 60}, {12 * 60, 13*60 + 30}, {18 * 60, 24 * 60}}},
		{a.Deadline, time.Duration(0)},
		{a.Grace, 7 * time.Minute},
		{f.URL, "https://www.example.org/rss.xml?a=$1"},
		{f.FirstRun, FirstRun{"latest", 7}},
		{f.MaxAge, 60 * time.Hour},
		{f.Settle, time.Duration(0)},
		{f.Approve, true},
		{f.Include[0].String(), "(?i)council$"},
		{f.Include[1].On, "category"},
		{f.Include[1].Regexp.String(), "^Local$"},
		{f.Include[2].On, ""},
	} {
		if !reflect.DeepEqual(tt.got, tt.want) {
			t.Errorf("got %v, want %v", tt.got, tt.want)
		}
	}
}

func TestFeedTakesDefaults(t *testing.T) {
	c := mustLoad(t, `
accounts: {desk: {network: threads}, other: {network: threads}}
defaults:
  accounts: [desk]
  include: [a, b]
  burst: 3
  post: {topic: city, query: {utm_source: x, utm_medium: social}}
feeds:
  own: {url: https://example.org/1, accounts: [other], include: [c], post: {query: {utm_source: y}}}
  same: {url: https://example.org/2}
`)
	own, same := c.Feeds["own"], c.Feeds["same"]
	if !slices.Equal(own.Accounts, []string{"other"}) || len(own.Include) != 1 || own.Burst != 3 || own.Post.Topic != "city" {
		t.Errorf("own: %+v", own)
	}
	if want := map[string]string{"utm_source": "y", "utm_medium": "social"}; !reflect.DeepEqual(own.Post.Query, want) {
		t.Errorf("own query: %v", own.Post.Query)
	}
	if !slices.Equal(same.Accounts, []string{"desk"}) || len(same.Include) != 2 || same.Post.Query["utm_source"] != "x" {
		t.Errorf("same: %+v", same)
	}
}

func TestSecretFile(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "token"), password+"\n")
	write(t, filepath.Join(dir, "config.yaml"), strings.Replace(least, "threads}", "threads, token_file: token}", 1))
	c, err := Load(filepath.Join(dir, "config.yaml"), testChecks())
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Accounts["desk"].Token.Reveal(); got != password {
		t.Errorf("token %q", got)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestPosition(t *testing.T) {
	c := mustLoad(t, `accounts: {desk: {network: threads}}
defaults:
  schedule: "@every 5m"
  post:
    query: {utm_source: x}
feeds:
  example.org:
    url: https://example.org/rss
    accounts: [desk]
    post: {text: hello}
`)
	for path, want := range map[string]string{
		`feeds."example.org".url`:                   "8:10",
		`feeds."example.org".accounts[0]`:           "9:16",
		`feeds."example.org".post.text`:             "10:18",
		`feeds."example.org".schedule`:              "3:13", // from defaults
		`feeds."example.org".post.query.utm_source`: "5:25",
		`feeds."example.org".post.topic`:            "10:5", // nowhere: the section
		`feeds."example.org".group`:                 "7:3",
		`accounts.desk.limits.spacing`:              "1:12",
		`server.listen`:                             "1:1",
		Path("feeds", "example.org", "settle"):      "7:3",
	} {
		if got := c.Position(path).String(); got != "config.yaml:"+want {
			t.Errorf("Position(%s) = %s, want %s", path, got, want)
		}
	}
	got := c.Problem(Path("feeds", "example.org", "post", "text"), "has no field Titel").Error()
	if want := `config.yaml:10:18: feeds."example.org".post.text: has no field Titel`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestWarnings(t *testing.T) {
	c := mustLoad(t, `accounts:
  desk:
    network: threads
    token: hunter2
    grace: 1m
    base_url: http://proxy.example.org
    limits: {per_day: 300}
  local: {network: threads, token: hunter2, base_url: "http://127.0.0.1:8081"}
  other: {network: mastodon, token: hunter2, base_url: https://newsie.example}
  idle: {network: threads}
feeds:
  news: {url: https://example.org/rss, accounts: [desk, local, other], schedule: "@every 5s"}
  same: {url: https://example.org/rss, accounts: [desk]}
`)
	var got []string
	for _, w := range c.Warnings() {
		got = append(got, w.String())
	}
	want := []string{
		"config.yaml:1:1: fetch.contact: is not given: publishers who cannot reach the owner of a robot often lock it out",
		"config.yaml:5:12: accounts.desk.grace: 1m is short: below 4m a post that shows up late may be posted twice",
		"config.yaml:6:15: accounts.desk.base_url: is http://, so what the account signs in with travels for anyone on the way to read",
		"config.yaml:7:23: accounts.desk.limits.per_day: 300 is more than the 250 posts that Threads allows",
		"config.yaml:8:3: accounts.local: signs in with the same as account desk: what goes to both is posted twice",
		"config.yaml:10:3: accounts.idle: no feed posts on this account",
		"config.yaml:12:82: feeds.news.schedule: 5s is very often: below 20s publishers may lock the robot out",
		"config.yaml:13:15: feeds.same.url: is the same as that of feed news",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestAccountsOfAlertsAreUsed: an account that only entries of to name is posted on, and
// a feed that has them needs no others.
func TestAccountsOfAlertsAreUsed(t *testing.T) {
	c := mustLoad(t, `fetch: {contact: a@example.org}
accounts: {riders: {network: threads}, metro: {network: threads, token: one}, idle: {network: threads, token: two}}
feeds:
  lines:
    url: https://transit.example.org/alerts.pb
    kind: gtfs-rt
    alerts: {to: [{when: {mode: [metro]}, accounts: [metro]}, {when: {mode: [bus]}, accounts: [riders]}]}
`)
	var got []string
	for _, w := range c.Warnings() {
		got = append(got, w.String())
	}
	if want := []string{"config.yaml:2:79: accounts.idle: no feed posts on this account"}; !slices.Equal(got, want) {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestWarnsOfFiltersThatLookAtNothing(t *testing.T) {
	c := mustLoad(t, `fetch: {contact: a@example.org}
accounts: {desk: {network: threads}}
defaults: {exclude: ['tags:Ads']}
feeds:
  news:
    url: https://example.org/rss
    accounts: [desk]
    include: ['categories:^Sport$', 'Title:Council', 'title: Council', 'Links: the best', 'Live: .*', 'tag: x', '(?i)url']
  more: {url: https://example.org/more, accounts: [desk]}
`)
	var got []string
	for _, w := range c.Warnings() {
		got = append(got, w.String())
	}
	want := []string{
		"config.yaml:3:22: defaults.exclude[0]: looks for the very characters \"tags:\"; to look at one part of an item, write category:Ads",
		"config.yaml:8:15: feeds.news.include[0]: looks for the very characters \"categories:\"; to look at one part of an item, write category:^Sport$",
		"config.yaml:8:37: feeds.news.include[1]: looks for the very characters \"Title:\"; to look at one part of an item, write title:Council",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if f := c.Feeds["news"].Include[2]; f.On != "title" || f.Regexp.String() != "Council" {
		t.Errorf("a space after the prefix: %q on %q", f.Regexp, f.On)
	}
}

func TestWarnReadable(t *testing.T) {
	dir := t.TempDir()
	path, token := filepath.Join(dir, "config.yaml"), filepath.Join(dir, "token")
	for _, tt := range []struct {
		name, account      string
		config, token      os.FileMode
		wantPath, wantWord string
	}{
		{"literal", "token: abc", 0o644, 0o600, "accounts.desk.token", "chmod 600 " + path},
		{"literal, private", "token: abc", 0o600, 0o600, "", ""},
		{"environment", "token: '${THREADS_TOKEN}'", 0o644, 0o600, "", ""},
		{"file", "token_file: token", 0o644, 0o644, "accounts.desk.token_file", "chmod 600 " + token},
		{"file, private", "token_file: token", 0o644, 0o640, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			write(t, token, "abc")
			write(t, path, "fetch: {contact: a@example.org}"+strings.Replace(least, "threads}", "threads, "+tt.account+"}", 1))
			mode(t, path, tt.config)
			mode(t, token, tt.token)
			c, err := Load(path, testChecks())
			if err != nil {
				t.Fatal(err)
			}
			got := fmt.Sprint(c.Warnings())
			if tt.wantPath == "" && got != "[]" || !strings.Contains(got, tt.wantPath) || !strings.Contains(got, tt.wantWord) {
				t.Errorf("got %s", got)
			}
		})
	}
}

func mode(t *testing.T, path string, m os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, m); err != nil {
		t.Fatal(err)
	}
}

// TestNilChecks loads with nothing but the surroundings that there are.
func TestNilChecks(t *testing.T) {
	for _, name := range []string{"THREADS_TOKEN", "RIDERS_TOKEN", "MASTODON_TOKEN", "BLUESKY_APP_PASSWORD", "WEBHOOK_SECRET"} {
		t.Setenv(name, password+name)
	}
	c, err := Load(examplePath, Checks{})
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Accounts["city-desk"].Token.Reveal(); got != password+"THREADS_TOKEN" {
		t.Errorf("token %q", got)
	}
	t.Setenv("THREADS_TOKEN", "")
	if _, err := Load(examplePath, Checks{}); err == nil {
		t.Error("an empty token is taken")
	}
}

// TestAliases: a value that is marked once can be repeated.
func TestAliases(t *testing.T) {
	c := mustLoad(t, `
accounts: {desk: {network: threads}}
feeds:
  one: &one {url: "https://example.org/1", accounts: &all [desk], exclude: &no ['advert']}
  two: {url: "https://example.org/2", accounts: *all, exclude: *no}
  three: *one
`)
	if len(c.Feeds) != 3 || c.Feeds["two"].Exclude[0].String() != "advert" || c.Feeds["three"].URL != "https://example.org/1" {
		t.Errorf("%+v", c.Feeds)
	}
}

// TestManyFeeds: thousands of feeds are no trouble, as BenchmarkLoad measures.
func TestManyFeeds(t *testing.T) {
	if c := mustLoad(t, manyFeeds()); len(c.Feeds) != 5000 {
		t.Errorf("%d feeds", len(c.Feeds))
	}
}

func BenchmarkLoad(b *testing.B) {
	text := []byte(manyFeeds())
	checks := testChecks()
	checks.ReadFile = func(string) ([]byte, error) { return text, nil }
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := Load("config.yaml", checks); err != nil {
			b.Fatal(err)
		}
	}
}

func manyFeeds() string {
	var b strings.Builder
	b.WriteString("accounts: {desk: {network: threads}}\nfeeds:\n")
	for i := range 5000 {
		fmt.Fprintf(&b, "  feed-%d:\n    url: https://www.example.org/%d.xml\n    accounts: [desk]\n    include: ['(?i)council|%d']\n    post: {topic: news}\n", i, i, i)
	}
	return b.String()
}

func TestErrorsAreBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString(least)
	for i := range 5000 {
		fmt.Fprintf(&b, "unknown%d: 1\n", i)
	}
	_, err := loadText(t, b.String())
	if lines := strings.Count(err.Error(), "\n"); lines != mostShown || !strings.HasSuffix(err.Error(), "\n… and 4900 more") {
		t.Errorf("%d lines, ends %q", lines, err.Error()[len(err.Error())-40:])
	}
}
