package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"net/http"
	"path"
	"strings"
	"sync"
	"testing"
	"time"
)

// A gallery is where publishers have their pictures, and pages that name some: on
// every host but that of the feeds.
type gallery struct {
	feeds  http.Handler
	sunset []byte
	noise  func() []byte

	mu   sync.Mutex
	asks map[string]int // how often each path was asked for with GET
}

// The kinds of pictures; a path begins with one, so that there may be many of it.
const (
	soundPicture = "sound"   // a small one
	gonePicture  = "gone"    // 404
	heavyPicture = "heavy"   // 12 MB that are hard to compress
	vastPicture  = "vast"    // 17 MB
	bombPicture  = "bomb"    // a few bytes that say that they are 361 megapixels
	hungPicture  = "hung"    // no answer ever
	brokenServer = "broken"  // 503
	falsePicture = "false"   // a page that calls itself a picture
	pagePlace    = "/pages/" // of a page with the picture whose kind follows
)

func newGallery(t *testing.T, feeds http.Handler) *gallery {
	return &gallery{
		feeds: feeds, sunset: drawn(t, 800, 450), asks: map[string]int{},
		noise: sync.OnceValue(func() []byte { return noisy(t, 2000) }),
	}
}

// drawn is a small file for its size: a plain sky with one cloud.
func drawn(t *testing.T, width, height int) []byte {
	t.Helper()
	canvas := image.NewGray(image.Rect(0, 0, width, height))
	for i := range canvas.Pix {
		canvas.Pix[i] = 200
	}
	canvas.SetGray(width/2, height/2, color.Gray{Y: 255})
	return encoded(t, canvas)
}

// noisy is a square picture of three bytes a pixel.
func noisy(t *testing.T, side int) []byte {
	t.Helper()
	dice := rand.NewChaCha8([32]byte{1})
	canvas := image.NewRGBA(image.Rect(0, 0, side, side))
	_, _ = dice.Read(canvas.Pix)
	for i := 3; i < len(canvas.Pix); i += 4 {
		canvas.Pix[i] = 255
	}
	return encoded(t, canvas)
}

func encoded(t *testing.T, canvas image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, canvas); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// bombHeader is the beginning of a PNG of so many pixels on each side.
func bombHeader(side uint32) []byte {
	chunk := []byte("IHDR")
	chunk = binary.BigEndian.AppendUint32(chunk, side)
	chunk = binary.BigEndian.AppendUint32(chunk, side)
	chunk = append(chunk, 8, 6, 0, 0, 0)
	b := append([]byte("\x89PNG\r\n\x1a\n"), 0, 0, 0, 13)
	b = append(b, chunk...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(chunk))
}

func (g *gallery) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Host == "feeds.example" {
		g.feeds.ServeHTTP(w, r)
		return
	}
	if r.Method == http.MethodGet {
		g.mu.Lock()
		g.asks[r.URL.Path]++
		g.mu.Unlock()
	}
	if name, ok := strings.CutPrefix(r.URL.Path, pagePlace); ok {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<html><head><meta property="og:image" content="/%s"><meta property="og:image:alt" content="The harbour at dusk"></head></html>`, name)
		return
	}
	g.picture(w, r)
}

func (g *gallery) picture(w http.ResponseWriter, r *http.Request) {
	kind, _, _ := strings.Cut(strings.TrimSuffix(path.Base(r.URL.Path), ".png"), "-")
	send := func(data []byte) {
		w.Header().Set("Content-Type", "image/png")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
	}
	switch kind {
	case soundPicture:
		send(g.sunset)
	case heavyPicture:
		send(g.noise())
	case vastPicture:
		send(append(bytes.Clone(g.sunset), make([]byte, 17<<20)...))
	case bombPicture:
		send(bombHeader(19000))
	case falsePicture:
		send([]byte("<!doctype html><title>Not found</title>"))
	case brokenServer:
		http.Error(w, "over capacity", http.StatusServiceUnavailable)
	case hungPicture:
		<-r.Context().Done()
	default:
		http.NotFound(w, r)
	}
}

// asked is how often a path was asked for.
func (g *gallery) asked(path string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.asks[path]
}
