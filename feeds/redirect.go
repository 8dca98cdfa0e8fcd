package feeds

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"spool"
)

// A chain is a request and the redirects that follow it.
type chain struct {
	start     *url.URL
	at        *url.URL
	seen      map[string]bool
	permanent bool // every redirect so far was
}

// follow makes the request, and those that redirects ask for. It returns the
// first answer that is no redirect, for the caller to close, and where a chain
// of only permanent redirects ended. Each hop passes the address filter by
// itself, and none gets a cookie or a Referer, nor another host the credentials.
func (f *Fetcher) follow(ctx context.Context, u *url.URL, v spool.Validators) (*http.Response, string, error) {
	c := chain{start: u, at: u, seen: map[string]bool{place(u): true}, permanent: true}
	for {
		resp, err := f.transport.RoundTrip(c.request(ctx, f.agent, v))
		if err != nil {
			return nil, "", requestError(c.at.Host, err)
		}
		resp.Request = &http.Request{URL: c.at}
		if !redirects(resp) {
			return resp, c.moved(), nil
		}
		err = c.hop(resp)
		discard(resp.Body)
		if err != nil {
			return nil, "", err
		}
	}
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

func (c *chain) request(ctx context.Context, agent string, v spool.Validators) *http.Request {
	req := request(ctx, c.at, agent, v)
	if user := c.start.User; user != nil && c.trusted() {
		password, _ := user.Password()
		req.SetBasicAuth(user.Username(), password)
	}
	return req
}

// trusted reports whether the credentials of the feed's address may go where
// the chain is: to the same host and port, and never from https to http.
func (c *chain) trusted() bool {
	return c.at.Host == c.start.Host && (c.at.Scheme == c.start.Scheme || c.at.Scheme == "https")
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
