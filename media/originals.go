package media

import (
	"context"
	"sync"
	"time"
)

const (
	// sharedBytes is how much is kept of what was fetched lately, and sharedTime for
	// how long. The posts of one item on several accounts are made within seconds,
	// and their pictures need not be asked for once for each.
	sharedBytes = 8 << 20
	sharedTime  = time.Minute
)

// originals are the answers for pictures, shared by all posts that want them at
// about the same time.
type originals struct {
	mu   sync.Mutex
	all  map[string]*original
	size int // bytes of those that are kept
}

// An original is one answer, or one that somebody is waiting for.
type original struct {
	done   chan struct{} // closed once the rest is known
	answer Answer
	err    error
	stop   *time.Timer // forgets it; nil: it is not kept
}

func newOriginals() *originals { return &originals{all: map[string]*original{}} }

// get returns what was fetched from an address lately, or what somebody is just
// fetching, or else fetches it. Only good answers are kept. Their bytes must not be
// changed.
func (o *originals) get(ctx context.Context, address string, fetch func() (Answer, error)) (Answer, error) {
	o.mu.Lock()
	x, there := o.all[address]
	if !there {
		x = &original{done: make(chan struct{})}
		o.all[address] = x
	}
	o.mu.Unlock()
	if there {
		select {
		case <-x.done:
			return x.answer, x.err
		case <-ctx.Done():
			return Answer{}, ctx.Err()
		}
	}
	defer close(x.done)
	x.answer, x.err = fetch()
	o.keep(address, x)
	return x.answer, x.err
}

// keep keeps a good answer for a while, if there is room, and forgets any other.
func (o *originals) keep(address string, x *original) {
	o.mu.Lock()
	defer o.mu.Unlock()
	size := len(x.answer.Body)
	if x.err != nil || x.answer.Cut || o.size+size > sharedBytes {
		delete(o.all, address)
		return
	}
	o.size += size
	x.stop = time.AfterFunc(sharedTime, func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		delete(o.all, address)
		o.size -= size
	})
}
