package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// entries fills a map whose keys are names of the user's.
func (w *walker) entries(n *yaml.Node, path string, v reflect.Value, f field) {
	if v.IsNil() {
		v.Set(reflect.MakeMap(f.typ))
	}
	pairs, ok := w.pairs(n, path)
	if !ok {
		return
	}
	if !w.count(w.config.Position(path), path, len(pairs), f) {
		return
	}
	for _, pair := range pairs {
		name := pair[0].Value
		here := join(path, name)
		if err := w.checkName(f.names, name); err != nil {
			w.flawed(pair[0], here, name, false, err)
		}
		if f.typ.Elem().Kind() == reflect.Struct {
			w.config.places[here] = w.at(pair[0])
		}
		elem := reflect.New(f.typ.Elem()).Elem()
		w.prepare(elem)
		w.value(pair[1], here, elem, f.entry())
		v.SetMapIndex(reflect.ValueOf(name), elem)
	}
}

// prepare gives a new entry its defaults: a feed has those of the file, and what
// differs on a network has none.
func (w *walker) prepare(v reflect.Value) {
	switch entry := v.Addr().Interface().(type) {
	case *Feed:
		entry.FeedOptions = w.config.Defaults.clone()
	case *PostOptions:
	default:
		w.defaults("", v)
	}
}

// checkName applies the rule for the names in a section, also those that go by
// what else is in the file.
func (w *walker) checkName(rule, name string) error {
	switch rule {
	case "account":
		return w.account(name)
	case "network":
		if slices.Contains(networks(), name) {
			return nil
		}
		return &flaw{message: "is not a network: " + choice(networks()), suggestion: w.guess(name, networks())}
	case "alert phase":
		return checkAlertWord(rule, name)
	case "text":
		if n := utf8.RuneCountInString(name); strings.TrimSpace(name) == "" || n > 200 {
			return wrong("is empty or longer than 200 characters")
		}
		return nil
	}
	return checkName(rule, name)
}

// clone copies the lists and maps too, but for what differs on networks and
// accounts: PostFor looks that up where it stands.
func (o FeedOptions) clone() FeedOptions {
	o.Accounts = slices.Clone(o.Accounts)
	o.Include = slices.Clone(o.Include)
	o.Exclude = slices.Clone(o.Exclude)
	o.Post.PostOptions = o.Post.clone()
	o.Post.Networks, o.Post.Accounts = nil, nil
	t := &o.Alerts.Table
	t.Routes, t.Stops, t.Agencies = maps.Clone(t.Routes), maps.Clone(t.Stops), maps.Clone(t.Agencies)
	return o
}

// list fills a slice.
func (w *walker) list(n *yaml.Node, path string, v reflect.Value, f field) {
	if n.Kind != yaml.SequenceNode {
		message := "must be a list, not " + kindOf(n)
		switch {
		case n.Tag == "!!null":
			message = "has no value: an empty list is []"
		case n.Kind == yaml.ScalarNode:
			message += ": put it in [ ]"
		}
		w.problem(w.at(n), path, message, "")
		return
	}
	if !w.count(w.at(n), path, len(n.Content), f) {
		return // not worth the time that it may take
	}
	out := reflect.MakeSlice(f.typ, 0, 0)
	for i, child := range n.Content {
		elem := reflect.New(f.typ.Elem()).Elem()
		before := len(w.problems)
		w.value(child, index(path, i), elem, f.entry())
		if len(w.problems) == before {
			out = reflect.Append(out, elem)
		}
	}
	v.Set(out)
}

// count applies min and max to the number of entries.
func (w *walker) count(at Position, path string, n int, f field) bool {
	least, most := number(f.min), number(f.max)
	switch {
	case n < least:
		w.problem(at, path, "needs at least one entry", "")
	case most > 0 && n > most:
		w.problem(at, path, fmt.Sprintf("has %d entries, which is more than %d", n, most), "")
	default:
		return true
	}
	return false
}
