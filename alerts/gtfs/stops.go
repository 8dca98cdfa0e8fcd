package gtfs

import (
	"bytes"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"slices"
	"strings"
)

// A stopList collects the stops of one or more files in little memory: ids one after
// the other in one piece, and likewise names, each of them once.
type stopList struct {
	text  []byte // the ids of stops and of their parents
	rows  []stopRow
	names struct {
		text []byte
		ends []uint32
	}
	seed  maphash.Seed
	known map[uint64]uint32 // the places of names, by their hashes
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

func newStopList() *stopList {
	return &stopList{seed: maphash.MakeSeed(), known: map[uint64]uint32{}}
}

// of is a part of the text. It must not be changed.
func (l *stopList) of(s span) []byte { return l.text[s.at : s.at+uint32(s.n)] }

// name is one of the names. It must not be changed.
func (l *stopList) name(i uint32) []byte {
	start := uint32(0)
	if i > 0 {
		start = l.names.ends[i-1]
	}
	return l.names.text[start:l.names.ends[i]]
}

func (l *stopList) keep(id []byte) span {
	s := span{uint32(len(l.text)), uint16(len(id))}
	l.text = append(l.text, id...)
	return s
}

// keepName returns the place of a name. Two names with the same hash, of which one in
// billions is, only take the room of two.
func (l *stopList) keepName(name []byte) uint32 {
	hash := maphash.Bytes(l.seed, name)
	if at, ok := l.known[hash]; ok && bytes.Equal(l.name(at), name) {
		return at
	}
	at := uint32(len(l.names.ends))
	l.names.text = append(l.names.text, name...)
	l.names.ends = append(l.names.ends, uint32(len(l.names.text)))
	l.known[hash] = at
	return at
}

func (l *stopList) add(id, parent, name []byte) error {
	if len(parent) > maxID {
		parent = nil
	}
	l.rows = append(l.rows, stopRow{l.keep(id), l.keep(parent), l.keepName(name)})
	if len(l.text)+len(l.names.text) > maxText {
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
		if len(stop) == 0 {
			continue
		}
		if len(l.rows) >= maxStops {
			notes.add("stops", "%s: only the first %d stops are known", file, maxStops)
			return nil
		}
		if err := l.add(stop, t.text(parent), t.name(name)); err != nil {
			return fmt.Errorf("%s: line %d: the ids and names are longer than %d MiB together", file, t.first, maxText>>20)
		}
	}
}

// settle makes the names of stops, each that of its station. The list is of no use
// afterwards.
func (l *stopList) settle(notes *notebook) stops {
	l.known = nil
	slices.SortStableFunc(l.rows, func(a, b stopRow) int { return bytes.Compare(l.of(a.id), l.of(b.id)) })
	l.rows = slices.CompactFunc(l.rows, func(a, b stopRow) bool {
		same := bytes.Equal(l.of(a.id), l.of(b.id))
		if same {
			notes.add("stop twice", "stops.txt: stop_id %q is there more than once; the first line counts", l.of(b.id))
		}
		return same
	})
	of := make([]uint32, len(l.rows)) // the names of rows
	for i, row := range l.rows {
		of[i] = l.station(row, notes)
	}
	return l.packed(of)
}

// packed is what is kept of the list, in just as much memory as it takes.
func (l *stopList) packed(of []uint32) stops {
	var s stops
	used := make([]uint32, len(l.names.ends)) // the new place of each name, and one more; 0: none
	ids, names, n := 0, 0, 0
	for i, row := range l.rows {
		name := l.name(of[i])
		if len(name) == 0 {
			continue
		}
		if n++; used[of[i]] == 0 {
			used[of[i]] = 1
			names += len(name)
		}
		ids += int(row.id.n)
	}
	clear(used)
	var idText, nameText strings.Builder
	idText.Grow(ids)
	nameText.Grow(names)
	s.ids.ends, s.name = make([]uint32, 0, n), make([]uint32, 0, n)
	for i, row := range l.rows {
		name := l.name(of[i])
		if len(name) == 0 {
			continue
		}
		if used[of[i]] == 0 {
			nameText.Write(name)
			s.names.ends = append(s.names.ends, uint32(nameText.Len()))
			used[of[i]] = uint32(len(s.names.ends))
		}
		idText.Write(l.of(row.id))
		s.ids.ends = append(s.ids.ends, uint32(idText.Len()))
		s.name = append(s.name, used[of[i]]-1)
	}
	s.ids.text, s.names.text, s.names.ends = idText.String(), nameText.String(), slices.Clip(s.names.ends)
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
		if len(l.name(row.name)) > 0 {
			name = row.name
		}
	}
	return name
}
