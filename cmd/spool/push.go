package main

import (
	"context"
	"log/slog"
	"net/http"

	"spool/config"
	"spool/feeds/websub"
	"spool/scheduler"
)

// newSubscriber makes what keeps the subscriptions at hubs. Without an address at
// which hubs can reach the daemon it ends those that there are.
func (d *daemon) newSubscriber(client *http.Client, log *slog.Logger) (*websub.Subscriber, error) {
	return websub.New(websub.Options{
		Store: d.db, Client: client, Poller: pushes{d}, Metrics: pushes{d},
		PublicURL: publicURL(d.cfg), Log: log, Now: d.now,
	})
}

// publicURL is the address at which hubs reach the daemon; empty: they cannot.
func publicURL(cfg *config.Config) string {
	if cfg.Server.Listen == "" {
		return ""
	}
	return cfg.Server.PublicURL
}

// pushable are the feeds that may be pushed.
func pushable(plan scheduler.Plan) map[string]bool {
	names := map[string]bool{}
	for name, f := range plan.Feeds {
		if f.Push {
			names[name] = true
		}
	}
	return names
}

// pushes passes on what the subscriber has to say to parts that are made after
// it.
type pushes struct{ d *daemon }

func (p pushes) Pushed(ctx context.Context, feed string) error { return p.d.sched.Pushed(ctx, feed) }

func (p pushes) Unpushed(ctx context.Context, feed string) { p.d.sched.Unpushed(ctx, feed) }

func (p pushes) Delivered(result string) { p.d.pages.Metrics().Delivered(result) }
