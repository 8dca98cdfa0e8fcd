package publisher

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// maxReply bounds what is read of an answer, in bytes. The longest that is
// expected, a hundred posts with their texts, has a tenth of it.
const maxReply = 1 << 20

// ErrTooLong says that an answer was longer than any that makes sense.
var ErrTooLong = errors.New("the answer is longer than 1 MiB")

// A Caller makes single requests to a network's API. It never repeats one and
// never follows a redirect, it reads a bounded answer and closes it, and its
// errors name no secret.
type Caller struct {
	Transport http.RoundTripper // required; see NewTransport
	Agent     string            // User-Agent; empty: "spool"
	Now       func() time.Time  // required
}

// A Call is one request.
type Call struct {
	Method  string
	URL     string      // without secrets, and without a query where Query has one
	Query   url.Values  // may hold secrets
	Form    url.Values  // the body, form encoded; may hold secrets
	Body    []byte      // the body of another kind; Header has its Content-Type
	Header  http.Header // may be nil
	Timeout time.Duration
	Secrets []string // what must not appear in an error, besides the values of fields known to be secret
}

// A Reply is an answer, whatever its status.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
	Date   time.Time // of the server's clock; zero: it did not say
	At     time.Time // of our clock
}

// A CallError says that there was no answer, or none that could be read.
type CallError struct {
	NotSent bool // true only when it is certain that no byte of the request left
	Timeout bool // our own patience ended, or the context
	Err     error
}

func (e *CallError) Error() string { return e.Err.Error() }

func (e *CallError) Unwrap() error { return e.Err }

// Do makes one request. Its error is always a *CallError. A status of 400 or
// more is no error here: what it means is the network's to say.
func (c *Caller) Do(ctx context.Context, call Call) (Reply, error) {
	if err := ctx.Err(); err != nil {
		return Reply{}, &CallError{NotSent: true, Timeout: true, Err: err}
	}
	if call.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, call.Timeout)
		defer cancel()
	}
	var w watch
	req, err := c.request(httptrace.WithClientTrace(ctx, w.trace()), call)
	if err != nil {
		return Reply{}, &CallError{NotSent: true, Err: call.clean(err)}
	}
	reply, err := c.roundTrip(req)
	if err != nil {
		return reply, &CallError{NotSent: w.notSent(err), Timeout: ctx.Err() != nil, Err: call.clean(err)}
	}
	return reply, nil
}

func (c *Caller) request(ctx context.Context, call Call) (*http.Request, error) {
	address := call.URL
	if len(call.Query) > 0 {
		address += "?" + call.Query.Encode()
	}
	body := call.Body
	if call.Form != nil {
		body = []byte(call.Form.Encode())
	}
	var r io.Reader // stays a nil interface when there is no body
	if body != nil {
		r = bytes.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, call.Method, address, r)
	if err != nil {
		return nil, err
	}
	for name, values := range call.Header {
		req.Header[http.CanonicalHeaderKey(name)] = values
	}
	if call.Form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	req.Header.Set("User-Agent", orElse(c.Agent, "spool"))
	if call.writes() {
		// Go's transport sends a request again by itself when a kept
		// connection breaks and the body can be had again. A write must be
		// sent once: without GetBody it cannot be had again.
		req.GetBody = nil
	}
	return req, nil
}

func (c *Caller) roundTrip(req *http.Request) (Reply, error) {
	client := http.Client{Transport: c.Transport, CheckRedirect: stay}
	resp, err := client.Do(req)
	if err != nil {
		return Reply{}, err
	}
	defer resp.Body.Close()
	now := c.Now()
	reply := Reply{Status: resp.StatusCode, Header: resp.Header, At: now}
	if date, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		reply.Date = date
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxReply+1))
	if err != nil {
		return reply, fmt.Errorf("read the answer: %w", err)
	}
	if len(body) > maxReply {
		return reply, ErrTooLong
	}
	reply.Body = body
	return reply, nil
}

// stay makes a redirect the answer: following one would carry the token to
// another host, and could send a write twice.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

func (c Call) writes() bool { return c.Method != http.MethodGet && c.Method != http.MethodHead }

// A watch learns from the transport whether a request left this machine.
type watch struct{ asked, wrote atomic.Bool }

func (w *watch) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn:          func(string) { w.asked.Store(true) },
		WroteHeaderField: func(string, []string) { w.wrote.Store(true) },
		WroteHeaders:     func() { w.wrote.Store(true) },
		WroteRequest:     func(i httptrace.WroteRequestInfo) { w.wrote.Store(w.wrote.Load() || i.Err == nil) },
	}
}

// notSent reports whether it is certain that nothing was written: a transport
// that reports what it does has reported no writing, or no connection came to be.
func (w *watch) notSent(err error) bool {
	if w.wrote.Load() {
		return false
	}
	op, ok := errors.AsType[*net.OpError](err)
	return w.asked.Load() || ok && op.Op == "dial"
}

// RetryAfter is how long the server asks to be left alone: seconds or a date,
// at most a day; zero when it does not say.
func (r Reply) RetryAfter() time.Duration {
	value := strings.TrimSpace(r.Header.Get("Retry-After"))
	var wait time.Duration
	if seconds, err := strconv.ParseInt(value, 10, 32); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if date, err := http.ParseTime(value); err == nil {
		from := r.Date // its own clock first: ours may differ
		if from.IsZero() {
			from = r.At
		}
		wait = date.Sub(from)
	}
	return min(max(wait, 0), 24*time.Hour)
}

// Skew is how far the server's clock is ahead of ours; zero when unknown.
func (r Reply) Skew() time.Duration {
	if r.Date.IsZero() || r.At.IsZero() {
		return 0
	}
	return r.Date.Sub(r.At)
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
