package publisher

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

const secret = "THQVJ+very/secret=token"

func caller() *Caller { return &Caller{Transport: NewTransport(), Now: time.Now} }

// serve is a server whose every request is counted.
func serve(t *testing.T, h http.HandlerFunc) (*httptest.Server, *atomic.Int32) {
	t.Helper()
	var n atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.Add(1)
		h(w, r)
	}))
	t.Cleanup(s.Close)
	return s, &n
}

func post(address string) Call {
	return Call{Method: http.MethodPost, URL: address, Form: url.Values{"access_token": {secret}, "text": {"ä\n&=+"}}}
}

func mustFail(t *testing.T, err error) *CallError {
	t.Helper()
	e, ok := err.(*CallError)
	if !ok {
		t.Fatalf("the error is a %T, want *CallError: %v", err, err)
	}
	for x := err; x != nil; x = errors.Unwrap(x) {
		if text := x.Error(); strings.Contains(text, secret) || strings.Contains(text, url.QueryEscape(secret)) || strings.Contains(text, "very") {
			t.Errorf("the secret is in %q", text)
		}
	}
	return e
}

func TestDoSendsAFormOnce(t *testing.T) {
	s, n := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if got := r.PostFormValue("text"); got != "ä\n&=+" {
			t.Errorf("the text arrived as %q", got)
		}
		if r.URL.RawQuery != "" || r.Header.Get("Idempotency-Key") != "" {
			t.Errorf("query %q, headers %v", r.URL.RawQuery, r.Header)
		}
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, "short and stout")
	})
	reply, err := caller().Do(t.Context(), post(s.URL))
	if err != nil {
		t.Fatal(err)
	}
	if reply.Status != http.StatusTeapot || string(reply.Body) != "short and stout" || reply.RetryAfter() != 7*time.Second {
		t.Errorf("got %d %q, wait %v", reply.Status, reply.Body, reply.RetryAfter())
	}
	if reply.Date.IsZero() || reply.Skew().Abs() > 5*time.Second {
		t.Errorf("date %v, skew %v", reply.Date, reply.Skew())
	}
	if n.Load() != 1 {
		t.Errorf("%d requests, want 1", n.Load())
	}
}

// TestDoNeverRepeats: Go's transport sends a request again when a kept
// connection breaks and the body can be had again. A write must not be.
func TestDoNeverRepeats(t *testing.T) {
	for _, header := range []http.Header{nil, {"Idempotency-Key": {"k"}}} {
		var cut atomic.Bool
		s, n := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			if cut.Load() {
				hangUp(w)
			}
		})
		c := caller()
		if _, err := c.Do(t.Context(), post(s.URL)); err != nil {
			t.Fatal(err)
		}
		cut.Store(true)
		call := post(s.URL)
		call.Header = header
		_, err := c.Do(t.Context(), call)
		if e := mustFail(t, err); e.NotSent {
			t.Error("a request that the server got is said not to have been sent")
		}
		if n.Load() != 2 {
			t.Errorf("the server got %d requests, want 2: the second one once", n.Load())
		}
	}
}

// hangUp closes a connection without an answer.
func hangUp(w http.ResponseWriter) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	_ = conn.Close() // that is the point
}

// A slip in an instance's address is told in words.
func TestDoTellsOfNamesThatDoNotExist(t *testing.T) {
	unknown := &net.DNSError{Err: "no such host", Name: "newsie.example", Server: "192.0.2.1:53", IsNotFound: true}
	c := Caller{Now: time.Now, Transport: roundTripper(func(*http.Request) (*http.Response, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: unknown}
	})}
	_, err := c.Do(t.Context(), post("https://newsie.example/api"))
	if e := mustFail(t, err); !e.NotSent || !strings.Contains(e.Error(), "the name newsie.example does not exist") || strings.Contains(e.Error(), "192.0.2.1") {
		t.Errorf("not sent: %v, %v", e.NotSent, e)
	}
}

func TestDoFollowsNoRedirect(t *testing.T) {
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			other, reached := serve(t, func(http.ResponseWriter, *http.Request) {})
			s, _ := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL, status) })
			call := post(s.URL)
			call.Method = method
			reply, err := caller().Do(t.Context(), call)
			if err != nil || reply.Status != status {
				t.Errorf("%s %d: got %d, %v", method, status, reply.Status, err)
			}
			if reached.Load() != 0 {
				t.Errorf("%s %d was followed", method, status)
			}
		}
	}
}

func TestDoKnowsWhatWasNotSent(t *testing.T) {
	closed := httptest.NewServer(nil)
	address := closed.URL
	closed.Close()
	tlsServer := httptest.NewTLSServer(nil) // its certificate is not trusted
	defer tlsServer.Close()
	tlsServer.Config.ErrorLog = nil
	cut, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) { hangUp(w) })
	half, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "half")
	})
	long, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat("x", maxReply+1))
	})
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	tests := map[string]struct {
		ctx     context.Context
		url     string
		notSent bool
	}{
		"nobody listens":     {t.Context(), address, true},
		"unknown name":       {t.Context(), "http://name.invalid", true},
		"bad certificate":    {t.Context(), tlsServer.URL, true},
		"context ended":      {ended, cut.URL, true},
		"not an address":     {t.Context(), "http://[::1", true},
		"cut":                {t.Context(), cut.URL, false},
		"half an answer":     {t.Context(), half.URL, false},
		"an answer too long": {t.Context(), long.URL, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			call := post(tt.url)
			call.Query = url.Values{"access_token": {secret}} // the worst place
			_, err := caller().Do(tt.ctx, call)
			if e := mustFail(t, err); e.NotSent != tt.notSent {
				t.Errorf("NotSent is %v, want %v: %v", e.NotSent, tt.notSent, err)
			}
		})
	}
}

// roundTripper is a transport of a test.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestDoIsCarefulWithUnknownTransports(t *testing.T) {
	c := &Caller{Now: time.Now, Transport: roundTripper(func(*http.Request) (*http.Response, error) {
		return nil, errors.New("something about " + secret)
	})}
	_, err := c.Do(t.Context(), post("http://api.example"))
	if e := mustFail(t, err); e.NotSent {
		t.Error("a transport that tells nothing is believed not to have sent")
	}
	c.Transport = roundTripper(func(*http.Request) (*http.Response, error) {
		return nil, &net.OpError{Op: "dial", Err: errors.New("refused")}
	})
	_, err = c.Do(t.Context(), post("http://api.example"))
	if e := mustFail(t, err); !e.NotSent {
		t.Error("a connection that could not be made is taken for a request")
	}
}

func TestDoHasPatienceForSoLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &Caller{Now: time.Now, Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})}
		call := post("http://api.example")
		call.Timeout = 90 * time.Second
		begun := time.Now()
		_, err := c.Do(t.Context(), call)
		e := mustFail(t, err)
		if !e.Timeout || !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) != 90*time.Second {
			t.Errorf("after %v: timeout %v, %v", time.Since(begun), e.Timeout, err)
		}
	})
}

// endless is a body that never ends and counts what is read of it.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	e.read += len(p)
	if e.read > 4*maxReply {
		return 0, errors.New("read on and on")
	}
	return len(p), nil
}

func (e *endless) Close() error { return nil }

func TestDoReadsNoEndlessAnswer(t *testing.T) {
	body := &endless{}
	c := &Caller{Now: time.Now, Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Body: body, Header: http.Header{}, Request: r}, nil
	})}
	if _, err := c.Do(t.Context(), post("http://api.example")); !errors.Is(err, ErrTooLong) {
		t.Errorf("got %v after %d bytes, want %v", err, body.read, ErrTooLong)
	}
}

func TestRetryAfter(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	tests := map[string]time.Duration{
		"": 0, "90": 90 * time.Second, "-5": 0, "soon": 0, "1e9": 0,
		"99999999999999": 0, "864000": 24 * time.Hour,
		"Sun, 01 Mar 2026 12:02:00 GMT": 2 * time.Minute,
		"Sun, 01 Mar 2026 11:02:00 GMT": 0,
	}
	for header, want := range tests {
		r := Reply{Header: http.Header{"Retry-After": {header}}, At: at}
		if got := r.RetryAfter(); got != want {
			t.Errorf("RetryAfter(%q) = %v, want %v", header, got, want)
		}
	}
	// The server's clock is an hour ahead: its date is meant by its own clock.
	ahead := Reply{Header: http.Header{"Retry-After": {"Sun, 01 Mar 2026 13:02:00 GMT"}}, At: at, Date: at.Add(time.Hour)}
	if got := ahead.RetryAfter(); got != 2*time.Minute {
		t.Errorf("with the server's clock ahead: %v, want 2m", got)
	}
}

func TestRedact(t *testing.T) {
	tests := []struct{ text, want string }{
		{"GET /me?fields=id&access_token=abc123&x=1", "GET /me?fields=id&access_token=<removed>&x=1"},
		{`{"access_token":"abc","expires_in":5}`, `{"access_token":"<removed>","expires_in":5}`},
		{`{"refreshJwt": "abc.def"}`, `{"refreshJwt": "<removed>"}`},
		{"Authorization: Bearer abc.def", "Authorization: <removed>"},
		{"client_secret=hush&code=AQBxLongCodeOfALogin", "client_secret=<removed>&code=<removed>"},
		{"code=190 is what it said", "code=190 is what it said"},
		{"it was " + secret + " there", "it was <removed> there"},
		{"it was " + url.QueryEscape(secret) + " there", "it was <removed> there"},
		{"nothing to see", "nothing to see"},
	}
	for _, tt := range tests {
		if got := Redact(tt.text, secret, "", "ab"); got != tt.want {
			t.Errorf("Redact(%q)\n got %q\nwant %q", tt.text, got, tt.want)
		}
	}
}

func FuzzRedact(f *testing.F) {
	f.Add("GET /x?access_token=", "tok-en+/=", "&y=2")
	f.Fuzz(func(t *testing.T, before, token, after string) {
		if len(token) < 8 || strings.Contains(removed, token) || strings.Contains(before+" "+after, token) {
			t.Skip()
		}
		if got := Redact(before+" "+token+" "+after, token); strings.Contains(got, token) {
			t.Errorf("the token %q is left in %q", token, got)
		}
	})
}
