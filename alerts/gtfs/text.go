package gtfs

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	utf16 "golang.org/x/text/encoding/unicode"
)

// decoded is a file as text with "\n" at the ends of its lines, whatever it had, and
// without a byte order mark. UTF-16 is recognised; which other encoding a file has can
// only be told from its cells (see words).
func decoded(r io.Reader) io.Reader {
	br := bufio.NewReader(r)
	head, _ := br.Peek(3) // an error comes again when the file is read
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")), len(head) > 1 && head[0] != 0 && head[1] == 0:
		return &endings{r: bufio.NewReader(utf16.UTF16(utf16.LittleEndian, utf16.UseBOM).NewDecoder().Reader(br))}
	case bytes.HasPrefix(head, []byte("\xfe\xff")), len(head) > 1 && head[0] == 0 && head[1] != 0:
		return &endings{r: bufio.NewReader(utf16.UTF16(utf16.BigEndian, utf16.UseBOM).NewDecoder().Reader(br))}
	}
	for range 2 { // some programs write two marks
		if head, _ := br.Peek(3); bytes.Equal(head, []byte("\xef\xbb\xbf")) {
			_, _ = br.Discard(3)
		}
	}
	return &endings{r: br}
}

// endings makes "\n" of "\r\n" and of "\r".
type endings struct {
	r       io.Reader
	carried bool // the last byte was a "\r"
}

// Read is that of io.Reader.
func (e *endings) Read(p []byte) (int, error) {
	for {
		n, err := e.r.Read(p)
		kept := e.turn(p[:n])
		if kept > 0 || err != nil || n == 0 {
			return kept, err
		}
	}
}

// turn changes p in place and returns how much is left of it.
func (e *endings) turn(p []byte) int {
	if !e.carried && bytes.IndexByte(p, '\r') < 0 {
		return len(p)
	}
	kept := 0
	for _, c := range p {
		after := e.carried
		e.carried = c == '\r'
		switch {
		case c == '\n' && after:
			continue
		case c == '\r':
			c = '\n'
		}
		p[kept] = c
		kept++
	}
	return kept
}

// words is a cell as text for people: valid UTF-8 on one line, without characters that
// show nothing or turn the text around. A cell that is not UTF-8 is taken for
// windows-1252, which is what files that are said to be ISO-8859-1 hold; foreign
// reports that.
func words(cell []byte) (text string, foreign bool) {
	if plain(cell) {
		return string(cell), false
	}
	if !utf8.Valid(cell) {
		foreign = true
		if better, err := charmap.Windows1252.NewDecoder().Bytes(cell); err == nil {
			cell = better
		}
	}
	kept := bytes.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), r == utf8.RuneError, r == '\ufeff', r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, cell)
	return strings.Join(strings.Fields(string(kept)), " "), foreign
}

// plain reports whether a cell can stay as it is. Most can.
func plain(cell []byte) bool {
	for i, c := range cell {
		if c < ' ' || c > '~' || c == ' ' && (i == 0 || i == len(cell)-1 || cell[i-1] == ' ') {
			return false
		}
	}
	return true
}

// short is a name within its bound.
func short(name string) string {
	if len(name) <= maxName || utf8.RuneCountInString(name) <= maxName {
		return name
	}
	n := 0
	for i := range name {
		if n == maxName-1 {
			return strings.TrimSpace(name[:i]) + "…"
		}
		n++
	}
	return name
}
