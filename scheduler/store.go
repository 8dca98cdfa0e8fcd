package scheduler

import (
	"context"
	"time"

	"spool"
)

// Store is the memory that the scheduler works on. Every method may be called
// from several goroutines and, on a shared database, from several processes.
type Store interface {
	// ClaimFeeds leases at most limit active feeds that are due at now and
	// that nobody else holds, the longest overdue first.
	ClaimFeeds(ctx context.Context, owner string, now time.Time, lease time.Duration, limit int) ([]spool.FeedState, error)

	// Seen returns what is remembered under the keys in a group of feeds. Keys
	// that nothing is known under are left out.
	Seen(ctx context.Context, group string, keys []spool.Key) (map[spool.Key]spool.Known, error)

	// Recent returns the items that feeds have brought since a moment, feed by
	// feed and the latest first: of each feed at most so many, and none that
	// its filters kept out. They have names, title, link and moments only; one
	// without a title has the beginning of its summary.
	Recent(ctx context.Context, feeds []string, since time.Time, limit int) ([]spool.Item, error)

	// StatesOf returns, by item and account, the states of the posts that
	// announce the items, or that took the place of those. Items without any are
	// left out.
	StatesOf(ctx context.Context, items []string) (map[string]map[string]spool.State, error)

	// PostsOf returns the posts of the items that are waiting or held and that
	// nothing has been sent of.
	PostsOf(ctx context.Context, items []string) ([]spool.Post, error)

	// AllPosts returns every post there is about the items, for whatever purpose and
	// in whatever state, item by item and account by account, the oldest first.
	AllPosts(ctx context.Context, items []string) ([]spool.Post, error)

	// TrackedAlerts returns the alerts of a feed that are open, and those that were
	// closed since a moment, in the order in which they were first listed.
	TrackedAlerts(ctx context.Context, feed string, closedSince time.Time) ([]spool.Tracked, error)

	// Bodies returns, by id, the items as they are remembered. Those whose words are
	// not kept any more are left out.
	Bodies(ctx context.Context, items []string) (map[string]spool.Item, error)

	// Blocks returns the blocks of those of the keys that are blocked.
	Blocks(ctx context.Context, keys []spool.Key) (map[spool.Key]spool.Block, error)

	// Doomed returns the account's posts about items that were taken down since a
	// moment and that are still to come, or that readers see and nothing takes away
	// yet, at most a hundred.
	Doomed(ctx context.Context, account string, since time.Time) ([]spool.Post, error)

	// Record records posts that there are none of yet, and makes their accounts
	// due. It returns those that were recorded.
	Record(ctx context.Context, posts []spool.Post, cause string) ([]spool.Post, error)

	// LivePosts returns the posts of the items that readers see now, item by item
	// and account by account, each one after those that it follows from.
	LivePosts(ctx context.Context, items []string) ([]spool.Post, error)

	// Post returns the post of an id, or spool.ErrNotFound.
	Post(ctx context.Context, id string) (spool.Post, error)

	// Followers returns the posts that follow directly from a post, the oldest
	// first.
	Followers(ctx context.Context, post string) ([]spool.Post, error)

	// Ingest records one poll whole or not at all and gives the feed's lease
	// back. It returns the posts that are new; spool.ErrConflict when the lease
	// has passed on, and then nothing is recorded.
	Ingest(ctx context.Context, in spool.Ingest) ([]spool.Post, error)

	// Align moves the next poll of feeds up to the moment that latest gives for
	// each, unless it gives none. A feed that is due before, is failing, or whose
	// server asked to be left alone longer stays as it is.
	Align(ctx context.Context, latest func(spool.FeedState) (time.Time, bool)) error

	// Hurry makes an active feed due at now because of a push: not right after
	// its last poll, nor before its server said. A poll under way does not
	// count: the feed is polled once more after it.
	Hurry(ctx context.Context, feed string, now time.Time) error

	// SubscriptionOf returns the current subscription of a feed at its hub, or
	// spool.ErrNotFound.
	SubscriptionOf(ctx context.Context, feed string) (spool.Subscription, error)

	// Rouse makes every active account due at once.
	Rouse(ctx context.Context) error

	// Rewind moves up what is planned after now when the clock that it was
	// planned by has been set back by so much.
	Rewind(ctx context.Context, now time.Time, by time.Duration) error

	// ClaimAccounts leases at most limit active accounts that have something
	// to do at now and that nobody else holds.
	ClaimAccounts(ctx context.Context, owner string, now time.Time, lease time.Duration, limit int) ([]spool.AccountState, error)

	// Unfinished returns the account's posts that a former holder of the lease
	// left in sending.
	Unfinished(ctx context.Context, account string) ([]spool.Post, error)

	// Due returns posts of the account whose moment has come at now: first
	// those in doubt and the live ones to be checked, by NotBefore; then those
	// waiting, of which the ones that change others come first, by Created, and
	// the rest by priority, then Order, then Created, then ID. A waiting post
	// that could not be told from one in doubt or sending (same link and same
	// words) is left out, and so is one whose deadline has passed, one under
	// embargo, and one of a purpose that is not wanted.
	Due(ctx context.Context, account string, now time.Time, limit int, without ...spool.Purpose) ([]spool.Post, error)

	// Overdue returns the account's waiting posts whose deadline has passed, and
	// none that is under embargo.
	Overdue(ctx context.Context, account string, now time.Time, limit int) ([]spool.Post, error)

	// HeldFor returns the account's posts that are held for a reason.
	HeldFor(ctx context.Context, account string, hold spool.Hold) ([]spool.Post, error)

	// NextDue returns the earliest moment at which a post of the account is
	// due after the given one, or its deadline or embargo passes; zero: there is
	// none.
	NextDue(ctx context.Context, account string, after time.Time) (time.Time, error)

	// Sent returns when posts of the account that readers saw, or may have seen,
	// were sent since a moment, oldest first.
	Sent(ctx context.Context, account string, since time.Time) ([]time.Time, error)

	// Withdrawals returns when the account's requests to take a post away began
	// since a moment, whatever came of them, oldest first.
	Withdrawals(ctx context.Context, account string, since time.Time) ([]time.Time, error)

	// Bound returns the network's ids of the account's posts that went live
	// since a moment, withdrawn or not, other than the post named.
	Bound(ctx context.Context, account string, since time.Time, except string) (map[string]bool, error)

	// LinkShared reports whether another post of the account that readers see,
	// or may come to see, has the same link.
	LinkShared(ctx context.Context, p spool.Post) (bool, error)

	// Save records a transition and what follows from it while the lease is
	// held, together with transitions of other posts of the account, and extends
	// the lease to until. It returns the post as it is now, or spool.ErrConflict
	// when a post or the lease changed hands, and then nothing is recorded.
	Save(ctx context.Context, lease spool.Lease, until time.Time, t spool.Transition, with ...spool.Transition) (spool.Post, error)

	// SaveAccount records the account's state while the lease is held, and
	// extends the lease to a.Lease.Until if it would end before.
	SaveAccount(ctx context.Context, a spool.AccountState) error

	// Release gives the lease back. The account is due again at next (zero:
	// when something is recorded for it), or at once when something was
	// recorded for it while the lease was held.
	Release(ctx context.Context, lease spool.Lease, next time.Time) error
}
