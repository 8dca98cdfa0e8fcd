package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"spool"
)

// Sync makes the feeds and accounts that the configuration names the active
// ones. What is new is due at once, a feed at its NextPoll if that is given.
// What is no longer named rests, and nothing of it is forgotten.
//
// A feed whose address changed is read anew, without validators. A feed that
// changes its group takes what is known of it along, so that nothing is new a
// second time.
func (db *DB) Sync(ctx context.Context, feeds []spool.FeedState, accounts []spool.AccountState) error {
	feeds = slices.SortedFunc(slices.Values(feeds), func(a, b spool.FeedState) int { return cmp.Compare(a.Name, b.Name) })
	accounts = slices.SortedFunc(slices.Values(accounts), func(a, b spool.AccountState) int { return cmp.Compare(a.Name, b.Name) })
	return db.write(ctx, "take over the configuration", func(q *queries) error {
		if err := db.dialect.alone(ctx, q); err != nil {
			return err
		}
		if err := db.syncFeeds(ctx, q, feeds); err != nil {
			return err
		}
		return db.syncAccounts(ctx, q, accounts)
	})
}

func (db *DB) syncFeeds(ctx context.Context, q *queries, feeds []spool.FeedState) error {
	same, err := synced(ctx, q)
	if err != nil {
		return err
	}
	names := make([]string, 0, len(feeds))
	for _, f := range feeds {
		if f.Group == "" {
			return fmt.Errorf("feed %s has no group", f.Name)
		}
		names = append(names, f.Name)
		if same[feedPlace{f.Name, f.URL, f.Group}] {
			continue
		}
		if err := syncGroup(ctx, q, f.Group); err != nil {
			return err
		}
		if err := db.syncFeed(ctx, q, f); err != nil {
			return fmt.Errorf("feed %s: %w", f.Name, err)
		}
	}
	list, err := listOf(names)
	if err != nil {
		return err
	}
	return q.exec(ctx, "UPDATE feeds SET active = 0 WHERE active = 1 AND name NOT IN ({{list $1}})", list)
}

// A feedPlace is what Sync compares of a feed.
type feedPlace struct{ name, url, group string }

// synced returns the active feeds as they are. Most configurations that are
// taken over change a few feeds, and every command takes one over: those that
// are as they should be cost one query together. Nobody but Sync changes what is
// compared, and no two of them run at once.
func synced(ctx context.Context, q *queries) (map[feedPlace]bool, error) {
	places, err := collect(ctx, q, func(row scanner) (p feedPlace, err error) {
		err = row.Scan(&p.name, &p.url, &p.group)
		return p, err
	}, "SELECT name, url, grp FROM feeds WHERE active = 1")
	same := make(map[feedPlace]bool, len(places))
	for _, p := range places {
		same[p] = true
	}
	return same, err
}

func syncGroup(ctx context.Context, q *queries, name string) error {
	return q.exec(ctx, `INSERT INTO groups (id, name) SELECT coalesce(max(id), 0) + 1, $1 FROM groups WHERE true
		ON CONFLICT (name) DO NOTHING`, name)
}

func (db *DB) syncFeed(ctx context.Context, q *queries, f spool.FeedState) error {
	old, err := collect(ctx, q, scanFeed, "SELECT "+feedColumns+" FROM feeds WHERE name = $1 {{lock}}", f.Name)
	if err != nil {
		return err
	}
	due := f.NextPoll
	if due.IsZero() {
		due = db.now()
	}
	if len(old) == 0 {
		return q.exec(ctx, "INSERT INTO feeds (name, active, url, grp, next_poll) VALUES ($1, 1, $2, $3, $4)", f.Name, f.URL, f.Group, ms(due))
	}
	if old[0].Group != f.Group {
		if err := db.moveGroup(ctx, q, f.Name, old[0].Group, f.Group); err != nil {
			return err
		}
	}
	if old[0].Group != f.Group || old[0].URL != f.URL {
		if err := readAnew(ctx, q, f, ms(db.now())); err != nil {
			return err
		}
	}
	return q.exec(ctx, "UPDATE feeds SET active = 1 WHERE name = $1 AND active = 0", f.Name)
}

// readAnew forgets what belongs to a feed's former address. That it has been
// read before stays known: its first-run rule is for feeds without a past. A poll
// under way loses its lease, since what it reads is of the former address.
func readAnew(ctx context.Context, q *queries, f spool.FeedState, due int64) error {
	return q.exec(ctx, `UPDATE feeds SET url = $1, grp = $2, next_poll = $3, etag = '', last_modified = '', body_hash = '',
		moved = '', retry_after = 0, failures = 0, problem = '', memory = '', lease_owner = '', lease_until = 0 WHERE name = $4`, f.URL, f.Group, due, f.Name)
}

// moveGroup makes the items of a feed known in another group as well. What that
// group knows already under one of their names, the feed has listed: otherwise it
// would seem to bring it now, and it would be posted again. It reads all keys of
// the old group, which is acceptable for so rare a change.
func (db *DB) moveGroup(ctx context.Context, q *queries, feed, from, to string) error {
	if err := q.exec(ctx, theirsListed, to, from, feed, ms(db.now())); err != nil {
		return err
	}
	return q.exec(ctx, `INSERT INTO keys (grp, key, item)
		SELECT (SELECT id FROM groups WHERE name = $1), k.key, k.item
		FROM keys k JOIN items i ON i.n = k.item
		WHERE k.grp = (SELECT id FROM groups WHERE name = $2)
			AND (i.feed = $3 OR EXISTS (SELECT 1 FROM listed l WHERE l.item = k.item AND l.feed = $3))
		ON CONFLICT (grp, key) DO NOTHING`, to, from, feed)
}

// Two articles of different sites may have one path, so that alone says nothing.
// The ledger does not count these rows, as they have no audience.
const theirsListed = `INSERT INTO listed (item, feed, at)
	SELECT DISTINCT theirs.item, CAST($3 AS TEXT), CAST($4 AS BIGINT)
	FROM keys k JOIN items i ON i.n = k.item
		JOIN keys theirs ON theirs.grp = (SELECT id FROM groups WHERE name = $1) AND theirs.key = k.key
		JOIN items t ON t.n = theirs.item
	WHERE k.grp = (SELECT id FROM groups WHERE name = $2) AND k.key NOT LIKE 'path:%' AND theirs.item <> k.item AND t.feed <> $3
		AND (i.feed = $3 OR EXISTS (SELECT 1 FROM listed l WHERE l.item = k.item AND l.feed = $3))
	ON CONFLICT (item, feed) DO NOTHING`

func (db *DB) syncAccounts(ctx context.Context, q *queries, accounts []spool.AccountState) error {
	names := make([]string, 0, len(accounts))
	for _, a := range accounts {
		names = append(names, a.Name)
		n, err := q.affect(ctx, `INSERT INTO accounts (name, active, network, next_at) VALUES ($1, 1, $2, $3)
			ON CONFLICT (name) DO UPDATE SET active = 1, network = excluded.network
			WHERE accounts.active = 0 OR accounts.network <> excluded.network`, a.Name, a.Network, ms(db.now()))
		if err != nil {
			return err
		}
		if n > 0 {
			if err := wake(ctx, q, a.Name, db.now()); err != nil {
				return err
			}
		}
	}
	list, err := listOf(names)
	if err != nil {
		return err
	}
	return q.exec(ctx, "UPDATE accounts SET active = 0 WHERE active = 1 AND name NOT IN ({{list $1}})", list)
}
