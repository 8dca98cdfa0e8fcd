package bluesky

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/publisher/bluesky/blueskytest"
)

// TestDoubles: a second post of the same words is reported, and those of other
// posts are not.
func TestDoubles(t *testing.T) {
	bubble(t, blueskytest.Options{}, func(w *world) {
		p, _ := w.sent(newPost())
		pause(15 * time.Minute)
		again := w.server.AddManualPost(testUser, testText, testLink)
		w.server.AddManualPost(testUser, testText+" and more", testLink)
		got, f := w.find(p)
		if f != nil || !got.Found || !slices.Equal(got.Others, []string{again}) {
			t.Errorf("%+v, %v", got, f)
		}
		if got, _ = w.find(p, again); len(got.Others) > 0 {
			t.Errorf("reported %v, which belongs to another post", got.Others)
		}
		w.server.DeletePost(p.Receipt.ID)
		if got, f = w.find(p); f != nil || got.Found {
			t.Errorf("%+v, %v after it was deleted", got, f)
		}
	})
}

// TestHistory: what a database that is gone has posted is known again.
func TestHistory(t *testing.T) {
	bubble(t, blueskytest.Options{}, func(w *world) {
		old := w.server.AddManualPost(testUser, "Long ago", "https://a.example/old")
		pause(100 * time.Hour)
		first, _ := w.sent(newPost())
		reply := newPost()
		reply.ID, reply.Purpose, reply.Content = "p2", spool.Continue, spool.Content{Text: "and goes on"}
		w.reply = spool.Reply{To: first.Receipt, Root: first.Receipt}
		reply, _ = w.sent(reply)
		w.reply = spool.Reply{}
		shared := []string{w.server.AddManualPost(testUser, "One", "https://a.example/live"), w.server.AddManualPost(testUser, "Two", "https://a.example/live")}
		for i := range 130 {
			w.server.AddManualPost(testUser, fmt.Sprint("Noise ", i), "")
		}
		h, err := w.client.History(w.t.Context(), time.Now().Add(-72*time.Hour))
		if err != nil {
			w.t.Fatal(err)
		}
		post := func(text, link string) spool.Post { return spool.Post{Content: spool.Content{Text: text, Link: link}} }
		pictured := spool.Post{Content: spool.Content{Text: "With a picture", Media: []spool.Attachment{{File: "x"}}, Instead: &spool.Content{Text: testText, Link: testLink}}}
		continued := reply
		continued.Receipt = spool.Receipt{}
		for _, c := range []struct {
			name string
			post spool.Post
			want string
		}{
			{"the same", post(testText, testLink), first.Receipt.ID},
			{"other words, its own link", post("Reworded", testLink), first.Receipt.ID},
			{"the same words, no link", post(testText, ""), first.Receipt.ID},
			{"what stood in for a picture", pictured, first.Receipt.ID},
			{"a shared link and its words", post("Two", "https://a.example/live"), shared[1]},
			{"a shared link and other words", post("Three", "https://a.example/live"), ""},
			{"the words of a reply, on their own", post("and goes on", ""), ""},
			{"a reply", continued, reply.Receipt.ID},
			{"too old", post("Long ago", "https://a.example/old"), ""},
			{"nothing", post("", ""), ""},
		} {
			got, ok := h.Match(c.post, nil)
			if ok != (c.want != "") || got.ID != c.want || ok && (got.Version == "" || got.URL == "") {
				t.Errorf("%s: %+v, want %q", c.name, got, c.want)
			}
		}
		if got, ok := h.Match(post(testText, testLink), map[string]bool{first.Receipt.ID: true}); ok {
			t.Errorf("matched %+v, which is taken", got)
		}
		_ = old
	})
}

// TestLongHistory: posts of which a whole page is more than is read of an answer are
// read in smaller ones.
func TestLongHistory(t *testing.T) {
	bubble(t, blueskytest.Options{}, func(w *world) {
		first, _ := w.sent(newPost())
		for i := range 60 { // the stand-in does not mind the length, as servers do not mind that of a description
			w.server.AddManualPost(testUser, fmt.Sprint("Noise ", i, strings.Repeat(" and more of it", 4000)), "")
		}
		h, err := w.client.History(w.t.Context(), time.Now().Add(-72*time.Hour))
		if err != nil {
			w.t.Fatal(err)
		}
		if got, ok := h.Match(newPost(), nil); !ok || got.ID != first.Receipt.ID {
			t.Errorf("%v: %+v, want %s", ok, got, first.Receipt.ID)
		}
	})
}
