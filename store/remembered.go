package store

import (
	"context"
	"encoding/json"
	"fmt"

	"spool"
)

// A Remembered is an item with what became of it.
type Remembered struct {
	Item    spool.Item
	Pruned  bool          // nothing is kept of its words
	Verdict spool.Verdict // of the feed that first listed it; empty: it was seen before verdicts were kept
	Reason  string        // for people
	Posts   []spool.Post  // by account; of LastItems those that announce it, of Export all
}

// lastItems reads the newest items of a feed. Those of one poll are recorded in
// the order of the document, usually the newest first, and have one moment: so
// as many rows as a document can have more are looked at, without their bodies.
const lastItems = `SELECT id, feed, digest, published, seen, body, verdict, reason FROM items WHERE n IN (
		SELECT n FROM (SELECT n, seen, published FROM items WHERE feed = $1 ORDER BY n DESC LIMIT $2) AS late
		ORDER BY seen DESC, published DESC, n LIMIT $3)
	ORDER BY seen DESC, published DESC, n`

// The most items that LastItems returns, and that one document brings.
const (
	maxLastItems = 1000
	maxDocument  = 5000
)

// LastItems returns the newest items that a feed was the first of its group to
// list, at most a thousand, the newest first, each with its posts.
func (db *DB) LastItems(ctx context.Context, feed string, limit int) ([]Remembered, error) {
	op := "read the last items of feed " + feed
	limit = min(max(limit, 0), maxLastItems)
	items, err := collect(ctx, db.readers, scanRemembered, lastItems, feed, limit+maxDocument, limit)
	if err != nil {
		return nil, db.explain(op, err)
	}
	return items, db.addPosts(ctx, op, items, "purpose = 'announce'")
}

// addPosts gives items their posts that a condition holds for, each one after those
// that it follows from.
func (db *DB) addPosts(ctx context.Context, op string, items []Remembered, condition string) error {
	if len(items) == 0 {
		return nil
	}
	at := make(map[string]int, len(items))
	ids := make([]string, len(items))
	for i := range items {
		ids[i] = items[i].Item.ID
		at[ids[i]] = i
	}
	list, err := listOf(ids)
	if err != nil {
		return db.explain(op, err)
	}
	posts, err := db.posts(ctx, op, "WHERE "+condition+" AND item IN ({{list $1}}) ORDER BY item, account, created, live_at, id", list)
	for _, p := range posts {
		r := &items[at[p.Item]]
		r.Posts = append(r.Posts, p)
	}
	return err
}

func scanRemembered(row scanner) (Remembered, error) {
	var r Remembered
	var id, feed, digest, body string
	var published, first int64
	err := row.Scan(&id, &feed, &digest, &published, &first, &body, &r.Verdict, &r.Reason)
	if err == nil && body != "" {
		if err = json.Unmarshal([]byte(body), &r.Item); err != nil {
			err = fmt.Errorf("item %s is stored in a form that cannot be read: %w", id, err)
		}
	}
	r.Pruned = body == ""
	r.Item.ID, r.Item.Feed, r.Item.Digest = id, feed, digest
	r.Item.Published, r.Item.Seen = moment(published), moment(first)
	return r, err
}

// Feed returns a feed that the configuration names, or spool.ErrNotFound.
func (db *DB) Feed(ctx context.Context, name string) (spool.FeedState, error) {
	rows, err := collect(ctx, db.readers, scanFeed, "SELECT "+feedColumns+" FROM feeds WHERE active = 1 AND name = $1", name)
	if err == nil && len(rows) == 0 {
		err = missing("feed", name)
	}
	if err != nil {
		return spool.FeedState{}, db.explain("read feed "+name, err)
	}
	return rows[0], nil
}

// ledgerOf is readLedger for one feed, whose posts are counted in their index.
const ledgerOf = `SELECT feed, account, verdict, '', n FROM ledger WHERE feed = $1
	UNION ALL
	SELECT feed, account, '', state, count(*) FROM posts WHERE purpose = 'announce' AND feed = $1 GROUP BY feed, account, state`

// LedgerOf returns the ledger of a feed, by account, also of accounts that it no
// longer has.
func (db *DB) LedgerOf(ctx context.Context, feed string) ([]spool.Entry, error) {
	rows, err := collect(ctx, db.readers, scanLedger, ledgerOf, feed)
	if err != nil {
		return nil, db.explain("read the ledger of feed "+feed, err)
	}
	return entries(rows), nil
}
