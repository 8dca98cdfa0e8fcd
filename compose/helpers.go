package compose

import (
	"fmt"
	"strconv"
	"strings"
	"text/template"
)

// Marks in a template's output. None of them can come from a feed or a
// configuration, because both are cleaned of control characters.
const (
	fitOpen  = '\x01' // what fit was given begins
	fitClose = '\x02' // and ends
	linkMark = '\x03' // stands for the link
	partMark = '\x05' // something was printed here, perhaps nothing
	signMark = '\x06' // before and after a hashtag or a handle that is meant as such
	wrapMark = '\x07' // around quotation marks and what is between them
)

// A helper is a function of the templates. Arguments count the piped value.
type helper struct {
	call     any
	min, max int
	saying   bool // call takes a *saying first, which templates do not see
}

// helpers returns what templates can call. They take anything and never fail,
// so a template that passed Check cannot fail for want of data. None of them
// makes text much longer: that keeps every template's work small.
func helpers() map[string]helper {
	return map[string]helper{
		"fit":          {call: fit, min: 1, max: 1},
		"upper":        {call: func(v any) string { return strings.ToUpper(text(v)) }, min: 1, max: 1},
		"lower":        {call: func(v any) string { return strings.ToLower(text(v)) }, min: 1, max: 1},
		"trim":         {call: func(v any) string { return strings.TrimSpace(text(v)) }, min: 1, max: 1},
		"sentencecase": {call: (*saying).sentenceCase, min: 1, max: 1, saying: true},
		"quote":        {call: (*saying).quote, min: 1, max: 1, saying: true},
		"default":      {call: orDefault, min: 2, max: 2},
		"join":         {call: join, min: 2, max: 2},
		"first":        {call: first, min: 2, max: 2},
		"hashtag":      {call: (*saying).hashtag, min: 1, max: 1, saying: true},
		"handle":       {call: (*saying).handle, min: 1, max: 1, saying: true},
		"date":         {call: (*saying).date, min: 2, max: 2, saying: true},
		"day":          {call: (*saying).day, min: 1, max: 1, saying: true},
		"weekday":      {call: (*saying).weekday, min: 1, max: 1, saying: true},
		"clock":        {call: (*saying).clock, min: 1, max: 1, saying: true},
		"in":           {call: in, min: 2, max: 2},
		"eq":           {call: equal, min: 2, max: 9},
		"ne":           {call: func(a, b any) bool { return text(a) != text(b) }, min: 2, max: 2},
		"and":          {min: 1, max: 9},
		"or":           {min: 1, max: 9},
		"not":          {min: 1, max: 1},
	}
}

// printMark is the function that is put behind everything that is printed.
const printMark = "spool_print"

func functions() template.FuncMap {
	m := template.FuncMap{printMark: func(v any) string { return text(v) + string(partMark) }}
	for name, h := range helpers() {
		if h.call != nil {
			m[name] = h.call
		}
	}
	return m
}

// text is how any value is printed.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case []string:
		return strings.Join(v, ", ")
	case *moment:
		return v.format("2006-01-02 15:04")
	}
	return fmt.Sprint(v)
}

// fit marks the part that is shortened first. A link is never shortened, and
// quotation marks stay around what is left.
func fit(v any) string {
	s := strings.Map(func(r rune) rune {
		if r == fitOpen || r == fitClose {
			return -1
		}
		return r
	}, text(v))
	if s == "" || strings.ContainsRune(s, linkMark) {
		return s
	}
	if open, inner, end, ok := unwrap(s); ok {
		return open + string(fitOpen) + inner + string(fitClose) + end
	}
	return string(fitOpen) + s + string(fitClose)
}

func orDefault(other, v any) any {
	if strings.TrimSpace(text(v)) == "" {
		return other
	}
	return v
}

func join(separator, v any) string {
	if list, ok := v.([]string); ok {
		return strings.Join(list, text(separator))
	}
	return text(v)
}

// first is the beginning of a list: so many entries.
func first(n, v any) any {
	list, ok := v.([]string)
	count, err := strconv.Atoi(text(n))
	if !ok || err != nil {
		return v
	}
	return list[:min(max(count, 0), len(list))]
}

func equal(a any, others ...any) bool {
	for _, b := range others {
		if text(a) == text(b) {
			return true
		}
	}
	return false
}
