package config

import (
	"reflect"
	"strings"
)

// A field is a key of a section, as the tags of a struct field describe it.
type field struct {
	key      string
	index    []int // of the struct field
	typ      reflect.Type
	def      string
	hasDef   bool
	min, max string
	enum     []string
	later    []string
	required bool
	check    string
	names    string
}

// fields returns the keys of a section's type, and those that a later version
// will know. Inlined structs are part of the section.
func fields(t reflect.Type) (known []field, later []string) {
	for i := range t.NumField() {
		sf := t.Field(i)
		key, option, _ := strings.Cut(sf.Tag.Get("yaml"), ",")
		switch {
		case sf.Name == "_":
			later = append(later, list(sf.Tag.Get("later"))...)
		case option == "inline":
			inner, innerLater := fields(sf.Type)
			for _, f := range inner {
				f.index = append([]int{i}, f.index...)
				known = append(known, f)
			}
			later = append(later, innerLater...)
		case key != "":
			known = append(known, newField(sf, key, i))
		}
	}
	return known, later
}

func newField(sf reflect.StructField, key string, i int) field {
	def, hasDef := sf.Tag.Lookup("default")
	return field{
		key: key, index: []int{i}, typ: sf.Type,
		def: def, hasDef: hasDef,
		min: sf.Tag.Get("min"), max: sf.Tag.Get("max"),
		enum: list(sf.Tag.Get("enum")), later: list(sf.Tag.Get("later")),
		required: sf.Tag.Get("required") == "true",
		check:    sf.Tag.Get("check"), names: sf.Tag.Get("names"),
	}
}

func list(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}

// entry is the field as it describes one entry of a list or a section.
func (f field) entry() field {
	return field{key: f.key, typ: f.typ.Elem(), check: f.check}
}

// section reports whether the field is a struct with keys of its own.
func (f field) section() bool {
	if f.typ.Kind() != reflect.Struct {
		return false
	}
	for i := range f.typ.NumField() {
		if _, ok := f.typ.Field(i).Tag.Lookup("yaml"); ok {
			return true
		}
	}
	return false
}

// keys returns the keys of fields; a secret has two.
func keys(known []field) []string {
	var names []string
	for _, f := range known {
		names = append(names, f.key)
		if f.typ == reflect.TypeFor[Secret]() {
			names = append(names, f.key+fileSuffix)
		}
	}
	return names
}
