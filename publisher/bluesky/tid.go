package bluesky

import (
	"context"
	"hash/fnv"
	"strings"
	"time"
)

// A record's key is a TID, as the protocol wants it for posts: 13 characters
// that sort like the number they stand for, 53 bits of microseconds since 1970
// and 10 bits that tell apart what was made in the same one.
const (
	tidAlphabet = "234567abcdefghijklmnopqrstuvwxyz"
	tidLength   = 13
	tidFirst    = "234567abcdefghij" // the top bit is zero
)

// formatTID writes the key of a moment, in microseconds since 1970.
func formatTID(micros int64, clock uint16) string {
	v := uint64(max(micros, 0))&(1<<53-1)<<10 | uint64(clock&1023)
	var b [tidLength]byte
	for i := tidLength - 1; i >= 0; i-- {
		b[i] = tidAlphabet[v&31]
		v >>= 5
	}
	return string(b[:])
}

// parseTID returns the moment in a key, in microseconds since 1970.
func parseTID(s string) (micros int64, clock uint16, ok bool) {
	if len(s) != tidLength || strings.IndexByte(tidFirst, s[0]) < 0 {
		return 0, 0, false
	}
	var v uint64
	for i := range tidLength {
		d := strings.IndexByte(tidAlphabet, s[i])
		if d < 0 {
			return 0, 0, false
		}
		v = v<<5 | uint64(d)
	}
	return int64(v >> 10), uint16(v & 1023), true //nolint:gosec // 53 and 10 bits
}

// keyMemory is where the account remembers its newest key.
const keyMemory = "bluesky.key"

// newKey makes a key that no other post of the account has: later than all
// before it, by what this process and the account remember, and with bits of the
// post's own. The second holds even where the first was forgotten.
func (c *Client) newKey(ctx context.Context, post string) (string, error) {
	stored, err := c.o.Memory.Recall(ctx, keyMemory)
	if err != nil {
		return "", err
	}
	micros := c.o.Now().UnixMicro()
	if last, _, ok := parseTID(stored); ok {
		c.lastKey = max(c.lastKey, last)
	}
	c.lastKey = max(micros, c.lastKey+1)
	h := fnv.New32a()
	_, _ = h.Write([]byte(post)) // never fails
	key := formatTID(c.lastKey, uint16(h.Sum32()&1023))
	return key, c.o.Memory.Remember(ctx, keyMemory, key)
}

// keyTime is the moment in a key.
func keyTime(key string) time.Time {
	micros, _, ok := parseTID(key)
	if !ok {
		return time.Time{}
	}
	return time.UnixMicro(micros)
}
