package store_test

import (
	"context"
	"net/url"
	"path/filepath"
	"sync"
	"testing"

	"spool/store"
	"spool/store/storetest"
)

// opener opens what dsn names for as long as a test runs.
func opener(dsn string) storetest.Database {
	return func(t *testing.T, o store.Options) *store.DB {
		t.Helper()
		db, err := store.Open(t.Context(), dsn, o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
		return db
	}
}

func TestSQLite(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Database {
		return opener(filepath.Join(t.TempDir(), "spool.db"))
	})
}

func TestPostgres(t *testing.T) {
	storetest.Postgres(t) // keeps the server for all subtests
	storetest.Run(t, func(t *testing.T) storetest.Database { return opener(storetest.Postgres(t)) })
}

// TestMigrationRace starts several programs on a database that is quite new.
func TestMigrationRace(t *testing.T) {
	for name, fresh := range map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { return filepath.Join(t.TempDir(), "spool.db") },
		"postgres": func(t *testing.T) string { return storetest.Postgres(t) },
	} {
		t.Run(name, func(t *testing.T) {
			dsn := fresh(t)
			var wg sync.WaitGroup
			for range 6 {
				wg.Go(func() {
					db, err := store.Open(t.Context(), dsn, store.Options{})
					if err != nil {
						t.Error(err)
						return
					}
					if err := db.Close(); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
		})
	}
}

func TestPostgresErrors(t *testing.T) {
	dsn := storetest.Postgres(t)
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	nowhere, nobody := *u, *u
	nowhere.Path = "/nowhere"
	nobody.RawQuery = url.Values{"host": {u.Query().Get("host")}, "user": {"nobody"}, "password": {"hunter2"}}.Encode()
	for name, c := range map[string]struct{ dsn, want string }{
		"no such database": {nowhere.String(), "createdb"},
		"no such user":     {nobody.String(), "check user and password"},
		"no server":        {"postgres://spool:hunter2@127.0.0.1:1/x", "the server cannot be reached"},
		"no address":       {"postgres://spool:hunter2@[/x", "cannot be read"},
	} {
		_, err := store.Open(context.Background(), c.dsn, store.Options{})
		wantError(t, name, err, c.want)
	}
	if err := opener(dsn)(t, store.Options{}).Backup(t.Context(), filepath.Join(t.TempDir(), "copy")); err == nil {
		t.Error("a backup of PostgreSQL was made")
	} else {
		wantError(t, "backup", err, "pg_dump")
	}
}
