package blueskytest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"spool/publisher/standin"
)

// A Request is one line of the log of requests. It holds no secret.
type Request struct {
	standin.Line[Op]
	Host  string          `json:"host"` // with its scheme
	Query url.Values      `json:"query,omitempty"`
	Body  json.RawMessage `json:"body,omitempty"` // of writes
	Size  int             `json:"size,omitempty"` // of the body, in bytes
}

// Requests returns the latest requests, oldest first.
func (s *Server) Requests() []Request { return s.desk.Requests() }

// note makes a line of the log and looks for what a client must not do. s.mu is
// held.
func (s *Server) note(r *http.Request, c *call) Request {
	line := Request{Line: standin.Line[Op]{Path: s.clean(c.path)}, Host: c.host, Query: c.query, Size: len(c.raw)}
	if cost(c.op) > 0 && json.Valid(c.raw) {
		line.Body = slices.Clone(c.raw)
	}
	s.inspect(r, c)
	return line
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
		s.desk.Violation("%s: a token in the address", where)
	}
	for _, name := range []string{"Idempotency-Key", "X-Idempotency-Key"} {
		if r.Header.Get(name) != "" {
			s.desk.Violation("%s: the header %s makes Go's client repeat the request by itself", where, name)
		}
	}
	if c.method == http.MethodPost && len(c.query) > 0 {
		s.desk.Violation("%s: parameters of a POST in the query", where)
	}
	if c.op != OpPut {
		return
	}
	if strings.TrimSpace(string(c.in.Swap)) != "null" {
		s.desk.Violation("%s: a post is put without the condition that nothing is there", where)
	}
	if c.in.Validate == nil || !*c.in.Validate {
		s.desk.Violation("%s: a post is put without asking that it be validated", where)
	}
}

// lookTwice notes posts that repeat the words of a live one under another key,
// and those that bring back what was deleted.
func (s *Server) lookTwice(c *call, u *User, uri string) {
	if c.in.Collection != postCollection {
		return
	}
	if s.state.Deleted[uri] {
		s.desk.Violation("%s: a post that was deleted is brought back", c.in.Key)
	}
	said := essence(c.in.Record)
	for _, e := range s.sorted(u.Handle, postCollection) {
		if e.Key != c.in.Key && essence(e.Value) == said {
			s.desk.Violation("%s: a second post with the words of %s, which is live", c.in.Key, e.Key)
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

// Violations returns what clients did that they must never do: put a post
// without the condition that nothing is there, or while another put of the
// account is under way, create one, change or bring back one, post the words of
// a live one again, set facets that do not fit their text, answer what is not
// there, sign in all the time, use idempotency headers, queries on writes, tokens
// in addresses. Whoever posts the same words twice on purpose has to leave out
// the lines about that.
func (s *Server) Violations() []string { return s.desk.Violations() }

// MaxInFlight is the greatest number of puts of posts of an account that were
// under way at once.
func (s *Server) MaxInFlight(user string) int { return s.desk.MaxInFlight(user) }
