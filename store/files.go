package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// checkFile makes sure that a SQLite database can be used where it is meant to
// be, and makes the file, for its owner only, where there is none. SQLite's own
// words for all this are "unable to open database file".
func checkFile(path string, readOnly bool) error {
	dir := filepath.Dir(path)
	if err := checkDir(path, dir); err != nil {
		return err
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && readOnly:
		return fmt.Errorf("database %s: there is no such file: \"spool run\" makes it", path)
	case errors.Is(err, fs.ErrNotExist):
		return makeFile(path, dir)
	case err != nil:
		return fmt.Errorf("database %s: it cannot be reached: %w: give the user that runs spool the right to enter its folder", path, err)
	case !info.Mode().IsRegular():
		return fmt.Errorf("database %s: this is not a file: name one inside of it, for example %s", path, filepath.Join(path, "spool.db"))
	}
	return openable(path, readOnly)
}

func checkDir(path, dir string) error {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("database %s: the folder %s does not exist: create it, or correct the path", path, dir)
	case err != nil:
		return fmt.Errorf("database %s: the folder %s cannot be entered: %w: give the user that runs spool the right to", path, dir, err)
	case !info.IsDir():
		return fmt.Errorf("database %s: %s is not a folder: correct the path", path, dir)
	}
	if kind := networkFS(dir); kind != "" {
		return fmt.Errorf("database %s: the folder is on a network file system (%s), where SQLite's locks do not hold and files get damaged: use a local disk, or PostgreSQL", path, kind)
	}
	return nil
}

func makeFile(path, dir string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil // another process was quicker
	}
	if err != nil {
		return fmt.Errorf("database %s: it cannot be made in %s: %w: the user that runs spool must be able to write there", path, dir, err)
	}
	return f.Close()
}

// openable tells a file that may not be used, with the remedy. It only asks: to
// open and close the file would end the locks of another connection in this
// process.
func openable(path string, readOnly bool) error {
	err := permitted(path, readOnly)
	switch {
	case err == nil:
		return nil
	case readOnly:
		return fmt.Errorf("database %s: it cannot be read: %w: give the user that runs spool the right to", path, err)
	}
	return fmt.Errorf("database %s: it cannot be written: %w: give the user that runs spool the right to, and check that the disk is not mounted read only", path, err)
}
