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

// A lease that would last longer than this is the trace of a clock that was
// wrong, and does not count.
const longestLease = time.Hour

const feedColumns = `name, url, grp, etag, last_modified, body_hash, moved, next_poll, retry_after, baselined,
	last_poll, last_good, last_new, failures, problem, items, memory, hurry_taken, lease_owner, lease_epoch, lease_until`

func scanFeed(row scanner) (spool.FeedState, error) {
	var f spool.FeedState
	var memory string
	var nextPoll, retryAfter, baselined, lastPoll, lastGood, lastNew, hurried, until int64
	err := row.Scan(&f.Name, &f.URL, &f.Group, &f.Validators.ETag, &f.Validators.LastModified, &f.BodyHash, &f.Moved,
		&nextPoll, &retryAfter, &baselined, &lastPoll, &lastGood, &lastNew,
		&f.Failures, &f.Problem, &f.Items, &memory, &hurried, &f.Lease.Owner, &f.Lease.Epoch, &until)
	f.NextPoll, f.RetryAfter, f.Baselined = moment(nextPoll), moment(retryAfter), moment(baselined)
	f.LastPoll, f.LastGood, f.LastNew = moment(lastPoll), moment(lastGood), moment(lastNew)
	f.Hurried, f.Lease.Name, f.Lease.Until = moment(hurried), f.Name, moment(until)
	if err == nil && memory != "" {
		err = json.Unmarshal([]byte(memory), &f.Memory)
	}
	return f, err
}

// The rows are chosen before any is changed, so that the limit holds whatever
// plan PostgreSQL makes of it.
const claimFeeds = `WITH due AS MATERIALIZED (
		SELECT name FROM feeds
		WHERE active = 1 AND next_poll <= $1 AND (lease_until <= $2 OR lease_until > $3)
		ORDER BY next_poll, name LIMIT $4 {{skip}})
	UPDATE feeds SET lease_owner = $5, lease_epoch = lease_epoch + 1, lease_until = $6,
		hurry_taken = hurried, mark = (SELECT seq FROM groups WHERE groups.name = feeds.grp)
	WHERE name IN (SELECT name FROM due)
	RETURNING ` + feedColumns

// ClaimFeeds leases at most limit active feeds that are due at now and that
// nobody else holds, the longest overdue first.
func (db *DB) ClaimFeeds(ctx context.Context, owner string, now time.Time, lease time.Duration, limit int) ([]spool.FeedState, error) {
	lease = min(lease, longestLease)
	var claimed []spool.FeedState
	err := db.relaxed(ctx, "claim feeds", func(q *queries) error {
		clock, err := db.clock(ctx, q)
		if err != nil {
			return err
		}
		claimed, err = collect(ctx, q, scanFeed, claimFeeds,
			ms(now), ms(clock), ms(clock.Add(longestLease)), limit, owner, ms(clock.Add(lease)))
		return err
	})
	if err != nil {
		return nil, err
	}
	for i := range claimed {
		claimed[i].Lease.Until = now.Add(lease) // by the caller's clock, which was read first
	}
	slices.SortFunc(claimed, func(a, b spool.FeedState) int {
		if c := a.NextPoll.Compare(b.NextPoll); c != 0 {
			return c
		}
		return strings.Compare(a.Name, b.Name)
	})
	return claimed, nil
}

// saveFeed records a poll's outcome and gives the lease back, if it is held. A
// push that came while the poll was under way makes the feed due again.
const saveFeed = `UPDATE feeds SET
		etag = $1, last_modified = $2, body_hash = $3, moved = $4,
		next_poll = CASE
			WHEN hurried <= hurry_taken OR hurried >= $5 OR hurried < $6 THEN $5
			WHEN hurried >= $20 THEN hurried
			WHEN $20 < $5 THEN $20
			ELSE $5 END,
		hurried = CASE WHEN hurried > hurry_taken THEN hurried ELSE 0 END, hurry_taken = 0, retry_after = $6, baselined = $7,
		last_poll = $8, last_good = $9, last_new = $10, failures = $11, problem = $12, items = $13, memory = $14,
		lease_owner = '', lease_until = 0
	WHERE name = $15 AND lease_owner = $16 AND lease_epoch = $17 AND url = $18 AND grp = $19`

// saveFeed fails with spool.ErrConflict also when the feed's address or group
// was changed meanwhile: what was read belongs to another feed then.
func (db *DB) saveFeed(ctx context.Context, q *queries, f spool.FeedState) error {
	memory, err := json.Marshal(f.Memory)
	if err != nil {
		return fmt.Errorf("encode what is remembered of feed %s: %w", f.Name, err)
	}
	return q.guarded(ctx, saveFeed,
		f.Validators.ETag, f.Validators.LastModified, f.BodyHash, f.Moved, ms(f.NextPoll), ms(f.RetryAfter), ms(f.Baselined),
		ms(f.LastPoll), ms(f.LastGood), ms(f.LastNew), f.Failures, f.Problem, f.Items, string(memory),
		f.Name, f.Lease.Owner, f.Lease.Epoch, f.URL, f.Group, ms(f.LastPoll.Add(HurryGap)))
}

// Reschedule moves a feed's next poll, as after a change of its schedule or of
// the clock, but not to before the moment its server asked for.
func (db *DB) Reschedule(ctx context.Context, name string, next time.Time) error {
	return db.write(ctx, "reschedule feed "+name, func(q *queries) error {
		n, err := q.affect(ctx, "UPDATE feeds SET next_poll = CASE WHEN retry_after > $1 THEN retry_after ELSE $1 END WHERE name = $2", ms(next), name)
		if err == nil && n == 0 {
			err = missing("feed", name)
		}
		return err
	})
}

// Feeds returns the feeds that the configuration names, by name.
func (db *DB) Feeds(ctx context.Context) ([]spool.FeedState, error) {
	all, err := collect(ctx, db.readers, scanFeed, "SELECT "+feedColumns+" FROM feeds WHERE active = 1 ORDER BY name")
	return all, db.explain("list feeds", err)
}
