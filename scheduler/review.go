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
// that of the feeds of the group that post on one of its accounts. It returns the
// posts about the latter that there are, when any of the new ones is like one.
func (s *Scheduler) review(ctx context.Context, plan Plan, f Feed, r dedupe.Review, verdicts []dedupe.Verdict, now time.Time) (twins, error) {
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
			return nil, err
		}
		recent = append(recent, items...)
	}
	if r.Look(verdicts, recent, now) != "" || !slices.ContainsFunc(verdicts, func(v dedupe.Verdict) bool { return v.Like != nil }) {
		return nil, nil
	}
	posts, err := s.twins(ctx, recent)
	if err != nil {
		return nil, err
	}
	shown := slices.DeleteFunc(recent, func(it spool.Item) bool { return !posts.onAny(it.ID, f.Accounts) })
	r.Compare(verdicts, shown, now)
	return posts, nil
}

// twins are the posts about items that others may be like: per item, the states
// by account. An item without any has an empty entry; one that has no entry is
// of the document that is being read, and about to get its posts.
type twins map[string]map[string]spool.State

// twins looks up the posts about items. An item that led to none, since it was
// there at the first reading, or too old, is nothing that another one repeats.
func (s *Scheduler) twins(ctx context.Context, items []spool.Item) (twins, error) {
	ids := make([]string, len(items))
	for i, it := range items {
		ids[i] = it.ID
	}
	posts, err := s.Store.StatesOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	all := make(twins, len(ids))
	for _, id := range ids {
		all[id] = posts[id]
	}
	return all, nil
}

// on reports whether an account has a post about an item, or is about to get
// one, and its state.
func (t twins) on(item *spool.Item, account string) (bool, spool.State) {
	if item == nil {
		return false, ""
	}
	states, known := t[item.ID]
	if !known {
		return true, spool.Waiting
	}
	state, there := states[account]
	return there, state
}

func (t twins) onAny(item string, accounts []string) bool {
	return slices.ContainsFunc(accounts, func(a string) bool { _, there := t[item][a]; return there })
}

// ended reports whether a post has come to nothing. What says the same may then
// be wanted in its place, or be as unwanted: a person decides.
func ended(state spool.State) bool { return state == spool.Dropped || state == spool.Failed }

// sameness is the reason why a post is held that says the same as another one,
// which is in a state.
func sameness(other spool.Item, state spool.State) string {
	s := dedupe.Sameness(other)
	if ended(state) {
		s += ", whose own post here is " + string(state)
	}
	return s
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
		if p.Purpose != spool.Announce || !mayTake(f, p) || !slices.Contains(accounts, p.Account) {
			continue
		}
		a := plan.Accounts[p.Account]
		content, report, err := s.word(f, a, items[p.Item])
		if err != nil {
			continue // it goes out as the other feed has it
		}
		cause := "feed " + f.Name + " brings it with priority " + f.Priority.String() + ", feed " + p.Feed + " with " + p.Priority.String()
		t, err := spool.Next(p, spool.Event{
			What: spool.Raised, Feed: f.Name, Priority: f.Priority, Content: content, Embargo: f.embargo(items[p.Item], now), Wait: f.Settle,
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
