package feeds

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// A chain is a request and the redirects that follow it.
type chain struct {
	source    Source
	method    string // of each request; all ask for something, and change nothing
	agent     string
	accept    string
	home      *url.URL // whose server gets the headers and credentials
	start     *url.URL
	at        *url.URL
	seen      map[string]bool
	permanent bool // every redirect so far was
}

func newChain(s Source, method, agent, accept string) (*chain, error) {
	u, err := parseAddress(s.URL)
	if err != nil {
		return nil, err
	}
	if err := checkHeaders(s.Header); err != nil {
		return nil, err
	}
	c := &chain{source: s, method: method, agent: agent, accept: accept, home: u, start: u, at: u, seen: map[string]bool{place(u): true}, permanent: true}
	if s.UserAgent != "" {
		c.agent = printable(s.UserAgent)
	}
	if s.Home != "" {
		if c.home, err = parseAddress(s.Home); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// An exchange is a chain with the answer that it ended in.
type exchange struct {
	*chain
	resp   *http.Response
	turn   *turn
	cancel context.CancelFunc // ends the request

	cancelled func() bool // whether the caller has given up
}

func (x *exchange) close() {
	if x.resp != nil {
		discard(x.resp.Body)
	}
	x.cancel()
	x.turn.leave()
}

// ask waits for a turn, makes the request for s, and those that redirects ask
// for, up to the first answer that is no redirect. Each hop passes the address
// filter by itself, and none gets a cookie or a Referer, nor another server the
// headers and credentials. The caller closes the exchange.
func (f *Fetcher) ask(outer context.Context, s Source, method, accept string) (*exchange, error) {
	return f.askFor(outer, s, method, accept, f.timeout)
}

// askFor is ask for an exchange that may take another time than a feed's.
func (f *Fetcher) askFor(outer context.Context, s Source, method, accept string, timeout time.Duration) (*exchange, error) {
	c, err := newChain(s, method, f.agent, accept)
	if err != nil {
		return nil, err
	}
	turn, err := f.hosts.enter(outer, c.at, s.Patient)
	if err != nil {
		return nil, err
	}
	x := &exchange{chain: c, turn: turn, cancelled: func() bool { return outer.Err() != nil }}
	var ctx context.Context
	ctx, x.cancel = context.WithTimeout(withPort(outer, c.start), timeout)
	if err := f.follow(ctx, x); err != nil {
		x.close()
		return nil, err
	}
	return x, nil
}

func (f *Fetcher) follow(ctx context.Context, x *exchange) error {
	for {
		if err := x.send(ctx, f.over(x.source)); err != nil || !redirects(x.resp) {
			return err
		}
		err := x.hop(x.resp)
		discard(x.resp.Body)
		x.resp = nil
		if err != nil {
			return err
		}
		if e := x.turn.next(ctx, x.at); e != nil {
			return e
		}
	}
}

// send makes one request and tells the host's gate how it went.
func (x *exchange) send(ctx context.Context, over http.RoundTripper) error {
	resp, err := over.RoundTrip(x.request(ctx)) //nolint:bodyclose // close and follow do
	if err != nil {
		e := requestError(x.at.Host, err)
		if !x.cancelled() { // else it is the caller who gave up
			x.turn.failed(e)
		}
		return e
	}
	bare := *x.at
	bare.User = nil
	resp.Request = &http.Request{URL: &bare} // what the answer's links are relative to
	x.resp = resp
	x.turn.answered(resp)
	return nil
}

// over is what the requests for s go over.
func (f *Fetcher) over(s Source) http.RoundTripper {
	if s.HTTP1 {
		return f.http1
	}
	return f.transport
}

// place is an address without credentials, for comparison.
func place(u *url.URL) string {
	bare := *u
	bare.User = nil
	return bare.String()
}

func redirects(resp *http.Response) bool {
	switch resp.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

func (c *chain) hop(resp *http.Response) error {
	location, err := c.at.Parse(resp.Header.Get("Location"))
	if err != nil || resp.Header.Get("Location") == "" {
		return c.lost(resp, "to no address that can be read")
	}
	next, err := parseAddress(location.String())
	if err != nil {
		return c.lost(resp, "to an address that is neither http nor https, or names no proper host")
	}
	next.User = nil // a server has no credentials to give away
	switch key := place(next); {
	case c.seen[key]:
		return c.lost(resp, "in a circle")
	case len(c.seen) > maxRedirects:
		return c.lost(resp, fmt.Sprintf("more than %d times", maxRedirects))
	default:
		c.seen[key] = true
	}
	c.permanent = c.permanent && (resp.StatusCode == http.StatusMovedPermanently || resp.StatusCode == http.StatusPermanentRedirect)
	c.at = next
	return nil
}

func (c *chain) lost(resp *http.Response, where string) *Error {
	return &Error{Kind: KindRedirect, Status: resp.StatusCode,
		Message: fmt.Sprintf("%s redirects %s", redact(c.at), where),
		Hint:    "look up the feed's address on the publisher's site"}
}

func (c *chain) moved() string {
	if c.permanent && c.at != c.start {
		return c.at.String()
	}
	return ""
}

// upgrade reports whether the chain was one permanent redirect to the address
// that was asked, but with https. Nobody but that server can have meant it.
func (c *chain) upgrade() bool {
	if !c.permanent || len(c.seen) != 2 || c.start.Scheme != "http" || c.at.Scheme != "https" {
		return false
	}
	return sameServer(c.start, c.at) && c.start.EscapedPath() == c.at.EscapedPath() && c.start.RawQuery == c.at.RawQuery
}
