package scheduler

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"spool"
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
	soft, cancel := context.WithTimeout(soft, feedLease-pollMargin)
	defer cancel()
	start := s.Now()
	s.FailPoint("feed claimed")
	result, err := s.Fetcher.Fetch(soft, f.source(state))
	s.FailPoint("feed fetched")
	plan := s.current() // a new one may have come meanwhile, and it counts
	if f, ok = plan.feedOf(state); !ok {
		s.putBack(ctx, state)
		return
	}
	now := s.Now()
	state.LastPoll = now
	var in spool.Ingest
	var outcome string
	items := map[string]int{}
	switch {
	case err != nil && soft.Err() != nil:
		log.Debug("poll given up", "err", err)
		return // being stopped, or crowded out by others on its host, is not a failure of the feed
	case err != nil:
		in.Feed, outcome = s.failedPoll(f, state, err, now), "failed"
		log.Warn("feed cannot be read", "err", err, "failures", in.Feed.Failures, "next", in.Feed.NextPoll)
	case result.Unchanged:
		in.Feed, outcome = goodPoll(f, state, result, now), "unchanged"
	default:
		in, err = s.digest(ctx, plan, f, goodPoll(f, state, result, now), result.Document, items, now)
		if err != nil {
			s.storeTrouble(ctx, "look up items of feed "+f.Name, err)
			return // the claim runs out, and the feed is polled again
		}
		outcome = "same"
		if len(in.New) > 0 {
			outcome = "new"
		}
		items["skipped"] = len(result.Document.Skipped)
		s.report(f, result.Document)
	}
	if state.Problem != "" && in.Feed.Problem == "" {
		log.Info("feed can be read again", "failures", state.Failures)
	}
	s.FailPoint("feed decided")
	recorded, err := s.Store.Ingest(ctx, in)
	if err != nil {
		s.notIngested(ctx, f, err)
		return
	}
	s.FailPoint("feed ingested")
	s.Metrics.Polled(f.Name, outcome, now.Sub(start), result.Bytes)
	s.ingested(f, in, items, recorded, now)
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
	src.Name, src.URL, src.Validators, src.BodyHash = f.Name, f.URL, state.Validators, state.BodyHash
	if f.Whole {
		src.Validators = spool.Validators{}
	}
	return src
}

// putBack gives a claimed feed back that is not in the plan as the database has
// it: the configuration is just being replaced, or another process has another.
func (s *Scheduler) putBack(ctx context.Context, state spool.FeedState) {
	state.NextPoll = s.Now().Add(misfitPause)
	if _, err := s.Store.Ingest(ctx, spool.Ingest{Feed: state}); err != nil && !errors.Is(err, spool.ErrConflict) {
		s.storeTrouble(ctx, "give back feed "+state.Name, err)
	}
}

func (s *Scheduler) notIngested(ctx context.Context, f Feed, err error) {
	if errors.Is(err, spool.ErrConflict) {
		s.Log.Warn("another process took the feed over while it was read; nothing was recorded", "feed", f.Name)
		return
	}
	s.storeTrouble(ctx, "record items of feed "+f.Name, err)
}

// report tells the operator what had to be repaired or left out.
func (s *Scheduler) report(f Feed, doc feeds.Document) {
	if len(doc.Skipped) == 0 && len(doc.Notes) == 0 {
		return
	}
	s.Log.Warn("feed was read with repairs", "feed", f.Name, "items", len(doc.Items), "skipped", len(doc.Skipped),
		"notes", some(doc.Notes), "reasons", some(doc.Skipped))
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
	for _, p := range recorded {
		switch p.State {
		case spool.Held:
			s.Log.Warn("post held for a person", "feed", f.Name, "account", p.Account, "post", p.ID, "hold", p.Hold, "reason", p.Reason, "text", first(p.Content.Text))
		case spool.Failed:
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
