package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	sqlite "modernc.org/sqlite"
)

// Settings of SQLite, measured for this work: one writing connection whose
// transactions take the lock when they begin (deferred ones fail with "busy" by
// the thousand), and a few that can only read. synchronous is FULL, since a
// power cut must not forget that something is live.
const (
	readConns  = 4
	walLimit   = 16 << 20 // bytes that the WAL file keeps when it is empty
	busyWait   = 5 * time.Second
	busyPragma = "busy_timeout(5000)"
)

// sqliteFile is what a DB has only on SQLite.
type sqliteFile struct {
	path   string
	lock   *os.File // nil unless Options.Exclusive
	convoy convoy
}

func openSQLite(ctx context.Context, dsn string, o Options) (*DB, error) {
	path, err := sqlitePath(dsn)
	if err != nil {
		return nil, err
	}
	if err := checkFile(path, o.ReadOnly); err != nil {
		return nil, err
	}
	file := &sqliteFile{path: path}
	if o.Exclusive && !o.ReadOnly {
		if file.lock, err = lockFile(path + ".lock"); err != nil {
			return nil, fmt.Errorf("database %s: %w", path, err)
		}
	}
	db := &DB{name: path, dialect: sqliteDialect(), now: o.Now, log: o.Log, sqlite: file}
	if err := db.connectSQLite(ctx, o.ReadOnly); err != nil {
		_ = db.Close()
		return nil, err
	}
	return db, nil
}

func (db *DB) connectSQLite(ctx context.Context, readOnly bool) error {
	words := db.dialect.words
	if !readOnly {
		db.writer = sql.OpenDB(connector{sqliteDSN(db.sqlite.path, writing)})
		db.writer.SetMaxOpenConns(1)
		db.writers = &queries{handle: db.writer, cache: newCache(db.writer, words), words: words}
		// The first connection makes the file a WAL database, which the readers
		// find done.
		if err := db.patiently(ctx, db.writer); err != nil {
			return db.explain("open", err)
		}
	}
	db.reader = sql.OpenDB(connector{sqliteDSN(db.sqlite.path, querying)})
	db.reader.SetMaxOpenConns(readConns)
	db.reader.SetMaxIdleConns(readConns)
	db.readers = &queries{handle: db.reader, cache: newCache(db.reader, words), words: words}
	if err := db.patiently(ctx, db.reader); err != nil {
		return db.explain("open", err)
	}
	return nil
}

// patiently opens a first connection. While another process changes the file to
// WAL, SQLite answers "busy" at once, whatever the timeout: so ask again.
func (db *DB) patiently(ctx context.Context, pool *sql.DB) error {
	ctx, cancel := context.WithTimeout(ctx, busyWait)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := pool.PingContext(ctx)
		if !busy(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-tick.C:
		}
	}
}

// sqlitePath is the absolute path that a configured database means.
func sqlitePath(dsn string) (string, error) {
	switch {
	case strings.TrimSpace(dsn) == "":
		return "", fmt.Errorf("database: no path is given: name a file, for example spool.db, or a postgres:// address")
	case dsn == ":memory:":
		return "", fmt.Errorf("database :memory: would forget everything: name a file, for example spool.db")
	case strings.Contains(dsn, "://"):
		return "", fmt.Errorf("database: an address that begins with %s:// is not known: name a file, or a postgres:// address", dsn[:strings.Index(dsn, "://")])
	}
	path, err := filepath.Abs(dsn)
	if err != nil {
		return "", fmt.Errorf("database %s: %w", dsn, err)
	}
	return path, nil
}

// access is what a connection may do.
type access int

const (
	writing  access = iota // everything
	querying               // nothing but queries
	reading                // copy the database, but not change it
)

// sqliteDSN is the driver's address of a file, with all settings in it: what is
// set with a statement would hold for one connection of a pool only.
func sqliteDSN(path string, a access) string {
	q := url.Values{}
	q.Add("_pragma", busyPragma)
	q.Add("_pragma", "foreign_keys(1)")
	q.Set("mode", "ro")
	switch a {
	case querying:
		q.Add("_pragma", "query_only(1)")
	case writing:
		q.Set("mode", "rw")
		q.Set("_txlock", "immediate")
		q.Add("_pragma", "journal_mode(WAL)")
		q.Add("_pragma", "synchronous(FULL)")
		q.Add("_pragma", fmt.Sprintf("journal_size_limit(%d)", walLimit))
	}
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: q.Encode()}
	return u.String()
}

// connector opens connections without a name in database/sql's registry.
type connector struct{ dsn string }

func (c connector) Connect(context.Context) (driver.Conn, error) { return c.Driver().Open(c.dsn) }
func (c connector) Driver() driver.Driver                        { return &sqlite.Driver{} }

// relaxed is write for what may be forgotten in a power cut, but not when a
// process dies: leases, and polls that found nothing. On SQLite it saves the
// wait for the disk; the next full write makes these lasting too. On PostgreSQL
// it is write: other processes outlive the server's crash, and would rely on a
// lease that it has forgotten.
func (db *DB) relaxed(ctx context.Context, op string, f func(*queries) error) error {
	if db.sqlite == nil || db.writer == nil {
		return db.write(ctx, op, f)
	}
	conn, err := db.writer.Conn(ctx)
	if err != nil {
		return db.explain(op, err)
	}
	err = db.unsynced(ctx, conn, f)
	if closing := conn.Close(); err == nil {
		err = closing
	}
	db.writers.cache.fill(ctx)
	return db.explain(op, err)
}

func (db *DB) unsynced(ctx context.Context, conn *sql.Conn, f func(*queries) error) (err error) {
	if _, err := conn.ExecContext(ctx, "PRAGMA synchronous = NORMAL"); err != nil {
		return err
	}
	defer func() {
		if _, bad := conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA synchronous = FULL"); bad != nil {
			_ = conn.Raw(func(any) error { return driver.ErrBadConn }) // never write on it again
			db.log.Error("a database connection was given up", "database", db.name, "error", bad)
		}
	}()
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	q := *db.writers
	q.handle, q.tx = tx, tx
	if err := f(&q); err != nil {
		_ = tx.Rollback() // err is the cause, and the driver undoes the rest in any case
		return err
	}
	return tx.Commit()
}

// checkpoint moves the WAL into the database and empties it. It does not wait
// long for readers, since writers would wait with it: the next one will do.
func (db *DB) checkpoint(ctx context.Context) error {
	conn, err := db.writer.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "PRAGMA busy_timeout = 200"); err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	if _, bad := conn.ExecContext(context.WithoutCancel(ctx), fmt.Sprintf("PRAGMA busy_timeout = %d", busyWait.Milliseconds())); err == nil {
		err = bad
	}
	if busy(err) {
		return nil
	}
	return err
}

// unlock lets the next daemon have the file.
func (f *sqliteFile) unlock() error {
	if f.lock == nil {
		return nil
	}
	lock := f.lock
	f.lock = nil
	return lock.Close()
}
