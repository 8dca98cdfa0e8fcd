package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// spilled is how much of an archive is kept in memory before it goes to a file.
const spilled = 8 << 20

// A spill holds a file that is being downloaded: a small one in memory, a large one in
// a temporary file that nobody else sees and that is gone with the process.
type spill struct {
	dirs []string // that are tried in this order
	size int64
	buf  []byte
	file *os.File // nil: everything is in buf
}

// Write is that of io.Writer.
func (s *spill) Write(p []byte) (int, error) {
	if s.file == nil && len(s.buf)+len(p) <= spilled {
		s.buf = append(s.buf, p...)
		s.size += int64(len(p))
		return len(p), nil
	}
	if s.file == nil {
		if err := s.toFile(); err != nil {
			return 0, err
		}
	}
	n, err := s.file.Write(p)
	s.size += int64(n)
	if err != nil {
		return n, noRoom(err)
	}
	return n, nil
}

// toFile moves what there is to a file.
func (s *spill) toFile() error {
	var f *os.File
	var err error
	for _, dir := range s.dirs {
		if f, err = os.CreateTemp(dir, ".spool-names-*"); err == nil {
			break
		}
	}
	if err != nil {
		return noRoom(err)
	}
	_ = os.Remove(f.Name()) // where an open file can be removed; elsewhere Close does it
	if _, err := f.Write(s.buf); err != nil {
		_ = f.Close()
		return noRoom(err)
	}
	s.file, s.buf = f, nil
	return nil
}

func noRoom(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return fmt.Errorf("the archive cannot be written to a temporary file: %w", err)
}

// ReadAt is that of io.ReaderAt.
func (s *spill) ReadAt(p []byte, at int64) (int, error) {
	if s.file != nil {
		return s.file.ReadAt(p, at)
	}
	return bytes.NewReader(s.buf).ReadAt(p, at)
}

// Close gives the file back.
func (s *spill) Close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	_ = os.Remove(s.file.Name())
	return err
}
