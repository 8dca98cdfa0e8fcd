package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestWidth(t *testing.T) {
	for text, want := range map[string]int{
		"": 0, "plain": 5, "東京": 4, "🎉": 2, "👨‍👩‍👧‍👦": 2, "e\u0301te\u0301": 3, "القناة": 6,
	} {
		if got := width(text); got != want {
			t.Errorf("%q is %d columns wide, want %d", text, got, want)
		}
	}
}

func TestCut(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		to         int
		want       string
	}{
		{"fits", "eight ch", 8, "eight ch"},
		{"too long", "nine char", 8, "nine ch…"},
		{"no space before the ellipsis", "seven and more", 7, "seven…"},
		{"ideographs take two columns", "東京の図書館", 8, "東京の…"},
		{"an emoji is not torn", "ab👨‍👩‍👧‍👦cd", 4, "ab…"},
		{"lines become one", "one\n\ntwo", 20, "one two"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := cut(tt.text, tt.to)
			if got != tt.want || width(got) > tt.to {
				t.Errorf("got %q, %d columns wide; want %q", got, width(got), tt.want)
			}
		})
	}
}

func TestWrap(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		to         int
		want       []string
	}{
		{"nothing", "", 10, []string{""}},
		{"between words", "the quick brown fox", 10, []string{"the quick", "brown fox"}},
		{"a word that fills the line", "a 0123456789 b", 10, []string{"a", "0123456789", "b"}},
		{"a word that is too long", "see 0123456789abcdef", 10, []string{"see", "0123456789", "abcdef"}},
		{"no spaces between ideographs", "東京の図書館が", 6, []string{"東京の", "図書館", "が"}},
		{"a line too narrow for anything", "東京", 1, []string{"東", "京", ""}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := wrap(tt.text, tt.to); strings.Join(got, "|") != strings.Join(tt.want, "|") {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// sampleTable has wide characters in the columns that must stay aligned.
func sampleTable() table {
	return table{head: []string{"FEED", "STATE", "NOTE"}, rows: [][]cell{
		{{text: "東京"}, {text: "ok"}, {text: "short"}},
		{{text: "🎉 party"}, {text: "failing 3×"}, {text: "the publisher has given up this feed: look for a new address"}},
		{{text: "plain"}, {text: "ok"}, {}},
	}}
}

func TestTablesOfATerminal(t *testing.T) {
	for name, tt := range map[string]struct {
		line int
		want string
	}{
		"all beside each other": {100, `
FEED      STATE       NOTE
東京      ok          short
🎉 party  failing 3×  the publisher has given up this feed: look for a new address
plain     ok
`}, "the last column is wrapped": {50, `
FEED      STATE       NOTE
東京      ok          short
🎉 party  failing 3×  the publisher has given up
                      this feed: look for a new
                      address
plain     ok
`}, "the last column stands below": {40, `
FEED      STATE
  NOTE
東京      ok
  short
🎉 party  failing 3×
  the publisher has given up this feed:
  look for a new address
plain     ok
`}} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			sampleTable().printAligned(&program{world: world{out: &out}}, tt.line)
			if got := out.String(); got != strings.TrimPrefix(tt.want, "\n") {
				t.Errorf("got:\n%s\nwant:%s", got, tt.want)
			}
			for line := range strings.Lines(out.String()) {
				if w := width(strings.TrimSuffix(line, "\n")); w > tt.line {
					t.Errorf("%d columns: %q", w, line)
				}
			}
		})
	}
}

func TestTablesOfAPipe(t *testing.T) {
	var out bytes.Buffer
	table := sampleTable()
	table.print(&program{world: world{out: &out}})
	if want := "FEED\tSTATE\tNOTE\n東京\tok\tshort\n"; !strings.HasPrefix(out.String(), want) {
		t.Errorf("got %q", out.String())
	}
	if strings.Contains(out.String(), "\x1b") {
		t.Error("a pipe got colours")
	}
}
