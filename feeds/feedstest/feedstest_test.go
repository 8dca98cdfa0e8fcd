package feedstest

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func get(t *testing.T, p *Publisher, path string, header ...string) (*http.Response, string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	p.Handler().ServeHTTP(w, r)
	body, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Result(), string(body)
}

func TestConditions(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	p := New(Options{Now: func() time.Time { return now }})
	p.Add("city", Article{Title: "One"})
	first, _ := get(t, p, "/feeds/city.rss")
	tests := map[string]struct {
		header []string
		status int
	}{
		"none":             {nil, 200},
		"the tag":          {[]string{"If-None-Match", first.Header.Get("ETag")}, 304},
		"the date":         {[]string{"If-Modified-Since", first.Header.Get("Last-Modified")}, 304},
		"another tag":      {[]string{"If-None-Match", `"x"`, "If-Modified-Since", first.Header.Get("Last-Modified")}, 200},
		"a date made anew": {[]string{"If-Modified-Since", now.Add(time.Hour).Format(http.TimeFormat)}, 200},
	}
	for name, test := range tests {
		if r, _ := get(t, p, "/feeds/city.rss", test.header...); r.StatusCode != test.status {
			t.Errorf("%s: %d, want %d", name, r.StatusCode, test.status)
		}
	}
	now = now.Add(time.Minute)
	p.Edit("city", "story-1", func(a *Article) { a.Title = "One, corrected" })
	if r, body := get(t, p, "/feeds/city.rss", "If-None-Match", first.Header.Get("ETag")); r.StatusCode != 200 || !strings.Contains(body, "corrected") {
		t.Errorf("after an edit: %d %s", r.StatusCode, body)
	}
	if n := len(p.Requests()); n != len(tests)+2 {
		t.Errorf("%d requests are logged", n)
	}
}

func TestFaultsComeInOrderAndOnce(t *testing.T) {
	p := New(Options{})
	p.Add("city", Article{Title: "One"})
	p.Fail("city", Status(503, "7"), HTML())
	if r, _ := get(t, p, "/feeds/city.atom"); r.StatusCode != 503 || r.Header.Get("Retry-After") != "7" {
		t.Errorf("first: %+v", r)
	}
	if _, body := get(t, p, "/feeds/city.rss"); !strings.Contains(body, "<html>") {
		t.Errorf("second: %s", body)
	}
	if r, _ := get(t, p, "/feeds/city.json"); r.StatusCode != 200 {
		t.Errorf("third: %+v", r)
	}
}

func TestPages(t *testing.T) {
	p := New(Options{})
	a := p.Add("city", Article{Title: `Five < "six"`, Image: Picture("x")})
	if _, body := get(t, p, a.Link); !strings.Contains(body, "Five &lt; &#34;six&#34;") || !strings.Contains(body, "og:image") {
		t.Errorf("article: %s", body)
	}
	if r, body := get(t, p, a.Image); r.Header.Get("Content-Type") != "image/png" || !strings.HasPrefix(body, "\x89PNG") {
		t.Errorf("picture: %+v", r)
	}
	if _, body := get(t, p, "/"); !strings.Contains(body, `href="/feeds/city.rss"`) {
		t.Errorf("front page: %s", body)
	}
	if r, _ := get(t, p, "/feeds/none.rss"); r.StatusCode != 404 {
		t.Errorf("no such feed: %d", r.StatusCode)
	}
}

// TestGrow starts a newsroom twice: the second has the stories of the first.
func TestGrow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		grown := func(run time.Duration) map[string]string {
			p := New(Options{})
			ctx, cancel := context.WithTimeout(t.Context(), run)
			defer cancel()
			p.Grow(ctx, "city", 10*time.Second, 3)
			stories := map[string]string{}
			for _, a := range p.Articles("city") {
				stories[a.GUID] = a.Title
			}
			return stories
		}
		first := grown(25 * time.Second)
		second := grown(time.Second)
		if len(first) != 5 || len(second) != 3 {
			t.Errorf("%d and %d stories", len(first), len(second))
		}
		for guid, title := range second {
			if have, ok := first[guid]; ok && have != title {
				t.Errorf("%s was %q and is %q", guid, have, title)
			}
		}
	})
}

func TestSamplesDiffer(t *testing.T) {
	titles := map[string]bool{}
	for n := range int64(385) {
		titles[Sample(n, time.Time{}).Title] = true
	}
	if len(titles) != 385 {
		t.Errorf("%d titles for 385 stories", len(titles))
	}
}
