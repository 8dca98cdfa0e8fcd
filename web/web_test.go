package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestNewNamesTheOptionThatIsMissing(t *testing.T) {
	if _, err := New(Options{}); err == nil || !strings.Contains(err.Error(), "Options.Store") {
		t.Errorf("New without a store: %v", err)
	}
}

func TestRoutes(t *testing.T) {
	tests := []struct {
		method, path string
		status       int
		contains     string
	}{
		{"GET", "/", 200, "v1.2.3-test"},
		{"GET", "/healthz", 200, "ok\n"},
		{"HEAD", "/healthz", 200, ""},
		{"GET", "/readyz", 200, `"ready":true`},
		{"GET", "/metrics", 200, "spool_build_info"},
		{"GET", "/static/spool.css", 200, "main {"},
		{"GET", "/static/", 404, ""},
		{"GET", "/static/nothing", 404, ""},
		{"GET", "/templates/front.html", 404, ""},
		{"GET", "/debug/pprof/", 404, ""},
		{"GET", "/index.html", 404, ""},
		{"POST", "/", 405, ""},
		{"POST", "/healthz", 405, ""},
		{"PUT", "/readyz", 405, ""},
		{"DELETE", "/metrics", 405, ""},
	}
	s := newSite(t, nil)
	for _, tt := range tests {
		t.Run(tt.method+" "+tt.path, func(t *testing.T) {
			w := s.ask(tt.method, tt.path)
			if w.Code != tt.status {
				t.Errorf("status %d, want %d", w.Code, tt.status)
			}
			if !strings.Contains(w.Body.String(), tt.contains) {
				t.Errorf("the answer lacks %q:\n%s", tt.contains, w.Body)
			}
		})
	}
}

// Every answer carries the headers, the refusals too.
func TestGuardingHeaders(t *testing.T) {
	want := map[string]string{
		"X-Content-Type-Options":     "nosniff",
		"X-Frame-Options":            "DENY",
		"Referrer-Policy":            "no-referrer",
		"Cross-Origin-Opener-Policy": "same-origin",
	}
	s := newSite(t, nil)
	for _, path := range []string{"/", "/healthz", "/readyz", "/metrics", "/nothing", "/static/spool.css"} {
		h := s.ask("GET", path).Header()
		for name, value := range want {
			if got := h.Get(name); got != value {
				t.Errorf("%s: %s is %q, want %q", path, name, got, value)
			}
		}
		if csp := h.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: Content-Security-Policy is %q", path, csp)
		}
	}
}

// The version is the only thing on the page that is not fixed; it must not
// become markup.
func TestFrontPageEscapes(t *testing.T) {
	s := newSite(t, nil)
	s.Version = "<script>alert(1)</script>"
	if body := s.ask("GET", "/").Body.String(); strings.Contains(body, "<script") {
		t.Errorf("the version became markup:\n%s", body)
	}
}

func TestBodiesAreBounded(t *testing.T) {
	huge := strings.NewReader(strings.Repeat("x", maxBody+1))
	var readErr error
	mux := http.NewServeMux()
	mux.HandleFunc("POST /form", func(_ http.ResponseWriter, r *http.Request) { readErr = r.ParseForm() })
	r := httptest.NewRequest("POST", "/form", huge)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	limited(mux).ServeHTTP(httptest.NewRecorder(), r)
	if readErr == nil {
		t.Error("a body over the limit was read to its end")
	}
}
