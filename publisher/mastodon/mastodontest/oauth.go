package mastodontest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"spool/publisher/standin"
)

// outOfBand is the redirect address of programs that no browser can reach: the
// instance shows the code instead.
const outOfBand = "urn:ietf:wg:oauth:2.0:oob"

const codeLife = 10 * time.Minute

// app is a program that was registered.
type app struct {
	ID       string   `json:"id"`
	Secret   string   `json:"secret"`
	Name     string   `json:"name"`
	Redirect string   `json:"redirect"`
	Scopes   []string `json:"scopes"`
}

// code is what an authorization is redeemed with.
type code struct {
	user, app, redirect string
	scopes              []string
	expires             time.Time
	used                bool
}

// invent makes something that cannot be guessed from what is known outside, but
// is the same in every run, so that logs can be compared.
func (s *Server) invent(what string, at time.Time) string {
	s.state.Serial++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d %d", what, at.UnixNano(), s.state.Serial))
	return hex.EncodeToString(sum[:20])
}

// register makes an app.
func (s *Server) register(c *call) (standin.Reply, error) {
	name, redirect := c.form.Get("client_name"), c.form.Get("redirect_uris")
	if name == "" || redirect == "" {
		return standin.Reply{}, invalid("Redirect URI must be an absolute URI")
	}
	now := s.now()
	a := &app{ID: s.invent("app", now), Secret: s.invent("secret", now), Name: name, Redirect: redirect, Scopes: strings.Fields(c.form.Get("scopes"))}
	s.state.Apps[a.ID] = a
	s.save()
	return standin.JSON(http.StatusOK, object{
		"id": itoa(len(s.state.Apps)), "name": a.Name, "scopes": a.Scopes, "redirect_uri": a.Redirect, "redirect_uris": []string{a.Redirect},
		"client_id": a.ID, "client_secret": a.Secret, "client_secret_expires_at": 0,
	}), nil
}

// authorize is the page on which a person consents. It answers at once: as the
// account named by the parameter "user", or else the first by name.
func (s *Server) authorize(c *call, at time.Time) (standin.Reply, error) {
	a := s.state.Apps[c.form.Get("client_id")]
	redirect := c.form.Get("redirect_uri")
	scopes := strings.Fields(c.form.Get("scope"))
	if a == nil || redirect != a.Redirect || c.form.Get("response_type") != "code" {
		return standin.Reply{}, &apiError{status: http.StatusBadRequest, message: "invalid_client", detail: "Client authentication failed"}
	}
	for _, scope := range scopes {
		if !slices.Contains(a.Scopes, scope) {
			return standin.Reply{}, &apiError{status: http.StatusBadRequest, message: "invalid_scope", detail: "The requested scope is invalid"}
		}
	}
	name := s.whoever(c.form.Get("user"))
	if s.deny || name == "" {
		return answerGrant(redirect, url.Values{"error": {"access_denied"}, "state": c.form.Values["state"]}, "The resource owner denied the request."), nil
	}
	value := s.invent("code", at)
	s.codes[value] = &code{user: name, app: a.ID, redirect: redirect, scopes: scopes, expires: at.Add(codeLife)}
	return answerGrant(redirect, url.Values{"code": {value}, "state": c.form.Values["state"]}, "<code>"+value+"</code>"), nil
}

func answerGrant(redirect string, q url.Values, shown string) standin.Reply {
	if redirect == outOfBand {
		return standin.Reply{Status: http.StatusOK, Header: http.Header{"Content-Type": {"text/html; charset=utf-8"}}, Body: []byte("<!DOCTYPE html><title>Newsie</title><p>" + shown)}
	}
	return standin.Reply{Status: http.StatusFound, Header: http.Header{"Location": {redirect + "?" + q.Encode()}}}
}

// whoever is the account that signs in.
func (s *Server) whoever(name string) string {
	if s.state.Users[name] != nil {
		return name
	}
	names := slices.Sorted(maps.Keys(s.state.Users))
	if name != "" || len(names) == 0 {
		return ""
	}
	return names[0]
}

// redeem exchanges a code for a token.
func (s *Server) redeem(c *call, at time.Time) (standin.Reply, error) {
	a := s.state.Apps[c.form.Get("client_id")]
	if a == nil || a.Secret != c.form.Get("client_secret") {
		return standin.Reply{}, &apiError{status: http.StatusUnauthorized, message: "invalid_client", detail: "Client authentication failed"}
	}
	k := s.codes[c.form.Get("code")]
	switch {
	case c.form.Get("grant_type") != "authorization_code":
		return standin.Reply{}, &apiError{status: http.StatusBadRequest, message: "unsupported_grant_type"}
	case k == nil || k.used || !at.Before(k.expires) || k.app != a.ID || k.redirect != c.form.Get("redirect_uri"):
		return standin.Reply{}, &apiError{status: http.StatusBadRequest, message: "invalid_grant", detail: "The provided authorization grant is invalid, expired, revoked"}
	}
	k.used = true
	t := &token{Value: s.invent("token", at), User: k.user, Issued: at, Scopes: k.scopes}
	s.state.Tokens[t.Value] = t
	s.save()
	return standin.JSON(http.StatusOK, object{"access_token": t.Value, "token_type": "Bearer", "scope": strings.Join(t.Scopes, " "), "created_at": at.Unix()}), nil
}

func (s *Server) revoke(c *call) (standin.Reply, error) {
	if t := s.state.Tokens[c.form.Get("token")]; t != nil {
		t.Revoked = true
		s.save()
	}
	return standin.JSON(http.StatusOK, object{}), nil
}
