package media

import (
	"bytes"
	"encoding/binary"
)

// orientation is how EXIF says that a picture is to be turned: 1 to 8; 0: it does
// not say. b begins with the TIFF header.
func orientation(b []byte) int {
	const tag, short, header, entry = 0x0112, 3, 8, 12
	if len(b) < header {
		return 0
	}
	var order binary.ByteOrder = binary.BigEndian
	switch {
	case bytes.HasPrefix(b, []byte("II*\x00")):
		order = binary.LittleEndian
	case !bytes.HasPrefix(b, []byte("MM\x00*")):
		return 0
	}
	at := int64(order.Uint32(b[4:]))
	if at+2 > int64(len(b)) {
		return 0
	}
	entries := b[at+2:]
	for n := int(order.Uint16(b[at:])); n > 0 && len(entries) >= entry; n-- {
		if order.Uint16(entries) == tag && order.Uint16(entries[2:]) == short {
			if v := int(order.Uint16(entries[8:])); v >= 1 && v <= 8 {
				return v
			}
			return 0
		}
		entries = entries[entry:]
	}
	return 0
}
