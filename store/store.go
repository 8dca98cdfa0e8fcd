// Package store is Spool's memory, and holds the only SQL.
//
// A [DB] is a SQLite file, which one daemon and the commands beside it use, or a
// PostgreSQL database that several daemons share. Both run the same text; the
// words in which they differ are in dialect.go. DB is the scheduler's Store
// (feeds.go, ingest.go, accounts.go, posts.go, due.go), and more than that for
// the commands and the pages (browse.go, steer.go, tokens.go, counts.go).
// Begin at [Open], then read migrations/0001_init.sql.
//
// Every write is conditional on what was read, a version or a lease; nothing
// changed is spool.ErrConflict. What belongs together is one transaction. The
// package decides nothing: states are moved by spool.Next alone.
package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"spool"
)

// Options for Open. The zero value of a field means its default.
type Options struct {
	Now       func() time.Time // default time.Now
	Exclusive bool             // SQLite: refuse to share the file with another program that asked for the same; leases a dead one left are cleared
	ReadOnly  bool             // nothing can be written, and the schema is not brought up to date
	Log       *slog.Logger     // default: nothing is logged
}

// A DB is an open database. Its methods may be called from several goroutines.
type DB struct {
	name    string // for people: the path, or host and name; never with a password
	dialect dialect
	now     func() time.Time
	log     *slog.Logger
	readers *queries
	writers *queries
	reader  *sql.DB
	writer  *sql.DB // the same as reader on PostgreSQL; nil when a SQLite file is read only
	sqlite  *sqliteFile
}

// Open opens the database that dsn names, a path of a SQLite file or a
// postgres:// address, and brings its schema up to date. A SQLite file that is
// not there is made, readable by its owner only. Its errors name the database
// and what a person can do.
func Open(ctx context.Context, dsn string, o Options) (*DB, error) {
	if o.Now == nil {
		o.Now = time.Now //nolint:forbidigo // the default of the injected clock
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	open := openSQLite
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		open = openPostgres
	}
	db, err := open(ctx, dsn, o)
	if err != nil {
		return nil, err
	}
	if err := db.prepare(ctx, o); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// prepare makes an open database fit for use.
func (db *DB) prepare(ctx context.Context, o Options) error {
	if o.ReadOnly {
		return db.checkSchema(ctx)
	}
	if err := db.migrate(ctx); err != nil {
		return err
	}
	if o.Exclusive && db.sqlite != nil {
		return db.clearLeases(ctx)
	}
	return nil
}

// clearLeases gives back what a process that is gone had leased. Posts it left
// in sending stay so: the account's next holder settles them. Feeds that it was
// polling rest a while when that has happened before.
func (db *DB) clearLeases(ctx context.Context) error {
	return db.write(ctx, "clear old leases", func(q *queries) error {
		if err := db.countDeaths(ctx, q); err != nil {
			return err
		}
		if err := q.exec(ctx, "UPDATE feeds SET lease_owner = '', lease_until = 0 WHERE lease_until > 0"); err != nil {
			return err
		}
		return q.exec(ctx, "UPDATE accounts SET lease_owner = '', lease_until = 0 WHERE lease_until > 0")
	})
}

// countDeaths notes for each feed that was being polled that a process ended
// meanwhile. See [spool.RestAfterDeath].
func (db *DB) countDeaths(ctx context.Context, q *queries) error {
	now := db.now()
	polled, err := collect(ctx, q, scanFeed, "SELECT "+feedColumns+" FROM feeds WHERE lease_until > $1", ms(now))
	if err != nil {
		return err
	}
	for _, f := range polled {
		f.Memory.Deaths++
		if rest := spool.RestAfterDeath(f.Name, f.Memory.Deaths); rest > 0 {
			f.NextPoll = now.Add(rest)
			f.Problem = fmt.Sprintf("spool ended %d times while it read this feed: if that goes on, take it out of the configuration and report it", f.Memory.Deaths)
			db.log.Warn("spool ended again while it read a feed, which rests now", "feed", f.Name, "times", f.Memory.Deaths, "for", rest)
		}
		memory, err := json.Marshal(f.Memory)
		if err != nil {
			return fmt.Errorf("encode what is remembered of feed %s: %w", f.Name, err)
		}
		if err := q.exec(ctx, "UPDATE feeds SET next_poll = $1, problem = $2, memory = $3 WHERE name = $4", ms(f.NextPoll), f.Problem, string(memory), f.Name); err != nil {
			return err
		}
	}
	return nil
}

// Close gives everything back. The database must not be used any more.
func (db *DB) Close() error {
	var errs []error
	if db.reader != nil && db.reader != db.writer {
		errs = append(errs, db.reader.Close())
	}
	if db.writer != nil { // last: the last connection of all tidies the WAL away
		errs = append(errs, db.writer.Close())
	}
	if db.sqlite != nil {
		errs = append(errs, db.sqlite.unlock())
	}
	return errors.Join(errs...)
}

// Ping reports whether the database answers, and lets this program write.
func (db *DB) Ping(ctx context.Context) error {
	if db.writer == nil {
		return db.reachable(ctx)
	}
	return db.write(ctx, "ask for a sign of life", func(q *queries) error {
		return q.exec(ctx, "UPDATE feeds SET name = name WHERE name = ''") // nothing has this name
	})
}

// reachable reports whether the database answers at all, with or without tables.
func (db *DB) reachable(ctx context.Context) error {
	var one int
	return db.explain("ask for a sign of life", db.readers.one(ctx, []any{&one}, "SELECT 1"))
}

// Name is the database for people: the path, or the host and the name.
func (db *DB) Name() string { return db.name }

// Maintain keeps the files small: call it every few minutes. On PostgreSQL there
// is nothing to do.
func (db *DB) Maintain(ctx context.Context) error {
	if db.sqlite == nil || db.writer == nil {
		return nil
	}
	return db.explain("maintain", db.checkpoint(ctx))
}

// clock returns the moment that leases are counted from: PostgreSQL's own, so
// that replicas whose clocks differ agree, or that of Options.Now, since a
// SQLite file is used on one machine.
func (db *DB) clock(ctx context.Context, q *queries) (time.Time, error) {
	if db.dialect.clock == "" {
		return db.now(), nil
	}
	var now int64
	err := q.one(ctx, []any{&now}, db.dialect.clock)
	return moment(now), err
}

// write runs f in a transaction. Either all of it is recorded or nothing; op
// says for people what it was.
func (db *DB) write(ctx context.Context, op string, f func(*queries) error) error {
	if db.writer == nil {
		return fmt.Errorf("database %s: %s: it was opened for reading only", db.name, op)
	}
	var err error
	for range 4 {
		if err = db.try(ctx, f); !contended(err) {
			break
		}
	}
	db.writers.cache.fill(ctx)
	return db.explain(op, err)
}

func (db *DB) try(ctx context.Context, f func(*queries) error) error {
	tx, err := db.writer.BeginTx(ctx, nil)
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

// found turns "no row" into spool.ErrNotFound with the name of what is missing.
func found(err error, what, name string) error {
	if none(err) {
		return missing(what, name)
	}
	return err
}
