package bluesky

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"time"

	"spool"
	"spool/publisher"
)

// warnAt are the remaining days at which a person is told anew.
var warnAt = []int{2, 7, 14, 30}

// Keep renews the session in good time and asks the server whether it takes it.
// A passing trouble leaves everything as it is.
func (c *Client) Keep(ctx context.Context) (publisher.Credential, error) {
	const op = "look after the session"
	var who granted
	s, err := c.signed(ctx, request{op: "who am I", method: http.MethodGet, name: "com.atproto.server.getSession"}, &who)
	switch {
	case err != nil:
		return publisher.Credential{}, c.passing(op, err)
	case who.DID != s.DID:
		return publisher.Credential{}, c.failure(op, spool.Temporary, "", errUnreadable)
	}
	if err := who.inactive(c); err != nil {
		return publisher.Credential{}, c.passing(op, err)
	}
	c.verified(ctx, s, who.Handle)
	t, _, err := c.stored(ctx)
	if err != nil {
		return publisher.Credential{}, c.passing(op, err)
	}
	renewed := c.door.renewed
	c.door.renewed = false
	return publisher.Credential{Expires: t.Expires, Renewed: renewed, Warning: c.warning(t)}, nil
}

// verified notes that the server has taken the session, once a day, and under
// which handle it knows the account now.
func (c *Client) verified(ctx context.Context, s session, handle string) {
	t, kept, err := c.stored(ctx)
	if err != nil || kept.Access != s.Access {
		return
	}
	now := c.o.Now()
	renamed := isHandle(handle) && handle != kept.Handle && handle != "handle.invalid"
	if !renamed && !t.Checked.IsZero() && now.Sub(t.Checked) < 24*time.Hour {
		return
	}
	if renamed {
		kept.Handle = handle
	}
	fresh := kept.token(t.Issued, t.Origin)
	fresh.Checked = now
	if err := c.o.Tokens.Replace(ctx, t, fresh); err != nil && !errors.Is(err, spool.ErrConflict) {
		c.log.Warn("what was learned about the session could not be saved", "error", err)
	}
}

// appPassword is the form of the passwords that the app makes for programs.
var appPassword = regexp.MustCompile(`^[a-z0-9]{4}(-[a-z0-9]{4}){3}$`)

// warning is what a person must know. It changes when a threshold is passed, so
// that it is said once at each.
func (c *Client) warning(t publisher.Token) string {
	left := t.Expires.Sub(c.o.Now())
	for _, days := range warnAt {
		if t.Expires.IsZero() || left > time.Duration(days)*24*time.Hour {
			continue
		}
		return fmt.Sprintf("the session of account %s ends within %d days, on %s: renewing it fails; if this goes on, put a new app password into the configuration",
			c.o.Account, days, t.Expires.UTC().Format(time.DateOnly))
	}
	if c.o.AppPassword != "" && !appPassword.MatchString(c.o.AppPassword) {
		return fmt.Sprintf("account %s signs in with something that is not an app password: whoever learns it owns the account; make one in the app's settings under Privacy and security", c.o.Account)
	}
	return ""
}
