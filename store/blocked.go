package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"spool"
)

// Blocks returns the blocks of those of the keys that are blocked.
func (db *DB) Blocks(ctx context.Context, keys []spool.Key) (map[spool.Key]spool.Block, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	list, err := listOf(keys)
	if err != nil {
		return nil, err
	}
	all, err := collect(ctx, db.readers, scanBlock, "SELECT key, url, item, at, who, reason FROM blocked WHERE key IN ({{list $1}})", list)
	if err != nil {
		return nil, db.explain("look for blocks", err)
	}
	found := make(map[spool.Key]spool.Block, len(all))
	for _, b := range all {
		found[b.Key] = b
	}
	return found, nil
}

// BlocksOf returns the blocks that were made for an item, by key.
func (db *DB) BlocksOf(ctx context.Context, item string) ([]spool.Block, error) {
	blocks, err := collect(ctx, db.readers, scanBlock, "SELECT key, url, item, at, who, reason FROM blocked WHERE item = $1 ORDER BY key", item)
	return blocks, db.explain("read the blocks of item "+item, err)
}

func scanBlock(row scanner) (spool.Block, error) {
	var b spool.Block
	var at int64
	err := row.Scan(&b.Key, &b.URL, &b.Item, &at, &b.Who, &b.Reason)
	b.Time = moment(at)
	return b, err
}

// Unblock lets what the keys belong to, and what was blocked for the items, be
// posted again. It returns how many keys were blocked.
func (db *DB) Unblock(ctx context.Context, items []string, keys []spool.Key) (int, error) {
	itemList, err := listOf(items)
	if err != nil {
		return 0, err
	}
	keyList, err := listOf(keys)
	if err != nil {
		return 0, err
	}
	var n int64
	err = db.write(ctx, "remove blocks", func(q *queries) error {
		n, err = q.affect(ctx, "DELETE FROM blocked WHERE item <> '' AND item IN ({{list $1}}) OR key IN ({{list $2}})", itemList, keyList)
		return err
	})
	return int(n), err
}

// NamesOf returns the keys that an item is known by in any group. It reads the
// whole table of keys: for what somebody does once in a while.
func (db *DB) NamesOf(ctx context.Context, item string) ([]spool.Key, error) {
	keys, err := collect(ctx, db.readers, func(row scanner) (k spool.Key, err error) {
		err = row.Scan(&k)
		return k, err
	}, "SELECT DISTINCT key FROM keys WHERE item = (SELECT n FROM items WHERE id = $1) ORDER BY key", item)
	return keys, db.explain("read the names of item "+item, err)
}

// PostsLinking returns the posts that show a link to one of the addresses, to the
// letter, the newest first and at most a thousand.
func (db *DB) PostsLinking(ctx context.Context, addresses []string) ([]spool.Post, error) {
	if len(addresses) == 0 {
		return nil, nil
	}
	list, err := listOf(addresses)
	if err != nil {
		return nil, err
	}
	return db.posts(ctx, "look for posts by their link", `WHERE account IN (SELECT name FROM accounts)
		AND link <> '' AND link IN ({{list $1}}) ORDER BY created DESC, id LIMIT 1000`, list)
}

// A Takedown is what a person has decided about posts: recorded whole or not at
// all.
type Takedown struct {
	Items  []string      // whose posts are meant, all of them
	Blocks []spool.Block // what must not be posted any more

	// Decide says what becomes of the posts as they are in that moment. It is asked
	// again when they have changed.
	Decide func(posts []spool.Post) Decision
}

// A Decision is what is to become of posts.
type Decision struct {
	Changes []spool.Transition
	Record  []spool.Post // new posts
	Cause   string       // of the first line in the history of each of those
	Who     string       // of the same
}

// TakeDown records a takedown and makes the accounts concerned due. It returns the
// posts that were recorded and those that were changed, as they are now.
func (db *DB) TakeDown(ctx context.Context, t Takedown) (recorded, changed []spool.Post, err error) {
	const tries = 5 // whoever is quicker has changed a post, and all is decided anew
	for range tries {
		err = db.write(ctx, "take posts down", func(q *queries) error {
			recorded, changed, err = db.takeDown(ctx, q, t)
			return err
		})
		if !errors.Is(err, spool.ErrConflict) {
			break
		}
	}
	if err != nil {
		return nil, nil, err
	}
	return recorded, changed, nil
}

func (db *DB) takeDown(ctx context.Context, q *queries, t Takedown) (recorded, changed []spool.Post, err error) {
	if err := insertBlocks(ctx, q, t.Blocks); err != nil {
		return nil, nil, err
	}
	list, err := listOf(t.Items)
	if err != nil {
		return nil, nil, err
	}
	const about = "SELECT " + postColumns + " FROM posts WHERE item IN ({{list $1}}) ORDER BY created, id"
	posts, err := collect(ctx, q, scanPost, about, list)
	if err != nil {
		return nil, nil, err
	}
	// The accounts first: see ingest for the order. Whoever holds one saves nothing
	// meanwhile, so the posts stay as they are read then.
	now := db.now()
	accounts := map[string]bool{}
	for _, p := range posts {
		accounts[p.Account] = true
	}
	for _, name := range slices.Sorted(maps.Keys(accounts)) {
		if err := wake(ctx, q, name, now); err != nil {
			return nil, nil, err
		}
	}
	if posts, err = collect(ctx, q, scanPost, about, list); err != nil {
		return nil, nil, err
	}
	return carryOut(ctx, q, t.Decide(posts))
}

func carryOut(ctx context.Context, q *queries, d Decision) (recorded, changed []spool.Post, err error) {
	for _, t := range d.Changes {
		p, err := savePost(ctx, q, t)
		if err != nil {
			return nil, nil, err
		}
		changed = append(changed, p)
	}
	recorded, err = insertPosts(ctx, q, d.Record, slices.Repeat([]string{d.Cause}, len(d.Record)))
	if err != nil || d.Who == "" || len(recorded) == 0 {
		return recorded, changed, err
	}
	ids := make([]string, len(recorded))
	for i, p := range recorded {
		ids[i] = p.ID
	}
	list, err := listOf(ids)
	if err != nil {
		return nil, nil, err
	}
	return recorded, changed, q.exec(ctx, "UPDATE changes SET who = $1 WHERE n = 1 AND post IN ({{list $2}})", text(d.Who), list)
}

// insertBlocks keeps what is known of a key that is blocked already.
func insertBlocks(ctx context.Context, q *queries, blocks []spool.Block) error {
	for _, b := range blocks {
		err := q.exec(ctx, "INSERT INTO blocked (key, url, item, at, who, reason) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (key) DO NOTHING",
			text(string(b.Key)), text(b.URL), text(b.Item), ms(b.Time), text(b.Who), text(b.Reason))
		if err != nil {
			return fmt.Errorf("block %s: %w", b.Key, err)
		}
	}
	return nil
}

// Doomed returns the account's posts about items that were taken down since a
// moment and that are still to come, or that readers see and nothing takes away
// yet: those were in the middle of being sent then, or recorded right after.
func (db *DB) Doomed(ctx context.Context, account string, since time.Time) ([]spool.Post, error) {
	return db.posts(ctx, "look for posts of account "+account+" that were taken down", `AS p WHERE account = $1
		AND item IN (SELECT item FROM blocked WHERE item <> '' AND at >= $2)
		AND (state IN ('waiting', 'held') AND purpose <> 'withdraw'
			OR state = 'live' AND purpose NOT IN ('edit', 'withdraw') AND NOT EXISTS (
				SELECT 1 FROM posts AS w WHERE w.parent = p.id AND w.parent <> '' AND w.purpose = 'withdraw' AND w.state <> 'dropped'))
		ORDER BY created, id LIMIT 100`, account, ms(since))
}

// Record records posts that there are none of yet, and makes their accounts due.
// Each gets the cause as the first line of its history.
func (db *DB) Record(ctx context.Context, posts []spool.Post, cause string) ([]spool.Post, error) {
	var recorded []spool.Post
	err := db.write(ctx, "record posts", func(q *queries) error {
		var err error
		if recorded, err = insertPosts(ctx, q, posts, slices.Repeat([]string{cause}, len(posts))); err != nil {
			return err
		}
		for _, p := range recorded { // only then: what is recorded already must not rouse anybody again and again
			if err := wake(ctx, q, p.Account, p.NotBefore); err != nil {
				return err
			}
		}
		return nil
	})
	return recorded, err
}

// Bodies returns, by id, the items as they are remembered. Those whose words are
// not kept any more are left out.
func (db *DB) Bodies(ctx context.Context, items []string) (map[string]spool.Item, error) {
	if len(items) == 0 {
		return nil, nil
	}
	list, err := listOf(items)
	if err != nil {
		return nil, err
	}
	all, err := collect(ctx, db.readers, func(row scanner) (spool.Item, error) {
		it, kept, err := scanItem(row)
		if !kept {
			it.ID = ""
		}
		return it, err
	}, "SELECT "+itemFields+" FROM items WHERE id IN ({{list $1}})", list)
	found := make(map[string]spool.Item, len(all))
	for _, it := range all {
		if it.ID != "" {
			found[it.ID] = it
		}
	}
	return found, db.explain("read items", err)
}
