package scheduler

import (
	"cmp"
	"context"
	"errors"
	"time"

	"spool"
	"spool/feeds"
)

// Hubs are told what polls read about the hubs of feeds. Noted does not block.
type Hubs interface {
	// Noted takes a feed that names another hub, or another topic, than before.
	Noted(f spool.FeedState)
}

// How a feed is polled that its hub pushes.
const (
	// backupInterval is how often a feed is polled whose hub has proved itself.
	// Hubs fail without a word.
	backupInterval = 30 * time.Minute

	// lateness is how long a push may come after a poll that was quicker, and
	// still count as having announced what the poll found.
	lateness = 5 * time.Minute

	// hubGrace is how long a feed may name no hub before that is believed: some
	// are served by several machines that do not agree.
	hubGrace = 24 * time.Hour

	// maxFruitless is how many pushes in a row may lead to nothing before they
	// are looked after only once.
	maxFruitless = 5

	longestHub = 2048 // of its address, and of a topic
)

// secondLooks is when a feed is read again after a push that no poll has found
// news for yet: caches between the publisher and us may hold what was before.
func secondLooks() []time.Duration { return []time.Duration{5 * time.Second, 30 * time.Second} }

// Pushed makes a feed due at once, since its hub says that it has news. A push
// during a poll leads to one more poll after it.
func (s *Scheduler) Pushed(ctx context.Context, feed string) error {
	f, ok := s.current().Feeds[feed]
	if !ok || !f.Push {
		return nil
	}
	if err := s.Store.Hurry(ctx, feed, s.Now()); err != nil {
		return err
	}
	s.poke()
	return nil
}

// Unpushed lets a feed be polled by its schedule again, since its hub does not
// push it any more.
func (s *Scheduler) Unpushed(ctx context.Context, feed string) {
	plan, now := s.current(), s.Now()
	err := s.Store.Align(ctx, func(state spool.FeedState) (time.Time, bool) {
		f, ok := plan.feedOf(state)
		if !ok || state.Name != feed {
			return time.Time{}, false
		}
		at, _ := f.next(state, now)
		return at, true
	})
	if err != nil {
		s.storeTrouble(ctx, "move up the polls of feed "+feed, err)
	}
}

// minded is a feed that could be read, with what that says about its pushes:
// which hub it names, whether a push had announced what was found, and so when
// it is to be read again. found is how many items are new, and changed whether
// there was anything else to see.
func (s *Scheduler) minded(ctx context.Context, f Feed, state spool.FeedState, r feeds.Result, found int, changed bool, now time.Time) (spool.FeedState, error) {
	state.Memory = withHub(state.Memory, r, now)
	if !f.Push {
		m := &state.Memory
		m.Awaited, m.Ahead, m.Proven, m.Fruitless = time.Time{}, time.Time{}, time.Time{}, 0
		return state, nil
	}
	sub, err := s.subscription(ctx, state, found)
	if err != nil {
		return state, err
	}
	state.Memory = tried(state.Memory, found, changed, sub.Pushing(now), now)
	state.NextPoll = f.pushedNext(state, sub, now)
	return state, nil
}

// subscription is what the feed's hub is bound by. It is looked up only when it
// makes a difference: most polls find nothing.
func (s *Scheduler) subscription(ctx context.Context, state spool.FeedState, found int) (spool.Subscription, error) {
	m := state.Memory
	if m.Hub == "" || found == 0 && m.Proven.IsZero() && m.Awaited.IsZero() {
		return spool.Subscription{}, nil
	}
	sub, err := s.Store.SubscriptionOf(ctx, state.Name)
	if errors.Is(err, spool.ErrNotFound) {
		return spool.Subscription{}, nil
	}
	return sub, err
}

// withHub is what is remembered of a feed's hub after an answer. "Not modified"
// says nothing about it, unless its headers do.
func withHub(m spool.FeedMemory, r feeds.Result, now time.Time) spool.FeedMemory {
	hub, topic := cmp.Or(r.Hub, r.Document.Hub), cmp.Or(r.Topic, r.Document.Topic)
	switch {
	case hub != "" && topic != "" && len(hub) <= longestHub && len(topic) <= longestHub:
		if m.Hub != hub || m.Topic != topic {
			m.Proven, m.Ahead = time.Time{}, time.Time{}
		}
		m.Hub, m.Topic, m.HubGone = hub, topic, time.Time{}
	case m.Hub == "" || r.Unchanged || r.Document.Degraded:
	case m.HubGone.IsZero() || m.HubGone.After(now):
		m.HubGone = now
	case now.Sub(m.HubGone) >= hubGrace:
		m.Hub, m.Topic, m.HubGone, m.Proven, m.Ahead = "", "", time.Time{}, time.Time{}, time.Time{}
	}
	return m
}

// awaiting notes that a push asked for the poll that a feed was claimed for.
func awaiting(state spool.FeedState) spool.FeedState {
	if !state.Hurried.IsZero() {
		state.Memory.Awaited = state.Hurried
	}
	return state
}

// tried is what is remembered of pushes after a poll. A hub is relied on once a
// push of it led to something new, and until a poll finds something new that no
// push had announced.
func tried(m spool.FeedMemory, found int, changed, pushing bool, now time.Time) spool.FeedMemory {
	pushed := !m.Awaited.IsZero()
	belated := pushed && !m.Ahead.IsZero() && m.Awaited.Sub(m.Ahead).Abs() <= lateness
	switch {
	case found > 0 && pushed:
		m.Pushed += found
		m = proven(m, pushing, now)
	case found > 0 && pushing:
		m.Polled += found
		m.Ahead, m.Proven = now, time.Time{}
	case belated:
		m = proven(m, pushing, now)
	case pushed && changed:
		m.Awaited, m.Fruitless = time.Time{}, 0
	case pushed && again(m, now).IsZero():
		m.Awaited = time.Time{}
		m.Fruitless++
	}
	return m
}

// proven is what is remembered after a push that was right.
func proven(m spool.FeedMemory, pushing bool, now time.Time) spool.FeedMemory {
	m.Awaited, m.Ahead, m.Fruitless = time.Time{}, time.Time{}, 0
	if pushing && m.Proven.IsZero() {
		m.Proven = now
	}
	return m
}

// pushedNext is when a feed is read again: by its schedule, or seldom when its
// hub can be relied on, or soon when the news of a push is still to be found.
func (f Feed) pushedNext(state spool.FeedState, sub spool.Subscription, now time.Time) time.Time {
	at := state.NextPoll
	if sub.Pushing(now) {
		at = latest(at, earliest(f.backup(state, now), sub.LeaseUntil))
	}
	if again := again(state.Memory, now); !again.IsZero() {
		return earliest(at, again)
	}
	return at
}

// again is when to look once more for what a push has announced; zero: not again.
func again(m spool.FeedMemory, now time.Time) time.Time {
	if m.Awaited.IsZero() || m.Fruitless >= maxFruitless {
		return time.Time{}
	}
	for _, wait := range secondLooks() {
		if at := m.Awaited.Add(wait); at.After(now) {
			return at
		}
	}
	return time.Time{}
}

// backup is when a feed is read again if its hub is relied on; zero: when its
// schedule says. Breaking news does not wait for a hub that may have failed.
func (f Feed) backup(state spool.FeedState, now time.Time) time.Time {
	interval := f.Schedule.Interval(now)
	if !f.Push || state.Memory.Proven.IsZero() || f.Priority == spool.Breaking || interval >= backupInterval {
		return time.Time{}
	}
	return spread(f.Name, f.Schedule.Next(now.Add(backupInterval-interval)), backupInterval)
}

// tellHubs passes on that a feed names another hub than before a poll.
func (s *Scheduler) tellHubs(before spool.FeedMemory, after spool.FeedState) {
	if s.Hubs != nil && (before.Hub != after.Memory.Hub || before.Topic != after.Memory.Topic) {
		s.Hubs.Noted(after)
	}
}
