package web

import (
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"spool"
)

// Metrics are the figures at /metrics. Those that count are told by the
// scheduler as things happen; those that describe the present are read from the
// store at each scrape (collector.go). docs/metrics.md explains them all.
//
// Labels are names of the configuration and words from short lists, never
// anything that a feed or a network said: a feed must not be able to grow them.
type Metrics struct {
	registry *prometheus.Registry

	collector *collector
	tallies   feedTallies
	ledger    shownLedger
	slots     chan struct{} // one for each scrape under way

	pollTime     *prometheus.HistogramVec
	pollBytes    prometheus.Counter
	changes      *prometheus.CounterVec
	failures     *prometheus.CounterVec
	delivery     *prometheus.HistogramVec
	credentials  *prometheus.CounterVec
	quotaAnswers *prometheus.CounterVec
	deliveries   *prometheus.CounterVec
}

func newMetrics(o Options) (*Metrics, error) {
	m := &Metrics{registry: prometheus.NewRegistry(), slots: make(chan struct{}, maxScrapes)}
	m.describeFeeds()
	m.describePosts()
	m.describePushes()
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "spool_build_info", Help: "Always 1; the labels tell the version.",
		ConstLabels: prometheus.Labels{"version": o.Version, "goversion": runtime.Version()},
	})
	build.Set(1)
	m.collector = newCollector(o)
	for _, c := range []prometheus.Collector{
		m.pollTime, m.pollBytes,
		m.changes, m.failures, m.delivery, m.credentials, m.quotaAnswers, m.deliveries,
		build, m.collector, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	} {
		if err := m.registry.Register(c); err != nil {
			return nil, fmt.Errorf("register metrics: %w", err)
		}
	}
	return m, nil
}

func (m *Metrics) describeFeeds() {
	m.pollTime = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "spool_poll_duration_seconds", Help: "How long polls took, by outcome.",
		Buckets: []float64{.01, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60},
	}, []string{"outcome"})
	m.pollBytes = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "spool_poll_bytes_total", Help: "Bytes of documents that polls have read.",
	})
}

func (m *Metrics) describePosts() {
	m.changes = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "spool_post_changes_total", Help: "Posts that came into a state, by the state and by what happened.",
	}, []string{"account", "state", "what"})
	m.failures = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "spool_post_failures_total", Help: "Requests about posts that did not succeed, by kind of failure.",
	}, []string{"account", "kind"})
	m.delivery = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "spool_post_delivery_seconds", Help: "Time from the recording of a post until it was live.",
		Buckets: []float64{1, 5, 15, 60, 300, 900, 3600, 4 * 3600, 12 * 3600, 24 * 3600},
	}, []string{"account"})
	m.credentials = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "spool_account_credential_checks_total", Help: "How often the network confirmed an account's credentials.",
	}, []string{"account"})
	m.quotaAnswers = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "spool_account_quota_checks_total", Help: "How often the network told how much an account may still post.",
	}, []string{"account"})
}

// The words that the scheduler may use. Any other is counted as "other".
var (
	outcomes = [...]string{"new", "same", "unchanged", "failed"}
	verdicts = [...]string{"fresh", "joined", "edited", "known", "too_old", "filtered", "duplicate", "first_run", "blocked", "no_account", "over", "summed", "skipped"}
)

func among(words []string, word string) string {
	if slices.Contains(words, word) {
		return word
	}
	return "other"
}

// Polled counts a poll: its outcome is new, same, unchanged or failed.
func (m *Metrics) Polled(feed, outcome string, took time.Duration, bytes int64) {
	outcome = among(outcomes[:], outcome)
	m.tallies.count(feed, func(t *feedTally) { t.polls[place(outcomes[:], outcome)]++ })
	m.pollTime.WithLabelValues(outcome).Observe(max(took, 0).Seconds())
	m.pollBytes.Add(float64(max(bytes, 0)))
}

// Items counts n entries of a feed about which the same was decided.
func (m *Metrics) Items(feed, verdict string, n int) {
	m.tallies.count(feed, func(t *feedTally) { t.items[place(verdicts[:], verdict)] += uint64(max(n, 0)) })
}

// Moved counts a change of a post, and the failure behind it if there is one.
func (m *Metrics) Moved(p spool.Post, c spool.Change, f *spool.Failure) {
	m.changes.WithLabelValues(p.Account, string(c.To), string(c.What)).Inc()
	if f != nil {
		m.failures.WithLabelValues(p.Account, f.Kind.String()).Inc()
	}
	if c.To == spool.Live && c.From != spool.Live && !p.Created.IsZero() && !p.Purpose.Steers() {
		m.delivery.WithLabelValues(p.Account).Observe(max(c.Time.Sub(p.Created), 0).Seconds())
	}
}

// Credential counts that the network confirmed an account's credentials. When
// they expire is read from the store.
func (m *Metrics) Credential(account string, _ time.Time) {
	m.credentials.WithLabelValues(account).Inc()
}

// Quota counts that the network told an account's quota. The figures are read
// from the store.
func (m *Metrics) Quota(account string, _, _ int) {
	m.quotaAnswers.WithLabelValues(account).Inc()
}

// At most so many scrapes run at the same time, and each for so long.
const (
	maxScrapes    = 3
	scrapeTimeout = 10 * time.Second
)
