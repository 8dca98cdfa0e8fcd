package feeds

import (
	"context"
	"errors"
	"net/netip"
	"net/url"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func mustAddress(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := parseAddress(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestHostsFewAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHosts(2, nil, time.Now)
		var now, most atomic.Int32
		for _, host := range []string{"www.news.example", "feeds.news.example", "news.example", "rss.news.example"} {
			go func() {
				leave, err := h.enter(t.Context(), mustAddress(t, "https://"+host+"/"))
				if err != nil {
					t.Error(err)
					return
				}
				most.Store(max(most.Load(), now.Add(1)))
				_ = pause(t.Context(), time.Second) // the request
				now.Add(-1)
				leave()
			}()
		}
		synctest.Wait()
		_ = pause(t.Context(), 5*time.Second)
		synctest.Wait()
		if most.Load() != 2 {
			t.Errorf("%d at a time", most.Load())
		}
		if g := h.gates["news.example"]; g == nil || g.users != 0 {
			t.Errorf("gate %+v", g)
		}
	})
}

func TestHostsGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHosts(1, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, time.Now)
		elapsed := func(address string) time.Duration {
			start := time.Now()
			for range 4 {
				leave, err := h.enter(t.Context(), mustAddress(t, address))
				if err != nil {
					t.Fatal(err)
				}
				leave()
			}
			return time.Since(start)
		}
		if got := elapsed("https://news.example/"); got != 3*hostGap {
			t.Errorf("four requests took %v", got)
		}
		if got := elapsed("http://10.0.0.1/"); got != 0 {
			t.Errorf("four requests to an own machine took %v", got)
		}
	})
}

func TestHostsWaitEndsWithContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHosts(1, nil, time.Now)
		u := mustAddress(t, "https://news.example/")
		leave, err := h.enter(t.Context(), u)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := h.enter(ctx, u); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		if leave, err := h.enter(t.Context(), mustAddress(t, "https://other.example/")); err != nil {
			t.Errorf("another host waits too: %v", err)
		} else {
			leave()
		}
		leave()
		if g := h.gates["news.example"]; g.users != 0 || len(g.slots) != 0 {
			t.Errorf("gate %+v", g)
		}
	})
}

func TestHostsForget(t *testing.T) {
	now := testNow
	h := newHosts(1, nil, func() time.Time { return now })
	for i := range 5000 {
		now = now.Add(hostGap)
		leave, err := h.enter(t.Context(), mustAddress(t, "https://h"+string(rune('a'+i%26))+time.Duration(i).String()+".example/"))
		if err != nil {
			t.Fatal(err)
		}
		leave()
	}
	if len(h.gates) > 1100 {
		t.Errorf("%d gates are kept", len(h.gates))
	}
}

func TestRegistrable(t *testing.T) {
	for host, want := range map[string]string{
		"feeds.BBC.co.uk": "bbc.co.uk", "a.b.example.org.": "example.org", "localhost": "localhost",
		"127.0.0.1": "127.0.0.1", "::1": "::1", "anna.blogspot.com": "anna.blogspot.com",
	} {
		if got := registrable(host); got != want {
			t.Errorf("registrable(%q) = %q, want %q", host, got, want)
		}
	}
}
