package store

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"spool"
)

// Counts counts. Accounts that the configuration no longer names are included
// while they have open posts.
func (db *DB) Counts(ctx context.Context) (spool.Counts, error) {
	c := spool.Counts{Oldest: map[string]time.Time{}, Items: map[string]int{}}
	for _, count := range []func(context.Context, *spool.Counts) error{db.countOpen, db.countFinal, db.countOldest, db.countItems} {
		if err := count(ctx, &c); err != nil {
			return spool.Counts{}, db.explain("count posts and items", err)
		}
	}
	return c, nil
}

func scanCount(row scanner) (spool.PostCount, error) {
	var c spool.PostCount
	err := row.Scan(&c.Account, &c.State, &c.Hold, &c.N)
	return c, err
}

// Each part has the condition of the index that answers it.
func (db *DB) countOpen(ctx context.Context, c *spool.Counts) error {
	open, err := collect(ctx, db.readers, scanCount, `
		SELECT account, 'waiting', '', count(*) FROM posts WHERE state = 'waiting' GROUP BY account
		UNION ALL
		SELECT account, state, '', count(*) FROM posts WHERE state IN ('sending', 'doubt') GROUP BY account, state
		UNION ALL
		SELECT account, 'held', hold, count(*) FROM posts WHERE state = 'held' GROUP BY account, hold`)
	c.Posts = append(c.Posts, open...)
	return err
}

func (db *DB) countFinal(ctx context.Context, c *spool.Counts) error {
	rows, err := db.readers.rows(ctx, "SELECT name, live, failed, dropped FROM accounts WHERE active = 1 ORDER BY name")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var live, failed, dropped int
		if err := rows.Scan(&name, &live, &failed, &dropped); err != nil {
			return err
		}
		c.Posts = append(c.Posts,
			spool.PostCount{Account: name, State: spool.Live, N: live},
			spool.PostCount{Account: name, State: spool.Failed, N: failed},
			spool.PostCount{Account: name, State: spool.Dropped, N: dropped})
	}
	return rows.Err()
}

func (db *DB) countOldest(ctx context.Context, c *spool.Counts) error {
	rows, err := db.readers.rows(ctx, "SELECT account, min(not_before) FROM posts WHERE state = 'waiting' AND not_before <= $1 GROUP BY account", ms(db.now()))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var at int64
		if err := rows.Scan(&name, &at); err != nil {
			return err
		}
		c.Oldest[name] = moment(at)
	}
	return rows.Err()
}

func (db *DB) countItems(ctx context.Context, c *spool.Counts) error {
	rows, err := db.readers.rows(ctx, "SELECT name, known FROM feeds WHERE active = 1")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var n int
		if err := rows.Scan(&name, &n); err != nil {
			return err
		}
		c.Items[name] = n
	}
	return rows.Err()
}

const feedFigures = `SELECT name, last_good, next_poll, failures, known, memory, coalesce(a.n, 0) FROM feeds
	LEFT JOIN (SELECT feed, count(*) AS n FROM alerts WHERE open = 1 AND account = '' GROUP BY feed) a ON a.feed = name
	WHERE active = 1 ORDER BY name`

// FeedFigures returns what the metrics show of the feeds that the configuration
// names, by name. Of what else is remembered of a feed only three words are read:
// it is asked for every few seconds.
func (db *DB) FeedFigures(ctx context.Context) ([]spool.FeedFigure, error) {
	all, err := collect(ctx, db.readers, scanFigure, feedFigures)
	return all, db.explain("count feeds", err)
}

func scanFigure(row scanner) (spool.FeedFigure, error) {
	var f spool.FeedFigure
	var good, next int64
	var memory string
	if err := row.Scan(&f.Name, &good, &next, &f.Failures, &f.Known, &memory, &f.Alerts); err != nil {
		return f, err
	}
	f.Good, f.Next = moment(good), moment(next)
	f.Alerting = f.Alerts > 0 || strings.Contains(memory, `"alerts":`) // within a text the quotes are escaped
	if !strings.Contains(memory, `"alarm"`) && !strings.Contains(memory, `"degraded"`) {
		return f, nil
	}
	var m struct {
		Alarm    string
		Degraded bool
	}
	err := json.Unmarshal([]byte(memory), &m)
	f.Alarm, f.Degraded = m.Alarm != "", m.Degraded
	return f, err
}
