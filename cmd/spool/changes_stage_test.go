package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"spool"
	"spool/feeds/feedstest"
	"spool/publisher/bluesky/blueskytest"
	"spool/publisher/mastodon/mastodontest"
	"spool/publisher/threads/threadstest"
	"spool/publisher/webhook/webhooktest"
)

// What the scenes about changed and withdrawn articles have in common.

// changing is the ensemble's configuration with another on_change.
func changing(onChange string) string {
	return strings.Replace(ensembleConfig, "settle: 0s", "settle: 0s\n    on_change: "+onChange, 1)
}

// cast returns a network of the ensemble.
func (e *ensemble) cast(name string) *cast {
	e.t.Helper()
	i := slices.IndexFunc(e.casts, func(c *cast) bool { return c.name == name })
	if i < 0 {
		e.t.Fatalf("there is no %s on the stage", name)
	}
	return e.casts[i]
}

// edits reports whether a network can give a post other words.
func (c *cast) edits() bool { return c.name == "mastodon" || c.name == "webhook" }

// A deed is a kind of request that something can go wrong with.
type stageDeed string

const (
	deedPost     stageDeed = "post"
	deedEdit     stageDeed = "edit"
	deedWithdraw stageDeed = "withdraw"
	deedRenew    stageDeed = "renew"
)

// ops are the names of a deed's requests at the stand-ins.
var ops = map[string]map[stageDeed]string{
	"threads":  {deedPost: string(threadstest.OpPublish), deedWithdraw: string(threadstest.OpDelete), deedRenew: string(threadstest.OpRefresh)},
	"mastodon": {deedPost: string(mastodontest.OpPost), deedEdit: string(mastodontest.OpEdit), deedWithdraw: string(mastodontest.OpDelete), deedRenew: string(mastodontest.OpVerify)},
	"bluesky":  {deedPost: string(blueskytest.OpPut), deedWithdraw: string(blueskytest.OpDelete), deedRenew: string(blueskytest.OpRefresh)},
	"webhook":  {deedPost: string(webhooktest.OpPublish), deedEdit: string(webhooktest.OpEdit), deedWithdraw: string(webhooktest.OpWithdraw)},
}

// faultNames lists everything that can go wrong with a request to a network.
func faultNames(network string) []string {
	var names []string
	switch network {
	case "threads":
		for _, f := range threadstest.AllFaults(0) {
			names = append(names, f.Name)
		}
	case "mastodon":
		for _, f := range mastodontest.AllFaults(0) {
			names = append(names, f.Name)
		}
	case "bluesky":
		for _, f := range blueskytest.AllFaults(0) {
			names = append(names, f.Name)
		}
	case "webhook":
		for _, f := range webhooktest.AllFaults(0) {
			names = append(names, f.Name)
		}
	}
	return names
}

// spoil lets a fault befall the next requests of a deed.
func (e *ensemble) spoil(network string, deed stageDeed, fault string, times int) {
	e.t.Helper()
	const late = 3 * time.Minute
	op := ops[network][deed]
	if op == "" {
		e.t.Fatalf("%s has no requests to %s", network, deed)
	}
	switch network {
	case "threads":
		for _, f := range threadstest.AllFaults(late) {
			if f.Name == fault {
				e.net.Plan(threadstest.Rule{Op: threadstest.Op(op), Times: times, Action: f.Action})
				return
			}
		}
	case "mastodon":
		for _, f := range mastodontest.AllFaults(late) {
			if f.Name == fault {
				e.masto.Plan(mastodontest.Rule{Op: mastodontest.Op(op), Times: times, Action: f.Action})
				return
			}
		}
	case "bluesky":
		for _, f := range blueskytest.AllFaults(late) {
			if f.Name == fault {
				e.sky.Plan(blueskytest.Rule{Op: blueskytest.Op(op), Times: times, Action: f.Action})
				return
			}
		}
	case "webhook":
		for _, f := range webhooktest.AllFaults(late) {
			if f.Name == fault {
				e.hook.Plan(webhooktest.Rule{Op: webhooktest.Op(op), Times: times, Action: f.Action})
				return
			}
		}
	}
	e.t.Fatalf("%s has no fault %q", network, fault)
}

// heal ends all faults of a network.
func (e *ensemble) heal(network string) {
	switch network {
	case "threads":
		e.net.Plan()
	case "mastodon":
		e.masto.Plan()
	case "bluesky":
		e.sky.Plan()
	case "webhook":
		e.hook.Plan()
	}
}

// retitle gives an article another headline.
func (e *ensemble) retitle(guid, title string) {
	e.t.Helper()
	if !e.room.Edit("city", guid, func(a *feedstest.Article) { a.Title = title }) {
		e.t.Fatalf("no article %s", guid)
	}
}

// thread is a post as its readers see it with what answers it, the first lines
// alone: "A > B > C".
func (c *cast) threads() []string {
	posts := c.visible()
	var follow func(p sightedPost) string
	follow = func(p sightedPost) string {
		line := firstLine(p.Text)
		for _, a := range slices.Backward(posts) {
			if a.ReplyTo == p.ID {
				line += " > " + follow(a)
			}
		}
		return line
	}
	var out []string
	for _, p := range slices.Backward(posts) {
		if p.ReplyTo == "" || !slices.ContainsFunc(posts, func(o sightedPost) bool { return o.ID == p.ReplyTo }) {
			line := follow(p)
			if p.ReplyTo != "" {
				line = "(answers nothing) " + line
			}
			out = append(out, line)
		}
	}
	return out
}

// wantThreads fails unless readers of a network see exactly these threads.
func (e *ensemble) wantThreads(c *cast, want ...string) {
	e.t.Helper()
	got := c.threads()
	if slices.Sort(got); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
		e.t.Errorf("readers of %s see\n  %s\nwant\n  %s\nlog:\n%s", c.name, strings.Join(got, "\n  "), strings.Join(want, "\n  "), e.tailOf(c.name))
	}
}

// tailOf is the end of the log that is about one account.
func (s *stage) tailOf(account string) string {
	lines := slices.DeleteFunc(strings.Split(s.logs.String(), "\n"), func(line string) bool {
		return !strings.Contains(line, "account="+account) && !strings.Contains(line, "feed=city")
	})
	lines = slices.DeleteFunc(lines, func(line string) bool { return strings.Contains(line, "msg=fetched") })
	return strings.Join(lines[max(len(lines)-25, 0):], "\n")
}

// untilSettled lets time pass until nothing is under way on an account.
func (e *ensemble) untilSettled(account string, atMost time.Duration) {
	e.t.Helper()
	for end := time.Now().Add(atMost); time.Now().Before(end); e.wait(5 * time.Minute) {
		if e.settled(account) {
			return
		}
	}
	for _, p := range e.posts(spool.Waiting, spool.Sending, spool.Doubt) {
		if p.Account == account {
			e.t.Errorf("after %v post %s (%s) is still %s: %s\n%s", atMost, p.ID, p.Purpose, p.State, p.Reason, e.tailOf(account))
		}
	}
}

// one is the only post of an account for a purpose.
func (e *ensemble) one(account string, purpose spool.Purpose) spool.Post {
	e.t.Helper()
	found := e.those(account, purpose)
	if len(found) != 1 {
		e.t.Fatalf("account %s has %d posts to %s\n%s", account, len(found), purpose, e.tailOf(account))
	}
	return found[0]
}

func (s *stage) those(account string, purpose spool.Purpose) []spool.Post {
	s.t.Helper()
	return slices.DeleteFunc(s.posts(), func(p spool.Post) bool { return p.Account != account || p.Purpose != purpose })
}

// steer does as a person does who has the program at hand.
func (s *stage) steer(id string, what spool.What) error {
	_, err := s.d.db.Steer(s.t.Context(), id, spool.Event{What: what, Who: "anna"}, spool.Rules{})
	return err
}

// wantHistory fails unless the history of a post has a line with all of the words.
func (s *stage) wantHistory(p spool.Post, words ...string) {
	s.t.Helper()
	var lines []string
	for _, c := range s.history(p) {
		line := fmt.Sprintf("%s %s->%s by %s: %s", c.What, c.From, c.To, c.Who, c.Cause)
		lines = append(lines, line)
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(line, w) }) {
			return
		}
	}
	s.t.Errorf("no line of the history of %s's post to %s says %q:\n  %s", p.Account, p.Purpose, words, strings.Join(lines, "\n  "))
}

// refuseNth has a network refuse the nth of the next posts for good.
func (e *ensemble) refuseNth(network string, n int) {
	switch network {
	case "threads":
		e.net.Plan(threadstest.Rule{Op: threadstest.OpCreate, Nth: n, Action: threadstest.Error(400, 100, 0, "Invalid parameter")})
	case "mastodon":
		e.masto.Plan(mastodontest.Rule{Op: mastodontest.OpPost, Nth: n, Action: mastodontest.Status(422, `{"error":"Validation failed: Text is not welcome"}`)})
	case "bluesky":
		e.sky.Plan(blueskytest.Rule{Op: blueskytest.OpPut, Nth: n, Action: blueskytest.Error(400, "InvalidRequest", "Invalid app.bsky.feed.post record")})
	}
}
