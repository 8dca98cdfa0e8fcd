package scheduler

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"spool"
	"spool/alerts"
	"spool/publisher"
)

// A view is an alert's side on one account.
type view struct {
	*survey
	t       spool.Tracked
	acct    Account
	wanted  bool         // the alert is for this account
	blocked bool         // somebody took it down: nothing is told of it any more
	posts   []spool.Post // about it, the oldest first

	why   string    // for people: why nothing is told
	again time.Time // when it is to be looked at again; zero: at no moment
	open  bool      // something is still to come of a post: the next poll looks again
	told  bool      // the account has, or is about to get, a post of its own about it
}

// decide adds to the poll what is to be done about the alert on the account.
func (v *view) decide() {
	v.told = len(v.posts) > 0
	if !v.blocked {
		d := v.feed.Alerts.Decide(v.t, v.telling(phaseOf(v.t, v.now)), v.posts, v.abilities(), v.now)
		v.why, v.again = d.Why, d.Again
		for _, deed := range d.Deeds {
			v.do(deed)
		}
	}
	v.open = v.open || slices.ContainsFunc(v.posts, func(p spool.Post) bool { return !p.State.Final() })
}

// phaseOf is what a post would tell of an alert that nothing is known of yet, or that
// it is over.
func phaseOf(t spool.Tracked, now time.Time) spool.Phase {
	switch {
	case !t.Open:
		return spool.Ends
	case t.Account != "":
		return spool.Sums
	case t.Alert.Start().After(now):
		return spool.Ahead
	}
	return spool.Begins
}

// abilities are what the account's network can do with a post that is live, and
// whether the alert is for the account.
func (v *view) abilities() alerts.Abilities {
	_, edits := v.acct.Publisher.(publisher.Editor)
	_, withdraws := v.acct.Publisher.(publisher.Withdrawer)
	return alerts.Abilities{Edits: edits, Withdraws: withdraws, Account: v.acct.Name, Away: !v.wanted}
}

// do adds one deed to the poll.
func (v *view) do(d alerts.Deed) {
	switch d.Do {
	case alerts.DoAnnounce, alerts.DoRenew:
		v.announce(d)
	case alerts.DoUpdate:
		v.follow(d, spool.Update)
	case alerts.DoClose:
		v.follow(d, spool.Close)
	case alerts.DoEdit:
		v.follow(d, spool.Edit)
	case alerts.DoWithdraw:
		v.withdraw(d)
	case alerts.DoReword:
		v.reword(d)
	case alerts.DoDrop:
		v.move(d.Post, spool.Event{What: spool.Cancelled, Cause: d.Why})
	}
}

// announce records the first post about the alert, or one in the place of a first post
// that came to nothing.
func (v *view) announce(d alerts.Deed) {
	heads, last := 0, spool.Post{}
	for _, p := range v.posts {
		if p.Purpose.Heads() {
			heads, last = heads+1, p
		}
	}
	id, purpose := spool.PostID(v.t.Item, v.acct.Name, spool.Announce), spool.Announce
	if heads > 0 {
		purpose = spool.Renew
		id = spool.PostID(v.t.Item, v.acct.Name, purpose, last.ID, strconv.Itoa(heads))
	}
	c, cause, err := v.content(d, "")
	p := v.post(id, purpose, c, d)
	p.Deadline = v.deadline(p.NotBefore)
	v.add(p, cause, err)
	v.items["fresh"]++
}

// closingLasts is how long it is worth telling, at least, that an alert is over: whoever
// finds its thread believes it until then. It is longer than a closing that was given up
// is made up for: see closedFor.
const closingLasts = 14 * 24 * time.Hour

// follow records a post that follows from the head of the account's thread.
func (v *view) follow(d alerts.Deed, purpose spool.Purpose) {
	c, cause, err := v.content(d, d.Post.ID)
	p := v.post(v.followerID(d.Post, purpose), purpose, c, d)
	p.Parent, p.Root = d.Post.ID, d.Post.ID
	switch {
	case purpose == spool.Update:
		p.Deadline = v.deadline(p.NotBefore)
		v.items["edited"]++
	case v.acct.Deadline > 0:
		p.Deadline = p.NotBefore.Add(max(v.acct.Deadline, closingLasts))
	}
	v.add(p, cause, err)
	v.rewritten(string(purpose) + ": " + d.Why)
}

// withdraw records that a post of the thread is to be taken away.
func (v *view) withdraw(d alerts.Deed) {
	w := spool.Withdrawal(d.Post, d.Why, latest(d.NotBefore, v.now), "alert", strconv.Itoa(v.followers(d.Post, spool.Withdraw)))
	w.Feed, w.Order, w.Created = v.feed.Name, v.now, v.now
	v.add(w, d.Why, nil)
}

// followerID is the id of the next post for a purpose that follows from a head: the
// same until it is recorded.
func (v *view) followerID(head spool.Post, purpose spool.Purpose) string {
	return spool.PostID(v.t.Item, v.acct.Name, purpose, head.ID, strconv.Itoa(v.followers(head, purpose)))
}

func (v *view) followers(head spool.Post, purpose spool.Purpose) int {
	n := 0
	for _, p := range v.posts {
		if p.Parent == head.ID && p.Purpose == purpose {
			n++
		}
	}
	return n
}

// reword gives a post that nothing was sent of the words of now. One that something
// was prepared with cannot have others: it is dropped, and the next look records
// another.
func (v *view) reword(d alerts.Deed) {
	p := d.Post
	switch {
	case p.Content.ByHand:
		v.Log.Warn("alert has changed whose post a person has worded; its words stay", "feed", v.feed.Name, "account", p.Account, "post", p.ID)
		return
	case p.Attempts > 0:
		return // it is under way
	case p.Draft.State != "":
		v.move(p, spool.Event{What: spool.Cancelled, Cause: "overtaken before it was sent: " + d.Why})
		return
	}
	c, _, err := v.content(d, p.Parent)
	if err != nil {
		v.Log.Error("there are no new words for a post about an alert; it keeps those that it has", "feed", v.feed.Name, "account", p.Account, "post", p.ID, "err", err)
		return
	}
	if p.Content.MadeOf(c) {
		return
	}
	e := spool.Event{What: spool.Reworded, Content: withAlts(c, p.Content), Cause: strings.TrimSuffix("the alert is another now: "+d.Why, ": ")}
	if priority := v.feed.Alerts.Priority(v.t.Alert); priority > p.Priority && p.State == spool.Waiting {
		e.What, e.Feed, e.Priority, e.Wait = spool.Raised, v.feed.Name, priority, max(p.NotBefore.Sub(v.now), 0)
	}
	v.move(p, e)
	v.rewritten("the post that waits has the newest words")
}

// move takes a post that nothing was sent of through an event.
func (v *view) move(p spool.Post, e spool.Event) {
	v.open = true
	if t, err := spool.Next(p, e, v.acct.rules(), v.now); err == nil {
		v.in.Reworded = append(v.in.Reworded, t)
	}
}

// add records a post. One that there are no words for has failed, so that a person is
// told.
func (v *view) add(p spool.Post, cause string, wordless error) {
	if wordless != nil {
		p.State, p.Hold, p.Reason = spool.Failed, "", "no words for it: "+wordless.Error()
		cause = p.Reason
	}
	v.open, v.told = true, true
	v.in.Posts, v.in.Causes = append(v.in.Posts, p), append(v.in.Causes, cause)
	v.in.Free = append(v.in.Free, spool.ItemKey(v.t.Item), alertKey(v.t.Item))
}

// post is a new post about the alert.
func (v *view) post(id string, purpose spool.Purpose, c spool.Content, d alerts.Deed) spool.Post {
	p := spool.Post{
		ID: id, Item: v.t.Item, Feed: v.feed.Name, Account: v.acct.Name, Purpose: purpose,
		Priority: v.feed.Alerts.Priority(v.t.Alert), Content: c, State: spool.Waiting,
		NotBefore: latest(d.NotBefore, v.now), Order: v.now.Add(behind(v.in) - time.Second), Created: v.now, Version: 1,
	}
	if purpose != spool.Close && purpose != spool.Edit {
		p.NotBefore = latest(p.NotBefore, v.now.Add(v.feed.AlertSettle))
	}
	if v.feed.Approve {
		p.State, p.Hold, p.Reason = spool.Held, spool.HoldApproval, "feed "+v.feed.Name+" wants each post approved"
	}
	return p
}

// endSlack is how long after its end an alert may still be announced: who had to wait
// for a moment is told all the same, and an end may yet be put off.
const endSlack = 5 * time.Minute

// deadline is when news of an alert is not worth telling any more: the account's, or
// when the alert is over.
func (v *view) deadline(from time.Time) time.Time {
	var at time.Time
	if v.acct.Deadline > 0 {
		at = from.Add(v.acct.Deadline)
	}
	if end := v.t.Alert.End(); end.After(v.now) && !v.t.Alert.Guess {
		at = soonest(at, latest(end, from).Add(endSlack))
	}
	return at
}
