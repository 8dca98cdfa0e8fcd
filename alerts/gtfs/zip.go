package gtfs

import (
	"archive/zip"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// ReadZip reads a GTFS from a zip archive of so many bytes. If its files are in a
// folder of the archive, those are read that are the least deep in it. Nothing is
// unpacked to a disk, so that the names of files can do no harm. The error says what
// is missing, or where a file cannot be read.
func ReadZip(r io.ReaderAt, size int64) (*Names, error) {
	if size > maxArchive {
		return nil, fmt.Errorf("the archive has more than %d MiB", maxArchive>>20)
	}
	files, err := directory(r, size)
	if err != nil {
		return nil, err
	}
	notes := &notebook{}
	found := pick(files, notes)
	if len(found) == 0 {
		return nil, fmt.Errorf("there is neither routes.txt nor stops.txt in the archive%s", listed(files))
	}
	names, err := read(found)
	if err == nil {
		names.notes = append(names.notes, notes.list()...)
	}
	return names, err
}

// directory reads an archive's list of files. A list can be as long as the archive, and
// many times longer in memory, so only so much of the archive is looked at for it.
func directory(r io.ReaderAt, size int64) ([]*zip.File, error) {
	meter := &meter{r: r, left: maxDirectory}
	archive, err := zip.NewReader(meter, size)
	switch {
	case err == nil, errors.Is(err, zip.ErrInsecurePath): // names of files lead nowhere here
		meter.off = true
		return archive.File, nil
	case errors.Is(err, errLongDirectory):
		return nil, err
	case errors.Is(err, zip.ErrFormat):
		return nil, errors.New("this is no zip archive, or only a part of one")
	}
	return nil, fmt.Errorf("read the archive: %w", plainly(err))
}

var errLongDirectory = errors.New("the archive lists more files than a timetable can have")

// A meter is a ReaderAt that fails after so many bytes, until it is off. Several
// goroutines may use it only then.
type meter struct {
	r    io.ReaderAt
	left int64
	off  bool
}

// ReadAt is that of io.ReaderAt.
func (m *meter) ReadAt(p []byte, at int64) (int, error) {
	if !m.off {
		if m.left -= int64(len(p)); m.left < 0 {
			return 0, errLongDirectory
		}
	}
	return m.r.ReadAt(p, at)
}

// pick finds the files of the GTFS that is the least deep in an archive. Of several of
// one name, the last counts, as for the programs that unpack archives.
func pick(files []*zip.File, notes *notebook) []source {
	found, depth := map[string]source{}, maxDepth+2
	for _, f := range files {
		p := path.Clean(strings.ReplaceAll(f.Name, `\`, "/"))
		at := strings.Count(p, "/")
		if !wanted(p) || at > min(depth, maxDepth) || strings.HasSuffix(f.Name, "/") {
			continue
		}
		if strings.HasPrefix(p, "/") || strings.HasPrefix(p, "../") {
			notes.add("outside", "the archive holds the file %q, which is outside of it, and was left out", short(p))
			continue
		}
		s := unpacked(f, p)
		if s.main() && at < depth {
			depth = at
		}
		if _, twice := found[p]; twice {
			notes.add("twice", "the archive holds %s more than once; the last counts", p)
		}
		found[p] = s
	}
	var list []source // none without a routes.txt or a stops.txt: then no file is at depth
	for p, s := range found {
		if strings.Count(p, "/") == depth {
			list = append(list, s)
		}
	}
	return list
}

// unpacked is a file of an archive.
func unpacked(f *zip.File, p string) source {
	limit := int64(min(maxFile, max(smallest, maxRatio*min(f.CompressedSize64, maxArchive))))
	return source{path: p, limit: limit, open: func() (io.ReadCloser, error) {
		const encrypted = 1
		switch {
		case f.Flags&encrypted != 0:
			return nil, errors.New("it is encrypted")
		case f.Mode()&fs.ModeType != 0:
			return nil, errors.New("it is not a file but a link or a device")
		}
		return f.Open()
	}}
}

// listed says what an archive holds, for people.
func listed(files []*zip.File) string {
	const few = 6
	var names []string
	for _, f := range files[:min(len(files), few)] {
		name, _ := words([]byte(f.Name))
		names = append(names, fmt.Sprintf("%q", short(name)))
	}
	slices.Sort(names)
	text := ", which holds " + strings.Join(names, ", ")
	switch {
	case len(files) == 0:
		return ", which is empty"
	case len(files) > few:
		text += fmt.Sprintf(" and %d more", len(files)-few)
	}
	if slices.ContainsFunc(files, func(f *zip.File) bool { return strings.HasSuffix(strings.ToLower(f.Name), ".zip") }) {
		text += "; it seems to be an archive of archives: unpack it, and name one of those"
	}
	return text
}

// plainly says in plain words what is wrong with an archive.
func plainly(err error) error {
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(err, zip.ErrChecksum), errors.As(err, &corrupt), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, zip.ErrFormat):
		return fmt.Errorf("the archive is damaged: %w", err)
	case errors.Is(err, zip.ErrAlgorithm):
		return fmt.Errorf("it is packed in a way that is not read: %w", err)
	}
	return err
}
