package mastodontest

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"spool/publisher/standin"
)

// A Request is one line of the log of requests. Secrets are replaced by "…".
type Request struct {
	standin.Line[Op]
	Form url.Values `json:"form"`          // of query and body
	Key  string     `json:"key,omitempty"` // the idempotency key

	digest string // of what a status would say
}

// written is what is known of the requests that were to make one status.
type written struct {
	digest string // of what it says
	open   bool   // the latest may have made it: its client got no refusal
	looked bool   // and its client has looked since
}

// Requests returns the latest requests, oldest first.
func (s *Server) Requests() []Request { return s.desk.Requests() }

// note makes a line of the log and looks for what a client must not do. s.mu is
// held.
func (s *Server) note(r *http.Request, c *call) Request {
	line := Request{
		Line: standin.Line[Op]{Path: s.clean(r.URL.Path)},
		Form: redact(c.form.Values), Key: r.Header.Get("Idempotency-Key"),
	}
	if c.op == OpPost {
		line.digest = digest(c)
	}
	s.inspect(r, c)
	switch c.op {
	case OpPost:
		s.inspectPost(c, line)
	case OpList, OpGet, OpSource:
		for key, w := range s.writes {
			w.looked = w.looked || strings.HasPrefix(key, c.owner+"\x00")
		}
	}
	return line
}

// digest stands for what a status would say.
func digest(c *call) string {
	f := c.form
	sum := sha256.Sum256([]byte(strings.Join([]string{f.Get("status"), f.Get("spoiler_text"), f.Get("in_reply_to_id"), f.Get("visibility"), itoa(len(f.Values["media_ids[]"]))}, "\x00")))
	return hex.EncodeToString(sum[:8])
}

// inspectPost looks for what a client must never do with a new status.
func (s *Server) inspectPost(c *call, line Request) {
	if line.Key == "" {
		s.desk.Violation("a new status without an Idempotency-Key: %.60q", c.form.Get("status"))
		return
	}
	for _, name := range []string{"key " + line.Key, "words " + line.digest} {
		name = c.owner + "\x00" + name
		w := s.writes[name]
		if w == nil {
			w = &written{digest: line.digest}
			s.writes[name] = w
		}
		if w.digest != line.digest {
			s.desk.Violation("the Idempotency-Key of one status was used for another: %.60q", c.form.Get("status"))
		}
		if w.open && !w.looked {
			s.desk.Violation("a status was sent again without a look whether it is there: %.60q", c.form.Get("status"))
		}
		w.digest, w.open, w.looked = line.digest, true, false
	}
}

// answered is told that a request got its status: a status that was refused was
// not made. s.mu is held.
func (s *Server) answered(r *Request) {
	if r.Op != OpPost || r.Status < 400 || r.Status > 499 {
		return
	}
	for _, name := range []string{"key " + r.Key, "words " + r.digest} {
		if w := s.writes[r.User+"\x00"+name]; w != nil {
			w.open = false
		}
	}
}

var secretFields = []string{"access_token", "client_secret", "code", "token", "password"}

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

// inspect looks for what a client must never do in any request.
func (s *Server) inspect(r *http.Request, c *call) {
	where := c.method + " " + s.clean(c.path)
	if s.clean(r.URL.Path) != r.URL.Path || s.clean(r.URL.RawQuery) != r.URL.RawQuery || r.URL.Query().Has("access_token") {
		s.desk.Violation("%s: a token in the address", where)
	}
	if c.op != OpPost && r.Header.Get("Idempotency-Key") != "" {
		s.desk.Violation("%s: an Idempotency-Key, which makes Go's client repeat the request by itself", where)
	}
	if c.method != http.MethodGet && c.form.queried && c.op != OpDelete {
		s.desk.Violation("%s: parameters of a write in the query, where logs keep them", where)
	}
}

// Violations returns what clients did that they must never do: two writes at
// once, a status sent again without a look in between, one without a key or with
// the key of another, one that is too long, a second one with the words of one
// that is there, media attached twice, an edit that loses media or the warning,
// tokens in addresses. Whoever posts the same words twice on purpose has to
// leave out the lines about that.
func (s *Server) Violations() []string { return s.desk.Violations() }

// MaxInFlight is the greatest number of writes of an account that were under way
// at once.
func (s *Server) MaxInFlight(user string) int { return s.desk.MaxInFlight(user) }
