// Package websub subscribes to hubs, so that a feed is read when it has news
// and not only when its time has come (W3C WebSub; hubs of its forerunner
// PubSubHubbub understand the same requests).
//
// A [Subscriber] does three things. Its loop ([Subscriber.Run], loop.go) keeps
// one subscription for each feed that names a hub: asks for it, renews it, ends
// it. Its callback ([Subscriber.ServeHTTP], callback.go) answers what hubs ask
// before they believe a subscription, and takes what they push. And a push whose
// signature is right makes the feed due at once (inbox.go).
//
// Nothing that a hub sends is read as news: a push is a reason to fetch the
// feed, from the address that the configuration names, and no more. Whatever a
// hub or a stranger does, the worst is that a feed is fetched too often, which
// is bounded, or by its schedule only. The decisions are pure functions in
// state.go; the store is the memory, so that several processes on one database
// share the subscriptions.
package websub

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"spool"
)

// Store is what the subscriber remembers. Its methods may be called from several
// goroutines and, on a shared database, from several processes.
type Store interface {
	// Feeds returns all active feeds.
	Feeds(ctx context.Context) ([]spool.FeedState, error)

	// Subscriptions returns all subscriptions.
	Subscriptions(ctx context.Context) ([]spool.Subscription, error)

	// Subscription returns the one with an id, or spool.ErrNotFound.
	Subscription(ctx context.Context, id string) (spool.Subscription, error)

	// SubscriptionOf returns the current one of a feed, or spool.ErrNotFound.
	SubscriptionOf(ctx context.Context, feed string) (spool.Subscription, error)

	// DueSubscriptions returns those whose Next has come, the longest overdue
	// first.
	DueSubscriptions(ctx context.Context, now time.Time, limit int) ([]spool.Subscription, error)

	// NextSubscription returns the earliest Next of all; zero: there is none.
	NextSubscription(ctx context.Context) (time.Time, error)

	// AddSubscription records a new one; spool.ErrConflict when its feed has a
	// current one.
	AddSubscription(ctx context.Context, s spool.Subscription) error

	// SaveSubscription records how one stands; spool.ErrConflict when it changed
	// since it was read.
	SaveSubscription(ctx context.Context, s spool.Subscription) (spool.Subscription, error)

	// RemoveSubscription forgets one; spool.ErrConflict when it changed since it
	// was read.
	RemoveSubscription(ctx context.Context, s spool.Subscription) error

	// NotePushes counts deliveries.
	NotePushes(ctx context.Context, id string, last time.Time, valid, ignored int) error
}

// A Poller reads feeds; *scheduler.Scheduler is one.
type Poller interface {
	// Pushed makes a feed due, since a push says that it has news.
	Pushed(ctx context.Context, feed string) error

	// Unpushed lets a feed be polled by its schedule again, since no push is to
	// be expected.
	Unpushed(ctx context.Context, feed string)
}

// Options for New. The zero value of an optional field means its default.
type Options struct {
	Store  Store        // required
	Client *http.Client // required: the address of a hub comes from a feed, so its transport must guard addresses
	Poller Poller       // required

	// PublicURL is the address at which hubs reach the callback: what they call
	// is PublicURL/websub/ID. Empty: there is none; no subscription is begun, and
	// what there is of them is ended.
	PublicURL string

	Metrics Metrics          // default: nobody is told
	Log     *slog.Logger     // default: slog.Default()
	Now     func() time.Time // default: time.Now
}

// Metrics are told what comes to the callback. Its methods do not block.
type Metrics interface {
	// Delivered counts deliveries by result: accepted, ignored (its signature is
	// missing or wrong), unknown (no such subscription), refused (too large, or
	// too many at once).
	Delivered(result string)
}

// A Subscriber keeps the subscriptions of the feeds.
type Subscriber struct {
	Options
	base      string // of the callbacks' addresses; empty: there are none
	inbox     inbox
	slots     chan struct{} // deliveries that are read at the same time
	questions chan struct{} // questions of hubs that are answered at the same time

	mu      sync.Mutex
	reading map[string]int             // deliveries that are being read, by the id of their subscription
	wanted  map[string]bool            // feeds that are to be pushed if they can be
	noted   map[string]spool.FeedState // feeds that a poll has read something new about
	all     bool                       // look at all feeds
	wake    chan struct{}
}

// maxDeliveries is how many deliveries are read at the same time. They are read
// without being kept, so it bounds work rather than memory.
const maxDeliveries = 32

// maxQuestions is how many questions of hubs are answered at the same time. Each
// is a look into the database, which strangers can cause too.
const maxQuestions = 16

// New returns a Subscriber, or an error that names the option at fault. Which
// feeds are to be pushed is told by Replace.
func New(o Options) (*Subscriber, error) {
	switch {
	case o.Store == nil:
		return nil, errors.New("websub: Options.Store is required")
	case o.Client == nil:
		return nil, errors.New("websub: Options.Client is required")
	case o.Poller == nil:
		return nil, errors.New("websub: Options.Poller is required")
	}
	base, err := callbackBase(o.PublicURL)
	if err != nil {
		return nil, err
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
	now := o.Now
	o.Now = func() time.Time { return now().Round(0).UTC() } // what is stored has no monotonic clock
	client := *o.Client
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	client.Jar = nil
	o.Client = &client
	return &Subscriber{
		Options: o, base: base, inbox: newInbox(), slots: make(chan struct{}, maxDeliveries), questions: make(chan struct{}, maxQuestions),
		reading: map[string]int{}, wanted: map[string]bool{}, noted: map[string]spool.FeedState{}, all: true, wake: make(chan struct{}, 1),
	}, nil
}

// CallbackPath is where the callback is served, below the path of the public
// address.
const CallbackPath = "/websub/"

// callbackBase is what stands before the id in the address of a callback.
func callbackBase(public string) (string, error) {
	if public == "" {
		return "", nil
	}
	u, err := url.Parse(public)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return "", errors.New("websub: Options.PublicURL is no http or https address")
	}
	return u.Scheme + "://" + u.Host + strings.TrimRight(u.EscapedPath(), "/") + CallbackPath, nil
}

// Replace says which feeds are to be pushed from now on, if they name a hub.
func (s *Subscriber) Replace(wanted map[string]bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wanted, s.all = wanted, true
	s.poke()
}

// Noted takes a feed as a poll has just read it, when that may change how it is
// to be pushed.
func (s *Subscriber) Noted(f spool.FeedState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.base == "" || !s.wanted[f.Name] {
		return // there is nothing to begin; what is to be ended is found without
	}
	s.noted[f.Name] = f
	s.poke()
}

// poke lets the loop look for work at once.
func (s *Subscriber) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// hubName is a hub for people: its host.
func hubName(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "the hub"
	}
	return u.Host
}

// ErrUnusable is why an address that a feed names is not asked.
var errUnusable = errors.New("not a usable address")

// longestAddress is more than any hub or topic needs; hubs refuse long ones.
const longestAddress = 2048

// usable returns a hub's or a topic's address if it can be one.
func usable(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil, len(address) > longestAddress:
		return nil, errUnusable
	case u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "":
		return nil, fmt.Errorf("%w: neither http nor https", errUnusable)
	case u.User != nil:
		return nil, fmt.Errorf("%w: it holds credentials", errUnusable)
	}
	return u, nil
}

// deaf is Metrics that nobody reads.
type deaf struct{}

func (deaf) Delivered(string) {}
