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
