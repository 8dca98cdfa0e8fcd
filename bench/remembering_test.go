package bench

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"testing"
	"time"

	"spool"
	"spool/dedupe"
	"spool/store"
)

// BenchmarkRemembering holds polls with a million items in the database against
// polls with ten thousand: the real program over 200 feeds, passes of both in
// turn. The ratios say what a poll's cost grows by when a hundred times as much
// is remembered.
func BenchmarkRemembering(b *testing.B) {
	const feeds, few, many = 200, 10_000, 1_000_000
	n := openNewsroom(b)
	var sites [2]*site
	for i, items := range []int{few, many} {
		sites[i] = newSite(b, setup{feeds: feeds, url: n.url})
		sites[i].once()
		sites[i].remember(items)
	}
	for _, p := range passes()[1:] {
		b.Run(p.name, func(b *testing.B) {
			for range b.N {
				sites[0].b, sites[1].b = b, b
				p.compare(b, n, sites, feeds)
			}
		})
	}
}

// compare runs a pass over both some times in turn.
func (p pass) compare(b *testing.B, n *newsroom, sites [2]*site, feeds int) {
	b.Helper()
	const times = 5
	var costs [2][]cost
	for range times {
		p.prepare(n)
		for i, s := range sites {
			costs[i] = append(costs[i], s.once())
		}
	}
	few, many := middle(costs[0]), middle(costs[1])
	perPoll := func(c cost) float64 { return float64(c.cpu.Microseconds()) / 1000 / float64(feeds) }
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(many.cpu)/float64(few.cpu), "cpu-ratio")
	b.ReportMetric(float64(many.wall)/float64(few.wall), "wall-ratio")
	b.ReportMetric(perPoll(few), "10k-cpu-ms/poll")
	b.ReportMetric(perPoll(many), "1M-cpu-ms/poll")
	b.ReportMetric(mib(many.peak), "1M-peak-MiB")
}

// remember fills the database up to so many items, evenly over the feeds, as
// polls would: each with its keys, a body, and no post.
func (s *site) remember(items int) {
	s.b.Helper()
	const batch = 5000
	db := s.open(store.Options{})
	defer db.Close()
	each := items/s.feeds - listed
	for done := 0; done < each; done += batch {
		now := time.Now()
		if err := db.DueAll(s.b.Context(), now); err != nil {
			s.b.Fatal(err)
		}
		claimed, err := db.ClaimFeeds(s.b.Context(), "filler", now, time.Hour, s.feeds)
		if err != nil || len(claimed) != s.feeds {
			s.b.Fatalf("%d feeds claimed: %v", len(claimed), err)
		}
		for _, f := range claimed {
			f.LastPoll = now
			in := spool.Ingest{Feed: f, New: oldItems(f.Name, done, min(batch, each-done), now)}
			if _, err := db.Ingest(s.b.Context(), in); err != nil {
				s.b.Fatal(err)
			}
		}
	}
}

// oldItems are stories of long ago, of the size of those that are served.
func oldItems(feed string, first, n int, now time.Time) []spool.NewItem {
	items := make([]spool.NewItem, n)
	for i := range items {
		name := fmt.Sprintf("%s-old-%d", feed, first+i)
		sum := sha256.Sum256([]byte(name))
		hash := base64.RawURLEncoding.EncodeToString(sum[:16])
		at := now.Add(-time.Duration(first+i+1) * time.Hour)
		items[i] = spool.NewItem{
			Item: spool.Item{
				ID: dedupe.ID(feed, spool.Key("guid:"+hash)), Feed: feed, GUID: name, Link: "https://paper.example.org/news/" + name,
				Title: "Council votes on the harbour, as it did in the days of " + name, Published: at, Seen: at, Digest: hash + ".1.2.3",
				Summary: "The council has voted on the plans for the harbour after a debate of seven hours. Work is to begin in spring, the mayor said on Tuesday evening, and to end two years later.",
			},
			Keys: []spool.Key{spool.Key("guid:" + hash), spool.Key("link:" + hash), spool.Key("path:" + hash)},
		}
	}
	return items
}
