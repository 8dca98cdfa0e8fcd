package web

import (
	"bytes"
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
func (s *Server) front(w http.ResponseWriter, _ *http.Request) {
	var page bytes.Buffer
	if err := pages.ExecuteTemplate(&page, "front.html", struct{ Version string }{s.Version}); err != nil {
		s.Log.Error("cannot make a page", "page", "front.html", "err", err)
		http.Error(w, "this page cannot be made; the log says why", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = page.WriteTo(w) // nobody is left to be told
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
