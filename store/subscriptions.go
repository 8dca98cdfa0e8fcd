package store

import (
	"context"
	"time"

	"spool"
)

const subscriptionColumns = `id, feed, hub, topic, callback, secret, standing, created, requested, verified, lease_until,
	failures, next_at, last_push, pushes, ignored, reason, version`

func scanSubscription(row scanner) (spool.Subscription, error) {
	var s spool.Subscription
	var created, requested, verified, lease, next, push int64
	err := row.Scan(&s.ID, &s.Feed, &s.Hub, &s.Topic, &s.Callback, &s.Secret, &s.Standing, &created, &requested, &verified, &lease,
		&s.Failures, &next, &push, &s.Pushes, &s.Ignored, &s.Reason, &s.Version)
	s.Created, s.Requested, s.Verified, s.LeaseUntil = moment(created), moment(requested), moment(verified), moment(lease)
	s.Next, s.LastPush = moment(next), moment(push)
	return s, err
}

// Subscriptions returns all that is agreed with hubs, by feed; a feed's current
// subscription comes first.
func (db *DB) Subscriptions(ctx context.Context) ([]spool.Subscription, error) {
	all, err := collect(ctx, db.readers, scanSubscription, "SELECT "+subscriptionColumns+` FROM subscriptions
		ORDER BY feed, CASE WHEN standing IN ('pending', 'active', 'denied') THEN 0 ELSE 1 END, created DESC, id`)
	return all, db.explain("list subscriptions", err)
}

// Subscription returns the subscription with an id, or spool.ErrNotFound. The id
// is a secret, and is not in the error.
func (db *DB) Subscription(ctx context.Context, id string) (spool.Subscription, error) {
	return db.subscription(ctx, "read a subscription", "a subscription", "WHERE id = $1", id)
}

// SubscriptionOf returns the current subscription of a feed, or
// spool.ErrNotFound.
func (db *DB) SubscriptionOf(ctx context.Context, feed string) (spool.Subscription, error) {
	return db.subscription(ctx, "read the subscription of feed "+feed, feed,
		"WHERE feed = $1 AND standing IN ('pending', 'active', 'denied')", feed)
}

func (db *DB) subscription(ctx context.Context, op, name, where, arg string) (spool.Subscription, error) {
	rows, err := collect(ctx, db.readers, scanSubscription, "SELECT "+subscriptionColumns+" FROM subscriptions "+where, arg)
	if err == nil && len(rows) == 0 {
		err = missing("subscription", name)
	}
	if err != nil {
		return spool.Subscription{}, db.explain(op, err)
	}
	return rows[0], nil
}

// DueSubscriptions returns subscriptions that there is something to do about at
// now, the longest overdue first. Whoever does it claims it first, by saving it
// with a later Next.
func (db *DB) DueSubscriptions(ctx context.Context, now time.Time, limit int) ([]spool.Subscription, error) {
	due, err := collect(ctx, db.readers, scanSubscription, "SELECT "+subscriptionColumns+` FROM subscriptions
		WHERE next_at > 0 AND next_at <= $1 ORDER BY next_at, id LIMIT $2`, ms(now), limit)
	return due, db.explain("read due subscriptions", err)
}

// NextSubscription returns the earliest moment at which there is something to do
// about a subscription; zero: there is none.
func (db *DB) NextSubscription(ctx context.Context) (time.Time, error) {
	var next int64
	err := db.readers.one(ctx, []any{&next}, "SELECT coalesce(min(next_at), 0) FROM subscriptions WHERE next_at > 0")
	return moment(next), db.explain("read when a subscription is due", err)
}

// AddSubscription records a new subscription; spool.ErrConflict when its feed
// has a current one.
func (db *DB) AddSubscription(ctx context.Context, s spool.Subscription) error {
	return db.write(ctx, "record a subscription of feed "+s.Feed, func(q *queries) error {
		return q.guarded(ctx, "INSERT INTO subscriptions ("+subscriptionColumns+`)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 1) ON CONFLICT DO NOTHING`,
			s.ID, s.Feed, s.Hub, s.Topic, s.Callback, s.Secret, string(s.Standing), ms(s.Created), ms(s.Requested), ms(s.Verified),
			ms(s.LeaseUntil), s.Failures, ms(s.Next), ms(s.LastPush), s.Pushes, s.Ignored, s.Reason)
	})
}

// SaveSubscription records how a subscription stands, and returns it as it is
// now; spool.ErrConflict when it changed since it was read. What NotePushes
// counts, and what was agreed at the beginning, stays as it is.
func (db *DB) SaveSubscription(ctx context.Context, s spool.Subscription) (spool.Subscription, error) {
	err := db.write(ctx, "save the subscription of feed "+s.Feed, func(q *queries) error {
		return q.guarded(ctx, `UPDATE subscriptions SET standing = $1, requested = $2, verified = $3, lease_until = $4, failures = $5,
			next_at = $6, reason = $7, version = version + 1 WHERE id = $8 AND version = $9`,
			string(s.Standing), ms(s.Requested), ms(s.Verified), ms(s.LeaseUntil), s.Failures, ms(s.Next), s.Reason, s.ID, s.Version)
	})
	s.Version++
	return s, err
}

// RemoveSubscription forgets a subscription; spool.ErrConflict when it changed
// since it was read.
func (db *DB) RemoveSubscription(ctx context.Context, s spool.Subscription) error {
	return db.write(ctx, "forget a subscription of feed "+s.Feed, func(q *queries) error {
		return q.guarded(ctx, "DELETE FROM subscriptions WHERE id = $1 AND version = $2", s.ID, s.Version)
	})
}

// NotePushes counts deliveries to a subscription: the valid ones, of which the
// last came at a moment, and those that were ignored.
func (db *DB) NotePushes(ctx context.Context, id string, last time.Time, valid, ignored int) error {
	return db.relaxed(ctx, "count pushes", func(q *queries) error {
		return q.exec(ctx, `UPDATE subscriptions SET pushes = pushes + $1, ignored = ignored + $2,
			last_push = CASE WHEN last_push < $3 THEN $3 ELSE last_push END WHERE id = $4`, valid, ignored, ms(last), id)
	})
}

// HurryGap is the least time between the polls that Hurry asks for.
const HurryGap = 5 * time.Second

// Hurry makes an active feed due at now, since a push says that it has news: at
// the earliest HurryGap after its last poll, and not before the moment its
// server asked for. When it is just being polled it is polled once more after
// that, since what is being read may be older than the push.
func (db *DB) Hurry(ctx context.Context, feed string, now time.Time) error {
	return db.relaxed(ctx, "make feed "+feed+" due", func(q *queries) error {
		return q.exec(ctx, `UPDATE feeds SET hurried = CASE WHEN hurried >= $1 THEN hurried + 1 ELSE $1 END,
			next_poll = CASE
				WHEN retry_after > $1 THEN next_poll
				WHEN last_poll > $2 AND last_poll + $3 < next_poll THEN last_poll + $3
				WHEN last_poll <= $2 AND next_poll > $1 THEN $1
				ELSE next_poll END
			WHERE name = $4 AND active = 1`, ms(now), ms(now.Add(-HurryGap)), HurryGap.Milliseconds(), feed)
	})
}
