package threads

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
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
)

// publishScope is the right without which nothing can be posted.
const publishScope = "threads_content_publish"

// identity is who a token belongs to.
type identity struct {
	ID   string `json:"id"`
	Name string `json:"username"`
}

// inspection is what the network says of a token. All of it may be missing.
type inspection struct {
	Expires, Issued, Access int64 // Unix seconds; Access: when the person's grant ends
	Scopes                  []string
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
		return publisher.Credential{}, c.explain("verify the token", err, publisher.ThrottleWait(1))
	}
	t, g, err := c.verify(ctx, t)
	if err != nil {
		return publisher.Credential{}, err
	}
	var trouble error
	if !renewed && c.wantsRenewal(t) {
		if t, renewed, trouble = c.renew(ctx, t); renewed {
			t, g = c.afterRenewal(ctx, t, g)
		}
	}
	return publisher.Credential{Expires: earliest(t.Expires, g.ends()), Renewed: renewed, Warning: c.warning(t, g, trouble)}, nil
}

// verify asks who the token belongs to, and now and then what it may do and for
// how long.
func (c *Client) verify(ctx context.Context, t Token) (Token, grant, error) {
	c.keeper.met(t.Value)
	if _, err := c.whoIs(ctx, t.Value); err != nil {
		return t, grant{}, c.explain("verify the token", err, publisher.ThrottleWait(1))
	}
	now := c.o.Now()
	barred := c.keeper.refused(now)
	g, known := c.recallGrant(ctx, t.Value)
	if barred == nil && known && !t.Expires.IsZero() && now.Sub(t.Checked) < checkEvery {
		return t, g, nil
	}
	in, err := c.inspect(ctx, t.Value)
	switch {
	case err == nil && len(in.Scopes) > 0 && !slices.Contains(in.Scopes, publishScope):
		return t, g, c.failure("verify the token", spool.Credentials, "", errors.New(noRight))
	case barred != nil:
		return t, g, c.failure("verify the token", spool.Credentials, "", barred)
	case err == nil:
		g = in.grant(t.Value)
		c.rememberGrant(ctx, g)
	case !known: // it is asked again tomorrow
		c.keeper.knows(grant{Of: tokenMark(t.Value)})
	}
	return c.learned(ctx, t, in), g, nil
}

// learned saves what an inspection says of a token, which may be nothing.
func (c *Client) learned(ctx context.Context, old Token, in inspection) Token {
	t := in.teach(old)
	t.Checked = c.o.Now()
	if err := c.o.Tokens.Replace(ctx, old, t); err != nil {
		c.log.Warn("what was learned about the token could not be saved", "error", err)
	}
	return t
}

// afterRenewal asks what a renewed token is good for. Without an answer the
// grant stays what it was: a renewal does not shorten it.
func (c *Client) afterRenewal(ctx context.Context, t Token, g grant) (Token, grant) {
	in, err := c.inspect(ctx, t.Value)
	if err != nil {
		g.Of = tokenMark(t.Value)
		c.rememberGrant(ctx, g)
		return t, g
	}
	g = in.grant(t.Value)
	c.rememberGrant(ctx, g)
	return c.learned(ctx, t, in), g
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
			Access  int64    `json:"data_access_expires_at"`
			Scopes  []string `json:"scopes"`
		} `json:"data"`
	}
	err := c.call(ctx, request{
		op: "inspect the token", method: http.MethodGet, path: "/debug_token", token: token, bare: true,
		params: url.Values{"input_token": {token}},
	}, &out)
	d := out.Data
	if err == nil && d.Expires == 0 && d.Issued == 0 && d.Access == 0 && len(d.Scopes) == 0 {
		err = errUnreadable
	}
	return inspection{Expires: d.Expires, Issued: d.Issued, Access: d.Access, Scopes: d.Scopes}, err
}
