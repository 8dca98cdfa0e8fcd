package scheduler

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/publisher"
)

// long is a post whose text goes on in two more.
func long(id string) spool.Post {
	return spool.Post{ID: id, Content: spool.Content{Text: id + "1", More: []string{id + "2", id + "3"}, Language: "de"}}
}

// Parts of a text follow one another at once, whatever the spacing and the hour,
// and ahead of other posts; each answers the one before.
func TestATextGoesOnAtOnce(t *testing.T) {
	onBoard(t, func(t *testing.T, r *rig, b *board) {
		r.change(func(a *Account) { a.Pace = Pace{Spacing: time.Hour} })
		other := spool.Post{ID: "other", Content: spool.Content{Text: "other"}, Order: r.now().Add(time.Second)}
		r.record(long("a"), other)
		r.run(30 * time.Second)
		second := r.followersOf("a", spool.Continue)[0]
		third := r.followersOf(second.ID, spool.Continue)[0]
		r.wantVisible(b, fmt.Sprintf("a1 a2<a a3<%s", second.ID))
		if third.Root != "a" || b.find("net-"+third.ID).root != "net-a" || third.Content.Language != "de" || third.Content.More != nil {
			t.Errorf("the third part is %+v", third)
		}
		r.run(61 * time.Minute)
		r.wantState("other", spool.Live)
	})
}

// A thread is not torn apart by quiet hours that begin within it, and is not more
// than the account may post.
func TestATextGoesOnIntoQuietHoursButNotBeyondTheLimit(t *testing.T) {
	onBoard(t, func(t *testing.T, r *rig, b *board) {
		r.change(func(a *Account) { a.Pace = Pace{PerHour: 2} })
		r.record(long("a"))
		r.turns()
		r.change(func(a *Account) { a.Pace.Quiet = []Window{{From: 0, To: 24*60 - 1}} })
		r.run(30 * time.Minute)
		r.wantVisible(b, "a1 a2<a")
		r.run(31 * time.Minute)
		if got := b.visible(); !strings.HasPrefix(got, "a1 a2<a a3<") {
			t.Errorf("readers see %q\n%s", got, r.tail())
		}
	})
}

// Everything that follows from others, and a process that dies at each of its
// steps in turn: what readers see in the end is the same.
func TestWhatFollowsSurvivesEveryDeath(t *testing.T) {
	takesLong(t)
	steps := 0
	for end := 0; end <= steps; end++ {
		onBoard(t, func(t *testing.T, r *rig, b *board) {
			n, name := 0, "no step"
			die := func(at string) bool {
				n++
				if n == end {
					name = at
				}
				return n == end
			}
			r.record(long("a"), spool.Post{ID: "x", Content: spool.Content{Text: "x"}})
			r.lives(b, 6, die)
			withdraw := follower("away", spool.Withdraw, "x", "")
			withdraw.Content.Next = &spool.Content{Text: "y", More: []string{"y2"}}
			r.record(follower("edit", spool.Edit, "a", "A1"), follower("sorry", spool.Correct, "a", "sorry"), withdraw)
			r.lives(b, 8, die)
			if end == 0 {
				steps = n
			}
			part := r.followersOf("a", spool.Continue)[0]
			replaced := r.followersOf("x", spool.Replace)
			if len(replaced) != 1 {
				t.Fatalf("died at %d, %s: %d posts in the place of one", end, name, len(replaced))
			}
			want := []string{"A1", "a2<a", "a3<" + part.ID, "sorry<a", "y", "y2<" + replaced[0].ID}
			for _, w := range want {
				if strings.Count(" "+b.visible()+" ", " "+w+" ") != 1 {
					t.Errorf("died at %d, %s: readers see %q, want %q once\n%s", end, name, b.visible(), w, r.tail())
				}
			}
			if n := len(strings.Fields(b.visible())); n != len(want) {
				t.Errorf("died at %d, %s: readers see %q", end, name, b.visible())
			}
			wantSettled(t, r)
		})
	}
	if steps < 30 {
		t.Errorf("only %d steps", steps)
	}
}

// wantSettled wants every post at its end, the withdrawn one dropped, and nothing
// that changed another ever in doubt.
func wantSettled(t *testing.T, r *rig) {
	t.Helper()
	all, err := r.db.AllPosts(t.Context(), []string{"item-a", "item-x"})
	if err != nil || len(all) != 9 {
		t.Fatalf("%d posts, %v", len(all), err)
	}
	for _, p := range all {
		want := spool.Live
		if p.ID == "x" {
			want = spool.Dropped
		}
		if p.State != want {
			t.Errorf("post %s (%s) is %s: %s", p.ID, p.Purpose, p.State, p.Reason)
		}
	}
	if p := r.post("a"); p.Content.Text != "A1" {
		t.Errorf("the edited post is known as %q", p.Content.Text)
	}
}

func TestWhatFollowsFromAPostThatIsGone(t *testing.T) {
	onBoard(t, func(t *testing.T, r *rig, b *board) {
		r.record(spool.Post{ID: "a", Content: spool.Content{Text: "a"}})
		r.run(5 * time.Second)
		away := follower("away", spool.Withdraw, "a", "the wrong picture")
		r.record(away)
		r.run(5 * time.Second)
		r.wantVisible(b, "")
		a := r.post("a")
		if a.State != spool.Dropped || a.Reason != "the wrong picture" || a.Receipt.ID != "net-a" {
			t.Errorf("the withdrawn post is %s, %q, %+v", a.State, a.Reason, a.Receipt)
		}
		again := follower("again", spool.Withdraw, "a", "")
		again.Content.Next = &spool.Content{Text: "instead"}
		r.record(follower("sorry", spool.Correct, "a", "sorry"), follower("edit", spool.Edit, "a", "b"), follower("more", spool.Continue, "a", "more"),
			follower("lost", spool.Correct, "nothing", "lost"), again)
		r.run(10 * time.Second)
		for _, id := range []string{"sorry", "edit", "more"} {
			if p := r.post(id); p.State != spool.Dropped || !strings.Contains(p.Reason, "post a is not live any more: the wrong picture") {
				t.Errorf("%s is %s: %s", id, p.State, p.Reason)
			}
		}
		if p := r.post("lost"); p.State != spool.Dropped || !strings.Contains(p.Reason, "nothing is known of post nothing") {
			t.Errorf("what follows from nothing is %s: %s", p.State, p.Reason)
		}
		r.wantState("again", spool.Live)
		r.wantVisible(b, "") // what somebody else wanted gone is not replaced
		if b.count("withdraw") != 1 || b.count("publish") != 1 || b.count("edit") != 0 {
			t.Errorf("calls: %q", b.calls)
		}
	})
}

// The network tells the id of a live post only to those who look later.
func TestWhatFollowsWaitsForTheIDOfItsParent(t *testing.T) {
	onBoard(t, func(t *testing.T, r *rig, b *board) {
		b.nameless = true
		r.record(long("a"))
		r.run(50 * time.Second)
		r.wantVisible(b, "a1")
		r.run(3 * time.Minute)
		part := r.followersOf("a", spool.Continue)[0]
		r.wantVisible(b, fmt.Sprintf("a1 a2<a a3<%s", part.ID))
	})
}

func TestWhatFollowsFromAPostThatNobodyCanName(t *testing.T) {
	takesLong(t)
	onRig(t, func(t *testing.T, r *rig) {
		r.net.publish = nameless
		r.net.find = findsNothing
		r.record(long("a"))
		r.run(30 * time.Hour)
		part := r.followersOf("a", spool.Continue)[0]
		if part.State != spool.Failed || !strings.Contains(part.Reason, "under which id the network has post a") {
			t.Errorf("it is %s: %s", part.State, part.Reason)
		}
		r.wantSent("a")
		if n := strings.Count(r.whats(part.ID), "refused"); n > 6 {
			t.Errorf("its history: %s", r.whats(part.ID))
		}
	})
}

// What a network's quota of posts does not count is not kept back by it.
func TestRepliesAreNotKeptBackByTheQuota(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.net.limits = func() (publisher.Limits, error) { return publisher.Limits{Used: 4, Total: 5}, nil }
		r.record(long("a"), spool.Post{ID: "b", Order: r.now().Add(time.Second)})
		r.run(time.Minute)
		if n := r.net.count("publish"); n != 3 {
			t.Errorf("%d posts: %q", n, r.net.sent())
		}
		r.wantState("b", spool.Waiting)
	})
}

// What would answer a post, or change it, waits while the network does not yet let
// it be taken away: a reply would be left behind.
func TestNothingAnswersAPostThatIsBeingTakenAway(t *testing.T) {
	takesLong(t)
	onBoard(t, func(t *testing.T, r *rig, b *board) {
		b.most = 1
		r.record(spool.Post{ID: "x"}, spool.Post{ID: "a", Content: spool.Content{Text: "a"}}, spool.Post{ID: "b", Content: spool.Content{Text: "b"}})
		r.run(5 * time.Second)
		r.record(follower("away-x", spool.Withdraw, "x", ""))
		r.run(5 * time.Second)
		r.record(follower("away-a", spool.Withdraw, "a", ""), follower("fix-a", spool.Correct, "a", "no, A"), follower("edit-a", spool.Edit, "a", "A"), follower("fix-b", spool.Correct, "b", "no, B"))
		r.run(50 * time.Minute)
		r.wantVisible(b, "a b no, B<b")
		r.wantState("fix-a", spool.Waiting)
		r.run(3 * time.Hour)
		r.wantVisible(b, "b no, B<b")
		r.wantState("fix-a", spool.Dropped)
		if n := len(strings.Fields(r.whats("fix-a"))); n > 15 {
			t.Errorf("%d changes while it waited", n)
		}
	})
}

// When the post cannot be taken away after all, it is corrected.
func TestWhatWaitsForARemovalThatFailsGoesOn(t *testing.T) {
	onBoard(t, func(t *testing.T, r *rig, b *board) {
		r.record(spool.Post{ID: "a", Content: spool.Content{Text: "a"}})
		r.run(5 * time.Second)
		b.fault = func(op string, _ spool.Post) (bool, error) {
			if op == "withdraw" && b.count("withdraw") < 4 {
				return false, fail(spool.Temporary, 0)
			}
			return op != "withdraw", map[bool]error{true: fail(spool.Permanent, 0)}[op == "withdraw"]
		}
		r.record(follower("away", spool.Withdraw, "a", ""), follower("fix", spool.Correct, "a", "no, A"))
		r.run(time.Hour)
		r.wantState("away", spool.Failed)
		r.wantVisible(b, "a no, A<a")
	})
}

// A change that the network puts off for long comes after the next one of the same
// post: it must not bring the old words back.
func TestAChangeThatIsOvertakenIsGivenUp(t *testing.T) {
	for _, purpose := range []spool.Purpose{spool.Edit, spool.Correct} {
		onBoard(t, func(t *testing.T, r *rig, b *board) {
			r.record(spool.Post{ID: "a", Content: spool.Content{Text: "a"}})
			r.run(5 * time.Second)
			b.fault = func(_ string, p spool.Post) (bool, error) {
				if p.ID == "first" && r.post("first").Attempts == 1 {
					return false, fail(spool.Temporary, time.Hour)
				}
				return true, nil
			}
			r.record(follower("first", purpose, "a", "older"))
			r.run(5 * time.Second)
			r.record(follower("second", purpose, "a", "newer"))
			r.run(2 * time.Hour)
			if got := b.visible(); strings.Contains(got, "older") || !strings.Contains(got, "newer") {
				t.Errorf("%s: readers see %q\n%s", purpose, got, r.tail())
			}
			r.wantState("first", spool.Dropped)
		})
	}
}
