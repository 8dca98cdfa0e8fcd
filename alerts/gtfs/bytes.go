package gtfs

import (
	"bytes"
	"compress/gzip"
	"encoding/gob"
	"errors"
	"fmt"
	"io"

	"spool"
	"spool/alerts"
)

// form is the version of the bytes that Names are kept as. Bytes of another form are
// not read: the names are fetched again.
const form = 1

// keeping is what the bytes hold. Ends of strings are kept as lengths, which pack to
// less.
type keeping struct {
	Form     int
	Agencies []Agency
	Routes   []keptRoute
	IDs      keptPack
	Of       []uint32
	Names    keptPack
	Notes    []string
}

type keptRoute struct{ ID, Agency, Name, Mode, Colour string }

type keptPack struct {
	Text    string
	Lengths []uint32
}

// MarshalBinary returns names as bytes, for UnmarshalBinary.
func (n *Names) MarshalBinary() ([]byte, error) {
	k := keeping{Form: form, Agencies: n.agencies, Of: n.stops.name, IDs: n.stops.ids.kept(), Names: n.stops.names.kept(), Notes: n.notes}
	for _, r := range n.routes {
		k.Routes = append(k.Routes, keptRoute{r.ID, r.Agency, r.Name, string(r.Mode), r.Colour})
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if err := gob.NewEncoder(z).Encode(k); err != nil {
		return nil, fmt.Errorf("encode names: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("encode names: %w", err)
	}
	return b.Bytes(), nil
}

// UnmarshalBinary makes n what MarshalBinary was given.
func (n *Names) UnmarshalBinary(data []byte) error {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("decode names: %w", err)
	}
	var k keeping
	r := &bound{r: z, left: maxFile}
	if err := gob.NewDecoder(r).Decode(&k); err != nil {
		return fmt.Errorf("decode names: %w", err)
	}
	if _, err := io.Copy(io.Discard, r); err != nil { // at its end is the checksum
		return fmt.Errorf("decode names: %w", err)
	}
	if k.Form != form {
		return fmt.Errorf("names are kept in form %d, and this program reads form %d", k.Form, form)
	}
	made := Names{agencies: k.Agencies, notes: k.Notes, stops: stops{name: k.Of}}
	for _, r := range k.Routes {
		made.routes = append(made.routes, route{r.ID, r.Agency, alerts.Route{Name: r.Name, Mode: spool.Mode(r.Mode), Colour: r.Colour}})
	}
	var good [2]bool
	made.stops.ids, good[0] = k.IDs.pack()
	made.stops.names, good[1] = k.Names.pack()
	if !good[0] || !good[1] || !made.stops.sound() {
		return errors.New("decode names: they are damaged")
	}
	made.version = made.digest()
	*n = made
	return nil
}

// sound reports whether each stop has a name.
func (s stops) sound() bool {
	if len(s.name) != s.ids.len() {
		return false
	}
	for _, n := range s.name {
		if int64(n) >= int64(s.names.len()) {
			return false
		}
	}
	return true
}

func (p pack) kept() keptPack {
	k := keptPack{Text: p.text, Lengths: make([]uint32, len(p.ends))}
	start := uint32(0)
	for i, end := range p.ends {
		k.Lengths[i], start = end-start, end
	}
	return k
}

func (k keptPack) pack() (p pack, good bool) {
	p = pack{text: k.Text, ends: make([]uint32, len(k.Lengths))}
	end := uint64(0)
	for i, n := range k.Lengths {
		end += uint64(n)
		if end > uint64(len(k.Text)) {
			return pack{}, false
		}
		p.ends[i] = uint32(end)
	}
	return p, true
}
