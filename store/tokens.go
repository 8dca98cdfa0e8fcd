package store

import (
	"context"
	"fmt"
	"time"
)

// A Token is what an account signs in with. Value is a secret: it is never part
// of an error or a log line.
type Token struct {
	Account string
	Value   string
	Issued  time.Time
	Expires time.Time // zero: unknown, or never
	Checked time.Time // when the network last accepted it
	Origin  string    // how it came here: "login", "config", "renewed"
}

// Format keeps the value out of what is printed, whatever the verb.
func (t Token) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "token of account %s, from %s", t.Account, t.Origin)
}

// Token returns the token kept for an account, and whether there is one.
func (db *DB) Token(ctx context.Context, account string) (Token, bool, error) {
	t := Token{Account: account}
	var issued, expires, checked int64
	err := db.readers.one(ctx, []any{&t.Value, &issued, &expires, &checked, &t.Origin},
		"SELECT value, issued, expires, checked, origin FROM tokens WHERE account = $1", account)
	if none(err) {
		return Token{}, false, nil
	}
	t.Issued, t.Expires, t.Checked = moment(issued), moment(expires), moment(checked)
	return t, err == nil, db.explain("read the token of account "+account, err)
}

// SaveToken puts a token in the place of the one whose value is previous; empty:
// there is none yet. spool.ErrConflict: another one was saved meanwhile, which
// may be the better one, so read it before anything else.
func (db *DB) SaveToken(ctx context.Context, t Token, previous string) error {
	return db.write(ctx, "save the token of account "+t.Account, func(q *queries) error {
		if previous == "" {
			return q.guarded(ctx, `INSERT INTO tokens (account, value, issued, expires, checked, origin) VALUES ($1, $2, $3, $4, $5, $6)
				ON CONFLICT (account) DO NOTHING`, t.Account, t.Value, ms(t.Issued), ms(t.Expires), ms(t.Checked), t.Origin)
		}
		return q.guarded(ctx, `UPDATE tokens SET value = $1, issued = $2, expires = $3, checked = $4, origin = $5 WHERE account = $6 AND value = $7`,
			t.Value, ms(t.Issued), ms(t.Expires), ms(t.Checked), t.Origin, t.Account, previous)
	})
}

// Recall returns what was remembered about an account under a key, and whether
// there is anything.
func (db *DB) Recall(ctx context.Context, account, key string) (string, bool, error) {
	var value string
	err := db.readers.one(ctx, []any{&value}, "SELECT value FROM notes WHERE account = $1 AND key = $2", account, key)
	if none(err) {
		return "", false, nil
	}
	return value, err == nil, db.explain("recall "+key+" of account "+account, err)
}

// Remember keeps a value about an account under a key, in the place of the one
// before.
func (db *DB) Remember(ctx context.Context, account, key, value string) error {
	return db.write(ctx, "remember "+key+" of account "+account, func(q *queries) error {
		return q.exec(ctx, `INSERT INTO notes (account, key, value) VALUES ($1, $2, $3)
			ON CONFLICT (account, key) DO UPDATE SET value = excluded.value`, account, key, value)
	})
}
