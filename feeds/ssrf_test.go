package feeds

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// A target is a server that must not be reached. It listens at the port of
// another that may be, so that nothing but its address protects it, and counts
// who connects.
type target struct {
	port     string
	accepted *atomic.Int32
}

func newTarget(t *testing.T, port string) target {
	t.Helper()
	x := target{port: port, accepted: new(atomic.Int32)}
	for _, host := range []string{"127.0.0.1", "127.1.2.3", "::1"} {
		l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", net.JoinHostPort(host, port))
		if err != nil {
			t.Logf("nobody listens at %s: %v", host, err)
			continue
		}
		var open sync.WaitGroup
		open.Go(func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				x.accepted.Add(1)
				_ = c.Close()
			}
		})
		t.Cleanup(func() { _ = l.Close(); open.Wait() })
	}
	return x
}

// privateHosts are ways to write an address that no feed may lead to, and names
// that stand for one.
func privateHosts() []string {
	return []string{
		"127.0.0.1", "127.1.2.3", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
		"169.254.169.254", "169.254.170.2", "100.64.0.1", "100.127.255.255", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1",
		"203.0.113.1", "192.88.99.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
		"[::]", "[::1]", "[::127.0.0.1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:169.254.169.254]", "[::ffff:0:127.0.0.1]",
		"[64:ff9b::7f00:1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::7f00:1]", "[64:ff9b:1:ffff::10.0.0.1]",
		"[2002:7f00:1::]", "[2002:a9fe:a9fe::1]", "[2001:0:4136:e378:8000:63bf:80ff:fffe]", "[2001:db8::1]", "[3fff::1]", "[5f00::1]",
		"[fc00::1]", "[fd00:ec2::254]", "[fe80::1]", "[fe80::1%25lo]", "[::1%25lo]", "[fec0::1]", "[ff02::1]", "[100::1]",
		"2130706433", "0x7f000001", "0x7F.1", "017700000001", "0177.0.0.1", "0177.1", "127.1", "127.0.1", "0", "0x0", "127.0.0.1.", "127.0.0.1..", ".", "..", "127.0.0.0x1",
		"0x7f.0x0.0x0.0x1", "2852039166", "00000177.0.0.1", "4294967297", "127.0.0.1e0", "[::ffff:127.1]",
		"127.0.0.%31", "%31%32%37.0.0.1", "%6cocalhost", "127%2e0%2e0%2e1", "localhost%00.example.org",
		"１２７.0.0.1", "１２７．０．０．１", "127。0。0。1", "①②⑦.⓪.⓪.①", "⑯⑨.②⑤④.⑯⑨.②⑤④", "ｌocalhost", "loc\u00adalhost", "𝟏𝟐𝟕.𝟎.𝟎.𝟏",
		"localhost", "LOCALHOST", "localhost.", "foo.localhost", "ip6-localhost", "ip6-loopback", "localhost.localdomain",
	}
}

// privateAddresses are whole addresses with a private host in some disguise.
func privateAddresses(port string) []string {
	var list []string
	for _, host := range privateHosts() {
		list = append(list, "http://"+host+":"+port+"/feed")
	}
	here := "127.0.0.1:" + port
	return append(list,
		"http://a@"+here+"/", "http://a:b@"+here+"/", "http://example.org@"+here+"/", "http://example.org:80@"+here+"/", "http://example.org%40@"+here+"/",
		"http://example.org\\@"+here+"/", "http://"+here+"\\@example.org/", "http://example.org#@"+here+"/\r\n", "http:///"+here+"/", "http:\\\\"+here+"/",
		"http://"+here+" @example.org/", "http://"+here+"\t/", "//"+here+"/", here, "http:"+here, " http://"+here+"/ ",
		"https://"+here+"/", "ftp://"+here+"/", "gopher://"+here+"/_GET", "file:///etc/passwd", "dict://"+here+"/", "unix:///run/docker.sock", "ldap://"+here+"/", "jar:http://"+here+"!/", "data:text/xml,<rss/>",
		"http://127.0.0.1:0/", "http://127.0.0.1:65536/", "http://127.0.0.1:-1/", "http://[::1/", "http://["+here+"]/", "http://[127.0.0.1]:"+port+"/",
	)
}

// kept reports whether an error says that an address was refused, or that it
// names nothing. It must not be one of a connection that was tried.
func kept(err error) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Kind {
	case KindAddress, KindRedirect, KindDNS:
		return e.Message != ""
	case KindConnect: // the system has no IPv6, or no way there
		return strings.Contains(e.Message, "no way")
	}
	return false
}

// TestNoPrivateAddress asks for each of them: as a feed, as a page, as the
// target of a redirect, and as a hub.
func TestNoPrivateAddress(t *testing.T) {
	for _, way := range []string{"feed", "page", "hub", "redirect", "redirect of a page"} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			front, location := redirector(t)
			x := newTarget(t, front.port)
			f, err := New(Options{Now: func() time.Time { return testNow }, AllowNetworks: []netip.Prefix{front.prefix}, names: noNames()})
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			for _, address := range privateAddresses(x.port) {
				location.Store(&address)
				if err := reach(t.Context(), f, way, address, front.url); !kept(err) {
					t.Errorf("%q: %v", address, err)
				}
			}
			if n := x.accepted.Load(); n != 0 {
				t.Errorf("%d connections were made", n)
			}
		})
	}
}

func reach(ctx context.Context, f *Fetcher, way, address, front string) error {
	var err error
	switch way {
	case "feed":
		_, err = f.Fetch(ctx, Source{URL: address})
	case "page":
		_, err = f.Get(ctx, Source{URL: address}, 1000)
	case "redirect":
		_, err = f.Fetch(ctx, Source{URL: front})
	case "redirect of a page":
		_, err = f.Get(ctx, Source{URL: front}, 1000)
	case "hub":
		return subscribe(ctx, f, address)
	}
	return err
}

func subscribe(ctx context.Context, f *Fetcher, address string) error {
	if u, err := url.Parse(address); err == nil {
		ctx = withPort(ctx, u) // the address alone is to be why
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader("hub.mode=subscribe"))
	if err != nil {
		return badAddress("net/http takes it for none")
	}
	resp, err := f.Client().Do(req)
	if err != nil {
		if inner := (*url.Error)(nil); errors.As(err, &inner) && inner.Unwrap() != nil && !errors.As(err, new(*Error)) {
			return badAddress(inner.Unwrap().Error()) // net/http did not even ask the transport
		}
		return err
	}
	return resp.Body.Close()
}

type front struct {
	url, port string
	prefix    netip.Prefix
}

// redirector is a server at an address of its own that is allowed, and that
// redirects to where the test says.
func redirector(t *testing.T) (front, *atomic.Pointer[string]) {
	t.Helper()
	const own = "127.9.9.9"
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", own+":0")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("SKIPPED, not passed: this machine has only one loopback address: ", err)
	}
	location := new(atomic.Pointer[string])
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Location"] = []string{strings.Map(visible, *location.Load())}
		w.WriteHeader(http.StatusFound)
	}))
	_ = s.Listener.Close()
	s.Listener = l
	s.Config.SetKeepAlivesEnabled(false) // each request has to ask for the address again
	s.Start()
	t.Cleanup(s.Close)
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return front{s.URL + "/feed", port, netip.MustParsePrefix(own + "/32")}, location
}

func visible(r rune) rune {
	if r < ' ' {
		return -1
	}
	return r
}

// noNames resolves nothing but what the system has in its own file of hosts.
func noNames() *net.Resolver {
	return resolver(func(string) []netip.Addr { return nil })
}

// resolver is one for which a test answers. What it answers is in the place of
// DNS; everything after that is the real thing.
func resolver(answer func(name string) []netip.Addr) *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		client, server := net.Pipe()
		go serveDNS(server, answer)
		return client, nil
	}}
}

// serveDNS answers one question, in DNS over TCP, whose messages begin with
// their length.
func serveDNS(c net.Conn, answer func(string) []netip.Addr) {
	defer func() { _ = c.Close() }()
	var size [2]byte
	for {
		if _, err := readFull(c, size[:]); err != nil {
			return
		}
		msg := make([]byte, int(size[0])<<8|int(size[1]))
		if _, err := readFull(c, msg); err != nil {
			return
		}
		out := dnsAnswer(msg, answer)
		if _, err := c.Write(append([]byte{byte(len(out) >> 8), byte(len(out))}, out...)); err != nil {
			return
		}
	}
}

func readFull(c net.Conn, b []byte) (int, error) {
	n := 0
	for n < len(b) {
		m, err := c.Read(b[n:])
		if err != nil {
			return n, err
		}
		n += m
	}
	return n, nil
}

func dnsAnswer(msg []byte, answer func(string) []netip.Addr) []byte {
	var m dnsmessage.Message
	if m.Unpack(msg) != nil || len(m.Questions) == 0 {
		return nil
	}
	q := m.Questions[0]
	m.Response, m.RecursionAvailable, m.Additionals = true, true, nil
	found := answer(strings.TrimSuffix(q.Name.String(), "."))
	if len(found) == 0 {
		m.RCode = dnsmessage.RCodeNameError
	}
	for _, ip := range found {
		h := dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 0}
		switch {
		case ip.Is4() && q.Type == dnsmessage.TypeA:
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: h, Body: &dnsmessage.AResource{A: ip.As4()}})
		case ip.Is6() && q.Type == dnsmessage.TypeAAAA:
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: h, Body: &dnsmessage.AAAAResource{AAAA: ip.As16()}})
		}
	}
	out, err := m.Pack()
	if err != nil {
		panic(err)
	}
	return out
}

// TestNamesOfPrivateAddresses has public names for private addresses.
func TestNamesOfPrivateAddresses(t *testing.T) {
	front, _ := redirector(t)
	x := newTarget(t, front.port)
	for _, host := range privateHosts() {
		ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
		if err != nil {
			continue
		}
		f, err := New(Options{Now: func() time.Time { return testNow }, names: resolver(func(string) []netip.Addr { return []netip.Addr{ip} })})
		if err != nil {
			t.Fatal(err)
		}
		e := try(t, f, "http://rebound.example:"+x.port+"/feed")
		if e == nil || e.Kind != KindAddress || !strings.Contains(e.Message, " is at ") {
			t.Errorf("%s: %v", ip, e)
		}
		f.Close()
	}
	if n := x.accepted.Load(); n != 0 {
		t.Errorf("%d connections were made", n)
	}
}

// TestRebinding has a name whose address is a good one when it is first asked
// for, and private ones ever after.
func TestRebinding(t *testing.T) {
	good, private := netip.MustParseAddr("127.9.9.9"), netip.MustParseAddr("127.0.0.1")
	for name, answers := range map[string][][]netip.Addr{
		"one after the other": {{good}, {private}},
		"two afterwards":      {{good}, {private, netip.MustParseAddr("10.0.0.1")}},
	} {
		t.Run(name, func(t *testing.T) {
			front, location := redirector(t)
			x := newTarget(t, front.port)
			again := fmt.Sprintf("http://rebound.example:%s/again", x.port)
			location.Store(&again)
			var asked atomic.Int32
			names := resolver(func(string) []netip.Addr {
				return answers[min(int(asked.Add(1)+1)/2-1, len(answers)-1)] // A and AAAA are asked for together
			})
			f, err := New(Options{Now: func() time.Time { return testNow }, AllowNetworks: []netip.Prefix{front.prefix}, names: names})
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			e := try(t, f, "http://rebound.example:"+front.port+"/feed")
			if e == nil || e.Kind != KindAddress || !strings.Contains(e.Message, "127.0.0.1") || asked.Load() < 3 {
				t.Errorf("after %d questions: %v", asked.Load(), e)
			}
			if n := x.accepted.Load(); n != 0 {
				t.Errorf("%d connections were made", n)
			}
		})
	}
}

// TestRedirectToPort has a public server redirect to ports that are none of the
// web's. Only the one in the feed's own address is, besides 80 and 443.
func TestRedirectToPort(t *testing.T) {
	g := newGuard(nil)
	for port, ok := range map[string]bool{"80": true, "443": true, "8443": true, "22": false, "25": false, "6379": false, "8080": false} {
		err := g.control(withPort(t.Context(), mustAddress(t, "https://x.example:8443/")), "tcp4", "93.184.216.34:"+port, nil)
		var r *refusal
		if (err == nil) != ok || !ok && (!errors.As(err, &r) || !strings.Contains(r.explain("x.example").Message, "port "+port+" of x.example is refused")) {
			t.Errorf("port %s: %v", port, err)
		}
	}
}

// TestOwnNetworksAreWhatTheySay: an allowed range opens nothing besides it.
func TestOwnNetworksAreWhatTheySay(t *testing.T) {
	g := newGuard([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")})
	for address, ok := range map[string]bool{
		"10.1.2.3:9": true, "[::ffff:10.1.2.3]:9": true,
		"[64:ff9b::10.1.2.3]:80": false, "[2002:a01:203::]:80": false, "11.0.0.1:9": false, "127.0.0.1:80": false, "[::1]:80": false,
	} {
		if err := g.control(t.Context(), "tcp", address, nil); (err == nil) != ok {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// TestNAT64 allows the range by which a network without IPv4 reaches it: what
// is private stays so.
func TestNAT64(t *testing.T) {
	g := newGuard([]netip.Prefix{netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("10.1.0.0/16")})
	for address, ok := range map[string]bool{
		"[64:ff9b::93.184.216.34]:443": true, "[64:ff9b::10.1.2.3]:80": true,
		"[64:ff9b::10.2.2.3]:80": false, "[64:ff9b::127.0.0.1]:80": false, "[64:ff9b::169.254.169.254]:80": false, "[64:ff9b:1::93.184.216.34]:80": false,
	} {
		if err := g.control(t.Context(), "tcp6", address, nil); (err == nil) != ok {
			t.Errorf("%s: %v", address, err)
		}
	}
	e := (&refusal{addr: netip.MustParseAddr("64:ff9b::93.184.216.34")}).explain("x.example")
	if !strings.Contains(e.Hint, "64:ff9b::/96") {
		t.Error(e)
	}
}
