package store

import (
	"context"
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
