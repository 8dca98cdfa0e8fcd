package web

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"spool"
)

// Whatever a program that reads the figures would rather have, it gets the text
// format, compressed if it takes that.
func TestMetricsAreTextForEveryReader(t *testing.T) {
	s := busy(t)
	ours := func(page string) string {
		var lines []string
		for _, line := range strings.Split(page, "\n") {
			if strings.HasPrefix(line, "spool_") {
				lines = append(lines, line)
			}
		}
		return strings.Join(lines, "\n")
	}
	plain := ours(s.ask("GET", "/metrics").Body.String())
	for _, accept := range []string{
		"", "*/*", "text/plain;version=0.0.4", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5",
		"application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
	} {
		for _, encoding := range []string{"", "gzip", "br, gzip;q=0.5, *"} {
			r := httptest.NewRequest("GET", "/metrics", http.NoBody)
			r.Header.Set("Accept", accept)
			r.Header.Set("Accept-Encoding", encoding)
			w := httptest.NewRecorder()
			s.Handler().ServeHTTP(w, r)
			body := io.Reader(w.Body)
			if encoding != "" {
				zip, err := gzip.NewReader(w.Body)
				if err != nil || w.Header().Get("Content-Encoding") != "gzip" {
					t.Fatalf("%s, %s: not compressed: %v", accept, encoding, err)
				}
				body = zip
			}
			page, err := io.ReadAll(body)
			if err != nil || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain; version=0.0.4") {
				t.Errorf("%s, %s: %v, %s", accept, encoding, err, w.Header().Get("Content-Type"))
			}
			if got := ours(string(page)); got != plain {
				t.Errorf("%s, %s:\n%s\nwant\n%s", accept, encoding, got, plain)
			}
		}
	}
}

func TestWideFiguresEscape(t *testing.T) {
	var b bytes.Buffer
	w := wideWriter{bufio.NewWriter(&b)}
	w.family(wideFamily{"a_b", "gauge", "Back\\slash,\nline."})
	w.figure(wideFamily{name: "a_b"}, 1.5e9, "account", "a\"b\\c\nd", "feed", "é")
	w.figure(wideFamily{name: "a_b"}, 0)
	_ = w.Flush()
	want := "# HELP a_b Back\\\\slash,\\nline.\n# TYPE a_b gauge\n" + `a_b{account="a\"b\\c\nd",feed="é"} 1.5e+09` + "\na_b 0\n"
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &b, want)
	}
}

// slowStore answers when it is told to.
type slowStore struct {
	*fakeStore
	asked, release chan struct{}
}

func (s *slowStore) FeedFigures(ctx context.Context) ([]spool.FeedFigure, error) {
	s.asked <- struct{}{}
	<-s.release
	return s.fakeStore.FeedFigures(ctx)
}

// No more than a few read the figures at once; the others are told to come again.
func TestScrapesAreBounded(t *testing.T) {
	slow := &slowStore{fakeStore: newsroom(), asked: make(chan struct{}), release: make(chan struct{})}
	server, err := New(Options{Store: slow})
	if err != nil {
		t.Fatal(err)
	}
	handler := server.Handler()
	ask := func() int {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest("GET", "/metrics", http.NoBody))
		return w.Code
	}
	codes := make(chan int, maxScrapes)
	for range maxScrapes {
		go func() { codes <- ask() }()
		<-slow.asked
	}
	if code := ask(); code != http.StatusServiceUnavailable {
		t.Errorf("one too many: status %d", code)
	}
	close(slow.release)
	for range maxScrapes {
		if code := <-codes; code != http.StatusOK {
			t.Errorf("one of those who came first: status %d", code)
		}
	}
}

// Ten thousand feeds: a reading of the figures is about as much work for the
// memory as what it says is long, and not a multiple of it.
func TestScrapesTakeLittleMemory(t *testing.T) {
	s := newSite(t, nil)
	for i := range 10_000 {
		name := fmt.Sprintf("feed-%d", i)
		s.store.feeds = append(s.store.feeds, spool.FeedState{Name: name, LastGood: noon, NextPoll: noon})
		s.store.ledger = append(s.store.ledger, spool.Entry{Feed: name, Account: "desk", Seen: 20, Fates: map[spool.Verdict]int{spool.FirstRun: 18}, Posts: map[spool.State]int{spool.Live: 2}})
		for _, outcome := range outcomes {
			s.Metrics().Polled(name, outcome, 0, 0)
		}
		s.Metrics().Items(name, "known", 20)
	}
	read := func() (lines int, allocated uint64) {
		var before, after runtime.MemStats
		w := &counting{header: http.Header{}}
		runtime.ReadMemStats(&before)
		s.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", http.NoBody))
		runtime.ReadMemStats(&after)
		return w.lines, after.TotalAlloc - before.TotalAlloc
	}
	lines, first := read()
	_, second := read()
	if lines < 140_000 {
		t.Errorf("%d lines, want those of 10,000 feeds", lines)
	}
	if most := uint64(16 << 20); first > 2*most || second > most {
		t.Errorf("%d KiB for the first reading, %d for the second", first>>10, second>>10)
	}
}

// counting counts lines, and keeps nothing.
type counting struct {
	header http.Header
	lines  int
}

func (c *counting) Header() http.Header { return c.header }
func (c *counting) WriteHeader(int)     {}
func (c *counting) Write(p []byte) (int, error) {
	c.lines += bytes.Count(p, []byte("\n"))
	return len(p), nil
}
