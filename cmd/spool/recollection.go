package main

import (
	"context"
	"errors"
	"fmt"

	"spool/publisher"
	"spool/store"
)

// A recollection is what the daemon has learned about one account, for commands that
// neither need the database nor change it.
type recollection struct {
	*program
	dsn     string
	account string
}

var _ publisher.Memory = recollection{}

// Recall finds nothing where there is no database yet. A database that cannot be read
// is told of, since the usual limits count then.
func (r recollection) Recall(ctx context.Context, key string) (value string, err error) {
	if absent(r.dsn) {
		return "", nil
	}
	defer func() {
		if err != nil {
			fmt.Fprintf(r.err, "spool: what is known of account %s could not be read, so its network's usual limits count: %v\n", r.account, err)
		}
	}()
	db, err := store.Open(ctx, r.dsn, store.Options{Now: r.now, ReadOnly: true})
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	value, _, err = db.Recall(ctx, r.account, key)
	return value, err
}

// Remember keeps nothing.
func (recollection) Remember(context.Context, string, string) error { return nil }
