package web

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"spool"
)

// FeedStore is what the pages about feeds are made of. Its methods may be called
// from several goroutines.
type FeedStore interface {
	// Feeds returns all active feeds, by name.
	Feeds(ctx context.Context) ([]spool.FeedState, error)

	// Feed returns an active feed; its error wraps spool.ErrNotFound when there
	// is none of the name.
	Feed(ctx context.Context, name string) (spool.FeedState, error)

	// LedgerOf returns the ledger of a feed, by account.
	LedgerOf(ctx context.Context, feed string) ([]spool.Entry, error)

	// SubscriptionOf returns the current subscription of a feed; its error wraps
	// spool.ErrNotFound when there is none.
	SubscriptionOf(ctx context.Context, feed string) (spool.Subscription, error)

	// TrackedAlerts returns the alerts of a feed that are open, and those that were
	// closed since a moment.
	TrackedAlerts(ctx context.Context, feed string, closedSince time.Time) ([]spool.Tracked, error)
}

// feedsPerPage keeps the list readable, and small, with ten thousand feeds.
const feedsPerPage = 100

// listFeeds is the page at /feeds. "?show=attention" leaves out what is well, and
// "?page=2" turns the page.
func (s *Server) listFeeds(w http.ResponseWriter, r *http.Request) {
	feeds, err := s.Store.Feeds(r.Context())
	if err != nil {
		s.broken(w, "feeds.html", err)
		return
	}
	query := r.URL.Query()
	page, _ := strconv.Atoi(query.Get("page")) // what is no number is the first page
	s.show(w, "feeds.html", newFeedList(feeds, query.Get("show"), page, s.Now()))
}

// showFeed is the page at /feeds/{name}.
func (s *Server) showFeed(w http.ResponseWriter, r *http.Request) {
	ctx, name := r.Context(), r.PathValue("name")
	feed, err := s.Store.Feed(ctx, name)
	if errors.Is(err, spool.ErrNotFound) {
		s.missing(w, name)
		return
	}
	var ledger []spool.Entry
	var push spool.Subscription
	if err == nil {
		ledger, err = s.Store.LedgerOf(ctx, feed.Name)
	}
	if err == nil {
		if push, err = s.Store.SubscriptionOf(ctx, feed.Name); errors.Is(err, spool.ErrNotFound) {
			err = nil
		}
	}
	var alerts *alertsView
	if err == nil {
		alerts, err = s.alertsOf(ctx, feed)
	}
	if err != nil {
		s.broken(w, "feed.html", err)
		return
	}
	page := newFeedPage(feed, ledger, push, s.Now())
	page.Alerts = alerts
	s.show(w, "feed.html", page)
}

// missing says on a page that there is no feed of a name.
func (s *Server) missing(w http.ResponseWriter, name string) {
	if len(name) > maxShown {
		name = strings.ToValidUTF8(name[:maxShown], "") + "…"
	}
	s.showAs(w, http.StatusNotFound, "missing.html", name)
}

// broken answers when a page cannot be made. What went wrong may name hosts and
// paths, so it stays in the log.
func (s *Server) broken(w http.ResponseWriter, page string, err error) {
	s.Log.Error("cannot make a page", "page", page, "err", err)
	http.Error(w, "this page cannot be made; the log says why", http.StatusInternalServerError)
}

// show answers with a page.
func (s *Server) show(w http.ResponseWriter, name string, data any) {
	s.showAs(w, http.StatusOK, name, data)
}

// showAs makes the page before it answers, so that no answer is half a page.
func (s *Server) showAs(w http.ResponseWriter, status int, name string, data any) {
	var page bytes.Buffer
	if err := pages.ExecuteTemplate(&page, name, data); err != nil {
		s.broken(w, name, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = page.WriteTo(w) // nobody is left to be told
}
