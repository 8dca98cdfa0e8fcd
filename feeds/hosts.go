package feeds

import (
	"context"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/publicsuffix"
)

// hosts keeps the requests to one publisher few and apart from one another, and
// leaves one alone that wants to be. Section feeds of a newsroom share a
// registrable domain, and so a gate.
type hosts struct {
	perHost int
	allow   []netip.Prefix
	now     func() time.Time

	mu    sync.Mutex
	gates map[string]*gate
	ill   map[string]*illness // by host and port
}

// manyHosts are as many as are remembered before those are forgotten of which
// there is nothing to remember.
const manyHosts = 1024

// A gate is what the requests to one publisher pass.
type gate struct {
	slots   chan struct{}
	users   int       // that hold or wait for a slot
	waiting int       // of them
	moved   time.Time // when somebody last got a slot or gave one back
	next    time.Time // not before
	late    time.Time // given last to a request that came when too many waited
	rest    time.Time // nobody before: the server wants it so
	why     string
}

func newHosts(perHost int, allow []netip.Prefix, now func() time.Time) *hosts {
	return &hosts{perHost: perHost, allow: allow, now: now, gates: make(map[string]*gate), ill: make(map[string]*illness)}
}

// key names the gate that u's requests pass. On the operator's own networks
// each server is a publisher of its own.
func (h *hosts) key(u *url.URL) string {
	if h.own(u.Hostname()) {
		return strings.ToLower(u.Hostname()) + ":" + portOf(u)
	}
	return registrable(u.Hostname())
}

// enter waits for a turn with u's host, or until ctx ends. With patient it
// waits however many others do. When nobody is to ask that host for now, or too
// many wait, the error is a KindResting one, at once. The caller calls leave
// when its requests are over.
func (h *hosts) enter(ctx context.Context, u *url.URL, patient bool) (*turn, error) {
	t := &turn{h: h}
	if err := t.take(ctx, u, patient); err != nil {
		if !err.RetryAfter.IsZero() {
			err.Kind = KindResting
		}
		return nil, err
	}
	return t, nil
}

// admit counts one who wants a slot, and says how long it may wait for one (0:
// as it likes), or why it may not.
func (h *hosts) admit(key string, u *url.URL, patient bool) (*gate, time.Duration, *Error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	g := h.gates[key]
	if g == nil {
		h.forget()
		g = &gate{slots: make(chan struct{}, h.perHost)}
		h.gates[key] = g
	}
	if e := h.closed(g, u); e != nil {
		return nil, 0, e
	}
	longest, ok := time.Duration(0), true
	if !patient {
		longest, ok = h.patience(g, u)
	}
	if !ok {
		return nil, 0, g.crowded(u.Host, h.now())
	}
	g.users++
	g.waiting++
	return g, longest, nil
}

// patience says how long one more may wait at a gate (0: as it likes), and
// whether it may at all. Each who waits is one of the few requests that the
// program has under way, and they must not all wait for one host. The
// operator's own machines need no gap, so that even a long queue there is soon
// over, unless nothing moves.
func (h *hosts) patience(g *gate, u *url.URL) (longest time.Duration, ok bool) {
	const few, ownFew, ownLongest = 6, 16, 2 * time.Second
	if !h.own(u.Hostname()) {
		return 0, g.waiting < few
	}
	if g.waiting < ownFew {
		return 0, true
	}
	return ownLongest, h.now().Sub(g.moved) < ownLongest
}

// crowded sends one away that finds too many waiting, each to a moment of its own.
func (g *gate) crowded(host string, now time.Time) *Error {
	const soonest, step, latest = 5 * time.Second, 200 * time.Millisecond, time.Minute
	at := now.Add(soonest)
	if next := g.late.Add(step); next.After(at) && next.Before(now.Add(latest)) {
		at = next
	}
	g.late = at
	return &Error{Kind: KindResting, RetryAfter: at, Message: "many requests to " + host + " wait for their turn already", Hint: "this one is made a little later"}
}

// forget keeps the map from growing with every host ever asked.
func (h *hosts) forget() {
	if len(h.gates) < manyHosts {
		return
	}
	now := h.now()
	for key, g := range h.gates {
		if g.users == 0 && !now.Before(g.next) && !now.Before(g.rest) {
			delete(h.gates, key)
		}
	}
}

// gap books the next moment at which a request may start and returns how long
// to wait for it. The operator's own machines need no gap.
func (h *hosts) gap(g *gate, host string) time.Duration {
	if h.own(host) {
		return 0
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.now()
	wait := g.next.Sub(now)
	if wait < 0 || wait > time.Duration(h.perHost)*hostGap { // the latter: the clock was set back
		wait = 0
	}
	g.next = now.Add(wait + hostGap)
	return wait
}

func (h *hosts) own(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && guard{allow: h.allow}.allowed(ip.Unmap())
}

func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// registrable is the part of a host's name that one publisher owns.
func registrable(host string) string {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if _, err := netip.ParseAddr(host); err == nil {
		return host
	}
	if domain, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return domain
	}
	return host
}
