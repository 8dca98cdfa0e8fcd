package gtfs

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing"
)

const (
	someRoutes = "route_id,route_long_name\nr,Route\n"
	someStops  = "stop_id,stop_name\na,A\n"
)

// An entry is a file of an archive.
type entry struct {
	name, text string
	change     func(*zip.FileHeader)
}

// archive packs files as they are given.
func archive(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
		if e.change != nil {
			e.change(h)
		}
		f, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, e.text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func readZip(data []byte) (*Names, error) { return ReadZip(bytes.NewReader(data), int64(len(data))) }

func link(h *zip.FileHeader)   { h.SetMode(fs.ModeSymlink | 0o777) }
func stored(h *zip.FileHeader) { h.Method = zip.Store }

// TestZip reads archives as they are met.
func TestZip(t *testing.T) {
	for name, tt := range map[string]struct {
		entries []entry
		note    string
	}{
		"plain":                  {[]entry{{name: "routes.txt", text: someRoutes}, {name: "stops.txt", text: someStops}}, ""},
		"stored":                 {[]entry{{"routes.txt", someRoutes, stored}, {"stops.txt", someStops, stored}}, ""},
		"large":                  {[]entry{{"routes.txt", someRoutes + numbered("r%d,Route\n", 40_000) + strings.Repeat("\n", maxDirectory), stored}, {"stops.txt", someStops, stored}}, ""},
		"in a folder":            {[]entry{{name: "gtfs/"}, {name: "gtfs/routes.txt", text: someRoutes}, {name: "gtfs/stops.txt", text: someStops}}, ""},
		"packed on Windows":      {[]entry{{name: `gtfs\routes.txt`, text: someRoutes}, {name: `gtfs\stops.txt`, text: someStops}}, ""},
		"packed on a Macintosh":  {[]entry{{name: "g/routes.txt", text: someRoutes}, {name: "g/stops.txt", text: someStops}, {name: "__MACOSX/routes.txt", text: "x"}}, ""},
		"with something deeper":  {[]entry{{name: "old/stops.txt", text: "x"}, {name: "routes.txt", text: someRoutes}, {name: "stops.txt", text: someStops}}, ""},
		"an agency above":        {[]entry{{name: "agency.txt", text: "x"}, {name: "g/routes.txt", text: someRoutes}, {name: "g/stops.txt", text: someStops}}, ""},
		"twice":                  {[]entry{{name: "routes.txt", text: "x"}, {name: "stops.txt", text: someStops}, {name: "routes.txt", text: someRoutes}}, "the archive holds routes.txt more than once; the last counts"},
		"something outside":      {[]entry{{name: "../routes.txt", text: "x"}, {name: "/stops.txt", text: "x"}, {name: "routes.txt", text: someRoutes}, {name: "./stops.txt", text: someStops}}, `holds the file "../routes.txt", which is outside of it, and was left out (and 1 more`},
		"a bad agency":           {[]entry{{name: "agency.txt", text: "x"}, {name: "routes.txt", text: someRoutes}, {name: "stops.txt", text: someStops}}, "the names of agencies are not known: agency.txt: line 1"},
		"an agency of no bounds": {[]entry{{name: "agency.txt", text: "agency_name\nA" + strings.Repeat("\n", smallest+1)}, {name: "routes.txt", text: someRoutes}, {name: "stops.txt", text: someStops}}, "must be a bomb"},
	} {
		t.Run(name, func(t *testing.T) {
			n, err := readZip(archive(t, tt.entries...))
			if err != nil {
				t.Fatal(err)
			}
			if r, _ := n.Route("", "r"); r.Name != "Route" {
				t.Errorf("route r is %+v", r)
			}
			if name, _ := n.Stop("a"); name != "A" {
				t.Errorf("stop a is %q", name)
			}
			if notes := strings.Join(n.Notes(), "\n"); !strings.Contains(notes, tt.note) || tt.note == "" && notes != "" {
				t.Errorf("notes are %q, want %q", n.Notes(), tt.note)
			}
		})
	}
}

// TestHostileZip wants archives that are broken, or built to do harm, to be refused.
func TestHostileZip(t *testing.T) {
	good := archive(t, entry{name: "routes.txt", text: someRoutes}, entry{name: "stops.txt", text: someStops})
	for name, tt := range map[string]struct {
		data []byte
		want string
	}{
		"nothing":            {nil, "this is no zip archive, or only a part of one"},
		"a page":             {[]byte("<!DOCTYPE html>"), "this is no zip archive"},
		"a half":             {good[:len(good)/2], "this is no zip archive, or only a part of one"},
		"empty":              {archive(t), "there is neither routes.txt nor stops.txt in the archive, which is empty"},
		"other files":        {archive(t, entry{name: "calendar.txt", text: "x"}), `in the archive, which holds "calendar.txt"`},
		"archives":           {archive(t, entry{name: "bus.zip", text: "x"}, entry{name: "rail.zip"}), `which holds "bus.zip", "rail.zip"; it seems to be an archive of archives`},
		"agencies only":      {archive(t, entry{name: "agency.txt", text: "agency_name\nA\n"}), "there is neither"},
		"too deep":           {archive(t, entry{name: "a/b/c/d/routes.txt", text: someRoutes}), "there is neither"},
		"outside only":       {archive(t, entry{name: "../../etc/routes.txt", text: someRoutes}), "there is neither"},
		"a link":             {archive(t, entry{"routes.txt", "/etc/passwd", link}), "routes.txt: it is not a file but a link or a device"},
		"encrypted":          {encrypted(archive(t, entry{name: "routes.txt", text: someRoutes})), "routes.txt: it is encrypted"},
		"packed otherwise":   {repacked(good, 12), "routes.txt: it is packed in a way that is not read"},
		"damaged":            {damaged(t), "the archive is damaged"},
		"a bomb":             {archive(t, entry{name: "routes.txt", text: someRoutes + strings.Repeat("\n", 5<<20)}), "must be a bomb"},
		"a bomb in one line": {archive(t, entry{name: "routes.txt", text: someRoutes + strings.Repeat(" ", 5<<20)}), "must be a bomb; nothing of it is used"},
		"a bomb of quotes":   {archive(t, entry{name: "routes.txt", text: someRoutes + strings.Repeat("\"\n", 5<<19)}), "more than 20000 lines before it were of no use"},
		"a long list":        {archive(t, crowd(12_000)...), "the archive lists more files than a timetable can have"},
	} {
		t.Run(name, func(t *testing.T) {
			n, err := readZip(tt.data)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, %v; want %q", n, err, tt.want)
			}
		})
	}
	if _, err := ReadZip(bytes.NewReader(good), maxArchive+1); err == nil {
		t.Error("an archive of any size is read")
	}
}

// crowd is many files with long names, and a GTFS.
func crowd(n int) []entry {
	all := []entry{{name: "routes.txt", text: someRoutes}}
	for i := range n {
		all = append(all, entry{name: fmt.Sprintf("%0100d", i)})
	}
	return all
}

// each calls change with each local and central header of an archive.
func each(data []byte, change func(head []byte, central bool)) []byte {
	data = bytes.Clone(data)
	for i := range data {
		switch rest := data[i:]; {
		case bytes.HasPrefix(rest, []byte("PK\x03\x04")):
			change(rest, false)
		case bytes.HasPrefix(rest, []byte("PK\x01\x02")):
			change(rest, true)
		}
	}
	return data
}

func encrypted(data []byte) []byte {
	return each(data, func(head []byte, central bool) {
		at := 6
		if central {
			at = 8
		}
		head[at] |= 1
	})
}

func repacked(data []byte, method uint16) []byte {
	return each(data, func(head []byte, central bool) {
		at := 8
		if central {
			at = 10
		}
		binary.LittleEndian.PutUint16(head[at:], method)
	})
}

// damaged is an archive whose files are not what their checksums say.
func damaged(t *testing.T) []byte {
	t.Helper()
	data := archive(t, entry{"routes.txt", someRoutes, stored})
	return bytes.Replace(data, []byte("Route"), []byte("Roote"), 1)
}

// TestCutZip wants each part of an archive to be refused, or to be the whole.
func TestCutZip(t *testing.T) {
	good := archive(t, entry{name: "routes.txt", text: someRoutes}, entry{name: "stops.txt", text: someStops})
	for i := range good {
		if n, err := readZip(good[:i]); err == nil {
			t.Errorf("the first %d bytes of %d are %+v", i, len(good), n)
		}
	}
}
