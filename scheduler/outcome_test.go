package scheduler

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"spool"
	"spool/publisher"
)

func TestATurnWithoutItsLeaseAsksNothing(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.net.keep = func(context.Context) (publisher.Credential, error) {
			r.setClock(5 * time.Minute)
			if taken, err := r.db.ClaimAccounts(t.Context(), "another process", r.now(), time.Minute, 1); err != nil || len(taken) != 1 {
				t.Fatal(taken, err)
			}
			return publisher.Credential{}, nil
		}
		r.net.history = func(ctx context.Context) (publisher.History, error) {
			if ctx.Err() == nil {
				t.Error("asked without the lease")
			}
			return nil, hang(ctx)
		}
		r.record(spool.Post{ID: "a"})
		r.turns()
		r.wantSent()
	})
}

func TestADatabaseThatSavesNothingIsNotHammered(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		s := &unsaving{Store: r.Store}
		r.Store = s
		r.record(spool.Post{ID: "a"})
		r.run(10 * time.Second)
		if s.saves < 3 || s.saves > 15 {
			t.Errorf("%d tries to save in ten seconds", s.saves)
		}
		r.wantSent()
	})
}

// unsaving is a store that saves no post.
type unsaving struct {
	Store
	saves int
}

func (u *unsaving) Save(context.Context, spool.Lease, time.Time, spool.Transition, ...spool.Transition) (spool.Post, error) {
	u.saves++
	time.Sleep(10 * time.Millisecond)
	return spool.Post{}, errDisk
}

func TestAnIDThatAnotherPostHasIsNotBelieved(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.net.publish = func(context.Context, spool.Post) (spool.Receipt, error) { return spool.Receipt{ID: "same"}, nil }
		r.record(spool.Post{ID: "a"}, spool.Post{ID: "b"})
		r.run(10 * time.Second)
		a, b := r.post("a"), r.post("b")
		if a.State != spool.Live || b.State != spool.Live || a.Receipt.ID != "same" || b.Receipt.ID != "" {
			t.Errorf("%s %q, %s %q", a.State, a.Receipt.ID, b.State, b.Receipt.ID)
		}
		r.wantSent("a", "b")
	})
}

func TestADeadlineIsEnforcedWhenTheClockIsTrustedAgain(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.jumped = r.now()
		r.change(func(a *Account) { a.Pace.Quiet = []Window{{From: 0, To: 6 * 60}} })
		r.record(spool.Post{ID: "a", Deadline: r.now().Add(time.Second)})
		r.run(9 * time.Minute)
		r.wantState("a", spool.Waiting)
		r.run(2 * time.Minute)
		r.wantState("a", spool.Dropped)
	})
}

func TestTheNetworksQuotaCountsWhatWasSentSince(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.net.limits = func() (publisher.Limits, error) { return publisher.Limits{Used: 3, Total: 5}, nil }
		r.record(spool.Post{ID: "a"}, spool.Post{ID: "b"}, spool.Post{ID: "c"}, spool.Post{ID: "d"})
		r.run(time.Minute)
		r.wantSent("a", "b")
	})
}

// A post that was sent is looked for, never matched with what was there before.
func TestHistoryIsForPostsThatWereNeverSent(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		h := profile{}
		r.net.history = func(context.Context) (publisher.History, error) { return h, nil }
		r.net.publish = func(_ context.Context, p spool.Post) (spool.Receipt, error) {
			if p.Attempts == 1 {
				h[p.Content.Link] = "of somebody"
				return spool.Receipt{}, fail(spool.Temporary, 0)
			}
			return spool.Receipt{ID: "ours"}, nil
		}
		r.record(spool.Post{ID: "a", Content: spool.Content{Link: "https://paper.example/a"}})
		r.run(time.Minute)
		r.wantSent("a", "a")
	})
}

func TestBeingStoppedSaysNothingAboutAPostInDoubt(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.net.publish = func(context.Context, spool.Post) (spool.Receipt, error) {
			return spool.Receipt{}, fail(spool.Unsure, 0)
		}
		r.net.find = func(ctx context.Context, _ publisher.Query) (publisher.Sighting, error) {
			return publisher.Sighting{}, hang(ctx)
		}
		r.record(spool.Post{ID: "a"})
		r.run(10 * time.Second)
		if p := r.post("a"); p.State != spool.Doubt || p.Looks != 0 {
			t.Errorf("%s after %d looks", p.State, p.Looks)
		}
	})
}

func TestAPauseSaysNothingAboutAPostInDoubt(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.net.publish = func(context.Context, spool.Post) (spool.Receipt, error) {
			return spool.Receipt{}, fail(spool.Unsure, 0)
		}
		r.net.find = func(context.Context, publisher.Query) (publisher.Sighting, error) {
			return publisher.Sighting{}, fail(spool.Throttled, time.Hour)
		}
		r.record(spool.Post{ID: "a"})
		r.run(10 * time.Minute)
		if p := r.post("a"); p.State != spool.Doubt || p.Looks != 0 || r.net.count("find") != 1 {
			t.Errorf("%s after %d looks of %d", p.State, p.Looks, r.net.count("find"))
		}
	})
}

func TestAThrottledPostWaitsAsLongAsItsAccount(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.net.publish = func(context.Context, spool.Post) (spool.Receipt, error) {
			return spool.Receipt{}, fail(spool.Throttled, 0)
		}
		r.record(spool.Post{ID: "a"})
		before := r.now()
		r.turns()
		if p := r.post("a"); p.NotBefore.Before(before.Add(defaultPause)) || r.state().PausedUntil.Before(before.Add(defaultPause)) {
			t.Errorf("the post waits until %v, the account until %v", p.NotBefore, r.state().PausedUntil)
		}
	})
}

func TestGangWaitsForRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var all sync.WaitGroup
		g := newGang(4, &all)
		for n := range 4 {
			g.start(func() { time.Sleep(time.Duration(n+1) * time.Second) }, func() {})
		}
		if g.room() != 0 {
			t.Errorf("room for %d", g.room())
		}
		before := time.Now()
		g.waitForRoom(t.Context())
		if took := time.Since(before); took != time.Second || g.room() != 1 {
			t.Errorf("waited %v, room for %d", took, g.room())
		}
		all.Wait()
		if g.room() != 4 {
			t.Errorf("room for %d at the end", g.room())
		}
	})
}
