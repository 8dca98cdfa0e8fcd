package scheduler

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"spool/feeds"
)

// One feed that its host always refuses does not keep the host's other feeds from
// being asked: they go first when the host has rested.
func TestAFeedThatIsAlwaysRefusedDoesNotSilenceItsHost(t *testing.T) {
	takesLong(t)
	onRig(t, func(t *testing.T, r *rig) {
		for _, name := range []string{"a", "b", "zoo"} {
			r.addFeed(name, func(f *Feed) { f.Group = name })
		}
		const rest = 10 * time.Minute
		var mu sync.Mutex
		var until time.Time
		read := map[string]int{}
		r.web.fetch = func(_ context.Context, s feeds.Source) (feeds.Result, error) {
			mu.Lock()
			defer mu.Unlock()
			switch {
			case time.Now().Before(until):
				return feeds.Result{}, &feeds.Error{Kind: feeds.KindResting, RetryAfter: until, Message: "not now"}
			case s.Name == "a":
				until = time.Now().Add(rest)
				return feeds.Result{}, &feeds.Error{Kind: feeds.KindThrottled, Status: 429, RetryAfter: until, Message: "too many requests"}
			}
			read[s.Name]++
			return document(s.Name), nil
		}
		for range 10 { // in short runs the scheduler looks for work every second
			r.run(5 * time.Minute)
		}
		for _, name := range []string{"b", "zoo", "city"} {
			if read[name] < 3 {
				t.Errorf("%s was read %d times while its host rested five times", name, read[name])
			}
		}
	})
}

// That nobody can ask a feed for days is told, once.
func TestALongRestIsTold(t *testing.T) {
	takesLong(t)
	onRig(t, func(t *testing.T, r *rig) {
		resting := false
		r.web.fetch = func(context.Context, feeds.Source) (feeds.Result, error) {
			if resting {
				return feeds.Result{}, &feeds.Error{Kind: feeds.KindResting, RetryAfter: time.Now().Add(time.Hour), Message: "not now"}
			}
			return document("one"), nil
		}
		r.run(2 * time.Minute)
		resting = true
		alarm := func() string {
			all, err := r.db.Feeds(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return all[0].Memory.Alarm
		}
		r.run(24 * time.Hour)
		if got := alarm(); got != "" {
			t.Errorf("after a day: %s", got)
		}
		r.run(24 * time.Hour)
		if got := alarm(); !strings.Contains(got, "its host is left alone again and again") {
			t.Errorf("after two days: %q", got)
		}
		if n := strings.Count(r.log.String(), "feed is not as it used to be"); n != 1 {
			t.Errorf("told %d times", n)
		}
		resting = false
		r.run(4 * time.Hour)
		if got := alarm(); got != "" {
			t.Errorf("after it was read: %s", got)
		}
	})
}
