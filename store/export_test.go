package store

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"
)

// Raw opens a SQLite file with nothing of the store's around it.
func Raw(path string) *sql.DB {
	return sql.OpenDB(connector{(&url.URL{Scheme: "file", Path: path, RawQuery: "mode=rwc"}).String()})
}

// Pools returns the connections of a SQLite database.
func Pools(db *DB) (writer, reader *sql.DB) { return db.writer, db.reader }

// HoldConvoy keeps polls from being recorded until the function it returns is
// called; ConvoyLength is how many wait.
func HoldConvoy(db *DB) (release func()) {
	db.sqlite.convoy.turn.Lock()
	return db.sqlite.convoy.turn.Unlock
}

// ConvoyLength is how many writes wait for their turn.
func ConvoyLength(db *DB) int {
	c := &db.sqlite.convoy
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.queue)
}

// OpenAt opens a database and brings it to an older schema.
func OpenAt(ctx context.Context, dsn string, number int) (*DB, error) {
	open := openSQLite
	if strings.HasPrefix(dsn, "postgres://") {
		open = openPostgres
	}
	db, err := open(ctx, dsn, Options{Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	all, err := load(migrations)
	if err != nil {
		return nil, err
	}
	return db, db.apply(ctx, all[:number])
}

// Do runs statements, in the words of the migrations.
func Do(ctx context.Context, db *DB, queries ...string) error {
	for _, query := range queries {
		if _, err := db.writer.ExecContext(ctx, db.dialect.words.Replace(query)); err != nil {
			return fmt.Errorf("%s: %w", query, err)
		}
	}
	return nil
}

// Dump returns the rows of a table as texts by column.
func Dump(ctx context.Context, db *DB, table string) ([]map[string]string, error) {
	rows, err := db.reader.QueryContext(ctx, "SELECT * FROM "+table+" ORDER BY 1, 2")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var all []map[string]string
	for rows.Next() {
		values, dest := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			dest[i] = &values[i]
		}
		if err := rows.Scan(dest...); err != nil {
			return nil, err
		}
		row := map[string]string{}
		for i, name := range names {
			row[name] = fmt.Sprint(values[i])
		}
		all = append(all, row)
	}
	return all, rows.Err()
}

// Indexes returns the names of the indexes that migrations made.
func Indexes(ctx context.Context, db *DB) ([]string, error) {
	query := "SELECT name FROM sqlite_master WHERE type = 'index' AND sql <> '' ORDER BY name"
	if db.sqlite == nil {
		query = "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() ORDER BY indexname"
	}
	return collect(ctx, db.readers, scanString, query)
}
