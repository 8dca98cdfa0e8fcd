package store

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Align moves the next poll of each feed named up to the moment given, unless it
// is due before, is failing, or its server asked to be left alone.
func (db *DB) Align(ctx context.Context, latest map[string]time.Time) error {
	late, err := db.late(ctx, latest)
	if err != nil || len(late) == 0 {
		return err
	}
	return db.write(ctx, "move up polls", func(q *queries) error {
		for _, name := range late {
			if err := q.exec(ctx, `UPDATE feeds SET next_poll = $1
				WHERE name = $2 AND next_poll > $1 AND failures = 0 AND retry_after <= $1`, ms(latest[name]), name); err != nil {
				return err
			}
		}
		return nil
	})
}

// late are the feeds whose next poll is after the moment given.
func (db *DB) late(ctx context.Context, latest map[string]time.Time) ([]string, error) {
	feeds, err := db.Feeds(ctx)
	if err != nil {
		return nil, err
	}
	var late []string
	for _, f := range feeds {
		if at, ok := latest[f.Name]; ok && f.NextPoll.After(at) && f.Failures == 0 {
			late = append(late, f.Name)
		}
	}
	return late, nil
}

// DueAll makes every active feed due at now, but for those whose server asked
// to be left alone longer.
func (db *DB) DueAll(ctx context.Context, now time.Time) error {
	return db.write(ctx, "make all feeds due", func(q *queries) error {
		return q.exec(ctx, "UPDATE feeds SET next_poll = $1 WHERE active = 1 AND retry_after <= $1", ms(now))
	})
}

// Rouse makes every active account due at once: what it waits for may have been
// mended, or be another thing in a new configuration.
func (db *DB) Rouse(ctx context.Context) error {
	return db.write(ctx, "make all accounts due", func(q *queries) error {
		return q.exec(ctx, "UPDATE accounts SET wake = wake + 1, next_at = $1 WHERE active = 1", ms(db.now()))
	})
}

// Rewind puts what is planned after now where it belongs when the clock that it
// was planned by has been set back by so much: what that clock had called due
// is due now, and the rest is as far away as it was. Feeds that do well are left
// to Align, and what a person is to decide stays.
func (db *DB) Rewind(ctx context.Context, now time.Time, by time.Duration) error {
	const earlier = " = CASE WHEN %[1]s <= $1 THEN %[1]s WHEN %[1]s - $2 < $1 THEN $1 ELSE %[1]s - $2 END"
	set := func(columns ...string) string {
		for i, c := range columns {
			columns[i] = c + fmt.Sprintf(earlier, c)
		}
		return strings.Join(columns, ", ")
	}
	return db.write(ctx, "move up what a wrong clock planned", func(q *queries) error {
		for _, query := range []string{
			"UPDATE feeds SET " + set("next_poll", "retry_after") + " WHERE failures > 0 OR retry_after > $1",
			"UPDATE posts SET " + set("not_before") + " WHERE state IN ('waiting', 'doubt') AND not_before > $1",
			"UPDATE accounts SET " + set("paused_until") + ", next_at = CASE WHEN next_at > $1 THEN $1 ELSE next_at END",
		} {
			if err := q.exec(ctx, query, ms(now), by.Milliseconds()); err != nil {
				return err
			}
		}
		return nil
	})
}
