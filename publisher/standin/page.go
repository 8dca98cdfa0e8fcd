package standin

import (
	"bytes"
	_ "embed" // the script
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
)

// live makes a timeline follow what is posted, without a reload.
//
//go:embed live.js
var live []byte

// Guard lets the pages of a stand-in load nothing but their own style and what the
// policy allows besides, such as "script-src 'self'".
func Guard(next http.Handler, allowed ...string) http.Handler {
	policy := strings.Join(append([]string{"default-src 'none'", "style-src 'self'"}, allowed...), "; ") +
		"; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// Style serves the style sheet of that name.
func Style(files fs.FS, name string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		b, err := fs.ReadFile(files, name)
		if err != nil {
			http.Error(w, "not found", http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		_, _ = w.Write(b) // a reader that has left needs nothing
	}
}

// Live serves the script by which a timeline follows what is posted.
func Live(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	_, _ = w.Write(live) // a reader that has left needs nothing
}

// NoPage answers that there is nothing.
func NoPage(w http.ResponseWriter) {
	http.Error(w, "There is nothing at this address.", http.StatusNotFound)
}

// Page shows what a template makes of a view.
func Page(w http.ResponseWriter, t *template.Template, view any, log *slog.Logger) {
	var b bytes.Buffer
	if err := t.Execute(&b, view); err != nil {
		log.Error("stand-in: the page could not be made", "error", err)
		http.Error(w, "The page could not be made.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(b.Bytes()) // a reader that has left needs nothing
}
