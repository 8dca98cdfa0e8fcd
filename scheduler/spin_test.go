package scheduler

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"spool"
	"spool/publisher"
)

// turnsWithin is how many turns the account gets within a stretch of time in which
// the scheduler is looked at every second, as often as it wants to at each moment.
func (r *rig) turnsWithin(d time.Duration) int {
	r.t.Helper()
	n := 0
	for end := r.now().Add(d); r.now().Before(end); pass(time.Second) {
		for again := 0; ; again++ {
			var all sync.WaitGroup
			started := r.startTurns(r.t.Context(), r.t.Context(), newGang(8, &all))
			all.Wait()
			n += started
			if started == 0 {
				break
			}
			if again > 20 {
				r.t.Fatalf("after %d turns at %v the account still wants another one at once\n%s", n, r.now(), r.tail())
			}
		}
	}
	return n
}

// An account that cannot post, and whose network wants a pause as well when somebody
// asks whether that is mended, waits until the pause is over.
func TestAStoppedAccountThatIsThrottledRests(t *testing.T) {
	takesLong(t)
	onRig(t, func(t *testing.T, r *rig) {
		r.net.keep = func(context.Context) (publisher.Credential, error) {
			return publisher.Credential{}, fail(spool.Credentials, 0)
		}
		r.record(spool.Post{ID: "a"})
		r.turnsWithin(5 * time.Second)
		r.net.keep = func(context.Context) (publisher.Credential, error) {
			return publisher.Credential{}, fail(spool.Throttled, 2*time.Hour)
		}
		if n := r.turnsWithin(time.Hour); n > 10 {
			t.Errorf("%d turns in an hour", n)
		}
		if n := r.net.count("keep"); n != 2 {
			t.Errorf("asked %d times", n)
		}
		r.restart() // a new process has not asked yet, and waits all the same
		if n := r.turnsWithin(time.Hour / 2); n > 2 {
			t.Errorf("%d turns in half an hour of a new process", n)
		}
		r.net.keep = nil
		r.turnsWithin(time.Hour)
		r.wantState("a", spool.Live)
	})
}

// Moments are kept in milliseconds. What a turn waits for that ends in the middle of
// one is not asked for again and again until then.
func TestATurnComesBackNoEarlierThanItWants(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		pass(700 * time.Microsecond)
		r.record(spool.Post{ID: "a"})
		r.turnsWithin(20 * time.Minute)
		kept := r.acquaintance("desk").kept
		pass(kept.Add(keepEvery).Sub(r.now()) - 300*time.Microsecond)
		r.turnsWithin(2 * time.Second)
		if n := r.net.count("keep"); n != 2 {
			t.Errorf("asked %d times after an hour", n)
		}
	})
}

// An impatient store ends a test in which work comes back at one moment without end:
// on virtual time nothing else would.
type impatient struct {
	Store
	log *lockedBuffer

	mu     sync.Mutex
	at     time.Time
	claims map[string]int // at that moment
}

func (i *impatient) note(now time.Time, what string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if !now.Equal(i.at) {
		i.at, i.claims = now, map[string]int{}
	}
	if i.claims[what]++; i.claims[what] > 500 {
		panic(fmt.Sprintf("%s was claimed %d times at %v\n%s", what, i.claims[what], now, i.log.String()))
	}
}

func (i *impatient) ClaimAccounts(ctx context.Context, owner string, now time.Time, lease time.Duration, limit int) ([]spool.AccountState, error) {
	all, err := i.Store.ClaimAccounts(ctx, owner, now, lease, limit)
	for _, a := range all {
		i.note(now, "account "+a.Name)
	}
	return all, err
}

func (i *impatient) ClaimFeeds(ctx context.Context, owner string, now time.Time, lease time.Duration, limit int) ([]spool.FeedState, error) {
	all, err := i.Store.ClaimFeeds(ctx, owner, now, lease, limit)
	for _, f := range all {
		i.note(now, "feed "+f.Name)
	}
	return all, err
}

// A network that answers an edit with the id of another post changes nothing but the
// words: the edit is done, and is not made again and again.
func TestAnEditThatComesBackWithTheIDOfAnotherPost(t *testing.T) {
	onBoard(t, func(t *testing.T, r *rig, b *board) {
		liar := &lyingEditor{board: b, id: "net-x"}
		r.change(func(a *Account) { a.Publisher = liar })
		r.record(spool.Post{ID: "a", Content: spool.Content{Text: "a"}}, spool.Post{ID: "x", Content: spool.Content{Text: "x"}})
		r.run(5 * time.Second)
		r.record(follower("edit", spool.Edit, "a", "A"))
		r.run(time.Minute)
		r.wantVisible(b, "A x")
		r.wantState("edit", spool.Live)
		if p := r.post("a"); b.count("edit") != 1 || p.Receipt.ID != "net-a" || p.Content.Text != "A" {
			t.Errorf("edited %d times, %+v says %q", b.count("edit"), p.Receipt, p.Content.Text)
		}
	})
}

// A lyingEditor is a board that confirms edits of one post.
type lyingEditor struct {
	*board
	id string
}

func (l *lyingEditor) Edit(ctx context.Context, r spool.Receipt, p spool.Post) (spool.Receipt, error) {
	_, err := l.board.Edit(ctx, r, p)
	return spool.Receipt{ID: l.id}, err
}

// Whatever posts are, whatever a network answers, and whatever people do meanwhile, a
// turn either does something or comes back later.
func TestNoTurnSpins(t *testing.T) {
	takesLong(t)
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			onBoard(t, func(t *testing.T, r *rig, b *board) {
				dice := rand.New(rand.NewPCG(seed, 7))
				b.most = dice.IntN(3)
				b.nameless = dice.IntN(4) == 0
				b.fault = func(string, spool.Post) (bool, error) { return mishap(dice) }
				r.change(func(a *Account) {
					a.Publisher = clumsy{b, dice}
					a.Deadline = []time.Duration{0, time.Hour}[dice.IntN(2)]
					a.Pace = []Pace{{}, {Spacing: 90 * time.Second}, {PerHour: 3, Quiet: []Window{{From: 20, To: 40}}}}[dice.IntN(3)]
				})
				r.FailPoint = func(string) { pass(time.Duration(dice.IntN(3000)) * time.Microsecond) }
				ids := r.anyPosts(dice)
				r.record(ids...)
				for range 40 {
					r.turnsWithin(3 * time.Minute)
					p := r.post(ids[dice.IntN(len(ids))].ID)
					if dice.IntN(4) == 0 {
						(&desk{rig: r}).takeDownNow(p)
						continue
					}
					whats := []spool.What{spool.Holding, spool.Approved, spool.Retried, spool.Hurried, spool.Cancelled}
					// Not every one is possible in every state.
					_, _ = r.db.Steer(t.Context(), p.ID, spool.Event{What: whats[dice.IntN(len(whats))], Who: "ana"}, spool.Rules{Deadline: time.Hour})
				}
				b.wrong = nil // people approve here what they have not looked for
			})
		})
	}
}

// anyPosts are posts of all sorts.
func (r *rig) anyPosts(dice *rand.Rand) []spool.Post {
	var all []spool.Post
	soon := func() time.Time { return r.now().Add(time.Duration(dice.IntN(5_400_000_000)) * time.Microsecond) }
	for i := range 12 {
		p := spool.Post{ID: fmt.Sprint("p", i), Priority: spool.Priority(dice.IntN(4) - 1), Content: spool.Content{Text: fmt.Sprint("t", i%10)}}
		if purposes := spool.Purposes(); i > 3 && dice.IntN(2) == 0 {
			p = follower(p.ID, purposes[1+dice.IntN(len(purposes)-1)], fmt.Sprint("p", dice.IntN(4)), "follows")
		}
		if dice.IntN(3) == 0 {
			p.Content.More = []string{"more", "and more"}
		}
		if p.NotBefore = soon(); dice.IntN(2) == 0 {
			p.Deadline = soon().Add(time.Minute)
		}
		if dice.IntN(3) == 0 {
			p.Embargo = soon()
		}
		all = append(all, p)
	}
	return all
}

// mishap is what a network may answer, and whether it does what it was asked.
func mishap(dice *rand.Rand) (done bool, err error) {
	if dice.IntN(2) == 0 {
		return true, nil
	}
	kinds := []spool.Kind{spool.Unsure, spool.Temporary, spool.Throttled, spool.Permanent, spool.Credentials}
	k := kinds[dice.IntN(len(kinds))]
	return k == spool.Unsure && dice.IntN(2) == 0, fail(k, []time.Duration{0, 777 * time.Microsecond, 25 * time.Minute}[dice.IntN(3)])
}

// A clumsy board has mishaps when somebody looks, too.
type clumsy struct {
	*board
	dice *rand.Rand
}

func (c clumsy) Find(ctx context.Context, q publisher.Query) (publisher.Sighting, error) {
	pass(10 * time.Millisecond)
	if _, err := mishap(c.dice); err != nil {
		return publisher.Sighting{}, err
	}
	s, err := c.board.Find(ctx, q)
	s.Again, s.Gone = !s.Found && c.dice.IntN(2) == 0, s.Gone && c.dice.IntN(2) == 0
	return s, err
}

func (c clumsy) Keep(context.Context) (publisher.Credential, error) {
	pass(10 * time.Millisecond)
	_, err := mishap(c.dice)
	return publisher.Credential{}, err
}
