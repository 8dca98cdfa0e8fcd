package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"spool"
)

// TrackedAlerts returns the alerts of a feed that are open, and those that were closed
// since a moment, in the order in which they were first listed.
func (db *DB) TrackedAlerts(ctx context.Context, feed string, closedSince time.Time) ([]spool.Tracked, error) {
	all, err := collect(ctx, db.readers, scanTracked, trackedAlerts, feed, ms(closedSince))
	return all, db.explain("read the alerts of feed "+feed, err)
}

// Each part has the condition of the index that answers it.
const trackedAlerts = `SELECT feed, item, open, body FROM (
		SELECT n, feed, item, open, body FROM alerts WHERE feed = $1 AND open = 1
		UNION ALL
		SELECT n, feed, item, open, body FROM alerts WHERE feed = $1 AND open = 0 AND closed >= $2) t
	ORDER BY n`

// searchedAlerts is how many alerts SearchAlerts looks at: those that were first listed
// last.
const searchedAlerts = 20_000

// SearchAlerts returns the alerts of all feeds that match, the newest first and at most
// twenty: also those that nothing has become of yet, which no item stands for. It looks
// at the newest 20,000: for what a person asks once in a while.
func (db *DB) SearchAlerts(ctx context.Context, match func(spool.Tracked) bool) ([]spool.Tracked, error) {
	found, err := db.searchAlerts(ctx, match)
	return found, db.explain("search the alerts", err)
}

func (db *DB) searchAlerts(ctx context.Context, match func(spool.Tracked) bool) ([]spool.Tracked, error) {
	rows, err := db.readers.rows(ctx, "SELECT feed, item, open, body FROM alerts ORDER BY n DESC LIMIT $1", searchedAlerts)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []spool.Tracked
	for len(found) < maxFound && rows.Next() {
		t, err := scanTracked(rows)
		if err != nil {
			return nil, err
		}
		if match(t) {
			found = append(found, t)
		}
	}
	return found, rows.Err()
}

func scanTracked(row scanner) (spool.Tracked, error) {
	var t spool.Tracked
	var feed, item, body string
	var open int64
	if err := row.Scan(&feed, &item, &open, &body); err != nil {
		return t, err
	}
	if err := json.Unmarshal([]byte(body), &t); err != nil {
		return t, fmt.Errorf("alert %s is stored in a form that cannot be read: %w", item, err)
	}
	t.Feed, t.Item, t.Open = feed, item, open == 1
	return t, nil
}

// saveTracked records alerts as they are remembered from now on. What is not among
// them stays as it is.
func saveTracked(ctx context.Context, q *queries, feed spool.FeedState, alerts []spool.Tracked) error {
	if len(alerts) == 0 {
		return nil
	}
	rows, err := trackedRows(feed, alerts)
	if err != nil {
		return err
	}
	err = q.exec(ctx, `INSERT INTO alerts (feed, item, open, closed, recorded, account, body)
		SELECT $2, t.value ->> 0, CAST(t.value ->> 1 AS BIGINT), CAST(t.value ->> 2 AS BIGINT), CAST(t.value ->> 3 AS BIGINT), t.value ->> 4, t.value ->> 5
		FROM {{rows $1}} WHERE true
		ON CONFLICT (feed, item) DO UPDATE SET open = excluded.open, closed = excluded.closed, recorded = excluded.recorded,
			account = excluded.account, body = excluded.body`, rows, feed.Name)
	if err != nil {
		return err
	}
	return forgetAlerts(ctx, q, feed)
}

// trackedRows are alerts as the parameter of saveTracked. Of an alert that is given
// twice the last form counts: no statement may write a row twice.
func trackedRows(feed spool.FeedState, alerts []spool.Tracked) (string, error) {
	at := make(map[string]int, len(alerts))
	rows := make([][]any, 0, len(alerts))
	for _, t := range alerts {
		body, err := encode(t)
		if err != nil {
			return "", fmt.Errorf("encode alert %s: %w", t.Item, err)
		}
		closed := t.Closed
		if !t.Open && closed.IsZero() {
			closed = feed.LastPoll // whoever closes one says when: it is to be forgotten some day in any case
		}
		row := []any{text(t.Item), bit(t.Open), ms(closed), bit(t.Recorded), text(t.Account), text(body)}
		if i, ok := at[t.Item]; ok {
			rows[i] = row
			continue
		}
		at[t.Item] = len(rows)
		rows = append(rows, row)
	}
	return rowsOf(rows)
}

// An alert is remembered for so long after it was closed: one that comes back later
// is another one. So many are forgotten by one poll at most.
const (
	alertsKept      = 30 * 24 * time.Hour
	alertsForgotten = 200
)

func forgetAlerts(ctx context.Context, q *queries, feed spool.FeedState) error {
	return q.exec(ctx, `DELETE FROM alerts WHERE n IN (
		SELECT n FROM alerts WHERE feed = $1 AND open = 0 AND closed < $2 ORDER BY closed LIMIT $3)`,
		feed.Name, ms(feed.LastPoll.Add(-alertsKept)), alertsForgotten)
}

// sameAlerts reports whether nothing about the alerts is new that must last: each is
// remembered already, as open or closed and as recorded or not as it is now. The rest
// the next poll finds out again: when one was last listed, and how often it was
// missing since.
func sameAlerts(ctx context.Context, q *queries, feed string, alerts []spool.Tracked) (bool, error) {
	if len(alerts) == 0 {
		return true, nil
	}
	type standing struct{ open, recorded bool }
	was := make(map[string]standing, len(alerts))
	items := make([]string, len(alerts))
	for i, t := range alerts {
		items[i] = t.Item
	}
	list, err := listOf(items)
	if err != nil {
		return false, err
	}
	_, err = collect(ctx, q, func(row scanner) (item string, err error) {
		var open, recorded int64
		err = row.Scan(&item, &open, &recorded)
		was[item] = standing{open == 1, recorded == 1}
		return item, err
	}, "SELECT item, open, recorded FROM alerts WHERE feed = $2 AND item IN ({{list $1}})", list, feed)
	for _, t := range alerts {
		if s, ok := was[text(t.Item)]; !ok || s != (standing{t.Open, t.Recorded}) {
			return false, err
		}
	}
	return err == nil, err
}
