package scheduler

import (
	"context"
	"errors"
	"strings"
	"time"

	"spool"
	"spool/dedupe"
)

// block marks the items that were taken down: they lead to no post, whichever feed
// brings them.
func (s *Scheduler) block(ctx context.Context, f Feed, verdicts []dedupe.Verdict, items map[string]int) error {
	names := make([][]spool.Key, len(verdicts))
	var all []spool.Key
	for i, v := range verdicts {
		if v.Kind == dedupe.Known && !v.Guest {
			continue // it leads to nothing
		}
		names[i] = append([]spool.Key{spool.ItemKey(v.Item.ID)}, dedupe.Worldwide(v)...)
		all = append(all, names[i]...)
	}
	blocks, err := s.Store.Blocks(ctx, all)
	if err != nil || len(blocks) == 0 {
		return err
	}
	for i := range verdicts {
		v := &verdicts[i]
		for _, name := range names[i] {
			b, blocked := blocks[name]
			if !blocked || v.Fate == "" && !v.Guest {
				continue
			}
			if v.Post || v.Kind == dedupe.Fresh {
				items["blocked"]++
				s.Log.Info("item was taken down; not posting it", "feed", f.Name, "item", v.Item.ID, "title", v.Item.Title, "by", b.Who, "at", b.Time, "reason", b.Reason)
			}
			v.Blocked, v.Post, v.Hold, v.Reason = true, false, "", blockedBy(b)
			if v.Kind != dedupe.Edited && v.Fate != "" {
				v.Fate = spool.Blocked
			}
			break
		}
	}
	return nil
}

// blockedBy says, for people, who keeps an item from being posted, and why.
func blockedBy(b spool.Block) string {
	s := "taken down by " + b.Who + " on " + b.Time.UTC().Format("2006-01-02 15:04") + " UTC"
	return strings.TrimSuffix(s+": "+b.Reason, ": ")
}

// doomedFor is for how long after a takedown posts of the item are looked for that
// were in the middle of something then. Doubt is settled long before.
const doomedFor = 30 * 24 * time.Hour

// takeDown drops the account's posts of items that were taken down meanwhile, and
// withdraws those that have gone live all the same: they were being sent then.
func (t *turn) takeDown() {
	if t.stopped() {
		return
	}
	now := t.Now()
	posts, err := t.Store.Doomed(t.db, t.acct.Name, now.Add(-doomedFor))
	if t.trouble("look for posts that were taken down", err) {
		return
	}
	t.doomed = make(map[string]bool, len(posts))
	for _, p := range posts {
		t.doomed[p.ID] = true
	}
	for _, p := range posts {
		if t.lost {
			return
		}
		if p.State != spool.Live {
			t.giveUp(p, now)
			continue
		}
		t.withdrawDoomed(p, now)
	}
}

// withdrawDoomed has a live post taken away whose item was taken down.
func (t *turn) withdrawDoomed(p spool.Post, now time.Time) {
	w := spool.Withdrawal(p, takenDown, now, spool.ByTakedown)
	recorded, err := t.Store.Record(t.db, []spool.Post{w}, "post "+p.ID+" went live after its item was taken down")
	if t.trouble("withdraw a post", err) {
		return
	}
	for range recorded {
		t.log.Warn("post went live after its item was taken down; withdrawing it", "post", p.ID, "url", p.Receipt.URL)
	}
	t.FailPoint("takedown recorded")
}

// giveUpLook is how often a post is looked for that has to go and may be there.
const giveUpLook = 2 * time.Minute

// giveUp drops a post whose item was taken down. One that was sent before, without
// anybody knowing what came of it, may be there all the same, now or until its grace
// is over: it is not sent again, but looked for, so that it can be withdrawn.
func (t *turn) giveUp(p spool.Post, now time.Time) {
	switch {
	case p.Attempts == 0 || p.Purpose.Steers():
		t.move(p, spool.Event{What: spool.Cancelled, Cause: takenDown})
	case p.State == spool.Held:
		t.move(p, spool.Event{What: spool.Approved, Cause: takenDown + ": looking once more whether it is live"})
	case !p.NotBefore.After(now):
		t.lookOnceMore(p, now)
	}
}

const takenDown = "its item was taken down"

// lookOnceMore looks for a post that waits to be sent again and must not be.
func (t *turn) lookOnceMore(p spool.Post, now time.Time) {
	asked := p
	asked.State = spool.Doubt
	s, err := t.find(asked)
	if t.lost || err != nil && t.ctx.Err() != nil {
		return
	}
	rules, begun := t.acct.rules(), t.begunBy(p, now).Begun
	late := !now.Before(begun.Add(rules.GraceTime()))
	switch {
	case err != nil:
		t.lookedInVain(p, asFailure("look", err), now.Sub(begun) >= rules.PatienceTime())
	case s.Found:
		t.foundDoomed(p, spool.Event{What: spool.Found, Receipt: s.Receipt}, now)
	case late && !s.Gone && s.Receipt.ID != "":
		t.foundDoomed(p, spool.Event{What: spool.Found, Receipt: s.Receipt, Cause: "nobody can tell whether it has arrived; " + takenDown + ", so it is withdrawn in any case"}, now)
	case late || s.Gone:
		t.move(p, spool.Event{What: spool.Cancelled, Cause: takenDown})
	default:
		t.refuse(p, &spool.Failure{Op: "take down", Kind: spool.Throttled, Wait: min(giveUpLook, begun.Add(rules.GraceTime()).Sub(now)), Err: errSentBefore})
	}
}

func (t *turn) foundDoomed(p spool.Post, e spool.Event, now time.Time) {
	if p, ok := t.move(p, e); ok {
		t.withdrawDoomed(p, now)
	}
}

var errSentBefore = errors.New(takenDown + " after it was sent, and it may still appear: it is looked for")

// lookedInVain tries again later, and gives up once that has taken too long, or when
// the network cannot be asked.
func (t *turn) lookedInVain(p spool.Post, f *spool.Failure, enough bool) {
	if f.Kind == spool.Credentials || f.Kind == spool.Throttled {
		t.consequences(f)
		return
	}
	if enough || f.Kind == spool.Permanent {
		t.move(p, spool.Event{What: spool.Cancelled, Cause: takenDown + " after it was sent, and nobody can tell whether it is live: look there, and delete it by hand: " + f.Error()})
		return
	}
	f.Kind = spool.Temporary
	t.refuse(p, f)
}
