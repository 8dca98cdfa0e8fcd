package gtfs

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// The files that names are in.
const (
	agencyFile = "agency.txt"
	routesFile = "routes.txt"
	stopsFile  = "stops.txt"
)

// A source is one text file of a GTFS.
type source struct {
	path  string // with slashes, relative to the folder or within the archive
	limit int64  // bytes that are read at most
	open  func() (io.ReadCloser, error)
}

func (s source) name() string { return strings.ToLower(path.Base(s.path)) }

// wanted reports whether a file is one of those that names are in. What programs leave
// behind that pack archives for one desktop is not.
func wanted(p string) bool {
	if strings.HasPrefix(p, "__MACOSX/") || strings.Contains(p, "/__MACOSX/") {
		return false
	}
	switch strings.ToLower(path.Base(p)) {
	case agencyFile, routesFile, stopsFile:
		return true
	}
	return false
}

// Read reads a GTFS from a folder. If its files are not in the folder itself, those are
// read that are the least deep below it. The error says what is missing, or where a
// file cannot be read.
func Read(fsys fs.FS) (*Names, error) {
	level, seen := []string{"."}, 0
	for range maxDepth + 1 {
		var below []string
		var found []source
		for _, dir := range level {
			entries, err := fs.ReadDir(fsys, dir)
			if err != nil {
				return nil, fmt.Errorf("read the folder: %w", err)
			}
			if seen += len(entries); seen > maxEntries {
				return nil, fmt.Errorf("the folder holds more than %d files: name the one that routes.txt is in", maxEntries)
			}
			for _, e := range entries {
				p := path.Join(dir, e.Name())
				if e.IsDir() {
					below = append(below, p)
				} else if wanted(p) {
					found = append(found, source{p, maxFile, func() (io.ReadCloser, error) { return fsys.Open(p) }})
				}
			}
		}
		if slices.ContainsFunc(found, source.main) {
			return read(found)
		}
		level = below
	}
	return nil, errors.New("there is neither routes.txt nor stops.txt in the folder")
}

// main reports whether a file makes a GTFS of a folder.
func (s source) main() bool { return s.name() == routesFile || s.name() == stopsFile }

// read reads the files of a GTFS, or of several whose folders are beside one another;
// then what the first says of an id counts.
func read(files []source) (*Names, error) {
	slices.SortStableFunc(files, func(a, b source) int { return strings.Compare(a.path, b.path) })
	folders := map[string]bool{}
	for _, f := range files {
		folders[path.Dir(f.path)] = true
	}
	notes := &notebook{}
	if n := len(folders); n > maxFolders {
		return nil, fmt.Errorf("there are %d folders with a GTFS (the limit is %d)", n, maxFolders)
	} else if n > 1 {
		notes.add("folders", "there are %d folders with a GTFS; all were read", n)
	}
	all := &reading{notes: notes, stops: newStopList()}
	for _, f := range files {
		if err := all.file(f); err != nil {
			return nil, err
		}
	}
	return all.names(), nil
}

// A reading is what has been read of some files.
type reading struct {
	agencies []Agency
	routes   []routeRow
	stops    *stopList
	notes    *notebook
	had      [2]bool // routes, stops
}

func (all *reading) file(f source) (err error) {
	r, err := f.open()
	if err != nil {
		return fmt.Errorf("%s: %w", f.path, plainly(err))
	}
	defer r.Close()
	bounded := &bound{r: r, left: f.limit}
	switch f.name() {
	case agencyFile:
		// Without agencies, lines and stops still have names.
		if all.agencies, err = readAgencies(f.path, bounded, all.notes, all.agencies); err != nil {
			all.notes.add("agency", "the names of agencies are not known: %v", err)
		}
		return nil
	case routesFile:
		all.had[0] = true
		all.routes, err = readRoutes(f.path, bounded, all.notes, all.routes)
	case stopsFile:
		all.had[1] = true
		err = all.stops.read(f.path, bounded, all.notes)
	}
	return err
}

func (all *reading) names() *Names {
	n := &Names{agencies: inOrder(all.agencies)}
	agencies := make(map[string]string, len(n.agencies))
	for _, a := range n.agencies {
		agencies[a.ID] = a.Name
	}
	for i, file := range []string{routesFile, stopsFile} {
		if !all.had[i] {
			all.notes.add("missing "+file, "there is no %s", file)
		}
	}
	n.routes = settle(all.routes, agencies, all.notes)
	n.stops = all.stops.settle(all.notes)
	n.notes = all.notes.list()
	n.version = n.digest()
	return n
}

// A bound is a reader that fails after so many bytes, and says in plain words what is
// wrong with an archive.
type bound struct {
	r    io.Reader
	left int64
}

var errTooLarge = errors.New("it is larger than a timetable can be, or is packed so densely that it must be a bomb; nothing of it is used")

// Read is that of io.Reader.
func (b *bound) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errTooLarge
	}
	return n, plainly(err)
}
