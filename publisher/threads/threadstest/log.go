package threadstest

import (
	"fmt"
	"mime"
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

// A Request is one line of the log of requests. Secrets are replaced by "…".
type Request struct {
	Serial int        `json:"serial"` // from 1
	Time   time.Time  `json:"time"`
	Op     Op         `json:"op"`
	Method string     `json:"method"`
	Path   string     `json:"path"` // as it was sent
	User   string     `json:"user,omitempty"`
	Form   url.Values `json:"form"`             // of query and body
	Fault  string     `json:"fault,omitempty"`  // what the plan did to it
	Status int        `json:"status,omitempty"` // 0: not answered, or not yet
}

// Requests returns the latest requests, oldest first.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// record adds a request to the log and notes what a client must not do. It
// returns the line's serial number. s.mu is held.
func (s *Server) record(r *http.Request, c *call, p parameters, a Action, now time.Time) int {
	s.serial++
	line := Request{
		Serial: s.serial, Time: now, Op: c.op, Method: c.method, Path: s.clean(r.URL.Path), User: c.owner,
		Form: redact(c.form), Fault: a.Do,
	}
	if len(s.requests) >= maxRequests {
		s.requests = slices.Delete(s.requests, 0, maxRequests/10)
	}
	s.requests = append(s.requests, line)
	s.inspect(r, c, p)
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

var secretFields = []string{"access_token", "client_secret", "input_token", "code", "refresh_token"}

func redact(form url.Values) url.Values {
	out := url.Values{}
	for k, v := range form {
		out[k] = slices.Clone(v)
		if slices.Contains(secretFields, k) {
			out[k] = []string{"…"}
		}
	}
	return out
}

// clean takes known tokens out of a text.
func (s *Server) clean(text string) string {
	for value := range s.state.Tokens {
		if value != "" {
			text = strings.ReplaceAll(text, value, "…")
		}
	}
	return text
}

// inspect looks for what a client must never do.
func (s *Server) inspect(r *http.Request, c *call, p parameters) {
	where := c.method + " " + s.clean(c.path)
	if s.clean(r.URL.Path) != r.URL.Path {
		s.violation("%s: a token in the path", where)
	}
	for _, name := range []string{"Idempotency-Key", "X-Idempotency-Key"} {
		if r.Header.Get(name) != "" {
			s.violation("%s: the header %s makes Go's client repeat the request by itself", where, name)
		}
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); strings.HasPrefix(kind, "multipart/") {
		s.violation("%s: a multipart body", where)
	}
	if c.method == http.MethodPost && len(p.query) > 0 {
		s.violation("%s: parameters of a POST in the query, where logs keep them", where)
	}
}

// violation notes something that a client must never do. s.mu is held.
func (s *Server) violation(format string, args ...any) {
	if len(s.violations) < maxViolations {
		s.violations = append(s.violations, fmt.Sprintf(format, args...))
	}
}

// Violations returns what clients did that they must never do: publish while
// another publish of the account is under way, publish a container that is
// known to be live or a child of a carousel, make a second container's post of
// words that are live already, make a carousel of children that nobody has seen
// finished, answer a post too soon or by a container's id, delete what a person
// wrote by hand, use numeric paths, multipart bodies, idempotency headers,
// queries on writes, tokens in paths. Whoever posts the same words twice on purpose has to
// leave out the lines about that.
func (s *Server) Violations() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.violations)
}

// takeOff counts a publish that begins. s.mu is held.
func (s *Server) takeOff(user string) {
	s.flying[user]++
	s.mostFlying[user] = max(s.mostFlying[user], s.flying[user])
	if s.flying[user] > 1 {
		s.violation("%d publishes of %s are under way at once", s.flying[user], user)
	}
}

// landed counts a publish that has ended for its client.
func (s *Server) landed(c *call) {
	if c.op != OpPublish {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flying[c.owner]--
}

// MaxInFlight is the greatest number of publishes of an account that were under
// way at once.
func (s *Server) MaxInFlight(user string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mostFlying[user]
}
