package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"spool"
)

// Ingest records one poll whole or not at all and gives the feed's lease back.
// It returns the posts that are new; spool.ErrConflict when the lease has passed
// on, when the configuration changed the feed, when another feed of the group has
// recorded one of the new items meanwhile, when a post that it gives other words
// has changed, or when an item with new posts was taken down, and then nothing is
// recorded. In the last three cases the lease is given back, so that the feed is soon
// read again.
func (db *DB) Ingest(ctx context.Context, in spool.Ingest) ([]spool.Post, error) {
	op := "record a poll of feed " + in.Feed.Name
	forget, err := db.forgettable(ctx, in)
	if err != nil {
		return nil, db.explain(op, err)
	}
	if forget {
		return nil, db.relaxed(ctx, op, func(q *queries) error {
			if err := db.saveFeed(ctx, q, in.Feed); err != nil {
				return err
			}
			return saveTracked(ctx, q, in.Feed, in.Tracked)
		})
	}
	var recorded []spool.Post
	err = db.together(ctx, op, func(ctx context.Context, q *queries) error {
		var err error
		recorded, err = db.ingest(ctx, q, in)
		return err
	})
	if errors.Is(err, errOvertaken) || errors.Is(err, errSteered) || errors.Is(err, errBlocked) {
		err = errors.Join(err, db.giveBack(ctx, in.Feed.Lease))
	}
	if err != nil {
		return nil, err
	}
	return recorded, nil
}

var errSteered = fmt.Errorf("a post whose words it changes was sent or steered meanwhile: %w", spool.ErrConflict)

var errBlocked = fmt.Errorf("one of its items was taken down meanwhile: %w", spool.ErrConflict)

// notBlocked keeps a poll from recording posts of what was taken down after it had
// looked for that: whoever did it has not seen them.
func notBlocked(ctx context.Context, q *queries, names []spool.Key) error {
	if len(names) == 0 {
		return nil
	}
	list, err := listOf(names)
	if err != nil {
		return err
	}
	var n int
	err = q.one(ctx, []any{&n}, "SELECT count(*) FROM blocked WHERE key IN ({{list $1}})", list)
	if err == nil && n > 0 {
		return errBlocked
	}
	return err
}

var errOvertaken = fmt.Errorf("another feed of its group was quicker: %w", spool.ErrConflict)

// forgettable reports whether a poll found nothing that a power cut must not
// take: the next one would find the same. That a feed was read for the first
// time must last, since what is in it later is new. Whoever holds the feed's lease
// is the only one to write its alerts, so they can be looked at before.
func (db *DB) forgettable(ctx context.Context, in spool.Ingest) (bool, error) {
	first := in.Feed.LastPoll.Sub(in.Feed.Baselined) < time.Minute
	if first || len(in.New) > 0 || len(in.Edited) > 0 || len(in.Known) > 0 || len(in.Listed) > 0 || len(in.Posts) > 0 || len(in.Reworded) > 0 || len(in.Fates) > 0 {
		return false, nil
	}
	return sameAlerts(ctx, db.readers, in.Feed.Name, in.Tracked)
}

func (db *DB) giveBack(ctx context.Context, l spool.Lease) error {
	return db.relaxed(ctx, "give back feed "+l.Name, func(q *queries) error {
		return q.exec(ctx, "UPDATE feeds SET lease_owner = '', lease_until = 0 WHERE name = $1 AND lease_owner = $2 AND lease_epoch = $3", l.Name, l.Owner, l.Epoch)
	})
}

// ingest is the transaction. Its order is also the order in which it locks rows
// on PostgreSQL: feed, group, accounts, posts. Whoever writes several of these
// keeps to it. Alerts and rows of the ledger belong to the feed.
func (db *DB) ingest(ctx context.Context, q *queries, in spool.Ingest) ([]spool.Post, error) {
	if err := db.saveFeed(ctx, q, in.Feed); err != nil {
		return nil, err
	}
	if err := saveTracked(ctx, q, in.Feed, in.Tracked); err != nil {
		return nil, err
	}
	outcomes := outcomesOf(in)
	counted, err := db.ingestItems(ctx, q, in, outcomes)
	if err != nil {
		return nil, err
	}
	if err := wakeFor(ctx, q, in); err != nil {
		return nil, err
	}
	if err := notBlocked(ctx, q, in.Free); err != nil {
		return nil, err
	}
	recorded, err := insertPosts(ctx, q, in.Posts, in.Causes)
	if err != nil {
		return nil, err
	}
	raised, err := rewordPosts(ctx, q, in.Reworded)
	if err != nil {
		return nil, err
	}
	return recorded, keepLedger(ctx, q, in.Feed.Name, outcomes, counted, slices.Concat(recorded, raised))
}

// ingestItems returns the items that the feed has listed for the first time.
func (db *DB) ingestItems(ctx context.Context, q *queries, in spool.Ingest, outcomes map[string]*outcome) (map[string]bool, error) {
	if len(in.New) == 0 && len(in.Edited) == 0 && len(in.Known) == 0 && len(in.Listed) == 0 {
		return nil, nil
	}
	group, err := lockGroup(ctx, q, in)
	if err != nil {
		return nil, err
	}
	if err := numberAudiences(ctx, q, outcomes); err != nil {
		return nil, err
	}
	counted, err := insertItems(ctx, q, in, outcomes)
	if err != nil {
		return nil, err
	}
	if err := updateItems(ctx, q, in.Edited, outcomes); err != nil {
		return nil, err
	}
	if err := insertKeys(ctx, q, group, slices.Concat(in.New, in.Edited, in.Known)); err != nil {
		return nil, err
	}
	if err := insertListed(ctx, q, in, outcomes, counted); err != nil {
		return nil, err
	}
	return counted, recordFates(ctx, q, outcomes, counted)
}

// lockGroup keeps other polls of the group from recording at the same time, and
// returns its number. Two feeds of one group that carry the same new story and
// are read at once would both find it new, perhaps under different ids: whoever
// comes second must look again.
func lockGroup(ctx context.Context, q *queries, in spool.Ingest) (int64, error) {
	var id, seq, mark int64
	err := q.one(ctx, []any{&id, &seq}, "SELECT id, seq FROM groups WHERE name = $1 {{lock}}", in.Feed.Group)
	if err != nil {
		return 0, found(err, "group", in.Feed.Group)
	}
	if len(in.New) == 0 {
		return id, nil
	}
	if err := q.one(ctx, []any{&mark}, "SELECT mark FROM feeds WHERE name = $1", in.Feed.Name); err != nil {
		return 0, err
	}
	if seq != mark {
		if err := notOvertaken(ctx, q, id, in.New); err != nil {
			return 0, err
		}
	}
	return id, q.exec(ctx, "UPDATE groups SET seq = seq + 1 WHERE id = $1", id)
}

func notOvertaken(ctx context.Context, q *queries, group int64, items []spool.NewItem) error {
	var keys []spool.Key
	for _, it := range items {
		keys = append(keys, it.Keys...)
	}
	list, err := listOf(keys)
	if err != nil {
		return err
	}
	var n int
	err = q.one(ctx, []any{&n}, "SELECT count(*) FROM keys WHERE grp = $1 AND key IN ({{list $2}})", group, list)
	if err == nil && n > 0 {
		return errOvertaken
	}
	return err
}
