package blueskytest

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

	PDS       string // the address that accounts are said to be at; empty: where they signed in
	Control   bool   // serve the endpoints that steer it from another process
	PublicURL string // where permalinks lead, without a slash at the end; empty: https://bsky.app
	Snapshot  string // a file that keeps accounts, records and pictures across restarts; empty: none
}

// A Server is the stand-in. It is an http.Handler and safe for concurrent use.
type Server struct {
	opts     Options
	now      func() time.Time
	log      *slog.Logger
	page     http.Handler
	desk     *standin.Desk[Op, *call, Request]
	snapshot standin.Snapshot

	mu    sync.Mutex // guards all below, and what the desk keeps
	knobs Knobs
	state state
}

// New returns a stand-in without accounts, or with those of its snapshot. A
// snapshot that cannot be read is reported to the log and begun anew.
func New(o Options) *Server {
	s := &Server{opts: o, now: o.Now, log: o.Log, knobs: o.Knobs, state: newState()}
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

// network is what the desk has to know of Bluesky.
func (s *Server) network() standin.Network[Op, *call, Request] {
	return standin.Network[Op, *call, Request]{
		Now: s.now, Seed: s.opts.Seed,
		Target: func(c *call) standin.Target[Op] {
			return standin.Target[Op]{Op: c.op, Method: c.method, Path: c.path, User: c.owner}
		},
		Writes: func(c *call) bool { return c.op == OpPut }, Crowd: "puts of",
		Note: s.note, Line: func(r *Request) *standin.Line[Op] { return &r.Line },
		Latency: s.latency, Handle: s.handle, Refusal: refusal, Sample: `{"uri":"at://","cid":"0"}`,
	}
}

// latency is the time that a put of a post takes around its effect.
func (s *Server) latency(c *call) (before, after time.Duration) {
	if c.op != OpPut {
		return 0, 0
	}
	return s.knobs.EffectAt.Split(s.knobs.PutLatency)
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

// ServeHTTP answers for the API and for the pages.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !isAPI(r.URL.Path) {
		standin.Written(r.Context())
		s.page.ServeHTTP(w, r)
		return
	}
	body, err := readBody(w, r)
	if err != nil {
		standin.Written(r.Context())
		tooLarge().reply().Write(w)
		return
	}
	s.desk.Serve(w, r, func() *call { return s.route(r, body) })
}
