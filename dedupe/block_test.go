package dedupe

import (
	"strings"
	"testing"

	"spool"
)

// What names one article here and another one at another publisher is not blocked
// everywhere.
func TestBlockable(t *testing.T) {
	for guid, want := range map[string]bool{
		"https://paper.example/?p=12":              true,
		"tag:paper.example,2026:12":                true,
		"urn:uuid:1f1c6b6e-0000-4c8e-9a00-0011223": true,
		"5f0e3a4b9c1d4e2f8a7b6c5d4e3f2a1b":         true,
		"4711":                                     false,
		"":                                         false,
		"article-12":                               false,
	} {
		it := spool.Item{GUID: guid, Link: "https://paper.example/news/12", Title: "Bridge closed"}
		keys := KeysOf([]spool.Item{it})[0]
		var kinds []string
		for _, k := range Blockable(it, append(keys, keys...)) {
			kind, _, _ := strings.Cut(string(k), ":")
			kinds = append(kinds, kind)
		}
		got := strings.Join(kinds, " ")
		if strings.Contains(got, "path") || strings.Contains(got, "all") || strings.Count(got, "link") != 1 {
			t.Errorf("guid %q: %s", guid, got)
		}
		if strings.Contains(got, "guid") != want {
			t.Errorf("guid %q: %s, want the guid: %v", guid, got, want)
		}
		if pruned := Blockable(spool.Item{}, keys); len(pruned) == 0 || strings.Contains(string(pruned[0]), "guid:") {
			t.Errorf("without its words: %v", pruned)
		}
	}
}

// An article that another feed of the group brings goes by its address as well.
func TestWorldwide(t *testing.T) {
	it := spool.Item{GUID: "7", Link: "https://paper.example/news/12", Title: "Bridge closed"}
	link := spool.Key("")
	for _, k := range KeysOf([]spool.Item{it})[0] {
		if strings.HasPrefix(string(k), "link:") {
			link = k
		}
	}
	for _, v := range []Verdict{{Kind: Joined, Item: it}, {Kind: Known, Guest: true, Item: it}, {Kind: Fresh, Item: it, Keys: []spool.Key{link}}} {
		if got := Worldwide(v); len(got) != 1 || got[0] != link {
			t.Errorf("%s: %v", v.Kind, got)
		}
	}
	if got := Worldwide(Verdict{Kind: Fresh, Item: it}); len(got) != 0 {
		t.Errorf("a new item whose names tell nothing apart: %v", got)
	}
}
