// Package gtfs reads the public names of lines, stops and agencies from static GTFS:
// the files routes.txt, stops.txt and agency.txt of a zip archive ([ReadZip]) or a
// folder ([Read]). What it returns is an alerts.Directory that takes little memory and
// can be kept as bytes.
//
// What agencies publish is not always what the specification wants, so the reader is
// patient: it takes any encoding that is met in the wild, loose quotes, lines of any
// ending, files in a folder of the archive, and it goes on after a line that is wrong.
// Each such thing becomes a note for people ([Names.Notes]). It is not patient with
// what is built to exhaust it: sizes, ratios, counts and lengths are bounded
// (limits.go), and nothing of an archive is ever written to a disk.
package gtfs

import (
	"slices"
	"sort"
	"strings"

	"spool/alerts"
)

// Names are the public names that a static GTFS has. They do not change once they are
// read, so that several goroutines may ask.
type Names struct {
	agencies []Agency // by id
	routes   []route  // by id
	stops    stops
	notes    []string
	version  string
}

// An Agency is one line of agency.txt. Timezone is an IANA name and Language a BCP 47
// tag, as the file has them; either may be empty.
type Agency struct{ ID, Name, Timezone, Language string }

// A route is one line of routes.txt, with the name that riders know it by.
type route struct {
	ID, Agency string
	alerts.Route
}

// Route returns a line by its id. Ids of routes are unique within a GTFS, so that the
// agency, which alerts often name wrongly, counts for nothing. A line without a name
// has at least its kind of vehicle.
func (n *Names) Route(_, id string) (alerts.Route, bool) {
	i, ok := slices.BinarySearchFunc(n.routes, id, func(r route, id string) int { return strings.Compare(r.ID, id) })
	if !ok {
		return alerts.Route{}, false
	}
	return n.routes[i].Route, true
}

// Stop returns the name of a stop by its id: that of its station, if it belongs to one.
func (n *Names) Stop(id string) (string, bool) { return n.stops.find(id) }

// Agency returns the name of an agency by its id. A GTFS with a single agency may leave
// the id out, and then every id means that one.
func (n *Names) Agency(id string) (string, bool) {
	for _, a := range n.agencies {
		if a.ID == id || len(n.agencies) == 1 && (a.ID == "" || id == "") {
			return a.Name, a.Name != ""
		}
	}
	return "", false
}

// Agencies are all agencies, by id.
func (n *Names) Agencies() []Agency { return slices.Clone(n.agencies) }

// Counts says how many lines and stops are known.
func (n *Names) Counts() (routes, stops int) { return len(n.routes), n.stops.ids.len() }

// Version tells names apart: two that answer every question alike have the same one, in
// each process and after each start.
func (n *Names) Version() string { return n.version }

// Notes say for people what had to be repaired or left out: one sentence each, not many.
func (n *Names) Notes() []string { return slices.Clone(n.notes) }

// A pack is a list of strings in one piece of memory.
type pack struct {
	text string
	ends []uint32 // where each string ends
}

func (p pack) len() int { return len(p.ends) }

func (p pack) at(i int) string {
	start := uint32(0)
	if i > 0 {
		start = p.ends[i-1]
	}
	return p.text[start:p.ends[i]]
}

// stops are the names of stops by id. Platforms share the name of their station, so
// that names are kept apart from the ids.
type stops struct {
	ids   pack // in order
	name  []uint32
	names pack
}

func (s stops) find(id string) (string, bool) {
	i := sort.Search(s.ids.len(), func(i int) bool { return s.ids.at(i) >= id })
	if i == s.ids.len() || s.ids.at(i) != id {
		return "", false
	}
	return s.names.at(int(s.name[i])), true
}
