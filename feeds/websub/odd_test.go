package websub_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"spool"
	"spool/feeds"
	"spool/feeds/websub"
	"spool/feeds/websub/websubtest"
)

// A hub that has forgotten its subscribers, as after a restore of its own, is
// asked anew once polls show that it does not push.
func TestAForgetfulHubIsAskedAnew(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.subscribed()
		r.hub.Forget()
		wait(2 * 24 * time.Hour)
		r.remember("city", func(m *spool.FeedMemory) { m.Ahead = time.Now() })
		wait(25 * time.Minute)
		if n := len(r.hub.Subscribers(topicURL)); n != 1 || r.asked() != "subscribe subscribe" {
			t.Errorf("%d subscribers; the hub was asked: %s", n, r.asked())
		}
		r.hub.Forget() // and it goes on like that
		wait(5 * 24 * time.Hour)
		if n := len(r.hub.Requests()); n > 8 {
			t.Errorf("asked %d times in a week", n)
		}
	})
}

// A push that came late is no reason to ask anew.
func TestABelatedPushIsNoReasonToAskAnew(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.subscribed()
		wait(2 * 24 * time.Hour)
		r.remember("city", func(m *spool.FeedMemory) { m.Ahead = time.Now() })
		r.hub.Publish(topicURL, nil)
		wait(time.Hour)
		if r.asked() != "subscribe" {
			t.Errorf("the hub was asked: %s", r.asked())
		}
	})
}

// remember changes what is remembered of a feed.
func (r *rig) remember(feed string, change func(*spool.FeedMemory)) {
	r.t.Helper()
	if err := r.db.DueAll(r.t.Context(), time.Now()); err != nil {
		r.t.Fatal(err)
	}
	claimed, err := r.db.ClaimFeeds(r.t.Context(), "test", time.Now(), time.Minute, 100)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, f := range claimed {
		if f.Name == feed {
			change(&f.Memory)
		}
		f.NextPoll = time.Now().Add(time.Hour)
		if _, err := r.db.Ingest(r.t.Context(), spool.Ingest{Feed: f}); err != nil {
			r.t.Fatal(err)
		}
	}
}

// What a clock that was a year ahead has dated is dated anew.
func TestAClockThatWasAhead(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		s := r.subscribed()
		const year = 365 * 24 * time.Hour
		s.Requested, s.Verified = s.Requested.Add(year), s.Verified.Add(year)
		s.LeaseUntil, s.Next = s.LeaseUntil.Add(year), s.Next.Add(year)
		if _, err := r.db.SaveSubscription(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		wait(15 * time.Minute)
		s = r.want(spool.Active)
		if left := time.Until(s.LeaseUntil); left < 9*24*time.Hour || left > 10*24*time.Hour {
			t.Errorf("the lease ends in %v, and the hub was asked: %s", left, r.asked())
		}
	})
}

// What was pushed right before the end is recorded.
func TestAPushBeforeTheEnd(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		s := r.subscribed()
		push := func() { r.hub.Push(callback(s), websubtest.Sign("", s.Secret, nil), nil) }
		push()
		push() // within the same round, or the pause after it
		r.stop()
		if s = r.current(); r.poller.polls() == 0 || s.Pushes != 2 {
			t.Errorf("%d polls, %d pushes counted", r.poller.polls(), s.Pushes)
		}
		r.start()
	})
}

// The address of a hub comes from a feed, and may be meant to reach what only
// this machine can.
func TestHubsThatMustNotBeAsked(t *testing.T) {
	var reached atomic.Int64
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer inside.Close()
	_, port, err := net.SplitHostPort(inside.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	fetcher, err := feeds.New(feeds.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer fetcher.Close()
	ask := func(f *feeds.Fetcher, hub string) string {
		t.Helper()
		why, err := websub.AskOnce(t.Context(), f.Client(), hub)
		if err != nil {
			t.Fatal(err)
		}
		return why
	}
	for _, hub := range []string{
		inside.URL, "http://localhost:" + port, "http://127.1:" + port, "http://2130706433:" + port, "http://0x7f000001:" + port,
		"http://0177.0.0.1:" + port, "http://[::1]:" + port, "http://[::ffff:127.0.0.1]:" + port, "http://[64:ff9b::7f00:1]:" + port,
		"http://0.0.0.0:" + port, "http://169.254.169.254/latest", "http://user:pass@127.0.0.1:" + port, "file:///etc/passwd", "gopher://127.0.0.1:" + port,
	} {
		if why := ask(fetcher, hub); why == "" {
			t.Errorf("%s: nobody is told why it is not asked", hub)
		} else if strings.Contains(why, "pass@") {
			t.Errorf("%s: credentials are shown: %s", hub, why)
		}
	}
	if n := reached.Load(); n != 0 {
		t.Errorf("%d requests went through", n)
	}
	open, err := feeds.New(feeds.Options{AllowNetworks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	ask(open, inside.URL)
	if reached.Load() != 1 {
		t.Error("the test does not reach what it wants to be refused")
	}
}
