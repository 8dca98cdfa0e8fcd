package web

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func listen(t *testing.T, addr string) net.Listener {
	t.Helper()
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", addr)
	if err != nil && strings.HasPrefix(addr, "[") {
		t.Skipf("SKIPPED, not passed: there is no IPv6 here: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return ln
}

// running serves until the test ends and returns the address.
func running(t *testing.T, s *site, addr string) string {
	t.Helper()
	ln := listen(t, addr)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, ln) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	return ln.Addr().String()
}

func TestServeEndsWithItsContext(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	ctx, cancel := context.WithCancel(t.Context())
	ln := listen(t, "127.0.0.1:0")
	ended := make(chan error, 1)
	s := newSite(t, nil)
	go func() { ended <- s.Serve(ctx, ln) }()
	if err := Health(t.Context(), ln.Addr().String()); err != nil {
		t.Error(err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Serve: %v", err)
	}
	if err := Health(t.Context(), ln.Addr().String()); err == nil || !strings.Contains(err.Error(), "is spool running?") {
		t.Errorf("Health after the end: %v", err)
	}
}

func TestServeSaysWhereItCannotListen(t *testing.T) {
	ln := listen(t, "127.0.0.1:0")
	ln.Close()
	err := newSite(t, nil).Serve(t.Context(), ln)
	if err == nil || !strings.Contains(err.Error(), ln.Addr().String()) {
		t.Errorf("Serve on a closed listener: %v", err)
	}
}

// A server that listens on all addresses is asked on one of them.
func TestHealthReachesEveryKindOfAddress(t *testing.T) {
	for _, host := range []string{"127.0.0.1", "0.0.0.0", "[::]", ""} {
		t.Run("listen "+host, func(t *testing.T) {
			addr := running(t, newSite(t, nil), host+":0")
			_, port, err := net.SplitHostPort(addr)
			if err != nil {
				t.Fatal(err)
			}
			if err := Health(t.Context(), host+":"+port); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestHealthTellsAStrangerFromSpool(t *testing.T) {
	stranger := httptest.NewServer(http.RedirectHandler("http://127.0.0.1:1/", http.StatusFound))
	defer stranger.Close()
	err := Health(t.Context(), strings.TrimPrefix(stranger.URL, "http://"))
	if err == nil || !strings.Contains(err.Error(), "status 302") {
		t.Errorf("Health of another server: %v", err)
	}
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }))
	defer page.Close()
	if err := Ready(t.Context(), strings.TrimPrefix(page.URL, "http://")); err == nil || !strings.Contains(err.Error(), "as spool does") {
		t.Errorf("Ready of another server: %v", err)
	}
}

func TestHealthOfNoAddress(t *testing.T) {
	for _, addr := range []string{"", "8080", "a b:1", "host:99999"} {
		if err := Health(t.Context(), addr); err == nil {
			t.Errorf("Health(%q) found something", addr)
		}
	}
}

func TestReadyNamesWhatDoesNotWork(t *testing.T) {
	s := newSite(t, nil)
	addr := running(t, s, "127.0.0.1:0")
	if err := Ready(t.Context(), addr); err != nil {
		t.Error(err)
	}
	bad := newSite(t, nil)
	bad.store.fail(errors.New("read-only file system"))
	err := Ready(t.Context(), running(t, bad, "127.0.0.1:0"))
	if err == nil || !strings.HasPrefix(err.Error(), "database: ") || strings.Contains(err.Error(), "scheduler") {
		t.Errorf("Ready: %v", err)
	}
}

// A request that is under way when the server is to end gets its answer.
func TestServeFinishesWhatIsUnderWay(t *testing.T) {
	asked, release := make(chan struct{}), make(chan struct{})
	s := newSite(t, func(context.Context) error {
		close(asked)
		<-release
		return nil
	})
	ctx, cancel := context.WithCancel(t.Context())
	ln := listen(t, "127.0.0.1:0")
	ended, answered := make(chan error, 1), make(chan error, 1)
	go func() { ended <- s.Serve(ctx, ln) }()
	go func() { answered <- Ready(t.Context(), ln.Addr().String()) }()
	<-asked
	cancel()
	close(release)
	if err := <-answered; err != nil {
		t.Errorf("the request under way: %v", err)
	}
	if err := <-ended; err != nil {
		t.Errorf("Serve: %v", err)
	}
}
