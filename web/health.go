package web

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// healthz answers as long as the process does. It asks nothing else, since to
// start the process anew mends neither a full disk nor a network.
func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "ok\n") // nobody is left to be told
}

// A Readiness is the answer of /readyz.
type Readiness struct {
	Ready  bool    `json:"ready"`
	Checks []Check `json:"checks"`
}

// A Check is one thing that must work.
type Check struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Reason string `json:"reason,omitempty"` // for people; the cause is in the log
	cause  error
}

// readyz answers 200 when posts can be recorded and sent, else 503.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	answer := s.ready.get(r.Context(), s)
	w.Header().Set("Content-Type", "application/json")
	if !answer.Ready {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(answer) // nobody is left to be told
}

// How long an answer is good for, so that whoever asks often does not make the
// database write as often; and how long each check may take.
const (
	readyFor     = time.Second
	checkTimeout = 3 * time.Second
)

// readiness remembers the last answer.
type readiness struct {
	mu   sync.Mutex
	last Readiness
	at   time.Time
}

func (c *readiness) get(ctx context.Context, s *Server) Readiness {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := s.Now()
	if age := now.Sub(c.at); !c.at.IsZero() && age >= 0 && age < readyFor {
		return c.last
	}
	// Whoever asked may hang up; the answer is for the others too.
	answer := s.check(context.WithoutCancel(ctx))
	report(s.Log, c.last, answer)
	c.last, c.at = answer, now
	return answer
}

func (s *Server) check(ctx context.Context) Readiness {
	checks := []Check{
		ask(ctx, "database", "it does not take anything; the log says why", s.Store.Ping),
		ask(ctx, "scheduler", "it does no work; the log says why", s.Ready),
	}
	answer := Readiness{Ready: true, Checks: checks}
	for _, c := range checks {
		answer.Ready = answer.Ready && c.OK
	}
	return answer
}

// ask is one check. What went wrong may name hosts and paths, so it stays out
// of the answer.
func ask(ctx context.Context, name, reason string, question func(context.Context) error) Check {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	if err := question(ctx); err != nil {
		return Check{Name: name, Reason: reason, cause: err}
	}
	return Check{Name: name, OK: true}
}

// report logs each check whose outcome is another than before: once when it
// fails, once when it is well again, however often somebody asks.
func report(log *slog.Logger, before, now Readiness) {
	was := map[string]bool{}
	for _, c := range before.Checks {
		was[c.Name] = c.OK
	}
	for _, c := range now.Checks {
		ok, asked := was[c.Name]
		switch {
		case !c.OK && (ok || !asked):
			log.Error("not ready", "check", c.Name, "err", c.cause)
		case c.OK && asked && !ok:
			log.Info("ready again", "check", c.Name)
		}
	}
}
