package feedstest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func city(m Manners) *Publisher {
	p := New(Options{Now: func() time.Time { return start }})
	p.Add("city", Article{Title: "One", Image: Picture("one")})
	p.Behave("city", m)
	return p
}

func TestValidators(t *testing.T) {
	tests := map[string]struct {
		manners       Manners
		first, second int    // statuses
		tags          string // of the first whole answer and of the second
	}{
		"good":      {Manners{}, 200, 304, "yes yes"},
		"weak":      {Manners{WeakETag: true}, 200, 304, "yes yes"},
		"changing":  {Manners{ChangingETag: true, NoLastModified: true}, 200, 200, "yes yes"},
		"vanishing": {Manners{Vanishing: true, IgnoreConditions: true}, 200, 200, "yes no"},
		"none":      {Manners{NoETag: true, NoLastModified: true}, 200, 200, "no no"},
		"renewed":   {Manners{Renew: true}, 200, 304, "yes no"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := city(test.manners)
			a, _ := get(t, p, "/feeds/city.rss")
			var conditions []string
			if etag := a.Header.Get("ETag"); etag != "" {
				conditions = append(conditions, "If-None-Match", etag)
			}
			b, _ := get(t, p, "/feeds/city.rss", conditions...)
			tags := map[bool]string{true: "yes", false: "no"}
			got := tags[a.Header.Get("ETag") != ""] + " " + tags[b.Header.Get("ETag") != ""]
			if a.StatusCode != test.first || b.StatusCode != test.second || got != test.tags {
				t.Errorf("%d, then %d, tags %s", a.StatusCode, b.StatusCode, got)
			}
		})
	}
}

func TestHoldsFor(t *testing.T) {
	p := city(Manners{CacheControl: "max-age=600", Age: "60", Expires: "0", Header: http.Header{"X-Cache": {"HIT"}}})
	r, _ := get(t, p, "/feeds/city.rss")
	for name, want := range map[string]string{"Cache-Control": "max-age=600", "Age": "60", "Expires": "0", "Date": "Sun, 01 Mar 2026 12:00:00 GMT", "X-Cache": "HIT"} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestHub(t *testing.T) {
	p := city(Manners{Hub: "https://hub.example/", Self: "https://city.example/feed", InHeader: true})
	r, body := get(t, p, "/feeds/city.atom")
	if got := r.Header.Get("Link"); got != `<https://hub.example/>; rel="hub", <https://city.example/feed>; rel="self"` || strings.Contains(body, "hub.example") {
		t.Errorf("%s\n%s", got, body)
	}
	p.Behave("city", Manners{Hub: "https://hub.example/", Self: "https://city.example/feed"})
	for _, ext := range []string{"rss", "atom", "json"} {
		r, body := get(t, p, "/feeds/city."+ext)
		if r.Header.Get("Link") != "" || !strings.Contains(body, "https://hub.example/") || !strings.Contains(body, "https://city.example/feed") {
			t.Errorf("%s: %v\n%s", ext, r.Header, body)
		}
	}
}

func TestNotify(t *testing.T) {
	p := city(Manners{})
	var told []string
	p.Notify(func(name string) { told = append(told, name+" "+p.Articles(name)[0].Title) }) // it may ask: no lock is held
	p.Add("sport", Article{Title: "Goal"})
	p.Edit("city", "story-1", func(a *Article) { a.Title = "Uno" })
	p.Edit("city", "no such story", func(*Article) {})
	p.Remove("sport", "no such story")
	if got := strings.Join(told, "; "); got != "sport Goal; city Uno" {
		t.Error(got)
	}
}

func TestBarred(t *testing.T) {
	p := city(Manners{User: "anna", Password: "pw", Wants: http.Header{"Cookie": {"member=1"}}})
	for _, test := range []struct {
		header []string
		status int
	}{
		{nil, 401},
		{[]string{"Authorization", "Basic YW5uYTpwdw=="}, 403},
		{[]string{"Authorization", "Basic YW5uYTpwdw==", "Cookie", "member=1"}, 200},
	} {
		if r, _ := get(t, p, "/feeds/city.rss", test.header...); r.StatusCode != test.status {
			t.Errorf("%v: %d", test.header, r.StatusCode)
		}
	}
}

func TestChain(t *testing.T) {
	p := city(Manners{})
	p.FailOn("city", Chain("https://other.example/", 301, 302, 308))
	path := "/feeds/city.rss"
	for range 2 { // it lasts
		at := path
		for _, code := range []int{301, 302, 308} {
			r, _ := get(t, p, at)
			if r.StatusCode != code {
				t.Errorf("%s: %d, want %d", at, r.StatusCode, code)
			}
			at = r.Header.Get("Location")
		}
		if at != "https://other.example/" {
			t.Errorf("it ends at %s", at)
		}
	}
	p.Recover("city")
	if r, _ := get(t, p, path); r.StatusCode != 200 {
		t.Errorf("recovered: %d", r.StatusCode)
	}
}

func TestFailOn(t *testing.T) {
	p := city(Manners{})
	p.FailOn("city", Status(404, ""))
	p.Fail("city", Status(429, RetryAt(start)), Reply(304, nil, nil))
	for _, want := range []int{429, 304, 404, 404} {
		if r, _ := get(t, p, "/feeds/city.rss"); r.StatusCode != want {
			t.Errorf("%d, want %d", r.StatusCode, want)
		}
	}
}

func TestRequestsAreWhole(t *testing.T) {
	p := city(Manners{Gzip: true})
	get(t, p, "/feeds/city.rss?x=1", "Accept-Encoding", "gzip", "X-Key", "k", "If-None-Match", `"y"`)
	get(t, p, "/feeds/none.rss")
	got := p.Requests()
	if len(got) != 2 {
		t.Fatalf("%d requests", len(got))
	}
	r := got[0]
	if r.Method != "GET" || r.Path != "/feeds/city.rss" || r.Query != "x=1" || r.Header.Get("X-Key") != "k" || r.IfNoneMatch != `"y"` || !r.Time.Equal(start) || r.Proto != "HTTP/1.1" {
		t.Errorf("%+v", r)
	}
	if r.Status != 200 || r.Sent.Get("ETag") == "" || r.Sent.Get("Content-Encoding") != "gzip" || r.Length < 100 {
		t.Errorf("%+v", r)
	}
	if got[1].Status != 404 {
		t.Errorf("%+v", got[1])
	}
	if p.Forget(); len(p.Requests()) != 0 {
		t.Error("not forgotten")
	}
}

func TestDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(Options{})
		p.Add("city", Article{Title: "One"})
		p.Behave("city", Manners{Delay: time.Minute})
		began := time.Now()
		if r, _ := get(t, p, "/feeds/city.rss"); r.StatusCode != 200 || time.Since(began) != time.Minute {
			t.Errorf("%d after %v", r.StatusCode, time.Since(began))
		}
	})
}

// TestSecure serves over TLS and HTTP/2, and everything that is an address says so.
func TestSecure(t *testing.T) {
	p := city(Manners{Hub: "https://hub.example/", InHeader: true})
	s := httptest.NewUnstartedServer(p.Handler())
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	r, err := s.Client().Get(s.URL + "/feeds/city.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	if got := p.Requests(); len(got) != 1 || got[0].Proto != "HTTP/2.0" || !strings.Contains(r.Header.Get("Link"), "<"+s.URL) {
		t.Errorf("%+v %v", got, r.Header)
	}
}

func TestSitemap(t *testing.T) {
	_, body := get(t, city(Manners{}), "/feeds/city.xml")
	for _, want := range []string{"<loc>http://example.com/articles/story-1</loc>", "<news:title>One</news:title>", "<image:loc>http://example.com/pictures/one.png</image:loc>", "<news:publication_date>2026-03-01T12:00:00Z<"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in %s", want, body)
		}
	}
}
