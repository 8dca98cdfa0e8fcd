package config

import (
	"net/netip"
	"net/url"
)

// warnPush warns of a public address that hubs cannot use, or should not.
func (w *walker) warnPush() {
	server := w.config.Server
	u, err := url.Parse(server.PublicURL)
	if server.PublicURL == "" || err != nil {
		return
	}
	switch {
	case server.Listen == "":
		w.warning("server.public_url", "does nothing while server.listen is empty: hubs call the daemon there")
	case unreachable(u.Hostname()):
		w.warning("server.public_url", "names this machine or a private network, which hubs on the Internet do not reach")
	case u.Scheme == "http":
		w.warning("server.public_url", "is http://, so whoever is on the way reads where hubs push to: let a proxy serve it as https://")
	}
}

// unreachable reports whether a host is one that the rest of the world cannot
// mean.
func unreachable(host string) bool {
	if loopback(host) {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && (ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() || ip.IsUnspecified())
}
