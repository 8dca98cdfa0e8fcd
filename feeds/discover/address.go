package discover

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"path"
	"strings"

	"golang.org/x/net/idna"
)

// maxAddress is how long an address may be, as in a configuration.
const maxAddress = 2048

// Check says why something a person typed is no address to begin at; nil: it is
// one.
func Check(site string) error {
	_, err := addresses(site)
	return err
}

// addresses are those to begin with, the most likely first, for what a person
// typed: with a scheme or without one, "feed:" before it, a name in any script,
// or the handle of a Mastodon account.
func addresses(typed string) ([]*url.URL, error) {
	s := strings.TrimSpace(typed)
	if name, host, ok := handle(s); ok {
		s = "https://" + host + "/@" + name
	}
	s = withoutFeedScheme(s)
	scheme, _, has := strings.Cut(s, "://")
	switch {
	case s == "":
		return nil, errors.New("the address is empty")
	case has && !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https"):
		return nil, fmt.Errorf("%q is not an address of the web such as https://www.example.org/", scheme+"://…")
	case has:
		u, err := address(s)
		return []*url.URL{u}, err
	}
	secure, err := address("https://" + s)
	if err != nil {
		return nil, err
	}
	if host := secure.Hostname(); !strings.Contains(host, ".") && net.ParseIP(host) == nil && host != "localhost" && secure.Port() == "" {
		return nil, fmt.Errorf("%q is not an address such as www.example.org", s)
	}
	starts := []*url.URL{secure}
	if plain := with(secure, "http", secure.Host); plain.Port() != "443" {
		starts = append(starts, plain)
	}
	if bare(secure.Hostname()) {
		starts = append(starts, with(secure, "https", "www."+secure.Host))
	}
	return starts, nil
}

// bare reports whether a host may have a sibling that begins with "www.".
func bare(host string) bool {
	return strings.Contains(host, ".") && !strings.HasPrefix(host, "www.") && net.ParseIP(host) == nil
}

func with(u *url.URL, scheme, host string) *url.URL {
	v := *u
	v.Scheme, v.Host = scheme, host
	return &v
}

// handle takes "@anna@social.example.org" apart.
func handle(s string) (name, host string, ok bool) {
	rest, ok := strings.CutPrefix(s, "@")
	if !ok {
		return "", "", false
	}
	name, host, ok = strings.Cut(rest, "@")
	return name, host, ok && name != "" && strings.Contains(host, ".") && !strings.ContainsAny(rest, "/?#: ")
}

// withoutFeedScheme makes "feed://host" and "feed:https://host" web addresses.
func withoutFeedScheme(s string) string {
	const scheme = "feed:"
	if len(s) < len(scheme) || !strings.EqualFold(s[:len(scheme)], scheme) {
		return s
	}
	rest := s[len(scheme):]
	if strings.HasPrefix(rest, "//") {
		return "http:" + rest
	}
	return rest
}

// address reads a web address. Errors do not show it: it may hold a password.
func address(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	switch {
	case len(s) > maxAddress:
		return nil, fmt.Errorf("the address is longer than %d characters", maxAddress)
	case err != nil || u.Hostname() == "" || strings.ContainsAny(u.Host, " \t"):
		return nil, errors.New("this is not an address such as https://www.example.org/")
	case u.User != nil:
		return nil, errors.New("the address must have no user name or password in it: addresses are shown in logs and pages")
	}
	return tidy(u)
}

// tidy writes the host as the name system knows it and drops the fragment.
func tidy(u *url.URL) (*url.URL, error) {
	v := *u
	v.Scheme, v.Fragment, v.RawFragment = strings.ToLower(u.Scheme), "", ""
	host := strings.ToLower(u.Host)
	if strings.ContainsFunc(host, func(r rune) bool { return r > 0x7f }) {
		name, err := idna.Lookup.ToASCII(u.Hostname())
		if err != nil {
			return nil, errors.New("the address has a host that no name can be")
		}
		if host = name; u.Port() != "" {
			host = net.JoinHostPort(name, u.Port())
		}
	}
	v.Host = host
	if v.Path == "" {
		v.Path = "/"
	}
	return &v, nil
}

// refer resolves what a page refers to; nil when that leads to nothing that
// should be asked: not the web, with credentials, into a private corner.
func refer(base *url.URL, ref string) *url.URL {
	ref = strings.TrimSpace(withoutFeedScheme(strings.TrimSpace(ref)))
	if ref == "" || len(ref) > maxAddress || strings.HasPrefix(ref, "#") {
		return nil
	}
	u, err := base.Parse(ref)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.User != nil || u.Hostname() == "" {
		return nil
	}
	if u, err = tidy(u); err != nil || u.Hostname() != base.Hostname() && private(u.Hostname()) {
		return nil
	}
	return u
}

// private reports whether a host is none that a page of another host should
// send anybody to: addresses without a name, and names without a domain. What a
// name stands for is looked at where connections are made.
func private(host string) bool {
	return net.ParseIP(host) != nil || !strings.Contains(strings.Trim(host, "."), ".") || strings.HasSuffix(host, ".localhost")
}

// key is equal for addresses that need not both be asked.
func key(u *url.URL) string {
	p := strings.TrimSuffix(u.EscapedPath(), "/")
	return strings.TrimPrefix(u.Host, "www.") + p + "?" + u.RawQuery
}

// at is a path of the host of u.
func at(u *url.URL, p string) *url.URL {
	p, query, _ := strings.Cut(p, "?")
	return &url.URL{Scheme: u.Scheme, Host: u.Host, Path: p, RawQuery: query}
}

// below is a name in the folder of u's path: "/blog/" has "/blog/feed".
func below(u *url.URL, name string) *url.URL {
	folder := u.Path[:strings.LastIndexByte(u.Path, '/')+1]
	if path.Ext(u.Path) == "" && !strings.HasSuffix(u.Path, "/") {
		folder = u.Path + "/"
	}
	return at(u, "/"+strings.TrimPrefix(folder, "/")+name)
}
