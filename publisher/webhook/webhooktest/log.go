package webhooktest

import (
	"fmt"
	"slices"
	"time"
)

// maxRequests and maxViolations bound the logs.
const (
	maxRequests   = 10000
	maxViolations = 1000
)

// A Request is one line of the log of requests. It has no secret: of a chat's path
// only the beginning.
type Request struct {
	Serial int       `json:"serial"` // from 1
	Time   time.Time `json:"time"`
	Op     Op        `json:"op"`
	Method string    `json:"method"`
	Path   string    `json:"path"`
	User   string    `json:"user,omitempty"`
	ID     string    `json:"webhook_id,omitempty"`
	Signed bool      `json:"signed,omitempty"` // it has a signature, right or wrong
	Body   string    `json:"body"`
	Fault  string    `json:"fault,omitempty"`  // what the plan did to it
	Status int       `json:"status,omitempty"` // 0: not answered, or not yet
}

// Requests returns the latest requests, oldest first.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// record adds a request to the log and notes what a client must not do. It
// returns the line's serial number. s.mu is held.
func (s *Server) record(c *call, a Action, now time.Time) int {
	s.serial++
	path := c.path
	if c.hook != nil && c.hook.Format != JSON {
		path = "/…"
	}
	if len(s.requests) >= maxRequests {
		s.requests = slices.Delete(s.requests, 0, maxRequests/10)
	}
	s.requests = append(s.requests, Request{
		Serial: s.serial, Time: now, Op: c.op, Method: c.method, Path: path, User: c.owner(), ID: c.id,
		Signed: c.header.Get("Webhook-Signature") != "", Body: string(c.body), Fault: a.Do,
	})
	s.inspect(c)
	return s.serial
}

// answered notes the status that a request got.
func (s *Server) answered(serial, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := serial - s.serial + len(s.requests) - 1; i >= 0 {
		s.requests[i].Status = status
	}
}

// inspect looks for what a client must never do. s.mu is held.
func (s *Server) inspect(c *call) {
	if c.hook == nil {
		return
	}
	for _, name := range []string{"Idempotency-Key", "X-Idempotency-Key"} {
		if c.header.Get(name) != "" {
			s.violation("%s: the header %s makes Go's client repeat the request by itself", c.hook.Name, name)
		}
	}
	if c.method != "POST" {
		s.violation("%s: a %s request", c.hook.Name, c.method)
	}
}

// violation notes something that a client must never do. s.mu is held.
func (s *Server) violation(format string, args ...any) {
	if len(s.violations) < maxViolations {
		s.violations = append(s.violations, fmt.Sprintf(format, args...))
	}
}

// Violations returns what clients did that they must never do: send to a hook
// while another message to it is under way, give two messages one id, send what
// is not as agreed, let words of a feed be read as markup or call people, send
// headers that make a transport repeat.
func (s *Server) Violations() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.violations)
}

// takeOff counts a message that begins. s.mu is held.
func (s *Server) takeOff(c *call) {
	user := c.owner()
	s.flying[user]++
	s.mostFlying[user] = max(s.mostFlying[user], s.flying[user])
	if s.flying[user] > 1 && user != "" {
		s.violation("%d messages to %s are under way at once", s.flying[user], user)
	}
}

// landed counts a message that has ended for its client.
func (s *Server) landed(c *call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flying[c.owner()]--
}

// MaxInFlight is the greatest number of messages to a hook that were under way at
// once.
func (s *Server) MaxInFlight(user string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mostFlying[user]
}
