package dedupe

import (
	"fmt"
	"testing"

	"spool"
)

// feed is a document like those of most publishers: 40 items whose guid is
// their address, with tracking in the link.
func feed(n int) []spool.Item {
	items := make([]spool.Item, 40)
	for i := range items {
		page := fmt.Sprintf("https://www.example.org/news/2026/03/10/council-votes-on-the-harbour-%d-%d", n, i)
		items[i] = story(page, page+"?utm_source=rss&utm_medium=feed", fmt.Sprintf("Council votes on the harbour, part %d of %d", i, n), noon)
		items[i].Summary = "The council has voted on the plans for the harbour after a debate of seven hours. Work is to begin in spring, the mayor said on Tuesday evening."
	}
	return items
}

// Benchmarks are per feed of 40 items; 2,000 of them make 80,000 items.
func BenchmarkKeysOf(b *testing.B) {
	items := feed(1)
	b.ReportAllocs()
	for b.Loop() {
		KeysOf(items)
	}
}

func BenchmarkDecideFresh(b *testing.B) {
	items, p := feed(1), Policy{Feed: "f", First: true}
	b.ReportAllocs()
	for b.Loop() {
		Decide(p, items, nil, noon)
	}
}

func BenchmarkDecideKnown(b *testing.B) {
	items, p := feed(1), Policy{Feed: "f"}
	known := map[spool.Key]spool.Known{}
	for _, v := range Decide(p, items, nil, noon) {
		for _, k := range v.Keys {
			known[k] = spool.Known{Item: v.Item.ID, Digest: v.Item.Digest, Feeds: []string{"f"}}
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		Decide(p, items, known, noon)
	}
}

// One new item against as many recent ones as are ever asked for.
func BenchmarkLook(b *testing.B) {
	var recent []spool.Item
	for i := range 13 {
		recent = append(recent, feed(i)...)
	}
	for i := range recent {
		recent[i].ID, recent[i].Feed, recent[i].Seen = fmt.Sprint(i), "f", noon
	}
	r := Review{Policy: Policy{Feed: "f"}, Similar: true}
	verdicts := Decide(r.Policy, feed(99)[:1], nil, noon)
	b.ReportAllocs()
	for b.Loop() {
		verdicts[0].Like = nil
		r.Look(verdicts, recent[:500], noon)
	}
}

func BenchmarkCanonical(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Canonical("https://www.example.org/news/2026/03/10/council-votes-on-the-harbour?utm_source=rss&utm_medium=feed")
	}
}
