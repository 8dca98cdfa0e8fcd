package store

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// Connections that one process holds to a PostgreSQL server at most, and for
// how long one is used.
const (
	serverConns = 8
	connAge     = 30 * time.Minute
)

func openPostgres(ctx context.Context, dsn string, o Options) (*DB, error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		// err would quote the address; pgx masks the password, but not every way to write one
		return nil, fmt.Errorf("database: the postgres:// address cannot be read: write postgres://user@host/name, with special characters in user and password percent-encoded")
	}
	if cfg.RuntimeParams["application_name"] == "" {
		cfg.RuntimeParams["application_name"] = "spool"
	}
	if o.ReadOnly {
		cfg.RuntimeParams["default_transaction_read_only"] = "on"
	}
	db := &DB{name: postgresName(cfg), dialect: postgresDialect(), now: o.Now, log: o.Log}
	db.reader = stdlib.OpenDB(*cfg)
	db.reader.SetMaxOpenConns(serverConns)
	db.reader.SetMaxIdleConns(serverConns / 2)
	db.reader.SetConnMaxLifetime(connAge)
	db.readers = &queries{handle: db.reader, words: db.dialect.words, numbered: true}
	if !o.ReadOnly {
		db.writer, db.writers = db.reader, db.readers
	}
	if err := db.reachable(ctx); err != nil {
		_ = db.Close()
		return nil, err
	}
	return db, nil
}

// postgresName is where a database is, without who signs in and with what.
func postgresName(cfg *pgx.ConnConfig) string {
	host := cfg.Host
	if cfg.Port != 5432 && cfg.Port != 0 {
		host = net.JoinHostPort(host, strconv.Itoa(int(cfg.Port)))
	}
	return host + "/" + cfg.Database
}
