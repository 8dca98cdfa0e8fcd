package compose

import (
	"fmt"
	"strings"
	"text/template"
	"time"
	"unicode"
	"unicode/utf8"
)

// Marks in a template's output. None of them can come from a feed or a
// configuration, because both are cleaned of control characters.
const (
	fitOpen  = '\x01' // what fit was given begins
	fitClose = '\x02' // and ends
	linkMark = '\x03' // stands for the link
	partMark = '\x05' // something was printed here, perhaps nothing
)

// A helper is a function of the templates. Arguments count the piped value.
type helper struct {
	call     any
	min, max int
}

// helpers returns what templates can call. They take anything and never fail,
// so a template that passed Check cannot fail for want of data. None of them
// makes text much longer: that keeps every template's work small.
func helpers() map[string]helper {
	return map[string]helper{
		"fit":     {fit, 1, 1},
		"upper":   {func(v any) string { return strings.ToUpper(text(v)) }, 1, 1},
		"lower":   {func(v any) string { return strings.ToLower(text(v)) }, 1, 1},
		"trim":    {func(v any) string { return strings.TrimSpace(text(v)) }, 1, 1},
		"default": {orDefault, 2, 2},
		"join":    {join, 2, 2},
		"hashtag": {hashtag, 1, 1},
		"date":    {date, 2, 2},
		"eq":      {equal, 2, 9},
		"ne":      {func(a, b any) bool { return text(a) != text(b) }, 2, 2},
		"and":     {nil, 1, 9},
		"or":      {nil, 1, 9},
		"not":     {nil, 1, 1},
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

// A moment is a date that may be missing: nil is printed as nothing.
type moment struct{ at time.Time }

func newMoment(t time.Time, zone *time.Location) *moment {
	if t.IsZero() {
		return nil
	}
	if zone == nil {
		zone = time.UTC
	}
	return &moment{t.In(zone)}
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
		return date("2006-01-02 15:04", v)
	}
	return fmt.Sprint(v)
}

// fit marks the part that is shortened first. A link is never shortened.
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

func date(layout, v any) string {
	if m, ok := v.(*moment); ok && m != nil {
		return m.at.Format(text(layout))
	}
	return ""
}

func equal(a any, others ...any) bool {
	for _, b := range others {
		if text(a) == text(b) {
			return true
		}
	}
	return false
}

// hashtag makes "#LocalNews" of "local news", one for each value of a list.
// What would be no hashtag, like "#2026", is left out.
func hashtag(v any) string {
	list, ok := v.([]string)
	if !ok {
		list = []string{text(v)}
	}
	var tags []string
	for _, s := range list {
		if tag := camel(s); strings.ContainsFunc(tag, unicode.IsLetter) {
			tags = append(tags, "#"+tag)
		}
	}
	return strings.Join(tags, " ")
}

func camel(s string) string {
	var b strings.Builder
	for word := range strings.FieldsFuncSeq(strings.ReplaceAll(s, "'", ""), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && r != '_' && r != '\u200d' && r != '\u200b'
	}) {
		word = strings.ReplaceAll(word, "\u200b", "")
		first, size := utf8.DecodeRuneInString(word)
		if size == 0 {
			continue
		}
		b.WriteRune(unicode.ToUpper(first))
		b.WriteString(word[size:])
	}
	return b.String()
}
