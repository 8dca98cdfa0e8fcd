package websub

import (
	"context"
	"errors"
	"sync"
	"time"

	"spool"
)

const (
	longWait  = 5 * time.Minute        // the longest time until the store is asked for what is due: another process may leave work behind
	shortWait = time.Second            // the shortest
	lookEvery = 10 * time.Minute       // how often all feeds are compared with their subscriptions
	atOnce    = 256                    // subscriptions in one round
	hubsAtOne = 8                      // hubs that are asked at the same time
	hubGap    = 200 * time.Millisecond // between two requests to one hub
)

// Run keeps the subscriptions until ctx ends. Requests under way are cut off
// then, and made again by whoever comes next.
func (s *Subscriber) Run(ctx context.Context) error {
	var all sync.WaitGroup
	defer all.Wait()
	all.Go(func() { s.receive(ctx) })
	looked := s.Now()
	for {
		if now := s.Now(); now.Sub(looked) >= lookEvery || now.Before(looked) {
			looked = now
			s.lookAtAll()
		}
		s.compare(ctx)
		for s.round(ctx) {
		}
		timer := time.NewTimer(s.untilDue(ctx))
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.C:
		case <-s.wake:
			timer.Stop()
		}
	}
}

// untilDue is how long to wait for the next subscription that there is something
// to do about.
func (s *Subscriber) untilDue(ctx context.Context) time.Duration {
	next, err := s.Store.NextSubscription(ctx)
	if err != nil || next.IsZero() {
		return longWait
	}
	return min(max(next.Sub(s.Now()), shortWait), longWait)
}

func (s *Subscriber) lookAtAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = true
}

// compare looks whether feeds have the subscriptions that they should have: all
// feeds, or those that polls have read something about.
func (s *Subscriber) compare(ctx context.Context) {
	s.mu.Lock()
	all, noted := s.all, s.noted
	s.all, s.noted = false, map[string]spool.FeedState{}
	s.mu.Unlock()
	var err error
	if all {
		err = s.compareAll(ctx)
	} else {
		err = s.compareSome(ctx, noted)
	}
	if err != nil && ctx.Err() == nil {
		s.Log.Error("feeds could not be compared with their subscriptions; trying again", "err", err)
		s.lookAtAll()
	}
}

func (s *Subscriber) compareAll(ctx context.Context) error {
	var feeds []spool.FeedState
	if s.base != "" { // otherwise all subscriptions are to be ended
		var err error
		if feeds, err = s.Store.Feeds(ctx); err != nil {
			return err
		}
	}
	subs, err := s.Store.Subscriptions(ctx)
	if err != nil {
		return err
	}
	current := map[string]spool.Subscription{}
	for _, sub := range subs {
		if sub.Standing.Current() {
			current[sub.Feed] = sub
		}
	}
	for _, f := range feeds {
		if err := s.fit(ctx, f, current[f.Name]); err != nil {
			return err
		}
		delete(current, f.Name)
	}
	for name, sub := range current { // their feeds are not active any more
		if err := s.fit(ctx, spool.FeedState{Name: name}, sub); err != nil {
			return err
		}
	}
	return nil
}

func (s *Subscriber) compareSome(ctx context.Context, feeds map[string]spool.FeedState) error {
	for _, f := range feeds {
		sub, err := s.Store.SubscriptionOf(ctx, f.Name)
		if err != nil && !errors.Is(err, spool.ErrNotFound) {
			return err
		}
		if err := s.fit(ctx, f, sub); err != nil {
			return err
		}
	}
	return nil
}

// fit makes a feed's subscription what it should be; the zero one: it has none.
// That another process does so at the same time is no error.
func (s *Subscriber) fit(ctx context.Context, f spool.FeedState, sub spool.Subscription) error {
	now := s.Now()
	wanted, why := s.wants(f)
	var err error
	switch {
	case sub.ID == "" && wanted:
		err = s.start(ctx, f, now)
	case sub.ID == "":
	case !wanted:
		err = s.drop(ctx, sub, why, now)
	case sub.Callback != s.base:
		err = s.replace(ctx, f, sub, "the public address is another one now", now)
	case (sub.Hub != f.Memory.Hub || sub.Topic != f.Memory.Topic) && now.Sub(sub.Created).Abs() >= changeGap:
		err = s.replace(ctx, f, sub, "the feed names another hub, or another topic", now)
	default:
		err = s.mend(ctx, f, sub, now)
	}
	if errors.Is(err, spool.ErrConflict) {
		return nil
	}
	return err
}

// wants reports whether a feed is to be pushed, and why not.
func (s *Subscriber) wants(f spool.FeedState) (bool, string) {
	s.mu.Lock()
	asked := s.wanted[f.Name]
	s.mu.Unlock()
	_, hub := usable(f.Memory.Hub)
	_, topic := usable(f.Memory.Topic)
	switch {
	case s.base == "":
		return false, "there is no public address any more"
	case f.URL == "":
		return false, "the feed is not in the configuration any more"
	case !asked:
		return false, "the configuration does not want the feed to be pushed"
	case !f.Memory.Ended.IsZero():
		return false, "the feed is gone"
	case f.Memory.Hub == "" || f.Memory.Topic == "":
		return false, "the feed names no hub any more"
	case hub != nil || topic != nil:
		return false, "the feed names a hub or a topic that is no usable address"
	}
	return true, ""
}

func (s *Subscriber) start(ctx context.Context, f spool.FeedState, now time.Time) error {
	sub := begin(f.Name, f.Memory.Hub, f.Memory.Topic, s.base, now)
	err := s.Store.AddSubscription(ctx, sub)
	if err == nil {
		s.Log.Info("the feed names a hub; subscribing", "feed", f.Name, "hub", hubName(sub.Hub))
	}
	return err
}

// drop ends a subscription. One that no hub can know of is simply forgotten.
func (s *Subscriber) drop(ctx context.Context, sub spool.Subscription, why string, now time.Time) error {
	if sub.LeaseUntil.IsZero() && (sub.Requested.IsZero() || sub.Standing == spool.Denied) {
		return s.Store.RemoveSubscription(ctx, sub)
	}
	if sub.LeaseUntil.IsZero() {
		sub.LeaseUntil = now.Add(verifyWait) // it may still be verified
	}
	_, err := s.Store.SaveSubscription(ctx, unwanted(sub, why, now))
	if err == nil {
		s.Log.Info("subscription is being ended", "feed", sub.Feed, "hub", hubName(sub.Hub), "reason", why)
		s.Poller.Unpushed(ctx, sub.Feed)
	}
	return err
}

// mend makes a subscription due that its hub seems to have forgotten, or that was
// dated by a wrong clock.
func (s *Subscriber) mend(ctx context.Context, f spool.FeedState, sub spool.Subscription, now time.Time) error {
	sub, wrong := misdated(sub, now)
	if !wrong && mute(f.Memory, sub, now) {
		s.Log.Warn("a hub does not push what it should; subscribing anew", "feed", sub.Feed, "hub", hubName(sub.Hub), "last", sub.LastPush)
		sub.Next, wrong = now, true
	}
	if !wrong {
		return nil
	}
	_, err := s.Store.SaveSubscription(ctx, sub)
	return err
}

func (s *Subscriber) replace(ctx context.Context, f spool.FeedState, sub spool.Subscription, why string, now time.Time) error {
	if err := s.drop(ctx, sub, why, now); err != nil {
		return err
	}
	return s.start(ctx, f, now)
}

// round does what is due, hub by hub, and reports whether there may be more.
func (s *Subscriber) round(ctx context.Context) bool {
	due, err := s.Store.DueSubscriptions(ctx, s.Now(), atOnce)
	if err != nil {
		if ctx.Err() == nil {
			s.Log.Error("due subscriptions could not be read; trying again", "err", err)
		}
		return false
	}
	byHub := map[string][]spool.Subscription{}
	for _, sub := range due {
		byHub[hubName(sub.Hub)] = append(byHub[hubName(sub.Hub)], sub)
	}
	var all sync.WaitGroup
	room := make(chan struct{}, hubsAtOne)
	for _, subs := range byHub {
		room <- struct{}{}
		all.Go(func() {
			defer func() { <-room }()
			s.visit(ctx, subs)
		})
	}
	all.Wait()
	return len(due) == atOnce && ctx.Err() == nil
}

// visit does what is due at one hub. When the hub cannot be reached, or wants to
// be left alone, that holds for all that is due there: nobody waits for it again
// and again.
func (s *Subscriber) visit(ctx context.Context, subs []spool.Subscription) {
	var closed *failure
	for i, sub := range subs {
		if i > 0 && closed == nil && !pause(ctx, hubGap) {
			return
		}
		var err error
		if sub.Standing == spool.Ended {
			err = s.Store.RemoveSubscription(ctx, sub)
		} else {
			err = s.request(ctx, sub, &closed)
		}
		if err != nil && !errors.Is(err, spool.ErrConflict) && ctx.Err() == nil {
			s.Log.Error("a subscription could not be recorded; trying again", "feed", sub.Feed, "err", err)
		}
	}
}

// request asks a hub and records what came of it. A hub may verify before it
// answers: what is recorded then stays. Who else wants to ask finds the
// subscription changed.
func (s *Subscriber) request(ctx context.Context, sub spool.Subscription, closed **failure) error {
	sub, err := s.Store.SaveSubscription(ctx, claim(sub, s.Now()))
	if err != nil {
		return err
	}
	f := *closed
	if f == nil {
		f = s.ask(ctx, sub)
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err() // being stopped is not the hub's fault
	case f == nil:
		if sub.Failures > 0 {
			s.Log.Warn("a hub is asked again", "feed", sub.Feed, "hub", hubName(sub.Hub), "standing", sub.Standing, "reason", sub.Reason)
		}
		_, err = s.Store.SaveSubscription(ctx, accepted(sub, s.Now()))
		return err
	case f.closed || f.wait > 0:
		*closed = f
	}
	sub = failed(sub, *f, s.Now())
	if _, err = s.Store.SaveSubscription(ctx, sub); err == nil {
		s.Log.Warn("a hub could not be asked, or refused", "feed", sub.Feed, "hub", hubName(sub.Hub), "standing", sub.Standing,
			"reason", sub.Reason, "failures", sub.Failures, "next", sub.Next)
	}
	return err
}
