package threads

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/publisher"
	"spool/publisher/threads/threadstest"
)

// blips are what goes wrong with single requests about credentials, each in one
// of twenty.
func blips() []threadstest.Rule {
	actions := []threadstest.Action{
		threadstest.Status(500, ""), threadstest.DropBefore(), threadstest.CommitThenDrop(), threadstest.Garbage(),
		threadstest.Status(502, "<html>"), threadstest.Truncated(), threadstest.CommitThenStatus(500, ""),
		threadstest.Status(401, "<html>one moment</html>"), threadstest.Throttle(nil), threadstest.Hang(),
	}
	var rules []threadstest.Rule
	for _, op := range []threadstest.Op{threadstest.OpMe, threadstest.OpDebug, threadstest.OpRefresh} {
		for i, a := range actions {
			if op == threadstest.OpRefresh && a.Effect {
				continue // a renewal that is lost may cost the old token: see TestLostRenewal
			}
			rules = append(rules, threadstest.Rule{Op: op, Probability: 0.05 / float64(i+1), Action: a})
		}
	}
	return rules
}

// days looks after the account every hour for so long, and returns the warnings
// and on which day each was said first.
func (w *world) days(n int, check func(d int, c publisher.Credential, f *spool.Failure)) (said []string) {
	w.t.Helper()
	last := ""
	for hour := range n * 24 {
		c, f := w.keep()
		check(hour/24, c, f)
		if f == nil && c.Warning != last {
			if last = c.Warning; last != "" {
				said = append(said, fmt.Sprintf("day %d: %s", hour/24, last))
			}
		}
		pause(time.Hour)
	}
	return said
}

// TestNinetyDays: an account is looked after for three months in which requests
// fail now and then. It is never disconnected, its token is renewed, and posting
// goes on.
func TestNinetyDays(t *testing.T) {
	for _, old := range []threadstest.OldToken{threadstest.OldTokenValid, threadstest.OldTokenInvalid} {
		for seed := range uint64(3) {
			t.Run(fmt.Sprintf("old token %s, %d", old, seed), func(t *testing.T) {
				bubble(t, threadstest.Options{Seed: seed, Knobs: threadstest.Knobs{OldTokenAfterRefresh: old}}, func(w *world) {
					w.server.Plan(blips()...)
					dice, swaps := rand.New(rand.NewPCG(seed, 1)), 0
					said := w.days(90, func(d int, c publisher.Credential, f *spool.Failure) {
						switch {
						case f != nil && f.Kind == spool.Credentials:
							t.Fatalf("day %d: a blip disconnects the account: %v", d, f)
						case f == nil && !c.Expires.IsZero() && time.Until(c.Expires) < 50*day:
							t.Fatalf("day %d: it ends on %v", d, c.Expires)
						case f == nil && c.Renewed:
							swaps++
						}
						if dice.IntN(24*9) == 0 {
							w.postsOnDay(d)
						}
					})
					if len(said) > 0 || swaps < 10 || swaps > 14 {
						t.Errorf("renewed %d times, and said\n%s", swaps, strings.Join(said, "\n"))
					}
				})
			})
		}
	}
}

func (w *world) postsOnDay(d int) {
	w.t.Helper()
	p := newPost()
	p.ID = fmt.Sprint("day-", d, time.Now().Unix())
	p.Content = spool.Content{Text: p.ID}
	if p = w.drive(p); p.State != spool.Live {
		w.t.Errorf("day %d: the post is %s: %s", d, p.State, p.Reason)
	}
}

// TestNinetyDaysOfAPrivateProfile: renewing does not extend the permission, so a
// person is told well before it ends, at each threshold, and what to do.
func TestNinetyDaysOfAPrivateProfile(t *testing.T) {
	for _, restarts := range []bool{false, true} {
		bubble(t, threadstest.Options{Knobs: threadstest.Knobs{PrivateProfile: true}}, func(w *world) {
			begun := time.Now()
			said := w.days(91, func(d int, c publisher.Credential, f *spool.Failure) {
				switch over := !time.Now().Before(begun.Add(90 * day)); {
				case over && (f == nil || f.Kind != spool.Credentials):
					t.Fatalf("day %d: after the end: %+v, %v", d, c, f)
				case over:
				case f != nil:
					t.Fatalf("day %d: %v", d, f)
				case c.Expires.After(begun.Add(90 * day)), d >= 40 && c.Expires.Sub(begun).Round(time.Hour) != 90*day:
					t.Fatalf("day %d: the earliest end is after %v, want 90 days", d, c.Expires.Sub(begun))
				}
				if restarts {
					w.restart()
				}
			})
			for i, want := range []string{"day 60: ", "day 76: ", "day 83: ", "day 88: "} {
				if i >= len(said) || !strings.HasPrefix(said[i], want) || !strings.Contains(said[i], "spool login city-desk") || !strings.Contains(said[i], "permission") {
					t.Fatalf("warning %d is not of %s:\n%s", i+1, want, strings.Join(said, "\n"))
				}
			}
			if len(said) != 4 {
				t.Errorf("warnings:\n%s", strings.Join(said, "\n"))
			}
			w.logsIn("THQVJtestfresh0123456789abcdef")
			if c, f := w.keep(); f != nil || c.Warning != "" || time.Until(c.Expires) < 59*day {
				t.Errorf("after signing in again: %+v, %v", c, f)
			}
		})
	}
}

// restart is a new process with the same database.
func (w *world) restart() {
	w.t.Helper()
	client, err := New(w.client.o)
	if err != nil {
		w.t.Fatal(err)
	}
	w.client = client
}

// logsIn is a person signing in again.
func (w *world) logsIn(value string) {
	w.server.AddUser(testUser, value)
	w.tokens.token = Token{Value: value, Issued: time.Now(), Expires: time.Now().Add(60 * day), Checked: time.Now(), Origin: "login"}
}

// TestNinetyDaysOfSilence: where the network tells nothing of a token but that it
// is good, nobody is warned of what nobody knows, and debug_token is not asked for
// hour by hour.
func TestNinetyDaysOfSilence(t *testing.T) {
	bubble(t, threadstest.Options{}, func(w *world) {
		w.tokens.token.Issued, w.tokens.token.Expires = time.Now(), time.Now().Add(60*day)
		w.server.Plan(threadstest.Rule{Op: threadstest.OpDebug, Action: threadstest.Error(400, 100, 0, "no")})
		said := w.days(90, func(d int, c publisher.Credential, f *spool.Failure) {
			if f != nil || c.Expires.IsZero() || time.Until(c.Expires) < 50*day {
				t.Fatalf("day %d: %+v, %v", d, c, f)
			}
		})
		if n := len(requests(w, threadstest.OpDebug)); len(said) > 0 || n > 120 {
			t.Errorf("%d inspections; warnings:\n%s", n, strings.Join(said, "\n"))
		}
	})
}

// TestEmptyInspection: an answer without anything in it says nothing, also not that
// the permission has no end.
func TestEmptyInspection(t *testing.T) {
	bubble(t, threadstest.Options{Knobs: threadstest.Knobs{PrivateProfile: true}}, func(w *world) {
		for d := range 40 {
			if d == 5 {
				w.server.Plan(threadstest.Rule{Op: threadstest.OpDebug, Action: threadstest.Status(200, `{"data":{}}`)})
			}
			if _, f := w.keep(); f != nil {
				t.Fatal(f)
			}
			pause(day)
		}
		if c, _ := w.keep(); time.Until(c.Expires) > 51*day {
			t.Errorf("it ends on %v, after more than the 90 days of the permission", c.Expires)
		}
	})
}

// TestPermissionThatEnded: a network may say that it has ended, and go on.
func TestPermissionThatEnded(t *testing.T) {
	bubble(t, threadstest.Options{}, func(w *world) {
		ended := time.Now().Add(-48 * time.Hour)
		w.server.Plan(threadstest.Rule{Op: threadstest.OpDebug, Action: threadstest.Status(200, fmt.Sprintf(`{"data":{"data_access_expires_at":%d}}`, ended.Unix()))})
		c, f := w.keep()
		if f != nil || !strings.Contains(c.Warning, "ended on "+ended.UTC().Format(time.DateOnly)) || !c.Expires.Equal(ended) {
			t.Errorf("got %+v, %v", c, f)
		}
	})
}

// TestLostRenewal: the answer to a renewal is lost, on a network that kills the
// old token by it. Then the account is out, and a person is told what to do; on
// one that keeps the old token nothing happened.
func TestLostRenewal(t *testing.T) {
	for _, old := range []threadstest.OldToken{threadstest.OldTokenValid, threadstest.OldTokenInvalid} {
		bubble(t, threadstest.Options{Knobs: threadstest.Knobs{OldTokenAfterRefresh: old}}, func(w *world) {
			w.tokens.token.Issued, w.tokens.token.Expires = time.Now(), time.Now().Add(60*day)
			pause(8 * day)
			w.server.Plan(threadstest.Rule{Op: threadstest.OpRefresh, Nth: 1, Action: threadstest.CommitThenDrop()})
			if _, f := w.keep(); f != nil {
				t.Errorf("the lost answer itself: %v", f)
			}
			pause(time.Hour)
			_, f := w.keep()
			dead := f != nil && f.Kind == spool.Credentials && strings.Contains(f.Error(), "spool login")
			if dead != (old == threadstest.OldTokenInvalid) {
				t.Errorf("old token %s: %v", old, f)
			}
		})
	}
}

// TestMissingRights: what the account did not grant is named, with what it is
// needed for; posting goes on.
func TestMissingRights(t *testing.T) {
	bubble(t, threadstest.Options{}, func(w *world) {
		w.server.AddUser(testUser, testToken, threadstest.Scopes("threads_basic", publishScope, "threads_read_replies"))
		c, f := w.keep()
		if f != nil || !strings.Contains(c.Warning, "threads_manage_replies (to reply") || !strings.Contains(c.Warning, "threads_delete (to withdraw") ||
			strings.Contains(c.Warning, "read_replies") || !strings.Contains(c.Warning, "spool login city-desk") {
			t.Errorf("the warning is %q, %v", c.Warning, f)
		}
		w.restart()
		if again, f := w.keep(); f != nil || again.Warning != c.Warning {
			t.Errorf("after a restart: %q, %v", again.Warning, f)
		}
		if p := w.drive(newPost()); p.State != spool.Live {
			t.Errorf("the post is %s: %s", p.State, p.Reason)
		}
		w.logsIn("THQVJtestfresh0123456789abcdef")
		if c, f := w.keep(); f != nil || c.Warning != "" {
			t.Errorf("after signing in again: %q, %v", c.Warning, f)
		}
	})
}
