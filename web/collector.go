package web

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"spool"
)

// A collector reads the present of posts and accounts from the store at each
// scrape; that of the feeds is written by wide.go. Replicas on one
// database show the same figures: take the maximum, not the sum.
type collector struct {
	store Store
	log   *slog.Logger
	now   func() time.Time

	posts, held, queueAge               *prometheus.Desc
	stopped, paused, token, used, total *prometheus.Desc

	up atomic.Bool // the last reading brought everything
}

func newCollector(o Options) *collector {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("spool_"+name, help, labels, nil)
	}
	return &collector{
		store: o.Store, log: o.Log, now: o.Now,
		posts:    desc("posts", "Posts by account and state.", "account", "state"),
		held:     desc("posts_held", "Held posts by account and by why they wait for a person.", "account", "hold"),
		queueAge: desc("queue_age_seconds", "How long the longest due post of an account has been due; 0 when none is.", "account"),
		stopped:  desc("account_stopped", "1 when an account cannot post until a person acts, else 0.", "account"),
		paused:   desc("account_paused", "1 when an account is paused, by a person or for a while by its network, else 0.", "account"),
		token:    desc("account_token_lifetime_seconds", "How long an account's token is still good for; negative when it has expired, absent when that is unknown.", "account"),
		used:     desc("account_quota_used", "Posts of an account within the network's window, as the network counts.", "account"),
		total:    desc("account_quota_limit", "Posts that the network allows an account within its window; absent when that is unknown.", "account"),
	}
}

// Describe is prometheus.Collector's.
func (c *collector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.posts, c.held, c.queueAge, c.stopped, c.paused, c.token, c.used, c.total} {
		ch <- d
	}
}

// collectTimeout ends before the scrape does, so that the other figures still
// reach whoever asked when the database hangs.
const collectTimeout = 5 * time.Second

// Collect is prometheus.Collector's.
func (c *collector) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), collectTimeout)
	defer cancel()
	up := true
	for _, read := range []func(context.Context, chan<- prometheus.Metric) error{c.collectCounts, c.collectAccounts} {
		if err := read(ctx, ch); err != nil {
			c.log.Warn("figures are missing from the metrics", "err", err)
			up = false
		}
	}
	c.up.Store(up)
}

func (c *collector) collectCounts(ctx context.Context, ch chan<- prometheus.Metric) error {
	counts, err := c.store.Counts(ctx)
	if err != nil {
		return err
	}
	c.sendPosts(ch, counts.Posts)
	age := map[string]float64{}
	for _, n := range counts.Posts {
		age[n.Account] = c.since(counts.Oldest[n.Account])
	}
	for account, seconds := range age {
		send(ch, c.queueAge, seconds, account)
	}
	return nil
}

// sendPosts adds up the reasons for which posts are held, and shows each too.
// A state without posts is shown as 0, so that a graph of it does not end.
func (c *collector) sendPosts(ch chan<- prometheus.Metric, counts []spool.PostCount) {
	posts := map[string]map[spool.State]int{}
	for _, n := range counts {
		if posts[n.Account] == nil {
			posts[n.Account] = map[spool.State]int{}
		}
		posts[n.Account][n.State] += n.N
		if n.State == spool.Held {
			send(ch, c.held, float64(n.N), n.Account, string(n.Hold))
		}
	}
	for account, states := range posts {
		for _, state := range spool.States() {
			send(ch, c.posts, float64(states[state]), account, string(state))
		}
	}
}

func (c *collector) collectAccounts(ctx context.Context, ch chan<- prometheus.Metric) error {
	accounts, err := c.store.Accounts(ctx)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		send(ch, c.stopped, truth(a.Stopped != ""), a.Name)
		send(ch, c.paused, truth(a.Paused || a.PausedUntil.After(c.now())), a.Name)
		if !a.Expires.IsZero() {
			send(ch, c.token, a.Expires.Sub(c.now()).Seconds(), a.Name)
		}
		send(ch, c.used, float64(a.QuotaUsed), a.Name)
		if a.QuotaTotal > 0 {
			send(ch, c.total, float64(a.QuotaTotal), a.Name)
		}
	}
	return nil
}

// since is how long ago t was, in seconds; 0 when it is unknown or to come.
func (c *collector) since(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return max(c.now().Sub(t), 0).Seconds()
}

// stamp is a moment in Unix seconds; 0 when it is unknown.
func stamp(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMilli()) / 1000
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// send gives one figure to the scrape. The labels are as many as d has: the
// registry would refuse anything else in the first test.
func send(ch chan<- prometheus.Metric, d *prometheus.Desc, value float64, labels ...string) {
	ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
}
