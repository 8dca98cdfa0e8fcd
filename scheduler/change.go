package scheduler

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"spool"
	"spool/dedupe"
	"spool/publisher"
)

// What the configuration says of items that change after they were posted. Any
// other word leaves the posts as they are.
const (
	onChangeReply   = "reply"
	onChangeEdit    = "edit"
	onChangeReplace = "replace"
)

// correctionEvery is how far apart two corrections of one post are at least, and
// replaceable for how long after it went live a post may be replaced.
const (
	correctionEvery = time.Hour
	replaceable     = time.Hour
)

// amend adds to a poll what follows from edits of items whose posts are out, or on
// their way so that their words cannot be changed any more. Whether the words of a
// guest have changed shows in the headline that its post was made of.
func (s *Scheduler) amend(ctx context.Context, in *spool.Ingest, plan Plan, f Feed, verdicts []dedupe.Verdict, now time.Time) error {
	edited := itemsOf(verdicts, func(v dedupe.Verdict) bool {
		return !v.Blocked && (v.Kind == dedupe.Edited || v.Guest && f.corrects())
	})
	if len(edited) == 0 {
		return nil
	}
	ids := slices.Sorted(maps.Keys(edited))
	posts, err := s.Store.AllPosts(ctx, ids)
	if err != nil {
		return err
	}
	revisions := s.revisions(plan, f, posts, now)
	if len(revisions) == 0 {
		return nil
	}
	before, err := s.Store.Bodies(ctx, ids)
	if err != nil {
		return err
	}
	guests := itemsOf(verdicts, func(v dedupe.Verdict) bool { return v.Guest })
	notes, recorded := map[string][]string{}, len(in.Posts)
	for _, r := range revisions {
		r.after = edited[r.target.Item]
		_, r.guest = guests[r.target.Item]
		r.before, r.known = before[r.target.Item]
		if note := r.decide(in); note != "" {
			notes[r.target.Item] = append(notes[r.target.Item], r.target.Account+": "+note)
		}
	}
	f.flood(in, recorded)
	for i := range in.Fates {
		if fate := &in.Fates[i]; fate.Verdict == spool.Changed && len(notes[fate.Item]) > 0 {
			fate.Reason = strings.TrimPrefix(fate.Reason+"; "+strings.Join(notes[fate.Item], "; "), "; ")
		}
	}
	return nil
}

// corrects reports whether the feed's edits lead to anything once a post is out.
func (f Feed) corrects() bool {
	return f.OnChange == onChangeReply || f.OnChange == onChangeEdit || f.OnChange == onChangeReplace
}

// flood holds the corrections of a poll, which are all behind so many posts, when
// there are more of them than the feed may have new items at once: then somebody has
// changed how it is written, and not what it says.
func (f Feed) flood(in *spool.Ingest, behind int) {
	n := len(in.Posts) - behind
	if f.Burst <= 0 || n <= f.Burst {
		return
	}
	for i := range in.Posts[behind:] {
		p := &in.Posts[behind+i]
		p.State, p.Hold = spool.Held, spool.HoldBurst
		p.Reason = strconv.Itoa(n) + " posts are to be corrected at once, more than burst allows"
		in.Causes[behind+i] += "; " + p.Reason
	}
}

// A revision is an item that its feed has changed, and one account's post about it.
type revision struct {
	*Scheduler
	feed   Feed
	acct   Account
	now    time.Time
	before spool.Item // as it is remembered, if known
	after  spool.Item
	known  bool
	guest  bool // the words that are remembered are another feed's

	target    spool.Post   // readers see it, or are about to
	headline  string       // that readers know: of target, or of its latest correction; empty: it is not known
	open      *spool.Post  // what was to change target and nothing was sent of
	leaving   bool         // target is just being replaced
	followers []spool.Post // all that ever were to change target
	last      time.Time    // when target was last changed or corrected
}

// revisions finds, per item and account, what there is to be changed or corrected.
func (s *Scheduler) revisions(plan Plan, f Feed, posts []spool.Post, now time.Time) []*revision {
	var all []*revision
	byTarget := map[string]*revision{}
	at := map[[2]string]int{}
	for _, p := range posts {
		acct, planned := plan.Accounts[p.Account]
		if !planned || p.Feed != f.Name || p.Purpose != spool.Announce && p.Purpose != spool.Replace || !underWay(p) {
			continue
		}
		r := &revision{Scheduler: s, feed: f, acct: acct, now: now, target: p, headline: p.Content.Headline}
		if p.Purpose == spool.Replace {
			r.last = p.LiveAt
		}
		key := [2]string{p.Item, p.Account}
		if i, twice := at[key]; twice { // a replacement comes after what it replaces
			all[i] = r
		} else {
			at[key] = len(all)
			all = append(all, r)
		}
		byTarget[p.ID] = r
	}
	for _, p := range posts {
		if r := byTarget[p.Parent]; r != nil && p.Parent != "" {
			r.follow(p)
		}
	}
	return all
}

// underWay reports whether readers see a post, or its words cannot be changed any
// more because something was prepared or sent with them.
func underWay(p spool.Post) bool {
	switch p.State {
	case spool.Live, spool.Sending, spool.Doubt:
		return true
	case spool.Waiting, spool.Held:
		return p.Attempts > 0 || p.Draft.State != ""
	}
	return false
}

// follow takes in what was to change the target, the oldest first.
func (r *revision) follow(p spool.Post) {
	replaces := p.Purpose == spool.Withdraw && p.Content.Next != nil
	if p.Purpose != spool.Correct && p.Purpose != spool.Edit && !replaces {
		return
	}
	r.followers = append(r.followers, p)
	if p.State == spool.Failed || p.State == spool.Dropped {
		return
	}
	if !underWay(p) {
		r.open = &p
		return
	}
	if p.State != spool.Live {
		r.leaving = r.leaving || replaces
	}
	if h := p.Content.Headline; h != "" {
		r.headline = h
	}
	for _, t := range []time.Time{p.Begun, p.LiveAt} {
		if t.After(r.last) {
			r.last = t
		}
	}
}

// decide adds to a poll what follows from the edit, and says it for people.
func (r *revision) decide(in *spool.Ingest) string {
	if r.leaving {
		// What stands in its place is about to be recorded with the words of before:
		// the edit is not taken note of yet, so that it is met again then.
		in.Edited = slices.DeleteFunc(in.Edited, func(n spool.NewItem) bool { return n.Item.ID == r.target.Item })
		in.Fates = slices.DeleteFunc(in.Fates, func(f spool.Fate) bool { return f.Item == r.target.Item && f.Verdict == spool.Changed })
		in.Feed.Validators, in.Feed.BodyHash = spool.Validators{}, ""
		return ""
	}
	change := r.change()
	if r.guest && change.Degree == dedupe.Unchanged {
		return ""
	}
	if !r.feed.corrects() {
		return "the post is left as it is (on_change: ignore)"
	}
	if r.open != nil {
		return r.reconsider(in, change)
	}
	purpose := r.purpose(change)
	if purpose == "" {
		return "the post is left as it is: " + cmp.Or(change.Why, "it says the same")
	}
	content, err := r.content(purpose)
	if err != nil {
		return "the post is left as it is: " + err.Error()
	}
	if purpose == spool.Edit && r.shows(content) {
		return "the post says so already"
	}
	p := r.post(purpose, content)
	cause := "the feed changed the item"
	if change.Why != "" {
		cause += ": " + change.Why
	}
	if p.Reason != "" {
		cause += "; " + p.Reason
	}
	in.Posts, in.Causes = append(in.Posts, p), append(in.Causes, cause)
	return strings.TrimSuffix(deeds[purpose]+": "+change.Why, ": ")
}

var deeds = map[spool.Purpose]string{
	spool.Correct:  "a correction answers the post",
	spool.Edit:     "the post is edited",
	spool.Withdraw: "the post is replaced",
}

// change says how much the item differs from what readers of the post know. A mark
// counts when it appears, so it is looked for in what is remembered of the item.
func (r *revision) change() dedupe.Change {
	var edit dedupe.Change
	if r.known && !r.guest {
		if edit = dedupe.Classify(r.before, r.after); edit.Degree == dedupe.Marked {
			return edit
		}
	}
	if r.headline == "" && (r.known || r.guest) {
		return edit // nobody noted what the post was made of: what was remembered counts
	}
	known := r.headline
	if known == "" {
		known = first(r.target.Content.Text)
	}
	told := dedupe.Classify(spool.Item{Title: known}, spool.Item{Title: headlineOf(r.after)})
	if !told.Tells() && edit.Degree > dedupe.Unchanged {
		return dedupe.Change{Degree: dedupe.Cosmetic, Why: "its headline says the same"}
	}
	return told
}

// headlineOf is what of an item its readers are told: its title, or the beginning
// of its text.
func headlineOf(it spool.Item) string {
	if title := strings.Join(strings.Fields(it.Title), " "); title != "" {
		return short(title, longestTitled)
	}
	return short(strings.Join(strings.Fields(it.Summary), " "), longestTitled)
}

// purpose is what is to be done about the target; empty: nothing.
func (r *revision) purpose(change dedupe.Change) spool.Purpose {
	if change.Tells() && r.feed.OnChange == onChangeReplace && r.mayReplace() {
		return spool.Withdraw
	}
	_, edits := r.acct.Publisher.(publisher.Editor)
	c := r.target.Content
	switch {
	case edits && r.feed.OnChange != onChangeReply && len(c.More) == 0 && !c.ByHand && !r.parted():
		return spool.Edit
	case change.Tells():
		return spool.Correct
	}
	return ""
}

// mayReplace reports whether the target can be taken away and posted anew in its
// first hour: a post alone, that nobody has corrected.
func (r *revision) mayReplace() bool {
	_, withdraws := r.acct.Publisher.(publisher.Withdrawer)
	return withdraws && r.target.State == spool.Live && len(r.target.Content.More) == 0 && !r.parted() &&
		!slices.ContainsFunc(r.followers, func(p spool.Post) bool { return p.Purpose == spool.Correct && underWay(p) }) &&
		r.due().Before(r.target.LiveAt.Add(replaceable))
}

// parted reports whether the item's text is too long for one post: the rest of it
// stands in replies, which would be left behind.
func (r *revision) parted() bool {
	content, _, err := r.word(r.feed, r.acct, r.after)
	return err == nil && len(content.More) > 0
}

// due is when the target may be changed: when its feed has settled, and not twice
// within an hour.
func (r *revision) due() time.Time {
	due := r.now.Add(r.feed.Settle)
	if again := r.last.Add(correctionEvery); !r.last.IsZero() && again.After(due) {
		return again
	}
	return due
}

// content is what a post for a purpose says of the item as it is now.
func (r *revision) content(purpose spool.Purpose) (spool.Content, error) {
	if purpose == spool.Correct {
		values := r.values(r.feed, r.acct)
		values.Before, values.Revision = r.before, 1
		if r.headline != "" {
			values.Before.Title = r.headline
		}
		for _, p := range r.followers {
			if p.Purpose == spool.Correct && underWay(p) {
				values.Revision++
			}
		}
		c, _, err := r.feed.wording(r.acct.Name).Correct(r.after, values, r.acct.limits())
		c.Headline = headlineOf(r.after)
		return c, err
	}
	c, _, err := r.word(r.feed, r.acct, r.after)
	if purpose == spool.Withdraw {
		return spool.Content{Text: "replaced, because the feed changed the item", Next: &c, Headline: c.Headline}, err
	}
	return c, err
}

// shows reports whether readers of the target see these words already.
func (r *revision) shows(c spool.Content) bool {
	now := r.target.Content
	if now.Headline == "" {
		c.Headline = ""
	}
	return now.MadeOf(c) || len(now.Media) == 0 && len(c.Media) == 0 && now.Fingerprint() == c.Fingerprint() && now.Card == c.Card
}

// post is the post that changes, corrects or replaces the target.
func (r *revision) post(purpose spool.Purpose, c spool.Content) spool.Post {
	t := r.target
	p := spool.Post{
		ID:   spool.PostID(t.Item, t.Account, purpose, t.ID, strconv.Itoa(len(r.followers)), dedupe.Digest(r.after)),
		Item: t.Item, Feed: r.feed.Name, Account: t.Account, Purpose: purpose, Priority: r.feed.Priority, Content: c,
		Parent: t.ID, Root: t.Root, State: spool.Waiting, NotBefore: r.due(), Order: r.now, Created: r.now, Version: 1,
	}
	if p.Root == "" {
		p.Root = t.ID
	}
	if r.acct.Deadline > 0 {
		p.Deadline = p.NotBefore.Add(r.acct.Deadline)
	}
	p = p.UnderEmbargo(r.feed.embargo(r.after, r.now), r.acct.rules())
	if r.feed.Approve {
		p.State, p.Hold, p.Reason = spool.Held, spool.HoldApproval, "feed "+r.feed.Name+" wants each post approved"
	}
	return p
}

// reconsider gives what waits to change the target the newest words, or drops it
// when the feed has taken the change back.
func (r *revision) reconsider(in *spool.Ingest, change dedupe.Change) string {
	content, err := r.content(r.open.Purpose)
	if err != nil {
		return "what waits to change the post keeps its words: " + err.Error()
	}
	if r.takenBack(change, content) {
		r.move(in, spool.Event{What: spool.Cancelled, Cause: "the feed took the change back before it was told"})
		return "the change was taken back before it was told"
	}
	embargo := r.feed.embargo(r.after, r.now)
	if content.Equal(r.open.Content) && embargo.Equal(r.open.Embargo) {
		return ""
	}
	r.move(in, spool.Event{What: spool.Reworded, Content: content, Embargo: embargo, Cause: "the feed changed the item again"})
	return "what waits to change the post has the newest words"
}

// takenBack reports whether what waits to change the target is not needed any more.
func (r *revision) takenBack(change dedupe.Change, content spool.Content) bool {
	if r.open.Purpose == spool.Edit {
		return r.shows(content)
	}
	marked := r.headline != "" && !dedupe.Classify(spool.Item{Title: r.headline}, spool.Item{Title: r.open.Content.Headline}).Tells()
	return !change.Tells() && !marked
}

// move takes what waits to change the target through an event.
func (r *revision) move(in *spool.Ingest, e spool.Event) {
	if t, err := spool.Next(*r.open, e, r.acct.rules(), r.now); err == nil {
		in.Reworded = append(in.Reworded, t)
	}
}
