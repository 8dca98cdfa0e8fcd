package main

import (
	"strings"
	"testing"
	"time"

	"spool"
	"spool/feeds/feedstest"
)

// An embargo holds on every network, whoever wants what. The scenes have an article
// that is dated three hours ahead.
func TestNothingIsSeenBeforeItsEmbargoEnds(t *testing.T) {
	const ahead = 3 * time.Hour
	everyone := func(e *ensemble, lines ...string) {
		for _, p := range e.posts(spool.Waiting, spool.Held) {
			for _, line := range lines {
				out, _ := e.command("", append(strings.Fields(line), p.ID)...)
				e.t.Log(strings.TrimSpace(out))
				e.wait(20 * time.Second)
			}
		}
	}
	tests := map[string]struct {
		config [2]string
		do     func(e *ensemble)
		moved  time.Duration // the feed moves the date by that
	}{
		"left alone":                  {do: func(*ensemble) {}},
		"hurried":                     {do: func(e *ensemble) { everyone(e, "posts now") }},
		"held and approved, then now": {do: func(e *ensemble) { everyone(e, "posts hold", "posts approve", "posts now") }},
		"approved":                    {config: [2]string{"burst: 0", "burst: 0\n    approve: true"}, do: func(e *ensemble) { everyone(e, "posts approve", "posts now") }},
		"another process": {do: func(e *ensemble) {
			everyone(e, "posts now")
			e.end()
			e.wait(10 * time.Minute)
			e.start()
			e.wait(10 * time.Minute)
			everyone(e, "posts now")
		}},
		"a failure and a retry": {do: func(e *ensemble) {
			for _, p := range e.posts(spool.Waiting) {
				refusal := spool.Event{What: spool.Refused, Failure: &spool.Failure{Op: "prepare", Kind: spool.Permanent}}
				if _, err := e.d.db.Steer(e.t.Context(), p.ID, refusal, spool.Rules{}); err != nil {
					e.t.Fatal(err)
				}
				e.must("", "posts", "retry", p.ID)
			}
			everyone(e, "posts now")
		}},
		"moved ahead": {moved: 2 * time.Hour, do: func(e *ensemble) { everyone(e, "posts now") }},
		"moved back":  {moved: -time.Hour, do: func(e *ensemble) { everyone(e, "posts now") }},
		"edited": {do: func(e *ensemble) {
			e.retitle("fire", secondHeadline)
			e.wait(2 * time.Minute)
			everyone(e, "posts now")
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			config := ensembleConfig
			if test.config[0] != "" {
				config = strings.Replace(config, test.config[0], test.config[1], 1)
			}
			playEnsemble(t, config, func(t *testing.T, e *ensemble) {
				e.prog.tick = time.Second
				e.baseline()
				until := time.Now().UTC().Truncate(time.Second).Add(ahead)
				e.room.Add("city", feedstest.Article{GUID: "fire", Title: firstHeadline, Published: until})
				e.wait(5 * time.Minute)
				if n := len(e.posts(spool.Waiting, spool.Held)); n != len(e.casts) {
					t.Fatalf("%d posts wait\n%s", n, e.tail())
				}
				if test.moved != 0 {
					until = until.Add(test.moved)
					e.room.Edit("city", "fire", func(a *feedstest.Article) { a.Published = until })
					e.wait(2 * time.Minute)
				}
				test.do(e)
				e.wait(time.Until(until) - time.Second)
				for _, c := range e.casts {
					e.wantGone(c) // to the last second
				}
				e.wait(3 * time.Minute)
				for _, c := range e.casts {
					posts := c.visible()
					if len(posts) != 1 {
						t.Errorf("%s shows %d posts once it may\n%s", c.name, len(posts), e.tailOf(c.name))
					}
					for _, p := range posts {
						if p.At.Before(until) {
							t.Errorf("%s shows %q %v early", c.name, firstLine(p.Text), until.Sub(p.At))
						}
					}
				}
				e.wantAllClean()
			})
		})
	}
}
