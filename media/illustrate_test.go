package media

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"spool"
)

// noon is the moment at which these tests begin.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// A web is what a Getter finds: answers by address, and a record of who asked.
type web struct {
	mu    sync.Mutex
	sites map[string]func(r Request) (Answer, error)
	asked []string
}

func newWeb() *web { return &web{sites: map[string]func(Request) (Answer, error){}} }

func (w *web) Get(ctx context.Context, r Request) (Answer, error) {
	w.mu.Lock()
	method := "GET "
	if r.Head {
		method = "HEAD "
	}
	w.asked = append(w.asked, method+r.URL)
	site := w.sites[r.URL]
	w.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return Answer{}, err
	}
	if site == nil {
		return Answer{URL: r.URL, Status: http.StatusNotFound, Header: http.Header{}}, nil
	}
	a, err := site(r)
	if int64(len(a.Body)) > r.Limit && !r.Head {
		a.Body, a.Cut = a.Body[:r.Limit], true
	}
	if r.Head {
		a.Body = nil
	}
	return a, err
}

// put serves bytes as a well-behaved server does.
func (w *web) put(address, mime string, body []byte) {
	w.sites[address] = func(Request) (Answer, error) {
		return Answer{URL: address, Status: http.StatusOK, Body: body, Header: http.Header{"Content-Type": {mime}, "Content-Length": {strconv.Itoa(len(body))}}}, nil
	}
}

// fail answers with a status, or with an error of the getter.
func (w *web) fail(address string, status int, err error) {
	w.sites[address] = func(Request) (Answer, error) {
		return Answer{URL: address, Status: status, Header: http.Header{}}, err
	}
}

func (w *web) requests() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.asked)
}

// A shelf is a Store in memory.
type shelf struct {
	mu    sync.Mutex
	files map[string]spool.File
	pages map[string]string
	at    map[string]time.Time
	err   error
}

func newShelf() *shelf {
	return &shelf{files: map[string]spool.File{}, pages: map[string]string{}, at: map[string]time.Time{}}
}

func (s *shelf) SaveFile(_ context.Context, f spool.File) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, there := s.files[f.Name]; there {
		return spool.ErrConflict
	}
	s.files[f.Name] = f
	return s.err
}

func (s *shelf) SweepFiles(_ context.Context, now time.Time) (int, error) {
	n := len(s.files)
	maps.DeleteFunc(s.files, func(_ string, f spool.File) bool { return !f.Expires.After(now) })
	return n - len(s.files), s.err
}

func (s *shelf) Page(_ context.Context, url string) (string, time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	body, there := s.pages[url]
	if !there {
		return "", time.Time{}, errors.Join(s.err, fmt.Errorf("page: %w", spool.ErrNotFound))
	}
	return body, s.at[url], s.err
}

func (s *shelf) ClaimPage(_ context.Context, url string, now, since time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at, there := s.at[url]; there && at.After(since) {
		return spool.ErrConflict
	}
	s.pages[url], s.at[url] = "", now
	return s.err
}

func (s *shelf) SavePage(_ context.Context, url, body string, at time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pages[url], s.at[url] = body, at
	return s.err
}

func (s *shelf) SweepPages(_ context.Context, before time.Time) (int, error) {
	n := len(s.at)
	maps.DeleteFunc(s.at, func(_ string, at time.Time) bool { return at.Before(before) })
	return n - len(s.at), s.err
}

// A desk is a studio with all that it needs.
type desk struct {
	*Studio
	web   *web
	shelf *shelf
	now   time.Time
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{web: newWeb(), shelf: newShelf(), now: noon}
	n := 0
	s, err := New(Options{
		Getter: d.web, Store: d.shelf, Now: func() time.Time { return d.now },
		NewName: func() string { n++; return fmt.Sprintf("name%d", n) },
	})
	if err != nil {
		t.Fatal(err)
	}
	d.Studio = s
	return d
}

func (d *desk) illustrate(t *testing.T, c spool.Content, l spool.MediaLimits) spool.Illustration {
	t.Helper()
	out, err := d.Illustrate(t.Context(), c, l)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// forget lets pictures be asked for again at once.
func (d *desk) forget() { d.originals = newOriginals() }

// photo is a picture with something to see in every corner.
func photo(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			p := m.Pix[y*m.Stride+4*x:][:4:4]
			p[0], p[1], p[2], p[3] = uint8(255*x/w), uint8(255*y/h), uint8((x*7^y*13)&0x3f), 255
		}
	}
	return m
}

func jpegOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 85}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Networks, as far as their limits matter here.
func uploads() spool.MediaLimits {
	return spool.MediaLimits{Images: 4, Types: []string{"image/jpeg", "image/png"}, Bytes: 900_000, Width: 1000, Aspect: 10, Thumb: 200_000}
}

func byURL() spool.MediaLimits {
	return spool.MediaLimits{
		Images: 20, Types: []string{"image/jpeg", "image/png"}, Bytes: 8 << 20, Width: 1440, Narrow: 320, Aspect: 10,
		Films: []string{"video/mp4"}, Film: 1 << 30, ByURL: true, Together: true,
	}
}

const (
	storm = "https://news.example.org/storm.jpg"
	pier  = "https://news.example.org/pier.png?key=hunter2"
)

func open(urls ...string) spool.Content {
	c := spool.Content{Text: "Storm closes the pier", Open: true, Instead: &spool.Content{Text: "Storm closes the pier", Link: "https://news.example.org/storm"}}
	for _, u := range urls {
		c.Media = append(c.Media, spool.Attachment{URL: u, Alt: "Waves over the pier"})
	}
	return c
}

func TestPicturesAreFetchedAndKept(t *testing.T) {
	d := newDesk(t)
	small := jpegOf(t, photo(600, 400))
	d.web.put(storm, "image/jpeg", small)
	d.web.put(pier, "application/octet-stream", pngOf(t, photo(1500, 1000)))
	out := d.illustrate(t, open(storm, pier), uploads())
	if out.Content.Open || out.Wait != 0 || out.Hold != "" || len(out.Content.Media) != 2 || out.Content.Instead == nil {
		t.Fatalf("got %+v", out)
	}
	first, second := out.Content.Media[0], out.Content.Media[1]
	if first.File != "name1" || first.Type != "image/jpeg" || first.Width != 600 || first.Height != 400 || first.Size != len(small) || first.Public != "" || first.Alt != "Waves over the pier" {
		t.Errorf("first %+v", first)
	}
	if f := d.shelf.files["name1"]; !bytes.Equal(f.Data, small) || f.Public || f.Expires != noon.Add(fileLife) {
		t.Error("what fits is not kept byte for byte")
	}
	if second.Width != 1000 || second.Height != 666 || second.Type != "image/png" {
		t.Errorf("second %+v", second)
	}
	for _, n := range out.Notes {
		if strings.Contains(n, "hunter2") {
			t.Errorf("a secret is in %q", n)
		}
	}
	again := d.illustrate(t, out.Content, uploads())
	if !again.Content.Equal(out.Content) || len(d.web.requests()) != 2 {
		t.Error("what is there was fetched again")
	}
}

func TestWhatCannotBeHadIsLeftOut(t *testing.T) {
	long := strings.Repeat("x", 300)
	tests := map[string]struct {
		put  func(w *web)
		note string
	}{
		"not there":      {func(w *web) { w.fail(storm, 404, nil) }, "it is not there (404)"},
		"gone":           {func(w *web) { w.fail(storm, 410, nil) }, "it is not there (410)"},
		"refused":        {func(w *web) { w.fail(storm, 403, nil) }, "does not give it to Spool (403)"},
		"odd status":     {func(w *web) { w.fail(storm, 418, nil) }, "answered 418"},
		"private":        {func(w *web) { w.fail(storm, 0, &Trouble{Reason: "10.0.0.1 is no public address"}) }, "no public address"},
		"page":           {func(w *web) { w.put(storm, "image/jpeg", []byte("<!DOCTYPE html><html>")) }, "a web page"},
		"drawing":        {func(w *web) { w.put(storm, "image/png", []byte(`<?xml version="1.0"?><svg/>`)) }, "SVG"},
		"nothing":        {func(w *web) { w.put(storm, "image/jpeg", nil) }, "nothing is there"},
		"words":          {func(w *web) { w.put(storm, "image/jpeg", []byte(long)) }, "no picture that can be read"},
		"bitmap":         {func(w *web) { w.put(storm, "image/bmp", []byte("BM"+long)) }, "BMP or TIFF"},
		"reader counter": {func(w *web) { w.put(storm, "image/png", pngOf(t, photo(1, 1))) }, "too small (1 x 1 pixels)"},
		"ribbon":         {func(w *web) { w.put(storm, "image/png", pngOf(t, photo(900, 45))) }, "too slender"},
		"cut off":        {func(w *web) { b := jpegOf(t, photo(600, 400)); w.put(storm, "image/jpeg", b[:len(b)/2]) }, "cut off"},
		"endless":        {func(w *web) { w.put(storm, "image/jpeg", make([]byte, maxPicture+1)) }, "larger than 16 MiB"},
		"film":           {func(w *web) { w.put(storm, "image/jpeg", []byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom")) }, "a film, not a picture"},
		"avif":           {func(w *web) { w.put(storm, "image/jpeg", avif(800, 600, "")) }, "(AVIF) cannot be read"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			tt.put(d.web)
			out := d.illustrate(t, open(storm), uploads())
			if out.Content.Open || out.Wait != 0 || len(out.Content.Media) != 0 || out.Content.Link == "" {
				t.Errorf("got %+v", out)
			}
			if notes := strings.Join(out.Notes, "\n"); !strings.Contains(notes, "without the picture "+storm+": ") || !strings.Contains(notes, tt.note) {
				t.Errorf("notes %q, want %q", notes, tt.note)
			}
			if len(d.shelf.files) != 0 {
				t.Error("something was kept")
			}
		})
	}
}

// avif is the beginning of a picture in a format that is not decoded here.
func avif(w, h int, extra string) []byte {
	return []byte("\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf" + extra +
		"\x00\x00\x00\x14ispe\x00\x00\x00\x00\x00\x00" + string([]byte{byte(w >> 8), byte(w), 0, 0, byte(h >> 8), byte(h)}) + strings.Repeat("pixels", 100))
}

func TestPassingTroubleIsTriedAgain(t *testing.T) {
	for name, fail := range map[string]func(w *web){
		"overloaded": func(w *web) { w.fail(storm, 503, nil) },
		"throttled":  func(w *web) { w.fail(storm, 429, nil) },
		"unknown":    func(w *web) { w.fail(storm, 0, errors.New("of https://x.example/?token=hunter2")) },
		"timeout":    func(w *web) { w.fail(storm, 0, context.DeadlineExceeded) },
		"no way":     func(w *web) { w.fail(storm, 0, &Trouble{Reason: "nobody answers", Passing: true}) },
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			fail(d.web)
			d.web.put(pier, "image/png", pngOf(t, photo(500, 400)))
			c := open(storm, pier)
			c.Pick = 1
			for try, wait := range []time.Duration{20 * time.Second, time.Minute} {
				out := d.illustrate(t, c, uploads())
				if !out.Content.Open || out.Wait != wait || out.Content.Media[0].Tries != try+1 || len(out.Content.Media) != 2 || len(out.Notes) != 1 {
					t.Fatalf("try %d: %+v", try+1, out)
				}
				if strings.Contains(out.Notes[0], "hunter2") {
					t.Errorf("a secret is in %q", out.Notes[0])
				}
				c = out.Content
			}
			out := d.illustrate(t, c, uploads())
			if out.Content.Open || out.Wait != 0 || len(out.Content.Media) != 1 || out.Content.Media[0].URL != pier || out.Content.Pick != 0 {
				t.Errorf("after the last try %+v", out)
			}
			if len(d.web.requests()) != 4 {
				t.Errorf("requests %q", d.web.requests())
			}
		})
	}
}

func TestOneOfSeveralIsTriedAgain(t *testing.T) {
	d := newDesk(t)
	d.web.fail(storm, 500, nil)
	d.web.put(pier, "image/png", pngOf(t, photo(500, 400)))
	out := d.illustrate(t, open(storm, pier), uploads())
	if out.Wait != 20*time.Second || out.Content.Media[1].File == "" {
		t.Fatalf("got %+v", out)
	}
	d.web.put(storm, "image/jpeg", jpegOf(t, photo(500, 400)))
	out = d.illustrate(t, out.Content, uploads())
	if out.Content.Open || len(out.Content.Media) != 2 || out.Content.Media[0].URL != storm || out.Content.Media[0].Tries != 0 {
		t.Errorf("got %+v", out)
	}
	if want := []string{"GET " + storm, "GET " + pier, "GET " + storm}; !slices.Equal(d.web.requests(), want) {
		t.Errorf("requests %q", d.web.requests())
	}
}

func TestTheSamePictureOnce(t *testing.T) {
	d := newDesk(t)
	body := jpegOf(t, photo(500, 400))
	list := []string{storm, "http://NEWS.example.org/storm.jpg#top", "https://news.example.org/storm-300x200.jpg?w=3", "https://cdn.example.org/same.jpg", "https://news.example.org/other.jpg?id=2"}
	for _, u := range list {
		d.web.put(u, "image/jpeg", body)
	}
	d.web.put(list[4], "image/jpeg", jpegOf(t, photo(400, 500)))
	out := d.illustrate(t, open(list...), spool.MediaLimits{Images: 10, Bytes: 1 << 20})
	if len(out.Content.Media) != 2 || out.Content.Media[0].URL != storm || out.Content.Media[1].URL != list[4] {
		t.Errorf("got %+v", out.Content.Media)
	}
	if n := strings.Count(strings.Join(out.Notes, "\n"), "in the post already"); n != 3 {
		t.Errorf("notes %q", out.Notes)
	}
	if len(d.web.requests()) != 3 {
		t.Errorf("requests %q", d.web.requests())
	}
}

func TestPicturesWithoutDescription(t *testing.T) {
	for policy, want := range map[spool.AltPolicy]struct {
		media int
		hold  bool
	}{spool.AltPost: {2, false}, "": {2, false}, spool.AltWithout: {1, false}, spool.AltHold: {2, true}} {
		d := newDesk(t)
		d.web.put(storm, "image/jpeg", jpegOf(t, photo(500, 400)))
		d.web.put(pier, "image/png", pngOf(t, photo(500, 300)))
		c := open(storm, pier)
		c.Alt, c.Media[0].Alt = policy, "storm.jpg"
		out := d.illustrate(t, c, uploads())
		if len(out.Content.Media) != want.media || (out.Hold != "") != want.hold || out.Content.Open {
			t.Errorf("%s: %+v", policy, out)
		}
		if want.hold && (!strings.Contains(out.Hold, storm) || !strings.Contains(out.Hold, "approve")) {
			t.Errorf("hold %q", out.Hold)
		}
		if policy == spool.AltWithout && slices.Contains(d.web.requests(), "GET "+storm) {
			t.Error("a picture was fetched that nobody wants")
		}
	}
}

func TestTheStoreFails(t *testing.T) {
	d := newDesk(t)
	d.web.put(storm, "image/jpeg", jpegOf(t, photo(500, 400)))
	d.shelf.err = errors.New("the disk is full")
	if _, err := d.Illustrate(t.Context(), open(storm), uploads()); err == nil || !strings.Contains(err.Error(), "disk is full") {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := newDesk(t).Illustrate(ctx, open(storm), uploads()); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestNothingToDo(t *testing.T) {
	d := newDesk(t)
	c := open(storm)
	c.Open = false
	if out := d.illustrate(t, c, uploads()); !out.Content.Equal(c) || len(d.web.requests()) != 0 {
		t.Errorf("got %+v", out)
	}
}
