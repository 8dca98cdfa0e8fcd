package web

import (
	"bufio"
	"compress/gzip"
	"io"
	"log/slog"
	"net/http"
	"strings"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// handler serves the figures: first those that the library keeps, then those of
// the feeds. A figure that cannot be had costs no other one.
func (m *Metrics) handler(log *slog.Logger) http.Handler {
	narrow := promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		ErrorLog:           slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		ErrorHandling:      promhttp.ContinueOnError,
		Timeout:            scrapeTimeout,
		DisableCompression: true,
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case m.slots <- struct{}{}:
			defer func() { <-m.slots }()
		default:
			http.Error(w, "others are reading the figures; ask again in a moment", http.StatusServiceUnavailable)
			return
		}
		out := newScrape(w, r)
		defer out.close()
		plain := r.Clone(r.Context())
		plain.Header.Del("Accept") // the figures of the feeds are written in the text format
		narrow.ServeHTTP(out, plain)
		if out.status == 0 || out.status == http.StatusOK {
			m.writeWide(r.Context(), wideWriter{out.Writer})
		}
	})
}

// A scrape is an answer that may be compressed on its way.
type scrape struct {
	http.ResponseWriter
	*bufio.Writer
	zip    *gzip.Writer // nil: it is not compressed
	status int
}

func newScrape(w http.ResponseWriter, r *http.Request) *scrape {
	s := &scrape{ResponseWriter: w}
	var to io.Writer = w
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		s.zip, _ = gzip.NewWriterLevel(w, gzip.BestSpeed) // the level is a good one
		to = s.zip
		w.Header().Set("Content-Encoding", "gzip")
	}
	w.Header().Add("Vary", "Accept-Encoding")
	s.Writer = bufio.NewWriterSize(to, 32<<10)
	return s
}

// Write is both embedded writers'; what is written goes through the buffer.
func (s *scrape) Write(p []byte) (int, error) { return s.Writer.Write(p) }

// WriteHeader keeps the status in mind, and the length out of the answer: what is
// to come is not counted in it.
func (s *scrape) WriteHeader(status int) {
	s.status = status
	s.Header().Del("Content-Length")
	s.ResponseWriter.WriteHeader(status)
}

func (s *scrape) close() {
	_ = s.Flush() // nobody is left to be told
	if s.zip != nil {
		_ = s.zip.Close()
	}
}
