package scheduler

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"spool"
	"spool/alerts"
	"spool/feeds"
)

// poll reads one feed and records everything that follows from it. Reading ends
// with soft: nothing is lost by asking again later. Recording goes on under ctx.
func (s *Scheduler) poll(soft, ctx context.Context, state spool.FeedState) {
	f, ok := s.current().feedOf(state)
	if !ok {
		s.putBack(ctx, state)
		return
	}
	log := s.Log.With("feed", f.Name)
	if f.early(state, s.Now()) {
		s.followUp(ctx, f, state)
		return
	}
	stop := soft
	soft, cancel := context.WithTimeout(stop, feedLease-pollMargin)
	defer cancel()
	start := s.Now()
	s.FailPoint("feed claimed")
	got := s.ask(soft, f, state)
	err := got.failure
	plan := s.current() // a new one may have come meanwhile, and it counts
	if f, ok = plan.feedOf(state); !ok {
		s.putBack(ctx, state)
		return
	}
	if got.alerts != nil {
		f = f.listingAlerts()
	}
	now := s.Now()
	var e *feeds.Error
	switch {
	case stop.Err() != nil && got.alerts != nil && got.alerts.Partial:
		s.giveBack(ctx, state) // there was no time for what its index points to
		return
	case err != nil && soft.Err() != nil:
		log.Debug("poll given up", "err", err)
		if stop.Err() != nil {
			s.giveBack(ctx, state) // it is as due as it was
		}
		return // being stopped, or crowded out by others on its host, is not a failure of the feed
	case errors.As(err, &e) && !e.Asked():
		log.Debug("feed was not asked", "why", err, "until", e.RetryAfter)
		after := f.wake(f.resting(state, e.RetryAfter, now), now)
		s.giveBack(ctx, after)
		s.tell(f, state, after, after.Items)
		return
	}
	items := map[string]int{}
	in, outcome, err := s.decide(ctx, plan, f, state, got, items, now)
	if err != nil {
		s.storeTrouble(ctx, "look up items of feed "+f.Name, err)
		return // the claim runs out, and the feed is polled again
	}
	s.FailPoint("feed decided")
	recorded, err := s.Store.Ingest(ctx, in)
	if err != nil {
		s.notIngested(ctx, f, err)
		return
	}
	s.FailPoint("feed ingested")
	s.Metrics.Polled(f.Name, outcome, now.Sub(start), got.result.Bytes)
	s.tell(f, state, in.Feed, in.Feed.Items)
	s.ingested(f, in, items, recorded, now)
	s.tellHubs(state.Memory, in.Feed)
}

// An answer is what came of asking for a feed.
type answer struct {
	result  feeds.Result
	alerts  *alerts.Reading // of a feed that lists alerts; nil: it does not
	failure error           // why there is neither
}

// ask fetches a feed and reads what it says, but for what is compared with the
// database.
func (s *Scheduler) ask(ctx context.Context, f Feed, state spool.FeedState) (got answer) {
	src := f.source(state)
	src.Patient = s.once // nobody asks again later
	got.result, got.failure = s.Fetcher.Fetch(ctx, src)
	s.FailPoint("feed fetched")
	if got.failure == nil {
		got.alerts, got.failure = s.alertsIn(ctx, f, state, got.result)
	}
	return got
}

// decide is what a poll leads to, and its outcome for the metrics.
func (s *Scheduler) decide(ctx context.Context, plan Plan, f Feed, before spool.FeedState, got answer, items map[string]int, now time.Time) (in spool.Ingest, outcome string, err error) {
	after := before
	after.LastPoll, after.Memory.Deaths = now, 0
	if after.Memory.Read.IsZero() {
		after.Memory.Read = before.LastGood // its address is another since, or nobody noted it then
	}
	if f.Push {
		after = awaiting(after)
	}
	switch {
	case got.failure != nil:
		in, err = s.failed(ctx, plan, f, f.failedPoll(after, got.failure, now), items, now)
		return in, "failed", err
	case got.alerts != nil:
		return s.decideAlerts(ctx, plan, f, after, got, items, now)
	}
	result := got.result
	after = goodPoll(f, after, result, now)
	after.Memory.Alerts = nil
	if result.Unchanged {
		in.Feed, outcome = after, "unchanged"
	} else {
		if in, err = s.digest(ctx, plan, f, after, result.Document, items, now); err != nil {
			return in, "", err
		}
		outcome = "same"
		if len(in.New) > 0 {
			outcome = "new"
		}
		items["skipped"] = len(result.Document.Skipped)
	}
	news := !before.Baselined.IsZero() && len(in.New)+len(in.Listed) > 0
	in.Feed.Memory = f.observe(before, in.Feed, result, news, now)
	found := 0
	if news {
		found = len(in.New) + len(in.Listed)
	}
	in.Feed, err = s.minded(ctx, f, in.Feed, result, found, len(in.Edited) > 0, now)
	return in, outcome, err
}

// ingested tells everybody what a poll has led to.
func (s *Scheduler) ingested(f Feed, in spool.Ingest, items map[string]int, recorded []spool.Post, now time.Time) {
	for verdict, n := range items {
		if n > 0 {
			s.Metrics.Items(f.Name, verdict, n)
		}
	}
	for _, p := range recorded {
		s.Metrics.Moved(p, spool.Change{Time: now, To: p.State, What: spool.Recorded}, nil)
	}
	s.logIngest(f, in, recorded)
	if len(recorded) > 0 {
		s.poke()
	}
}

// source is what is asked for: the feed, on condition that it has changed.
func (f Feed) source(state spool.FeedState) feeds.Source {
	src := f.Access
	src.Name, src.URL = f.Name, f.address(state.Memory)
	src.Validators, src.Issuer, src.BodyHash = state.Validators, state.Memory.Issuer, state.BodyHash
	if src.URL != f.URL {
		src.Home = f.URL
	}
	if f.Whole {
		src.Validators = spool.Validators{}
	}
	if f.rereads(state.Memory) {
		src.Validators, src.BodyHash = spool.Validators{}, ""
	}
	if was := state.Memory.Manner; was != "" && was != f.manner() {
		src.Validators, src.BodyHash = spool.Validators{}, ""
	}
	return src
}

// manner is a digest of what else an answer, and what is read from it, depends
// on: a server may have another document for another user or another program.
// It is so short that no secret can be found by it.
func (f Feed) manner() string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %v\n", f.Access.Kind, f.Access.UserAgent, f.Access.Location)
	for _, name := range slices.Sorted(maps.Keys(f.Access.Header)) {
		fmt.Fprintf(h, "%q %q\n", name, f.Access.Header[name])
	}
	return hex.EncodeToString(h.Sum(nil)[:3])
}

// putBack gives a claimed feed back that is not in the plan as the database has
// it: the configuration is just being replaced, or another process has another.
func (s *Scheduler) putBack(ctx context.Context, state spool.FeedState) {
	state.NextPoll = s.Now().Add(misfitPause)
	s.giveBack(ctx, state)
}

// giveBack records the state of a claimed feed that was not read.
func (s *Scheduler) giveBack(ctx context.Context, state spool.FeedState) {
	state.NextPoll = notBefore(state.NextPoll, s.Now())
	if _, err := s.Store.Ingest(ctx, spool.Ingest{Feed: state}); err != nil && !errors.Is(err, spool.ErrConflict) {
		s.storeTrouble(ctx, "give back feed "+state.Name, err)
	}
}

func (s *Scheduler) notIngested(ctx context.Context, f Feed, err error) {
	if errors.Is(err, spool.ErrConflict) {
		s.Log.Warn("another process took the feed over, or a post changed, while it was read; nothing was recorded", "feed", f.Name)
		return
	}
	s.storeTrouble(ctx, "record items of feed "+f.Name, err)
}

// some joins the first few of many.
func some(list []string) string {
	const few = 3
	if len(list) > few {
		return fmt.Sprintf("%s; and %d more", strings.Join(list[:few], "; "), len(list)-few)
	}
	return strings.Join(list, "; ")
}

func (s *Scheduler) logIngest(f Feed, in spool.Ingest, recorded []spool.Post) {
	if len(in.New)+len(in.Reworded)+len(recorded) == 0 {
		return
	}
	s.Log.Info("feed read", "feed", f.Name, "items", in.Feed.Items, "new", len(in.New), "edited", len(in.Edited), "posts", len(recorded), "reworded", len(in.Reworded))
	s.logBatches(f, recorded)
	for _, p := range recorded {
		switch {
		case p.Hold == spool.HoldChurn || p.Hold == spool.HoldBurst: // told of as a whole
		case p.State == spool.Held:
			s.Log.Warn("post held for a person", "feed", f.Name, "account", p.Account, "post", p.ID, "hold", p.Hold, "reason", p.Reason, "text", first(p.Content.Text))
		case p.State == spool.Failed:
			s.Log.Error("post failed", "feed", f.Name, "account", p.Account, "post", p.ID, "reason", p.Reason)
		}
	}
}

// first is the beginning of a text, enough to recognise it in a log.
func first(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	if r := []rune(line); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return line
}
