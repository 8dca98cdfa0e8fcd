package mastodon

import (
	"slices"
	"testing"
	"time"

	"spool"
	"spool/publisher"
	"spool/publisher/mastodon/mastodontest"
)

// keys are those of the statuses that were sent, in order.
func (w *world) keys() []string {
	var keys []string
	for _, r := range w.server.Requests() {
		if r.Op == mastodontest.OpPost {
			keys = append(keys, r.Key)
		}
	}
	return keys
}

// TestKeyIsTheSameWhileItCounts: a status that is sent again after its grace time
// carries the key of the first request; one that is sent again when the server
// may have forgotten the key carries another, and its pictures are uploaded anew.
func TestKeyIsTheSameWhileItCounts(t *testing.T) {
	for away, same := range map[time.Duration]bool{0: true, 30 * time.Minute: true, 55 * time.Minute: false} {
		for _, pictures := range []int{0, 1} {
			bubble(t, mastodontest.Options{}, func(w *world) {
				w.rules.Patience = 3 * time.Hour
				w.server.Plan(onPost(mastodontest.DropBefore()))
				p := w.pictured(pictures)
				if pictures == 0 {
					p = newPost()
				}
				for p.State == spool.Waiting {
					p = w.send(p)
				}
				if away > 0 {
					w.server.Plan(mastodontest.Rule{Op: mastodontest.OpList, Action: mastodontest.Status(503, "")})
					p = w.next(p, spool.Event{What: spool.Unclear, Wait: away})
					pause(away)
					w.server.Plan()
				}
				_, seen := w.one(p)
				keys := w.keys()
				if len(keys) != 2 || (keys[0] == keys[1]) != same {
					t.Errorf("away for %v: keys %q, the same is %v\n%s", away, keys, same, w.story())
				}
				if len(seen.Media) != pictures || pictures > 0 && !same && w.count(mastodontest.OpUpload) != 2 {
					t.Errorf("%d pictures after %d uploads", len(seen.Media), w.count(mastodontest.OpUpload))
				}
			})
		}
	}
}

// TestKeyOfARefusal: what was refused for good is sent with another key when a
// person retries it, and what was only put off with the same.
func TestKeyOfARefusal(t *testing.T) {
	bubble(t, mastodontest.Options{}, func(w *world) {
		w.server.Plan(onPost(mastodontest.Error(422, "no")), mastodontest.Rule{Op: mastodontest.OpPost, Nth: 2, Action: mastodontest.Throttle(time.Minute)})
		p := w.drive(newPost())
		if p.State != spool.Failed {
			t.Fatalf("the post is %s", p.State)
		}
		w.one(w.next(p, spool.Event{What: spool.Retried}))
		keys := w.keys()
		if len(keys) != 3 || keys[0] == keys[1] || keys[1] != keys[2] {
			t.Errorf("keys %q", keys)
		}
	})
}

// TestKeysOfPosts differ by post and account.
func TestKeysOfPosts(t *testing.T) {
	p := newPost()
	all := []string{notes{}.key(p), notes{Key: 1}.key(p)}
	p.ID = "p2"
	all = append(all, notes{}.key(p))
	p.Account = "another"
	all = append(all, notes{}.key(p))
	slices.Sort(all)
	if len(slices.Compact(all)) != 4 {
		t.Error("two keys are the same")
	}
}

// TestWordsOfAnotherPost: the account shows the very words of this post, under an
// id that belongs to another. That is no reason to give this one up.
func TestWordsOfAnotherPost(t *testing.T) {
	bubble(t, mastodontest.Options{}, func(w *world) {
		p := w.send(newPost())
		id := w.server.AddManualPost(testUser, testText+"\n\n"+testLink)
		w.server.Plan(onPost(mastodontest.DropBefore()))
		p = w.send(p)
		w.bound[id] = true // it is another post's
		p = w.drive(p)
		if posts := w.server.Visible(testUser); p.State != spool.Live || len(posts) != 2 || p.Receipt.ID == id {
			t.Errorf("the post is %s as %q, a reader sees %d\n%s", p.State, p.Receipt.ID, len(posts), w.story())
		}
	})
}

// TestBeforeSendingAgain: a server says "too many requests", and has made the
// status all the same. It is found before it is sent again.
func TestBeforeSendingAgain(t *testing.T) {
	bubble(t, mastodontest.Options{Knobs: mastodontest.Knobs{Idempotency: mastodontest.KeyIgnored}}, func(w *world) {
		w.server.Plan(onPost(mastodontest.CommitThenStatus(429, "")))
		w.one(newPost())
		if n := len(w.keys()); n != 1 {
			t.Errorf("it was sent %d times", n)
		}
	})
	bubble(t, mastodontest.Options{}, func(w *world) { // and without a look it is not sent at all
		w.server.Plan(onPost(mastodontest.Throttle(time.Minute)), mastodontest.Rule{Op: mastodontest.OpList, From: 2, Times: 3, Action: mastodontest.Status(502, "<html>")})
		w.one(newPost())
		if n := len(w.keys()); n != 2 {
			t.Errorf("it was sent %d times", n)
		}
	})
}

// TestClocksThatDiffer: the server's clock is behind or ahead by hours, and its
// list ignores which status is asked for.
func TestClocksThatDiffer(t *testing.T) {
	for _, ahead := range []time.Duration{-3 * time.Hour, 3 * time.Hour} {
		k := mastodontest.Knobs{ListMinID: mastodontest.MinIDIgnored}
		bubble(t, mastodontest.Options{Knobs: k}, func(w *world) {
			w.ahead = ahead
			w.server.AddManualPost(testUser, "The first")
			w.server.Plan(onPost(mastodontest.CommitThenDrop()))
			p := w.send(w.send(newPost()))
			s, err := w.client.Find(w.t.Context(), publisher.Query{Post: p})
			if err != nil || !s.Found {
				t.Errorf("ahead by %v: %+v, %v", ahead, s, err)
			}
		})
	}
}

// TestOlderWords: the account showed the very words long ago. Whether a server
// gives what is newer than a status, or ignores that, they are not this post.
func TestOlderWords(t *testing.T) {
	for _, how := range []mastodontest.ListMinID{mastodontest.MinIDHonoured, mastodontest.MinIDIgnored} {
		bubble(t, mastodontest.Options{Knobs: mastodontest.Knobs{ListMinID: how}}, func(w *world) {
			old := w.server.AddManualPost(testUser, testText+"\n\n"+testLink)
			pause(time.Hour)
			w.server.Plan(onPost(mastodontest.DropBefore()))
			p := w.drive(newPost())
			if n := len(w.server.Visible(testUser)); p.State != spool.Live || n != 2 || p.Receipt.ID == old {
				t.Errorf("%s: the post is %s as %s, a reader sees %d\n%s", how, p.State, p.Receipt.ID, n, w.story())
			}
		})
	}
}
