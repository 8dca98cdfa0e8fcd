package scheduler

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/feeds"
	"spool/store"
)

// embargoed is a post that must not be shown within three hours.
func (r *rig) embargoed(id string) spool.Post {
	p := spool.Post{ID: id, Deadline: r.now().Add(time.Hour)}
	return p.UnderEmbargo(r.now().Add(3*time.Hour), spool.Rules{Deadline: time.Hour})
}

// Nobody and nothing makes a post visible while its embargo lasts, and right after
// it the post goes out: its deadline counts from then.
func TestAnEmbargoIsAbsolute(t *testing.T) {
	takesLong(t)
	steer := func(events ...spool.Event) func(*testing.T, *rig) {
		return func(t *testing.T, r *rig) {
			for _, e := range events {
				e.Who = "anna"
				if _, err := r.db.Steer(t.Context(), "a", e, r.plan.Accounts["desk"].rules()); err != nil {
					t.Fatal(err)
				}
				r.run(20 * time.Second)
			}
		}
	}
	tests := map[string]func(*testing.T, *rig){
		"and nobody touches it":     func(*testing.T, *rig) {},
		"a person wants it now":     steer(spool.Event{What: spool.Hurried}),
		"it is held and approved":   steer(spool.Event{What: spool.Holding}, spool.Event{What: spool.Approved}),
		"approved, then wanted now": steer(spool.Event{What: spool.Holding}, spool.Event{What: spool.Approved}, spool.Event{What: spool.Hurried}),
		"a feed of higher priority": steer(spool.Event{What: spool.Raised, Feed: "front", Priority: spool.Breaking, Content: spool.Content{Text: "now"}}),
		"the item is edited": func(t *testing.T, r *rig) {
			steer(spool.Event{What: spool.Reworded, Content: spool.Content{Text: "b"}, Embargo: r.post("a").Embargo})(t, r)
		},
		"preparing it fails": func(t *testing.T, r *rig) {
			steer(spool.Event{What: spool.Refused, Failure: &spool.Failure{Op: "prepare", Kind: spool.Temporary, Err: errors.New("no")}})(t, r)
		},
		"it fails and is retried": func(t *testing.T, r *rig) {
			steer(spool.Event{What: spool.Refused, Failure: &spool.Failure{Op: "prepare", Kind: spool.Permanent, Err: errors.New("no")}}, spool.Event{What: spool.Retried})(t, r)
		},
		"a new process":       func(_ *testing.T, r *rig) { r.restart(); r.change(func(a *Account) { a.Deadline = time.Hour }) },
		"the clock goes back": func(t *testing.T, r *rig) { r.jump(t, -10*time.Hour, 20*time.Second); r.jump(t, 0, 20*time.Second) },
		"credentials come back": func(t *testing.T, r *rig) {
			steer(spool.Event{What: spool.Refused, Failure: &spool.Failure{Op: "prepare", Kind: spool.Credentials, Err: errors.New("no")}})(t, r)
		},
	}
	for name, happen := range tests {
		t.Run(name, func(t *testing.T) {
			onRig(t, func(t *testing.T, r *rig) {
				r.change(func(a *Account) { a.Deadline = time.Hour })
				end := r.now().Add(3 * time.Hour)
				r.net.publish = func(_ context.Context, p spool.Post) (spool.Receipt, error) {
					if r.now().Before(end) {
						t.Errorf("shown %v too early", end.Sub(r.now()))
					}
					return spool.Receipt{ID: "net-" + p.ID}, nil
				}
				r.record(r.embargoed("a"))
				happen(t, r)
				r.run(end.Sub(r.now()) + time.Minute)
				r.wantState("a", spool.Live)
			})
		})
	}
}

// jump sets the clock and lets the scheduler run by it.
func (r *rig) jump(t *testing.T, off, d time.Duration) {
	t.Helper()
	before := r.off
	r.setClock(off)
	if off < before {
		if err := r.db.Rewind(t.Context(), r.now(), before-off); err != nil {
			t.Fatal(err)
		}
	}
	r.run(d)
}

// An embargo that is lifted, or comes earlier, lets the post go; one that is put
// off keeps it, also when the network holds a draft already.
func TestAnEmbargoThatChanges(t *testing.T) {
	takesLong(t)
	reword := func(t *testing.T, r *rig, until time.Time) {
		t.Helper()
		e := spool.Event{What: spool.Reworded, Content: spool.Content{Text: "b"}, Embargo: until}
		if _, err := r.db.Steer(t.Context(), "a", e, spool.Rules{Deadline: time.Hour}); err != nil {
			t.Fatal(err)
		}
	}
	onRig(t, func(t *testing.T, r *rig) {
		r.record(r.embargoed("a"))
		reword(t, r, time.Time{})
		r.run(5 * time.Second)
		r.wantState("a", spool.Live)
	})
	onRig(t, func(t *testing.T, r *rig) {
		r.record(r.embargoed("a"))
		draft := spool.Event{What: spool.Prepared, Draft: &spool.Draft{State: "container 1", Ready: true}}
		if _, err := r.db.Steer(t.Context(), "a", draft, spool.Rules{}); err != nil {
			t.Fatal(err)
		}
		reword(t, r, r.now().Add(6*time.Hour))
		r.run(5 * time.Hour)
		r.wantState("a", spool.Waiting)
		if p := r.post("a"); p.Content.Text == "b" {
			t.Error("a post that is prepared has other words")
		}
		r.run(61 * time.Minute)
		r.wantState("a", spool.Live)
	})
}

// Whatever the store may say is due, the turn looks once more.
func TestATurnTrustsNobodyWithAnEmbargo(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.record(r.embargoed("a"))
		r.Store = &careless{Store: r.Store, ids: []string{"a"}}
		r.turns()
		r.wantSent()
		if strings.Contains(r.log.String(), "mistake in the program") {
			t.Error(r.tail())
		}
		r.wantState("a", spool.Waiting)
	})
}

// careless is a store that takes posts for due that are not.
type careless struct {
	Store
	ids []string
}

func (c *careless) Due(ctx context.Context, _ string, _ time.Time, _ int, _ ...spool.Purpose) ([]spool.Post, error) {
	p, err := c.Post(ctx, c.ids[0])
	return []spool.Post{p}, err
}

// An embargo of a fraction of a millisecond is kept by the store as it is compared
// with, so that a poll does not take it for another one each time.
func TestAnEmbargoOfAFraction(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		until := r.now().Add(time.Hour + 1234567*time.Nanosecond)
		n := 0
		r.web.fetch = func(context.Context, feeds.Source) (feeds.Result, error) {
			d := document("old")
			if n++; n > 1 {
				d.Document.Items = append(d.Document.Items, spool.Item{GUID: "new", Title: "new", Link: "https://paper.example/new", Embargo: until})
			}
			return d, nil
		}
		r.run(20 * time.Minute)
		posts, err := r.db.Posts(t.Context(), store.Filter{})
		if err != nil || len(posts) != 1 {
			t.Fatal(len(posts), err)
		}
		if posts[0].Embargo.Before(until) {
			t.Errorf("it may be shown %v too early", until.Sub(posts[0].Embargo))
		}
		if got := r.whats(posts[0].ID); got != "recorded" {
			t.Errorf("after 20 polls its history is: %s", got)
		}
	})
}

// A clock that jumps past the end of an embargo and is put right within minutes has
// not ended it; one that stays, as after a night's sleep of the machine, has.
func TestAClockThatJumpsPastAnEmbargo(t *testing.T) {
	takesLong(t)
	for name, stays := range map[string]bool{"and is put right": false, "and stays": true} {
		t.Run(name, func(t *testing.T) {
			onRig(t, func(t *testing.T, r *rig) {
				r.record(r.embargoed("a"))
				r.record(spool.Post{ID: "free", NotBefore: r.now().Add(time.Minute)})
				r.run(10 * time.Second)
				r.setClock(3*time.Hour + 30*time.Minute)
				r.leapt(3*time.Hour + 30*time.Minute)
				r.turnsWithin(5 * time.Minute)
				r.wantState("a", spool.Waiting)
				r.wantState("free", spool.Live)
				if n := len(strings.Fields(r.whats("a"))); n > 3 {
					t.Errorf("its history is %s", r.whats("a"))
				}
				if !stays {
					r.jumped = time.Time{} // as it is when the clock is seen to be set back
					r.jump(t, 0, 2*time.Hour)
					r.wantState("a", spool.Waiting)
					r.run(62 * time.Minute)
				} else {
					r.turnsWithin(6 * time.Minute)
				}
				r.wantState("a", spool.Live)
			})
		})
	}
}

// leapt is what the scheduler notes when the clock has jumped ahead; on virtual time the
// clock that it tells that by jumps as well.
func (r *rig) leapt(by time.Duration) {
	r.Scheduler.mu.Lock()
	defer r.Scheduler.mu.Unlock()
	r.jumped, r.sure = r.now(), r.now().Add(-by)
}
