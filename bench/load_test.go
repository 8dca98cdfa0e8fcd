package bench

import (
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite" // how late polls are is read from the program's database

	"spool/publisher/threads/threadstest"
)

// BenchmarkLoad runs the daemon with 10,000 feeds of 20 items that answer in 50
// to 250 milliseconds, one answer of a hundred in five seconds, while something
// reads its metrics every 15 seconds. Every twentieth reading of a feed finds a
// new item, which goes live on one of 20 accounts.
//
// With "every=1m" that is 15 times the load of the default schedule, for as long
// as $SPOOL_BENCH_LOAD says (3m). "every=15m" is the default schedule in real
// time, for two rounds: it takes half an hour, and so runs only when
// $SPOOL_BENCH_LOAD is "full". The cron schedule makes all feeds due at the same
// moment; it runs with the latter.
func BenchmarkLoad(b *testing.B) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		b.Skip("what a running process uses is read from /proc, which is not here")
	}
	const feeds = 10_000
	watch, full := loadTime(b)
	for _, l := range []load{
		{"every=1m", feeds, "@every 1m", time.Minute, watch},
		{"every=15m", feeds, "@every 15m", 15 * time.Minute, 32 * time.Minute},
		{"cron=15m", feeds, "*/15 * * * *", 15 * time.Minute, 32 * time.Minute},
	} {
		b.Run(l.name, func(b *testing.B) {
			if l.watch > watch && !full {
				b.Skip("takes half an hour: SPOOL_BENCH_LOAD=full")
			}
			for range b.N {
				l.run(b)
			}
		})
	}
}

func loadTime(b *testing.B) (watch time.Duration, full bool) {
	b.Helper()
	text := os.Getenv("SPOOL_BENCH_LOAD")
	if text == "" || text == "full" {
		return 3 * time.Minute, text == "full"
	}
	watch, err := time.ParseDuration(text)
	if err != nil {
		b.Fatalf("SPOOL_BENCH_LOAD is %q, neither \"full\" nor a duration", text)
	}
	return watch, false
}

// A load is a daemon's configuration and how long to watch it.
type load struct {
	name     string
	feeds    int
	schedule string
	every    time.Duration
	watch    time.Duration
}

const loadAccounts = 20

// site writes the configuration: as few settings as an operator would make.
func (l load) site(b *testing.B, c *crowd, listen string) *site {
	b.Helper()
	network := threadstest.New(threadstest.Options{})
	var text strings.Builder
	s := &site{b: b, dir: b.TempDir(), binary: spoolBinary(b), feeds: l.feeds}
	fmt.Fprintf(&text, "database: %s\nserver: {listen: %q}\nfetch: {allow_networks: [127.0.0.0/8]}\naccounts:\n", filepath.Join(s.dir, "spool.db"), listen)
	api := httptest.NewServer(network)
	b.Cleanup(api.Close)
	for i := range loadAccounts {
		token := fmt.Sprintf("THQVJbenchmarktoken%d", i)
		network.AddUser(fmt.Sprintf("desk-%d", i), token)
		fmt.Fprintf(&text, "  desk-%d: {network: threads, base_url: %q, token: %s, limits: {per_day: 0, reserve: 0}}\n", i, api.URL, token)
	}
	fmt.Fprintf(&text, "defaults: {schedule: %q, settle: 0s}\nfeeds:\n", l.schedule)
	for i := range l.feeds {
		fmt.Fprintf(&text, "  paper-%d: {url: %q, accounts: [desk-%d]}\n", i, c.url(i), i%loadAccounts)
	}
	if err := os.WriteFile(filepath.Join(s.dir, "config.yaml"), []byte(text.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	return s
}

func (l load) run(b *testing.B) {
	b.Helper()
	c := openCrowd(b, l.feeds, l.every)
	s := l.site(b, c, "127.0.0.1:0")
	r := s.start()
	defer r.stop()
	first := l.firstPass(b, s, r)
	pid := r.cmd.Process.Pid
	firstPeak := procStatus(pid, "VmHWM")
	w := l.observe(b, s, r, c)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(first.Seconds(), "first-pass-s")
	b.ReportMetric(mib(firstPeak), "first-pass-peak-MiB")
	b.ReportMetric(mib(w.resident), "resident-MiB")
	b.ReportMetric(mib(procStatus(pid, "VmHWM")), "peak-MiB")
	b.ReportMetric(w.cpu, "cpu-ms/s")
	b.ReportMetric(w.polls, "polls/s")
	b.ReportMetric(w.late.Seconds(), "latest-poll-s")
	b.ReportMetric(w.scrape.Seconds()*1000, "scrape-ms")
	b.ReportMetric(float64(w.plain), "unconditional")
	if testing.Verbose() {
		b.Logf("%d documents; the end of the log:\n%s", c.bodies.Load(), tail(r.log.String()))
	}
}

// firstPass waits until every feed has been read once and returns how long that
// took.
func (l load) firstPass(b *testing.B, s *site, r *running) time.Duration {
	b.Helper()
	start := time.Now()
	for deadline := start.Add(5 * time.Minute); ; <-time.After(200 * time.Millisecond) {
		if _, err := os.Stat(filepath.Join(s.dir, "spool.db")); err == nil && s.count("SELECT count(*) FROM feeds WHERE last_good > 0") == l.feeds {
			return time.Since(start)
		}
		if time.Now().After(deadline) {
			b.Fatalf("%d feeds were read in five minutes\n%s", s.count("SELECT count(*) FROM feeds WHERE last_good > 0"), tail(r.log.String()))
		}
	}
}

// An observation is what a running daemon used, and how late it was.
type observation struct {
	resident int64
	cpu      float64 // milliseconds a second
	polls    float64 // a second
	late     time.Duration
	scrape   time.Duration // the longest reading of the metrics
	plain    int64         // requests without validators
}

// observe watches the daemon. A poll's lateness is from the moment it was to be
// until its outcome is recorded, so it has the time of the answer in it.
func (l load) observe(b *testing.B, s *site, r *running, c *crowd) observation {
	b.Helper()
	var o observation
	pid, start := r.cmd.Process.Pid, time.Now()
	before, _ := procCPU(pid)
	asked, plain := c.requests.Load(), c.plain.Load()
	metrics := r.address("/metrics")
	for i := 1; time.Since(start) < l.watch; i++ {
		<-time.After(time.Second)
		o.resident = max(o.resident, procStatus(pid, "VmRSS"))
		due := s.count("SELECT min(next_poll) FROM feeds WHERE active = 1")
		late := time.Since(time.UnixMilli(int64(due)))
		if o.late = max(o.late, late); testing.Verbose() && i%10 == 0 {
			b.Logf("%v: %.0f MiB, %v late, %d requests", time.Since(start).Round(time.Second), mib(procStatus(pid, "VmRSS")), late.Round(time.Millisecond), c.requests.Load()-asked)
		}
		if i%15 == 0 {
			o.scrape = max(o.scrape, scrape(b, metrics))
		}
	}
	after, ok := procCPU(pid)
	if !ok {
		b.Fatalf("the daemon is gone\n%s", tail(r.log.String()))
	}
	seconds := time.Since(start).Seconds()
	o.cpu = (after - before).Seconds() * 1000 / seconds
	o.polls = float64(c.requests.Load()-asked) / seconds
	o.plain = c.plain.Load() - plain
	return o
}

// scrape reads the metrics as Prometheus does.
func scrape(b *testing.B, address string) time.Duration {
	b.Helper()
	start := time.Now()
	req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		b.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	if n, err := io.Copy(io.Discard, resp.Body); err != nil || n == 0 || resp.StatusCode != http.StatusOK {
		b.Fatalf("metrics: status %d, %d bytes: %v", resp.StatusCode, n, err)
	}
	return time.Since(start)
}

var serving = regexp.MustCompile(`"address":"(http://[^"]+)"`)

// address is that of a page of the running daemon, which says where it listens.
func (r *running) address(path string) string {
	r.b.Helper()
	found := serving.FindStringSubmatch(r.log.String())
	if found == nil {
		r.b.Fatalf("the daemon does not say where it listens\n%s", tail(r.log.String()))
	}
	return found[1] + path
}

// count asks the program's database for one number.
func (s *site) count(query string) int {
	s.b.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(s.dir, "spool.db")+"?mode=ro&_pragma=busy_timeout(5000)")
	if err != nil {
		s.b.Fatal(err)
	}
	defer db.Close()
	var n int
	if err := db.QueryRowContext(s.b.Context(), query).Scan(&n); err != nil && !strings.Contains(err.Error(), "no such table") {
		s.b.Fatal(err)
	}
	return n
}
