package threads

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"spool"
)

// wantsRenewal reports whether it is time for a new token. Without knowledge of
// the token's age it is concluded from its end.
func (c *Client) wantsRenewal(t Token) bool {
	now := c.o.Now()
	issued := t.Issued
	if issued.IsZero() && !t.Expires.IsZero() {
		issued = t.Expires.Add(-tokenLife)
	}
	if issued.IsZero() {
		return false
	}
	age := now.Sub(issued)
	return age >= renewEvery || age >= renewAge && !t.Expires.IsZero() && t.Expires.Sub(now) < renewBefore
}

// renew asks for a new token, and takes it when the network accepts it. Any
// trouble leaves the old one in place.
func (c *Client) renew(ctx context.Context, t Token) (Token, bool, error) {
	var out granted
	err := c.call(ctx, request{
		op: "renew the token", method: http.MethodGet, path: "/refresh_access_token", token: t.Value, bare: true,
		params: url.Values{"grant_type": {"th_refresh_token"}},
	}, &out)
	if err == nil && out.Token == "" {
		err = errUnreadable
	}
	if err != nil {
		c.log.Warn("the token could not be renewed; it is tried again", "error", err)
		return t, false, err
	}
	fresh := out.token(c.o.Now(), "renewal")
	c.setPending(&fresh)
	now, renewed, err := c.adopt(ctx, t)
	if err != nil {
		c.log.Warn("the renewed token could not be verified; the old one stays", "error", err)
		return t, false, err
	}
	return now, renewed, nil
}

// adopt puts a renewed token in the old one's place once the network accepts
// it. One that is refused is forgotten. One that cannot be asked about waits,
// unless the old one is dead: whether it survives a renewal is not documented.
func (c *Client) adopt(ctx context.Context, old Token) (Token, bool, error) {
	fresh := c.takePending()
	if fresh == nil || fresh.Value == old.Value {
		return old, false, nil
	}
	_, err := c.whoIs(ctx, fresh.Value)
	if ref, ok := errors.AsType[*refusal](err); ok && judge(ref).kind == spool.Credentials {
		return old, false, nil
	}
	if err != nil && !c.dead(ctx, old.Value) {
		c.setPending(fresh)
		return old, false, nil
	}
	if err == nil {
		fresh.Checked = c.o.Now()
	}
	if err := c.o.Tokens.Replace(ctx, old, *fresh); err != nil {
		c.setPending(fresh)
		return old, false, fmt.Errorf("save the renewed token: %w", err)
	}
	c.keeper.clear()
	return *fresh, true, nil
}

// dead reports whether the network has said that a token is not valid.
func (c *Client) dead(ctx context.Context, token string) bool {
	_, err := c.whoIs(ctx, token)
	ref, ok := errors.AsType[*refusal](err)
	return ok && judge(ref).kind == spool.Credentials
}

func (c *Client) setPending(t *Token) {
	c.keeper.mu.Lock()
	defer c.keeper.mu.Unlock()
	c.keeper.pending = t
}

func (c *Client) takePending() *Token {
	c.keeper.mu.Lock()
	defer c.keeper.mu.Unlock()
	t := c.keeper.pending
	c.keeper.pending = nil
	return t
}
