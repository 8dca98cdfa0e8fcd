package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/feeds/feedstest"
	"spool/publisher/threads/threadstest"
)

// The scenarios in which Spool is compared with its peers. S6, being killed, is
// in crash_test.go.

func TestS1FirstStartPostsNothing(t *testing.T) {
	play(t, stageConfig, func(t *testing.T, s *stage) {
		s.publish(10)
		s.start()
		s.wait(10 * time.Minute)
		s.wantLive(nil)
		s.wantStates(map[spool.State]int{})
	})
}

func TestS1FirstStartPostsTheLatestWhenAskedOldestFirst(t *testing.T) {
	config := strings.Replace(stageConfig, "settle: 0s", "settle: 0s\n    first_run: latest 3", 1)
	play(t, config, func(t *testing.T, s *stage) {
		titles := s.publish(10)
		s.start()
		s.wait(10 * time.Minute)
		s.wantLive(titles[7:])
		s.wantClean()
	})
}

func TestS2OneNewItemIsLiveWithinTheInterval(t *testing.T) {
	play(t, stageConfig, func(t *testing.T, s *stage) {
		s.baseline()
		titles := s.publish(1)
		s.wait(time.Minute + 10*time.Second)
		s.wantLive(titles)
	})
}

func TestS3BurstIsPostedWholeAndSpaced(t *testing.T) {
	config := strings.Replace(stageConfig, "spacing: 0s", "spacing: 2m", 1)
	play(t, config, func(t *testing.T, s *stage) {
		s.baseline()
		titles := s.publish(60)
		s.wait(30 * time.Minute)
		if n := len(s.live()); n < 10 || n > 17 {
			t.Errorf("%d posts live half an hour into a burst with a spacing of two minutes", n)
		}
		s.wait(3 * time.Hour)
		s.wantLive(titles)
		seen := s.net.Visible(stageUser)
		for i := 1; i < len(seen); i++ {
			if gap := seen[i-1].Time.Sub(seen[i].Time); gap < 2*time.Minute {
				t.Errorf("two posts are %v apart", gap)
			}
		}
		s.wantStates(map[spool.State]int{spool.Live: 60})
		s.wantClean()
	})
}

func TestS3BurstIsHeldForAPerson(t *testing.T) {
	config := strings.Replace(stageConfig, "burst: 0", "burst: 10", 1)
	play(t, config, func(t *testing.T, s *stage) {
		s.baseline()
		// All at once: the feed had been down, or its publisher changed systems.
		for i := range 60 {
			s.room.Add("city", feedstest.Article{Title: fmt.Sprintf("Story %d of the city", i+2)})
		}
		s.wait(5 * time.Minute)
		s.wantLive(nil)
		held := s.posts(spool.Held)
		if len(held) != 60 || held[0].Hold != spool.HoldBurst {
			t.Fatalf("%d posts held", len(held))
		}
		for _, p := range held {
			if _, err := s.d.db.Steer(t.Context(), p.ID, spool.Event{What: spool.Approved, Who: "anna"}, spool.Rules{}); err != nil {
				t.Fatal(err)
			}
		}
		s.wait(30 * time.Minute)
		s.wantStates(map[spool.State]int{spool.Live: 60})
		if n := len(s.live()); n != 60 {
			t.Errorf("%d posts live", n)
		}
	})
}

func TestS4ServerErrorIsRetriedOnce(t *testing.T) {
	for name, action := range map[string]threadstest.Action{
		"503 without effect": threadstest.Status(503, ""),
		"503 after effect":   threadstest.CommitThenStatus(503, ""),
	} {
		t.Run(name, func(t *testing.T) {
			play(t, stageConfig, func(t *testing.T, s *stage) {
				s.baseline()
				s.net.Plan(threadstest.Rule{Op: threadstest.OpPublish, Nth: 1, Action: action})
				titles := s.publish(3)
				s.wait(30 * time.Minute)
				got := s.live()
				slices.Sort(got)
				if !slices.Equal(got, titles) {
					t.Errorf("readers see %q\n%s", got, s.tail())
				}
				s.wantStates(map[spool.State]int{spool.Live: 3})
				s.wantClean()
			})
		})
	}
}

func TestS5ThrottlingIsWaitedFor(t *testing.T) {
	play(t, stageConfig, func(t *testing.T, s *stage) {
		s.baseline()
		s.net.Plan(threadstest.Rule{Op: threadstest.OpPublish, Nth: 1, Action: threadstest.Throttle(map[string]string{"Retry-After": "5"})})
		titles := s.publish(1)
		s.wait(2 * time.Minute)
		s.wantLive(titles)
		s.wantClean()
	})
}

func TestS7CleanRestartRepeatsNothing(t *testing.T) {
	play(t, stageConfig, func(t *testing.T, s *stage) {
		s.baseline()
		titles := s.publish(5)
		s.wait(3 * time.Minute)
		s.end()
		titles = append(titles, s.publish(3)...)
		s.start()
		s.wait(5 * time.Minute)
		s.wantLive(titles)
		s.end()
		s.start()
		s.wait(5 * time.Minute)
		s.wantLive(titles)
		for _, r := range s.room.Requests()[1:] {
			if r.IfNoneMatch == "" {
				t.Errorf("an unconditional request at %v", r.Time)
			}
		}
		s.wantClean()
	})
}

func TestAnEditBeforeSendingChangesTheWordsAndPostsOnce(t *testing.T) {
	config := strings.Replace(stageConfig, "settle: 0s", "settle: 5m", 1)
	play(t, config, func(t *testing.T, s *stage) {
		s.baseline()
		s.publish(1)
		s.wait(2 * time.Minute)
		s.room.Edit("city", "story-2", func(a *feedstest.Article) { a.Title = "Story 2, corrected" })
		s.wait(10 * time.Minute)
		s.wantLive([]string{"Story 2, corrected"})
		s.room.Edit("city", "story-2", func(a *feedstest.Article) { a.Title = "Story 2, corrected again" })
		s.wait(10 * time.Minute)
		s.wantLive([]string{"Story 2, corrected"})
	})
}

func TestARevokedTokenStopsTheAccountAndLosesNothing(t *testing.T) {
	play(t, stageConfig, func(t *testing.T, s *stage) {
		s.baseline()
		s.net.Revoke(stageToken, 190, 460)
		titles := s.publish(3)
		s.wait(20 * time.Minute)
		s.wantLive(nil)
		accounts, err := s.d.db.Accounts(t.Context())
		if err != nil || accounts[0].Stopped == "" {
			t.Fatalf("the account is not stopped: %+v, %v", accounts, err)
		}
		before := publishes(s)
		s.wait(2 * time.Hour)
		if n := publishes(s) - before; n != 0 {
			t.Errorf("%d publishes while the account was stopped", n)
		}
		s.net.Revoke(stageToken, 0, 0) // somebody mended it
		s.wait(30 * time.Minute)
		got := s.live()
		slices.Sort(got)
		if !slices.Equal(got, titles) {
			t.Errorf("readers see %q\n%s", got, s.tail())
		}
		s.wantClean()
	})
}

func publishes(s *stage) int {
	n := 0
	for _, r := range s.net.Requests() {
		if r.Op == threadstest.OpPublish {
			n++
		}
	}
	return n
}

func TestADeadlineDropsAndReports(t *testing.T) {
	config := strings.Replace(stageConfig, "network: threads", "network: threads\n    deadline: 1h", 1)
	play(t, config, func(t *testing.T, s *stage) {
		s.baseline()
		s.net.Plan(threadstest.Rule{Op: threadstest.OpCreate, Action: threadstest.Status(503, "")})
		s.publish(1)
		s.wait(3 * time.Hour)
		s.wantStates(map[spool.State]int{spool.Dropped: 1})
		if p := s.posts(spool.Dropped)[0]; !strings.Contains(p.Reason, "deadline") || !strings.Contains(p.Reason, "obstacle") {
			t.Errorf("the reason is %q", p.Reason)
		}
		if !strings.Contains(s.logs.String(), "post dropped") {
			t.Error("nobody is told")
		}
	})
}

func TestANewDatabaseDoesNotRepeatWhatTheProfileShows(t *testing.T) {
	config := strings.Replace(stageConfig, "settle: 0s", "settle: 0s\n    first_run: all", 1)
	play(t, config, func(t *testing.T, s *stage) {
		titles := s.publish(3)
		s.start()
		s.wait(5 * time.Minute)
		s.wantLive(titles)
		s.end()
		s.configure(strings.Replace(config, "spool.db", "other.db", 1)) // as if the database were lost
		titles = append(titles, s.publish(1)...)
		s.start()
		s.wait(5 * time.Minute)
		s.wantLive(titles)
		s.wantStates(map[spool.State]int{spool.Live: 4})
	})
}

func TestGroupPostsAStoryOfTwoSectionsOnce(t *testing.T) {
	config := strings.Replace(stageConfig, "burst: 0", "burst: 0\n    group: paper", 1) + `
  culture:
    url: http://feeds.example/feeds/culture.rss
    schedule: "@every 1m"
    accounts: [desk]
    settle: 0s
    max_age: 0s
    group: paper
`
	play(t, config, func(t *testing.T, s *stage) {
		s.room.Add("culture", feedstest.Article{GUID: "old", Title: "Old"})
		s.baseline()
		story := s.room.Add("city", feedstest.Article{GUID: "shared", Title: "In both"})
		s.room.Add("culture", feedstest.Article{GUID: "shared", Title: "In both", Link: story.Link})
		s.wait(10 * time.Minute)
		s.wantLive([]string{"In both"})
	})
}
