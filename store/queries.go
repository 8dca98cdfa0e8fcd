package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"spool"
)

// handle is what *sql.DB and *sql.Tx have in common.
type handle interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// queries runs statements on a pool or in a transaction. It translates the
// dialect's words, cleans text, and uses prepared statements where it may.
type queries struct {
	handle
	tx    *sql.Tx // nil outside of a transaction
	cache *cache
	words *strings.Replacer

	// numbered: a long statement has to number its parameters. SQLite need not, and
	// looks each one that has a number up in a list: with hundreds that is most of
	// the work.
	numbered bool
}

// exec runs a statement for its effect.
func (q *queries) exec(ctx context.Context, query string, args ...any) error {
	_, err := q.affect(ctx, query, args...)
	return err
}

// affect runs a statement and returns how many rows it changed.
func (q *queries) affect(ctx context.Context, query string, args ...any) (int64, error) {
	var r sql.Result
	stmt, text, err := q.statement(ctx, query)
	switch {
	case err != nil:
		return 0, err
	case stmt != nil:
		r, err = stmt.ExecContext(ctx, clean(args)...)
	default:
		r, err = q.ExecContext(ctx, text, clean(args)...)
	}
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// guarded runs a statement that must change one row: spool.ErrConflict when
// what its condition names is no longer so.
func (q *queries) guarded(ctx context.Context, query string, args ...any) error {
	n, err := q.affect(ctx, query, args...)
	if err == nil && n == 0 {
		return spool.ErrConflict
	}
	return err
}

// rows runs a query.
func (q *queries) rows(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	stmt, text, err := q.statement(ctx, query)
	switch {
	case err != nil:
		return nil, err
	case stmt != nil:
		return stmt.QueryContext(ctx, clean(args)...)
	}
	return q.QueryContext(ctx, text, clean(args)...)
}

// one scans the first row of a query into dest; sql.ErrNoRows: there is none.
func (q *queries) one(ctx context.Context, dest []any, query string, args ...any) error {
	rows, err := q.rows(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return err
		}
		return sql.ErrNoRows
	}
	if err := rows.Scan(dest...); err != nil {
		return err
	}
	return rows.Close()
}

// collect runs a query and scans each of its rows.
func collect[T any](ctx context.Context, q *queries, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.rows(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// scanner is a row.
type scanner interface{ Scan(dest ...any) error }

func scanString(row scanner) (string, error) {
	var s string
	err := row.Scan(&s)
	return s, err
}

// statement returns the prepared form of a query if there is one, or its text.
func (q *queries) statement(ctx context.Context, query string) (*sql.Stmt, string, error) {
	if q.cache == nil {
		return nil, q.words.Replace(query), nil
	}
	if q.tx == nil {
		stmt, err := q.cache.prepare(ctx, query)
		if stmt != nil || err != nil {
			return stmt, "", err
		}
	} else if stmt := q.cache.get(query); stmt != nil {
		return q.tx.StmtContext(ctx, stmt), "", nil
	}
	return nil, q.words.Replace(query), nil
}

// maxPrepared is more than all texts of the package, but for the many ways to
// filter a list of posts, of which the rest is run unprepared.
const maxPrepared = 150

// A cache keeps prepared statements by their text. On PostgreSQL there is none,
// since pgx does the same for each connection.
type cache struct {
	db     *sql.DB
	words  *strings.Replacer
	mu     sync.Mutex
	stmts  map[string]*sql.Stmt
	wanted []string
}

func newCache(db *sql.DB, words *strings.Replacer) *cache {
	return &cache{db: db, words: words, stmts: map[string]*sql.Stmt{}}
}

// get returns a prepared statement. Where there is none it only takes note: a
// transaction holds the one writing connection, and preparing would wait for it
// for ever.
func (c *cache) get(query string) *sql.Stmt {
	c.mu.Lock()
	defer c.mu.Unlock()
	stmt := c.stmts[query]
	if stmt == nil && len(c.stmts)+len(c.wanted) < maxPrepared {
		c.wanted = append(c.wanted, query)
	}
	return stmt
}

// fill prepares what get did not have. It is called between transactions; what
// cannot be prepared now is run unprepared again.
func (c *cache) fill(ctx context.Context) {
	if c == nil {
		return
	}
	c.mu.Lock()
	wanted := c.wanted
	c.wanted = nil
	c.mu.Unlock()
	for _, query := range wanted {
		if _, err := c.prepare(ctx, query); err != nil {
			return
		}
	}
}

// prepare returns the prepared form of a query; nil when there are enough.
func (c *cache) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	c.mu.Lock()
	stmt, full := c.stmts[query], len(c.stmts) >= maxPrepared
	c.mu.Unlock()
	if stmt != nil || full {
		return stmt, nil
	}
	stmt, err := c.db.PrepareContext(ctx, c.words.Replace(query))
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if other := c.stmts[query]; other != nil {
		return other, stmt.Close()
	}
	c.stmts[query] = stmt
	return stmt, nil
}

// clean makes each string valid UTF-8 without NUL, in place. PostgreSQL refuses
// anything else, and SQLite would take it: one bad item must not stop its feed
// on one of the two only.
func clean(args []any) []any {
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = text(s)
		}
	}
	return args
}

func text(s string) string {
	if utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

// rowsOf is the parameter for {{rows}}, an array of rows whose text is clean, or
// for {{pairs}}.
func rowsOf(rows any) (string, error) {
	b, err := json.Marshal(rows)
	if err != nil {
		return "", fmt.Errorf("encode rows: %w", err)
	}
	return string(b), nil
}

// listOf is the parameter for {{list}}.
func listOf[S ~string](values []S) (string, error) {
	cleaned := make([]string, len(values))
	for i, v := range values {
		cleaned[i] = text(string(v))
	}
	return rowsOf(cleaned)
}

// ms is a moment as it is stored.
func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// moment is the reverse of ms; moments are in UTC.
func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// bit is a truth value as it is stored.
func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
