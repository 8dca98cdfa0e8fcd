package scheduler

import (
	"context"
	"sync"
)

// A gang runs a bounded number of jobs at the same time.
type gang struct {
	slots chan struct{}
	all   *sync.WaitGroup
	freed chan struct{}
}

func newGang(size int, all *sync.WaitGroup) *gang {
	return &gang{slots: make(chan struct{}, size), all: all, freed: make(chan struct{}, 1)}
}

// room is how many more jobs may be started. Only one goroutine starts jobs,
// so what it finds free stays free.
func (g *gang) room() int { return cap(g.slots) - len(g.slots) }

// start runs the job, and then done.
func (g *gang) start(job, done func()) {
	g.slots <- struct{}{}
	g.all.Go(func() {
		defer func() {
			<-g.slots
			select {
			case g.freed <- struct{}{}:
			default:
			}
			done()
		}()
		job()
	})
}

// waitForRoom returns when a quarter of the gang is free, or ctx ends.
func (g *gang) waitForRoom(ctx context.Context) {
	for g.room() < (cap(g.slots)+3)/4 {
		select {
		case <-ctx.Done():
			return
		case <-g.freed:
		}
	}
}
