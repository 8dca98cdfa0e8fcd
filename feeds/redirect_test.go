package feeds

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"spool/feeds/feedstest"
)

func TestRedirects(t *testing.T) {
	tests := map[string]struct {
		codes []int
		moved bool
	}{
		"permanent":                {[]int{301}, true},
		"permanent by 308":         {[]int{308, 301}, true},
		"temporary":                {[]int{302}, false},
		"one temporary among them": {[]int{301, 307, 308}, false},
		"see other":                {[]int{303}, false},
		"as many as allowed":       {[]int{301, 301, 301, 301, 301}, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, nil)
			for n, code := range test.codes {
				s.Fail("city", feedstest.Redirect(code, fmt.Sprintf("/feeds/city.rss?hop=%d", n)))
			}
			r, err := s.fetch(t, Source{})
			if err != nil || len(r.Document.Items) != 2 {
				t.Fatalf("%+v %v", r, err)
			}
			want := ""
			if test.moved {
				want = fmt.Sprintf("%s?hop=%d", s.feed(".rss"), len(test.codes)-1)
			}
			if r.Moved != want {
				t.Errorf("moved to %q, want %q", r.Moved, want)
			}
			for _, q := range s.Requests() {
				if q.Cookie != "" || q.Referer != "" {
					t.Errorf("%+v", q)
				}
			}
		})
	}
}

func TestRedirectsThatLeadNowhere(t *testing.T) {
	s := newSite(t, nil)
	for n := range 6 {
		s.Fail("city", feedstest.Redirect(301, fmt.Sprintf("/feeds/city.rss?hop=%d", n)))
	}
	if e := s.fails(t, Source{}); e.Kind != KindRedirect || !strings.Contains(e.Message, "more than 5 times") {
		t.Errorf("%v", e)
	}
	s = newSite(t, nil)
	s.Fail("city", feedstest.Redirect(302, "/feeds/city.rss?a"), feedstest.Redirect(302, "/feeds/city.rss"))
	if e := s.fails(t, Source{}); e.Kind != KindRedirect || !strings.Contains(e.Message, "in a circle") {
		t.Errorf("%v", e)
	}
}

// TestCredentialsStayHome redirects to another host, which must not learn them.
func TestCredentialsStayHome(t *testing.T) {
	s := newSite(t, nil)
	other := newSite(t, nil)
	s.Fail("city", feedstest.Redirect(302, "/feeds/city.rss?again"), feedstest.Redirect(302, other.feed(".rss")))
	if _, err := s.fetch(t, Source{URL: strings.Replace(s.feed(".rss"), "//", "//anna:pw@", 1)}); err != nil {
		t.Fatal(err)
	}
	if q := s.Requests(); len(q) != 2 || q[0].Authorization == "" || q[1].Authorization == "" {
		t.Errorf("at home: %+v", q)
	}
	if q := other.Requests(); len(q) != 1 || q[0].Authorization != "" {
		t.Errorf("elsewhere: %+v", q)
	}
}

// TestCredentialsOfRedirects has a server give credentials away: they are
// neither used nor kept.
func TestCredentialsOfRedirects(t *testing.T) {
	s := newSite(t, nil)
	s.Fail("city", feedstest.Redirect(301, strings.Replace(s.feed(".atom"), "//", "//eve:pw@", 1)))
	r, err := s.fetch(t, Source{})
	if err != nil || r.Moved != s.feed(".atom") {
		t.Errorf("moved to %q, %v", r.Moved, err)
	}
	for _, q := range s.Requests() {
		if q.Authorization != "" {
			t.Errorf("%+v", q)
		}
	}
}

func TestGuardRefuses(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	port := server.URL[strings.LastIndexByte(server.URL, ':'):]
	f, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, host := range []string{"127.0.0.1", "127.1.2.3", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "localhost",
		"10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "[::]", "224.0.0.1", "255.255.255.255", "[fe80::1]", "[fc00::1]"} {
		s := site{fetcher: f}
		e := s.fails(t, Source{URL: "http://" + host + port + "/feed"})
		if e.Kind != KindAddress && e.Kind != KindDNS && e.Kind != KindConnect || e.Kind == KindConnect && !strings.Contains(host, ":") {
			t.Errorf("%s: %s: %v", host, e.Kind, e)
		}
		if e.Kind == KindAddress && (!strings.Contains(e.Hint, "fetch.allow_networks") || !strings.Contains(e.Message, strings.Trim(host, "["))) && !strings.Contains(host, ":") {
			t.Errorf("%s: %v", host, e)
		}
	}
}

func TestGuardDecides(t *testing.T) {
	g := newGuard([]netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("fd00::/8")})
	tests := []struct {
		address, ownPort string
		ok               bool
	}{
		{"93.184.216.34:80", "", true},
		{"93.184.216.34:443", "", true},
		{"93.184.216.34:8080", "8080", true},
		{"93.184.216.34:8080", "", false},
		{"93.184.216.34:22", "8080", false},
		{"10.1.2.3:9999", "", true},
		{"10.2.2.3:80", "", false},
		{"[fd00::1]:80", "", true},
		{"[fe80::1%eth0]:80", "", false},
		{"[::ffff:10.1.2.3]:80", "", true},
		{"[::ffff:10.2.2.3]:80", "", false},
		{"[64:ff9b::a01:203]:80", "", false},
		{"[2606:2800:220:1::1]:443", "", true},
		{"nonsense", "", false},
	}
	for _, test := range tests {
		ctx := withPort(t.Context(), mustAddress(t, "http://x.example:"+test.ownPort+"/"))
		if err := g.control(ctx, "tcp", test.address, nil); (err == nil) != test.ok {
			t.Errorf("%s with own port %q: %v, want ok %v", test.address, test.ownPort, err, test.ok)
		}
	}
}

// TestGuardAtEachHop has an allowed server redirect to an address that is not.
func TestGuardAtEachHop(t *testing.T) {
	s := newSite(t, nil)
	s.Fail("city", feedstest.Redirect(302, strings.Replace(s.feed(".rss"), "127.0.0.1", "127.0.0.2", 1)))
	e := s.fails(t, Source{})
	if e.Kind != KindAddress || !strings.Contains(e.Message, "127.0.0.2") || !strings.Contains(e.Hint, "127.0.0.2/32") {
		t.Errorf("%s: %v", e.Kind, e)
	}
}

func TestDisguisedHosts(t *testing.T) {
	for host, want := range map[string]bool{
		"2130706433": true, "0x7f000001": true, "0177.0.0.1": true, "127.1": true, "0x7f.1": true, "1.2.3.0X4": true, "127.0.0.1.": true,
		"127.0.0.1": false, "::1": false, "example.org": false, "3com.example": false, "1.2.3.4.nip.example": false, "0xcafe.example": false,
	} {
		if got := disguised(host); got != want {
			t.Errorf("disguised(%q) = %v", host, got)
		}
	}
}
