package threadstest

import (
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"spool/publisher/standin"
)

// A Request is one line of the log of requests. Secrets are replaced by "…".
type Request struct {
	standin.Line[Op]
	Form url.Values `json:"form"` // of query and body
}

// Requests returns the latest requests, oldest first.
func (s *Server) Requests() []Request { return s.desk.Requests() }

// note makes a line of the log and looks for what a client must not do. s.mu is
// held.
func (s *Server) note(r *http.Request, c *call) Request {
	s.inspect(r, c)
	return Request{Line: standin.Line[Op]{Path: s.clean(r.URL.Path)}, Form: redact(c.form)}
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
func (s *Server) inspect(r *http.Request, c *call) {
	where := c.method + " " + s.clean(c.path)
	if s.clean(r.URL.Path) != r.URL.Path {
		s.desk.Violation("%s: a token in the path", where)
	}
	for _, name := range []string{"Idempotency-Key", "X-Idempotency-Key"} {
		if r.Header.Get(name) != "" {
			s.desk.Violation("%s: the header %s makes Go's client repeat the request by itself", where, name)
		}
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); strings.HasPrefix(kind, "multipart/") {
		s.desk.Violation("%s: a multipart body", where)
	}
	if c.method == http.MethodPost && c.queried {
		s.desk.Violation("%s: parameters of a POST in the query, where logs keep them", where)
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
func (s *Server) Violations() []string { return s.desk.Violations() }

// MaxInFlight is the greatest number of publishes of an account that were under
// way at once.
func (s *Server) MaxInFlight(user string) int { return s.desk.MaxInFlight(user) }
