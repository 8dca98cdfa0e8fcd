package store

import (
	"context"
	"encoding/json"
	"fmt"

	"spool"
)

// What a person asks is looked up here: rarely, but beside a daemon at work. So
// each question reads an index, or as many rows as it says.

// maxFound is how many items an answer holds at most.
const maxFound = 20

// ItemsBeginning returns the items whose id begins so, at most twenty.
func (db *DB) ItemsBeginning(ctx context.Context, id string) ([]spool.Item, error) {
	if id == "" {
		return nil, nil
	}
	// U+10FFFF sorts behind everything that an id is made of.
	ids, err := collect(ctx, db.readers, scanString, "SELECT id FROM items WHERE id >= $1 AND id < $2 ORDER BY id LIMIT $3", id, id+"\U0010FFFF", maxFound)
	if err != nil {
		return nil, db.explain("look for item "+id, err)
	}
	return db.items(ctx, ids)
}

// ItemsKnownAs returns the items that one of the keys leads to in any group of
// feeds, at most twenty, the newest first. It costs a look-up for each group and
// key: SQLite takes CROSS JOIN for the order of its loops.
func (db *DB) ItemsKnownAs(ctx context.Context, keys []spool.Key) ([]spool.Item, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	list, err := listOf(keys)
	if err != nil {
		return nil, err
	}
	ids, err := collect(ctx, db.readers, scanString, `SELECT id FROM (SELECT DISTINCT i.id, i.n
		FROM groups g CROSS JOIN keys k CROSS JOIN items i WHERE k.grp = g.id AND k.key IN ({{list $1}}) AND i.n = k.item) t
		ORDER BY n DESC LIMIT $2`, list, maxFound)
	if err != nil {
		return nil, db.explain("look up items by their keys", err)
	}
	return db.items(ctx, ids)
}

// items returns the items of ids, in that order.
func (db *DB) items(ctx context.Context, ids []string) ([]spool.Item, error) {
	var items []spool.Item
	for _, id := range ids {
		it, err := db.Item(ctx, id)
		if err != nil {
			return nil, err
		}
		items = append(items, it)
	}
	return items, nil
}

// PostsAbout returns the posts that announce an item, by account.
func (db *DB) PostsAbout(ctx context.Context, item string) ([]spool.Post, error) {
	return db.posts(ctx, "read the posts of item "+item, "WHERE item = $1 AND purpose = 'announce' ORDER BY account", item)
}

// PostsAt returns the posts that a network knows under an id, or that readers
// find at an address, at most twenty.
func (db *DB) PostsAt(ctx context.Context, name string) ([]spool.Post, error) {
	if name == "" {
		return nil, nil
	}
	byID, err := db.posts(ctx, "look for a post by its network's id", `WHERE account IN (SELECT name FROM accounts)
		AND receipt_id = $1 AND receipt_id <> '' ORDER BY id LIMIT $2`, name, maxFound)
	if err != nil || len(byID) > 0 {
		return byID, err
	}
	return db.posts(ctx, "look for a post by its address", "WHERE receipt_url = $1 AND receipt_url <> '' ORDER BY id LIMIT $2", name, maxFound)
}

// searched is how many items SearchItems looks at: the newest.
const searched = 50_000

// SearchItems returns the items that match, the newest first and at most twenty.
// It looks at the newest 50,000 items, and of these at those whose words are
// still kept.
func (db *DB) SearchItems(ctx context.Context, match func(spool.Item) bool) ([]spool.Item, error) {
	found, err := db.search(ctx, match)
	return found, db.explain("search the items", err)
}

func (db *DB) search(ctx context.Context, match func(spool.Item) bool) ([]spool.Item, error) {
	rows, err := db.readers.rows(ctx, "SELECT "+itemFields+" FROM items ORDER BY n DESC LIMIT $1", searched)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []spool.Item
	for len(found) < maxFound && rows.Next() {
		it, kept, err := scanItem(rows)
		if err != nil {
			return nil, err
		}
		if kept && match(it) {
			found = append(found, it)
		}
	}
	return found, rows.Err()
}

// LatestLinks returns the link of the newest item of each active feed that has
// one, by the feed's name: where its articles are, which need not be where the
// feed is.
func (db *DB) LatestLinks(ctx context.Context) (map[string]string, error) {
	links := map[string]string{}
	err := db.latestLinks(ctx, links)
	return links, db.explain("read the newest item of each feed", err)
}

func (db *DB) latestLinks(ctx context.Context, links map[string]string) error {
	rows, err := db.readers.rows(ctx, `SELECT f.name, i.body FROM feeds f
		JOIN items i ON i.n = (SELECT max(n) FROM items WHERE feed = f.name) WHERE f.active = 1`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name, body string
		if err := rows.Scan(&name, &body); err != nil {
			return err
		}
		var it spool.Item
		if body == "" {
			continue
		}
		if err := json.Unmarshal([]byte(body), &it); err != nil {
			return fmt.Errorf("the newest item of feed %s is stored in a form that cannot be read: %w", name, err)
		}
		links[name] = it.Link
	}
	return rows.Err()
}
