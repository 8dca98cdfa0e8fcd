package feeds

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A wire is a network of a test's making: it counts requests per host.
type wire struct {
	answer func(r *http.Request) (*http.Response, error)

	mu    sync.Mutex
	asked map[string]int
	now   map[string]int // under way
	most  map[string]int
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.count(r.URL.Host, 1)
	defer w.count(r.URL.Host, -1)
	resp, err := w.answer(r)
	if resp != nil {
		resp.Request = r
	}
	return resp, err
}

func (w *wire) count(host string, by int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.asked == nil {
		w.asked, w.now, w.most = map[string]int{}, map[string]int{}, map[string]int{}
	}
	w.now[host] += by
	w.most[host] = max(w.most[host], w.now[host])
	w.asked[host] += max(by, 0)
}

func (w *wire) total(host string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.asked[host]
}

// reply is an answer; header holds names and values by turns.
func reply(status int, body string, header ...string) *http.Response {
	h := http.Header{}
	for i := 0; i+1 < len(header); i += 2 {
		h.Add(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}
}

func (w *wire) fetcher(t *testing.T) *Fetcher {
	t.Helper()
	f, err := New(Options{Transport: w, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func try(t *testing.T, f *Fetcher, address string) *Error {
	t.Helper()
	_, err := f.Fetch(t.Context(), Source{URL: address})
	if err == nil {
		return nil
	}
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v (%T), want an *Error", err, err)
	}
	return e
}

// TestThrottledHostRests has one feed of a publisher throttled: none of its
// others is asked before the time is over, and others are as ever.
func TestThrottledHostRests(t *testing.T) {
	tests := map[string]struct {
		status int
		header []string
		rest   time.Duration // 0: none
	}{
		"429 with seconds":      {429, []string{"Retry-After", "600"}, 10 * time.Minute},
		"429 without":           {429, nil, time.Minute},
		"429 with nonsense":     {429, []string{"Retry-After", "soon"}, time.Minute},
		"429 for ever":          {429, []string{"Retry-After", "99999999999"}, 24 * time.Hour},
		"503 with seconds":      {503, []string{"Retry-After", "90"}, 90 * time.Second},
		"503 without":           {503, nil, 0},
		"500 with seconds":      {500, []string{"Retry-After", "90"}, 0},
		"a redirect with some":  {302, []string{"Retry-After", "90", "Location", "https://other.example/"}, 0},
		"200 with some seconds": {200, []string{"Retry-After", "90"}, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := &wire{answer: func(r *http.Request) (*http.Response, error) {
					if r.URL.Path == "/busy" {
						return reply(test.status, string(sampleRSS(1)), test.header...), nil
					}
					return reply(200, string(sampleRSS(1))), nil
				}}
				f := w.fetcher(t)
				start := time.Now()
				if e := try(t, f, "https://a.news.example/busy"); test.status >= 400 && (e == nil || !e.Asked()) {
					t.Fatalf("%v", e)
				}
				e := try(t, f, "https://b.news.example/feed")
				if test.rest == 0 {
					if e != nil {
						t.Errorf("another feed: %v", e)
					}
					return
				}
				if e == nil || e.Kind != KindResting || e.Asked() || e.RetryAfter.Sub(start) != test.rest || !strings.Contains(e.Error(), "a.news.example answered "+fmt.Sprint(test.status)) {
					t.Fatalf("another feed: %v until %v", e, e.RetryAfter)
				}
				if e := try(t, f, "https://news2.example/feed"); e != nil {
					t.Errorf("another publisher: %v", e)
				}
				_ = pause(t.Context(), test.rest-time.Second)
				if e := try(t, f, "https://b.news.example/feed"); e == nil || w.total("b.news.example") != 0 {
					t.Errorf("too early: %v", e)
				}
				_ = pause(t.Context(), time.Second)
				if e := try(t, f, "https://b.news.example/feed"); e != nil || w.total("b.news.example") != 1 {
					t.Errorf("after the rest: %v", e)
				}
			})
		})
	}
}

// TestDeadHostRests has a host that never answers, with many feeds: it costs a
// few timeouts and not one for each.
func TestDeadHostRests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dead := true
		w := &wire{answer: func(r *http.Request) (*http.Response, error) {
			if dead && r.URL.Host == "dead.example" {
				<-r.Context().Done()
				return nil, r.Context().Err()
			}
			return reply(200, string(sampleRSS(1))), nil
		}}
		f := w.fetcher(t)
		start := time.Now()
		resting := 0
		for n := range 40 {
			e := try(t, f, fmt.Sprintf("https://dead.example/%d", n))
			switch {
			case e == nil:
				t.Fatal("a dead host answered")
			case n < enoughFailures && e.Kind != KindTimeout, n >= enoughFailures && e.Kind != KindResting:
				t.Fatalf("feed %d: %s %v", n, e.Kind, e)
			case e.Kind == KindResting:
				resting++
				if !strings.Contains(e.Error(), "did not answer in time") || !e.RetryAfter.After(time.Now()) {
					t.Errorf("%v until %v", e, e.RetryAfter)
				}
			}
		}
		if took := time.Since(start); w.total("dead.example") != 3 || took > 2*time.Minute || resting != 37 {
			t.Errorf("%d requests in %v, %d resting", w.total("dead.example"), took, resting)
		}
		if e := try(t, f, "https://alive.dead.example/"); e != nil {
			t.Errorf("a neighbour rests too: %v", e)
		}
		_ = pause(t.Context(), illRest)
		if e := try(t, f, "https://dead.example/again"); e.Kind != KindTimeout {
			t.Errorf("after the rest: %v", e)
		}
		if e := try(t, f, "https://dead.example/again"); e.Kind != KindResting {
			t.Errorf("after one more failure: %v", e)
		}
		dead = false
		_ = pause(t.Context(), illRest)
		for range 2 {
			if e := try(t, f, "https://dead.example/again"); e != nil {
				t.Errorf("when it answers again: %v", e)
			}
		}
	})
}

// TestOneLooks has many ask for a host that may have recovered: one finds out.
func TestOneLooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &wire{answer: func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}}
		f := w.fetcher(t)
		for range enoughFailures {
			_ = try(t, f, "https://dead.example/")
		}
		_ = pause(t.Context(), illRest)
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() { _ = try(t, f, "https://dead.example/") })
		}
		wg.Wait()
		if n := w.total("dead.example"); n != enoughFailures+1 {
			t.Errorf("%d requests", n)
		}
	})
}

// TestWhatMakesIll counts only what costs time and is not the matter of one feed.
func TestWhatMakesIll(t *testing.T) {
	tests := map[string]struct {
		answer func(*http.Request) (*http.Response, error)
		ill    bool
	}{
		"refused": {func(*http.Request) (*http.Response, error) {
			return nil, &net.OpError{Op: "dial", Err: errors.New("no")}
		}, true},
		"no such name": {func(*http.Request) (*http.Response, error) { return nil, &net.DNSError{Name: "x", IsNotFound: true} }, false},
		"an error":     {func(*http.Request) (*http.Response, error) { return reply(500, ""), nil }, false},
		"not a feed":   {func(*http.Request) (*http.Response, error) { return reply(200, "hello"), nil }, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := (&wire{answer: test.answer}).fetcher(t)
				for range enoughFailures {
					if e := try(t, f, "https://x.example/"); e == nil || !e.Asked() {
						t.Fatalf("%v", e)
					}
				}
				if e := try(t, f, "https://x.example/"); e.Asked() == test.ill {
					t.Errorf("%v", e)
				}
			})
		})
	}
}

// TestCallersTimeIsNotTheHosts has callers who give up early: that says nothing
// about the host.
func TestCallersTimeIsNotTheHosts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &wire{answer: func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}}
		f := w.fetcher(t)
		for n := range 5 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			_, err := f.Fetch(ctx, Source{URL: "https://slow.example/"})
			cancel()
			var e *Error
			if !errors.As(err, &e) || !e.Asked() {
				t.Errorf("%d: %v", n, err)
			}
		}
	})
}

// TestHopsTakeTurns has feeds of many hosts redirect to one: it gets no more
// requests at a time than any other, and two hosts that redirect to each other
// cannot block one another.
func TestHopsTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &wire{answer: func(r *http.Request) (*http.Response, error) {
			_ = pause(r.Context(), time.Second)
			switch {
			case strings.HasPrefix(r.URL.Host, "site"):
				return reply(302, "", "Location", "https://feeds.example/"+r.URL.Host), nil
			case r.URL.Path == "/from":
				other := map[string]string{"a.example": "b.example", "b.example": "a.example"}[r.URL.Host]
				return reply(302, "", "Location", "https://"+other+"/to"), nil
			}
			return reply(200, string(sampleRSS(1))), nil
		}}
		f := w.fetcher(t)
		var wg sync.WaitGroup
		for n := range 8 {
			wg.Go(func() {
				if e := try(t, f, fmt.Sprintf("https://site%d.example/", n)); e != nil {
					t.Error(e)
				}
			})
		}
		for _, host := range []string{"a", "b", "a", "b"} {
			wg.Go(func() {
				if e := try(t, f, "https://"+host+".example/from"); e != nil {
					t.Error(e)
				}
			})
		}
		wg.Wait()
		for _, host := range []string{"feeds.example", "a.example", "b.example"} {
			if w.most[host] > defaultPerHost {
				t.Errorf("%d requests to %s at a time", w.most[host], host)
			}
		}
		for key, g := range f.hosts.gates {
			if g.users != 0 || g.waiting != 0 || len(g.slots) != 0 {
				t.Errorf("gate %s: %+v", key, g)
			}
		}
	})
}

// TestHopToRestingHost: the feed was asked, so that it has led nowhere counts.
func TestHopToRestingHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &wire{answer: func(r *http.Request) (*http.Response, error) {
			if r.URL.Host == "a.example" {
				return reply(302, "", "Location", "https://b.example/"), nil
			}
			return reply(429, "", "Retry-After", "60"), nil
		}}
		f := w.fetcher(t)
		_ = try(t, f, "https://b.example/")
		e := try(t, f, "https://a.example/")
		if e.Kind != KindThrottled || !e.Asked() || time.Until(e.RetryAfter) != time.Minute || w.total("b.example") != 1 {
			t.Errorf("%s %v until %v", e.Kind, e, e.RetryAfter)
		}
	})
}

// TestOwnMachinesNeverRest has a machine of the operator's fail in every way.
func TestOwnMachinesNeverRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		w := &wire{answer: func(r *http.Request) (*http.Response, error) {
			n++
			if n%2 == 0 {
				return reply(429, "", "Retry-After", "60"), nil
			}
			return nil, &net.OpError{Op: "dial", Err: errors.New("no")}
		}}
		f, err := New(Options{Transport: w, Now: time.Now, AllowNetworks: loopback})
		if err != nil {
			t.Fatal(err)
		}
		for range 10 {
			if e := try(t, f, "http://127.0.0.1:8080/"); !e.Asked() {
				t.Fatal(e)
			}
		}
		if n != 10 {
			t.Errorf("%d requests", n)
		}
	})
}

// TestHostsClockSetBack: what was booked before is not believed.
func TestHostsClockSetBack(t *testing.T) {
	now := testNow
	h := newHosts(1, nil, func() time.Time { return now })
	u := mustAddress(t, "https://x.example/")
	turn, err := h.enter(t.Context(), u, false)
	if err != nil {
		t.Fatal(err)
	}
	turn.answered(reply(429, "", "Retry-After", "86400"))
	turn.leave()
	if _, err := h.enter(t.Context(), u, false); err == nil {
		t.Error("asked although throttled")
	}
	now = now.AddDate(0, 0, -2)
	if turn, err = h.enter(t.Context(), u, false); err != nil {
		t.Fatal(err)
	}
	turn.leave()
}

func TestClockTime(t *testing.T) {
	now := time.Date(2026, 3, 1, 23, 0, 0, 0, time.UTC)
	if got := clockTime(now.Add(time.Minute), now); got != "23:01:00 UTC" {
		t.Error(got)
	}
	if got := clockTime(now.Add(2*time.Hour), now); got != "2 March 01:00 UTC" {
		t.Error(got)
	}
}
