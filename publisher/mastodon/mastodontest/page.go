package mastodontest

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"strings"
)

//go:embed page
var pageFiles embed.FS

// maxShown bounds a page.
const maxShown = 200

func isPage(path string) bool {
	return path == "/" || strings.HasPrefix(path, "/@") || strings.HasPrefix(path, "/_")
}

// pages are the routes that the network does not have.
func (s *Server) pages() http.Handler {
	t := template.Must(template.ParseFS(pageFiles, "page/timeline.html"))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.timeline(t))
	mux.HandleFunc("GET /{account}", s.timeline(t))
	mux.HandleFunc("GET /{account}/{id}", s.timeline(t))
	mux.HandleFunc("GET /_media/{id}", s.picture)
	mux.HandleFunc("GET /_style.css", asset("page/style.css", "text/css; charset=utf-8"))
	mux.HandleFunc("GET /_live.js", asset("page/live.js", "text/javascript; charset=utf-8"))
	if s.opts.Control {
		s.control(mux)
	}
	return s.guard(mux)
}

// guard lets a page load nothing but its own style and script.
func (s *Server) guard(next http.Handler) http.Handler {
	const policy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.Header().Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

func asset(name, kind string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		b, err := pageFiles.ReadFile(name)
		if err != nil {
			http.Error(w, "not found", http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", kind)
		_, _ = w.Write(b) // a reader that has left needs nothing
	}
}

func (s *Server) timeline(t *template.Template) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		name, found := strings.CutPrefix(r.PathValue("account"), "@")
		p := s.pageOf(name, r.PathValue("id"))
		if (r.PathValue("account") != "" && !found) || p == nil {
			http.Error(w, "There is nothing at this address.", http.StatusNotFound)
			return
		}
		var b bytes.Buffer
		if err := t.Execute(&b, p); err != nil {
			s.log.Error("mastodontest: the page could not be made", "error", err)
			http.Error(w, "The page could not be made.", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(b.Bytes()) // a reader that has left needs nothing
	}
}

// picture shows the bytes of an upload.
func (s *Server) picture(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	m, data := s.state.Media[r.PathValue("id")], s.files[r.PathValue("id")]
	s.mu.Unlock()
	if m == nil || data == nil || !strings.HasPrefix(m.Kind, "image/") {
		http.Error(w, "There is nothing at this address.", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", m.Kind)
	_, _ = w.Write(data) // a reader that has left needs nothing
}
