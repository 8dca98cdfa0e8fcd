package feeds

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"unicode/utf8"

	"code.dny.dev/ssrf"
	"golang.org/x/net/idna"
)

// A guard decides which addresses may be connected to. It is asked after DNS
// and before each connection, so that neither a redirect nor a name that
// changes its address gets round it.
type guard struct {
	allow  []netip.Prefix
	public *ssrf.Guardian
}

func newGuard(allow []netip.Prefix) guard {
	return guard{allow: allow, public: ssrf.New(ssrf.WithAnyPort())}
}

// portKey is the context key of the port that the operator wrote into the
// feed's address: that port may be used besides 80 and 443.
type portKey struct{}

func withPort(ctx context.Context, u *url.URL) context.Context {
	return context.WithValue(ctx, portKey{}, u.Port())
}

// control is the Dialer's ControlContext.
func (g guard) control(ctx context.Context, _, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("address of the connection: %w", err)
	}
	ip := ap.Addr().Unmap().WithZone("")
	if g.allowed(ip) && g.harmless(ip) {
		return nil
	}
	if err := g.public.SafeAddr(ip); err != nil {
		return &refusal{addr: ip}
	}
	port := strconv.Itoa(int(ap.Port()))
	if port == "80" || port == "443" || port == ctx.Value(portKey{}) {
		return nil
	}
	return &refusal{addr: ip, port: port}
}

func (g guard) allowed(ip netip.Addr) bool {
	for _, p := range g.allow {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}

// harmless reports whether an allowed address leads nowhere else. Whoever has
// allowed the range of NAT64, to reach IPv4 from a network without it, has not
// allowed the private addresses that it can stand for.
func (g guard) harmless(ip netip.Addr) bool {
	if !nat64().Contains(ip) {
		return true
	}
	b := ip.As16()
	inside := netip.AddrFrom4([4]byte(b[12:]))
	return g.allowed(inside) || g.public.SafeAddr(inside) == nil
}

// nat64 is the range of RFC 6052, section 2.1. Its last four bytes are an IPv4
// address.
func nat64() netip.Prefix { return ssrf.IPv6NAT64Prefix }

// A refusal is the guard's no.
type refusal struct {
	addr netip.Addr
	port string // set when the port is at fault
}

func (r *refusal) Error() string {
	if r.port != "" {
		return "port " + r.port + " refused"
	}
	return r.addr.String() + " is not a public address"
}

func (r *refusal) explain(host string) *Error {
	e := &Error{Kind: KindAddress, Err: r}
	if r.port != "" {
		e.Message = fmt.Sprintf("port %s of %s is refused: besides 80 and 443, only the port of the feed's own address is connected to", r.port, host)
		e.Hint = "if a redirect leads there and that is right, enter the address that it leads to; if that machine is yours, add the range of " + r.addr.String() + " to fetch.allow_networks"
		return e
	}
	e.Message = fmt.Sprintf("%s is at %s, which is not a public address, and is refused", host, r.addr)
	e.Hint = fmt.Sprintf("if that machine is yours, add %s/%d or its range to fetch.allow_networks", r.addr, r.addr.BitLen())
	if nat64().Contains(r.addr) {
		e.Hint = fmt.Sprintf("if this machine reaches IPv4 by NAT64, add %s to fetch.allow_networks; private addresses behind it stay refused", nat64())
	}
	return e
}

// maxIdle is how many connections are kept for the next request. It is far more
// than are in use at once: net/http takes a connection that has answered without
// a body back before it hands the answer over, and if so many others come back
// in between, it closes that connection as the oldest and the answer is lost.
const maxIdle = 256

// newTransport returns the transport that all feeds share. Proxies of the
// environment are not used: behind one, the guard would see the proxy's
// address instead of the feed's. Without names, the system resolves them.
func newTransport(g guard, perHost int, names *net.Resolver) *http.Transport {
	dialer := &net.Dialer{Timeout: connectTimeout, ControlContext: g.control, Resolver: names}
	return &http.Transport{
		DialContext:            dialer.DialContext,
		ForceAttemptHTTP2:      true, // a custom dialer would switch it off
		DisableCompression:     true, // unpacked here, within bounds
		TLSHandshakeTimeout:    connectTimeout,
		ResponseHeaderTimeout:  headerTimeout,
		MaxResponseHeaderBytes: 256 << 10,
		MaxIdleConns:           maxIdle,
		MaxIdleConnsPerHost:    perHost,
		IdleConnTimeout:        headerTimeout,
	}
}

// newTransport1 is newTransport for servers that HTTP/2 does not work with.
func newTransport1(g guard, perHost int, names *net.Resolver) *http.Transport {
	t := newTransport(g, perHost, names)
	t.ForceAttemptHTTP2 = false
	t.Protocols = new(http.Protocols)
	t.Protocols.SetHTTP1(true)
	return t
}

// parseAddress returns a feed's or a redirect's address, or an *Error when it
// cannot be fetched. Its text appears nowhere: it may hold credentials.
func parseAddress(s string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(s))
	if err == nil {
		err = toASCII(u)
	}
	switch {
	case err != nil:
		return nil, badAddress("the address is not a valid URL")
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, badAddress("the address begins neither with http:// nor with https://")
	case strings.Trim(u.Hostname(), ".") == "":
		return nil, badAddress("the address names no host")
	case !portLike(u.Port()):
		return nil, badAddress("the address has a port that does not exist")
	case disguised(u.Hostname()):
		return nil, badAddress("the host " + u.Hostname() + " is a number in disguise, and is refused")
	}
	u.Fragment, u.RawFragment = "", ""
	return u, nil
}

// toASCII writes a host's name as DNS has it. Digits and full stops of other
// scripts become ours by that, and are looked at as such.
func toASCII(u *url.URL) error {
	host := u.Hostname()
	if !strings.ContainsFunc(host, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return nil
	}
	plain, err := idna.Lookup.ToASCII(host)
	if err != nil {
		return fmt.Errorf("name of the host: %w", err)
	}
	if strings.Contains(plain, ":") {
		plain = "[" + plain + "]"
	}
	if p := u.Port(); p != "" {
		plain += ":" + p
	}
	u.Host = plain
	return nil
}

func portLike(port string) bool {
	n, err := strconv.ParseUint(port, 10, 16)
	return port == "" || err == nil && n > 0
}

func badAddress(message string) *Error {
	return &Error{Kind: KindAddress, Message: message, Hint: "check the feed's url"}
}

// disguised reports whether a host is an IPv4 address in one of the notations
// that some resolvers understand and others do not: 2130706433, 0x7f.1, 0177.0.0.1.
func disguised(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return false
	}
	last := strings.TrimRight(host, ".")
	last = strings.ToLower(last[strings.LastIndexByte(last, '.')+1:])
	if strings.HasPrefix(last, "0x") {
		return true
	}
	return last != "" && strings.Trim(last, "0123456789") == ""
}
