package scheduler

import (
	"errors"
	"time"

	"spool"
	"spool/publisher"
)

// shortWait is how long a turn waits for a draft rather than going on with
// other posts: a text is ready within a second or two, and order is kept.
const shortWait = 5 * time.Second

// send takes a waiting post to its network: looks after what it follows from,
// fetches its pictures, prepares it where the network wants that, marks it as
// begun, makes the one request that can make it visible, and saves what came of it.
func (t *turn) send(p spool.Post) {
	p, parent, ok := t.follows(p)
	if !ok || !t.upToDate(p, parent) {
		return
	}
	if p.Purpose.Steers() {
		t.steer(p, parent)
		return
	}
	if p.Attempts == 0 && t.alreadyThere(p) {
		return
	}
	if p, ok = t.illustrate(p); !ok {
		return
	}
	if p, ok = t.prepare(p); !ok {
		return
	}
	if p, ok = t.begin(p); !ok {
		return
	}
	ctx, cancel := t.request()
	receipt, err := t.acct.Publisher.Publish(ctx, p)
	cancel()
	t.FailPoint("post answered")
	if err == nil {
		t.move(p, spool.Event{What: spool.Delivered, Receipt: receipt})
		t.FailPoint("post saved")
		return
	}
	f := asFailure("publish", err)
	t.move(p, spool.Event{What: spool.Refused, Failure: f, Wait: pauseFor(f)})
	t.FailPoint("refusal saved")
	t.consequences(f)
}

// begin marks a post as begun, which is the last moment to see that it must not be
// shown yet: an embargo holds whoever hurried, approved or retried the post, and
// whatever happened to the clock meanwhile.
func (t *turn) begin(p spool.Post) (spool.Post, bool) {
	if t.Now().Before(p.Embargo) {
		t.log.Warn("post is under embargo; not sending it", "post", p.ID, "until", p.Embargo)
		return p, false
	}
	if until := t.overleapt(p, t.Now()); !until.IsZero() {
		t.refuse(p, &spool.Failure{Op: "wait", Kind: spool.Throttled, Wait: until.Sub(t.Now()), Err: errOverleapt})
		return p, false
	}
	p, ok := t.move(p, spool.Event{What: spool.Began})
	if ok {
		t.FailPoint("post began")
	}
	return p, ok
}

var errOverleapt = errors.New("the clock jumped ahead, past the end of its embargo: waiting whether the clock is put right")

// pauseFor is how long a throttled post waits: as long as its account.
func pauseFor(f *spool.Failure) time.Duration {
	if f.Kind == spool.Throttled && f.Wait <= 0 {
		return defaultPause
	}
	return f.Wait
}

// prepare brings a post's draft to the point at which it can be published. It
// reports false when that takes longer, or failed.
func (t *turn) prepare(p spool.Post) (spool.Post, bool) {
	preparer, ok := t.acct.Publisher.(publisher.Preparer)
	if !ok {
		return p, true
	}
	for !p.Draft.Ready {
		if t.stopped() {
			return p, false
		}
		ctx, cancel := t.request()
		draft, err := preparer.Prepare(ctx, p)
		cancel()
		t.FailPoint("draft answered")
		if err != nil {
			if t.ctx.Err() != nil {
				return p, false // being stopped is not a failure of the post
			}
			f := asFailure("prepare", err)
			t.move(p, spool.Event{What: spool.Refused, Failure: f, Wait: pauseFor(f)})
			t.consequences(f)
			return p, false
		}
		p, ok = t.move(p, spool.Event{What: spool.Prepared, Draft: &draft})
		t.FailPoint("draft saved")
		if !ok || (!draft.Ready && (draft.Wait > shortWait || !t.sleep(draft.Wait))) {
			return p, false
		}
	}
	return p, !t.stopped()
}

// sleep waits, and reports false when the turn is to end meanwhile.
func (t *turn) sleep(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-t.soft.Done():
		return false
	}
}

// alreadyThere finds a post that was never sent on the account all the same: an
// empty or restored database must not announce it again.
func (t *turn) alreadyThere(p spool.Post) bool {
	if t.met.history == nil {
		return false
	}
	if t.Now().Sub(t.met.read) > historyReach {
		// A database that was new or restored then has long caught up.
		t.met.history, t.met.tries = nil, historyTries
		return false
	}
	// All of ours that the history can show: a later post with the same link is
	// not one of them.
	taken, err := t.Store.Bound(t.db, t.acct.Name, t.met.read.Add(-historyReach-time.Hour), p.ID)
	if t.trouble("look up ids", err) {
		return true
	}
	receipt, ok := t.met.history.Match(p, taken)
	if !ok {
		return false
	}
	t.move(p, spool.Event{What: spool.Found, Receipt: receipt, Cause: "it was on the account before this database knew of it"})
	return true
}

// look settles a post in doubt.
func (t *turn) look(p spool.Post) {
	p = t.begunBy(p, t.Now())
	s, err := t.find(p)
	t.FailPoint("look answered")
	switch {
	case t.lost, err != nil && t.ctx.Err() != nil:
		return // being stopped says nothing about the post
	case err != nil:
		t.unclear(p, asFailure("look", err))
	case s.Found:
		t.move(p, spool.Event{What: spool.Found, Receipt: s.Receipt, Cause: doubled(s.Others)})
	default:
		t.move(p, spool.Event{What: spool.Absent, Gone: s.Gone, Again: s.Again, Draft: s.Draft})
	}
	t.FailPoint("look saved")
}

// unclear records a look without an answer. A network that does not let the
// account in, or wants a pause, has said nothing about the post.
func (t *turn) unclear(p spool.Post, f *spool.Failure) {
	if f.Kind == spool.Credentials || f.Kind == spool.Throttled {
		t.consequences(f)
		return
	}
	t.move(p, spool.Event{What: spool.Unclear, Failure: f})
}

// check looks at a live post once more: for an id that was not known, and for a
// doubling.
func (t *turn) check(p spool.Post) {
	s, err := t.find(p)
	if t.lost || err != nil && t.ctx.Err() != nil {
		return
	}
	if err != nil {
		t.consequences(asFailure("check", err))
		if t.blocked() {
			return
		}
	}
	e := spool.Event{What: spool.Checked, Cause: doubled(s.Others)}
	if s.Found && p.Receipt.ID == "" {
		e.Receipt = s.Receipt
	}
	t.move(p, e)
}

// find asks the network for a post, and says which of what it may find belongs
// to others.
func (t *turn) find(p spool.Post) (publisher.Sighting, error) {
	taken, err := t.bound(p)
	if t.trouble("look up ids", err) {
		return publisher.Sighting{}, err
	}
	shared, err := t.Store.LinkShared(t.db, p)
	if t.trouble("look up links", err) {
		return publisher.Sighting{}, err
	}
	if p = t.answering(p); t.lost {
		return publisher.Sighting{}, nil
	}
	ctx, cancel := t.request()
	defer cancel()
	return t.acct.Publisher.Find(ctx, publisher.Query{Post: p, Taken: taken, LinkShared: shared})
}

func doubled(others []string) string {
	if len(others) == 0 {
		return ""
	}
	return "the account seems to show it more than once; further ids: " + some(others)
}

// bound returns the network's ids of the account's other posts, as far back as
// a search for p can reach.
func (t *turn) bound(p spool.Post) (map[string]bool, error) {
	since := t.Now().Add(-historyReach)
	if !p.FirstBegun.IsZero() && p.FirstBegun.Before(since) {
		since = p.FirstBegun.Add(-time.Hour)
	}
	return t.Store.Bound(t.db, t.acct.Name, since, p.ID)
}
