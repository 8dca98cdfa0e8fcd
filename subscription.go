package spool

import (
	"fmt"
	"time"
)

// A Standing is how a feed stands with its hub. The strings are stored.
type Standing string

// The standings of a subscription.
const (
	Pending       Standing = "pending"       // the hub is, or is about to be, asked
	Active        Standing = "active"        // the hub has verified it, and pushes until LeaseUntil
	Denied        Standing = "denied"        // the hub does not want it: the feed is polled
	Unsubscribing Standing = "unsubscribing" // it is not wanted any more, and the hub is being told
	Ended         Standing = "ended"         // the hub has been told; kept for a day, to say so again
)

// Current reports whether the feed is, or is to be, pushed by it. A feed has one
// such subscription at most.
func (s Standing) Current() bool { return s == Pending || s == Active || s == Denied }

// A Subscription is what was agreed with a hub about the pushes of one feed
// (WebSub).
type Subscription struct {
	ID         string // the end of the callback's address; nobody can guess it
	Feed       string
	Hub        string // address of the hub
	Topic      string // the feed's name at the hub
	Callback   string // what stands before the id in the callback's address
	Secret     string // what pushes are signed with; empty: the hub is asked over http, and gets none
	Standing   Standing
	Created    time.Time
	Requested  time.Time // when the hub was last asked
	Verified   time.Time // when it last verified what it was asked
	LeaseUntil time.Time // zero: it has never been active
	Failures   int       // requests without success, in a row
	Next       time.Time // when there is something to do about it; zero: never
	LastPush   time.Time // the last valid push; zero: none yet
	Pushes     int       // valid pushes
	Ignored    int       // deliveries without a valid signature
	Reason     string    // for people: why it is not active, or could not be renewed
	Version    int64
}

// Pushing reports whether the hub is bound to push at a moment.
func (s Subscription) Pushing(now time.Time) bool {
	return s.Standing == Active && s.LeaseUntil.After(now)
}

// Awaits reports whether the hub has been asked and has not verified it yet.
func (s Subscription) Awaits() bool { return s.Requested.After(s.Verified) }

// Format keeps the secret and the callback's address out of what is printed,
// whatever the verb.
func (s Subscription) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "subscription of feed %s, %s", s.Feed, s.Standing)
}
