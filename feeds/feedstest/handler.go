package feedstest

import (
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
		seen, at := &recorder{ResponseWriter: w}, p.now()
		defer func() { p.log(r, at, seen) }() // also when a fault breaks the connection
		mux.ServeHTTP(seen, r)
	})
}

// base is the address of the server as it was asked.
func base(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

func (p *Publisher) serveFeed(w http.ResponseWriter, r *http.Request) {
	file := r.PathValue("file")
	ext := path.Ext(file)
	name := strings.TrimSuffix(file, ext)
	render := map[string]renderer{".rss": RSS, ".atom": Atom, ".json": JSON, ".xml": Sitemap}[ext]
	t, ok := p.take(name)
	if !ok || render == nil {
		http.NotFound(w, r)
		return
	}
	m := t.manners
	self := m.Self
	if self == "" {
		self = base(r) + r.URL.Path
	}
	c := Channel{Name: name, Base: base(r), Path: r.URL.Path, Self: self, Language: m.Language, Updated: t.changed, Articles: t.articles}
	if !m.InHeader {
		c.Hub = m.Hub
	}
	a := Answer{Self: self}
	a.Body, a.Type = render(c)
	switch {
	case !m.wait(r):
	case t.fault != nil:
		t.fault(w, r, a)
	case !m.barred(w, r):
		m.answer(w, r, a, t.changed, p.now(), t.nth)
	}
}

// A told is what a feed has to say now.
type told struct {
	articles []Article // the newest first
	changed  time.Time
	manners  Manners
	fault    Fault // that is due; nil: none
	nth      int   // answers before this one
}

func (p *Publisher) take(name string) (told, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := p.feeds[name]
	if f == nil {
		return told{}, false
	}
	t := told{articles: slices.Clone(f.articles), changed: f.changed, manners: f.manners, fault: f.fault, nth: f.answers}
	slices.Reverse(t.articles)
	if n := f.manners.Longest; n > 0 && len(t.articles) > n {
		t.articles = t.articles[:n]
	}
	if len(f.faults) > 0 {
		t.fault, f.faults = f.faults[0], f.faults[1:]
	}
	if t.fault == nil {
		f.answers++
	}
	return t, true
}
