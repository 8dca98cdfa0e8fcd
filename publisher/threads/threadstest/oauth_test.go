package threadstest_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"spool/publisher/threads/threadstest"
)

const day = 24 * time.Hour

func app() threadstest.Options {
	return threadstest.Options{App: threadstest.App{ID: "123", Secret: "app-secret", Redirect: "https://paper.example/back"}}
}

func authorize(c *client, more ...string) answer {
	c.t.Helper()
	v := values("client_id", "123", "redirect_uri", "https://paper.example/back", "scope", "threads_basic,threads_content_publish", "response_type", "code", "state", "s1")
	for k, to := range values(more...) {
		v[k] = to
	}
	a, err := c.try(c.t.Context(), "GET", "/oauth/authorize", v)
	if err != nil {
		c.t.Fatal(err)
	}
	return a
}

func redeem(c *client, code string, more ...string) answer {
	c.t.Helper()
	v := values("client_id", "123", "client_secret", "app-secret", "grant_type", "authorization_code", "redirect_uri", "https://paper.example/back", "code", code)
	for k, to := range values(more...) {
		v[k] = to
	}
	a, err := c.try(c.t.Context(), "POST", "/oauth/access_token", v)
	if err != nil {
		c.t.Fatal(err)
	}
	return a
}

// The whole way of a sign-in: code, short-lived token, long-lived token.
func TestSignIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := start(t, app())
		c.token = ""
		a := authorize(c)
		back, err := url.Parse(a.header.Get("Location"))
		if err != nil || a.status != 302 || back.Query().Get("state") != "s1" || back.Fragment != "_" {
			t.Fatalf("authorize: %d %v", a.status, a.header)
		}
		a = redeem(c, back.Query().Get("code"))
		if _, ok := a.body["user_id"].(json.Number); !ok {
			t.Fatalf("user_id is not a number: %s", a.raw)
		}
		short := a.str("access_token")
		if again := redeem(c, back.Query().Get("code")); again.body["code"] != json.Number("400") || again.str("error_message") == "" {
			t.Errorf("a code was taken twice: %s", again.raw)
		}
		a = c.get("/access_token", "grant_type", "th_exchange_token", "client_secret", "app-secret", "access_token", short)
		c.token = a.str("access_token")
		if c.token == "" || a.str("token_type") != "bearer" || a.body["expires_in"] != json.Number("5184000") {
			t.Fatalf("exchange: %s", a.raw)
		}
		if a := c.get("/v1.0/me", "fields", "id,username"); a.str("username") != "paper" {
			t.Errorf("me: %s", a.raw)
		}
		if a := c.get("/me/replies"); a.code() != "10" {
			t.Errorf("a permission that was not asked for: %s", a.raw)
		}
		c.publish(c.create("x"))
		if len(s.Visible("paper")) != 1 {
			t.Error("nothing visible")
		}
	})
}

// issued signs in and returns the token.
func (c *client) issued() string {
	c.t.Helper()
	back, err := url.Parse(authorize(c).header.Get("Location"))
	if err != nil {
		c.t.Fatal(err)
	}
	short := redeem(c, back.Query().Get("code")).str("access_token")
	v := values("grant_type", "th_exchange_token", "client_secret", "app-secret", "access_token", short)
	a, err := c.try(c.t.Context(), "GET", "/access_token", v)
	if err != nil || a.str("access_token") == "" {
		c.t.Fatalf("exchange: %s %v", a.raw, err)
	}
	return a.str("access_token")
}

func TestSignInRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := start(t, app())
		c.token = ""
		if a := authorize(c, "client_id", "456"); a.code() != "4476002" {
			t.Errorf("wrong app: %s", a.raw)
		}
		if a := authorize(c, "redirect_uri", "https://paper.example/back/"); a.code() == "" {
			t.Errorf("wrong redirect: %s", a.raw)
		}
		if a := authorize(c, "scope", "threads_content_publish"); a.code() != "100" {
			t.Errorf("without threads_basic: %s", a.raw)
		}
		code := func() string {
			back, err := url.Parse(authorize(c).header.Get("Location"))
			if err != nil {
				t.Fatal(err)
			}
			return back.Query().Get("code")
		}
		for name, a := range map[string]answer{
			"wrong code":     redeem(c, "no"),
			"wrong secret":   redeem(c, code(), "client_secret", "no"),
			"wrong redirect": redeem(c, code(), "redirect_uri", "https://paper.example/"),
			"wrong grant":    redeem(c, code(), "grant_type", "password"),
		} {
			if a.status != 400 || a.str("error_type") != "OAuthException" || a.body["error"] != nil {
				t.Errorf("%s: %d %s", name, a.status, a.raw)
			}
		}
		late := code()
		time.Sleep(time.Hour)
		if a := redeem(c, late); a.str("error_message") == "" {
			t.Errorf("code after an hour: %s", a.raw)
		}
		s.DenyLogin(true)
		if to := authorize(c).header.Get("Location"); !strings.Contains(to, "error=access_denied") || strings.Contains(to, "code=") {
			t.Errorf("denied: %s", to)
		}
	})
}

func TestAppToken(t *testing.T) {
	_, c := start(t, app())
	a := c.get("/oauth/access_token", "grant_type", "client_credentials", "client_id", "123", "client_secret", "app-secret")
	c.token = a.str("access_token")
	if !strings.HasPrefix(c.token, "TH|123|") {
		t.Fatalf("app token: %s", a.raw)
	}
	if a := c.get("/debug_token", "input_token", secret); !strings.Contains(a.raw, `"is_valid":true`) {
		t.Errorf("debug_token: %s", a.raw)
	}
	if a := c.get("/me"); a.code() != "190" {
		t.Errorf("me with an app's token: %s", a.raw)
	}
}

func TestExchangeOfALongToken(t *testing.T) {
	_, c := start(t, threadstest.Options{})
	if a := c.get("/access_token", "grant_type", "th_exchange_token", "client_secret", "x"); a.code() != "452/4279019" {
		t.Errorf("exchange: %s", a.raw)
	}
}

func TestRefresh(t *testing.T) {
	for _, knob := range []threadstest.OldToken{"", threadstest.OldTokenValid, threadstest.OldTokenInvalid} {
		t.Run(string(knob), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, c := start(t, threadstest.Options{Knobs: threadstest.Knobs{OldTokenAfterRefresh: knob}})
				refresh := func() answer { return c.get("/refresh_access_token", "grant_type", "th_refresh_token") }
				if a := refresh(); a.code() != "100" {
					t.Errorf("too young: %s", a.raw)
				}
				time.Sleep(day)
				a := refresh()
				fresh := a.str("access_token")
				if fresh == "" || fresh == secret || a.body["expires_in"] != json.Number("5184000") {
					t.Fatalf("refresh: %s", a.raw)
				}
				want := ""
				if knob == threadstest.OldTokenInvalid {
					want = "190/467"
				}
				if a := c.get("/me"); a.code() != want {
					t.Errorf("old token: %s", a.raw)
				}
				c.token = fresh
				time.Sleep(60*day - 1)
				if a := c.get("/me"); a.code() != "" {
					t.Errorf("just before the end: %s", a.raw)
				}
				time.Sleep(time.Nanosecond)
				if a := c.get("/me"); a.code() != "190/463" {
					t.Errorf("expired: %s", a.raw)
				}
				if a := refresh(); a.code() != "190/463" {
					t.Errorf("refresh of an expired token: %s", a.raw)
				}
			})
		})
	}
}

func TestTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		s, c := start(t, threadstest.Options{})
		s.AddUser("paper", "old", threadstest.Issued(now.Add(-59*day)), threadstest.Scopes("threads_basic"))
		s.AddUser("paper", "dead", threadstest.Expires(now))
		s.Revoke(secret, 190, 460)
		for token, want := range map[string]string{"": "190/467", "nonsense": "190/467", "dead": "190/463", secret: "190/460", "old": ""} {
			c.token = token
			for _, path := range []string{"/me", "/v1.0/me/threads", "/me/threads_publishing_limit"} {
				if a := c.get(path); a.code() != want {
					t.Errorf("%q %s: %s, want %s", token, path, a.raw, want)
				}
			}
		}
		c.token = "old"
		a := c.get("/debug_token", "input_token", "old")
		data, _ := a.body["data"].(map[string]any)
		if data["expires_at"] != json.Number(timestamp(now.Add(day))) || data["is_valid"] != true || len(data["scopes"].([]any)) != 1 {
			t.Errorf("debug_token: %s", a.raw)
		}
		if a := c.get("/debug_token", "input_token", secret); !strings.Contains(a.raw, `"is_valid":false`) {
			t.Errorf("debug_token of a revoked token: %s", a.raw)
		}
		s.Revoke(secret, 0, 0)
		c.token = ""
		if a := c.get("/me", "access_token", secret); a.code() != "" {
			t.Errorf("valid again, as a parameter: %s", a.raw)
		}
	})
}

func timestamp(t time.Time) string {
	b, _ := json.Marshal(t.Unix())
	return string(b)
}

func TestTokenErrorStatus(t *testing.T) {
	for knob, want := range map[int]int{0: 400, 400: 400, 401: 401} {
		_, c := start(t, threadstest.Options{Knobs: threadstest.Knobs{TokenErrorHTTP: knob}})
		c.token = "nonsense"
		if a := c.get("/me"); a.status != want || a.code() != "190/467" {
			t.Errorf("knob %d: %d %s", knob, a.status, a.raw)
		}
	}
}
