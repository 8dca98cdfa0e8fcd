package publisher

import (
	"errors"
	"time"
)

// throttled is how long an account rests at least after the first, second … time in
// a row that its network wants a pause and names none.
var throttled = []time.Duration{time.Minute, 2 * time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute}

// ThrottleWait is the pause after the nth refusal in a row, from 1, of a network that
// wants one and does not say for how long.
func ThrottleWait(n int) time.Duration { return Nth(throttled, n) }

// Nth is the nth of a list of waits, from 1; beyond its end the last.
func Nth(waits []time.Duration, n int) time.Duration {
	return waits[min(max(n, 1), len(waits))-1]
}

// NotSent reports whether it is certain that a request did not leave, by its error:
// a CallError that says so, or ErrNoToken.
func NotSent(err error) bool {
	e, ok := errors.AsType[*CallError](err)
	return errors.Is(err, ErrNoToken) || ok && e.NotSent
}
