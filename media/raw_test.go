package media

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"

	"pgregory.net/rapid"
)

// noise is a picture that hardly compresses, some of it transparent.
func noise(t *rapid.T, w, h int) *image.NRGBA {
	seed := rapid.Uint32().Draw(t, "seed")
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		seed = seed*1664525 + 1013904223
		m.Pix[i] = byte(seed >> 24)
	}
	return m
}

func rawJPEG(t *rapid.T, w, h int) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, noise(t, w, h), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func rawPNG(t *rapid.T, w, h int) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, noise(t, w, h)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func rawGIF(t *rapid.T, w, h int) []byte {
	m := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{color.White, color.Black, color.Transparent})
	for i := range m.Pix {
		m.Pix[i] = byte(i % 3)
	}
	var b bytes.Buffer
	if err := gif.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
