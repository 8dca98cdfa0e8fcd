package scheduler

import (
	"fmt"
	"regexp"
	"strings"

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

// Pass reports whether the item is wanted, and if not, why.
func (f Filters) Pass(it spool.Item) (bool, string) {
	if len(f.Include) > 0 && !anyMatches(f.Include, it) {
		return false, "no pattern of include matches"
	}
	for _, p := range f.Exclude {
		if p.matches(it) {
			return false, fmt.Sprintf("exclude %q matches", p)
		}
	}
	return true, ""
}

func anyMatches(patterns []Pattern, it spool.Item) bool {
	for _, p := range patterns {
		if p.matches(it) {
			return true
		}
	}
	return false
}

func (p Pattern) matches(it spool.Item) bool {
	for _, text := range p.texts(it) {
		if p.Regexp.MatchString(text) {
			return true
		}
	}
	return false
}

func (p Pattern) texts(it spool.Item) []string {
	switch p.On {
	case "title":
		return []string{it.Title}
	case "summary":
		return []string{it.Summary}
	case "category":
		return it.Categories
	case "author":
		return []string{it.Author}
	case "link":
		return []string{it.Link}
	}
	return append([]string{it.Title, it.Summary}, it.Categories...)
}

// String is the pattern as it is written in the configuration.
func (p Pattern) String() string {
	return strings.TrimPrefix(p.On+":"+p.Regexp.String(), ":")
}
