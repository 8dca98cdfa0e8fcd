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

// hosts keeps the requests to one publisher few and apart from one another.
// Section feeds of a newsroom share a registrable domain, and so a gate.
type hosts struct {
	perHost int
	allow   []netip.Prefix
	now     func() time.Time

	mu    sync.Mutex
	gates map[string]*gate
}

type gate struct {
	slots chan struct{}
	users int       // that hold or wait for a slot
	next  time.Time // not before
}

func newHosts(perHost int, allow []netip.Prefix, now func() time.Time) *hosts {
	return &hosts{perHost: perHost, allow: allow, now: now, gates: make(map[string]*gate)}
}

// enter waits for a turn with u's host, or until ctx ends. The caller calls
// leave when its request is over.
func (h *hosts) enter(ctx context.Context, u *url.URL) (leave func(), err error) {
	key := registrable(u.Hostname())
	g := h.gate(key)
	select {
	case g.slots <- struct{}{}:
	case <-ctx.Done():
		h.drop(g)
		return nil, ctx.Err()
	}
	leave = func() {
		<-g.slots
		h.drop(g)
	}
	if err := pause(ctx, h.turn(g, u.Hostname())); err != nil {
		leave()
		return nil, err
	}
	return leave, nil
}

func (h *hosts) gate(key string) *gate {
	h.mu.Lock()
	defer h.mu.Unlock()
	g := h.gates[key]
	if g == nil {
		h.forget()
		g = &gate{slots: make(chan struct{}, h.perHost)}
		h.gates[key] = g
	}
	g.users++
	return g
}

// forget keeps the map from growing with every host ever asked.
func (h *hosts) forget() {
	const many = 1024
	if len(h.gates) < many {
		return
	}
	now := h.now()
	for key, g := range h.gates {
		if g.users == 0 && !now.Before(g.next) {
			delete(h.gates, key)
		}
	}
}

func (h *hosts) drop(g *gate) {
	h.mu.Lock()
	defer h.mu.Unlock()
	g.users--
}

// turn books the next moment at which a request may start and returns how long
// to wait for it. The operator's own machines need no gap.
func (h *hosts) turn(g *gate, host string) time.Duration {
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
