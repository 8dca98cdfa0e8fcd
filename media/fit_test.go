package media

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// exif is an APP1 segment that says how a picture is to be turned, and where it was
// taken.
func exif(turn int) []byte {
	body := []byte("Exif\x00\x00II*\x00\x08\x00\x00\x00\x02\x00" +
		"\x12\x01\x03\x00\x01\x00\x00\x00" + string(rune(turn)) + "\x00\x00\x00" +
		"\x25\x88\x04\x00\x01\x00\x00\x00\x26\x00\x00\x00" + "\x00\x00\x00\x00" + "GPS 52.5 N 13.4 E")
	return appSegment(markerAPP1, body)
}

func appSegment(marker byte, body []byte) []byte {
	b := []byte{0xff, marker, 0, 0}
	binary.BigEndian.PutUint16(b[2:], uint16(len(body)+2))
	return append(b, body...)
}

// withSegment puts a segment at the beginning of a JPEG.
func withSegment(data []byte, segments ...[]byte) []byte {
	return bytes.Join([][]byte{data[:2], bytes.Join(segments, nil), data[2:]}, nil)
}

// withChunk puts a chunk behind the header of a PNG.
func withChunk(data []byte, name string, body []byte) []byte {
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	chunk = append(append(chunk, name...), body...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	return bytes.Join([][]byte{data[:33], chunk, data[33:]}, nil)
}

// corners is a picture whose quarters are red, green, blue and white.
func corners(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for i, c := range []color.RGBA{{255, 0, 0, 255}, {0, 255, 0, 255}, {0, 0, 255, 255}, {255, 255, 255, 255}} {
		x, y := i%2*w/2, i/2*h/2
		draw.Draw(m, image.Rect(x, y, x+w/2, y+h/2), image.NewUniform(c), image.Point{}, draw.Src)
	}
	return m
}

// quarters are the colours of a picture's quarters, as letters.
func quarters(t *testing.T, data []byte) string {
	t.Helper()
	m, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	out := ""
	for _, at := range [][2]int{{1, 1}, {3, 1}, {1, 3}, {3, 3}} {
		r, g, b, _ := m.At(m.Bounds().Dx()*at[0]/4, m.Bounds().Dy()*at[1]/4).RGBA()
		switch {
		case r > 0x8000 && g > 0x8000 && b > 0x8000:
			out += "w"
		case r > 0x8000:
			out += "r"
		case g > 0x8000:
			out += "g"
		case b > 0x8000:
			out += "b"
		default:
			out += "k"
		}
	}
	return out
}

func fitted(t *testing.T, data []byte, n need) picture {
	t.Helper()
	p, err := newRoom().fit(t.Context(), data, n)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Each way in which a camera may have been held.
func TestPicturesAreTurned(t *testing.T) {
	want := map[int]string{1: "rgbw", 2: "grwb", 3: "wbgr", 4: "bwrg", 5: "rbgw", 6: "brwg", 7: "wgbr", 8: "gwrb"}
	plain := jpegOf(t, corners(160, 80))
	for turn, colours := range want {
		p := fitted(t, withSegment(plain, exif(turn)), need{types: []string{typeJPEG}})
		w, h := 160, 80
		if turn >= 5 {
			w, h = 80, 160
		}
		if p.asIs || p.width != w || p.height != h {
			t.Errorf("turn %d: %d x %d, as it is: %v", turn, p.width, p.height, p.asIs)
		}
		if got := quarters(t, p.data); got != colours {
			t.Errorf("turn %d: %s, want %s", turn, got, colours)
		}
		if bytes.Contains(p.data, []byte("GPS")) || bytes.Contains(p.data, []byte("Exif")) {
			t.Errorf("turn %d: it tells where it was taken", turn)
		}
	}
}

func TestMetadataIsRemoved(t *testing.T) {
	secret := []byte("http://ns.adobe.com/xap/1.0/\x00 taken at the source's home")
	photo := photo(120, 80)
	var animated bytes.Buffer
	pal := image.NewPaletted(image.Rect(0, 0, 60, 60), color.Palette{color.White, color.Black})
	if err := gif.Encode(&animated, pal, nil); err != nil {
		t.Fatal(err)
	}
	comment := append([]byte{0x21, 0xfe, byte(len("source's home"))}, "source's home\x00"...)
	g := animated.Bytes()
	at := bytes.IndexByte(g, 0x2c)
	for name, data := range map[string][]byte{
		"xmp":         withSegment(jpegOf(t, photo), appSegment(markerAPP1, secret)),
		"iptc":        withSegment(jpegOf(t, photo), appSegment(0xed, append([]byte("Photoshop 3.0\x00"), secret...))),
		"comment":     withSegment(jpegOf(t, photo), appSegment(markerCOM, secret)),
		"png exif":    withChunk(pngOf(t, photo), "eXIf", append(exif(1)[10:], secret...)),
		"png words":   withChunk(pngOf(t, photo), "tEXt", append([]byte("Comment\x00"), secret...)),
		"png xmp":     withChunk(pngOf(t, photo), "iTXt", append([]byte("XML:com.adobe.xmp\x00\x00\x00\x00\x00"), secret...)),
		"gif comment": bytes.Join([][]byte{g[:at], comment, g[at:]}, nil),
	} {
		if !bytes.Contains(data, []byte("home")) {
			t.Fatalf("%s: nothing is hidden in it", name)
		}
		p := fitted(t, data, need{types: []string{typeJPEG, typePNG, typeGIF}})
		if p.asIs || bytes.Contains(p.data, []byte("home")) {
			t.Errorf("%s: it is passed on", name)
		}
	}
}

// displayP3 is as much of a colour profile as matters here.
func displayP3(space string) []byte {
	b := make([]byte, 500)
	copy(b[16:], space)
	copy(b[36:], "acsp")
	copy(b[200:], "wide gamut")
	return b
}

func TestColoursKeepTheirProfile(t *testing.T) {
	body := append([]byte(iccMark+"\x01\x01"), displayP3("RGB ")...)
	data := withSegment(jpegOf(t, photo(120, 80)), exif(1), appSegment(markerAPP2, body))
	for _, types := range [][]string{{typeJPEG}, {typePNG}} {
		p := fitted(t, data, need{types: types})
		if got := readHeader(p.data).profile; !bytes.Equal(got, displayP3("RGB ")) {
			t.Errorf("%v: the profile is %d bytes", types, len(got))
		}
		if _, _, err := image.Decode(bytes.NewReader(p.data)); err != nil {
			t.Errorf("%v: %v", types, err)
		}
		again := fitted(t, p.data, need{types: types})
		if !again.asIs {
			t.Errorf("%v: what was made is made again", types)
		}
	}
	halves := withSegment(jpegOf(t, photo(120, 80)),
		appSegment(markerAPP2, append([]byte(iccMark+"\x02\x02"), displayP3("RGB ")[250:]...)),
		appSegment(markerAPP2, append([]byte(iccMark+"\x01\x02"), displayP3("RGB ")[:250]...)))
	if got := readHeader(halves).profile; !bytes.Equal(got, displayP3("RGB ")) {
		t.Errorf("in two pieces: %d bytes", len(got))
	}
	ink := withSegment(jpegOf(t, photo(120, 80)), appSegment(markerAPP2, append([]byte(iccMark+"\x01\x01"), displayP3("CMYK")...)))
	if readHeader(ink).profile != nil {
		t.Error("a profile for ink is passed on for light")
	}
}

func TestTransparencyBecomesWhite(t *testing.T) {
	m := image.NewNRGBA(image.Rect(0, 0, 100, 100))
	draw.Draw(m, image.Rect(0, 0, 50, 50), image.NewUniform(color.NRGBA{255, 0, 0, 255}), image.Point{}, draw.Src)
	draw.Draw(m, image.Rect(50, 50, 100, 100), image.NewUniform(color.NRGBA{0, 0, 0, 128}), image.Point{}, draw.Src)
	data := pngOf(t, m)
	p := fitted(t, data, need{types: []string{typeJPEG}})
	if got := quarters(t, p.data); p.mime != typeJPEG || got[:3] != "rww" {
		t.Errorf("%s %s", p.mime, got)
	}
	out, err := jpeg.Decode(bytes.NewReader(p.data))
	if err != nil {
		t.Fatal(err)
	}
	if r, _, _, _ := out.At(75, 75).RGBA(); r>>8 < 115 || r>>8 > 140 {
		t.Errorf("half transparent black is %d", r>>8)
	}
	if p := fitted(t, data, need{types: []string{typeJPEG, typePNG}, width: 50}); p.mime != typePNG {
		t.Errorf("where PNG is taken it became %s", p.mime)
	}
}

// The first frame of a GIF may cover a part of the whole only.
func TestTheFirstFrame(t *testing.T) {
	part := image.NewPaletted(image.Rect(50, 0, 100, 50), color.Palette{color.RGBA{0, 255, 0, 255}})
	next := image.NewPaletted(image.Rect(0, 0, 100, 100), color.Palette{color.RGBA{255, 0, 0, 255}})
	var b bytes.Buffer
	err := gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{part, next}, Delay: []int{10, 10}, Config: image.Config{Width: 100, Height: 100}})
	if err != nil {
		t.Fatal(err)
	}
	p := fitted(t, b.Bytes(), need{types: []string{typeJPEG}})
	if got := quarters(t, p.data); got != "wgww" || p.width != 100 || p.height != 100 {
		t.Errorf("%s, %d x %d", got, p.width, p.height)
	}
	if p := fitted(t, b.Bytes(), need{types: []string{typeGIF}}); !p.asIs {
		t.Error("where GIF is taken it does not move any more")
	}
}

// A picture shows the same at any size.
func TestScaling(t *testing.T) {
	tests := []struct {
		from, to [2]int
		mean     float64 // of the difference from what the picture shows at that place
	}{
		{[2]int{400, 300}, [2]int{100, 75}, 2}, {[2]int{400, 300}, [2]int{399, 299}, 2}, {[2]int{300, 400}, [2]int{7, 9}, 14},
		{[2]int{64, 64}, [2]int{128, 128}, 3}, {[2]int{1000, 1}, [2]int{10, 1}, 12},
	}
	for _, tt := range tests {
		m := image.NewRGBA(image.Rect(0, 0, tt.from[0], tt.from[1]))
		at := func(x, w, y, h int) color.RGBA {
			return color.RGBA{uint8(255 * (x + 1) / (w + 1)), uint8(255 * (y + 1) / (h + 1)), 77, 255}
		}
		for y := range tt.from[1] {
			for x := range tt.from[0] {
				m.SetRGBA(x, y, at(x, tt.from[0], y, tt.from[1]))
			}
		}
		out := scaled(m, tt.to[0], tt.to[1])
		var sum float64
		for y := range tt.to[1] {
			for x := range tt.to[0] {
				want, got := at(x, tt.to[0], y, tt.to[1]), out.RGBAAt(x, y)
				sum += math.Abs(float64(want.R)-float64(got.R)) + math.Abs(float64(want.G)-float64(got.G))
				if got.B != 77 || got.A != 255 {
					t.Fatalf("%v: an even colour is %v", tt, got)
				}
			}
		}
		if mean := sum / float64(2*tt.to[0]*tt.to[1]); mean > tt.mean {
			t.Errorf("%v: off by %.2f", tt, mean)
		}
	}
}

// What comes out for what went in: formats, sides, and a digest of the pixels.
func TestGolden(t *testing.T) {
	gray := image.NewGray(image.Rect(0, 0, 300, 200))
	draw.Draw(gray, gray.Rect, photo(300, 200), image.Point{}, draw.Src)
	deep := image.NewNRGBA64(image.Rect(0, 0, 300, 200))
	draw.Draw(deep, deep.Rect, photo(300, 200), image.Point{}, draw.Src)
	pal := image.NewPaletted(image.Rect(0, 0, 300, 200), color.Palette{color.White, color.Black, color.RGBA{200, 0, 0, 255}})
	draw.Draw(pal, pal.Rect, photo(300, 200), image.Point{}, draw.Src)
	for _, tt := range []struct {
		name string
		data []byte
		need need
		want string
	}{
		{"jpeg", jpegOf(t, photo(300, 200)), need{types: []string{typeJPEG}, width: 150}, "image/jpeg 150x100"},
		{"gray jpeg", jpegOf(t, gray), need{types: []string{typeJPEG}, width: 150}, "image/jpeg 150x100"},
		{"png", pngOf(t, photo(300, 200)), need{types: []string{typePNG}, width: 150}, "image/png 150x100 bc81f7"},
		{"deep png", pngOf(t, deep), need{types: []string{typePNG}, width: 150}, "image/png 150x100 bc81f7"},
		{"few colours", pngOf(t, pal), need{types: []string{typePNG}, width: 150}, "image/png 150x100 7ae8aa"},
		{"pixels", jpegOf(t, photo(300, 200)), need{types: []string{typeJPEG}, pixels: 6000}, "image/jpeg 94x63"},
		{"bytes", jpegOf(t, photo(300, 200)), need{types: []string{typeJPEG}, bytes: 4000}, "image/jpeg 210x140"},
	} {
		p := fitted(t, tt.data, tt.need)
		twice := fitted(t, tt.data, tt.need)
		if !bytes.Equal(p.data, twice.data) {
			t.Errorf("%s: not the same each time", tt.name)
		}
		got := fmt.Sprintf("%s %dx%d", p.mime, p.width, p.height)
		if p.mime == typePNG {
			got += " " + digest(t, p.data)
		}
		if got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// digest stands for the pixels of a PNG. Encoders may change with Go; pixels do not.
func digest(t *testing.T, data []byte) string {
	t.Helper()
	m, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	flat := image.NewNRGBA(m.Bounds())
	draw.Draw(flat, flat.Rect, m, image.Point{}, draw.Src)
	sum := sha256.Sum256(flat.Pix)
	return hex.EncodeToString(sum[:3])
}

// TestAlwaysWithinLimits: whatever comes in and whatever a network wants, what
// comes out is within its limits, or nothing does.
func TestAlwaysWithinLimits(t *testing.T) {
	r := newRoom()
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 260).Draw(t, "w"), rapid.IntRange(1, 260).Draw(t, "h")
		n := need{
			types: rapid.SampledFrom([][]string{{typeJPEG}, {typePNG}, {typeJPEG, typePNG}, {typeGIF, typePNG}, {"image/*"}, {typeWebP}}).Draw(t, "types"),
			bytes: rapid.SampledFrom([]int{0, 500, 2000, 20_000}).Draw(t, "bytes"), width: rapid.SampledFrom([]int{0, 41, 100, 200}).Draw(t, "width"),
			pixels: rapid.SampledFrom([]int{0, 3000, 40_000}).Draw(t, "pixels"), narrow: rapid.SampledFrom([]int{0, 60}).Draw(t, "narrow"),
			aspect: rapid.SampledFrom([]float64{0, 2, 4}).Draw(t, "aspect"),
		}
		data := rapid.SampledFrom([]func(*rapid.T, int, int) []byte{rawJPEG, rawPNG, rawGIF}).Draw(t, "kind")(t, w, h)
		turn := rapid.IntRange(0, 8).Draw(t, "turn")
		if turn > 0 && sniff(data) == typeJPEG {
			data = withSegment(data, exif(turn))
		}
		p, err := r.fit(context.Background(), data, n)
		if err != nil {
			if !isUseless(err) || err.Error() == "" {
				t.Fatalf("%v", err)
			}
			return
		}
		c, format, err := image.DecodeConfig(bytes.NewReader(p.data))
		if err != nil || "image/"+format != p.mime || c.Width != p.width || c.Height != p.height {
			t.Fatalf("it says %s %dx%d and is %s %dx%d: %v", p.mime, p.width, p.height, format, c.Width, c.Height, err)
		}
		if !n.takes(p.mime) || n.bytes > 0 && len(p.data) > n.bytes || !n.within(p.width, p.height) || n.shape(p.width, p.height) != "" {
			t.Fatalf("%s of %d bytes, %d x %d for %+v", p.mime, len(p.data), p.width, p.height, n)
		}
		if x := readHeader(p.data); x.private || x.turn > 1 {
			t.Fatal("it has metadata")
		}
	})
}

func TestBrokenProfilesAndTags(t *testing.T) {
	for _, b := range [][]byte{nil, {1}, []byte("II*\x00"), []byte("II*\x00\xff\xff\xff\xff"), []byte("MM\x00*\x00\x00\x00\x08\xff\xff"), []byte("II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x09\x00\x00\x00")} {
		if got := orientation(b); got != 0 {
			t.Errorf("%q is turned by %d", b, got)
		}
	}
	if inflateProfile([]byte("name\x00\x00rubbish")) != nil || inflateProfile([]byte("name")) != nil {
		t.Error("rubbish is a profile")
	}
	if _, err := png.Decode(bytes.NewReader(withProfile(pngOf(t, photo(50, 50)), typePNG, displayP3("RGB ")))); err != nil {
		t.Error(err)
	}
}

// Formats that are not decoded here go where they are taken as they are.
func TestSealedFormats(t *testing.T) {
	taken := need{types: []string{typeAVIF, typeHEIC, typeJPEG}, bytes: 5000, width: 1000, narrow: 320}
	for name, tt := range map[string]struct {
		data []byte
		need need
		why  string
	}{
		"fits":         {avif(800, 600, ""), taken, ""},
		"heic":         {bytes.Replace(avif(800, 600, ""), []byte("ftypavif"), []byte("ftypheic"), 1), taken, ""},
		"exif":         {avif(800, 600, "infeExif"), taken, "notes about where"},
		"xmp":          {avif(800, 600, "application/rdf+xml"), taken, "notes about where"},
		"wide":         {avif(1600, 600, ""), taken, "make it smaller"},
		"long":         {append(avif(800, 600, ""), make([]byte, 5000)...), taken, "make it smaller"},
		"narrow":       {avif(300, 600, ""), taken, "wants 320"},
		"a counter":    {avif(1, 1, ""), taken, "wants 320"},
		"other":        {avif(800, 600, ""), need{types: []string{typeJPEG}}, "(AVIF) cannot be read"},
		"of no size":   {avif(0, 0, ""), taken, ""},
		"moving":       {movingWebP(500, 400), need{types: []string{typeJPEG, typeWebP}}, ""},
		"moving, here": {movingWebP(500, 400), need{types: []string{typeJPEG}}, "a moving WebP"},
	} {
		if name == "a counter" {
			tt.need.narrow, tt.why = 0, "too small (1 x 1"
		}
		p, err := newRoom().fit(t.Context(), tt.data, tt.need)
		switch {
		case tt.why == "" && (err != nil || !p.asIs || !bytes.Equal(p.data, tt.data)):
			t.Errorf("%s: %v", name, err)
		case tt.why != "" && (err == nil || !strings.Contains(err.Error(), tt.why)):
			t.Errorf("%s: %v", name, err)
		}
	}
}

func movingWebP(w, h int) []byte {
	b := []byte("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02\x00\x00\x00")
	b = append(b, byte(w-1), byte((w-1)>>8), 0, byte(h-1), byte((h-1)>>8), 0)
	b = append(b, "ANIM\x06\x00\x00\x00\xff\xff\xff\xff\x00\x00"...)
	b = append(b, "ANMF\x08\x00\x00\x00aaaaaaaa"...)
	binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-8))
	return b
}

// TestSealedWithNotesAtTheEnd: a picture that is passed on as it is holds no notes
// about where it was taken, wherever they stand in it.
func TestSealedWithNotesAtTheEnd(t *testing.T) {
	const size = "\x00\x00\x00\x14ispe\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x02\x00"
	begin := "\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf" + strings.Repeat("\x00", 100<<10)
	n := need{types: []string{typeAVIF}}
	if p, err := newRoom().fit(t.Context(), []byte(begin+size), n); err != nil || p.width != 512 {
		t.Errorf("%d, %v", p.width, err)
	}
	if _, err := newRoom().fit(t.Context(), []byte(begin+size+"\x00\x00infeExif"), n); err == nil || !strings.Contains(err.Error(), "notes about where") {
		t.Errorf("with notes: %v", err)
	}
}
