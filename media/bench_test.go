package media

import (
	"bytes"
	"image"
	"image/jpeg"
	"testing"
)

// large is a picture of 12 megapixels, as cameras make them.
func large(b *testing.B) []byte { return jpegOf(b, photo(4000, 3000)) }

// BenchmarkBare decodes 12 megapixels and encodes what the network gets: what cannot
// be had for less.
func BenchmarkBare(b *testing.B) {
	data, out := large(b), photo(1440, 1080)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := image.Decode(bytes.NewReader(data)); err != nil {
			b.Fatal(err)
		}
		var buf bytes.Buffer
		if err := jpeg.Encode(&buf, out, &jpeg.Options{Quality: 90}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkIllustrate is all that is done for a picture of 12 megapixels, but for
// the network.
func BenchmarkIllustrate(b *testing.B) {
	data := large(b)
	web, shelf := newWeb(), newShelf()
	web.put(storm, "image/jpeg", data)
	b.ReportAllocs()
	for b.Loop() {
		s, err := New(Options{Getter: web, Store: shelf})
		if err != nil {
			b.Fatal(err)
		}
		limits := uploads()
		limits.Width, limits.Bytes = 1440, 8<<20
		out, err := s.Illustrate(b.Context(), open(storm), limits)
		if err != nil || len(out.Content.Media) != 1 || out.Content.Media[0].Width != 1440 {
			b.Fatal(out, err)
		}
	}
}

// BenchmarkScale is the filter alone.
func BenchmarkScale(b *testing.B) {
	img, _, err := image.Decode(bytes.NewReader(large(b)))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		scaled(img, 1440, 1080)
	}
}
