package alerts

import (
	"time"

	"spool"
)

// Sum finds accounts that more alerts are to be announced on than the policy allows,
// and sums the rest up: it returns the entries of the book that are new or differ,
// digests among them. posts are those there are about the book's alerts, by item.
func (p Policy) Sum(book []spool.Tracked, posts map[string][]spool.Post, now time.Time) []spool.Tracked {
	return nil
}
