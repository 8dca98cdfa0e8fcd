package main

import (
	"context"
	"runtime/debug"
	runtimemetrics "runtime/metrics"
	"time"
)

// hurried lets garbage pile up to twice what is in use, instead of once, until
// the function it returns is called: a single pass ends soon, and then all of
// its memory is free. An operator who sets GOGC knows better.
func (p *program) hurried() (restore func()) {
	if _, set := p.getenv("GOGC"); set {
		return func() {}
	}
	before := debug.SetGCPercent(200)
	return func() { debug.SetGCPercent(before) }
}

// frugal keeps garbage from piling up while a person looks at one document, which
// may be built to make much of it, until the function it returns is called.
func (p *program) frugal() (restore func()) {
	const limit = 52 << 20
	if _, set := p.getenv("GOMEMLIMIT"); set {
		return func() {}
	}
	before := debug.SetMemoryLimit(limit)
	return func() { debug.SetMemoryLimit(before) }
}

// settled is how long after the start most feeds have been read; measured is how
// often it is looked how much memory is in use.
const (
	settled  = 3 * time.Second
	measured = time.Minute
)

// keepMemorySmall returns to the system what reading all feeds at once, at the
// start, has left behind, and keeps garbage from piling up later. The runtime
// would do so too, but over many minutes, and it keeps the garbage of a quiet
// program until the next collection. An operator who sets GOGC or GOMEMLIMIT
// knows better.
func (p *program) keepMemorySmall(ctx context.Context) error {
	_, percent := p.getenv("GOGC")
	_, limit := p.getenv("GOMEMLIMIT")
	bound := !percent && !limit
	if bound {
		defer debug.SetMemoryLimit(debug.SetMemoryLimit(memoryLimit(0)))
	}
	timer := time.NewTimer(settled)
	defer timer.Stop()
	for first := true; ; first = false {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		if first {
			debug.FreeOSMemory()
		}
		if bound {
			debug.SetMemoryLimit(memoryLimit(liveHeap()))
		}
		timer.Reset(measured)
	}
}

// memoryLimit is from where on the runtime collects garbage eagerly, in bytes,
// when so many are in use: with few feeds it is never reached, and there is
// always room for as much garbage as there is of use, so that it costs little.
func memoryLimit(live uint64) int64 {
	const least, overhead = 96 << 20, 24 << 20
	return max(least, 2*int64(min(live, 1<<40))+overhead)
}

// liveHeap is how much was in use when garbage was last collected.
func liveHeap() uint64 {
	sample := []runtimemetrics.Sample{{Name: "/gc/heap/live:bytes"}}
	runtimemetrics.Read(sample)
	if sample[0].Value.Kind() != runtimemetrics.KindUint64 {
		return 0
	}
	return sample[0].Value.Uint64()
}
