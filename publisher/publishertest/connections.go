package publishertest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"

	"spool/publisher"
)

// connections are the cases that need real ones: Go's transport sends a request
// again by itself when a kept connection turns out to be broken and the request
// looks repeatable to it.
func connections() []test {
	return []test{
		{"sends once on a kept connection that breaks after the effect", func(s *suite) { s.brokenConnection(true) }},
		{"sends once on a kept connection that breaks before the effect", func(s *suite) { s.brokenConnection(false) }},
		{"sends once when kept connections were closed meanwhile", (*suite).staleConnection},
	}
}

// A relay is a server on the loopback interface that hands requests to the
// stand-in, and breaks connections.
type relay struct {
	server *httptest.Server
	to     http.RoundTripper
	scheme string
	writes func() int

	mu     sync.Mutex
	known  map[string]bool // the connections that were used before, by the client's address
	cut    bool            // cut the connection of the next write, and of all that follow
	effect bool            // after it took effect
	broken int             // connections that were cut
	kept   int             // of those, the ones that had been used before
}

// relayed puts a relay and Go's own transport between the client and the stand-in.
func (s *suite) relayed() *relay {
	s.t.Helper()
	if s.Wire == nil {
		s.skip("there is no Account.Wire to lead through a real connection")
	}
	r := &relay{writes: s.Writes, known: map[string]bool{}, scheme: "https"}
	r.server = httptest.NewServer(r)
	transport := publisher.NewTransport()
	s.t.Cleanup(func() {
		transport.CloseIdleConnections()
		r.server.Close()
	})
	r.to = s.Wire.through(&detour{to: transport, host: r.server.Listener.Addr().String()})
	return r
}

// A detour sends all requests to one host.
type detour struct {
	to   http.RoundTripper
	host string
}

// RoundTrip implements http.RoundTripper.
func (d *detour) RoundTrip(r *http.Request) (*http.Response, error) {
	c := r.Clone(r.Context())
	if c.Host == "" {
		c.Host = r.URL.Host
	}
	c.URL.Scheme, c.URL.Host = "http", d.host
	return d.to.RoundTrip(c)
}

// ServeHTTP implements http.Handler.
func (r *relay) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	kept := r.known[req.RemoteAddr]
	r.known[req.RemoteAddr] = true
	if r.cut && !r.effect && req.Method != http.MethodGet {
		r.hangUp(w, kept)
		return
	}
	before := r.writes()
	resp, err := r.forward(req)
	if err != nil || r.cut && r.writes() > before {
		r.hangUp(w, kept)
		return
	}
	defer resp.Body.Close()
	for name, values := range resp.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(resp.StatusCode)
	_, _ = io.Copy(w, resp.Body) // whoever asked finds out
}

// forward asks the stand-in.
func (r *relay) forward(req *http.Request) (*http.Response, error) {
	out := req.Clone(req.Context())
	out.RequestURI = ""
	out.URL.Scheme, out.URL.Host = r.scheme, req.Host
	return r.to.RoundTrip(out)
}

// hangUp closes a connection without an answer.
func (r *relay) hangUp(w http.ResponseWriter, kept bool) {
	r.broken++
	if kept {
		r.kept++
	}
	if h, ok := w.(http.Hijacker); ok {
		if conn, _, err := h.Hijack(); err == nil {
			_ = conn.Close() // that is the point
		}
	}
}

// plan says what becomes of the next writes.
func (r *relay) plan(cut, effect bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cut, r.effect, r.broken, r.kept = cut, effect, 0, 0
}

func (r *relay) counts() (broken, kept int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.broken, r.kept
}

// brokenConnection: the connection was good for earlier requests, takes this one
// too, and ends without an answer.
func (s *suite) brokenConnection(effect bool) {
	r := s.relayed()
	s.live(s.post("The first, on a connection that is kept"))
	p := s.ready(s.post("The second, on the same"))
	r.plan(true, effect)
	before := s.Writes()
	_, f := s.publish(s.t.Context(), p)
	broken, kept := r.counts()
	r.plan(false, false)
	if broken == 0 || kept == 0 {
		s.t.Fatalf("%d connections broke, %d of them kept ones: this proves nothing", broken, kept)
	}
	if broken > 1 {
		s.t.Errorf("the request arrived %d times", broken)
	}
	want := 0
	if effect {
		want = 1
	}
	if n := s.Writes() - before; n != want {
		s.t.Errorf("the stand-in got %d requests that make something visible, want %d", n, want)
	}
	s.visible(1 + want)
	if f == nil && !effect {
		s.t.Error("success, and nothing has arrived")
	}
}

// staleConnection: the server closed its connections while the client kept them.
// Whether the request fails or goes out on a new connection, it goes out once.
func (s *suite) staleConnection() {
	r := s.relayed()
	s.live(s.post("The first, on a connection that is kept"))
	p := s.ready(s.post("The second"))
	before := s.Writes()
	r.server.CloseClientConnections()
	_, f := s.publish(s.t.Context(), p)
	n := s.Writes() - before
	if n > 1 {
		s.t.Errorf("%d requests that could make something visible, want 1 at most", n)
	}
	if f == nil && n != 1 {
		s.t.Error("success, and nothing was sent")
	}
	s.visible(1 + n)
}
