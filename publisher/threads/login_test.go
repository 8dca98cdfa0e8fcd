package threads

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"spool/publisher/threads/threadstest"
)

// A desk is somebody at the keyboard who signs an account in.
type desk struct {
	t      *testing.T
	server *threadstest.Server
	login  *Login
	app    App
}

func atDesk(t *testing.T, f func(d *desk)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		app := App{ID: "4711", Secret: "hush-hush-secret", Redirect: "https://paper.example/done", AuthorizeBase: "https://threads.example"}
		s := threadstest.New(threadstest.Options{Now: time.Now, App: threadstest.App{ID: app.ID, Secret: app.Secret, Redirect: app.Redirect}})
		s.AddUser(testUser, testToken)
		l, err := NewLogin(Options{Transport: s.Transport(), Now: time.Now, BaseURL: "https://graph.example/"})
		if err != nil {
			t.Fatal(err)
		}
		f(&desk{t: t, server: s, login: l, app: app})
	})
}

// consent opens the address as a browser would, and returns where it ends.
func (d *desk) consent(state string) string {
	d.t.Helper()
	req, err := http.NewRequestWithContext(d.t.Context(), http.MethodGet, d.app.AuthorizeURL(state), nil)
	if err != nil {
		d.t.Fatal(err)
	}
	resp, err := d.server.Transport().RoundTrip(req)
	if err != nil {
		d.t.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.Header.Get("Location")
}

func TestLogin(t *testing.T) {
	atDesk(t, func(d *desk) {
		code, err := ParseRedirect(d.consent("s1"), "s1")
		if err != nil {
			t.Fatal(err)
		}
		token, who, err := d.login.Exchange(d.t.Context(), d.app, code)
		if err != nil {
			t.Fatal(err)
		}
		if who.Username != testUser || time.Until(token.Expires) < 59*day || token.Issued.IsZero() || token.Checked.IsZero() || token.Origin != "login" {
			t.Errorf("got %+v of %+v", token.Expires, who)
		}
		_, _, err = d.login.Exchange(d.t.Context(), d.app, code)
		if err == nil || strings.Contains(err.Error(), code) || strings.Contains(err.Error(), d.app.Secret) {
			t.Errorf("the second use of a code: %v", err)
		}
	})
}

func TestLoginRefused(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.server.DenyLogin(true)
		if _, err := ParseRedirect(d.consent("s1"), "s1"); !errors.Is(err, ErrDenied) {
			t.Errorf("a login that was denied: %v", err)
		}
		d.server.DenyLogin(false)
		code, err := ParseRedirect(d.consent("s1"), "s1")
		if err != nil {
			t.Fatal(err)
		}
		wrong := d.app
		wrong.Secret = "another-secret"
		if _, _, err = d.login.Exchange(d.t.Context(), wrong, code); err == nil || strings.Contains(err.Error(), wrong.Secret) {
			t.Errorf("a wrong secret: %v", err)
		}
	})
	for _, rule := range []threadstest.Rule{
		{Op: threadstest.OpCode, Action: threadstest.DropBefore()},
		{Op: threadstest.OpExchange, Action: threadstest.DropBefore()},
		{Op: threadstest.OpExchange, Action: threadstest.Status(500, "<html>")},
		{Op: threadstest.OpExchange, Action: threadstest.Status(200, "{}")},
		{Op: threadstest.OpMe, Action: threadstest.Status(500, "")},
	} {
		atDesk(t, func(d *desk) {
			d.server.Plan(rule)
			code, err := ParseRedirect(d.consent("s1"), "s1")
			if err != nil {
				t.Fatal(err)
			}
			_, _, err = d.login.Exchange(d.t.Context(), d.app, code)
			if err == nil || strings.Contains(err.Error(), d.app.Secret) || strings.Contains(err.Error(), code) || strings.Contains(err.Error(), "THQVJ") {
				t.Errorf("%s %s: %v", rule.Op, rule.Action.Do, err)
			}
		})
	}
}

func TestVerifyPasted(t *testing.T) {
	atDesk(t, func(d *desk) {
		token, who, err := d.login.VerifyPasted(d.t.Context(), " "+testToken+"\n")
		if err != nil || who.Username != testUser || time.Until(token.Expires) < 59*day || token.Issued.IsZero() {
			t.Errorf("got %+v, %v, %v", token.Expires, who, err)
		}
		d.server.Plan(threadstest.Rule{Op: threadstest.OpDebug, Action: threadstest.Error(400, 100, 0, "no")})
		token, _, err = d.login.VerifyPasted(d.t.Context(), testToken)
		if err != nil || !token.Expires.IsZero() {
			t.Errorf("where its end cannot be learned: %v, %v", token.Expires, err)
		}
		d.server.Plan()
		d.server.AddUser(testUser, "THQVJreadonly", threadstest.Scopes("threads_basic"))
		for _, bad := range []string{"", "two words", "THQVJunknown000", "THQVJreadonly"} {
			if _, _, err := d.login.VerifyPasted(d.t.Context(), bad); err == nil || bad != "" && strings.Contains(err.Error(), bad) {
				t.Errorf("%q: %v", bad, err)
			}
		}
	})
}
