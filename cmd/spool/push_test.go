package main

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/feeds/websub/websubtest"
)

// The whole program between a publisher, its hub, and Threads.

const (
	hubURL   = "https://hub.example/"
	topicURL = "https://feeds.example/city"

	// shortly is enough for a push to lead to a post, also right after a poll: a
	// feed is not read twice within five seconds.
	shortly = 8 * time.Second
)

// pushConfig is for a feed that is read every quarter of an hour, unless it is
// pushed. The daemon is behind a proxy, which leaves the path as it is.
var pushConfig = strings.NewReplacer(
	`server: {listen: ""}`, `server: {listen: "127.0.0.1:0", public_url: "https://spool.example/behind"}`,
	`"@every 1m"`, `"@every 15m"`,
).Replace(stageConfig)

// A pushStage is a stage with a hub, which the feed names in a header.
type pushStage struct {
	*stage
	hub *websubtest.Hub
}

// playPush runs a test on a stage where the feed is subscribed to.
func playPush(t *testing.T, scene func(t *testing.T, s *pushStage)) {
	t.Helper()
	play(t, pushConfig, func(t *testing.T, plain *stage) {
		s := &pushStage{stage: plain}
		s.pushed = true
		s.hub = websubtest.New(websubtest.Options{Transport: inProcess{http.HandlerFunc(s.callback)}})
		s.prog.feedTransport = inProcess{http.HandlerFunc(s.internet)}
		defer func() {
			s.hub.Wait()
			for _, v := range s.hub.Violations() {
				t.Errorf("the hub complains: %s", v)
			}
			s.wantClean()
		}()
		s.baseline()
		s.wait(time.Minute)
		if sub := s.subscription(); sub.Standing != spool.Active {
			t.Fatalf("the subscription is %q: %s\n%s", sub.Standing, sub.Reason, s.tail())
		}
		scene(t, s)
		s.end()
	})
}

// internet is what the program reaches.
func (s *pushStage) internet(w http.ResponseWriter, r *http.Request) {
	switch r.Host {
	case "hub.example":
		s.hub.ServeHTTP(w, r)
	default:
		w.Header().Add("Link", "<"+hubURL+`>; rel="hub", <`+topicURL+`>; rel="self"`)
		s.room.Handler().ServeHTTP(w, r)
	}
}

// callback is what the hub reaches.
func (s *pushStage) callback(w http.ResponseWriter, r *http.Request) {
	if r.Host != "spool.example" || s.stop == nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	s.d.pages.Handler().ServeHTTP(w, r)
}

func (s *pushStage) subscription() spool.Subscription {
	s.t.Helper()
	all, err := s.d.db.Subscriptions(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	if len(all) == 0 {
		return spool.Subscription{}
	}
	return all[0]
}

// announce publishes an article and tells the hub.
func (s *pushStage) announce() []string {
	s.t.Helper()
	titles := s.publish(1)
	s.hub.Publish(topicURL, []byte("<rss>whatever it says</rss>"))
	return titles
}

func (s *pushStage) memory() spool.FeedMemory {
	s.t.Helper()
	all, err := s.d.db.Feeds(s.t.Context())
	if err != nil || len(all) != 1 {
		s.t.Fatal(len(all), err)
	}
	return all[0].Memory
}

// polls is how often the feed is asked within a while.
func (s *pushStage) polls(d time.Duration) int {
	before := len(s.room.Requests())
	s.wait(d)
	return len(s.room.Requests()) - before
}

func TestAnArticleIsLiveThroughAPush(t *testing.T) {
	playPush(t, func(t *testing.T, s *pushStage) {
		var want []string
		for range 3 {
			s.wait(4 * time.Minute)
			want = append(want, s.announce()...)
			s.wait(shortly)
			s.wantLive(want)
		}
		if m := s.memory(); m.Pushed != 3 || m.Polled != 0 || m.Proven.IsZero() {
			t.Errorf("found by pushes: %d, by polls: %d", m.Pushed, m.Polled)
		}
		if n := s.polls(2 * time.Hour); n > 5 {
			t.Errorf("%d polls within two hours, though the hub can be relied on", n)
		}
	})
}

func TestARestartKeepsTheSubscription(t *testing.T) {
	for name, stop := range map[string]func(s *pushStage){
		"told to stop": func(s *pushStage) { s.end() },
		"killed": func(s *pushStage) {
			s.copyDatabase("after")
			s.end()
			s.configure(strings.Replace(pushConfig, "spool.db", "after.db", 1))
		},
	} {
		t.Run(name, func(t *testing.T) {
			playPush(t, func(t *testing.T, s *pushStage) {
				want := s.announce()
				s.wait(time.Minute)
				stop(s)
				s.wait(time.Hour)
				s.start()
				s.wait(time.Minute)
				want = append(want, s.announce()...)
				s.wait(shortly)
				s.wantLive(want)
				if n := len(s.hub.Requests()); n != 1 {
					t.Errorf("the hub was asked %d times", n)
				}
			})
		})
	}
}

// copyDatabase copies the files as they are: what would be left if the program
// were killed now.
func (s *pushStage) copyDatabase(name string) {
	s.t.Helper()
	for _, end := range []string{"", "-wal"} {
		b, err := os.ReadFile(filepath.Join(s.dir, "spool.db"+end))
		if err == nil {
			err = os.WriteFile(filepath.Join(s.dir, name+".db"+end), b, 0o600)
		}
		if err != nil {
			s.t.Fatal(err)
		}
	}
}

func TestAHubThatSilentlyStopsIsNoticed(t *testing.T) {
	playPush(t, func(t *testing.T, s *pushStage) {
		want := s.announce()
		s.wait(10 * time.Minute)
		s.hub.Behave(websubtest.Manners{Copies: -1})
		want = append(want, s.announce()...)
		s.wait(31 * time.Minute)
		s.wantLive(want) // polling is the safety net
		if m := s.memory(); m.Pushed != 1 || m.Polled != 1 || !m.Proven.IsZero() {
			t.Errorf("found by pushes: %d, by polls: %d, relied on since %v", m.Pushed, m.Polled, m.Proven)
		}
		if n := s.polls(time.Hour); n != 4 {
			t.Errorf("%d polls within an hour, want those of the schedule again", n)
		}
		s.hub.Behave(websubtest.Manners{})
		want = append(want, s.announce()...)
		s.wait(shortly)
		s.wantLive(want)
		if m := s.memory(); m.Proven.IsZero() {
			t.Error("it has proved itself again, and is not relied on")
		}
	})
}

func TestAForgedPushFetchesNothing(t *testing.T) {
	playPush(t, func(t *testing.T, s *pushStage) {
		sub := s.subscription()
		body := []byte("<rss/>")
		for _, how := range []string{"none", "wrong", "short", "garbage"} {
			s.hub.Push(sub.Callback+sub.ID, websubtest.Sign(how, sub.Secret, body), body)
		}
		s.hub.Push(sub.Callback+strings.Repeat("A", len(sub.ID)), "", body)
		if n := s.polls(5 * time.Minute); n != 0 {
			t.Errorf("%d polls", n)
		}
		if sub = s.subscription(); sub.Ignored != 4 || sub.Pushes != 0 || sub.Standing != spool.Active {
			t.Errorf("%d ignored, %d valid", sub.Ignored, sub.Pushes)
		}
	})
}

func TestWebsubCanBeTurnedOff(t *testing.T) {
	for name, off := range map[string]string{
		"for the feed":  strings.Replace(pushConfig, "settle: 0s", "settle: 0s\n    websub: \"off\"", 1),
		"for all feeds": stageConfig,
	} {
		t.Run(name, func(t *testing.T) {
			playPush(t, func(t *testing.T, s *pushStage) {
				s.configure(off)
				if off == stageConfig {
					s.end()
					s.start()
				} else {
					s.d.reload(t.Context(), "the test wants it")
				}
				s.wait(time.Minute)
				if n := len(s.hub.Subscribers(topicURL)); n != 0 {
					t.Errorf("%d subscribers are left", n)
				}
				want := s.announce()
				s.wait(16 * time.Minute)
				s.wantLive(want)
			})
		})
	}
}

// A subscription's secrets are in the database only.
func TestSecretsOfSubscriptionsStaySecret(t *testing.T) {
	playPush(t, func(t *testing.T, s *pushStage) {
		s.announce()
		sub := s.subscription()
		s.hub.Deny(sub.Callback+sub.ID, topicURL, "no more "+sub.Secret)
		s.wait(time.Minute)
		sub = s.subscription()
		if sub.Standing != spool.Denied || !strings.Contains(sub.Reason, "no more …") {
			t.Errorf("%s: %s", sub.Standing, sub.Reason)
		}
		for _, secret := range []string{sub.Secret, sub.ID} {
			if secret == "" || strings.Contains(s.logs.String(), secret) {
				t.Error("a secret of the subscription is in the log, or there is none")
			}
		}
		modes := []string{}
		for _, r := range s.hub.Requests() {
			modes = append(modes, r.Mode)
		}
		if !slices.Equal(modes, []string{"subscribe"}) {
			t.Errorf("the hub was asked: %q", modes)
		}
	})
}
