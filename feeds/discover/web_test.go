package discover

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"spool/feeds"
)

// now is when the tests take place.
var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// A web is a stand-in for the hosts of the world: documents by address. It
// notes every request, and how many there are at a time.
type web struct {
	t *testing.T

	mu       sync.Mutex
	pages    map[string]http.HandlerFunc // by "host/path?query"; scheme "http://" in front when it matters
	requests []string
	open     map[string]int
}

func newWeb(t *testing.T) *web {
	return &web{t: t, pages: map[string]http.HandlerFunc{}, open: map[string]int{}}
}

// RoundTrip answers from the pages; a host without any cannot be reached.
func (w *web) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	w.requests = append(w.requests, r.URL.String())
	w.open[r.URL.Host]++
	if w.open[r.URL.Host] > 1 {
		w.t.Errorf("two requests at once to %s", r.URL.Host)
	}
	h, known := w.find(r.URL)
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		w.open[r.URL.Host]--
		w.mu.Unlock()
	}()
	if !known && strings.HasSuffix(r.URL.Host, ".unknown") {
		return nil, &net.DNSError{Err: "no such host", Name: r.URL.Host, IsNotFound: true}
	}
	if !known {
		return nil, errNoHost{}
	}
	rec := httptest.NewRecorder()
	h(rec, r)
	resp := rec.Result()
	resp.Request = r
	return resp, nil
}

type errNoHost struct{}

func (errNoHost) Error() string { return "connection refused" }

func (w *web) find(u *url.URL) (http.HandlerFunc, bool) {
	name := u.Host + u.EscapedPath()
	if u.RawQuery != "" {
		name += "?" + u.RawQuery
	}
	for _, key := range []string{u.Scheme + "://" + name, name} {
		if h := w.pages[key]; h != nil {
			return h, true
		}
	}
	for key := range w.pages {
		key = strings.TrimPrefix(key, u.Scheme+"://")
		if strings.HasPrefix(key, u.Host+"/") {
			return http.NotFound, true
		}
	}
	return nil, false
}

func (w *web) has(address, kind, body string) {
	w.pages[address] = func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", kind)
		_, _ = io.WriteString(rw, body)
	}
}

func (w *web) page(address, head, body string) {
	w.has(address, "text/html; charset=utf-8", "<!doctype html><html lang=en><head>"+head+"</head><body>"+body+"</body></html>")
}

func (w *web) feed(address, title string, items int) {
	w.has(address, "application/rss+xml", rss(title, items, time.Hour, now.Add(-time.Hour)))
}

func (w *web) moves(from, to string, status int) {
	w.pages[from] = func(rw http.ResponseWriter, r *http.Request) { http.Redirect(rw, r, to, status) }
}

// rss is a feed whose items' addresses follow from its title.
func rss(title string, items int, every time.Duration, newest time.Time) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<?xml version="1.0"?><rss version="2.0"><channel><title>%s</title><link>https://news.example/</link><description>d</description><language>en</language>`, title)
	slug := strings.ReplaceAll(strings.ToLower(title), " ", "-")
	for i := range items {
		fmt.Fprintf(&b, `<item><guid isPermaLink="false">%s-%d</guid><title>Story %d</title><link>https://news.example/%s/%d</link><pubDate>%s</pubDate></item>`,
			slug, i, i, slug, i, newest.Add(-time.Duration(i)*every).Format(time.RFC1123Z))
	}
	b.WriteString(`</channel></rss>`)
	return b.String()
}

// search looks for feeds, and fails when that took more than some requests.
func (w *web) search(site string, most int) Report {
	w.t.Helper()
	var r Report
	synctest.Test(w.t, func(t *testing.T) { // the pauses between requests take no time
		f, err := New(Options{Web: fetcherFor(t, w), Now: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		if r, err = f.Find(context.Background(), site); err != nil {
			t.Fatalf("Find(%q): %v", site, err)
		}
	})
	if len(w.requests) > most {
		w.t.Errorf("%d requests, want at most %d:\n  %s", len(w.requests), most, strings.Join(w.requests, "\n  "))
	}
	seen := map[string]bool{}
	for _, q := range w.requests {
		if seen[q] {
			w.t.Errorf("%s was asked twice", q)
		}
		seen[q] = true
	}
	return r
}

// want fails unless the candidates have these addresses, in this order.
func want(t *testing.T, r Report, addresses ...string) {
	t.Helper()
	var got []string
	for _, c := range r.Candidates {
		got = append(got, c.URL)
	}
	if strings.Join(got, "\n") != strings.Join(addresses, "\n") {
		t.Errorf("candidates\n  %s\nwant\n  %s\ntried %+v\nnotes %q", strings.Join(got, "\n  "), strings.Join(addresses, "\n  "), r.Tried, r.Notes)
	}
}

func fetcherFor(t *testing.T, w *web) *feeds.Fetcher {
	t.Helper()
	f, err := feeds.New(feeds.Options{Transport: w, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	return f
}
