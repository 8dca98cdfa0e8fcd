package config

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"net/netip"
	"os"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"
)

const (
	schemaPath  = "../config.schema.json"
	examplePath = "../config.example.yaml"
)

//go:generate go test -run TestSchema . -update

// TestSchema makes the JSON Schema from the types and their comments, and
// compares it with the one that editors are given.
func TestSchema(t *testing.T) {
	s := schemaMaker{comments: comments(t)}.section(reflect.TypeFor[Config]())
	s["$schema"] = "http://json-schema.org/draft-07/schema#"
	s["title"] = "Spool configuration"
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(s); err != nil {
		t.Fatal(err)
	}
	golden(t, schemaPath, b.String())
}

type object = map[string]any

// A schemaMaker turns the types into JSON Schema. It knows the same tags as the
// loader.
type schemaMaker struct{ comments map[string]string }

func (m schemaMaker) section(t reflect.Type) object {
	known, _ := fields(t)
	properties, required := object{}, []string{}
	for _, f := range known {
		p := m.value(f)
		comment := m.comments[owner(t, f)]
		p["description"] = comment
		properties[f.key] = p
		if f.typ == reflect.TypeFor[Secret]() {
			properties[f.key+fileSuffix] = object{"type": "string", "minLength": 1, "description": "A file with the value of " + f.key + ", given instead of it."}
		} else if f.required {
			required = append(required, f.key)
		}
	}
	s := object{"type": "object", "additionalProperties": false, "properties": properties}
	if len(required) > 0 {
		s["required"] = required
	}
	return s
}

// owner is the type and the field that a key is declared in.
func owner(t reflect.Type, f field) string {
	for _, i := range f.index[:len(f.index)-1] {
		t = t.Field(i).Type
	}
	return t.Name() + "." + t.Field(f.index[len(f.index)-1]).Name
}

func (m schemaMaker) value(f field) object {
	switch {
	case f.section():
		return m.section(f.typ)
	case f.typ.Kind() == reflect.Map:
		s := object{"type": "object", "additionalProperties": m.value(f.entry())}
		if f.names == "name" {
			s["propertyNames"] = object{"pattern": `^[a-z0-9][a-z0-9._-]{0,63}$`}
		}
		if f.min != "" {
			s["minProperties"] = number(f.min)
		}
		if f.typ.Elem().Kind() == reflect.Struct {
			s["additionalProperties"] = m.section(f.typ.Elem())
		}
		if f.names == "network" {
			s["propertyNames"] = object{"enum": networks()}
		}
		if f.typ.Elem() == reflect.TypeFor[PostOptions]() {
			forgetDefaults(s["additionalProperties"])
		}
		return s
	case f.typ.Kind() == reflect.Slice:
		s := object{"type": "array", "items": m.value(f.entry()), "maxItems": number(f.max)}
		if f.min != "" {
			s["minItems"] = number(f.min)
		}
		return s
	}
	return m.scalar(f)
}

// forgetDefaults takes the defaults away from what only says what differs.
func forgetDefaults(section any) {
	s, _ := section.(object)
	properties, _ := s["properties"].(object)
	for _, p := range properties {
		if p, ok := p.(object); ok {
			delete(p, "default")
		}
	}
}

// scalar describes a value in one piece. Whatever is not text anyway may also
// be a text with ${NAME} in it.
func (m schemaMaker) scalar(f field) object {
	environment := object{"type": "string", "pattern": `\$\{`}
	s := object{}
	switch {
	case f.typ == reflect.TypeFor[time.Duration]():
		s["anyOf"] = []object{{"type": "string", "pattern": `^([0-9]+d)?([0-9.]+(ns|us|µs|ms|s|m|h))*$`}, {"const": 0}, environment}
	case f.typ.Kind() == reflect.Int:
		s["anyOf"] = []object{{"type": "integer", "minimum": number(f.min), "maximum": number(f.max)}, environment}
	case f.typ.Kind() == reflect.Bool:
		s["anyOf"] = []object{{"type": "boolean"}, environment}
	case len(f.enum) > 0:
		s["anyOf"] = []object{{"enum": f.enum}, environment}
	case f.typ == reflect.TypeFor[Lead]():
		s["anyOf"] = []object{{"type": "string", "pattern": `^(skip|publish|([0-9]+d)?([0-9.]+(ns|us|µs|ms|s|m|h))*)$`}, environment}
	case f.typ == reflect.TypeFor[Answer]():
		s["anyOf"] = []object{{"type": "boolean"}, environment}
	case f.typ == reflect.TypeFor[FirstRun]():
		s["anyOf"] = []object{{"type": "string", "pattern": `^(skip|all|latest +[0-9]+)$`}, environment}
	case f.typ == reflect.TypeFor[Window]():
		s["anyOf"] = []object{{"type": "string", "pattern": `^\s*[0-9]{1,2}:[0-9]{2}\s*-\s*[0-9]{1,2}:[0-9]{2}\s*$`}, environment}
	case f.check == "names":
		s["anyOf"] = []object{{"type": "string"}, m.section(reflect.TypeFor[NameTable]())}
	default:
		s["type"] = "string"
		if f.check == "url" {
			s["pattern"] = `^https?://|\$\{`
		}
		if f.min != "" || f.typ == reflect.TypeFor[Secret]() {
			s["minLength"] = 1
		}
	}
	if f.hasDef {
		s["default"] = value(f)
	}
	return s
}

// value is a default as JSON has it.
func value(f field) any {
	switch f.typ.Kind() {
	case reflect.Bool:
		return f.def == "true"
	case reflect.Int:
		return number(f.def)
	}
	return f.def
}

// comments returns the comment of each field, by type and field.
func comments(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, name := range []string{"config.go", "post.go", "alerts.go"} {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		commentsOf(file, found)
	}
	return found
}

func commentsOf(file *ast.File, found map[string]string) {
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		if s, ok := spec.Type.(*ast.StructType); ok {
			for _, f := range s.Fields.List {
				for _, name := range f.Names {
					found[spec.Name.Name+"."+name.Name] = strings.Join(strings.Fields(f.Doc.Text()), " ")
				}
			}
		}
		return true
	})
}

// TestTags checks that every key has a comment, limits, and a default that can
// be read.
func TestTags(t *testing.T) {
	all := comments(t)
	var walk func(reflect.Type)
	walk = func(typ reflect.Type) {
		known, _ := fields(typ)
		for _, f := range known {
			name := owner(typ, f)
			if all[name] == "" {
				t.Errorf("%s has no comment", name)
			}
			switch {
			case f.section():
				walk(f.typ)
				continue
			case f.typ.Kind() == reflect.Map && f.typ.Elem().Kind() == reflect.Struct:
				walk(f.typ.Elem())
			}
			bounded := f.max != "" || len(f.enum) > 0 || f.typ.Kind() == reflect.Bool
			switch f.typ {
			case reflect.TypeFor[Secret](), reflect.TypeFor[DSN](), reflect.TypeFor[FirstRun](), reflect.TypeFor[netip.Prefix](), reflect.TypeFor[Lead](), reflect.TypeFor[Answer]():
				bounded = true
			}
			if !bounded {
				t.Errorf("%s has no limit", name)
			}
			if f.hasDef {
				w := &walker{checks: testChecks().orDefaults(), config: &Config{}}
				if err := w.fill(f.def, reflect.New(f.typ).Elem(), f); err != nil {
					t.Errorf("%s: default %q: %v", name, f.def, err)
				}
			}
		}
	}
	walk(reflect.TypeFor[Config]())
}

func TestExampleLoads(t *testing.T) {
	c, err := Load(examplePath, testChecks())
	if err != nil {
		t.Fatal(err)
	}
	if w := c.Warnings(); len(w) > 0 {
		t.Errorf("warnings: %v", w)
	}
	if len(c.Feeds) != 3 || c.Accounts["city-desk"].Token.Reveal() != password {
		t.Errorf("%+v", c)
	}
	text, err := os.ReadFile(examplePath)
	if err != nil {
		t.Fatal(err)
	}
	if first, _, _ := strings.Cut(string(text), "\n"); first != "# yaml-language-server: $schema=config.schema.json" {
		t.Errorf("first line: %s", first)
	}
}

// TestExampleIsComplete takes the "#" from the settings that the example leaves
// out. Then it must load, name every key of the schema and no other, and say
// the default of each that has one.
func TestExampleIsComplete(t *testing.T) {
	raw, err := os.ReadFile(examplePath)
	if err != nil {
		t.Fatal(err)
	}
	text := regexp.MustCompile(`(?m)^( *)#([A-Za-z0-9_-]+:)`).ReplaceAllString(string(raw), "$1$2")
	alone := regexp.MustCompile(`(?m)^ *[a-z_]+_file:.*\n`).ReplaceAllString(text, "")
	if _, err := loadText(t, alone); err != nil {
		t.Errorf("with every setting in use: %v", err)
	}
	said := stated(t, text)
	defaults := map[string]string{}
	tagged("", reflect.TypeFor[Config](), defaults)
	for path, def := range defaults {
		got, ok := said[path]
		switch {
		case strings.Contains(path, ".post.networks.*.") || strings.Contains(path, ".post.accounts.*."):
			// the keys of post once more
		case !ok && !strings.HasPrefix(path, "defaults."):
			t.Errorf("%s is not in the example", path)
		case ok && got != def && !strings.HasPrefix(path, "defaults."):
			t.Errorf("%s: the example says default %q, and it is %q", path, got, def)
		}
	}
	for path := range said {
		if _, ok := defaults[path]; !ok {
			t.Errorf("%s is in the example and not in the types", path)
		}
	}
}

// stated collects the keys of a file, with the default that the comment behind
// each one says. Names of the user's become "*"; if two places say a default,
// they must agree.
func stated(t *testing.T, text string) map[string]string {
	t.Helper()
	named := regexp.MustCompile(`(^|\.)(accounts|networks|query|hashtags|handles|headers|post\.alerts|table\.(routes|stops|agencies))$`)
	root, problem := parse("config.example.yaml", []byte(text))
	if problem != nil {
		t.Fatal(problem)
	}
	said := map[string]string{}
	var walk func(n *yaml.Node, path string)
	walk = func(n *yaml.Node, path string) {
		for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
			key, child := n.Content[i], n.Content[i+1]
			here := join(path, key.Value)
			if path == "feeds" || named.MatchString(path) {
				here = path + ".*"
			}
			_, def, ok := strings.Cut(child.LineComment, "default: ")
			if unquoted, err := strconv.Unquote(def); err == nil {
				def = unquoted
			}
			if ok && said[here] != "" && said[here] != def {
				t.Errorf("%s: two defaults, %s and %s", here, said[here], def)
			}
			if ok || said[here] == "" {
				said[here] = def
			}
			walk(child, here)
		}
	}
	walk(root, "")
	return said
}

// tagged collects the keys of the types with their defaults.
func tagged(path string, typ reflect.Type, found map[string]string) {
	known, _ := fields(typ)
	for _, f := range known {
		here := join(path, f.key)
		found[here] = f.def
		switch {
		case f.section():
			tagged(here, f.typ, found)
		case f.typ.Kind() == reflect.Map:
			found[here+".*"] = ""
			entry := f.typ.Elem()
			if entry.Kind() == reflect.Struct {
				tagged(here+".*", entry, found)
			}
		case f.typ == reflect.TypeFor[Secret]():
			found[here+fileSuffix] = ""
		}
	}
}
