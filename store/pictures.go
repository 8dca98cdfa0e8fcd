package store

import (
	"context"
	"fmt"
	"time"

	"spool"
)

// needed is true of a file that a post which has yet to go out names. Names are
// of small letters and digits, so that none of them is a pattern.
const needed = `(EXISTS (SELECT 1 FROM posts WHERE state IN ('waiting', 'held') AND content LIKE '%"' || files.name || '"%')
	OR EXISTS (SELECT 1 FROM posts WHERE state IN ('sending', 'doubt') AND content LIKE '%"' || files.name || '"%'))`

// SaveFile keeps a picture or a film. spool.ErrConflict: there is another one of
// that name.
func (db *DB) SaveFile(ctx context.Context, f spool.File) error {
	return db.write(ctx, "save a picture", func(q *queries) error {
		return q.guarded(ctx, `INSERT INTO files (name, type, bytes, width, height, public, created, expires)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
			f.Name, f.Type, f.Data, f.Width, f.Height, bit(f.Public), ms(f.Created), ms(f.Expires))
	})
}

// File returns the bytes under a name and their MIME type; spool.ErrNotFound when
// there are none, or none any more. The name is a secret, and is in no error.
func (db *DB) File(ctx context.Context, name string) (data []byte, mime string, err error) {
	f, err := db.file(ctx, name, "")
	return f.Data, f.Type, err
}

// PublicFile returns what whoever knows its name may read; spool.ErrNotFound
// whether there is no such file, it has expired, or it is not for everybody.
func (db *DB) PublicFile(ctx context.Context, name string) (spool.File, error) {
	return db.file(ctx, name, " AND public = 1")
}

func (db *DB) file(ctx context.Context, name, condition string) (spool.File, error) {
	f := spool.File{Name: name}
	var public, created, expires int64
	err := db.readers.one(ctx, []any{&f.Type, &f.Data, &f.Width, &f.Height, &public, &created, &expires},
		"SELECT type, bytes, width, height, public, created, expires FROM files WHERE name = $1 AND (expires > $2 OR "+needed+")"+condition,
		name, ms(db.now()))
	if none(err) {
		err = fmt.Errorf("a picture: %w", spool.ErrNotFound)
	}
	if err != nil {
		return spool.File{}, db.explain("read a picture", err)
	}
	f.Public, f.Created, f.Expires = public == 1, moment(created), moment(expires)
	return f, nil
}

// sweepAtOnce is how many files one statement removes, so that a long sweep keeps
// nobody waiting.
const sweepAtOnce = 100

// SweepFiles removes the files that have expired at now and that no post that has
// yet to go out names, and returns how many those were.
func (db *DB) SweepFiles(ctx context.Context, now time.Time) (int, error) {
	return db.sweep(ctx, "sweep pictures", `DELETE FROM files WHERE name IN
		(SELECT name FROM files WHERE expires <= $1 AND NOT `+needed+` ORDER BY expires, name LIMIT $2)`, ms(now))
}

// SweepPages forgets what was noted of pages before a moment, and returns how
// many those were.
func (db *DB) SweepPages(ctx context.Context, before time.Time) (int, error) {
	return db.sweep(ctx, "sweep pages", `DELETE FROM pages WHERE url IN
		(SELECT url FROM pages WHERE fetched < $1 ORDER BY fetched, url LIMIT $2)`, ms(before))
}

// sweep runs a statement that removes at most so many rows until none is left.
func (db *DB) sweep(ctx context.Context, op, statement string, at int64) (swept int, err error) {
	for {
		var n int64
		err := db.relaxed(ctx, op, func(q *queries) (err error) {
			n, err = q.affect(ctx, statement, at, sweepAtOnce)
			return err
		})
		swept += int(n)
		if err != nil || n < sweepAtOnce {
			return swept, err
		}
	}
}

// Page returns what was noted of an address, and when; spool.ErrNotFound when
// nothing was. An empty body: somebody is asking for it since then.
func (db *DB) Page(ctx context.Context, url string) (body string, fetched time.Time, err error) {
	var at int64
	err = db.readers.one(ctx, []any{&body, &at}, "SELECT body, fetched FROM pages WHERE url = $1", url)
	if none(err) {
		err = fmt.Errorf("what was noted of a page: %w", spool.ErrNotFound)
	}
	return body, moment(at), db.explain("read what was noted of a page", err)
}

// ClaimPage notes that somebody asks for an address from now on, if nobody does
// and nothing was noted of it after a moment. spool.ErrConflict: somebody else
// does, or did.
func (db *DB) ClaimPage(ctx context.Context, url string, now, since time.Time) error {
	return db.write(ctx, "note that a page is asked for", func(q *queries) error {
		return q.guarded(ctx, `INSERT INTO pages (url, fetched, body) VALUES ($1, $2, '')
			ON CONFLICT (url) DO UPDATE SET fetched = excluded.fetched, body = '' WHERE pages.fetched <= $3`, url, ms(now), ms(since))
	})
}

// SavePage notes what was found at an address, in the place of what was noted before.
func (db *DB) SavePage(ctx context.Context, url, body string, fetched time.Time) error {
	return db.write(ctx, "note what a page says", func(q *queries) error {
		return q.exec(ctx, `INSERT INTO pages (url, fetched, body) VALUES ($1, $2, $3)
			ON CONFLICT (url) DO UPDATE SET fetched = excluded.fetched, body = excluded.body`, url, ms(fetched), body)
	})
}
