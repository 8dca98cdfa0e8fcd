package spool

import (
	"fmt"
	"time"
)

// Next returns post p as it is after event e, and the line for its history. It
// decides everything about the states; the caller saves. An event that cannot
// happen in p's state gives an error that wraps [ErrTransition].
func Next(p Post, e Event, r Rules, now time.Time) (Transition, error) {
	from := p.State
	step, ok := table[from][e.What]
	if !ok {
		return Transition{}, fmt.Errorf("post %s is %s: %s: %w", p.ID, from, e.What, ErrTransition)
	}
	if e.What == Began && now.Before(p.Embargo) {
		return Transition{}, fmt.Errorf("post %s must not be shown before %s: %s: %w", p.ID, p.Embargo.UTC().Format(time.RFC3339), e.What, ErrTransition)
	}
	step(&p, e, r, now)
	if p.State == Waiting {
		p = p.UnderEmbargo(p.Embargo, r) // whoever hurries, approves or retries it
	}
	who := e.Who
	if who == "" {
		who = "spool"
	}
	t := Transition{Post: p, Change: Change{Time: now, From: from, To: p.State, What: e.What, Cause: cause(p, e), Who: who}}
	if from != Live && p.State == Live {
		t.Follow = following(p, e, r, now)
	}
	return t, nil
}

// UnderEmbargo is p as a post that nothing makes visible before a moment; zero:
// there is no embargo. It waits until then, and its deadline counts from then.
func (p Post) UnderEmbargo(until time.Time, r Rules) Post {
	p.Embargo = until
	if until.IsZero() {
		return p
	}
	p.NotBefore = later(p.NotBefore, until)
	if !p.Deadline.IsZero() && r.Deadline > 0 {
		p.Deadline = later(p.Deadline, until.Add(r.Deadline))
	}
	return p
}

// following is what follows from a post that has just gone live: the next part of
// its text, or what replaces the one that it has withdrawn. A withdrawal that found
// nothing to take away puts nothing in its place: somebody else wanted it gone.
func following(p Post, e Event, r Rules, now time.Time) []Post {
	next := Post{
		Item: p.Item, Feed: p.Feed, Account: p.Account, Priority: p.Priority, Parent: p.ID, Root: p.root(),
		State: Waiting, NotBefore: now, Order: p.Order, Created: now, Version: 1,
	}
	if r.Deadline > 0 {
		next.Deadline = now.Add(r.Deadline)
	}
	switch {
	case p.Purpose == Withdraw && p.Content.Next != nil && e.What == Delivered:
		next.Purpose, next.Content, next.Parent, next.Root = Replace, *p.Content.Next, p.Parent, ""
	case len(p.Content.More) > 0 && !p.Purpose.Steers():
		next.Order = time.Time{} // ahead of all others of its priority, so that the parts stay together
		next.Purpose = Continue
		next.Content = Content{Text: p.Content.More[0], More: p.Content.More[1:], Tags: p.Content.Tags, Mentions: p.Content.Mentions, Warning: p.Content.Warning, Language: p.Content.Language}
	default:
		return nil
	}
	next.ID = PostID(p.Item, p.Account, next.Purpose, p.ID)
	return []Post{next}
}

// root is the first post of the thread that p is in.
func (p Post) root() string {
	if p.Root != "" {
		return p.Root
	}
	return p.ID
}

func cause(p Post, e Event) string {
	switch {
	case e.Cause != "":
		return e.Cause
	case e.Failure != nil:
		return e.Failure.Error()
	case e.Receipt.Note != "":
		return e.Receipt.Note
	case e.What == Prepared:
		return ""
	}
	return p.Reason
}

// A step changes a post as an event asks.
type step func(p *Post, e Event, r Rules, now time.Time)

//go:generate go test -run TestStatesDocument . -update

// table says what can happen in which state. docs/states.md is made from it.
var table = map[State]map[What]step{
	Waiting: {
		Prepared: prepared, Pictured: pictured, Began: began, Refused: refused, Found: delivered, Reworded: reworded, Raised: raised,
		Expired: dropped, Orphaned: dropped, Holding: holding, Cancelled: dropped, Hurried: hurried,
	},
	Sending: {Delivered: delivered, Refused: refused, Lapsed: lapsed},
	Doubt:   {Found: delivered, Absent: absent, Unclear: unclear},
	Held:    {Approved: released, Resumed: released, Reworded: reworded, Raised: raised, Cancelled: dropped},
	Live:    {Checked: checked, Amended: amended, Withdrawn: withdrawn},
	Failed:  {Retried: released},
}

func prepared(p *Post, e Event, _ Rules, now time.Time) {
	if e.Draft != nil {
		p.Draft = *e.Draft
		p.NotBefore = now.Add(e.Draft.Wait)
	}
}

func began(p *Post, _ Event, _ Rules, now time.Time) {
	p.State, p.Reason = Sending, ""
	p.Begun = now
	if p.FirstBegun.IsZero() {
		p.FirstBegun = now
	}
	p.Attempts++
	p.Looks = 0
}

func delivered(p *Post, e Event, _ Rules, now time.Time) {
	p.State, p.Hold, p.Reason = Live, "", ""
	p.Receipt, p.LiveAt = e.Receipt, now
	p.Refusals, p.Looks = 0, 0
	p.NotBefore = now.Add(CheckWait(e.Receipt, 0))
	if p.Purpose.Steers() {
		p.NotBefore = time.Time{} // it is no post of its own: there is nothing to look at again
	}
}

// pictured takes over what came of fetching a post's pictures. Like reworded, it
// changes nothing once something was prepared or sent.
func pictured(p *Post, e Event, _ Rules, now time.Time) {
	if p.Attempts > 0 || p.Draft.State != "" {
		return
	}
	p.Content = e.Content
	p.NotBefore = now.Add(e.Wait)
	if e.Hold != "" {
		p.State, p.Hold, p.Reason = Held, HoldAlt, e.Hold
	}
}

// amended notes what a live post says now.
func amended(p *Post, e Event, _ Rules, _ time.Time) {
	p.Content = e.Content
	if e.Receipt.ID == "" {
		return
	}
	if e.Receipt.URL == "" {
		e.Receipt.URL = p.Receipt.URL
	}
	p.Receipt = e.Receipt
}

// withdrawn ends a post that was live. Its receipt stays, as evidence.
func withdrawn(p *Post, e Event, _ Rules, _ time.Time) {
	p.State, p.NotBefore = Dropped, time.Time{}
	p.Reason = "withdrawn"
	if e.Cause != "" {
		p.Reason = e.Cause
	}
}

// refused says what follows from a failure. While a post waits, a request only
// prepares it and can make nothing visible, so there Unsure means Temporary; and
// so it does for a post whose request may be made again at will.
func refused(p *Post, e Event, r Rules, now time.Time) {
	f := e.Failure
	if f == nil {
		f = &Failure{Op: "unknown", Err: fmt.Errorf("no reason given")}
	}
	kind := f.Kind
	if kind == Unsure && (p.State == Waiting || p.Purpose.Steers()) {
		kind = Temporary
	}
	if f.Draft != nil {
		p.Draft = *f.Draft
	}
	p.Reason = f.Error()
	switch kind {
	case Temporary:
		p.Refusals++
		p.State, p.NotBefore = Waiting, now.Add(max(f.Wait, retryUnlessTold(f, p.Refusals)))
	case Throttled:
		if p.State == Sending {
			p.Refusals++ // so that it shows that nothing came of the attempt
		}
		p.State, p.NotBefore = Waiting, now.Add(max(f.Wait, e.Wait))
	case Credentials:
		p.State, p.Hold = Held, HoldCredentials
	case Permanent:
		p.State = Failed
	default:
		p.State, p.NotBefore = Doubt, now
	}
}

// retryUnlessTold is the backoff, which a network that names a wait replaces.
func retryUnlessTold(f *Failure, refusals int) time.Duration {
	if f.Wait > 0 {
		return 0
	}
	return RetryWait(refusals)
}

func lapsed(p *Post, e Event, _ Rules, now time.Time) {
	if p.Purpose.Steers() {
		p.State, p.NotBefore = Waiting, now.Add(e.Wait)
		p.Reason = "the process that was at it ended before it knew the outcome: it is done again"
		return
	}
	p.State, p.NotBefore = Doubt, now.Add(e.Wait)
	p.Reason = "the process that was sending it ended before it knew the outcome"
}

// absent sends a post again only when nothing sent before can still appear.
func absent(p *Post, e Event, r Rules, now time.Time) {
	p.Looks++
	if e.Draft != nil {
		p.Draft = *e.Draft
	}
	if e.Again {
		p.State, p.NotBefore, p.Looks = Waiting, now.Add(RetryWait(p.Attempts)), 0
		p.Reason = "nobody confirms that it has arrived: it is sent again, under the same name, so that it cannot count twice"
		return
	}
	end := p.Begun.Add(r.grace())
	if !e.Gone && now.Before(end) {
		p.NotBefore = earlier(now.Add(LookWait(p.Looks)), end)
		return
	}
	p.Resent++
	if p.Resent > r.resends() {
		p.State, p.Hold = Held, HoldDoubt
		p.Reason = fmt.Sprintf("sent %d times and never found on the account: look at the profile; approve sends it again, cancel gives it up", p.Attempts)
		return
	}
	p.State, p.NotBefore, p.Looks = Waiting, now, 0
	p.Reason = "looked for and not found: it is sent again"
}

func unclear(p *Post, e Event, r Rules, now time.Time) {
	p.Looks++
	if e.Failure != nil && e.Failure.Draft != nil {
		p.Draft = *e.Failure.Draft
	}
	if e.Failure != nil && e.Failure.Kind == Permanent {
		p.State, p.Hold = Held, HoldDoubt
		p.Reason = "it may be live, and the network cannot be asked: look there; approve sends it again, cancel leaves it as it is"
		return
	}
	if now.Sub(p.Begun) >= r.patience() && p.Looks > 3 {
		p.State, p.Hold = Held, HoldDoubt
		p.Reason = "it may be live, and the network gives no clear answer: look at the profile; approve sends it again, cancel leaves it as it is"
		return
	}
	wait := LookWait(p.Looks)
	if e.Failure != nil {
		wait = max(wait, e.Failure.Wait)
	}
	p.NotBefore = now.Add(max(wait, e.Wait))
}

func checked(p *Post, e Event, _ Rules, now time.Time) {
	p.Looks++
	if e.Receipt.ID != "" {
		p.Receipt = e.Receipt
	}
	if e.Cause != "" {
		p.Reason = e.Cause
	}
	p.NotBefore = time.Time{}
	if wait := CheckWait(p.Receipt, p.Looks); wait > 0 {
		p.NotBefore = now.Add(max(wait, e.Wait))
	}
}

// reworded takes over the item's new words, unless something was prepared or
// sent with the old ones: a post once begun is never reworded. Its embargo is the
// item's in any case: what was prepared is not visible yet.
func reworded(p *Post, e Event, _ Rules, now time.Time) {
	if p.Attempts == 0 && p.Draft.State == "" {
		p.Content = e.Content
	}
	if !p.Embargo.IsZero() && p.NotBefore.Equal(p.Embargo) {
		p.NotBefore = earlier(p.NotBefore, later(e.Embargo, now)) // nothing else kept it
	}
	p.Embargo = e.Embargo
}

// raised gives a post to another feed, which would have brought it with higher
// priority and without what it is held for; or to its own, whose alert has become
// worse. It is left alone once anything was prepared or sent, and when a person has to
// do with it.
func raised(p *Post, e Event, _ Rules, now time.Time) {
	if p.Attempts > 0 || p.Draft.State != "" || e.Priority <= p.Priority || p.State == Held && p.Hold != HoldBurst {
		return
	}
	p.Feed, p.Priority, p.Content = e.Feed, e.Priority, e.Content
	p.Embargo = later(p.Embargo, e.Embargo)
	p.State, p.Hold, p.Reason = Waiting, "", ""
	if p.Refusals == 0 {
		p.NotBefore = earlier(p.NotBefore, now.Add(e.Wait))
	}
}

func holding(p *Post, e Event, _ Rules, _ time.Time) {
	p.State, p.Hold, p.Reason = Held, HoldPerson, e.Cause
}

func released(p *Post, e Event, r Rules, now time.Time) {
	if p.State == Held && p.Hold == HoldDoubt {
		p.Resent = 0 // a person has looked
		// What is prepared is looked at again before it is sent: the network's
		// package learns by this that it may give up a draft it cannot tell about.
		p.Draft.Ready = false
	}
	p.State, p.Hold, p.Reason = Waiting, "", ""
	p.NotBefore, p.Refusals = now, 0
	if r.Deadline > 0 && e.What != Resumed && p.Purpose != Withdraw { // what is to go has no deadline
		p.Deadline = now.Add(r.Deadline)
	}
}

func dropped(p *Post, e Event, _ Rules, _ time.Time) {
	switch {
	case e.Cause != "":
		p.Reason = e.Cause
	case e.What == Orphaned:
		p.Reason = "what it follows from is not live any more"
	case e.What == Expired:
		p.Reason = late(*p)
	default:
		p.Reason = "cancelled"
	}
	p.State, p.Hold = Dropped, ""
}

// late says why a post is given up whose deadline has passed. One that was sent in
// vain may have arrived after all, where the network cannot be asked.
func late(p Post) string {
	why := "not live by its deadline, " + p.Deadline.UTC().Format(time.RFC3339)
	if p.Reason != "" {
		why += "; the last obstacle: " + p.Reason
	}
	switch {
	case p.Attempts == 1:
		why += "; it was sent once, which nobody has confirmed"
	case p.Attempts > 1:
		why += fmt.Sprintf("; it was sent %d times, which nobody has confirmed", p.Attempts)
	}
	return why
}

func hurried(p *Post, _ Event, _ Rules, now time.Time) {
	p.Priority, p.NotBefore, p.Refusals = Breaking, now, 0
}
