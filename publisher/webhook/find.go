package webhook

import (
	"context"
	"errors"
	"sync"
	"time"

	"spool"
	"spool/publisher"
)

// Find cannot ask, and need not: the message has an id, and whoever receives it
// twice counts it once.
func (c *Client) Find(_ context.Context, q publisher.Query) (publisher.Sighting, error) {
	if q.Post.State == spool.Live {
		return publisher.Sighting{}, c.failure("look", spool.Permanent, "", errors.New("a receiver cannot be asked what it has"))
	}
	return publisher.Sighting{Again: true, Receipt: spool.Receipt{ID: q.Post.ID, Version: q.Post.ID}}, nil
}

// Find cannot ask: a person has to look at the channel.
func (c *Chat) Find(context.Context, publisher.Query) (publisher.Sighting, error) {
	return publisher.Sighting{}, c.failure("look", spool.Permanent, "", errors.New("a chat cannot be asked what it has shown: look at the channel"))
}

// Withdrawals sets no limit: each is a message like others.
func (c *Client) Withdrawals() (most int, window time.Duration) { return 0, 0 }

// hourly is how long an account that was not let in rests before the next post
// tries the address again.
const hourly = time.Hour

// A barrier remembers that the receiver did not let the account in.
type barrier struct {
	mu    sync.Mutex
	why   *spool.Failure // nil: it is let in, as far as anybody knows
	since time.Time
}

func (b *barrier) raise(f *spool.Failure, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.why, b.since = f, now
}

func (b *barrier) lift() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.why = nil
}

// check returns why the account is not let in, unless that was long enough ago to
// try again.
func (b *barrier) check(now time.Time) *spool.Failure {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.why == nil || now.Sub(b.since) >= hourly || now.Before(b.since) {
		return nil
	}
	return b.why
}

// Keep makes no request: an address cannot be tried without sending something.
// An account that was not let in is let go after an hour, or as soon as a new
// configuration or a new start of the program makes another client, so that its
// next post tries.
func (h *hook) Keep(context.Context) (publisher.Credential, error) {
	if f := h.barrier.check(h.o.Now()); f != nil {
		return publisher.Credential{}, f
	}
	return publisher.Credential{}, nil
}
