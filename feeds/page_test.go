package feeds

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/feeds/feedstest"
)

func TestGet(t *testing.T) {
	s := newSite(t, nil)
	p, err := s.fetcher.Get(t.Context(), Source{URL: s.url + "/", Validators: spool.Validators{ETag: `"x"`}, UserAgent: "Gazette/1", Header: http.Header{"X-Key": {"k"}}}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if p.Status != 200 || p.Err() != nil || p.URL != s.url+"/" || p.ContentType != "text/html; charset=utf-8" || p.Cut || !strings.Contains(string(p.Body), `href="/feeds/city.rss"`) {
		t.Errorf("%+v", p)
	}
	r := s.Requests()[0]
	if r.IfNoneMatch != "" || r.UserAgent != "Gazette/1" || r.Header.Get("X-Key") != "k" || !strings.HasPrefix(r.Header.Get("Accept"), "text/html") {
		t.Errorf("%+v", r)
	}
}

func TestGetIsBounded(t *testing.T) {
	for name, test := range map[string]struct {
		fault feedstest.Fault
		limit int64
		size  int
		cut   bool
	}{
		"shorter":          {feedstest.Body("text/html", []byte("hello")), 6, 5, false},
		"as long":          {feedstest.Body("text/html", []byte("hello")), 5, 5, false},
		"longer":           {feedstest.Body("text/html", []byte("hello")), 4, 4, true},
		"endless":          {feedstest.Huge(-1), 100_000, 100_000, true},
		"a bomb":           {feedstest.Bomb(64 << 20), 100_000, 100_000, true},
		"zipped":           {feedstest.Zipped(2, false), 10, 10, true},
		"nothing":          {feedstest.Body("text/html", nil), 10, 0, false},
		"without a limit":  {feedstest.Huge(9 << 20), 0, 8 << 20, true},
		"all that is read": {feedstest.Huge(1 << 20), 8 << 20, 0, false},
	} {
		s := newSite(t, nil)
		s.Fail("city", test.fault)
		p, err := s.fetcher.Get(t.Context(), Source{URL: s.feed(".rss")}, test.limit)
		if err != nil || test.size > 0 && len(p.Body) != test.size || p.Cut != test.cut {
			t.Errorf("%s: %d bytes, cut %v, %v", name, len(p.Body), p.Cut, err)
		}
	}
}

func TestGetOfWhatIsNotThere(t *testing.T) {
	s := newSite(t, nil)
	p, err := s.fetcher.Get(t.Context(), Source{URL: s.url + "/none"}, 100)
	var e *Error
	if err != nil || p.Status != 404 || len(p.Body) != 0 || !errors.As(p.Err(), &e) || e.Kind != KindStatus || e.Status != 404 {
		t.Errorf("%+v %v", p, err)
	}
	s.Fail("city", feedstest.Challenge(), feedstest.Cut(10), feedstest.Encoded("br"))
	if p, err = s.fetcher.Get(t.Context(), Source{URL: s.feed(".rss")}, 100); err != nil || !errors.As(p.Err(), &e) || e.Kind != KindChallenge {
		t.Errorf("%+v %v", p, err)
	}
	for range 2 {
		if _, err = s.fetcher.Get(t.Context(), Source{URL: s.feed(".rss")}, 10000); !errors.As(err, &e) || e.Kind != KindCut || e.Status != 200 {
			t.Errorf("%v", err)
		}
	}
}

func TestGetFollows(t *testing.T) {
	s, other := newSite(t, nil), newSite(t, nil)
	s.Fail("city", feedstest.Redirect(302, other.url+"/"))
	p, err := s.fetcher.Get(t.Context(), Source{URL: strings.Replace(s.feed(".rss"), "://", "://anna:pw@", 1)}, 10000)
	if err != nil || p.URL != other.url+"/" || p.Status != 200 {
		t.Errorf("%+v %v", p, err)
	}
	if r := other.Requests()[0]; r.Authorization != "" || r.Cookie != "" || r.Referer != "" {
		t.Errorf("%+v", r.Header)
	}
	if p, err = s.fetcher.Get(t.Context(), Source{URL: strings.Replace(s.url, "://", "://anna:pw@", 1)}, 10000); err != nil || strings.Contains(p.URL, "anna") {
		t.Errorf("%+v %v", p, err)
	}
}

// Head asks as Get does, and reads nothing.
func TestHead(t *testing.T) {
	var seen []string
	site := roundTrips(func(r *http.Request) (*http.Response, error) {
		seen = append(seen, r.Method+" "+r.URL.Path+" "+r.Header.Get("Accept"))
		h := http.Header{"Content-Type": {"image/jpeg"}, "Content-Length": {"4711"}}
		status := http.StatusOK
		switch r.URL.Path {
		case "/old.jpg":
			h.Set("Location", "/new.jpg")
			status = http.StatusFound
		case "/none.jpg":
			status = http.StatusMethodNotAllowed
		}
		return &http.Response{StatusCode: status, Header: h, Body: http.NoBody, Request: r}, nil
	})
	f, err := New(Options{Transport: site, Now: func() time.Time { return testNow }})
	if err != nil {
		t.Fatal(err)
	}
	p, err := f.Head(t.Context(), Source{URL: "https://a.example.org/old.jpg", Accept: "image/*"})
	if err != nil || p.Status != 200 || p.URL != "https://a.example.org/new.jpg" || p.Header.Get("Content-Length") != "4711" || p.Err() != nil || len(p.Body) != 0 {
		t.Errorf("%+v, %v", p, err)
	}
	if p, err := f.Head(t.Context(), Source{URL: "https://a.example.org/none.jpg"}); err != nil || p.Err() == nil || p.Status != 405 {
		t.Errorf("%+v, %v", p, err)
	}
	if want := []string{"HEAD /old.jpg image/*", "HEAD /new.jpg image/*", "HEAD /none.jpg " + acceptPage}; !slices.Equal(seen, want) {
		t.Errorf("asked %q", seen)
	}
}

func TestPassing(t *testing.T) {
	for _, tt := range []struct {
		e    Error
		want bool
	}{
		{Error{Kind: KindTimeout}, true}, {Error{Kind: KindResting}, true}, {Error{Kind: KindDNS}, true}, {Error{Kind: KindStatus, Status: 503}, true}, {Error{Kind: KindStatus, Status: 404}, false},
		{Error{Kind: KindAddress}, false}, {Error{Kind: KindGone, Status: 410}, false}, {Error{Kind: KindTLS}, false}, {Error{Kind: KindRedirect}, false}, {Error{Kind: KindTooLarge}, false},
	} {
		if got := tt.e.Passing(); got != tt.want {
			t.Errorf("%+v: %v", tt.e, got)
		}
	}
}

// roundTrips is a transport of a test.
type roundTrips func(*http.Request) (*http.Response, error)

func (f roundTrips) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
