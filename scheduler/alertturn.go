package scheduler

import (
	"fmt"
	"time"

	"spool"
	"spool/alerts"
	"spool/publisher"
)

// aboutAlert reports whether a post tells of an alert.
func aboutAlert(p spool.Post) bool {
	return p.Content.Told != nil || p.Purpose == spool.Renew || p.Purpose == spool.Update || p.Purpose == spool.Close
}

// upToDate makes sure, before a post about an alert is prepared, or sent where nothing is,
// that it is still to be told there: what it follows from stands, and what begins a
// thread is the only one. Others may have been at the account meanwhile, by hand.
func (t *turn) upToDate(p, parent spool.Post) bool {
	switch {
	case !aboutAlert(p):
		return true
	case p.Purpose.Heads():
		return t.alone(p)
	case p.Draft.State != "":
		return true // what is prepared was looked after then
	}
	if p.Purpose == spool.Update || p.Purpose == spool.Close || p.Purpose == spool.Edit {
		return t.stands(p, parent)
	}
	return true
}

// stands asks the network whether the head that a post follows from is still there.
// One that somebody took away is noted as such, and the feed is made due: what is the
// case then is announced anew.
func (t *turn) stands(p, head spool.Post) bool {
	witness, ok := t.acct.Publisher.(publisher.Witness)
	if !ok || t.stopped() {
		return !t.stopped()
	}
	ctx, cancel := t.request()
	there, err := witness.Stands(ctx, head.Receipt)
	cancel()
	t.FailPoint("head answered")
	switch {
	case err != nil && t.ctx.Err() != nil:
		return false // being stopped says nothing about the head
	case err != nil:
		return t.unwitnessed(p, asFailure("look for the post above", err))
	case there:
		return true
	}
	t.log.Warn("somebody took a post about an alert away; what answers it is dropped", "post", head.ID, "url", head.Receipt.URL)
	t.moveWith(p, spool.Event{What: spool.Orphaned, Cause: "there is nothing to " + verb(p.Purpose) + ": post " + head.ID + " was taken away"},
		&happening{head, spool.Event{What: spool.Withdrawn, Cause: alerts.TakenAway}})
	t.FailPoint("head saved")
	if !t.lost {
		t.trouble("make a feed due", t.Store.Hurry(t.db, p.Feed, t.Now()))
		t.poke()
	}
	return false
}

// unwitnessed is what follows when nobody can say whether the head stands: it is asked
// again, unless the network never tells. Then whoever sends will see.
func (t *turn) unwitnessed(p spool.Post, f *spool.Failure) bool {
	if f.Kind == spool.Permanent {
		return true
	}
	if f.Kind == spool.Unsure {
		f.Kind = spool.Temporary
	}
	t.refuse(p, f)
	t.consequences(f)
	return false
}

// otherHead is how long a head waits at least while nobody knows what has become of
// another one about the same alert.
const otherHead = 15 * time.Second

// alone makes sure that no other post begins a thread about the alert on the account:
// there may be one that was retried by hand, or that came out of doubt.
func (t *turn) alone(p spool.Post) bool {
	all, err := t.Store.AllPosts(t.db, []string{p.Item})
	if t.trouble("look for other posts about an alert", err) {
		return false
	}
	for _, other := range all {
		if other.ID == p.ID || other.Account != p.Account || !other.Purpose.Heads() {
			continue
		}
		switch {
		case other.State == spool.Live:
			t.move(p, spool.Event{What: spool.Orphaned, Cause: "post " + other.ID + " tells of the alert already"})
			return false
		case other.State == spool.Sending, other.State == spool.Doubt, !other.State.Final() && other.Attempts > 0:
			t.refuse(p, &spool.Failure{Op: "follow", Kind: spool.Throttled, Wait: otherHead, Err: fmt.Errorf("nobody knows yet whether post %s about the same alert is live", other.ID)})
			return false
		}
	}
	return true
}
