package standin

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"
)

// A Network is what a [Desk] has to know of the network that it is the desk of.
// Its functions are called while the stand-in's mutex is held.
//
// O names requests, C is a request as the network understands it, R a line of its
// log.
type Network[O ~string, C, R any] struct {
	Now  func() time.Time
	Seed uint64 // of Rule.Probability

	// Target is what rules go by.
	Target func(C) Target[O]
	// Writes says which requests an account may have only one of under way.
	Writes func(C) bool
	// Crowd is what two of them at once are called: "publishes of".
	Crowd string

	// Note makes the line of the log: all of it but what [Line] says the desk
	// fills in. It is also the place to look for what a client must never do.
	Note func(*http.Request, C) R
	// Line finds the common part of a line.
	Line func(*R) *Line[O]
	// Answered is told of a line that has got its status. May be nil.
	Answered func(*R)

	// Arrive is asked as soon as a request is at the network, before any delay;
	// with true its answer is final. Nil: all are let in.
	Arrive func(C, time.Time) (Reply, bool)
	// Latency is how long a request takes before its effect and after it. Nil: no
	// time.
	Latency func(C) (before, after time.Duration)
	// Handle carries a request out at that moment, and answers.
	Handle func(C, time.Time) Reply

	// Refusal is an error of the network, of an action that has no body.
	Refusal func(status int) Reply
	// Sample is a body that looks like success, for answers without an effect.
	Sample string
	// Lifted adds the headers that say when a limit is lifted. Nil: Retry-After.
	Lifted func(h http.Header, now time.Time, wait time.Duration)
}

// A Desk is where requests to a stand-in arrive.
type Desk[O ~string, C, R any] struct {
	net Network[O, C, R]
	mu  *sync.Mutex // the stand-in's; guards all below

	plan       plan[O]
	pending    []*effect[C]
	requests   []R
	serial     int // of requests
	violations []string
	flying     map[string]int
	mostFlying map[string]int
}

// NewDesk returns a desk with an empty plan. The mutex is the one that guards the
// state of the whole stand-in; what says so below has to be called with it held,
// everything else without.
func NewDesk[O ~string, C, R any](mu *sync.Mutex, n Network[O, C, R]) *Desk[O, C, R] {
	return &Desk[O, C, R]{
		net: n, mu: mu, plan: newPlan[O](n.Seed),
		flying: map[string]int{}, mostFlying: map[string]int{},
	}
}

// Plan replaces the plan of faults; without rules nothing goes wrong.
func (d *Desk[O, C, R]) Plan(rules ...Rule[O]) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.plan.replace(rules)
}

// Serve takes one request through the plan. Understand makes a call of it; it is
// called with the mutex held, after what was due has happened.
func (d *Desk[O, C, R]) Serve(w http.ResponseWriter, r *http.Request, understand func() C) {
	d.mu.Lock()
	now := d.net.Now()
	d.Settle(now)
	c := understand()
	t := d.net.Target(c)
	act := d.plan.pick(t)
	serial := d.note(r, c, t, act, now)
	writes := d.net.Writes(c)
	if writes {
		d.takeOff(t.User)
	}
	d.mu.Unlock()

	x := &exchange[O, C, R]{d: d, w: w, ctx: r.Context(), call: c, serial: serial, user: t.User, writes: writes}
	defer x.land()
	if act.Do == doRefuse {
		x.land()
		refuseConnection(r.Context())
	}
	Written(r.Context())
	x.perform(act)
}

// takeOff counts a write that begins. The mutex is held.
func (d *Desk[O, C, R]) takeOff(user string) {
	d.flying[user]++
	d.mostFlying[user] = max(d.mostFlying[user], d.flying[user])
	if d.flying[user] > 1 {
		d.Violation("%d %s %s are under way at once", d.flying[user], d.net.Crowd, user)
	}
}

// MaxInFlight is the greatest number of writes of an account that were under way at
// once.
func (d *Desk[O, C, R]) MaxInFlight(user string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.mostFlying[user]
}

// maxViolations bounds them.
const maxViolations = 1000

// Violation notes something that a client must never do. The mutex is held.
func (d *Desk[O, C, R]) Violation(format string, args ...any) {
	if len(d.violations) < maxViolations {
		d.violations = append(d.violations, fmt.Sprintf(format, args...))
	}
}

// Violations returns what clients did that they must never do.
func (d *Desk[O, C, R]) Violations() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.violations)
}
