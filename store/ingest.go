package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"spool"
)

// Ingest records one poll whole or not at all and gives the feed's lease back.
// It returns the posts that are new; spool.ErrConflict when the lease has passed
// on, when the configuration changed the feed, or when another feed of the group
// has recorded one of the new items meanwhile, and then nothing is recorded. In
// the last case the lease is given back, so that the feed is soon read again.
func (db *DB) Ingest(ctx context.Context, in spool.Ingest) ([]spool.Post, error) {
	op := "record a poll of feed " + in.Feed.Name
	if forgettable(in) {
		return nil, db.relaxed(ctx, op, func(q *queries) error { return db.saveFeed(ctx, q, in.Feed) })
	}
	var recorded []spool.Post
	err := db.together(ctx, op, func(ctx context.Context, q *queries) error {
		var err error
		recorded, err = db.ingest(ctx, q, in)
		return err
	})
	if errors.Is(err, errOvertaken) {
		err = errors.Join(err, db.giveBack(ctx, in.Feed.Lease))
	}
	if err != nil {
		return nil, err
	}
	return recorded, nil
}

var errOvertaken = fmt.Errorf("another feed of its group was quicker: %w", spool.ErrConflict)

// forgettable reports whether a poll found nothing that a power cut must not
// take: the next one would find the same. That a feed was read for the first
// time must last, since what is in it later is new.
func forgettable(in spool.Ingest) bool {
	first := in.Feed.LastPoll.Sub(in.Feed.Baselined) < time.Minute
	return !first && len(in.New) == 0 && len(in.Edited) == 0 && len(in.Known) == 0 && len(in.Listed) == 0 && len(in.Posts) == 0 && len(in.Reworded) == 0
}

func (db *DB) giveBack(ctx context.Context, l spool.Lease) error {
	return db.relaxed(ctx, "give back feed "+l.Name, func(q *queries) error {
		return q.exec(ctx, "UPDATE feeds SET lease_owner = '', lease_until = 0 WHERE name = $1 AND lease_owner = $2 AND lease_epoch = $3", l.Name, l.Owner, l.Epoch)
	})
}

// ingest is the transaction. Its order is also the order in which it locks rows
// on PostgreSQL: feed, group, accounts, posts. Whoever writes several of these
// keeps to it.
func (db *DB) ingest(ctx context.Context, q *queries, in spool.Ingest) ([]spool.Post, error) {
	if err := db.saveFeed(ctx, q, in.Feed); err != nil {
		return nil, err
	}
	if err := db.ingestItems(ctx, q, in); err != nil {
		return nil, err
	}
	if err := wakeFor(ctx, q, in); err != nil {
		return nil, err
	}
	recorded, err := insertPosts(ctx, q, in)
	if err != nil {
		return nil, err
	}
	return recorded, rewordPosts(ctx, q, in.Reworded)
}

func (db *DB) ingestItems(ctx context.Context, q *queries, in spool.Ingest) error {
	if len(in.New) == 0 && len(in.Edited) == 0 && len(in.Known) == 0 && len(in.Listed) == 0 {
		return nil
	}
	group, err := lockGroup(ctx, q, in)
	if err != nil {
		return err
	}
	if len(in.New) > 0 {
		if err := insertItems(ctx, q, in); err != nil {
			return err
		}
	}
	if len(in.Edited) > 0 {
		if err := updateItems(ctx, q, in.Edited); err != nil {
			return err
		}
	}
	if err := insertKeys(ctx, q, group, slices.Concat(in.New, in.Edited, in.Known)); err != nil {
		return err
	}
	return insertListed(ctx, q, in.Feed.Name, in.Listed)
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

// An item's moments go into the columns; the JSON has them as well, to the
// second that the feed gave.
func itemRow(it spool.Item) ([]any, error) {
	body, err := json.Marshal(it)
	if err != nil {
		return nil, fmt.Errorf("encode item %s: %w", it.ID, err)
	}
	return []any{it.ID, it.Feed, it.Digest, ms(it.Published), ms(it.Seen), string(body)}, nil
}

const itemColumns = 6

// insertItems has parameters where others pass rows as JSON: items are the bulk
// of what is recorded, and their bodies would be encoded and decoded twice. The
// powers of two keep the statements few.
func insertItems(ctx context.Context, q *queries, in spool.Ingest) error {
	const most = 64 // rows at once
	added := int64(0)
	for rest := in.New; len(rest) > 0; {
		size := most
		for size > len(rest) {
			size /= 2
		}
		n, err := insertSome(ctx, q, rest[:size])
		if err != nil {
			return err
		}
		added, rest = added+n, rest[size:]
	}
	return q.exec(ctx, "UPDATE feeds SET known = known + $1 WHERE name = $2", added, in.Feed.Name)
}

func insertSome(ctx context.Context, q *queries, items []spool.NewItem) (int64, error) {
	args := make([]any, 0, len(items)*itemColumns)
	for _, n := range items {
		row, err := itemRow(cleanItem(n.Item))
		if err != nil {
			return 0, err
		}
		args = append(args, row...)
	}
	return q.affect(ctx, insertOf(len(items)), args...)
}

// insertOf is the statement for so many items.
func insertOf(items int) string {
	b := []byte("INSERT INTO items (id, feed, digest, published, seen, body) VALUES ")
	for i := range items * itemColumns {
		switch {
		case i == 0:
			b = append(b, "($"...)
		case i%itemColumns == 0:
			b = append(b, "), ($"...)
		default:
			b = append(b, ", $"...)
		}
		b = strconv.AppendInt(b, int64(i+1), 10)
	}
	return string(append(b, ") ON CONFLICT (id) DO NOTHING"...))
}

// updateItems keeps the feed that an item was first seen in, and when.
func updateItems(ctx context.Context, q *queries, items []spool.NewItem) error {
	for _, n := range items {
		row, err := itemRow(cleanItem(n.Item))
		if err != nil {
			return err
		}
		if err := q.exec(ctx, "UPDATE items SET digest = $1, published = $2, body = $3 WHERE id = $4", row[2], row[3], row[5], row[0]); err != nil {
			return err
		}
	}
	return nil
}

// insertKeys adds names to items. A name that another item has stays with it.
func insertKeys(ctx context.Context, q *queries, group int64, items []spool.NewItem) error {
	owners := map[string]string{}
	for _, n := range items {
		for _, key := range n.Keys {
			if name := text(string(key)); owners[name] == "" {
				owners[name] = text(n.Item.ID)
			}
		}
	}
	if len(owners) == 0 {
		return nil
	}
	pairs, err := rowsOf(owners)
	if err != nil {
		return err
	}
	return q.exec(ctx, `INSERT INTO keys (grp, key, item)
		SELECT CAST($1 AS BIGINT), t.key, i.n FROM {{pairs $2}} JOIN items i ON i.id = t.value WHERE true
		ON CONFLICT (grp, key) DO NOTHING`, group, pairs)
}

func insertListed(ctx context.Context, q *queries, feed string, items []string) error {
	if len(items) == 0 {
		return nil
	}
	list, err := listOf(items)
	if err != nil {
		return err
	}
	return q.exec(ctx, `INSERT INTO listed (item, feed)
		SELECT n, $1 FROM items WHERE id IN ({{list $2}}) AND feed <> $1
		ON CONFLICT (item, feed) DO NOTHING`, feed, list)
}
