package store

import (
	"database/sql"
	"net/url"
)

// Raw opens a SQLite file with nothing of the store's around it.
func Raw(path string) *sql.DB {
	return sql.OpenDB(connector{(&url.URL{Scheme: "file", Path: path, RawQuery: "mode=rwc"}).String()})
}

// Pools returns the connections of a SQLite database.
func Pools(db *DB) (writer, reader *sql.DB) { return db.writer, db.reader }
