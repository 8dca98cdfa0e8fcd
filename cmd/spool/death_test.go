package main

import (
	"sync/atomic"
	"testing/synctest"
	"time"
)

// A death ends the daemon at a fail point as if its process had been killed there:
// nothing that it would have saved from then on is saved. It is the little sister
// of the siege, on virtual time.
type death struct {
	s       *stage
	at      string
	left    atomic.Int64
	reached chan struct{}
	over    chan struct{}
}

// dieAt arms a death at the nth time that a fail point is come by. It must be
// called before the daemon is started.
func (s *stage) dieAt(point string, nth int) *death {
	d := &death{s: s, at: point, reached: make(chan struct{}), over: make(chan struct{})}
	d.left.Store(int64(nth))
	s.failPoint = func(name string) {
		if name != d.at || d.left.Add(-1) != 0 {
			return
		}
		close(d.reached)
		<-d.over
	}
	return d
}

// await waits for the death and buries the daemon. It reports false when the fail
// point is not reached within d; then the daemon goes on.
func (d *death) await(within time.Duration) bool {
	d.s.t.Helper()
	select {
	case <-d.reached:
	case <-time.After(within):
		d.left.Store(0) // too late now
		d.s.failPoint = nil
		return false
	}
	s := d.s
	if err := s.d.db.Close(); err != nil {
		s.t.Error("close:", err)
	}
	s.stop()
	close(d.over)
	if err := <-s.done; err != nil { // a dead one cannot complain of the database
		s.t.Log("the dead daemon:", err)
	}
	s.stop, s.failPoint = nil, nil
	synctest.Wait()
	return true
}
