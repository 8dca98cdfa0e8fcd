package threads

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// grantKey is where the account remembers its grant.
const grantKey = "threads.grant"

// A grant is the permission that the person gave the app. It lasts ninety days,
// by Meta's documentation; renewing the token extends it for public profiles, and
// for private ones two pages of it disagree.
type grant struct {
	Of      string   `json:"of"`                // the token it was asked with, see tokenMark
	Ends    int64    `json:"ends,omitempty"`    // Unix seconds; 0: the network did not say
	Missing []string `json:"missing,omitempty"` // rights that the app asks for and was not given
}

func (in inspection) grant(token string) grant {
	g := grant{Of: tokenMark(token), Ends: in.Access}
	for _, scope := range Scopes() {
		if len(in.Scopes) > 0 && !slices.Contains(in.Scopes, scope) {
			g.Missing = append(g.Missing, scope)
		}
	}
	return g
}

// ends is when the grant does; zero: unknown.
func (g grant) ends() time.Time {
	if g.Ends <= 0 {
		return time.Time{}
	}
	return time.Unix(g.Ends, 0).UTC()
}

// tokenMark tells tokens apart and gives nothing of them away.
func tokenMark(token string) string {
	sum := sha256.Sum256([]byte("spool grant " + token))
	return hex.EncodeToString(sum[:6])
}

// recallGrant is what is known of the grant; not ok: it was never asked for with
// this token.
func (c *Client) recallGrant(ctx context.Context, token string) (g grant, ok bool) {
	if g = c.keeper.known(); g.Of == tokenMark(token) {
		return g, true
	}
	value, err := c.o.Memory.Recall(ctx, grantKey)
	if err != nil {
		c.log.Warn("what was learned about the account's permission could not be read", "error", err)
		return grant{}, false
	}
	if value == "" || json.Unmarshal([]byte(value), &g) != nil || g.Of != tokenMark(token) {
		return grant{}, false
	}
	return g, true
}

func (c *Client) rememberGrant(ctx context.Context, g grant) {
	c.keeper.knows(g)
	b, err := json.Marshal(g)
	if err == nil {
		err = c.o.Memory.Remember(ctx, grantKey, string(b))
	}
	if err != nil {
		c.log.Warn("what was learned about the account's permission could not be saved", "error", err)
	}
}

// earliest is the first of two moments of which either may be unknown.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// warnAt are the remaining days at which a person is told anew.
var warnAt = []int{2, 7, 14, 30}

// warning is what a person must know about what nears its end, the token or the
// grant, and about rights that are missing. It changes when a threshold is passed,
// so that it is said once at each.
func (c *Client) warning(t Token, g grant, trouble error) string {
	var parts []string
	if end := g.ends(); !end.IsZero() && earliest(t.Expires, end).Equal(end) {
		parts = append(parts, c.grantWarning(end))
	} else {
		parts = append(parts, c.tokenWarning(t, trouble))
	}
	parts = append(parts, c.missingWarning(g))
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "; ")
}

// within is the least of the thresholds that a moment is nearer than; 0: none.
func (c *Client) within(end time.Time) int {
	for _, days := range warnAt {
		if !end.IsZero() && end.Sub(c.o.Now()) <= time.Duration(days)*24*time.Hour {
			return days
		}
	}
	return 0
}

func (c *Client) tokenWarning(t Token, trouble error) string {
	days := c.within(t.Expires)
	if days == 0 {
		return ""
	}
	why := "it was not renewed"
	if trouble != nil {
		why = "renewing it failed"
	}
	return fmt.Sprintf("the token of account %s expires within %d days, on %s: %s; if this goes on, sign in again with spool login %s",
		c.o.Account, days, t.Expires.UTC().Format(time.DateOnly), why, c.o.Account)
}

func (c *Client) grantWarning(end time.Time) string {
	days := c.within(end)
	switch {
	case days == 0:
		return ""
	case !end.After(c.o.Now()):
		return fmt.Sprintf("the permission that account %s gave the app ended on %s, by what Threads says, so posting may stop at any time: sign in again with spool login %s",
			c.o.Account, end.Format(time.DateOnly), c.o.Account)
	}
	return fmt.Sprintf("the permission that account %s gave the app ends within %d days, on %s, and renewing the token does not extend it, as with private profiles: sign in again with spool login %s",
		c.o.Account, days, end.Format(time.DateOnly), c.o.Account)
}

// rightsFor says what a right is needed for.
var rightsFor = map[string]string{
	"threads_manage_replies": "to reply, for long texts and corrections",
	"threads_read_replies":   "to find replies again",
	"threads_delete":         "to withdraw posts",
}

func (c *Client) missingWarning(g grant) string {
	var names []string
	for _, scope := range g.Missing {
		name := scope
		if use := rightsFor[scope]; use != "" {
			name += " (" + use + ")"
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		return ""
	}
	return fmt.Sprintf("account %s did not grant %s: to use that, sign in again with spool login %s", c.o.Account, strings.Join(names, ", "), c.o.Account)
}
