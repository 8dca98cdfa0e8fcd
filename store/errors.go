package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	sqlite "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"spool"
)

// explain says which database an error is about, and what a person can do.
// What is not the database's fault goes through as it is.
func (db *DB) explain(op string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, spool.ErrConflict), errors.Is(err, spool.ErrTransition), errors.Is(err, spool.ErrNotFound), errors.Is(err, spool.ErrTaken):
		return err
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("database %s: %s: %w", db.name, op, err)
	}
	if hint := hint(err); hint != "" {
		return fmt.Errorf("database %s: %s: %s: %w", db.name, op, hint, err)
	}
	return fmt.Errorf("database %s: %s: %w", db.name, op, err)
}

func hint(err error) string {
	if lite, ok := errors.AsType[*sqlite.Error](err); ok {
		return sqliteHint(lite.Code() & 0xff) // the low byte is the kind, the others say more
	}
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return postgresHint(pg.Code)
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return "the server cannot be reached or does not let spool in: check that it runs, and the address, user and password"
	}
	return ""
}

func sqliteHint(code int) string {
	switch code {
	case lib.SQLITE_FULL:
		return "the disk is full: make room; nothing that was recorded is lost, and work goes on by itself"
	case lib.SQLITE_READONLY, lib.SQLITE_PERM:
		return "it cannot be written: the user that runs spool must be able to write the file and its folder, and the disk must not be mounted read only"
	case lib.SQLITE_CANTOPEN:
		return "it cannot be opened: the user that runs spool must be able to read the file and to write its folder"
	case lib.SQLITE_CORRUPT:
		return "the file is damaged: stop spool, keep a copy, and put the last backup in its place"
	case lib.SQLITE_NOTADB:
		return "this is not a SQLite database: correct the path, or put a backup in its place"
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		return "another program keeps it locked: end that program"
	case lib.SQLITE_IOERR:
		return "the disk does not read or write as it should: look at the system's log"
	}
	return ""
}

// postgresHint knows the codes of PostgreSQL's appendix A.
func postgresHint(code string) string {
	switch code {
	case "53100":
		return "the server's disk is full: make room there; nothing that was recorded is lost, and work goes on by itself"
	case "25006":
		return "the server takes no writes: use the primary, not a standby"
	case "28P01", "28000":
		return "the server does not let this user in: check user and password"
	case "3D000":
		return "there is no database of that name: create it with \"createdb\""
	case "42501":
		return "this user lacks a right there: make it the owner of the database"
	case "53300":
		return "the server has no connection left: raise max_connections, or run fewer programs on it"
	case "57P01", "57P02", "57P03":
		return "the server is starting or stopping: work goes on when it is back"
	}
	return ""
}

// busy reports whether SQLite could not get at the file because another process
// had it.
func busy(err error) bool {
	lite, ok := errors.AsType[*sqlite.Error](err)
	return ok && lite.Code()&0xff == lib.SQLITE_BUSY
}

// contended reports whether PostgreSQL gave up a transaction in favour of
// another one: nothing of it was done, and it may be run again.
func contended(err error) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (pg.Code == "40001" || pg.Code == "40P01")
}

// none reports whether a query had no row.
func none(err error) bool { return errors.Is(err, sql.ErrNoRows) }
