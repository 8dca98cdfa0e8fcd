package scheduler

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"spool"
	"spool/compose"
	"spool/dedupe"
	"spool/feeds"
)

// digest decides what the items of a document lead to. It counts them in items,
// by verdict.
func (s *Scheduler) digest(ctx context.Context, plan Plan, f Feed, state spool.FeedState, doc feeds.Document, items map[string]int, now time.Time) (spool.Ingest, error) {
	first := state.Baselined.IsZero()
	if first {
		state.Baselined = now
	}
	review := f.reviewOf(state, first, now)
	state.Items, state.Memory.Read = len(doc.Items), now
	state.Memory.Partial = (first || state.Memory.Partial) && (doc.Degraded || len(doc.Items) == 0)
	named := dedupe.Identify(doc.Items)
	known, err := s.Store.Seen(ctx, f.Group, flatten(named.Keys()))
	if err != nil {
		return spool.Ingest{}, err
	}
	verdicts := named.Decide(review.Policy, known, now)
	s.filter(f, verdicts, first, items)
	if err := s.block(ctx, f, verdicts, items); err != nil {
		return spool.Ingest{}, err
	}
	twins, err := s.review(ctx, plan, f, review, verdicts, now)
	if err != nil {
		return spool.Ingest{}, err
	}
	in := spool.Ingest{Feed: state, Accounts: plan.accountsOf(f), Free: free(verdicts)}
	for _, v := range verdicts {
		enter(&in, v, now)
		s.settle(&in, plan, f, v, twins, items, now)
	}
	edits, err := s.reword(ctx, plan, f, verdicts, now)
	if err != nil {
		return in, err
	}
	raised, err := s.takeOver(ctx, plan, f, in.Accounts, verdicts, now)
	if err != nil {
		return in, err
	}
	in.Reworded = append(edits, raised...)
	return in, s.amend(ctx, &in, plan, f, verdicts, now)
}

// free are the names of what leads to posts: somebody may take it down before these are
// recorded, and would not know of them.
func free(verdicts []dedupe.Verdict) []spool.Key {
	var names []spool.Key
	for _, v := range verdicts {
		if v.Post {
			names = append(append(names, spool.ItemKey(v.Item.ID)), dedupe.Worldwide(v)...)
		}
	}
	return names
}

// enter adds an item to what is recorded, unless it is known and as it was.
func enter(in *spool.Ingest, v dedupe.Verdict, now time.Time) {
	item := spool.NewItem{Item: v.Item, Keys: v.Keys}
	switch v.Kind {
	case dedupe.Fresh:
		in.New = append(in.New, item)
		in.Feed.LastNew = now
	case dedupe.Edited:
		in.Edited = append(in.Edited, item)
	case dedupe.Joined:
		in.Listed = append(in.Listed, v.Item.ID)
	}
	if len(v.Keys) > 0 && (v.Kind == dedupe.Known || v.Kind == dedupe.Joined) {
		in.Known = append(in.Known, item)
	}
}

// partialFor is for how long after a first reading that did not show all of the
// feed items without dates are taken for what it did not show.
const partialFor = 24 * time.Hour

// reviewOf is how new items of a feed are looked at, given its state before they
// were. What a clock noted that was wrong is put right.
func (f Feed) reviewOf(state spool.FeedState, first bool, now time.Time) dedupe.Review {
	p := dedupe.Policy{Feed: f.Name, Group: f.Group, First: first, FirstRun: f.FirstRun, MaxAge: f.MaxAge, Burst: f.Burst}
	baselined := earliest(state.Baselined, now)
	if state.Memory.Partial {
		p.Missed = baselined
		if state.Items > 0 {
			p.FirstRun.Latest = 0 // those were chosen from what could be seen
		}
	}
	return dedupe.Review{
		Policy: p, Read: earliest(state.Memory.Read, now), Before: state.Items,
		Unseen:  state.Memory.Partial && now.Sub(baselined) < partialFor,
		Similar: f.Duplicates == holdDuplicates || f.Duplicates == skipDuplicates,
	}
}

// filter marks the items that the feed's filters keep out, before any is compared
// with them: nobody is to read those. It counts the verdicts.
func (s *Scheduler) filter(f Feed, verdicts []dedupe.Verdict, first bool, items map[string]int) {
	for i := range verdicts {
		v := &verdicts[i]
		items[tally(*v, first)]++
		if !v.Post {
			continue
		}
		if ok, reason := f.Filters.Pass(v.Item); !ok {
			items["filtered"]++
			s.Log.Info("item filtered out", "feed", f.Name, "item", v.Item.ID, "title", v.Item.Title, "reason", reason)
			v.Post, v.Fate, v.Reason = false, spool.Filtered, reason
		}
	}
}

// settle records what becomes of an item: its posts, or why there are none.
func (s *Scheduler) settle(in *spool.Ingest, plan Plan, f Feed, v dedupe.Verdict, twins twins, items map[string]int, now time.Time) {
	if v.Fate == "" {
		return // known, and as it was
	}
	fate := spool.Fate{Time: now, Item: v.Item.ID, Feed: f.Name, Verdict: v.Fate, Reason: v.Reason}
	if !v.Post {
		in.Fates = append(in.Fates, fate)
		return
	}
	skipped := s.record(in, plan, f, v, twins, now)
	if len(skipped) > 0 {
		items["duplicate"]++
	}
	if len(skipped) > 0 && len(skipped) == len(in.Accounts) {
		fate.Verdict, fate.Reason = spool.Duplicate, dedupe.Sameness(*v.Like)
		skipped = nil
	}
	in.Fates = append(in.Fates, fate)
	for _, account := range skipped {
		own := fate
		own.Account, own.Verdict, own.Reason = account, spool.Duplicate, dedupe.Sameness(*v.Like)
		in.Fates = append(in.Fates, own)
	}
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
	case first || v.Fate == spool.FirstRun:
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
// It returns those accounts that get none, because they have one about an item
// that says nearly the same.
func (s *Scheduler) record(in *spool.Ingest, plan Plan, f Feed, v dedupe.Verdict, twins twins, now time.Time) (skipped []string) {
	for _, name := range in.Accounts {
		mine := v
		if there, state := twins.on(v.Like, name); there {
			s.Log.Info("item says nearly the same as another one", "feed", f.Name, "account", name, "item", v.Item.ID, "title", v.Item.Title,
				"other", v.Like.ID, "other_title", v.Like.Title, "other_link", v.Like.Link, "other_post", state, "duplicates", f.Duplicates)
			if f.Duplicates == skipDuplicates && !ended(state) {
				skipped = append(skipped, name)
				continue
			}
			if mine.Hold == "" {
				mine.Hold, mine.Reason = spool.HoldDuplicate, sameness(*v.Like, state)
			}
		}
		p, cause := s.newPost(f, plan.Accounts[name], mine, now)
		p.Order = p.Order.Add(-behind(in))
		in.Posts = append(in.Posts, p)
		in.Causes = append(in.Causes, cause)
	}
	return skipped
}

// behind is how much an item is taken to be older than its date says: a hair, the
// further down it stands in the document. So items without dates, or with the
// same, go out in the order of the feed and not in that of their ids.
func behind(in *spool.Ingest) time.Duration {
	return min(time.Duration(len(in.Fates))*time.Millisecond, time.Second-time.Millisecond)
}

// accountsOf are the accounts that a feed's posts go to.
func (p Plan) accountsOf(f Feed) []string {
	var names []string
	for _, name := range f.Accounts {
		if _, ok := p.Accounts[name]; ok { // the configuration is checked for this
			names = append(names, name)
		}
	}
	return names
}

// newPost is the post of an item on an account as it is first recorded, with
// the reason why it is as it is.
func (s *Scheduler) newPost(f Feed, a Account, v dedupe.Verdict, now time.Time) (spool.Post, string) {
	p := spool.Post{
		ID: spool.PostID(v.Item.ID, a.Name, spool.Announce), Item: v.Item.ID, Feed: f.Name, Account: a.Name,
		Purpose: spool.Announce, Priority: f.Priority, State: spool.Waiting,
		Order: v.Item.When(now), Created: now, NotBefore: now.Add(f.Settle), Version: 1,
	}
	if a.Deadline > 0 {
		p.Deadline = p.NotBefore.Add(a.Deadline)
	}
	p = p.UnderEmbargo(f.embargo(v.Item, now), a.rules())
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

// word words an item for an account, and notes by which headline.
func (s *Scheduler) word(f Feed, a Account, it spool.Item) (spool.Content, compose.Report, error) {
	c, report, err := f.wording(a.Name).Compose(it, s.values(f, a), a.limits())
	if err == nil {
		c.Headline = headlineOf(it)
		if c.Instead != nil {
			c.Instead.Headline = c.Headline
		}
	}
	return c, report, err
}

func (s *Scheduler) values(f Feed, a Account) compose.Values {
	return compose.Values{Account: a.Name, Network: a.Network, Feed: f.Name, Location: s.location()}
}

// embargo is the moment before which nothing may show an item; zero: it may be
// shown, or the feed's word about that does not count.
func (f Feed) embargo(it spool.Item, now time.Time) time.Time {
	if f.IgnoreEmbargo || !it.Embargo.After(now) {
		return time.Time{}
	}
	return notBefore(it.Embargo, now)
}

// reword gives the feed's posts that are not begun yet the words that their items
// have now, and their embargo. Whether a guest's words have changed is not
// remembered: it shows in what they make. Nor is an embargo, which may change alone.
func (s *Scheduler) reword(ctx context.Context, plan Plan, f Feed, verdicts []dedupe.Verdict, now time.Time) ([]spool.Transition, error) {
	items := itemsOf(verdicts, func(v dedupe.Verdict) bool { return !v.Blocked && (v.Kind == dedupe.Edited || v.Kind == dedupe.Known) })
	edited := itemsOf(verdicts, func(v dedupe.Verdict) bool { return v.Kind == dedupe.Edited || v.Guest })
	posts, err := s.postsOf(ctx, items)
	if err != nil {
		return nil, err
	}
	var out []spool.Transition
	for _, p := range posts {
		a, ok := plan.Accounts[p.Account]
		if !ok || p.Feed != f.Name || p.Purpose != spool.Announce && p.Purpose != spool.Replace {
			continue // the words are those of the feed that the post is of
		}
		_, changed := edited[p.Item]
		if t, ok := s.newWords(p, f, a, items[p.Item], changed, now); ok {
			out = append(out, t)
		}
	}
	return out, nil
}

// newWords is what an item's edit makes of a post that is not begun; false: nothing.
// Words that something was prepared with, or that a person has written, stay.
func (s *Scheduler) newWords(p spool.Post, f Feed, a Account, it spool.Item, edited bool, now time.Time) (spool.Transition, bool) {
	e := spool.Event{What: spool.Reworded, Content: p.Content, Embargo: f.embargo(it, now), Cause: "the feed changed the item"}
	moved := !e.Embargo.Equal(p.Embargo) && (e.Embargo.After(now) || p.Embargo.After(now))
	reworded := false
	switch {
	case !edited || p.Draft.State != "":
	case p.Content.ByHand:
		s.Log.Warn("feed changed an item whose post a person has worded; its words stay", "feed", f.Name, "account", p.Account, "post", p.ID, "title", it.Title)
	default:
		content, _, err := s.word(f, a, it)
		if reworded = err == nil && !p.Content.MadeOf(content); reworded {
			e.Content = withAlts(content, p.Content)
		}
	}
	switch {
	case moved && e.Embargo.IsZero():
		e.Cause = "the feed lifted the embargo"
	case moved:
		e.Cause = "the feed sets an embargo until " + e.Embargo.UTC().Format(time.RFC3339)
	case !reworded:
		return spool.Transition{}, false
	}
	t, err := spool.Next(p, e, a.rules(), now)
	return t, err == nil
}

// withAlts is a content whose pictures have the descriptions that those of the one
// before had, where the feed has none: a person may have written them.
func withAlts(c, before spool.Content) spool.Content {
	alts := map[string]string{}
	for _, m := range before.Media {
		alts[m.URL] = m.Alt
	}
	c = c.Clone()
	for i := range c.Media {
		if m := &c.Media[i]; m.Alt == "" {
			m.Alt = alts[m.URL]
		}
	}
	return c
}

// itemsOf are the items of those verdicts that are wanted, by id.
func itemsOf(verdicts []dedupe.Verdict, wanted func(dedupe.Verdict) bool) map[string]spool.Item {
	var found map[string]spool.Item
	for _, v := range verdicts {
		if wanted(v) {
			if found == nil {
				found = map[string]spool.Item{}
			}
			found[v.Item.ID] = v.Item
		}
	}
	return found
}

// postsOf are the posts of items that are waiting or held and that nothing has
// been sent of.
func (s *Scheduler) postsOf(ctx context.Context, items map[string]spool.Item) ([]spool.Post, error) {
	if len(items) == 0 {
		return nil, nil
	}
	return s.Store.PostsOf(ctx, slices.Sorted(maps.Keys(items)))
}
