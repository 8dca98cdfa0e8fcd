// Package websubtest is a stand-in for a hub (WebSub): it keeps subscriptions,
// verifies them, and pushes, and it can be told to misbehave in every way that
// real hubs do. Begin with [New]; [Hub.Behave] changes its [Manners], [Hub.Publish]
// pushes, and [Hub.Violations] says what a subscriber did that it must not.
package websubtest

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Options for New. The zero value of a field means its default.
type Options struct {
	Transport http.RoundTripper // over which callbacks are called; default: the network
	Now       func() time.Time  // default time.Now
}

// Manners are how a hub behaves. The zero value is a good hub that signs with
// sha256.
type Manners struct {
	Status     int    // of the answer to a request; 0: 202, and it is carried out
	Text       string // body of that answer
	Type       string // Content-Type of that answer; default text/plain
	RetryAfter string // header of that answer
	Redirect   string // to this hub, with Status
	Hang       bool   // no answer, until the client gives up

	Verify      Verification
	VerifyDelay time.Duration
	Lease       string // what is said in seconds; "": what was asked for; "none": nothing
	Topic       string // the topic that is verified, in the place of the right one
	Challenge   string // default: random text

	Sign   string        // sha1, sha256, sha384, sha512, or none, wrong, short, garbage
	Delay  time.Duration // before a push
	Copies int           // of each push; 0: one; -1: none, for a hub that has silently stopped
}

// Verification is how a hub verifies what it was asked.
type Verification int

// The ways to verify.
const (
	Afterwards Verification = iota // after the answer, as the recommendation wants it
	Before                         // before the answer
	Never
	Twice
	Denial // not at all: the subscription is denied
)

// A Subscriber is one that the hub pushes to.
type Subscriber struct {
	Topic    string
	Callback string
	Secret   string
	Until    time.Time
}

// A Request is one that a subscriber made.
type Request struct {
	Time     time.Time
	Mode     string
	Topic    string
	Callback string
	Secret   bool
	Lease    string
	Agent    string
	Status   int // of the answer
}

// A Delivery is a push, or a verification, and how it was answered.
type Delivery struct {
	Time     time.Time
	Kind     string // push, subscribe, unsubscribe, denied
	Callback string
	Status   int // 0: there was no answer
	Exact    bool
}

// A Hub is the stand-in. It is an http.Handler. Its methods may be called from
// several goroutines.
type Hub struct {
	client *http.Client
	now    func() time.Time
	busy   sync.WaitGroup

	mu          sync.Mutex
	manners     Manners
	subscribers map[string]Subscriber // by callback
	requests    []Request
	deliveries  []Delivery
	violations  []string
	topics      map[string]string // of each callback ever seen
	serial      int
}

// New returns a hub without subscribers.
func New(o Options) *Hub {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Hub{
		client: &http.Client{
			Transport: o.Transport, Timeout: 10 * time.Second,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		now: o.Now, subscribers: map[string]Subscriber{}, topics: map[string]string{},
	}
}

// Behave changes the hub's manners from now on.
func (h *Hub) Behave(m Manners) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.manners = m
}

// Wait returns when all that the hub is about to send has been sent.
func (h *Hub) Wait() { h.busy.Wait() }

// Subscribers are those that the hub pushes a topic to, by callback.
func (h *Hub) Subscribers(topic string) []Subscriber {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []Subscriber
	for _, s := range h.subscribers {
		if s.Topic == topic && s.Until.After(h.now()) {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b Subscriber) int { return cmp.Compare(a.Callback, b.Callback) })
	return out
}

// Forget drops all subscribers without telling them.
func (h *Hub) Forget() {
	h.mu.Lock()
	defer h.mu.Unlock()
	clear(h.subscribers)
}

// Requests are those of subscribers, oldest first.
func (h *Hub) Requests() []Request {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.requests)
}

// Deliveries are the calls of callbacks, oldest first.
func (h *Hub) Deliveries() []Delivery {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.deliveries)
}

// Violations are what subscribers did against the recommendation.
func (h *Hub) Violations() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.violations)
}

// complain notes a violation. The caller holds mu.
func (h *Hub) complain(format string, args ...any) {
	h.violations = append(h.violations, fmt.Sprintf(format, args...))
}
