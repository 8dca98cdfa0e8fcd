package webhooktest

import (
	"net/http"

	"spool/publisher/standin"
)

// A Request is one line of the log of requests. It has no secret: of a chat's path
// only the beginning.
type Request struct {
	standin.Line[Op]
	ID     string `json:"webhook_id,omitempty"`
	Signed bool   `json:"signed,omitempty"` // it has a signature, right or wrong
	Body   string `json:"body"`
}

// Requests returns the latest requests, oldest first.
func (s *Server) Requests() []Request { return s.desk.Requests() }

// note makes a line of the log and looks for what a client must not do. s.mu is
// held.
func (s *Server) note(_ *http.Request, c *call) Request {
	s.inspect(c)
	path := c.path
	if c.hook != nil && c.hook.Format != JSON {
		path = "/…"
	}
	return Request{
		Line: standin.Line[Op]{Path: path},
		ID:   c.id, Signed: c.header.Get("Webhook-Signature") != "", Body: string(c.body),
	}
}

// inspect looks for what a client must never do. s.mu is held.
func (s *Server) inspect(c *call) {
	if c.hook == nil {
		return
	}
	for _, name := range []string{"Idempotency-Key", "X-Idempotency-Key"} {
		if c.header.Get(name) != "" {
			s.desk.Violation("%s: the header %s makes Go's client repeat the request by itself", c.hook.Name, name)
		}
	}
	if c.method != "POST" {
		s.desk.Violation("%s: a %s request", c.hook.Name, c.method)
	}
}

// Violations returns what clients did that they must never do: send to a hook
// while another message to it is under way, give two messages one id, send what
// is not as agreed, let words of a feed be read as markup or call people, send
// headers that make a transport repeat.
func (s *Server) Violations() []string { return s.desk.Violations() }

// MaxInFlight is the greatest number of messages to a hook that were under way at
// once.
func (s *Server) MaxInFlight(user string) int { return s.desk.MaxInFlight(user) }
