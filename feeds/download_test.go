package feeds

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"spool"
)

// A shelf is a server with one file, which knows what it was asked.
type shelf struct {
	url     string
	fetcher *Fetcher
	asked   []http.Header
}

func newShelf(t *testing.T, answer http.HandlerFunc) *shelf {
	t.Helper()
	s := &shelf{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.asked = append(s.asked, r.Header.Clone())
		answer(w, r)
	}))
	t.Cleanup(server.Close)
	f, err := New(Options{AllowNetworks: loopback, Now: func() time.Time { return testNow }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	s.url, s.fetcher = server.URL+"/gtfs.zip", f
	return s
}

// fileOf answers with a file under an ETag, and with 304 to whoever has it.
func fileOf(text, etag string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", etag)
		if r.Header.Get("If-None-Match") == etag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = io.WriteString(w, text)
	}
}

func TestDownload(t *testing.T) {
	s := newShelf(t, fileOf("PK and more", `"one"`))
	var got bytes.Buffer
	d, err := s.fetcher.Download(t.Context(), Source{URL: s.url}, &got, 100)
	if err != nil || got.String() != "PK and more" {
		t.Fatalf("%q, %v", got.String(), err)
	}
	if d.Unchanged || d.Status != 200 || d.Bytes != 11 || d.Validators.ETag != `"one"` || d.BodyHash != hash(got.Bytes()) || d.Issuer == "" {
		t.Errorf("%+v", d)
	}
	got.Reset()
	again, err := s.fetcher.Download(t.Context(), Source{URL: s.url, Validators: d.Validators, Issuer: d.Issuer, BodyHash: d.BodyHash}, &got, 100)
	if err != nil || !again.Unchanged || again.Status != 304 || again.Bytes != 0 || got.Len() != 0 || again.Validators != d.Validators || again.BodyHash != d.BodyHash {
		t.Errorf("%+v, %v", again, err)
	}
	if a := s.asked[1]; a.Get("If-None-Match") != `"one"` || !strings.HasPrefix(a.Get("User-Agent"), "spool/") || a.Get("Cookie") != "" || !strings.HasPrefix(a.Get("Accept"), "application/zip") {
		t.Errorf("it asked %v", a)
	}
	other, err := s.fetcher.Download(t.Context(), Source{URL: s.url, Validators: spool.Validators{ETag: `"one"`}, Issuer: "elsewhere"}, io.Discard, 100)
	if err != nil || other.Unchanged || s.asked[2].Get("If-None-Match") != "" {
		t.Errorf("validators of another address were sent: %+v, %v", other, err)
	}
	same, err := s.fetcher.Download(t.Context(), Source{URL: s.url, BodyHash: d.BodyHash}, io.Discard, 100)
	if err != nil || !same.Unchanged || same.Status != 200 {
		t.Errorf("the same bytes are %+v, %v", same, err)
	}
}

func gzipped(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestDownloadFails wants an *Error that says why, and no more written than allowed.
func TestDownloadFails(t *testing.T) {
	bomb, small := gzipped(t, strings.Repeat("0", 1<<20)), gzipped(t, strings.Repeat("0", 5000))
	if len(bomb) < 100 || len(small) > 100 {
		t.Fatalf("they are %d and %d bytes", len(bomb), len(small))
	}
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		kind   Kind
		says   string
	}{
		"not found":   {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }, KindStatus, "answered 404"},
		"throttled":   {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(429) }, KindThrottled, "answered 429"},
		"unasked 304": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(304) }, KindStatus, "answered 304"},
		"too large":   {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 101)) }, KindTooLarge, "sent more than 100 bytes: nothing was read from it"},
		"a page": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write(make([]byte, 101))
		}, KindTooLarge, "it is a web page: check the address"},
		"a bomb":       {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(bomb) }, KindTooLarge, "sent more than 100 bytes"},
		"a small bomb": {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(small) }, KindTooLarge, "sent more than 100 bytes"},
		"cut": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "50")
			_, _ = io.WriteString(w, "PK")
		}, KindCut, "ended early"},
		"a part": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Range", "bytes 10-19/100")
			w.WriteHeader(206)
			_, _ = io.WriteString(w, "0123456789")
		}, KindCut, "only a part"},
		"packed otherwise": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "br")
			_, _ = io.WriteString(w, "PK")
		}, KindCut, `packed as "br"`},
		"in a circle": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }, KindRedirect, "in a circle"},
		"a private address": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.1.2.3/gtfs.zip", http.StatusFound)
		}, KindAddress, "not a public address"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShelf(t, tt.answer)
			var got bytes.Buffer
			_, err := s.fetcher.Download(t.Context(), Source{URL: s.url}, &got, 100)
			var e *Error
			if !errors.As(err, &e) || e.Kind != tt.kind || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want %s: %s", err, tt.kind, tt.says)
			}
			if got.Len() > 100 {
				t.Errorf("%d bytes were written", got.Len())
			}
		})
	}
}

func TestDownloadUnpacks(t *testing.T) {
	body := gzipped(t, "PK and more")
	s := newShelf(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(body)
	})
	var got bytes.Buffer
	if d, err := s.fetcher.Download(t.Context(), Source{URL: s.url}, &got, 100); err != nil || got.String() != "PK and more" || d.Bytes != 11 {
		t.Errorf("%q, %+v, %v", got.String(), d, err)
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

var errFull = errors.New("no space left")

func TestDownloadToFullDisk(t *testing.T) {
	s := newShelf(t, fileOf("PK", `"one"`))
	_, err := s.fetcher.Download(t.Context(), Source{URL: s.url}, full{}, 100)
	var e *Error
	if !errors.Is(err, errFull) || errors.As(err, &e) {
		t.Errorf("got %v", err)
	}
}

// A drip is a body that brings a byte now and then, so many times, and then nothing.
type drip struct {
	ctx   context.Context
	every time.Duration
	left  int
	done  bool // it ends after the last byte
}

func (d *drip) Read(p []byte) (int, error) {
	if d.left == 0 && d.done {
		return 0, io.EOF
	}
	if d.left == 0 {
		<-d.ctx.Done()
		return 0, d.ctx.Err()
	}
	select {
	case <-time.After(d.every):
		d.left--
		p[0] = 'x'
		return 1, nil
	case <-d.ctx.Done():
		return 0, d.ctx.Err()
	}
}

func (d *drip) Close() error { return nil }

type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestDownloadWaits wants a file that comes slowly to be waited for, and one that does
// not come to be given up; and the host to be free for polls meanwhile.
func TestDownloadWaits(t *testing.T) {
	for name, tt := range map[string]struct {
		every time.Duration
		n     int
		done  bool
		took  time.Duration
		says  string
	}{
		"slow":    {20 * time.Second, 20, true, 400 * time.Second, ""},
		"stalled": {20 * time.Second, 2, false, 70 * time.Second, "sent nothing for 30s in the middle of its answer"},
		"endless": {20 * time.Second, 1000, true, downloadTime, "did not answer in time"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				file := &drip{every: tt.every, left: tt.n, done: tt.done}
				f, err := New(Options{PerHost: 1, Transport: tripper(func(r *http.Request) (*http.Response, error) {
					resp := &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("feed"))}
					if strings.HasSuffix(r.URL.Path, ".zip") {
						file.ctx = r.Context()
						resp.Body = file
					}
					return resp, nil
				})})
				if err != nil {
					t.Fatal(err)
				}
				done := make(chan string, 1)
				start := time.Now()
				go func() {
					_, err := f.Download(t.Context(), Source{URL: "https://agency.example/gtfs.zip"}, io.Discard, 0)
					done <- fmt.Sprint(err)
				}()
				time.Sleep(10 * time.Second)
				if _, err := f.Get(t.Context(), Source{URL: "https://agency.example/feed"}, 0); err != nil || time.Since(start) != 10*time.Second {
					t.Errorf("a poll waited until %s, %v", time.Since(start), err)
				}
				got := <-done
				if tt.says == "" && got != "<nil>" || !strings.Contains(got, tt.says) {
					t.Errorf("got %s, want %s", got, tt.says)
				}
				if took := time.Since(start); took != tt.took {
					t.Errorf("it took %s, want %s", took, tt.took)
				}
			})
		})
	}
}
