package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"

	"spool/config"
)

// An addedFeed is a feed that is to be added to a configuration.
type addedFeed struct {
	Name, URL string
	Kind      string   // empty: the default
	Group     string   // empty: none
	Accounts  []string // empty: those of defaults
	FirstRun  string   // empty: the default
	Title     string   // for a comment; may be empty
}

// yamlOf writes feeds as they stand in a configuration, indented by so many
// blanks.
func yamlOf(feeds []addedFeed, indent int) string {
	var b strings.Builder
	pad := strings.Repeat(" ", indent)
	for _, f := range feeds {
		fmt.Fprintf(&b, "%s%s:%s\n", pad, scalar(f.Name), comment(f))
		fmt.Fprintf(&b, "%s  url: %s\n", pad, quoted(f.URL))
		for _, line := range [][2]string{{"kind", f.Kind}, {"group", f.Group}, {"first_run", f.FirstRun}} {
			if line[1] != "" {
				fmt.Fprintf(&b, "%s  %s: %s\n", pad, line[0], scalar(line[1]))
			}
		}
		if len(f.Accounts) > 0 {
			var names []string
			for _, a := range f.Accounts {
				names = append(names, scalar(a))
			}
			fmt.Fprintf(&b, "%s  accounts: [%s]\n", pad, strings.Join(names, ", "))
		}
	}
	return b.String()
}

// comment is a feed's title, when its name does not tell it.
func comment(f addedFeed) string {
	title := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0xfeff || r >= 0x80 && r < 0xa0 {
			return ' '
		}
		return r
	}, oneLine(strings.ToValidUTF8(f.Title, "")))
	if title == "" || strings.EqualFold(strings.ReplaceAll(title, " ", "-"), f.Name) {
		return ""
	}
	return " # " + cut(title, 60)
}

// scalar writes a text in YAML, on one line: in quotes where it would be read as
// something else.
func scalar(s string) string {
	node := yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	if strings.ContainsFunc(s, unicode.IsControl) {
		node.Style = yaml.DoubleQuotedStyle
	}
	out, err := yaml.Marshal(&node)
	if err != nil {
		return fmt.Sprintf("%q", s)
	}
	return strings.TrimSpace(string(out))
}

// errNoPlace is wrapped by errors about files to which nothing can be added
// without rewriting what people have written.
var errNoPlace = errors.New("feeds cannot be added to this file")

// withFeeds returns a configuration with feeds added after those it has. It
// changes nothing else, not a comment and not a blank.
func withFeeds(content []byte, feeds []addedFeed, heading string) ([]byte, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(content, &doc); err != nil || len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		return nil, fmt.Errorf("%w: it is not the mapping that it should be", errNoPlace)
	}
	section, next := sectionOf(doc.Content[0], "feeds")
	switch {
	case section == nil || section.Kind != yaml.MappingNode || len(section.Content) == 0:
		return nil, fmt.Errorf("%w: its section \"feeds\" is empty, missing or elsewhere", errNoPlace)
	case section.Style&yaml.FlowStyle != 0:
		return nil, fmt.Errorf("%w: its section \"feeds\" is written with { }", errNoPlace)
	}
	indent := section.Content[0].Column - 1
	lines := strings.SplitAfter(string(content), "\n")
	at := endOf(lines, next, indent)
	added := "\n" + strings.Repeat(" ", indent) + "# " + heading + "\n" + yamlOf(feeds, indent)
	if bytes.Contains(content, []byte("\r\n")) {
		added = strings.ReplaceAll(added, "\n", "\r\n")
	}
	before := strings.Join(lines[:at], "")
	if before != "" && !strings.HasSuffix(before, "\n") {
		before += "\n"
	}
	return []byte(before + added + strings.Join(lines[at:], "")), nil
}

// sectionOf is the value of a key, and the line (from 1) at which the key after
// it stands; 0: it is the last.
func sectionOf(root *yaml.Node, key string) (section *yaml.Node, next int) {
	for i := 0; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value != key {
			continue
		}
		if i+2 < len(root.Content) {
			next = root.Content[i+2].Line
		}
		return root.Content[i+1], next
	}
	return nil, 0
}

// endOf is how many lines belong to a section up to its end: without the blank
// lines and the comments in front of the next key.
func endOf(lines []string, next, indent int) int {
	end := len(lines)
	if next > 0 {
		end = next - 1
	}
	for end > 0 {
		line := strings.TrimRight(lines[end-1], "\r\n")
		text := strings.TrimLeft(line, " \t")
		between := text == "" || text == "..." || text[0] == '#' && len(line)-len(text) < indent
		if !between {
			break
		}
		end--
	}
	return end
}

// addFeeds adds feeds to the configuration's file. The new content must load,
// and differ by these feeds alone; only then it takes the place of the old, in
// one step.
func (p *program) addFeeds(before *config.Config, feeds []addedFeed, heading string) error {
	path, err := filepath.EvalSymlinks(p.configPath)
	if err != nil {
		return err
	}
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	content, err := withFeeds(old, feeds, heading)
	if err != nil {
		return err
	}
	after, err := p.loadContent(content)
	if err != nil {
		var invalid config.Errors
		if errors.As(err, &invalid) {
			err = invalid[0] // its place is one in the file as it would be
		}
		return fmt.Errorf("with these feeds it would not be valid: %w", err)
	}
	changes := config.Diff(before, after)
	if len(changes.Added) != len(feeds) || len(changes.Removed)+len(changes.Changed) > 0 {
		return fmt.Errorf("%w: more than these feeds would change", errNoPlace)
	}
	if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, old) {
		return errors.Join(errors.New("the file was changed meanwhile; nothing was written"), err)
	}
	return replaceFile(path, content)
}

// loadContent checks a configuration that is not in its place yet.
func (p *program) loadContent(content []byte) (*config.Config, error) {
	checks := p.checks()
	checks.ReadFile = func(name string) ([]byte, error) {
		if name == p.configPath {
			return content, nil
		}
		return readBounded(name, 1<<20)
	}
	return config.Load(p.configPath, checks)
}

// replaceFile puts a new content in a file's place: whoever reads it meanwhile
// sees the old one or the new one, whole.
func replaceFile(path string, content []byte) (err error) {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*-"+filepath.Base(path))
	if err != nil {
		return fmt.Errorf("write beside %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	_, err = f.Write(content)
	err = errors.Join(err, f.Chmod(info.Mode().Perm()), f.Sync(), f.Close())
	if err != nil {
		return fmt.Errorf("write beside %s: %w", path, err)
	}
	keepOwner(f.Name(), info)
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("put the new %s in its place: %w", path, err)
	}
	return nil
}
