package scheduler

import (
	"context"
	"testing"
	"time"

	"spool/feeds"
)

// Who is stopped while a feed is read gives it back as due as it was: that is no
// death, and the next process, or a replica, need not wait.
func TestAPollThatIsStoppedIsGivenBack(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.web.fetch = func(ctx context.Context, _ feeds.Source) (feeds.Result, error) {
			<-ctx.Done()
			return feeds.Result{}, ctx.Err()
		}
		r.run(5 * time.Second)
		all, err := r.db.Feeds(t.Context())
		if err != nil || all[0].Lease.Owner != "" || all[0].NextPoll.After(r.now()) || all[0].Failures != 0 {
			t.Errorf("the feed is %+v, %v", all, err)
		}
	})
}

// Aligning does not end the rest of a feed that processes die of, and a poll that
// ends as it should ends the count.
func TestAlignKeepsTheRestOfAFeedThatProcessesDieOf(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		state := r.claimFeed("city")
		state.Memory.Deaths, state.NextPoll = 4, r.now().Add(20*time.Hour) // by a clock that was ahead
		r.giveBack(t.Context(), state)
		r.Align(t.Context())
		all, err := r.db.Feeds(t.Context())
		if err != nil || all[0].NextPoll.Sub(r.now()) < 128*time.Second || all[0].NextPoll.Sub(r.now()) > 256*time.Second {
			t.Fatalf("asked again at %v, %v", all[0].NextPoll.Sub(r.now()), err)
		}
		r.run(5 * time.Minute)
		all, err = r.db.Feeds(t.Context())
		if err != nil || all[0].Memory.Deaths != 0 || r.web.polls("city") == 0 {
			t.Errorf("the feed is %+v, %v", all, err)
		}
	})
}
