package threads

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"spool/publisher"
)

// DefaultAuthorizeBase is where a person grants access.
const DefaultAuthorizeBase = "https://threads.com"

// Scopes are the rights that are asked for: to post and to read what was
// posted, and what replies and deletions will need.
func Scopes() []string {
	return []string{"threads_basic", publishScope, "threads_manage_replies", "threads_read_replies", "threads_delete"}
}

// An App is the Meta app through which accounts grant access. Its id and secret
// are those of the Threads use case, not those of the Meta app.
type App struct {
	ID            string
	Secret        string // needed for Exchange only
	Redirect      string // exactly as registered: https, not localhost
	AuthorizeBase string // default DefaultAuthorizeBase
}

// Format keeps the secret out of what is printed, whatever the verb.
func (a App) Format(f fmt.State, _ rune) { _, _ = fmt.Fprintf(f, "<app %q>", a.ID) }

// AuthorizeURL is the address at which a person grants access. State comes back
// in the redirect, and must be hard to guess.
func (a App) AuthorizeURL(state string) string {
	base := a.AuthorizeBase
	if base == "" {
		base = DefaultAuthorizeBase
	}
	q := url.Values{
		"client_id": {a.ID}, "redirect_uri": {a.Redirect}, "response_type": {"code"},
		"scope": {strings.Join(Scopes(), ",")}, "state": {state},
	}
	return strings.TrimRight(base, "/") + "/oauth/authorize?" + q.Encode()
}

// What can be wrong with the address that a person pastes. Each says what to do.
var (
	ErrDenied   = errors.New("access was not granted: open the address again and allow it")
	ErrState    = errors.New("the address belongs to another login: open the address shown here, and paste the one it ends at")
	ErrNoCode   = errors.New("there is no code in the address: paste the whole address that the browser shows at the end, it has ?code= in it")
	ErrNotAnURL = errors.New("that is not an address: paste the whole address that the browser shows at the end, beginning with https://")
)

// ParseRedirect takes the code out of the address that the browser ended at. No
// error of it contains the address.
func ParseRedirect(pasted, state string) (string, error) {
	pasted = strings.Trim(strings.TrimSpace(pasted), `"'<>`)
	u, err := url.Parse(pasted)
	if err != nil || u.Scheme == "" || u.Host == "" {
		return "", ErrNotAnURL
	}
	q := u.Query()
	switch {
	case q.Get("error") != "":
		return "", refusedGrant(q)
	case q.Get("code") == "":
		return "", ErrNoCode
	case q.Get("state") != state:
		return "", ErrState
	}
	code := strings.TrimSuffix(q.Get("code"), "#_")
	if code == "" {
		return "", ErrNoCode
	}
	return code, nil
}

func refusedGrant(q url.Values) error {
	if q.Get("error") == "access_denied" {
		return ErrDenied
	}
	return fmt.Errorf("the login was refused by Threads (%s): check the app's id, its redirect address and the account's tester role", publisher.Excerpt(q.Get("error")))
}

// granted is the answer that brings a token. Its user id is a number in one
// place and a string in another, and is not needed.
type granted struct {
	Token   string      `json:"access_token"`
	Expires json.Number `json:"expires_in"` // seconds
}

func (g granted) token(now time.Time, origin string) Token {
	t := Token{Value: g.Token, Issued: now, Origin: origin}
	if seconds := number(g.Expires); seconds > 0 {
		t.Expires = now.Add(time.Duration(seconds) * time.Second)
	}
	return t
}

// A Login obtains tokens. It needs no account of the configuration.
type Login struct {
	client *Client
}

// NewLogin returns a Login. Of the options, Tokens and Memory are not used.
func NewLogin(o Options) (*Login, error) {
	if o.Account == "" {
		o.Account = "login"
	}
	o.Tokens = noTokens{}
	c, err := New(o)
	if err != nil {
		return nil, err
	}
	return &Login{client: c}, nil
}

// An Account is who a token belongs to.
type Account struct {
	ID       string
	Username string
}

// Exchange turns the code of a redirect into a token that lasts sixty days. A
// code works once, for an hour.
func (l *Login) Exchange(ctx context.Context, app App, code string) (Token, Account, error) {
	var brief granted
	err := l.grant(ctx, publisher.Call{
		Method: http.MethodPost, URL: l.client.o.BaseURL + "/oauth/access_token",
		Form: url.Values{
			"client_id": {app.ID}, "client_secret": {app.Secret}, "grant_type": {"authorization_code"},
			"redirect_uri": {app.Redirect}, "code": {code},
		},
		Secrets: []string{code, app.Secret},
	}, &brief)
	if err != nil {
		return Token{}, Account{}, fmt.Errorf("exchange the code (it works once and for an hour; the redirect address must be the registered one): %w", err)
	}
	var long granted
	err = l.grant(ctx, publisher.Call{
		Method: http.MethodGet, URL: l.client.o.BaseURL + "/access_token",
		Query:   url.Values{"grant_type": {"th_exchange_token"}, "client_secret": {app.Secret}, "access_token": {brief.Token}},
		Secrets: []string{brief.Token, app.Secret},
	}, &long)
	if err != nil {
		return Token{}, Account{}, fmt.Errorf("exchange the token for a lasting one: %w", err)
	}
	t := long.token(l.client.o.Now(), "login")
	who, err := l.client.whoIs(ctx, t.Value)
	if err != nil {
		return Token{}, Account{}, fmt.Errorf("verify the token: %w", err)
	}
	t.Checked = l.client.o.Now()
	return t, Account{ID: who.ID, Username: who.Name}, nil
}

func (l *Login) grant(ctx context.Context, call publisher.Call, out *granted) error {
	call.Timeout = l.client.o.Timeout
	reply, err := l.client.caller.Do(ctx, call)
	if err != nil {
		return err
	}
	err = decode(reply, out, call.Secrets...)
	if ref, ok := errors.AsType[*refusal](err); ok {
		return ref.words(judge(ref))
	}
	if err == nil && out.Token == "" {
		return errUnreadable
	}
	return err
}

// VerifyPasted takes a token made elsewhere, in the app's dashboard for
// example: it asks who it belongs to and, where the network tells, how long it
// lasts. Such a token is long-lived already and must not be exchanged.
func (l *Login) VerifyPasted(ctx context.Context, value string) (Token, Account, error) {
	value = strings.TrimSpace(value)
	if value == "" || strings.ContainsAny(value, " \t\r\n") {
		return Token{}, Account{}, errors.New("that is not a token: it is one long word")
	}
	who, err := l.client.whoIs(ctx, value)
	if err != nil {
		if ref, ok := errors.AsType[*refusal](err); ok {
			err = ref.words(judge(ref))
		}
		return Token{}, Account{}, fmt.Errorf("verify the token: %w", err)
	}
	t := Token{Value: value, Checked: l.client.o.Now(), Origin: "login"}
	if in, err := l.client.inspect(ctx, value); err == nil {
		if len(in.Scopes) > 0 && !hasScope(in.Scopes, publishScope) {
			return Token{}, Account{}, errors.New(noRight)
		}
		t = in.teach(t)
	}
	return t, Account{ID: who.ID, Username: who.Name}, nil
}

func hasScope(scopes []string, want string) bool {
	for _, s := range scopes {
		if s == want {
			return true
		}
	}
	return false
}

// noTokens is for requests that bring a token of their own.
type noTokens struct{}

func (noTokens) Token(context.Context) (Token, error)        { return Token{}, nil }
func (noTokens) Replace(context.Context, Token, Token) error { return nil }
