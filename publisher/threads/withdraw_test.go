package threads

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/publisher/threads/threadstest"
)

func (w *world) withdraw(r spool.Receipt) *spool.Failure {
	w.t.Helper()
	if err := w.client.Withdraw(w.t.Context(), r); err != nil {
		return w.failure(err)
	}
	return nil
}

// TestWithdrawOnceAtEveryKnob: whatever happens to the request, done again it is
// done, and nothing else is deleted.
func TestWithdrawOnceAtEveryKnob(t *testing.T) {
	for _, knob := range threadstest.AllKnobs() {
		for _, value := range knob.Values {
			t.Run(knob.Name+"="+value, func(t *testing.T) {
				var k threadstest.Knobs
				if err := k.Set(knob.Name, value); err != nil {
					t.Fatal(err)
				}
				for i, fault := range threadstest.AllFaults(2 * time.Minute) {
					if testing.Short() && i%4 != 0 {
						continue
					}
					bubble(t, threadstest.Options{}, func(w *world) { w.withdrawn(k, fault) })
				}
			})
		}
	}
}

func (w *world) withdrawn(k threadstest.Knobs, fault threadstest.Fault) {
	w.t.Helper()
	first, second := w.thread()
	second = w.drive(second)
	w.server.SetKnobs(k)
	w.server.Plan(threadstest.Rule{Op: threadstest.OpDelete, Nth: 1, Action: fault.Action})
	for range 5 {
		f := w.withdraw(second.Receipt)
		if f == nil {
			pause(5 * time.Minute)
			if posts := w.visible(1); len(posts) == 1 && posts[0].ID != first.Receipt.ID {
				w.t.Errorf("%s: the wrong post is left", fault.Name)
			}
			return
		}
		if f.Kind != spool.Temporary && f.Kind != spool.Throttled && fault.Name != "commit then code 10" {
			w.t.Fatalf("%s: %v", fault.Name, f)
		}
		pause(max(f.Wait, time.Minute))
	}
	w.t.Errorf("%s: it is not withdrawn after five tries", fault.Name)
}

// TestWithdrawThread: all of a thread goes, from either end, whether its replies go
// with the first post or not.
func TestWithdrawThread(t *testing.T) {
	for _, fate := range []threadstest.OrphanedReplies{threadstest.OrphansStay, threadstest.OrphansGo} {
		for _, backwards := range []bool{false, true} {
			bubble(t, threadstest.Options{Knobs: threadstest.Knobs{OrphanedReplies: fate}}, func(w *world) {
				first, second := w.thread()
				list := []spool.Post{first, w.drive(second)}
				if backwards {
					slices.Reverse(list)
				}
				for _, p := range list {
					if f := w.withdraw(p.Receipt); f != nil {
						t.Errorf("%s: %v", fate, f)
					}
				}
				w.visible(0)
			})
		}
	}
}

func TestWithdrawRefused(t *testing.T) {
	tests := map[string]struct {
		prepare func(w *world, r *spool.Receipt)
		kind    spool.Kind
		words   string
	}{
		"no id":         {func(_ *world, r *spool.Receipt) { r.ID = "" }, spool.Temporary, "not known yet"},
		"dead token":    {func(w *world, _ *spool.Receipt) { w.server.Revoke(testToken, 190, 458) }, spool.Credentials, "spool login"},
		"without right": {func(w *world, _ *spool.Receipt) { withoutScope(w, "threads_delete") }, spool.Permanent, "threads_delete"},
		"not deleted": {func(w *world, _ *spool.Receipt) {
			w.server.Plan(threadstest.Rule{Op: threadstest.OpDelete, Action: threadstest.Status(200, `{"success":false}`)})
		}, spool.Temporary, "did not delete"},
		"there, but said to be missing": {func(w *world, _ *spool.Receipt) {
			w.server.Plan(threadstest.Rule{Op: threadstest.OpDelete, Action: threadstest.Error(400, 100, 33, "no")})
		}, spool.Temporary, "cannot be deleted"},
		"missing, while nothing can be read": {func(w *world, r *spool.Receipt) {
			w.server.DeletePost(r.ID)
			w.server.Plan(threadstest.Rule{Op: threadstest.OpMedia, Action: threadstest.Status(500, "")})
		}, spool.Temporary, "cannot be deleted"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, threadstest.Options{}, func(w *world) {
				p := w.drive(newPost())
				tt.prepare(w, &p.Receipt)
				if f := w.withdraw(p.Receipt); f == nil || f.Kind != tt.kind || !strings.Contains(f.Error(), tt.words) {
					t.Errorf("got %v, want %s with %q", f, tt.kind, tt.words)
				}
			})
		})
	}
}

// withoutScope takes one right from the account's token.
func withoutScope(w *world, name string) {
	w.server.AddUser(testUser, testToken, threadstest.Scopes(slices.DeleteFunc(threadstest.AllScopes(), func(s string) bool { return s == name })...))
}

// TestWithdrawQuota: the deletions of a day used up is a pause, whatever number
// the network has for it, and the account goes on posting.
func TestWithdrawQuota(t *testing.T) {
	for _, answer := range []threadstest.QuotaError{threadstest.QuotaCode4, threadstest.QuotaCode9, threadstest.QuotaCode100, threadstest.QuotaCode2207042} {
		bubble(t, threadstest.Options{Knobs: threadstest.Knobs{DeleteQuota: 2, QuotaError: answer}}, func(w *world) {
			for i := range 3 {
				p := newPost()
				p.ID = fmt.Sprint(i)
				p.Content = spool.Content{Text: fmt.Sprint("post ", i)}
				p = w.drive(p)
				f := w.withdraw(p.Receipt)
				if i < 2 && f != nil || i == 2 && (f == nil || f.Kind != spool.Throttled || f.Wait < time.Minute || !strings.Contains(f.Error(), "deletions")) {
					t.Errorf("%s: deletion %d: %v", answer, i+1, f)
				}
			}
			w.visible(1)
			pause(24 * time.Hour)
			if f := w.withdraw(spool.Receipt{ID: w.server.Visible(testUser)[0].ID}); f != nil {
				t.Errorf("%s: a day later: %v", answer, f)
			}
			w.visible(0)
		})
	}
	bubble(t, threadstest.Options{}, func(w *world) {
		if most, window := w.client.Withdrawals(); most != 100 || window != 24*time.Hour {
			t.Errorf("%d in %v", most, window)
		}
	})
}
