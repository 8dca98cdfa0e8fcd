package standin

import (
	"context"
	"net/http"
	"strconv"
	"time"
)

// exchange is one request under way.
type exchange[O ~string, C, R any] struct {
	d      *Desk[O, C, R]
	w      http.ResponseWriter
	ctx    context.Context
	call   C
	serial int // its number in the log of requests
	user   string
	writes bool
	landed bool
}

// land says that the client has its answer, or none.
func (x *exchange[O, C, R]) land() {
	if x.landed {
		return
	}
	x.landed = true
	if x.writes {
		x.d.mu.Lock()
		defer x.d.mu.Unlock()
		x.d.flying[x.user]--
	}
}

// perform carries the request out as the plan wants.
func (x *exchange[O, C, R]) perform(a Action) {
	switch a.Do {
	case doDelay:
		if sleep(x.ctx, a.After) {
			x.plain()
		}
	case doLate:
		x.d.schedule(x.call, a.After)
		x.late(a)
	case "":
		x.plain()
	default:
		x.spoiled(a)
	}
}

func (x *exchange[O, C, R]) plain() {
	if r, ok := x.carryOut(); ok {
		x.send(r)
	}
}

// carryOut lets the request take effect with the delays that the knobs ask for.
// It returns false when the client gave up; the effect comes all the same.
func (x *exchange[O, C, R]) carryOut() (Reply, bool) {
	before, after := x.d.latency(x.call)
	e, final := x.d.schedule(x.call, before)
	if before > 0 && !final && !sleep(x.ctx, before) {
		return Reply{}, false
	}
	r := x.d.finish(e)
	return r, after == 0 || sleep(x.ctx, after)
}

func (x *exchange[O, C, R]) late(a Action) {
	switch {
	case a.Hang:
		<-x.ctx.Done()
	case a.Status == 0:
		x.cut()
	default:
		x.send(x.answer(a))
	}
}

// spoiled does the request first where the action says so.
func (x *exchange[O, C, R]) spoiled(a Action) {
	r := Reply{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(x.d.net.Sample)}
	if a.Effect {
		var ok bool
		if r, ok = x.carryOut(); !ok {
			return
		}
	}
	switch a.Do {
	case doHang:
		<-x.ctx.Done()
	case doDrop, doRefuse:
		x.cut()
	case doStatus, doThrottle:
		x.send(x.answer(a))
	case doGarbage:
		x.send(garbage())
	case doTruncated:
		x.truncate(r)
	case doSlowBody:
		x.trickle(r, a.After)
	}
}

// answer is what an action answers in place of the network.
func (x *exchange[O, C, R]) answer(a Action) Reply {
	x.d.mu.Lock()
	defer x.d.mu.Unlock()
	status := a.Status
	if status == 0 {
		status = http.StatusInternalServerError
	}
	r := x.d.net.Refusal(status)
	r.Status = status
	if a.Body != "" {
		r.Body = []byte(a.Body)
	}
	for name, value := range a.Headers {
		r.Header.Set(name, value)
	}
	switch {
	case a.Do != doThrottle:
	case x.d.net.Lifted != nil:
		x.d.net.Lifted(r.Header, x.d.net.Now(), a.After)
	default:
		r.Header.Set("Retry-After", strconv.Itoa(int((a.After+time.Second-1)/time.Second)))
	}
	return r
}

func (x *exchange[O, C, R]) send(r Reply) {
	x.d.answered(x.serial, r.Status)
	x.land()
	r.Write(x.w)
}

// cut ends the connection without an answer, or in the middle of one.
func (x *exchange[O, C, R]) cut() {
	x.land()
	panic(http.ErrAbortHandler)
}

// truncate announces the whole body and sends half of it.
func (x *exchange[O, C, R]) truncate(r Reply) {
	x.d.answered(x.serial, r.Status)
	r.head(x.w)
	_, _ = x.w.Write(r.Body[:len(r.Body)/2]) // a client that has left needs nothing
	flush(x.w)
	x.cut()
}

// trickle sends the body in pieces over the time d.
func (x *exchange[O, C, R]) trickle(r Reply, d time.Duration) {
	const pieces = 8
	x.d.answered(x.serial, r.Status)
	r.head(x.w)
	flush(x.w)
	for i := range pieces {
		if !sleep(x.ctx, d/pieces) {
			x.cut()
		}
		if i == pieces-1 {
			x.land()
		}
		_, _ = x.w.Write(r.Body[len(r.Body)*i/pieces : len(r.Body)*(i+1)/pieces]) // as above
		flush(x.w)
	}
}

func flush(w http.ResponseWriter) {
	_ = http.NewResponseController(w).Flush() // a writer that cannot flush sends it all at the end
}
