package scheduler

import (
	"context"
	"fmt"
	"testing"
	"time"

	"spool"
	"spool/publisher"
)

func TestAStoppedAccountIsAskedAgainNowAndThen(t *testing.T) {
	takesLong(t)
	for name, kind := range map[string]spool.Kind{"still no": spool.Credentials, "no answer": spool.Temporary, "unclear": spool.Unsure} {
		t.Run(name, func(t *testing.T) {
			onRig(t, func(t *testing.T, r *rig) {
				r.net.keep = func(context.Context) (publisher.Credential, error) {
					return publisher.Credential{}, fail(spool.Credentials, 0)
				}
				r.turns()
				if r.state().Stopped == "" {
					t.Fatal("the account is not stopped")
				}
				r.net.keep = func(context.Context) (publisher.Credential, error) { return publisher.Credential{}, fail(kind, 0) }
				before := r.net.count("keep")
				r.run(11 * time.Minute)
				if n := r.net.count("keep") - before; n < 1 || n > 10 || kind != spool.Credentials && n < 3 {
					t.Errorf("asked %d times in eleven minutes", n)
				}
			})
		})
	}
}

func TestAThrottledKeepPausesTheAccount(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.net.keep = func(context.Context) (publisher.Credential, error) {
			return publisher.Credential{}, fail(spool.Throttled, time.Hour)
		}
		r.record(spool.Post{ID: "a"})
		r.run(30 * time.Minute)
		if n := r.net.count(""); n != 1 {
			t.Errorf("%d calls while the network wants an hour's pause: %q", n, r.net.calls)
		}
	})
}

func TestDeadlinesAreKept(t *testing.T) {
	takesLong(t)
	tests := map[string]struct {
		posts  int
		before func(*rig)
	}{
		"of more posts than a turn has steps": {posts: 3*maxSteps + 1},
		"while the network wants a pause": {posts: 2, before: func(r *rig) {
			r.net.publish = func(context.Context, spool.Post) (spool.Receipt, error) {
				return spool.Receipt{}, fail(spool.Throttled, 20*time.Hour)
			}
		}},
		"while the account is stopped": {posts: 2, before: func(r *rig) {
			r.net.keep = func(context.Context) (publisher.Credential, error) {
				return publisher.Credential{}, fail(spool.Credentials, 0)
			}
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			onRig(t, func(t *testing.T, r *rig) {
				if test.before != nil {
					test.before(r)
				} else {
					r.change(func(a *Account) { a.Pace.Spacing = 12 * time.Hour })
				}
				var posts []spool.Post
				for i := range test.posts {
					posts = append(posts, spool.Post{ID: fmt.Sprintf("p%03d", i), Deadline: r.now().Add(2 * time.Hour)})
				}
				r.record(posts...)
				r.run(2*time.Hour + 20*time.Second)
				for _, p := range posts[1:] {
					if state := r.post(p.ID).State; state != spool.Dropped {
						t.Fatalf("post %s is %s after its deadline", p.ID, state)
					}
				}
			})
		})
	}
}

// A deadline that passes within a turn, and one that had passed when a post
// came back to waiting, are noticed at once.
func TestDeadlinesThatPassDuringATurn(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.net.publish = func(ctx context.Context, p spool.Post) (spool.Receipt, error) {
			pass(10 * time.Second)
			return spool.Receipt{ID: "net-" + p.ID}, nil
		}
		r.change(func(a *Account) { a.Pace.Spacing = time.Hour })
		r.record(spool.Post{ID: "a"}, spool.Post{ID: "b", Deadline: r.now().Add(5 * time.Second), Order: r.now().Add(time.Second)})
		r.run(15 * time.Second)
		r.wantState("a", spool.Live)
		r.wantState("b", spool.Dropped)
	})
	onRig(t, func(t *testing.T, r *rig) {
		r.net.publish = func(context.Context, spool.Post) (spool.Receipt, error) {
			return spool.Receipt{}, fail(spool.Credentials, 0)
		}
		r.record(spool.Post{ID: "a", Deadline: r.now().Add(time.Minute)})
		r.net.keep = func(context.Context) (publisher.Credential, error) {
			if r.net.count("keep") > 1 && r.net.count("keep") < 9 {
				return publisher.Credential{}, fail(spool.Credentials, 0)
			}
			return publisher.Credential{}, nil
		}
		r.run(2 * time.Hour)
		r.wantState("a", spool.Dropped)
		r.wantSent("a")
	})
}

// What becomes due while a turn waits for an answer is not overlooked.
func TestADoubtThatComesDueDuringATurnIsLookedAt(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.net.publish = func(_ context.Context, p spool.Post) (spool.Receipt, error) {
			if p.ID == "a" {
				return spool.Receipt{}, fail(spool.Unsure, 0)
			}
			return spool.Receipt{ID: "net-" + p.ID}, nil
		}
		looks := 0
		r.net.find = func(_ context.Context, q publisher.Query) (publisher.Sighting, error) {
			if looks++; looks < 2 {
				return publisher.Sighting{}, nil
			}
			return publisher.Sighting{Found: true, Receipt: spool.Receipt{ID: "net-a"}}, nil
		}
		r.net.limits = func() (publisher.Limits, error) {
			if r.net.count("limits") == 1 {
				return publisher.Limits{}, nil
			}
			pass(10 * time.Second)
			return publisher.Limits{Used: 10, Total: 10}, nil
		}
		r.record(spool.Post{ID: "a"})
		r.turns()
		r.wantState("a", spool.Doubt) // to be looked at in two seconds
		r.met["desk"].quota = time.Time{}
		r.record(spool.Post{ID: "b"})
		r.run(20 * time.Second)
		r.wantState("a", spool.Live)
	})
}

func TestALaterPostWithTheSameLinkIsNotTakenForOneOfHistory(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		const weather = "https://paper.example/weather"
		day := func(n int) spool.Post {
			return spool.Post{ID: fmt.Sprint("day", n), Content: spool.Content{Text: fmt.Sprint("Weather of day ", n), Link: weather}}
		}
		r.record(day(1))
		r.run(time.Minute)
		r.restart()
		r.net.history = func(context.Context) (publisher.History, error) { return profile{weather: "net-day1"}, nil }
		r.run(time.Minute)
		r.record(day(2))
		r.run(time.Minute)
		pass(71 * time.Hour)
		r.record(day(3)) // day 1 is longer ago than a search reaches
		r.run(time.Minute)
		pass(24 * time.Hour)
		r.record(day(4)) // and the history is no witness any more
		r.run(time.Minute)
		r.wantSent("day1", "day2", "day3", "day4")
	})
}

func TestAnEmptyDatabaseDoesNotRepeatTheProfile(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.net.history = func(context.Context) (publisher.History, error) {
			return profile{"https://paper.example/a": "theirs"}, nil
		}
		r.record(spool.Post{ID: "a", Content: spool.Content{Link: "https://paper.example/a"}}, spool.Post{ID: "b"})
		r.run(time.Minute)
		r.wantState("a", spool.Live)
		r.wantSent("b")
	})
}

func TestAListThatCannotBeReadDoesNotSilenceTheAccount(t *testing.T) {
	for name, work := range map[string]func(*rig){
		"run":  func(r *rig) { r.run(2 * time.Minute) },
		"once": func(r *rig) { r.once() },
	} {
		t.Run(name, func(t *testing.T) {
			onRig(t, func(t *testing.T, r *rig) {
				r.net.history = func(context.Context) (publisher.History, error) { return nil, fail(spool.Temporary, 0) }
				r.record(spool.Post{ID: "a"})
				work(r)
				r.wantSent("a")
				if n := r.net.count("history"); n != historyTries {
					t.Errorf("%d tries at the history", n)
				}
			})
		})
	}
}

// A slow network keeps its account to one turn, although the lease was claimed
// for the shortest time that any account wants.
func TestOneTurnAtATimeHoweverSlowTheNetwork(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.plan.Accounts["hasty"] = Account{Name: "hasty", Network: "fake", Publisher: &network{}, Grace: 4 * time.Second}
		r.sync(r.plan)
		slow := func(d time.Duration) { pass(d) }
		r.net.keep = func(context.Context) (publisher.Credential, error) {
			slow(80 * time.Second)
			return publisher.Credential{}, nil
		}
		r.net.history = func(context.Context) (publisher.History, error) { slow(80 * time.Second); return profile{}, nil }
		r.net.limits = func() (publisher.Limits, error) { slow(80 * time.Second); return publisher.Limits{}, nil }
		r.net.publish = func(_ context.Context, p spool.Post) (spool.Receipt, error) {
			slow(80 * time.Second)
			return spool.Receipt{ID: "net-" + p.ID}, nil
		}
		r.record(spool.Post{ID: "a"})
		r.run(6 * time.Minute)
		r.wantState("a", spool.Live)
		r.wantSent("a")
		if p := r.post("a"); p.LiveAt.Sub(p.Created) > 322*time.Second { // four times eighty, and no turn lost
			t.Errorf("live after %v", p.LiveAt.Sub(p.Created))
		}
		if r.net.over > 0 || r.net.count("find") > 0 || r.net.count("history") != 1 {
			t.Errorf("calls %q, %d of them while another was under way", r.net.calls, r.net.over)
		}
	})
}

// The clock jumps ahead while a request is under way: the lease is over by it,
// and the turn still is the only one.
func TestOneTurnAtATimeWhenTheClockJumps(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.net.publish = func(_ context.Context, p spool.Post) (spool.Receipt, error) {
			r.setClock(8 * time.Hour)
			pass(30 * time.Second)
			return spool.Receipt{ID: "net-" + p.ID}, nil
		}
		r.record(spool.Post{ID: "a"})
		r.run(2 * time.Minute)
		r.wantState("a", spool.Live)
		r.wantSent("a")
		if r.net.over > 0 {
			t.Errorf("%d calls while another was under way: %q", r.net.over, r.net.calls)
		}
	})
}

func TestAnAccountThatThePlanDoesNotHaveIsLeftAlone(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		desk := r.plan.Accounts["desk"]
		delete(r.plan.Accounts, "desk")
		r.record(spool.Post{ID: "a"})
		r.run(20 * time.Second)
		r.wantSent()
		r.plan.Accounts["desk"] = desk // as at the end of a reload
		r.run(10 * time.Second)
		r.wantSent("a")
	})
}

func TestAnOldQuotaIsNotGoneBy(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.net.limits = func() (publisher.Limits, error) { return publisher.Limits{Used: 5, Total: 5}, nil }
		r.record(spool.Post{ID: "a"})
		r.run(time.Minute)
		r.wantSent()
		r.net.limits = func() (publisher.Limits, error) { return publisher.Limits{}, fail(spool.Temporary, 0) }
		r.run(16 * time.Minute)
		r.wantSent("a")
	})
}

func TestPostsOfAClockThatWasAheadDoNotSilenceTheAccount(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.change(func(a *Account) { a.Pace = Pace{Spacing: time.Minute, PerHour: 1} })
		r.setClock(365 * 24 * time.Hour)
		r.record(spool.Post{ID: "a"})
		r.turns()
		r.setClock(0)
		p := r.post("a")
		if p.State != spool.Live {
			t.Fatal(p.State)
		}
		if got := upTo([]time.Time{r.now(), p.Begun}, r.now().Add(jumpSize)); len(got) != 1 {
			t.Errorf("%v", got)
		}
	})
}
