package main

import (
	"context"
	"runtime/debug"
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

// settled is how long after the start most feeds have been read.
const settled = 3 * time.Second

// giveBackMemory returns to the system what reading all feeds at once, at the
// start, has left behind. The runtime would do so too, but over many minutes,
// and it keeps the garbage of a quiet program until the next collection.
func giveBackMemory(ctx context.Context) error {
	timer := time.NewTimer(settled)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
		debug.FreeOSMemory()
	}
	return nil
}
