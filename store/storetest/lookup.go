package storetest

import (
	"fmt"
	"strings"
	"testing"

	"spool"
)

// testLookup finds items and posts by all their names.
func testLookup(t *testing.T, f *fixture) {
	f.configure(t, []string{"news", "sport"}, []string{"desk", "night"})
	posts := f.record(t, newPost("one", "desk"), newPost("one", "night"), newPost("two", "desk"))
	l := f.claimAccount(t, "desk").Lease
	live := f.live(t, l, posts[0], "n17")
	// A group that knows an item of its own under the same link.
	if err := f.Sync(t.Context(), []spool.FeedState{feed("news", "paper"), feed("blog", "alone")}, nil); err != nil {
		t.Fatal(err)
	}
	twin := newItem("twin")
	twin.Item.Feed, twin.Keys = "blog", []spool.Key{"guid:twin", "link:one"}
	must(f.Ingest(t.Context(), spool.Ingest{Feed: f.claimFeed(t, "blog"), New: []spool.NewItem{twin}}))(t)

	for name, c := range map[string]struct{ got, want string }{
		"an id":             {named(must(f.ItemsBeginning(t.Context(), "two"))(t)), "two"},
		"how ids begin":     {named(must(f.ItemsBeginning(t.Context(), "tw"))(t)), "twin two"},
		"no id":             {named(must(f.ItemsBeginning(t.Context(), ""))(t)), ""},
		"no wildcard":       {named(must(f.ItemsBeginning(t.Context(), "%"))(t)), ""},
		"keys, any group":   {named(must(f.ItemsKnownAs(t.Context(), []spool.Key{"link:one", "guid:one", "guid:nothing"}))(t)), "twin one"},
		"no keys":           {named(must(f.ItemsKnownAs(t.Context(), nil))(t)), ""},
		"unknown keys":      {named(must(f.ItemsKnownAs(t.Context(), []spool.Key{"link:"}))(t)), ""},
		"posts of an item":  {ids(must(f.PostsAbout(t.Context(), "one"))(t)), "[post-one-desk post-one-night]"},
		"a network's id":    {ids(must(f.PostsAt(t.Context(), "n17"))(t)), "[post-one-desk]"},
		"a post's address":  {ids(must(f.PostsAt(t.Context(), live.Receipt.URL))(t)), "[post-one-desk]"},
		"no address":        {ids(must(f.PostsAt(t.Context(), ""))(t)), "[]"},
		"words of a title":  {named(must(f.SearchItems(t.Context(), titled("TITLE OF T")))(t)), "twin two"},
		"words of no title": {named(must(f.SearchItems(t.Context(), titled("nothing")))(t)), ""},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", name, c.got, c.want)
		}
	}
	links := must(f.LatestLinks(t.Context()))(t)
	if len(links) != 2 || links["blog"] != "https://www.example.org/twin" || links["news"] == "" {
		t.Errorf("latest links are %v", links)
	}
}

// testLookupIsBounded asks for what very many items have.
func testLookupIsBounded(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, nil)
	in := spool.Ingest{Feed: f.claimFeed(t, "news")}
	for i := range 90 {
		in.New = append(in.New, newItem(fmt.Sprintf("item%02d", i)))
	}
	must(f.Ingest(t.Context(), in))(t)
	looked := 0
	found := must(f.SearchItems(t.Context(), func(spool.Item) bool { looked++; return true }))(t)
	if len(found) != 20 || looked != 20 || found[0].ID != "item89" {
		t.Errorf("%d found of %d looked at, the first is %s", len(found), looked, found[0].ID)
	}
	if n := len(must(f.ItemsBeginning(t.Context(), "item"))(t)); n != 20 {
		t.Errorf("%d ids begin so", n)
	}
}

func titled(words string) func(spool.Item) bool {
	return func(it spool.Item) bool { return strings.Contains(strings.ToUpper(it.Title), words) }
}

// named are the ids of items.
func named(items []spool.Item) string {
	var all []string
	for _, it := range items {
		all = append(all, it.ID)
	}
	return strings.Join(all, " ")
}
