package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Backup writes a consistent copy of a SQLite database to path while it is in
// use. The copy is checked before it gets its name, is readable by its owner
// only, since it holds tokens, and never overwrites a file.
func (db *DB) Backup(ctx context.Context, path string) error {
	if db.sqlite == nil {
		return fmt.Errorf("database %s is on PostgreSQL: use pg_dump for a backup", db.name)
	}
	if err := db.backup(ctx, path); err != nil {
		return fmt.Errorf("back up database %s to %s: %w", db.name, path, err)
	}
	return nil
}

func (db *DB) backup(ctx context.Context, path string) (err error) {
	// SQLite's addresses of files must be absolute.
	if path, err = filepath.Abs(path); err != nil {
		return err
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(errors.New("there is a file of that name: choose another, or move it away"), err)
	}
	temp, err := os.CreateTemp(filepath.Dir(path), ".spool-backup-*") // made with mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if bad := os.Remove(temp.Name()); !errors.Is(bad, fs.ErrNotExist) {
			err = errors.Join(err, bad)
		}
	}()
	defer temp.Close()
	if err := db.copyTo(ctx, temp.Name()); err != nil {
		return err
	}
	if err := checkCopy(ctx, temp.Name()); err != nil {
		return err
	}
	if err := temp.Sync(); err != nil {
		return err
	}
	if err := name(temp.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// name gives the copy its name. A link, unlike a renaming, fails when there is
// such a file by now; but memory cards and some shares know no links.
func name(temp, path string) error {
	err := os.Link(temp, path)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	return os.Rename(temp, path)
}

// copyTo uses a connection of its own that reads only: writers go on meanwhile.
func (db *DB) copyTo(ctx context.Context, path string) error {
	src := sql.OpenDB(connector{sqliteDSN(db.sqlite.path, reading)})
	defer src.Close()
	src.SetMaxOpenConns(1)
	_, err := src.ExecContext(ctx, "VACUUM INTO $1", path)
	return db.explain("copy", err)
}

func checkCopy(ctx context.Context, path string) error {
	cp := sql.OpenDB(connector{sqliteDSN(path, reading)})
	defer cp.Close()
	var verdict string
	if err := cp.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&verdict); err != nil {
		return fmt.Errorf("check the copy: %w", err)
	}
	if verdict != "ok" {
		return fmt.Errorf("the copy is not sound (%s): is the database itself damaged?", verdict)
	}
	return nil
}

// syncDir makes a new name in a folder last.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
