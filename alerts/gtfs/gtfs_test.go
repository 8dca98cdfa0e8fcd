package gtfs

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"spool"
	"spool/alerts"
)

// sample is the GTFS of testdata.
func sample(t *testing.T) *Names {
	t.Helper()
	n, err := Read(os.DirFS("testdata/sample"))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestSample(t *testing.T) {
	n := sample(t)
	for id, want := range map[string]alerts.Route{
		"Red":     {Name: "Red Line", Mode: spool.Metro, Colour: "red"},
		"Orange":  {Name: "Orange Line", Mode: spool.Metro, Colour: "orange"},
		"Green-B": {Name: "Green Line B", Mode: spool.Tram, Colour: "green"},
		"Blue":    {Name: "Blue Line", Mode: spool.Metro, Colour: "blue"},
		"46":      {Name: "46", Mode: spool.Bus, Colour: "yellow"},
		"46N":     {Name: "46", Mode: spool.Bus},
		"GS":      {Name: "S (42 St Shuttle)", Mode: spool.Metro},
		"FS":      {Name: "S (Franklin Av Shuttle)", Mode: spool.Metro},
		"Boat-F1": {Name: "Island Ferry", Mode: spool.Ferry, Colour: "blue"},
		"9":       {Name: "9", Mode: spool.Tram},
		"X":       {Mode: spool.Bus},
	} {
		if got, ok := n.Route("hv", id); !ok || got != want {
			t.Errorf("route %s is %+v, %v; want %+v", id, got, ok, want)
		}
	}
	for id, want := range map[string]string{
		"place-mkt": "Market", "70061": "Market", "70062": "Market", "70062-a": "Market",
		"1": "Washington St opp Ruggles St", "2": "Kirchstraße",
	} {
		if got, ok := n.Stop(id); !ok || got != want {
			t.Errorf("stop %s is %q, %v; want %q", id, got, ok, want)
		}
	}
	for _, id := range []string{"", "3", "4", "7006", "700611", "place-mkt "} {
		if got, ok := n.Stop(id); ok {
			t.Errorf("stop %q is %q", id, got)
		}
	}
	if _, ok := n.Route("hv", "RED"); ok {
		t.Error("ids are told apart by their letters")
	}
	if got, ok := n.Agency("hv"); !ok || got != "Hafenverkehr" {
		t.Errorf("the agency is %q, %v", got, ok)
	}
	if got := n.Agencies(); len(got) != 1 || got[0] != (Agency{"hv", "Hafenverkehr", "Europe/Berlin", "de"}) {
		t.Errorf("agencies are %+v", got)
	}
	if routes, stops := n.Counts(); routes != 11 || stops != 6 {
		t.Errorf("%d routes, %d stops", routes, stops)
	}
	want := []string{
		`stops.txt: stop_id "2" has the parent_station "nowhere", which is not there`,
		`routes.txt: route_id "X" has no name`,
	}
	for _, w := range want {
		if !strings.Contains(strings.Join(n.Notes(), "\n"), w) {
			t.Errorf("it is not said that %s: %q", w, n.Notes())
		}
	}
	if len(n.Notes()) != len(want) {
		t.Errorf("notes are %q", n.Notes())
	}
}

// TestNames tells what riders call a line, given its neighbours.
func TestNames(t *testing.T) {
	for name, tt := range map[string]struct{ rows, want string }{
		"the short one":              {"1,a,46,Market - Harbour,3", "46"},
		"the long one":               {"1,a,,Market - Harbour,3", "Market - Harbour"},
		"neither":                    {"1,a,,,3", ""},
		"a colour":                   {"1,a,Red,,1", "Red Line"},
		"a colour of a bus":          {"1,a,Red,,3", "Red"},
		"a colour that is told":      {"1,a,RED,Red Line,1", "Red Line"},
		"twice the same":             {"1,a,Harbour Loop,harbour loop,3", "Harbour Loop"},
		"a number and its line":      {"1,a,4,Line 4,1", "4"},
		"a letter and its line":      {"1,a,B,Linie B,1", "Linie B"},
		"a letter and its ends":      {"1,a,B,B Street - Line Road - Park,3", "B"},
		"several, one line":          {"1,a,46,Market - Harbour,3;2,a,46,market - harbour,3", "46;46"},
		"several, other ends":        {"1,a,46,Market,3;2,a,46,Harbour,3", "46 (Market);46 (Harbour)"},
		"several, the short repeats": {"1,a,S,S Rockaway,1;2,a,S,S Franklin,1", "S (Rockaway);S (Franklin)"},
		"several, one without ends":  {"1,a,46,Market,3;2,a,46,,3", "46 (Market);46"},
		"three, two of one line":     {"1,a,46,Market,3;2,a,46,Harbour,3;3,a,46,Market,3", "46 (Market);46 (Harbour);46 (Market)"},
		"three, of two agencies":     {"1,a,46,,3;2,b,46,,3;3,a,46,,3", "46 (Ahorn);46 (Birke);46 (Ahorn)"},
		"a line with many words":     {"1,a,S,S Line of the Harbour,1", "S"},
		"several agencies":           {"1,a,46,,3;2,b,46,,3", "46 (Ahorn);46 (Birke)"},
		"agencies without names":     {"1,a,46,,3;2,c,46,,3", "46 (Ahorn);46"},
		"other letters":              {"1,a,n1,Market,3;2,a,N1,Harbour,3", "n1 (Market);N1 (Harbour)"},
	} {
		t.Run(name, func(t *testing.T) {
			n, err := Read(fstest.MapFS{
				"agency.txt": file("agency_id,agency_name\na,Ahorn\nb,Birke\n"),
				"routes.txt": file("route_id,agency_id,route_short_name,route_long_name,route_type\n" + strings.ReplaceAll(tt.rows, ";", "\n")),
			})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for i := range strings.Count(tt.rows, ";") + 1 {
				r, ok := n.Route("", fmt.Sprint(i+1))
				if !ok {
					t.Errorf("route %d is not known", i+1)
				}
				got = append(got, r.Name)
			}
			if strings.Join(got, ";") != tt.want {
				t.Errorf("names are %q, want %q", got, tt.want)
			}
		})
	}
}

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

// TestColours wants the words that the agencies themselves use for their lines.
func TestColours(t *testing.T) {
	for word, colours := range map[string][]string{
		"red":       {"DA291C", "EE352E", "C60C30", "E32017", "ff0000", "#FF0000", "D52B1E"},
		"orange":    {"ED8B00", "FF6319", "FAA61A", "F9461C", "EE7C0E"},
		"yellow":    {"FFC72C", "FCCC0A", "FFE600", "FFD300", "F9E300"},
		"green":     {"00843D", "00933C", "6CBE45", "50B848", "00782A", "009B3A"},
		"turquoise": {"00A4A7", "40E0D0"},
		"blue":      {"003DA5", "2850AD", "0039A6", "00AEEF", "00A1DE", "003688", "0098D4"},
		"purple":    {"80276C", "B933AD", "9B0056", "6950A1", "522398"},
		"pink":      {"F3A9BB", "E27EA6", "FF69B4"},
		"brown":     {"996633", "62361B", "B36305"},
		"":          {"", "FFFFFF", "000000", "808183", "A7A9AC", "7C878E", "95CDBA", "red", "F00", "12345G", "1234567", "0x1234", "+12345"},
	} {
		for _, c := range colours {
			if got := colourWord(c); got != word {
				t.Errorf("%q is %q, want %q", c, got, word)
			}
		}
	}
}

func TestModes(t *testing.T) {
	for cell, want := range map[string]spool.Mode{
		"0": spool.Tram, "1": spool.Metro, "2": spool.Rail, "3": spool.Bus, "4": spool.Ferry, "5": spool.CableTram, "6": spool.Lift,
		"7": spool.Funicular, "11": spool.Trolleybus, "12": spool.Monorail,
		"100": spool.Rail, "109": spool.Rail, "200": spool.Bus, "300": spool.Rail, "400": spool.Metro, "401": spool.Metro, "405": spool.Monorail,
		"500": spool.Metro, "600": spool.Metro, "700": spool.Bus, "704": spool.Bus, "800": spool.Trolleybus, "900": spool.Tram,
		"1000": spool.Ferry, "1200": spool.Ferry, "1300": spool.Lift, "1400": spool.Funicular,
		"": "", "8": "", "-1": "", "1100": "", "1500": "", "1700": "", "bus": "", "99999999999999999999": "",
	} {
		if got := modeOf(cell); got != want {
			t.Errorf("type %q is %q, want %q", cell, got, want)
		}
	}
	if known := spool.Modes(); len(known) != 10 {
		t.Errorf("there are %d modes: are all of them read?", len(known))
	}
}

// TestTable asks the names of a person first, and part by part.
func TestTable(t *testing.T) {
	own := Table{
		Routes:   map[string]alerts.Route{"Red": {Name: "Rote Linie"}, "new": {Name: "New", Mode: spool.Bus}, "Blue": {Colour: "navy"}},
		Stops:    map[string]string{"1": "Washington"},
		Agencies: map[string]string{"hv": "Harbour Transport"},
	}
	d := Join(own, sample(t))
	for id, want := range map[string]alerts.Route{
		"Red":  {Name: "Rote Linie", Mode: spool.Metro, Colour: "red"},
		"new":  {Name: "New", Mode: spool.Bus},
		"Blue": {Name: "Blue Line", Mode: spool.Metro, Colour: "navy"},
		"46":   {Name: "46", Mode: spool.Bus, Colour: "yellow"},
	} {
		if got, ok := d.Route("", id); !ok || got != want {
			t.Errorf("route %s is %+v, %v", id, got, ok)
		}
	}
	if _, ok := d.Route("", "nothing"); ok {
		t.Error("a route is known that nobody knows")
	}
	for id, want := range map[string]string{"1": "Washington", "70061": "Market"} {
		if got, ok := d.Stop(id); !ok || got != want {
			t.Errorf("stop %s is %q", id, got)
		}
	}
	if got, _ := d.Agency("hv"); got != "Harbour Transport" {
		t.Errorf("the agency is %q", got)
	}
	if Join(nil, nil) != nil || !reflect.DeepEqual(Join(nil, own), sealed(own)) || !reflect.DeepEqual(Join(own, nil), sealed(own)) {
		t.Error("nothing adds something")
	}
}

// TestKept wants names to come back from bytes as they were, and damaged bytes to be
// refused.
func TestKept(t *testing.T) {
	n := sample(t)
	data, err := n.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	var back Names
	if err := back.UnmarshalBinary(data); err != nil || !reflect.DeepEqual(&back, n) {
		t.Errorf("it is %+v, %v; was %+v", back, err, n)
	}
	for i := range data {
		var broken Names
		if err := broken.UnmarshalBinary(data[:i]); err == nil {
			t.Errorf("the first %d bytes of %d are taken", i, len(data))
		}
	}
	if err := (&Names{}).UnmarshalBinary([]byte("names")); err == nil {
		t.Error("something else is taken")
	}
	nameless := sample(t)
	nameless.stops.name[0] = uint32(nameless.stops.names.len())
	if data, err := nameless.MarshalBinary(); err != nil || new(Names).UnmarshalBinary(data) == nil {
		t.Errorf("a stop without a name is taken: %v", err)
	}
	for i, k := range []keptPack{{"abc", []uint32{1, 3}}, {"abc", []uint32{4}}, {"", []uint32{1<<32 - 1, 1}}} {
		if _, good := k.pack(); good {
			t.Errorf("pack %d is taken", i)
		}
	}
}

func TestAgencies(t *testing.T) {
	for name, tt := range map[string]struct{ file, id, want string }{
		"without ids":               {"agency_name\nHafenverkehr\n", "anything", "Hafenverkehr"},
		"without an id in the feed": {"agency_id,agency_name\n7,Hafenverkehr\n", "", "Hafenverkehr"},
		"one, and another is asked": {"agency_id,agency_name\n7,Hafenverkehr\n", "8", ""},
		"one of two":                {"agency_id,agency_name\n7,Hafenverkehr\n8,Fähren\n", "8", "Fähren"},
		"none of two":               {"agency_id,agency_name\n7,Hafenverkehr\n8,Fähren\n", "", ""},
		"no names":                  {"agency_id\n7\n", "7", ""},
		"no file":                   {"", "7", ""},
	} {
		n, err := Read(fstest.MapFS{"agency.txt": file(tt.file), "routes.txt": file("route_id,route_long_name\n1,One\n")})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got, ok := n.Agency(tt.id); got != tt.want || ok != (tt.want != "") {
			t.Errorf("%s: %q, %v", name, got, ok)
		}
	}
}
