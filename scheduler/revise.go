package scheduler

import (
	"slices"
	"strconv"
	"time"

	"spool"
	"spool/dedupe"
	"spool/publisher"
)

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
	// What is later than now was noted by a clock that was wrong.
	if again := earliest(r.last, r.now).Add(correctionEvery); !r.last.IsZero() && again.After(due) {
		return again
	}
	return due
}

// content is what a post for a purpose says of the item as it is now.
func (r *revision) content(purpose spool.Purpose) (spool.Content, error) {
	if purpose == spool.Correct {
		values := r.values(r.feed, r.acct)
		values.Before, values.Revision = r.before, 1
		if r.headline != "" && r.after.Title != "" {
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
	embargo, byHand := r.feed.embargo(r.after, r.now), r.open.Content.ByHand
	if byHand {
		content = r.open.Content
	}
	if content.Equal(r.open.Content) && embargo.Equal(r.open.Embargo) {
		if byHand {
			return "what waits to change the post keeps the words that a person has given it"
		}
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
	untitled := r.after.Title == ""
	marked := r.headline != "" && !dedupe.Classify(toldBy(r.headline, untitled), toldBy(r.open.Content.Headline, untitled)).Tells()
	return !change.Tells() && !marked
}

// move takes what waits to change the target through an event.
func (r *revision) move(in *spool.Ingest, e spool.Event) {
	if t, err := spool.Next(*r.open, e, r.acct.rules(), r.now); err == nil {
		in.Reworded = append(in.Reworded, t)
	}
}
