package scheduler

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"spool"
)

// story is what the filters of these tests look at.
var story = spool.Item{
	Title: "Council’s vote on the budget", Summary: "A long night.\n\nThe mayor–elect\u00a0spoke of a\u00adgree\u00adment.",
	Categories: []string{"Politics", "Sponsored content"}, Author: "Ada King, Bo Diaz", Link: "https://example.org/live/m%C3%BCnchen/1?id=7",
}

// pat reads a pattern as the configuration has it.
func pat(texts ...string) []Pattern {
	var out []Pattern
	for _, text := range texts {
		on, expr, ok := strings.Cut(text, ":")
		switch on {
		case "title", "summary", "category", "author", "link":
		default:
			ok = false
		}
		if !ok {
			on, expr = "", text
		}
		out = append(out, Pattern{On: on, Regexp: regexp.MustCompile(expr)})
	}
	return out
}

func TestFilters(t *testing.T) {
	tests := []struct {
		name             string
		include, exclude []Pattern
		rule             Rule
		reason           string
	}{
		{name: "none"},
		{"title", pat("(?i)COUNCIL"), nil, NoRule, `include "(?i)COUNCIL" matches "Council" in the title "Council’s vote on the budget"`},
		{"summary", pat("summary:mayor"), nil, NoRule, `include "summary:mayor" matches "mayor" in the summary "A long night. The mayor–elect spoke of agreement."`},
		{"a whole category", pat("category:^Politics$"), nil, NoRule, `include "category:^Politics$" matches the category "Politics"`},
		{"any: a category", nil, pat("^Sponsored"), Exclude, `exclude "^Sponsored" matches "Sponsored" in the category "Sponsored content"`},
		{"categories one at a time", pat("category:Politics.*Sponsored"), nil, Include, `no pattern of include matches: "category:Politics.*Sponsored"`},
		{"none of several", pat("football", "title:zz", "link:bb", "cc", "dd"), nil, Include, `no pattern of include matches: "football", "title:zz", "link:bb" and 2 more`},
		{"a field is only that", pat("summary:Council"), nil, Include, `no pattern of include matches: "summary:Council"`},
		{"authors and links are not in any", nil, pat("Ada|example.org"), NoRule, ""},
		{"an author", nil, pat("author:^Bo Diaz$"), Exclude, `exclude "author:^Bo Diaz$" matches the author "Bo Diaz"`},
		{"all authors", nil, pat("author:^Ada King, Bo Diaz$"), Exclude, `exclude "author:^Ada King, Bo Diaz$" matches the author "Ada King, Bo Diaz"`},
		{"a link", nil, pat("link:/live/"), Exclude, `exclude "link:/live/" matches "/live/" in the link "https://example.org/live/m%C3%BCnchen/1?id=7"`},
		{"a link as people write it", nil, pat("link:/münchen/"), Exclude, `exclude "link:/münchen/" matches "/münchen/" in the link "https://example.org/live/münchen/1?id=7"`},
		{"a link as it is", nil, pat("link:m%C3%BCnchen"), Exclude, `exclude "link:m%C3%BCnchen" matches "m%C3%BCnchen" in the link "https://example.org/live/m%C3%BCnchen/1?id=7"`},
		{"both lists", pat("Council"), pat("title:budget"), Exclude, `exclude "title:budget" matches "budget" in the title "Council’s vote on the budget"`},
		{"exclude misses", nil, pat("title:Sponsored"), NoRule, ""},
		{"one of several is enough", pat("football", "night"), nil, NoRule, `include "night" matches "night" in the summary "A long night. The mayor–elect spoke of agreement."`},
		{"straight quotation marks", pat("title:Council's"), nil, NoRule, `include "title:Council's" matches "Council's" in the title "Council's vote on the budget"`},
		{"and typographic ones", pat("title:Council’s"), nil, NoRule, `include "title:Council’s" matches "Council’s" in the title "Council’s vote on the budget"`},
		{"hyphens, spaces and what is unseen", pat("mayor-elect spoke of agreement"), nil, NoRule, `include "mayor-elect spoke of agreement" matches "mayor-elect spoke of agreement" in the summary "A long night. The mayor-elect spoke of agreement."`},
		{"across lines", pat("night. The"), nil, NoRule, `include "night. The" matches "night. The" in the summary "A long night. The mayor-elect spoke of agreement."`},
		{"lines as they are", pat("(?m)^The mayor"), nil, NoRule, `include "(?m)^The mayor" matches "The mayor" in the summary "A long night. The mayor–elect spoke of agreement."`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := Filters{tt.include, tt.exclude}
			got := f.Rule(story)
			if got.Rule != tt.rule || got.Reason != tt.reason {
				t.Errorf("got %q: %s\nwant %q: %s", got.Rule, got.Reason, tt.rule, tt.reason)
			}
			ok, reason := f.Pass(story)
			if ok != (tt.rule == NoRule) || (reason == "") != ok {
				t.Errorf("Pass returned %v with %q", ok, reason)
			}
		})
	}
}

// What an item lacks is empty, in all fields alike.
func TestFiltersOnWhatIsMissing(t *testing.T) {
	for _, field := range []string{"title", "summary", "category", "author", "link"} {
		got := Filters{Exclude: pat(field + ":^$")}.Rule(spool.Item{})
		if want := `exclude "` + field + `:^$" matches: the item has no ` + field; got.Rule != Exclude || got.Reason != want {
			t.Errorf("got %q: %s\nwant %s", got.Rule, got.Reason, want)
		}
	}
	if got := (Filters{Exclude: pat("category:^$")}).Rule(story); got.Rule != NoRule {
		t.Errorf("an item with categories: %s", got.Reason)
	}
}

// A letter is the same however the feed composes it.
func TestFiltersComposeLetters(t *testing.T) {
	it := spool.Item{Title: "Cafe\u0301 closes"}
	if got := (Filters{Include: pat("(?i)CAFÉ")}).Rule(it); got.Rule != NoRule {
		t.Errorf("got %s", got.Reason)
	}
}

// A reason is stored with each item and shown on a line: it must stay short
// whatever the item and the pattern are.
func TestFilterReasonsAreBounded(t *testing.T) {
	long := strings.Repeat("word\n\x1b[31m\x00 ", 2000)
	for _, it := range []spool.Item{{Title: long + "Council" + long}, {Summary: long}, {Link: "https://example.org/%00%0a%1b" + long}, {Author: long}} {
		for _, expr := range []string{"Council", "(?s).*", "link:(?s).*", "author:word", strings.Repeat("[^x]", 200)} {
			for _, f := range []Filters{{Include: pat(expr)}, {Exclude: pat(expr)}} {
				r := f.Rule(it).Reason
				if utf8.RuneCountInString(r) > 400 || strings.ContainsAny(r, "\n\x1b\x00") || !utf8.ValidString(r) {
					t.Errorf("%d bytes: %q", len(r), r)
				}
			}
		}
	}
	got := Filters{Exclude: pat("Council")}.Rule(spool.Item{Title: strings.Repeat("a word before ", 20) + "Council" + long})
	if !strings.Contains(got.Reason, `in the title "…`) || strings.Count(got.Reason, "Council") != 3 {
		t.Errorf("what was found is not in what is shown: %s", got.Reason)
	}
}

// The expressions are RE2, so that no pattern takes time that grows faster than
// the text. What makes others loop for ages ends at once here.
func TestFiltersTakeHostilePatterns(t *testing.T) {
	it := spool.Item{Title: strings.Repeat("a", 2000) + "!", Summary: strings.Repeat("a", 20_000)}
	if got := (Filters{Include: pat("^(a+)+$", "^(a|aa)+$", "(.*)(.*)(.*)x")}).Rule(it); got.Rule != NoRule {
		t.Errorf("got %s", got.Reason)
	}
}

func FuzzFilters(f *testing.F) {
	f.Add("(?i)council", "Council’s vote", "A long night", "https://example.org/%zz")
	f.Add("^$", "", "", "")
	f.Add("é", "e\u0301", "\xff\xfe", "https://example.org/\u00ad")
	f.Fuzz(func(t *testing.T, expr, title, summary, link string) {
		re, err := regexp.Compile(expr)
		if err != nil || len(expr) > 1000 {
			t.Skip()
		}
		it := spool.Item{Title: title, Summary: summary, Link: link, Author: title + ", " + summary, Categories: []string{title}}
		for _, on := range []string{"", "title", "summary", "category", "author", "link"} {
			p := []Pattern{{on, re}}
			in, out := Filters{Include: p}.Rule(it), Filters{Exclude: p}.Rule(it)
			if (in.Rule == NoRule) == (out.Rule == NoRule) {
				t.Errorf("include: %q, exclude: %q", in.Rule, out.Rule)
			}
			for _, r := range []string{in.Reason, out.Reason} {
				if utf8.RuneCountInString(r) > 400 || strings.Contains(r, "\n") {
					t.Errorf("reason %q", r)
				}
			}
		}
	})
}
