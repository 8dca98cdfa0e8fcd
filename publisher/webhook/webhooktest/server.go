package webhooktest

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"
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
	opts  Options
	now   func() time.Time
	log   *slog.Logger
	pages http.Handler

	mu         sync.Mutex // guards all below
	knobs      Knobs
	state      state
	pending    []*effect
	plan       []*armed
	dice       *rand.Rand
	requests   []Request
	serial     int // of requests
	violations []string
	flying     map[string]int
	mostFlying map[string]int
}

// New returns a stand-in without hooks, or with those of its snapshot. A snapshot
// that cannot be read is reported to the log and begun anew.
func New(o Options) *Server {
	s := &Server{
		opts: o, now: o.Now, log: o.Log, knobs: o.Knobs, state: newState(),
		flying: map[string]int{}, mostFlying: map[string]int{}, dice: rand.New(rand.NewPCG(o.Seed, 1)),
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.pages = s.routes()
	s.load()
	return s
}

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
		s.pages.ServeHTTP(w, r)
		return
	}
	out := s.serve(r.Context(), r, func() {})
	if out.cut {
		panic(http.ErrAbortHandler)
	}
	for name, values := range out.header {
		w.Header()[name] = values
	}
	if out.half {
		w.Header().Set("Content-Length", fmt.Sprint(len(out.body)))
		w.WriteHeader(out.status)
		_, _ = w.Write(out.body[:len(out.body)/2])
		if f, ok := w.(http.Flusher); ok {
			f.Flush()
		}
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(out.status)
	_, _ = w.Write(out.body) // a client that has left needs nothing
}

// serve takes one request through the plan of faults. Written is called as soon
// as the request counts as sent.
func (s *Server) serve(ctx context.Context, r *http.Request, written func()) outcome {
	body, err := readBody(r)
	s.mu.Lock()
	now := s.now()
	s.settle(now)
	c := s.route(r, body)
	act := s.fault(c)
	entry := s.record(c, act, now)
	s.takeOff(c)
	s.mu.Unlock()
	defer s.landed(c)
	if act.Do == doRefuse {
		return outcome{refused: true, cut: true}
	}
	written()
	if err != nil {
		return outcome{cut: true}
	}
	x := &exchange{s: s, ctx: ctx, call: c}
	out := x.perform(act)
	if !out.cut {
		s.answered(entry, out.status)
	}
	return out
}

// sleep waits, and returns false when the client gave up meanwhile.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
