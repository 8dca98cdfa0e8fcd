package main

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// A diary is a publisher that writes down every request, whole.
type diary struct {
	next http.Handler

	mu      sync.Mutex
	pages   []entry
	instead func(w http.ResponseWriter, r *http.Request) bool // answers in the publisher's place, or says false
	with    http.Header                                       // added to what the publisher answers
}

// An entry is a request, and the answer's status.
type entry struct {
	at     time.Time
	method string
	url    string // without credentials
	header http.Header
	status int
	gave   http.Header // of the answer
}

func (e entry) conditional() bool {
	return e.header.Get("If-None-Match") != "" || e.header.Get("If-Modified-Since") != ""
}

func (d *diary) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	u := *r.URL
	u.User = nil
	d.mu.Lock()
	n, instead := len(d.pages), d.instead
	d.pages = append(d.pages, entry{at: time.Now(), method: r.Method, url: u.String(), header: r.Header.Clone()})
	for name, values := range d.with {
		w.Header()[name] = slices.Clone(values)
	}
	d.mu.Unlock()
	pen := &pen{ResponseWriter: w, d: d, n: n}
	if instead != nil && instead(pen, r) {
		return
	}
	d.next.ServeHTTP(pen, r)
}

// A pen completes an entry when the answer begins.
type pen struct {
	http.ResponseWriter
	d *diary
	n int
}

func (p *pen) WriteHeader(status int) {
	p.d.mu.Lock()
	p.d.pages[p.n].status, p.d.pages[p.n].gave = status, p.Header().Clone()
	p.d.mu.Unlock()
	p.ResponseWriter.WriteHeader(status)
}

func (p *pen) Write(b []byte) (int, error) {
	p.d.mu.Lock()
	begun := p.d.pages[p.n].status != 0
	p.d.mu.Unlock()
	if !begun {
		p.WriteHeader(http.StatusOK)
	}
	return p.ResponseWriter.Write(b)
}

// answer has a function answer in the publisher's place; nil: the publisher does.
func (d *diary) answer(f func(w http.ResponseWriter, r *http.Request) bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.instead = f
}

// always answers every request with a status and headers, and the publisher's
// document when the status is 200.
func (d *diary) always(status int, header ...string) {
	d.answer(func(w http.ResponseWriter, _ *http.Request) bool {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		if status == http.StatusOK {
			return false
		}
		w.WriteHeader(status)
		return true
	})
}

// add gives every answer one more header.
func (d *diary) add(name, value string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.with = http.Header{name: {value}}
}

// asked are the requests so far, for an address that contains a text.
func (d *diary) asked(address string) []entry {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []entry
	for _, e := range d.pages {
		if strings.Contains(e.url, address) {
			out = append(out, e)
		}
	}
	return out
}

// pauses are the times between requests.
func pauses(list []entry) []time.Duration {
	var out []time.Duration
	for i := 1; i < len(list); i++ {
		out = append(out, list[i].at.Sub(list[i-1].at))
	}
	return out
}

// complaints are what no request may do, whatever a test is about: the score
// card of feed readers.
func (d *diary) complaints(t *testing.T) {
	t.Helper()
	issued := map[string]bool{"": true}
	last := map[string]entry{}
	for _, e := range d.asked("") {
		h := e.header
		switch {
		case e.method != http.MethodGet:
			t.Errorf("%s %s", e.method, e.url)
		case h.Get("Cookie") != "" || h.Get("Referer") != "":
			t.Errorf("%s: cookie %q, referer %q", e.url, h.Get("Cookie"), h.Get("Referer"))
		case h.Get("Accept-Encoding") != "gzip":
			t.Errorf("%s: it accepts the encodings %q", e.url, h.Get("Accept-Encoding"))
		case !strings.HasPrefix(h.Get("User-Agent"), "spool/") || !strings.Contains(h.Get("User-Agent"), "(+https://paper.example/bot)"):
			t.Errorf("%s: it calls itself %q", e.url, h.Get("User-Agent"))
		case h.Get("Cache-Control") != "" || h.Get("Pragma") != "":
			t.Errorf("%s: it wants to pass by caches", e.url)
		case strings.Contains(e.url, "robots.txt") || strings.Contains(e.url, "favicon"):
			t.Errorf("%s: nobody asked for that", e.url)
		}
		if tag, date := h.Get("If-None-Match"), h.Get("If-Modified-Since"); !issued[tag] || !issued[date] {
			t.Errorf("%s at %v: validators %q and %q were never given", e.url, e.at, tag, date)
		}
		if before, ok := last[e.url]; ok && e.at.Sub(before.at) < 30*time.Second {
			t.Errorf("%s: asked twice within %v", e.url, e.at.Sub(before.at))
		}
		issued[e.gave.Get("ETag")], issued[e.gave.Get("Last-Modified")] = true, true
		last[e.url] = e
	}
}
