package webhooktest

import (
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"spool/publisher/standin"
)

// Options are what a [Server] is made with. All of it may be left out.
type Options struct {
	Now       func() time.Time // the clock; nil: time.Now
	Knobs     Knobs
	Log       *slog.Logger // nil: silent; secrets are never logged
	Seed      uint64       // of Rule.Probability
	Control   bool         // serve the endpoints that steer it from another process
	PublicURL string       // where the addresses of posts lead, without a slash at the end; empty: https://reader.example
	Snapshot  string       // a file that keeps hooks and posts across restarts; empty: none
}

// A Server is the stand-in. It is safe for concurrent use.
type Server struct {
	opts     Options
	now      func() time.Time
	log      *slog.Logger
	pages    http.Handler
	desk     *standin.Desk[Op, *call, Request]
	snapshot standin.Snapshot

	mu    sync.Mutex // guards all below, and what the desk keeps
	knobs Knobs
	state state
}

// New returns a stand-in without hooks, or with those of its snapshot. A snapshot
// that cannot be read is reported to the log and begun anew.
func New(o Options) *Server {
	s := &Server{opts: o, now: o.Now, log: o.Log, knobs: o.Knobs, state: newState()}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.desk = standin.NewDesk(&s.mu, s.network())
	s.pages = s.routes()
	s.snapshot = standin.Snapshot{File: o.Snapshot, Log: s.log}
	if kept := newState(); s.snapshot.Load(&kept) {
		s.state = kept
	}
	return s
}

// network is what the desk has to know of receivers.
func (s *Server) network() standin.Network[Op, *call, Request] {
	return standin.Network[Op, *call, Request]{
		Now: s.now, Seed: s.opts.Seed,
		Target: func(c *call) standin.Target[Op] {
			return standin.Target[Op]{Op: c.op, Method: c.method, Path: c.path, User: c.owner()}
		},
		Writes: func(c *call) bool { return c.hook != nil }, Crowd: "messages to",
		Note: s.note, Line: func(r *Request) *standin.Line[Op] { return &r.Line },
		Latency: s.latency, Handle: s.handle, Sample: `{"id":"0","url":"https://reader.example/0"}`,
		Refusal: func(status int) standin.Reply { return standin.Words(status, "") },
	}
}

// latency is how long a message takes. One that is known is answered at once.
func (s *Server) latency(c *call) (before, after time.Duration) {
	if c.hook == nil || s.state.Seen[c.hook.Name+" "+c.id] != nil && c.hook.Format == JSON && s.knobs.IDs != IDsIgnored {
		return 0, 0
	}
	return s.knobs.Latency, 0
}

// save writes the snapshot. s.mu is held.
func (s *Server) save() { s.snapshot.Save(s.state) }

// Transport returns a way to the stand-in that uses no socket; see
// [standin.Transport].
func (s *Server) Transport() http.RoundTripper { return standin.Transport(s) }

// Plan replaces the plan of faults; without rules nothing goes wrong.
func (s *Server) Plan(rules ...Rule) { s.desk.Plan(rules...) }

// Formats of a hook; those of package webhook.
const (
	JSON    = "json"
	Slack   = "slack"
	Discord = "discord"
)

// AddUser opens a hook that takes the format json and, unless secret is empty,
// only messages that are signed with it. Its path is that of [Server.Path].
func (s *Server) AddUser(name, secret string) { s.AddHook(name, JSON, secret) }

// AddHook opens a hook for a format, or gives one that is there another secret.
func (s *Server) AddHook(name, format, secret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.Hooks[name] = &hook{Name: name, Format: format, Secret: secret}
	s.save()
}

// SetSecrets replaces the secrets of a hook, of which a message has to be signed
// with one.
func (s *Server) SetSecrets(name string, secrets ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h := s.state.Hooks[name]; h != nil {
		h.Secret = strings.Join(secrets, " ")
	}
	s.save()
}

// Close removes a hook; from then on its address answers 410.
func (s *Server) Close(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h := s.state.Hooks[name]; h != nil {
		h.Closed = true
	}
	s.save()
}

// Path is where a hook's messages go. A chat's is as secret as a password, as in
// life.
func (s *Server) Path(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h := s.state.Hooks[name]; h != nil {
		return h.path()
	}
	return ""
}

// SetKnobs replaces all settings.
func (s *Server) SetKnobs(k Knobs) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.knobs = k
}

// Knobs returns the settings in force.
func (s *Server) Knobs() Knobs {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.knobs
}

// ServeHTTP answers for the hooks and for the pages.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if isPage(r) {
		standin.Written(r.Context())
		s.pages.ServeHTTP(w, r)
		return
	}
	body, err := readBody(r)
	if err != nil { // its sender has left
		standin.Written(r.Context())
		panic(http.ErrAbortHandler)
	}
	s.desk.Serve(w, r, func() *call { return s.route(r, body) })
}
