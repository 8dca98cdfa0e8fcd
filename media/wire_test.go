package media_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"spool"
	"spool/feeds"
	"spool/media"
	"spool/store"
)

// getter is the program's: requests for pictures keep to the rules for feeds.
type getter struct{ fetcher *feeds.Fetcher }

func (g getter) Get(ctx context.Context, r media.Request) (media.Answer, error) {
	s := feeds.Source{URL: r.URL, Accept: r.Accept}
	var p feeds.Page
	var err error
	if r.Head {
		p, err = g.fetcher.Head(ctx, s)
	} else {
		p, err = g.fetcher.Get(ctx, s, r.Limit)
	}
	if e, ok := errors.AsType[*feeds.Error](err); ok {
		return media.Answer{}, &media.Trouble{Reason: e.Message, Passing: e.Passing()}
	}
	return media.Answer{URL: p.URL, Status: p.Status, Header: p.Header, Body: p.Body, Cut: p.Cut}, err
}

// front is a server of a publisher, on an address that the operator allows. Nothing
// else on this machine is.
type front struct {
	*httptest.Server
	mux *http.ServeMux
}

const frontAddress = "127.9.9.9"

func newFront(t *testing.T) *front {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", net.JoinHostPort(frontAddress, "0"))
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skipf("SKIPPED, not passed: this machine has only one loopback address: %v", err)
	}
	f := &front{mux: http.NewServeMux()}
	f.Server = httptest.NewUnstartedServer(f.mux)
	f.Server.Listener = l
	f.Start()
	t.Cleanup(f.Close)
	return f
}

func (f *front) port() string {
	_, port, _ := net.SplitHostPort(f.Listener.Addr().String())
	return port
}

func picture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 400, 400)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// wired is a studio with the real fetcher and a real database.
func wired(t *testing.T, o feeds.Options) (*media.Studio, *store.DB) {
	t.Helper()
	o.Contact = "https://operator.example"
	fetcher, err := feeds.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fetcher.Close)
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "spool.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	s, err := media.New(media.Options{Getter: getter{fetcher}, Store: db, PublicURL: "https://spool.example/"})
	if err != nil {
		t.Fatal(err)
	}
	return s, db
}

func allowed() []netip.Prefix { return []netip.Prefix{netip.MustParsePrefix(frontAddress + "/32")} }

func limits() spool.MediaLimits {
	return spool.MediaLimits{Images: 4, Types: []string{"image/jpeg"}, Bytes: 1 << 20, Thumb: 1 << 20, Films: []string{"video/mp4"}, Film: 1 << 20}
}

func TestWired(t *testing.T) {
	f := newFront(t)
	data := picture(t)
	var agents sync.Map
	f.mux.HandleFunc("/a.jpg", func(w http.ResponseWriter, r *http.Request) {
		agents.Store(r.UserAgent()+"|"+r.Header.Get("Accept")+"|"+r.Header.Get("Cookie")+r.Referer(), true)
		_, _ = w.Write(data)
	})
	f.mux.HandleFunc("/storm", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<head><meta property="og:image" content="/a.jpg"><meta property="og:image:alt" content="The pier"></head>`)
	})
	s, db := wired(t, feeds.Options{AllowNetworks: allowed()})
	c := spool.Content{Text: "Storm", Page: f.URL + "/storm", Open: true, Instead: &spool.Content{Text: "Storm", Link: f.URL}}
	out, err := s.Illustrate(t.Context(), c, limits())
	if err != nil || len(out.Content.Media) != 1 || out.Content.Media[0].Alt != "The pier" {
		t.Fatalf("%+v, %v", out, err)
	}
	kept, mime, err := db.File(t.Context(), out.Content.Media[0].File)
	if err != nil || mime != "image/jpeg" || !bytes.Equal(kept, data) {
		t.Errorf("%d bytes of %s, %v", len(kept), mime, err)
	}
	if _, err := db.PublicFile(t.Context(), out.Content.Media[0].File); !errors.Is(err, spool.ErrNotFound) {
		t.Error("what is uploaded is public as well")
	}
	if n := len(out.Content.Media[0].File); n < 26 {
		t.Errorf("a name of %d letters can be guessed", n)
	}
	agents.Range(func(key, _ any) bool {
		if k := fmt.Sprint(key); !strings.Contains(k, "operator.example") || !strings.Contains(k, "image/jpeg") || !strings.HasSuffix(k, "|") {
			t.Errorf("asked as %q", k)
		}
		return true
	})
	if err := s.Sweep(t.Context()); err != nil {
		t.Error(err)
	}
}

// A host that wants a rest gets it, also from pictures.
func TestHostsAreLeftAlone(t *testing.T) {
	var asked atomic.Int32
	site := roundTripper(func(r *http.Request) (*http.Response, error) {
		asked.Add(1)
		return &http.Response{StatusCode: 429, Header: http.Header{"Retry-After": {"3600"}}, Body: http.NoBody, Request: r}, nil
	})
	s, _ := wired(t, feeds.Options{Transport: site})
	c := spool.Content{Text: "Storm", Open: true, Media: []spool.Attachment{{URL: "https://a.example.org/1.jpg"}, {URL: "https://b.example.org/2.jpg"}}}
	for range 2 {
		out, err := s.Illustrate(t.Context(), c, limits())
		if err != nil || !out.Content.Open {
			t.Fatalf("%+v, %v", out, err)
		}
		c = out.Content
	}
	if asked.Load() != 1 {
		t.Errorf("a host that wants a rest of an hour was asked %d times", asked.Load())
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// private are ways to write an address that no picture may be fetched from.
func private(port string) []string {
	var list []string
	for _, host := range []string{
		"127.0.0.1", "127.1.2.3", "0.0.0.0", "0", "10.0.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "[::]", "[::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]",
		"[2002:7f00:1::]", "[fc00::1]", "[fe80::1]", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost", "LOCALHOST.", "a.localhost", "127.0.0.%31", "１２７.0.0.1", "127。0。0。1",
	} {
		list = append(list, "http://"+host+":"+port+"/x.jpg")
	}
	here := "127.0.0.1:" + port
	return append(list, "https://"+here+"/x.jpg", "http://a:b@"+here+"/x.jpg", "http://example.org@"+here+"/", "http:///"+here+"/", "//"+here+"/x.jpg", here, "file:///etc/passwd", "ftp://"+here+"/",
		"gopher://"+here+"/_GET", "data:image/png;base64,AAAA", "javascript:alert(1)", "unix:///run/docker.sock")
}

// guarded listens where nobody may come, at the port of the front.
func guarded(t *testing.T, port string) *atomic.Int32 {
	t.Helper()
	accepted := new(atomic.Int32)
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
				accepted.Add(1)
				_ = c.Close()
			}
		})
		t.Cleanup(func() { _ = l.Close(); open.Wait() })
	}
	return accepted
}

// TestNoPrivateAddress leads the studio to places that it must not reach, in every
// way that a feed or a page has.
func TestNoPrivateAddress(t *testing.T) {
	f := newFront(t)
	accepted := guarded(t, f.port())
	addresses := private(f.port())
	f.mux.HandleFunc("/redirect/{n}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", addresses[number(t, r)])
		w.WriteHeader(http.StatusFound)
	})
	f.mux.HandleFunc("/page/{n}", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `<meta property="og:image" content=%q>`, addresses[number(t, r)])
	})
	instead := &spool.Content{Text: "Storm"}
	ways := map[string]func(address string, n int) spool.Content{
		"picture": func(address string, _ int) spool.Content {
			return spool.Content{Media: []spool.Attachment{{URL: address, Tries: 2}}}
		},
		"film": func(address string, _ int) spool.Content {
			return spool.Content{Media: []spool.Attachment{{URL: address, Type: "video/mp4", Tries: 2}}}
		},
		"thumb": func(address string, _ int) spool.Content {
			return spool.Content{Link: f.URL, Card: spool.Card{Thumb: &spool.Attachment{URL: address, Tries: 2}}}
		},
		"page": func(address string, _ int) spool.Content { return spool.Content{Page: address, Instead: instead} },
		"in page": func(_ string, n int) spool.Content {
			return spool.Content{Page: fmt.Sprintf("%s/page/%d", f.URL, n), Instead: instead}
		},
		"redirect": func(_ string, n int) spool.Content {
			return spool.Content{Media: []spool.Attachment{{URL: fmt.Sprintf("%s/redirect/%d", f.URL, n), Tries: 2}}}
		},
	}
	t.Run("ways", func(t *testing.T) {
		for name, way := range ways {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s, _ := wired(t, feeds.Options{AllowNetworks: allowed(), Timeout: 2 * time.Second})
				for n, address := range addresses {
					c := way(address, n)
					c.Open = true
					l := limits()
					l.ByURL = n%2 == 1
					nothingCame(t, s, address, c, l)
				}
			})
		}
	})
	if n := accepted.Load(); n != 0 {
		t.Errorf("%d connections to private addresses", n)
	}
}

func number(t *testing.T, r *http.Request) int {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil {
		t.Error(err)
	}
	return n
}

func nothingCame(t *testing.T, s *media.Studio, address string, c spool.Content, l spool.MediaLimits) {
	t.Helper()
	out, err := s.Illustrate(t.Context(), c, l)
	if err != nil {
		t.Errorf("%s: %v", address, err)
	}
	for _, a := range out.Content.Media {
		if a.File != "" || a.Public != "" {
			t.Errorf("%s: %+v", address, a)
		}
	}
	if th := out.Content.Card.Thumb; th != nil && th.File != "" {
		t.Errorf("%s: it has a thumb", address)
	}
}
