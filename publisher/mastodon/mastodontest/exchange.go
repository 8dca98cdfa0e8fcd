package mastodontest

import (
	"context"
	"net/http"
	"slices"
	"time"
)

// effect is a request that is to be carried out when the clock reaches due.
type effect struct {
	due    time.Time
	call   *call
	done   bool
	answer reply
}

// schedule remembers a request, which the instance gets now, to be carried out
// after d.
func (s *Server) schedule(c *call, d time.Duration) *effect {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := &effect{due: s.now().Add(d), call: c}
	if turnedAway := s.arrive(c, s.now()); turnedAway != nil {
		e.done, e.answer = true, turnedAway.reply()
		return e
	}
	s.pending = append(s.pending, e)
	return e
}

// settle carries out all that has become due, in order. s.mu is held.
func (s *Server) settle(now time.Time) {
	slices.SortStableFunc(s.pending, func(a, b *effect) int { return a.due.Compare(b.due) })
	for len(s.pending) > 0 && !s.pending[0].due.After(now) {
		e := s.pending[0]
		s.pending = s.pending[1:]
		s.carryOut(e, e.due)
	}
}

// finish carries out a request at last, if the clock has not done it yet.
func (s *Server) finish(e *effect) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	s.settle(now)
	if !e.done {
		s.pending = slices.DeleteFunc(s.pending, func(p *effect) bool { return p == e })
		s.carryOut(e, now)
	}
	return e.answer
}

func (s *Server) carryOut(e *effect, at time.Time) {
	e.done, e.answer = true, s.handle(e.call, at)
}

// exchange is one request under way.
type exchange struct {
	s     *Server
	w     http.ResponseWriter
	ctx   context.Context
	call  *call
	entry int // its number in the log of requests
	down  bool
}

// land says that the client has its answer, or none.
func (x *exchange) land() {
	if !x.down {
		x.down = true
		x.s.landed(x.call)
	}
}

// carryOut lets the request take effect with the delays that the knobs ask for.
// It returns false when the client gave up; the effect comes all the same.
func (x *exchange) carryOut() (reply, bool) {
	before, after := x.s.latency(x.call)
	e := x.s.schedule(x.call, before)
	if before > 0 && !e.done && !sleep(x.ctx, before) {
		return reply{}, false
	}
	r := x.s.finish(e)
	return r, after == 0 || sleep(x.ctx, after)
}

// latency splits the time that a new status takes around its effect.
func (s *Server) latency(c *call) (before, after time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.knobs.PostLatency
	if c.op != OpPost || d <= 0 {
		return 0, 0
	}
	switch s.knobs.EffectAt {
	case EffectAtStart:
		return 0, d
	case EffectAtMiddle:
		return d / 2, d - d/2
	}
	return d, 0
}

// perform carries the request out as the plan wants.
func (x *exchange) perform(a Action) {
	switch a.Do {
	case doDelay:
		if sleep(x.ctx, a.After) {
			x.plain()
		}
	case doLate:
		x.s.schedule(x.call, a.After)
		x.late(a)
	case "":
		x.plain()
	default:
		x.spoiled(a)
	}
}

func (x *exchange) plain() {
	if r, ok := x.carryOut(); ok {
		x.send(r)
	}
}

func (x *exchange) late(a Action) {
	switch {
	case a.Hang:
		<-x.ctx.Done()
	case a.Status == 0:
		x.cut()
	default:
		x.send(a.answer())
	}
}

// spoiled does the request first where the action says so.
func (x *exchange) spoiled(a Action) {
	r := reply{status: http.StatusOK, header: http.Header{"Content-Type": {"application/json"}}, body: []byte(`{"id":"0"}`)}
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
	case doStatus:
		x.send(a.answer())
	case doThrottle:
		x.throttle(a)
	case doGarbage:
		x.send(htmlReply())
	case doTruncated:
		x.truncate(r)
	case doSlowBody:
		x.trickle(r, a.After)
	}
}

func (x *exchange) send(r reply) {
	x.s.answered(x.entry, r.status)
	x.land()
	r.write(x.w)
}

// cut ends the connection without an answer.
func (x *exchange) cut() {
	x.land()
	panic(http.ErrAbortHandler)
}

// truncate announces the whole body and sends half of it.
func (x *exchange) truncate(r reply) {
	x.s.answered(x.entry, r.status)
	r.head(x.w)
	_, _ = x.w.Write(r.body[:len(r.body)/2])
	flush(x.w)
	x.cut()
}

// trickle sends the body in pieces over the time d.
func (x *exchange) trickle(r reply, d time.Duration) {
	const pieces = 8
	x.s.answered(x.entry, r.status)
	r.head(x.w)
	flush(x.w)
	for i := range pieces {
		if !sleep(x.ctx, d/pieces) {
			x.cut()
		}
		if i == pieces-1 {
			x.land()
		}
		_, _ = x.w.Write(r.body[len(r.body)*i/pieces : len(r.body)*(i+1)/pieces])
		flush(x.w)
	}
}

func flush(w http.ResponseWriter) {
	_ = http.NewResponseController(w).Flush() // a writer that cannot flush sends it all at the end
}

// answer is what an action answers in place of the network.
func (a Action) answer() reply {
	r := reply{status: a.Status, header: http.Header{"Content-Type": {"application/json; charset=utf-8"}}, body: []byte(a.Body)}
	if r.status == 0 {
		r.status = http.StatusInternalServerError
	}
	if a.Body == "" {
		r.body = []byte(defaultBody(r.status))
	}
	for name, value := range a.Headers {
		r.header.Set(name, value)
	}
	return r
}

// throttle answers 429 with the moment at which the limit is lifted.
func (x *exchange) throttle(a Action) {
	r := a.answer()
	x.s.mu.Lock()
	setRate(r.header, x.s.knobs.RateHeaders, 300, 0, x.s.now().Add(a.After))
	x.s.mu.Unlock()
	x.send(r)
}

func defaultBody(status int) string {
	switch {
	case status == http.StatusServiceUnavailable:
		return ErrorBody("Remote data could not be fetched")
	case status >= http.StatusInternalServerError:
		return ErrorBody("An unexpected error occurred")
	}
	return ErrorBody(http.StatusText(status))
}

func htmlReply() reply {
	return reply{
		status: http.StatusOK, header: http.Header{"Content-Type": {"text/html; charset=utf-8"}},
		body: []byte("<!DOCTYPE html><title>One moment</title><p>This page is shown by something between you and the network."),
	}
}
