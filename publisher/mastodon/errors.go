package mastodon

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"spool"
)

// What a person must do.
const (
	deadToken = "the token is not accepted: sign in again with spool login"
	noRight   = "the account may not do this: its token lacks a right (it needs read:accounts, read:statuses, write:statuses and write:media), or the instance has disabled the account; look at the account on its instance, then sign in again with spool login"
	blocked   = "something in front of the instance turns the request away"
	tooMuch   = "the instance wants a pause"
	elsewhere = "the instance answers at another address: set base_url to that one"
	noAPI     = "there is no Mastodon API at this address, or what the request names is gone"
)

// A verdict is what a refusal means. The status decides: what servers write into
// the body is in the person's language, or in the instance's own words.
type verdict struct {
	kind spool.Kind // when it is certain that the request took no effect
	hint string     // for people
}

func judge(r *refusal) verdict {
	switch {
	case r.HTTP == http.StatusUnauthorized && !r.Bare:
		return verdict{spool.Credentials, deadToken}
	case r.HTTP == http.StatusForbidden && !r.Bare:
		return verdict{spool.Credentials, noRight}
	case r.HTTP == http.StatusUnauthorized, r.HTTP == http.StatusForbidden:
		return verdict{spool.Temporary, blocked}
	case r.HTTP == http.StatusTooManyRequests:
		return verdict{spool.Throttled, tooMuch}
	case r.HTTP >= 300 && r.HTTP <= 399:
		return verdict{spool.Temporary, elsewhere}
	case r.HTTP == http.StatusNotFound && r.Bare:
		return verdict{spool.Temporary, noAPI}
	case r.passing():
		return verdict{kind: spool.Temporary}
	case r.HTTP >= 400 && r.HTTP <= 499:
		return verdict{kind: spool.Permanent}
	}
	return verdict{kind: spool.Temporary}
}

// passing reports whether a refusal says that the same request may do later:
// a timeout, a conflict with another one, a lock.
func (r *refusal) passing() bool {
	switch r.HTTP {
	case http.StatusRequestTimeout, http.StatusConflict, http.StatusLocked, http.StatusTooEarly, 499:
		return true
	}
	return r.HTTP >= 500
}

// definite reports whether a refusal of a new status proves that it was not
// made: an answer of the server itself, not of something between, that says so.
func (r *refusal) definite() bool {
	return r.HTTP == http.StatusTooManyRequests || r.HTTP >= 400 && r.HTTP <= 499 && !r.Bare && !r.passing()
}

// words are what a person is told about a refusal.
func (r *refusal) words(v verdict) error {
	if v.hint == "" {
		return r
	}
	return fmt.Errorf("%s: %w", v.hint, r)
}

// explain turns an error of a request that could make nothing visible into a
// Failure. waits is how long a throttled account pauses at least.
func (c *Client) explain(op string, err error, waits time.Duration) *spool.Failure {
	ref, ok := errors.AsType[*refusal](err)
	if !ok {
		kind := spool.Temporary
		if errors.Is(err, ErrNoToken) {
			kind = spool.Credentials
		}
		return c.failure(op, kind, "", err)
	}
	v := judge(ref)
	f := c.failure(op, v.kind, ref.code(), ref.words(v))
	f.Wait = ref.Wait
	switch v.kind {
	case spool.Throttled:
		if f.Wait <= 0 {
			f.Wait = waits
		}
	case spool.Credentials:
		c.keeper.bar(ref, c.o.Now())
	}
	return f
}

// isStatus reports whether an error is a refusal with an HTTP status.
func isStatus(err error, status int) bool {
	ref, ok := errors.AsType[*refusal](err)
	return ok && ref.HTTP == status
}
