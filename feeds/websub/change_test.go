package websub_test

import (
	"net/url"
	"testing"
	"time"

	"spool"
	"spool/feeds/websub/websubtest"
)

func TestWhatEndsASubscription(t *testing.T) {
	tests := map[string]func(r *rig){
		"the feed names no hub any more": func(r *rig) { r.names("city", "", "") },
		"the feed is removed":            func(r *rig) { r.feeds = nil; r.sync(); r.restart() },
		"websub is off":                  func(r *rig) { r.Replace(nil) },
		"the public address is gone":     func(r *rig) { r.public = ""; r.restart() },
		"the hub turns out to be a file": func(r *rig) { r.names("city", "file:///etc/passwd", topicURL) },
	}
	for name, end := range tests {
		t.Run(name, func(t *testing.T) {
			onRig(t, func(t *testing.T, r *rig) {
				s := r.subscribed()
				wait(2 * time.Hour)
				end(r)
				wait(15 * time.Minute)
				if r.asked() != "subscribe unsubscribe" || len(r.hub.Subscribers(topicURL)) != 0 {
					t.Errorf("the hub was asked: %s", r.asked())
				}
				if r.poller.back() != "[city]" {
					t.Errorf("polled by its schedule again: %s", r.poller.back())
				}
				if n := r.hub.Push(callback(s), websubtest.Sign("", s.Secret, nil), nil); n != 410 {
					t.Errorf("a push afterwards is answered with %d", n)
				}
				wait(25 * time.Hour)
				if len(r.all()) != 0 {
					t.Error("it is not forgotten")
				}
			})
		})
	}
}

func TestAnotherHubOrTopicMakesAnotherSubscription(t *testing.T) {
	for name, change := range map[string]func(r *rig){
		"hub":            func(r *rig) { r.names("city", "https://other.example/", topicURL) },
		"topic":          func(r *rig) { r.names("city", hubURL, topicURL+"?v=2") },
		"public address": func(r *rig) { r.public = "https://spool.example/behind"; r.restart() },
	} {
		t.Run(name, func(t *testing.T) {
			onRig(t, func(t *testing.T, r *rig) {
				old := r.subscribed()
				wait(2 * time.Hour)
				change(r)
				wait(15 * time.Minute)
				s := r.want(spool.Active)
				if s.ID == old.ID || s.Secret == old.Secret || r.asked() != "subscribe subscribe unsubscribe" && r.asked() != "subscribe unsubscribe subscribe" {
					t.Errorf("the hub was asked: %s", r.asked())
				}
				if n := len(r.hub.Subscribers(s.Topic)); n != 1 {
					t.Errorf("%d subscribers", n)
				}
			})
		})
	}
}

// A feed that names another hub each time makes few requests.
func TestAFeedThatCannotMakeUpItsMind(t *testing.T) {
	longish(t)
	onRig(t, func(t *testing.T, r *rig) {
		for i := range 240 {
			r.names("city", []string{hubURL, "https://other.example/"}[i%2], topicURL)
			wait(time.Minute)
		}
		if n := len(r.hub.Requests()); n > 12 {
			t.Errorf("%d requests in four hours", n)
		}
	})
}

// A hub that does not hear that it is over is told a few times, and then left
// to the end of the lease.
func TestFarewellsEnd(t *testing.T) {
	longish(t)
	for name, m := range map[string]websubtest.Manners{
		"it fails":        {Status: 503},
		"it never asks":   {Verify: websubtest.Never},
		"it knows naught": {Status: 404},
	} {
		t.Run(name, func(t *testing.T) {
			onRig(t, func(t *testing.T, r *rig) {
				r.subscribed()
				r.hub.Behave(m)
				r.Replace(nil)
				wait(8 * 24 * time.Hour)
				if n := len(r.hub.Requests()); n > 10 {
					t.Errorf("the hub was asked %d times", n)
				}
				if len(r.all()) != 0 {
					t.Errorf("still remembered: %v", r.all())
				}
			})
		})
	}
}

// What no hub has heard of is forgotten without asking one.
func TestNothingToSayGoodbyeTo(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		s := r.subscribed()
		r.hub.Deny(callback(s), topicURL, "")
		wait(time.Second)
		r.Replace(nil)
		wait(time.Minute)
		if r.asked() != "subscribe" || len(r.all()) != 0 {
			t.Errorf("the hub was asked: %s; remembered: %v", r.asked(), r.all())
		}
	})
}

// Whoever repeats what a hub once asked changes nothing.
func TestReplaysAreHarmless(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		s := r.subscribed()
		ask := func(mode, topic, lease string) int {
			t.Helper()
			status, _ := r.hub.Ask(callback(s), url.Values{"hub.mode": {mode}, "hub.topic": {topic}, "hub.challenge": {"again"}, "hub.lease_seconds": {lease}})
			wait(time.Second)
			return status
		}
		wait(time.Hour)
		if n := ask("subscribe", topicURL, "300"); n != 200 {
			t.Errorf("a repeated verification is answered with %d", n)
		}
		if again := r.want(spool.Active); !again.LeaseUntil.Equal(s.LeaseUntil) || again.Version != s.Version {
			t.Errorf("it changed the lease to %v", again.LeaseUntil)
		}
		for mode, topic := range map[string]string{"unsubscribe": topicURL, "subscribe": "https://feeds.example/other", "denied": "https://feeds.example/other", "": topicURL, "SUBSCRIBE": topicURL} {
			if n := ask(mode, topic, "300"); n != 404 {
				t.Errorf("mode %q of %s is answered with %d", mode, topic, n)
			}
		}
		r.want(spool.Active)
		r.Replace(nil)
		wait(time.Minute)
		if n := ask("unsubscribe", topicURL, ""); n != 200 {
			t.Errorf("a repeated goodbye is answered with %d", n)
		}
		if n := ask("subscribe", topicURL, "300"); n != 404 {
			t.Errorf("the first verification, repeated after the end, is answered with %d", n)
		}
	})
}
