package mastodontest

import (
	"log/slog"
	"net/http"
	"sync"
	"time"

	"spool/publisher/standin"
)

// Options are what a [Server] is made with. All of it may be left out.
type Options struct {
	Now   func() time.Time // the clock; nil: time.Now
	Knobs Knobs
	Log   *slog.Logger // nil: silent; tokens are never logged
	Seed  uint64       // of Rule.Probability

	// MediaStatus decides about an upload by its MIME type and its bytes: the
	// empty string takes it, anything else becomes the error of a 422. Nil takes
	// all types that the instance announces.
	MediaStatus func(kind string, data []byte) string

	Control   bool   // serve the endpoints that steer it from another process
	PublicURL string // where statuses are shown, without a slash at the end; empty: https://newsie.example
	Snapshot  string // a file that keeps accounts and statuses across restarts; empty: none
}

// A Server is the stand-in. It is an http.Handler and safe for concurrent use.
type Server struct {
	opts     Options
	now      func() time.Time
	log      *slog.Logger
	page     http.Handler
	desk     *standin.Desk[Op, *call, Request]
	snapshot standin.Snapshot

	mu      sync.Mutex // guards all below, and what the desk keeps
	knobs   Knobs
	state   state
	codes   map[string]*code
	deny    bool
	locks   map[string]bool // idempotency keys that are being worked on
	writes  map[string]*written
	budgets map[string][]time.Time
	files   map[string][]byte // of uploads, for the page
}

// New returns a stand-in without accounts, or with those of its snapshot. A
// snapshot that cannot be read is reported to the log and begun anew.
func New(o Options) *Server {
	s := &Server{
		opts: o, now: o.Now, log: o.Log, knobs: o.Knobs, state: newState(),
		codes: map[string]*code{}, locks: map[string]bool{}, writes: map[string]*written{},
		budgets: map[string][]time.Time{}, files: map[string][]byte{},
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.desk = standin.NewDesk(&s.mu, s.network())
	s.page = s.pages()
	s.snapshot = standin.Snapshot{File: o.Snapshot, Log: s.log}
	if kept := newState(); s.snapshot.Load(&kept) {
		s.state = kept
	}
	return s
}

// network is what the desk has to know of an instance.
func (s *Server) network() standin.Network[Op, *call, Request] {
	return standin.Network[Op, *call, Request]{
		Now: s.now, Seed: s.opts.Seed,
		Target: func(c *call) standin.Target[Op] {
			return standin.Target[Op]{Op: c.op, Method: c.method, Path: c.path, User: c.owner}
		},
		Writes: func(c *call) bool { return c.op.writes() }, Crowd: "writes of",
		Note: s.note, Line: func(r *Request) *standin.Line[Op] { return &r.Line }, Answered: s.answered,
		Arrive: s.arrive, Latency: s.latency, Handle: s.handle, Refusal: refusal, Sample: `{"id":"0"}`,
		Lifted: func(h http.Header, now time.Time, wait time.Duration) {
			setRate(h, s.knobs.RateHeaders, 300, 0, now.Add(wait))
		},
	}
}

// latency is the time that a new status takes around its effect.
func (s *Server) latency(c *call) (before, after time.Duration) {
	if c.op != OpPost {
		return 0, 0
	}
	return s.knobs.EffectAt.Split(s.knobs.PostLatency)
}

// save writes the snapshot. s.mu is held.
func (s *Server) save() { s.snapshot.Save(s.state) }

// Transport returns a way to the stand-in that uses no socket; see
// [standin.Transport].
func (s *Server) Transport() http.RoundTripper { return standin.Transport(s) }

// Plan replaces the plan of faults; without rules nothing goes wrong.
func (s *Server) Plan(rules ...Rule) { s.desk.Plan(rules...) }

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

// ServeHTTP answers for the API, for the sign-in and for the pages.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if isPage(r.URL.Path) {
		standin.Written(r.Context())
		s.page.ServeHTTP(w, r)
		return
	}
	p, err := readParameters(w, r)
	if err != nil {
		standin.Written(r.Context())
		failure(http.StatusBadRequest, "The request could not be read").reply().Write(w)
		return
	}
	s.desk.Serve(w, r, func() *call { return s.route(r, p) })
}
