package gtfs

import "spool/alerts"

// A Table is an alerts.Directory of names that a person has written down, by id.
type Table struct {
	Routes          map[string]alerts.Route
	Stops, Agencies map[string]string

	version string // once it is sealed
}

// Route returns a line by its id.
func (t Table) Route(_, id string) (alerts.Route, bool) {
	r, ok := t.Routes[id]
	return r, ok
}

// Stop returns the name of a stop by its id.
func (t Table) Stop(id string) (string, bool) {
	name, ok := t.Stops[id]
	return name, ok
}

// Agency returns the name of an agency by its id, which may be left out if there is a
// single one.
func (t Table) Agency(id string) (string, bool) {
	name, ok := t.Agencies[id]
	if !ok && id == "" && len(t.Agencies) == 1 {
		for _, name := range t.Agencies {
			return name, true
		}
	}
	return name, ok
}

// Join returns a directory that asks second for what first does not know. Of a line, it
// asks for each part: a name that a person has written down goes with the kind of
// vehicle and the colour that the GTFS has. Either may be nil; the result is nil if
// both are. Neither may change any more.
func Join(first, second alerts.Directory) alerts.Directory {
	first, second = sealed(first), sealed(second)
	switch {
	case first == nil:
		return second
	case second == nil:
		return first
	}
	return joined{first, second}
}

type joined struct{ first, second alerts.Directory }

// Route returns a line by its id.
func (j joined) Route(agency, id string) (alerts.Route, bool) {
	a, knownA := j.first.Route(agency, id)
	b, knownB := j.second.Route(agency, id)
	if a.Name == "" {
		a.Name = b.Name
	}
	if a.Mode == "" {
		a.Mode = b.Mode
	}
	if a.Colour == "" {
		a.Colour = b.Colour
	}
	return a, knownA || knownB
}

// Stop returns the name of a stop by its id.
func (j joined) Stop(id string) (string, bool) {
	if name, ok := j.first.Stop(id); ok {
		return name, true
	}
	return j.second.Stop(id)
}

// Agency returns the name of an agency by its id.
func (j joined) Agency(id string) (string, bool) {
	if name, ok := j.first.Agency(id); ok {
		return name, true
	}
	return j.second.Agency(id)
}
