package config

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A Position is a place in the file. Line and Column count from 1.
type Position struct {
	File   string
	Line   int
	Column int
}

func (p Position) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

// A Problem is one thing that is wrong with the configuration. It shows no
// secret.
type Problem struct {
	Position
	Path       string // of the key: "feeds.front-page.schedule"; empty: the whole file
	Message    string // what is wrong
	Suggestion string // what was probably meant; empty when there is no telling
}

// Error is file:line:column, the key's path, what is wrong, and the guess.
func (p Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.Position.String() + ": ")
	if p.Path != "" {
		b.WriteString(p.Path + ": ")
	}
	b.WriteString(p.Message)
	if p.Suggestion != "" {
		fmt.Fprintf(&b, " (did you mean %s?)", quote(p.Suggestion))
	}
	return b.String()
}

// A Warning is something that works and is probably not meant.
type Warning Problem

func (w Warning) String() string { return Problem(w).Error() }

// Errors are all problems of a file, in the order of their places.
type Errors []Problem

// mostShown bounds the text of Errors, not their number.
const mostShown = 100

// Error has a line for each problem, a hundred at most.
func (e Errors) Error() string {
	var b strings.Builder
	for i, p := range e[:min(len(e), mostShown)] {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(p.Error())
	}
	if more := len(e) - mostShown; more > 0 {
		fmt.Fprintf(&b, "\n… and %d more", more)
	}
	return b.String()
}

// Unwrap returns each problem as an error.
func (e Errors) Unwrap() []error {
	errs := make([]error, len(e))
	for i, p := range e {
		errs[i] = p
	}
	return errs
}

func (e Errors) sort() {
	slices.SortStableFunc(e, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Path, b.Path))
	})
}

// Path joins keys and names to a path as Problems have it. A name with a dot
// in it is quoted.
func Path(parts ...string) string {
	path := ""
	for _, part := range parts {
		path = join(path, part)
	}
	return path
}

func join(path, key string) string {
	if key == "" || strings.Trim(strings.ToLower(key), "abcdefghijklmnopqrstuvwxyz0123456789_-") != "" {
		key = quote(key)
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

func index(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

// GivenHere reports whether the file has a value for a key at its own place, so that
// what stands in defaults does not count.
func (c *Config) GivenHere(path string) bool {
	_, own := c.places[path]
	return own
}

// Given reports whether the file has a value for the key at a path, there or,
// for a feed, in defaults.
func (c *Config) Given(path string) bool {
	_, own := c.places[path]
	_, shared := c.places[inherited(path)]
	return own || shared
}

// Position is where the value of a path stands. For a key that is not in the
// file it is where its default is given, else its section.
func (c *Config) Position(path string) Position {
	for p := path; p != ""; p = p[:max(0, strings.LastIndexAny(p, ".["))] {
		if at, ok := c.places[p]; ok {
			return at
		}
		if at, ok := c.places[inherited(p)]; ok {
			return at
		}
	}
	return Position{c.file, 1, 1}
}

// Problem says that something turned out wrong with the value of a path.
func (c *Config) Problem(path, message string) Problem {
	return Problem{Position: c.Position(path), Path: path, Message: message}
}

// inherited is the path below defaults that a feed's key is taken from; empty
// when path is not a feed's key.
func inherited(path string) string {
	rest, ok := strings.CutPrefix(path, "feeds.")
	if !ok {
		return ""
	}
	if name, err := strconv.QuotedPrefix(rest); err == nil {
		rest = "x" + rest[len(name):]
	}
	if _, key, ok := strings.Cut(rest, "."); ok {
		return "defaults." + key
	}
	return ""
}

// quote shows a piece of the file: in quotes, in one line, and shortened.
func quote(s string) string {
	const most = 60
	if r := []rune(s[:min(len(s), 4*most+4)]); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return strconv.Quote(s)
}

// A flaw is what is wrong with a value.
type flaw struct {
	message    string
	suggestion string
	detail     string // may show parts of the value: left out when that came from the environment
	bare       bool   // the message does not go on from the value
}

func (f *flaw) Error() string { return f.message }

// wrong is a flaw whose message goes on from the value: `"x" is not …`.
func wrong(message string) error { return &flaw{message: message} }

// bare is a flaw whose message stands without the value.
func bare(message string) error { return &flaw{message: message, bare: true} }
