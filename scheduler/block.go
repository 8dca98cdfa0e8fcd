package scheduler

import (
	"context"
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
	for _, p := range posts {
		if t.lost {
			return
		}
		if p.State != spool.Live {
			t.move(p, spool.Event{What: spool.Cancelled, Cause: "its item was taken down"})
			continue
		}
		w := spool.Withdrawal(p, "its item was taken down", now, spool.ByTakedown)
		recorded, err := t.Store.Record(t.db, []spool.Post{w}, "post "+p.ID+" went live after its item was taken down")
		if t.trouble("withdraw a post", err) {
			return
		}
		for range recorded {
			t.log.Warn("post went live after its item was taken down; withdrawing it", "post", p.ID, "url", p.Receipt.URL)
		}
		t.FailPoint("takedown recorded")
	}
}
