package websub

import (
	"time"

	"spool"
)

// How a subscription goes on. These functions decide and do nothing else; who
// calls them saves what they return.

const (
	// claimTime is how long whoever makes a request keeps others from making it
	// too. It outlasts requestTimeout.
	claimTime = 2 * time.Minute

	// verifyWait is how long a hub may take from accepting a request to verifying
	// it, before it is asked again.
	verifyWait = 10 * time.Minute

	// deniedWait is how long a hub that said no is left alone.
	deniedWait = 24 * time.Hour

	// endedFor is how long an ended subscription is remembered: a hub whose
	// verification was answered with an answer that got lost asks again.
	endedFor = 24 * time.Hour

	// maxFarewells is how often a hub is told that a subscription is not wanted.
	// Its lease ends in any case, and its pushes are answered with 410.
	maxFarewells = 8

	// muteGap is the least time between two renewals of a subscription whose hub
	// seems to have forgotten it.
	muteGap = 24 * time.Hour

	// changeGap is the least time between two changes of a feed's hub that are
	// followed, so that a feed that names another one each time does no harm.
	changeGap = time.Hour
)

// begin is a new subscription, which is due at once. A secret is told over https
// only: over http whoever listens could sign with it.
func begin(feed, hub, topic, base string, now time.Time) spool.Subscription {
	s := spool.Subscription{
		ID: randomName(), Feed: feed, Hub: hub, Topic: topic, Callback: base,
		Standing: spool.Pending, Created: now, Next: now,
	}
	if u, err := usable(hub); err == nil && u.Scheme == "https" {
		s.Secret = randomName()
	}
	return s
}

// claim is a subscription that somebody is about to ask its hub about. Pushes
// under a lease that has run out are not counted on, though they are welcome.
func claim(s spool.Subscription, now time.Time) spool.Subscription {
	now = now.Truncate(time.Millisecond) // as it is stored
	s.Requested, s.Next = now, now.Add(claimTime)
	if !s.Verified.Before(now) { // the clock was set back
		s.Verified = now.Add(-time.Millisecond)
	}
	if s.Standing == spool.Denied || s.Standing == spool.Active && !s.LeaseUntil.After(now) {
		s.Standing = spool.Pending
	}
	return s
}

// accepted is a subscription whose hub took the request and has to verify it
// now. That this may never happen counts as a failure until it has.
func accepted(s spool.Subscription, now time.Time) spool.Subscription {
	s.Failures++
	s.Next = now.Add(max(verifyWait, backoff(s.Failures)))
	if s.Standing == spool.Unsubscribing {
		return farewell(s, now)
	}
	s.Reason = hubName(s.Hub) + " took the request and has not verified it yet; it must be able to reach " + hubName(s.Callback)
	return s
}

// failed is a subscription whose hub could not be asked, or refused. The hub's
// wish when to be asked again counts, up to a day.
func failed(s spool.Subscription, f failure, now time.Time) spool.Subscription {
	s.Failures++
	s.Reason = f.reason
	s.Next = now.Add(max(backoff(s.Failures), min(f.wait, maxBackoff)))
	if s.Standing == spool.Unsubscribing && f.gone {
		return ended(s, now)
	}
	return farewell(s, now)
}

// farewell ends the patience with a hub that does not hear that a subscription
// is not wanted any more.
func farewell(s spool.Subscription, now time.Time) spool.Subscription {
	if s.Standing == spool.Unsubscribing && (s.Failures >= maxFarewells || !s.LeaseUntil.After(now)) {
		return ended(s, now)
	}
	return s
}

func ended(s spool.Subscription, now time.Time) spool.Subscription {
	s.Standing, s.Next = spool.Ended, now.Add(endedFor)
	return s
}

// unwanted is a subscription that its hub is to be told the end of.
func unwanted(s spool.Subscription, why string, now time.Time) spool.Subscription {
	s.Standing, s.Failures, s.Next, s.Reason = spool.Unsubscribing, 0, now, why
	return s
}

// mute reports whether a hub seems to have forgotten an active subscription: a
// poll found what no push had announced, nor has since.
func mute(m spool.FeedMemory, s spool.Subscription, now time.Time) bool {
	const patience = 10 * time.Minute
	return s.Standing == spool.Active && m.Proven.IsZero() && !m.Ahead.IsZero() && now.Sub(m.Ahead) >= patience &&
		s.LastPush.Before(m.Ahead.Add(-patience)) && now.Sub(s.Requested) >= muteGap
}

// misdated reports whether a subscription was dated by a clock that was ahead,
// and returns it as it is to be dated.
func misdated(s spool.Subscription, now time.Time) (spool.Subscription, bool) {
	end := now.Add(longestLease)
	if !s.Next.After(end) && !s.LeaseUntil.After(end) && !s.Requested.After(now.Add(time.Hour)) {
		return s, false
	}
	if s.LeaseUntil.After(end) {
		s.LeaseUntil = now.Add(assumedLease)
	}
	s.Next = now
	return s, true
}

// A demand is what a hub asks of the callback, as it came.
type demand struct{ mode, topic, challenge, lease, reason string }

// An answer is what the callback says to a demand.
type answer int

const (
	refuse  answer = iota // not found
	echo                  // the challenge
	consent               // yes, and nothing to be said
)

// maxChallenge bounds what is echoed, in bytes. Hubs send some dozens.
const maxChallenge = 4 << 10

// judge answers a demand, and returns the subscription as it is after that.
// Answering once more, or to whoever repeats what a hub once said, changes
// nothing: a lease begins only where a request was open.
func judge(s spool.Subscription, d demand, now time.Time) (spool.Subscription, answer) {
	if d.topic != s.Topic {
		return s, refuse
	}
	switch d.mode {
	case "subscribe":
		return judgeSubscribe(s, d, now)
	case "unsubscribe":
		return judgeUnsubscribe(s, d, now)
	case "denied":
		return denied(s, d.reason, now), consent
	}
	return s, refuse
}

func judgeSubscribe(s spool.Subscription, d demand, now time.Time) (spool.Subscription, answer) {
	if s.Standing != spool.Pending && s.Standing != spool.Active || s.Requested.IsZero() || !challenging(d) {
		return s, refuse
	}
	if !s.Awaits() {
		return s, echo
	}
	s.Standing, s.Failures, s.Reason = spool.Active, 0, ""
	s.Verified = later(now, s.Requested)
	s.LeaseUntil = now.Add(lease(d.lease))
	s.Next = renewal(s.ID, now, s.LeaseUntil)
	return s, echo
}

// judgeUnsubscribe says no to the end of a subscription that is wanted: somebody
// else asked the hub for it.
func judgeUnsubscribe(s spool.Subscription, d demand, now time.Time) (spool.Subscription, answer) {
	switch {
	case !challenging(d):
		return s, refuse
	case s.Standing == spool.Unsubscribing && !s.Requested.IsZero():
		s.Verified, s.Failures = later(now, s.Requested), 0
		return ended(s, now), echo
	case s.Standing == spool.Ended:
		return s, echo
	}
	return s, refuse
}

func challenging(d demand) bool { return d.challenge != "" && len(d.challenge) <= maxChallenge }

// denied is a subscription that its hub does not want, or not any more.
func denied(s spool.Subscription, reason string, now time.Time) spool.Subscription {
	switch s.Standing {
	case spool.Ended:
		return s
	case spool.Unsubscribing:
		return ended(s, now)
	}
	s.Standing, s.Verified, s.LeaseUntil, s.Next = spool.Denied, later(now, s.Requested), time.Time{}, now.Add(deniedWait)
	s.Reason = hubName(s.Hub) + " denied the subscription"
	if reason = tidy(reason, s); reason != "" {
		s.Reason += ": " + reason
	}
	return s
}

// later makes sure that a request counts as answered although the clock was set
// back meanwhile.
func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
