package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"spool"
)

func byItem(a, b spool.Fate) int {
	return cmp.Or(strings.Compare(a.Item, b.Item), strings.Compare(a.Account, b.Account), a.Time.Compare(b.Time))
}

// The row of items comes first, then those of listed, then the rest as it was
// recorded.
const readFates = `SELECT f.at, i.id, f.feed, f.account, f.verdict, f.reason, coalesce(a.accounts, '') FROM items i JOIN (
		SELECT n AS item, 0 AS source, 0 AS n, seen AS at, feed, '' AS account, verdict, reason, audience FROM items WHERE id = $1
		UNION ALL
		SELECT item, 1, 0, at, feed, '', verdict, reason, audience FROM listed WHERE item = (SELECT n FROM items WHERE id = $1)
		UNION ALL
		SELECT item, 2, n, at, feed, account, verdict, reason, 0 FROM fates WHERE item = (SELECT n FROM items WHERE id = $1)
	) f ON f.item = i.n LEFT JOIN audiences a ON a.n = f.audience
	WHERE i.id = $1 ORDER BY f.source, f.at, f.n, f.feed`

// Fates returns what became of an item: first in the feed that brought it, then
// in the others that listed it, then what happened later. An empty verdict: the
// feed listed it before verdicts were remembered.
func (db *DB) Fates(ctx context.Context, item string) ([]spool.Fate, error) {
	fates, err := fatesOf(ctx, db.readers, item)
	return fates, db.explain("read what became of item "+item, err)
}

func fatesOf(ctx context.Context, q *queries, item string) ([]spool.Fate, error) {
	return collect(ctx, q, scanFate, readFates, item)
}

func scanFate(row scanner) (spool.Fate, error) {
	var f spool.Fate
	var at int64
	var accounts string
	if err := row.Scan(&at, &f.Item, &f.Feed, &f.Account, &f.Verdict, &f.Reason, &accounts); err != nil {
		return f, err
	}
	f.Time = moment(at)
	if accounts != "" {
		if err := json.Unmarshal([]byte(accounts), &f.Accounts); err != nil {
			return f, fmt.Errorf("the accounts of feed %s are stored in a form that cannot be read: %w", f.Feed, err)
		}
	}
	return f, nil
}
