package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"spool"
)

// Align moves the next poll of feeds up to the moment that latest gives for
// each, unless it gives none. A feed that is due before, is failing, or whose
// server asked to be left alone longer stays as it is, and so does one that was
// polled meanwhile.
func (db *DB) Align(ctx context.Context, latest func(spool.FeedState) (time.Time, bool)) error {
	feeds, err := db.Feeds(ctx)
	if err != nil {
		return err
	}
	moved := map[string]time.Time{}
	for _, f := range feeds {
		if at, ok := latest(f); ok && f.NextPoll.After(at) && f.Failures == 0 {
			moved[f.Name] = at
		}
	}
	if len(moved) == 0 {
		return nil
	}
	return db.write(ctx, "move up polls", func(q *queries) error {
		for _, f := range feeds {
			at, ok := moved[f.Name]
			if !ok {
				continue
			}
			if err := q.exec(ctx, `UPDATE feeds SET next_poll = $1
				WHERE name = $2 AND next_poll = $3 AND failures = 0 AND retry_after <= $1`, ms(at), f.Name, ms(f.NextPoll)); err != nil {
				return err
			}
		}
		return nil
	})
}

// farOff is when a feed is next polled that is not to be polled any more: later
// than any other is.
const farOff = 10 * 365 * 24 * time.Hour

// DueAll makes every active feed due at now, but for those whose server asked
// to be left alone longer, and those that are gone for good.
func (db *DB) DueAll(ctx context.Context, now time.Time) error {
	return db.write(ctx, "make all feeds due", func(q *queries) error {
		return q.exec(ctx, "UPDATE feeds SET next_poll = $1 WHERE active = 1 AND retry_after <= $1 AND next_poll <= $2", ms(now), ms(now.Add(farOff)))
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
		// An embargo is a date of the publisher's, not one that the clock planned.
		return q.exec(ctx, "UPDATE posts SET not_before = embargo WHERE state = 'waiting' AND embargo > 0 AND embargo > $1 AND embargo > not_before", ms(now))
	})
}
