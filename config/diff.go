package config

import (
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Changes are the differences between two configurations, as sorted paths
// without values.
type Changes struct {
	Added   []string // names in sections: "feeds.front-page"
	Removed []string
	Changed []string // single keys: "feeds.front-page.schedule", "database"
}

// Empty reports whether nothing differs.
func (c Changes) Empty() bool { return len(c.Added)+len(c.Removed)+len(c.Changed) == 0 }

// String is the changes for people.
func (c Changes) String() string {
	var parts []string
	for _, p := range []struct {
		word  string
		paths []string
	}{{"added ", c.Added}, {"removed ", c.Removed}, {"changed ", c.Changed}} {
		if len(p.paths) > 0 {
			parts = append(parts, p.word+strings.Join(p.paths, ", "))
		}
	}
	if len(parts) == 0 {
		return "nothing changed"
	}
	return strings.Join(parts, "; ")
}

// LogValue gives the three lists to slog as a group, without empty ones.
func (c Changes) LogValue() slog.Value {
	var attrs []slog.Attr
	for _, p := range []struct {
		word  string
		paths []string
	}{{"added", c.Added}, {"removed", c.Removed}, {"changed", c.Changed}} {
		if len(p.paths) > 0 {
			attrs = append(attrs, slog.Any(p.word, p.paths))
		}
	}
	return slog.GroupValue(attrs...)
}

// Diff compares what two configurations mean: defaults are filled in, and
// where something is written does not matter.
func Diff(before, after *Config) Changes {
	var c Changes
	c.compare("", reflect.ValueOf(before).Elem(), reflect.ValueOf(after).Elem())
	for _, paths := range [][]string{c.Added, c.Removed, c.Changed} {
		slices.Sort(paths)
	}
	return c
}

func (c *Changes) compare(path string, a, b reflect.Value) {
	if a.Kind() == reflect.Struct {
		if known, _ := fields(a.Type()); len(known) > 0 {
			for _, f := range known {
				c.compare(join(path, f.key), a.FieldByIndex(f.index), b.FieldByIndex(f.index))
			}
			return
		}
	}
	if a.Kind() == reflect.Map && a.Type().Elem().Kind() == reflect.Struct {
		c.entries(path, a, b)
		return
	}
	if !same(a, b) {
		c.Changed = append(c.Changed, path)
	}
}

// entries compares the names of a section and what is below them.
func (c *Changes) entries(path string, a, b reflect.Value) {
	all := map[string]bool{}
	for _, m := range []reflect.Value{a, b} {
		for _, k := range m.MapKeys() {
			all[k.String()] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		x, y := a.MapIndex(reflect.ValueOf(name)), b.MapIndex(reflect.ValueOf(name))
		switch {
		case !x.IsValid():
			c.Added = append(c.Added, join(path, name))
		case !y.IsValid():
			c.Removed = append(c.Removed, join(path, name))
		default:
			c.compare(join(path, name), x, y)
		}
	}
}

// same compares two values. Lists and maps that are empty equal absent ones,
// and filters are equal when they are written alike.
func same(a, b reflect.Value) bool {
	switch a.Kind() {
	case reflect.Slice:
		for i := range min(a.Len(), b.Len()) {
			if !same(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return a.Len() == b.Len()
	case reflect.Map:
		return a.Len() == 0 && b.Len() == 0 || reflect.DeepEqual(a.Interface(), b.Interface())
	}
	if f, ok := a.Interface().(Filter); ok {
		g, _ := b.Interface().(Filter)
		return f.String() == g.String()
	}
	return reflect.DeepEqual(a.Interface(), b.Interface())
}
