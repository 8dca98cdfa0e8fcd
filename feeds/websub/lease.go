package websub

import (
	"hash/fnv"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// The leases that are asked for, believed, and assumed.
const (
	wantedLease  = 10 * 24 * time.Hour // the length that the recommendation gives as an example
	assumedLease = 24 * time.Hour      // when a hub does not say, though it must
	longestLease = 14 * 24 * time.Hour // of what hubs promise; they forget
	leastLease   = 5 * time.Minute     // a shorter one would be nothing but renewing
)

// lease is how long a subscription holds, of what a hub says in seconds.
func lease(seconds string) time.Duration {
	seconds = strings.TrimSpace(seconds)
	n, err := strconv.ParseInt(seconds, 10, 64)
	switch {
	case err != nil && strings.Trim(seconds, "0123456789") == "" && seconds != "":
		return longestLease // more than fits
	case err != nil, n <= 0:
		return assumedLease
	case n > int64(longestLease/time.Second):
		return longestLease
	}
	return max(time.Duration(n)*time.Second, leastLease)
}

// renewal is when to renew a lease: at half of it or a day before its end,
// whichever is later, and up to a quarter of what is left earlier, so that feeds
// that were subscribed together are not renewed together.
func renewal(id string, from, until time.Time) time.Time {
	before := min(until.Sub(from)/2, 24*time.Hour)
	h := fnv.New64a()
	h.Write([]byte(id))
	return until.Add(-before - time.Duration(h.Sum64()%uint64(before/4+1)))
}

// The pauses after requests that failed.
const (
	firstBackoff = time.Minute
	maxBackoff   = 24 * time.Hour
)

// backoff is how long to wait after the nth failure in a row: a minute doubling
// to a day, with up to a tenth taken off.
func backoff(failures int) time.Duration {
	d := firstBackoff
	for range min(failures-1, 20) {
		d = min(2*d, maxBackoff)
	}
	return d - rand.N(d/10)
}
