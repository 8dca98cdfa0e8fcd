package config

import (
	"encoding"
	"errors"
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// scalar fills a value that stands in one piece.
func (w *walker) scalar(n *yaml.Node, path string, v reflect.Value, f field) {
	if message := wrongKind(n, f.typ); message != "" {
		w.problem(w.at(n), path, message, "")
		return
	}
	text, expanded, err := w.expand(n.Value)
	if err == nil && !expanded {
		err = wrongStyle(n, f.typ)
		if f.typ == reflect.TypeFor[Secret]() {
			w.literals = append(w.literals, path)
		}
	}
	if err == nil {
		err = w.fill(text, v, f)
	}
	if err != nil {
		w.flawed(n, path, n.Value, expanded, err)
	}
}

// flawed notes what is wrong with a value. It shows the value as the file has
// it, and of an expanded one nothing else: what came from the environment may
// be a secret.
func (w *walker) flawed(n *yaml.Node, path, raw string, expanded bool, err error) {
	f, ok := errors.AsType[*flaw](err)
	if !ok {
		f = &flaw{message: "is not valid", bare: true, detail: err.Error()}
	}
	message, suggestion := f.message, f.suggestion
	if !f.bare {
		message = quote(raw) + " " + message
	}
	if f.detail != "" && !expanded {
		message += ": " + oneLine(f.detail)
	}
	if expanded || len(w.problems) > mostGuesses {
		suggestion = ""
	}
	w.problem(w.at(n), path, message, suggestion)
}

// oneLine bounds the words of others.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	const most = 300
	if r := []rune(s[:min(len(s), 4*most+4)]); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// wrongKind says why a node cannot be a value of a type; empty when it can.
func wrongKind(n *yaml.Node, t reflect.Type) string {
	want := "text"
	switch {
	case t == reflect.TypeFor[time.Duration]():
		want = "a duration such as 90s, 15m or 12h"
	case t.Kind() == reflect.Int:
		want = "a whole number"
	case t.Kind() == reflect.Bool:
		want = "true or false"
	}
	switch {
	case n.Kind == yaml.MappingNode && n.Style&yaml.FlowStyle != 0 && want == "text":
		return "must be text, not a section { }: put it in quotes"
	case n.Kind != yaml.ScalarNode:
		return "must be " + want + ", not " + kindOf(n)
	case n.Tag == "!!null":
		return "has no value"
	case strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") || n.Tag == "!!binary":
		return "has a YAML tag, which is not supported"
	}
	return ""
}

// wrongStyle refuses a number where text is wanted and the other way round.
func wrongStyle(n *yaml.Node, t reflect.Type) error {
	quoted := n.Tag == "!!str" && n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0
	switch {
	case t == reflect.TypeFor[time.Duration]():
	case (t.Kind() == reflect.Int || t.Kind() == reflect.Bool) && quoted:
		return wrong("is text: remove the quotes")
	case t.Kind() == reflect.String || t == reflect.TypeFor[Secret]():
		if n.Tag == "!!int" || n.Tag == "!!float" || n.Tag == "!!bool" {
			return bare("must be text, not " + numberOr(n) + ": put it in quotes")
		}
	}
	return nil
}

func numberOr(n *yaml.Node) string {
	if n.Tag == "!!bool" {
		return "true or false"
	}
	return "a number"
}

// fill converts text, looks at its limits, and sets v when all is well.
func (w *walker) fill(text string, v reflect.Value, f field) error {
	got := reflect.New(v.Type()).Elem()
	if err := convert(text, got); err != nil {
		return err
	}
	if err := bounds(got, f); err != nil {
		return err
	}
	if f.check != "" {
		if err := w.check(f.check, text); err != nil {
			return err
		}
	}
	v.Set(got)
	return nil
}

// convert makes a value of v's type from text.
func convert(text string, v reflect.Value) error {
	var err error
	switch p := v.Addr().Interface().(type) {
	case *time.Duration:
		*p, err = duration(text)
	case *netip.Prefix:
		*p, err = prefix(text)
	case encoding.TextUnmarshaler:
		err = p.UnmarshalText([]byte(text))
	case *string:
		*p = text
	case *int:
		if *p, err = strconv.Atoi(text); err != nil {
			err = wrong("is not a whole number")
		}
	case *bool:
		*p, err = truth(text)
	default:
		err = bare("cannot be set: " + v.Type().String())
	}
	return err
}

func truth(text string) (bool, error) {
	switch strings.ToLower(text) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	case "yes", "on", "y":
		return false, &flaw{message: "is not true or false", suggestion: "true"}
	case "no", "off", "n":
		return false, &flaw{message: "is not true or false", suggestion: "false"}
	}
	return false, wrong("is not true or false")
}

func prefix(text string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(text)
	switch {
	case err == nil && p != p.Masked():
		return p, &flaw{message: "has bits beyond its length", suggestion: p.Masked().String()}
	case err == nil:
		return p, nil
	}
	f := &flaw{message: "is not an address range such as 10.20.0.0/16"}
	if a, err := netip.ParseAddr(text); err == nil && a.Zone() == "" {
		f.suggestion = netip.PrefixFrom(a, a.BitLen()).String()
	}
	return p, f
}

// bounds applies min, max and enum.
func bounds(v reflect.Value, f field) error {
	switch x := v.Interface().(type) {
	case time.Duration:
		least, _ := duration(f.min)
		most, _ := duration(f.max)
		if f.max != "" && x > most {
			return wrong("is more than " + f.max)
		}
		if f.min != "" && x < least {
			return wrong("is less than " + f.min)
		}
	case int:
		if f.max != "" && (x < number(f.min) || x > number(f.max)) {
			return wrong(fmt.Sprintf("is not between %s and %s", f.min, f.max))
		}
	case string:
		return textBounds(x, f)
	}
	return nil
}

func textBounds(s string, f field) error {
	n := utf8.RuneCountInString(s)
	switch {
	case len(f.enum) > 0 && slices.Contains(f.later, s):
		return wrong("is not supported in this version")
	case len(f.enum) > 0 && !slices.Contains(f.enum, s):
		return &flaw{message: "is not " + choice(f.enum), suggestion: nearest(s, f.enum)}
	case n < number(f.min):
		return bare("is empty")
	case f.max != "" && n > number(f.max):
		return bare(fmt.Sprintf("is %d characters long, which is more than %s", n, f.max))
	}
	return nil
}

func choice(words []string) string {
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// number reads a limit of a tag; none is 0.
func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// defaults fills a section with what its tags say.
func (w *walker) defaults(path string, v reflect.Value) {
	if v.Kind() != reflect.Struct {
		return
	}
	known, _ := w.fields(v.Type())
	for _, f := range known {
		here, fv := join(path, f.key), v.FieldByIndex(f.index)
		if f.section() {
			w.defaults(here, fv)
		} else if f.hasDef {
			if err := convert(f.def, fv); err != nil {
				w.problem(Position{w.file, 1, 1}, here, "default: "+err.Error(), "")
			}
		}
	}
}
