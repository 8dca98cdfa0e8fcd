package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"spool"
)

// One query for a whole document, whose cost is that of its keys.
const seen = `SELECT k.key, i.id, i.digest, i.feed, coalesce(l.feed, '')
	FROM keys k JOIN items i ON i.n = k.item LEFT JOIN listed l ON l.item = k.item
	WHERE k.grp = (SELECT id FROM groups WHERE name = $1) AND k.key IN ({{list $2}})`

// Seen returns what is remembered under the keys in a group of feeds. Keys that
// nothing is known under are left out.
func (db *DB) Seen(ctx context.Context, group string, keys []spool.Key) (map[spool.Key]spool.Known, error) {
	known := make(map[spool.Key]spool.Known, len(keys))
	if len(keys) == 0 {
		return known, nil
	}
	err := db.seen(ctx, group, keys, known)
	return known, db.explain("look up items of group "+group, err)
}

func (db *DB) seen(ctx context.Context, group string, keys []spool.Key, known map[spool.Key]spool.Known) error {
	list, err := listOf(keys)
	if err != nil {
		return err
	}
	rows, err := db.readers.rows(ctx, seen, group, list)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var key spool.Key
		var k spool.Known
		var first, other string
		if err := rows.Scan(&key, &k.Item, &k.Digest, &first, &other); err != nil {
			return err
		}
		if old, ok := known[key]; ok {
			k.Feeds = old.Feeds
		} else {
			k.Feeds = []string{first}
		}
		if other != "" && !slices.Contains(k.Feeds, other) {
			k.Feeds = append(k.Feeds, other)
		}
		known[key] = k
	}
	return rows.Err()
}

// Item returns what is kept of an item. Once its body has been pruned that is
// little: where and when it was seen.
func (db *DB) Item(ctx context.Context, id string) (spool.Item, error) {
	it, err := db.item(ctx, id)
	return it, db.explain("read item "+id, found(err, "item", id))
}

func (db *DB) item(ctx context.Context, id string) (spool.Item, error) {
	rows, err := db.readers.rows(ctx, "SELECT "+itemFields+" FROM items WHERE id = $1", id)
	if err != nil {
		return spool.Item{}, err
	}
	defer rows.Close()
	if !rows.Next() {
		return spool.Item{}, cmp.Or(rows.Err(), sql.ErrNoRows)
	}
	it, _, err := scanItem(rows)
	return it, errors.Join(err, rows.Close())
}

const itemFields = "id, feed, digest, published, seen, body"

// scanItem reads itemFields. It reports whether the item's words are still kept.
func scanItem(row scanner) (it spool.Item, kept bool, err error) {
	var id, feed, digest, body string
	var published, first int64
	if err := row.Scan(&id, &feed, &digest, &published, &first, &body); err != nil {
		return spool.Item{}, false, err
	}
	if body != "" {
		if err := json.Unmarshal([]byte(body), &it); err != nil {
			return spool.Item{}, false, fmt.Errorf("item %s is stored in a form that cannot be read: %w", id, err)
		}
	}
	it.ID, it.Feed, it.Digest = id, feed, digest
	it.Published, it.Seen = moment(published), moment(first)
	return it, body != "", nil
}

// cleanItem makes an item's text fit for both databases: see clean.
func cleanItem(it spool.Item) spool.Item {
	for _, s := range []*string{&it.ID, &it.Feed, &it.GUID, &it.Link, &it.Title, &it.Summary, &it.Author, &it.Language, &it.Digest} {
		*s = text(*s)
	}
	it.Categories = slices.Clone(it.Categories)
	for i := range it.Categories {
		it.Categories[i] = text(it.Categories[i])
	}
	it.Media = slices.Clone(it.Media)
	for i := range it.Media {
		m := &it.Media[i]
		m.URL, m.Type, m.Alt = text(m.URL), text(m.Type), text(m.Alt)
	}
	return it
}
