package alerts_test

import (
	"errors"
	"time"

	"spool"
	"spool/alerts"
)

// turns is one turn of each account: each post that is due is taken one step on.
func (w *world) turns() {
	for i := range w.posts {
		p := w.posts[i]
		if p.NotBefore.After(w.now) {
			continue
		}
		switch p.State {
		case spool.Waiting:
			w.send(p)
		case spool.Sending:
			w.move(p, spool.Event{What: spool.Lapsed})
		case spool.Doubt:
			w.looks(p)
		}
	}
}

// send tries a post: what it follows from must stand, and a head must be alone.
func (w *world) send(p spool.Post) {
	if !p.Deadline.IsZero() && w.now.After(p.Deadline) {
		w.move(p, spool.Event{What: spool.Expired})
		return
	}
	if p.Parent != "" {
		parent := *w.place(p.Parent)
		if parent.State != spool.Live {
			if p.Purpose == spool.Withdraw {
				w.move(p, spool.Event{What: spool.Found, Cause: "there is nothing to withdraw"})
				return
			}
			w.move(p, spool.Event{What: spool.Orphaned, Cause: "there is nothing to " + string(p.Purpose) + ": post " + p.Parent + " is not live any more"})
			return
		}
		if !w.there[p.Parent] && !p.Purpose.Steers() {
			w.move(parent, spool.Event{What: spool.Withdrawn, Cause: alerts.TakenAway})
			w.move(p, spool.Event{What: spool.Orphaned, Cause: "there is nothing to answer: post " + p.Parent + " was taken away"})
			return
		}
	}
	if p.Purpose.Heads() {
		for _, o := range w.about(p.Item, p.Account) {
			if o.ID == p.ID || !o.Purpose.Heads() {
				continue
			}
			if o.State == spool.Live {
				w.move(p, spool.Event{What: spool.Orphaned, Cause: "post " + o.ID + " tells of the alert already"})
				return
			}
			if o.State == spool.Sending || o.State == spool.Doubt || !o.State.Final() && o.Attempts > 0 && o.Created.Before(p.Created) {
				w.move(p, spool.Event{What: spool.Refused, Failure: &spool.Failure{Op: "follow", Kind: spool.Throttled, Wait: time.Minute, Err: errors.New("another one may be there")}})
				return
			}
		}
	}
	if !w.move(p, spool.Event{What: spool.Began}) {
		return
	}
	p = *w.place(p.ID)
	switch n := w.rand.IntN(12); {
	case w.calm || n < 6:
		w.arrives(p, true)
	case n < 8:
		w.move(p, spool.Event{What: spool.Refused, Failure: &spool.Failure{Op: "send", Kind: spool.Temporary, Err: errors.New("busy")}})
	case n == 8:
		w.move(p, spool.Event{What: spool.Refused, Failure: &spool.Failure{Op: "send", Kind: spool.Permanent, Err: errors.New("no")}})
	case n == 9:
		w.move(p, spool.Event{What: spool.Refused, Failure: &spool.Failure{Op: "send", Kind: spool.Credentials, Err: errors.New("who")}})
	case !p.Purpose.Steers():
		if n == 10 {
			w.arrives(p, false)
		}
		w.move(p, spool.Event{What: spool.Refused, Failure: &spool.Failure{Op: "send", Err: errors.New("lost")}})
	}
}

// arrives makes a post visible; known: and Spool learns it.
func (w *world) arrives(p spool.Post, known bool) {
	w.check(p)
	if known {
		w.move(p, spool.Event{What: spool.Delivered, Receipt: spool.Receipt{ID: p.ID}})
	}
	switch p.Purpose {
	case spool.Edit:
		w.move(*w.place(p.Parent), spool.Event{What: spool.Amended, Content: p.Content})
	case spool.Withdraw:
		w.move(*w.place(p.Parent), spool.Event{What: spool.Withdrawn, Cause: p.Content.Text})
		delete(w.there, p.Parent)
	default:
		w.there[p.ID] = true
	}
}

// check is what must hold at the moment at which something becomes visible.
func (w *world) check(p spool.Post) {
	if p.Purpose == spool.Update || p.Purpose == spool.Close {
		if !w.there[p.Parent] {
			w.fail("%s answers nothing", p.ID)
		}
		return
	}
	if !p.Purpose.Heads() {
		return
	}
	for _, o := range w.about(p.Item, p.Account) {
		if o.ID != p.ID && o.Purpose.Heads() && w.there[o.ID] {
			w.fail("%s: %s is there already", p.ID, o.ID)
		}
	}
}

// looks finds out whether a post in doubt is there.
func (w *world) looks(p spool.Post) {
	if w.there[p.ID] {
		w.move(p, spool.Event{What: spool.Found, Receipt: spool.Receipt{ID: p.ID}})
		return
	}
	w.move(p, spool.Event{What: spool.Absent})
}

// people do what people do: they mend the account, hold posts back, approve them, and
// take things away on the network.
func (w *world) people() {
	if len(w.posts) == 0 {
		return
	}
	p := w.posts[w.rand.IntN(len(w.posts))]
	switch {
	case p.State == spool.Held && p.Hold == spool.HoldCredentials:
		w.move(p, spool.Event{What: spool.Resumed, Who: "ana"})
	case p.State == spool.Held:
		w.move(p, spool.Event{What: spool.Approved, Who: "ana"})
	case p.State == spool.Waiting && w.rand.IntN(8) == 0:
		w.move(p, spool.Event{What: spool.Cancelled, Who: "ana"})
	case p.State == spool.Waiting && w.rand.IntN(4) == 0:
		w.move(p, spool.Event{What: spool.Holding, Who: "ana", Cause: "a moment"})
	case p.State == spool.Failed && w.rand.IntN(6) == 0:
		w.move(p, spool.Event{What: spool.Retried, Who: "ana"})
	case p.State == spool.Live && w.there[p.ID] && w.rand.IntN(20) == 0:
		w.says("somebody deletes %s there", p.ID)
		delete(w.there, p.ID)
	}
}
