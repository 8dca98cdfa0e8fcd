package mastodon

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/publisher"
	"spool/publisher/mastodon/mastodontest"
)

// TestHistory: what is on the account already is found by a database that has
// forgotten it, on servers of each kind.
func TestHistory(t *testing.T) {
	for _, k := range []mastodontest.Knobs{{}, {Software: mastodontest.GoToSocial}, {Readback: mastodontest.ReadChanged}, {ListMinID: mastodontest.MinIDIgnored}} {
		bubble(t, mastodontest.Options{Knobs: k}, func(w *world) {
			old := w.server.AddManualPost(testUser, "Long ago https://news.example.org/old")
			pause(100 * time.Hour)
			first, _ := w.oneOf(newPost(), 2)
			for i := range 90 {
				w.server.AddManualPost(testUser, fmt.Sprintf("Filler %d", i))
				pause(time.Second)
			}
			h, err := w.client.History(w.t.Context(), time.Now().Add(-72*time.Hour))
			if err != nil {
				t.Fatal(err)
			}
			match := func(c spool.Content, purpose spool.Purpose, taken map[string]bool) string {
				p := newPost()
				p.Content, p.Purpose = c, purpose
				r, _ := h.Match(p, taken)
				return r.ID
			}
			c := spool.Content{Text: testText, Link: testLink}
			inText := spool.Content{Text: testText + "\n\n" + testLink}
			other := spool.Content{Text: "In other words", Link: testLink}
			for name, got := range map[string]string{
				"the same": match(c, spool.Announce, nil), "its link in the text": match(inText, "", nil), "other words, its link": match(other, spool.Announce, nil),
			} {
				if got != first.Receipt.ID {
					t.Errorf("%+v: %s: %q, want %q", k, name, got, first.Receipt.ID)
				}
			}
			for name, got := range map[string]string{
				"taken": match(c, "", map[string]bool{first.Receipt.ID: true}), "a correction with the link": match(other, spool.Correct, nil),
				"a replacement in other words": match(other, spool.Replace, nil), "an edit": match(c, spool.Edit, nil),
				"something else": match(spool.Content{Text: "Something"}, "", nil), "too old": match(spool.Content{Text: "Long ago", Link: "https://news.example.org/old"}, "", nil),
			} {
				if got != "" {
					t.Errorf("%+v: %s: matched %q (the old one is %q)", k, name, got, old)
				}
			}
		})
	}
}

// oneOf is one, where a reader sees n posts.
func (w *world) oneOf(p spool.Post, n int) (spool.Post, []mastodontest.Post) {
	w.t.Helper()
	p = w.drive(p)
	if p.State != spool.Live {
		w.t.Fatalf("the post is %s: %s", p.State, p.Reason)
	}
	return p, w.visible(n)
}

// TestHistorySharedLink: a link that two statuses have proves nothing.
func TestHistorySharedLink(t *testing.T) {
	bubble(t, mastodontest.Options{}, func(w *world) {
		w.server.AddManualPost(testUser, "No service on line 4 "+testLink)
		pause(time.Minute)
		second := w.server.AddManualPost(testUser, "No service on line 5 "+testLink)
		h, err := w.client.History(w.t.Context(), time.Now().Add(-time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		p := newPost()
		p.Content = spool.Content{Text: "No service on line 6", Link: testLink}
		if r, ok := h.Match(p, nil); ok {
			t.Errorf("matched %+v", r)
		}
		p.Content = spool.Content{Text: "No service on line 5 " + testLink}
		if r, ok := h.Match(p, nil); !ok || r.ID != second {
			t.Errorf("matched %+v, %v", r, ok)
		}
	})
}

// TestFindReadsSoManyPages: a post is found among many others, and beyond the
// bound nobody says that it is not there.
func TestFindReadsSoManyPages(t *testing.T) {
	for n, want := range map[int]bool{150: true, 450: false} {
		bubble(t, mastodontest.Options{}, func(w *world) {
			w.server.AddManualPost(testUser, "The first")
			p := w.send(newPost())
			for i := range n {
				w.server.AddManualPost(testUser, fmt.Sprintf("By hand, %d", i))
			}
			w.server.Plan(onPost(mastodontest.CommitThenDrop()))
			p = w.send(p)
			s, err := w.client.Find(w.t.Context(), publisher.Query{Post: p})
			if s.Found != want || s.Gone || want && err != nil || !want && (err == nil || w.failure(err).Kind != spool.Unsure) {
				t.Errorf("among %d: %+v, %v", n, s, err)
			}
		})
	}
}

// TestFindReadsLongTexts: where a page of them is more than is read of an answer.
func TestFindReadsLongTexts(t *testing.T) {
	bubble(t, mastodontest.Options{Knobs: mastodontest.Knobs{MaxCharacters: 100_000}}, func(w *world) {
		w.server.AddManualPost(testUser, "The first")
		p := w.send(newPost())
		for range 30 {
			w.server.AddManualPost(testUser, strings.Repeat("long words ", 6000))
		}
		w.server.Plan(onPost(mastodontest.CommitThenDrop()))
		p = w.send(p)
		if s, err := w.client.Find(w.t.Context(), publisher.Query{Post: p}); err != nil || !s.Found {
			t.Errorf("found %+v, %v", s, err)
		}
	})
}

// TestFindKnowsWhatWasNeverSent: only where no request had an unknown outcome can
// nothing appear any more.
func TestFindKnowsWhatWasNeverSent(t *testing.T) {
	bubble(t, mastodontest.Options{}, func(w *world) {
		p := w.send(newPost())
		ctx, cancel := endedContext(w)
		defer cancel()
		p = w.next(p, spool.Event{What: spool.Began})
		_, err := w.client.Publish(ctx, p)
		f := w.failure(err)
		if f.Kind != spool.Unsure {
			t.Fatalf("got %v", f)
		}
		p = w.next(p, spool.Event{What: spool.Refused, Failure: f})
		if s, err := w.client.Find(w.t.Context(), publisher.Query{Post: p}); err != nil || !s.Gone {
			t.Errorf("nothing was sent: %+v, %v", s, err)
		}
		lapsed := w.next(w.next(w.send(newPost()), spool.Event{What: spool.Began}), spool.Event{What: spool.Lapsed})
		if s, err := w.client.Find(w.t.Context(), publisher.Query{Post: lapsed}); err != nil || s.Gone || s.Found {
			t.Errorf("whether anything was sent nobody knows: %+v, %v", s, err)
		}
	})
}

func endedContext(w *world) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(w.t.Context())
	cancel()
	return ctx, cancel
}
