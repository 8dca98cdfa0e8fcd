package media

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/gif"
	"image/png"

	"golang.org/x/image/webp"
)

// A header is what a picture says of itself before it is decoded.
type header struct {
	mime   string
	width  int
	height int

	cost      int64 // bytes of memory that decoding takes, at most
	turn      int   // EXIF's orientation, 1 to 8; 1 and 0: upright
	private   bool  // there is metadata that is not to be passed on: EXIF with its orientation, XMP, IPTC, comments
	alpha     bool  // it may be transparent
	profile   []byte
	sealed    bool // its pixels cannot be read here: only networks that take the format as it is get it
	reason    string
	animation bool
}

// pixels is how many it has.
func (h header) pixels() int64 { return int64(h.width) * int64(h.height) }

// upright are the sides as they are seen, once it is turned.
func (h header) upright() (width, height int) {
	if h.turn >= 5 {
		return h.height, h.width
	}
	return h.width, h.height
}

// maxSide is the longest side of a picture that is looked at, in pixels. JPEG
// allows more, but nobody publishes it.
const maxSide = 20000

// readHeader reads what data says of itself, without decoding. Its reason is
// empty when decoding is worth trying.
func readHeader(data []byte) header {
	h := header{mime: sniff(data)}
	switch h.mime {
	case typeJPEG:
		h.readJPEG(data)
	case typePNG:
		h.readPNG(data)
	case typeGIF:
		h.readGIF(data)
	case typeWebP:
		h.readWebP(data)
	case typeAVIF, typeHEIC:
		h.readISO(data)
	case "":
		h.reason = unlike(data)
	default:
		h.reason = "it is a film, not a picture"
	}
	if h.reason == "" && !h.sealed {
		h.check()
	}
	return h
}

// check refuses what nobody publishes. What decoding takes is compared with what
// there is by fit.
func (h *header) check() {
	switch {
	case h.width <= 0 || h.height <= 0:
		h.reason = "it cannot be read: it has no size"
	case h.width > maxSide || h.height > maxSide:
		h.reason = tooLarge(h.width, h.height)
	}
}

func (h *header) size(c image.Config, err error) {
	if err != nil {
		h.reason = "it cannot be read: its beginning is broken"
		return
	}
	h.width, h.height = c.Width, c.Height
}

// readPNG walks the chunks for what is beside the pixels.
func (h *header) readPNG(data []byte) {
	c, err := png.DecodeConfig(bytes.NewReader(data))
	h.size(c, err)
	if h.reason != "" {
		return
	}
	if string(data[12:16]) != "IHDR" { // decoders overlook what stands before it, and read it wherever it is
		h.reason = "it cannot be read: its beginning is broken"
		return
	}
	depth, kind, interlaced := data[24], data[25], data[28]
	per := int64(4)
	switch {
	case kind == 3:
		per = 1
	case depth == 16:
		per = 8
	case kind == 0:
		per = 1
	}
	if interlaced != 0 {
		per *= 2
	}
	h.cost = h.pixels() * per
	h.alpha = kind == 4 || kind == 6
	const signature, overhead = 8, 12
	for at := signature; at+overhead <= len(data); {
		length := int64(binary.BigEndian.Uint32(data[at:]))
		if length > int64(len(data)-at-overhead) {
			return
		}
		body := data[at+8 : at+8+int(length)]
		switch string(data[at+4 : at+8]) {
		case "tRNS":
			h.alpha = true
			h.cost = max(h.cost, h.pixels()*4)
		case "eXIf":
			h.private, h.turn = true, orientation(body)
		case "tEXt", "zTXt", "iTXt":
			h.private = true
		case "acTL":
			h.animation = true
		case "iCCP":
			h.profile = inflateProfile(body)
		case "IEND":
			return
		}
		at += overhead + int(length)
	}
}

// readGIF reckons with the first frame and the canvas that it is drawn on.
func (h *header) readGIF(data []byte) {
	c, err := gif.DecodeConfig(bytes.NewReader(data))
	h.size(c, err)
	h.alpha = true
	h.cost = h.pixels() * 5
	h.private = bytes.Contains(data, []byte("XMP DataXMP")) || bytes.Contains(data, []byte{0x21, 0xfe}) && gifComment(data)
}

// gifComment reports whether a comment block stands before the first frame. The
// two bytes that begin one may occur among pixels as well; a picture that is
// taken for commented is only made anew.
func gifComment(data []byte) bool {
	frame := bytes.IndexByte(data, 0x2c)
	comment := bytes.Index(data, []byte{0x21, 0xfe})
	return comment >= 0 && (frame < 0 || comment < frame)
}

// readWebP walks the chunks.
func (h *header) readWebP(data []byte) {
	c, err := webp.DecodeConfig(bytes.NewReader(data))
	h.size(c, err)
	if h.reason != "" {
		return
	}
	h.cost = h.pixels() * 2
	const overhead = 8
	for at := 12; at+overhead <= len(data); {
		length, name := int64(binary.LittleEndian.Uint32(data[at+4:])), string(data[at:at+4])
		switch name { // what it costs counts even if it is said to go on behind the end: decoders read what they need
		case "VP8L":
			h.cost, h.alpha = h.pixels()*10, true
		case "ALPH":
			h.cost, h.alpha = h.pixels()*8, true
		}
		if length > int64(len(data)-at-overhead) {
			return
		}
		body := data[at+overhead : at+overhead+int(length)]
		switch name {
		case "ANIM":
			h.animation, h.sealed = true, true
		case "EXIF":
			h.private, h.turn = true, orientation(bytes.TrimPrefix(body, []byte("Exif\x00\x00")))
		case "XMP ":
			h.private = true
		case "ICCP":
			h.profile = rgbProfile(bytes.Clone(body))
		}
		at += overhead + int(length) + int(length&1)
	}
}

// readISO finds the size of an AVIF or HEIC picture. What it holds cannot be
// stripped here, so one with EXIF is of no use.
func (h *header) readISO(data []byte) {
	h.sealed = true
	head := data[:min(len(data), 64<<10)]
	if !bytes.Contains(head, []byte("ispe")) { // what it says of itself may stand behind its pixels
		head = data
	}
	h.private = bytes.Contains(head, []byte("Exif")) || bytes.Contains(head, []byte("application/rdf+xml"))
	for rest := head; ; {
		at := bytes.Index(rest, []byte("ispe"))
		if at < 0 || at+16 > len(rest) {
			return
		}
		w, height := binary.BigEndian.Uint32(rest[at+8:]), binary.BigEndian.Uint32(rest[at+12:])
		if w <= maxSide && height <= maxSide && int64(w)*int64(height) > h.pixels() {
			h.width, h.height = int(w), int(height)
		}
		rest = rest[at+4:]
	}
}
