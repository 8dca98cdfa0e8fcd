package gtfs

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// A stopList collects the stops of one or more files in little memory: ids one after
// the other in one piece, each name once.
type stopList struct {
	text  []byte // the ids of stops and of their parents
	rows  []stopRow
	names []string
	known map[string]uint32 // the places in names
	bytes int               // of names
}

type stopRow struct {
	id, parent span
	name       uint32
}

// A span is a part of text.
type span struct {
	at uint32
	n  uint16
}

var errMuch = errors.New("too much")

func newStopList() *stopList { return &stopList{known: map[string]uint32{}} }

// of is a part of the text. It must not be changed.
func (l *stopList) of(s span) []byte { return l.text[s.at : s.at+uint32(s.n)] }

func (l *stopList) keep(id string) span {
	s := span{uint32(len(l.text)), uint16(len(id))}
	l.text = append(l.text, id...)
	return s
}

func (l *stopList) add(id, parent, name string) error {
	if len(parent) > maxID {
		parent = ""
	}
	n, ok := l.known[name]
	if !ok {
		n = uint32(len(l.names))
		l.names = append(l.names, name)
		l.known[name] = n
		l.bytes += len(name)
	}
	l.rows = append(l.rows, stopRow{l.keep(id), l.keep(parent), n})
	if len(l.text)+l.bytes > maxText {
		return errMuch
	}
	return nil
}

// read reads a stops.txt.
func (l *stopList) read(file string, r io.Reader, notes *notebook) error {
	t, err := open(file, r, notes, "stop_id", "stop_name")
	if err != nil {
		return err
	}
	id, name, parent := t.column("stop_id"), t.column("stop_name"), t.column("parent_station")
	for {
		ok, err := t.next()
		if !ok || err != nil {
			return err
		}
		stop := t.id(id)
		if stop == "" {
			continue
		}
		if len(l.rows) >= maxStops {
			notes.add("stops", "%s: only the first %d stops are known", file, maxStops)
			return nil
		}
		if err := l.add(stop, t.say(parent), short(t.say(name))); err != nil {
			return fmt.Errorf("%s: line %d: the ids and names are longer than %d MiB together", file, t.first, maxText>>20)
		}
	}
}

// settle makes the names of stops, each that of its station.
func (l *stopList) settle(notes *notebook) stops {
	slices.SortStableFunc(l.rows, func(a, b stopRow) int { return bytes.Compare(l.of(a.id), l.of(b.id)) })
	l.rows = slices.CompactFunc(l.rows, func(a, b stopRow) bool {
		same := bytes.Equal(l.of(a.id), l.of(b.id))
		if same {
			notes.add("stop twice", "stops.txt: stop_id %q is there more than once; the first line counts", l.of(b.id))
		}
		return same
	})
	var s stops
	used := make([]uint32, len(l.names)) // the new place of each name, and one more; 0: none
	var ids, names strings.Builder
	for _, row := range l.rows {
		n := l.station(row, notes)
		if l.names[n] == "" {
			continue
		}
		if used[n] == 0 {
			names.WriteString(l.names[n])
			s.names.ends = append(s.names.ends, uint32(names.Len()))
			used[n] = uint32(len(s.names.ends))
		}
		ids.Write(l.of(row.id))
		s.ids.ends = append(s.ids.ends, uint32(ids.Len()))
		s.name = append(s.name, used[n]-1)
	}
	s.ids.text, s.names.text = strings.Clone(ids.String()), strings.Clone(names.String())
	s.ids.ends, s.names.ends, s.name = slices.Clone(s.ids.ends), slices.Clone(s.names.ends), slices.Clone(s.name)
	return s
}

// station is the name of the topmost parent that has one: of a boarding area that is
// the station of its platform. A circle of parents ends somewhere.
func (l *stopList) station(row stopRow, notes *notebook) uint32 {
	const levels = 3
	name := row.name
	for range levels {
		if row.parent.n == 0 {
			break
		}
		i, ok := slices.BinarySearchFunc(l.rows, l.of(row.parent), func(r stopRow, id []byte) int { return bytes.Compare(l.of(r.id), id) })
		if !ok {
			notes.add("no parent", "stops.txt: stop_id %q has the parent_station %q, which is not there", l.of(row.id), l.of(row.parent))
			break
		}
		row = l.rows[i]
		if l.names[row.name] != "" {
			name = row.name
		}
	}
	return name
}
