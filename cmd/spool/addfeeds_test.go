package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"spool/config"
)

const someAccounts = "accounts: {desk: {network: threads, token: x}}\n"

var someFeeds = []addedFeed{
	{Name: "a", URL: "https://a.example/?x=${HOME}&y=#", Group: "news", Accounts: []string{"desk"}, Title: "Ä: \"quoted\" # and more\x00"},
	{Name: "true", URL: "https://b.example/", Kind: "sitemap", FirstRun: "latest 3"},
	{Name: "123", URL: "https://c.example/: x"},
}

// Files as people write them: only the new feeds are new, whatever stands
// around them, and nothing else is another than before.
func TestFeedsAreAddedAndNothingElseChanges(t *testing.T) {
	const city = "feeds:\n  city:\n    url: https://example.org/\n    accounts: [desk]\n"
	for name, file := range map[string]string{
		"the feeds are last":       someAccounts + city,
		"no line end at the end":   someAccounts + strings.TrimSuffix(city, "\n"),
		"the feeds are first":      city + someAccounts,
		"blank lines and comments": "# top\n\n" + city + "\n  # of city\n\n\n# of the accounts\n#\n" + someAccounts + "# end\n",
		"a comment at the end":     someAccounts + city + "    # of city\n\n# end",
		"lines of Windows":         strings.ReplaceAll(city+"\n# x\n"+someAccounts, "\n", "\r\n"),
		"an end of the document":   "---\n" + someAccounts + city + "...\n",
		"a block of text at the end": someAccounts + city +
			"    post:\n      text: |\n        {{ .Title }}\n\n        # not a comment\n\n\n",
		"a folded text at the end":    city + "    post:\n      text: >-\n        {{ .Title }}\n        more\n\n" + someAccounts,
		"quotes over several lines":   city + "    post:\n      text: \"{{ .Title }}\n        # words\n        more\"\n" + someAccounts,
		"deep indentation":            someAccounts + "feeds:\n        city:\n                url: https://example.org/\n                accounts: [desk]\n",
		"a comment after the key":     someAccounts + "feeds: # these\n\n  # first\n  city: # here\n    url: https://example.org/ # there\n    accounts: [desk]\n",
		"an alias":                    someAccounts + "feeds:\n  city: &c\n    url: https://example.org/\n    accounts: [desk]\n  two: *c\n",
		"a feed in braces":            someAccounts + "feeds:\n  city: {url: \"https://example.org/\", accounts: [desk]}\n",
		"braces over several lines":   someAccounts + "feeds:\n  city: {\n    url: \"https://example.org/\",\n    accounts: [desk]\n  }\n",
		"names in quotes":             someAccounts + "\"feeds\":\n  'city':\n    url: https://example.org/\n    accounts: [desk]\n",
		"a mark at the beginning":     "\ufeff" + someAccounts + city,
		"signs of other alphabets":    "# Дневник\n" + someAccounts + strings.Replace(city, "city:\n", "city: # 新聞\n", 1) + "# конец\n",
		"an account that is so named": "accounts:\n  desk: {network: threads, token: x}\n  feeds: {network: threads, token: x}\n" + city,
	} {
		t.Run(name, func(t *testing.T) {
			p, path := withConfig(t, file)
			before, err := p.loadConfig()
			if err != nil {
				t.Fatal(err)
			}
			feeds := someFeeds
			if err := p.addFeeds(before, feeds, "Imported"); err == nil || !strings.Contains(err.Error(), "accounts: is required") {
				t.Fatalf("feeds without accounts are taken: %v", err)
			}
			feeds = nil
			for _, f := range someFeeds {
				f.Accounts = []string{"desk"}
				feeds = append(feeds, f)
			}
			feeds[2].URL = "https://c.example/"
			feeds[0].URL = strings.TrimSuffix(feeds[0].URL, "#")
			if err := p.addFeeds(before, feeds, "Imported"); err != nil {
				t.Fatal(err)
			}
			after, err := p.loadConfig()
			if err != nil {
				t.Fatal(err)
			}
			if c := config.Diff(before, after); len(c.Added) != 3 || len(c.Removed)+len(c.Changed) > 0 {
				t.Errorf("%+v", c)
			}
			if f := after.Feeds["a"]; f.URL != feeds[0].URL || f.Group != "news" || f.Accounts[0] != "desk" {
				t.Errorf("%+v", f)
			}
			wantOnlyAdded(t, file, readFile(t, path))
		})
	}
}

// wantOnlyAdded fails unless the new text is the old one with a piece put in.
func wantOnlyAdded(t *testing.T, before, after string) {
	t.Helper()
	start := 0
	for start < len(before) && start < len(after) && before[start] == after[start] {
		start++
	}
	rest := strings.TrimSuffix(before[start:], "\n")
	if !strings.HasSuffix(strings.TrimSuffix(after, "\n"), rest) {
		t.Errorf("more than an addition:\n%q\n%q", before, after)
	}
	if strings.Contains(before, "\r\n") && strings.Count(after, "\n") != strings.Count(after, "\r\n") {
		t.Errorf("the line ends are mixed: %q", after)
	}
}

func TestFilesThatFeedsCannotBeAddedTo(t *testing.T) {
	feeds := []addedFeed{{Name: "a", URL: "https://a.example/", Accounts: []string{"desk"}}}
	for name, file := range map[string]string{
		"braces":                         someAccounts + "feeds: {city: {url: \"https://example.org/\", accounts: [desk]}}\n",
		"all in braces":                  `{accounts: {desk: {network: threads, token: x}}, feeds: {city: {url: "https://example.org/", accounts: [desk]}}}`,
		"a name in use":                  someAccounts + "feeds:\n  a:\n    url: https://example.org/\n    accounts: [desk]\n",
		"a text whose blank lines count": someAccounts + "feeds:\n  city:\n    url: https://example.org/\n    accounts: [desk]\n    post:\n      text: |+\n        {{ .Title }}\n\n\n",
		"nearly too big":                 someAccounts + "feeds:\n  city:\n    url: https://example.org/\n    accounts: [desk]\n" + strings.Repeat("#\n", 524_220),
	} {
		p, path := withConfig(t, file)
		before, err := p.loadConfig()
		if err != nil {
			t.Fatal(name, err)
		}
		if err := p.addFeeds(before, feeds, "Imported"); err == nil {
			t.Errorf("%s: no error", name)
		}
		if readFile(t, path) != file {
			t.Errorf("%s: the file was changed", name)
		}
		if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".new-*")); len(left) > 0 {
			t.Errorf("%s: %q is left", name, left)
		}
	}
	if _, err := withFeeds([]byte("feeds: {}"), feeds, "x"); !errors.Is(err, errNoPlace) {
		t.Errorf("an empty section: %v", err)
	}
}

// The file may be a link, as with configurations that are kept elsewhere: what
// it leads to is replaced, and the link stays.
func TestALinkedConfigurationStaysLinked(t *testing.T) {
	p, path := withConfig(t, someAccounts+"feeds:\n  city:\n    url: https://example.org/\n    accounts: [desk]\n")
	link := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.Symlink(path, link); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("SKIPPED, not passed: no symbolic links here:", err)
	}
	p.configPath = link
	before, err := p.loadConfig()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.addFeeds(before, []addedFeed{{Name: "a", URL: "https://a.example/", Accounts: []string{"desk"}}}, "Imported"); err != nil {
		t.Fatal(err)
	}
	if target, err := os.Readlink(link); err != nil || target != path || !strings.Contains(readFile(t, path), "a.example") {
		t.Errorf("%q, %v", target, err)
	}
}

func withConfig(t *testing.T, text string) (*program, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	w := world{in: strings.NewReader(""), out: &lockedBuffer{}, err: &lockedBuffer{}, getenv: func(string) (string, bool) { return "", false }}
	return &program{world: w, configPath: path, configSet: true}, path
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestNamesOfFeeds(t *testing.T) {
	names := feedNames{"taken": 1}
	for _, c := range [][3]string{
		{"The Gazette", "https://gazette.example/rss", "the-gazette"},
		{"The Gazette", "https://gazette.example/atom", "the-gazette-2"},
		{"  THE   gazette!  ", "https://gazette.example/", "the-gazette-3"},
		{"Taken", "https://x.example/", "taken-2"},
		{"Süddeutsche Straße – Politik", "https://x.example/", "suddeutsche-strasse-politik"},
		{"L’Écho d'Ærø", "https://x.example/", "lecho-daero"},
		{"News", "https://www.gazette.example/", "gazette.example-news"},
		{"RSS", "https://gazette.example/", "gazette.example-rss"},
		{"", "https://www.gazette.example:8080/", "gazette.example"},
		{"朝日新聞", "https://asahi.example/", "asahi.example"},
		{"朝日新聞", "https://新聞.example/", "example"},
		{"x", "https://123.example/", "123.example"},
		{"-- . --", "::", "feed"},
		{strings.Repeat("long words ", 20), "https://x.example/", "long-words-long-words-long-words-long"},
		{strings.Repeat("x", 300), "https://x.example/", strings.Repeat("x", 40)},
		{"BBC News - Home & Away", "https://x.example/", "bbc-news-home-and-away"},
		{"v1.2 notes...", "https://x.example/", "v1.2-notes"},
	} {
		got := names.of(c[0], c[1])
		if got != c[2] {
			t.Errorf("of(%q, %q) = %q, want %q", c[0], c[1], got, c[2])
		}
		if err := validName(got); err != nil {
			t.Error(err)
		}
	}
}

// Where the file cannot be replaced, the way out is named.
func TestAFileThatCannotBeReplaced(t *testing.T) {
	p, path := withConfig(t, someAccounts+"feeds:\n  city:\n    url: https://example.org/\n    accounts: [desk]\n")
	before, err := p.loadConfig()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	err = p.writeImport(before, importing{feeds: []addedFeed{{Name: "a", URL: "https://a.example/", Accounts: []string{"desk"}}}}, "x.opml")
	if err == nil || !strings.Contains(err.Error(), "is not changed") || !strings.Contains(err.Error(), "without --write the feeds are printed") {
		t.Errorf("%v", err)
	}
}

// What stands in a configuration stands on one line, and is read as it was: an
// address, a title or an answer must not become keys.
func TestScalarStaysOnItsLine(t *testing.T) {
	for _, text := range []string{
		"plain", "", "true", "0123", "1e3", "~", "- a", "a: b", "a #b", "'", "\"", "*a", "&a", "!!b", "{a}", "x\naccounts: {}", "x\r\ny", "\n", " x\n  y: z",
		"a\u0085b: c", "a\u2028b: c", "tab\tb", "\x1b[31m", strings.Repeat("word ", 100), "https://e.example/#\nb: c",
	} {
		got := scalar(text)
		if strings.ContainsAny(got, "\n\r\x1b") {
			t.Errorf("%q is on several lines: %q", text, got)
		}
		var back struct{ A, B string }
		if err := yaml.Unmarshal([]byte("a: "+got+"\nb: c\n"), &back); err != nil || back.A != text || back.B != "c" {
			t.Errorf("%q is written as %q and read as %q: %v", text, got, back, err)
		}
	}
}

// Sites choose their addresses, and people copy the commands that they are shown.
func TestShellWord(t *testing.T) {
	for _, text := range []string{"https://e.example/rss", "https://e.example/'$(touch${IFS}x)'.rss", "a b", "$HOME", "`x`", "''", `\'`} {
		out, err := exec.CommandContext(t.Context(), "sh", "-c", "printf %s "+shellWord(text)).Output()
		if err != nil || string(out) != text {
			t.Errorf("%q becomes %q: %v", text, out, err)
		}
	}
}

// What init takes for a contact, the configuration takes too.
func TestContactOfInit(t *testing.T) {
	for contact, ok := range map[string]bool{
		"www.example.org": false, "@": false, "Anna": false, "https://www.example.org/bot": true, "desk@example.org": true, "mailto:desk@example.org": true,
		"ftp://example.org": false, "https://": false, "Anna, anna@example.org": false, "x\naccounts: {}": false, "(desk)": false, "büro@example.org": false,
	} {
		if err := validContact(contact); (err == nil) != ok {
			t.Errorf("%q: %v", contact, err)
		}
		p := &program{world: world{getenv: func(string) (string, bool) { return "", false }}, configPath: "config.yaml"}
		_, err := p.loadContent([]byte("fetch: {contact: " + scalar(contact) + "}\n" + someAccounts + "feeds: {a: {url: \"https://a.example/\", accounts: [desk]}}\n"))
		if (err == nil) != ok {
			t.Errorf("the configuration says of %q: %v", contact, err)
		}
	}
	if err := validContact("none"); err != nil { // it stands for nothing
		t.Error(err)
	}
}

func TestAnAddressIsOnOneLine(t *testing.T) {
	for _, address := range []string{"https://e.example/#\nb: c", "https://e.example/#\x1b[2J"} {
		if validURL(address) == nil {
			t.Errorf("%q passes for an address", address)
		}
	}
}
