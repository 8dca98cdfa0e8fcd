package webhooktest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"time"

	"spool/publisher/standin"
)

// Op names what a message asks for.
type Op string

// The messages.
const (
	OpPublish  Op = "publish"
	OpEdit     Op = "edit"
	OpWithdraw Op = "withdraw"
	OpUnknown  Op = "unknown"
)

// call is a message that has been understood.
type call struct {
	op       Op
	method   string
	path     string
	hook     *hook // nil: nobody is at that path
	id       string
	arrived  time.Time
	header   http.Header
	body     []byte
	wait     bool // Discord is asked to answer with what it made
	message  message
	readable error
}

func (c *call) owner() string {
	if c.hook == nil {
		return ""
	}
	return c.hook.Name
}

// maxBody bounds what is read of a message.
const maxBody = 1 << 20

func readBody(r *http.Request) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return nil, fmt.Errorf("webhooktest: body: %w", err)
	}
	return b, nil
}

// route understands a request. s.mu is held.
func (s *Server) route(r *http.Request, body []byte) *call {
	c := &call{
		op: OpUnknown, method: r.Method, path: r.URL.Path, id: r.Header.Get("Webhook-Id"), arrived: s.now(),
		header: r.Header, body: body, wait: r.URL.Query().Get("wait") == "true",
	}
	for _, h := range s.state.Hooks {
		if h.path() == r.URL.Path {
			copied := *h
			c.hook = &copied
		}
	}
	if c.hook != nil && r.Method == http.MethodPost {
		c.message, c.readable = read(c.hook.Format, body)
		c.op = c.message.op
	}
	return c
}

// handle carries a message out. s.mu is held.
func (s *Server) handle(c *call, at time.Time) standin.Reply {
	kind, _, _ := mime.ParseMediaType(c.header.Get("Content-Type"))
	switch {
	case c.hook == nil:
		return standin.Words(http.StatusNotFound, "nobody is here")
	case c.hook.Closed:
		return standin.Words(http.StatusGone, "this hook is closed")
	case c.method != http.MethodPost:
		return standin.Words(http.StatusMethodNotAllowed, "send POST")
	case kind != "application/json":
		return standin.Words(http.StatusUnsupportedMediaType, "send application/json")
	}
	secrets := ""
	if h := s.state.Hooks[c.hook.Name]; h != nil {
		secrets = h.Secret
	}
	if err := verify(secrets, c.id, c.header.Get("Webhook-Timestamp"), c.header.Get("Webhook-Signature"), c.body, c.arrived); err != nil {
		return standin.Words(http.StatusUnauthorized, err.Error())
	}
	if c.readable != nil {
		s.desk.Violation("%s: %v", c.hook.Name, c.readable)
		return standin.Words(http.StatusBadRequest, c.readable.Error())
	}
	return s.once(c, at)
}

// once counts a message with a known id no second time, where ids count.
func (s *Server) once(c *call, at time.Time) standin.Reply {
	key := c.hook.Name + " " + c.id
	sum := sha256.Sum256(c.body)
	hash := hex.EncodeToString(sum[:8])
	known := s.state.Seen[key]
	if known != nil && known.Hash != hash && c.op != OpWithdraw {
		s.desk.Violation("%s: the id %s came with another body", c.hook.Name, c.id)
	}
	if known != nil && c.hook.Format == JSON && s.knobs.IDs != IDsIgnored {
		return answerOf(known)
	}
	out := s.take(c, at)
	if out.Status < 300 {
		s.state.Seen[key] = &seen{Hash: hash, Status: out.Status, Body: string(out.Body)}
	}
	s.save()
	return out
}

func answerOf(k *seen) standin.Reply {
	kind := "text/plain; charset=utf-8"
	if json.Valid([]byte(k.Body)) {
		kind = "application/json; charset=utf-8"
	}
	return standin.Reply{Status: k.Status, Header: http.Header{"Content-Type": {kind}}, Body: []byte(k.Body)}
}
