package scheduler

import (
	"errors"
	"fmt"
	"time"

	"spool"
)

// idPause is how long a post waits at least for the network's id of the one that
// it follows from.
const idPause = 10 * time.Second

// follows looks at the post that p follows from, and at the first of its thread, and
// fills in what p answers. It reports false when p cannot go now, or not any more.
func (t *turn) follows(p spool.Post) (_, parent spool.Post, ok bool) {
	if p.Parent == "" && !p.Purpose.Heads() {
		t.refuse(p, permanent("it does not say which post it is to %s", verb(p.Purpose)))
		return p, parent, false
	}
	if p.Parent == "" || p.Purpose == spool.Replace {
		return p, parent, true // what it replaces is gone: that is why it goes
	}
	parent, ok = t.relative(p.Parent)
	if !ok {
		return p, parent, false
	}
	switch {
	case parent.State == spool.Live && parent.Receipt.ID != "":
	case parent.State == spool.Live:
		t.refuse(p, t.unnamed(parent))
		return p, parent, false
	case parent.State == "" || parent.State.Final():
		t.orphan(p, parent)
		return p, parent, false
	default:
		t.refuse(p, &spool.Failure{Op: "follow", Kind: spool.Temporary, Err: fmt.Errorf("post %s, which it is to %s, is %s", parent.ID, verb(p.Purpose), parent.State)})
		return p, parent, false
	}
	if p.Purpose != spool.Withdraw && !t.wanted(p, parent) {
		return p, parent, false
	}
	p = t.answering(p)
	if p.Purpose.Replies() && p.Reply.Root.ID == "" && !t.lost {
		t.refuse(p, &spool.Failure{Op: "follow", Kind: spool.Temporary, Err: fmt.Errorf("the network's id of post %s, the first of its thread, is not known yet", p.Root)})
		return p, parent, false
	}
	return p, parent, !t.lost
}

// wanted reports whether nothing else that follows from the parent speaks against p.
// While somebody wants the parent away and the network has not let it go yet, what
// answered it would be left behind; and a change that a later one has overtaken would
// bring old words back.
func (t *turn) wanted(p, parent spool.Post) bool {
	followers, err := t.Store.Followers(t.db, parent.ID)
	if t.trouble("look for what else follows from a post", err) {
		return false
	}
	for _, f := range followers {
		switch {
		case f.Purpose == spool.Withdraw && f.Content.Next == nil && !f.State.Final():
			t.refuse(p, &spool.Failure{Op: "follow", Kind: spool.Temporary, Err: fmt.Errorf("post %s, which it is to %s, is being taken away", parent.ID, verb(p.Purpose))})
			return false
		case f.Purpose == p.Purpose && p.Purpose != spool.Continue && f.State == spool.Live && f.Created.After(p.Created):
			t.move(p, spool.Event{What: spool.Orphaned, Cause: "post " + f.ID + " says something newer already"})
			return false
		case f.Purpose == spool.Close && p.Purpose == spool.Update && f.State == spool.Live && f.Created.After(p.Created):
			t.move(p, spool.Event{What: spool.Orphaned, Cause: "post " + f.ID + " says already that it is over"})
			return false
		}
	}
	return true
}

// relative reads another post; one that there is not has no state. It reports
// false when the store does not answer.
func (t *turn) relative(id string) (spool.Post, bool) {
	p, err := t.Store.Post(t.db, id)
	if errors.Is(err, spool.ErrNotFound) {
		return spool.Post{ID: id}, true
	}
	return p, !t.trouble("look for what a post follows from", err)
}

// answering fills in what a post answers, as far as it is known. One that was
// withdrawn since still has its place in the thread.
func (t *turn) answering(p spool.Post) spool.Post {
	if !p.Purpose.Replies() || p.Parent == "" {
		return p
	}
	parent, ok := t.relative(p.Parent)
	if !ok {
		return p
	}
	root := parent
	if p.Root != "" && p.Root != p.Parent {
		if root, ok = t.relative(p.Root); !ok {
			return p
		}
		if root.State == "" { // nothing is known of it: the thread begins here
			root = parent
		}
	}
	p.Reply = spool.Reply{To: parent.Receipt, Root: root.Receipt}
	return p
}

// orphan ends a post that follows from one that is not live any more. A withdrawal
// then has nothing left to do.
func (t *turn) orphan(p, parent spool.Post) {
	why := "post " + parent.ID + " is not live any more"
	switch {
	case parent.State == "":
		why = "nothing is known of post " + parent.ID
	case parent.LiveAt.IsZero():
		why = "post " + parent.ID + " never went live"
	}
	if parent.Reason != "" {
		why += ": " + parent.Reason
	}
	if p.Purpose == spool.Withdraw {
		t.move(p, spool.Event{What: spool.Found, Cause: "there is nothing to withdraw: " + why})
		return
	}
	t.move(p, spool.Event{What: spool.Orphaned, Cause: fmt.Sprintf("there is nothing to %s: %s", verb(p.Purpose), why)})
}

// unnamed is why a post cannot follow from one that is live under an id that nobody
// knows. Checks of that one look for the id; once they are over it stays unknown.
func (t *turn) unnamed(parent spool.Post) *spool.Failure {
	if parent.NotBefore.IsZero() {
		return permanent("nobody could tell under which id the network has post %s", parent.ID)
	}
	wait := max(parent.NotBefore.Sub(t.Now()), 0) + idPause
	return &spool.Failure{Op: "follow", Kind: spool.Throttled, Wait: wait, Err: fmt.Errorf("the network's id of post %s is not known yet", parent.ID)}
}

// refuse records a failure that is none of the account's.
func (t *turn) refuse(p spool.Post, f *spool.Failure) {
	t.move(p, spool.Event{What: spool.Refused, Failure: f, Wait: pauseFor(f)})
}

func permanent(format string, args ...any) *spool.Failure {
	return &spool.Failure{Op: "follow", Kind: spool.Permanent, Err: fmt.Errorf(format, args...)}
}

// verb says what a post does to the one that it follows from.
func verb(p spool.Purpose) string {
	switch p {
	case spool.Continue:
		return "continue"
	case spool.Correct:
		return "correct"
	case spool.Edit:
		return "edit"
	case spool.Withdraw:
		return "withdraw"
	case spool.Update:
		return "update"
	case spool.Close:
		return "close"
	}
	return "follow"
}
