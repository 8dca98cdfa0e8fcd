package websub

import (
	"context"
	"net/http"
)

// AskOnce asks a hub once, and says why that did not go well.
func AskOnce(ctx context.Context, client *http.Client, hub string) (string, error) {
	s, err := New(Options{Store: noStore{}, Client: client, Poller: noPoller{}, PublicURL: "https://spool.example"})
	if err != nil {
		return "", err
	}
	if f := s.ask(ctx, begin("city", hub, "https://feeds.example/city", s.base, s.Now())); f != nil {
		return f.reason, nil
	}
	return "", nil
}

// noStore and noPoller are never used.
type (
	noStore  struct{ Store }
	noPoller struct{ Poller }
)
