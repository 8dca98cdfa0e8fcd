package webhooktest

import (
	"context"
	"net/http"
	"slices"
	"time"
)

// An outcome is how a request ends.
type outcome struct {
	status  int
	header  http.Header
	body    []byte
	half    bool // the connection ends in the middle of the body
	cut     bool // it ends without an answer
	refused bool // there was none
}

// effect is a request that is to be carried out when the clock reaches due.
type effect struct {
	due    time.Time
	call   *call
	done   bool
	answer outcome
}

// schedule remembers a request to be carried out after d.
func (s *Server) schedule(c *call, d time.Duration) *effect {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := &effect{due: s.now().Add(d), call: c}
	s.pending = append(s.pending, e)
	return e
}

// settle carries out all that has become due, in order. s.mu is held.
func (s *Server) settle(now time.Time) {
	slices.SortStableFunc(s.pending, func(a, b *effect) int { return a.due.Compare(b.due) })
	for len(s.pending) > 0 && !s.pending[0].due.After(now) {
		e := s.pending[0]
		s.pending = s.pending[1:]
		e.done, e.answer = true, s.handle(e.call, e.due)
	}
}

// finish carries out a request at last, if the clock has not done it yet.
func (s *Server) finish(e *effect) outcome {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	s.settle(now)
	if !e.done {
		s.pending = slices.DeleteFunc(s.pending, func(p *effect) bool { return p == e })
		e.done, e.answer = true, s.handle(e.call, now)
	}
	return e.answer
}

// exchange is one request under way.
type exchange struct {
	s    *Server
	ctx  context.Context
	call *call
}

// carryOut lets the request take effect with the delay that the knobs ask for. It
// returns false when the client gave up; the effect comes all the same.
func (x *exchange) carryOut() (outcome, bool) {
	delay := x.s.latency(x.call)
	e := x.s.schedule(x.call, delay)
	if delay > 0 && !sleep(x.ctx, delay) {
		return outcome{cut: true}, false
	}
	return x.s.finish(e), true
}

// latency is how long a message takes. One that is known is answered at once.
func (s *Server) latency(c *call) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.hook == nil || s.state.Seen[c.hook.Name+" "+c.id] != nil && c.hook.Format == JSON && s.knobs.IDs != IDsIgnored {
		return 0
	}
	return s.knobs.Latency
}

// perform carries the request out as the plan wants.
func (x *exchange) perform(a Action) outcome {
	switch a.Do {
	case "":
	case doDelay:
		if !sleep(x.ctx, a.After) {
			return outcome{cut: true}
		}
	case doLate:
		x.s.schedule(x.call, a.After)
		return x.late(a)
	default:
		return x.spoiled(a)
	}
	out, _ := x.carryOut()
	return out
}

func (x *exchange) late(a Action) outcome {
	switch {
	case a.Hang:
		<-x.ctx.Done()
		return outcome{cut: true}
	case a.Status == 0:
		return outcome{cut: true}
	}
	return a.answer()
}

// spoiled does the request first where the action says so.
func (x *exchange) spoiled(a Action) outcome {
	out := outcome{status: http.StatusOK, header: http.Header{"Content-Type": {"application/json"}}, body: []byte(`{"id":"0","url":"https://reader.example/0"}`)}
	if a.Effect {
		var ok bool
		if out, ok = x.carryOut(); !ok {
			return out
		}
	}
	switch a.Do {
	case doHang:
		<-x.ctx.Done()
		return outcome{cut: true}
	case doStatus:
		return a.answer()
	case doGarbage:
		return outcome{status: http.StatusOK, header: http.Header{"Content-Type": {"text/html"}}, body: []byte("<html><title>One moment, please</title></html>")}
	case doTruncated:
		out.half = true
		return out
	}
	return outcome{cut: true}
}

func (a Action) answer() outcome {
	h := http.Header{"Content-Type": {"text/plain; charset=utf-8"}}
	for name, value := range a.Headers {
		h.Set(name, value)
	}
	return outcome{status: a.Status, header: h, body: []byte(a.Body)}
}
