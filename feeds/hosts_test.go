package feeds

import (
	"context"
	"errors"
	"net/http"
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
				turn, err := h.enter(t.Context(), mustAddress(t, "https://"+host+"/"), false)
				if err != nil {
					t.Error(err)
					return
				}
				most.Store(max(most.Load(), now.Add(1)))
				_ = pause(t.Context(), time.Second) // the request
				now.Add(-1)
				turn.leave()
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
				turn, err := h.enter(t.Context(), mustAddress(t, address), false)
				if err != nil {
					t.Fatal(err)
				}
				turn.leave()
				turn.leave()
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
		turn, err := h.enter(t.Context(), u, false)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := h.enter(ctx, u, false); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		if other, err := h.enter(t.Context(), mustAddress(t, "https://other.example/"), false); err != nil {
			t.Errorf("another host waits too: %v", err)
		} else {
			other.leave()
		}
		turn.leave()
		if g := h.gates["news.example"]; g.users != 0 || len(g.slots) != 0 {
			t.Errorf("gate %+v", g)
		}
	})
}

// TestHostsCrowd has more feeds of one host than may wait for it: the others are
// sent away at once, each to a moment of its own.
func TestHostsCrowd(t *testing.T) {
	for address, waiting := range map[string]int{"https://news.example/": 6, "http://10.0.0.1:8080/": 16} {
		synctest.Test(t, func(t *testing.T) {
			h := newHosts(2, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, time.Now)
			u := mustAddress(t, address)
			var entered atomic.Int32
			_ = pause(t.Context(), time.Hour)
			for range 2 + waiting {
				go func() {
					turn, err := h.enter(t.Context(), u, false)
					if err != nil {
						t.Error(err)
						return
					}
					entered.Add(1)
					_ = pause(t.Context(), time.Minute)
					turn.leave()
				}()
				synctest.Wait()
			}
			_ = pause(t.Context(), 3*time.Second) // nothing has moved
			seen := map[time.Time]bool{}
			for range 50 {
				_, err := h.enter(t.Context(), u, false)
				var e *Error
				if !errors.As(err, &e) || e.Kind != KindResting || e.Asked() {
					t.Fatalf("%v", err)
				}
				wait := time.Until(e.RetryAfter)
				if wait < 4*time.Second || wait > time.Minute || seen[e.RetryAfter] {
					t.Errorf("sent away for %v, a second time: %v", wait, seen[e.RetryAfter])
				}
				seen[e.RetryAfter] = true
			}
			if turn, err := h.enter(t.Context(), u, true); err != nil {
				t.Errorf("one with patience: %v", err)
			} else {
				turn.leave()
			}
			_ = pause(t.Context(), time.Hour)
			synctest.Wait()
			if g := h.gates[h.key(u)]; int(entered.Load()) != 2+waiting || g.users != 0 || g.waiting != 0 || len(g.slots) != 0 {
				t.Errorf("%d have entered; gate %+v", entered.Load(), g)
			}
		})
	}
}

// TestOwnCrowd has hundreds of feeds on one machine of the operator's that is
// quick: a long queue there is no reason to send anybody away.
func TestOwnCrowd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &wire{answer: func(r *http.Request) (*http.Response, error) {
			_ = pause(r.Context(), 10*time.Millisecond)
			if r.URL.Host == "127.0.0.1:9" {
				<-r.Context().Done()
				return nil, r.Context().Err()
			}
			return reply(200, string(sampleRSS(1))), nil
		}}
		f, err := New(Options{Transport: w, AllowNetworks: loopback})
		if err != nil {
			t.Fatal(err)
		}
		fetch := func(address string, n int) (read, resting int, longest time.Duration) {
			start := time.Now()
			results := make(chan *Error, n)
			took := make(chan time.Duration, n)
			for range n {
				go func() {
					e := try(t, f, address)
					results <- e
					took <- time.Since(start)
				}()
			}
			for range n {
				switch e := <-results; {
				case e == nil:
					read++
				case !e.Asked():
					resting++
				}
				longest = max(longest, <-took)
			}
			return read, resting, longest
		}
		if read, resting, _ := fetch("http://127.0.0.1:8/", 300); read != 300 {
			t.Errorf("a quick one: %d read, %d resting", read, resting)
		}
		if read, resting, _ := fetch("http://127.0.0.1:9/", 100); read != 0 || resting != 100-18 {
			t.Errorf("one that hangs: %d read, %d resting", read, resting)
		}
	})
}

func TestHostsForget(t *testing.T) {
	now := testNow
	h := newHosts(1, nil, func() time.Time { return now })
	for i := range 5000 {
		now = now.Add(hostGap)
		turn, err := h.enter(t.Context(), mustAddress(t, "https://h"+string(rune('a'+i%26))+time.Duration(i).String()+".example/"), false)
		if err != nil {
			t.Fatal(err)
		}
		turn.failed(&Error{Kind: KindTimeout})
		turn.leave()
	}
	if len(h.gates) > 1100 || len(h.ill) > 1100 {
		t.Errorf("%d gates and %d illnesses are kept", len(h.gates), len(h.ill))
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
