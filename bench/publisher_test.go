package bench

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// The size of a run: the feeds, the items that each lists, and the loopback
// addresses they are spread over, since per_host holds for each address.
const (
	allFeeds  = 2000
	listed    = 40
	addresses = 250
)

// A newsroom serves many feeds that it makes up as they are asked for. It costs
// little itself: it shares the processor with what is measured.
type newsroom struct {
	port     int
	start    time.Time
	gen      atomic.Int64 // how many new items each feed has had
	silent   atomic.Bool  // sends no validators, and so always a whole document
	requests atomic.Int64
	bodies   atomic.Int64 // answers with a document
}

// openNewsroom listens on as many loopback addresses as there are, all on one port.
func openNewsroom(b *testing.B) *newsroom {
	b.Helper()
	n := &newsroom{start: time.Now().Add(-time.Hour)}
	server := &http.Server{Handler: n, ReadHeaderTimeout: 10 * time.Second}
	for i := range addresses {
		ln, err := (&net.ListenConfig{}).Listen(b.Context(), "tcp", net.JoinHostPort(address(i), strconv.Itoa(n.port)))
		if err != nil {
			b.Skipf("127.0.0.1 to 127.0.0.%d are needed, all with one port: %v", addresses, err)
		}
		if tcp, ok := ln.Addr().(*net.TCPAddr); ok {
			n.port = tcp.Port
		}
		go func() { _ = server.Serve(ln) }()
	}
	b.Cleanup(func() { _ = server.Shutdown(context.WithoutCancel(b.Context())) })
	return n
}

func address(i int) string { return fmt.Sprintf("127.0.0.%d", i%addresses+1) }

// url is the address of a feed.
func (n *newsroom) url(feed int) string {
	return fmt.Sprintf("http://%s:%d/feeds/%d.rss", address(feed), n.port, feed)
}

// ServeHTTP answers for all feeds.
func (n *newsroom) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n.requests.Add(1)
	text := strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/feeds/"), ".rss")
	feed, err := strconv.Atoi(text)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	gen := n.gen.Load()
	if !n.silent.Load() {
		etag := fmt.Sprintf(`"%d-%d"`, feed, gen)
		w.Header().Set("ETag", etag)
		if r.Header.Get("If-None-Match") == etag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	n.bodies.Add(1)
	body := n.document(feed, gen)
	w.Header().Set("Content-Type", "application/rss+xml; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body)
}

// document is a feed whose newest item is number gen+listed-1.
func (n *newsroom) document(feed int, gen int64) []byte {
	b := make([]byte, 0, 48<<10)
	b = fmt.Appendf(b, `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Section %d</title><link>https://paper-%d.example.org/</link>
<description>News of section %d</description><language>en</language>
`, feed, feed, feed)
	for i := gen + listed - 1; i >= gen; i-- {
		b = n.item(b, feed, i)
	}
	return append(b, "</channel></rss>\n"...)
}

// item is as newsrooms write them: a paragraph of HTML of 300 characters, a
// tracked link, a picture.
func (n *newsroom) item(b []byte, feed int, i int64) []byte {
	b = fmt.Appendf(b, `<item><title>Council votes on harbour plan no. %d &amp; on section %d of the river path</title>
<link>https://paper-%d.example.org/news/2026/03/10/council-votes-on-the-harbour-%d?utm_source=rss&amp;utm_medium=feed</link>
<guid isPermaLink="false">paper-%d-story-%d</guid><pubDate>`, i, feed, feed, i, feed, i)
	b = n.start.Add(time.Duration(i)*time.Second).UTC().AppendFormat(b, time.RFC1123)
	b = fmt.Appendf(b, `</pubDate><dc:creator>Ana Ruiz</dc:creator><category>Local</category><category>Politics</category>
<description>&lt;p&gt;The council has voted on the plans for the harbour after a debate of seven hours and %d minutes. Work is to begin in spring, the mayor said on Tuesday evening, and to end &lt;a href="https://paper-%d.example.org/more"&gt;two years later&lt;/a&gt;.&lt;/p&gt;&lt;p&gt;Neighbours of the quay &amp;amp; the fishermen&amp;#8217;s association welcome it.&lt;/p&gt;</description>
<enclosure url="https://img-%d.example.org/%d.jpg" type="image/jpeg" length="182044"/></item>
`, i%60, feed, feed, i)
	return b
}
