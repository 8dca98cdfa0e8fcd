package publisher

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrNoToken says that an account has nothing to sign in with.
var ErrNoToken = errors.New("there is no token: run spool login")

// A Token is what an account signs in with. It never goes into a log.
type Token struct {
	Value   string    // opaque; a network that needs several things keeps them here as JSON
	Issued  time.Time // zero: unknown
	Expires time.Time // zero: unknown
	Checked time.Time // when the network last took it; zero: never
	Origin  string    // where it comes from, for people: "configuration", "login", "renewal"
}

// Format keeps the value out of what is printed, whatever the verb.
func (t Token) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "<token from %q, expires %s>", t.Origin, t.Expires.Format(time.RFC3339))
}

// TokenStore keeps the account's token.
type TokenStore interface {
	// Token returns the token to use now. A token of the configuration that
	// was changed since the stored one was made takes precedence. Where there
	// is none, it returns the zero Token, or an error that wraps ErrNoToken.
	Token(ctx context.Context) (Token, error)

	// Replace stores a token in the place of old, durably, before it returns.
	// It must do nothing but fail when old is no longer the stored one. The
	// value of the two may be the same, with more known about it.
	Replace(ctx context.Context, old, new Token) error
}

// Memory keeps small facts that were learned about the account.
type Memory interface {
	Recall(ctx context.Context, key string) (string, error) // empty: nothing is remembered
	Remember(ctx context.Context, key, value string) error
}
