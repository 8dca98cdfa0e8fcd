package gtfs

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"
)

// seed adds the samples to a fuzz test.
func seed(f *testing.F, name string) {
	f.Helper()
	paths, err := filepath.Glob("testdata/*/" + name)
	if err != nil || len(paths) == 0 {
		f.Fatalf("no samples of %s: %v", name, err)
	}
	for _, p := range paths {
		data, err := os.ReadFile(p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		f.Add(append([]byte("\xff\xfe"), data...))
		f.Add([]byte(strings.ReplaceAll(string(data), "\n", "\r")))
		f.Add([]byte(strings.ReplaceAll(string(data), ",", "\",\"")))
	}
}

// sane fails unless a text can be shown to people, and is within its bound.
func sane(t *testing.T, what, text string, most int) {
	t.Helper()
	if !utf8.ValidString(text) || strings.ContainsAny(text, "\x00\n\r\t\u202e") || utf8.RuneCountInString(text) > most {
		t.Errorf("%s is %q", what, text)
	}
}

// FuzzRoutes wants any routes.txt to be read, or refused, and what is read to be fit
// for people and found again.
func FuzzRoutes(f *testing.F) {
	seed(f, "routes.txt")
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := Read(fstest.MapFS{"routes.txt": {Data: data}})
		if err != nil {
			sane(t, "the error", err.Error(), 2000)
			return
		}
		for _, r := range n.routes {
			sane(t, "an id", r.ID, maxID)
			sane(t, "a name", r.Name, maxName)
			if got, ok := n.Route("", r.ID); !ok || got != r.Route {
				t.Errorf("route %q is %+v, %v", r.ID, got, ok)
			}
		}
		keeps(t, n)
	})
}

// FuzzStops is FuzzRoutes for a stops.txt.
func FuzzStops(f *testing.F) {
	seed(f, "stops.txt")
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := Read(fstest.MapFS{"stops.txt": {Data: data}})
		if err != nil {
			sane(t, "the error", err.Error(), 2000)
			return
		}
		for i := range n.stops.ids.len() {
			id := n.stops.ids.at(i)
			sane(t, "an id", id, maxID)
			name, ok := n.Stop(id)
			sane(t, "a name", name, maxName)
			if !ok || name == "" {
				t.Errorf("stop %q is %q, %v", id, name, ok)
			}
		}
		keeps(t, n)
	})
}

func keeps(t *testing.T, n *Names) {
	t.Helper()
	data, err := n.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	var back Names
	if err := back.UnmarshalBinary(data); err != nil {
		t.Fatal(err)
	}
	if len(back.routes) != len(n.routes) || !reflect.DeepEqual(back.stops.ids.text, n.stops.ids.text) || len(back.stops.name) != len(n.stops.name) {
		t.Errorf("it comes back as %+v, was %+v", back, n)
	}
	for _, note := range n.Notes() {
		sane(t, "a note", note, 2000)
	}
}

// FuzzZip wants any bytes to be read as an archive, or refused.
func FuzzZip(f *testing.F) {
	f.Add(archive(f, entry{name: "routes.txt", text: someRoutes}, entry{name: "stops.txt", text: someStops}))
	f.Add(archive(f, entry{"g/routes.txt", someRoutes, stored}, entry{"g/stops.txt", someStops, link}))
	f.Add([]byte("PK\x05\x06"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := readZip(data); err != nil {
			sane(t, "the error", err.Error(), 2000)
		}
	})
}

// FuzzKept wants any bytes to be read as names, or refused.
func FuzzKept(f *testing.F) {
	n, err := Read(os.DirFS("testdata/sample"))
	if err != nil {
		f.Fatal(err)
	}
	data, err := n.MarshalBinary()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		var n Names
		if n.UnmarshalBinary(data) != nil {
			return
		}
		for i := range n.stops.ids.len() {
			n.Stop(n.stops.ids.at(i))
		}
	})
}
