package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// callbackSite is a site whose callbacks tell what they were asked.
func callbackSite(t *testing.T) *site {
	t.Helper()
	s := newSite(t, nil)
	s.Callbacks = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, err := io.Copy(io.Discard, r.Body)
		if err != nil {
			t.Error(err)
		}
		w.Header().Set("X-Seen", r.Method+" "+r.URL.Path)
		if n > maxBody {
			w.Header().Set("X-Large", "yes")
		}
	})
	return s
}

func TestWhatHubsReach(t *testing.T) {
	s := callbackSite(t)
	for path, reached := range map[string]bool{
		"/websub/abc": true, "/behind/a/proxy/websub/abc": true, "/websub/websub/abc": true,
		"/websub/": false, "/websub": false, "/websub/a/b": false, "/websub/a/": false, "/websubs/a": false, "/": false, "/metrics": false,
	} {
		for _, method := range []string{"GET", "POST"} {
			if method == "POST" && !strings.HasPrefix(path, "/websub/") {
				continue
			}
			w := s.ask(method, path)
			if got := w.Header().Get("X-Seen") == method+" "+path; got != reached {
				t.Errorf("%s %s: reached %v", method, path, got)
			}
			if w.Header().Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
				t.Errorf("%s %s: a browser may make more of the answer", method, path)
			}
		}
	}
}

// Hubs may send more than people, and only to the callbacks.
func TestOnlyHubsMaySendMuch(t *testing.T) {
	s := callbackSite(t)
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequest("POST", "/websub/abc", strings.NewReader(strings.Repeat("x", 4*maxBody))))
	if w.Header().Get("X-Large") != "yes" {
		t.Error("a push was cut off")
	}
}

func TestWithoutCallbacksNobodyAnswersHubs(t *testing.T) {
	s := newSite(t, nil)
	if w := s.ask("POST", "/websub/abc"); w.Code != http.StatusNotFound {
		t.Errorf("status %d", w.Code)
	}
}
