package threads

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/publisher"
	"spool/publisher/threads/threadstest"
)

const day = 24 * time.Hour

func (w *world) keep() (publisher.Credential, *spool.Failure) {
	w.t.Helper()
	c, err := w.client.Keep(w.t.Context())
	w.secret("the warning", c.Warning)
	if err == nil {
		return c, nil
	}
	return c, w.failure(err)
}

// TestKeepLearnsAndRenews: a pasted token whose end nobody knew is renewed
// weekly for as long as the process runs, and never lost.
func TestKeepLearnsAndRenews(t *testing.T) {
	for _, old := range []threadstest.OldToken{threadstest.OldTokenValid, threadstest.OldTokenInvalid} {
		bubble(t, threadstest.Options{Knobs: threadstest.Knobs{OldTokenAfterRefresh: old}}, func(w *world) {
			renewed := 0
			for range 200 { // days
				c, f := w.keep()
				if f != nil {
					t.Fatal(f)
				}
				if left := time.Until(c.Expires); left < 52*day || c.Warning != "" {
					t.Fatalf("%v left, warning %q", left, c.Warning)
				}
				if c.Renewed {
					renewed++
				}
				pause(day)
			}
			if renewed < 25 || renewed > 30 {
				t.Errorf("renewed %d times in 200 days, want weekly", renewed)
			}
			w.visible(0)
			if strings.Contains(w.logs.String(), w.tokens.token.Value) {
				t.Error("the renewed token is in the log")
			}
		})
	}
}

// TestKeepSurvivesTrouble: whatever a renewal meets, the token that works stays.
func TestKeepSurvivesTrouble(t *testing.T) {
	verify := func(a threadstest.Action) threadstest.Rule { // of the renewed token: the second question in one Keep
		return threadstest.Rule{Op: threadstest.OpMe, Nth: 3, Action: a}
	}
	tests := map[string]threadstest.Rule{
		"renewal 500":               {Op: threadstest.OpRefresh, Nth: 1, Action: threadstest.Status(500, "")},
		"renewal cut":               {Op: threadstest.OpRefresh, Nth: 1, Action: threadstest.DropBefore()},
		"renewal garbage":           {Op: threadstest.OpRefresh, Nth: 1, Action: threadstest.Garbage().WithoutEffect()},
		"renewal without a token":   {Op: threadstest.OpRefresh, Nth: 1, Action: threadstest.Status(200, `{"token_type":"bearer"}`)},
		"renewal throttled":         {Op: threadstest.OpRefresh, Nth: 1, Action: threadstest.Throttle(nil)},
		"renewal gives a dead one":  {Op: threadstest.OpRefresh, Nth: 1, Action: threadstest.Status(200, `{"access_token":"THQVJdead000","expires_in":5184000}`)},
		"the new one is asked: 500": verify(threadstest.Status(500, "")),
		"the new one is asked: cut": verify(threadstest.DropBefore()),
		"inspection refused":        {Op: threadstest.OpDebug, Action: threadstest.Error(400, 100, 0, "no")},
	}
	for name, rule := range tests {
		for _, old := range []threadstest.OldToken{threadstest.OldTokenValid, threadstest.OldTokenInvalid} {
			t.Run(name+", old "+string(old), func(t *testing.T) {
				bubble(t, threadstest.Options{Knobs: threadstest.Knobs{OldTokenAfterRefresh: old}}, func(w *world) {
					w.tokens.token.Issued, w.tokens.token.Expires = time.Now(), time.Now().Add(60*day)
					w.server.Plan(rule)
					if _, f := w.keep(); f != nil {
						t.Fatal(f)
					}
					pause(8 * day)
					if _, f := w.keep(); f != nil && f.Kind == spool.Credentials {
						t.Errorf("a passing trouble stops the account: %v", f)
					}
					pause(time.Hour)
					c, f := w.keep()
					if f != nil || time.Until(c.Expires) < 58*day {
						t.Errorf("%v left after the next try, %v", time.Until(c.Expires), f)
					}
					if p := w.drive(newPost()); p.State != spool.Live {
						t.Errorf("the post is %s: %s", p.State, p.Reason)
					}
				})
			})
		}
	}
}

// TestKeepWhenTheOldTokenDies: a renewed token that could not be verified is
// taken at once when the one before it turns out to be dead.
func TestKeepWhenTheOldTokenDies(t *testing.T) {
	bubble(t, threadstest.Options{Knobs: threadstest.Knobs{OldTokenAfterRefresh: threadstest.OldTokenInvalid}}, func(w *world) {
		w.tokens.token.Issued, w.tokens.token.Expires = time.Now(), time.Now().Add(60*day)
		pause(8 * day)
		w.server.Plan(threadstest.Rule{Op: threadstest.OpMe, Nth: 2, Action: threadstest.Status(500, "")})
		if c, f := w.keep(); f != nil || !c.Renewed {
			t.Errorf("got %+v, %v", c, f)
		}
		if p := w.drive(newPost()); p.State != spool.Live {
			t.Errorf("the post is %s: %s", p.State, p.Reason)
		}
	})
}

func TestKeepWhenTheTokenCannotBeSaved(t *testing.T) {
	bubble(t, threadstest.Options{}, func(w *world) {
		w.tokens.token.Issued, w.tokens.token.Expires = time.Now(), time.Now().Add(60*day)
		pause(8 * day)
		w.tokens.fails = errors.New("disk full")
		c, f := w.keep()
		if f != nil || c.Renewed {
			t.Errorf("got %+v, %v", c, f)
		}
		w.tokens.fails = nil
		if c, f = w.keep(); f != nil || !c.Renewed {
			t.Errorf("once it can be saved: %+v, %v", c, f)
		}
		if n := len(requests(w, threadstest.OpRefresh)); n != 1 {
			t.Errorf("%d renewals, want 1", n)
		}
	})
}

func requests(w *world, op threadstest.Op) []threadstest.Request {
	var all []threadstest.Request
	for _, r := range w.server.Requests() {
		if r.Op == op {
			all = append(all, r)
		}
	}
	return all
}

// TestKeepWarns: where renewing fails for weeks, a person is told at each
// threshold, and then that the account is out.
func TestKeepWarns(t *testing.T) {
	bubble(t, threadstest.Options{}, func(w *world) {
		w.server.Plan(threadstest.Rule{Op: threadstest.OpRefresh, Action: threadstest.Status(500, "")})
		var said []string
		for d := range 60 {
			c, f := w.keep()
			if f != nil {
				t.Fatalf("day %d: %v", d, f)
			}
			if c.Warning != "" && (len(said) == 0 || said[len(said)-1] != c.Warning) {
				said = append(said, c.Warning)
			}
			pause(day)
		}
		if len(said) != 4 {
			t.Errorf("warnings:\n%s", strings.Join(said, "\n"))
		}
		for i, days := range []string{"30 days", "14 days", "7 days", "2 days"} {
			if i < len(said) && (!strings.Contains(said[i], days) || !strings.Contains(said[i], "spool login city-desk")) {
				t.Errorf("warning %d: %s", i, said[i])
			}
		}
		if _, f := w.keep(); f == nil || f.Kind != spool.Credentials || !strings.Contains(f.Error(), "expired") {
			t.Errorf("after sixty days: %v", f)
		}
	})
}

func TestKeepFailures(t *testing.T) {
	tests := map[string]struct {
		prepare func(w *world)
		kind    spool.Kind
		words   string
	}{
		"revoked":       {func(w *world) { w.server.Revoke(testToken, 190, 460) }, spool.Credentials, "password"},
		"no token":      {func(w *world) { w.tokens.token = Token{} }, spool.Credentials, "spool login"},
		"network down":  {func(w *world) { w.server.Plan(threadstest.Rule{Action: threadstest.Refuse()}) }, spool.Temporary, ""},
		"server error":  {func(w *world) { w.server.Plan(threadstest.Rule{Action: threadstest.Status(503, "<html>")}) }, spool.Temporary, ""},
		"throttled":     {func(w *world) { w.server.Plan(threadstest.Rule{Action: threadstest.Throttle(nil)}) }, spool.Throttled, ""},
		"without right": {func(w *world) { w.server.AddUser(testUser, testToken, threadstest.Scopes("threads_basic")) }, spool.Credentials, "threads_content_publish"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, threadstest.Options{}, func(w *world) {
				tt.prepare(w)
				_, f := w.keep()
				if f == nil || f.Kind != tt.kind || !strings.Contains(f.Error(), tt.words) {
					t.Errorf("got %v, want %s with %q", f, tt.kind, tt.words)
				}
				if w.tokens.swaps > 0 {
					t.Error("the token was replaced")
				}
			})
		})
	}
}

// TestKeepRemembersRefusals: an account that may sign in but not post is not
// reported as mended, or its posts would be tried every ten minutes for ever.
func TestKeepRemembersRefusals(t *testing.T) {
	bubble(t, threadstest.Options{}, func(w *world) {
		w.server.Restrict(testUser, true)
		if p := w.drive(newPost()); p.State != spool.Held || p.Hold != spool.HoldCredentials {
			t.Fatalf("the post is %s: %s", p.State, p.Reason)
		}
		if _, f := w.keep(); f == nil || f.Kind != spool.Credentials {
			t.Errorf("Keep says %v, want credentials", f)
		}
		w.server.Restrict(testUser, false)
		pause(7 * time.Hour)
		if _, f := w.keep(); f != nil {
			t.Errorf("Keep says %v hours later", f)
		}
	})
}

func TestAuthorizeURL(t *testing.T) {
	app := App{ID: "123", Redirect: "https://paper.example/done?x=1"}
	u, err := url.Parse(app.AuthorizeURL("st&te"))
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if u.Host != "threads.com" || u.Path != "/oauth/authorize" || q.Get("state") != "st&te" || q.Get("redirect_uri") != app.Redirect ||
		q.Get("client_id") != "123" || q.Get("response_type") != "code" || !strings.Contains(q.Get("scope"), publishScope) {
		t.Errorf("got %s", u)
	}
}

func TestParseRedirect(t *testing.T) {
	tests := []struct {
		pasted, code string
		err          error
	}{
		{"https://paper.example/done?code=AQx&state=s#_", "AQx", nil},
		{"  'https://paper.example/done?state=s&code=AQx%23_' \n", "AQx", nil},
		{"https://paper.example/done?error=access_denied&error_reason=user_denied&state=s", "", ErrDenied},
		{"https://paper.example/done?code=AQx&state=other", "", ErrState},
		{"https://paper.example/done?code=AQx", "", ErrState},
		{"https://paper.example/done?state=s", "", ErrNoCode},
		{"https://paper.example/done?code=%23_&state=s", "", ErrNoCode},
		{"AQx", "", ErrNotAnURL},
		{"", "", ErrNotAnURL},
		{"https://pa per.example/?code=1", "", ErrNotAnURL},
	}
	for _, tt := range tests {
		code, err := ParseRedirect(tt.pasted, "s")
		if code != tt.code || !errors.Is(err, tt.err) {
			t.Errorf("ParseRedirect(%q) = %q, %v; want %q, %v", tt.pasted, code, err, tt.code, tt.err)
		}
		if err != nil && strings.Contains(err.Error(), "AQx") {
			t.Errorf("the code is in %q", err)
		}
	}
	_, err := ParseRedirect("https://paper.example/done?error=server_error&state=s", "s")
	if err == nil || !strings.Contains(err.Error(), "server_error") {
		t.Errorf("got %v", err)
	}
}
