package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/feeds/feedstest"
)

// What publishers do to the names of their articles, and what Spool must make of
// it: S10, S11 and their relatives.

// change edits each article of a feed.
func (s *stage) change(name string, edit func(i int, a *feedstest.Article)) {
	s.t.Helper()
	for i, a := range s.room.Articles(name) {
		if !s.room.Edit(name, a.GUID, func(a *feedstest.Article) { edit(i, a) }) {
			s.t.Fatalf("feed %s has no %s", name, a.GUID)
		}
	}
}

// wantLines fails unless the log has a line with all these words so many times.
func (s *stage) wantLines(times int, words ...string) {
	s.t.Helper()
	n := 0
	for line := range strings.Lines(s.logs.String()) {
		all := true
		for _, w := range words {
			all = all && strings.Contains(line, w)
		}
		if all {
			n++
		}
	}
	if n != times {
		s.t.Errorf("%d lines of the log have %q, want %d\n%s", n, words, times, s.tail())
	}
}

// TestS10TitleEdited: a post that waits gets the new words, one that readers can
// see is left alone, and no article is posted twice.
func TestS10TitleEdited(t *testing.T) {
	config := strings.Replace(stageConfig, "settle: 0s", "settle: 5m", 1)
	play(t, config, func(t *testing.T, s *stage) {
		s.baseline()
		titles := s.publish(2)
		s.wait(10 * time.Minute)
		s.wantLive(titles)
		titles = append(titles, s.publish(1)...)
		s.wait(2 * time.Minute)
		s.change("city", func(_ int, a *feedstest.Article) { a.Title += ", corrected" })
		s.wait(20 * time.Minute)
		titles[2] += ", corrected"
		s.wantLive(titles)
		s.wantStates(map[spool.State]int{spool.Live: 3})
		s.wantClean()
	})
}

// TestS11AllGUIDsChange, with the addresses as they were, and with new ones.
func TestS11AllGUIDsChange(t *testing.T) {
	renumber := func(i int, a *feedstest.Article) { a.GUID = fmt.Sprintf("urn:cms2:%d", 7000+i) }
	t.Run("the addresses stay", func(t *testing.T) {
		play(t, stageConfig, func(t *testing.T, s *stage) {
			s.publish(19)
			s.baseline()
			titles := s.publish(1)
			s.wait(5 * time.Minute)
			s.change("city", renumber)
			s.wait(10 * time.Minute)
			s.wantLive(titles)
			titles = append(titles, s.publish(1)...) // and news goes on
			s.wait(5 * time.Minute)
			s.wantLive(titles)
			s.wantStates(map[spool.State]int{spool.Live: 2})
		})
	})
	t.Run("the addresses change too", func(t *testing.T) {
		play(t, stageConfig, func(t *testing.T, s *stage) { // whose burst is 0
			s.publish(19)
			s.baseline()
			s.change("city", func(i int, a *feedstest.Article) {
				renumber(i, a)
				a.Link = fmt.Sprintf("/stories/%d", 7000+i)
			})
			s.wait(10 * time.Minute)
			s.wantLive(nil)
			s.wantStates(map[spool.State]int{spool.Held: 20})
			s.wantLines(1, "posts held for a person", "hold=churn", "all 20 items of feed city came under new names", "spool posts cancel --hold churn --feed city")
			titles := s.publish(2) // what comes after is news
			s.wait(5 * time.Minute)
			s.wantLive(titles)

			out := s.must("", "posts", "list", "--hold", "churn", "--limit", "100")
			if n := strings.Count(out, "came under new names"); n != 20 {
				t.Errorf("%d posts are listed:\n%s", n, out)
			}
			s.must("", "posts", "cancel", "--hold", "churn", "--feed", "city", "--reason", "a new CMS")
			s.wait(5 * time.Minute)
			s.wantStates(map[spool.State]int{spool.Live: 2, spool.Dropped: 20})
			s.change("city", func(_ int, a *feedstest.Article) { a.Title += "!" }) // they are known by their new names
			s.wait(5 * time.Minute)
			s.wantLive(titles)
			s.wantClean()
		})
	})
}

// TestAllApprovedAtOnce: what turned out to be news after all.
func TestAllApprovedAtOnce(t *testing.T) {
	play(t, stageConfig, func(t *testing.T, s *stage) {
		s.baseline()
		s.wait(time.Minute)
		var titles []string
		for i := range 8 { // an archive is put online
			title := fmt.Sprintf("Memory %d of the old harbour", i+1)
			titles = append(titles, title)
			s.room.Add("city", feedstest.Article{Title: title, Published: time.Now().AddDate(-1, 0, i)})
		}
		s.wait(5 * time.Minute)
		s.wantStates(map[spool.State]int{spool.Held: 8})
		s.must("", "posts", "approve", "--hold", "churn")
		s.wait(10 * time.Minute)
		s.wantLive(titles)
		s.wantClean()
	})
}

// TestMigrationToAnotherDomain: a path that stays tells the article.
func TestMigrationToAnotherDomain(t *testing.T) {
	for name, tt := range map[string]struct {
		move func(i int, a *feedstest.Article)
		held int
	}{
		"the paths stay, the ids are addresses": {func(_ int, a *feedstest.Article) {
			a.Link = strings.Replace(a.Link, "old.example", "new.example", 1)
			a.GUID = a.Link
		}, 0},
		"to https": {func(_ int, a *feedstest.Article) {
			a.Link = strings.Replace(a.Link, "http:", "https:", 1)
			a.GUID = a.Link
		}, 0},
		"the paths change": {func(i int, a *feedstest.Article) {
			a.Link = fmt.Sprintf("https://new.example/2026/article-%d", i)
			a.GUID = a.Link
		}, 12},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, stageConfig, func(t *testing.T, s *stage) {
				for i := range 12 {
					link := fmt.Sprintf("http://old.example/news/%d-the-harbour", 100+i)
					s.room.Add("city", feedstest.Article{GUID: link, Link: link, Title: fmt.Sprintf("The harbour, part %d", i)})
					s.wait(time.Hour)
				}
				s.start()
				s.wait(5 * time.Minute)
				s.change("city", tt.move)
				s.wait(5 * time.Minute)
				s.wantLive(nil)
				if held := s.posts(); len(held) != tt.held || len(held) > 0 && held[0].Hold != spool.HoldChurn {
					t.Errorf("%d posts, want %d held for churn\n%s", len(held), tt.held, s.tail())
				}
			})
		})
	}
}

// TestRepublished: an article that comes again with a new date, or months later,
// is not posted again.
func TestRepublished(t *testing.T) {
	play(t, stageConfig, func(t *testing.T, s *stage) {
		s.baseline()
		titles := s.publish(3)
		s.wait(5 * time.Minute)
		s.change("city", func(_ int, a *feedstest.Article) { a.Published = time.Now() })
		s.wait(5 * time.Minute)
		old := s.room.Articles("city")[1]
		s.room.Remove("city", old.GUID)
		s.wait(2 * time.Minute)
		s.end()
		s.wait(100 * 24 * time.Hour)
		s.start()
		old.Published = time.Now()
		s.room.Add("city", old)
		s.wait(5 * time.Minute)
		again := s.room.Articles("city")[2]
		s.room.Remove("city", again.GUID)
		s.wait(2 * time.Hour)
		again.GUID, again.Published = "republished", time.Now() // the link and the title stay
		s.room.Add("city", again)
		s.wait(5 * time.Minute)
		s.wantLive(titles)
		s.wantStates(map[spool.State]int{spool.Live: 3})
	})
}

// TestNearDuplicates: the same story under another name and in nearly the same
// words, by what the configuration says of it.
func TestNearDuplicates(t *testing.T) {
	const first, second = "Council votes on the plan for the harbour", "UPDATE: Council votes on the plan for the harbour"
	for policy, want := range map[string]struct {
		live   []string
		states map[spool.State]int
		log    string
	}{
		"hold": {[]string{first}, map[spool.State]int{spool.Live: 1, spool.Held: 1}, "duplicates=hold"},
		"skip": {[]string{first}, map[spool.State]int{spool.Live: 1}, "duplicates=skip"},
		"post": {[]string{first, second}, map[spool.State]int{spool.Live: 2}, ""},
	} {
		t.Run(policy, func(t *testing.T) {
			play(t, strings.Replace(stageConfig, "burst: 0", "burst: 0\n    duplicates: "+policy, 1), func(t *testing.T, s *stage) {
				s.baseline()
				s.room.Add("city", feedstest.Article{Title: first})
				s.wait(5 * time.Minute)
				s.room.Add("city", feedstest.Article{Title: second})
				s.wait(5 * time.Minute)
				s.wantLive(want.live)
				s.wantStates(want.states)
				if want.log != "" {
					s.wantLines(1, "item says nearly the same", want.log, first)
				}
				for _, p := range s.posts(spool.Held) {
					if p.Hold != spool.HoldDuplicate || !strings.Contains(p.Reason, first) || !strings.Contains(p.Reason, "http://feeds.example/articles/") {
						t.Errorf("held for %s: %s", p.Hold, p.Reason)
					}
				}
			})
		})
	}
}
