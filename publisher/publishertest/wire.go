package publishertest

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
)

// A Wire is what lies between a client and its stand-in: it counts requests,
// notes those that a transport could repeat and those that run beside another
// one, and can be cut. It is an http.RoundTripper.
type Wire struct {
	mu         sync.Mutex
	to         http.RoundTripper
	requests   int
	flying     int // writes under way
	outage     *outage
	complaints []string
}

// NewWire returns a wire to a stand-in's transport.
func NewWire(to http.RoundTripper) *Wire { return &Wire{to: to} }

// Requests is how many requests went over the wire, or were to go.
func (w *Wire) Requests() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.requests
}

// Complaints says what no client may do.
func (w *Wire) Complaints() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string(nil), w.complaints...)
}

// RoundTrip implements http.RoundTripper.
func (w *Wire) RoundTrip(r *http.Request) (*http.Response, error) {
	write := r.Method != http.MethodGet && r.Method != http.MethodHead
	to, outage := w.begin(r, write)
	if outage != nil {
		w.end(write)
		return outage.answer(r)
	}
	resp, err := to.RoundTrip(r)
	if err != nil {
		w.end(write)
		return nil, err
	}
	resp.Body = &watchedBody{ReadCloser: resp.Body, closed: sync.OnceFunc(func() { w.end(write) })}
	return resp, nil
}

func (w *Wire) begin(r *http.Request, write bool) (http.RoundTripper, *outage) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.requests++
	if write {
		w.flying++
		if w.flying > 1 {
			w.complaints = append(w.complaints, fmt.Sprintf("%s %s while another write is under way", r.Method, r.URL.Path))
		}
		if r.GetBody != nil {
			w.complaints = append(w.complaints, fmt.Sprintf("%s %s has GetBody: the transport may send it a second time by itself", r.Method, r.URL.Path))
		}
	}
	return w.to, w.outage
}

func (w *Wire) end(write bool) {
	if !write {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.flying--
}

// through sends what follows another way, and returns the way until now.
func (w *Wire) through(to http.RoundTripper) http.RoundTripper {
	w.mu.Lock()
	defer w.mu.Unlock()
	before := w.to
	w.to = to
	return before
}

// broken makes all requests end as an outage says, until it is called with nil.
func (w *Wire) broken(o *outage) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.outage = o
}

// An outage is how all requests end while a network is down: an error of the
// connection, or a proxy's page with a status.
type outage struct {
	name   string
	err    error
	status int
}

// outages are those that every client meets sooner or later.
func outages() []*outage {
	return []*outage{
		{name: "nobody answers", err: &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}},
		{name: "connections break", err: &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}},
		{name: "status 500", status: http.StatusInternalServerError},
		{name: "a proxy's page with status 502", status: http.StatusBadGateway},
		{name: "a proxy's page with status 503", status: http.StatusServiceUnavailable},
		{name: "too many requests", status: http.StatusTooManyRequests},
	}
}

// portal is what stands between a machine and the world until somebody signs in,
// or pays: every request is answered with success and a page of its own. Nothing
// can be concluded from it.
func portal() *outage { return &outage{name: "a portal's page with status 200", status: http.StatusOK} }

func (o *outage) answer(r *http.Request) (*http.Response, error) {
	if o.err != nil {
		return nil, o.err
	}
	return &http.Response{
		Status: http.StatusText(o.status), StatusCode: o.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"text/html"}, "Retry-After": {"90"}}, Request: r,
		Body: io.NopCloser(strings.NewReader("<html><title>We will be back</title></html>")),
	}, nil
}

// watchedBody tells when it is closed.
type watchedBody struct {
	io.ReadCloser
	closed func()
}

func (b *watchedBody) Close() error {
	defer b.closed()
	return b.ReadCloser.Close()
}
