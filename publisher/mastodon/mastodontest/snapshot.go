package mastodontest

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
	st, err := readState(s.opts.Snapshot)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		s.log.Warn("mastodontest: the snapshot cannot be read, the timeline begins anew", "error", err)
	default:
		s.state = st
	}
}

func readState(name string) (state, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return state{}, fmt.Errorf("mastodontest: snapshot: %w", err)
	}
	st := newState()
	if err := json.Unmarshal(b, &st); err != nil {
		return state{}, fmt.Errorf("mastodontest: snapshot %s: %w", name, err)
	}
	return st, nil
}

// save writes the snapshot. Its tokens open nothing but this stand-in; still,
// nobody else can read the file. s.mu is held.
func (s *Server) save() {
	if s.opts.Snapshot == "" {
		return
	}
	if err := writeState(s.opts.Snapshot, s.state); err != nil {
		s.log.Error("mastodontest: the snapshot was not written", "error", err)
	}
}

// writeState replaces the file whole or leaves it as it was.
func writeState(name string, st state) (err error) {
	b, err := json.Marshal(st)
	if err != nil {
		return fmt.Errorf("mastodontest: snapshot: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*")
	if err != nil {
		return fmt.Errorf("mastodontest: snapshot: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name()) // it is of no use
		}
	}()
	_, err = f.Write(b)
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("mastodontest: snapshot: %w", err)
	}
	if err = os.Rename(f.Name(), name); err != nil {
		return fmt.Errorf("mastodontest: snapshot: %w", err)
	}
	return nil
}
