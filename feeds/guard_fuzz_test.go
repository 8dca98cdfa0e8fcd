package feeds

import (
	"net/netip"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzHost: what is taken for an address says the same when it is written out,
// and its host is a name, or a number in the one notation that everybody reads
// alike.
func FuzzHost(f *testing.F) {
	for _, s := range privateAddresses("80") {
		f.Add(s)
	}
	f.Add("https://user:pw@www.example.org:8080/a%2fb;c?q=ä#part")
	f.Fuzz(func(t *testing.T, s string) {
		u, err := parseAddress(s)
		if err != nil {
			return
		}
		host := u.Hostname()
		if u.Scheme != "http" && u.Scheme != "https" || host == "" || u.Fragment != "" || strings.ContainsFunc(host, func(r rune) bool { return r >= utf8.RuneSelf || r <= ' ' }) {
			t.Fatalf("%q: %q", s, u)
		}
		again, err := parseAddress(u.String())
		if err != nil || again.Host != u.Host {
			t.Fatalf("%q is %q, and that is %v (%v)", s, u, again, err)
		}
		last := strings.TrimRight(host, ".")
		last = last[strings.LastIndexByte(last, '.')+1:]
		if _, err := netip.ParseAddr(host); err != nil && strings.Trim(last, "0123456789") == "" {
			t.Fatalf("%q has the host %q", s, host)
		}
	})
}
