package scheduler

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"spool"
)

// A Pattern is a regular expression and the part of an item it looks at.
type Pattern struct {
	On     string // title, summary, category, author or link; empty: title, summary and categories
	Regexp *regexp.Regexp
}

// Filters say which items of a feed are for its accounts: those that match one
// of Include (or all, when there is none) and none of Exclude.
type Filters struct {
	Include []Pattern
	Exclude []Pattern
}

// A Rule is a key of the configuration by which an item is kept out.
type Rule string

// The rules.
const (
	NoRule  Rule = "" // it is not kept out
	Include Rule = "include"
	Exclude Rule = "exclude"
)

// A Ruling is what filters say of an item, and why.
type Ruling struct {
	Rule   Rule   // by which it is kept out; NoRule: it is wanted
	Reason string // for people; of an item that is wanted, which pattern asked for it, if one did
}

// Pass reports whether the item is wanted, and if not, why.
func (f Filters) Pass(it spool.Item) (ok bool, reason string) {
	if r := f.Rule(it); r.Rule != NoRule {
		return false, r.Reason
	}
	return true, ""
}

// Rule says whether the item is wanted, and why or why not. An item that both
// lists match is not.
func (f Filters) Rule(it spool.Item) Ruling {
	if len(f.Include)+len(f.Exclude) == 0 {
		return Ruling{}
	}
	all := subjectOf(it)
	wanted, asked := all.find(f.Include)
	if !asked && len(f.Include) > 0 {
		return Ruling{Include, "no pattern of include matches: " + someOf(f.Include)}
	}
	if m, ok := all.find(f.Exclude); ok {
		return Ruling{Exclude, "exclude " + m.String()}
	}
	if asked {
		return Ruling{NoRule, "include " + wanted.String()}
	}
	return Ruling{}
}

// Bounds of a reason, in characters. It is stored with each item.
const (
	shownPattern = 80
	shownMatch   = 60
	shownList    = 3 // patterns that are named
)

// someOf names the first few patterns.
func someOf(patterns []Pattern) string {
	var names []string
	for _, p := range patterns[:min(len(patterns), shownList)] {
		names = append(names, quote(p.String(), shownPattern))
	}
	text := strings.Join(names, ", ")
	if more := len(patterns) - len(names); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// String is the pattern as it is written in the configuration.
func (p Pattern) String() string {
	return strings.TrimPrefix(p.On+":"+p.Regexp.String(), ":")
}

// A match is where a pattern was found.
type match struct {
	pattern Pattern
	field   string // the name of it
	text    string // what the pattern took
	whole   string // the text that it was found in
}

// String says which pattern was found, in which field, and on what.
func (m match) String() string {
	pattern := quote(m.pattern.String(), shownPattern)
	switch {
	case m.whole == "":
		return fmt.Sprintf("%s matches: the item has no %s", pattern, m.field)
	case m.text == "" || m.text == m.whole:
		return fmt.Sprintf("%s matches the %s %s", pattern, m.field, quote(m.whole, shownMatch))
	}
	return fmt.Sprintf("%s matches %s in the %s %s", pattern, quote(m.text, shownMatch), m.field, quote(m.around(), shownMatch))
}

// around is the text from a little before what was found, if it is long.
func (m match) around() string {
	const before = 20
	at := utf8.RuneCountInString(m.whole[:max(strings.Index(m.whole, m.text), 0)])
	runes := []rune(m.whole)
	if len(runes) <= shownMatch || at <= before {
		return m.whole
	}
	return "…" + string(runes[at-before:])
}

// quote puts a text in quotation marks, on one line, and shortens it to so many
// characters. Hyphens that are only there for breaking a line are left out.
func quote(text string, most int) string {
	text = strings.ReplaceAll(text, "\u00ad", "")
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if r := []rune(text); len(r) > most {
		text = string(r[:most-1]) + "…"
	}
	return `"` + text + `"`
}
