package bluesky

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"time"

	"spool/publisher"
)

// A request is one call of the API.
type request struct {
	op      string // for messages: "put record"
	method  string
	name    string     // of the procedure or query: com.atproto.repo.putRecord
	base    string     // the server
	query   url.Values // never a secret
	body    any        // sent as JSON; nil: none
	raw     []byte     // sent as it is, in place of body
	mime    string     // of raw
	bearer  string     // a secret
	secrets []string   // further ones, in body
	timeout time.Duration
	cost    int // write points
}

// A refusal is an error that the API itself answered with.
type refusal struct {
	HTTP    int
	Name    string // decides what it means
	Message string // for people
	Wait    time.Duration
}

func (r *refusal) Error() string {
	text := fmt.Sprintf("HTTP %d", r.HTTP)
	if r.Message != "" {
		text += ": " + r.Message
	}
	return text
}

// errUnreadable says that there was an answer and that it makes no sense: a
// proxy's page, a body cut short.
var errUnreadable = errors.New("the answer is not one of the Bluesky API")

// call makes one request and decodes a good answer into out, which may be nil.
// Its errors are a *refusal when the API answered with one, else a
// *publisher.CallError or one that wraps errUnreadable.
func (c *Client) call(ctx context.Context, r request, out any) error {
	call, err := c.build(r)
	if err != nil {
		return &publisher.CallError{NotSent: true, Err: err}
	}
	reply, err := c.caller.Do(ctx, call)
	if r.cost > 0 {
		c.points.spend(c.o.Now(), r.cost, reply)
	}
	if err != nil {
		c.log.Debug("bluesky request failed", "op", r.op, "error", err)
		return err
	}
	err = decode(reply, out, call.Secrets...)
	if ref, ok := errors.AsType[*refusal](err); ok && ref.Name != recordNotFound {
		c.log.Log(ctx, slog.LevelInfo, "bluesky refused", "op", r.op, "http", ref.HTTP, "error", ref.Name)
	}
	return err
}

func (c *Client) build(r request) (publisher.Call, error) {
	call := publisher.Call{
		Method: r.method, URL: r.base + "/xrpc/" + r.name, Query: r.query, Header: http.Header{},
		Timeout: cmp.Or(r.timeout, c.o.Timeout), Secrets: r.secrets,
	}
	call.Header.Set("Accept", "application/json")
	if r.bearer != "" {
		call.Header.Set("Authorization", "Bearer "+r.bearer)
		call.Secrets = append([]string{r.bearer}, r.secrets...)
	}
	switch {
	case r.raw != nil:
		call.Body = r.raw
		call.Header.Set("Content-Type", r.mime)
	case r.body != nil:
		b, err := json.Marshal(r.body)
		if err != nil {
			return call, fmt.Errorf("write the request: %w", err)
		}
		call.Body = b
		call.Header.Set("Content-Type", "application/json")
	}
	return call, nil
}

// errorName is the form of an error's name; anything else is not the API's.
var errorName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]{0,63}$`)

// decode turns an answer into out or into an error.
func decode(reply publisher.Reply, out any, secrets ...string) error {
	if reply.Status >= 200 && reply.Status <= 299 {
		if _, bare := out.(*answered); out == nil || bare && len(bytes.TrimSpace(reply.Body)) == 0 {
			return nil // servers of before 2024 answered a deletion with nothing
		}
		if err := json.Unmarshal(reply.Body, out); err != nil {
			return fmt.Errorf("HTTP %d: %w", reply.Status, errUnreadable)
		}
		return nil
	}
	var e struct {
		Error   string `json:"error"`
		Message string `json:"message"`
	}
	known := reply.Status >= 400 && json.Unmarshal(reply.Body, &e) == nil && errorName.MatchString(e.Error)
	switch {
	case reply.Status == http.StatusTooManyRequests:
		return &refusal{HTTP: reply.Status, Name: rateLimited, Message: "too many requests", Wait: wait(reply)}
	case known:
		return &refusal{HTTP: reply.Status, Name: e.Error, Message: publisher.Excerpt(publisher.Redact(e.Message, secrets...)), Wait: reply.RetryAfter()}
	}
	return fmt.Errorf("HTTP %d: %w", reply.Status, errUnreadable)
}

// wait is how long a server wants to be left alone: by Retry-After, or until the
// moment at which its budget is whole again, in Unix seconds. At most a day.
func wait(reply publisher.Reply) time.Duration {
	longest := reply.RetryAfter()
	reset, err := strconv.ParseInt(reply.Header.Get("RateLimit-Reset"), 10, 64)
	if err != nil {
		return longest
	}
	return min(max(longest, time.Unix(reset, 0).Sub(serverTime(reply))), 24*time.Hour)
}

// serverTime is the server's clock, or ours where it does not tell.
func serverTime(reply publisher.Reply) time.Time {
	if reply.Date.IsZero() {
		return reply.At
	}
	return reply.Date
}

// same reports whether two JSON texts say the same.
func same(a, b []byte) bool {
	var x, y bytes.Buffer
	if json.Compact(&x, a) != nil || json.Compact(&y, b) != nil {
		return false
	}
	return bytes.Equal(x.Bytes(), y.Bytes())
}
