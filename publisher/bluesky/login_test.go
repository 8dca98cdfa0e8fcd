package bluesky

import (
	"errors"

	"strings"
	"testing"
	"time"

	"spool"
	"spool/publisher"
	"spool/publisher/bluesky/blueskytest"
)

// TestRestartLoop: a process that dies at once, for days, and forgets its
// session each time, signs in five times a day.
func TestRestartLoop(t *testing.T) {
	bubble(t, blueskytest.Options{}, func(w *world) {
		w.tokens.fails = errors.New("the database is read-only")
		begun, throttled := time.Now(), false
		for time.Since(begun) < 72*time.Hour {
			w.open()
			_, err := w.client.Keep(w.t.Context())
			f := w.failure(err)
			throttled = throttled || f.Kind == spool.Throttled
			if f.Kind == spool.Throttled && !strings.Contains(f.Error(), "5 times within a day") {
				w.t.Fatalf("the pause is not explained: %v", f)
			}
			pause(10 * time.Minute)
		}
		if n := w.server.SignIns(testUser, begun); n > 15 || n < 10 || !throttled {
			t.Errorf("%d sign-ins in three days, throttled: %v", n, throttled)
		}
	})
}

// TestSigningInFails: whatever goes wrong with signing in, it is tried five
// times a day at most, and works again when the network does.
func TestSigningInFails(t *testing.T) {
	for _, f := range blueskytest.AllFaults(20 * time.Second) {
		t.Run(f.Name, func(t *testing.T) {
			bubble(t, blueskytest.Options{}, func(w *world) {
				w.server.Plan(blueskytest.Rule{Op: blueskytest.OpSignIn, Action: f.Action})
				begun := time.Now()
				for time.Since(begun) < 24*time.Hour {
					if _, err := w.client.Keep(w.t.Context()); err == nil {
						return // slow, but in
					}
					pause(20 * time.Second)
				}
				// What never leaves does not count.
				if n := w.server.SignIns(testUser, begun); n > 5 && f.Name != "refuse" {
					t.Errorf("%d attempts to sign in within a day", n)
				}
				w.server.Plan()
				pause(time.Hour)
				w.keep()
				w.secret("the log", w.logs.String())
			})
		})
	}
}

// TestNeverArrived: an attempt to sign in that never left this machine does not
// count: the account is in as soon as the network is there.
func TestNeverArrived(t *testing.T) {
	bubble(t, blueskytest.Options{}, func(w *world) {
		w.server.Plan(blueskytest.Rule{Action: blueskytest.Refuse()})
		for range 100 {
			_, err := w.client.Keep(w.t.Context())
			if f := w.failure(err); f.Kind != spool.Temporary {
				w.t.Fatalf("the failure is %v", f)
			}
			pause(20 * time.Second)
		}
		w.server.Plan()
		w.keep()
	})
}

// TestDeletedPassword: that the app password was deleted is told as soon as the
// session cannot be renewed, though its access token is good for a while.
func TestDeletedPassword(t *testing.T) {
	bubble(t, blueskytest.Options{}, func(w *world) {
		w.keep()
		pause(100 * time.Minute)
		w.server.AddUser(testUser, "another password")
		w.server.Plan(blueskytest.Rule{Op: blueskytest.OpRefresh, Action: blueskytest.Error(400, "ExpiredToken", "Token has been revoked")})
		_, err := w.client.Keep(w.t.Context())
		if f := w.failure(err); f.Kind != spool.Credentials {
			t.Errorf("the failure is %v", f)
		}
	})
}

// TestTurnedAwayForNow: a pause that the server wants is none of the password.
func TestTurnedAwayForNow(t *testing.T) {
	bubble(t, blueskytest.Options{}, func(w *world) {
		w.server.Plan(blueskytest.Rule{Op: blueskytest.OpSignIn, Action: blueskytest.Throttle(map[string]string{"Retry-After": "300"})})
		for range 100 {
			_, err := w.client.Keep(w.t.Context())
			if f := w.failure(err); f.Kind != spool.Throttled && f.Kind != spool.Temporary || f.Wait <= 0 {
				w.t.Fatalf("the failure is %v after %v", f, f.Wait)
			}
			pause(20 * time.Minute)
		}
		if n := w.server.SignIns(testUser, time.Time{}); n > 10 {
			t.Errorf("%d attempts within 34 hours", n)
		}
	})
}

// TestWrongPassword: it is told at once, as what a person has to mend, and not
// tried again and again; the right one is taken at once.
func TestWrongPassword(t *testing.T) {
	bubble(t, blueskytest.Options{}, func(w *world) {
		w.opts.AppPassword = "zzzz-zzzz-zzzz-zzzz"
		w.open()
		for range 2000 {
			_, err := w.client.Keep(w.t.Context())
			f := w.failure(err)
			if f.Kind != spool.Credentials || !strings.Contains(f.Error(), "app password") || strings.Contains(f.Error(), "zzzz") {
				w.t.Fatalf("the failure is %v", f)
			}
			pause(10 * time.Minute)
		}
		if n := w.server.SignIns(testUser, time.Time{}); n > 14*4+1 {
			t.Errorf("%d attempts in two weeks", n)
		}
		w.opts.AppPassword = testPassword
		w.open()
		w.keep()
	})
}

// TestEndings are the ways in which an account is lost, and found again.
func TestEndings(t *testing.T) {
	cases := []struct {
		name       string
		end, mend  func(w *world)
		kind       spool.Kind
		says       string
		signsAgain bool
	}{
		{"app password deleted", func(w *world) { w.server.Revoke(testUser) }, func(w *world) {
			w.server.AddUser(testUser, "qqqq-qqqq-qqqq-qqqq")
			w.opts.AppPassword = "qqqq-qqqq-qqqq-qqqq"
			w.open()
		}, spool.Credentials, "app password", true},
		{"taken down", func(w *world) { w.server.SetStatus(testUser, "takendown") }, func(w *world) { w.server.SetStatus(testUser, "") }, spool.Credentials, "taken the account down", false},
		{"deactivated", func(w *world) { w.server.SetStatus(testUser, "deactivated") }, func(w *world) { w.server.SetStatus(testUser, "") }, spool.Credentials, "deactivated", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, blueskytest.Options{}, func(w *world) {
				w.keep()
				c.end(w)
				_, err := w.client.Keep(w.t.Context())
				if f := w.failure(err); f.Kind != c.kind || !strings.Contains(f.Error(), c.says) {
					t.Errorf("the failure is %v", f)
				}
				p, err := w.client.Prepare(w.t.Context(), newPost())
				if err == nil && c.name != "deactivated" && c.name != "taken down" {
					t.Errorf("a post was prepared: %+v", p)
				}
				w.visible(0)
				pause(time.Minute)
				c.mend(w)
				w.keep()
				w.visible(0)
			})
		})
	}
}

// TestDeactivatedForDays: an account that is deactivated and has no session signs in
// once, not each time that somebody looks whether it is back; and when it is, it
// comes in at once.
func TestDeactivatedForDays(t *testing.T) {
	for name, before := range map[string]func(w *world){
		"without a session": func(*world) {},
		"with one":          func(w *world) { w.keep() },
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, blueskytest.Options{}, func(w *world) {
				before(w)
				w.server.SetStatus(testUser, "deactivated")
				begun := time.Now()
				for time.Since(begun) < 48*time.Hour {
					_, err := w.client.Keep(w.t.Context())
					if f := w.failure(err); f.Kind != spool.Credentials || !strings.Contains(f.Error(), "deactivated") {
						w.t.Fatalf("after %v: %v", time.Since(begun), f)
					}
					pause(10 * time.Minute)
				}
				if n := w.server.SignIns(testUser, begun); n > 1 {
					t.Errorf("%d sign-ins", n)
				}
				w.server.SetStatus(testUser, "")
				w.keep()
				w.visible(0)
			})
		})
	}
}

// TestOtherLogin: a session of another handle or server is not used.
func TestOtherLogin(t *testing.T) {
	bubble(t, blueskytest.Options{}, func(w *world) {
		w.keep()
		w.server.AddUser("other.example.org", testPassword)
		w.opts.Handle = "@Other.example.org"
		w.open()
		w.keep()
		if n := w.server.SignIns("other.example.org", time.Time{}); n != 1 {
			t.Errorf("%d sign-ins of the other account", n)
		}
		w.opts.BaseURL = "https://elsewhere.example"
		w.open()
		w.keep()
		if n := w.server.SignIns("other.example.org", time.Time{}); n != 2 {
			t.Errorf("%d sign-ins after the server changed", n)
		}
	})
}

func TestTrusted(t *testing.T) {
	c, err := New(Options{Account: "a", Handle: "a.example", Tokens: &memTokens{}, Now: time.Now, BaseURL: "http://127.0.0.1:8080"})
	if err != nil {
		t.Fatal(err)
	}
	for endpoint, want := range map[string]bool{
		"https://pds.example": true, "https://pds.example:8443": true, "http://127.0.0.1:8080": true,
		"http://pds.example": false, "https://127.0.0.1": false, "https://[::1]": false, "http://127.0.0.1:9090": false,
		"https://localhost": false, "https://localhost.": false, "https://127.1": false, "https://0x7f.1": false, "https://2130706433": false,
		"https://metadata.google.internal": false, "https://router.local": false, "https://PDS.Example": true, "https://xn--pds-bla.example": true, "https://a:b@pds.example": false, "https://pds.example/path": false, "https://pds.example?x=1": false, "": false, "https://": false,
	} {
		if got := c.trusted(endpoint); got != want {
			t.Errorf("%s: %v", endpoint, got)
		}
	}
}

// TestHome: requests go to the server that the account's document names, if that
// may be trusted with the tokens.
func TestHome(t *testing.T) {
	for pds, want := range map[string]string{"https://home.example": "https://home.example", "http://home.example": "https://pds.example", "https://10.0.0.1": "https://pds.example"} {
		bubble(t, blueskytest.Options{PDS: pds}, func(w *world) {
			w.keep()
			w.drive(newPost())
			for _, r := range w.server.Requests() {
				if r.Op != blueskytest.OpSignIn && r.Host != want {
					t.Errorf("%s went to %s, want %s", r.Op, r.Host, want)
				}
			}
		})
	}
}

// TestWarnings: a person is told at 30, 14, 7 and 2 days, and about a password
// that is not one for programs.
func TestWarnings(t *testing.T) {
	bubble(t, blueskytest.Options{}, func(w *world) {
		said := map[string]bool{}
		end := time.Now().Add(90 * 24 * time.Hour)
		for time.Now().Before(end) {
			if text := w.client.warning(publisher.Token{Expires: end}); text != "" {
				said[text] = true
			}
			pause(6 * time.Hour)
		}
		if len(said) != 4 {
			t.Errorf("said %d things: %v", len(said), said)
		}
		if text := w.client.warning(publisher.Token{}); text != "" {
			t.Errorf("an unknown end: %s", text)
		}
		w.opts.AppPassword = "hunter2hunter2"
		w.open()
		if text := w.client.warning(publisher.Token{}); !strings.Contains(text, "not an app password") || strings.Contains(text, "hunter2") {
			t.Errorf("about the password: %q", text)
		}
	})
}
