package webhooktest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// load restores the state from the snapshot, if there is one.
func (s *Server) load() {
	if s.opts.Snapshot == "" {
		return
	}
	b, err := os.ReadFile(s.opts.Snapshot)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	st := newState()
	if err == nil {
		err = json.Unmarshal(b, &st)
	}
	if err != nil {
		s.log.Warn("webhooktest: the snapshot cannot be read, everything begins anew", "error", err)
		return
	}
	s.state = st
}

// save writes the snapshot. Its secrets open nothing but this stand-in; still,
// nobody else can read the file. s.mu is held.
func (s *Server) save() {
	if s.opts.Snapshot == "" {
		return
	}
	if err := writeState(s.opts.Snapshot, s.state); err != nil {
		s.log.Error("webhooktest: the snapshot was not written", "error", err)
	}
}

// writeState replaces the file whole or leaves it as it was.
func writeState(name string, st state) (err error) {
	b, err := json.Marshal(st)
	if err != nil {
		return fmt.Errorf("webhooktest: snapshot: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*")
	if err != nil {
		return fmt.Errorf("webhooktest: snapshot: %w", err)
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // it is of no use
		return fmt.Errorf("webhooktest: snapshot: %w", err)
	}
	return nil
}
