package mastodon

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"spool"
	"spool/publisher"
)

// barredFor is how long a refusal for lack of a right is remembered: asking who
// the account is would not show it.
const barredFor = 6 * time.Hour

// whoami is who the account's token belongs to.
type whoami struct {
	mu    sync.Mutex
	token string
	id    string
}

// A keeper remembers what the account's credentials went through.
type keeper struct {
	mu     sync.Mutex
	barred *refusal // the account may sign in, but not do this
	until  time.Time
	token  string
}

// bar remembers that the account was refused for lack of a right.
func (k *keeper) bar(ref *refusal, now time.Time) {
	if ref.HTTP == http.StatusUnauthorized {
		return // asking who it is shows that
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.barred, k.until = ref, now.Add(barredFor)
}

// met tells the keeper which token the account has. What was refused to another
// one says nothing about it.
func (k *keeper) met(token string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.token != token && k.token != "" {
		k.barred = nil
	}
	k.token = token
}

func (k *keeper) refused(now time.Time) *refusal {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.barred == nil || !now.Before(k.until) {
		return nil
	}
	return k.barred
}

func (k *keeper) clear() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.barred = nil
}

// identity is who a token belongs to.
type identity struct {
	ID       name   `json:"id"`
	Username string `json:"username"`
	Acct     string `json:"acct"`
	URL      string `json:"url"`
}

// Keep verifies the account's token, which does not expire, and reads the
// instance's limits once a day. A passing trouble with either changes nothing.
func (c *Client) Keep(ctx context.Context) (publisher.Credential, error) {
	t, err := c.token(ctx)
	if err != nil {
		return publisher.Credential{}, c.explain("look after the token", err, 0)
	}
	c.keeper.met(t.Value)
	who, err := c.whoIs(ctx, t.Value)
	if err != nil {
		f := c.explain("verify the token", err, publisher.ThrottleWait(1))
		c.keeper.clear() // the next answer to this question will say all there is to say
		return publisher.Credential{}, f
	}
	c.meet(t.Value, who)
	if ref := c.keeper.refused(c.o.Now()); ref != nil {
		return publisher.Credential{}, c.failure("verify the token", spool.Credentials, ref.code(), ref.words(judge(ref)))
	}
	age := c.o.Now().Sub(time.Unix(c.known(ctx).Read, 0))
	if age >= learnEvery || age < 0 { // negative: the clock was wrong then, or is now
		if _, err := c.learn(ctx); err != nil {
			c.log.Warn("the limits of the instance could not be read; going by what is known", "error", err)
		}
	}
	return publisher.Credential{Expires: t.Expires}, nil
}

func (c *Client) whoIs(ctx context.Context, token string) (identity, error) {
	var who identity
	_, err := c.call(ctx, request{op: "who am I", method: http.MethodGet, path: "/api/v1/accounts/verify_credentials", token: token}, &who)
	if err == nil && who.ID == "" {
		err = errUnreadable
	}
	return who, err
}

func (c *Client) meet(token string, who identity) {
	c.who.mu.Lock()
	defer c.who.mu.Unlock()
	c.who.token, c.who.id = token, string(who.ID)
}

// accountID is the id of the token's account. It is asked for once.
func (c *Client) accountID(ctx context.Context) (string, error) {
	t, err := c.token(ctx)
	if err != nil {
		return "", err
	}
	c.who.mu.Lock()
	id, same := c.who.id, c.who.token == t.Value
	c.who.mu.Unlock()
	if id != "" && same {
		return id, nil
	}
	who, err := c.whoIs(ctx, t.Value)
	if err != nil {
		return "", fmt.Errorf("ask who the account is: %w", err)
	}
	c.meet(t.Value, who)
	return string(who.ID), nil
}

// errNoID says that the account's token is fine and the post cannot be named.
var errNoID = errors.New("nobody knows under which id it is on the account")
