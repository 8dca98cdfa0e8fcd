package mastodontest

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
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
	opts Options
	now  func() time.Time
	log  *slog.Logger
	page http.Handler

	mu         sync.Mutex // guards all below
	knobs      Knobs
	state      state
	codes      map[string]*code
	deny       bool
	locks      map[string]bool // idempotency keys that are being worked on
	writes     map[string]*written
	budgets    map[string][]time.Time
	files      map[string][]byte // of uploads, for the page
	pending    []*effect
	plan       []*armed
	dice       *rand.Rand
	requests   []Request
	serial     int // of requests
	violations []string
	flying     map[string]int
	mostFlying map[string]int
}

// New returns a stand-in without accounts, or with those of its snapshot. A
// snapshot that cannot be read is reported to the log and begun anew.
func New(o Options) *Server {
	s := &Server{
		opts: o, now: o.Now, log: o.Log, knobs: o.Knobs, state: newState(),
		codes: map[string]*code{}, locks: map[string]bool{}, writes: map[string]*written{},
		budgets: map[string][]time.Time{}, files: map[string][]byte{},
		flying: map[string]int{}, mostFlying: map[string]int{},
		dice: rand.New(rand.NewPCG(o.Seed, 1)),
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.page = s.pages()
	s.load()
	return s
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

// ServeHTTP answers for the API, for the sign-in and for the pages.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if isPage(r.URL.Path) {
		onWire(r.Context())
		s.page.ServeHTTP(w, r)
		return
	}
	p, err := readParameters(w, r)
	if err != nil {
		onWire(r.Context())
		failure(http.StatusBadRequest, "The request could not be read").reply().write(w)
		return
	}
	s.serveAPI(w, r, p)
}

// serveAPI takes one request through the plan of faults.
func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request, p *parameters) {
	s.mu.Lock()
	now := s.now()
	s.settle(now)
	c := s.route(r, p)
	act := s.fault(c)
	entry := s.record(r, c, act, now)
	if c.op.writes() {
		s.takeOff(c.owner)
	}
	s.mu.Unlock()

	if act.Do == doRefuse {
		s.landed(c)
		refuseConnection(r.Context())
	}
	onWire(r.Context())
	x := &exchange{s: s, w: w, ctx: r.Context(), call: c, entry: entry}
	defer x.land()
	x.perform(act)
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
