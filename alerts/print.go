package alerts

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"strconv"
	"time"
)

// A Print is what a document is known by when it comes again under another stamp: agencies
// make theirs anew every few seconds, and mostly say what they said before. To find that
// costs a small part of what reading does. The zero Print knows nothing again.
//
// It is good for as long as whoever has read the document would read it in the same way,
// so it must not outlive the process.
type Print struct {
	from   int // where the stamp begins, after a byte order mark
	length int // of the stamp; 0: any number of digits
	rest   [sha256.Size]byte
}

// The moments that stamps are believed to be, in seconds since 1970: from 2000 to 2099.
const (
	firstStamp = 946_684_800
	lastStamp  = 4_102_444_800
)

// PrintText is the Print of a document whose stamp is written in digits, in seconds since
// 1970, from a byte on.
func PrintText(doc Document, from int) Print { return printOf(doc, Print{from: from}) }

// PrintVarint is the Print of a document whose stamp is a number of protobuf, in seconds
// since 1970, from a byte on, of so many bytes.
func PrintVarint(doc Document, from, length int) Print {
	return printOf(doc, Print{from: from, length: length})
}

func printOf(doc Document, p Print) Print {
	rest, _, ok := p.of(doc)
	if !ok {
		return Print{}
	}
	p.rest = rest
	return p
}

// Again reports whether a document says what the one said that p is of, and its stamp.
func (p Print) Again(doc Document) (stamp time.Time, ok bool) {
	if p == (Print{}) {
		return time.Time{}, false
	}
	rest, seconds, ok := p.of(doc)
	if !ok || rest != p.rest {
		return time.Time{}, false
	}
	return time.Unix(seconds, 0).UTC(), true
}

// of is a digest of everything in a document but the stamp, which stands where p says;
// false: no stamp does.
func (p Print) of(doc Document) (rest [sha256.Size]byte, seconds int64, ok bool) {
	body := bytes.TrimPrefix(doc.Body, []byte("\xef\xbb\xbf"))
	if p.from < 0 || p.from >= len(body) {
		return rest, 0, false
	}
	n, length := p.stamp(body[p.from:])
	if length == 0 || n < firstStamp || n >= lastStamp {
		return rest, 0, false
	}
	h := sha256.New()
	around := strconv.AppendInt(strconv.AppendQuote(nil, doc.URL), int64(p.from), 10)
	for _, l := range doc.Languages {
		around = strconv.AppendQuote(around, l)
	}
	for _, part := range [][]byte{around, body[:p.from], body[p.from+length:]} {
		h.Write(part)
	}
	return [sha256.Size]byte(h.Sum(rest[:0])), int64(n), true
}

// stamp is the number at the beginning of bytes, and how long it is; 0: there is none.
func (p Print) stamp(b []byte) (n uint64, length int) {
	if p.length > 0 {
		n, length = binary.Uvarint(b)
		if length != p.length {
			return 0, 0
		}
		return n, length
	}
	for length < len(b) && length < 12 && b[length] >= '0' && b[length] <= '9' {
		n = 10*n + uint64(b[length]-'0')
		length++
	}
	return n, length
}
