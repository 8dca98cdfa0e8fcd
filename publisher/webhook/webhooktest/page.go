package webhooktest

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"mime"
	"net/http"
	"strings"
)

//go:embed page
var pageFiles embed.FS

// maxShown bounds a page.
const maxShown = 200

// isPage reports whether a request is for a person or for whoever steers the
// stand-in, and not a message.
func isPage(r *http.Request) bool {
	p := r.URL.Path
	return p == "/" || strings.HasPrefix(p, "/@") || strings.HasPrefix(p, "/_")
}

// routes are the pages:
//
//	GET  /, /@NAME          the timeline of all hooks, or of one
//	GET  /_posts.json       visible posts, newest first; ?user= for one hook
//	GET  /_requests.json    the log of requests
//	GET  /_violations.json  what clients did that they must not do
//	GET  /_knobs            all settings
//	POST /_knobs            {"answer": "empty", …}: those that are to change
//	POST /_plan             [{"op": "publish", "action": {"do": "drop"}}, …]: the whole plan
//
// Those with an underscore are there with Options.Control only, and what is posted
// to them has to say that it is JSON: a page from elsewhere that is open in
// somebody's browser cannot do that.
func (s *Server) routes() http.Handler {
	t := template.Must(template.ParseFS(pageFiles, "page/timeline.html"))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.timeline(t))
	mux.HandleFunc("GET /{account}", s.timeline(t))
	mux.HandleFunc("GET /{account}/post/{id}", s.timeline(t))
	mux.HandleFunc("GET /_style.css", style)
	if s.opts.Control {
		mux.HandleFunc("GET /_posts.json", func(w http.ResponseWriter, r *http.Request) { list(w, s.Visible(r.URL.Query().Get("user"))) })
		mux.HandleFunc("GET /_requests.json", func(w http.ResponseWriter, _ *http.Request) { list(w, s.Requests()) })
		mux.HandleFunc("GET /_violations.json", func(w http.ResponseWriter, _ *http.Request) { list(w, s.Violations()) })
		mux.HandleFunc("GET /_knobs", func(w http.ResponseWriter, _ *http.Request) { show(w, s.Knobs().Map()) })
		mux.HandleFunc("POST /_knobs", s.postKnobs)
		mux.HandleFunc("POST /_plan", s.postPlan)
	}
	return guard(mux)
}

// guard lets a page load nothing but its own style.
func guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

func style(w http.ResponseWriter, _ *http.Request) {
	b, err := pageFiles.ReadFile("page/style.css")
	if err != nil {
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	_, _ = w.Write(b) // a reader that has left needs nothing
}

func (s *Server) timeline(t *template.Template) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		name, found := strings.CutPrefix(r.PathValue("account"), "@")
		if r.PathValue("account") != "" && !found || name != "" && s.Path(name) == "" {
			http.Error(w, "There is nothing at this address.", http.StatusNotFound)
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
			if len(view.Posts) == maxShown {
				view.More++
				continue
			}
			view.Posts = append(view.Posts, p)
		}
		var b bytes.Buffer
		if err := t.Execute(&b, view); err != nil {
			s.log.Error("webhooktest: the page could not be made", "error", err)
			http.Error(w, "The page could not be made.", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(b.Bytes()) // a reader that has left needs nothing
	}
}

// list answers with a list that is never null.
func list[T any](w http.ResponseWriter, items []T) {
	if items == nil {
		items = []T{}
	}
	show(w, items)
}

func show(w http.ResponseWriter, v any) {
	out := jsonReply(http.StatusOK, v)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(out.status)
	_, _ = w.Write(out.body) // a reader that has left needs nothing
}

func (s *Server) postKnobs(w http.ResponseWriter, r *http.Request) {
	var values map[string]string
	err := readControl(w, r, &values)
	k := s.Knobs()
	for name, value := range values {
		if err == nil {
			err = k.Set(name, value)
		}
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.SetKnobs(k)
	show(w, k.Map())
}

func (s *Server) postPlan(w http.ResponseWriter, r *http.Request) {
	var rules []Rule
	if err := readControl(w, r, &rules); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.Plan(rules...)
	show(w, map[string]int{"rules": len(rules)})
}

func readControl(w http.ResponseWriter, r *http.Request, into any) error {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		return fmt.Errorf("webhooktest: the body has to be application/json")
	}
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return fmt.Errorf("webhooktest: body: %w", err)
	}
	if err := json.Unmarshal(b, into); err != nil {
		return fmt.Errorf("webhooktest: body: %w", err)
	}
	return nil
}
