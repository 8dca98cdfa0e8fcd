package bench

import (
	"os"
	"slices"
	"strconv"
	"testing"
	"time"
)

// A pass is one reading of all feeds.
type pass struct {
	name    string
	prepare func(*newsroom)
	bodies  int64 // documents that each reader must have been sent, per feed
	waiting int   // posts in the end, per feed
	forget  bool  // also compare with a bare loop that keeps no validators
}

const newPerPass = listed / 10

// passes are in the order of their running: each builds on the one before.
func passes() []pass {
	return []pass{
		{name: "first", prepare: func(*newsroom) {}, bodies: 1},
		{name: "unchanged", prepare: func(*newsroom) {}, forget: true},
		{name: "same-body", prepare: func(n *newsroom) { n.silent.Store(true) }, bodies: 1},
		{name: "one-in-ten-new", prepare: func(n *newsroom) { n.silent.Store(false); n.gen.Add(newPerPass) }, bodies: 1, waiting: newPerPass},
	}
}

// A comparison collects the costs of a pass over the rounds.
type comparison struct {
	bare, ours []cost
	forgetful  []cost // of the bare loop without validators
}

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
		if p.forget {
			all := pass{name: p.name + ", without validators", bodies: 1}
			results[i].forgetful = append(results[i].forgetful, n.expect(b, all, func() cost { return spend(b, bareCommand(b, n, allFeeds, b.TempDir())) }))
		}
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
	if len(c.forgetful) > 0 {
		all := middle(c.forgetful)
		b.ReportMetric(float64(ours.cpu)/float64(all.cpu), "forgetful-cpu-ratio")
		b.ReportMetric(float64(ours.wall)/float64(all.wall), "forgetful-wall-ratio")
	}
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
