package bench

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What a document may take beyond what the program takes for the smallest one.
const (
	mostMemory = 64 << 20
	mostTime   = 2 * time.Second // of processor; reported, and not tested: computers differ
)

// TestHostileDocuments gives the real program documents that are built to take
// time and memory, as files and over HTTP. Each must come out as items or as a
// reason, and take no more memory than is allowed.
func TestHostileDocuments(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the real program some two hundred times")
	}
	if procStatus(os.Getpid(), "VmHWM") == 0 {
		if os.Getenv("CI") != "" {
			t.Fatal("what a process uses is read from /proc, which is not here")
		}
		t.Skip("SKIPPED, not passed: what a process uses is read from /proc, which is not here")
	}
	r := newReadings(t)
	for _, h := range hostiles() {
		r.try(t, h)
	}
	for name, serve := range servers() {
		r.serve(t, name, serve)
	}
}

// BenchmarkHostileDocuments reports the most processor time and memory that any
// of the documents takes, beyond what the smallest one takes.
func BenchmarkHostileDocuments(b *testing.B) {
	for range b.N {
		r := newReadings(b)
		for _, h := range hostiles() {
			r.try(b, h)
		}
		for name, serve := range servers() {
			r.serve(b, name, serve)
		}
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(r.slowest.cpu.Seconds(), "slowest-cpu-s")
		b.ReportMetric(mib(r.largest.peak), "most-MiB")
		b.Logf("slowest: %s; most memory: %s", r.slow, r.large)
	}
}

// readings are runs of "spool preview", with the worst of them.
type readings struct {
	dir, binary      string
	least            cost // of the smallest document
	slowest, largest cost // beyond that
	slow, large      string
}

func newReadings(tb testing.TB) *readings {
	tb.Helper()
	r := &readings{dir: tb.TempDir(), binary: spoolBinary(tb)}
	config := "database: spool.db\nserver: {listen: \"\"}\nfetch: {allow_networks: [127.0.0.0/8]}\naccounts: {desk: {network: threads, token: t}}\nfeeds: {f: {url: 'https://www.example.org/', accounts: [desk]}}\n"
	if err := os.WriteFile(r.path("config.yaml"), []byte(config), 0o600); err != nil {
		tb.Fatal(err)
	}
	c, said, err := r.preview(tb, r.write(tb, rss("<item><title>x</title></item>")))
	if err != nil {
		tb.Fatalf("%v\n%s", err, said)
	}
	r.least = c
	return r
}

func (r *readings) path(name string) string { return filepath.Join(r.dir, name) }

func (r *readings) write(tb testing.TB, document string) string {
	tb.Helper()
	path := r.path("document")
	if err := os.WriteFile(path, []byte(document), 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

// try previews a document from a file, and then from a server.
func (r *readings) try(tb testing.TB, h hostile) {
	tb.Helper()
	path := r.write(tb, h.make())
	r.check(tb, h.name+", a file", path)
	r.serve(tb, h.name, func(w http.ResponseWriter, req *http.Request) { http.ServeFile(w, req, path) })
}

// serve previews what a server answers.
func (r *readings) serve(tb testing.TB, name string, answer http.HandlerFunc) {
	tb.Helper()
	server := httptest.NewServer(answer)
	defer server.Close()
	defer server.CloseClientConnections()
	r.check(tb, name+", an address", server.URL+"/feed")
}

func (r *readings) preview(tb testing.TB, target string) (cost, string, error) {
	tb.Helper()
	const tries = 10
	for range tries {
		cmd := exec.CommandContext(tb.Context(), r.binary, "preview", "--config", r.path("config.yaml"), "--items", "0", target)
		cmd.Dir = r.dir
		if c, said, err := measure(tb, cmd, time.Millisecond); c.peak > 0 {
			return c, said, err
		}
	}
	tb.Fatalf("%s: the program ended %d times before its memory could be read", target, tries)
	return cost{}, "", nil
}

// check wants items or a reason, within bounds.
func (r *readings) check(tb testing.TB, name, target string) {
	tb.Helper()
	c, said, err := r.preview(tb, target)
	var exit *exec.ExitError
	lines := strings.Split(strings.TrimSpace(said), "\n")
	reason := lines[len(lines)-1]
	switch {
	case strings.Contains(said, "goroutine ") || strings.Contains(said, "panic") || strings.Contains(said, "made the parser fail"):
		tb.Errorf("%s: it crashed: %.2000s", name, said)
	case err == nil:
		reason = lines[0]
	case !errors.As(err, &exit) || exit.ExitCode() != 1:
		tb.Errorf("%s: %v: %.500s", name, err, said)
	case !strings.HasPrefix(reason, "spool: "+target+": ") || len(reason) > 1000 || len(reason) < len(target)+30:
		tb.Errorf("%s: this is no reason: %.1200q", name, reason)
	}
	beyond := cost{cpu: c.cpu - r.least.cpu, peak: c.peak - r.least.peak}
	if beyond.peak > mostMemory {
		tb.Errorf("%s: %.0f MiB more than the smallest document, %.0f are allowed", name, mib(beyond.peak), mib(mostMemory))
	}
	if beyond.cpu > mostTime || testing.Verbose() {
		tb.Logf("%-45s %5.2f s  %4.0f MiB  %.100s", name, beyond.cpu.Seconds(), mib(beyond.peak), strings.ReplaceAll(reason, target, "…"))
	}
	if beyond.cpu > r.slowest.cpu {
		r.slowest, r.slow = beyond, name
	}
	if beyond.peak > r.largest.peak {
		r.largest, r.large = beyond, name
	}
}

// servers answer in hostile ways, whatever the document.
func servers() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"a gzip bomb": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			zip := gzip.NewWriter(w)
			defer zip.Close()
			for range 1024 {
				if _, err := zip.Write(make([]byte, mebi)); err != nil {
					return
				}
			}
		},
		"gzip in gzip": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip, gzip, gzip, gzip, gzip")
			zip := gzip.NewWriter(w)
			defer zip.Close()
			_, _ = io.WriteString(zip, rss(""))
		},
		"a body without end": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, rssHead)
			for {
				if _, err := io.WriteString(w, strings.Repeat("<item><title>x</title></item>", 1000)); err != nil {
					return
				}
			}
		},
		"a length that is not true": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "999999999999")
			_, _ = io.WriteString(w, rss("<item><title>x</title></item>"))
		},
		"redirects without end": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path+"x", http.StatusFound)
		},
		"headers": func(w http.ResponseWriter, _ *http.Request) {
			for i := range 200 {
				w.Header().Set(fmt.Sprintf("X-Header-%d", i), strings.Repeat("x", 8000))
			}
			_, _ = io.WriteString(w, rss(""))
		},
		"links to hubs": func(w http.ResponseWriter, _ *http.Request) {
			for i := range 500 {
				w.Header().Add("Link", fmt.Sprintf(`<https://hub.example.org/%d>; rel="hub"; title*=UTF-8''%s`, i, strings.Repeat("%20", 100)))
			}
			_, _ = io.WriteString(w, rss("<item><title>x</title></item>"))
		},
		"a type without end": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", `application/rss+xml; charset="`+strings.Repeat(`\"`, 20_000)+`"`)
			_, _ = io.WriteString(w, rss("<item><title>x</title></item>"))
		},
	}
}
