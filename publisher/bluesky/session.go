package bluesky

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"spool"
	"spool/publisher"
)

// A session is what the account is signed in with. It is kept as JSON in the
// token's value, whole and before it is used.
type session struct {
	Version int    `json:"v"`
	Base    string `json:"base"`  // where it was signed in
	Login   string `json:"login"` // with which handle of the configuration
	DID     string `json:"did"`
	Handle  string `json:"handle"` // as the server says it
	PDS     string `json:"pds"`    // the account's own server
	Access  string `json:"access"`
	Refresh string `json:"refresh"`
}

// Format keeps the tokens out of what is printed, whatever the verb.
func (s session) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "<session of %q>", s.Handle)
}

// granted is the answer that brings a session, or describes one.
type granted struct {
	DID     string `json:"did"`
	Handle  string `json:"handle"`
	Access  string `json:"accessJwt"`
	Refresh string `json:"refreshJwt"`
	Active  *bool  `json:"active"`
	Status  string `json:"status"` // why it is not active
	Doc     struct {
		Services []struct {
			ID       string          `json:"id"`
			Endpoint json.RawMessage `json:"serviceEndpoint"`
		} `json:"service"`
	} `json:"didDoc"`
}

// didForm is the protocol's syntax of an identity. It stands in the names of records
// and in the addresses that readers follow.
var didForm = regexp.MustCompile(`^did:[a-z]+:[A-Za-z0-9._:%-]*[A-Za-z0-9._-]$`)

func isDID(s string) bool { return len(s) <= 2048 && didForm.MatchString(s) }

// maxToken bounds what is kept as a token, in bytes; real ones have a few hundred.
const maxToken = 16 << 10

// session makes what was granted into a session for use.
func (g granted) session(c *Client) (session, error) {
	s := session{
		Version: 1, Base: c.o.BaseURL, Login: c.o.Handle, DID: g.DID, Handle: g.Handle, PDS: c.home(g),
		Access: g.Access, Refresh: g.Refresh,
	}
	sane := isDID(s.DID) && s.Access != "" && s.Refresh != "" &&
		len(s.Access) <= maxToken && len(s.Refresh) <= maxToken
	if !sane {
		return session{}, errUnreadable
	}
	if !isHandle(s.Handle) || s.Handle == "handle.invalid" {
		s.Handle = ""
	}
	return s, nil
}

// home is the address of the account's own server, to which the tokens go: what
// the account's document names if that may be trusted with them, else where we
// signed in, which passes requests on.
func (c *Client) home(g granted) string {
	for _, service := range g.Doc.Services {
		var endpoint string
		if !strings.HasSuffix(service.ID, "#atproto_pds") || json.Unmarshal(service.Endpoint, &endpoint) != nil {
			continue
		}
		if endpoint = strings.TrimRight(endpoint, "/"); c.trusted(endpoint) {
			return endpoint
		}
		c.log.Warn("the account's document names a server that is not used: it is not a public https address")
	}
	return c.o.BaseURL
}

// trusted reports whether an address may be given the tokens: the very place of
// the configuration, or a host with a public name, by https.
func (c *Client) trusted(endpoint string) bool {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || len(endpoint) > 1024 {
		return false
	}
	base, err := url.Parse(c.o.BaseURL)
	if err == nil && u.Scheme == base.Scheme && u.Host == base.Host || c.o.AnyPDS {
		return true
	}
	host := strings.ToLower(u.Hostname())
	return u.Scheme == "https" && u.Path == "" && isHandle(host) && !inside(host)
}

// inside reports whether a name is one that only networks of their own know.
func inside(host string) bool {
	_, last, _ := strings.Cut(host[strings.LastIndexByte(host, '.'):], ".")
	return slices.Contains([]string{"localhost", "local", "internal", "intranet", "lan", "arpa"}, last)
}

// token is a session as it is stored.
func (s session) token(now time.Time, origin string) publisher.Token {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a struct of strings
	}
	return publisher.Token{Value: string(b), Issued: now, Expires: readClaims(s.Refresh).end(), Origin: origin}
}

// claims are the two moments in a token that are of use. Nothing is concluded
// from them but when to ask for the next one.
type claims struct {
	Issued  float64 `json:"iat"`
	Expires float64 `json:"exp"`
}

// readClaims reads them without checking the signature, which is the server's
// business. What is no such token has none.
func readClaims(jwt string) claims {
	parts := strings.Split(jwt, ".")
	if len(parts) != 3 || len(jwt) > maxToken {
		return claims{}
	}
	b, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return claims{}
	}
	var k claims
	if json.Unmarshal(b, &k) != nil || k.Expires < 0 || k.Expires > 1<<33 || k.Issued < 0 || k.Issued > k.Expires {
		return claims{}
	}
	return k
}

// end is when the token ends, by the server's clock; zero: unknown.
func (k claims) end() time.Time {
	if k.Expires == 0 {
		return time.Time{}
	}
	return time.Unix(int64(k.Expires), 0).UTC()
}

// life is how long the token lasts from its making, whatever the clocks; zero: unknown.
func (k claims) life() time.Duration {
	if k.Issued == 0 {
		return 0
	}
	return time.Duration((k.Expires - k.Issued) * float64(time.Second))
}

// unknownLife is taken for the life of an access token that does not tell it.
const unknownLife = time.Hour

// age says how old the access token is and how old it becomes.
func age(t publisher.Token, s session, now time.Time) (old, life time.Duration) {
	k := readClaims(s.Access)
	life = k.life()
	if life <= 0 && k.Expires > 0 {
		life = k.end().Sub(t.Issued)
	}
	if life <= 0 {
		life = unknownLife
	}
	return now.Sub(t.Issued), life
}

// stored returns the session that is kept. One of another server or handle, or
// that cannot be read, is none.
func (c *Client) stored(ctx context.Context) (publisher.Token, session, error) {
	t, err := c.o.Tokens.Token(ctx)
	if errors.Is(err, publisher.ErrNoToken) {
		return t, session{}, publisher.ErrNoToken
	}
	if err != nil {
		return t, session{}, &publisher.CallError{NotSent: true, Err: fmt.Errorf("read the session: %w", err)}
	}
	var s session
	if json.Unmarshal([]byte(t.Value), &s) != nil || s.Version != 1 || s.Base != c.o.BaseURL || s.Login != c.o.Handle || s.Refresh == "" {
		return t, session{}, publisher.ErrNoToken
	}
	return t, s, nil
}

// session returns what to sign a request with. It renews the session when three
// quarters of its life are over, and signs in only when there is none.
func (c *Client) session(ctx context.Context) (session, error) {
	t, s, err := c.stored(ctx)
	switch {
	case errors.Is(err, publisher.ErrNoToken):
		return c.login(ctx, t)
	case err != nil:
		return session{}, err
	}
	if t, s, err = c.rescue(ctx, t, s); err != nil {
		return session{}, err
	}
	old, life := age(t, s, c.o.Now())
	if old < life*3/4 || old < life && c.o.Now().Sub(c.door.tried) < time.Minute {
		return s, nil
	}
	fresh, err := c.renew(ctx, t, s)
	if err != nil && old < life && !barred(err) {
		c.log.Warn("the session could not be renewed; it is tried again", "error", err)
		return s, nil // it is good for a while
	}
	return fresh, err
}

// renew asks for the next session; where the server says that this one is over,
// it signs in anew.
func (c *Client) renew(ctx context.Context, t publisher.Token, s session) (session, error) {
	c.door.tried = c.o.Now()
	var out granted
	err := c.call(ctx, request{
		op: "refresh the session", method: http.MethodPost, name: "com.atproto.server.refreshSession", base: s.PDS,
		bearer: s.Refresh, secrets: []string{s.Access},
	}, &out)
	if ref, v, ok := judged(err); ok {
		if v.token {
			return c.login(ctx, t)
		}
		return session{}, ref
	}
	if err != nil {
		return session{}, err
	}
	fresh, err := out.session(c)
	if err != nil || fresh.DID != s.DID {
		return session{}, errUnreadable
	}
	if len(out.Doc.Services) == 0 {
		fresh.PDS = s.PDS
	}
	return c.keepActive(ctx, t, fresh, out, "renewal")
}

// inactive is the reason for which an account cannot be used though it is signed in.
func (g granted) inactive(c *Client) error {
	if g.Active == nil || *g.Active {
		return nil
	}
	why := takenDown
	if g.Status == "deactivated" {
		why = deactivated
	}
	return &shut{kind: spool.Credentials, code: publisher.Excerpt(g.Status), err: errors.New(why)}
}

// keepActive stores a session, and says then if the account cannot be used. Were the
// session not stored, each look whether the account is back would sign in.
func (c *Client) keepActive(ctx context.Context, old publisher.Token, s session, g granted, origin string) (session, error) {
	s, err := c.keepSession(ctx, old, s, origin)
	if err == nil {
		err = g.inactive(c)
	}
	if err != nil {
		return session{}, err
	}
	return s, nil
}

// keepSession stores a session before anybody uses it. The server has made it
// already, so one that cannot be stored now is kept in mind until it can.
func (c *Client) keepSession(ctx context.Context, old publisher.Token, s session, origin string) (session, error) {
	fresh := s.token(c.o.Now(), origin)
	err := c.o.Tokens.Replace(context.WithoutCancel(ctx), old, fresh)
	if errors.Is(err, spool.ErrConflict) { // another process was quicker: what it stored counts
		_, theirs, err := c.stored(ctx)
		if err == nil {
			return theirs, nil
		}
	}
	if err != nil {
		c.door.unsaved = &unsaved{old: old, fresh: fresh}
		return session{}, &publisher.CallError{NotSent: true, Err: fmt.Errorf("save the session: %w", err)}
	}
	c.door.unsaved, c.door.renewed = nil, true
	return s, nil
}

// rescue stores a session that could not be stored before.
func (c *Client) rescue(ctx context.Context, t publisher.Token, s session) (publisher.Token, session, error) {
	u := c.door.unsaved
	if u == nil {
		return t, s, nil
	}
	c.door.unsaved = nil
	if u.old.Value != t.Value {
		return t, s, nil // another one is stored meanwhile
	}
	var fresh session
	if err := json.Unmarshal([]byte(u.fresh.Value), &fresh); err != nil {
		return t, s, fmt.Errorf("read the session: %w", err)
	}
	if err := c.o.Tokens.Replace(ctx, t, u.fresh); err != nil {
		c.door.unsaved = u
		return t, s, &publisher.CallError{NotSent: true, Err: fmt.Errorf("save the session: %w", err)}
	}
	c.door.renewed = true
	return u.fresh, fresh, nil
}

// signed makes a request that may be repeated with the account's session. When
// the server does not take the session any more, it does so once with a new one.
func (c *Client) signed(ctx context.Context, r request, out any) (session, error) {
	s, err := c.session(ctx)
	if err != nil {
		return s, err
	}
	r.base, r.bearer = s.PDS, s.Access
	err = c.call(ctx, r, out)
	if _, v, ok := judged(err); !ok || !v.token {
		return s, err
	}
	if s, err = c.renewed(ctx, s); err != nil {
		return s, err
	}
	r.base, r.bearer = s.PDS, s.Access
	return s, c.call(ctx, r, out)
}

// renewed replaces a session whose access token was refused.
func (c *Client) renewed(ctx context.Context, refused session) (session, error) {
	t, s, err := c.stored(ctx)
	switch {
	case errors.Is(err, publisher.ErrNoToken):
		return c.login(ctx, t)
	case err != nil:
		return session{}, err
	case s.Access != refused.Access: // somebody else has renewed it
		return s, nil
	}
	return c.renew(ctx, t, s)
}
