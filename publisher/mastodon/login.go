package mastodon

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"spool"
	"spool/publisher"
)

// OutOfBand is the redirect address of programs that no browser can reach: the
// instance shows the code, and a person pastes it.
const OutOfBand = "urn:ietf:wg:oauth:2.0:oob"

// appName is what a person who grants access is shown.
const appName = "Spool"

// Scopes are the rights that are asked for: to know who the account is, to post,
// with pictures, and to read what was posted.
func Scopes() []string {
	return []string{"read:accounts", "read:statuses", "write:statuses", "write:media"}
}

// An App is the program at the instance through which an account grants access.
// Register makes one; one that was made by hand does as well.
type App struct {
	ID       string
	Secret   string // needed for Exchange only
	Redirect string // default OutOfBand
	Base     string // the instance, for AuthorizeURL
}

// Format keeps the secret out of what is printed, whatever the verb.
func (a App) Format(f fmt.State, _ rune) { _, _ = fmt.Fprintf(f, "<app %q>", a.ID) }

func (a App) redirect() string {
	if a.Redirect == "" {
		return OutOfBand
	}
	return a.Redirect
}

// AuthorizeURL is the address at which a person grants access. State comes back
// in a redirect, and must be hard to guess.
func (a App) AuthorizeURL(state string) string {
	q := url.Values{
		"client_id": {a.ID}, "redirect_uri": {a.redirect()}, "response_type": {"code"},
		"scope": {strings.Join(Scopes(), " ")}, "state": {state},
	}
	return strings.TrimRight(a.Base, "/") + "/oauth/authorize?" + q.Encode()
}

// What can be wrong with what a person pastes. Each says what to do.
var (
	ErrDenied = errors.New("access was not granted: open the address again and allow it")
	ErrState  = errors.New("the address belongs to another login: open the address shown here, and paste the code it ends with")
	ErrNoCode = errors.New("that is not a code: paste the code that the instance shows after access was granted, one long word")
)

// ParseRedirect takes what a person pasted: the code that the instance shows, or
// the address that the browser ended at. No error of it contains either.
func ParseRedirect(pasted, state string) (string, error) {
	pasted = strings.Trim(strings.TrimSpace(pasted), `"'<>`)
	if !strings.Contains(pasted, "://") && !strings.HasPrefix(pasted, "urn:") {
		if len(pasted) < 6 || len(pasted) > 500 || strings.ContainsAny(pasted, " \t\r\n") {
			return "", ErrNoCode
		}
		return pasted, nil
	}
	u, err := url.Parse(pasted)
	if err != nil {
		return "", ErrNoCode
	}
	q := u.Query()
	switch {
	case q.Get("error") == "access_denied":
		return "", ErrDenied
	case q.Get("error") != "":
		return "", fmt.Errorf("the login was refused by the instance (%s)", publisher.Excerpt(q.Get("error")))
	case q.Get("code") == "":
		return "", ErrNoCode
	case q.Get("state") != "" && q.Get("state") != state:
		return "", ErrState
	}
	return q.Get("code"), nil
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

// Register makes an app at the instance. It needs nothing but the instance's
// address, and is made anew for each login.
func (l *Login) Register(ctx context.Context) (App, error) {
	var out struct {
		ID     string `json:"client_id"`
		Secret string `json:"client_secret"`
	}
	err := l.form(ctx, "/api/v1/apps", url.Values{
		"client_name": {appName}, "redirect_uris": {OutOfBand}, "scopes": {strings.Join(Scopes(), " ")},
	}, &out)
	if err == nil && (out.ID == "" || out.Secret == "") {
		err = errUnreadable
	}
	if err != nil {
		return App{}, fmt.Errorf("register Spool at the instance: %w", err)
	}
	return App{ID: out.ID, Secret: out.Secret, Redirect: OutOfBand, Base: l.client.o.BaseURL}, nil
}

// Exchange turns a code into a token, and asks who it belongs to. A code works
// once, for some minutes.
func (l *Login) Exchange(ctx context.Context, app App, code string) (Token, Account, error) {
	var out struct {
		Token string `json:"access_token"`
	}
	err := l.form(ctx, "/oauth/token", url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "client_id": {app.ID}, "client_secret": {app.Secret},
		"redirect_uri": {app.redirect()}, "scope": {strings.Join(Scopes(), " ")},
	}, &out, code, app.Secret)
	if err == nil && out.Token == "" {
		err = errUnreadable
	}
	if err != nil {
		return Token{}, Account{}, fmt.Errorf("exchange the code (it works once and for some minutes): %w", err)
	}
	t := Token{Value: out.Token, Issued: l.client.o.Now(), Origin: "login"}
	return l.verify(ctx, t)
}

// VerifyPasted takes a token made elsewhere, in the account's settings under
// "Development" for example: it asks who it belongs to.
func (l *Login) VerifyPasted(ctx context.Context, value string) (Token, Account, error) {
	value = strings.TrimSpace(value)
	if value == "" || strings.ContainsAny(value, " \t\r\n") {
		return Token{}, Account{}, errors.New("that is not a token: it is one long word")
	}
	return l.verify(ctx, Token{Value: value, Origin: "login"})
}

func (l *Login) verify(ctx context.Context, t Token) (Token, Account, error) {
	who, err := l.client.whoIs(ctx, t.Value)
	if ref := asRefusal(err); ref != nil {
		err = ref.words(judge(ref))
	}
	if err != nil {
		return Token{}, Account{}, fmt.Errorf("verify the token: %w", err)
	}
	t.Checked = l.client.o.Now()
	account := Account{ID: string(who.ID), Username: who.Acct}
	if account.Username == "" {
		account.Username = who.Username
	}
	return t, account, nil
}

// form makes a request that needs no token.
func (l *Login) form(ctx context.Context, path string, values url.Values, out any, secrets ...string) error {
	reply, err := l.client.caller.Do(ctx, publisher.Call{
		Method: http.MethodPost, URL: l.client.o.BaseURL + path, Form: values, Secrets: secrets,
		Timeout: l.client.o.Timeout, Header: http.Header{"Accept": {"application/json"}},
	})
	if err != nil {
		return err
	}
	err = decode(reply, out, secrets...)
	if ref := asRefusal(err); ref != nil && judge(ref).kind != spool.Credentials {
		return ref.words(judge(ref))
	}
	return err
}

// noTokens is for requests that bring a token of their own.
type noTokens struct{}

func (noTokens) Token(context.Context) (Token, error)        { return Token{}, nil }
func (noTokens) Replace(context.Context, Token, Token) error { return nil }
