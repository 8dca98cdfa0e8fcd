package media

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"math"
	"slices"

	"spool"
)

const (
	// tinySide is the side below which a picture is a counter of readers, a smiley
	// or a button, in pixels.
	tinySide = 40
	// usualSide is the longer side, in pixels, of a picture that is made anew for a
	// network that sets no limit, or a higher one: no timeline shows more.
	usualSide = 2560
	// thumbSide is that of a card's picture.
	thumbSide = 1200
)

// A need is what a network takes as one picture. Zero means that there is no limit.
type need struct {
	types  []string
	bytes  int
	width  int // pixels of the longer side
	pixels int
	narrow int // pixels of the width at least
	aspect float64

	elsewhere bool // the network can fetch it from the publisher, so that nothing of it passes through here
}

func pictureNeed(l spool.MediaLimits) need {
	return need{types: pictureTypes(l), bytes: l.Bytes, width: l.Width, pixels: l.Pixels, narrow: l.Narrow, aspect: l.Aspect}
}

func thumbNeed(l spool.MediaLimits) need {
	return need{types: pictureTypes(l), bytes: l.Thumb, width: min(cmp.Or(l.Width, thumbSide), thumbSide), pixels: l.Pixels}
}

// pictureTypes are those that every network takes, where it does not name them.
func pictureTypes(l spool.MediaLimits) []string {
	if len(l.Types) == 0 {
		return []string{typeJPEG, typePNG}
	}
	return l.Types
}

func (n need) takes(mime string) bool {
	return slices.Contains(n.types, mime) || slices.Contains(n.types, "image/*") || mime == typeJPEG && slices.Contains(n.types, "image/jpg")
}

// within reports whether sides are not too long.
func (n need) within(w, h int) bool {
	return (n.width == 0 || max(w, h) <= n.width) && (n.pixels == 0 || int64(w)*int64(h) <= int64(n.pixels))
}

// shape says what is wrong with the sides of a picture; empty: nothing.
func (n need) shape(w, h int) string {
	switch {
	case w < tinySide || h < tinySide:
		return fmt.Sprintf("it is too small (%d x %d pixels)", w, h)
	case w < n.narrow:
		return fmt.Sprintf("it is %d pixels wide, and the network wants %d", w, n.narrow)
	case n.aspect > 0 && float64(max(w, h)) > n.aspect*float64(min(w, h)):
		return fmt.Sprintf("it is too slender (%d x %d pixels): the network takes sides of up to %g:1", w, h, n.aspect)
	}
	return ""
}

// target are the sides of what is made of a picture.
func (n need) target(w, h int) (int, int) {
	longest := usualSide
	if n.width > 0 {
		longest = min(longest, n.width)
	}
	scale := min(1, float64(longest)/float64(max(w, h)))
	if n.pixels > 0 {
		scale = min(scale, math.Sqrt(float64(n.pixels)/(float64(w)*float64(h))))
	}
	return times(w, scale), times(h, scale)
}

func times(side int, scale float64) int { return max(1, int(float64(side)*scale)) }

// A picture is one as a network takes it.
type picture struct {
	data   []byte
	mime   string
	width  int // as it is seen
	height int
	asIs   bool // data is what was fetched
}

// errUseless says why a picture cannot be used, in words that follow its address.
type errUseless struct{ reason string }

func (e errUseless) Error() string { return e.reason }

func useless(format string, args ...any) error { return errUseless{fmt.Sprintf(format, args...)} }

func tooLarge(w, h int) string { return fmt.Sprintf("it is too large (%d x %d pixels)", w, h) }

// fit makes of the bytes of a picture what a network takes: the same bytes where
// they will do and tell nothing that the picture does not show. The error is an
// errUseless, or that of ctx.
func (r *room) fit(ctx context.Context, data []byte, n need) (picture, error) {
	h := readHeader(data)
	if h.reason != "" {
		return picture{}, errUseless{h.reason}
	}
	w, height := h.upright()
	if h.sealed {
		return n.sealed(data, h)
	}
	if fault := n.shape(w, height); fault != "" {
		return picture{}, errUseless{fault}
	}
	tw, th := n.target(w, height)
	work := 4 * int64(tw) * int64(th)
	if h.turn > 1 {
		work *= 2
	}
	if h.cost+work > maxMemory {
		return picture{}, errUseless{tooLarge(w, height)}
	}
	leave, err := r.enter(ctx, h.cost+work)
	if err != nil {
		return picture{}, err
	}
	defer leave()
	img, err := decode(data, h)
	if err != nil {
		return picture{}, useless("%v", err)
	}
	if n.asIs(data, h) {
		return picture{data: data, mime: h.mime, width: w, height: height, asIs: true}, nil
	}
	return n.remake(ctx, img, h)
}

// asIs reports whether the bytes of a picture can be passed on.
func (n need) asIs(data []byte, h header) bool {
	if n.elsewhere { // what is in its metadata has been public before, and the network turns and scales it if need be
		return true
	}
	return n.takes(h.mime) && !h.private && (n.bytes == 0 || len(data) <= n.bytes) && n.within(h.width, h.height)
}

// sealed is for formats that cannot be decoded here: all or nothing.
func (n need) sealed(data []byte, h header) (picture, error) {
	switch {
	case !n.takes(h.mime):
		return picture{}, useless("its format (%s) cannot be read", formatName(h))
	case h.private:
		return picture{}, useless("it holds notes about where or how it was taken, and they cannot be removed from its format (%s)", formatName(h))
	case h.width > 0 && n.shape(h.width, h.height) != "":
		return picture{}, errUseless{n.shape(h.width, h.height)}
	case n.bytes > 0 && len(data) > n.bytes || !n.within(h.width, h.height):
		return picture{}, useless("it is too large, and its format (%s) cannot be read to make it smaller", formatName(h))
	}
	return picture{data: data, mime: h.mime, width: h.width, height: h.height, asIs: true}, nil
}

func formatName(h header) string {
	switch {
	case h.mime == typeAVIF:
		return "AVIF"
	case h.mime == typeHEIC:
		return "HEIC"
	case h.animation:
		return "a moving WebP"
	}
	return h.mime
}

// remake encodes a picture anew, without anything beside its pixels and their
// colour profile, turned upright and small enough.
func (n need) remake(ctx context.Context, img image.Image, h header) (picture, error) {
	w, height := h.upright()
	tw, th := n.target(w, height)
	sw, sh := tw, th
	if h.turn >= 5 {
		sw, sh = th, tw
	}
	m := turned(scaled(img, sw, sh), h.turn)
	lossless := h.mime != typeJPEG && (h.mime != typeWebP || h.alpha)
	for range maxShrinks {
		if fault := n.shape(tw, th); fault != "" {
			return picture{}, useless("it cannot be made to fit: %d x %d pixels would be too small", tw, th)
		}
		data, mime, err := n.encode(ctx, m, lossless, h.profile)
		if err != nil {
			return picture{}, err
		}
		if data != nil {
			return picture{data: data, mime: mime, width: tw, height: th}, nil
		}
		tw, th = times(tw, shrink), times(th, shrink)
		m = scaled(m, tw, th)
	}
	return picture{}, useless("it cannot be made smaller than %d bytes", n.bytes)
}

// What is too large at the lowest quality is made smaller by steps.
const (
	maxShrinks = 12
	shrink     = 0.7
)

// encode returns nil when all that the network takes gets too large.
func (n need) encode(ctx context.Context, m *image.RGBA, lossless bool, profile []byte) (data []byte, mime string, err error) {
	if !n.takes(typeJPEG) && !n.takes(typePNG) {
		return nil, "", useless("the network takes none of the formats that it can be converted to")
	}
	var buf bytes.Buffer
	if n.takes(typePNG) && (lossless || !n.takes(typeJPEG)) {
		if err := png.Encode(&buf, m); err != nil {
			return nil, "", useless("it cannot be made anew: %v", err)
		}
		if data := withProfile(buf.Bytes(), typePNG, profile); n.bytes == 0 || len(data) <= n.bytes {
			return data, typePNG, nil
		}
	}
	if !n.takes(typeJPEG) {
		return nil, "", nil
	}
	flatten(m)
	for _, quality := range []int{90, 82, 74, 64, 52} {
		if err := ctx.Err(); err != nil {
			return nil, "", err
		}
		buf.Reset()
		if err := jpeg.Encode(&buf, m, &jpeg.Options{Quality: quality}); err != nil {
			return nil, "", useless("it cannot be made anew: %v", err)
		}
		if data := withProfile(buf.Bytes(), typeJPEG, profile); n.bytes == 0 || len(data) <= n.bytes {
			return data, typeJPEG, nil
		}
	}
	return nil, "", nil
}

// isUseless reports whether an error is about the picture alone.
func isUseless(err error) bool {
	var u errUseless
	return errors.As(err, &u)
}
