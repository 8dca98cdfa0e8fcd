package gtfs

import (
	"io"
	"slices"
	"strings"
)

// readAgencies reads an agency.txt, and appends to what others had. Its id may be
// missing where there is one agency only.
func readAgencies(file string, r io.Reader, notes *notebook, all []Agency) ([]Agency, error) {
	t, err := open(file, r, notes, "agency_name")
	if err != nil {
		return nil, err
	}
	id, name, zone, language := t.column("agency_id"), t.column("agency_name"), t.column("agency_timezone"), t.column("agency_lang")
	for {
		ok, err := t.next()
		if !ok || err != nil {
			return all, err
		}
		if len(all) >= maxAgency {
			notes.add("agencies", "%s: only the first %d agencies are known", file, maxAgency)
			return all, nil
		}
		a := Agency{ID: t.say(id), Name: string(t.name(name)), Timezone: t.say(zone), Language: t.say(language)}
		if len(a.ID) > maxID || len(a.Timezone) > maxID || len(a.Language) > maxID {
			notes.add(file+" long", "%s: line %d has a cell that is longer than %d bytes, and was left out", file, t.first, maxID)
			continue
		}
		all = append(all, a)
	}
}

// inOrder sorts agencies by id, and leaves out those whose id was there before.
func inOrder(all []Agency) []Agency {
	slices.SortStableFunc(all, func(a, b Agency) int { return strings.Compare(a.ID, b.ID) })
	return slices.CompactFunc(all, func(a, b Agency) bool { return a.ID == b.ID })
}
