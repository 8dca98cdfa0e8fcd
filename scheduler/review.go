package scheduler

import (
	"context"
	"slices"
	"strings"
	"time"

	"spool"
	"spool/dedupe"
)

// What the configuration says of items that say nearly the same as another. Any
// other word posts them.
const (
	holdDuplicates = "hold"
	skipDuplicates = "skip"
)

// maxRecent is how many items of each feed a document's new ones are compared
// with, the latest.
const maxRecent = 500

// review has new items compared with what was seen lately: their own feed's, and
// that of the feeds of the group that post on one of its accounts.
func (s *Scheduler) review(ctx context.Context, plan Plan, f Feed, r dedupe.Review, verdicts []dedupe.Verdict, now time.Time) error {
	own, others := r.Wants(verdicts, now)
	var recent []spool.Item
	for _, wanted := range []struct {
		feeds func() []string
		since time.Time
	}{{func() []string { return []string{f.Name} }, own}, {func() []string { return plan.neighbours(f) }, others}} {
		if wanted.since.IsZero() {
			continue
		}
		items, err := s.Store.Recent(ctx, wanted.feeds(), wanted.since, maxRecent)
		if err != nil {
			return err
		}
		recent = append(recent, items...)
	}
	r.Look(verdicts, recent, now)
	return nil
}

// neighbours are the feeds of a feed's group that share an account with it,
// sorted.
func (p Plan) neighbours(f Feed) []string {
	var names []string
	for _, name := range p.groups[f.Group] {
		if name != f.Name && slices.ContainsFunc(p.Feeds[name].Accounts, func(a string) bool { return slices.Contains(f.Accounts, a) }) {
			names = append(names, name)
		}
	}
	return names
}

// grouped is the plan with its feeds by group, sorted: a poll must not go through
// ten thousand feeds to find the few of its own group.
func (p Plan) grouped() Plan {
	p.groups = map[string][]string{}
	for name, f := range p.Feeds {
		p.groups[f.Group] = append(p.groups[f.Group], name)
	}
	for _, names := range p.groups {
		slices.Sort(names)
	}
	return p
}

// takeOver gives the feed the posts that wait about stories it lists now, when
// another feed of its group with a lower priority has brought them. They get its
// words and its priority, and what held them back as part of that feed's flood
// does so no longer. A feed whose posts are approved one by one takes none over.
func (s *Scheduler) takeOver(ctx context.Context, plan Plan, f Feed, accounts []string, verdicts []dedupe.Verdict, now time.Time) ([]spool.Transition, error) {
	if f.Approve {
		return nil, nil
	}
	items := itemsOf(verdicts, func(v dedupe.Verdict) bool { return v.Kind == dedupe.Joined && v.Post && v.Hold == "" })
	posts, err := s.postsOf(ctx, items)
	if err != nil {
		return nil, err
	}
	var out []spool.Transition
	for _, p := range posts {
		if !mayTake(f, p) || !slices.Contains(accounts, p.Account) {
			continue
		}
		a := plan.Accounts[p.Account]
		content, report, err := s.word(f, a, items[p.Item])
		if err != nil {
			continue // it goes out as the other feed has it
		}
		cause := "feed " + f.Name + " brings it with priority " + f.Priority.String() + ", feed " + p.Feed + " with " + p.Priority.String()
		t, err := spool.Next(p, spool.Event{
			What: spool.Raised, Feed: f.Name, Priority: f.Priority, Content: content, Wait: f.Settle,
			Cause: strings.Join(append([]string{cause}, report.Notes...), "; "),
		}, a.rules(), now)
		if err == nil {
			out = append(out, t)
		}
	}
	return out, nil
}

// mayTake reports whether a feed may take a post over: see [spool.Raised].
func mayTake(f Feed, p spool.Post) bool {
	return p.Feed != f.Name && p.Priority < f.Priority && p.Attempts == 0 && p.Draft.State == "" &&
		(p.State == spool.Waiting || p.Hold == spool.HoldBurst)
}

// logBatches tells a person once of posts that are held because of how many came
// together.
func (s *Scheduler) logBatches(f Feed, recorded []spool.Post) {
	for _, hold := range []spool.Hold{spool.HoldChurn, spool.HoldBurst} {
		n, reason := 0, ""
		for _, p := range recorded {
			if p.Hold == hold {
				n, reason = n+1, p.Reason
			}
		}
		if n > 0 {
			s.Log.Warn("posts held for a person", "feed", f.Name, "posts", n, "hold", hold, "reason", reason,
				"approve", "spool posts approve --hold "+string(hold)+" --feed "+f.Name, "cancel", "spool posts cancel --hold "+string(hold)+" --feed "+f.Name)
		}
	}
}
