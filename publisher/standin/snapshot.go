package standin

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
)

// A Snapshot keeps what a stand-in knows across restarts, as JSON in a file.
type Snapshot struct {
	File string // empty: nothing is kept
	Log  *slog.Logger
}

// Load reads the state into what a new stand-in begins with, and reports whether
// there was one. Without it the target may have been written to in part, so it is
// of no use. A file that cannot be read is reported to the log.
func (s Snapshot) Load(into any) bool {
	if s.File == "" {
		return false
	}
	b, err := os.ReadFile(s.File)
	if errors.Is(err, fs.ErrNotExist) {
		return false
	}
	if err == nil {
		err = json.Unmarshal(b, into)
	}
	if err != nil {
		s.Log.Warn("stand-in: the snapshot cannot be read, everything begins anew", "file", s.File, "error", err)
	}
	return err == nil
}

// Save writes the state. Its secrets open nothing but the stand-in; still, nobody
// else can read the file. That it cannot be written is reported to the log.
func (s Snapshot) Save(state any) {
	if s.File == "" {
		return
	}
	if err := replace(s.File, state); err != nil {
		s.Log.Error("stand-in: the snapshot was not written", "error", err)
	}
}

// replace writes the file whole or leaves it as it was.
func replace(name string, state any) (err error) {
	b, err := json.Marshal(state)
	if err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*")
	if err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name()) // it is of no use
		}
	}()
	_, err = f.Write(b)
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	if err = os.Rename(f.Name(), name); err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	return nil
}
