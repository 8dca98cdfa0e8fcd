package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"spool"
)

// The limit is inside, so that as many rows are read and no more however long
// ago the feed's last item was seen.
const recentItems = `SELECT id, feed, digest, published, seen, body FROM (
		SELECT n, id, feed, digest, published, seen, body, verdict FROM items WHERE feed = $1 ORDER BY n DESC LIMIT $2) AS late
	WHERE seen >= $3 AND verdict NOT IN ('filtered', 'over') AND body <> '' ORDER BY n DESC`

// Recent returns the items that feeds have brought since a moment, feed by feed
// and the latest first: of each feed at most so many, and none that its filters
// kept out or that was over before it was told, since nobody was to read those. They have names, title, link and
// moments only: hundreds are asked for at once. One without a title has the
// beginning of its summary.
func (db *DB) Recent(ctx context.Context, feeds []string, since time.Time, limit int) ([]spool.Item, error) {
	var all []spool.Item
	for _, feed := range feeds {
		items, err := collect(ctx, db.readers, scanRecent, recentItems, feed, limit, ms(since))
		if err != nil {
			return nil, db.explain("read the recent items of feed "+feed, err)
		}
		all = slices.Concat(all, items)
	}
	return all, nil
}

func scanRecent(row scanner) (spool.Item, error) {
	var it spool.Item
	var body string
	var published, seen int64
	if err := row.Scan(&it.ID, &it.Feed, &it.Digest, &published, &seen, &body); err != nil {
		return it, err
	}
	var kept struct{ GUID, Title, Link, Summary string }
	if err := json.Unmarshal([]byte(body), &kept); err != nil {
		return it, fmt.Errorf("item %s is stored in a form that cannot be read: %w", it.ID, err)
	}
	it.GUID, it.Title, it.Link = kept.GUID, kept.Title, kept.Link
	if it.Title == "" {
		const beginning = 1000 // bytes
		it.Summary = strings.Clone(kept.Summary[:min(len(kept.Summary), beginning)])
	}
	it.Published, it.Seen = moment(published), moment(seen)
	return it, nil
}

// heads are the purposes of posts that begin a thread: those of spool.Purpose.Heads.
const heads = "purpose IN ('announce', 'replace', 'renew')"

// StatesOf returns, by item and account, the states of the posts that announce
// the items, or that took the place of those. Items without any are left out.
func (db *DB) StatesOf(ctx context.Context, items []string) (map[string]map[string]spool.State, error) {
	if len(items) == 0 {
		return nil, nil
	}
	list, err := listOf(items)
	if err != nil {
		return nil, err
	}
	type row struct {
		item, account string
		state         spool.State
	}
	rows, err := collect(ctx, db.readers, func(r scanner) (p row, err error) {
		err = r.Scan(&p.item, &p.account, &p.state)
		return p, err
	}, "SELECT item, account, state FROM posts WHERE "+heads+" AND item IN ({{list $1}}) ORDER BY created, purpose, id", list)
	if err != nil {
		return nil, db.explain("read the states of posts", err)
	}
	states := map[string]map[string]spool.State{}
	for _, p := range rows {
		if states[p.item] == nil {
			states[p.item] = map[string]spool.State{}
		}
		states[p.item][p.account] = p.state // of the latest
	}
	return states, nil
}
