package media

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// unreachable says why a network's own fetcher could not have a picture from where
// the publisher has it; empty: it can. Such fetchers ask with HEAD first, want to
// know the type and the length, are strict about https, and keep to robots.txt.
func (w *work) unreachable(ctx context.Context, address string, fetched Answer, n need) string {
	h := readHeader(fetched.Body)
	switch {
	case !sameAddress(fetched.URL, address):
		return "its address leads on to another one"
	case !n.takes(h.mime):
		return "the network does not take its format"
	case n.bytes > 0 && len(fetched.Body) > n.bytes:
		return "it is too large for the network"
	}
	if fault := oddAddress(address); fault != "" {
		return fault
	}
	answer, err := w.head(ctx, address)
	if err != nil {
		return "its server does not answer the network's way of asking (HEAD)"
	}
	if fault := w.unfit(ctx, address, answer); fault != "" {
		return fault
	}
	size, err := strconv.Atoi(answer.Header.Get("Content-Length"))
	switch mime := mediaType(answer); {
	case err != nil || size <= 0:
		return "its server does not say how large it is"
	case n.bytes > 0 && size > n.bytes:
		return "it is too large for the network"
	case mime != h.mime:
		return fmt.Sprintf("its server says that it is of another type (%s)", orNone(mime))
	}
	return ""
}

// head asks what a server says of an address.
func (w *work) head(ctx context.Context, address string) (Answer, error) {
	return w.get(ctx, Request{URL: address, Head: true, Accept: "*/*"})
}

// unfit says what is wrong with an address that a network is to fetch, by the
// answer to HEAD; empty: nothing.
func (w *work) unfit(ctx context.Context, address string, answer Answer) string {
	if fault := oddAddress(address); fault != "" {
		return fault
	}
	switch {
	case answer.Status != http.StatusOK:
		return fmt.Sprintf("its server answered %d", answer.Status)
	case !sameAddress(answer.URL, address):
		return "its address leads on to another one"
	case !w.robotsAllow(ctx, address):
		return "the site's robots.txt keeps the network's fetcher away"
	}
	return ""
}

// sameAddress reports whether two addresses are one in other letters: a request has
// it in plain ASCII, whatever a feed wrote.
func sameAddress(a, b string) bool { return plainAddress(a) == plainAddress(b) }

func plainAddress(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	u.Host = strings.ToLower(u.Host)
	if host, err := idna.Lookup.ToASCII(u.Hostname()); err == nil {
		u.Host = strings.Replace(u.Host, u.Hostname(), host, 1)
	}
	if u.Path == "" {
		u.Path = "/"
	}
	u.Fragment, u.RawFragment = "", ""
	return u.String()
}

// oddAddress says why an address is none for a network's fetcher; empty: it is one.
func oddAddress(address string) string {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Scheme != "https":
		return "its address is not https"
	case u.Port() != "" && u.Port() != "443" || u.User != nil:
		return "its address is unusual"
	}
	if _, err := netip.ParseAddr(strings.Trim(u.Hostname(), "[]")); err == nil || !strings.Contains(u.Hostname(), ".") {
		return "its address is no public one"
	}
	return ""
}

// mediaType is the type that a server names, without its parameters.
func mediaType(a Answer) string {
	mime, _, _ := strings.Cut(a.Header.Get("Content-Type"), ";")
	mime = strings.ToLower(strings.TrimSpace(mime))
	if mime == "image/jpg" || mime == "image/pjpeg" {
		return typeJPEG
	}
	return mime
}
