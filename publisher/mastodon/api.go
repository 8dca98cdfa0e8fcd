package mastodon

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"spool/publisher"
)

// A request is one call of the API, without the token.
type request struct {
	op      string // for messages: "post status"
	method  string
	path    string
	query   url.Values
	json    any    // the body
	body    []byte // a body of another kind
	kind    string // and its Content-Type
	key     string // the Idempotency-Key; empty: none
	timeout time.Duration
	token   string // empty: the account's
}

// A refusal is an answer of the server that is no success.
type refusal struct {
	HTTP      int
	Bare      bool   // without an error in JSON: something between us and the server may have said it
	Message   string // in whatever language: for people, never for decisions
	Wait      time.Duration
	Elsewhere string // the host that a redirect points to
}

func (r *refusal) Error() string {
	text := fmt.Sprintf("HTTP %d", r.HTTP)
	if r.Message != "" {
		text += ": " + r.Message
	}
	if r.Elsewhere != "" {
		text += ": it points to " + r.Elsewhere
	}
	return text
}

func (r *refusal) code() string { return strconv.Itoa(r.HTTP) }

// errUnreadable says that there was an answer and that it makes no sense: a
// proxy's page, a body cut short.
var errUnreadable = errors.New("the answer is not one of the Mastodon API")

// call makes one request and decodes a good answer into out. Its errors are a
// *refusal when there was an answer that is no success, else a
// *publisher.CallError or one that wraps errUnreadable; ErrNoToken when nothing
// was asked. The number is the HTTP status of a success.
func (c *Client) call(ctx context.Context, r request, out any) (int, error) {
	if r.token == "" {
		t, err := c.token(ctx)
		if err != nil {
			return 0, err
		}
		r.token = t.Value
	}
	call, err := c.build(r)
	if err != nil {
		return 0, err
	}
	reply, err := c.caller.Do(ctx, call)
	if err != nil {
		c.log.Debug("mastodon request failed", "op", r.op, "error", err)
		return 0, err
	}
	if !reply.Date.IsZero() {
		c.skew.Store(int64(reply.Skew()))
	}
	err = decode(reply, out, r.token)
	if ref, ok := errors.AsType[*refusal](err); ok {
		c.log.Info("mastodon refused", "op", r.op, "http", ref.HTTP, "request", publisher.Excerpt(publisher.Redact(reply.Header.Get("X-Request-Id"), r.token)))
	}
	return reply.Status, err
}

// token reads the account's token. Its errors are ErrNoToken, or a CallError for
// a passing trouble of the store.
func (c *Client) token(ctx context.Context) (Token, error) {
	t, err := c.o.Tokens.Token(ctx)
	switch {
	case errors.Is(err, ErrNoToken):
		return Token{}, err
	case err != nil:
		return Token{}, &publisher.CallError{NotSent: true, Err: fmt.Errorf("read the token: %w", err)}
	case t.Value == "":
		return Token{}, ErrNoToken
	}
	return t, nil
}

func (c *Client) build(r request) (publisher.Call, error) {
	call := publisher.Call{
		Method: r.method, URL: c.o.BaseURL + r.path, Query: r.query, Body: r.body, Secrets: []string{r.token},
		Timeout: cmp.Or(r.timeout, c.o.Timeout), Header: http.Header{"Accept": {"application/json"}},
	}
	if r.token != noToken {
		call.Header.Set("Authorization", "Bearer "+r.token)
	}
	if r.kind != "" {
		call.Header.Set("Content-Type", r.kind)
	}
	if r.key != "" {
		call.Header.Set("Idempotency-Key", r.key)
	}
	if r.json != nil {
		b, err := json.Marshal(r.json)
		if err != nil {
			return publisher.Call{}, &publisher.CallError{NotSent: true, Err: fmt.Errorf("write the request: %w", err)}
		}
		call.Body = b
		call.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	return call, nil
}

// noToken makes a request that needs none.
const noToken = "-"

// decode turns an answer into out or into an error.
func decode(reply publisher.Reply, out any, secrets ...string) error {
	if reply.Status < 200 || reply.Status > 299 {
		return refused(reply, secrets...)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(reply.Body, out); err != nil {
		return fmt.Errorf("HTTP %d: %w", reply.Status, errUnreadable)
	}
	return nil
}

func refused(reply publisher.Reply, secrets ...string) *refusal {
	r := &refusal{HTTP: reply.Status, Wait: wait(reply)}
	var e struct {
		Error       any    `json:"error"` // a text; Pleroma has objects too
		Description string `json:"error_description"`
	}
	if json.Unmarshal(reply.Body, &e) != nil || e.Error == nil {
		r.Bare = true
	} else {
		text := fmt.Sprint(e.Error)
		if e.Description != "" {
			text += ": " + e.Description
		}
		r.Message = publisher.Excerpt(publisher.Redact(text, secrets...))
	}
	if reply.Status >= 300 && reply.Status <= 399 {
		if u, err := url.Parse(reply.Header.Get("Location")); err == nil {
			r.Elsewhere = publisher.Excerpt(u.Host)
		}
	}
	return r
}

// maxWait bounds what a server can ask for; the longest of Mastodon's own limits
// is three hours.
const maxWait = 6 * time.Hour

// wait is how long the answer asks to be left alone: by Retry-After, or when it
// is a 429 by the moment at which the rate limit is lifted. Zero: it does not say.
func wait(reply publisher.Reply) time.Duration {
	longest := reply.RetryAfter()
	if reply.Status == http.StatusTooManyRequests {
		longest = max(longest, untilReset(reply))
	}
	return min(longest, maxWait)
}

// untilReset reads X-RateLimit-Reset: on Mastodon a moment in ISO 8601, on some
// other servers Unix seconds. The moment is of the server's clock.
func untilReset(reply publisher.Reply) time.Duration {
	value := strings.TrimSpace(reply.Header.Get("X-RateLimit-Reset"))
	at, err := time.Parse(time.RFC3339Nano, value)
	if seconds, numErr := strconv.ParseInt(value, 10, 64); err != nil && numErr == nil && seconds > 0 && seconds < 1<<40 {
		at, err = time.Unix(seconds, 0), nil
	}
	if err != nil {
		return 0 // a header that makes no sense says nothing
	}
	from := reply.Date
	if from.IsZero() {
		from = reply.At
	}
	return min(max(at.Sub(from), 0), maxWait)
}
