package media

import (
	"bytes"
	"encoding/binary"
)

// The types that are told apart. What a server says of its files counts for
// nothing: it is often wrong, and may be meant to deceive.
const (
	typeJPEG = "image/jpeg"
	typePNG  = "image/png"
	typeGIF  = "image/gif"
	typeWebP = "image/webp"
	typeAVIF = "image/avif"
	typeHEIC = "image/heic"
	typeMP4  = "video/mp4"
	typeMOV  = "video/quicktime"
	typeWebM = "video/webm"
)

// sniff is the type of bytes by how they begin; empty: none that is of use.
func sniff(b []byte) string {
	switch {
	case bytes.HasPrefix(b, []byte{0xff, 0xd8, 0xff}):
		return typeJPEG
	case bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")):
		return typePNG
	case bytes.HasPrefix(b, []byte("GIF87a")), bytes.HasPrefix(b, []byte("GIF89a")):
		return typeGIF
	case len(b) >= 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP":
		return typeWebP
	case bytes.HasPrefix(b, []byte{0x1a, 0x45, 0xdf, 0xa3}):
		return typeWebM
	case len(b) >= 16 && string(b[4:8]) == "ftyp":
		return brand(b)
	}
	return ""
}

// brand is the type of an ISO base media file by its brands: the one it is best
// read as, and those it is compatible with.
func brand(b []byte) string {
	end := min(int(binary.BigEndian.Uint32(b)), len(b), 128)
	if t := brandType(b[8:12]); t != "" {
		return t
	}
	for i := 16; i+4 <= end; i += 4 {
		if t := brandType(b[i : i+4]); t != "" {
			return t
		}
	}
	return ""
}

func brandType(b []byte) string {
	switch string(b) {
	case "avif", "avis":
		return typeAVIF
	case "heic", "heix", "heim", "heis", "hevc", "hevx":
		return typeHEIC
	case "qt  ":
		return typeMOV
	case "isom", "iso2", "iso4", "iso5", "iso6", "mp41", "mp42", "avc1", "M4V ", "dash", "mmp4":
		return typeMP4
	}
	return ""
}

// unlike is what people call the types that are no pictures.
func unlike(b []byte) string {
	switch {
	case len(bytes.TrimSpace(b)) == 0:
		return "nothing is there"
	case bytes.HasPrefix(b, []byte("BM")), bytes.HasPrefix(b, []byte("II*\x00")), bytes.HasPrefix(b, []byte("MM\x00*")):
		return "its format (BMP or TIFF) is not read"
	case bytes.HasPrefix(b, []byte("%PDF")):
		return "it is a PDF document, not a picture"
	}
	head := bytes.ToLower(bytes.TrimSpace(b[:min(len(b), 1024)]))
	switch {
	case bytes.Contains(head, []byte("<svg")):
		return "it is a drawing (SVG), which networks do not take"
	case bytes.HasPrefix(head, []byte("<")):
		return "it is a web page, not a picture"
	}
	return "it is no picture that can be read"
}
