package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"spool"
)

const accountColumns = `name, network, paused, paused_until, stopped, kept, expires, quota_used, quota_total, lease_owner, lease_epoch, lease_until`

func scanAccount(row scanner) (spool.AccountState, error) {
	var a spool.AccountState
	var paused, pausedUntil, kept, expires, until int64
	err := row.Scan(&a.Name, &a.Network, &paused, &pausedUntil, &a.Stopped, &kept, &expires, &a.QuotaUsed, &a.QuotaTotal,
		&a.Lease.Owner, &a.Lease.Epoch, &until)
	a.Paused, a.PausedUntil = paused == 1, moment(pausedUntil)
	a.Kept, a.Expires = moment(kept), moment(expires)
	a.Lease.Name, a.Lease.Until = a.Name, moment(until)
	return a, err
}

const claimAccounts = `WITH due AS MATERIALIZED (
		SELECT name FROM accounts
		WHERE active = 1 AND paused = 0 AND next_at > 0 AND next_at <= $1 AND (lease_until <= $2 OR lease_until > $3)
		ORDER BY next_at, name LIMIT $4 {{skip}})
	UPDATE accounts SET lease_owner = $5, lease_epoch = lease_epoch + 1, lease_until = $6, woken = wake
	WHERE name IN (SELECT name FROM due)
	RETURNING ` + accountColumns

// ClaimAccounts leases at most limit active accounts that have something to do
// at now and that nobody else holds. Accounts paused by a person are passed
// over; what the network's pauses and stops mean is the scheduler's.
func (db *DB) ClaimAccounts(ctx context.Context, owner string, now time.Time, lease time.Duration, limit int) ([]spool.AccountState, error) {
	lease = min(lease, longestLease)
	var claimed []spool.AccountState
	err := db.relaxed(ctx, "claim accounts", func(q *queries) error {
		clock, err := db.clock(ctx, q)
		if err != nil {
			return err
		}
		claimed, err = collect(ctx, q, scanAccount, claimAccounts,
			ms(now), ms(clock), ms(clock.Add(longestLease)), limit, owner, ms(clock.Add(lease)))
		return err
	})
	if err != nil {
		return nil, err
	}
	for i := range claimed {
		claimed[i].Lease.Until = now.Add(lease) // by the caller's clock, which was read first
	}
	slices.SortFunc(claimed, func(a, b spool.AccountState) int { return cmp.Compare(a.Name, b.Name) })
	return claimed, nil
}

// SaveAccount records the account's state while the lease is held, and extends
// the lease to a.Lease.Until if it would end before. Whether a person has paused it is not the holder's to say, and stays; and a stop that a
// person cleared meanwhile does not come back from what the holder had read.
func (db *DB) SaveAccount(ctx context.Context, a spool.AccountState) error {
	return db.write(ctx, "record account "+a.Name, func(q *queries) error {
		until, err := db.leaseEnd(ctx, q, a.Lease.Until)
		if err != nil {
			return err
		}
		return q.guarded(ctx, `UPDATE accounts SET paused_until = $1, stopped = CASE WHEN cleared > woken THEN '' ELSE $2 END, kept = $3, expires = $4, quota_used = $5, quota_total = $6,
				lease_until = CASE WHEN lease_until < $7 THEN $7 ELSE lease_until END
			WHERE name = $8 AND lease_owner = $9 AND lease_epoch = $10`,
			ms(a.PausedUntil), a.Stopped, ms(a.Kept), ms(a.Expires), a.QuotaUsed, a.QuotaTotal, until,
			a.Name, a.Lease.Owner, a.Lease.Epoch)
	})
}

// Release gives the lease back. The account is due again at next (zero: when
// something is recorded for it), or at once when something was recorded for it
// while the lease was held: wake has grown since it was copied to woken.
func (db *DB) Release(ctx context.Context, lease spool.Lease, next time.Time) error {
	return db.relaxed(ctx, "give back account "+lease.Name, func(q *queries) error {
		return q.guarded(ctx, `UPDATE accounts SET lease_owner = '', lease_until = 0, next_at = CASE WHEN wake <> woken THEN CAST($1 AS BIGINT) ELSE CAST($2 AS BIGINT) END
			WHERE name = $3 AND lease_owner = $4 AND lease_epoch = $5`,
			ms(db.now()), ms(next), lease.Name, lease.Owner, lease.Epoch)
	})
}

// wake makes an account due at a moment, or earlier if it was.
func wake(ctx context.Context, q *queries, account string, at time.Time) error {
	return q.exec(ctx, `UPDATE accounts SET wake = wake + 1, next_at = CASE WHEN next_at = 0 OR next_at > $1 THEN $1 ELSE next_at END
		WHERE name = $2`, ms(at), account)
}

// wakeFor wakes the accounts that a poll concerns, by name, so that two polls
// never wait for one another.
func wakeFor(ctx context.Context, q *queries, in spool.Ingest) error {
	at := map[string]time.Time{}
	note := func(p spool.Post) {
		due := p.NotBefore
		if due.IsZero() {
			due = p.Created
		}
		if old, ok := at[p.Account]; !ok || due.Before(old) {
			at[p.Account] = due
		}
	}
	for _, p := range in.Posts {
		note(p)
	}
	for _, t := range in.Reworded {
		note(t.Post)
	}
	for _, account := range slices.Sorted(maps.Keys(at)) {
		if err := wake(ctx, q, account, at[account]); err != nil {
			return err
		}
	}
	return nil
}

// count adds a post's change of state to its account's totals. What changed another
// post is no live one of its own.
func count(ctx context.Context, q *queries, p spool.Post, from spool.State) error {
	if from == p.State || !from.Final() && !p.State.Final() {
		return nil
	}
	delta := func(s spool.State) int64 {
		if s == spool.Live && p.Purpose.Steers() {
			return 0
		}
		return bit(p.State == s) - bit(from == s)
	}
	return q.exec(ctx, "UPDATE accounts SET live = live + $1, failed = failed + $2, dropped = dropped + $3 WHERE name = $4",
		delta(spool.Live), delta(spool.Failed), delta(spool.Dropped), p.Account)
}

// Accounts returns the accounts that the configuration names, by name.
func (db *DB) Accounts(ctx context.Context) ([]spool.AccountState, error) {
	all, err := collect(ctx, db.readers, scanAccount, "SELECT "+accountColumns+" FROM accounts WHERE active = 1 ORDER BY name")
	return all, db.explain("list accounts", err)
}

// SetPaused lets a person stop an account from being worked on, or start it
// again. A request that is under way is not stopped.
func (db *DB) SetPaused(ctx context.Context, account string, paused bool) error {
	return db.write(ctx, "pause or resume account "+account, func(q *queries) error {
		return db.change(ctx, q, account, "UPDATE accounts SET paused = $1 WHERE name = $2", bit(paused), account)
	})
}

// ClearStop says that a person has mended what stopped an account, as with a
// login. The scheduler then resumes the posts that were held for it.
func (db *DB) ClearStop(ctx context.Context, account string) error {
	return db.write(ctx, "clear the stop of account "+account, func(q *queries) error {
		return db.change(ctx, q, account, "UPDATE accounts SET stopped = '', kept = 0, cleared = wake + 1 WHERE name = $1", account)
	})
}

// change runs a statement about one account and makes it due.
func (db *DB) change(ctx context.Context, q *queries, account, query string, args ...any) error {
	n, err := q.affect(ctx, query, args...)
	if err != nil {
		return err
	}
	if n == 0 {
		return missing("account", account)
	}
	return wake(ctx, q, account, db.now())
}

func missing(what, name string) error {
	return fmt.Errorf("%s %q: %w", what, name, spool.ErrNotFound)
}
