package mastodon

import (
	"testing"
	"time"

	"spool"
	"spool/publisher"
	"spool/publisher/mastodon/mastodontest"
)

// The holes that servers leave. Each test shows one: it fails when the hole is
// closed, so that the documentation can be mended, and next to it stands what
// keeps it small.

// TestHoleM1EffectLaterThanGrace: what was sent takes effect only after the grace
// time. The server looked the key up when the request arrived, long before it
// stored the status under it, so the second request makes a second status. A
// server that locks the key turns the second one away, and then the first is
// found.
func TestHoleM1EffectLaterThanGrace(t *testing.T) {
	for how, want := range map[mastodontest.Idempotency]int{
		mastodontest.KeyKept: 2, mastodontest.KeyIgnored: 2, mastodontest.KeyBroken: 2, mastodontest.KeyLocked: 1,
	} {
		bubble(t, mastodontest.Options{Knobs: mastodontest.Knobs{Idempotency: how}}, func(w *world) {
			w.server.Plan(onPost(mastodontest.CommitLate(15 * time.Minute)))
			p := w.drive(newPost())
			pause(time.Hour)
			if n := len(w.server.Visible(testUser)); n != want || p.State != spool.Live {
				t.Errorf("%s: the post is %s and a reader sees %d, want %d\n%s", how, p.State, n, want, w.story())
			}
			// The sweep fifteen minutes later tells a person.
			s, err := w.client.Find(w.t.Context(), publisher.Query{Post: p})
			if err != nil || !s.Found || len(s.Others) != want-1 {
				t.Errorf("%s: the sweep found %+v, %v; want %d others", how, s, err, want-1)
			}
		})
	}
}

// TestHoleM2ListLagsLongerThanGrace: the status is there and the account's list
// does not show it in time, and the server ignores the key. With a key that is
// kept, or one that is broken, there is no second status.
func TestHoleM2ListLagsLongerThanGrace(t *testing.T) {
	for how, want := range map[mastodontest.Idempotency]int{
		mastodontest.KeyKept: 1, mastodontest.KeyLocked: 1, mastodontest.KeyBroken: 1, mastodontest.KeyIgnored: 2,
	} {
		k := mastodontest.Knobs{Idempotency: how, ListLag: 14 * time.Minute}
		bubble(t, mastodontest.Options{Knobs: k}, func(w *world) {
			w.server.Plan(onPost(mastodontest.CommitThenDrop()))
			p := w.drive(newPost())
			if n := len(w.server.Visible(testUser)); n != want || p.State != spool.Live {
				t.Errorf("%s: the post is %s and a reader sees %d, want %d\n%s", how, p.State, n, want, w.story())
			}
		})
	}
}

// TestHoleM3DeletedBeforeTheLook: a person deletes the status before its outcome
// is known. Where the server remembers the key it says so, and the post fails
// with that reason; where it does not, the post is made again.
func TestHoleM3DeletedBeforeTheLook(t *testing.T) {
	tests := map[string]struct {
		knobs mastodontest.Knobs
		state spool.State
		seen  int
	}{
		"the key is remembered":       {mastodontest.Knobs{}, spool.Failed, 0},
		"a deleted status is no more": {mastodontest.Knobs{KeyOfDeleted: mastodontest.DeletedNewPost}, spool.Live, 1},
		"the key is ignored":          {mastodontest.Knobs{Idempotency: mastodontest.KeyIgnored}, spool.Live, 1},
		"the key is broken":           {mastodontest.Knobs{Idempotency: mastodontest.KeyBroken}, spool.Held, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, mastodontest.Options{Knobs: tt.knobs}, func(w *world) {
				w.server.Plan(onPost(mastodontest.CommitThenDrop()))
				p := w.send(w.send(newPost()))
				w.server.DeletePost(w.server.Visible(testUser)[0].ID)
				p = w.drive(p)
				if p.State != tt.state || len(w.server.Visible(testUser)) != tt.seen {
					t.Errorf("the post is %s, want %s: %s\n%s", p.State, tt.state, p.Reason, w.story())
				}
				w.visible(tt.seen)
				if p.State == spool.Failed { // a person wants it all the same
					p = w.drive(w.next(p, spool.Event{What: spool.Retried, Who: "anna"}))
					if w.visible(1); p.State != spool.Live {
						t.Errorf("after a retry the post is %s: %s", p.State, p.Reason)
					}
				}
			})
		})
	}
}

// TestHoleM5WordsThatNobodyTells: an old server shows other words than were
// written, and cannot tell which those were. The post is not sent again; a person
// is told to look. Where its address is its own, that is enough to know it by.
func TestHoleM5WordsThatNobodyTells(t *testing.T) {
	k := mastodontest.Knobs{API: mastodontest.API34, Readback: mastodontest.ReadChanged, Idempotency: mastodontest.KeyIgnored}
	for _, inText := range []bool{true, false} {
		bubble(t, mastodontest.Options{Knobs: k}, func(w *world) {
			w.server.Plan(onPost(mastodontest.CommitThenDrop()))
			p := newPost()
			if inText {
				p.Content = spool.Content{Text: testText + "\n\n" + testLink}
			}
			p = w.drive(p)
			w.visible(1)
			if held := p.State == spool.Held && p.Hold == spool.HoldDoubt; held != inText {
				t.Errorf("the post is %s: %s\n%s", p.State, p.Reason, w.story())
			}
		})
	}
	bubble(t, mastodontest.Options{Knobs: k}, func(w *world) { // what was refused for certain is not held up by another's words
		w.server.AddManualPost(testUser, "The first")
		p := newPost()
		p.Content = spool.Content{Text: testText + "\n\n" + testLink}
		p = w.send(p)
		w.server.AddManualPost(testUser, "In other words: "+testLink)
		w.server.Plan(onPost(mastodontest.Throttle(time.Minute)))
		if p = w.drive(p); p.State != spool.Live {
			t.Errorf("the post is %s: %s", p.State, p.Reason)
		}
	})
}

// TestHoleM4SamePostByHand: a person posts the same words by hand while the post
// is in doubt. It is taken for ours: the words are there once or twice, by a
// person's choice.
func TestHoleM4SamePostByHand(t *testing.T) {
	bubble(t, mastodontest.Options{}, func(w *world) {
		w.server.Plan(onPost(mastodontest.DropBefore()))
		p := w.send(w.send(newPost()))
		pause(time.Second)
		id := w.server.AddManualPost(testUser, testText+"\n\n"+testLink)
		p = w.drive(p)
		if w.visible(1); p.State != spool.Live || p.Receipt.ID != id {
			t.Errorf("the post is %s as %s, want live as %s", p.State, p.Receipt.ID, id)
		}
	})
}
