package threadstest

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
	mux.HandleFunc("GET /{account}/post/{code}", s.timeline(t))
	mux.HandleFunc("GET /_style.css", standin.Style(pageFiles, "page/style.css"))
	mux.HandleFunc("GET /_live.js", standin.Live)
	if s.opts.Control {
		standin.Control(mux, s, (*Knobs).Set)
	}
	images := "'none'"
	if s.opts.Images {
		images = "http: https:"
	}
	return standin.Guard(mux, "script-src 'self'", "connect-src 'self'", "img-src "+images, "media-src "+images)
}

func (s *Server) timeline(t *template.Template) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		name, found := strings.CutPrefix(r.PathValue("account"), "@")
		p := s.pageOf(name, r.PathValue("code"))
		if (r.PathValue("account") != "" && !found) || p == nil {
			standin.NoPage(w)
			return
		}
		standin.Page(w, t, p, s.log)
	}
}
