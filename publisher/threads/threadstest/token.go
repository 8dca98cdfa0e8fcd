package threadstest

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"spool/publisher/standin"
)

// The lives of tokens.
const (
	shortLife = time.Hour
	longLife  = 60 * 24 * time.Hour
	codeLife  = time.Hour
	minAge    = 24 * time.Hour // before a token can be refreshed
	grantLife = 90 * 24 * time.Hour
)

// token is what an account signs in with.
type token struct {
	Value   string    `json:"value"`
	User    string    `json:"user,omitempty"` // name; of an app's token empty
	Issued  time.Time `json:"issued"`
	Expires time.Time `json:"expires"`
	Granted time.Time `json:"granted,omitzero"` // when the person last gave the permissions; zero: with the token
	Scopes  []string  `json:"scopes,omitempty"`
	Short   bool      `json:"short,omitempty"`
	Code    int       `json:"code,omitempty"` // of the error that a revoked token gets; 0: not revoked
	Subcode int       `json:"subcode,omitempty"`
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
func Issued(t time.Time) TokenOption { return func(k *token) { k.Issued = t } }

// Expires sets when the token ends; without it: 60 days after it was issued.
func Expires(t time.Time) TokenOption { return func(k *token) { k.Expires = t } }

// Scopes sets what the token permits; without it: AllScopes.
func Scopes(names ...string) TokenOption { return func(k *token) { k.Scopes = names } }

// AddUser opens an account, or finds it, and gives it a long-lived token as the
// dashboard's token generator would. The returned account is a copy.
func (s *Server) AddUser(name, value string, options ...TokenOption) *User {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.user(name)
	t := &token{Value: value, User: name, Issued: s.now(), Scopes: AllScopes()}
	for _, o := range options {
		o(t)
	}
	if t.Expires.IsZero() {
		t.Expires = t.Issued.Add(longLife)
	}
	s.state.Tokens[value] = t
	s.save()
	return &User{ID: u.ID, Name: u.Name, Joined: u.Joined}
}

// Revoke makes a token invalid: every request with it gets code and subcode,
// for example 190 and 460. Code 0 makes it valid again.
func (s *Server) Revoke(value string, code, subcode int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.state.Tokens[value]; t != nil {
		t.Code, t.Subcode = code, subcode
		s.save()
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
	case t.Code != 0:
		return failure(t.Code, t.Subcode, "Error validating access token: The session has been invalidated.")
	case t.User != "" && !at.Before(t.grantEnds()):
		return failure(190, 0, "Error validating access token: The user's permission for this app has expired.")
	case !at.Before(t.Expires):
		return failure(190, 463, "Error validating access token: Session has expired.")
	}
	return nil
}

// grantEnds is when the permissions end, unless they are extended.
func (t *token) grantEnds() time.Time {
	granted := t.Granted
	if granted.IsZero() {
		granted = t.Issued
	}
	return granted.Add(grantLife)
}

func (t *token) may(scope string) error {
	if slices.Contains(t.Scopes, scope) {
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
	t := s.state.Tokens[c.token]
	if err := t.problem(at); err != nil {
		return nil, err
	}
	if t.User == "" {
		return nil, failure(190, 0, "An active access token must be used to query information about the current user.")
	}
	if err := t.may(needs(c.op)); err != nil {
		return nil, err
	}
	return s.state.Users[t.User], nil
}

// issue makes a token. Its value cannot be guessed from the account's name, but
// is the same in every run, so that logs can be compared.
func (s *Server) issue(user string, scopes []string, at time.Time, life time.Duration) *token {
	seed := user + strconv.FormatInt(at.UnixNano(), 10) + strconv.Itoa(len(s.state.Tokens))
	sum := sha256.Sum256([]byte(seed))
	t := &token{
		Value: "THQVJ" + strings.ToUpper(hex.EncodeToString(sum[:20])), User: user, Scopes: scopes,
		Issued: at, Expires: at.Add(life), Short: life == shortLife,
	}
	s.state.Tokens[t.Value] = t
	s.save()
	return t
}

// exchangeToken makes a long-lived token of a short-lived one.
func (s *Server) exchangeToken(c *call, at time.Time) (standin.Reply, error) {
	if c.form.Get("grant_type") != "th_exchange_token" {
		return standin.Reply{}, failure(100, 0, "Unsupported grant type")
	}
	if s.opts.App.Secret != "" && c.form.Get("client_secret") != s.opts.App.Secret {
		return standin.Reply{}, failure(1, 0, "Error validating client secret.")
	}
	t := s.state.Tokens[c.token]
	if err := t.problem(at); err != nil {
		return standin.Reply{}, err
	}
	if !t.Short {
		return standin.Reply{}, failure(452, 4279019, "Session key invalid: it was revoked or is long-lived already")
	}
	long := s.issue(t.User, t.Scopes, at, longLife)
	long.Granted = t.grantEnds().Add(-grantLife)
	return tokenReply(long, at), nil
}

// refresh gives a token a successor of 60 days.
func (s *Server) refresh(c *call, at time.Time) (standin.Reply, error) {
	if c.form.Get("grant_type") != "th_refresh_token" {
		return standin.Reply{}, failure(100, 0, "Unsupported grant type")
	}
	t := s.state.Tokens[c.token]
	if err := t.problem(at); err != nil {
		return standin.Reply{}, err
	}
	if err := t.may("threads_basic"); err != nil {
		return standin.Reply{}, err
	}
	if t.Short || at.Sub(t.Issued) < minAge {
		return standin.Reply{}, badParameter("The access token must be long-lived and at least 24 hours old to be refreshed")
	}
	fresh := s.issue(t.User, t.Scopes, at, longLife)
	if s.knobs.PrivateProfile {
		fresh.Granted = t.grantEnds().Add(-grantLife)
	}
	if s.knobs.OldTokenAfterRefresh == OldTokenInvalid {
		t.Code, t.Subcode = 190, 467
		s.save()
	}
	return tokenReply(fresh, at), nil
}

func tokenReply(t *token, at time.Time) standin.Reply {
	return jsonReply(http.StatusOK, object{
		"access_token": t.Value, "token_type": "bearer", "expires_in": int64(t.Expires.Sub(at) / time.Second),
	})
}

// debugToken tells about the token that is asked for.
func (s *Server) debugToken(c *call, at time.Time) (object, error) {
	if err := s.state.Tokens[c.token].problem(at); err != nil {
		return nil, err
	}
	t := s.state.Tokens[c.form.Get("input_token")]
	data := object{"type": "USER", "application": "stand-in", "is_valid": t.problem(at) == nil, "scopes": []string{}}
	if t == nil || t.User == "" {
		return object{"data": data}, nil
	}
	data["scopes"] = t.Scopes
	data["issued_at"], data["expires_at"] = t.Issued.Unix(), t.Expires.Unix()
	data["data_access_expires_at"] = t.grantEnds().Unix()
	data["user_id"] = s.state.Users[t.User].ID
	return object{"data": data}, nil
}
