package mastodontest

import (
	"embed"
	"html/template"
	"net/http"
	"strings"

	"spool/publisher/standin"
)

//go:embed page
var pageFiles embed.FS

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
	mux.HandleFunc("GET /_style.css", standin.Style(pageFiles, "page/style.css"))
	mux.HandleFunc("GET /_live.js", standin.Live)
	if s.opts.Control {
		standin.Control(mux, s, (*Knobs).Set)
	}
	return standin.Guard(mux, "script-src 'self'", "connect-src 'self'", "img-src 'self'")
}

func (s *Server) timeline(t *template.Template) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		name, found := strings.CutPrefix(r.PathValue("account"), "@")
		p := s.pageOf(name, r.PathValue("id"))
		if (r.PathValue("account") != "" && !found) || p == nil {
			standin.NoPage(w)
			return
		}
		standin.Page(w, t, p, s.log)
	}
}

// picture shows the bytes of an upload.
func (s *Server) picture(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	m, data := s.state.Media[r.PathValue("id")], s.files[r.PathValue("id")]
	s.mu.Unlock()
	if m == nil || data == nil || !strings.HasPrefix(m.Kind, "image/") {
		standin.NoPage(w)
		return
	}
	w.Header().Set("Content-Type", m.Kind)
	_, _ = w.Write(data) // a reader that has left needs nothing
}
