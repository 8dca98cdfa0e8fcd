package threadstest

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The lives of tokens.
const (
	shortLife = time.Hour
	longLife  = 60 * 24 * time.Hour
	codeLife  = time.Hour
	minAge    = 24 * time.Hour // before a token can be refreshed
)

// token is what an account signs in with.
type token struct {
	value   string
	user    string // name; of an app's token empty
	issued  time.Time
	expires time.Time
	scopes  []string
	short   bool
	code    int // of the error that a revoked token gets; 0: not revoked
	subcode int
}

// code is what an authorization is redeemed with.
type code struct {
	user     string
	redirect string
	scopes   []string
	expires  time.Time
	used     bool
}

// AllScopes are the permissions that Spool asks for.
func AllScopes() []string {
	return []string{"threads_basic", "threads_content_publish", "threads_manage_replies", "threads_read_replies", "threads_delete", "threads_manage_insights"}
}

// A TokenOption changes a token that AddUser gives out.
type TokenOption func(*token)

// Issued sets when the token was issued; without it: now.
func Issued(t time.Time) TokenOption { return func(k *token) { k.issued = t } }

// Expires sets when the token ends; without it: 60 days after it was issued.
func Expires(t time.Time) TokenOption { return func(k *token) { k.expires = t } }

// Scopes sets what the token permits; without it: AllScopes.
func Scopes(names ...string) TokenOption { return func(k *token) { k.scopes = names } }

// AddUser opens an account, or finds it, and gives it a long-lived token as the
// dashboard's token generator would. The returned account is a copy.
func (s *Server) AddUser(name, value string, options ...TokenOption) *User {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.user(name)
	t := &token{value: value, user: name, issued: s.now(), scopes: AllScopes()}
	for _, o := range options {
		o(t)
	}
	if t.expires.IsZero() {
		t.expires = t.issued.Add(longLife)
	}
	s.tokens[value] = t
	s.save()
	return &User{ID: u.ID, Name: u.Name, Joined: u.Joined}
}

// Revoke makes a token invalid: every request with it gets code and subcode,
// for example 190 and 460. Code 0 makes it valid again.
func (s *Server) Revoke(value string, code, subcode int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.tokens[value]; t != nil {
		t.code, t.subcode = code, subcode
	}
}

// DenyLogin makes the person at the sign-in page refuse, or consent again.
func (s *Server) DenyLogin(deny bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deny = deny
}

// problem is why a token is not valid, or nil.
func (t *token) problem(at time.Time) error {
	switch {
	case t == nil:
		return failure(190, 467, "Invalid OAuth access token - Cannot parse access token")
	case t.code != 0:
		return failure(t.code, t.subcode, "Error validating access token: The session has been invalidated.")
	case !at.Before(t.expires):
		return failure(190, 463, "Error validating access token: Session has expired.")
	}
	return nil
}

func (t *token) may(scope string) error {
	if slices.Contains(t.scopes, scope) {
		return nil
	}
	return failure(10, 0, "Application does not have permission for this action")
}

// needs is the permission for a request.
func needs(op Op) string {
	switch op {
	case OpCreate, OpPublish:
		return "threads_content_publish"
	case OpReplies, OpThread:
		return "threads_read_replies"
	case OpDelete:
		return "threads_delete"
	case OpInsights, OpMine:
		return "threads_manage_insights"
	}
	return "threads_basic"
}

// authenticate finds the account of a request's token.
func (s *Server) authenticate(c *call, at time.Time) (*User, error) {
	t := s.tokens[c.token]
	if err := t.problem(at); err != nil {
		return nil, err
	}
	if t.user == "" {
		return nil, failure(190, 0, "An active access token must be used to query information about the current user.")
	}
	if err := t.may(needs(c.op)); err != nil {
		return nil, err
	}
	return s.state.Users[t.user], nil
}

// issue makes a token. Its value cannot be guessed from the account's name, but
// is the same in every run, so that logs can be compared.
func (s *Server) issue(user string, scopes []string, at time.Time, life time.Duration) *token {
	seed := user + strconv.FormatInt(at.UnixNano(), 10) + strconv.Itoa(len(s.tokens))
	sum := sha256.Sum256([]byte(seed))
	t := &token{
		value: "THQVJ" + strings.ToUpper(hex.EncodeToString(sum[:20])), user: user, scopes: scopes,
		issued: at, expires: at.Add(life), short: life == shortLife,
	}
	s.tokens[t.value] = t
	return t
}

// exchangeToken makes a long-lived token of a short-lived one.
func (s *Server) exchangeToken(c *call, at time.Time) (reply, error) {
	if c.form.Get("grant_type") != "th_exchange_token" {
		return reply{}, failure(100, 0, "Unsupported grant type")
	}
	if s.opts.App.Secret != "" && c.form.Get("client_secret") != s.opts.App.Secret {
		return reply{}, failure(1, 0, "Error validating client secret.")
	}
	t := s.tokens[c.token]
	if err := t.problem(at); err != nil {
		return reply{}, err
	}
	if !t.short {
		return reply{}, failure(452, 4279019, "Session key invalid: it was revoked or is long-lived already")
	}
	long := s.issue(t.user, t.scopes, at, longLife)
	return tokenReply(long, at), nil
}

// refresh gives a token a successor of 60 days.
func (s *Server) refresh(c *call, at time.Time) (reply, error) {
	if c.form.Get("grant_type") != "th_refresh_token" {
		return reply{}, failure(100, 0, "Unsupported grant type")
	}
	t := s.tokens[c.token]
	if err := t.problem(at); err != nil {
		return reply{}, err
	}
	if err := t.may("threads_basic"); err != nil {
		return reply{}, err
	}
	if t.short || at.Sub(t.issued) < minAge {
		return reply{}, badParameter("The access token must be long-lived and at least 24 hours old to be refreshed")
	}
	fresh := s.issue(t.user, t.scopes, at, longLife)
	if s.knobs.OldTokenAfterRefresh == OldTokenInvalid {
		t.code, t.subcode = 190, 467
	}
	return tokenReply(fresh, at), nil
}

func tokenReply(t *token, at time.Time) reply {
	return jsonReply(http.StatusOK, object{
		"access_token": t.value, "token_type": "bearer", "expires_in": int64(t.expires.Sub(at) / time.Second),
	})
}

// debugToken tells about the token that is asked for.
func (s *Server) debugToken(c *call, at time.Time) (object, error) {
	if err := s.tokens[c.token].problem(at); err != nil {
		return nil, err
	}
	t := s.tokens[c.form.Get("input_token")]
	data := object{"type": "USER", "application": "stand-in", "is_valid": t.problem(at) == nil, "scopes": []string{}}
	if t == nil || t.user == "" {
		return object{"data": data}, nil
	}
	data["scopes"] = t.scopes
	data["issued_at"], data["expires_at"] = t.issued.Unix(), t.expires.Unix()
	data["data_access_expires_at"] = t.issued.Add(90 * 24 * time.Hour).Unix()
	data["user_id"] = s.state.Users[t.user].ID
	return object{"data": data}, nil
}
