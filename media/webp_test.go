package media

import (
	"bytes"
	"encoding/binary"
	"image/color"
	"image/jpeg"
	"testing"
)

// bits writes numbers of a few bits, the lowest first.
type bits struct {
	b []byte
	n int
}

func (w *bits) add(v, count int) {
	for i := range count {
		if w.n%8 == 0 {
			w.b = append(w.b, 0)
		}
		w.b[len(w.b)-1] |= byte(v>>i&1) << (w.n % 8)
		w.n++
	}
}

func webpChunk(name string, body []byte) []byte {
	b := binary.LittleEndian.AppendUint32([]byte(name), uint32(len(body)))
	b = append(b, body...)
	return append(b, make([]byte, len(body)%2)...)
}

func webpFile(chunks ...[]byte) []byte {
	all := append([]byte("WEBP"), bytes.Join(chunks, nil)...)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(all))), all...)
}

// webpOf is a lossless WebP of one colour: each of its codes has one symbol, so that
// pixels take no bits at all.
func webpOf(w, h int, c color.NRGBA) []byte {
	var b bits
	b.add(0x2f, 8)
	b.add(w-1, 14)
	b.add(h-1, 14)
	b.add(1, 1) // transparency matters
	b.add(0, 3) // the version
	b.add(0, 3) // no transform, no cache of colours, one group of codes
	for _, symbol := range []uint8{c.G, c.R, c.B, c.A, 0} {
		b.add(0b101, 3) // a simple code, of one symbol, of eight bits
		b.add(int(symbol), 8)
	}
	return webpChunk("VP8L", b.b)
}

func TestWebP(t *testing.T) {
	red := webpOf(120, 80, color.NRGBA{200, 10, 10, 255})
	p := fitted(t, webpFile(red), need{types: []string{typeJPEG}})
	m, err := jpeg.Decode(bytes.NewReader(p.data))
	if err != nil || p.width != 120 || p.height != 80 {
		t.Fatalf("%d x %d, %v", p.width, p.height, err)
	}
	if r, g, _, _ := m.At(60, 40).RGBA(); r>>8 < 190 || g>>8 > 30 {
		t.Errorf("red has become %v", m.At(60, 40))
	}
	if p := fitted(t, webpFile(red), need{types: []string{typeWebP}}); !p.asIs {
		t.Error("where it is taken it is made anew")
	}
	extended := func(flags byte, w int, more ...[]byte) []byte {
		head := []byte{flags, 0, 0, 0, byte(w - 1), 0, 0, 79, 0, 0}
		return webpFile(append([][]byte{webpChunk("VP8X", head), red}, more...)...)
	}
	turned := extended(0x08, 120, webpChunk("EXIF", exif(6)[10:]))
	if p := fitted(t, turned, need{types: []string{typeWebP, typePNG}}); p.asIs || p.width != 80 || p.height != 120 || p.mime != typePNG {
		t.Errorf("turned: %s %d x %d", p.mime, p.width, p.height)
	}
	if p := fitted(t, extended(0x04, 120, webpChunk("XMP ", []byte("<x/>"))), need{types: []string{typeWebP, typePNG}}); p.asIs {
		t.Error("XMP is passed on")
	}
	if _, err := newRoom().fit(t.Context(), extended(0, 60), need{types: []string{typeWebP}}); !isUseless(err) {
		t.Errorf("it says that it is smaller than it is: %v", err)
	}
}
