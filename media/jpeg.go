package media

import (
	"bytes"
	"encoding/binary"
)

// Markers of JPEG.
const (
	markerSOI  = 0xd8
	markerEOI  = 0xd9
	markerSOS  = 0xda
	markerDRI  = 0xdd
	markerAPP0 = 0xe0
	markerAPP1 = 0xe1 // EXIF, XMP
	markerAPP2 = 0xe2 // ICC profile
	markerAdbe = 0xee // Adobe: which colours the components are
	markerCOM  = 0xfe
)

// maxScans is how many passes a JPEG may make over its pixels. Cameras and
// programs make ten; each more costs time for hardly any bytes.
const maxScans = 64

// A jpegFrame is what the frame header says of the components.
type jpegFrame struct {
	progressive bool
	components  int
	letters     bool  // they are called R, G and B
	samples     int64 // bytes of all planes
	adobe       bool
	transform   byte
}

// readJPEG walks the segments.
func (h *header) readJPEG(data []byte) {
	var f jpegFrame
	var parts iccParts
	scans := 0
	for at := 2; ; {
		marker, body, next := segment(data, at)
		if next == 0 {
			break
		}
		at = next
		switch {
		case marker == markerSOS:
			scans++
			if scans > maxScans {
				h.reason = "it cannot be read: it is made of too many passes"
				return
			}
			at = afterScan(data, at)
		case marker == markerAPP1 && bytes.HasPrefix(body, []byte("Exif\x00\x00")):
			h.private, h.turn = true, orientation(body[6:])
		case marker == markerAPP2 && bytes.HasPrefix(body, []byte(iccMark)):
			parts.add(body)
		case marker == markerAdbe && len(body) >= 12 && string(body[:5]) == "Adobe":
			f.adobe, f.transform = true, body[11]
		case marker == markerAPP0, marker == markerAPP2:
		case marker >= markerAPP1 && marker <= 0xef, marker == markerCOM:
			h.private = true
		case isFrame(marker):
			h.readFrame(&f, marker, body)
		}
	}
	h.profile = parts.profile()
	h.cost = f.cost(h.pixels())
}

// segment is the marker at a place, what it holds, and where the next one is; 0:
// there is no further one.
func segment(data []byte, at int) (marker byte, body []byte, next int) {
	for at < len(data) && data[at] != 0xff { // rubbish between segments, as decoders overlook it
		at++
	}
	for at < len(data) && data[at] == 0xff {
		at++
	}
	if at >= len(data) || data[at] == markerEOI {
		return 0, nil, 0
	}
	marker = data[at]
	at++
	if marker == 0 || marker == 1 || marker >= 0xd0 && marker <= markerSOI {
		return marker, nil, at
	}
	if at+2 > len(data) {
		return 0, nil, 0
	}
	length := int(binary.BigEndian.Uint16(data[at:]))
	if length < 2 || at+length > len(data) {
		return 0, nil, 0
	}
	return marker, data[at+2 : at+length], at + length
}

// afterScan is where the compressed pixels end that begin at a place.
func afterScan(data []byte, at int) int {
	for {
		i := bytes.IndexByte(data[at:], 0xff)
		if i < 0 || at+i+1 >= len(data) {
			return len(data)
		}
		at += i
		if m := data[at+1]; m != 0 && m != 0xff && (m < 0xd0 || m > 0xd7) {
			return at
		}
		at++
	}
}

func isFrame(marker byte) bool {
	return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc
}

// readFrame reads the size of the picture and of its planes.
func (h *header) readFrame(f *jpegFrame, marker byte, body []byte) {
	if len(body) < 6 || h.width > 0 {
		return
	}
	h.height, h.width = int(binary.BigEndian.Uint16(body[1:])), int(binary.BigEndian.Uint16(body[3:]))
	f.progressive, f.components = marker == 0xc2, int(body[5])
	if f.components > 4 || len(body) < 6+3*f.components {
		h.reason = "it cannot be read: its beginning is broken"
		return
	}
	most := int64(1)
	var share int64
	names := make([]byte, 0, 4)
	for i := range f.components {
		c := body[6+3*i:]
		names = append(names, c[0])
		s := int64(c[1]>>4) * int64(c[1]&15)
		share += s
		most = max(most, s)
	}
	f.letters = string(names) == "RGB"
	const block = 32 // planes are rounded up to whole blocks
	f.samples = (int64(h.width) + block) * (int64(h.height) + block) * share / most
}

// cost is the memory that decoding takes: the planes, for progressive ones the
// coefficients of all of them, and a copy where colours have to be converted.
func (f jpegFrame) cost(pixels int64) int64 {
	cost := f.samples
	if f.progressive {
		cost += 4 * f.samples
	}
	if f.components == 4 || f.letters || f.adobe && f.transform == 0 {
		cost += 4 * pixels
	}
	return cost
}
