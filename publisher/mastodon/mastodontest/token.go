package mastodontest

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// token is what an account signs in with. It does not expire.
type token struct {
	Value   string    `json:"value"`
	User    string    `json:"user,omitempty"` // name; of an app's token empty
	Issued  time.Time `json:"issued"`
	Scopes  []string  `json:"scopes,omitempty"`
	Revoked bool      `json:"revoked,omitempty"`
}

// AllScopes are the permissions that Spool asks for.
func AllScopes() []string {
	return []string{"read:accounts", "read:statuses", "write:statuses", "write:media"}
}

// A TokenOption changes a token that AddUser gives out.
type TokenOption func(*token)

// Scopes sets what the token permits; without it: AllScopes.
func Scopes(names ...string) TokenOption { return func(k *token) { k.Scopes = names } }

// AddUser opens an account, or finds it, and gives it a token as the settings of
// the account would. The returned account is a copy.
func (s *Server) AddUser(name, value string, options ...TokenOption) *User {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.user(name)
	t := &token{Value: value, User: name, Issued: s.now(), Scopes: AllScopes()}
	for _, o := range options {
		o(t)
	}
	s.state.Tokens[value] = t
	s.save()
	return &User{ID: u.ID, Name: u.Name, Joined: u.Joined}
}

// Revoke makes a token invalid, or valid again.
func (s *Server) Revoke(value string, revoked bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.state.Tokens[value]; t != nil {
		t.Revoked = revoked
		s.save()
	}
}

// DenyLogin makes the person at the sign-in page refuse, or consent again.
func (s *Server) DenyLogin(deny bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deny = deny
}

// may reports whether a token has a permission: "write" covers "write:media".
func (t *token) may(scope string) bool {
	whole, _, _ := strings.Cut(scope, ":")
	return slices.Contains(t.Scopes, scope) || slices.Contains(t.Scopes, whole)
}

// needs is the permission for a request.
func needs(op Op) string {
	switch op {
	case OpPost, OpEdit, OpDelete:
		return "write:statuses"
	case OpUpload, OpMedia, OpDescribe, OpUnattach:
		return "write:media"
	case OpVerify:
		return "read:accounts"
	}
	return "read:statuses"
}

// authenticate finds the account of a request's token.
func (s *Server) authenticate(c *call) (*User, error) {
	t := s.state.Tokens[c.token]
	switch {
	case t == nil || t.User == "":
		return nil, failure(http.StatusUnauthorized, "The access token is invalid")
	case t.Revoked:
		return nil, failure(http.StatusUnauthorized, "The access token was revoked")
	case s.state.Users[t.User].Restricted:
		return nil, failure(http.StatusForbidden, "Your login is currently disabled")
	case !t.may(needs(c.op)):
		return nil, failure(http.StatusForbidden, "This action is outside the authorized scopes")
	}
	return s.state.Users[t.User], nil
}
