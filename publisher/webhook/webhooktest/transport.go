package webhooktest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"sync"
	"syscall"
)

// Transport returns a way to the stand-in that uses no socket. It honours the
// request's context and calls the hooks of net/http/httptrace that tell whether
// a request was written.
func (s *Server) Transport() http.RoundTripper { return transport{s} }

type transport struct{ server *Server }

// The ends of a connection.
var (
	errRefused = &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	errReset   = &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
)

// RoundTrip implements http.RoundTripper.
func (t transport) RoundTrip(req *http.Request) (*http.Response, error) {
	defer closeBody(req)
	ctx := req.Context()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	written := sync.OnceFunc(func() { traceWritten(ctx) })
	out := t.answer(req, written)
	switch {
	case out.refused:
		return nil, errRefused
	case out.cut && ctx.Err() != nil:
		return nil, ctx.Err()
	case out.cut:
		return nil, errReset
	}
	var body io.Reader = bytes.NewReader(out.body)
	if out.half {
		body = io.MultiReader(bytes.NewReader(out.body[:len(out.body)/2]), broken{})
	}
	return &http.Response{
		Status: fmt.Sprintf("%d %s", out.status, http.StatusText(out.status)), StatusCode: out.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: out.header.Clone(),
		Body: io.NopCloser(body), ContentLength: -1, Request: req,
	}, nil
}

// answer asks the server: its pages as any handler, its hooks directly.
func (t transport) answer(req *http.Request, written func()) outcome {
	r := req.Clone(context.WithoutCancel(req.Context()))
	if r.Body == nil {
		r.Body = http.NoBody
	}
	if !isPage(r) {
		return t.server.serve(req.Context(), r, written)
	}
	written()
	w := httptest.NewRecorder()
	t.server.pages.ServeHTTP(w, r)
	return outcome{status: w.Code, header: w.Header(), body: w.Body.Bytes()}
}

// broken is the rest of a body whose connection ended.
type broken struct{}

func (broken) Read([]byte) (int, error) {
	return 0, errors.Join(io.ErrUnexpectedEOF, errReset)
}

func closeBody(req *http.Request) {
	if req.Body != nil {
		_ = req.Body.Close() // it was read, or nobody wants it
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
