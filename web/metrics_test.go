package web

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"spool"
)

var update = flag.Bool("update", false, "write the table of docs/metrics.md anew")

// busy is a site of which every figure has a value.
func busy(t *testing.T) *site {
	t.Helper()
	s := newSite(t, nil)
	m := s.Metrics()
	m.Polled("front", "new", 300*time.Millisecond, 2048)
	m.Items("front", "fresh", 2)
	post := spool.Post{Account: "desk", Created: noon.Add(-20 * time.Second)}
	m.Moved(post, spool.Change{Time: noon, From: spool.Sending, To: spool.Live, What: spool.Delivered}, nil)
	m.Moved(post, spool.Change{Time: noon, From: spool.Live, To: spool.Live, What: spool.Checked}, nil) // not delivered again
	m.Moved(post, spool.Change{Time: noon, From: spool.Sending, To: spool.Doubt, What: spool.Refused}, &spool.Failure{Kind: spool.Unsure})
	m.Credential("desk", noon.Add(time.Hour))
	m.Quota("desk", 12, 250)
	m.Delivered("accepted")
	s.store.ledger = books()
	s.store.feeds[1].Memory = spool.FeedMemory{Alarm: "nothing new for three days", Degraded: true, Alerts: json.RawMessage(`{}`)}
	m.Items("front", "blocked", 3)
	m.Items("front", "over", 4)
	return s
}

func TestMetricsShow(t *testing.T) {
	page := busy(t).ask("GET", "/metrics").Body.String()
	for _, want := range []string{
		`spool_polls_total{feed="front",outcome="new"} 1`,
		`spool_poll_duration_seconds_bucket{outcome="new",le="0.5"} 1`,
		`spool_poll_duration_seconds_bucket{outcome="new",le="0.25"} 0`,
		`spool_poll_bytes_total 2048`,
		`spool_items_total{feed="front",verdict="fresh"} 2`,
		`spool_post_changes_total{account="desk",state="live",what="delivered"} 1`,
		`spool_post_changes_total{account="desk",state="doubt",what="refused"} 1`,
		`spool_post_failures_total{account="desk",kind="unsure"} 1`,
		`spool_post_delivery_seconds_sum{account="desk"} 20`,
		`spool_post_delivery_seconds_count{account="desk"} 1`,
		`spool_account_credential_checks_total{account="desk"} 1`,
		`spool_account_quota_checks_total{account="desk"} 1`,
		`spool_posts{account="desk",state="waiting"} 3`,
		`spool_posts{account="desk",state="live"} 41`,
		`spool_posts{account="desk",state="held"} 5`,
		`spool_posts{account="desk",state="doubt"} 0`,
		`spool_posts_held{account="desk",hold="burst"} 4`,
		`spool_posts_held{account="desk",hold="person"} 1`,
		`spool_feed_items{feed="front"} 77`,
		`spool_queue_age_seconds{account="desk"} 90`,
		`spool_queue_age_seconds{account="later"} 0`,
		`spool_feed_failures{feed="broken"} 4`,
		`spool_feed_alarm{feed="broken"} 1`,
		`spool_feed_alarm{feed="front"} 0`,
		`spool_feed_degraded{feed="broken"} 1`,
		`spool_feed_degraded{feed="front"} 0`,
		`spool_feed_alerts{feed="broken"} 2`,
		`spool_items_total{feed="front",verdict="blocked"} 3`,
		`spool_items_total{feed="front",verdict="over"} 4`,
		`spool_feed_last_success_timestamp_seconds{feed="broken"} 0`,
		fmt.Sprintf(`spool_feed_last_success_timestamp_seconds{feed="front"} %v`, float64(noon.Unix()-60)),
		`spool_account_stopped{account="revoked"} 1`,
		`spool_account_stopped{account="desk"} 0`,
		`spool_account_paused{account="later"} 1`,
		`spool_account_paused{account="revoked"} 0`,
		`spool_account_token_lifetime_seconds{account="desk"} 172800`,
		`spool_account_quota_used{account="desk"} 12`,
		`spool_account_quota_limit{account="desk"} 250`,
		`spool_store_up 1`,
		`version="v1.2.3-test"`,
		`go_goroutines `,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
	for _, unwanted := range []string{
		`spool_account_token_lifetime_seconds{account="later"}`, // unknown is absent, not 0
		`spool_account_quota_limit{account="later"}`,
		`spool_feed_alerts{feed="front"}`, // it lists none
		`the token is no longer valid`,
		`nothing new for three days`,
	} {
		if strings.Contains(page, unwanted) {
			t.Errorf("/metrics has %s", unwanted)
		}
	}
}

func TestMetricsKeepTheirLabelsToTheWords(t *testing.T) {
	s := newSite(t, nil)
	for i := range 1000 {
		s.Metrics().Polled("front", fmt.Sprintf("outcome %d", i), -time.Second, -1)
		s.Metrics().Items("front", fmt.Sprintf("verdict %d", i), -1)
	}
	page := s.ask("GET", "/metrics").Body.String()
	if n := strings.Count(page, "spool_polls_total{"); n != 1 || !strings.Contains(page, `outcome="other"} 1000`) {
		t.Errorf("%d series of polls, want one for all words that are not known", n)
	}
}

// What the process counted itself is shown although the database is gone.
func TestMetricsSurviveTheDatabase(t *testing.T) {
	s := busy(t)
	s.store.fail(errors.New("disk I/O error"))
	w := s.ask("GET", "/metrics")
	page := w.Body.String()
	if w.Code != 200 || !strings.Contains(page, "spool_store_up 0") || !strings.Contains(page, "spool_polls_total{") {
		t.Errorf("status %d:\n%.400s", w.Code, page)
	}
	if strings.Contains(page, "disk I/O") || !strings.Contains(s.log.String(), "disk I/O") {
		t.Error("the reason belongs into the log, not on the page")
	}
}

// gather returns our families as they are shown, by name.
func gather(t *testing.T, s *site) []*dto.MetricFamily {
	t.Helper()
	page := s.ask("GET", "/metrics").Body
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(page)
	if err != nil {
		t.Fatal(err)
	}
	var ours []*dto.MetricFamily
	for _, name := range slices.Sorted(maps.Keys(families)) {
		if strings.HasPrefix(name, "spool_") {
			ours = append(ours, families[name])
		}
	}
	return ours
}

func TestMetricsFollowTheConventions(t *testing.T) {
	problems, err := promlint.NewWithMetricFamilies(gather(t, busy(t))).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

// Every descriptor must have a value in busy, or the table would miss it.
func TestBusyHasEveryMetric(t *testing.T) {
	shown := map[string]bool{}
	s := busy(t)
	for _, f := range gather(t, s) {
		shown[f.GetName()] = true
	}
	for _, name := range described(s) {
		if !shown[name] {
			t.Errorf("%s has no value in this test", name)
		}
	}
}

func TestMetricsAreDocumented(t *testing.T) {
	const path, begin, end = "../docs/metrics.md", "writes it anew -->\n", "<!-- /metrics -->"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(text), begin)
	have, tail, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("%s has lost the marks around its table", path)
	}
	want := table(gather(t, busy(t)))
	if *update {
		if err := os.WriteFile(path, []byte(head+begin+want+end+tail), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if have != want {
		t.Errorf("%s is not what the program shows; run go test ./web -run Documented -update; want:\n%s", path, want)
	}
}

// The lists of words are documented as well.
func TestWordsAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	words := slices.Concat(outcomes[:], verdicts[:])
	for _, h := range []spool.Hold{spool.HoldApproval, spool.HoldBurst, spool.HoldChurn, spool.HoldDuplicate, spool.HoldCredentials, spool.HoldDoubt, spool.HoldPerson} {
		words = append(words, string(h))
	}
	for _, v := range []spool.Verdict{spool.FirstRun, spool.TooOld, spool.Filtered, spool.Duplicate, spool.Elsewhere, spool.Nowhere, spool.Blocked, spool.Over, spool.Summed} {
		words = append(words, string(v))
	}
	for k := spool.Unsure; k <= spool.Permanent; k++ {
		words = append(words, k.String())
	}
	for _, word := range words {
		if !strings.Contains(string(text), "| `"+word+"` |") {
			t.Errorf("docs/metrics.md does not explain %q", word)
		}
	}
}

// table is the families as Markdown.
func table(families []*dto.MetricFamily) string {
	var b strings.Builder
	b.WriteString("| metric | type | labels | meaning |\n|---|---|---|---|\n")
	for _, f := range families {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", f.GetName(), strings.ToLower(f.GetType().String()), labels(f), f.GetHelp())
	}
	return b.String()
}

func labels(f *dto.MetricFamily) string {
	var names []string
	for _, l := range f.GetMetric()[0].GetLabel() {
		names = append(names, "`"+l.GetName()+"`")
	}
	return strings.Join(names, ", ")
}

// described returns the names of all metrics of ours, whether they have a value
// yet or not. A Desc tells its name only in its text.
func described(s *site) []string {
	var names []string
	descs := make(chan *prometheus.Desc)
	go func() {
		s.metrics.registry.Describe(descs)
		close(descs)
	}()
	for d := range descs {
		_, rest, _ := strings.Cut(d.String(), `fqName: "`)
		if name, _, _ := strings.Cut(rest, `"`); strings.HasPrefix(name, "spool_") {
			names = append(names, name)
		}
	}
	return names
}
