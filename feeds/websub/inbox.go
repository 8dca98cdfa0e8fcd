package websub

import (
	"context"
	"sync"
	"time"
)

// roundGap is the least time between two rounds of the inbox. Each handles a
// feed once, however often it was pushed meanwhile.
const roundGap = 100 * time.Millisecond

// An inbox holds what the callback has taken until it is handled. It has one
// entry for each subscription, so it cannot grow beyond these.
type inbox struct {
	mu      sync.Mutex
	waiting map[string]batch
	wake    chan struct{}
}

// A batch is what came for one subscription since the last round.
type batch struct {
	feed           string
	last           time.Time // of the valid ones
	valid, ignored int
}

func newInbox() inbox { return inbox{waiting: map[string]batch{}, wake: make(chan struct{}, 1)} }

func (b *inbox) add(id, feed string, valid bool, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	w := b.waiting[id]
	w.feed = feed
	if valid {
		w.valid++
		w.last = now
	} else {
		w.ignored++
	}
	b.waiting[id] = w
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

func (b *inbox) take() map[string]batch {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := b.waiting
	b.waiting = map[string]batch{}
	return all
}

// receive handles what comes to the inbox until ctx ends, and what is in it then.
func (s *Subscriber) receive(ctx context.Context) {
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-s.inbox.wake:
		}
		s.handle(ctx, s.inbox.take())
		pause(ctx, roundGap)
	}
	s.handle(ctx, s.inbox.take())
}

// roundTime is how long a round may take, also when the program is to end.
const roundTime = 3 * time.Second

// handle makes feeds due that were pushed, and then counts what came. A round
// that is under way is not called off: a hub has been told that its push arrived.
func (s *Subscriber) handle(ctx context.Context, arrived map[string]batch) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), roundTime)
	defer cancel()
	for _, b := range arrived {
		if b.valid == 0 {
			continue
		}
		if err := s.Poller.Pushed(ctx, b.feed); err != nil {
			s.Log.Error("a push could not be recorded; the feed is polled as planned", "feed", b.feed, "err", err)
		}
	}
	for id, b := range arrived {
		if err := s.Store.NotePushes(ctx, id, b.last, b.valid, b.ignored); err != nil {
			s.Log.Error("pushes could not be counted", "feed", b.feed, "err", err)
		}
	}
}

// pause waits, and reports false when ctx ends meanwhile.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
