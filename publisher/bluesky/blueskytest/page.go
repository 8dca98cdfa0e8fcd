package blueskytest

import (
	"embed"
	"html/template"
	"net/http"
	"strings"

	"spool/publisher/standin"
)

//go:embed page
var pageFiles embed.FS

// pages are the routes that the network does not have.
func (s *Server) pages() http.Handler {
	t := template.Must(template.ParseFS(pageFiles, "page/timeline.html"))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.timeline(t))
	mux.HandleFunc("GET /profile/{account}", s.timeline(t))
	mux.HandleFunc("GET /profile/{account}/post/{key}", s.timeline(t))
	mux.HandleFunc("GET /_style.css", standin.Style(pageFiles, "page/style.css"))
	mux.HandleFunc("GET /_picture/{cid}", s.picture)
	mux.HandleFunc("GET /_live.js", standin.Live)
	if s.opts.Control {
		standin.Control(mux, s, (*Knobs).Set)
	}
	return standin.Guard(mux, "script-src 'self'", "connect-src 'self'", "img-src 'self'")
}

// picture shows what was uploaded, if it is a picture of a plain kind.
func (s *Server) picture(w http.ResponseWriter, r *http.Request) {
	data, kind, ok := s.Blob(r.PathValue("cid"))
	switch {
	case ok && (kind == "image/jpeg" || kind == "image/png" || kind == "image/webp" || kind == "image/gif"):
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Cache-Control", "max-age=86400")
		_, _ = w.Write(data) //nolint:gosec // of a plain picture's kind, and not sniffed
	default:
		standin.NoPage(w)
	}
}

func (s *Server) timeline(t *template.Template) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p := s.pageOf(strings.TrimPrefix(r.PathValue("account"), "@"), r.PathValue("key"))
		if p == nil {
			standin.NoPage(w)
			return
		}
		standin.Page(w, t, p, s.log)
	}
}
