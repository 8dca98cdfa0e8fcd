package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

const (
	fileSuffix = "_file"

	// mostAliased bounds the values that are reached through aliases, which
	// can stand for far more of them than the file has bytes.
	mostAliased = 200_000

	// mostGuesses bounds the time that goes into suggestions.
	mostGuesses = 200
)

// A walker fills a Config from the nodes of a file and notes what is wrong.
type walker struct {
	file     string
	checks   Checks
	config   *Config
	problems Errors
	aliased  int
	inAlias  bool
	literals []string // paths of secrets that stand in the file itself
	sections map[reflect.Type]section
	files    map[string]string // by path: the files that secrets were read from
}

// A section is the answer of fields for a type.
type section struct {
	known []field
	later []string
}

func (w *walker) at(n *yaml.Node) Position { return Position{w.file, n.Line, n.Column} }

func (w *walker) problem(at Position, path, message, suggestion string) {
	w.problems = append(w.problems, Problem{at, path, message, suggestion})
}

// guess is nearest, for as long as guesses are worth their time.
func (w *walker) guess(word string, candidates []string) string {
	if len(w.problems) > mostGuesses {
		return ""
	}
	return nearest(word, candidates)
}

// resolve follows an alias and counts what is reached through aliases.
func (w *walker) resolve(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		n = n.Alias // what it stands for is never an alias itself
	}
	if w.inAlias {
		w.aliased++
	}
	return n
}

// value fills v from the node. It is the one place where a value's kind is
// chosen.
func (w *walker) value(n *yaml.Node, path string, v reflect.Value, f field) {
	if w.aliased > mostAliased {
		return
	}
	if n.Kind == yaml.AliasNode && !w.inAlias {
		w.inAlias = true
		defer func() { w.inAlias = false }()
	}
	n = w.resolve(n)
	if _, known := w.config.places[path]; !known {
		w.config.places[path] = w.at(n)
	}
	switch {
	case f.section():
		w.section(n, path, v)
	case f.typ.Kind() == reflect.Map:
		w.entries(n, path, v, f)
	case f.typ.Kind() == reflect.Slice:
		w.list(n, path, v, f)
	default:
		w.scalar(n, path, v, f)
	}
}

// pairs returns the keys and values of a section, without those that are
// doubled or no plain word, and whether it is a section at all. An empty one is
// as good as none.
func (w *walker) pairs(n *yaml.Node, path string) (pairs [][2]*yaml.Node, ok bool) {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return nil, true
	}
	if n.Kind != yaml.MappingNode {
		w.problem(w.at(n), path, "must be a section with keys of its own, not "+kindOf(n), "")
		return nil, false
	}
	first := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := w.resolve(n.Content[i])
		switch {
		case key.Kind != yaml.ScalarNode:
			w.problem(w.at(key), path, "a key must be a plain word", "")
		case key.Tag == "!!merge":
			w.problem(w.at(key), path, `"<<" is not supported: what feeds have in common can stand in "defaults"`, "")
		case first[key.Value] > 0:
			w.problem(w.at(key), join(path, key.Value), fmt.Sprintf("is given twice, first in line %d", first[key.Value]), "")
		default:
			first[key.Value] = key.Line
			pairs = append(pairs, [2]*yaml.Node{key, n.Content[i+1]})
		}
	}
	return pairs, true
}

// fields is the function of that name; a type's answer is kept, since there may
// be thousands of feeds.
func (w *walker) fields(t reflect.Type) (known []field, later []string) {
	s, ok := w.sections[t]
	if !ok {
		s.known, s.later = fields(t)
		w.sections[t] = s
	}
	return s.known, s.later
}

// section fills a struct. Fields are taken in the order of the type, so that
// what refers to others comes after them.
func (w *walker) section(n *yaml.Node, path string, v reflect.Value) {
	known, later := w.fields(v.Type())
	names := keys(known)
	given := map[string][2]*yaml.Node{}
	pairs, ok := w.pairs(n, path)
	if !ok {
		return
	}
	for _, pair := range pairs {
		if key := pair[0].Value; slices.Contains(names, key) {
			given[key] = pair
		} else {
			w.unknown(pair[0], path, known, later)
		}
	}
	if v.Type() == reflect.TypeFor[Alerts]() {
		tableAsNames(given)
	}
	for _, f := range known {
		w.field(path, v.FieldByIndex(f.index), f, given)
	}
}

// tableAsNames lets a table of names stand under names as well: there is one or the
// other in most files.
func tableAsNames(given map[string][2]*yaml.Node) {
	names, ok := given["names"]
	if _, both := given["table"]; ok && !both && names[1].Kind == yaml.MappingNode {
		given["table"] = names
		delete(given, "names")
	}
}

// field fills one key of a section from what the file gives.
func (w *walker) field(path string, v reflect.Value, f field, given map[string][2]*yaml.Node) {
	here := join(path, f.key)
	pair, ok := given[f.key]
	fromFile, viaFile := given[f.key+fileSuffix]
	if f.typ != reflect.TypeFor[Secret]() {
		viaFile = false
	}
	switch {
	case ok && viaFile:
		w.problem(w.at(fromFile[0]), here+fileSuffix, fmt.Sprintf("is given beside %s: keep one of the two", f.key), "")
	case viaFile:
		w.secretFile(fromFile[1], here, v)
	case ok:
		if f.section() || f.typ.Kind() == reflect.Map {
			w.config.places[here] = w.at(pair[0])
		}
		w.value(pair[1], here, v, f)
	case f.required:
		w.problem(w.config.Position(path), here, "is required", "")
	}
}

// unknown explains a key that is not of the section.
func (w *walker) unknown(key *yaml.Node, path string, known []field, later []string) {
	here := join(path, key.Value)
	if slices.Contains(later, key.Value) {
		w.problem(w.at(key), here, "is not supported in this version", "")
		return
	}
	guess := inner(key.Value, known)
	if guess == "" {
		guess = w.guess(key.Value, keys(known))
	}
	w.problem(w.at(key), here, "unknown key", guess)
}

// inner looks for a key that was meant to stand in a section below: "text" of
// a feed is "post.text".
func inner(key string, known []field) string {
	for _, f := range known {
		if !f.section() {
			continue
		}
		below, _ := fields(f.typ)
		if slices.Contains(keys(below), key) {
			return f.key + "." + key
		}
	}
	return ""
}

// kindOf names what a node is, for people.
func kindOf(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode && n.Style&yaml.FlowStyle != 0:
		return "a section { }"
	case n.Kind == yaml.MappingNode:
		return "a section"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Tag == "!!bool":
		return strings.ToLower(n.Value)
	case n.Tag == "!!int" || n.Tag == "!!float":
		return "a number"
	}
	return "text"
}
