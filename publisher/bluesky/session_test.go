package bluesky

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/publisher"
	"spool/publisher/bluesky/blueskytest"
)

// TestNinetyDays: an account that is looked after each hour and posts twice a
// day signs in once in ninety days, whatever befalls one request in twenty and
// however often the process restarts.
func TestNinetyDays(t *testing.T) {
	for _, life := range []time.Duration{0, 10 * time.Minute, 25 * time.Hour} {
		if testing.Short() && life != 25*time.Hour {
			continue // a quarter is long under the race detector
		}
		t.Run(life.String(), func(t *testing.T) {
			bubble(t, blueskytest.Options{Knobs: blueskytest.Knobs{AccessLife: life}}, func(w *world) {
				w.server.Plan(blueskytest.Rule{Probability: 0.05, Action: blueskytest.CommitThenDrop()}, blueskytest.Rule{Probability: 0.02, Action: blueskytest.Status(502, "<html>")})
				w.quarter()
				if n := w.server.SignIns(testUser, time.Time{}); n > 3 {
					t.Errorf("the account has signed in %d times", n)
				}
				for _, v := range w.server.Violations() {
					t.Errorf("violation: %s", v)
				}
				if got := w.server.Visible(testUser); len(got) != 180 {
					t.Errorf("a reader sees %d posts, want 180", len(got))
				}
			})
		})
	}
}

// quarter lives through ninety days.
func (w *world) quarter() {
	for hour := range 90 * 24 {
		for {
			_, err := w.client.Keep(w.t.Context())
			if err == nil {
				break
			}
			if f := w.failure(err); f.Kind == spool.Credentials || f.Kind == spool.Permanent {
				w.t.Fatalf("hour %d: %v", hour, f)
			}
			pause(20 * time.Second) // as the scheduler does
		}
		if hour%12 == 5 {
			p := newPost()
			p.ID = fmt.Sprint("p", hour)
			p.Content.Text = fmt.Sprintf("Bulletin %d", hour)
			if p = w.drive(p); p.State != spool.Live {
				w.t.Fatalf("hour %d: the post is %s: %s", hour, p.State, p.Reason)
			}
		}
		if hour%100 == 99 {
			w.open()
		}
		w.past = nil
		pause(time.Hour)
	}
}

// TestBlip: passing troubles of renewing leave the session as it is.
func TestBlip(t *testing.T) {
	bubble(t, blueskytest.Options{}, func(w *world) {
		w.keep()
		pause(100 * time.Minute) // time for the next session
		before := w.tokens.token.Value
		w.server.Plan(blueskytest.Rule{Op: blueskytest.OpRefresh, Action: blueskytest.Status(500, "")})
		w.keep()
		if w.tokens.token.Value != before || w.count(blueskytest.OpRefresh) == 0 {
			t.Error("the session changed, or nobody tried to renew it")
		}
		w.server.Plan()
		pause(5 * time.Minute)
		if got := w.keep(); !got.Renewed || w.tokens.token.Value == before {
			t.Errorf("the session was not renewed after the trouble: %+v", got)
		}
		if n := w.server.SignIns(testUser, time.Time{}); n != 1 {
			t.Errorf("%d sign-ins, want 1", n)
		}
	})
}

// TestLostRenewal: the answer that brings the next session is lost, and so is
// the next process's.
func TestLostRenewal(t *testing.T) {
	for _, grace := range []blueskytest.RefreshGrace{blueskytest.GraceHours, blueskytest.GraceNone} {
		t.Run(string(grace), func(t *testing.T) {
			bubble(t, blueskytest.Options{Knobs: blueskytest.Knobs{RefreshGrace: grace}}, func(w *world) {
				w.keep()
				pause(3 * time.Hour)
				w.server.Plan(blueskytest.Rule{Op: blueskytest.OpRefresh, Times: 2, Action: blueskytest.CommitThenDrop()})
				for range 10 {
					_, _ = w.client.Keep(w.t.Context())
					pause(5 * time.Minute)
					w.open()
				}
				w.keep()
				want := map[blueskytest.RefreshGrace]int{blueskytest.GraceHours: 1, blueskytest.GraceNone: 2}[grace]
				if n := w.server.SignIns(testUser, time.Time{}); n != want {
					t.Errorf("%d sign-ins, want %d", n, want)
				}
			})
		})
	}
}

// TestSessionIsStoredFirst: a session that cannot be stored is not used, and is
// stored as soon as it can be.
func TestSessionIsStoredFirst(t *testing.T) {
	bubble(t, blueskytest.Options{}, func(w *world) {
		w.keep()
		pause(3 * time.Hour)
		w.tokens.fails = errors.New("the database is away")
		before := len(w.server.Requests())
		for range 3 {
			_, err := w.client.Keep(w.t.Context())
			if f := w.failure(err); f.Kind != spool.Temporary {
				w.t.Fatalf("the failure is %v, want a temporary one", f)
			}
		}
		for _, r := range w.server.Requests()[before:] {
			if r.Op != blueskytest.OpRefresh {
				t.Errorf("%s was asked with a session that is not stored", r.Op)
			}
		}
		w.tokens.fails = nil
		if got := w.keep(); !got.Renewed || got.Expires.Before(time.Now().Add(89*24*time.Hour)) {
			t.Errorf("the credential is %+v", got)
		}
		if n := w.count(blueskytest.OpRefresh); n != 1 {
			t.Errorf("the session was renewed %d times, want once", n)
		}
	})
}

// TestAnotherProcessRenews: what another process has stored meanwhile counts.
func TestAnotherProcessRenews(t *testing.T) {
	bubble(t, blueskytest.Options{}, func(w *world) {
		first := w.client
		w.keep()
		w.open()
		for range 50 {
			for _, c := range []*Client{first, w.client} {
				if _, err := c.Keep(w.t.Context()); err != nil {
					w.t.Fatal(err)
				}
				pause(37 * time.Minute)
			}
		}
		if n := w.server.SignIns(testUser, time.Time{}); n != 1 {
			t.Errorf("%d sign-ins, want 1", n)
		}
	})
}

// TestServerForgets: sessions that end before their time cost one sign-in.
func TestServerForgets(t *testing.T) {
	bubble(t, blueskytest.Options{}, func(w *world) {
		w.keep()
		w.server.EndSessions(testUser)
		p := w.drive(newPost())
		if p.State != spool.Live {
			w.t.Fatalf("the post is %s: %s", p.State, p.Reason)
		}
		w.visible(1)
		if n := w.server.SignIns(testUser, time.Time{}); n != 2 {
			t.Errorf("%d sign-ins, want 2", n)
		}
	})
}

// TestRenamed: an account that takes another handle stays signed in, and its
// posts' addresses follow.
func TestRenamed(t *testing.T) {
	bubble(t, blueskytest.Options{}, func(w *world) {
		w.keep()
		w.server.Rename(testUser, "new.example.org")
		w.keep()
		p := w.drive(newPost())
		if !strings.Contains(p.Receipt.URL, "/profile/new.example.org/post/") {
			t.Errorf("the address is %s", p.Receipt.URL)
		}
	})
}

func TestClaims(t *testing.T) {
	token := func(payload string) string {
		return "e30." + base64.RawURLEncoding.EncodeToString([]byte(payload)) + ".x"
	}
	cases := []struct {
		jwt  string
		life time.Duration
		end  int64
	}{
		{token(`{"iat":1000,"exp":8200}`), 2 * time.Hour, 8200},
		{token(`{"exp":8200.5}`), 0, 8200},
		{token(`{"iat":9000,"exp":8200}`), 0, 0},
		{token(`{"exp":"soon"}`), 0, 0},
		{token(`{"exp":1e99}`), 0, 0},
		{token(`{"exp":-1}`), 0, 0},
		{token(`[`), 0, 0},
		{"no token", 0, 0},
		{"a.b", 0, 0},
		{"a.!!.c", 0, 0},
		{"", 0, 0},
	}
	for _, c := range cases {
		k := readClaims(c.jwt)
		end := int64(0)
		if !k.end().IsZero() {
			end = k.end().Unix()
		}
		if k.life() != c.life || end != c.end {
			t.Errorf("%s: %v, %d; want %v, %d", c.jwt, k.life(), end, c.life, c.end)
		}
	}
}

func FuzzClaims(f *testing.F) {
	f.Add("e30.e30.e30")
	f.Add("a." + base64.RawURLEncoding.EncodeToString([]byte(`{"iat":1,"exp":2}`)) + ".c")
	f.Fuzz(func(t *testing.T, jwt string) {
		k := readClaims(jwt)
		if k.life() < 0 || k.life() > 280*365*24*time.Hour {
			t.Errorf("a life of %v", k.life())
		}
	})
}

// TestClocks: a clock that is wrong by a day, either way, or jumps, changes
// nothing about the rhythm of renewing.
func TestClocks(t *testing.T) {
	for _, shift := range []time.Duration{-26 * time.Hour, 26 * time.Hour} {
		t.Run(shift.String(), func(t *testing.T) {
			bubble(t, blueskytest.Options{}, func(w *world) {
				w.opts.Now = func() time.Time { return time.Now().Add(shift) }
				w.open()
				for range 24 * 6 {
					w.keep()
					pause(10 * time.Minute)
				}
				if n := w.count(blueskytest.OpRefresh); n < 12 || n > 24 {
					t.Errorf("%d renewals within a day", n)
				}
				if n := w.server.SignIns(testUser, time.Time{}); n != 1 {
					t.Errorf("%d sign-ins", n)
				}
			})
		})
	}
}

// TestStrangeSessions: whatever is stored, the account signs in anew rather than
// failing, and nothing of it is said.
func TestStrangeSessions(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 1))
	for _, value := range []string{"", "null", "{}", "[]", "not JSON " + testPassword, `{"v":9}`, `{"v":1,"refresh":""}`, fmt.Sprint(dice.Uint64())} {
		bubble(t, blueskytest.Options{}, func(w *world) {
			w.tokens.token = publisher.Token{Value: value}
			w.keep()
			var s session
			if json.Unmarshal([]byte(w.tokens.token.Value), &s) != nil || s.DID == "" {
				t.Errorf("what is stored is no session: %s", w.tokens.token.Value)
			}
			if text := fmt.Sprintf("%v %+v %#v %s", s, s, s, w.opts); strings.Contains(text, s.Access) || strings.Contains(text, testPassword) {
				t.Errorf("printing it shows a secret: %s", text)
			}
			w.secret("the log", w.logs.String())
		})
	}
}
