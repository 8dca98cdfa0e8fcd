package feeds

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Kind says what sort of trouble a feed has. The strings appear in logs and as
// values of a metric's label.
type Kind string

// The kinds of trouble.
const (
	KindAddress   Kind = "address"    // the URL is of no use, or its address is not public
	KindDNS       Kind = "dns"        // the host's name could not be resolved
	KindConnect   Kind = "connect"    // no connection, or it broke
	KindTLS       Kind = "tls"        // no secure connection
	KindTimeout   Kind = "timeout"    // it took too long
	KindCancelled Kind = "cancelled"  // the caller gave up
	KindRedirect  Kind = "redirect"   // redirects that lead nowhere
	KindStatus    Kind = "status"     // a status that is neither good nor one of the next three
	KindGone      Kind = "gone"       // 410
	KindThrottled Kind = "throttled"  // 429
	KindChallenge Kind = "challenge"  // a page that wants to see a browser
	KindTooLarge  Kind = "too large"  // more bytes than Options.MaxBytes
	KindCut       Kind = "cut"        // the body ended early or does not unpack
	KindNotFeed   Kind = "not a feed" // something else than a feed
	KindMalformed Kind = "malformed"  // a feed that cannot be read, not even in part
	KindLimit     Kind = "limit"      // a document built, or broken, beyond what is read
	KindResting   Kind = "resting"    // not asked now: the host wants a rest, or too many wait for it
)

// An Error says why a feed could not be read. No field holds credentials or
// the query of an address.
type Error struct {
	Kind       Kind
	Status     int       // of the answer; 0: there was none
	RetryAfter time.Time // the server asked not to be asked before; zero: it did not
	Message    string    // what happened
	Hint       string    // what the operator can do; may be empty
	Err        error     // the cause; may be nil
	Alternates []string  // of a web page: the feeds that it names, for a person to choose from
}

func (e *Error) Error() string {
	if e.Hint == "" {
		return e.Message
	}
	return e.Message + ": " + e.Hint
}

func (e *Error) Unwrap() error { return e.Err }

// Asked reports whether the trouble is the feed's. It is false when it was only
// not the feed's turn: no request was made, nothing was learnt about it, and it
// is to be asked at RetryAfter as if this had not been tried.
func (e *Error) Asked() bool { return e.Kind != KindResting }

// Passing reports whether the trouble may be over soon, so that asking again
// within minutes is worth it. It is not, where the answer is a decision.
func (e *Error) Passing() bool {
	switch e.Kind {
	case KindDNS, KindConnect, KindTimeout, KindCancelled, KindThrottled, KindCut, KindResting:
		return true
	case KindStatus:
		return e.Status >= 500 || e.Status == http.StatusRequestTimeout || e.Status == http.StatusTooEarly
	}
	return false
}

// requestError classifies an error of a request or of reading its body. What
// the operating system and net/http say is kept as the cause, but for the
// address that net/http quotes whole.
func requestError(host string, err error) *Error {
	var inner *url.Error
	if errors.As(err, &inner) {
		err = inner.Err
	}
	var known *Error
	var refused *refusal
	var dns *net.DNSError
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &refused):
		return refused.explain(host)
	case errors.Is(err, context.Canceled):
		return &Error{Kind: KindCancelled, Message: "the request to " + host + " was cancelled", Err: err}
	case errors.As(err, &dns):
		return dnsError(host, dns)
	case isTimeout(err):
		return &Error{Kind: KindTimeout, Message: host + timeoutOf(err), Hint: "it is tried again later", Err: err}
	}
	if e := tlsError(host, err); e != nil {
		return e
	}
	return connectError(host, err)
}

func isTimeout(err error) bool {
	var n net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) ||
		errors.As(err, &n) && n.Timeout()
}

// timeoutOf says in which part of a request the time ran out.
func timeoutOf(err error) string {
	var op *net.OpError
	switch {
	case errors.As(err, &op) && op.Op == "dial":
		return " could not be connected to in time"
	case strings.Contains(err.Error(), "TLS handshake"):
		return " did not agree on a secure connection in time"
	}
	return " did not answer in time"
}

// dnsError tells a name that does not exist from a resolver in trouble.
func dnsError(host string, err *net.DNSError) *Error {
	e := &Error{Kind: KindDNS, Err: err, Message: "the name " + host + " could not be resolved", Hint: "it is tried again later; if it stays so, check this machine's DNS"}
	switch {
	case err.IsNotFound:
		e.Message, e.Hint = "the name "+host+" does not exist", "check the feed's address; if it is right, check this machine's DNS"
	case err.IsTimeout:
		e.Message = "the name " + host + " could not be resolved in time"
	}
	return e
}

// connectError is for a connection that did not come about, or broke.
func connectError(host string, err error) *Error {
	e := &Error{Kind: KindConnect, Message: "the connection to " + host + " failed", Hint: "it is tried again later", Err: err}
	switch text := err.Error(); {
	case errors.Is(err, syscall.ECONNREFUSED):
		e.Message, e.Hint = host+" refused the connection", "its server is down, or the port in the address is wrong; it is tried again later"
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		e.Message, e.Hint = "there is no way from this machine to "+host, "check this machine's network; it is tried again later"
	case strings.Contains(text, "response headers exceeded"), strings.Contains(text, "header list"):
		e.Kind, e.Message, e.Hint = KindLimit, host+" sent headers without end", "nothing was read from it; tell the publisher"
	case brokenHTTP(text):
		e.Message, e.Hint = host+" answered with something else than HTTP, or with HTTP that is broken", "check the port in the feed's address; if it is right, tell the publisher"
	case strings.Contains(text, "http2:"), strings.Contains(text, "stream error"), strings.Contains(text, "connection error: "):
		e.Message, e.Hint = "the connection to "+host+" broke (HTTP/2)", "it is tried again later; if it stays so, set http2 to false for this feed"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		e.Message = host + " closed the connection without an answer"
	}
	return e
}

// brokenHTTP reports whether net/http could not make sense of an answer. It has
// no errors of their own for that.
func brokenHTTP(text string) bool {
	return slices.ContainsFunc([]string{"malformed HTTP", "malformed MIME", "invalid header", "Content-Length", "chunk", "trailer"},
		func(mark string) bool { return strings.Contains(text, mark) })
}

func limitError(what string, limit int) *Error {
	return &Error{
		Kind:    KindLimit,
		Message: fmt.Sprintf("the document has %s (the limit is %d)", what, limit),
		Hint:    "nothing was read from it; ask the publisher whether it is meant to be so",
	}
}

// redact is an address as it may be shown: without credentials and without the
// query, either of which may be a secret.
func redact(u *url.URL) string {
	shown := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	s := shown.String()
	if u.RawQuery != "" {
		s += "?…"
	}
	return s
}
