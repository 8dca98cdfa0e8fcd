package bluesky

import (
	"slices"

	"strings"
	"testing"
	"time"

	"spool"
	"spool/publisher"
	"spool/publisher/bluesky/blueskytest"
)

// TestGates: who may answer, as the configuration has it.
func TestGates(t *testing.T) {
	for replies, want := range map[string][]string{
		Everyone: nil, Followers: {"followerRule"}, Following: {"followingRule"}, Mentioned: {"mentionRule"}, Nobody: {},
	} {
		t.Run(replies, func(t *testing.T) {
			bubble(t, blueskytest.Options{}, func(w *world) {
				w.opts.Replies = replies
				w.open()
				root, seen := w.sent(newPost())
				if seen.Gated != (want != nil) || !slices.Equal(seen.Allow, want) && len(want) > 0 {
					t.Errorf("gated %v, %v; want %v", seen.Gated, seen.Allow, want)
				}
				p := newPost()
				p.ID, p.Purpose, p.Content = "p2", spool.Continue, spool.Content{Text: "and goes on"}
				w.reply = spool.Reply{To: root.Receipt, Root: root.Receipt}
				if _, seen = w.sent(p); seen.Gated {
					t.Error("a reply has a gate of its own")
				}
				for range 2 {
					if err := w.client.Withdraw(w.t.Context(), root.Receipt); err != nil {
						t.Error(err)
					}
				}
				w.visible(1)
				if gate := w.server.Record(strings.Replace(root.Receipt.ID, postCollection, gateCollection, 1)); gate != nil {
					t.Errorf("the gate is still there: %s", gate)
				}
			})
		})
	}
}

// TestGateFails: it never endangers the post; the history says so, and the check
// a quarter of an hour later mends it.
func TestGateFails(t *testing.T) {
	for _, f := range blueskytest.AllFaults(20 * time.Second) {
		t.Run(f.Name, func(t *testing.T) {
			bubble(t, blueskytest.Options{}, func(w *world) {
				w.opts.Replies = Nobody
				w.open()
				w.server.Plan(blueskytest.Rule{Op: blueskytest.OpPutOther, Times: 1, Action: f.Action})
				p, seen := w.sent(newPost())
				if !seen.Gated && !strings.Contains(p.Receipt.Note, "anybody can answer it so far") {
					t.Errorf("the note is %q", p.Receipt.Note)
				}
				pause(15 * time.Minute)
				got, err := w.client.Find(w.t.Context(), publisher.Query{Post: p})
				if err != nil || !got.Found || got.Receipt.ID != p.Receipt.ID {
					t.Errorf("the check says %+v, %v", got, err)
				}
				if !w.visible(1)[0].Gated {
					t.Error("everybody may still answer it")
				}
			})
		})
	}
}

// TestWithdrawOthers: what is not the account's own, or not on Bluesky, is left alone.
func TestWithdrawOthers(t *testing.T) {
	bubble(t, blueskytest.Options{}, func(w *world) {
		other := w.server.AddUser("other.example.org", "x")
		id := w.server.AddManualPost("other.example.org", "mine", "")
		for _, r := range []spool.Receipt{{}, {ID: "123"}, {ID: id}, {ID: "at://" + other.DID + "/app.bsky.actor.profile/self"}} {
			if f := w.failure(w.client.Withdraw(w.t.Context(), r)); f.Kind != spool.Permanent {
				t.Errorf("%q: %v", r.ID, f)
			}
		}
		if got := w.server.Visible("other.example.org"); len(got) != 1 {
			t.Error("the other account's post is gone")
		}
	})
}
