package gtfs

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"spool/alerts"
)

// A line of routes.txt, before its name is settled: that depends on the others.
type routeRow struct {
	id, agency  string
	short, long string
	route       alerts.Route
}

// readRoutes reads a routes.txt, and appends to what others had.
func readRoutes(file string, r io.Reader, notes *notebook, all []routeRow) ([]routeRow, error) {
	t, err := open(file, r, notes, "route_id")
	if err != nil {
		return nil, err
	}
	id, agency, brief, long := t.column("route_id"), t.column("agency_id"), t.column("route_short_name"), t.column("route_long_name")
	kind, colour := t.column("route_type"), t.column("route_color")
	if brief < 0 && long < 0 {
		return nil, fmt.Errorf("%s: line %d: there is neither a column route_short_name nor route_long_name among %s", file, t.first, t.listed())
	}
	for {
		ok, err := t.next()
		if !ok || err != nil {
			return all, err
		}
		row := routeRow{id: string(t.id(id))}
		if row.id == "" {
			continue
		}
		if len(all) >= maxRoutes {
			notes.add("routes", "%s: only the first %d routes are known", file, maxRoutes)
			return all, nil
		}
		row.agency, row.short, row.long = t.say(agency), string(t.name(brief)), string(t.name(long))
		row.route.Mode = modeOf(t.say(kind))
		if kind >= 0 && row.route.Mode == "" {
			notes.add(file+" type", "%s: line %d, column route_type: %q is no kind of vehicle that is known", file, t.first, t.name(kind))
		}
		row.route.Colour = colourWord(t.say(colour))
		all = append(all, row)
	}
}

// settle gives each route the name that riders know it by. agencies are names by id.
func settle(rows []routeRow, agencies map[string]string, notes *notebook) []route {
	slices.SortStableFunc(rows, func(a, b routeRow) int { return strings.Compare(a.id, b.id) })
	rows = slices.CompactFunc(rows, func(a, b routeRow) bool {
		if a.id == b.id {
			notes.add("route twice", "routes.txt: route_id %q is there more than once; the first line counts", b.id)
		}
		return a.id == b.id
	})
	shared := sharing(rows)
	routes := make([]route, len(rows))
	for i, row := range rows {
		routes[i] = route{ID: row.id, Agency: row.agency, Route: row.route}
		routes[i].Name = row.name(shared[strings.ToLower(row.short)], agencies)
		if routes[i].Name == "" {
			notes.add("nameless", "routes.txt: route_id %q has no name", row.id)
		}
	}
	return routes
}

// Namesakes are routes with the same short name.
type namesakes struct {
	long, agency string // of the first
	differ       bool   // they have different long names
	elsewhere    bool   // they are of different agencies
}

// sharing finds the short names that several routes have.
func sharing(rows []routeRow) map[string]namesakes {
	found := map[string]namesakes{}
	for _, row := range rows {
		if row.short == "" {
			continue
		}
		key := strings.ToLower(row.short)
		n, known := found[key]
		if !known {
			found[key] = namesakes{long: row.long, agency: row.agency}
			continue
		}
		n.differ = n.differ || !strings.EqualFold(n.long, row.long)
		n.elsewhere = n.elsewhere || n.agency != row.agency
		found[key] = n
	}
	return found
}

// name is what riders call a route: its short name, unless the long one says the same
// better ("Red Line"), and with the long one, or its agency, where the short one alone
// may mean another route.
func (r routeRow) name(same namesakes, agencies map[string]string) string {
	switch {
	case r.short == "":
		return r.long
	case r.long == "" || strings.EqualFold(r.long, r.short):
		if isColour(r.short) && railed(r.route.Mode) {
			return r.short + " Line"
		}
		if same.elsewhere && agencies[r.agency] != "" {
			return short(r.short + " (" + agencies[r.agency] + ")")
		}
		return r.short
	case spells(r.long, r.short):
		return r.long
	case same.differ:
		return short(r.short + " (" + strings.TrimSpace(strings.TrimPrefix(r.long, r.short+" ")) + ")")
	}
	return r.short
}

// spells reports whether a long name is the short one with the word for a line: "Red
// Line" for "Red", "Green Line B" for "B". What has a number is known by that.
func spells(long, brief string) bool {
	const most = 2 // words besides the short name
	if strings.ContainsFunc(brief, unicode.IsDigit) {
		return false
	}
	words, own := strings.Fields(strings.ToLower(long)), strings.Fields(strings.ToLower(brief))
	var rest []string
	switch n := len(words) - len(own); {
	case n < 1 || n > most:
		return false
	case slices.Equal(words[:len(own)], own):
		rest = words[len(own):]
	case slices.Equal(words[n:], own):
		rest = words[:n]
	}
	return slices.ContainsFunc(rest, func(w string) bool {
		return slices.Contains([]string{"line", "linie", "ligne", "línea", "linea", "linha", "lijn", "linje", "línia"}, w)
	})
}
