package scheduler

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"spool"
	"spool/dedupe"
	"spool/feeds"
	"spool/publisher"
	"spool/store"
)

// addFeed adds a feed to the plan.
func (r *rig) addFeed(name string, edit func(*Feed)) {
	r.t.Helper()
	f := r.plan.Feeds["city"]
	f.Name, f.URL = name, "https://feeds.example/"+name+".rss"
	if edit != nil {
		edit(&f)
	}
	r.plan.Feeds[name] = f
	r.sync(r.plan)
}

func (r *rig) clonePlan() Plan {
	p := r.current()
	p.Feeds, p.Accounts = maps.Clone(p.Feeds), maps.Clone(p.Accounts)
	return p
}

func (r *rig) all(states ...spool.State) []string {
	r.t.Helper()
	var texts []string
	posts, err := r.db.Posts(r.t.Context(), store.Filter{States: states, Limit: 100})
	if err != nil {
		r.t.Fatal(err)
	}
	for _, p := range posts {
		texts = append(texts, p.Account+": "+p.Content.Text)
	}
	slices.Sort(texts)
	return texts
}

// A feed that moves to other accounts while it is read posts to the new ones.
func TestANewPlanCountsForAFetchUnderWay(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		first := r.plan.Feeds["city"]
		first.FirstRun = dedupe.FirstRun{All: true}
		r.plan.Feeds["city"] = first
		r.web.fetch = func(context.Context, feeds.Source) (feeds.Result, error) {
			p := r.clonePlan()
			desk := p.Accounts["desk"]
			desk.Name = "night"
			p.Accounts = map[string]Account{"night": desk}
			f := p.Feeds["city"]
			f.Accounts = []string{"night"}
			p.Feeds["city"] = f
			r.sync(p)
			r.Replace(p)
			return document("one"), nil
		}
		r.run(20 * time.Second)
		if got := r.all(); !slices.Equal(got, []string{"night: one"}) {
			t.Errorf("posts %q", got)
		}
	})
}

// Between the database's and the scheduler's taking over of a configuration, a
// feed with a new address is not read at the old one.
func TestWhatIsReadAtAnOldAddressIsNotKeptForTheNew(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.web.fetch = func(_ context.Context, s feeds.Source) (feeds.Result, error) {
			res := document("from " + s.URL)
			res.Validators.ETag = "of " + s.URL
			return res, nil
		}
		p := r.clonePlan()
		f := p.Feeds["city"]
		f.URL = "https://feeds.example/new.rss"
		p.Feeds["city"] = f
		r.sync(p)
		r.run(20 * time.Second)
		if n := r.web.polls("city"); n != 0 {
			t.Errorf("%d polls of the old address", n)
		}
		r.Replace(p)
		r.run(20 * time.Second)
		if n := r.web.polls("city"); n != 1 || r.web.asked[0].URL != f.URL {
			t.Errorf("%d polls: %v", n, r.web.asked)
		}
	})
}

func TestAFeedThatThePlanDoesNotHaveIsGivenBack(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		p := r.clonePlan()
		delete(r.plan.Feeds, "city")
		r.run(20 * time.Second)
		r.Replace(p)
		r.run(10 * time.Second)
		if n := r.web.polls("city"); n != 1 {
			t.Errorf("%d polls", n)
		}
	})
}

// Sections of a paper that carry the same new story, read at the same moment,
// are each read to the end by a single pass.
func TestOnceReadsFeedsThatWereOvertaken(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		for _, name := range []string{"city", "sport", "region"} {
			r.addFeed(name, func(f *Feed) { f.FirstRun = dedupe.FirstRun{All: true} })
		}
		var meet sync.WaitGroup
		meet.Add(3)
		var mu sync.Mutex
		seen := map[string]bool{}
		r.web.fetch = func(_ context.Context, s feeds.Source) (feeds.Result, error) {
			mu.Lock()
			again := seen[s.Name]
			seen[s.Name] = true
			mu.Unlock()
			if !again {
				meet.Done()
				meet.Wait()
			}
			return document("shared", "only in "+s.Name), nil
		}
		decided := make(chan struct{}, 3)
		release := make(chan struct{})
		r.FailPoint = func(name string) {
			if name != "feed decided" {
				return
			}
			select {
			case decided <- struct{}{}:
				if len(decided) == 3 {
					close(release)
				}
				<-release
			default:
			}
		}
		r.once()
		want := []string{"desk: only in city", "desk: only in region", "desk: only in sport", "desk: shared"}
		if got := r.all(spool.Live); !slices.Equal(got, want) {
			t.Errorf("live %q, want %q", got, want)
		}
	})
}

func TestOnceReportsADatabaseThatFails(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.Store = failing{r.Store}
		if err := r.Once(t.Context()); !errors.Is(err, errDisk) {
			t.Errorf("error %v", err)
		}
	})
}

var errDisk = errors.New("the disk is full")

// failing is a store that records no poll.
type failing struct{ Store }

func (failing) Ingest(context.Context, spool.Ingest) ([]spool.Post, error) { return nil, errDisk }

// Nothing is counted of a poll that is not recorded.
func TestItemsAreCountedOnceRecorded(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		m := &counter{n: map[string]int{}}
		r.Metrics = m
		r.web.fetch = func(context.Context, feeds.Source) (feeds.Result, error) { return document("a", "b"), nil }
		real := r.Store
		r.Store = failing{real}
		r.run(5 * time.Second)
		if len(m.n) != 0 {
			t.Errorf("counted %v", m.n)
		}
		r.Store = real
		r.run(6 * time.Minute) // the claim has to run out
		if m.n["first_run"] != 2 || m.n["known"] == 0 {
			t.Errorf("counted %v", m.n)
		}
	})
}

type counter struct {
	deaf
	mu sync.Mutex
	n  map[string]int
}

func (c *counter) Items(_, verdict string, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n[verdict] += n
}

// A new configuration with a token that works lets the account post at once.
func TestANewPlanGivesEachAccountATurn(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.net.keep = func(context.Context) (publisher.Credential, error) {
			return publisher.Credential{}, fail(spool.Credentials, 0)
		}
		r.record(spool.Post{ID: "a"})
		r.run(time.Minute)
		r.wantSent()
		r.net.keep = nil
		r.Replace(r.clonePlan())
		r.Align(t.Context())
		r.run(5 * time.Second)
		r.wantSent("a")
	})
}
