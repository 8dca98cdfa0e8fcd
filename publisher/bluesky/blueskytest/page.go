package blueskytest

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

// pages are the routes that the network does not have.
func (s *Server) pages() http.Handler {
	t := template.Must(template.ParseFS(pageFiles, "page/timeline.html"))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.timeline(t))
	mux.HandleFunc("GET /profile/{account}", s.timeline(t))
	mux.HandleFunc("GET /profile/{account}/post/{key}", s.timeline(t))
	mux.HandleFunc("GET /_style.css", asset("page/style.css", "text/css; charset=utf-8"))
	mux.HandleFunc("GET /_live.js", asset("page/live.js", "text/javascript; charset=utf-8"))
	mux.HandleFunc("GET /_picture/{cid}", s.picture)
	if s.opts.Control {
		s.control(mux)
	}
	return guard(mux)
}

// guard lets a page load nothing but its own style, script and pictures.
func guard(next http.Handler) http.Handler {
	const policy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'" +
		"; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
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

// picture shows what was uploaded, if it is a picture of a plain kind.
func (s *Server) picture(w http.ResponseWriter, r *http.Request) {
	data, kind, ok := s.Blob(r.PathValue("cid"))
	switch {
	case ok && (kind == "image/jpeg" || kind == "image/png" || kind == "image/webp" || kind == "image/gif"):
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Cache-Control", "max-age=86400")
		_, _ = w.Write(data) //nolint:gosec // of a plain picture's kind, and not sniffed
	default:
		http.Error(w, "There is nothing at this address.", http.StatusNotFound)
	}
}

func (s *Server) timeline(t *template.Template) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p := s.pageOf(strings.TrimPrefix(r.PathValue("account"), "@"), r.PathValue("key"))
		if p == nil {
			http.Error(w, "There is nothing at this address.", http.StatusNotFound)
			return
		}
		var b bytes.Buffer
		if err := t.Execute(&b, p); err != nil {
			s.log.Error("blueskytest: the page could not be made", "error", err)
			http.Error(w, "The page could not be made.", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(b.Bytes()) // a reader that has left needs nothing
	}
}
