package blueskytest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// maxRequests and maxViolations bound the logs.
const (
	maxRequests   = 10000
	maxViolations = 1000
)

// A Request is one line of the log of requests. It holds no secret.
type Request struct {
	Serial int             `json:"serial"` // from 1
	Time   time.Time       `json:"time"`
	Op     Op              `json:"op"`
	Method string          `json:"method"`
	Host   string          `json:"host"` // with its scheme
	Path   string          `json:"path"`
	User   string          `json:"user,omitempty"`
	Query  url.Values      `json:"query,omitempty"`
	Body   json.RawMessage `json:"body,omitempty"`   // of writes
	Size   int             `json:"size,omitempty"`   // of the body, in bytes
	Fault  string          `json:"fault,omitempty"`  // what the plan did to it
	Status int             `json:"status,omitempty"` // 0: not answered, or not yet
}

// Requests returns the latest requests, oldest first.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// record adds a request to the log and notes what a client must not do. It
// returns the line's serial number. s.mu is held.
func (s *Server) record(r *http.Request, c *call, a Action, now time.Time) int {
	s.serial++
	line := Request{
		Serial: s.serial, Time: now, Op: c.op, Method: c.method, Host: c.host, Path: s.clean(c.path), User: c.owner,
		Query: c.query, Size: len(c.raw), Fault: a.Do,
	}
	if cost(c.op) > 0 && json.Valid(c.raw) {
		line.Body = slices.Clone(c.raw)
	}
	if len(s.requests) >= maxRequests {
		s.requests = slices.Delete(s.requests, 0, maxRequests/10)
	}
	s.requests = append(s.requests, line)
	s.inspect(r, c)
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

// clean takes known tokens out of a text.
func (s *Server) clean(text string) string {
	for value := range s.state.Grants {
		text = strings.ReplaceAll(text, value, "…")
	}
	return text
}

// inspect looks for what a client must never do.
func (s *Server) inspect(r *http.Request, c *call) {
	where := c.method + " " + s.clean(c.path)
	if address := r.URL.String(); s.clean(address) != address {
		s.violation("%s: a token in the address", where)
	}
	for _, name := range []string{"Idempotency-Key", "X-Idempotency-Key"} {
		if r.Header.Get(name) != "" {
			s.violation("%s: the header %s makes Go's client repeat the request by itself", where, name)
		}
	}
	if c.method == http.MethodPost && len(c.query) > 0 {
		s.violation("%s: parameters of a POST in the query", where)
	}
	if c.op != OpPut {
		return
	}
	if strings.TrimSpace(string(c.in.Swap)) != "null" {
		s.violation("%s: a post is put without the condition that nothing is there", where)
	}
	if c.in.Validate == nil || !*c.in.Validate {
		s.violation("%s: a post is put without asking that it be validated", where)
	}
}

// lookTwice notes posts that repeat the words of a live one under another key,
// and those that bring back what was deleted.
func (s *Server) lookTwice(c *call, u *User, uri string) {
	if c.in.Collection != postCollection {
		return
	}
	if s.state.Deleted[uri] {
		s.violation("%s: a post that was deleted is brought back", c.in.Key)
	}
	said := essence(c.in.Record)
	for _, e := range s.sorted(u.Handle, postCollection) {
		if e.Key != c.in.Key && essence(e.Value) == said {
			s.violation("%s: a second post with the words of %s, which is live", c.in.Key, e.Key)
		}
	}
}

// essence is a record without the moment of its making.
func essence(value json.RawMessage) string {
	var m map[string]any
	if json.Unmarshal(value, &m) != nil {
		return string(value)
	}
	delete(m, "createdAt")
	b, err := json.Marshal(m)
	if err != nil {
		return string(value) // what was JSON still is
	}
	return string(b)
}

// violation notes something that a client must never do. s.mu is held.
func (s *Server) violation(format string, args ...any) {
	if len(s.violations) < maxViolations {
		s.violations = append(s.violations, fmt.Sprintf(format, args...))
	}
}

// Violations returns what clients did that they must never do: put a post
// without the condition that nothing is there, or while another put of the
// account is under way, create one, change or bring back one, post the words of
// a live one again, set facets that do not fit their text, answer what is not
// there, sign in all the time, use idempotency headers, queries on writes, tokens
// in addresses. Whoever posts the same words twice on purpose has to leave out
// the lines about that.
func (s *Server) Violations() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.violations)
}

// takeOff counts a put that begins. s.mu is held.
func (s *Server) takeOff(user string) {
	s.flying[user]++
	s.mostFlying[user] = max(s.mostFlying[user], s.flying[user])
	if s.flying[user] > 1 {
		s.violation("%d puts of %s are under way at once", s.flying[user], user)
	}
}

// landed counts a put that has ended for its client.
func (s *Server) landed(c *call) {
	if c.op != OpPut {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flying[c.owner]--
}

// MaxInFlight is the greatest number of puts of posts of an account that were
// under way at once.
func (s *Server) MaxInFlight(user string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mostFlying[user]
}
