package media

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"io"
)

// A colour profile is the one thing beside the pixels that is kept: without it a
// picture of a wider range than sRGB looks pale.

const (
	iccMark = "ICC_PROFILE\x00"
	// maxProfile is what one segment of JPEG holds, in bytes. Profiles of cameras
	// and displays have a tenth of it; those of printing presses are of no use.
	maxProfile = 0xffff - 2 - len(iccMark) - 2
)

// iccParts collects the pieces of a profile in a JPEG.
type iccParts struct{ list [][]byte }

func (p *iccParts) add(body []byte) {
	const most = 16
	if rest := body[len(iccMark):]; len(rest) > 2 && len(p.list) < most {
		p.list = append(p.list, rest)
	}
}

// profile puts the pieces together, each of which has its number and how many
// there are before it.
func (p *iccParts) profile() []byte {
	var whole []byte
	for n := 1; n <= len(p.list); n++ {
		for _, part := range p.list {
			if int(part[0]) == n {
				whole = append(whole, part[2:]...)
				break
			}
		}
	}
	return rgbProfile(whole)
}

// inflateProfile reads the profile of a PNG: a name, a zero, the method, and the
// compressed profile.
func inflateProfile(chunk []byte) []byte {
	_, rest, found := bytes.Cut(chunk, []byte{0})
	if !found || len(rest) < 2 || rest[0] != 0 {
		return nil
	}
	r, err := zlib.NewReader(bytes.NewReader(rest[1:]))
	if err != nil {
		return nil
	}
	defer r.Close()
	profile, err := io.ReadAll(io.LimitReader(r, int64(maxProfile)+1))
	if err != nil {
		return nil
	}
	return rgbProfile(profile)
}

// rgbProfile is b if it is a profile of red, green and blue, and of a size that
// can be passed on.
func rgbProfile(b []byte) []byte {
	const header = 128
	if len(b) < header || len(b) > maxProfile || string(b[16:20]) != "RGB " || string(b[36:40]) != "acsp" {
		return nil
	}
	return b
}

// withProfile puts a profile into a JPEG or a PNG that has just been encoded.
func withProfile(data []byte, mime string, profile []byte) []byte {
	if len(profile) == 0 {
		return data
	}
	switch mime {
	case typeJPEG:
		const soi = 2
		head := append([]byte{0xff, markerAPP2, 0, 0}, iccMark...)
		head = append(head, 1, 1)
		binary.BigEndian.PutUint16(head[2:], uint16(len(head)-2+len(profile)))
		return bytes.Join([][]byte{data[:soi], head, profile, data[soi:]}, nil)
	case typePNG:
		const afterHeader = 8 + 25
		return bytes.Join([][]byte{data[:afterHeader], iccChunk(profile), data[afterHeader:]}, nil)
	}
	return data
}

func iccChunk(profile []byte) []byte {
	var body bytes.Buffer
	body.WriteString("iCCPicc\x00\x00")
	w := zlib.NewWriter(&body)
	_, _ = w.Write(profile) // a buffer takes everything
	_ = w.Close()
	b := body.Bytes()
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(b)-4))
	chunk = append(chunk, b...)
	return binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(b))
}
