package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
)

// inProcess is a transport to a handler without sockets. The body is handed
// over as it is written, so that one without an end can be tried too.
type inProcess struct{ handler http.Handler }

func (t inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	in := r.Clone(r.Context())
	if in.Body == nil {
		in.Body = http.NoBody
	}
	in.RequestURI, in.Host = r.URL.RequestURI(), r.URL.Host
	body, pipe := io.Pipe()
	a := &answering{header: http.Header{}, pipe: pipe, begun: make(chan struct{})}
	stop := context.AfterFunc(r.Context(), func() { pipe.CloseWithError(r.Context().Err()) })
	go func() {
		defer stop()
		defer func() {
			if recover() != nil {
				a.cut()
			}
		}()
		t.handler.ServeHTTP(a, in)
		a.WriteHeader(http.StatusOK)
		// A handler that ends because the client gave up has not ended its answer.
		_ = pipe.CloseWithError(r.Context().Err())
	}()
	select {
	case <-a.begun:
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	if a.code == 0 {
		return nil, errors.New("connection cut")
	}
	return &http.Response{
		StatusCode: a.code, Status: http.StatusText(a.code), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: a.sent, Body: body, ContentLength: -1, Request: r,
	}, nil
}

// answering is the handler's side of an answer.
type answering struct {
	header http.Header
	pipe   *io.PipeWriter
	once   sync.Once
	begun  chan struct{}

	code int         // 0: the connection was cut before there was one
	sent http.Header // as it was when the answer began
}

func (a *answering) Header() http.Header { return a.header }

func (a *answering) WriteHeader(code int) {
	a.once.Do(func() {
		a.code, a.sent = code, a.header.Clone()
		close(a.begun)
	})
}

func (a *answering) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.pipe.Write(p)
}

// FlushError lets handlers flush; everything is handed over at once anyway.
func (a *answering) FlushError() error {
	a.WriteHeader(http.StatusOK)
	return nil
}

func (a *answering) cut() {
	a.once.Do(func() { close(a.begun) })
	_ = a.pipe.CloseWithError(io.ErrUnexpectedEOF)
}
