package standin

import (
	"context"
	"slices"
	"time"
)

// effect is a request that is to be carried out when the clock reaches due.
type effect[C any] struct {
	due    time.Time
	call   C
	done   bool
	answer Reply
}

// schedule remembers a request, which is at the network now, to be carried out
// after wait; final: it has its answer already.
func (d *Desk[O, C, R]) schedule(c C, wait time.Duration) (e *effect[C], final bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.net.Now()
	e = &effect[C]{due: now.Add(wait), call: c}
	if d.net.Arrive != nil {
		if e.answer, e.done = d.net.Arrive(c, now); e.done {
			return e, true
		}
	}
	d.pending = append(d.pending, e)
	return e, false
}

// Settle carries out all that has become due, in order. Whatever tells what is
// there calls it first. The mutex is held.
func (d *Desk[O, C, R]) Settle(now time.Time) {
	slices.SortStableFunc(d.pending, func(a, b *effect[C]) int { return a.due.Compare(b.due) })
	for len(d.pending) > 0 && !d.pending[0].due.After(now) {
		e := d.pending[0]
		d.pending = d.pending[1:]
		d.carryOut(e, e.due)
	}
}

// finish carries out a request at last, if the clock has not done it yet.
func (d *Desk[O, C, R]) finish(e *effect[C]) Reply {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.net.Now()
	d.Settle(now)
	if !e.done {
		d.pending = slices.DeleteFunc(d.pending, func(p *effect[C]) bool { return p == e })
		d.carryOut(e, now)
	}
	return e.answer
}

func (d *Desk[O, C, R]) carryOut(e *effect[C], at time.Time) {
	e.done, e.answer = true, d.net.Handle(e.call, at)
}

// latency is how long a request takes before its effect and after it.
func (d *Desk[O, C, R]) latency(c C) (before, after time.Duration) {
	if d.net.Latency == nil {
		return 0, 0
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.net.Latency(c)
}

// EffectAt is when a slow write makes its post visible.
type EffectAt string

// The moments of the effect.
const (
	EffectAtEnd    EffectAt = "end" // default
	EffectAtMiddle EffectAt = "middle"
	EffectAtStart  EffectAt = "start"
)

// Split divides the time that a write takes into the part before its effect and
// the part after it.
func (e EffectAt) Split(d time.Duration) (before, after time.Duration) {
	switch e {
	case EffectAtStart:
		return 0, d
	case EffectAtMiddle:
		return d / 2, d - d/2
	}
	return d, 0
}

// sleep waits, and returns false when the client gave up meanwhile.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
