package scheduler

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"spool"
)

// Metrics are told what happens. Its methods do not block.
type Metrics interface {
	Polled(feed, outcome string, took time.Duration, bytes int64) // outcome: new, same, unchanged, failed
	Items(feed, verdict string, n int)
	Moved(p spool.Post, c spool.Change, f *spool.Failure) // f may be nil
	Credential(account string, expires time.Time)
	Quota(account string, used, total int)
}

// Options for New. The zero value of an optional field means its default.
type Options struct {
	Store       Store            // required
	Fetcher     Fetcher          // required
	Alerts      AlertReader      // default: documents with alerts are refused
	Illustrator Illustrator      // default: contents go out without the pictures that would have to be fetched
	Plan        Plan             // required
	Owner       string           // required: names this process among those on one database
	Metrics     Metrics          // default: nobody is told
	Hubs        Hubs             // default: nobody is told
	Log         *slog.Logger     // default: slog.Default()
	Now         func() time.Time // default: time.Now
	Concurrency int              // feeds fetched at once; default 32
	Tick        time.Duration    // how often the database is asked for work; default 1s
	Drain       time.Duration    // how long a request may still take once Run is to end; default 8s

	// FailPoint is called with a name between the steps of a poll and of a
	// turn, for tests that end the process there.
	FailPoint func(name string)
}

// A Scheduler polls and posts. Begin with Run, or Once.
type Scheduler struct {
	Options
	ticking func() time.Time // Now with the monotonic clock, to tell jumps by

	mu      sync.RWMutex
	plan    Plan
	met     map[string]*acquaintance // by account
	told    map[string]int           // by account: see warnExpiry
	jumped  time.Time                // when the clock was last seen to jump ahead
	sure    time.Time                // what it would have shown then without the jump
	wake    chan struct{}
	trouble atomic.Pointer[storeFailure]
	beat    atomic.Int64 // when the loop last came round, in Unix milliseconds
	once    bool         // there is a single pass

	messages messages // that indexes of alerts point to
	prints   prints   // of documents with alerts
}

// Alive returns an error when Run has not come round for a minute, because it
// hangs or has not been started, and when the database failed within the last.
func (s *Scheduler) Alive() error {
	beat := s.beat.Load()
	if beat == 0 {
		return errors.New("the scheduler has not started yet")
	}
	if t := s.trouble.Load(); t != nil && s.Now().Sub(t.at) < time.Minute {
		return fmt.Errorf("the database failed to %s: %w", t.doing, t.err)
	}
	if late := s.Now().Sub(time.UnixMilli(beat)); late > time.Minute {
		return fmt.Errorf("the scheduler has not come round for %s", late.Round(time.Second))
	}
	return nil
}

// New returns a Scheduler, or an error that names the option at fault.
func New(o Options) (*Scheduler, error) {
	switch {
	case o.Store == nil:
		return nil, errors.New("scheduler: Options.Store is required")
	case o.Fetcher == nil:
		return nil, errors.New("scheduler: Options.Fetcher is required")
	case o.Owner == "":
		return nil, errors.New("scheduler: Options.Owner is required")
	}
	if o.Metrics == nil {
		o.Metrics = deaf{}
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	// Stored moments have no monotonic clock. Ones in memory must not have it
	// either: after a jump, or a night's sleep of the machine, the two would
	// disagree about what is due, and a turn would begin again and again.
	ticking := o.Now
	o.Now = func() time.Time { return ticking().Round(0) }
	if o.FailPoint == nil {
		o.FailPoint = func(string) {}
	}
	o.Concurrency = cmp.Or(o.Concurrency, 32)
	o.Tick = cmp.Or(o.Tick, time.Second)
	o.Drain = cmp.Or(o.Drain, 8*time.Second)
	return &Scheduler{Options: o, ticking: ticking, plan: o.Plan.grouped(), met: map[string]*acquaintance{}, told: map[string]int{}, wake: make(chan struct{}, 1)}, nil
}

// Replace puts a new plan in force. Turns under way end by the old one; so do
// fetches, but what they lead to goes by the new one.
func (s *Scheduler) Replace(p Plan) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plan = p.grouped()
	s.met = map[string]*acquaintance{} // credentials may be new
	s.messages.forget(p)
	s.prints.forget(p)
	s.poke()
}

// poke lets the loops look for work without waiting for the next tick.
func (s *Scheduler) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Run works until ctx ends. What is under way then is finished, for at most
// Options.Drain; nothing new is begun.
func (s *Scheduler) Run(ctx context.Context) error {
	hard, cancel := s.outlive(ctx)
	defer cancel()
	var all sync.WaitGroup
	polls, turns := newGang(s.Concurrency, &all), newGang(maxTurns, &all)
	ticker := time.NewTicker(s.Tick)
	defer ticker.Stop()
	clock := newClock(s.ticking())
	for {
		s.beat.Store(s.Now().UnixMilli())
		s.watchClock(ctx, &clock)
		s.startPolls(ctx, hard, polls)
		s.startTurns(ctx, hard, turns)
		select {
		case <-ctx.Done():
			all.Wait()
			return nil
		case <-ticker.C:
		case <-s.wake:
		}
	}
}

// maxTurns is how many accounts post at the same time.
const maxTurns = 64

// Once polls every feed that is due, publishes what is due then, and returns. An
// error says that something could not be read or recorded. Callers that want
// every feed polled make them due first.
func (s *Scheduler) Once(ctx context.Context) error {
	s.once = true
	hard, cancel := s.outlive(ctx)
	defer cancel()
	var all sync.WaitGroup
	polls, turns := newGang(s.Concurrency, &all), newGang(maxTurns, &all)
	for round := 0; round < maxRounds && ctx.Err() == nil && s.startPolls(ctx, hard, polls) > 0; round++ {
		for polls.waitForRoom(ctx); s.startPolls(ctx, hard, polls) > 0; {
			polls.waitForRoom(ctx)
		}
		all.Wait()
	}
	for ctx.Err() == nil && s.startTurns(ctx, hard, turns) > 0 {
		all.Wait()
	}
	all.Wait()
	if f := s.trouble.Load(); f != nil && ctx.Err() == nil {
		return fmt.Errorf("%s: %w", f.doing, f.err)
	}
	return ctx.Err()
}

// maxRounds is how often Once looks for feeds that are due again, since another
// feed of their group was quicker to record the same story.
const maxRounds = 5

// outlive is a context that ends Options.Drain after ctx does.
func (s *Scheduler) outlive(ctx context.Context) (context.Context, context.CancelFunc) {
	hard, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		timer := time.NewTimer(s.Drain)
		defer timer.Stop()
		select {
		case <-timer.C:
			cancel()
		case <-hard.Done():
		}
	})
	return hard, func() { stop(); cancel() }
}

// startPolls claims as many due feeds as there is room for and returns how
// many it started.
func (s *Scheduler) startPolls(ctx, hard context.Context, g *gang) int {
	room := g.room()
	if ctx.Err() != nil || room == 0 {
		return 0
	}
	claimed, err := s.Store.ClaimFeeds(ctx, s.Owner, s.Now(), feedLease, room)
	if err != nil {
		s.storeTrouble(ctx, "claim feeds", err)
		return 0
	}
	for _, state := range claimed {
		g.start(func() { s.poll(ctx, hard, state) }, s.poke)
	}
	return len(claimed)
}

// feedLease is how long a poll may take: a fetch of 30 s, and waiting for its
// turn on the host. One that takes longer is given up a little before, and the
// feed is claimed again: it is also how long a feed rests when a replica dies.
const (
	feedLease  = 90 * time.Second
	pollMargin = 10 * time.Second
)

func (s *Scheduler) startTurns(ctx, hard context.Context, g *gang) int {
	room := g.room()
	if ctx.Err() != nil || room == 0 {
		return 0
	}
	claimed, err := s.Store.ClaimAccounts(ctx, s.Owner, s.Now(), s.accountLease(), room)
	if err != nil {
		s.storeTrouble(ctx, "claim accounts", err)
		return 0
	}
	for _, state := range claimed {
		g.start(func() { s.turn(ctx, hard, state) }, s.poke)
	}
	return len(claimed)
}

// accountLease is the shortest of the accounts' leases: one statement claims
// for all of them, and each renews for itself.
func (s *Scheduler) accountLease() time.Duration {
	s.mu.RLock()
	defer s.mu.RUnlock()
	lease := maxLease
	for _, a := range s.plan.Accounts {
		lease = min(lease, a.Lease())
	}
	return max(lease, time.Second)
}

// A storeFailure is what the database last failed to do.
type storeFailure struct {
	at    time.Time
	doing string
	err   error
}

func (s *Scheduler) storeTrouble(ctx context.Context, doing string, err error) {
	if ctx.Err() == nil {
		s.trouble.Store(&storeFailure{s.Now(), doing, err})
		s.Log.Error("the database does not answer as it should; trying again", "doing", doing, "err", err)
	}
}

// deaf is Metrics that nobody reads.
type deaf struct{}

func (deaf) Polled(string, string, time.Duration, int64)    {}
func (deaf) Items(string, string, int)                      {}
func (deaf) Moved(spool.Post, spool.Change, *spool.Failure) {}
func (deaf) Credential(account string, expires time.Time)   {}
func (deaf) Quota(account string, used, total int)          {}
