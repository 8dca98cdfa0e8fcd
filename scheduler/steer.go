package scheduler

import (
	"context"
	"slices"
	"time"

	"spool"
	"spool/publisher"
)

// steer does what a post is for that changes another one, its parent, which is
// live. The request may be made again at will, so there is no doubt to settle; what
// came of it is saved for both posts at once.
func (t *turn) steer(p, parent spool.Post) {
	deed := t.deed(p, parent)
	if deed == nil {
		t.refuse(p, permanent("%s cannot %s posts: do it there by hand, post %s", t.acct.Network, verb(p.Purpose), parent.ID))
		return
	}
	p, ok := t.illustrate(p)
	if !ok {
		return
	}
	if p, ok = t.begin(p); !ok {
		return
	}
	ctx, cancel := t.request()
	e, err := deed(ctx, p)
	cancel()
	t.FailPoint("post answered")
	if err == nil {
		t.moveWith(p, spool.Event{What: spool.Delivered}, &happening{parent, e})
		t.FailPoint("post saved")
		return
	}
	f := asFailure(verb(p.Purpose), err)
	t.move(p, spool.Event{What: spool.Refused, Failure: f, Wait: pauseFor(f)})
	t.FailPoint("refusal saved")
	t.steerFailed(p, f)
}

// A deed makes one request about a live post and says what has happened to it.
type deed func(ctx context.Context, p spool.Post) (spool.Event, error)

// deed is what a post does; nil: the network has no such thing.
func (t *turn) deed(p, parent spool.Post) deed {
	if p.Purpose == spool.Edit {
		editor, ok := t.acct.Publisher.(publisher.Editor)
		if !ok {
			return nil
		}
		return func(ctx context.Context, p spool.Post) (spool.Event, error) {
			receipt, err := editor.Edit(ctx, parent.Receipt, p)
			return spool.Event{What: spool.Amended, Content: p.Content, Receipt: receipt, Cause: "edited by post " + p.ID}, err
		}
	}
	withdrawer, ok := t.acct.Publisher.(publisher.Withdrawer)
	if !ok {
		return nil
	}
	return func(ctx context.Context, p spool.Post) (spool.Event, error) {
		cause := p.Content.Text // why, in a person's words
		if cause == "" {
			cause = "withdrawn by post " + p.ID
		}
		return spool.Event{What: spool.Withdrawn, Cause: cause}, withdrawer.Withdraw(ctx, parent.Receipt)
	}
}

// steerFailed are the consequences for the account. A network that lets no more
// posts be removed for a while still lets others be published.
func (t *turn) steerFailed(p spool.Post, f *spool.Failure) {
	if p.Purpose != spool.Withdraw || f.Kind != spool.Throttled {
		t.consequences(f)
		return
	}
	t.met.refused = t.Now()
	t.met.removals = t.met.refused.Add(pauseFor(f))
	t.log.Warn("the network lets no more posts be removed for now", "until", t.met.removals, "reason", f.Error())
}

// mayWithdraw reports whether a post may be removed now, and otherwise when: what
// the network allows is counted here, since it does not tell how much is left.
func (t *turn) mayWithdraw(p spool.Post, now time.Time) (time.Time, bool) {
	if t.met.removals.After(now) && !t.met.refused.After(now) { // after now: the clock was set back
		return t.met.removals, false
	}
	withdrawer, ok := t.acct.Publisher.(publisher.Withdrawer)
	if !ok {
		return time.Time{}, true // it is about to be told so
	}
	most, window := withdrawer.Withdrawals()
	if most <= 0 {
		return time.Time{}, true
	}
	begun, err := t.Store.Withdrawals(t.db, t.acct.Name, now.Add(-window))
	if t.trouble("count withdrawals", err) {
		return time.Time{}, false
	}
	if i := slices.IndexFunc(begun, p.Begun.Equal); i >= 0 && !p.Begun.IsZero() {
		begun = slices.Delete(begun, i, i+1) // its own request, which is made again
	}
	at := windowOpens(upTo(begun, now.Add(jumpSize)), most, window)
	if at.After(now) {
		t.log.Info("no more posts may be removed for now", "until", at, "limit", most, "within", window)
		return at, false
	}
	return time.Time{}, true
}
