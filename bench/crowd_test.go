package bench

import (
	"context"
	"fmt"
	"hash/fnv"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A crowd is what a large newsroom group reads: many feeds on many hosts, which
// take their time to answer, and of which few have news at any moment.
type crowd struct {
	feeds  int
	every  time.Duration // how often they are read
	port   int
	opened time.Time

	requests atomic.Int64
	bodies   atomic.Int64 // answers with a document
	plain    atomic.Int64 // requests without validators
}

const (
	crowdItems = 20
	crowdHosts = 1000 // loopback addresses; per_host holds for each
	newsEvery  = 20   // readings from one new item of a feed to its next
	fastest    = 50 * time.Millisecond
	slowest    = 250 * time.Millisecond
	stuck      = 5 * time.Second // one answer of a hundred takes this long
)

// openCrowd listens on as many loopback addresses as there are hosts, all on
// one port.
func openCrowd(b *testing.B, feeds int, every time.Duration) *crowd {
	b.Helper()
	c := &crowd{feeds: feeds, every: every, opened: time.Now()}
	server := &http.Server{Handler: c, ReadHeaderTimeout: 10 * time.Second}
	for i := range crowdHosts {
		ln, err := (&net.ListenConfig{}).Listen(b.Context(), "tcp", net.JoinHostPort(crowdHost(i), strconv.Itoa(c.port)))
		if err != nil {
			b.Skipf("127.0.0.1 to %s are needed, all with one port: %v", crowdHost(crowdHosts-1), err)
		}
		if tcp, ok := ln.Addr().(*net.TCPAddr); ok {
			c.port = tcp.Port
		}
		go func() { _ = server.Serve(ln) }()
	}
	b.Cleanup(func() { _ = server.Shutdown(context.WithoutCancel(b.Context())) })
	return c
}

func crowdHost(i int) string { return fmt.Sprintf("127.0.%d.%d", i/250, i%250+1) }

func (c *crowd) url(feed int) string {
	return fmt.Sprintf("http://%s:%d/feeds/%d.rss", crowdHost(feed%crowdHosts), c.port, feed)
}

// ServeHTTP answers for all feeds, each after a while.
func (c *crowd) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n := c.requests.Add(1)
	feed, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/feeds/"), ".rss"))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	select {
	case <-time.After(latency(feed, n)):
	case <-r.Context().Done():
		return
	}
	gen := c.generation(feed)
	etag := fmt.Sprintf(`"%d-%d"`, feed, gen)
	w.Header().Set("ETag", etag)
	switch r.Header.Get("If-None-Match") {
	case etag:
		w.WriteHeader(http.StatusNotModified)
		return
	case "":
		c.plain.Add(1)
	}
	c.bodies.Add(1)
	body := c.document(feed, gen)
	w.Header().Set("Content-Type", "application/rss+xml; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body)
}

// latency is how long an answer takes: always the same for the same question.
func latency(feed int, request int64) time.Duration {
	h := fnv.New64a()
	fmt.Fprint(h, feed, request)
	n := h.Sum64()
	if n%100 == 0 {
		return stuck
	}
	return fastest + time.Duration(n>>8)%(slowest-fastest)
}

// generation is how many items a feed has had since the crowd opened. The feeds
// have their news at different times.
func (c *crowd) generation(feed int) int64 {
	period := c.every * newsEvery
	phase := period * time.Duration(feed*7919%c.feeds) / time.Duration(c.feeds)
	return int64((time.Since(c.opened) + phase) / period)
}

// document is a feed whose newest item is number gen+crowdItems-1.
func (c *crowd) document(feed int, gen int64) []byte {
	n := newsroom{start: c.opened.Add(-time.Hour)}
	b := make([]byte, 0, 24<<10)
	b = fmt.Appendf(b, `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Paper %d</title><link>https://paper-%d.example.org/</link>
<description>News of paper %d</description><language>en</language>
`, feed, feed, feed)
	for i := gen + crowdItems - 1; i >= gen; i-- {
		b = n.item(b, feed, i)
	}
	return append(b, "</channel></rss>\n"...)
}
