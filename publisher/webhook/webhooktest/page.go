package webhooktest

import (
	"embed"
	"html/template"
	"net/http"
	"strings"

	"spool/publisher/standin"
)

//go:embed page
var pageFiles embed.FS

// isPage reports whether a request is for a person or for whoever steers the
// stand-in, and not a message.
func isPage(r *http.Request) bool {
	p := r.URL.Path
	return p == "/" || strings.HasPrefix(p, "/@") || strings.HasPrefix(p, "/_")
}

// routes are the pages: at / the timeline of all hooks, at /@NAME that of one, and
// with Options.Control the endpoints of [standin.Control].
func (s *Server) routes() http.Handler {
	t := template.Must(template.ParseFS(pageFiles, "page/timeline.html"))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.timeline(t))
	mux.HandleFunc("GET /{account}", s.timeline(t))
	mux.HandleFunc("GET /{account}/post/{id}", s.timeline(t))
	mux.HandleFunc("GET /_style.css", standin.Style(pageFiles, "page/style.css"))
	if s.opts.Control {
		standin.Control(mux, s, (*Knobs).Set)
	}
	return standin.Guard(mux)
}

func (s *Server) timeline(t *template.Template) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		name, found := strings.CutPrefix(r.PathValue("account"), "@")
		if r.PathValue("account") != "" && !found || name != "" && s.Path(name) == "" {
			standin.NoPage(w)
			return
		}
		var view struct {
			Name  string
			Posts []Post
			More  int
		}
		view.Name = name
		for _, p := range s.Visible(name) {
			if id := r.PathValue("id"); id != "" && id != p.ID {
				continue
			}
			if len(view.Posts) == standin.MaxShown {
				view.More++
				continue
			}
			view.Posts = append(view.Posts, p)
		}
		standin.Page(w, t, view, s.log)
	}
}
