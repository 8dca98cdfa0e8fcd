// Package web is what Spool shows over HTTP: whether it is alive, whether it is
// ready, its metrics, and a front page. The desk, where people look and steer,
// will have its pages here too.
//
// It reads and shows; it decides nothing about posts. No page holds a secret,
// and what goes wrong is explained in the log, not to whoever asks. Begin at
// [Server.routes].
package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"spool"
)

// Store is what is shown. Its methods may be called from several goroutines.
type Store interface {
	// Ping returns nil when the database can be read and written.
	Ping(ctx context.Context) error

	// Counts returns how many posts each account has in each state, and more.
	Counts(ctx context.Context) (spool.Counts, error)

	// FeedFigures returns what is shown of all active feeds, by name.
	FeedFigures(ctx context.Context) ([]spool.FeedFigure, error)

	// Accounts returns all active accounts.
	Accounts(ctx context.Context) ([]spool.AccountState, error)

	// Ledger returns the ledger, by feed and account.
	Ledger(ctx context.Context) ([]spool.Entry, error)

	FeedStore
}

// Options for New. The zero value of an optional field means its default.
type Options struct {
	Store   Store                           // required
	Ready   func(ctx context.Context) error // whether the scheduler works; default: nobody is asked
	Version string                          // of the program; default "dev"
	Log     *slog.Logger                    // default: slog.Default()
	Now     func() time.Time                // default: time.Now

	// Callbacks answers the hubs that push feeds, below /websub/; default: nobody
	// does.
	Callbacks http.Handler

	// Pictures are served below /media/ to the fetchers of networks; default: none
	// are.
	Pictures Pictures
}

// A Server answers requests. Its Metrics are to be given to the scheduler.
type Server struct {
	Options
	metrics *Metrics
	ready   readiness
}

// New returns a Server, or an error that names the option at fault.
func New(o Options) (*Server, error) {
	if o.Store == nil {
		return nil, errors.New("web: Options.Store is required")
	}
	if o.Ready == nil {
		o.Ready = func(context.Context) error { return nil }
	}
	if o.Version == "" {
		o.Version = "dev"
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	metrics, err := newMetrics(o)
	if err != nil {
		return nil, err
	}
	return &Server{Options: o, metrics: metrics}, nil
}

// Metrics are the figures at /metrics; the scheduler is to tell them what
// happens.
func (s *Server) Metrics() *Metrics { return s.metrics }

// Handler answers all requests.
func (s *Server) Handler() http.Handler {
	return guard(s.callbacks(s.media(limited(s.routes()))))
}

// limited bounds what a request may carry.
func limited(next http.Handler) http.Handler {
	return http.MaxBytesHandler(next, maxBody)
}

// maxBody bounds what anybody may send, in bytes. A form of the desk will be
// well below it.
const maxBody = 64 << 10

// routes are all there is. A path that is not here is 404, another method 405.
func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", s.healthz)
	mux.HandleFunc("GET /readyz", s.readyz)
	mux.Handle("GET /metrics", s.metrics.handler(s.Log))
	mux.Handle("GET /static/", static())
	mux.HandleFunc("GET /{$}", s.front)
	mux.HandleFunc("GET /feeds", localOnly(s.listFeeds))
	mux.HandleFunc("GET /feeds/{name}", localOnly(s.showFeed))
	return mux
}

// guard sets the headers that keep a browser from doing more with an answer
// than showing it. No script is allowed: there is none.
func guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}
