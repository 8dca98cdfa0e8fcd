package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/feeds/feedstest"
)

// sectionsConfig has two sections of a paper on one account: "city", whose posts
// settle for a while, and "front", which is asked less often and counts more.
const sectionsConfig = `
database: %s/spool.db
server: {listen: ""}
accounts:
  desk:
    network: threads
    token: ` + stageToken + `
    limits: {spacing: 0s, per_day: 0, reserve: 0}
defaults: {group: paper, accounts: [desk], max_age: 0s}
feeds:
  city:
    url: http://feeds.example/feeds/city.rss
    schedule: "@every 1m"
    settle: 10m
    burst: 5
    post: {text: "City: {{ .Title }}"}
  front:
    url: http://feeds.example/feeds/front.rss
    schedule: "@every 4m"
    settle: 0s
    priority: high
    post: {text: "Front: {{ .Title }}"}
`

// playSections runs a test with two sections that are known.
func playSections(t *testing.T, scene func(t *testing.T, s *stage)) {
	t.Helper()
	play(t, sectionsConfig, func(t *testing.T, s *stage) {
		s.room.Add("front", feedstest.Article{GUID: "front-0", Title: "Before everything"})
		s.baseline()
		s.wait(5 * time.Minute)
		scene(t, s)
	})
}

// both adds an article to a section and, under the same guid, to the other.
func (s *stage) both(guid, title, otherTitle string) {
	a := s.room.Add("city", feedstest.Article{GUID: guid, Title: title})
	s.room.Add("front", feedstest.Article{GUID: guid, Link: a.Link, Title: otherTitle})
}

func (s *stage) history(p spool.Post) []spool.Change {
	s.t.Helper()
	all, err := s.d.db.History(s.t.Context(), p.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}

func TestGroupAPostThatWaitsIsTakenOver(t *testing.T) {
	playSections(t, func(t *testing.T, s *stage) {
		s.both("shared", "Council votes", "Council votes today")
		s.wait(6 * time.Minute) // the city's post would have settled after ten
		s.wantLive([]string{"Front: Council votes today"})
		s.wait(20 * time.Minute)
		s.wantLive([]string{"Front: Council votes today"})
		p := s.posts(spool.Live)[0]
		if p.Feed != "front" || p.Priority != spool.High {
			t.Errorf("the post is %s's, with priority %s", p.Feed, p.Priority)
		}
		raised := 0
		for _, c := range s.history(p) {
			if c.What == spool.Raised {
				raised++
				if want := "feed front brings it with priority high, feed city with normal"; c.Cause != want {
					t.Errorf("the history says %q, want %q", c.Cause, want)
				}
			}
		}
		if raised != 1 {
			t.Errorf("it was taken over %d times", raised)
		}
		s.wantClean()
	})
}

func TestGroupAPostThatIsTakenOverFollowsItsNewFeed(t *testing.T) {
	playSections(t, func(t *testing.T, s *stage) {
		s.must("", "accounts", "pause", "desk")
		s.both("shared", "Council votes", "Council votes today")
		s.wait(6 * time.Minute)
		s.room.Edit("city", "shared", func(a *feedstest.Article) { a.Title = "Council has voted" })
		s.wait(6 * time.Minute)
		if p := s.posts()[0]; p.Content.Text != "Front: Council votes today" {
			t.Errorf("the city's edit made it %q", p.Content.Text)
		}
		s.room.Edit("front", "shared", func(a *feedstest.Article) { a.Title = "Council has voted at last" })
		s.wait(6 * time.Minute)
		s.must("", "accounts", "resume", "desk")
		s.wait(6 * time.Minute)
		s.wantLive([]string{"Front: Council has voted at last"})
	})
}

func TestGroupAPostOnceOutIsLeftAlone(t *testing.T) {
	playSections(t, func(t *testing.T, s *stage) {
		a := s.room.Add("city", feedstest.Article{GUID: "shared", Title: "Council votes"})
		s.wait(15 * time.Minute)
		s.wantLive([]string{"City: Council votes"})
		s.room.Add("front", feedstest.Article{GUID: "shared", Link: a.Link, Title: "Council votes today"})
		s.wait(15 * time.Minute)
		s.wantLive([]string{"City: Council votes"})
		s.wantStates(map[spool.State]int{spool.Live: 1})
	})
}

// What was held as part of one section's flood is posted when the other lists it.
func TestGroupTakesAStoryOutOfABurst(t *testing.T) {
	playSections(t, func(t *testing.T, s *stage) {
		s.both("shared", "Council votes", "Council votes today")
		for i := range 7 {
			s.room.Add("city", feedstest.Article{GUID: fmt.Sprint("flood-", i), Title: fmt.Sprint("Notice ", i)})
		}
		s.wait(15 * time.Minute)
		s.wantLive([]string{"Front: Council votes today"})
		s.wantStates(map[spool.State]int{spool.Live: 1, spool.Held: 7})
	})
}

func TestGroupApprovalIsNotGoneAround(t *testing.T) {
	config := strings.Replace(sectionsConfig, "priority: high", "priority: high\n    approve: true", 1)
	play(t, config, func(t *testing.T, s *stage) {
		s.room.Add("front", feedstest.Article{GUID: "front-0", Title: "Before everything"})
		s.baseline()
		s.wait(5 * time.Minute)
		s.both("shared", "Council votes", "Council votes today")
		s.wait(20 * time.Minute)
		s.wantLive([]string{"City: Council votes"})
	})
}

// TestGroupNeverDoubles has stories come to the two sections in every order, at
// every distance, by guid or by link, with the sections' priorities as they are
// and the other way round.
func TestGroupNeverDoubles(t *testing.T) {
	swapped := strings.Replace(strings.Replace(sectionsConfig, "    priority: high\n", "", 1), "burst: 5", "burst: 5\n    priority: high", 1)
	for name, config := range map[string]string{"front counts more": sectionsConfig, "city counts more": swapped} {
		t.Run(name, func(t *testing.T) {
			play(t, config, func(t *testing.T, s *stage) {
				s.prog.tick = 10 * time.Second
				s.room.Add("front", feedstest.Article{GUID: "front-0", Title: "Before everything"})
				s.baseline()
				n := 0
				for _, order := range [][2]string{{"city", "front"}, {"front", "city"}} {
					for _, apart := range []time.Duration{0, time.Second, 65 * time.Second, 5 * time.Minute, 11 * time.Minute, 30 * time.Minute} {
						for _, same := range []string{"guid", "link"} {
							n++
							a := s.room.Add(order[0], feedstest.Article{GUID: fmt.Sprint(order[0], n), Title: fmt.Sprint("Story ", n, " told by ", order[0])})
							b := feedstest.Article{GUID: a.GUID, Link: fmt.Sprintf("/other/%d", n), Title: fmt.Sprint("Story ", n, " told by ", order[1])}
							if same == "link" {
								b.GUID, b.Link = fmt.Sprint(order[1], n), strings.Replace(a.Link, "http:", "https:", 1)
							}
							s.wait(apart)
							s.room.Add(order[1], b)
							s.wait(20 * time.Minute)
						}
					}
				}
				s.wait(time.Hour)
				s.wantStates(map[spool.State]int{spool.Live: n})
				seen := map[string]bool{}
				for _, text := range s.live() {
					var k int
					if _, err := fmt.Sscanf(text[strings.Index(text, "Story"):], "Story %d", &k); err != nil || seen[fmt.Sprint(k)] {
						t.Errorf("doubled: %q (%v)", text, err)
					}
					seen[fmt.Sprint(k)] = true
				}
				s.wantClean()
			})
		})
	}
}
