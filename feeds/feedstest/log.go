package feedstest

import (
	"net/http"
	"slices"
	"time"
)

// A Request is one that arrived, with what was answered to it.
type Request struct {
	Time   time.Time // when it arrived
	Method string
	Proto  string // "HTTP/1.1", "HTTP/2.0"
	Host   string
	Path   string
	Query  string      // as it was sent
	Header http.Header // all of it; Host is not among it

	UserAgent       string
	IfNoneMatch     string
	IfModifiedSince string
	Authorization   string
	Referer         string
	Cookie          string

	Status int         // of the answer; 0 when a fault gave none
	Sent   http.Header // of the answer
	Length int64       // bytes of its body, as they went over the line
}

// maxRequests bounds what is remembered of a stand-in that runs for long.
const maxRequests = 200_000

// Requests returns what has arrived, in the order in which it was answered.
func (p *Publisher) Requests() []Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.requests)
}

// Forget forgets the requests so far.
func (p *Publisher) Forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests = nil
}

func (p *Publisher) log(r *http.Request, at time.Time, seen *recorder) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.requests) >= maxRequests {
		p.requests = slices.Clone(p.requests[maxRequests/2:])
	}
	p.requests = append(p.requests, Request{
		Time: at, Method: r.Method, Proto: r.Proto, Host: r.Host, Path: r.URL.Path, Query: r.URL.RawQuery, Header: r.Header.Clone(),
		UserAgent: r.UserAgent(), IfNoneMatch: r.Header.Get("If-None-Match"), IfModifiedSince: r.Header.Get("If-Modified-Since"),
		Authorization: r.Header.Get("Authorization"), Referer: r.Referer(), Cookie: r.Header.Get("Cookie"),
		Status: seen.status, Sent: seen.sent, Length: seen.length,
	})
}

// recorder remembers an answer.
type recorder struct {
	http.ResponseWriter
	status int
	sent   http.Header
	length int64
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 && status >= 200 {
		r.status, r.sent = status, r.Header().Clone()
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status, r.sent = http.StatusOK, r.Header().Clone()
	}
	n, err := r.ResponseWriter.Write(b)
	r.length += int64(n)
	return n, err
}

// Unwrap lets faults flush what they have written.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
