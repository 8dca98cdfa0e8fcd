package scheduler

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"spool"
)

// maxSteps bounds one turn, so that a busy account gives its lease back now and
// then and a change of the configuration reaches it.
const maxSteps = 50

// maxTurn is how long a turn may last in all.
const maxTurn = time.Hour

// A turn is the work on one account while its lease is held.
type turn struct {
	*Scheduler
	acct  Account
	state spool.AccountState
	met   *acquaintance
	log   *slog.Logger

	soft context.Context // begin nothing new once it has ended
	ctx  context.Context // requests go on a little longer
	db   context.Context // and what came of them is saved in any case

	asked  time.Time       // when the store was last asked for what is due
	doomed map[string]bool // by id: what was taken down and is looked for, and must not be sent
	lost   bool            // somebody else changed something, or saving failed: touch nothing more
}

// turn works on one account until nothing is due, and gives it back.
func (s *Scheduler) turn(soft, ctx context.Context, state spool.AccountState) {
	acct, ok := s.account(state.Name)
	met := s.acquaintance(state.Name)
	if !ok || !met.turn.TryLock() {
		s.release(ctx, state.Lease, s.Now().Add(misfitPause))
		return
	}
	defer met.turn.Unlock()
	t := &turn{
		Scheduler: s, acct: acct, state: state, met: met,
		log: s.Log.With("account", state.Name), soft: soft, ctx: ctx,
	}
	var cancel context.CancelFunc
	t.db, cancel = context.WithTimeout(context.WithoutCancel(ctx), maxTurn)
	defer cancel()
	s.FailPoint("account claimed")
	next := t.work()
	if t.lost {
		// The next turn reads everything anew and settles what is open.
		next = s.Now().Add(lostPause)
	}
	s.FailPoint("account done")
	s.release(t.db, t.state.Lease, next)
}

func (s *Scheduler) release(ctx context.Context, lease spool.Lease, next time.Time) {
	next = notBefore(next, s.Now())
	if err := s.Store.Release(ctx, lease, next); err != nil && !errors.Is(err, spool.ErrConflict) {
		s.storeTrouble(ctx, "release account "+lease.Name, err)
	}
}

// notBefore is a moment ahead as the store can keep it, in whole milliseconds, and no
// earlier: whoever came back within the one before would find nothing to do, and
// want to come back at once.
func notBefore(at, now time.Time) time.Time {
	if !at.After(now) {
		return at
	}
	return at.Add(time.Millisecond - time.Nanosecond).Truncate(time.Millisecond)
}

// misfitPause keeps what was claimed and cannot be worked on from being claimed
// again at once: the plan does not have it (yet, or any more), or the clock
// jumped and ended the lease of a turn that goes on.
const misfitPause = 5 * time.Second

// lostPause keeps an account whose turn was lost from being taken up again at
// once, and for ever, while the disk is full.
const lostPause = time.Second

// work goes through the turn and returns when the account wants the next one.
func (t *turn) work() time.Time {
	began := t.Now()
	t.settle()
	t.keep()
	if t.blocked() {
		return t.nextTurn(time.Time{})
	}
	t.resume()
	t.takeDown() // before anything is dropped for being late: of what was sent it looks first
	t.expire(t.Now())
	for range maxSteps {
		t.takeDown()
		if t.stopped() || t.blocked() || t.Now().Sub(began) > maxTurn/2 {
			break
		}
		p, wait, ok := t.pick()
		if !ok {
			return t.nextTurn(wait)
		}
		if p.State == spool.Waiting && t.doomed[p.ID] {
			continue // it has become due since it was looked at
		}
		t.step(p)
	}
	return t.Now()
}

// stopped reports whether nothing more may be begun.
func (t *turn) stopped() bool { return t.lost || t.soft.Err() != nil }

// blocked reports whether the account cannot post, or the network asked for a
// pause.
func (t *turn) blocked() bool {
	return t.state.Stopped != "" || t.state.PausedUntil.After(t.Now())
}

// settle puts what a holder before left in sending into doubt.
func (t *turn) settle() {
	posts, err := t.Store.Unfinished(t.db, t.acct.Name)
	if t.trouble("look for unfinished posts", err) {
		return
	}
	for _, p := range posts {
		t.log.Warn("a post was left unfinished; looking whether it is live", "post", p.ID, "text", first(p.Content.Text))
		t.move(p, spool.Event{What: spool.Lapsed})
		t.FailPoint("unfinished settled")
	}
}

// expire drops the posts whose deadline has passed at now.
func (t *turn) expire(now time.Time) {
	for !t.stopped() && t.trusted(now) {
		posts, err := t.Store.Overdue(t.db, t.acct.Name, now, maxSteps)
		if t.trouble("look for overdue posts", err) || len(posts) == 0 {
			return
		}
		for _, p := range posts {
			t.move(p, spool.Event{What: spool.Expired})
		}
	}
}

// resume lets go of the posts that were held while the account could not post.
func (t *turn) resume() {
	if t.stopped() {
		return
	}
	posts, err := t.Store.HeldFor(t.db, t.acct.Name, spool.HoldCredentials)
	if t.trouble("look for held posts", err) {
		return
	}
	for _, p := range posts {
		t.move(p, spool.Event{What: spool.Resumed, Cause: "the account can post again"})
	}
}

// pick chooses the next post to work on: doubts and checks whenever they are
// due, then the first that waits and that may go now. Without one it says when to
// come back; zero: when something is due.
func (t *turn) pick() (p spool.Post, wait time.Time, ok bool) {
	now := t.Now()
	t.asked = now
	var without []spool.Purpose
	for {
		due, err := t.Store.Due(t.db, t.acct.Name, now, 1, without...)
		if t.trouble("look for due posts", err) || len(due) == 0 {
			return spool.Post{}, wait, false
		}
		p = due[0]
		if p.State != spool.Waiting {
			return p, time.Time{}, true
		}
		at, ok := t.mayGo(p, now)
		if t.lost || ok {
			return p, time.Time{}, ok
		}
		if wait.IsZero() || at.Before(wait) {
			wait = at
		}
		without = append(without, waitingAlong(p.Purpose)...)
	}
}

// waitingAlong are the purposes of posts that have to wait when the first one of a purpose
// has to, since that has the highest priority of them.
func waitingAlong(p spool.Purpose) []spool.Purpose {
	if p.Heads() {
		return []spool.Purpose{spool.Announce, spool.Replace, spool.Renew}
	}
	return []spool.Purpose{p}
}

// mayGo reports whether the account may do now what a waiting post is for, and
// otherwise when. An edit may always go; the parts of a text follow one another
// without spacing, at any hour; and replies are not what a network's quota of posts
// is about.
func (t *turn) mayGo(p spool.Post, now time.Time) (time.Time, bool) {
	switch p.Purpose {
	case spool.Edit:
		return time.Time{}, true
	case spool.Withdraw:
		return t.mayWithdraw(p, now)
	}
	sent, err := t.Store.Sent(t.db, t.acct.Name, now.Add(-day))
	if t.trouble("count posts", err) {
		return time.Time{}, false
	}
	sent = upTo(sent, now.Add(jumpSize))
	pace := t.acct.Pace
	if p.Purpose == spool.Continue {
		pace = pace.unspaced()
	}
	if at, why := pace.Allowed(sent, p.Priority, now); at.After(now) {
		t.log.Debug("post has to wait", "post", p.ID, "until", at, "for", why)
		return at, false
	}
	if p.Purpose.Replies() {
		return time.Time{}, true
	}
	at, spent := t.quotaSpent(p.Priority, len(sent))
	return at, !spent
}

// step does what a post needs next.
func (t *turn) step(p spool.Post) {
	switch p.State {
	case spool.Doubt:
		t.look(p)
	case spool.Live:
		t.check(p)
	case spool.Waiting:
		t.send(p)
	}
}

// upTo leaves out the moments after now: a clock that was wrong then and is right
// since must not silence the account until it is as late as it said.
func upTo(moments []time.Time, now time.Time) []time.Time {
	n := len(moments)
	for n > 0 && moments[n-1].After(now) {
		n--
	}
	return moments[:n]
}

// nextTurn is when the account is to be claimed again: at wait, when something
// is due, or when its credentials want looking after or the network's pause is
// over. Deadlines are kept meanwhile, also while the account is blocked.
func (t *turn) nextTurn(wait time.Time) time.Time {
	now := t.Now()
	t.expire(now)
	next := t.met.nextKeep(t.state, now)
	if t.state.PausedUntil.After(now) {
		next = t.state.PausedUntil // nobody looks after the credentials before, either
	}
	after := now
	if !t.asked.IsZero() {
		after = t.asked // what has become due since was not in the answer
	}
	consider := func(at time.Time) {
		if !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	due, err := t.Store.NextDue(t.db, t.acct.Name, after)
	if !t.trouble("look for the next due post", err) {
		consider(due)
	}
	if !t.trusted(now) {
		consider(now.Add(jumpDoubt))
	}
	if t.state.Stopped == "" {
		consider(wait)
	}
	return next
}

// move takes a post through an event and saves it. It returns the post as it is
// then; after a failure to save, the turn is lost.
func (t *turn) move(p spool.Post, e spool.Event) (spool.Post, bool) {
	return t.moveWith(p, e, nil)
}

// moveWith is move, and takes another post of the account through an event in the
// same transaction.
func (t *turn) moveWith(p spool.Post, e spool.Event, other *happening) (spool.Post, bool) {
	if t.lost {
		return p, false
	}
	now := t.Now()
	tr, err := spool.Next(p, e, t.acct.rules(), now)
	var with []spool.Transition
	if err == nil && other != nil {
		with = make([]spool.Transition, 1)
		with[0], err = spool.Next(other.post, other.event, t.acct.rules(), now)
	}
	if err != nil {
		t.log.Error("a post could not be moved; this is a mistake in the program", "err", err)
		t.lost = true
		return p, false
	}
	until := now.Add(t.acct.Lease())
	saved, err := t.Store.Save(t.db, t.state.Lease, until, tr, with...)
	switch {
	case errors.Is(err, spool.ErrTaken) && other != nil && other.event.Receipt.ID != "":
		// The change is made; that the post goes by the id of another one is not believed.
		other.event.Receipt = spool.Receipt{}
		return t.moveWith(p, e, other)
	case errors.Is(err, spool.ErrTaken) && e.Receipt.ID != "":
		// It is live, but nobody can say which of the network's posts it is.
		e.Cause = "the network gave the id of another post, " + e.Receipt.ID
		e.Receipt = spool.Receipt{Note: e.Receipt.Note}
		return t.moveWith(p, e, other)
	case errors.Is(err, spool.ErrConflict):
		// Somebody steered the post meanwhile, or took the account over; the
		// next turn sees it as it is.
		t.log.Info("post changed meanwhile; leaving it alone", "post", p.ID, "event", string(e.What))
		t.lost = true
		return p, false
	case err != nil:
		t.trouble("save post "+p.ID, err)
		return p, false
	}
	saved.Reply = p.Reply // which is not stored
	t.state.Lease.Until = until
	for _, w := range with {
		t.Metrics.Moved(w.Post, w.Change, nil)
		t.tell(w.Post, w.Change)
	}
	t.Metrics.Moved(saved, tr.Change, e.Failure)
	t.tell(saved, tr.Change)
	return saved, true
}

// A happening is an event and the post that it happens to.
type happening struct {
	post  spool.Post
	event spool.Event
}

// tell logs what a person may want to know of a change.
func (t *turn) tell(p spool.Post, c spool.Change) {
	log := t.log.With("post", p.ID, "feed", p.Feed, "text", first(p.Content.Text))
	switch {
	case c.What == spool.Checked && c.Cause != "":
		log.Error("post looks doubled", "reason", c.Cause)
	case c.What == spool.Amended:
		log.Info("post was edited", "url", p.Receipt.URL)
	case c.What == spool.Withdrawn:
		log.Info("post was withdrawn", "url", p.Receipt.URL, "reason", p.Reason)
	case p.State == spool.Live && p.Purpose.Steers():
		log.Info("change of a post is done", "purpose", string(p.Purpose), "of", p.Parent, "note", c.Cause)
	case p.State == spool.Live && c.What != spool.Checked:
		log.Info("post is live", "url", p.Receipt.URL, "how", string(c.What), "after", p.LiveAt.Sub(p.Created).Round(time.Millisecond), "note", p.Receipt.Note)
	case p.State == spool.Held:
		log.Error("post held for a person", "hold", string(p.Hold), "reason", p.Reason)
	case p.State == spool.Failed:
		log.Error("post failed", "reason", p.Reason)
	case c.What == spool.Orphaned: // what it was to follow is gone, which was told
		log.Warn("post dropped", "reason", p.Reason)
	case p.State == spool.Dropped:
		log.Error("post dropped", "reason", p.Reason)
	case c.What == spool.Refused && p.State == spool.Doubt:
		log.Warn("post may or may not be live; looking", "reason", c.Cause)
	case c.What == spool.Refused:
		log.Warn("post has to be tried again", "reason", c.Cause, "not_before", p.NotBefore)
	}
}

// trouble reports a failure of the store. The turn is lost then: what could not
// be saved must not be built upon.
func (t *turn) trouble(doing string, err error) bool {
	if err == nil {
		return false
	}
	t.lost = true
	t.storeTrouble(t.ctx, doing+" of account "+t.acct.Name, err)
	return true
}

// saveAccount records the account's own state.
func (t *turn) saveAccount() {
	if t.lost {
		return
	}
	if err := t.Store.SaveAccount(t.db, t.state); err != nil {
		if errors.Is(err, spool.ErrConflict) {
			t.lost = true
			return
		}
		t.trouble("save the state", err)
	}
}

// request is a context for one call to the network. It ends before the lease
// does, which is renewed for it; without a lease it has ended already.
func (t *turn) request() (context.Context, context.CancelFunc) {
	now := t.Now()
	if t.state.Lease.Until.Before(now.Add(t.acct.RequestTimeout())) {
		t.state.Lease.Until = now.Add(t.acct.Lease())
		t.saveAccount()
	}
	ctx, cancel := context.WithTimeout(t.ctx, t.acct.RequestTimeout())
	if t.lost {
		cancel()
	}
	return ctx, cancel
}

// asFailure reads an error of a publisher. One that was not classified is
// Unsure: the careful kind.
func asFailure(op string, err error) *spool.Failure {
	var f *spool.Failure
	if errors.As(err, &f) {
		return f
	}
	return &spool.Failure{Op: op, Err: err}
}

// consequences are what a failure means for the whole account.
func (t *turn) consequences(f *spool.Failure) {
	now := t.Now()
	switch f.Kind {
	case spool.Throttled:
		wait := f.Wait
		if wait <= 0 {
			wait = defaultPause
		}
		t.state.PausedUntil = now.Add(wait)
		t.log.Warn("the network asks for a pause", "until", t.state.PausedUntil, "reason", f.Error())
	case spool.Credentials:
		t.state.Stopped = f.Error()
		t.log.Error("the account cannot post until somebody acts; its posts are kept", "reason", f.Error(), "do", t.acct.Mend)
	default:
		return
	}
	t.saveAccount()
}

// defaultPause is how long an account rests when a network throttles it and
// does not say for how long.
const defaultPause = 5 * time.Minute
