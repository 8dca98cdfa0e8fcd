package feeds

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"spool/feeds/feedstest"
)

// secureSite is a publisher over TLS, and HTTP/2 if the client likes. The
// fetcher trusts its certificate.
func secureSite(t *testing.T, http2 bool) (site, *httptest.Server) {
	t.Helper()
	s := newSite(t, nil)
	server := httptest.NewUnstartedServer(s.Handler())
	server.EnableHTTP2 = http2
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.StartTLS()
	t.Cleanup(server.Close)
	s.url = server.URL
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	trust(t, s.fetcher, pool)
	return s, server
}

func trust(t *testing.T, f *Fetcher, pool *x509.CertPool) {
	t.Helper()
	for _, over := range []http.RoundTripper{f.transport, f.http1} {
		tr, ok := over.(*http.Transport)
		if !ok {
			t.Fatalf("the fetcher goes over %T", over)
		}
		tr.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
}

func TestHTTP2(t *testing.T) {
	for name, test := range map[string]struct {
		http2, http1Only bool
		want             string
	}{
		"both can":             {true, false, "HTTP/2.0"},
		"it is switched off":   {true, true, "HTTP/1.1"},
		"the server cannot":    {false, false, "HTTP/1.1"},
		"neither wants it":     {false, true, "HTTP/1.1"},
		"both, and a redirect": {true, false, "HTTP/2.0"},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := secureSite(t, test.http2)
			s.Fail("city", feedstest.Redirect(302, "/feeds/city.atom"))
			r, err := s.fetch(t, Source{HTTP1: test.http1Only})
			if err != nil || len(r.Document.Items) != 2 {
				t.Fatalf("%+v %v", r, err)
			}
			if r, err = s.fetch(t, Source{HTTP1: test.http1Only, Validators: r.Validators, URL: s.feed(".atom")}); err != nil || !r.Unchanged {
				t.Errorf("%+v %v", r, err)
			}
			for _, q := range s.Requests() {
				if q.Proto != test.want || q.Header.Get("Accept-Encoding") != "gzip" || q.UserAgent != "spool/1.2 (+https://example.org/bot)" {
					t.Errorf("%+v", q)
				}
			}
		})
	}
}

// TestHTTP2Faults are the faults of a server, over HTTP/2.
func TestHTTP2Faults(t *testing.T) {
	for name, test := range map[string]struct {
		fault feedstest.Fault
		kind  Kind
		hint  string
	}{
		"resets the stream": {feedstest.Break(), KindConnect, "set http2 to false"},
		"cut":               {feedstest.Cut(100), KindConnect, "set http2 to false"},
		"endless":           {feedstest.Huge(-1), KindTooLarge, ""},
		"headers, many":     {feedstest.Headers(400), KindConnect, "set http2 to false"},
		"401":               {feedstest.Status(401, ""), KindStatus, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := secureSite(t, true)
			s.Fail("city", test.fault)
			if e := s.fails(t, Source{}); e.Kind != test.kind || !strings.Contains(e.Hint, test.hint) {
				t.Errorf("%s: %v (%v)", e.Kind, e, e.Err)
			}
			if _, err := s.fetch(t, Source{}); err != nil {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}

// certificate makes one for a host, signed by itself.
func certificate(t *testing.T, host string, from, to time.Time) (tls.Certificate, *x509.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: host}, NotBefore: from, NotAfter: to,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, BasicConstraintsValid: true, IsCA: true}
	if ip := net.ParseIP(host); ip != nil {
		c.IPAddresses = []net.IP{ip}
	} else {
		c.DNSNames = []string{host}
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, parsed
}

func TestCertificates(t *testing.T) {
	now := time.Now()
	for name, test := range map[string]struct {
		host     string
		from, to time.Time
		trusted  bool
		message  string
		hint     string
	}{
		"good":                {"127.0.0.1", now.Add(-time.Hour), now.Add(time.Hour), true, "", ""},
		"expired":             {"127.0.0.1", now.AddDate(0, -2, 0), now.AddDate(0, -1, 0), true, "has expired", "clock"},
		"not valid yet":       {"127.0.0.1", now.AddDate(0, 1, 0), now.AddDate(0, 2, 0), true, "not valid yet", "clock"},
		"for somebody else":   {"other.example", now.Add(-time.Hour), now.Add(time.Hour), true, "is for another name", "www"},
		"by an own authority": {"127.0.0.1", now.Add(-time.Hour), now.Add(time.Hour), false, "an authority that this machine does not know", "missing from the chain"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, nil)
			server := httptest.NewUnstartedServer(s.Handler())
			own, parsed := certificate(t, test.host, test.from, test.to)
			server.TLS = &tls.Config{Certificates: []tls.Certificate{own}, MinVersion: tls.VersionTLS12}
			server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
			server.StartTLS()
			defer server.Close()
			pool := x509.NewCertPool()
			if test.trusted {
				pool.AddCert(parsed)
			}
			trust(t, s.fetcher, pool)
			s.url = server.URL
			if test.message == "" {
				if _, err := s.fetch(t, Source{}); err != nil {
					t.Error(err)
				}
				return
			}
			e := s.fails(t, Source{})
			if e.Kind != KindTLS || !strings.Contains(e.Message, test.message) || !strings.Contains(e.Hint, test.hint) || len(s.Requests()) != 0 {
				t.Errorf("%s: %v", e.Kind, e)
			}
		})
	}
}

func TestNoTLS(t *testing.T) {
	s := newSite(t, nil) // speaks HTTP only
	if e := s.fails(t, Source{URL: strings.Replace(s.feed(".rss"), "http:", "https:", 1)}); e.Kind != KindTLS || !strings.Contains(e.Message, "does not speak TLS") {
		t.Errorf("%s: %v", e.Kind, e)
	}
	secure, _ := secureSite(t, false)
	if e := secure.fails(t, Source{URL: strings.Replace(secure.feed(".rss"), "https:", "http:", 1)}); e.Kind != KindStatus || e.Status != 400 {
		t.Errorf("%s: %v", e.Kind, e)
	}
	old := httptest.NewUnstartedServer(s.Handler())
	old.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11} //nolint:gosec // it is to be refused
	old.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	old.StartTLS()
	defer old.Close()
	if e := s.fails(t, Source{URL: old.URL}); e.Kind != KindTLS || !strings.Contains(e.Message, "no secure connection") {
		t.Errorf("%s: %v", e.Kind, e)
	}
}

// TestNoConnection tells apart what can be told apart.
func TestNoConnection(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	s := newSite(t, nil)
	if e := s.fails(t, Source{URL: gone.URL}); e.Kind != KindConnect || !strings.Contains(e.Message, "refused the connection") {
		t.Errorf("refused: %v", e)
	}
	s.Fail("city", feedstest.Break())
	if e := s.fails(t, Source{}); e.Kind != KindConnect || !strings.Contains(e.Message, "closed the connection without an answer") {
		t.Errorf("broken: %v", e)
	}
	for text, want := range map[error]string{
		&net.DNSError{Err: "no such host", Name: "x.example", IsNotFound: true}: "does not exist",
		&net.DNSError{Err: "i/o timeout", Name: "x.example", IsTimeout: true}:   "could not be resolved in time",
		&net.DNSError{Err: "server misbehaving", Name: "x.example"}:             "could not be resolved",
	} {
		if e := requestError("x.example", text); e.Kind != KindDNS || !strings.Contains(e.Message, want) || e.Hint == "" {
			t.Errorf("%v: %v", text, e)
		}
	}
	if e := requestError("x.example", io.EOF); !strings.Contains(e.Message, "closed the connection") {
		t.Error(e)
	}
}
