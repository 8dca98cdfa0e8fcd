package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"spool"
)

// The conditions of these queries repeat those of the partial indexes to the
// letter, which is how both databases know that the index will do.

// PostsOf returns the posts of the items that are waiting or held and that
// nothing has been sent of.
func (db *DB) PostsOf(ctx context.Context, items []string) ([]spool.Post, error) {
	if len(items) == 0 {
		return nil, nil
	}
	list, err := listOf(items)
	if err != nil {
		return nil, err
	}
	return db.posts(ctx, "read the posts of items", "WHERE state IN ('waiting', 'held') AND item IN ({{list $1}}) AND attempts = 0 ORDER BY id", list)
}

// Unfinished returns the account's posts that a former holder of the lease left
// in sending.
func (db *DB) Unfinished(ctx context.Context, account string) ([]spool.Post, error) {
	return db.posts(ctx, "read unfinished posts of account "+account,
		"WHERE account = $1 AND state IN ('sending', 'doubt') AND state = 'sending' ORDER BY begun, id", account)
}

const (
	dueLooks = "WHERE account = $1 AND state IN ('doubt', 'live') AND not_before > 0 AND not_before <= $2 ORDER BY not_before, id LIMIT $3"

	notYetLate = "not_before <= $2 AND embargo <= $2 AND (deadline = 0 OR deadline > $2)"

	dueSteers = "WHERE account = $1 AND state = 'waiting' AND purpose IN ('edit', 'withdraw') AND " + notYetLate + "{{without}} ORDER BY created, id LIMIT $3"

	// A post that could not be told from one whose outcome is open waits until
	// that is settled: a look would take the one for the other.
	dueWaiting = "AS p WHERE account = $1 AND state = 'waiting' AND purpose NOT IN ('edit', 'withdraw') AND " + notYetLate + `{{without}}
		AND NOT EXISTS (SELECT 1 FROM posts AS d WHERE d.account = $1 AND d.state IN ('sending', 'doubt') AND d.fingerprint = p.fingerprint)
		ORDER BY priority DESC, turn, created, id LIMIT $3`
)

// Due returns posts of the account whose moment has come at now: first those in
// doubt and the live ones to be checked, by NotBefore; then those waiting, of which
// the ones that change others come first, by Created, and the rest by priority,
// then Order, then Created, then ID. A waiting post that could not be told from one
// in doubt or sending (same link and same words) is left out, and so is one whose
// deadline has passed, one under embargo, and one of a purpose that is not wanted.
func (db *DB) Due(ctx context.Context, account string, now time.Time, limit int, without ...spool.Purpose) ([]spool.Post, error) {
	var due []spool.Post
	for _, query := range []string{dueLooks, wanted(dueSteers, without), wanted(dueWaiting, without)} {
		if len(due) >= limit {
			break
		}
		more, err := db.posts(ctx, "read due posts of account "+account, query, account, ms(now), limit-len(due))
		if err != nil {
			return nil, err
		}
		due = append(due, more...)
	}
	return due, nil
}

// wanted is a query without some purposes. Only what is known gets into its text.
func wanted(query string, without []spool.Purpose) string {
	terms := ""
	for _, p := range spool.Purposes() {
		if slices.Contains(without, p) {
			terms += " AND purpose <> '" + string(p) + "'"
		}
	}
	return strings.Replace(query, "{{without}}", terms, 1)
}

// Overdue returns the account's waiting posts whose deadline has passed, the
// longest overdue first, and none that is still under embargo.
func (db *DB) Overdue(ctx context.Context, account string, now time.Time, limit int) ([]spool.Post, error) {
	return db.posts(ctx, "read overdue posts of account "+account,
		"WHERE account = $1 AND state = 'waiting' AND deadline > 0 AND deadline <= $2 AND embargo <= $2 ORDER BY deadline, id LIMIT $3", account, ms(now), limit)
}

// HeldFor returns the account's posts that are held for a reason, in the order
// in which they would go.
func (db *DB) HeldFor(ctx context.Context, account string, hold spool.Hold) ([]spool.Post, error) {
	return db.posts(ctx, "read held posts of account "+account,
		"WHERE account = $1 AND state = 'held' AND hold = $2 ORDER BY priority DESC, turn, created, id", account, string(hold))
}

const nextDue = `SELECT coalesce(min(m), 0) FROM (
	SELECT min(not_before) AS m FROM posts WHERE account = $1 AND state = 'waiting' AND not_before > $2
	UNION ALL
	SELECT min(deadline) FROM posts WHERE account = $1 AND state = 'waiting' AND deadline > 0 AND deadline > $2
	UNION ALL
	SELECT min(embargo) FROM posts WHERE account = $1 AND state = 'waiting' AND embargo > 0 AND embargo > $2
	UNION ALL
	SELECT min(not_before) FROM posts WHERE account = $1 AND state IN ('doubt', 'live') AND not_before > 0 AND not_before > $2) t`

// NextDue returns the earliest moment at which a post of the account is due
// after the given one, or its deadline passes; zero: there is none.
func (db *DB) NextDue(ctx context.Context, account string, after time.Time) (time.Time, error) {
	var next int64
	err := db.readers.one(ctx, []any{&next}, nextDue, account, ms(after))
	return moment(next), db.explain("read when account "+account+" is due", err)
}

// Sent returns when posts of the account were sent since a moment, live or
// possibly live, oldest first. A post sent more than once counts as of its last
// request; one that was found live without our having sent it does not count, nor
// does what changed another post. One that was withdrawn since counts: readers saw
// it.
func (db *DB) Sent(ctx context.Context, account string, since time.Time) ([]time.Time, error) {
	sent, err := collect(ctx, db.readers, scanMoment, `SELECT begun FROM posts
		WHERE account = $1 AND begun > 0 AND begun >= $2 AND (state IN ('sending', 'doubt') OR hold = 'doubt' OR live_at > 0)
			AND purpose NOT IN ('edit', 'withdraw')
		ORDER BY begun`, account, ms(since))
	return sent, db.explain("read what account "+account+" sent", err)
}

func scanMoment(row scanner) (time.Time, error) {
	var at int64
	err := row.Scan(&at)
	return moment(at), err
}

// Bound returns the network's ids of the account's posts that went live since a
// moment, other than the post named. Those that were withdrawn are among them: a
// list of the network may still have them.
func (db *DB) Bound(ctx context.Context, account string, since time.Time, except string) (map[string]bool, error) {
	ids, err := collect(ctx, db.readers, scanString, `SELECT receipt_id FROM posts
		WHERE account = $1 AND live_at > 0 AND live_at >= $2 AND receipt_id <> '' AND id <> $3`, account, ms(since), except)
	bound := make(map[string]bool, len(ids))
	for _, id := range ids {
		bound[id] = true
	}
	return bound, db.explain("read the live posts of account "+account, err)
}

// LinkShared reports whether another post of the account that readers see, or may
// come to see, has the same link. No link is shared with nobody.
func (db *DB) LinkShared(ctx context.Context, p spool.Post) (bool, error) {
	if p.Content.Link == "" {
		return false, nil
	}
	ids, err := collect(ctx, db.readers, scanString, `SELECT id FROM posts
		WHERE account = $1 AND link = $2 AND link <> '' AND state <> 'dropped' AND purpose NOT IN ('edit', 'withdraw') AND id <> $3 LIMIT 1`, p.Account, p.Content.Link, p.ID)
	return len(ids) > 0, db.explain("look for the link of post "+p.ID, err)
}

// posts runs a query for whole posts.
func (db *DB) posts(ctx context.Context, op, where string, args ...any) ([]spool.Post, error) {
	all, err := collect(ctx, db.readers, scanPost, "SELECT "+postColumns+" FROM posts "+where, args...)
	return all, db.explain(op, err)
}
