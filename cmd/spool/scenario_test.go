package main

import (
	"fmt"
	"net/http"
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
		s.wantLedger(10, map[spool.Verdict]int{spool.FirstRun: 10}, nil)
	})
}

func TestS1FirstStartPostsTheLatestWhenAskedOldestFirst(t *testing.T) {
	for asked, n := range map[string]int{"latest 3": 3, "latest 100": 10, "all": 10} {
		t.Run(asked, func(t *testing.T) {
			config := strings.Replace(stageConfig, "settle: 0s", "settle: 0s\n    first_run: "+asked, 1)
			play(t, config, func(t *testing.T, s *stage) {
				titles := s.publish(10)
				s.start()
				s.wait(10 * time.Minute)
				s.wantLive(titles[10-n:])
				s.wantClean()
				old := map[spool.Verdict]int{}
				if n < 10 {
					old[spool.FirstRun] = 10 - n
				}
				s.wantLedger(10, old, map[spool.State]int{spool.Live: n})
			})
		})
	}
}

// What a post may take beyond its schedule and its spacing: feeds that are due at
// the same moment are read up to a tenth of the interval later, the scheduler
// looks every second, and the network takes a second or two to prepare a post.
const slack = 60*time.Second/10 + time.Second + 3*time.Second

func TestS2OneNewItemIsLiveWithinTheIntervalAndTheSpacing(t *testing.T) {
	const interval, spacing = time.Minute, 2 * time.Minute
	config := strings.Replace(stageConfig, "spacing: 0s", "spacing: 2m", 1)
	play(t, config, func(t *testing.T, s *stage) {
		s.baseline()
		var titles []string
		for i := range 6 { // at all moments of the interval
			published := time.Now()
			titles = append(titles, s.publish(2)...)
			s.wait(interval + spacing + slack)
			posts := s.net.Visible(stageUser)
			if len(posts) != len(titles) {
				t.Fatalf("of %q, %d are live after %v\n%s", titles, len(posts), time.Since(published), s.tail())
			}
			if took := posts[1].Time.Sub(published); took > interval+slack {
				t.Errorf("the first of two was live after %v", took)
			}
			if took := posts[0].Time.Sub(published); took > interval+spacing+slack {
				t.Errorf("the second of two, which the spacing keeps back, was live after %v", took)
			}
			s.wait(spacing + time.Duration(i*11)*time.Second)
		}
		s.wantLive(titles)
		s.wantLedger(13, map[spool.Verdict]int{spool.FirstRun: 1}, map[spool.State]int{spool.Live: 12})
	})
}

func TestS3BurstIsPostedWholeAndSpaced(t *testing.T) {
	config := strings.Replace(stageConfig, "spacing: 0s", "spacing: 2m", 1)
	play(t, config, func(t *testing.T, s *stage) {
		s.baseline()
		titles := s.publish(60)
		s.wait(30 * time.Minute)
		n := len(s.live())
		if n < 10 || n > 17 {
			t.Errorf("%d posts live half an hour into a burst with a spacing of two minutes", n)
		}
		s.wantBalance() // at any moment, not only in the end
		s.wait(3 * time.Hour)
		s.wantLive(titles)
		seen := s.net.Visible(stageUser)
		for i := 1; i < len(seen); i++ {
			if gap := seen[i-1].Time.Sub(seen[i].Time); gap < 2*time.Minute {
				t.Errorf("two posts are %v apart", gap)
			}
		}
		s.wantStates(map[spool.State]int{spool.Live: 60})
		s.wantLedger(61, map[spool.Verdict]int{spool.FirstRun: 1}, map[spool.State]int{spool.Live: 60})
		s.wantClean()
	})
}

func TestS3BurstIsHeldForAPerson(t *testing.T) {
	config := strings.Replace(stageConfig, "burst: 0", "burst: 10", 1)
	play(t, config, func(t *testing.T, s *stage) {
		s.baseline()
		// All at once: the feed had been down, or its publisher changed systems.
		var titles []string
		for i := range 60 {
			title := fmt.Sprintf("Story %d of the city", i+2)
			titles = append(titles, title)
			s.room.Add("city", feedstest.Article{Title: title, Published: time.Now().Add(time.Duration(i-60) * time.Minute)})
		}
		s.wait(5 * time.Minute)
		s.wantLive(nil)
		held := s.posts(spool.Held)
		if len(held) != 60 || held[0].Hold != spool.HoldBurst {
			t.Fatalf("%d posts held", len(held))
		}
		s.wantLedger(61, map[spool.Verdict]int{spool.FirstRun: 1}, map[spool.State]int{spool.Held: 60})
		for _, p := range held {
			if _, err := s.d.db.Steer(t.Context(), p.ID, spool.Event{What: spool.Approved, Who: "anna"}, spool.Rules{}); err != nil {
				t.Fatal(err)
			}
		}
		s.wait(30 * time.Minute)
		s.wantStates(map[spool.State]int{spool.Live: 60})
		if got := s.live(); !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(titles))) {
			t.Errorf("readers see %d posts, not each of the 60 once: %q", len(got), got)
		}
		s.wantLedger(61, map[spool.Verdict]int{spool.FirstRun: 1}, map[spool.State]int{spool.Live: 60})
		s.wantClean()
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
		for range 3 { // at rest, and with something new that nobody has read yet
			s.end()
			titles = append(titles, s.publish(3)...)
			s.start()
			s.wait(5 * time.Minute)
			s.wantLive(titles)
		}
		asked := len(s.room.Requests())
		s.end()
		s.start()
		s.wait(5 * time.Minute)
		s.wantLive(titles)
		for i, r := range s.room.Requests()[1:] {
			if r.IfNoneMatch == "" {
				t.Errorf("an unconditional request at %v", r.Time)
			}
			if i+1 >= asked && r.Status != http.StatusNotModified {
				t.Errorf("after the restart nothing was new, and the answer was %d", r.Status)
			}
		}
		n := len(titles)
		s.wantStates(map[spool.State]int{spool.Live: n})
		s.wantLedger(n+1, map[spool.Verdict]int{spool.FirstRun: 1}, map[spool.State]int{spool.Live: n})
		s.wantClean()
	})
}

// wantLedger fails unless the feed's only account has exactly these figures, and
// a recount finds the same.
func (s *stage) wantLedger(seen int, fates map[spool.Verdict]int, posts map[spool.State]int) {
	s.t.Helper()
	if fates == nil {
		fates = map[spool.Verdict]int{}
	}
	if posts == nil {
		posts = map[spool.State]int{}
	}
	entries := s.wantBalance()
	if len(entries) != 1 {
		s.t.Fatalf("the ledger has %d entries: %+v", len(entries), entries)
	}
	if e := entries[0]; e.Seen != seen || fmt.Sprint(e.Fates) != fmt.Sprint(fates) || fmt.Sprint(e.Posts) != fmt.Sprint(posts) {
		s.t.Errorf("the ledger says: seen %d, %v, %v; want %d, %v, %v", e.Seen, e.Fates, e.Posts, seen, fates, posts)
	}
}

// wantBalance fails when the ledger does not balance, or is not what a recount of
// items and posts finds. It returns the ledger.
func (s *stage) wantBalance() []spool.Entry {
	s.t.Helper()
	audit, err := s.d.db.Audit(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	for _, m := range audit.Miscounts {
		s.t.Errorf("the ledger is wrong: %+v", m)
	}
	return audit.Entries
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
