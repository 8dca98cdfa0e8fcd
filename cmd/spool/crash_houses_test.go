//go:build failpoints

package main

import (
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"

	"spool/publisher/bluesky/blueskytest"
	"spool/publisher/mastodon/mastodontest"
	"spool/publisher/threads/threadstest"
	"spool/publisher/webhook/webhooktest"
)

// A house is the stand-in of a network in a siege.
type house struct {
	name     string
	handler  http.Handler
	visible  func() []sightedPost // newest first
	alerts   func() []sightedPost // of the agency
	disturb  func()
	calm     func()
	inFlight func() int
}

// titles are the first lines of what readers see, without replies.
func (h *house) titles() []string {
	var out []string
	for _, p := range h.visible() {
		if p.ReplyTo == "" {
			out = append(out, firstLine(p.Text))
		}
	}
	return out
}

// lateness is how late an effect may come: the grace time of a siege is three
// seconds.
const lateness = 400 * time.Millisecond

// build makes all networks.
func (s *siege) build(seed uint64) []*house {
	return []*house{s.threadsHouse(seed), s.mastodonHouse(seed), s.blueskyHouse(seed), s.webhookHouse(seed)}
}

func (s *siege) threadsHouse(seed uint64) *house {
	net := threadstest.New(threadstest.Options{Seed: seed})
	net.AddUser(stageUser, stageToken)
	net.AddUser(linesUser, linesToken)
	s.net = net
	actions := []threadstest.Action{
		threadstest.Status(500, ""), threadstest.CommitThenStatus(500, ""), threadstest.DropBefore(), threadstest.CommitThenDrop(),
		threadstest.Garbage(), threadstest.Truncated(), threadstest.CommitLate(lateness), threadstest.CommitLateStatus(lateness, 502, ""),
		threadstest.CommitLateHang(lateness), threadstest.Error(400, 24, 4279009, "not found"),
		threadstest.CommitThenStatus(500, threadstest.ErrorBody(10, 0, "permission")), threadstest.Throttle(map[string]string{"Retry-After": "1"}),
		threadstest.Hang(), threadstest.CommitThenHang(), threadstest.Delay(200 * time.Millisecond),
	}
	seen := func(user string) (out []sightedPost) {
		for _, p := range net.Visible(user) {
			out = append(out, sightedPost{p.ID, p.Text, p.Link, p.ReplyTo, p.Time})
		}
		return out
	}
	return &house{
		name: "threads", handler: net, inFlight: func() int { return max(net.MaxInFlight(stageUser), net.MaxInFlight(linesUser)) },
		visible: func() []sightedPost { return seen(stageUser) },
		alerts:  func() []sightedPost { return seen(linesUser) },
		calm:    func() { net.SetKnobs(threadstest.Knobs{}); net.Plan() },
		disturb: func() {
			var k threadstest.Knobs
			turn(s.dice, threadstest.AllKnobs(), func(knob threadstest.Knob) { s.must(k.Set(knob.Name, pick(s.dice, knob.Values))) }, func(knob threadstest.Knob) string { return knob.Name })
			net.SetKnobs(k)
			net.Plan(
				threadstest.Rule{Op: threadstest.OpPublish, Probability: 0.3, Action: pick(s.dice, actions)},
				threadstest.Rule{Op: threadstest.OpCreate, Probability: 0.1, Action: pick(s.dice, actions)},
				threadstest.Rule{Op: threadstest.OpStatus, Probability: 0.1, Action: threadstest.Status(500, "")},
			)
		},
	}
}

func (s *siege) mastodonHouse(seed uint64) *house {
	net := mastodontest.New(mastodontest.Options{Seed: seed})
	net.AddUser(stageUser, ensembleToken)
	net.AddUser(linesUser, linesToken)
	actions := []mastodontest.Action{
		mastodontest.Status(500, ""), mastodontest.CommitThenStatus(500, ""), mastodontest.DropBefore(), mastodontest.CommitThenDrop(),
		mastodontest.Garbage(), mastodontest.Truncated(), mastodontest.CommitLate(lateness), mastodontest.CommitLateHang(lateness),
		mastodontest.Throttle(time.Second), mastodontest.Hang(), mastodontest.CommitThenHang(), mastodontest.Delay(200 * time.Millisecond),
	}
	seen := func(user string) (out []sightedPost) {
		for _, p := range net.Visible(user) {
			out = append(out, sightedPost{p.ID, p.Text, p.Link, p.ReplyTo, p.Time})
		}
		return out
	}
	return &house{
		name: "mastodon", handler: net, inFlight: func() int { return max(net.MaxInFlight(stageUser), net.MaxInFlight(linesUser)) },
		visible: func() []sightedPost { return seen(stageUser) },
		alerts:  func() []sightedPost { return seen(linesUser) },
		calm:    func() { net.SetKnobs(mastodontest.Knobs{}); net.Plan() },
		disturb: func() {
			var k mastodontest.Knobs
			turn(s.dice, mastodontest.AllKnobs(), func(knob mastodontest.Knob) { s.must(k.Set(knob.Name, pick(s.dice, knob.Values))) }, func(knob mastodontest.Knob) string { return knob.Name })
			net.SetKnobs(k)
			net.Plan(
				mastodontest.Rule{Op: mastodontest.OpPost, Probability: 0.3, Action: pick(s.dice, actions)},
				mastodontest.Rule{Op: mastodontest.OpList, Probability: 0.1, Action: mastodontest.Status(500, "")},
			)
		},
	}
}

func (s *siege) blueskyHouse(seed uint64) *house {
	net := blueskytest.New(blueskytest.Options{Seed: seed})
	net.AddUser(ensembleHandle, ensemblePassword)
	net.AddUser(linesHandle, linesPassword)
	actions := []blueskytest.Action{
		blueskytest.Status(500, ""), blueskytest.CommitThenStatus(500, ""), blueskytest.DropBefore(), blueskytest.CommitThenDrop(),
		blueskytest.Garbage(), blueskytest.Truncated(), blueskytest.CommitLate(lateness), blueskytest.CommitLateHang(lateness),
		blueskytest.Throttle(map[string]string{"Retry-After": "1"}), blueskytest.Hang(), blueskytest.CommitThenHang(), blueskytest.Delay(200 * time.Millisecond),
	}
	seen := func(user string) (out []sightedPost) {
		for _, p := range net.Visible(user) {
			out = append(out, sightedPost{p.ID, p.Text, p.Link, p.ReplyTo, p.Time})
		}
		return out
	}
	return &house{
		name: "bluesky", handler: net, inFlight: func() int { return max(net.MaxInFlight(ensembleHandle), net.MaxInFlight(linesHandle)) },
		visible: func() []sightedPost { return seen(ensembleHandle) },
		alerts:  func() []sightedPost { return seen(linesHandle) },
		calm:    func() { net.SetKnobs(blueskytest.Knobs{}); net.Plan() },
		disturb: func() {
			var k blueskytest.Knobs
			turn(s.dice, blueskytest.AllKnobs(), func(knob blueskytest.Knob) { s.must(k.Set(knob.Name, pick(s.dice, knob.Values))) }, func(knob blueskytest.Knob) string { return knob.Name })
			net.SetKnobs(k)
			net.Plan(
				blueskytest.Rule{Op: blueskytest.OpPut, Probability: 0.3, Action: pick(s.dice, actions)},
				blueskytest.Rule{Op: blueskytest.OpGet, Probability: 0.1, Action: blueskytest.Status(500, "")},
				blueskytest.Rule{Op: blueskytest.OpRefresh, Probability: 0.1, Action: blueskytest.Status(502, "")},
			)
		},
	}
}

func (s *siege) webhookHouse(seed uint64) *house {
	net := webhooktest.New(webhooktest.Options{Seed: seed})
	net.AddUser(stageUser, ensembleSecret)
	net.AddUser(linesUser, ensembleSecret)
	actions := []webhooktest.Action{
		webhooktest.Status(500, ""), webhooktest.CommitThenStatus(500, ""), webhooktest.DropBefore(), webhooktest.CommitThenDrop(),
		webhooktest.Garbage(), webhooktest.Truncated(), webhooktest.CommitLate(lateness), webhooktest.CommitLateHang(lateness),
		webhooktest.Throttle(map[string]string{"Retry-After": "1"}), webhooktest.Hang(), webhooktest.CommitThenHang(), webhooktest.Delay(200 * time.Millisecond),
	}
	seen := func(user string) (out []sightedPost) {
		for _, p := range net.Visible(user) {
			out = append(out, sightedPost{p.ID, p.Text, p.Link, p.ReplyTo, p.Time})
		}
		return out
	}
	return &house{
		name: "webhook", handler: net, inFlight: func() int { return max(net.MaxInFlight(stageUser), net.MaxInFlight(linesUser)) },
		visible: func() []sightedPost { return seen(stageUser) },
		alerts:  func() []sightedPost { return seen(linesUser) },
		calm:    func() { net.Plan() },
		disturb: func() {
			net.Plan(webhooktest.Rule{Op: webhooktest.OpPublish, Probability: 0.3, Action: pick(s.dice, actions)})
		},
	}
}

func pick[T any](dice *rand.Rand, from []T) T { return from[dice.IntN(len(from))] }

// turn turns one knob, unless its values are made for a grace time of minutes or
// change who is at the account: those are turned on virtual time.
func turn[K any](dice *rand.Rand, knobs []K, set func(K), name func(K) string) {
	knob := pick(dice, knobs)
	if !slices.Contains([]string{
		"list_lag", "get_lag", "publish_latency", "post_latency", "put_latency", "processing", "early_reply",
		"max_characters", "reserved", "api", "software",
	}, name(knob)) {
		set(knob)
	}
}

func (s *siege) must(err error) {
	if err != nil {
		s.t.Fatal(err)
	}
}

// wantThreads fails unless the replies of a network hang together: each answers
// the one before it, none is there twice, and each long story has all of its parts
// unless a person was asked. It returns how many there are.
func (s *siege) wantThreads(h *house, posts []sightedPost, asked bool) int {
	s.t.Helper()
	byID := map[string]sightedPost{}
	for _, p := range posts {
		byID[p.ID] = p
	}
	story := func(p sightedPost) string { // the number that a part's words name
		_, rest, _ := strings.Cut(strings.ToLower(p.Text), "story ")
		n, _, _ := strings.Cut(rest, " ")
		return n
	}
	replies, answered := 0, map[string]int{}
	for _, p := range posts {
		if p.ReplyTo == "" {
			continue
		}
		replies++
		answered[p.ReplyTo]++
		parent, ok := byID[p.ReplyTo]
		switch {
		case !ok:
			s.t.Errorf("%s: %q answers nothing that readers see", h.name, firstLine(p.Text))
		case story(parent) != story(p):
			s.t.Errorf("WRONG THREAD on %s: %q answers %q", h.name, firstLine(p.Text), firstLine(parent.Text))
		case answered[p.ReplyTo] > 1:
			s.t.Errorf("DOUBLED on %s: %q is answered %d times", h.name, firstLine(parent.Text), answered[p.ReplyTo])
		}
	}
	for _, p := range posts {
		if p.ReplyTo == "" && s.long[firstLine(p.Text)] && h.name != "webhook" && answered[p.ID] == 0 && !asked {
			s.t.Errorf("LOST on %s: %q does not go on", h.name, firstLine(p.Text))
		}
	}
	return replies
}
