package store

import (
	"context"
	"slices"
	"time"

	"spool"
)

// What readers see of an item are its posts that are live; those that changed
// another one are none of their own.
const seenByReaders = "state = 'live' AND purpose NOT IN ('edit', 'withdraw')"

// LivePosts returns the posts of the items that readers see now, item by item and
// account by account, each one after those that it follows from.
func (db *DB) LivePosts(ctx context.Context, items []string) ([]spool.Post, error) {
	return db.postsOfItems(ctx, "read the live posts of items", items, "AND "+seenByReaders)
}

// AllPosts returns every post there is about the items, for whatever purpose and
// in whatever state, in the order of LivePosts.
func (db *DB) AllPosts(ctx context.Context, items []string) ([]spool.Post, error) {
	return db.postsOfItems(ctx, "read all posts of items", items, "")
}

func (db *DB) postsOfItems(ctx context.Context, op string, items []string, condition string) ([]spool.Post, error) {
	if len(items) == 0 {
		return nil, nil
	}
	list, err := listOf(items)
	if err != nil {
		return nil, err
	}
	return db.posts(ctx, op, "WHERE item IN ({{list $1}}) "+condition+" ORDER BY item, account, created, live_at, id", list)
}

// Followers returns the posts that follow directly from a post, the oldest first.
func (db *DB) Followers(ctx context.Context, post string) ([]spool.Post, error) {
	return db.posts(ctx, "read what follows from post "+post, "WHERE parent = $1 AND parent <> '' ORDER BY created, id", post)
}

// Withdrawals returns when the account's requests to take a post away began since
// a moment, whatever came of them, oldest first. One that was made again counts as
// of the last time.
func (db *DB) Withdrawals(ctx context.Context, account string, since time.Time) ([]time.Time, error) {
	begun, err := collect(ctx, db.readers, scanMoment, `SELECT begun FROM posts
		WHERE account = $1 AND begun > 0 AND begun >= $2 AND purpose = 'withdraw' ORDER BY begun`, account, ms(since))
	return begun, db.explain("read what account "+account+" withdrew", err)
}

// follow records what follows from a transition, unless it is recorded already, and
// makes its account due.
func follow(ctx context.Context, q *queries, t spool.Transition) error {
	if len(t.Follow) == 0 {
		return nil
	}
	causes := make([]string, len(t.Follow))
	for i, p := range t.Follow {
		causes[i] = "it follows from post " + t.Post.ID
		if p.Purpose == spool.Continue {
			causes[i] = "it goes on where post " + p.Parent + " ends"
		}
		if p.Purpose == spool.Replace {
			causes[i] = "it takes the place of post " + p.Parent
		}
	}
	recorded, err := insertPosts(ctx, q, t.Follow, causes)
	if err != nil || len(recorded) == 0 {
		return err
	}
	soonest := slices.MinFunc(recorded, func(a, b spool.Post) int { return a.NotBefore.Compare(b.NotBefore) })
	return wake(ctx, q, t.Post.Account, soonest.NotBefore)
}
