package threadstest

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

	App App // what /oauth accepts; the zero App lets everybody in

	// ImageStatus decides about an image_url: the empty string takes it,
	// anything else becomes the error_message of a container in state ERROR.
	// Nil takes all: nothing is ever fetched.
	ImageStatus func(url string) string
	// LinkStatus decides about a link_attachment: false refuses it with
	// 4279047. Nil takes all that look like a web address.
	LinkStatus func(url string) bool

	Control   bool   // serve the endpoints that steer it from another process
	PublicURL string // where permalinks lead, without a slash at the end; empty: https://www.threads.com
	Images    bool   // let the page load the images of posts; otherwise it shows their descriptions only
	Snapshot  string // a file that keeps accounts, containers and posts across restarts; empty: none
}

// An App is the Meta app that sign-ins go through. Empty fields are not checked.
type App struct {
	ID       string
	Secret   string
	Redirect string // the one registered redirect URI
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
		codes:  map[string]*code{},
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
	form, err := readForm(w, r)
	if err != nil {
		onWire(r.Context())
		failure(100, 0, "The request could not be read").reply(&s.knobs).write(w)
		return
	}
	s.serveAPI(w, r, form)
}

// serveAPI takes one request through the plan of faults.
func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request, form parameters) {
	s.mu.Lock()
	now := s.now()
	s.settle(now)
	c := s.route(r, form)
	act := s.fault(c)
	entry := s.record(r, c, form, act, now)
	if c.op == OpPublish {
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
