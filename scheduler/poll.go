package scheduler

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"
	"time"

	"spool"
	"spool/compose"
	"spool/dedupe"
	"spool/feeds"
)

// maxBackoff is the longest pause of a feed that keeps failing.
const maxBackoff = 24 * time.Hour

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
	result, err := s.Fetcher.Fetch(soft, feeds.Source{
		Name: f.Name, URL: f.URL, Validators: state.Validators, BodyHash: state.BodyHash,
	})
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

// goodPoll is the state of a feed that answered.
func goodPoll(f Feed, state spool.FeedState, r feeds.Result, now time.Time) spool.FeedState {
	state.Validators, state.BodyHash, state.Moved = r.Validators, r.BodyHash, r.Moved
	state.Failures, state.Problem, state.RetryAfter = 0, "", time.Time{}
	state.LastGood = now
	state.NextPoll = spread(f.Name, f.Schedule.Next(now), f.Schedule.Interval(now))
	return state
}

// failedPoll is the state of a feed that did not. It is asked again after its
// own interval, then twice that, and so on; never before the server said.
func (s *Scheduler) failedPoll(f Feed, state spool.FeedState, err error, now time.Time) spool.FeedState {
	state.Failures++
	state.Problem = err.Error()
	wait := f.Schedule.Interval(now)
	for range min(state.Failures-1, 20) {
		wait = min(2*wait, maxBackoff)
	}
	state.NextPoll = spread(f.Name, now.Add(wait), wait)
	state.RetryAfter = time.Time{}
	var e *feeds.Error
	if errors.As(err, &e) && e.RetryAfter.After(now) {
		state.RetryAfter = e.RetryAfter
		if e.RetryAfter.After(state.NextPoll) {
			state.NextPoll = e.RetryAfter
		}
	}
	return state
}

// digest decides what the items of a document lead to. It counts them in items,
// by verdict.
func (s *Scheduler) digest(ctx context.Context, plan Plan, f Feed, state spool.FeedState, doc feeds.Document, items map[string]int, now time.Time) (spool.Ingest, error) {
	first := state.Baselined.IsZero()
	if first {
		state.Baselined = now
	}
	state.Items = len(doc.Items)
	named := dedupe.Identify(doc.Items)
	known, err := s.Store.Seen(ctx, f.Group, flatten(named.Keys()))
	if err != nil {
		return spool.Ingest{}, err
	}
	verdicts := named.Decide(dedupe.Policy{
		Feed: f.Name, Group: f.Group, First: first, FirstRun: f.FirstRun, MaxAge: f.MaxAge, Burst: f.Burst,
	}, known, now)
	in := spool.Ingest{Feed: state}
	var edited []spool.Item
	for _, v := range verdicts {
		switch v.Kind {
		case dedupe.Fresh:
			in.New = append(in.New, spool.NewItem{Item: v.Item, Keys: v.Keys})
			in.Feed.LastNew = now
		case dedupe.Edited:
			in.Edited = append(in.Edited, spool.NewItem{Item: v.Item, Keys: v.Keys})
			edited = append(edited, v.Item)
		case dedupe.Joined:
			in.Listed = append(in.Listed, v.Item.ID)
		}
		if len(v.Keys) > 0 && (v.Kind == dedupe.Known || v.Kind == dedupe.Joined) {
			in.Known = append(in.Known, spool.NewItem{Item: v.Item, Keys: v.Keys})
		}
		items[tally(v, first)]++
		if !v.Post {
			continue
		}
		if ok, reason := f.Filters.Pass(v.Item); !ok {
			items["filtered"]++
			s.Log.Info("item filtered out", "feed", f.Name, "item", v.Item.ID, "title", v.Item.Title, "reason", reason)
			continue
		}
		s.record(&in, plan, f, v, now)
	}
	in.Reworded, err = s.reword(ctx, plan, f, edited, now)
	return in, err
}

// tally is the name under which a verdict is counted.
func tally(v dedupe.Verdict, first bool) string {
	switch {
	case v.Kind == dedupe.Known:
		return "known"
	case v.Kind == dedupe.Edited:
		return "edited"
	case v.Post && v.Kind == dedupe.Joined:
		return "joined"
	case v.Post:
		return "fresh"
	case first:
		return "first_run"
	}
	return "too_old"
}

func flatten(keys [][]spool.Key) []spool.Key {
	var all []spool.Key
	for _, k := range keys {
		all = append(all, k...)
	}
	return all
}

// record adds the posts that an item leads to: one for each account of its feed.
func (s *Scheduler) record(in *spool.Ingest, plan Plan, f Feed, v dedupe.Verdict, now time.Time) {
	for _, name := range f.Accounts {
		a, ok := plan.Accounts[name]
		if !ok {
			continue // the configuration is checked for this
		}
		p, cause := s.newPost(f, a, v, now)
		in.Posts = append(in.Posts, p)
		in.Causes = append(in.Causes, cause)
	}
}

// newPost is the post of an item on an account as it is first recorded, with
// the reason why it is as it is.
func (s *Scheduler) newPost(f Feed, a Account, v dedupe.Verdict, now time.Time) (spool.Post, string) {
	p := spool.Post{
		ID: PostID(v.Item.ID, a.Name, spool.Announce), Item: v.Item.ID, Feed: f.Name, Account: a.Name,
		Purpose: spool.Announce, Priority: f.Priority, State: spool.Waiting,
		Order: v.Item.When(now), Created: now, NotBefore: now.Add(f.Settle), Version: 1,
	}
	if a.Deadline > 0 {
		p.Deadline = p.NotBefore.Add(a.Deadline)
	}
	content, report, err := s.word(f, a, v.Item)
	p.Content = content
	switch {
	case err != nil:
		p.State, p.Reason = spool.Failed, "no words for it: "+err.Error()
	case v.Hold != "":
		p.State, p.Hold, p.Reason = spool.Held, v.Hold, v.Reason
	case f.Approve:
		p.State, p.Hold, p.Reason = spool.Held, spool.HoldApproval, "feed "+f.Name+" wants each post approved"
	}
	if p.Reason != "" {
		return p, p.Reason
	}
	return p, strings.Join(report.Notes, "; ")
}

func (s *Scheduler) word(f Feed, a Account, it spool.Item) (spool.Content, compose.Report, error) {
	return f.Wording.Compose(it, compose.Values{Account: a.Name, Network: a.Network, Feed: f.Name, Location: s.location()}, a.Text)
}

// reword gives the posts of edited items that are not begun yet the new words.
func (s *Scheduler) reword(ctx context.Context, plan Plan, f Feed, edited []spool.Item, now time.Time) ([]spool.Transition, error) {
	if len(edited) == 0 {
		return nil, nil
	}
	byID := make(map[string]spool.Item, len(edited))
	ids := make([]string, 0, len(edited))
	for _, it := range edited {
		byID[it.ID] = it
		ids = append(ids, it.ID)
	}
	posts, err := s.Store.PostsOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out []spool.Transition
	for _, p := range posts {
		a, ok := plan.Accounts[p.Account]
		if !ok || p.Feed != f.Name || p.Draft.State != "" {
			continue // the words are those of the feed that brought the post, until it is on its way
		}
		content, _, err := s.word(f, a, byID[p.Item])
		if err != nil || content == p.Content {
			continue
		}
		t, err := spool.Next(p, spool.Event{What: spool.Reworded, Content: content, Cause: "the feed changed the item"}, a.rules(), now)
		if err == nil {
			out = append(out, t)
		}
	}
	return out, nil
}

// PostID is the id of the post about an item on an account for a purpose: the
// same each time, so that recording it twice records it once.
func PostID(item, account string, purpose spool.Purpose) string {
	sum := sha256.Sum256([]byte(item + "\x00" + account + "\x00" + string(purpose)))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10]))
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
