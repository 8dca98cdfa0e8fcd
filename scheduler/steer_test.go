package scheduler

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/publisher"
)

func nameless(context.Context, spool.Post) (spool.Receipt, error) { return spool.Receipt{}, nil }

func findsNothing(context.Context, publisher.Query) (publisher.Sighting, error) {
	return publisher.Sighting{}, nil
}

// Whether a change of a post was made or not when the answer is lost: it is made
// again, and nobody looks.
func TestAChangeThatIsUnclearIsMadeAgain(t *testing.T) {
	for _, done := range []bool{true, false} {
		onBoard(t, func(t *testing.T, r *rig, b *board) {
			r.record(spool.Post{ID: "a", Content: spool.Content{Text: "a"}}, spool.Post{ID: "x", Content: spool.Content{Text: "x"}})
			r.run(5 * time.Second)
			tries := map[string]int{}
			b.fault = func(op string, _ spool.Post) (bool, error) {
				if tries[op]++; tries[op] == 1 {
					return done, fail(spool.Unsure, 0)
				}
				return true, nil
			}
			r.record(follower("edit", spool.Edit, "a", "A"), follower("away", spool.Withdraw, "x", ""))
			r.run(time.Minute)
			r.wantVisible(b, "A")
			for id, want := range map[string]string{
				"edit": "recorded began refused began delivered", "away": "recorded began refused began delivered",
				"a": "recorded began delivered amended", "x": "recorded began delivered withdrawn",
			} {
				if got := r.whats(id); got != want {
					t.Errorf("the history of %s: %s, want %s", id, got, want)
				}
			}
		})
	}
}

// Changes go ahead of everything, whatever the pace allows.
func TestChangesGoAheadOfPosts(t *testing.T) {
	onBoard(t, func(t *testing.T, r *rig, b *board) {
		r.record(spool.Post{ID: "a", Content: spool.Content{Text: "a"}}, spool.Post{ID: "x", Content: spool.Content{Text: "x"}})
		r.run(5 * time.Second)
		r.change(func(a *Account) {
			a.Pace = Pace{Spacing: time.Hour, PerDay: 2, Quiet: []Window{{From: 0, To: 24*60 - 1}}}
		})
		r.record(spool.Post{ID: "b", Priority: spool.Breaking}, follower("edit", spool.Edit, "a", "A"), follower("away", spool.Withdraw, "x", ""))
		r.run(5 * time.Second)
		r.wantVisible(b, "A")
		r.wantState("b", spool.Waiting)
		sent, err := r.db.Sent(t.Context(), "desk", r.now().Add(-day))
		if err != nil || len(sent) != 2 {
			t.Errorf("%d posts count for the pace, %v", len(sent), err)
		}
	})
}

func TestWithdrawalsKeepToTheBudget(t *testing.T) {
	takesLong(t)
	onBoard(t, func(t *testing.T, r *rig, b *board) {
		b.most = 2
		var posts, away []spool.Post
		for i := range 5 {
			id := fmt.Sprint("p", i)
			posts = append(posts, spool.Post{ID: id, Content: spool.Content{Text: id}})
			away = append(away, follower("away"+id, spool.Withdraw, id, ""))
		}
		r.record(posts...)
		r.run(5 * time.Second)
		r.record(append(away, spool.Post{ID: "news", Content: spool.Content{Text: "news"}})...)
		r.run(50 * time.Minute)
		if n := b.count("withdraw"); n != 2 {
			t.Errorf("%d removed within the hour", n)
		}
		r.wantState("news", spool.Live) // publishing goes on
		r.run(15 * time.Minute)
		if n := b.count("withdraw"); n != 4 {
			t.Errorf("%d removed after an hour", n)
		}
		r.run(2 * time.Hour)
		r.wantVisible(b, "news")
		if got := r.whats("awayp4"); got != "recorded began delivered" {
			t.Errorf("the history of the last one: %s", got)
		}
	})
}

// A retry of the last one that the budget allows counts once.
func TestAWithdrawalThatIsMadeAgainCountsOnce(t *testing.T) {
	onBoard(t, func(t *testing.T, r *rig, b *board) {
		b.most = 1
		r.record(spool.Post{ID: "a"})
		r.run(5 * time.Second)
		b.fault = func(string, spool.Post) (bool, error) {
			return b.count("withdraw") > 2, fail(spool.Temporary, time.Second)
		}
		r.record(follower("away", spool.Withdraw, "a", ""))
		r.run(20 * time.Second)
		b.fault = nil
		r.run(20 * time.Second)
		r.wantState("away", spool.Live)
	})
}

func TestAThrottledWithdrawalPausesOnlyWithdrawals(t *testing.T) {
	onBoard(t, func(t *testing.T, r *rig, b *board) {
		r.record(spool.Post{ID: "a"}, spool.Post{ID: "b"})
		r.run(5 * time.Second)
		b.fault = func(op string, _ spool.Post) (bool, error) {
			if op == "withdraw" {
				return false, fail(spool.Throttled, time.Hour)
			}
			return true, nil
		}
		r.record(follower("away", spool.Withdraw, "a", ""), follower("away2", spool.Withdraw, "b", ""), spool.Post{ID: "news"})
		r.run(30 * time.Minute)
		r.wantState("news", spool.Live)
		if n := b.count("withdraw"); n != 1 || !r.state().PausedUntil.IsZero() {
			t.Errorf("%d requests, the account rests until %v", n, r.state().PausedUntil)
		}
		b.fault = nil
		r.run(35 * time.Minute)
		r.wantState("away", spool.Live)
		r.wantState("away2", spool.Live)
	})
}

func TestANetworkThatLetsNothingBeChanged(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.record(spool.Post{ID: "a"})
		r.run(5 * time.Second)
		r.record(follower("edit", spool.Edit, "a", "A"), follower("away", spool.Withdraw, "a", ""), spool.Post{ID: "edit2", Purpose: spool.Edit})
		r.run(5 * time.Second)
		for id, want := range map[string]string{"edit": "cannot edit posts", "away": "cannot withdraw posts", "edit2": "does not say which post"} {
			if p := r.post(id); p.State != spool.Failed || !strings.Contains(p.Reason, want) {
				t.Errorf("%s is %s: %s", id, p.State, p.Reason)
			}
		}
		r.wantState("a", spool.Live)
		r.wantSent("a")
	})
}

// What the network refuses for good is told, and leaves the post as it was.
func TestAChangeThatIsRefused(t *testing.T) {
	onBoard(t, func(t *testing.T, r *rig, b *board) {
		r.record(spool.Post{ID: "a", Content: spool.Content{Text: "a"}})
		r.run(5 * time.Second)
		b.fault = func(string, spool.Post) (bool, error) { return false, fail(spool.Permanent, 0) }
		r.record(follower("edit", spool.Edit, "a", "A"))
		r.run(5 * time.Second)
		r.wantState("edit", spool.Failed)
		b.fault = nil
		if _, err := r.db.Steer(t.Context(), "edit", spool.Event{What: spool.Retried, Who: "anna"}, spool.Rules{}); err != nil {
			t.Fatal(err)
		}
		r.run(5 * time.Second)
		r.wantVisible(b, "A")
	})
}

// Metrics are told of both posts, the one that asked and the one that was changed.
func TestAChangeIsCountedForBothPosts(t *testing.T) {
	onBoard(t, func(t *testing.T, r *rig, b *board) {
		m := &moves{moved: map[string]int{}}
		r.Metrics = m
		r.record(spool.Post{ID: "a"}, spool.Post{ID: "x"})
		r.run(5 * time.Second)
		r.record(follower("edit", spool.Edit, "a", "A"), follower("away", spool.Withdraw, "x", ""))
		r.run(5 * time.Second)
		for what, want := range map[string]int{"a amended": 1, "edit delivered": 1, "x withdrawn": 1, "away delivered": 1, "a delivered": 1} {
			if m.moved[what] != want {
				t.Errorf("%s: %d times, want %d", what, m.moved[what], want)
			}
		}
	})
}

// moves are metrics of what happens to posts.
type moves struct {
	deaf
	moved map[string]int
}

func (m *moves) Moved(p spool.Post, c spool.Change, _ *spool.Failure) {
	m.moved[p.ID+" "+string(c.What)]++
}

// A pause that a wrong clock noted does not outlast it.
func TestAPauseOfWithdrawalsEndsWithTheClockThatNotedIt(t *testing.T) {
	onBoard(t, func(t *testing.T, r *rig, b *board) {
		r.record(spool.Post{ID: "a"})
		r.run(5 * time.Second)
		r.jump(t, 10*time.Hour, 5*time.Second)
		b.fault = func(op string, _ spool.Post) (bool, error) {
			return op != "withdraw", fail(spool.Throttled, time.Minute)
		}
		r.record(follower("away", spool.Withdraw, "a", ""))
		r.run(5 * time.Second)
		b.fault = nil
		r.jump(t, 0, 5*time.Minute)
		r.wantState("away", spool.Live)
	})
}
