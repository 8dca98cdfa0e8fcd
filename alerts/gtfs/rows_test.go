package gtfs

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"

	"golang.org/x/text/encoding/unicode"
)

// stopsOf reads a stops.txt and returns "id=name" for some ids, and the notes.
func stopsOf(t *testing.T, text string, ids ...string) (string, []string) {
	t.Helper()
	n, err := Read(fstest.MapFS{"stops.txt": file(text), "routes.txt": file("route_id,route_long_name\nr,Route\n")})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, id := range ids {
		if name, ok := n.Stop(id); ok {
			got = append(got, id+"="+name)
		}
	}
	return strings.Join(got, " "), n.Notes()
}

// TestRealWorld reads files as programs write them that do not know how.
func TestRealWorld(t *testing.T) {
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String("stop_id,stop_name\na,Höhe\n")
	if err != nil {
		t.Fatal(err)
	}
	bare, err := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder().String("stop_id,stop_name\na,Höhe\n")
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("x", maxLine+10)
	const head = "stop_id,stop_name\n"
	for name, tt := range map[string]struct{ text, want, note string }{
		"two marks":              {"\xef\xbb\xbf\xef\xbb\xbf\"stop_id\",stop_name\na,A\n", "a=A", ""},
		"a line after a quote":   {head + "a,\"A\nb,B\n,C\n", "b=B", "stops.txt: line 4, column stop_id"},
		"many lines twice":       {head + numbered("x%d,X\n", 30) + "a,A\n" + numbered("y%d,Y\n", 30) + "a,B\n" + strings.Repeat("a,C\n", 30), "a=A", "more than once"},
		"Windows":                {"stop_id,stop_name\r\na,A\r\n\r\nb,B\r\n", "a=A b=B", ""},
		"an old Macintosh":       {"stop_id,stop_name\ra,A\rb,B", "a=A b=B", ""},
		"no end":                 {head + "a,A", "a=A", ""},
		"blank lines":            {"\n\n" + head + "\n  \na,A\n,,,\n\nb,B\n\n\n", "a=A b=B", ""},
		"spaces":                 {" stop_id , stop_name \n a ,  A  B \n\" b \" , \"B\" \n", "a=A B b=B", ""},
		"capitals":               {"STOP_ID,Stop_Name\na,A\n", "a=A", ""},
		"quotes":                 {"\"stop_id\",\"stop_name\"\n\"a\",\"A, \"\"B\"\"\"\n", `a=A, "B"`, ""},
		"loose quotes":           {head + "a,The \"Old\" Inn\nb,\"Old\" Inn\n", `a=The "Old" Inn b=Old Inn`, ""},
		"lines in quotes":        {head + "a,\"A\nB\"\nb,B\n", "a=A B b=B", ""},
		"a quote that is open":   {head + "a,\"A\nb,B\nc,C\n", "b=B c=C", "stops.txt: line 2: a quote is not closed, so the line was left out"},
		"two open ones":          {head + "a,A\nb,\"B\n" + strings.Repeat("x,X\n", 40) + "c,\"C\nd,D", "a=A d=D", "line 3: a quote is not closed, so the line was left out (and 1 more like that)"},
		"ISO-8859-1":             {head + "a,H\xf6he\nb,\x80uro\n", "a=Höhe b=€uro", "stops.txt: line 2 is not UTF-8 and was read as windows-1252 (and 1 more like that)"},
		"UTF-16":                 {utf16, "a=Höhe", ""},
		"UTF-16 without a mark":  {bare, "a=Höhe", ""},
		"semicolons":             {"stop_id;stop_name\na;A, B\n", "a=A, B", `separated by ';'`},
		"tabs":                   {"stop_id\tstop_name\na\tA\n", "a=A", "separated by"},
		"short lines":            {head + "a\nb,B\n", "b=B", ""},
		"long lines":             {head + "a,A,1,2,3\n", "a=A", ""},
		"other columns":          {"stop_lat,stop_name,zone,stop_id\n1,A,2,a\n", "a=A", ""},
		"a column twice":         {"stop_id,stop_name,stop_name\na,A,B\n", "a=A", ""},
		"no id":                  {head + ",A\n\"\",B\nb,B\n", "b=B", "stops.txt: line 2, column stop_id: it is empty, so the line was left out (and 1 more like that)"},
		"a long id":              {head + strings.Repeat("i", 300) + ",A\nb,B\n", "b=B", "longer than 255 bytes"},
		"a long line":            {head + "a," + long + "\nb,B\n", "b=B", "stops.txt: line 2 is longer than 64 KiB, and was left out"},
		"a long line at the end": {head + "b,B\na," + long, "b=B", "line 3 is longer"},
		"twice":                  {head + "a,A\na,B\n", "a=A", `stop_id "a" is there more than once; the first line counts`},
		"what cannot be seen":    {head + "a,A\x00\u202e\ufeff B\u00a0\u2009C\n", "a=A B C", ""},
		"a station of stations":  {"stop_id,stop_name,parent_station\na,A,b\nb,B,c\nc,C,\n", "a=C b=C c=C", ""},
		"a circle":               {"stop_id,stop_name,parent_station\na,A,b\nb,B,a\nc,C,c\n", "a=B b=A c=C", ""},
		"a nameless station":     {"stop_id,stop_name,parent_station\na,A,b\nb,,\n", "a=A", ""},
		"no stops":               {head, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, notes := stopsOf(t, tt.text, "a", "b", "c", "d")
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if joined := strings.Join(notes, "\n"); !strings.Contains(joined, tt.note) || tt.note == "" && joined != "" {
				t.Errorf("notes are %q, want %q", notes, tt.note)
			}
		})
	}
}

func TestLongNames(t *testing.T) {
	got, _ := stopsOf(t, "stop_id,stop_name\na,"+strings.Repeat("ä", 500)+"\nb,"+strings.Repeat("ö", maxName)+"\n", "a", "b")
	if want := "a=" + strings.Repeat("ä", maxName-1) + "… b=" + strings.Repeat("ö", maxName); got != want {
		t.Errorf("it is %q", got)
	}
}

// TestRefused wants an error that says what is missing, and where.
func TestRefused(t *testing.T) {
	const routes, stops = "route_id,route_long_name\nr,Route\n", "stop_id,stop_name\na,A\n"
	many := strings.Repeat("c,", maxColumns) + "c\n"
	for name, tt := range map[string]struct {
		fsys fs.FS
		want string
	}{
		"an empty folder":   {fstest.MapFS{}, "there is neither routes.txt nor stops.txt in the folder"},
		"agencies only":     {fstest.MapFS{"agency.txt": file("agency_name\nA\n")}, "there is neither routes.txt nor stops.txt in the folder"},
		"an empty file":     {fstest.MapFS{"routes.txt": file("")}, "routes.txt is empty"},
		"blank lines":       {fstest.MapFS{"routes.txt": file("\n \n")}, "routes.txt is empty"},
		"no route_id":       {fstest.MapFS{"routes.txt": file("id,route_long_name\n1,2\n")}, "routes.txt: line 1: there is no column route_id among id, route_long_name"},
		"no names of lines": {fstest.MapFS{"routes.txt": file("\nroute_id,route_type\n1,2\n")}, "routes.txt: line 2: there is neither a column route_short_name nor route_long_name among route_id, route_type"},
		"no stop_name":      {fstest.MapFS{"stops.txt": file("stop_id\n1\n"), "routes.txt": file(routes)}, "stops.txt: line 1: there is no column stop_name among stop_id"},
		"many columns":      {fstest.MapFS{"stops.txt": file(many)}, "stops.txt: line 1 has 201 columns (the limit is 200)"},
		"a page":            {fstest.MapFS{"routes.txt": file("<!DOCTYPE html>\n<html>\n")}, "there is no column route_id among <!doctype html>"},
		"too deep":          {fstest.MapFS{"a/b/c/d/routes.txt": file(routes)}, "there is neither"},
		"many folders":      {manyFolders(21), "there are 21 folders with a GTFS (the limit is 20)"},
		"many files":        {manyFiles(maxEntries + 1), "the folder holds more than 10000 files"},
		"a broken disk":     {broken{fstest.MapFS{"routes.txt": file(routes), "stops.txt": file(stops)}}, "stops.txt: line 2: the disk is broken"},
	} {
		t.Run(name, func(t *testing.T) {
			n, err := Read(tt.fsys)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, %v; want %q", n, err, tt.want)
			}
		})
	}
}

func manyFolders(n int) fstest.MapFS {
	m := fstest.MapFS{}
	for i := range n {
		m[fmt.Sprintf("f%02d/routes.txt", i)] = file("route_id,route_long_name\nr,Route\n")
	}
	return m
}

func manyFiles(n int) fstest.MapFS {
	m := fstest.MapFS{}
	for i := range n {
		m[fmt.Sprintf("f%d", i)] = file("")
	}
	return m
}

// broken is a folder whose stops.txt cannot be read to its end.
type broken struct{ fstest.MapFS }

func (b broken) Open(name string) (fs.File, error) {
	f, err := b.MapFS.Open(name)
	if name == "stops.txt" && err == nil {
		return brokenFile{f, io.MultiReader(io.LimitReader(f, 20), iotest.ErrReader(errors.New("the disk is broken")))}, nil
	}
	return f, err
}

type brokenFile struct {
	fs.File
	r io.Reader
}

func (b brokenFile) Read(p []byte) (int, error) { return b.r.Read(p) }

// TestFolders reads what lies deeper, and several GTFS beside one another.
func TestFolders(t *testing.T) {
	n, err := Read(fstest.MapFS{
		"readme.txt":         file("hello"),
		"bus/routes.txt":     file("route_id,route_long_name\nb,Bus\nx,From bus\n"),
		"tram/ROUTES.TXT":    file("route_id,route_long_name\nt,Tram\nx,From tram\n"),
		"tram/stops.txt":     file("stop_id,stop_name\n1,One\n"),
		"old/gtfs/stops.txt": file("stop_id,stop_name\n2,Two\n"),
		"__MACOSX/stops.txt": file("\x00\x05\x16\x07"),
	})
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{"b": "Bus", "t": "Tram", "x": "From bus"} {
		if got, _ := n.Route("", id); got.Name != want {
			t.Errorf("route %s is %q, want %q", id, got.Name, want)
		}
	}
	if _, ok := n.Stop("1"); !ok {
		t.Error("stop 1 is not known")
	}
	if _, ok := n.Stop("2"); ok {
		t.Error("a stop is known that is deeper")
	}
	if notes := strings.Join(n.Notes(), "\n"); !strings.Contains(notes, "there are 2 folders with a GTFS; all were read") || !strings.Contains(notes, `route_id "x" is there more than once`) {
		t.Errorf("notes are %q", n.Notes())
	}
}

// TestNotesAreFew wants a file that is wrong throughout to be told of in few words.
func TestNotesAreFew(t *testing.T) {
	_, notes := stopsOf(t, "stop_id,stop_name\n"+strings.Repeat(",\"\xff\n", 5000))
	if len(notes) > 5 || len(strings.Join(notes, "")) > 1000 {
		t.Errorf("%d notes: %q", len(notes), notes)
	}
}

// TestMany takes no more lines and stops than there can be.
func TestMany(t *testing.T) {
	n, err := Read(fstest.MapFS{"routes.txt": file("route_id,route_long_name\n" + numbered("r%d,Route\n", maxRoutes+5))})
	if err != nil {
		t.Fatal(err)
	}
	if routes, _ := n.Counts(); routes != maxRoutes {
		t.Errorf("%d routes", routes)
	}
	if notes := strings.Join(n.Notes(), "\n"); !strings.Contains(notes, "only the first 50000 routes are known") {
		t.Errorf("notes are %q", notes)
	}
}

func numbered(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// TestUseless wants a file to be given up whose lines are of no use.
func TestUseless(t *testing.T) {
	for n, good := range map[int]bool{maxLeftOut: true, maxLeftOut + 1: false} {
		names, err := Read(fstest.MapFS{"stops.txt": file("stop_id,stop_name\na,A\n" + strings.Repeat(",B\n", n) + "c,C\n")})
		if (err == nil) != good || good && len(names.Notes()) != 2 {
			t.Errorf("%d useless lines: %v, %v", n, names, err)
		}
	}
}

// TestMemory wants the names of a large city to be small, whatever else its files say.
func TestMemory(t *testing.T) {
	const limit = 15 << 20
	fsys := city(100_000)
	before := inUse()
	n, err := Read(fsys)
	if err != nil {
		t.Fatal(err)
	}
	if took := inUse() - before; took > limit {
		t.Errorf("100,000 stops take %d KiB", took>>10)
	}
	runtime.KeepAlive(fsys)
	if _, stops := n.Counts(); stops != 100_000 {
		t.Errorf("%d stops", stops)
	}
	if name, _ := n.Stop("stop-77"); name != "Corner of 77th Street" {
		t.Errorf("it is %q", name)
	}
	if data, err := n.MarshalBinary(); err != nil || len(data) > 2<<20 {
		t.Errorf("it is kept in %d bytes, %v", len(data), err)
	}
}

// inUse is how many bytes of memory are in use, without garbage.
func inUse() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// city is a GTFS of so many stops.
func city(stops int) fstest.MapFS {
	return fstest.MapFS{
		"routes.txt": file("route_id,route_short_name,route_long_name,route_type,route_color\n" + numbered("r%d,,Line of the city,3,ff0000\n", 1000)),
		"stops.txt": file("stop_id,stop_name,stop_desc,stop_lat,stop_lon\n" +
			strings.ReplaceAll(numbered("stop-%[1]d,Corner of %[1]dth Street,\"A place, somewhere\",53.123456,10.123456\n", stops), "\r", "")),
	}
}

func BenchmarkRead(b *testing.B) {
	fsys := city(100_000)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Read(fsys); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkStop(b *testing.B) {
	n, err := Read(city(100_000))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := n.Stop("stop-77777"); !ok {
			b.Fatal("unknown")
		}
	}
}
