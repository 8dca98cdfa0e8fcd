package main

import (
	"bytes"
	"cmp"
	"embed"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"
)

//go:embed wall
var wallFiles embed.FS

// maxWall is how many posts of a network the wall shows, the newest.
const maxWall = 50

// A wall shows the timelines of several networks side by side.
type wall struct {
	columns []wallColumn
	now     func() time.Time
	log     *slog.Logger
	page    *template.Template
}

// A wallColumn is a network on the wall.
type wallColumn struct {
	Name  string
	Page  string            // its own timeline; empty: it has none
	Posts func() []wallPost // what a reader sees, in any order
}

// A wallPost is a post as a reader of the wall sees it.
type wallPost struct {
	ID, By                   string // By: whose it is
	Text, Link, Title, Topic string
	Thumb                    bool
	Pictures                 []string // their descriptions
	Parent, Reply            string   // the id and the beginning of what it answers; empty: nothing
	Edited                   bool
	At                       time.Time

	Twice            bool
	Ago, Full, Stamp string
}

// Where is what the card says of its page: the site, or the whole address where
// the network finds the title on the page by itself.
func (p wallPost) Where() string {
	if p.Title != "" {
		return host(p.Link)
	}
	return p.Link
}

func newWall(columns []wallColumn, now func() time.Time, log *slog.Logger) (*wall, error) {
	page, err := template.ParseFS(wallFiles, "wall/wall.html")
	return &wall{columns: columns, now: now, log: log, page: page}, err
}

// Handler serves the wall and nothing else.
func (w *wall) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", w.show)
	mux.HandleFunc("GET /wall.css", wallFile("wall/wall.css", "text/css; charset=utf-8"))
	mux.HandleFunc("GET /wall.js", wallFile("wall/wall.js", "text/javascript; charset=utf-8"))
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		h := rw.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		mux.ServeHTTP(rw, r)
	})
}

func wallFile(name, kind string) http.HandlerFunc {
	return func(rw http.ResponseWriter, _ *http.Request) {
		b, err := wallFiles.ReadFile(name)
		if err != nil {
			http.Error(rw, "not found", http.StatusNotFound)
			return
		}
		rw.Header().Set("Content-Type", kind)
		_, _ = rw.Write(b) // a reader that has left needs nothing
	}
}

func (w *wall) show(rw http.ResponseWriter, _ *http.Request) {
	type column struct {
		ID, Name, Page string
		Count, Twice   int
		Posts          []wallPost
	}
	var page struct{ Columns []column }
	for i, c := range w.columns {
		posts, twice := w.shown(c)
		page.Columns = append(page.Columns, column{fmt.Sprintf("network-%d", i+1), c.Name, c.Page, len(posts), twice, posts[:min(len(posts), maxWall)]})
	}
	var b bytes.Buffer
	if err := w.page.Execute(&b, page); err != nil {
		w.log.Error("the wall could not be made", "err", err)
		http.Error(rw, "The page could not be made.", http.StatusInternalServerError)
		return
	}
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = rw.Write(b.Bytes()) // a reader that has left needs nothing
}

// shown are a column's posts, the newest first, and how many say what another one
// says already.
func (w *wall) shown(c wallColumn) (posts []wallPost, twice int) {
	posts = c.Posts()
	slices.SortStableFunc(posts, func(a, b wallPost) int { return cmp.Or(b.At.Compare(a.At), strings.Compare(b.ID, a.ID)) })
	seen := map[string]bool{}
	now := w.now()
	for i := len(posts) - 1; i >= 0; i-- {
		p := &posts[i]
		same := p.Parent + "\x00" + p.Text + "\x00" + p.Link
		if p.Twice = seen[same]; p.Twice {
			twice++
		}
		seen[same] = true
		p.Ago, p.Full, p.Stamp = ago(p.At, now), p.At.UTC().Format("2 January 2006, 15:04:05 UTC"), p.At.UTC().Format(time.RFC3339)
	}
	return posts, twice
}
