package media

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/webp"
)

// errBroken is for a picture whose beginning is right and whose rest is not.
var errBroken = errors.New("it cannot be read: it is broken, or cut off")

// decode reads the pixels of a picture; of a moving one those of its first frame.
// A decoder that stumbles over what somebody has built for that harms nobody.
func decode(data []byte, h header) (img image.Image, err error) {
	defer func() {
		if p := recover(); p != nil {
			img, err = nil, fmt.Errorf("%w (%v)", errBroken, p)
		}
	}()
	r := bytes.NewReader(data)
	switch h.mime {
	case typeJPEG:
		img, err = jpeg.Decode(r)
	case typePNG:
		img, err = png.Decode(r)
	case typeGIF:
		img, err = gif.Decode(r)
	case typeWebP:
		img, err = webp.Decode(r)
	default:
		return nil, errBroken
	}
	if err != nil {
		return nil, errBroken
	}
	return onCanvas(img, h)
}

// onCanvas puts the first frame of a GIF where it belongs: it may be smaller than
// the whole.
func onCanvas(img image.Image, h header) (image.Image, error) {
	whole := image.Rect(0, 0, h.width, h.height)
	if img.Bounds() == whole {
		return img, nil
	}
	if h.mime != typeGIF || !img.Bounds().In(whole) {
		return nil, errBroken
	}
	canvas := image.NewRGBA(whole)
	draw.Draw(canvas, img.Bounds(), img, img.Bounds().Min, draw.Src)
	return canvas, nil
}
