package blueskytest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"
)

const (
	refreshLife = 90 * 24 * time.Hour

	// The rations of signing in.
	shortWindow = 5 * time.Minute
	inShort     = 30
	inDay       = 300
	decentInDay = 10 // by what a client should need at most
)

// grant is a token.
type grant struct {
	User    string    `json:"user"` // handle
	Refresh bool      `json:"refresh,omitempty"`
	Issued  time.Time `json:"issued"`
	Expires time.Time `json:"expires"`
	Dead    bool      `json:"dead,omitempty"`
	Serial  int       `json:"serial"` // of the session that it belongs to
}

// jwt makes a token that reads like one, and whose value is the same in every run.
func jwt(user *User, scope string, serial int, at, expires time.Time) string {
	part := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			return "" // strings and numbers always marshal
		}
		return base64.RawURLEncoding.EncodeToString(b)
	}
	head := part(object{"typ": "at+jwt", "alg": "HS256"}) + "." +
		part(object{"scope": scope, "sub": user.DID, "iat": at.Unix(), "exp": expires.Unix(), "jti": strconv.Itoa(serial)})
	sum := sha256.Sum256([]byte(head + user.Password))
	return head + "." + base64.RawURLEncoding.EncodeToString(sum[:])
}

// issue makes the two tokens of a session.
func (s *Server) issue(c *call, u *User, at time.Time) object {
	serial := s.appear()
	life := s.knobs.AccessLife
	if life <= 0 {
		life = 2 * time.Hour
	}
	tokens := map[bool]string{}
	for _, refresh := range []bool{false, true} {
		g := &grant{User: u.Handle, Refresh: refresh, Issued: at, Expires: at.Add(life), Serial: serial}
		scope := "com.atproto.appPass"
		if refresh {
			g.Expires, scope = at.Add(refreshLife), "com.atproto.refresh"
		}
		tokens[refresh] = jwt(u, scope, serial, at, g.Expires)
		s.state.Grants[tokens[refresh]] = g
	}
	s.prune(at)
	s.save()
	out := s.describe(c, u)
	out["accessJwt"], out["refreshJwt"] = tokens[false], tokens[true]
	return out
}

// prune forgets tokens that are long over, so that memory stays bounded.
func (s *Server) prune(at time.Time) {
	for value, g := range s.state.Grants {
		if at.Sub(g.Expires) > 24*time.Hour {
			delete(s.state.Grants, value)
		}
	}
}

// describe is what is said of an account that is signed in.
func (s *Server) describe(c *call, u *User) object {
	pds := s.opts.PDS
	if pds == "" {
		pds = c.host
	}
	o := object{
		"did": u.DID, "handle": u.Handle, "active": u.Status == "",
		"didDoc": object{"id": u.DID, "service": []object{{"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": pds}}},
	}
	if u.Status != "" {
		o["status"] = u.Status
	}
	return o
}

func (s *Server) signIn(c *call, at time.Time) (any, error) {
	u := s.state.find(c.in.Identifier)
	if u == nil {
		return nil, failure(http.StatusUnauthorized, "AuthenticationRequired", "Invalid identifier or password")
	}
	u.SignIns = slices.DeleteFunc(u.SignIns, func(t time.Time) bool { return at.Sub(t) >= 24*time.Hour })
	recent := 0
	for _, t := range u.SignIns {
		if at.Sub(t) < shortWindow {
			recent++
		}
	}
	u.SignIns = append(u.SignIns, at)
	if len(u.SignIns) > decentInDay {
		s.desk.Violation("%s has signed in %d times within a day: sessions are to be kept", u.Handle, len(u.SignIns))
	}
	switch {
	case recent >= inShort || len(u.SignIns) > inDay:
		return nil, failure(http.StatusTooManyRequests, "RateLimitExceeded", "Rate Limit Exceeded")
	case c.in.Password != u.Password || u.Password == "":
		return nil, failure(http.StatusUnauthorized, "AuthenticationRequired", "Invalid identifier or password")
	case u.Status == "takendown":
		return nil, failure(http.StatusUnauthorized, "AccountTakedown", "Account has been taken down")
	}
	return s.issue(c, u, at), nil
}

// refresh gives the next pair of tokens. The old one goes on for a grace, in
// which it can be refreshed again: an answer may have been lost.
func (s *Server) refresh(c *call, at time.Time) (any, error) {
	g, err := s.valid(c, at, true)
	if err != nil {
		return nil, err
	}
	u := s.state.Users[g.User]
	if u.Status == "takendown" {
		return nil, failure(http.StatusUnauthorized, "AccountTakedown", "Account has been taken down")
	}
	if s.knobs.RefreshGrace == GraceNone {
		g.Dead = true
	} else if end := at.Add(2 * time.Hour); end.Before(g.Expires) {
		g.Expires = end
	}
	return s.issue(c, u, at), nil
}

func (s *Server) signOut(c *call) (any, error) {
	if g := s.state.Grants[c.token]; g != nil {
		g.Dead = true
		s.save()
	}
	return object{}, nil
}

// valid finds the token of a request.
func (s *Server) valid(c *call, at time.Time, refresh bool) (*grant, error) {
	if c.token == "" {
		return nil, failure(http.StatusUnauthorized, "AuthMissing", "Authentication Required")
	}
	g := s.state.Grants[c.token]
	switch {
	case g == nil:
		return nil, failure(http.StatusBadRequest, "InvalidToken", "Token could not be verified")
	case g.Refresh != refresh:
		return nil, failure(http.StatusBadRequest, "InvalidToken", "Bad token scope")
	case g.Dead:
		return nil, failure(http.StatusBadRequest, "ExpiredToken", "Token has been revoked")
	case !at.Before(g.Expires):
		return nil, failure(http.StatusBadRequest, "ExpiredToken", "Token has expired")
	}
	return g, nil
}

func (s *Server) authenticate(c *call, at time.Time) (*User, error) {
	g, err := s.valid(c, at, false)
	if err != nil {
		return nil, err
	}
	return s.state.Users[g.User], nil
}

// EndSessions makes all tokens of an account invalid, as a server does that has
// lost them. The password stays good.
func (s *Server) EndSessions(handle string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.state.Grants {
		if g.User == handle {
			g.Dead = true
		}
	}
	s.save()
}

// Revoke is a person deleting the app password: it lets nobody in any more, and
// its sessions end.
func (s *Server) Revoke(handle string) {
	s.EndSessions(handle)
	s.mu.Lock()
	defer s.mu.Unlock()
	if u := s.state.Users[handle]; u != nil {
		u.Password = ""
		s.save()
	}
}

// SignIns is how often an account was signed in to, or tried to be, since a moment.
func (s *Server) SignIns(handle string, since time.Time) int {
	n := 0
	for _, r := range s.Requests() {
		if r.Op == OpSignIn && r.User == handle && !r.Time.Before(since) {
			n++
		}
	}
	return n
}
