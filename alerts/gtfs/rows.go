package gtfs

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// rows reads a text file of GTFS row by row. Lines that cannot be read are noted and
// left out. It keeps one row in memory.
type rows struct {
	file  string // for people
	notes *notebook
	in    *bufio.Reader
	ahead [][]byte // lines that were read and given back
	line  int      // the number of the last line that was taken
	first int      // that of the line where the row begins
	comma byte
	left  int // lines that were left out

	columns []string
	row     []byte
	cells   []byte // one after the other
	ends    []int
}

// open reads the first line of a file, which names its columns. It fails when one of
// the columns is not there that the file is of no use without.
func open(file string, r io.Reader, notes *notebook, needed ...string) (*rows, error) {
	t := &rows{file: file, notes: notes, in: bufio.NewReaderSize(decoded(r), maxLine), comma: ','}
	ok, err := t.next()
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, fmt.Errorf("%s is empty", file)
	}
	if c := separator(t.row); c != ',' {
		t.comma = c
		t.parse(t.row)
		notes.add(file+" separator", "%s: its columns are separated by %q, not by commas", file, c)
	}
	if len(t.ends) > maxColumns {
		return nil, fmt.Errorf("%s: line %d has %d columns (the limit is %d)", file, t.first, len(t.ends), maxColumns)
	}
	for i := range t.ends {
		name, _ := words(t.at(i))
		t.columns = append(t.columns, strings.ToLower(name))
	}
	for _, name := range needed {
		if !slices.Contains(t.columns, name) {
			return nil, fmt.Errorf("%s: line %d: there is no column %s among %s", file, t.first, name, t.listed())
		}
	}
	return t, nil
}

// listed are the columns that there are, for people.
func (t *rows) listed() string {
	const few = 12
	shown := t.columns[:min(len(t.columns), few)]
	text := strings.Join(shown, ", ")
	if len(text) > 300 {
		text = strings.ToValidUTF8(text[:300], "") + "…"
	}
	if more := len(t.columns) - len(shown); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// separator is what a first line without commas has in their place.
func separator(row []byte) byte {
	for _, c := range []byte(",;\t|") {
		if bytes.IndexByte(row, c) >= 0 {
			return c
		}
	}
	return ','
}

// column is where a column is; -1: nowhere.
func (t *rows) column(name string) int { return slices.Index(t.columns, name) }

// cell is a cell of the row as it came; empty when the row is too short, or there is no
// such column. It holds until the next row.
func (t *rows) cell(column int) []byte {
	if column < 0 || column >= len(t.ends) {
		return nil
	}
	return t.at(column)
}

// text is a cell as text for people. It holds until the next row.
func (t *rows) text(column int) []byte {
	cell := t.cell(column)
	if plain(cell) {
		return cell
	}
	text, foreign := words(cell)
	if foreign {
		t.notes.add(t.file+" encoding", "%s: line %d is not UTF-8 and was read as windows-1252", t.file, t.first)
	}
	return []byte(text)
}

// say is text as a string of its own.
func (t *rows) say(column int) string { return string(t.text(column)) }

// name is text within the bound of a name.
func (t *rows) name(column int) []byte {
	text := t.text(column)
	if len(text) > maxName {
		return []byte(short(string(text)))
	}
	return text
}

// id is a cell that names something; empty: it names nothing that can be asked for,
// which is noted. It holds until the next row.
func (t *rows) id(column int) []byte {
	id := t.text(column)
	switch {
	case len(id) == 0:
		t.leaveOut(" no id", "%s: line %d, column %s: it is empty, so the line was left out", t.file, t.first, t.columns[column])
	case len(id) > maxID:
		t.leaveOut(" long id", "%s: line %d, column %s: it is longer than %d bytes, so the line was left out", t.file, t.first, t.columns[column], maxID)
		return nil
	}
	return id
}

func (t *rows) at(i int) []byte {
	start := 0
	if i > 0 {
		start = t.ends[i-1]
	}
	return t.cells[start:t.ends[i]]
}

// leaveOut notes that a line is of no use.
func (t *rows) leaveOut(kind, format string, args ...any) {
	t.left++
	t.notes.add(t.file+kind, format, args...)
}

// next goes to the next row; false: there is none. It fails when so many lines are of
// no use that the file must be something else.
func (t *rows) next() (bool, error) {
	for {
		if t.left > maxLeftOut {
			return false, fmt.Errorf("%s: line %d: more than %d lines before it were of no use, so none of them is used", t.file, t.line, maxLeftOut)
		}
		line, err := t.take()
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		t.first = t.line
		if len(bytes.Trim(line, " \t,;|")) == 0 {
			continue // also the ",,," that spreadsheets write
		}
		t.row = append(t.row[:0], line...)
		if t.parse(t.row) {
			return true, nil
		}
		if whole, err := t.further(); whole || err != nil {
			return whole, err
		}
		t.leaveOut(" quote", "%s: line %d: a quote is not closed, so the line was left out", t.file, t.first)
	}
}

// further reads the lines that a row goes on in whose quote is open. When it is not
// closed within bounds, the quote is the mistake, and those lines are given back.
func (t *rows) further() (bool, error) {
	var taken [][]byte
	for len(taken) < maxLines && len(t.row) < maxLine {
		line, err := t.take()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return false, err
		}
		taken = append(taken, bytes.Clone(line))
		t.row = append(append(t.row, '\n'), line...)
		if bytes.IndexByte(line, '"') >= 0 && t.parse(t.row) {
			return true, nil
		}
	}
	t.line -= len(taken)
	t.ahead = append(taken, t.ahead...)
	return false, nil
}

// take returns the next line, without its end. It holds until the next call. Of a line
// that is too long nothing is left but the fact.
func (t *rows) take() ([]byte, error) {
	t.line++
	if len(t.ahead) > 0 {
		line := t.ahead[0]
		t.ahead = t.ahead[1:]
		return line, nil
	}
	line, err := t.in.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		t.leaveOut(" long line", "%s: line %d is longer than %d KiB, and was left out", t.file, t.line, maxLine>>10)
		return nil, t.skip()
	case errors.Is(err, io.EOF) && len(line) > 0, err == nil:
		return bytes.TrimSuffix(line, []byte("\n")), nil
	case errors.Is(err, io.EOF):
		t.line-- // there was none
		return nil, io.EOF
	}
	return nil, fmt.Errorf("%s: line %d: %w", t.file, t.line, err)
}

// skip passes over the rest of a line.
func (t *rows) skip() error {
	for {
		_, err := t.in.ReadSlice('\n')
		switch {
		case err == nil, errors.Is(err, io.EOF):
			return nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return fmt.Errorf("%s: line %d: %w", t.file, t.line, err)
		}
	}
}

// parse cuts a row into cells; false: a quote in it is open.
func (t *rows) parse(row []byte) (whole bool) {
	t.cells, t.ends = t.cells[:0], t.ends[:0]
	for {
		row = bytes.TrimLeft(row, " ")
		if len(row) > 0 && row[0] == '"' {
			if row, whole = t.quoted(row[1:]); !whole {
				return false
			}
		}
		cell, rest, more := cut(row, t.comma)
		t.cells = append(t.cells, bytes.TrimRight(cell, " ")...)
		t.ends = append(t.ends, len(t.cells))
		if !more {
			return true
		}
		row = rest
	}
}

// quoted takes the text up to the closing quote, and returns what comes after it.
func (t *rows) quoted(row []byte) (rest []byte, whole bool) {
	for {
		i := bytes.IndexByte(row, '"')
		if i < 0 {
			return nil, false
		}
		t.cells = append(t.cells, row[:i]...)
		row = row[i+1:]
		if len(row) == 0 || row[0] != '"' {
			return row, true
		}
		t.cells = append(t.cells, '"')
		row = row[1:]
	}
}

func cut(row []byte, comma byte) (cell, rest []byte, more bool) {
	i := bytes.IndexByte(row, comma)
	if i < 0 {
		return row, nil, false
	}
	return row[:i], row[i+1:], true
}
