package gtfsrt

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A cursor walks through JSON once, without building what it passes over. Each of its
// methods takes the value that it stands at, if that is of the right type, and
// otherwise leaves it for another method; what nobody takes, it passes over itself.
// The bytes must be valid JSON.
type cursor struct {
	b  []byte
	at int
}

// valid makes a cursor of bytes, or says where they are not JSON, or are too deep.
func valid(b []byte) (*cursor, error) {
	if at, ok := tooDeep(b); ok {
		return nil, fmt.Errorf("the JSON is nested deeper than %d at byte %d: no alerts are", maxDepth, at)
	}
	if json.Valid(b) {
		return &cursor{b: b}, nil
	}
	var none json.RawMessage
	err := json.Unmarshal(b, &none)
	var wrong *json.SyntaxError
	if errors.As(err, &wrong) {
		if strings.Contains(wrong.Error(), "unexpected end") {
			return nil, fmt.Errorf("the JSON ends in the middle, after %d bytes: it was cut off; the next one may be whole", len(b))
		}
		return nil, fmt.Errorf("this is not JSON from byte %d on: it is broken, or something else", wrong.Offset)
	}
	return nil, errors.New("this is not JSON: it is broken, or something else")
}

// tooDeep reports where brackets are nested deeper than is allowed.
func tooDeep(b []byte) (at int, yes bool) {
	depth, quoted := 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return i, true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return 0, false
}

// next is the first byte of the value that the cursor stands at; 0: at the end.
func (c *cursor) next() byte {
	for c.at < len(c.b) {
		switch c.b[c.at] {
		case ' ', '\t', '\r', '\n', ',', ':':
			c.at++
		default:
			return c.b[c.at]
		}
	}
	return 0
}

// object calls do for each member of an object, by its key in small letters and
// without underscores, so that header_text and headerText are one.
func (c *cursor) object(do func(key string)) bool {
	if c.next() != '{' {
		return false
	}
	c.at++
	for c.next() == '"' {
		key := c.key()
		c.next()
		from := c.at
		if do(key); c.at == from {
			c.skip()
		}
	}
	c.at++ // }
	return true
}

// key takes the key of a member. One that no name of the schema can be is "".
func (c *cursor) key() string {
	from := c.at
	c.skip()
	var buf [40]byte
	n := 0
	for _, b := range c.b[from+1 : max(from+1, c.at-1)] {
		switch {
		case n == len(buf) || b >= 0x80 || b == '\\':
			return ""
		case b >= 'A' && b <= 'Z':
			buf[n] = b + 'a' - 'A'
		case b == '_':
			continue
		default:
			buf[n] = b
		}
		n++
	}
	return string(buf[:n])
}

// array calls do for each element of an array.
func (c *cursor) array(do func()) bool {
	if c.next() != '[' {
		return false
	}
	c.at++
	for c.next() != ']' && c.at < len(c.b) {
		from := c.at
		if do(); c.at == from {
			c.skip()
		}
	}
	c.at++ // ]
	return true
}

// each calls do for each element of an array, or for a value that is none.
func (c *cursor) each(do func()) {
	if !c.array(do) {
		do()
	}
}

// skip passes over a value.
func (c *cursor) skip() {
	depth := 0
	for c.next() != 0 {
		switch c.b[c.at] {
		case '{', '[':
			depth++
			c.at++
		case '}', ']':
			if depth == 0 {
				return // of what is around; there was no value
			}
			depth--
			c.at++
		case '"':
			c.skipString()
		default:
			c.skipLiteral()
		}
		if depth == 0 {
			return
		}
	}
}

func (c *cursor) skipString() {
	for c.at++; c.at < len(c.b); c.at++ {
		switch c.b[c.at] {
		case '\\':
			c.at++
		case '"':
			c.at++
			return
		}
	}
}

func (c *cursor) skipLiteral() {
	for c.at < len(c.b) && !strings.ContainsRune(" \t\r\n,:]}", rune(c.b[c.at])) {
		c.at++
	}
}

// text takes a string; of a number, its digits.
func (c *cursor) text() (string, bool) {
	b := c.next()
	from := c.at
	switch {
	case b == '"':
		c.skipString()
		raw := c.b[from:c.at]
		if len(raw) >= 2 && bytes.IndexByte(raw, '\\') < 0 {
			return string(raw[1 : len(raw)-1]), true
		}
		var s string
		if json.Unmarshal(raw, &s) != nil {
			return "", true
		}
		return s, true
	case b == '-' || b >= '0' && b <= '9':
		c.skipLiteral()
		return string(c.b[from:c.at]), true
	}
	return "", false
}

// number takes a number: as it is, in quotes, as the halves of one of 64 bits, or as a
// moment in words; a fraction is cut off. What is none, or negative, is 0.
func (c *cursor) number() uint64 {
	if s, ok := c.text(); ok {
		return numberOf(s)
	}
	var low, high uint64
	c.object(func(key string) {
		switch key {
		case "low":
			low = c.half()
		case "high":
			high = c.half()
		}
	})
	return high<<32 | low
}

// half takes 32 bits, which some write as a number that may be negative.
func (c *cursor) half() uint64 {
	s, _ := c.text()
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0
	}
	return uint64(uint32(n))
}

func numberOf(s string) uint64 {
	s = strings.TrimSpace(clip(s, 60))
	if n, err := strconv.ParseUint(s, 10, 64); err == nil {
		return n
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil && f >= 0 && f < 1<<53 {
		return uint64(f)
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil && t.Unix() > 0 {
		return uint64(t.Unix())
	}
	return 0
}

// yes takes true.
func (c *cursor) yes() bool {
	if c.next() != 't' {
		return false
	}
	c.skipLiteral()
	return true
}
