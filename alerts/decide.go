package alerts

import (
	"time"

	"spool"
)

// Decide says what is to be done about an alert on an account. told is what a post
// would tell now; posts are all there are about it on the account, the oldest first.
func (p Policy) Decide(t spool.Tracked, told spool.Telling, posts []spool.Post, can Abilities, now time.Time) Decision {
	return Decision{}
}

// To is where an alert goes: the names of accounts.
func (p Policy) To(a spool.Alert) []string { return p.Accounts }

// Priority is that of an alert's posts.
func (p Policy) Priority(a spool.Alert) spool.Priority { return spool.Normal }

// Item is the item that stands for an alert in the ledger, without what must not be
// published.
func (p Policy) Item(t spool.Tracked, language string) spool.Item { return spool.Item{} }

// TellingOf is what a post in a language tells of an alert.
func TellingOf(a spool.Alert, phase spool.Phase, language string) spool.Telling {
	return spool.Telling{Phase: phase}
}
