package bench

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/store"
)

// A site is a folder with a configuration for the real program.
type site struct {
	b      *testing.B
	dir    string
	binary string
	feeds  int
}

// siteConfig is for one account on a network that nobody answers for: posts are
// recorded, and stay where they are.
const siteConfig = `
database: %s
server: {listen: "%s"}
fetch: {allow_networks: [127.0.0.0/8]}
accounts:
  desk:
    network: threads
    base_url: %s
    token: THQVJbenchmarktoken1234567890
%s
defaults:
  accounts: [desk]
  schedule: "@every %s"
%s
feeds:
`

// A setup is what the configurations of the benchmarks differ in.
type setup struct {
	feeds    int
	url      func(feed int) string
	listen   string
	network  string // the address of Threads; default: a closed port
	schedule string // default 15m
	account  string // more lines of the account
	defaults string // more lines of the feeds' defaults
}

func newSite(b *testing.B, s setup) *site {
	b.Helper()
	dir := b.TempDir()
	if s.network == "" {
		s.network = "http://" + closedPort(b)
	}
	if s.schedule == "" {
		s.schedule = "15m"
	}
	var text strings.Builder
	fmt.Fprintf(&text, siteConfig, filepath.Join(dir, "spool.db"), s.listen, s.network, s.account, s.schedule, s.defaults)
	for i := range s.feeds {
		fmt.Fprintf(&text, "  %s:\n    url: %s\n", feedName(i), s.url(i))
	}
	if err := os.WriteFile(filepath.Join(dir, "config.yaml"), []byte(text.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	return &site{b: b, dir: dir, binary: spoolBinary(b), feeds: s.feeds}
}

func feedName(i int) string { return fmt.Sprintf("section-%d", i) }

// closedPort is a local address at which nobody listens.
func closedPort(b *testing.B) string {
	b.Helper()
	ln, err := (&net.ListenConfig{}).Listen(b.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

func (s *site) command(args ...string) *exec.Cmd {
	args = append(args, "--config", filepath.Join(s.dir, "config.yaml"), "--log-format", "json")
	cmd := exec.CommandContext(s.b.Context(), s.binary, args...)
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "GOGC=") || strings.HasPrefix(v, "GOMEMLIMIT=") })
	return cmd
}

func (s *site) once() cost {
	s.b.Helper()
	return spend(s.b, s.command("run", "--once"))
}

// open opens the program's database.
func (s *site) open(o store.Options) *store.DB {
	s.b.Helper()
	db, err := store.Open(s.b.Context(), filepath.Join(s.dir, "spool.db"), o)
	if err != nil {
		s.b.Fatal(err)
	}
	return db
}

// verify fails unless every feed was read well, and so many posts wait.
func (s *site) verify(waiting int) {
	s.b.Helper()
	db := s.open(store.Options{ReadOnly: true})
	defer db.Close()
	feeds, err := db.Feeds(s.b.Context())
	if err != nil {
		s.b.Fatal(err)
	}
	if len(feeds) != s.feeds {
		s.b.Fatalf("%d feeds, want %d", len(feeds), s.feeds)
	}
	for _, f := range feeds {
		if f.Failures > 0 || f.Items != listed || f.LastGood.IsZero() {
			s.b.Fatalf("feed %s: %d failures, %d items: %s", f.Name, f.Failures, f.Items, f.Problem)
		}
	}
	counts, err := db.Counts(s.b.Context())
	if err != nil {
		s.b.Fatal(err)
	}
	got := 0
	for _, c := range counts.Posts {
		if c.State == spool.Waiting {
			got += c.N
		}
	}
	if got != waiting {
		s.b.Fatalf("%d posts wait, want %d", got, waiting)
	}
}

// A pass is one reading of all feeds.
type pass struct {
	name    string
	prepare func(*newsroom)
	bodies  int64 // documents that each reader must have been sent, per feed
	waiting int   // posts in the end, per feed
}

const newPerPass = listed / 10

// passes are in the order of their running: each builds on the one before.
func passes() []pass {
	return []pass{
		{name: "first", prepare: func(*newsroom) {}, bodies: 1},
		{name: "unchanged", prepare: func(*newsroom) {}},
		{name: "same-body", prepare: func(n *newsroom) { n.silent.Store(true) }, bodies: 1},
		{name: "one-in-ten-new", prepare: func(n *newsroom) { n.silent.Store(false); n.gen.Add(newPerPass) }, bodies: 1, waiting: newPerPass},
	}
}

// A comparison collects the costs of a pass over the rounds.
type comparison struct{ bare, ours []cost }

// BenchmarkOnce holds "spool run --once" over 2,000 feeds of 40 items against
// the bare loop: the first reading of all; one where every server answers "not
// modified"; one where they send the same document again; and one where each
// feed has four new items, which become posts. Each round has all passes of
// both, one after the other, on a new database.
func BenchmarkOnce(b *testing.B) {
	spoolBinary(b)
	list := passes()
	results := make([]comparison, len(list))
	for range rounds(b) {
		round(b, list, results)
	}
	for i, p := range list {
		b.Run(p.name, func(b *testing.B) {
			for range b.N { //nolint:revive // the work is done; the figures are reported by the benchmark they belong to
			}
			results[i].report(b)
		})
	}
}

// rounds is how often everything is measured: $SPOOL_BENCH_ROUNDS, or three
// times.
func rounds(b *testing.B) int {
	b.Helper()
	text := os.Getenv("SPOOL_BENCH_ROUNDS")
	if text == "" {
		return 3
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		b.Fatalf("SPOOL_BENCH_ROUNDS is %q, not a number of rounds", text)
	}
	return n
}

func round(b *testing.B, list []pass, results []comparison) {
	b.Helper()
	n := openNewsroom(b)
	s := newSite(b, setup{feeds: allFeeds, url: n.url})
	dir := b.TempDir()
	for i, p := range list {
		p.prepare(n)
		results[i].bare = append(results[i].bare, n.expect(b, p, func() cost { return spend(b, bareCommand(b, n, allFeeds, dir)) }))
		results[i].ours = append(results[i].ours, n.expect(b, p, s.once))
		s.verify(p.waiting * allFeeds)
	}
}

// expect fails when a reader has not asked for each feed once, or was sent
// other than what the pass is about.
func (n *newsroom) expect(b *testing.B, p pass, read func() cost) cost {
	b.Helper()
	requests, bodies := n.requests.Load(), n.bodies.Load()
	c := read()
	if got := n.requests.Load() - requests; got != allFeeds {
		b.Fatalf("%s: %d requests, want %d", p.name, got, allFeeds)
	}
	if got := n.bodies.Load() - bodies; got != p.bodies*allFeeds {
		b.Fatalf("%s: %d documents, want %d", p.name, got, p.bodies*allFeeds)
	}
	return c
}

// report says what a pass costs in relation to the bare loop, and in itself.
func (c comparison) report(b *testing.B) {
	bare, ours := middle(c.bare), middle(c.ours)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(ours.cpu)/float64(bare.cpu), "cpu-ratio")
	b.ReportMetric(float64(ours.wall)/float64(bare.wall), "wall-ratio")
	b.ReportMetric(ours.cpu.Seconds(), "cpu-s")
	b.ReportMetric(bare.cpu.Seconds(), "bare-cpu-s")
	b.ReportMetric(ours.wall.Seconds(), "wall-s")
	b.ReportMetric(mib(ours.peak), "peak-MiB")
	b.ReportMetric(mib(bare.peak), "bare-peak-MiB")
}

// middle is the median of the times, and the highest peak.
func middle(costs []cost) cost {
	var cpu, wall []time.Duration
	var peak int64
	for _, c := range costs {
		cpu, wall, peak = append(cpu, c.cpu), append(wall, c.wall), max(peak, c.peak)
	}
	slices.Sort(cpu)
	slices.Sort(wall)
	return cost{cpu: cpu[len(cpu)/2], wall: wall[len(wall)/2], peak: peak}
}
