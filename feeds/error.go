package feeds

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
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

// requestError classifies an error of a request or of reading its body.
func requestError(host string, err error) *Error {
	var inner *url.Error
	if errors.As(err, &inner) {
		err = inner.Err // it carries the whole URL
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
	case isTimeout(err):
		return &Error{Kind: KindTimeout, Message: host + " did not answer in time", Hint: "it is tried again later", Err: err}
	case errors.As(err, &dns):
		return &Error{Kind: KindDNS, Message: "the name " + host + " could not be resolved", Hint: "check the feed's address and this machine's DNS", Err: err}
	case isTLS(err):
		return &Error{Kind: KindTLS, Message: "no secure connection to " + host, Hint: "its certificate may have expired: tell the publisher; certificate checks are never switched off", Err: err}
	}
	return &Error{Kind: KindConnect, Message: "the connection to " + host + " failed", Hint: "it is tried again later", Err: err}
}

func isTimeout(err error) bool {
	var n net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) ||
		errors.As(err, &n) && n.Timeout()
}

func isTLS(err error) bool {
	var cert *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	return errors.As(err, &cert) || errors.As(err, &record) || errors.As(err, &alert) ||
		strings.Contains(err.Error(), "tls: ")
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
