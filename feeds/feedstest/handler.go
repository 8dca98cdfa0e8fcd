package feedstest

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"
)

// Handler serves the feeds, the articles, their pictures and a front page.
func (p *Publisher) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /feeds/{file}", p.serveFeed)
	mux.HandleFunc("GET /articles/{guid}", p.serveArticle)
	mux.HandleFunc("GET /articles/{guid}/{title}", p.serveArticle) // as Sample's links are
	mux.HandleFunc("GET /pictures/{name}", servePicture)
	mux.HandleFunc("GET /{$}", p.serveFront)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen := &recorder{ResponseWriter: w}
		defer func() { p.log(r, seen.status) }() // also when a fault breaks the connection
		mux.ServeHTTP(seen, r)
	})
}

// recorder remembers the status of an answer.
type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

// Unwrap lets faults flush what they have written.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

func (p *Publisher) log(r *http.Request, status int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests = append(p.requests, Request{
		Time: p.now(), Host: r.Host, Path: r.URL.Path, UserAgent: r.UserAgent(),
		IfNoneMatch: r.Header.Get("If-None-Match"), IfModifiedSince: r.Header.Get("If-Modified-Since"),
		Authorization: r.Header.Get("Authorization"), Referer: r.Referer(), Cookie: r.Header.Get("Cookie"),
		Status: status,
	})
}

func (p *Publisher) serveFeed(w http.ResponseWriter, r *http.Request) {
	file := r.PathValue("file")
	ext := path.Ext(file)
	name := strings.TrimSuffix(file, ext)
	articles, changed, m, fault, ok := p.take(name)
	render := map[string]renderer{".rss": RSS, ".atom": Atom, ".json": JSON}[ext]
	if !ok || render == nil {
		http.NotFound(w, r)
		return
	}
	c := Channel{Name: name, Base: "http://" + r.Host, Path: r.URL.Path, Language: m.Language, Updated: changed, Articles: articles}
	body, kind := render(c)
	if fault != nil {
		fault(w, r, Answer{Body: body, Type: kind})
		return
	}
	answer(w, r, m, body, kind, changed)
}

// take returns what a feed has to say now, the newest article first, and the
// fault that is due.
func (p *Publisher) take(name string) ([]Article, time.Time, Manners, Fault, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := p.feeds[name]
	if f == nil {
		return nil, time.Time{}, Manners{}, nil, false
	}
	articles := slices.Clone(f.articles)
	slices.Reverse(articles)
	if n := f.manners.Longest; n > 0 && len(articles) > n {
		articles = articles[:n]
	}
	var fault Fault
	if len(f.faults) > 0 {
		fault, f.faults = f.faults[0], f.faults[1:]
	}
	return articles, f.changed, f.manners, fault, true
}

func answer(w http.ResponseWriter, r *http.Request, m Manners, body []byte, kind string, changed time.Time) {
	h := w.Header()
	h.Set("Content-Type", kind)
	if m.Expires != "" {
		h.Set("Expires", m.Expires)
	}
	etag := etagOf(body, m.WeakETag)
	if !m.NoETag {
		h.Set("ETag", etag)
	}
	modified := changed.UTC().Format(http.TimeFormat)
	if !m.NoLastModified {
		h.Set("Last-Modified", modified)
	}
	if !m.IgnoreConditions && unchanged(r, m, etag, modified) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	_, _ = w.Write(body)
}

func etagOf(body []byte, weak bool) string {
	sum := sha256.Sum256(body)
	etag := `"` + hex.EncodeToString(sum[:8]) + `"`
	if weak {
		return "W/" + etag
	}
	return etag
}

// unchanged compares to the letter, as servers do that readers must not
// surprise with a date or a tag of their own making.
func unchanged(r *http.Request, m Manners, etag, modified string) bool {
	if have := r.Header.Get("If-None-Match"); have != "" && !m.NoETag {
		return have == etag
	}
	have := r.Header.Get("If-Modified-Since")
	return have != "" && !m.NoLastModified && have == modified
}
