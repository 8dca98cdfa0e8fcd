package threads

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"spool"
	"spool/publisher"
)

// The life of a token, by Meta's documentation: sixty days from each renewal,
// which needs a token at least a day old. It is renewed weekly, so that two
// months of failures fit in before it is lost.
const (
	tokenLife   = 60 * 24 * time.Hour
	renewAge    = 24 * time.Hour
	renewEvery  = 7 * 24 * time.Hour
	renewBefore = 14 * 24 * time.Hour
	checkEvery  = 24 * time.Hour
	barredFor   = 6 * time.Hour
)

// warnAt are the remaining days at which a person is told anew.
var warnAt = []int{2, 7, 14, 30}

// publishScope is the right without which nothing can be posted.
const publishScope = "threads_content_publish"

// A keeper remembers what the account's credentials went through.
type keeper struct {
	mu      sync.Mutex
	barred  *refusal // the account may sign in, but not post
	hint    verdict
	until   time.Time
	token   string // that the account was last looked after with
	pending *Token // a renewed token that could not be verified yet
}

// bar remembers that the account was refused for lack of a right, which asking
// who it is would not show.
func (k *keeper) bar(ref *refusal, v verdict, now time.Time) {
	if ref.Code == 190 || ref.Code == 102 || ref.Code == 452 {
		return // asking who it is shows that
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.barred, k.hint, k.until = ref, v, now.Add(barredFor)
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

func (k *keeper) refused(now time.Time) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.barred == nil || !now.Before(k.until) {
		return nil
	}
	return k.barred.words(k.hint)
}

func (k *keeper) clear() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.barred = nil
}

// identity is who a token belongs to.
type identity struct {
	ID   string `json:"id"`
	Name string `json:"username"`
}

// inspection is what the network says of a token. All of it may be missing.
type inspection struct {
	Expires, Issued int64
	Scopes          []string
}

// Keep verifies the account's token and renews it in good time. A renewed token
// takes the old one's place only after the network has accepted it.
func (c *Client) Keep(ctx context.Context) (publisher.Credential, error) {
	t, err := c.o.Tokens.Token(ctx)
	if err == nil && t.Value == "" {
		err = ErrNoToken
	}
	if errors.Is(err, ErrNoToken) {
		return publisher.Credential{}, c.failure("look after the token", spool.Credentials, "", err)
	}
	if err != nil {
		return publisher.Credential{}, c.failure("look after the token", spool.Temporary, "", fmt.Errorf("read the token: %w", err))
	}
	t, renewed, err := c.adopt(ctx, t)
	if err != nil {
		return publisher.Credential{}, c.explain("verify the token", err, throttleWaits[0])
	}
	if t, err = c.verify(ctx, t); err != nil {
		return publisher.Credential{}, err
	}
	var trouble error
	if !renewed && c.wantsRenewal(t) {
		t, renewed, trouble = c.renew(ctx, t)
	}
	return publisher.Credential{Expires: t.Expires, Renewed: renewed, Warning: c.warning(t, trouble)}, nil
}

// verify asks who the token belongs to, and now and then what it may do.
func (c *Client) verify(ctx context.Context, t Token) (Token, error) {
	c.keeper.met(t.Value)
	if _, err := c.whoIs(ctx, t.Value); err != nil {
		return t, c.explain("verify the token", err, throttleWaits[0])
	}
	now := c.o.Now()
	barred := c.keeper.refused(now)
	if barred == nil && !t.Expires.IsZero() && now.Sub(t.Checked) < checkEvery {
		return t, nil
	}
	old := t
	t.Checked = now
	in, err := c.inspect(ctx, t.Value)
	switch {
	case err == nil && len(in.Scopes) > 0 && !slices.Contains(in.Scopes, publishScope):
		return t, c.failure("verify the token", spool.Credentials, "", errors.New(noRight))
	case barred != nil:
		return t, c.failure("verify the token", spool.Credentials, "", barred)
	case err == nil:
		t = in.teach(t)
	}
	if err := c.o.Tokens.Replace(ctx, old, t); err != nil {
		c.log.Warn("what was learned about the token could not be saved", "error", err)
	}
	return t, nil
}

// teach completes what is known of a token.
func (in inspection) teach(t Token) Token {
	if in.Expires > 0 {
		t.Expires = time.Unix(in.Expires, 0).UTC()
	}
	if in.Issued > 0 && t.Issued.IsZero() {
		t.Issued = time.Unix(in.Issued, 0).UTC()
	}
	return t
}

func (c *Client) whoIs(ctx context.Context, token string) (identity, error) {
	var who identity
	err := c.call(ctx, request{
		op: "who am I", method: http.MethodGet, path: "/me", token: token,
		params: url.Values{"fields": {"id,username"}},
	}, &who)
	if err == nil && who.ID == "" {
		err = errUnreadable
	}
	return who, err
}

func (c *Client) inspect(ctx context.Context, token string) (inspection, error) {
	var out struct {
		Data struct {
			Expires int64    `json:"expires_at"`
			Issued  int64    `json:"issued_at"`
			Scopes  []string `json:"scopes"`
		} `json:"data"`
	}
	err := c.call(ctx, request{
		op: "inspect the token", method: http.MethodGet, path: "/debug_token", token: token, bare: true,
		params: url.Values{"input_token": {token}},
	}, &out)
	d := out.Data
	return inspection{Expires: d.Expires, Issued: d.Issued, Scopes: d.Scopes}, err
}

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

// warning is what a person must know about a token that nears its end. It
// changes when a threshold is passed, so that it is said once at each.
func (c *Client) warning(t Token, trouble error) string {
	if t.Expires.IsZero() {
		return ""
	}
	left := t.Expires.Sub(c.o.Now())
	for _, days := range warnAt {
		if left > time.Duration(days)*24*time.Hour {
			continue
		}
		why := "it was not renewed"
		if trouble != nil {
			why = "renewing it failed"
		}
		return fmt.Sprintf("the token of account %s expires within %d days, on %s: %s; if this goes on, sign in again with spool login %s",
			c.o.Account, days, t.Expires.UTC().Format(time.DateOnly), why, c.o.Account)
	}
	return ""
}
