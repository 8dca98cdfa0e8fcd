package bluesky

import (
	"encoding/json"

	"fmt"

	"strings"
	"testing"
	"time"

	"spool"
	"spool/publisher"
	"spool/publisher/bluesky/blueskytest"
)

// doubtful prepares a post and brings it into doubt; put says whether it got there.
func (w *world) doubtful(put bool) spool.Post {
	w.t.Helper()
	fault := blueskytest.DropBefore()
	if put {
		fault = blueskytest.CommitThenDrop()
	}
	w.server.Plan(blueskytest.Rule{Op: blueskytest.OpPut, Times: 1, Action: fault})
	p := newPost()
	for p.State == spool.Waiting {
		p = w.send(p)
	}
	return p
}

func (w *world) find(p spool.Post, taken ...string) (publisher.Sighting, *spool.Failure) {
	w.t.Helper()
	q := publisher.Query{Post: p, Taken: map[string]bool{}}
	for _, id := range taken {
		q.Taken[id] = true
	}
	got, err := w.client.Find(w.t.Context(), q)
	if err != nil {
		return got, w.failure(err)
	}
	return got, nil
}

// TestFindByAge: what a look that finds nothing, or gets no answer, leads to.
func TestFindByAge(t *testing.T) {
	cases := []struct {
		age   time.Duration
		down  bool
		again bool
		kind  spool.Kind
	}{
		{time.Second, false, true, 0},
		{time.Hour, false, true, 0},
		{23 * time.Hour, false, true, 0},
		{25 * time.Hour, false, false, spool.Permanent},
		{time.Second, true, false, spool.Unsure},
		{29 * time.Minute, true, false, spool.Unsure},
		{31 * time.Minute, true, true, 0},
		{25 * time.Hour, true, false, spool.Unsure},
	}
	for _, c := range cases {
		t.Run(fmt.Sprintf("%v down=%v", c.age, c.down), func(t *testing.T) {
			bubble(t, blueskytest.Options{}, func(w *world) {
				p := w.doubtful(false)
				pause(c.age)
				if c.down {
					w.server.Plan(blueskytest.Rule{Action: blueskytest.Status(503, "<html>")})
				}
				got, f := w.find(p)
				if got.Again != c.again || got.Gone || got.Found || (f == nil) != c.again || f != nil && f.Kind != c.kind {
					t.Errorf("%+v, %v", got, f)
				}
				// Only of a post that nobody could look for it says where it may be.
				n, err := readNotes(p)
				if named := got.Receipt.ID == uriOf(n.Repo, postCollection, n.Key); err != nil || named != (c.down && c.again) {
					t.Errorf("the receipt is %+v, %v", got.Receipt, err)
				}
			})
		})
	}
}

// TestTakenAwayUnseen: a post that got there while its server gave no answer can be
// taken away by what a look without an answer says.
func TestTakenAwayUnseen(t *testing.T) {
	for _, put := range []bool{true, false} {
		bubble(t, blueskytest.Options{}, func(w *world) {
			p := w.doubtful(put)
			pause(31 * time.Minute)
			w.server.Plan(blueskytest.Rule{Times: 1, Action: blueskytest.Status(503, "<html>")})
			got, f := w.find(p)
			if f != nil || !got.Again {
				t.Fatalf("%+v, %v", got, f)
			}
			if err := w.client.Withdraw(w.t.Context(), got.Receipt); err != nil {
				t.Errorf("put %v: %v", put, err)
			}
			w.visible(0)
		})
	}
}

// TestPicturesOfLongAgo: a post that is put again after a while has its pictures
// uploaded again before: the server may have forgotten them.
func TestPicturesOfLongAgo(t *testing.T) {
	for after, ready := range map[time.Duration]bool{5 * time.Minute: true, 45 * time.Minute: false} {
		bubble(t, blueskytest.Options{Knobs: blueskytest.Knobs{BlobLife: 40 * time.Minute}}, func(w *world) {
			w.server.Plan(blueskytest.Rule{Op: blueskytest.OpPut, Times: 1, Action: blueskytest.DropBefore()})
			p := shapes()["pictures"](w)
			for p.State == spool.Waiting {
				p = w.send(p)
			}
			pause(after)
			got, f := w.find(p)
			if f != nil || !got.Again || got.Draft.Ready != ready {
				t.Errorf("after %v: %+v, %v", after, got, f)
			}
			p, seen := w.sent(p)
			if len(seen.Pictures) != 2 || p.Receipt.Note != "" || w.count(blueskytest.OpUpload) != map[bool]int{true: 2, false: 4}[ready] {
				t.Errorf("after %v: %d pictures, %d uploads, %q", after, len(seen.Pictures), w.count(blueskytest.OpUpload), p.Receipt.Note)
			}
			w.visible(1)
		})
	}
}

// TestLostPictures: what the server has lost is uploaded again.
func TestLostPictures(t *testing.T) {
	bubble(t, blueskytest.Options{}, func(w *world) {
		p := shapes()["pictures"](w)
		for !p.Draft.Ready {
			d, err := w.client.Prepare(w.t.Context(), p)
			if err != nil {
				w.t.Fatal(err)
			}
			p = w.next(p, spool.Event{What: spool.Prepared, Draft: &d})
		}
		w.server.LosePictures()
		p, seen := w.sent(p)
		if len(seen.Pictures) != 2 || p.Receipt.Note != "" || w.count(blueskytest.OpUpload) != 4 {
			t.Errorf("%d pictures, %d uploads, %q", len(seen.Pictures), w.count(blueskytest.OpUpload), p.Receipt.Note)
		}
	})
}

// TestDeletedMeanwhile is the hole that is documented: a post that a person took
// away before anybody had seen it is sent again within a day, and not after.
func TestDeletedMeanwhile(t *testing.T) {
	bubble(t, blueskytest.Options{}, func(w *world) {
		p := w.doubtful(true)
		w.server.DeletePost(w.server.Visible(testUser)[0].ID)
		if got, _ := w.find(p); !got.Again {
			t.Errorf("%+v", got)
		}
		pause(25 * time.Hour)
		if got, f := w.find(p); f == nil || f.Kind != spool.Permanent {
			t.Errorf("%+v, %v", got, f)
		}
	})
}

// TestEditedByHand: a post that somebody changed before it was found is ours
// still.
func TestEditedByHand(t *testing.T) {
	bubble(t, blueskytest.Options{}, func(w *world) {
		p := w.doubtful(true)
		id := w.server.Visible(testUser)[0].ID
		w.server.Amend(id, "Other words")
		got, f := w.find(p)
		if !got.Found || got.Receipt.ID != id {
			t.Errorf("%+v, %v", got, f)
		}
		if taken, _ := w.find(p, id); taken.Found {
			t.Errorf("found %+v, which is another post's", taken.Receipt)
		}
		p = w.next(p, spool.Event{What: spool.Absent, Again: true, Draft: got.Draft}) // a look that was mistaken
		if p = w.drive(p); p.State != spool.Live || !strings.Contains(p.Receipt.Note, "other words") {
			t.Errorf("the post is %s: %s; %+v", p.State, p.Reason, p.Receipt)
		}
		w.visible(1)
	})
}

// TestForeignRecord: what others have under the key is left alone.
func TestForeignRecord(t *testing.T) {
	bubble(t, blueskytest.Options{}, func(w *world) {
		p := w.doubtful(false)
		var n notes
		if err := json.Unmarshal([]byte(p.Draft.State), &n); err != nil {
			w.t.Fatal(err)
		}
		w.server.Plant(testUser, n.Key, "Something else")
		got, f := w.find(p)
		if f != nil || !got.Gone {
			t.Errorf("%+v, %v", got, f)
		}
		p = w.next(p, spool.Event{What: spool.Absent, Again: true, Draft: nil}) // a look that was mistaken
		if p = w.drive(p); p.State != spool.Failed || !strings.Contains(p.Reason, "another record") {
			t.Errorf("the post is %s: %s", p.State, p.Reason)
		}
		if posts := w.server.Visible(testUser); len(posts) != 1 || posts[0].Text != "Something else" {
			t.Errorf("a reader sees %+v", posts)
		}
		p = w.drive(w.next(p, spool.Event{What: spool.Retried})) // a person wants it tried again
		if p.State != spool.Live {
			t.Errorf("the post is %s: %s", p.State, p.Reason)
		}
	})
}

// TestKeyTaken: a key under which something is already is not used.
func TestKeyTaken(t *testing.T) {
	bubble(t, blueskytest.Options{}, func(w *world) {
		w.keep()
		p := newPost()
		key, err := w.client.newKey(w.t.Context(), p.ID)
		if err != nil {
			w.t.Fatal(err)
		}
		w.server.Plant(testUser, key, "Something else")
		w.memory.facts[keyMemory], w.client.lastKey = "", 0 // all is forgotten
		p, _ = w.sent(p)
		if strings.HasSuffix(p.Receipt.ID, key) {
			t.Error("the key was used")
		}
		w.visible(2)
	})
}

// TestAnotherAccount: the configuration names another account while a post is
// under way. What was sent is found where it is; what was not is posted by the
// new one; what nobody can tell of is a person's to decide.
func TestAnotherAccount(t *testing.T) {
	for _, put := range []bool{true, false} {
		t.Run(fmt.Sprintf("put=%v", put), func(t *testing.T) {
			bubble(t, blueskytest.Options{}, func(w *world) {
				p := w.doubtful(put)
				w.server.AddUser("other.example.org", testPassword)
				w.opts.Handle, w.opts.Replies = "other.example.org", Nobody
				w.open()
				p = w.drive(p)
				mine, theirs := len(w.server.Visible(testUser)), len(w.server.Visible("other.example.org"))
				if want := map[bool]spool.State{true: spool.Live, false: spool.Failed}[put]; p.State != want || theirs != 0 || (mine == 1) != put {
					t.Errorf("the post is %s (%s), visible %d and %d times", p.State, p.Reason, mine, theirs)
				}
				for _, v := range w.server.Violations() {
					t.Errorf("violation: %s", v)
				}
			})
		})
	}
	t.Run("only prepared", func(t *testing.T) {
		bubble(t, blueskytest.Options{}, func(w *world) {
			p := newPost()
			d, err := w.client.Prepare(w.t.Context(), p)
			if err != nil {
				w.t.Fatal(err)
			}
			p.Draft = d
			w.server.AddUser("other.example.org", testPassword)
			w.opts.Handle = "other.example.org"
			w.open()
			if p = w.drive(p); p.State != spool.Live || len(w.server.Visible("other.example.org")) != 1 {
				t.Errorf("the post is %s: %s", p.State, p.Reason)
			}
		})
	})
}
