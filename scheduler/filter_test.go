package scheduler

import (
	"regexp"
	"testing"

	"spool"
)

func TestFiltersPass(t *testing.T) {
	it := spool.Item{Title: "Council votes on budget", Summary: "A long night", Categories: []string{"Politics", "Sponsored"}, Author: "Ada", Link: "https://example.org/live/1"}
	pattern := func(on, expr string) []Pattern { return []Pattern{{On: on, Regexp: regexp.MustCompile(expr)}} }
	tests := map[string]struct {
		f    Filters
		want bool
	}{
		"none":                   {Filters{}, true},
		"include on title":       {Filters{Include: pattern("", "(?i)COUNCIL")}, true},
		"include on category":    {Filters{Include: pattern("category", "^Politics$")}, true},
		"include misses":         {Filters{Include: pattern("", "football")}, false},
		"a field is only that":   {Filters{Include: pattern("summary", "Council")}, false},
		"exclude on any":         {Filters{Exclude: pattern("", "Sponsored")}, false},
		"exclude on author":      {Filters{Exclude: pattern("author", "Ada")}, false},
		"exclude on link":        {Filters{Exclude: pattern("link", "/live/")}, false},
		"exclude beats include":  {Filters{Include: pattern("", "Council"), Exclude: pattern("title", "budget")}, false},
		"exclude that misses":    {Filters{Exclude: pattern("title", "Sponsored")}, true},
		"several: one is enough": {Filters{Include: append(pattern("", "football"), pattern("", "night")...)}, true},
	}
	for name, test := range tests {
		if ok, reason := test.f.Pass(it); ok != test.want || (reason == "") != ok {
			t.Errorf("%s: got %v (%q), want %v", name, ok, reason, test.want)
		}
	}
}
