package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"spool"
)

// shelf holds pictures by name, and counts who asks at the same time.
type shelf struct {
	files     map[string]spool.File
	now, most atomic.Int32
	wait      chan struct{} // nil: nobody waits
}

func (s *shelf) PublicFile(_ context.Context, name string) (spool.File, error) {
	n := s.now.Add(1)
	defer s.now.Add(-1)
	for {
		if m := s.most.Load(); n <= m || s.most.CompareAndSwap(m, n) {
			break
		}
	}
	if s.wait != nil {
		<-s.wait
	}
	f, there := s.files[name]
	if !there {
		return spool.File{}, fmt.Errorf("a picture: %w", spool.ErrNotFound)
	}
	return f, nil
}

func mediaSite(t *testing.T) (*site, *shelf) {
	t.Helper()
	s := newSite(t, nil)
	all := &shelf{files: map[string]spool.File{
		"k3jx7": {Name: "k3jx7", Type: "image/jpeg", Data: []byte("\xff\xd8\xffdata"), Created: noon},
		"odd":   {Name: "odd", Type: "text/html", Data: []byte("<script>"), Created: noon},
	}}
	s.Pictures = all
	return s, all
}

func TestPicturesAreServed(t *testing.T) {
	s, _ := mediaSite(t)
	for _, path := range []string{"/media/k3jx7.jpg", "/behind/a/proxy/media/k3jx7.jpg"} {
		for _, method := range []string{"GET", "HEAD"} {
			w := s.ask(method, path)
			h := w.Header()
			if w.Code != http.StatusOK || h.Get("Content-Type") != "image/jpeg" || h.Get("Content-Length") != "7" || h.Get("ETag") != `"k3jx7"` {
				t.Errorf("%s %s: %d %v", method, path, w.Code, h)
			}
			if h.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") || h.Get("Set-Cookie") != "" || h.Get("X-Robots-Tag") != "noindex" {
				t.Errorf("%s %s: a browser may make more of it: %v", method, path, h)
			}
			if want := map[string]int{"GET": 7, "HEAD": 0}[method]; w.Body.Len() != want {
				t.Errorf("%s %s: %d bytes", method, path, w.Body.Len())
			}
		}
	}
	r := httptest.NewRequest("GET", "/media/k3jx7.jpg", http.NoBody)
	r.Header.Set("If-None-Match", `"k3jx7"`)
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	if w.Code != http.StatusNotModified || w.Body.Len() != 0 {
		t.Errorf("asked for what it has: %d", w.Code)
	}
	r = httptest.NewRequest("GET", "/media/k3jx7.jpg", http.NoBody)
	r.Header.Set("Range", "bytes=0-2")
	w = httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	if w.Code != http.StatusPartialContent || w.Body.Len() != 3 {
		t.Errorf("a part: %d, %d bytes", w.Code, w.Body.Len())
	}
}

// Whoever asks for what is not there learns nothing.
func TestOtherNamesAreNotThere(t *testing.T) {
	s, _ := mediaSite(t)
	unknown := s.ask("GET", "/media/aaaaa.jpg").Body.String()
	for _, path := range []string{
		"/media/", "/media", "/media/k3jx7", "/media/k3jx7.png", "/media/k3jx7.jpg/", "/media/K3JX7.jpg", "/media/k3jx7.jpg.jpg", "/media/..%2fk3jx7.jpg",
		"/media/a/k3jx7.jpg", "/media/odd.html", "/media/odd.none", "/media/odd", "/media/" + strings.Repeat("a", 100) + ".jpg", "/media/%00.jpg", "/media/k3jx7%25.jpg", "/medias/k3jx7.jpg",
	} {
		if w := s.ask("GET", path); w.Code != http.StatusNotFound || w.Body.String() != unknown {
			t.Errorf("%s: %d %q", path, w.Code, w.Body.String())
		}
	}
	for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS"} {
		if w := s.ask(method, "/media/k3jx7.jpg"); w.Code != http.StatusMethodNotAllowed {
			t.Errorf("%s: %d", method, w.Code)
		}
	}
	if w := newSite(t, nil).ask("GET", "/media/k3jx7.jpg"); w.Code != http.StatusNotFound {
		t.Errorf("without pictures: %d", w.Code)
	}
}

func TestPicturesWhenTheDatabaseFails(t *testing.T) {
	s, _ := mediaSite(t)
	s.Pictures = failing{}
	w := s.ask("GET", "/media/k3jx7.jpg")
	if w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), "fire") || !strings.Contains(s.log.String(), "fire") {
		t.Errorf("%d %q, log %q", w.Code, w.Body, s.log)
	}
}

type failing struct{}

func (failing) PublicFile(context.Context, string) (spool.File, error) {
	return spool.File{}, errors.New("disk on fire")
}

// However many ask, few pictures are in memory.
func TestFewPicturesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, all := mediaSite(t)
		all.wait = make(chan struct{})
		h := s.Handler()
		codes := make(chan int, 20)
		for range cap(codes) {
			go func() {
				w := httptest.NewRecorder()
				h.ServeHTTP(w, httptest.NewRequest("GET", "/media/k3jx7.jpg", http.NoBody))
				codes <- w.Code
			}()
		}
		synctest.Wait()
		if n := all.most.Load(); n != maxServed {
			t.Errorf("%d at once", n)
		}
		for range cap(codes) - maxServed { // those that found no turn
			if code := <-codes; code != http.StatusServiceUnavailable {
				t.Errorf("status %d", code)
			}
		}
		close(all.wait)
		for range maxServed {
			if code := <-codes; code != http.StatusOK {
				t.Errorf("status %d", code)
			}
		}
	})
}
