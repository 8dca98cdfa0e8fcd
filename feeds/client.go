package feeds

import (
	"context"
	"io"
	"net/http"
)

// Client returns a client for other requests to addresses that a feed names,
// such as those of hubs. What protects fetching protects it: the address
// filter, the User-Agent, no cookies, no proxy, and an end to waiting. It follows
// no redirect by itself, and asks nobody twice: a request with a body that
// fails is not sent again behind the caller's back. Only ports 80 and 443 are
// connected to, but for the operator's own networks.
//
// An error of a request holds an *Error, which errors.As finds, and which is to
// be shown in its place: the *url.Error around it quotes the whole address. The
// caller bounds how much of an answer it reads.
func (f *Fetcher) Client() *http.Client {
	return &http.Client{
		Transport:     &courier{f: f},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// A courier carries requests that are not for feeds.
type courier struct{ f *Fetcher }

// RoundTrip is that of http.RoundTripper. Its errors are *Errors.
func (c *courier) RoundTrip(req *http.Request) (*http.Response, error) {
	u, err := parseAddress(req.URL.String())
	if err == nil && u.User != nil {
		err = badAddress("the address holds a user name or a password")
	}
	if err != nil {
		if req.Body != nil {
			_ = req.Body.Close()
		}
		return nil, err
	}
	ctx, cancel := context.WithTimeout(req.Context(), c.f.timeout)
	out := req.Clone(ctx)
	out.URL, out.Host = u, u.Host
	out.GetBody = nil // without it net/http cannot send a body again
	if req.Body != nil {
		out.Close = true // nor is there a kept connection that may turn out to be closed
	}
	out.Header.Del("Cookie")
	out.Header.Del("Referer")
	if out.Header.Get("User-Agent") == "" {
		out.Header.Set("User-Agent", c.f.agent)
	}
	resp, err := c.f.transport.RoundTrip(out)
	if err != nil {
		cancel()
		return nil, requestError(u.Host, err)
	}
	resp.Body = timed{resp.Body, cancel}
	return resp, nil
}

// A timed body ends with the time for its request. A timeout of the client's
// own would do the same, but hide what the error is.
type timed struct {
	io.ReadCloser
	cancel context.CancelFunc
}

// Close is that of io.Closer.
func (t timed) Close() error {
	defer t.cancel()
	return t.ReadCloser.Close()
}
