package web

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Until people can sign in, what is about feeds is shown only on the machine
// that Spool runs on: see [Server.routes] and docs/operations.md.

// localOnly lets only this machine's own requests through. For anybody else the
// page is not there, so that nobody learns by asking what there could be.
func localOnly(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !local(r) {
			http.NotFound(w, r)
			return
		}
		next(w, r)
	}
}

// local reports whether somebody on this machine asks, and asks this server by a
// name of this machine. The name is checked because a page elsewhere can make a
// browser here send requests to any address under a name of its own; the headers,
// because a proxy on this machine speaks for the world. nginx by default adds
// no header and replaces the name by a loopback address, but it then asks in
// HTTP/1.0, which no browser and no curl does.
func local(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil || !loopback(host) || !r.ProtoAtLeast(1, 1) || forwarded(r.Header) {
		return false
	}
	name := r.Host
	if host, _, err := net.SplitHostPort(name); err == nil {
		name = host
	}
	name = strings.TrimSuffix(strings.TrimPrefix(name, "["), "]")
	return strings.EqualFold(name, "localhost") || loopback(name)
}

func loopback(address string) bool {
	ip, err := netip.ParseAddr(address)
	return err == nil && ip.Unmap().IsLoopback()
}

// forwarded reports whether a request has come through somebody: any header that
// proxies add says so, whatever is in it.
func forwarded(h http.Header) bool {
	for name := range h {
		switch name {
		case "Forwarded", "Via", "X-Real-Ip", "X-Client-Ip", "True-Client-Ip", "Client-Ip", "X-Original-Forwarded-For", "X-Original-Host", "X-Original-Url":
			return true
		}
		for _, prefix := range []string{"X-Forwarded", "Cf-", "Fly-", "X-Amzn-Trace", "X-Envoy-"} {
			if strings.HasPrefix(name, prefix) {
				return true
			}
		}
	}
	return false
}
