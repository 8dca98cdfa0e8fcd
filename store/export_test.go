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
