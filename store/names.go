package store

import (
	"context"
	"fmt"
	"time"

	"spool"
)

// namesKept is how long names are remembered that nobody asks for any more.
const namesKept = 90 * 24 * time.Hour

// Names are the public names that a source had, as bytes, and how it went to read it.
type Names struct {
	Source     string // a digest of the address or the path
	Validators spool.Validators
	Issuer     string // of Validators
	BodyHash   string
	Fetched    time.Time // when the source was last read, or said that nothing changed; zero: never
	Tried      time.Time // when that was last tried
	Problem    string    // for people: why that failed; empty: it did not
	Body       []byte    // empty: it was never read
}

// Names returns what is kept of a source of names; spool.ErrNotFound when it was
// never tried.
func (db *DB) Names(ctx context.Context, source string) (Names, error) {
	n := Names{Source: source}
	var fetched, tried int64
	err := db.readers.one(ctx, []any{&n.Validators.ETag, &n.Validators.LastModified, &n.Issuer, &n.BodyHash, &fetched, &tried, &n.Problem, &n.Body},
		"SELECT etag, last_modified, issuer, body_hash, fetched, tried, problem, body FROM names WHERE source = $1", source)
	if none(err) {
		err = fmt.Errorf("names of a source: %w", spool.ErrNotFound)
	}
	if err != nil {
		return Names{}, db.explain("read names", err)
	}
	n.Fetched, n.Tried = moment(fetched), moment(tried)
	return n, nil
}

// SaveNames keeps names in the place of those that the source had before.
func (db *DB) SaveNames(ctx context.Context, n Names) error {
	return db.write(ctx, "keep names", func(q *queries) error {
		if err := q.exec(ctx, "DELETE FROM names WHERE tried < $1", ms(n.Tried.Add(-namesKept))); err != nil {
			return err
		}
		return q.exec(ctx, `INSERT INTO names (source, etag, last_modified, issuer, body_hash, fetched, tried, problem, body)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
			ON CONFLICT (source) DO UPDATE SET etag = excluded.etag, last_modified = excluded.last_modified, issuer = excluded.issuer,
				body_hash = excluded.body_hash, fetched = excluded.fetched, tried = excluded.tried, problem = excluded.problem, body = excluded.body`,
			n.Source, n.Validators.ETag, n.Validators.LastModified, n.Issuer, n.BodyHash, ms(n.Fetched), ms(n.Tried), n.Problem, blob(n.Body))
	})
}

// NoteNames notes how it went to read a source, without touching what is kept of it:
// with an empty problem it had nothing new.
func (db *DB) NoteNames(ctx context.Context, source, problem string, now time.Time) error {
	fetched := now
	if problem != "" {
		fetched = time.Time{}
	}
	return db.write(ctx, "note how names were read", func(q *queries) error {
		return q.exec(ctx, `INSERT INTO names (source, etag, last_modified, issuer, body_hash, fetched, tried, problem, body)
			VALUES ($1, '', '', '', '', $2, $3, $4, $5)
			ON CONFLICT (source) DO UPDATE SET tried = excluded.tried, problem = excluded.problem,
				fetched = CASE WHEN excluded.fetched > names.fetched THEN excluded.fetched ELSE names.fetched END`,
			source, ms(fetched), ms(now), problem, blob(nil))
	})
}

// blob is bytes that are not NULL.
func blob(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
