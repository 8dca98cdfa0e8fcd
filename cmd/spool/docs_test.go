package main

import (
	"encoding/json"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"spool"
	"spool/config"
)

// A page is one of the repository's texts for people.
type page struct {
	path string // relative to the repository
	text string
}

// repository is where the texts are, seen from this package.
var repository = filepath.Join("..", "..")

// pages are all Markdown files that belong to the repository.
func pages(t *testing.T) []page {
	t.Helper()
	var out []page
	err := filepath.WalkDir(repository, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(repository, file)
		if err != nil {
			return err
		}
		if entry.IsDir() && (name == ".git" || name == "bin" || name == "dist" || entry.Name() == "testdata") {
			return fs.SkipDir
		}
		if filepath.Ext(file) != ".md" {
			return nil
		}
		text, err := os.ReadFile(file)
		out = append(out, page{filepath.ToSlash(name), string(text)})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 5 {
		t.Fatalf("only %d pages were found", len(out))
	}
	return out
}

func exists(name string) bool {
	_, err := os.Stat(filepath.Join(repository, filepath.FromSlash(name)))
	return err == nil
}

var (
	links    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	headings = regexp.MustCompile(`(?m)^#+ (.*)$`)
	fences   = regexp.MustCompile("(?ms)^ *```(\\w*)\n(.*?)^ *```")
	spans    = regexp.MustCompile("`([^`\n]+)`")
	paths    = regexp.MustCompile(`^[\w.-]+(/[\w.-]+)*/?$`)
	dotted   = regexp.MustCompile(`^[a-z_]+(\.([a-z_-]+|ACCOUNT|NAME))+$`)
	metrics  = regexp.MustCompile(`\bspool_[a-z_]+[a-z]\b`)
	making   = regexp.MustCompile(`^make ([a-z]+)`)
)

// code is what a page shows as code: the spans of a line, and the lines of
// blocks for a shell.
func (p page) code() []string {
	var out []string
	for _, fence := range fences.FindAllStringSubmatch(p.text, -1) {
		if fence[1] != "sh" {
			continue
		}
		for line := range strings.Lines(fence[2]) {
			line, _, _ = strings.Cut(line, " #")
			out = append(out, strings.TrimSpace(line))
		}
	}
	for _, span := range spans.FindAllStringSubmatch(fences.ReplaceAllString(p.text, ""), -1) {
		out = append(out, span[1])
	}
	return out
}

// anchor is what a heading is called in a link, as GitHub makes it.
func anchor(heading string) string {
	kept := strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '-':
			return '-'
		case r == '_' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r > 127:
			return r
		}
		return -1
	}, strings.ToLower(heading))
	return kept
}

func TestLinksOfThePagesLeadSomewhere(t *testing.T) {
	anchors := map[string]map[string]bool{}
	all := pages(t)
	for _, p := range all {
		anchors[p.path] = map[string]bool{}
		for _, h := range headings.FindAllStringSubmatch(p.text, -1) {
			anchors[p.path][anchor(h[1])] = true
		}
	}
	for _, p := range all {
		for _, link := range links.FindAllStringSubmatch(p.text, -1) {
			if strings.Contains(link[1], "://") {
				continue
			}
			file, section, _ := strings.Cut(link[1], "#")
			target := p.path
			if file != "" {
				target = path.Join(path.Dir(p.path), file)
			}
			if !exists(target) {
				t.Errorf("%s: the link %s leads nowhere", p.path, link[1])
			} else if section != "" && !anchors[target][section] {
				t.Errorf("%s: %s has no section %q", p.path, target, section)
			}
		}
	}
}

// A path in a page is from the top of the repository, or beside the page.
func TestFilesOfThePagesExist(t *testing.T) {
	for _, p := range pages(t) {
		for _, word := range p.code() {
			if !paths.MatchString(word) {
				continue
			}
			top, _, deep := strings.Cut(word, "/")
			ext := path.Ext(word)
			named := deep && exists(top) || ext == ".go" || ext == ".md"
			if named && !strings.HasPrefix(word, "bin/") && !exists(word) && !exists(path.Join(path.Dir(p.path), word)) {
				t.Errorf("%s: there is no %s", p.path, word)
			}
		}
	}
}

func TestCommandsOfThePagesExist(t *testing.T) {
	root := (&program{world: world{getenv: func(string) (string, bool) { return "", false }}}).root()
	root.InitDefaultHelpFlag()
	makefile, err := os.ReadFile(filepath.Join(repository, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, p := range pages(t) {
		for _, line := range p.code() {
			words := strings.Fields(strings.NewReplacer("[", "", "]", "", "./bin/", "").Replace(line))
			if len(words) > 1 && words[0] == "spool" {
				seen++
				if wrong := misspelt(root, words[1:]); wrong != "" {
					t.Errorf("%s: %q: %s", p.path, line, wrong)
				}
			}
			if m := making.FindStringSubmatch(line); m != nil && !strings.Contains(string(makefile), "\n"+m[1]+":") {
				t.Errorf("%s: the Makefile has no target %s", p.path, m[1])
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d commands were found in the pages", seen)
	}
}

// misspelt says what is wrong with a command line; empty: nothing.
func misspelt(root *cobra.Command, words []string) string {
	cmd := root
	for i, word := range words {
		if name, isFlag := strings.CutPrefix(word, "--"); isFlag {
			name, _, _ = strings.Cut(name, "=")
			if cmd.Flags().Lookup(name) == nil && cmd.InheritedFlags().Lookup(name) == nil && name != "help" {
				return cmd.CommandPath() + " has no flag --" + name
			}
			continue
		}
		next := named(cmd, word)
		if next == nil && cmd.HasSubCommands() && word != "COMMAND" && (i == 0 || !strings.HasPrefix(words[i-1], "--")) {
			return cmd.CommandPath() + " has no command " + word
		}
		if next != nil {
			cmd = next
		}
	}
	return ""
}

func named(cmd *cobra.Command, name string) *cobra.Command {
	for _, c := range cmd.Commands() {
		if c.Name() == name {
			return c
		}
	}
	return nil
}

// schemaKeys are the keys of the configuration, as paths in which "*" stands
// for a name of the user's choice.
func schemaKeys(t *testing.T) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository, "config.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	var schema map[string]any
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	keys := map[string]bool{}
	collectKeys(schema, schema, "", keys)
	return keys
}

func collectKeys(schema, at map[string]any, prefix string, keys map[string]bool) {
	if ref, ok := at["$ref"].(string); ok {
		at = resolve(schema, ref)
	}
	for _, list := range []string{"allOf", "anyOf", "oneOf"} {
		alternatives, _ := at[list].([]any)
		for _, one := range alternatives {
			if one, ok := one.(map[string]any); ok {
				collectKeys(schema, one, prefix, keys)
			}
		}
	}
	properties, _ := at["properties"].(map[string]any)
	if named, ok := at["additionalProperties"].(map[string]any); ok {
		collectKeys(schema, named, prefix+"*.", keys)
	}
	for key, below := range properties {
		keys[prefix+key] = true
		if below, ok := below.(map[string]any); ok {
			collectKeys(schema, below, prefix+key+".", keys)
		}
	}
}

func resolve(schema map[string]any, ref string) map[string]any {
	at := schema
	for _, part := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
		at, _ = at[part].(map[string]any)
	}
	return at
}

func TestKeysOfThePagesExist(t *testing.T) {
	keys := schemaKeys(t)
	if len(keys) < 40 {
		t.Fatalf("only %d keys in the schema: %v", len(keys), keys)
	}
	seen := 0
	for _, p := range pages(t) {
		for _, word := range p.code() {
			parts := strings.Split(word, ".")
			if !dotted.MatchString(word) || !keys[parts[0]] || path.Ext(word) == ".yaml" || path.Ext(word) == ".db" {
				continue
			}
			seen++
			if (parts[0] == "feeds" || parts[0] == "accounts") && len(parts) > 1 {
				parts[1] = "*"
			}
			if !keys[strings.Join(parts, ".")] {
				t.Errorf("%s: the configuration has no key %s", p.path, word)
			}
		}
	}
	if seen < 3 {
		t.Errorf("only %d keys were found in the pages", seen)
	}
}

// What stands alone as code in the pages for users is a word of Spool.
func TestWordsOfThePagesExist(t *testing.T) {
	words := map[string]bool{
		// of the world around it
		"git": true, "make": true, "ca-certificates": true, "PATH": true, "pg_dump": true, "error": true, "secrets": true,
		"threads_basic": true, "threads_content_publish": true, "app": true,
		"localhost": true, "Forwarded": true, "Via": true, "X-Real-IP": true,
		"newsroom": true, "data": true, // the names of an account and a volume
	}
	for key := range schemaKeys(t) {
		words[path.Base(strings.ReplaceAll(key, ".", "/"))] = true
	}
	for _, state := range spool.States() {
		words[string(state)] = true
	}
	for _, hold := range spool.Holds() {
		words[string(hold)] = true
	}
	for _, word := range []string{"stopped", "resting", "paused", "new", "posting", "failing"} { // of accounts and feeds
		words[word] = true
	}
	for _, p := range pages(t) {
		if p.path != "README.md" && p.path != "docs/operations.md" {
			continue
		}
		for _, word := range p.code() {
			if regexp.MustCompile(`^[A-Za-z_-]+$`).MatchString(word) && !strings.HasPrefix(word, "-") && !strings.HasPrefix(word, "spool_") && !words[word] {
				t.Errorf("%s: what is %q?", p.path, word)
			}
		}
	}
}

func TestMetricsOfThePagesExist(t *testing.T) {
	table, err := os.ReadFile(filepath.Join(repository, "docs", "metrics.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pages(t) {
		for _, name := range metrics.FindAllString(p.text, -1) {
			if !strings.Contains(string(table), "| `"+name+"` |") {
				t.Errorf("%s: there is no metric %s", p.path, name)
			}
		}
	}
}

// TestEveryKeyOfPostIsExplained: the page about wording tells of each key.
func TestEveryKeyOfPostIsExplained(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(repository, "docs", "wording.md"))
	if err != nil {
		t.Fatal(err)
	}
	keys := 0
	for f := range reflect.TypeFor[config.PostOptions]().Fields() {
		key := f.Tag.Get("yaml")
		keys++
		if !regexp.MustCompile("`" + key + "[:` ]").Match(text) {
			t.Errorf("post.%s is not explained", key)
		}
	}
	if keys < 15 {
		t.Errorf("only %d keys were found", keys)
	}
}
