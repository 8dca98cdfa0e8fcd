package store

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// Migrations are numbered from 0001 without a gap, and never edited once
// released: databases remember the checksum of what they were made with.
//
//go:embed migrations/*.sql
var migrations embed.FS

type migration struct {
	number   int
	name     string
	text     string
	checksum string
}

// load reads the migrations in a folder, in their order.
func load(dir fs.FS) ([]migration, error) {
	names, err := fs.Glob(dir, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	var all []migration
	for i, name := range names {
		text, err := fs.ReadFile(dir, name)
		if err != nil {
			return nil, err
		}
		base := strings.TrimPrefix(name, "migrations/")
		number, err := strconv.Atoi(strings.SplitN(base, "_", 2)[0])
		if err != nil || number != i+1 {
			return nil, fmt.Errorf("migration %s should have number %04d", base, i+1)
		}
		sum := sha256.Sum256(text)
		all = append(all, migration{number, base, string(text), hex.EncodeToString(sum[:8])})
	}
	return all, nil
}

// migrate brings the schema up to date. Each migration is one transaction
// together with its number. Several programs may start at once: one of them
// does it, the others wait and find it done.
func (db *DB) migrate(ctx context.Context) error {
	all, err := load(migrations)
	if err != nil {
		return err
	}
	return db.apply(ctx, all)
}

func (db *DB) apply(ctx context.Context, all []migration) error {
	done, err := db.upToDate(ctx, all)
	if done || err != nil {
		return err
	}
	for _, m := range all {
		if err := db.write(ctx, "bring the schema up to date", func(q *queries) error { return db.applyOne(ctx, q, all, m) }); err != nil {
			return err
		}
	}
	return nil
}

// upToDate spares the usual start the write lock.
func (db *DB) upToDate(ctx context.Context, all []migration) (bool, error) {
	known, err := db.hasSchema(ctx, db.readers)
	if err != nil || !known {
		return false, db.explain("read its schema", err)
	}
	applied, err := db.applied(ctx, db.readers, all)
	return err == nil && applied == len(all), db.explain("read its schema", err)
}

func (db *DB) applyOne(ctx context.Context, q *queries, all []migration, m migration) error {
	if err := db.dialect.alone(ctx, q); err != nil {
		return err
	}
	if err := db.foundation(ctx, q); err != nil {
		return err
	}
	applied, err := db.applied(ctx, q, all)
	if err != nil || m.number <= applied {
		return err
	}
	// Without the cache and without parameters: both drivers then take a text
	// of several statements.
	if _, err := q.ExecContext(ctx, db.dialect.words.Replace(m.text)); err != nil {
		return fmt.Errorf("migration %s: %w", m.name, err)
	}
	db.log.Info("the database's schema was brought up to date", "database", db.name, "migration", m.name)
	return q.exec(ctx, "INSERT INTO migrations (number, name, checksum, applied) VALUES ($1, $2, $3, $4)", m.number, m.name, m.checksum, ms(db.now()))
}

// foundation makes the table that the migrations are remembered in, unless the
// database belongs to something else.
func (db *DB) foundation(ctx context.Context, q *queries) error {
	known, err := db.hasSchema(ctx, q)
	if known || err != nil {
		return err
	}
	foreign, err := db.foreign(ctx, q)
	if err != nil {
		return err
	}
	if foreign != "" {
		return fmt.Errorf("it holds tables of another program, such as %q: give spool a database of its own", foreign)
	}
	_, err = q.ExecContext(ctx, "CREATE TABLE migrations (number BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied BIGINT NOT NULL)")
	return err
}

// Where the databases list their tables is the one thing for which there is no
// common text.
const (
	sqliteTables   = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
	postgresTables = "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
)

func (db *DB) tables() string {
	if db.sqlite != nil {
		return sqliteTables
	}
	return postgresTables
}

func (db *DB) hasSchema(ctx context.Context, q *queries) (bool, error) {
	var n int
	err := q.one(ctx, []any{&n}, "SELECT count(*) FROM ("+db.tables()+") t WHERE name = 'migrations'")
	return n > 0, err
}

func (db *DB) foreign(ctx context.Context, q *queries) (string, error) {
	var name string
	err := q.one(ctx, []any{&name}, "SELECT name FROM ("+db.tables()+") t ORDER BY name LIMIT 1")
	if none(err) {
		return "", nil
	}
	return name, err
}

// applied returns how many migrations the database has had, after making sure
// that they are ours.
func (db *DB) applied(ctx context.Context, q *queries, all []migration) (int, error) {
	rows, err := collect(ctx, q, scanMigration, "SELECT number, name, checksum FROM migrations ORDER BY number")
	if err != nil {
		return 0, err
	}
	if len(rows) > len(all) {
		return 0, fmt.Errorf("it was written by a newer spool (schema %d, this program knows %d): use that version, or go back to a backup from before it", len(rows), len(all))
	}
	for i, r := range rows {
		if r.number != all[i].number || r.checksum != all[i].checksum {
			return 0, fmt.Errorf("its schema %04d (%s) is not the one that this program knows: it was made by another build; use that build, or start with a new database", r.number, r.name)
		}
	}
	return len(rows), nil
}

func scanMigration(row scanner) (migration, error) {
	var m migration
	err := row.Scan(&m.number, &m.name, &m.checksum)
	return m, err
}

// checkSchema is for a database that is only read.
func (db *DB) checkSchema(ctx context.Context) error {
	all, err := load(migrations)
	if err != nil {
		return err
	}
	done, err := db.upToDate(ctx, all)
	if err == nil && !done {
		err = fmt.Errorf("database %s: it is empty or of an older spool: start \"spool run\" once, which brings it up to date", db.name)
	}
	return err
}
