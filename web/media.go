package web

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"path"
	"strings"
	"time"

	"spool"
)

// Pictures holds what is served below /media/; *store.DB does.
type Pictures interface {
	// PublicFile returns what whoever knows its name may have, or an error that
	// wraps spool.ErrNotFound, whether it never was there or is not any more.
	PublicFile(ctx context.Context, name string) (spool.File, error)
}

const (
	// mediaPath is where networks fetch pictures that they do not take as uploads.
	// Like callbackPath it is for strangers: docs/media.md says what to pass on.
	mediaPath = "/media/"
	// maxFileName bounds what the database is asked for.
	maxFileName = 64
	// maxServed is how many files are read and sent at the same time: each is held
	// in memory meanwhile.
	maxServed = 4
	// servedWait is how long a request waits for its turn.
	servedWait = 10 * time.Second
)

// A mediaServer answers the fetchers of networks.
type mediaServer struct {
	*Server
	turns chan struct{}
}

// media hands requests for pictures to Options.Pictures. What stands before
// /media/ is the path of the public address, which a proxy may have cut off or not.
func (s *Server) media(next http.Handler) http.Handler {
	if s.Pictures == nil {
		return next
	}
	m := &mediaServer{Server: s, turns: make(chan struct{}, maxServed)}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at := strings.LastIndex(r.URL.Path, mediaPath)
		if at < 0 {
			next.ServeHTTP(w, r)
			return
		}
		m.serve(w, r, r.URL.Path[at+len(mediaPath):])
	})
}

// serve answers with one file, or 404 for whatever is no file: nobody learns
// whether a name was in use once.
func (m *mediaServer) serve(w http.ResponseWriter, r *http.Request, file string) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	ext := path.Ext(file)
	name := strings.TrimSuffix(file, ext)
	if !plainName(name) {
		http.NotFound(w, r)
		return
	}
	if !m.enter(r.Context()) {
		w.Header().Set("Retry-After", "10")
		http.Error(w, "too many requests at a time", http.StatusServiceUnavailable)
		return
	}
	defer func() { <-m.turns }()
	f, err := m.Pictures.PublicFile(r.Context(), name)
	switch {
	case err != nil && !errors.Is(err, spool.ErrNotFound):
		m.Log.Error("a picture could not be read", "err", err)
		http.Error(w, "not to be had at the moment", http.StatusServiceUnavailable)
	case err != nil, ext == "", ext != f.Extension():
		http.NotFound(w, r)
	default:
		sendFile(w, r, f)
	}
}

// sendFile answers with a file. Under its name there is never another one.
func sendFile(w http.ResponseWriter, r *http.Request, f spool.File) {
	h := w.Header()
	h.Set("Content-Type", f.Type)
	h.Set("ETag", `"`+f.Name+`"`)
	h.Set("Cache-Control", "public, max-age=3600, immutable")
	h.Set("X-Robots-Tag", "noindex")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	http.ServeContent(w, r, "", f.Created, bytes.NewReader(f.Data))
}

// enter waits for a turn; false: none came in time.
func (m *mediaServer) enter(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, servedWait)
	defer cancel()
	select {
	case m.turns <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

// plainName reports whether a name is one that files can have.
func plainName(name string) bool {
	return name != "" && len(name) <= maxFileName && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789") == ""
}
