package web

import (
	"embed"
	"html/template"
	"net/http"
)

//go:embed templates static
var files embed.FS

// pages are parsed when the program starts, so that a broken one never ships.
var pages = template.Must(template.ParseFS(files, "templates/*.html"))

// front is the page at the root. It tells nothing about feeds or accounts,
// since nobody has signed in.
func (s *Server) front(w http.ResponseWriter, r *http.Request) {
	s.show(w, "front.html", struct {
		Version string
		Local   bool // the pages about feeds are for whoever asks
	}{s.Version, local(r)})
}

// static serves the files that pages refer to, and no listing of them.
func static() http.Handler {
	all := http.FileServerFS(files)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path[len(r.URL.Path)-1] == '/' {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Cache-Control", "max-age=3600")
		all.ServeHTTP(w, r)
	})
}
