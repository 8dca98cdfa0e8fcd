package feeds

import (
	"context"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"

	"golang.org/x/net/http/httpguts"

	"spool"
)

// acceptFeed asks for a feed and refuses nothing: without it some servers send
// a page, with less of it some send 406.
const acceptFeed = "application/atom+xml, application/rss+xml, application/rdf+xml;q=0.9, application/feed+json;q=0.9, application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"

// acceptAlerts asks for GTFS-Realtime in the form that can be read in the least time.
const acceptAlerts = "application/x-protobuf, application/protobuf, application/octet-stream;q=0.9, application/json;q=0.8, */*;q=0.1"

// acceptCAP asks for CAP messages, or lists of them.
const acceptCAP = "application/cap+xml, application/atom+xml, application/rss+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1"

// accepts are the types to ask for, by what is expected.
func (s Source) accepts() string {
	switch s.Kind {
	case GTFSKind:
		return acceptAlerts
	case CAPKind:
		return acceptCAP
	}
	return acceptFeed
}

// request is the chain's next one. It carries the headers and credentials of
// the source only to the server that they are for.
func (c *chain) request(ctx context.Context) *http.Request {
	h := http.Header{
		"User-Agent":      {c.agent},
		"Accept":          {c.accept},
		"Accept-Encoding": {"gzip"},
	}
	req := &http.Request{Method: c.method, URL: c.at, Header: h, Host: c.at.Host, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}
	if c.trusted() {
		if user := c.home.User; user != nil {
			password, _ := user.Password()
			req.SetBasicAuth(user.Username(), password)
		}
		for name, values := range c.source.Header {
			if !ours(name) {
				h[textproto.CanonicalMIMEHeaderKey(name)] = values
			}
		}
	}
	v := c.validators()
	if v.ETag != "" {
		h.Set("If-None-Match", v.ETag)
	}
	if v.LastModified != "" {
		h.Set("If-Modified-Since", v.LastModified)
	}
	return req.WithContext(ctx)
}

// validators are those to be sent where the chain is: they mean nothing to any
// address but the one that gave them.
func (c *chain) validators() spool.Validators {
	if c.source.Issuer == c.issuer() || c.source.Issuer == "" && c.at == c.start {
		return c.source.Validators
	}
	return spool.Validators{}
}

// issuer is a digest of the address where the chain is: the address itself may
// hold a key.
func (c *chain) issuer() string { return hash([]byte(place(c.at))) }

// trusted reports whether the headers and credentials of the source may go
// where the chain is: to the same server, and never from https to http.
func (c *chain) trusted() bool { return sameServer(c.home, c.at) }

// secrets reports whether the source has something to send that only its own
// server may see.
func (c *chain) secrets() bool { return len(c.source.Header) > 0 || c.home.User != nil }

// sameServer reports whether b is the server of a: the same host and port, or
// the same host over https where a is over http, each at its usual port.
func sameServer(a, b *url.URL) bool {
	if !strings.EqualFold(a.Hostname(), b.Hostname()) {
		return false
	}
	if a.Scheme == b.Scheme {
		return portOf(a) == portOf(b)
	}
	return a.Scheme == "http" && portOf(a) == "80" && portOf(b) == "443"
}

func portOf(u *url.URL) string {
	switch p := u.Port(); {
	case p != "":
		return p
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}

// ours reports whether a header is one that no configuration may set.
func ours(name string) bool {
	switch strings.ToLower(name) {
	case "host", "connection", "content-length", "transfer-encoding", "te", "trailer", "upgrade", "keep-alive",
		"proxy-connection", "accept-encoding", "if-none-match", "if-modified-since", "if-range", "range", "a-im":
		return true
	}
	return false
}

// checkHeaders refuses what net/http would refuse to send, without its value.
func checkHeaders(h http.Header) error {
	for name, values := range h {
		if !httpguts.ValidHeaderFieldName(name) {
			return &Error{Kind: KindAddress, Message: "a header has a name that cannot be sent", Hint: "check the feed's headers"}
		}
		for _, v := range values {
			if !httpguts.ValidHeaderFieldValue(v) {
				return &Error{Kind: KindAddress, Message: "the header " + name + " has a value that cannot be sent", Hint: "check the feed's headers; its file may hold more than one line"}
			}
		}
	}
	return nil
}
