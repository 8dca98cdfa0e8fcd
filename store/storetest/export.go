package storetest

import (
	"errors"
	"fmt"
	"testing"

	"spool"
	"spool/store"
)

// testExport reads more than is read at once, each item once and with its posts.
func testExport(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, []string{"desk", "night"})
	const items = 1203
	in := spool.Ingest{Feed: f.claimFeed(t, "news"), Accounts: []string{"desk"}}
	for i := range items {
		id := fmt.Sprintf("item%04d", i)
		in.New = append(in.New, newItem(id))
		in.Fates = append(in.Fates, fate(id, "news", spool.FirstRun, "it was there"))
	}
	in.Posts = []spool.Post{newPost("item0700", "night"), newPost("item0700", "desk"), newPost("item1202", "desk")}
	in.Posts = append(in.Posts, follower(in.Posts[1], spool.Correct)) // recorded at the same moment: its id decides
	must(f.Ingest(t.Context(), in))(t)
	n, posts, desk := 0, "", "post-item0700-desk"
	err := f.Export(t.Context(), func(r store.Remembered) error {
		if want := fmt.Sprintf("item%04d", n); r.Item.ID != want || r.Item.Title != "Title of "+want || r.Verdict != spool.FirstRun {
			t.Fatalf("number %d is %+v, want %s", n, r, want)
		}
		if len(r.Posts) > 0 {
			posts += ids(r.Posts)
		}
		n++
		return nil
	})
	if err != nil || n != items || posts != "[correct of "+desk+" "+desk+" post-item0700-night][post-item1202-desk]" {
		t.Errorf("%d items, posts %s, %v", n, posts, err)
	}
	full := errors.New("the disk is full")
	if err := f.Export(t.Context(), func(store.Remembered) error { return full }); !errors.Is(err, full) {
		t.Errorf("error is %v", err)
	}
}
