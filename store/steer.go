package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"spool"
)

// Save records a transition while the lease is held, and extends the lease to
// until. It returns the post as it is now, or spool.ErrConflict when the post or
// the lease changed hands, and then nothing is recorded. spool.ErrTaken: the
// receipt names what another post of the account already is; saving without the
// receipt's ID records what is certain.
//
// A lease that has run out and that nobody has claimed since still counts as
// held: an outcome late is better than an outcome lost.
//
// Transitions of further posts of the account are recorded together with it, or
// none of them is.
func (db *DB) Save(ctx context.Context, lease spool.Lease, until time.Time, t spool.Transition, with ...spool.Transition) (spool.Post, error) {
	for _, t := range slices.Concat(with, []spool.Transition{t}) {
		if t.Post.Account != lease.Name {
			return spool.Post{}, fmt.Errorf("save post %s: the lease is on account %s, not on %s", t.Post.ID, lease.Name, t.Post.Account)
		}
	}
	var saved spool.Post
	err := db.write(ctx, "save post "+t.Post.ID, func(q *queries) error {
		if err := db.extend(ctx, q, lease, until); err != nil {
			return err
		}
		for _, other := range with {
			if _, err := savePost(ctx, q, other); err != nil {
				return err
			}
		}
		var err error
		saved, err = savePost(ctx, q, t)
		return err
	})
	if err != nil {
		return spool.Post{}, err
	}
	return saved, nil
}

// extend moves a lease's end, which is given by the caller's clock, and fails
// when the lease is another's.
func (db *DB) extend(ctx context.Context, q *queries, lease spool.Lease, until time.Time) error {
	end, err := db.leaseEnd(ctx, q, until)
	if err != nil {
		return err
	}
	return q.guarded(ctx, "UPDATE accounts SET lease_until = $1 WHERE name = $2 AND lease_owner = $3 AND lease_epoch = $4",
		end, lease.Name, lease.Owner, lease.Epoch)
}

// leaseEnd turns a lease's end by the caller's clock into one by the clock that
// leases are counted from.
func (db *DB) leaseEnd(ctx context.Context, q *queries, until time.Time) (int64, error) {
	left := until.Sub(db.now())
	clock, err := db.clock(ctx, q)
	return ms(clock.Add(min(left, longestLease))), err
}

// Steer lets a person's event happen to a post, whoever works on its account,
// and makes the account due. It returns the post as it is now. An error that
// wraps spool.ErrTransition says that the event is not possible in its state.
func (db *DB) Steer(ctx context.Context, id string, e spool.Event, r spool.Rules) (spool.Post, error) {
	const tries = 5 // whoever is quicker has changed the post, and the event is judged anew
	var err error
	for range tries {
		var p spool.Post
		if p, err = db.steer(ctx, id, e, r); !errors.Is(err, spool.ErrConflict) {
			return p, err
		}
	}
	return spool.Post{}, fmt.Errorf("post %s: %w", id, err)
}

func (db *DB) steer(ctx context.Context, id string, e spool.Event, r spool.Rules) (spool.Post, error) {
	p, err := db.Post(ctx, id)
	if err != nil {
		return p, err
	}
	now := db.now()
	t, err := spool.Next(p, e, r, now)
	if err != nil {
		return p, err
	}
	err = db.write(ctx, "change post "+p.ID, func(q *queries) error {
		// The account first: see ingest for the order.
		if err := wake(ctx, q, p.Account, now); err != nil {
			return err
		}
		p, err = savePost(ctx, q, t)
		return err
	})
	return p, err
}
