package standin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync"
	"syscall"
)

// Transport returns a way to a stand-in that uses no socket, so that it works in
// the bubbles of testing/synctest. It honours the request's context and calls the
// hooks of net/http/httptrace that tell whether a request was written: the handler
// says so with [Written]. A response body has to be closed, as always.
func Transport(h http.Handler) http.RoundTripper { return transport{h} }

type transport struct{ handler http.Handler }

// wireKey is the context's key of what to call once a request is written.
type wireKey struct{}

// Written says that a request of [Transport] has left its client. A handler calls
// it first of all, unless it is to refuse the connection; [Desk.Serve] does that by
// itself. Of a request that came over a socket it does nothing.
func Written(ctx context.Context) {
	if f, ok := ctx.Value(wireKey{}).(func()); ok {
		f()
	}
}

// errRefused stands for a connection that could not be made.
var errRefused = &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}

// refuseConnection ends a request as if it was never sent.
func refuseConnection(ctx context.Context) {
	if ctx.Value(wireKey{}) != nil {
		panic(errRefused)
	}
	panic(http.ErrAbortHandler)
}

// RoundTrip implements http.RoundTripper.
func (t transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := req.Context().Err(); err != nil {
		closeBody(req)
		return nil, err
	}
	ctx, cancel := context.WithCancel(req.Context())
	wire := make(chan struct{})
	written := sync.OnceFunc(func() { close(wire) })
	w := &writer{header: http.Header{}, ready: make(chan struct{}), req: req, cancel: cancel}
	go t.run(w, serverRequest(context.WithValue(ctx, wireKey{}, written), req))
	select {
	case <-wire:
	case <-w.ready: // refused, or already over
	case <-req.Context().Done():
	}
	select {
	case <-wire:
		traceWritten(req.Context())
	default:
	}
	select {
	case <-w.ready:
		if w.err != nil {
			cancel()
		}
		return w.response, w.err
	case <-req.Context().Done():
		cancel()
		w.abandon()
		return nil, req.Context().Err()
	}
}

func closeBody(req *http.Request) {
	if req.Body != nil {
		_ = req.Body.Close()
	}
}

func traceWritten(ctx context.Context) {
	trace := httptrace.ContextClientTrace(ctx)
	if trace == nil {
		return
	}
	if trace.WroteHeaders != nil {
		trace.WroteHeaders()
	}
	if trace.WroteRequest != nil {
		trace.WroteRequest(httptrace.WroteRequestInfo{})
	}
}

// serverRequest is a request as a server would get it.
func serverRequest(ctx context.Context, req *http.Request) *http.Request {
	r := req.Clone(ctx)
	r.RequestURI, r.RemoteAddr = req.URL.RequestURI(), "192.0.2.1:1234"
	if r.Host == "" {
		r.Host = req.URL.Host
	}
	if r.Body == nil {
		r.Body = http.NoBody
	}
	return r
}

func (t transport) run(w *writer, r *http.Request) {
	defer closeBody(r)
	defer func() {
		w.end(recover())
	}()
	t.handler.ServeHTTP(w, r)
}

// writer makes a response of what a handler writes: all at the end, or as a
// stream from the first flush on.
type writer struct {
	header http.Header
	req    *http.Request
	cancel context.CancelFunc

	status   int
	buffer   bytes.Buffer
	stream   *io.PipeWriter
	response *http.Response
	err      error
	ready    chan struct{} // closed when response or err is there
}

func (w *writer) Header() http.Header { return w.header }

func (w *writer) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

func (w *writer) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	if w.stream != nil {
		return w.stream.Write(b)
	}
	return w.buffer.Write(b)
}

// Flush implements http.Flusher. What was written so far and what follows
// goes through a pipe.
func (w *writer) Flush() {
	if w.stream != nil {
		return
	}
	w.WriteHeader(http.StatusOK)
	out, in := io.Pipe()
	w.stream = in
	stop := context.AfterFunc(w.req.Context(), func() { in.CloseWithError(w.req.Context().Err()) })
	w.respond(&body{Reader: io.MultiReader(bytes.NewReader(w.buffer.Bytes()), out), close: func() {
		stop()
		_ = out.Close() // never fails
		w.cancel()
	}})
}

func (w *writer) respond(b io.ReadCloser) {
	w.response = &http.Response{
		Status: fmt.Sprintf("%d %s", w.status, http.StatusText(w.status)), StatusCode: w.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: w.header.Clone(),
		Body: b, ContentLength: -1, Request: w.req,
	}
	close(w.ready)
}

// end finishes the response when the handler is done or has panicked.
func (w *writer) end(panicked any) {
	err, _ := panicked.(error)
	switch {
	case panicked != nil && err == nil:
		panic(panicked)
	case w.stream != nil && w.req.Context().Err() != nil: // whoever gave up is told so
		w.stream.CloseWithError(w.req.Context().Err())
	case w.stream != nil && err != nil:
		w.stream.CloseWithError(io.ErrUnexpectedEOF)
	case w.stream != nil:
		_ = w.stream.Close() // never fails
	case errors.Is(err, errRefused):
		w.fail(errRefused)
	case errors.Is(err, http.ErrAbortHandler):
		w.fail(&net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET})
	case err != nil:
		panic(err)
	case w.status == 0 && w.req.Context().Err() != nil:
		w.fail(w.req.Context().Err())
	default:
		w.WriteHeader(http.StatusOK)
		w.respond(&body{Reader: bytes.NewReader(w.buffer.Bytes()), close: w.cancel})
	}
}

func (w *writer) fail(err error) {
	w.err = err
	close(w.ready)
}

// abandon closes what nobody will read.
func (w *writer) abandon() {
	go func() {
		<-w.ready
		if w.response != nil {
			_ = w.response.Body.Close() // never fails
		}
	}()
}

// body is a response's body that ends its request when it is closed.
type body struct {
	io.Reader
	close func()
}

func (b *body) Close() error {
	b.close()
	return nil
}
