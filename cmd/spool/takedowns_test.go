package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/feeds/feedstest"
	"spool/publisher/mastodon/mastodontest"
	"spool/publisher/threads/threadstest"
)

// The scenes about posts that have to go, with an account on every network.

const (
	fireURL = "http://feeds.example/articles/fire"
	why     = "a court says so"
)

// takenDown runs "spool items takedown" about the story.
func (e *ensemble) takenDown(address string) string {
	e.t.Helper()
	return e.must("", "items", "takedown", address, "--yes", "--as", "anna", "--reason", why)
}

// wantGone fails unless a network shows nothing.
func (e *ensemble) wantGone(c *cast) {
	e.t.Helper()
	e.wantThreads(c)
}

// wantBlocked fails when the article leads to a post again, under its name, under
// another one at the same address, or in another feed.
func (e *ensemble) wantBlocked() {
	e.t.Helper()
	e.room.Remove("city", "fire")
	e.wait(2 * time.Minute)
	e.room.Add("city", feedstest.Article{GUID: "fire", Link: "/articles/fire", Title: "Fire again, says the desk"})
	e.room.Add("city", feedstest.Article{GUID: "fire-anew", Link: "/articles/fire?utm_source=rss", Title: "Another look at the harbour"})
	e.room.Add("other", feedstest.Article{GUID: "fire", Link: "/articles/fire", Title: "The harbour seen from elsewhere"})
	other := e.room.Add("other", feedstest.Article{GUID: "quiet", Title: "A quiet day elsewhere"})
	e.wait(10 * time.Minute)
	for _, c := range e.casts {
		e.wantThreads(c, other.Title)
	}
}

// takedownConfig has a second feed, which is in no group with the first.
var takedownConfig = ensembleConfig + `
  other:
    url: http://feeds.example/feeds/other.rss
    schedule: "@every 1m"
    accounts: [threads, mastodon, bluesky, webhook]
    settle: 0s
    max_age: 0s
    burst: 0
    post: {image: none}
`

// elsewhere makes the second feed known.
func (e *ensemble) elsewhere() {
	e.room.Add("other", feedstest.Article{GUID: "old", Title: "An old day elsewhere"})
	e.baseline()
}

func TestATakedownReachesEveryNetworkAndLasts(t *testing.T) {
	playEnsemble(t, takedownConfig, func(_ *testing.T, e *ensemble) {
		e.prog.tick = 10 * time.Second
		e.elsewhere()
		e.storyOut()
		e.takenDown(fireURL)
		e.wait(5 * time.Minute)
		for _, c := range e.casts {
			e.wantGone(c)
			p := e.one(c.name, spool.Announce)
			if p.State != spool.Dropped || p.Receipt.ID == "" {
				e.t.Errorf("%s: the post is %s, and its id was %q", c.name, p.State, p.Receipt.ID)
			}
			e.wantHistory(p, string(spool.Withdrawn), "anna", why)
			e.wantHistory(e.one(c.name, spool.Withdraw), string(spool.Recorded), "by anna", why)
		}
		e.wantBlocked()
		e.end()
		e.start()
		e.wait(25 * time.Hour)
		for _, c := range e.casts {
			e.wantThreads(c, "A quiet day elsewhere")
		}
		e.wantAllClean()
	})
}

func TestAPostIsWithdrawnAlone(t *testing.T) {
	playEnsemble(t, ensembleConfig, func(_ *testing.T, e *ensemble) {
		e.baseline()
		e.storyOut()
		for _, c := range e.casts {
			e.must("", "posts", "withdraw", e.one(c.name, spool.Announce).ID, "--as", "anna", "--reason", why)
			e.wait(time.Minute)
			e.wantGone(c)
		}
		e.room.Remove("city", "fire")
		e.wait(2 * time.Minute)
		e.room.Add("city", feedstest.Article{GUID: "fire", Title: firstHeadline})
		e.wait(10 * time.Minute) // it is known: what was withdrawn does not come back by itself
		for _, c := range e.casts {
			e.wantGone(c)
		}
		e.wantAllClean()
	})
}

// TestAStoryIsGoneWhateverGoesWrong spoils the request that takes a post away in
// every way.
func TestAStoryIsGoneWhateverGoesWrong(t *testing.T) {
	if testing.Short() {
		t.Skip("every fault on every network: left to a run without -short")
	}
	for n, network := range []string{"threads", "mastodon", "bluesky", "webhook"} {
		for i, fault := range faultNames(network) {
			if !chosen(n+i, 6) {
				continue
			}
			t.Run(network+"/"+fault, func(t *testing.T) {
				playEnsemble(t, changing("reply"), func(_ *testing.T, e *ensemble) {
					e.prog.tick = 10 * time.Second
					e.baseline()
					e.storyOut()
					e.retitle("fire", secondHeadline)
					e.wait(3 * time.Minute)
					e.spoil(network, deedWithdraw, fault, 2)
					e.takenDown(fireURL)
					e.wait(3 * time.Minute)
					for _, c := range e.casts {
						if c.name != network {
							e.wantGone(c) // in time, with its correction
						}
					}
					e.untilSettled(network, 6*time.Hour)
					for _, p := range e.posts(spool.Failed) { // a person is told, and tries again
						e.must("", "posts", "retry", p.ID)
					}
					e.wait(time.Hour)
					e.wantGone(e.cast(network))
					e.wantAllClean()
				})
			})
		}
	}
}

// A post of which nobody knows whether it is live is taken away once that is known.
func TestATakedownWhileThePostIsOnItsWay(t *testing.T) {
	faults := map[string]string{
		"sending, in vain": "hang", "sending, with effect": "commit then hang", "in doubt, live": "commit then 500",
		"in doubt, not live": "500", "in doubt, later live": "commit late, hang",
	}
	for n, name := range slices.Sorted(maps.Keys(faults)) {
		fault := faults[name]
		for i, network := range []string{"threads", "mastodon", "bluesky", "webhook"} {
			if !chosen(n+i, 3) {
				continue
			}
			t.Run(name+"/"+network, func(t *testing.T) {
				playEnsemble(t, ensembleConfig, func(_ *testing.T, e *ensemble) {
					e.prog.tick = time.Second
					e.baseline()
					e.spoil(network, deedPost, fault, 1)
					e.room.Add("city", feedstest.Article{GUID: "fire", Title: firstHeadline, Published: time.Now().UTC()})
					for range 120 {
						if p := e.those(network, spool.Announce); len(p) > 0 && p[0].State != spool.Waiting {
							break
						}
						e.wait(time.Second)
					}
					e.takenDown(fireURL)
					e.wait(time.Hour)
					e.end()
					e.prog.tick = 10 * time.Minute
					e.start()
					e.wait(25 * time.Hour)
					for _, c := range e.casts {
						e.wantGone(c)
					}
					if n := len(e.posts(spool.Waiting, spool.Sending, spool.Doubt, spool.Live)); n > 0 {
						for _, p := range e.posts(spool.Waiting, spool.Sending, spool.Doubt, spool.Live) {
							if p.Purpose != spool.Withdraw {
								e.t.Errorf("a post of %s to %s is still %s", p.Account, p.Purpose, p.State)
							}
						}
					}
					e.wantAllClean()
				})
			})
		}
	}
}

// Being killed at any step of a takedown does not end it.
func TestATakedownSurvivesBeingKilled(t *testing.T) {
	for _, point := range []string{"account claimed", "post began", "post answered", "post saved", "account done"} {
		for nth := range 3 {
			if !chosen(nth, 3) {
				continue
			}
			t.Run(fmt.Sprintf("%s/%d", point, nth+1), func(t *testing.T) {
				playEnsemble(t, ensembleConfig, func(t *testing.T, e *ensemble) {
					e.prog.tick = 10 * time.Second
					e.baseline()
					e.storyOut()
					e.takenDown(fireURL)
					e.end()
					d := e.dieAt(point, nth+1)
					e.start()
					if !d.await(2*time.Minute) && nth == 0 {
						t.Logf("%q is never reached: nothing was left to be done", point)
					}
					if e.stop == nil {
						e.start()
					}
					e.wait(time.Hour)
					for _, c := range e.casts {
						e.wantGone(c)
					}
					e.wantAllClean()
				})
			})
		}
	}
}

// A post that was being sent when its article was taken down, and a death while that
// is put right.
func TestATakedownOfAPostInDoubtSurvivesBeingKilled(t *testing.T) {
	for _, point := range []string{"unfinished settled", "look answered", "look saved", "takedown recorded", "post began", "post answered", "post saved"} {
		t.Run(point, func(t *testing.T) {
			playEnsemble(t, ensembleConfig, func(t *testing.T, e *ensemble) {
				e.prog.tick = 10 * time.Second
				e.baseline()
				e.end()
				e.room.Add("city", feedstest.Article{GUID: "fire", Title: firstHeadline, Published: time.Now().UTC()})
				d := e.dieAt("post answered", 1)
				e.start()
				if !d.await(3 * time.Minute) {
					t.Fatal("nothing was posted")
				}
				e.takenDown(fireURL)
				d = e.dieAt(point, 1)
				e.start()
				if !d.await(20 * time.Minute) {
					t.Errorf("%q is never reached\n%s", point, e.tail())
				}
				if e.stop == nil {
					e.start()
				}
				e.wait(2 * time.Hour)
				for _, c := range e.casts {
					e.wantGone(c)
				}
				e.wantAllClean()
			})
		})
	}
}

// TestTakedownsKeepToWhatTheNetworksAllow takes 130 posts away: of Threads a hundred
// go within a day, of Mastodon thirty within half an hour. New posts go out meanwhile.
func TestTakedownsKeepToWhatTheNetworksAllow(t *testing.T) {
	if testing.Short() {
		t.Skip("two days on virtual time: left to a run without -short")
	}
	const n = 130
	config := strings.ReplaceAll(ensembleConfig, "@every 1m", "@every 10m")
	playEnsemble(t, config, func(t *testing.T, e *ensemble) {
		e.prog.tick = 10 * time.Second
		e.publish(1)
		e.start()
		e.wait(11 * time.Minute)
		e.publish(n)
		e.wait(40 * time.Minute)
		for _, c := range e.casts {
			if seen := len(c.visible()); seen != n {
				t.Fatalf("%s shows %d posts\n%s", c.name, seen, e.tailOf(c.name))
			}
		}
		for i := range n {
			e.takenDown(fmt.Sprintf("http://feeds.example/articles/story-%d", i+2))
		}
		e.wait(time.Hour)
		e.end()
		e.start() // what was used of the budgets is not forgotten
		fresh := e.publish(1)
		e.wait(4 * time.Hour)
		for name, left := range map[string]int{"threads": n - 100, "mastodon": 0, "bluesky": 0, "webhook": 0} {
			if seen := len(e.cast(name).visible()); seen != left+1 {
				t.Errorf("after five hours %s shows %d posts, not %d and the new one\n%s", name, seen, left, e.tailOf(name))
			}
		}
		e.wait(22 * time.Hour)
		e.wantOnAll(fresh)
		e.wantWithin("threads", 100, 24*time.Hour)
		e.wantWithin("mastodon", 30, 30*time.Minute)
	})
}

// wantWithin fails when a network was asked to delete more posts than that within a
// window, or had to refuse it.
func (e *ensemble) wantWithin(network string, most int, window time.Duration) {
	e.t.Helper()
	var at []time.Time
	refused := 0
	for _, r := range e.net.Requests() {
		if network == "threads" && r.Op == threadstest.OpDelete {
			at = append(at, r.Time)
			if r.Status >= 400 {
				refused++
			}
		}
	}
	for _, r := range e.masto.Requests() {
		if network == "mastodon" && r.Op == mastodontest.OpDelete {
			at = append(at, r.Time)
			if r.Status >= 400 {
				refused++
			}
		}
	}
	slices.SortFunc(at, time.Time.Compare)
	for i := range at {
		if i+most < len(at) && at[i+most].Sub(at[i]) < window {
			e.t.Errorf("%s was asked to delete more than %d posts within %v, from %v on", network, most, window, at[i])
			break
		}
	}
	if refused > 0 || len(at) == 0 {
		e.t.Errorf("%s refused %d of %d deletions", network, refused, len(at))
	}
}
