package scheduler

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"spool"
	"spool/feeds"
)

// A pushedRig is a rig whose feed names a hub and is read every minute.
type pushedRig struct {
	*rig
	titles atomic.Pointer[[]string]
	slow   atomic.Int64 // nanoseconds that the next answer takes
	noted  []string
}

const (
	hubURL   = "https://hub.example/"
	topicURL = "https://feeds.example/city.rss"
)

func onPushedRig(t *testing.T, edit func(*Feed), test func(t *testing.T, r *pushedRig)) {
	t.Helper()
	onRig(t, func(t *testing.T, plain *rig) {
		r := &pushedRig{rig: plain}
		r.lists("old")
		f := r.plan.Feeds["city"]
		f.Push = true
		if edit != nil {
			edit(&f)
		}
		r.plan.Feeds["city"] = f
		r.web.fetch = r.answer
		r.Hubs = r
		test(t, r)
	})
}

// answer is the feed as it is when the request comes in.
func (r *pushedRig) answer(context.Context, feeds.Source) (feeds.Result, error) {
	res := document(*r.titles.Load()...)
	res.Hub, res.Topic = hubURL, topicURL
	pass(time.Duration(r.slow.Swap(0)))
	return res, nil
}

// lag makes the next answer take so long.
func (r *pushedRig) lag(d time.Duration) { r.slow.Store(int64(d)) }

func schedule(spec string) Schedule {
	s, err := ParseSchedule(spec, time.UTC)
	if err != nil {
		panic(err)
	}
	return s
}

func (r *pushedRig) lists(titles ...string) { r.titles.Store(&titles) }

// adds puts a title at the top of the feed.
func (r *pushedRig) adds(title string) { r.lists(append([]string{title}, *r.titles.Load()...)...) }

func (r *pushedRig) Noted(f spool.FeedState) { r.noted = append(r.noted, f.Memory.Hub) }

// subscribe makes the feed known and subscribed to.
func (r *pushedRig) subscribe() {
	r.t.Helper()
	r.runFor(90 * time.Second)
	now := time.Now()
	if err := r.db.AddSubscription(r.t.Context(), spool.Subscription{
		ID: "id", Feed: "city", Hub: hubURL, Topic: topicURL, Standing: spool.Active,
		Created: now, Requested: now, Verified: now, LeaseUntil: now.Add(10 * 24 * time.Hour),
	}); err != nil {
		r.t.Fatal(err)
	}
}

// runFor lets the scheduler work beside the test.
func (r *pushedRig) runFor(d time.Duration) {
	r.t.Helper()
	r.run(d)
	synctest.Wait()
}

func (r *pushedRig) push() {
	r.t.Helper()
	if err := r.Pushed(r.t.Context(), "city"); err != nil {
		r.t.Fatal(err)
	}
}

func (r *pushedRig) memory() spool.FeedMemory { return r.feed().Memory }

func (r *pushedRig) feed() spool.FeedState {
	r.t.Helper()
	all, err := r.db.Feeds(r.t.Context())
	if err != nil || len(all) != 1 {
		r.t.Fatal(len(all), err)
	}
	return all[0]
}

// pollsWithin is how often the feed is read within a while.
func (r *pushedRig) pollsWithin(d time.Duration) int {
	r.t.Helper()
	before := r.web.polls("city")
	r.runFor(d)
	return r.web.polls("city") - before
}

// proved makes the hub one that is relied on.
func (r *pushedRig) proved() {
	r.t.Helper()
	r.subscribe()
	r.adds("announced")
	r.push()
	r.runFor(7 * time.Second) // a feed is not read twice within five seconds
	if m := r.memory(); m.Proven.IsZero() || m.Pushed != 1 || m.Polled != 0 {
		r.t.Fatalf("not relied on: %+v\n%s", m, r.tail())
	}
}

func TestAPushIsFetchedAtOnce(t *testing.T) {
	onPushedRig(t, nil, func(t *testing.T, r *pushedRig) {
		r.subscribe()
		r.runFor(20 * time.Second) // clear of the schedule
		r.adds("news")
		start := time.Now()
		done := make(chan struct{})
		go func() { defer close(done); r.runFor(10 * time.Second) }()
		synctest.Wait()
		r.push()
		for len(r.net.sent()) == 0 && time.Since(start) < 10*time.Second {
			pass(time.Millisecond)
		}
		if took := time.Since(start); took > 100*time.Millisecond {
			t.Errorf("from push to live took %v", took)
		}
		<-done
		if got := r.noted; len(got) != 1 || got[0] != hubURL {
			t.Errorf("the hubs were told of %q", got)
		}
	})
}

func TestARelianceSlowsPollingDown(t *testing.T) {
	takesLong(t)
	tests := map[string]struct {
		edit        func(*Feed)
		least, most int // polls within two hours
	}{
		"news":     {nil, 3, 5},
		"breaking": {func(f *Feed) { f.Priority = spool.Breaking }, 95, 125},
		"seldom":   {func(f *Feed) { f.Schedule = schedule("@every 45m") }, 2, 3},
		"off":      {func(f *Feed) { f.Push = false }, 95, 125},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			onPushedRig(t, nil, func(t *testing.T, r *pushedRig) {
				r.proved()
				if test.edit != nil {
					f := r.plan.Feeds["city"]
					test.edit(&f)
					r.plan.Feeds["city"] = f
					r.Align(t.Context())
					r.runFor(time.Minute)
				}
				if n := r.pollsWithin(2 * time.Hour); n < test.least || n > test.most {
					t.Errorf("%d polls within two hours, want %d to %d", n, test.least, test.most)
				}
			})
		})
	}
}

// A subscription alone is no reason to poll less.
func TestAHubThatNeverPushesChangesNothing(t *testing.T) {
	takesLong(t)
	onPushedRig(t, nil, func(t *testing.T, r *pushedRig) {
		r.subscribe()
		if n := r.pollsWithin(time.Hour); n < 55 {
			t.Errorf("%d polls within an hour", n)
		}
		r.push() // of nothing: that proves nothing
		r.runFor(5 * time.Minute)
		if n := r.pollsWithin(time.Hour); n < 55 || !r.memory().Proven.IsZero() {
			t.Errorf("%d polls within an hour after a push of nothing", n)
		}
	})
}

func TestAPollThatFindsFirstEndsTheReliance(t *testing.T) {
	takesLong(t)
	onPushedRig(t, nil, func(t *testing.T, r *pushedRig) {
		r.proved()
		r.runFor(time.Hour)
		r.adds("not announced")
		r.runFor(35 * time.Minute)
		m := r.memory()
		if !m.Proven.IsZero() || m.Polled != 1 || m.Pushed != 1 {
			t.Fatalf("still relied on: %+v", m)
		}
		if n := r.pollsWithin(time.Hour); n < 55 {
			t.Errorf("%d polls within an hour", n)
		}
		r.adds("announced again")
		r.push()
		r.runFor(7 * time.Second) // a feed is not read twice within five seconds
		if m := r.memory(); m.Proven.IsZero() || m.Pushed != 2 {
			t.Errorf("it has proved itself again, and is not relied on: %+v", m)
		}
	})
}

// A poll that was a little quicker than the push does not make a hub unreliable.
func TestABelatedPushIsForgiven(t *testing.T) {
	takesLong(t)
	for late, forgiven := range map[time.Duration]bool{20 * time.Second: true, 20 * time.Minute: false} {
		onPushedRig(t, nil, func(t *testing.T, r *pushedRig) {
			r.proved()
			r.runFor(10 * time.Minute)
			r.adds("quick")
			for r.memory().Polled == 0 {
				r.runFor(time.Second)
			}
			r.runFor(late)
			r.push()
			r.runFor(40 * time.Second)
			if m := r.memory(); m.Proven.IsZero() == forgiven {
				t.Errorf("late by %v: %+v", late, m)
			}
		})
	}
}

// A cache may answer a push with what was before: look again soon, and not for
// ever.
func TestAStaleAnswerAfterAPush(t *testing.T) {
	for stale, want := range map[time.Duration]int{3 * time.Second: 2, 20 * time.Second: 3, 2 * time.Minute: 3} {
		onPushedRig(t, func(f *Feed) { f.Schedule = schedule("@every 15m") }, func(t *testing.T, r *pushedRig) {
			r.subscribe()
			start := time.Now()
			r.push()
			time.AfterFunc(stale, func() { r.adds("news") })
			if n := r.pollsWithin(5 * time.Minute); n != want {
				t.Errorf("stale for %v: %d polls, want %d", stale, n, want)
			}
			if found := len(r.net.sent()) == 1; found != (stale < 30*time.Second) {
				t.Errorf("stale for %v: found %v after %v", stale, found, time.Since(start))
			}
		})
	}
}

// A hub that cries wolf is looked after once each time, and not more.
func TestFruitlessPushes(t *testing.T) {
	onPushedRig(t, func(f *Feed) { f.Schedule = schedule("@every 12h") }, func(t *testing.T, r *pushedRig) {
		r.subscribe()
		var polls []string
		for range 8 {
			r.push()
			polls = append(polls, fmt.Sprint(r.pollsWithin(time.Minute)))
		}
		if got := strings.Join(polls, " "); got != "3 3 3 3 3 1 1 1" {
			t.Errorf("polls after each push: %s", got)
		}
	})
}

func TestAStormOfPushesIsAFewPolls(t *testing.T) {
	onPushedRig(t, func(f *Feed) { f.Schedule = schedule("@every 12h") }, func(t *testing.T, r *pushedRig) {
		r.subscribe()
		done := make(chan int)
		go func() { done <- r.pollsWithin(time.Minute) }()
		for range 600 {
			r.push()
			pass(100 * time.Millisecond)
		}
		if n := <-done; n < 11 || n > 14 {
			t.Errorf("%d polls within a minute of pushes", n)
		}
	})
}

// What is published while a poll is under way is found by one more.
func TestAPushDuringAPoll(t *testing.T) {
	onPushedRig(t, func(f *Feed) { f.Schedule = schedule("@every 12h") }, func(t *testing.T, r *pushedRig) {
		r.subscribe()
		if err := r.db.DueAll(t.Context(), time.Now()); err != nil {
			t.Fatal(err)
		}
		done := make(chan int)
		go func() { done <- r.pollsWithin(20 * time.Second) }()
		r.lag(2 * time.Second)
		pass(time.Second) // what is answered now was put together before
		r.adds("meanwhile")
		r.push()
		<-done
		if len(r.net.sent()) != 1 {
			t.Errorf("it was not found\n%s", r.tail())
		}
	})
}

func TestAnEndOfPushesBringsTheScheduleBack(t *testing.T) {
	onPushedRig(t, nil, func(t *testing.T, r *pushedRig) {
		r.proved()
		r.runFor(5 * time.Minute)
		sub, err := r.db.SubscriptionOf(t.Context(), "city")
		if err != nil {
			t.Fatal(err)
		}
		sub.Standing = spool.Denied
		if _, err := r.db.SaveSubscription(t.Context(), sub); err != nil {
			t.Fatal(err)
		}
		r.Unpushed(t.Context(), "city")
		if n := r.pollsWithin(10 * time.Minute); n < 9 {
			t.Errorf("%d polls within ten minutes after the hub's denial", n)
		}
	})
}

func TestALeaseThatRunsOutBringsTheScheduleBack(t *testing.T) {
	takesLong(t)
	onPushedRig(t, nil, func(t *testing.T, r *pushedRig) {
		r.proved()
		sub, err := r.db.SubscriptionOf(t.Context(), "city")
		if err != nil {
			t.Fatal(err)
		}
		sub.LeaseUntil = time.Now().Add(40 * time.Minute)
		if _, err := r.db.SaveSubscription(t.Context(), sub); err != nil {
			t.Fatal(err)
		}
		r.runFor(41 * time.Minute)
		if n := r.pollsWithin(10 * time.Minute); n < 9 {
			t.Errorf("%d polls within ten minutes after the end of the lease", n)
		}
	})
}

// A restart does not read the feed before its time.
func TestAlignKeepsTheBackupInterval(t *testing.T) {
	onPushedRig(t, nil, func(t *testing.T, r *pushedRig) {
		r.proved()
		before := r.feed().NextPoll
		r.Align(t.Context())
		if after := r.feed().NextPoll; !after.Equal(before) {
			t.Errorf("the next poll moved from %v to %v", before, after)
		}
	})
}

func TestWhichHubAFeedNames(t *testing.T) {
	named := spool.FeedMemory{Hub: hubURL, Topic: topicURL, Proven: start0}
	other := feeds.Result{Hub: "https://other.example/", Topic: topicURL}
	tests := map[string]struct {
		m    spool.FeedMemory
		r    feeds.Result
		want spool.FeedMemory
	}{
		"at first":              {spool.FeedMemory{}, feeds.Result{Hub: hubURL, Topic: topicURL}, spool.FeedMemory{Hub: hubURL, Topic: topicURL}},
		"the same":              {named, feeds.Result{Hub: hubURL, Topic: topicURL}, named},
		"another":               {named, other, spool.FeedMemory{Hub: "https://other.example/", Topic: topicURL}},
		"in the document":       {spool.FeedMemory{}, feeds.Result{Document: feeds.Document{Hub: hubURL, Topic: topicURL}}, spool.FeedMemory{Hub: hubURL, Topic: topicURL}},
		"without a topic":       {spool.FeedMemory{}, feeds.Result{Hub: hubURL}, spool.FeedMemory{}},
		"too long":              {spool.FeedMemory{}, feeds.Result{Hub: hubURL + strings.Repeat("x", 3000), Topic: topicURL}, spool.FeedMemory{}},
		"not modified":          {named, feeds.Result{Unchanged: true}, named},
		"a degraded document":   {named, feeds.Result{Document: feeds.Document{Degraded: true}}, named},
		"none for the 1st time": {named, feeds.Result{}, spool.FeedMemory{Hub: hubURL, Topic: topicURL, Proven: start0, HubGone: start0}},
		"none for a day": {spool.FeedMemory{Hub: hubURL, Topic: topicURL, HubGone: start0.Add(-24 * time.Hour)}, feeds.Result{},
			spool.FeedMemory{}},
		"named again": {spool.FeedMemory{Hub: hubURL, Topic: topicURL, HubGone: start0.Add(-time.Hour)}, feeds.Result{Hub: hubURL, Topic: topicURL},
			spool.FeedMemory{Hub: hubURL, Topic: topicURL}},
	}
	for name, test := range tests {
		if got := withHub(test.m, test.r, start0); fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", test.want) {
			t.Errorf("%s:\n%+v, want\n%+v", name, got, test.want)
		}
	}
}

var start0 = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
