package threads

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
	"strconv"
	"time"

	"spool/publisher"
)

// A request is one call of the API, without the token.
type request struct {
	op      string // for messages: "publish container"
	method  string
	path    string // behind the version
	params  url.Values
	timeout time.Duration // zero: Options.Timeout
	token   string        // empty: the account's
	bare    bool          // the path carries no version
}

// A refusal is an error that the API itself answered with.
type refusal struct {
	HTTP      int
	Code      int
	Subcode   int
	Transient bool
	Bare      bool   // without an envelope: a proxy may have said it
	Message   string // English or the person's language: for people, never for decisions
	Trace     string // for Meta's support
	Wait      time.Duration
}

func (r *refusal) Error() string {
	text := fmt.Sprintf("HTTP %d", r.HTTP)
	if r.Message != "" {
		text += ": " + r.Message
	}
	if r.Trace != "" {
		text += " (trace " + r.Trace + ")"
	}
	return text
}

// code is the refusal's number as people look it up: "24/4279009".
func (r *refusal) code() string {
	if r.Subcode != 0 {
		return strconv.Itoa(r.Code) + "/" + strconv.Itoa(r.Subcode)
	}
	return strconv.Itoa(r.Code)
}

// errUnreadable says that there was an answer and that it makes no sense: a
// proxy's page, a body cut short.
var errUnreadable = errors.New("the answer is not one of the Threads API")

// ErrNoToken says that the account has never been signed in. An error of a
// TokenStore that wraps it stops the account until a person acts; any other is
// taken for a passing trouble.
var ErrNoToken = publisher.ErrNoToken

// call makes one request and decodes a good answer into out. Its errors are a
// *refusal when the API answered with one, else a *publisher.CallError or one
// that wraps errUnreadable; ErrNoToken when nothing was asked.
func (c *Client) call(ctx context.Context, r request, out any) error {
	if r.token == "" {
		t, err := c.o.Tokens.Token(ctx)
		switch {
		case errors.Is(err, ErrNoToken):
			return err
		case err != nil:
			return &publisher.CallError{NotSent: true, Err: fmt.Errorf("read the token: %w", err)}
		case t.Value == "":
			return ErrNoToken
		}
		r.token = t.Value
	}
	reply, err := c.caller.Do(ctx, c.build(r))
	if err != nil {
		c.log.Debug("threads request failed", "op", r.op, "error", err)
		return err
	}
	c.skew.Store(int64(reply.Skew()))
	err = decode(reply, out, r.token)
	if ref, ok := errors.AsType[*refusal](err); ok {
		c.log.Log(ctx, slog.LevelInfo, "threads refused", "op", r.op, "http", ref.HTTP, "code", ref.code(),
			"trace", ref.Trace, "request", reply.Header.Get("X-Fb-Request-Id"))
	}
	return err
}

func (c *Client) build(r request) publisher.Call {
	params := url.Values{}
	for name, values := range r.params {
		params[name] = values
	}
	params.Set("access_token", r.token)
	prefix := version
	if r.bare {
		prefix = ""
	}
	call := publisher.Call{Method: r.method, URL: c.o.BaseURL + prefix + r.path, Secrets: []string{r.token}}
	call.Timeout = cmp.Or(r.timeout, c.o.Timeout)
	if r.method == http.MethodPost {
		call.Form = params
	} else {
		call.Query = params
	}
	return call
}

// envelope is the shape of errors; the flat fields are those of the code exchange.
type envelope struct {
	Error *struct {
		Message   string      `json:"message"`
		Code      json.Number `json:"code"`
		Subcode   json.Number `json:"error_subcode"`
		Transient bool        `json:"is_transient"`
		UserMsg   string      `json:"error_user_msg"`
		Trace     string      `json:"fbtrace_id"`
	} `json:"error"`
	FlatMessage string      `json:"error_message"`
	FlatCode    json.Number `json:"code"`
	FlatType    string      `json:"error_type"`
}

// decode turns an answer into out or into an error. An error envelope counts
// whatever the HTTP status: the status is a poor guide.
func decode(reply publisher.Reply, out any, secrets ...string) error {
	var e envelope
	envErr := unmarshal(reply.Body, &e)
	switch {
	case envErr == nil && e.Error != nil:
		return &refusal{
			HTTP: reply.Status, Code: number(e.Error.Code), Subcode: number(e.Error.Subcode), Transient: e.Error.Transient,
			Message: publisher.Excerpt(publisher.Redact(e.Error.Message, secrets...)), Trace: publisher.Excerpt(e.Error.Trace), Wait: wait(reply),
		}
	case envErr == nil && e.FlatType != "":
		return &refusal{HTTP: reply.Status, Code: number(e.FlatCode), Message: publisher.Excerpt(publisher.Redact(e.FlatMessage, secrets...)), Wait: wait(reply)}
	case reply.Status == http.StatusTooManyRequests:
		return &refusal{HTTP: reply.Status, Code: 4, Bare: true, Message: "too many requests", Wait: wait(reply)}
	case reply.Status < 200 || reply.Status > 299:
		return fmt.Errorf("HTTP %d: %w", reply.Status, errUnreadable)
	}
	if err := unmarshal(reply.Body, out); err != nil {
		return fmt.Errorf("HTTP %d: %w", reply.Status, errUnreadable)
	}
	return nil
}

// unmarshal keeps numbers as they are written: ids exceed 2^53.
func unmarshal(body []byte, out any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	return d.Decode(out)
}

func number(n json.Number) int {
	i, err := n.Int64()
	if err != nil {
		return 0
	}
	return int(i)
}

// wait is how long the answer asks to be left alone, by Retry-After or by the
// usage headers of the Graph API; zero: it does not say.
func wait(reply publisher.Reply) time.Duration {
	longest := reply.RetryAfter()
	var usage map[string][]struct {
		Regain float64 `json:"estimated_time_to_regain_access"` // minutes
	}
	header := reply.Header.Get("X-Business-Use-Case-Usage")
	if header == "" || json.Unmarshal([]byte(header), &usage) != nil {
		return longest // a header that makes no sense says nothing
	}
	for _, list := range usage {
		for _, u := range list {
			longest = max(longest, time.Duration(min(u.Regain, 24*60)*float64(time.Minute)))
		}
	}
	return longest
}
