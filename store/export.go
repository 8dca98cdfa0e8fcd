package store

import "context"

// exported is how many items Export reads at once.
const exported = 500

// Export gives everything that is remembered of items to each, the oldest first,
// with all their posts. It reads a few hundred at a time, so that a daemon at work is
// not held up and memory does not grow with history. What is recorded meanwhile
// may be in it or not.
func (db *DB) Export(ctx context.Context, each func(Remembered) error) error {
	const op = "read all items"
	for from := int64(0); ; {
		var to int64
		if err := db.readers.one(ctx, []any{&to}, "SELECT coalesce(max(n), 0) FROM (SELECT n FROM items WHERE n > $1 ORDER BY n LIMIT $2) t", from, exported); err != nil {
			return db.explain(op, err)
		}
		if to == 0 {
			return nil
		}
		items, err := collect(ctx, db.readers, scanRemembered,
			"SELECT id, feed, digest, published, seen, body, verdict, reason FROM items WHERE n > $1 AND n <= $2 ORDER BY n", from, to)
		if err != nil {
			return db.explain(op, err)
		}
		if err := db.addPosts(ctx, op, items, "true"); err != nil {
			return err
		}
		for _, it := range items {
			if err := each(it); err != nil {
				return err
			}
		}
		from = to
	}
}
