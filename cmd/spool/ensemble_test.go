package main

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"spool"
	"spool/publisher/bluesky/blueskytest"
	"spool/publisher/mastodon/mastodontest"
	"spool/publisher/threads/threadstest"
	"spool/publisher/webhook/webhooktest"
)

// An ensemble is a stage with an account on every network, all of which carry
// the same feed.
type ensemble struct {
	*stage
	masto *mastodontest.Server
	sky   *blueskytest.Server
	hook  *webhooktest.Server
	casts []*cast
}

// A cast is one network of the ensemble as a test deals with it.
type cast struct {
	name       string // of the account and of its network
	visible    func() []sightedPost
	violations func() []string
	secrets    []string
	faults     []ensembleFault
	set        func(matrixSetting) error
}

// A sightedPost is a post as its reader sees it.
type sightedPost struct {
	ID, Text, Link, ReplyTo string
	At                      time.Time
}

// An ensembleFault is something that goes wrong with one network.
type ensembleFault struct {
	name string
	plan func()
}

// The names and secrets of the ensemble.
const (
	ensembleHandle   = "desk.example.org"
	ensemblePassword = "abcd-efgh-ijkl-mnop"
	ensembleToken    = "Xk3ensembletoken0123456789abcdefghijklmnop"
	ensembleSecret   = "whsec_c3Bvb2wtdGVzdHMtc2lnbi13aXRoLXRoaXMtb25l"
)

const ensembleConfig = `
database: %s/spool.db
server: {listen: ""}
accounts:
  threads: {network: threads, token: ` + stageToken + `, limits: {spacing: 0s, per_day: 0, reserve: 0}}
  mastodon: {network: mastodon, base_url: "https://newsie.example", token: ` + ensembleToken + `, limits: {spacing: 0s, per_day: 0, reserve: 0}}
  bluesky: {network: bluesky, handle: ` + ensembleHandle + `, app_password: ` + ensemblePassword + `, limits: {spacing: 0s, per_day: 0, reserve: 0}}
  webhook: {network: webhook, base_url: "https://hooks.example/hooks/desk", secret: ` + ensembleSecret + `, limits: {spacing: 0s, per_day: 0, reserve: 0}}
feeds:
  city:
    url: http://feeds.example/feeds/city.rss
    schedule: "@every 1m"
    accounts: [threads, mastodon, bluesky, webhook]
    settle: 0s
    max_age: 0s
    burst: 0
    post: {image: none} # the articles' pages are not asked for pictures
`

// playEnsemble runs a test with all networks within a bubble of virtual time.
func playEnsemble(t *testing.T, config string, scene func(t *testing.T, e *ensemble)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := &ensemble{stage: newStage(t, config), masto: mastodontest.New(mastodontest.Options{}), sky: blueskytest.New(blueskytest.Options{}), hook: webhooktest.New(webhooktest.Options{})}
		e.masto.AddUser(stageUser, ensembleToken)
		e.sky.AddUser(ensembleHandle, ensemblePassword)
		e.hook.AddUser(stageUser, ensembleSecret)
		e.prog.apiTransport = hosts{
			"graph.threads.net": e.net.Transport(), "newsie.example": e.masto.Transport(),
			"bsky.social": e.sky.Transport(), "hooks.example": e.hook.Transport(),
		}
		e.casts = []*cast{e.onThreads(), e.onMastodon(), e.onBluesky(), e.onWebhook()}
		defer e.end()
		scene(t, e)
	})
}

// hosts sends requests to the stand-in that has their host.
type hosts map[string]http.RoundTripper

func (h hosts) RoundTrip(r *http.Request) (*http.Response, error) {
	if transport, ok := h[r.URL.Host]; ok {
		return transport.RoundTrip(r)
	}
	return nil, fmt.Errorf("nobody is at %s", r.URL.Host)
}

func (e *ensemble) onThreads() *cast {
	plan := func(a threadstest.Action) func() {
		return func() { e.net.Plan(threadstest.Rule{Op: threadstest.OpPublish, Times: 2, Action: a}) }
	}
	return &cast{
		name: "threads", violations: e.net.Violations, secrets: []string{stageToken},
		visible: func() (out []sightedPost) {
			for _, p := range e.net.Visible(stageUser) {
				out = append(out, sightedPost{p.ID, p.Text, p.Link, p.ReplyTo, p.Time})
			}
			return out
		},
		set: func(m matrixSetting) error {
			var k threadstest.Knobs
			defer func() { e.net.SetKnobs(k) }()
			return k.Set(m.knob, m.value)
		},
		faults: []ensembleFault{
			{"500 before", plan(threadstest.Status(500, ""))}, {"500 after", plan(threadstest.CommitThenStatus(500, ""))},
			{"cut before", plan(threadstest.DropBefore())}, {"cut after", plan(threadstest.CommitThenDrop())},
			{"hang before", plan(threadstest.Hang())}, {"hang after", plan(threadstest.CommitThenHang())},
			{"garbage", plan(threadstest.Garbage())}, {"truncated", plan(threadstest.Truncated())},
			{"late", plan(threadstest.CommitLate(3 * time.Minute))}, {"late, hanging", plan(threadstest.CommitLateHang(3 * time.Minute))},
			{"throttled", plan(threadstest.Throttle(map[string]string{"Retry-After": "60"}))}, {"refused", plan(threadstest.Refuse())},
			{"away", func() { e.net.Plan(threadstest.Rule{Times: 60, Action: threadstest.Status(503, "")}) }},
		},
	}
}

func (e *ensemble) onMastodon() *cast {
	plan := func(a mastodontest.Action) func() {
		return func() { e.masto.Plan(mastodontest.Rule{Op: mastodontest.OpPost, Times: 2, Action: a}) }
	}
	return &cast{
		name: "mastodon", violations: e.masto.Violations, secrets: []string{ensembleToken},
		visible: func() (out []sightedPost) {
			for _, p := range e.masto.Visible(stageUser) {
				out = append(out, sightedPost{p.ID, p.Text, p.Link, p.ReplyTo, p.Time})
			}
			return out
		},
		set: func(m matrixSetting) error {
			var k mastodontest.Knobs
			defer func() { e.masto.SetKnobs(k) }()
			return k.Set(m.knob, m.value)
		},
		faults: []ensembleFault{
			{"500 before", plan(mastodontest.Status(500, ""))}, {"500 after", plan(mastodontest.CommitThenStatus(500, ""))},
			{"cut before", plan(mastodontest.DropBefore())}, {"cut after", plan(mastodontest.CommitThenDrop())},
			{"hang before", plan(mastodontest.Hang())}, {"hang after", plan(mastodontest.CommitThenHang())},
			{"garbage", plan(mastodontest.Garbage())}, {"truncated", plan(mastodontest.Truncated())},
			{"late", plan(mastodontest.CommitLate(3 * time.Minute))}, {"late, hanging", plan(mastodontest.CommitLateHang(3 * time.Minute))},
			{"throttled", plan(mastodontest.Throttle(time.Minute))}, {"refused", plan(mastodontest.Refuse())},
			{"away", func() { e.masto.Plan(mastodontest.Rule{Times: 60, Action: mastodontest.Status(503, "")}) }},
		},
	}
}

func (e *ensemble) onBluesky() *cast {
	plan := func(a blueskytest.Action) func() {
		return func() { e.sky.Plan(blueskytest.Rule{Op: blueskytest.OpPut, Times: 2, Action: a}) }
	}
	return &cast{
		name: "bluesky", violations: e.sky.Violations, secrets: []string{ensemblePassword},
		visible: func() (out []sightedPost) {
			for _, p := range e.sky.Visible(ensembleHandle) {
				out = append(out, sightedPost{p.ID, p.Text, p.Link, p.ReplyTo, p.Time})
			}
			return out
		},
		set: func(m matrixSetting) error {
			var k blueskytest.Knobs
			defer func() { e.sky.SetKnobs(k) }()
			return k.Set(m.knob, m.value)
		},
		faults: []ensembleFault{
			{"500 before", plan(blueskytest.Status(500, ""))}, {"500 after", plan(blueskytest.CommitThenStatus(500, ""))},
			{"cut before", plan(blueskytest.DropBefore())}, {"cut after", plan(blueskytest.CommitThenDrop())},
			{"hang before", plan(blueskytest.Hang())}, {"hang after", plan(blueskytest.CommitThenHang())},
			{"garbage", plan(blueskytest.Garbage())}, {"truncated", plan(blueskytest.Truncated())},
			{"late", plan(blueskytest.CommitLate(3 * time.Minute))}, {"late, hanging", plan(blueskytest.CommitLateHang(3 * time.Minute))},
			{"throttled", plan(blueskytest.Throttle(map[string]string{"Retry-After": "60"}))}, {"refused", plan(blueskytest.Refuse())},
			{"away", func() { e.sky.Plan(blueskytest.Rule{Times: 60, Action: blueskytest.Status(503, "")}) }},
			{"session ended", func() { e.sky.EndSessions(ensembleHandle) }},
		},
	}
}

func (e *ensemble) onWebhook() *cast {
	plan := func(a webhooktest.Action) func() {
		return func() { e.hook.Plan(webhooktest.Rule{Op: webhooktest.OpPublish, Times: 2, Action: a}) }
	}
	return &cast{
		name: "webhook", violations: e.hook.Violations, secrets: []string{strings.TrimPrefix(ensembleSecret, "whsec_")},
		visible: func() (out []sightedPost) {
			for _, p := range e.hook.Visible(stageUser) {
				out = append(out, sightedPost{p.ID, p.Text, p.Link, p.ReplyTo, p.Time})
			}
			return out
		},
		set: func(m matrixSetting) error {
			var k webhooktest.Knobs
			defer func() { e.hook.SetKnobs(k) }()
			return k.Set(m.knob, m.value)
		},
		faults: []ensembleFault{
			{"500 before", plan(webhooktest.Status(500, ""))}, {"500 after", plan(webhooktest.CommitThenStatus(500, ""))},
			{"cut before", plan(webhooktest.DropBefore())}, {"cut after", plan(webhooktest.CommitThenDrop())},
			{"hang before", plan(webhooktest.Hang())}, {"hang after", plan(webhooktest.CommitThenHang())},
			{"garbage", plan(webhooktest.Garbage())}, {"truncated", plan(webhooktest.Truncated())},
			{"late", plan(webhooktest.CommitLate(3 * time.Minute))}, {"late, hanging", plan(webhooktest.CommitLateHang(3 * time.Minute))},
			{"throttled", plan(webhooktest.Throttle(map[string]string{"Retry-After": "60"}))}, {"refused", plan(webhooktest.Refuse())},
			{"away", func() { e.hook.Plan(webhooktest.Rule{Times: 30, Action: webhooktest.Status(503, "")}) }},
		},
	}
}

// settingsOf are all values of all knobs but the first of each, which is the
// default.
func settingsOf[K any](knobs []K, of func(K) (string, []string)) []matrixSetting {
	var out []matrixSetting
	for _, k := range knobs {
		name, values := of(k)
		for _, value := range values[1:] {
			out = append(out, matrixSetting{name, value})
		}
	}
	return out
}

// titles are the first lines of what readers of a network see, oldest first,
// without replies.
func (c *cast) titles() []string {
	var out []string
	for _, p := range slices.Backward(c.visible()) {
		if p.ReplyTo == "" {
			out = append(out, firstLine(p.Text))
		}
	}
	return out
}

// wantOn fails unless readers of a network see each title once and nothing else.
func (e *ensemble) wantOn(c *cast, titles []string) {
	e.t.Helper()
	got, want := slices.Sorted(slices.Values(c.titles())), slices.Sorted(slices.Values(titles))
	if !slices.Equal(got, want) {
		e.t.Errorf("readers of %s see\n  %s\nwant\n  %s\nlog:\n%s", c.name, strings.Join(got, "\n  "), strings.Join(want, "\n  "), e.tail())
	}
}

// wantOnAll fails unless that holds everywhere, and no stand-in has seen what a
// client must never do.
func (e *ensemble) wantOnAll(titles []string) {
	e.t.Helper()
	for _, c := range e.casts {
		e.wantOn(c, titles)
	}
	e.wantAllClean()
}

func (e *ensemble) wantAllClean() {
	e.t.Helper()
	for _, c := range e.casts {
		for _, v := range c.violations() {
			e.t.Errorf("%s complains: %s", c.name, v)
		}
		for _, secret := range c.secrets {
			if strings.Contains(e.logs.String(), secret) {
				e.t.Errorf("a secret of %s is in the log", c.name)
			}
		}
	}
}

// settled reports whether every post of an account has come to an end.
func (e *ensemble) settled(account string) bool {
	for _, p := range e.posts() {
		if p.Account == account && (p.State == spool.Waiting || p.State == spool.Sending || p.State == spool.Doubt) {
			return false
		}
	}
	return true
}

func TestEveryNetworkGetsEachStoryOnce(t *testing.T) {
	playEnsemble(t, ensembleConfig, func(_ *testing.T, e *ensemble) {
		e.baseline()
		titles := e.publish(5)
		e.wait(3 * time.Minute)
		e.wantOnAll(titles)
		e.wait(25 * time.Hour) // every post is checked twice more, sessions are renewed
		e.wantOnAll(titles)
		e.wantStates(map[spool.State]int{spool.Live: 20})
	})
}

// TestOneNetworkDoesNotHoldUpTheOthers has one network fail in every way; the
// others must have the story as if nothing was the matter, and that one once.
func TestOneNetworkDoesNotHoldUpTheOthers(t *testing.T) {
	for _, name := range []string{"threads", "mastodon", "bluesky", "webhook"} {
		t.Run(name, func(t *testing.T) {
			for i := range 14 {
				t.Run(fmt.Sprint(i), func(t *testing.T) { playFault(t, name, i, matrixSetting{}) })
			}
		})
	}
}

// playFault lets the nth fault befall a network at a setting of its stand-in.
func playFault(t *testing.T, name string, n int, setting matrixSetting) {
	playEnsemble(t, ensembleConfig, func(t *testing.T, e *ensemble) {
		i := slices.IndexFunc(e.casts, func(c *cast) bool { return c.name == name })
		broken := e.casts[i]
		if n >= len(broken.faults) {
			t.Skip("this network has no more faults")
		}
		if setting.knob != "" {
			if err := broken.set(setting); err != nil {
				t.Fatal(err)
			}
		}
		e.prog.tick = 5 * time.Second
		e.baseline()
		t.Log(broken.faults[n].name)
		broken.faults[n].plan()
		titles := e.publish(3)
		e.wait(90 * time.Second)
		for _, c := range e.casts {
			if c != broken {
				e.wantOn(c, titles) // in time
			}
		}
		for range 48 {
			if e.settled(name) {
				break
			}
			e.wait(5 * time.Minute)
		}
		e.wait(20 * time.Minute) // whatever is late comes now
		e.wantOnceOrTold(broken, titles)
		e.wantAllClean()
	})
}

// wantOnceOrTold fails when a title is seen twice on a network, or is neither
// seen nor held for a person who is told why.
func (e *ensemble) wantOnceOrTold(c *cast, titles []string) {
	e.t.Helper()
	seen, told := map[string]int{}, map[string]string{}
	for _, title := range c.titles() {
		seen[title]++
	}
	for _, p := range e.posts() {
		if p.Account == c.name && p.State == spool.Held && p.Reason != "" {
			told[firstLine(p.Content.Text)] = p.Reason
		}
	}
	for _, title := range titles {
		switch n := seen[title]; {
		case n > 1:
			e.t.Errorf("%q is seen %d times on %s\nlog:\n%s", title, n, c.name, e.tail())
		case n == 0 && told[title] == "":
			e.t.Errorf("%q is lost on %s\nlog:\n%s", title, c.name, e.tail())
		}
	}
	if len(seen) > len(titles) {
		e.t.Errorf("%v were never all meant to be posted on %s", slices.Sorted(maps.Keys(seen)), c.name)
	}
	if len(told) > 0 {
		e.t.Logf("held on %s: %v", c.name, told)
	}
}

// thorough reports whether every case is wanted, as in CI's matrix: $SPOOL_MATRIX is
// "full".
func thorough() bool { return os.Getenv("SPOOL_MATRIX") == "full" }

// chosen reports whether the nth of many cases is run: one of so many, and three
// times as many when the tests are to be thorough.
func chosen(n, every int) bool {
	if thorough() {
		every = max(every/3, 1)
	}
	return n%every == 0
}

// TestMatrixNetworks runs faults at settings of the stand-ins of the networks
// beside Threads, which TestMatrix has to itself, while all carry the same
// stories. Each network's own package runs every fault at every setting; here it
// is a sixth of the pairs when $SPOOL_MATRIX is "full", as it is in CI, and a few
// otherwise.
func TestMatrixNetworks(t *testing.T) {
	every := 29
	if thorough() {
		every = 6
	}
	for _, network := range []struct {
		name     string
		settings []matrixSetting
	}{
		{"mastodon", settingsOf(mastodontest.AllKnobs(), func(k mastodontest.Knob) (string, []string) { return k.Name, k.Values })},
		{"bluesky", settingsOf(blueskytest.AllKnobs(), func(k blueskytest.Knob) (string, []string) { return k.Name, k.Values })},
		{"webhook", settingsOf(webhooktest.AllKnobs(), func(k webhooktest.Knob) (string, []string) { return k.Name, k.Values })},
	} {
		for n, setting := range network.settings {
			for i := range 13 {
				if (i+5*n)%every == 0 {
					t.Run(fmt.Sprintf("%s/%s=%s/%d", network.name, setting.knob, setting.value, i), func(t *testing.T) { playFault(t, network.name, i, setting) })
				}
			}
		}
	}
}
