package gtfs

import (
	"testing"
	"testing/fstest"

	"spool/alerts"
)

func namesOf(t *testing.T, routes, stops string) *Names {
	t.Helper()
	n, err := Read(fstest.MapFS{"routes.txt": {Data: []byte(routes)}, "stops.txt": {Data: []byte(stops)}})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// The version of names is theirs alone: it stays when they are kept or read again, and
// goes with each of them.
func TestVersion(t *testing.T) {
	const routes, stops = "route_id,route_short_name,route_type\nr1,46,3\n", "stop_id,stop_name\ns1,Mill\n"
	n := namesOf(t, routes, stops)
	if n.Version() == "" || n.Version() != namesOf(t, routes, "stop_name,stop_id\r\nMill,s1\r\n").Version() {
		t.Errorf("the same names have the versions %q and another", n.Version())
	}
	kept, err := n.MarshalBinary()
	var again Names
	if err != nil || again.UnmarshalBinary(kept) != nil || again.Version() != n.Version() {
		t.Errorf("%v: kept names have the version %q, not %q", err, again.Version(), n.Version())
	}
	seen := map[string]string{"": "none", n.Version(): "the first"}
	see := func(what string, d alerts.Directory) {
		v := versionOf(d)
		if was, ok := seen[v]; ok {
			t.Errorf("%s: the version of %s", what, was)
		}
		seen[v] = what
	}
	see("another line", namesOf(t, "route_id,route_short_name,route_type\nr1,47,3\n", stops))
	see("another mode", namesOf(t, "route_id,route_short_name,route_type\nr1,46,0\n", stops))
	see("another stop", namesOf(t, routes, "stop_id,stop_name\ns1,Hill\n"))
	table := Table{Stops: map[string]string{"s1": "Mill"}}
	see("a table", Join(table, nil))
	see("a table of agencies", Join(Table{Agencies: map[string]string{"s1": "Mill"}}, nil))
	see("a table before names", Join(table, n))
	see("a table before other names", Join(table, namesOf(t, routes, "stop_id,stop_name\ns1,Hill\n")))
	see("another table before names", Join(Table{Stops: map[string]string{"s1": "Hill"}}, n))
	if versionOf(Join(table, nil)) != table.Version() {
		t.Error("a table that is sealed has another version")
	}
}
