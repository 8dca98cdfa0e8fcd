package threadstest

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"spool/publisher/standin"
)

// authorize is the page on which a person consents. It redirects at once: as
// the account named by the parameter "user", or else the first by name.
func (s *Server) authorize(c *call, at time.Time) (standin.Reply, error) {
	if s.opts.App.ID != "" && c.form.Get("client_id") != s.opts.App.ID {
		return standin.Reply{}, failure(4476002, 0, "The app id is not a Threads app id")
	}
	to, err := url.Parse(c.form.Get("redirect_uri"))
	if err != nil || !to.IsAbs() || (s.opts.App.Redirect != "" && to.String() != s.opts.App.Redirect) {
		return standin.Reply{}, failure(1349168, 0, "The redirect URI is not registered for this app")
	}
	if c.form.Get("response_type") != "code" || !slices.Contains(scopesOf(c.form), "threads_basic") {
		return standin.Reply{}, failure(100, 0, "Invalid response_type or scope")
	}
	q := to.Query()
	q.Set("state", c.form.Get("state"))
	name := s.whoever(c.form.Get("user"))
	if s.deny || name == "" {
		q.Set("error", "access_denied")
		q.Set("error_reason", "user_denied")
		q.Set("error_description", "The user denied your request")
	} else {
		q.Set("code", s.newCode(c, name, at))
	}
	to.RawQuery = q.Encode()
	location := to.String()
	if q.Has("code") {
		location += "#_"
	}
	return standin.Reply{Status: http.StatusFound, Header: http.Header{"Location": {location}}}, nil
}

func scopesOf(form url.Values) []string {
	return strings.FieldsFunc(form.Get("scope"), func(r rune) bool { return r == ',' || r == ' ' })
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

func (s *Server) newCode(c *call, user string, at time.Time) string {
	value := "AQ" + s.issueName(user, at)
	s.codes[value] = &code{user: user, redirect: c.form.Get("redirect_uri"), scopes: scopesOf(c.form), expires: at.Add(codeLife)}
	return value
}

func (s *Server) issueName(user string, at time.Time) string {
	return strconv.FormatInt(at.UnixNano(), 36) + strconv.Itoa(len(s.codes)) + strings.Trim(strconv.QuoteToASCII(user), `"`)
}

// redeem exchanges a code for a short-lived token, or an app's own id and
// secret for its token. Its errors have a form of their own.
func (s *Server) redeem(c *call, at time.Time) (standin.Reply, error) {
	app := s.opts.App
	if (app.ID != "" && c.form.Get("client_id") != app.ID) || (app.Secret != "" && c.form.Get("client_secret") != app.Secret) || c.form.Get("client_secret") == "" {
		return flatError("Error validating client secret."), nil
	}
	switch {
	case c.form.Get("grant_type") == "client_credentials":
		return s.appToken(c, at), nil
	case c.method != http.MethodPost || c.form.Get("grant_type") != "authorization_code":
		return flatError("Invalid grant type"), nil
	}
	k := s.codes[c.form.Get("code")]
	if k == nil || k.used || !at.Before(k.expires) {
		return flatError("Matching code was not found or was already used"), nil
	}
	if k.redirect != c.form.Get("redirect_uri") {
		return flatError("Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request"), nil
	}
	k.used = true
	t := s.issue(k.user, k.scopes, at, shortLife)
	return jsonReply(http.StatusOK, object{"access_token": t.Value, "user_id": json.Number(s.state.Users[k.user].ID)}), nil
}

func (s *Server) appToken(c *call, at time.Time) standin.Reply {
	value := "TH|" + c.form.Get("client_id") + "|standin"
	s.state.Tokens[value] = &token{Value: value, Issued: at, Expires: at.Add(100 * longLife)}
	return jsonReply(http.StatusOK, object{"access_token": value, "token_type": "bearer"})
}

func flatError(message string) standin.Reply {
	return jsonReply(http.StatusBadRequest, object{"error_type": "OAuthException", "code": 400, "error_message": message})
}
