package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/publisher/bluesky/blueskytest"
	"spool/publisher/mastodon/mastodontest"
	"spool/publisher/threads/threadstest"
)

// What accounts sign in with, over a quarter of a year on all networks.

// slowly is a configuration that is read twice a day, so that months go by quickly.
func slowly(config string) string { return strings.ReplaceAll(config, "@every 1m", "@every 6h") }

// blips are troubles of some hours. None says anything about the account.
func (e *ensemble) blips() []func() {
	const many = 500
	return []func(){
		func() {
			e.net.Plan(threadstest.Rule{Op: threadstest.OpRefresh, Times: many, Action: threadstest.Status(500, "")})
			e.sky.Plan(blueskytest.Rule{Op: blueskytest.OpRefresh, Times: many, Action: blueskytest.Status(500, "")})
			e.masto.Plan(mastodontest.Rule{Op: mastodontest.OpVerify, Times: many, Action: mastodontest.Status(500, "")})
		},
		func() {
			e.net.Plan(threadstest.Rule{Op: threadstest.OpRefresh, Times: many, Action: threadstest.CommitThenDrop()}, threadstest.Rule{Op: threadstest.OpMe, Times: many, Action: threadstest.Hang()})
			e.sky.Plan(blueskytest.Rule{Op: blueskytest.OpRefresh, Times: many, Action: blueskytest.CommitThenDrop()})
			e.masto.Plan(mastodontest.Rule{Op: mastodontest.OpVerify, Times: many, Action: mastodontest.Hang()})
		},
		func() {
			e.net.Plan(threadstest.Rule{Op: threadstest.OpRefresh, Times: many, Action: threadstest.Garbage()}, threadstest.Rule{Op: threadstest.OpDebug, Times: many, Action: threadstest.Status(200, "<html>")})
			e.sky.Plan(blueskytest.Rule{Op: blueskytest.OpRefresh, Times: many, Action: blueskytest.Garbage()}, blueskytest.Rule{Op: blueskytest.OpSession, Times: many, Action: blueskytest.Truncated()})
			e.masto.Plan(mastodontest.Rule{Op: mastodontest.OpVerify, Times: many, Action: mastodontest.Status(200, "<html>")})
		},
		func() {
			e.net.Plan(threadstest.Rule{Times: many, Action: threadstest.Status(503, "<html>")})
			e.sky.Plan(blueskytest.Rule{Times: many, Action: blueskytest.Status(502, "<html>")})
			e.masto.Plan(mastodontest.Rule{Times: many, Action: mastodontest.Status(503, "<html>")})
		},
		func() { e.sky.EndSessions(ensembleHandle) }, // the server forgot them; the app password is as good as ever
	}
}

// wantNobodyStopped fails when an account cannot post, or a post was held for that.
func (e *ensemble) wantNobodyStopped(day int) {
	e.t.Helper()
	for _, c := range e.casts {
		if a := e.account(c.name); a.Stopped != "" {
			e.t.Fatalf("day %d: account %s is stopped: %s\n%s", day, c.name, a.Stopped, e.tailOf(c.name))
		}
	}
	for _, p := range e.posts(spool.Held) {
		e.t.Fatalf("day %d: a post of %s is held: %s %s\n%s", day, p.Account, p.Hold, p.Reason, e.tailOf(p.Account))
	}
}

// TestTokensOver90Days lets a hundred days pass on all networks: a story each day, a
// blip of some hours every third day, a new process every week. Nobody has to do
// anything, and nothing is late by more than its blip.
func TestTokensOver90Days(t *testing.T) {
	if testing.Short() {
		t.Skip("a hundred days on virtual time: left to a run without -short")
	}
	for old, grace := range map[threadstest.OldToken]blueskytest.RefreshGrace{
		threadstest.OldTokenValid: blueskytest.GraceHours, threadstest.OldTokenInvalid: blueskytest.GraceNone,
	} {
		if old == threadstest.OldTokenValid && !thorough() {
			continue
		}
		t.Run(fmt.Sprintf("old token %s, grace %s", old, grace), func(t *testing.T) {
			playEnsemble(t, slowly(ensembleConfig), func(t *testing.T, e *ensemble) {
				e.net.SetKnobs(threadstest.Knobs{OldTokenAfterRefresh: old})
				e.sky.SetKnobs(blueskytest.Knobs{RefreshGrace: grace})
				e.prog.tick = 10 * time.Minute
				e.publish(1)
				e.start()
				e.wait(7 * time.Hour)
				var titles []string
				blips := e.blips()
				for day := range 100 {
					titles = append(titles, e.publish(1)...)
					if day%3 == 1 {
						blips[day/3%len(blips)]()
						e.wait(4 * time.Hour)
						for _, c := range e.casts {
							e.heal(c.name)
						}
					}
					if day%7 == 4 {
						e.end()
						e.start()
					}
					e.wait(20 * time.Hour)
					e.wantNobodyStopped(day)
					if n := e.sky.SignIns(ensembleHandle, time.Now().Add(-24*time.Hour)); n > 4 {
						t.Errorf("day %d: %d sign-ins on Bluesky within a day", day, n)
					}
				}
				e.wait(24 * time.Hour)
				e.wantOnAll(titles)
				e.wantSwapsVerified()
				if left := time.Until(e.account("threads").Expires); left < 45*24*time.Hour {
					t.Errorf("the token of Threads has %v left: it is renewed late", left)
				}
			})
		})
	}
}

// wantSwapsVerified fails when a post was made on Threads after a renewal before the
// network had said again whose the token is.
func (e *ensemble) wantSwapsVerified() {
	e.t.Helper()
	renewals, verified := 0, true
	for _, r := range e.net.Requests() {
		switch {
		case r.Op == threadstest.OpRefresh && r.Status == 200:
			renewals++
			verified = false
		case r.Op == threadstest.OpMe && r.Status == 200:
			verified = true
		case r.Op == threadstest.OpCreate && !verified:
			e.t.Errorf("at %v a post was made with a token that was not verified", r.Time)
		}
	}
	if renewals < 8 {
		e.t.Errorf("the token of Threads was renewed %d times", renewals)
	}
}

// TestAPersonIsWarnedBeforeSomethingExpires has renewals fail until the end: a person
// is told 30, 14, 7 and 2 days before, once per process each, and "spool accounts"
// says it all the time; what is published goes out until then.
func TestAPersonIsWarnedBeforeSomethingExpires(t *testing.T) {
	if testing.Short() {
		t.Skip("two months on virtual time: left to a run without -short")
	}
	tests := map[string]func(e *ensemble){
		"threads": func(e *ensemble) {
			e.net.Plan(threadstest.Rule{Op: threadstest.OpRefresh, Times: 1_000_000, Action: threadstest.Status(500, "")})
		},
	}
	for network, fail := range tests {
		t.Run(network, func(t *testing.T) {
			playEnsemble(t, slowly(ensembleConfig), func(t *testing.T, e *ensemble) {
				e.prog.tick = 10 * time.Minute
				e.publish(1)
				e.start()
				e.wait(7 * time.Hour)
				fail(e)
				expires := e.account(network).Expires
				if expires.IsZero() {
					t.Fatal("nobody knows when it expires")
				}
				told := func() int {
					n := 0
					for line := range strings.Lines(e.logs.String()) {
						if strings.Contains(line, "account="+network) && strings.Contains(line, "level=WARN") && (strings.Contains(line, "credentials need attention") || strings.Contains(line, "credentials expire soon")) {
							n++
						}
					}
					return n
				}
				for i, days := range []int{30, 14, 7, 2} {
					moment := expires.AddDate(0, 0, -days)
					e.wait(time.Until(moment) - 12*time.Hour)
					before := told()
					e.wait(24 * time.Hour)
					if n := told() - before; n != 1 {
						t.Errorf("%d days before the end a person is told %d times\n%s", days, n, e.tailOf(network))
					}
					out := e.must("", "accounts")
					if want := fmt.Sprintf("%s\t%s\tposting\tends in ", network, network); !strings.Contains(out, want) {
						t.Errorf("spool accounts does not say when it ends:\n%s", out)
					}
					if i == 1 { // another process tells it again, once
						before = told()
						e.end()
						e.start()
						e.wait(36 * time.Hour)
						if n := told() - before; n != 1 {
							t.Errorf("a new process tells a person %d times\n%s", n, e.tailOf(network))
						}
					}
				}
				titles := e.publish(1)
				e.wait(7 * time.Hour)
				e.wantOnAll(titles)
				e.wait(3 * 24 * time.Hour)
				if a := e.account(network); a.Stopped == "" {
					t.Error("it has expired, and nobody noticed")
				}
			})
		})
	}
}
