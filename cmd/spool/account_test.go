package main

import (
	"strings"
	"testing"
	"time"

	"spool"
	"spool/feeds/feedstest"
	"spool/publisher/threads/threadstest"
)

// A token lasts sixty days. Ninety days of virtual time must not surprise
// anybody: it is renewed early, and a failure to renew does no harm.
func TestATokenIsRenewedForNinetyDays(t *testing.T) {
	if testing.Short() {
		t.Skip("ninety days on virtual time: left to a run without -short")
	}
	for _, old := range []threadstest.OldToken{threadstest.OldTokenValid, threadstest.OldTokenInvalid} {
		t.Run(string(old), func(t *testing.T) {
			config := strings.Replace(stageConfig, "@every 1m", "@every 12h", 1)
			play(t, config, func(t *testing.T, s *stage) {
				s.net.SetKnobs(threadstest.Knobs{OldTokenAfterRefresh: old})
				s.prog.tick = 10 * time.Minute
				s.publish(1)
				s.start()
				s.wait(20 * time.Hour)
				// For two weeks no renewal gets through.
				s.net.Plan(threadstest.Rule{Op: threadstest.OpRefresh, Times: 20, Action: threadstest.Status(500, "")})
				s.wait(90 * 24 * time.Hour)
				titles := s.publish(1)
				s.wait(26 * time.Hour)
				s.wantLive(titles)
				accounts, err := s.d.db.Accounts(t.Context())
				if err != nil || accounts[0].Stopped != "" {
					t.Fatalf("%+v, %v", accounts, err)
				}
				if left := time.Until(accounts[0].Expires); left < 45*24*time.Hour {
					t.Errorf("the token has %v left", left)
				}
			})
		})
	}
}

func TestQuietHoursHoldBackAllButBreaking(t *testing.T) {
	config := strings.Replace(stageConfig, "network: threads", "network: threads\n    quiet: [\"00:00-06:00\"]", 1) + `
  flash:
    url: http://feeds.example/feeds/flash.rss
    schedule: "@every 1m"
    accounts: [desk]
    priority: breaking
    settle: 0s
    max_age: 0s
`
	play(t, config, func(t *testing.T, s *stage) { // virtual time begins at midnight UTC
		s.prog.tick = 10 * time.Second
		s.room.Add("flash", feedstest.Article{GUID: "old", Title: "Old"})
		s.baseline()
		ordinary := s.publish(2)
		s.room.Add("flash", feedstest.Article{GUID: "flash-1", Title: "Bridge closed"})
		s.wait(2 * time.Hour)
		s.wantLive([]string{"Bridge closed"})
		s.wait(5 * time.Hour)
		s.wantLive(append([]string{"Bridge closed"}, ordinary...))
	})
}

func TestTheNetworksQuotaIsKeptAndItsReserve(t *testing.T) {
	config := strings.Replace(stageConfig, "reserve: 0", "reserve: 3", 1)
	play(t, config, func(t *testing.T, s *stage) {
		s.prog.tick = 10 * time.Second
		s.net.SetKnobs(threadstest.Knobs{Quota: 10})
		s.baseline()
		s.publish(12)
		s.wait(5 * time.Hour)
		if n := len(s.live()); n != 7 {
			t.Errorf("%d posts live with a quota of ten and a reserve of three\n%s", n, s.tail())
		}
		s.wait(25 * time.Hour)
		s.wantStates(map[spool.State]int{spool.Live: 7, spool.Dropped: 5}) // their deadline is twelve hours
		s.wantClean()
	})
}

// A post that is refused for good, and one that is refused again and again, do
// not keep the others from going out, in the order of their dates.
func TestAPoisonedPostBlocksNobody(t *testing.T) {
	play(t, stageConfig, func(t *testing.T, s *stage) {
		s.baseline()
		s.net.Plan(
			threadstest.Rule{Op: threadstest.OpCreate, Nth: 2, Action: threadstest.Error(400, 100, 0, "Invalid parameter")},
			threadstest.Rule{Op: threadstest.OpCreate, Nth: 4, Action: threadstest.Status(500, "")},
		)
		titles := s.publish(5)
		s.wait(10 * time.Minute)
		got := s.live()
		if len(got) != 4 {
			t.Fatalf("readers see %q\n%s", got, s.tail())
		}
		if failed := s.posts(spool.Failed); len(failed) != 1 || failed[0].Reason == "" {
			t.Errorf("failed: %+v", failed)
		}
		if got[0] != titles[0] || got[1] != titles[2] {
			t.Errorf("the order is %q", got)
		}
		post, err := s.d.db.Steer(t.Context(), s.posts(spool.Failed)[0].ID, spool.Event{What: spool.Retried, Who: "anna"}, spool.Rules{})
		if err != nil {
			t.Fatal(err)
		}
		s.wait(5 * time.Minute)
		if post, err = s.d.db.Post(t.Context(), post.ID); err != nil || post.State != spool.Live {
			t.Errorf("after a person's retry it is %s, %v", post.State, err)
		}
	})
}

func TestAPausedAccountKeepsItsPosts(t *testing.T) {
	play(t, stageConfig, func(t *testing.T, s *stage) {
		s.baseline()
		if err := s.d.db.SetPaused(t.Context(), "desk", true); err != nil {
			t.Fatal(err)
		}
		titles := s.publish(2)
		s.wait(time.Hour)
		s.wantLive(nil)
		if err := s.d.db.SetPaused(t.Context(), "desk", false); err != nil {
			t.Fatal(err)
		}
		s.wait(time.Minute)
		s.wantLive(titles)
	})
}

func TestApprovalIsWaitedFor(t *testing.T) {
	config := strings.Replace(stageConfig, "settle: 0s", "settle: 0s\n    approve: true", 1)
	play(t, config, func(t *testing.T, s *stage) {
		s.baseline()
		titles := s.publish(2)
		s.wait(2 * time.Hour)
		s.wantLive(nil)
		for _, p := range s.posts(spool.Held) {
			if firstLine(p.Content.Text) != titles[1] {
				continue
			}
			if _, err := s.d.db.Steer(t.Context(), p.ID, spool.Event{What: spool.Approved, Who: "anna"}, spool.Rules{}); err != nil {
				t.Fatal(err)
			}
		}
		s.wait(time.Minute)
		s.wantLive(titles[1:])
		s.wantStates(map[spool.State]int{spool.Live: 1, spool.Held: 1})
	})
}

func TestAnAccountThatLeavesTheConfigurationIsMissed(t *testing.T) {
	config := strings.Replace(stageConfig, "settle: 0s", "settle: 0s\n    approve: true", 1)
	play(t, config, func(t *testing.T, s *stage) {
		s.baseline()
		s.publish(2)
		s.wait(5 * time.Minute)
		s.configure(strings.ReplaceAll(strings.Replace(config, "  desk:", "  desk-two:", 1), "[desk]", "[desk-two]"))
		s.d.reload(t.Context(), "test")
		if log := s.logs.String(); !strings.Contains(log, "account=desk posts=2") {
			t.Errorf("nobody is told of the two posts that wait\n%s", s.tail())
		}
	})
}
