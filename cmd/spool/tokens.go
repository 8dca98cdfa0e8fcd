package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"spool/config"
	"spool/publisher"
	"spool/store"
)

// tokens keeps the token of one account: the one that the database holds, as
// long as it comes from what the configuration says now. Whoever writes another
// token into the configuration means that one.
type tokens struct {
	db         *store.DB
	account    string
	configured config.Secret // empty: the token comes from "spool login"
	session    bool          // configured is no token itself: tokens are obtained with it
	now        func() time.Time
}

// tokensOf is the token store of an account of the configuration.
func (p *program) tokensOf(db *store.DB, name string, a config.Account) *tokens {
	t := &tokens{db: db, account: name, configured: a.Token, now: p.now}
	if a.Network == config.Bluesky {
		// A session is of one handle at one server: another one is begun anew.
		t.configured, t.session = config.NewSecret(a.Handle+"\n"+a.BaseURL+"\n"+a.AppPassword.Reveal()), true
	}
	return t
}

var _ publisher.TokenStore = (*tokens)(nil)

// origin marks a stored token with the configured one that it replaced, without
// telling it.
func (t *tokens) origin() string {
	if t.configured.Reveal() == "" {
		return "login"
	}
	sum := sha256.Sum256([]byte("spool token\n" + t.configured.Reveal()))
	return "configuration " + hex.EncodeToString(sum[:6])
}

func (t *tokens) Token(ctx context.Context) (publisher.Token, error) {
	stored, ok, err := t.db.Token(ctx, t.account)
	if err != nil {
		return publisher.Token{}, err
	}
	if ok && (t.configured.Reveal() == "" || stored.Origin == t.origin()) {
		return publisher.Token{Value: stored.Value, Issued: stored.Issued, Expires: stored.Expires, Checked: stored.Checked, Origin: stored.Origin}, nil
	}
	if t.session {
		return publisher.Token{Origin: t.origin()}, nil
	}
	if t.configured.Reveal() == "" {
		return publisher.Token{}, fmt.Errorf("%w %s, or set token or token_file in the configuration", publisher.ErrNoToken, t.account)
	}
	return publisher.Token{Value: t.configured.Reveal(), Origin: t.origin()}, nil
}

// Replace stores a token in the place of old. The first one that comes from the
// configuration replaces whatever is stored.
func (t *tokens) Replace(ctx context.Context, old, token publisher.Token) error {
	stored, ok, err := t.db.Token(ctx, t.account)
	if err != nil {
		return err
	}
	if ok && stored.Origin == t.origin() && stored.Value != old.Value {
		return fmt.Errorf("account %s: its token was replaced meanwhile", t.account)
	}
	previous := ""
	if ok {
		previous = stored.Value
	}
	return t.db.SaveToken(ctx, store.Token{
		Account: t.account, Value: token.Value, Issued: token.Issued, Expires: token.Expires, Checked: token.Checked, Origin: t.origin(),
	}, previous)
}

// memory keeps what was learned about one account.
type memory struct {
	db      *store.DB
	account string
}

func (m *memory) Recall(ctx context.Context, key string) (string, error) {
	value, _, err := m.db.Recall(ctx, m.account, key)
	return value, err
}

func (m *memory) Remember(ctx context.Context, key, value string) error {
	return m.db.Remember(ctx, m.account, key, value)
}
