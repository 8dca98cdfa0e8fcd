package scheduler

import (
	"context"
	"time"

	"spool"
)

// decideAlerts is what a poll of a feed that lists alerts leads to.
func (s *Scheduler) decideAlerts(ctx context.Context, plan Plan, f Feed, before spool.FeedState, got answer, items map[string]int, now time.Time) (in spool.Ingest, outcome string, err error) {
	after := goodPoll(f, before, got.result, now)
	after.Memory = alertsDescribed(after.Memory, before.Memory, *got.alerts, got.result.Unchanged)
	if in, err = s.track(ctx, plan, f, after, got.alerts, items, now); err != nil {
		return in, "", err
	}
	switch {
	case len(in.New) > 0:
		outcome = "new"
	case got.alerts.Same:
		outcome = "unchanged"
	default:
		outcome = "same"
	}
	items["skipped"] = len(got.alerts.Skipped)
	found := len(in.New)
	in.Feed, err = s.minded(ctx, f, in.Feed, got.result, found, len(in.Edited) > 0, now)
	in.Feed = f.wake(in.Feed, now)
	return in, outcome, err
}

// failed is what follows from a poll that failed: of alerts, what time alone brings.
// The end that one named comes although its source is down.
func (s *Scheduler) failed(ctx context.Context, plan Plan, f Feed, after spool.FeedState, items map[string]int, now time.Time) (in spool.Ingest, err error) {
	if len(after.Memory.Alerts) == 0 {
		in.Feed = after
		return in, nil
	}
	if in, err = s.track(ctx, plan, f, after, nil, items, now); err != nil {
		return in, err
	}
	in.Feed = f.wake(in.Feed, now)
	return in, nil
}

// followUp looks at a feed's alerts without asking their source, whose time has not
// come.
func (s *Scheduler) followUp(ctx context.Context, f Feed, state spool.FeedState) {
	now, items := s.Now(), map[string]int{}
	after := state
	after.NextPoll, after.Memory.Deaths = alertNotesOf(state.Memory).Ask, 0
	in, err := s.failed(ctx, s.current(), f, after, items, now)
	if err != nil {
		s.storeTrouble(ctx, "look up alerts of feed "+f.Name, err)
		return // the claim runs out, and the feed is looked at again
	}
	s.FailPoint("feed decided")
	recorded, err := s.Store.Ingest(ctx, in)
	if err != nil {
		s.notIngested(ctx, f, err)
		return
	}
	s.FailPoint("feed ingested")
	s.tell(f, state, in.Feed, in.Feed.Items)
	s.ingested(f, in, items, recorded, now)
}
