package web

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"spool"
)

// A collector reads the present from the store at each scrape. Replicas on one
// database show the same figures: take the maximum, not the sum.
type collector struct {
	store Store
	log   *slog.Logger
	now   func() time.Time

	up, posts, held, queueAge                   *prometheus.Desc
	feedGood, feedFailures, feedNext, feedItems *prometheus.Desc
	feedAlarm, feedDegraded                     *prometheus.Desc
	stopped, paused, token, used, total         *prometheus.Desc

	ledger *ledgerCollector
}

func newCollector(o Options) *collector {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("spool_"+name, help, labels, nil)
	}
	return &collector{
		store: o.Store, log: o.Log, now: o.Now,
		up:           desc("store_up", "1 when the figures of this scrape that come from the database could be read, else 0."),
		posts:        desc("posts", "Posts by account and state.", "account", "state"),
		held:         desc("posts_held", "Held posts by account and by why they wait for a person.", "account", "hold"),
		queueAge:     desc("queue_age_seconds", "How long the longest due post of an account has been due; 0 when none is.", "account"),
		feedGood:     desc("feed_last_success_timestamp_seconds", "When a feed last answered as it should; 0: never.", "feed"),
		feedFailures: desc("feed_failures", "Failed polls of a feed in a row; 0 when it is well.", "feed"),
		feedNext:     desc("feed_next_poll_timestamp_seconds", "When a feed is to be polled next.", "feed"),
		feedItems:    desc("feed_items", "Items that were first seen in a feed, ever.", "feed"),
		feedAlarm:    desc("feed_alarm", "1 when something is odd about a feed although it can be read, such as a silence that it does not usually keep, else 0.", "feed"),
		feedDegraded: desc("feed_degraded", "1 when a feed's document had to be repaired so much that items may have been missed, else 0.", "feed"),
		stopped:      desc("account_stopped", "1 when an account cannot post until a person acts, else 0.", "account"),
		paused:       desc("account_paused", "1 when an account is paused, by a person or for a while by its network, else 0.", "account"),
		token:        desc("account_token_lifetime_seconds", "How long an account's token is still good for; negative when it has expired, absent when that is unknown.", "account"),
		used:         desc("account_quota_used", "Posts of an account within the network's window, as the network counts.", "account"),
		total:        desc("account_quota_limit", "Posts that the network allows an account within its window; absent when that is unknown.", "account"),
		ledger:       newLedgerCollector(),
	}
}

// Describe is prometheus.Collector's.
func (c *collector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		c.up, c.posts, c.held, c.queueAge, c.feedGood, c.feedFailures, c.feedNext, c.feedItems,
		c.feedAlarm, c.feedDegraded, c.stopped, c.paused, c.token, c.used, c.total, c.ledger.items, c.ledger.imbalance,
	} {
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
	up := 1.0
	for _, read := range []func(context.Context, chan<- prometheus.Metric) error{c.collectCounts, c.collectFeeds, c.collectAccounts} {
		if err := read(ctx, ch); err != nil {
			c.log.Warn("figures are missing from the metrics", "err", err)
			up = 0
		}
	}
	send(ch, c.up, up)
}

func (c *collector) collectCounts(ctx context.Context, ch chan<- prometheus.Metric) error {
	counts, err := c.store.Counts(ctx)
	if err != nil {
		return err
	}
	c.sendPosts(ch, counts.Posts)
	for feed, n := range counts.Items {
		send(ch, c.feedItems, float64(n), feed)
	}
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

func (c *collector) collectFeeds(ctx context.Context, ch chan<- prometheus.Metric) error {
	feeds, err := c.store.Feeds(ctx)
	if err != nil {
		return err
	}
	active := make(map[string]bool, len(feeds))
	for _, f := range feeds {
		send(ch, c.feedGood, stamp(f.LastGood), f.Name)
		send(ch, c.feedFailures, float64(f.Failures), f.Name)
		send(ch, c.feedNext, stamp(f.NextPoll), f.Name)
		send(ch, c.feedAlarm, truth(f.Memory.Alarm != ""), f.Name)
		send(ch, c.feedDegraded, truth(f.Memory.Degraded), f.Name)
		active[f.Name] = true
	}
	return c.ledger.collect(ctx, c.store, c.now(), active, ch)
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
