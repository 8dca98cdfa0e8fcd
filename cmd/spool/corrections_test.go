package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/feeds/feedstest"
)

// The scenes about articles that change after they were posted, with an account on
// every network. Mastodon and webhooks can edit a post; on Threads and Bluesky it
// is answered.

// The headlines of these scenes: the second says another thing, and the third says
// the same as the second.
const (
	firstHeadline  = "Fire in the harbour, two injured"
	secondHeadline = "Fire in the harbour, three injured"
	sameHeadline   = "Fire in the harbour: three injured"
	correction     = "Correction: "
)

// storyOut publishes the story and waits until it is everywhere.
func (e *ensemble) storyOut() {
	e.t.Helper()
	e.room.Add("city", feedstest.Article{GUID: "fire", Title: firstHeadline, Summary: "It began at noon.", Published: time.Now().UTC()})
	e.wait(2 * time.Minute)
	for _, c := range e.casts {
		e.wantThreads(c, firstHeadline)
	}
}

// changed is what readers of a network see of a story whose headline became another
// one under on_change: edit.
func (c *cast) changed(before, after string) string {
	if c.edits() {
		return after
	}
	return before + " > " + correction + after
}

func TestACorrectionReachesEveryNetworkInItsWay(t *testing.T) {
	tests := map[string]func(*cast) string{
		"ignore":  func(*cast) string { return firstHeadline },
		"edit":    func(c *cast) string { return c.changed(firstHeadline, secondHeadline) },
		"reply":   func(*cast) string { return firstHeadline + " > " + correction + secondHeadline },
		"replace": func(*cast) string { return secondHeadline },
	}
	for onChange, want := range tests {
		t.Run(onChange, func(t *testing.T) {
			playEnsemble(t, changing(onChange), func(_ *testing.T, e *ensemble) {
				e.prog.tick = 10 * time.Second
				e.baseline()
				e.storyOut()
				e.retitle("fire", secondHeadline)
				e.wait(10 * time.Minute)
				for _, c := range e.casts {
					e.wantThreads(c, want(c))
				}
				e.retitle("fire", sameHeadline) // says nothing new
				e.wait(3 * time.Hour)
				for _, c := range e.casts {
					if c.edits() && (onChange == "edit" || onChange == "replace") {
						e.wantThreads(c, sameHeadline) // costs nobody anything
						continue
					}
					e.wantThreads(c, want(c))
				}
				e.wait(25 * time.Hour)
				e.wantAllClean()
			})
		})
	}
}

// TestACorrectionIsToldOnceWhateverGoesWrong spoils the request that edits a post,
// or the answer that corrects it, in every way; the other networks go on.
func TestACorrectionIsToldOnceWhateverGoesWrong(t *testing.T) {
	if testing.Short() {
		t.Skip("every fault on every network: left to a run without -short")
	}
	for n, network := range []string{"threads", "mastodon", "bluesky", "webhook"} {
		for i, fault := range faultNames(network) {
			if !chosen(n+i, 4) {
				continue
			}
			t.Run(network+"/"+fault, func(t *testing.T) {
				playEnsemble(t, changing("edit"), func(_ *testing.T, e *ensemble) {
					e.prog.tick = 10 * time.Second
					e.baseline()
					e.storyOut()
					broken, deed := e.cast(network), deedPost
					if broken.edits() {
						deed = deedEdit
					}
					e.spoil(network, deed, fault, 2)
					e.retitle("fire", secondHeadline)
					e.wait(3 * time.Minute)
					for _, c := range e.casts {
						if c != broken {
							e.wantThreads(c, c.changed(firstHeadline, secondHeadline)) // in time
						}
					}
					e.untilSettled(network, 6*time.Hour)
					e.wait(20 * time.Minute)
					e.wantCorrectedOrTold(broken)
					e.wantAllClean()
				})
			})
		}
	}
}

// wantCorrectedOrTold fails unless a network shows the correction once, or a person
// is told that it does not.
func (e *ensemble) wantCorrectedOrTold(c *cast) {
	e.t.Helper()
	told := ""
	for _, p := range e.posts(spool.Held, spool.Failed) {
		if p.Account == c.name {
			told += string(p.State) + ": " + p.Reason + "; "
		}
	}
	got := strings.Join(c.threads(), "\n")
	switch want := c.changed(firstHeadline, secondHeadline); {
	case got == want:
	case told != "" && (got == firstHeadline):
		e.t.Logf("%s: %s", c.name, told)
	default:
		e.t.Errorf("readers of %s see\n%s\nwant\n%s\ntold: %s\nlog:\n%s", c.name, got, want, told, e.tailOf(c.name))
	}
}

// An edit that comes while the post is on its way: nobody can tell yet which words
// readers will see.
func TestAnEditWhileThePostIsOnItsWay(t *testing.T) {
	faults := map[string]string{
		"sending, in vain": "hang", "sending, with effect": "commit then hang", "in doubt, live": "commit then 500",
		"in doubt, not live": "500", "in doubt, later live": "commit late, hang",
	}
	for name, fault := range faults {
		for _, network := range []string{"threads", "mastodon", "bluesky", "webhook"} {
			t.Run(name+"/"+network, func(t *testing.T) {
				playEnsemble(t, changing("edit"), func(_ *testing.T, e *ensemble) {
					e.prog.tick = 10 * time.Second
					e.baseline()
					e.spoil(network, deedPost, fault, 1)
					e.room.Add("city", feedstest.Article{GUID: "fire", Title: firstHeadline, Published: time.Now().UTC()})
					e.wait(70 * time.Second)
					e.retitle("fire", secondHeadline)
					e.wait(3 * time.Minute)
					e.untilSettled(network, 6*time.Hour)
					e.wait(20 * time.Minute)
					for _, c := range e.casts {
						got := strings.Join(c.threads(), "\n")
						if got != c.changed(firstHeadline, secondHeadline) && (c.name != network || got != secondHeadline) {
							e.t.Errorf("readers of %s see\n%s\nlog:\n%s", c.name, got, e.tailOf(c.name))
						}
					}
					e.wantAllClean()
				})
			})
		}
	}
}

// While it settles, or waits for a person, a post takes its item's newest words.
func TestAnEditBeforeAPostIsBegunMakesNoCorrection(t *testing.T) {
	for name, replace := range map[string][2]string{
		"settling": {"settle: 0s", "settle: 10m"},
		"held":     {"burst: 0", "burst: 0\n    approve: true"},
	} {
		t.Run(name, func(t *testing.T) {
			playEnsemble(t, strings.Replace(changing("edit"), replace[0], replace[1], 1), func(t *testing.T, e *ensemble) {
				e.baseline()
				e.room.Add("city", feedstest.Article{GUID: "fire", Title: firstHeadline, Published: time.Now().UTC()})
				e.wait(2 * time.Minute)
				e.retitle("fire", secondHeadline)
				e.wait(2 * time.Minute)
				for _, p := range e.posts(spool.Held) {
					if err := e.steer(p.ID, spool.Approved); err != nil {
						t.Fatal(err)
					}
				}
				e.wait(2 * time.Hour)
				e.wantOnAll([]string{secondHeadline})
				for _, c := range e.casts {
					e.wantThreads(c, secondHeadline)
				}
			})
		})
	}
}

// Being killed at any step of a correction leads to that correction, once.
func TestACorrectionSurvivesBeingKilled(t *testing.T) {
	for _, point := range []string{"feed decided", "feed ingested", "draft answered", "draft saved", "post began", "post answered", "post saved", "account done"} {
		for nth := range 3 {
			if !chosen(nth, 3) {
				continue
			}
			t.Run(fmt.Sprintf("%s/%d", point, nth+1), func(t *testing.T) {
				playEnsemble(t, changing("edit"), func(t *testing.T, e *ensemble) {
					e.prog.tick = 10 * time.Second
					e.baseline()
					e.storyOut()
					e.end()
					e.retitle("fire", secondHeadline)
					d := e.dieAt(point, nth+1)
					e.start()
					if !d.await(2*time.Minute) && nth == 0 {
						t.Errorf("%q is never reached", point)
					}
					if e.stop == nil {
						e.start()
					}
					e.wait(3 * time.Hour)
					for _, c := range e.casts {
						e.wantThreads(c, c.changed(firstHeadline, secondHeadline))
					}
					e.wantAllClean()
				})
			})
		}
	}
}

// chainConfig has stories in up to four parts.
var chainConfig = strings.Replace(changing("edit"), "post: {image: none}", `post: {image: none, text: "{{ .Title }}\n\n{{ .Summary }}", chain: 4}`, 1)

// A part of a long text that the network refuses: what follows it does not go out
// without it, a person is told, and a retry brings the rest.
func TestAChainWhoseMiddlePartFails(t *testing.T) {
	for _, network := range []string{"threads", "mastodon", "bluesky"} {
		t.Run(network, func(t *testing.T) {
			playEnsemble(t, chainConfig, func(t *testing.T, e *ensemble) {
				e.prog.tick = 10 * time.Second
				e.baseline()
				broken := e.cast(network)
				e.refuseNth(network, 2)
				long := strings.Repeat("What is known of the fire is told at length, and then some more. ", 16)
				e.room.Add("city", feedstest.Article{GUID: "fire", Title: firstHeadline, Summary: long, Published: time.Now().UTC()})
				e.wait(30 * time.Minute)
				if n := len(broken.visible()); n != 1 {
					t.Fatalf("%s shows %d parts\n%s", network, n, e.tailOf(network))
				}
				var failed []spool.Post
				for _, p := range e.posts(spool.Failed, spool.Held) {
					if p.Account == network {
						failed = append(failed, p)
					}
				}
				if len(failed) != 1 || failed[0].Reason == "" {
					t.Fatalf("%d posts of %s have failed: %+v\n%s", len(failed), network, failed, e.tailOf(network))
				}
				e.heal(network)
				what := spool.Retried
				if failed[0].State == spool.Held {
					what = spool.Approved
				}
				if err := e.steer(failed[0].ID, what); err != nil {
					t.Fatal(err)
				}
				e.wait(time.Hour)
				for _, c := range e.casts {
					e.wantWhole(c, long)
				}
				e.wantAllClean()
			})
		})
	}
}

// wantWhole fails unless a network shows one thread, a line of replies, whose parts
// make the whole text.
func (e *ensemble) wantWhole(c *cast, text string) {
	e.t.Helper()
	posts := c.visible()
	var words []string
	at := ""
	for range posts {
		n := 0
		for _, p := range posts {
			if p.ReplyTo == at {
				n++
				words, at = append(words, strings.Fields(p.Text)...), p.ID
			}
		}
		if n != 1 {
			e.t.Errorf("%s: %d posts answer %q\n%s", c.name, n, at, e.tailOf(c.name))
			return
		}
	}
	got := strings.Join(words, " ")
	if want := strings.Join(strings.Fields(text), " "); strings.Count(got, "What is known") != strings.Count(want, "What is known") {
		e.t.Errorf("%s shows in %d parts\n%s\nwant\n%s", c.name, len(posts), got, want)
	}
}
