package discover

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"spool/feeds"
)

func TestHostilePages(t *testing.T) {
	many := func(n int, link string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, link, i)
		}
		return b.String()
	}
	for name, body := range map[string]string{
		"10 MB of text":              strings.Repeat("words and more of them. ", 10<<20/24),
		"one tag of 10 MB":           `<a href="` + strings.Repeat("x", 10<<20),
		"one attribute of 10 MB":     `<a title="` + strings.Repeat("x", 10<<20) + `" href="/rss">RSS</a>`,
		"100,000 links":              many(100_000, `<a href="/rss/%d.xml">RSS</a>`),
		"100,000 announcements":      many(100_000, `<link rel="alternate" type="application/rss+xml" href="/%d">`),
		"100,000 pages of feeds":     many(100_000, `<a href="/p/%d">RSS feeds</a>`),
		"100,000 nested elements":    strings.Repeat("<div>", 100_000),
		"100,000 attributes":         "<a " + many(100_000, "a%d=1 ") + ">",
		"an open script":             "<script>" + strings.Repeat("<a href=/rss>", 100_000),
		"bytes that are no text":     strings.Repeat("\xff\xfe\x00<a href=\xff>", 10_000),
		"addresses that lead astray": many(50, `<a href="javascript:alert(%d)">RSS</a>`) + many(50, `<a href="data:application/rss+xml,%d">RSS</a>`) + many(50, `<a href="file:///etc/rss.xml?%d">RSS</a>`),
		"private addresses": many(50, `<link rel="alternate" type="application/rss+xml" href="http://10.0.0.%d/rss">`) +
			`<a href="http://127.0.0.1/rss.xml">RSS</a><a href="http://[::1]/rss.xml">RSS</a><a href="http://localhost/rss.xml">RSS</a><a href="http://intranet/rss.xml">RSS</a>
			<a href="http://169.254.169.254/latest/rss.xml">RSS</a><a href="http://anna:hush@news.example/rss.xml">RSS</a><a href="http://2130706433/rss.xml">RSS</a>`,
		"long addresses": many(100, `<a href="/rss/%d`+strings.Repeat("x", 5000)+`.xml">RSS</a>`),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWeb(t)
			w.page("news.example/", "", body)
			r := w.search("news.example", defaultMaxRequests)
			for _, q := range w.requests {
				if !strings.HasPrefix(q, "https://news.example/") {
					t.Errorf("asked for %s", q)
				}
			}
			if len(r.Unread) > maxUnread {
				t.Errorf("%d addresses are kept", len(r.Unread))
			}
		})
	}
}

func TestASiteThatDoesNotWantToBeAskedIsLeftAlone(t *testing.T) {
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		most   int
	}{
		"429": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) }, 1},
		"503": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }, 1},
		"a challenge": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Cf-Mitigated", "challenge")
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(http.StatusForbidden)
		}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWeb(t)
			for _, p := range append([]string{"/", "/robots.txt", "/sitemap.xml"}, customary...) {
				w.pages["busy.example"+p] = c.answer
			}
			r := w.search("https://busy.example/", c.most)
			if len(r.Notes) != 1 || !strings.Contains(r.Notes[0], "busy.example is not asked any more") {
				t.Errorf("notes %q", r.Notes)
			}
		})
	}
}

func TestTheTimeIsBounded(t *testing.T) {
	w := newWeb(t)
	w.pages["slow.example/"] = func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	f, err := New(Options{Web: fetcherFor(t, w), Now: func() time.Time { return now }, Timeout: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	r, err := f.Find(t.Context(), "https://slow.example/")
	if err != nil || len(r.Candidates) != 0 || len(r.Notes) == 0 {
		t.Errorf("%+v, %v", r, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Find(ctx, "https://slow.example/"); err == nil {
		t.Error("a caller who gave up gets a report")
	}
}

// Over real sockets the guard is in place: a page cannot send the search into
// the machine's own network, not by a name and not by a redirect.
func TestPrivateAddressesAreRefused(t *testing.T) {
	inner := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the inner server was asked") }))
	defer inner.Close()
	outer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/rss.xml" {
			http.Redirect(w, r, strings.Replace(inner.URL, "127.0.0.1", "127.0.0.2", 1), http.StatusFound)
			return
		}
		_, _ = io.WriteString(w, `<html><link rel=alternate type=application/rss+xml href=/rss.xml><link rel=alternate type=application/rss+xml href="`+inner.URL+`/rss">`)
	}))
	defer outer.Close()
	fetcher, err := feeds.New(feeds.Options{AllowNetworks: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}})
	if err != nil {
		t.Fatal(err)
	}
	defer fetcher.Close()
	f, err := New(Options{Web: fetcher, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	// "localhost" is another host than the page's, and has no domain.
	r, err := f.Find(t.Context(), strings.Replace(outer.URL, "127.0.0.1", "localhost", 1))
	if err != nil || len(r.Candidates) != 0 {
		t.Fatalf("%+v, %v", r, err)
	}
	refused := false
	for _, try := range r.Tried {
		refused = refused || strings.Contains(try.Result, "not a public address")
	}
	if !refused {
		t.Errorf("nothing was refused: %+v", r.Tried)
	}
}

func TestWhatIsKeptOfAPageIsBounded(t *testing.T) {
	base, err := address("https://news.example/")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&b, `<link rel=alternate type=application/rss+xml href=/%d><a href=/%d.rss>`, i, i)
	}
	p := readPage([]byte(b.String()), base)
	if len(p.announced) != maxAnnounced || len(p.linked) != maxLinks {
		t.Errorf("%d announced, %d linked", len(p.announced), len(p.linked))
	}
	const link = `</a>; rel=alternate; type="application/rss+xml", `
	for n, want := range map[int]int{49: 49, 300: 50, 10_000: 0} { // 50 links of a header are looked at, and no header of half a megabyte
		announced, _ := headerLinks(http.Header{"Link": {strings.Repeat(link, n)}}, base)
		if len(announced) != want {
			t.Errorf("%d announced by a header of %d", len(announced), n)
		}
	}
}

func FuzzReadPage(f *testing.F) {
	f.Add(`<base href=x><link rel=alternate type=application/rss+xml href=/a><a href=/rss>RSS<img alt=x></a>`, `</x>; rel=alternate; type="application/rss+xml"`)
	f.Add(`<a href="https://feedly.com/i/subscription/feed/https://a.example/">`, `<a>;;;=";rel`)
	base, err := address("https://news.example/a/b?c")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body, header string) {
		p := readPage([]byte(body), base)
		announced, _ := headerLinks(http.Header{"Link": {header}}, base)
		for _, r := range append(append(announced, p.announced...), p.linked...) {
			if r.url == nil || (r.url.Scheme != "http" && r.url.Scheme != "https") || r.url.User != nil || len(r.title) > maxText || len(r.url.String()) > 4*maxAddress {
				t.Errorf("%+v", r)
			}
		}
		index([]byte(body), base)
	})
}
