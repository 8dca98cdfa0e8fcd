package feeds

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func post(t *testing.T, c *http.Client, address string) (*http.Response, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader("hub.mode=subscribe"))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Do(req)
	if err == nil {
		t.Cleanup(func() { _ = resp.Body.Close() })
	}
	return resp, err
}

func TestClient(t *testing.T) {
	var got []*http.Request
	var bodies []string
	s := answering(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got, bodies = append(got, r), append(bodies, string(body))
		http.SetCookie(w, &http.Cookie{Name: "seen", Value: "1"})
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(http.StatusPermanentRedirect)
	})
	c := s.fetcher.Client()
	for range 2 {
		resp, err := post(t, c, s.url+"/hub?token=1")
		if err != nil || resp.StatusCode != http.StatusPermanentRedirect || resp.Header.Get("Location") != "/elsewhere" {
			t.Fatalf("%+v %v", resp, err)
		}
	}
	if len(got) != 2 {
		t.Fatalf("%d requests", len(got))
	}
	for n, r := range got {
		if r.UserAgent() != "spool/1.2 (+https://example.org/bot)" || r.Header.Get("Cookie") != "" || r.Referer() != "" || bodies[n] != "hub.mode=subscribe" || r.URL.RawQuery != "token=1" {
			t.Errorf("%+v %q", r, bodies[n])
		}
	}
}

// TestClientAsksOnce has a server break every connection, also kept ones: no
// request with a body is sent again.
func TestClientAsksOnce(t *testing.T) {
	var asked atomic.Int32
	s := answering(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			return
		}
		asked.Add(1)
		panic(http.ErrAbortHandler)
	})
	c := s.fetcher.Client()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Do(req) // leaves a connection behind
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	_, err = post(t, c, s.url+"/?token=hunter2") //nolint:bodyclose // there is none
	var e *Error
	if !errors.As(err, &e) || e.Kind != KindConnect || asked.Load() != 1 {
		t.Errorf("asked %d times: %v", asked.Load(), err)
	}
	noSecret(t, e)
}

func TestClientCarriesNoBodyTwice(t *testing.T) {
	w := &wire{answer: func(r *http.Request) (*http.Response, error) {
		if r.GetBody != nil || !r.Close || r.Header.Get("Cookie")+r.Header.Get("Referer") != "" {
			t.Errorf("%+v", r)
		}
		return reply(202, ""), nil
	}}
	c := w.fetcher(t).Client()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://hub.example/", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Cookie", "a=1")
	req.Header.Set("Referer", "https://x.example/")
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if req.GetBody == nil || req.Header.Get("Cookie") == "" {
		t.Error("the caller's request was changed")
	}
}

func TestClientRefuses(t *testing.T) {
	w := &wire{answer: func(*http.Request) (*http.Response, error) {
		t.Error("asked")
		return nil, io.EOF
	}}
	c := w.fetcher(t).Client()
	for _, address := range []string{"https://anna:hunter2@hub.example/", "http://0x7f.1/", "http://2130706433/"} {
		closed := &closing{Reader: strings.NewReader("x")}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, closed)
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Do(req) //nolint:bodyclose // there is none
		var e *Error
		if !errors.As(err, &e) || e.Kind != KindAddress || !closed.closed {
			t.Errorf("%s: %v, body closed %v", address, err, closed.closed)
		}
		noSecret(t, e)
	}
}

type closing struct {
	io.Reader
	closed bool
}

func (c *closing) Close() error {
	c.closed = true
	return nil
}

func TestClientGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &wire{answer: func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}}
		start := time.Now()
		_, err := post(t, w.fetcher(t).Client(), "https://hub.example/") //nolint:bodyclose // there is none
		var e *Error
		if !errors.As(err, &e) || e.Kind != KindTimeout || time.Since(start) != defaultTimeout {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
	})
}

// TestClientsErrorIsPlain: errors.As finds what may be shown; what net/http puts
// around it must not be.
func TestClientsErrorIsPlain(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	f := newSite(t, nil).fetcher
	_, err := post(t, f.Client(), s.URL+"/?token=hunter2") //nolint:bodyclose // there is none
	var e *Error
	if !errors.As(err, &e) || e.Kind != KindConnect || !strings.Contains(e.Message, "refused the connection") {
		t.Fatal(err)
	}
	noSecret(t, e)
	if inner := (*url.Error)(nil); errors.As(error(e), &inner) {
		t.Error("the error still holds that of net/http")
	}
}
