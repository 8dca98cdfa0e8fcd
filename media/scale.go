package media

import (
	"image"
	"image/draw"
	"math"
)

// scaled is src with other sides, by the filter of Catmull and Rom, whose kernel
// grows as the picture shrinks. The result is the same each time.
//
// golang.org/x/image/draw has the same filter, but holds the whole picture as four
// floating-point numbers for each pixel of the first pass: 140 MB for one of 12
// megapixels. Here no more rows are held than one row of the result needs.
func scaled(src image.Image, width, height int) *image.RGBA {
	b := src.Bounds()
	dst := image.NewRGBA(image.Rect(0, 0, width, height))
	if width == b.Dx() && height == b.Dy() {
		draw.Draw(dst, dst.Rect, src, b.Min, draw.Src)
		return dst
	}
	s := newScaler(src, width, height)
	for y := range height {
		s.row(dst.Pix[y*dst.Stride:][:4*width], y)
	}
	return dst
}

// Weights are whole numbers, of which this many bits are behind the point: so the
// result is the same on every processor. Rows that are scaled across keep some of
// those bits.
const (
	weightBits = 14
	keptBits   = 6
)

// taps are the pixels along one axis that make one pixel of the result.
type taps struct {
	first   int
	weights []int32 // that add up to one
}

// axis are the taps of all n pixels that m become.
func axis(m, n int) []taps {
	ratio := float64(m) / float64(n)
	stretch := max(ratio, 1)
	all := make([]taps, n)
	for i := range all {
		center := float64((float64(i)+0.5)*ratio) - 0.5
		first := max(0, int(math.Ceil(center-2*stretch)))
		last := min(m-1, int(math.Floor(center+2*stretch)))
		weights := make([]float64, last-first+1)
		for j := range weights {
			weights[j] = catmullRom((float64(first+j) - center) / stretch)
		}
		all[i] = taps{first: first, weights: whole(weights)}
	}
	return all
}

// whole makes whole numbers of weights, and lets the largest make up for what
// rounding took from their sum.
func whole(weights []float64) []int32 {
	var sum float64
	for _, w := range weights {
		sum += w
	}
	out := make([]int32, len(weights))
	rest, most := int32(1<<weightBits), 0
	for j, w := range weights {
		out[j] = int32(math.Round(w / sum * (1 << weightBits)))
		rest -= out[j]
		if out[j] > out[most] {
			most = j
		}
	}
	out[most] += rest
	return out
}

// catmullRom is the cubic filter with B=0 and C=1/2.
func catmullRom(t float64) float64 {
	t = math.Abs(t)
	switch {
	case t < 1:
		return float64(float64(float64(1.5*t)-2.5)*t*t) + 1
	case t < 2:
		return float64(float64(float64(float64(-0.5*t)+2.5)*t-4)*t) + 2
	}
	return 0
}

// strip is how many rows are converted at once.
const strip = 16

// A scaler makes rows of the result from the top to the bottom.
type scaler struct {
	src        image.Image
	across     []taps
	down       []taps
	rows       [][]int32   // of the source, scaled across: row y is at y modulo how many there are
	done       int         // rows of the source that were scaled across
	converted  *image.RGBA // a strip of the source
	from, upTo int         // which rows it has
	sum        []int32
	opaque     bool
}

func newScaler(src image.Image, width, height int) *scaler {
	b := src.Bounds()
	s := &scaler{src: src, across: axis(b.Dx(), width), down: axis(b.Dy(), height), sum: make([]int32, 4*width)}
	most := 0
	for _, t := range s.down {
		most = max(most, len(t.weights))
	}
	s.rows = make([][]int32, most)
	for i := range s.rows {
		s.rows[i] = make([]int32, 4*width)
	}
	if o, ok := src.(interface{ Opaque() bool }); ok {
		s.opaque = o.Opaque()
	}
	s.converted = image.NewRGBA(image.Rect(0, 0, b.Dx(), strip))
	return s
}

// row makes row y of the result.
func (s *scaler) row(dst []uint8, y int) {
	t := s.down[y]
	for s.done < t.first+len(t.weights) {
		if s.done >= t.first {
			s.scaleAcross(s.rows[s.done%len(s.rows)], s.source(s.done))
		}
		s.done++
	}
	clear(s.sum)
	for i, w := range t.weights {
		for x, v := range s.rows[(t.first+i)%len(s.rows)] {
			s.sum[x] += w * v
		}
	}
	for x := 0; x < len(dst); x += 4 {
		alpha := uint8(255)
		if !s.opaque {
			alpha = byteOf(s.sum[x+3], 255)
		}
		dst[x], dst[x+1], dst[x+2], dst[x+3] = byteOf(s.sum[x], alpha), byteOf(s.sum[x+1], alpha), byteOf(s.sum[x+2], alpha), alpha
	}
}

// source is row y of the source, as four bytes for each pixel, of which the
// colours are multiplied by the fourth.
func (s *scaler) source(y int) []uint8 {
	b := s.src.Bounds()
	if m, ok := s.src.(*image.RGBA); ok {
		return m.Pix[m.PixOffset(b.Min.X, b.Min.Y+y):][:4*b.Dx()]
	}
	if y < s.from || y >= s.upTo {
		s.from, s.upTo = y, min(y+strip, b.Dy())
		draw.Draw(s.converted, image.Rect(0, 0, b.Dx(), s.upTo-s.from), s.src, image.Pt(b.Min.X, b.Min.Y+y), draw.Src)
	}
	return s.converted.Pix[(y-s.from)*s.converted.Stride:][:4*b.Dx()]
}

// scaleAcross makes a row of the source as wide as the result.
func (s *scaler) scaleAcross(dst []int32, src []uint8) {
	const shift, half = weightBits - keptBits, 1 << (weightBits - keptBits - 1)
	for x, t := range s.across {
		var r, g, b, a int32
		p := src[4*t.first:][:4*len(t.weights)]
		if s.opaque {
			for _, w := range t.weights {
				r += w * int32(p[0])
				g += w * int32(p[1])
				b += w * int32(p[2])
				p = p[4:]
			}
		} else {
			for _, w := range t.weights {
				r += w * int32(p[0])
				g += w * int32(p[1])
				b += w * int32(p[2])
				a += w * int32(p[3])
				p = p[4:]
			}
		}
		d := dst[4*x : 4*x+4 : 4*x+4]
		d[0], d[1], d[2], d[3] = (r+half)>>shift, (g+half)>>shift, (b+half)>>shift, (a+half)>>shift
	}
}

// byteOf rounds a sum into what a byte holds, but not above most: the filter shoots
// over at sharp edges.
func byteOf(v int32, most uint8) uint8 {
	const shift = weightBits + keptBits
	v = (v + 1<<(shift-1)) >> shift
	return uint8(min(max(v, 0), int32(most)))
}

// turned is src as EXIF says that it is to be seen.
func turned(src *image.RGBA, turn int) *image.RGBA {
	w, h := src.Rect.Dx(), src.Rect.Dy()
	var from func(x, y int) (int, int)
	switch turn {
	case 2:
		from = func(x, y int) (int, int) { return w - 1 - x, y }
	case 3:
		from = func(x, y int) (int, int) { return w - 1 - x, h - 1 - y }
	case 4:
		from = func(x, y int) (int, int) { return x, h - 1 - y }
	case 5:
		from = func(x, y int) (int, int) { return y, x }
	case 6:
		from = func(x, y int) (int, int) { return y, h - 1 - x }
	case 7:
		from = func(x, y int) (int, int) { return w - 1 - y, h - 1 - x }
	case 8:
		from = func(x, y int) (int, int) { return w - 1 - y, x }
	default:
		return src
	}
	width, height := w, h
	if turn >= 5 {
		width, height = h, w
	}
	dst := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			sx, sy := from(x, y)
			copy(dst.Pix[y*dst.Stride+4*x:][:4], src.Pix[sy*src.Stride+4*sx:][:4])
		}
	}
	return dst
}

// flatten puts white behind what is transparent.
func flatten(m *image.RGBA) {
	for i := 0; i < len(m.Pix); i += 4 {
		behind := 255 - m.Pix[i+3]
		if behind == 0 {
			continue
		}
		m.Pix[i] += behind
		m.Pix[i+1] += behind
		m.Pix[i+2] += behind
		m.Pix[i+3] = 255
	}
}
