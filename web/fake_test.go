package web

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"spool"
)

// noon is the moment at which these tests take place.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// fakeStore remembers what it is told, and fails when it is told to.
type fakeStore struct {
	mu       sync.Mutex
	err      error // of every method
	pings    int
	readings int // of the ledger
	counts   spool.Counts
	feeds    []spool.FeedState
	accounts []spool.AccountState
	ledger   []spool.Entry
	pushes   []spool.Subscription
	alerts   []spool.Tracked
}

func (s *fakeStore) Feed(_ context.Context, name string) (spool.FeedState, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.feeds {
		if f.Name == name {
			return f, s.err
		}
	}
	return spool.FeedState{}, cmp.Or(s.err, fmt.Errorf("feed %s: %w", name, spool.ErrNotFound))
}

func (s *fakeStore) Ledger(context.Context) ([]spool.Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.readings++
	return s.ledger, s.err
}

func (s *fakeStore) LedgerOf(_ context.Context, feed string) ([]spool.Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var of []spool.Entry
	for _, e := range s.ledger {
		if e.Feed == feed {
			of = append(of, e)
		}
	}
	return of, s.err
}

func (s *fakeStore) SubscriptionOf(_ context.Context, feed string) (spool.Subscription, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.pushes {
		if p.Feed == feed {
			return p, s.err
		}
	}
	return spool.Subscription{}, cmp.Or(s.err, fmt.Errorf("subscription %s: %w", feed, spool.ErrNotFound))
}

func (s *fakeStore) TrackedAlerts(_ context.Context, feed string, _ time.Time) ([]spool.Tracked, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.alerts), func(t spool.Tracked) bool { return t.Feed != feed }), s.err
}

func (s *fakeStore) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

func (s *fakeStore) Ping(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pings++
	return s.err
}

func (s *fakeStore) Counts(context.Context) (spool.Counts, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts, s.err
}

func (s *fakeStore) Feeds(context.Context) ([]spool.FeedState, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.feeds, s.err
}

func (s *fakeStore) FeedFigures(context.Context) ([]spool.FeedFigure, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []spool.FeedFigure
	for _, f := range s.feeds {
		out = append(out, spool.FeedFigure{
			Name: f.Name, Good: f.LastGood, Next: f.NextPoll, Failures: f.Failures, Known: s.counts.Items[f.Name],
			Alarm: f.Memory.Alarm != "", Degraded: f.Memory.Degraded, Alerting: len(f.Memory.Alerts) > 0, Alerts: len(f.Memory.Alerts),
		})
	}
	return out, s.err
}

func (s *fakeStore) Accounts(context.Context) ([]spool.AccountState, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.accounts, s.err
}

// newsroom has one of everything that there is a figure for.
func newsroom() *fakeStore {
	return &fakeStore{
		counts: spool.Counts{
			Posts: []spool.PostCount{
				{Account: "desk", State: spool.Waiting, N: 3},
				{Account: "desk", State: spool.Held, Hold: spool.HoldBurst, N: 4},
				{Account: "desk", State: spool.Held, Hold: spool.HoldPerson, N: 1},
				{Account: "desk", State: spool.Live, N: 41},
				{Account: "later", State: spool.Waiting, N: 1},
			},
			Oldest: map[string]time.Time{"desk": noon.Add(-90 * time.Second)},
			Items:  map[string]int{"front": 77},
		},
		feeds: []spool.FeedState{
			{Name: "front", LastGood: noon.Add(-time.Minute), NextPoll: noon.Add(time.Minute)},
			{Name: "broken", Failures: 4, NextPoll: noon.Add(time.Hour)},
		},
		accounts: []spool.AccountState{
			{Name: "desk", Expires: noon.Add(48 * time.Hour), QuotaUsed: 12, QuotaTotal: 250},
			{Name: "later", PausedUntil: noon.Add(time.Minute)},
			{Name: "revoked", Stopped: "the token is no longer valid", PausedUntil: noon.Add(-time.Minute)},
		},
	}
}

// site is a server under test, with its log.
type site struct {
	*Server
	store *fakeStore
	log   *bytes.Buffer
	now   time.Time
}

// newSite has a clock that stands still until a test moves it.
func newSite(t *testing.T, ready func(context.Context) error) *site {
	t.Helper()
	s := &site{store: newsroom(), log: &bytes.Buffer{}, now: noon}
	server, err := New(Options{
		Store: s.store, Ready: ready, Version: "v1.2.3-test",
		Log: slog.New(slog.NewTextHandler(s.log, nil)),
		Now: func() time.Time { return s.now },
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Server = server
	return s
}

// ask sends one request through everything that a real one passes.
func (s *site) ask(method, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequest(method, path, http.NoBody))
	return w
}
