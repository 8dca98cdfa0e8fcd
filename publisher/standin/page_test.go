package standin_test

import (
	"html/template"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"spool/publisher/standin"
)

func TestSnapshot(t *testing.T) {
	var log strings.Builder
	file := filepath.Join(t.TempDir(), "gazette.json")
	g := begin()
	g.kept = standin.Snapshot{File: file, Log: slog.New(slog.NewTextHandler(&log, nil))}
	var back []post
	if g.kept.Load(&back) || log.Len() > 0 {
		t.Errorf("a file that is not there gave %v and %s", back, log.String())
	}
	mustSend(t, g, "a")
	mustSend(t, g, "b")
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("snapshot %v: %v", info, err)
	}
	if !g.kept.Load(&back) || len(back) != 2 || back[1].Text != "b" || !back[1].Time.Equal(g.posts[1].Time) {
		t.Errorf("back came %+v", back)
	}
	if all, err := os.ReadDir(filepath.Dir(file)); err != nil || len(all) != 1 {
		t.Errorf("beside it are %v: %v", all, err)
	}
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if g.kept.Load(&back) || !strings.Contains(log.String(), "everything begins anew") {
		t.Errorf("a broken file was taken; the log says %s", log.String())
	}
	g.kept.File = filepath.Join(t.TempDir(), "missing", "gazette.json")
	mustSend(t, g, "c")
	if !strings.Contains(log.String(), "was not written") {
		t.Errorf("the log says %s", log.String())
	}
}

func TestPages(t *testing.T) {
	var log strings.Builder
	mux := http.NewServeMux()
	mux.HandleFunc("GET /style", standin.Style(fstest.MapFS{"s.css": {Data: []byte("p{}")}}, "s.css"))
	mux.HandleFunc("GET /none", standin.Style(fstest.MapFS{}, "s.css"))
	mux.HandleFunc("GET /live", standin.Live)
	page := template.Must(template.New("").Parse(`<p>{{.Text}}`))
	mux.HandleFunc("GET /page", func(w http.ResponseWriter, _ *http.Request) { standin.Page(w, page, post{Text: "<b>"}, nil) })
	mux.HandleFunc("GET /bad", func(w http.ResponseWriter, _ *http.Request) {
		standin.Page(w, page, 1, slog.New(slog.NewTextHandler(&log, nil)))
	})
	h := standin.Guard(mux, "img-src 'self'")
	for _, tt := range []struct {
		path   string
		status int
		body   string
	}{
		{"/style", 200, "p{}"}, {"/none", 404, ""}, {"/live", 200, "fetch"}, {"/page", 200, "<p>&lt;b&gt;"}, {"/bad", 500, "could not be made"}, {"/other", 404, ""},
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", tt.path, nil))
		if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.body) {
			t.Errorf("%s: %d %s", tt.path, w.Code, w.Body)
		}
		want := "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
		if got := w.Header().Get("Content-Security-Policy"); got != want {
			t.Errorf("%s: policy %q", tt.path, got)
		}
		if w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("X-Content-Type-Options") != "nosniff" || w.Header().Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: headers %v", tt.path, w.Header())
		}
	}
	if !strings.Contains(log.String(), "could not be made") {
		t.Errorf("the log says %s", log.String())
	}
}
