package feeds

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	// enough failures in a row, with no answer in between, and a host is ill.
	enoughFailures = 3
	// illRest is how long an ill host is left alone before somebody looks again.
	// Each look may cost a whole timeout, and a dead host's feeds may be many.
	illRest = time.Minute
	// lookRest is how long others wait while somebody looks.
	lookRest = 5 * time.Second
	// throttledRest is for a 429 that does not say how long.
	throttledRest = time.Minute
)

// An illness is what is known of a host that does not answer.
type illness struct {
	failures int       // in a row
	until    time.Time // left alone, once the failures are enough
	looking  bool      // one request is finding out whether it has recovered
	why      string
}

func (i *illness) grave() bool { return i.failures >= enoughFailures }

// A turn is the right to make requests to one host after another: never to two
// at a time, so that two chains of redirects cannot wait for each other.
type turn struct {
	h     *hosts
	u     *url.URL
	g     *gate // nil: there is none
	looks bool  // finds out whether the host has recovered
}

// take waits for a turn with u's host, or until ctx ends.
func (t *turn) take(ctx context.Context, u *url.URL, patient bool) *Error {
	g, longest, e := t.h.admit(t.h.key(u), u, patient)
	if e != nil {
		return e
	}
	var enough <-chan time.Time
	if longest > 0 {
		timer := time.NewTimer(longest)
		defer timer.Stop()
		enough = timer.C
	}
	select {
	case g.slots <- struct{}{}:
		t.g = g
	case <-enough:
		return t.h.gaveUp(g, u)
	case <-ctx.Done():
		_ = t.h.gaveUp(g, u)
		return turnError(u.Host, ctx.Err())
	}
	t.h.arrived(g)
	return t.begin(ctx, u)
}

// next is the turn of the next hop. At the same gate it keeps its slot.
func (t *turn) next(ctx context.Context, u *url.URL) *Error {
	if t.h.key(u) != t.h.key(t.u) {
		t.leave()
		return t.take(ctx, u, true)
	}
	return t.begin(ctx, u)
}

// begin looks once more whether the host may be asked, since that may have
// changed during the wait for a slot, and keeps the gap to the request before.
func (t *turn) begin(ctx context.Context, u *url.URL) *Error {
	t.ended()
	t.u = u
	if e := t.start(); e != nil {
		t.leave()
		return e
	}
	if err := pause(ctx, t.h.gap(t.g, u.Hostname())); err != nil {
		t.leave()
		return turnError(u.Host, err)
	}
	return nil
}

func (t *turn) start() *Error {
	t.h.mu.Lock()
	defer t.h.mu.Unlock()
	if e := t.h.closed(t.g, t.u); e != nil {
		return e
	}
	if i := t.h.ill[illKey(t.u)]; i != nil && i.grave() {
		i.looking, t.looks = true, true
	}
	return nil
}

// ended lets somebody else look whether the host has recovered.
func (t *turn) ended() {
	if !t.looks {
		return
	}
	t.h.mu.Lock()
	defer t.h.mu.Unlock()
	t.looks = false
	if i := t.h.ill[illKey(t.u)]; i != nil {
		i.looking = false
	}
}

// leave gives the turn back. It may be called twice.
func (t *turn) leave() {
	if t.g == nil {
		return
	}
	t.ended()
	<-t.g.slots
	t.h.mu.Lock()
	t.g.users--
	t.g.moved = t.h.now()
	t.h.mu.Unlock()
	t.g = nil
}

// gaveUp is for one who waited in vain. It returns when it may come again.
func (h *hosts) gaveUp(g *gate, u *url.URL) *Error {
	h.mu.Lock()
	defer h.mu.Unlock()
	g.users--
	g.waiting--
	return g.crowded(u.Host, h.now())
}

func (h *hosts) arrived(g *gate) {
	h.mu.Lock()
	defer h.mu.Unlock()
	g.waiting--
	g.moved = h.now()
}

func illKey(u *url.URL) string { return strings.ToLower(u.Hostname()) + ":" + portOf(u) }

// closed says why u's host is not to be asked now; nil: it may be. A moment
// further ahead than was ever booked means that the clock was set back. The
// operator's own machines are asked always. The caller holds mu.
func (h *hosts) closed(g *gate, u *url.URL) *Error {
	now := h.now()
	if wait := g.rest.Sub(now); wait > 0 && wait <= maxRetryAfter {
		return &Error{Kind: KindThrottled, RetryAfter: g.rest,
			Message: fmt.Sprintf("%s is not asked before %s, because %s", u.Host, clockTime(g.rest, now), g.why),
			Hint:    "it wants fewer requests: poll its feeds less often"}
	}
	i := h.ill[illKey(u)]
	if i == nil || !i.grave() {
		return nil
	}
	until := i.until
	if i.looking {
		until = now.Add(lookRest)
	}
	if wait := until.Sub(now); wait <= 0 || wait > illRest {
		return nil
	}
	return &Error{Kind: KindConnect, RetryAfter: until,
		Message: fmt.Sprintf("%s is left alone until %s, because the last %d requests to it failed: %s", u.Host, clockTime(until, now), i.failures, i.why),
		Hint:    "it is tried again then"}
}

// clockTime is a moment as people read it, with its day unless that is today.
func clockTime(t, now time.Time) string {
	t, now = t.UTC(), now.UTC()
	if t.YearDay() == now.YearDay() && t.Year() == now.Year() {
		return t.Format("15:04:05 UTC")
	}
	return t.Format("2 January 15:04 UTC")
}

// answered takes note of an answer. A server that has had enough has had enough
// of all the publisher's feeds.
func (t *turn) answered(resp *http.Response) {
	t.h.mu.Lock()
	defer t.h.mu.Unlock()
	delete(t.h.ill, illKey(t.u))
	if t.h.own(t.u.Hostname()) {
		return
	}
	now := t.h.now()
	until := retryAfter(resp.Header.Get("Retry-After"), now)
	switch {
	case resp.StatusCode == http.StatusTooManyRequests && until.IsZero():
		until = now.Add(throttledRest)
	case resp.StatusCode != http.StatusTooManyRequests && resp.StatusCode != http.StatusServiceUnavailable:
		return
	}
	if until.After(t.g.rest) {
		t.g.rest, t.g.why = until, t.u.Host+" answered "+statusText(resp.StatusCode)
	}
}

// failed takes note of a request that had no answer. Only what may cost much
// time again, and is not the matter of one feed, makes a host ill.
func (t *turn) failed(e *Error) {
	if e.Kind != KindTimeout && e.Kind != KindConnect || t.h.own(t.u.Hostname()) {
		return
	}
	t.h.mu.Lock()
	defer t.h.mu.Unlock()
	i := t.h.ill[illKey(t.u)]
	if i == nil {
		t.h.forgetIll()
		i = new(illness)
		t.h.ill[illKey(t.u)] = i
	}
	i.failures++
	i.why = e.Message
	i.until = t.h.now().Add(illRest)
}

// forgetIll forgets hosts that nobody has asked since they were to be left alone.
func (h *hosts) forgetIll() {
	if len(h.ill) < manyHosts {
		return
	}
	now := h.now()
	for key, i := range h.ill {
		if !i.looking && !now.Before(i.until) {
			delete(h.ill, key)
		}
	}
}

// turnError is for a turn that did not come.
func turnError(host string, err error) *Error {
	if errors.Is(err, context.Canceled) {
		return &Error{Kind: KindCancelled, Message: "the request to " + host + " was cancelled while it waited for its turn", Err: err}
	}
	return &Error{Kind: KindTimeout, Message: "no turn with " + host + " came in time, because too many others wait for it", Hint: "it is tried again later", Err: err}
}
