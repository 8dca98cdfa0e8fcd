package media

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// pngBomb is a PNG that says it has so many pixels, of a few kilobytes.
func pngBomb(w, h uint32, depth, kind byte) []byte {
	chunk := func(name string, body []byte) []byte {
		b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
		b = append(append(b, name...), body...)
		return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
	}
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)
	head = append(head, depth, kind, 0, 0, 0)
	var z bytes.Buffer
	zw := zlib.NewWriter(&z)
	zeros := make([]byte, 1<<20)
	for range 8 {
		zw.Write(zeros)
	}
	zw.Close()
	return bytes.Join([][]byte{[]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", head), chunk("IDAT", z.Bytes()), chunk("IEND", nil)}, nil)
}

// jpegSaying changes what a JPEG says of its size.
func jpegSaying(t *testing.T, w, h uint16, progressive bool) []byte {
	data := jpegOf(t, photo(64, 64))
	at := bytes.Index(data, []byte{0xff, 0xc0})
	if progressive {
		data[at+1] = 0xc2
	}
	binary.BigEndian.PutUint16(data[at+5:], h)
	binary.BigEndian.PutUint16(data[at+7:], w)
	return data
}

func gifSaying(w, h uint16) []byte {
	b := []byte("GIF89a")
	b = binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(b, w), h)
	b = append(b, 0x80, 0, 0, 0, 0, 0, 255, 255, 255)
	for range 200_000 { // frames
		b = append(b, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0)
	}
	return append(b, 0x3b)
}

func webpSaying(w, h uint32) []byte {
	b := []byte("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x10\x00\x00\x00")
	b = append(b, byte(w), byte(w>>8), byte(w>>16), byte(h), byte(h>>8), byte(h>>16))
	b = append(b, "ALPH\x08\x00\x00\x00\x01aaaaaaaVP8 \x08\x00\x00\x00aaaaaaaa"...)
	binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-8))
	return b
}

// manyScans is a progressive JPEG that passes over its pixels without end.
func manyScans(t *testing.T) []byte {
	data := jpegSaying(t, 1024, 1024, true)
	at := bytes.Index(data, []byte{0xff, markerSOS})
	scan := []byte{0xff, markerSOS, 0, 8, 1, 1, 0, 1, 1, 0, 0x7f}
	return bytes.Join([][]byte{data[:at], bytes.Repeat(scan, 5000), {0xff, markerEOI}}, nil)
}

// TestBombs: whatever a picture says of itself, little memory is taken before it is
// refused.
func TestBombs(t *testing.T) {
	for name, data := range map[string][]byte{
		"png":              pngBomb(60000, 60000, 8, 2),
		"png slender":      pngBomb(1<<31-1, 1, 8, 2),
		"png deep":         pngBomb(9000, 9000, 16, 6),
		"png within":       pngBomb(19000, 19000, 8, 0),
		"jpeg":             jpegSaying(t, 65500, 65500, false),
		"jpeg progressive": jpegSaying(t, 4600, 4600, true),
		"jpeg scans":       manyScans(t),
		"jpeg no size":     jpegSaying(t, 0, 0, false),
		"gif":              gifSaying(65535, 65535),
		"webp":             webpSaying(1<<24-1, 100),
		"webp large":       webpSaying(16000, 16000),
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := newRoom().fit(t.Context(), data, need{types: []string{typeJPEG}})
			runtime.ReadMemStats(&after)
			if !isUseless(err) || !strings.Contains(err.Error(), "too large") && !strings.Contains(err.Error(), "too many passes") && !strings.Contains(err.Error(), "no size") && !strings.Contains(err.Error(), "beginning") {
				t.Errorf("got %v", err)
			}
			if taken := after.TotalAlloc - before.TotalAlloc; taken > 1<<20 {
				t.Errorf("%d KiB taken", taken>>10)
			}
		})
	}
	// Frames that are not wanted are not read.
	p, err := newRoom().fit(t.Context(), gifSaying(60, 60), need{types: []string{typeJPEG}})
	if err != nil || p.width != 60 {
		t.Errorf("%v, %v", p.width, err)
	}
}

// pngLateHead is a PNG before whose head another chunk stands, which programs
// overlook: what is at the usual places says that it needs little memory.
func pngLateHead(w, h uint32, depth, kind byte) []byte {
	data := pngBomb(w, h, depth, kind)
	const signature = 8
	body := append([]byte("spOl"), make([]byte, 40)...) // depth, kind and passes would be zero
	chunk := append(binary.BigEndian.AppendUint32(nil, 40), body...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(body))
	return bytes.Join([][]byte{data[:signature], chunk, data[signature:]}, nil)
}

// webpOverlong is a lossless WebP whose one chunk says that it goes on behind the
// end of the file. Decoders read of it what they need.
func webpOverlong(w, h uint32) []byte {
	b := []byte("RIFF\x00\x00\x00\x40WEBPVP8L\x00\x00\x00\x20\x2f")
	bits := (w - 1) | (h-1)<<14
	b = binary.LittleEndian.AppendUint32(b, bits)
	return append(b, make([]byte, 64)...)
}

// TestHeadsThatLie: what a decoder takes is reckoned with, wherever it reads it.
func TestHeadsThatLie(t *testing.T) {
	for name, data := range map[string][]byte{
		"png": pngLateHead(9000, 9000, 16, 6), "webp": webpOverlong(7000, 7000),
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := newRoom().fit(t.Context(), data, need{types: []string{typeJPEG}})
			runtime.ReadMemStats(&after)
			if !isUseless(err) || !strings.Contains(err.Error(), "too large") && !strings.Contains(err.Error(), "beginning") {
				t.Errorf("got %v", err)
			}
			if taken := after.TotalAlloc - before.TotalAlloc; taken > 1<<20 {
				t.Errorf("%d KiB taken", taken>>10)
			}
		})
	}
}

// TestMemoryOfDecoding: what is reckoned with is what is taken.
func TestMemoryOfDecoding(t *testing.T) {
	if testing.Short() {
		t.Skip("large pictures")
	}
	big := photo(1200, 800)
	gray := image.NewGray(big.Rect)
	for name, data := range map[string][]byte{"jpeg": jpegOf(t, big), "png": pngOf(t, big), "gray png": pngOf(t, gray), "gray jpeg": jpegOf(t, gray)} {
		h := readHeader(data)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		img, err := decode(data, h)
		if err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		taken := int64(after.TotalAlloc - before.TotalAlloc)
		if h.cost < taken*9/10-(1<<20) || h.cost > 3*taken {
			t.Errorf("%s: %d KiB reckoned, %d KiB taken", name, h.cost>>10, taken>>10)
		}
		runtime.ReadMemStats(&before)
		scaled(img, 600, 400)
		runtime.ReadMemStats(&after)
		if taken := after.TotalAlloc - before.TotalAlloc; taken > 4*600*400+(1<<20) {
			t.Errorf("%s: scaling takes %d KiB", name, taken>>10)
		}
	}
}

// A decoder that panics is a picture that cannot be read.
func TestDecodersMayStumble(t *testing.T) {
	if _, err := decode(nil, header{mime: "other"}); !errors.Is(err, errBroken) {
		t.Error(err)
	}
	if _, err := onCanvas(image.NewRGBA(image.Rect(0, 0, 9, 9)), header{mime: typeJPEG, width: 8, height: 9}); !errors.Is(err, errBroken) {
		t.Error(err)
	}
}

// Few pictures are worked on at once, and those who wait do so for as long as they
// are wanted.
func TestRoom(t *testing.T) {
	r := newRoom()
	first, err := r.enter(t.Context(), maxMemory)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() {
			if _, err := r.enter(ctx, 1); !errors.Is(err, context.Canceled) {
				t.Errorf("there was room: %v", err)
			}
		})
	}
	cancel()
	all.Wait()
	first()
	var leave []func()
	for range maxDecodings {
		l, err := r.enter(t.Context(), maxMemory/maxDecodings)
		if err != nil {
			t.Fatal(err)
		}
		leave = append(leave, l)
	}
	if _, err := r.enter(ctx, 1); err == nil {
		t.Error("one more found room")
	}
	for _, l := range leave {
		l()
	}
	if _, err := r.enter(t.Context(), 1<<60); err != nil {
		t.Error(err)
	}
}

func FuzzFit(f *testing.F) {
	f.Add(gifSaying(60, 60)[:200], 50, 900)
	f.Add(webpSaying(50, 50), 0, 0)
	f.Add(pngBomb(50, 50, 8, 6), 41, 5000)
	f.Add([]byte("\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf\x00\x00\x00\x14ispe\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x01"), 0, 0)
	r := newRoom()
	f.Fuzz(func(t *testing.T, data []byte, width, bytes int) {
		if h := readHeader(data); h.pixels() > 1<<20 {
			return // allowed, but slow
		}
		n := need{types: []string{typeJPEG, typePNG, typeAVIF, typeWebP}, width: max(width, 0), bytes: max(bytes, 0)}
		p, err := r.fit(t.Context(), data, n)
		if err != nil {
			if !isUseless(err) || strings.TrimSpace(err.Error()) == "" {
				t.Fatal(err)
			}
			return
		}
		if n.bytes > 0 && len(p.data) > n.bytes || !n.within(p.width, p.height) || !n.takes(p.mime) || sniff(p.data) != p.mime {
			t.Fatalf("%s, %d bytes, %d x %d", p.mime, len(p.data), p.width, p.height)
		}
	})
}
