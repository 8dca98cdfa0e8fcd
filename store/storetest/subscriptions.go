package storetest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"spool"
	"spool/store"
)

// subscription is one that has just been begun.
func subscription(id, feed string) spool.Subscription {
	return spool.Subscription{
		ID: id, Feed: feed, Hub: "https://hub.example/", Topic: "https://www.example.org/" + feed + ".xml",
		Callback: "https://spool.example/websub/", Secret: "secret of " + id, Standing: spool.Pending, Created: start, Next: start,
		Version: 1,
	}
}

func testSubscriptions(t *testing.T, f *fixture) {
	s := subscription("one", "news")
	if err := f.AddSubscription(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if got := must(f.Subscription(t.Context(), "one"))(t); got != s {
		t.Errorf("comes back as %+v of %q", got, got.Hub)
	}
	if err := f.AddSubscription(t.Context(), subscription("two", "news")); !errors.Is(err, spool.ErrConflict) {
		t.Errorf("a second one of the feed: %v", err)
	}
	stale := s
	s.Standing, s.Requested, s.Verified, s.LeaseUntil, s.Next = spool.Active, start, start, start.Add(time.Hour), start.Add(time.Minute)
	s.Failures, s.Reason = 3, "because\x00"
	saved := must(f.SaveSubscription(t.Context(), s))(t)
	if _, err := f.SaveSubscription(t.Context(), stale); !errors.Is(err, spool.ErrConflict) {
		t.Errorf("saving what has changed meanwhile: %v", err)
	}
	s.Version, s.Reason = 2, "because"
	if got := must(f.SubscriptionOf(t.Context(), "news"))(t); got != s || saved.Version != 2 {
		t.Errorf("saved as %#v, version %d", got, saved.Version)
	}
	s.Standing = spool.Unsubscribing
	s = must(f.SaveSubscription(t.Context(), s))(t)
	if _, err := f.SubscriptionOf(t.Context(), "news"); !errors.Is(err, spool.ErrNotFound) {
		t.Errorf("one that is being ended is current: %v", err)
	}
	if err := f.AddSubscription(t.Context(), subscription("two", "news")); err != nil {
		t.Errorf("a new one beside it: %v", err)
	}
	if all := must(f.Subscriptions(t.Context()))(t); len(all) != 2 || all[0].ID != "two" || all[1].ID != "one" {
		t.Errorf("all are %v", all)
	}
	if err := f.RemoveSubscription(t.Context(), stale); !errors.Is(err, spool.ErrConflict) {
		t.Errorf("forgetting what has changed meanwhile: %v", err)
	}
	if err := f.RemoveSubscription(t.Context(), s); err != nil {
		t.Error(err)
	}
	_, err := f.Subscription(t.Context(), "one")
	if !errors.Is(err, spool.ErrNotFound) || strings.Contains(err.Error(), "one") {
		t.Errorf("a forgotten one: %v", err)
	}
}

func testDueSubscriptions(t *testing.T, f *fixture) {
	if next := must(f.NextSubscription(t.Context()))(t); !next.IsZero() {
		t.Errorf("without subscriptions one is due at %v", next)
	}
	for name, next := range map[string]time.Duration{"b": -time.Hour, "a": -time.Minute, "later": time.Second, "c": 0} {
		s := subscription(name, name)
		s.Next = start.Add(next)
		if err := f.AddSubscription(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	never := subscription("never", "never")
	never.Next = time.Time{}
	if err := f.AddSubscription(t.Context(), never); err != nil {
		t.Fatal(err)
	}
	if next := must(f.NextSubscription(t.Context()))(t); !next.Equal(start.Add(-time.Hour)) {
		t.Errorf("the first is due at %v", next)
	}
	names := func(limit int) string {
		var names []string
		for _, s := range must(f.DueSubscriptions(t.Context(), start, limit))(t) {
			names = append(names, s.ID)
		}
		return strings.Join(names, " ")
	}
	if got := names(10); got != "b a c" {
		t.Errorf("due are %s", got)
	}
	if got := names(2); got != "b a" {
		t.Errorf("the first two are %s", got)
	}
}

// testSubscriptionRace lets several processes begin and claim the same one.
func testSubscriptionRace(t *testing.T, f *fixture) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	begun, claimed := 0, 0
	for i := range 4 {
		db := f.another(t)
		wg.Go(func() {
			err := db.AddSubscription(t.Context(), subscription(fmt.Sprint("sub", i), "news"))
			s, readErr := db.SubscriptionOf(t.Context(), "news")
			if readErr != nil || err != nil && !errors.Is(err, spool.ErrConflict) {
				t.Errorf("begin: %v, read: %v", err, readErr)
				return
			}
			_, claimErr := db.SaveSubscription(t.Context(), s)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				begun++
			}
			if claimErr == nil && s.Version == 1 {
				claimed++
			}
		})
	}
	wg.Wait()
	if begun != 1 || claimed != 1 {
		t.Errorf("begun by %d, claimed by %d processes", begun, claimed)
	}
}

// testNotePushes: counting pushes is nobody's conflict.
func testNotePushes(t *testing.T, f *fixture) {
	s := subscription("one", "news")
	if err := f.AddSubscription(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	for _, n := range []struct {
		last           time.Duration
		valid, ignored int
	}{{time.Minute, 2, 1}, {time.Second, 1, 0}} {
		if err := f.NotePushes(t.Context(), "one", start.Add(n.last), n.valid, n.ignored); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.NotePushes(t.Context(), "one", time.Time{}, 0, 4); err != nil {
		t.Fatal(err)
	}
	if _, err := f.SaveSubscription(t.Context(), s); err != nil {
		t.Error(err)
	}
	if got := must(f.Subscription(t.Context(), "one"))(t); got.Pushes != 3 || got.Ignored != 5 || !got.LastPush.Equal(start.Add(time.Minute)) {
		t.Errorf("%d pushes, %d ignored, the last at %v", got.Pushes, got.Ignored, got.LastPush)
	}
}

// testHurry makes feeds due that were pushed, at all moments of a poll's life.
func testHurry(t *testing.T, f *fixture) {
	tests := map[string]struct {
		lastPoll, retryAfter, nextPoll time.Duration // from start; 0: never
		want                           time.Duration
	}{
		"long after a poll":       {-time.Hour, 0, time.Hour, 0},
		"right after a poll":      {-time.Second, 0, time.Hour, store.HurryGap - time.Second},
		"due in any case":         {-time.Second, 0, time.Second, time.Second},
		"overdue":                 {-time.Hour, 0, -time.Minute, -time.Minute},
		"its server wants a rest": {-time.Hour, time.Minute, time.Hour, time.Hour},
		"its rest is over":        {-time.Hour, -time.Second, time.Hour, 0},
	}
	for name, test := range tests {
		f.configure(t, []string{"news"}, nil)
		if err := f.Reschedule(t.Context(), "news", start.Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
		fs := f.claimFeed(t, "news")
		fs.NextPoll, fs.LastPoll, fs.Baselined, fs.RetryAfter = start.Add(test.nextPoll), start.Add(test.lastPoll), start.Add(-time.Hour), time.Time{}
		if test.retryAfter != 0 {
			fs.RetryAfter = start.Add(test.retryAfter)
		}
		if _, err := f.Ingest(t.Context(), spool.Ingest{Feed: fs}); err != nil {
			t.Fatal(err)
		}
		if err := f.Hurry(t.Context(), "news", start); err != nil {
			t.Fatal(err)
		}
		got := must(f.Feeds(t.Context()))(t)[0]
		if !got.NextPoll.Equal(start.Add(test.want)) || !got.Hurried.IsZero() {
			t.Errorf("%s: due at %v, want %v", name, got.NextPoll.Sub(start), test.want)
		}
		fs.RetryAfter = time.Time{}
		f.reset(t)
	}
}

// reset polls the feed once more, so that nothing of a test is left.
func (f *fixture) reset(t *testing.T) {
	t.Helper()
	claimed := must(f.ClaimFeeds(t.Context(), "me", start.Add(24*time.Hour), time.Minute, 10))(t)
	for _, c := range claimed {
		if c.Hurried.IsZero() {
			t.Error("the poll does not know that a push asked for it")
		}
		c.RetryAfter = time.Time{}
		if _, err := f.Ingest(t.Context(), spool.Ingest{Feed: c}); err != nil {
			t.Fatal(err)
		}
	}
}

// testHurryWhilePolled: a push during a poll leads to one more poll after it, by
// a process that may be another one.
func testHurryWhilePolled(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, nil)
	other := f.another(t)
	if err := other.Hurry(t.Context(), "news", start.Add(-time.Second)); err != nil {
		t.Fatal(err)
	}
	fs := f.claimFeed(t, "news")
	if !fs.Hurried.Equal(start.Add(-time.Second)) {
		t.Errorf("the poll was asked for at %v", fs.Hurried)
	}
	for range 2 { // two pushes are one poll
		if err := other.Hurry(t.Context(), "news", start); err != nil {
			t.Fatal(err)
		}
	}
	fs.LastPoll, fs.Baselined, fs.NextPoll = start.Add(time.Second), start.Add(-time.Hour), start.Add(time.Hour)
	if _, err := f.Ingest(t.Context(), spool.Ingest{Feed: fs}); err != nil {
		t.Fatal(err)
	}
	again := start.Add(time.Second + store.HurryGap)
	if got := must(f.Feeds(t.Context()))(t)[0]; !got.NextPoll.Equal(again) {
		t.Errorf("polled again after %v", got.NextPoll.Sub(start))
	}
	second := must(f.ClaimFeeds(t.Context(), "me", again, time.Minute, 1))(t)
	if len(second) != 1 || second[0].Hurried.IsZero() {
		t.Fatalf("claimed %v", second)
	}
	fs = second[0]
	fs.LastPoll, fs.NextPoll = again, again.Add(time.Hour)
	if _, err := f.Ingest(t.Context(), spool.Ingest{Feed: fs}); err != nil {
		t.Fatal(err)
	}
	if got := must(f.Feeds(t.Context()))(t)[0]; !got.NextPoll.Equal(fs.NextPoll) || !got.Hurried.IsZero() {
		t.Errorf("and then polled again after %v", got.NextPoll.Sub(again))
	}
}

// testHurryDuringThrottling: a server that wants to be left alone is, whatever
// its hub says.
func testHurryDuringThrottling(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, nil)
	fs := f.claimFeed(t, "news")
	if err := f.Hurry(t.Context(), "news", start); err != nil {
		t.Fatal(err)
	}
	fs.LastPoll, fs.RetryAfter, fs.NextPoll = start, start.Add(time.Minute), start.Add(time.Hour)
	if _, err := f.Ingest(t.Context(), spool.Ingest{Feed: fs}); err != nil {
		t.Fatal(err)
	}
	if got := must(f.Feeds(t.Context()))(t)[0]; got.NextPoll.Before(fs.RetryAfter) {
		t.Errorf("polled after %v, its server wants a minute", got.NextPoll.Sub(start))
	}
}
