package websub_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"spool"
	"spool/feeds/websub/websubtest"
)

func TestSubscribesAndIsVerified(t *testing.T) {
	for name, verify := range map[string]websubtest.Verification{
		"after the answer": websubtest.Afterwards, "before it": websubtest.Before, "twice": websubtest.Twice,
	} {
		t.Run(name, func(t *testing.T) {
			onRig(t, func(t *testing.T, r *rig) {
				r.hub.Behave(websubtest.Manners{Verify: verify})
				s := r.subscribed()
				if got := r.asked(); got != "subscribe" {
					t.Errorf("the hub was asked: %s", got)
				}
				q := r.hub.Requests()[0]
				if q.Topic != topicURL || q.Lease != "864000" || !q.Secret || !strings.HasPrefix(q.Callback, "https://spool.example/websub/") {
					t.Errorf("the request was %+v", q)
				}
				if left := time.Until(s.LeaseUntil); left < 9*24*time.Hour || left > 10*24*time.Hour || s.Reason != "" || s.Failures != 0 {
					t.Errorf("the lease ends in %v, after %d failures: %s", left, s.Failures, s.Reason)
				}
			})
		})
	}
}

func TestAHubOverHTTPGetsNoSecret(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.names("city", "http://hub.example/", topicURL)
		s := r.want(spool.Active)
		if r.hub.Requests()[0].Secret || s.Secret != "" {
			t.Error("a secret was told over http")
		}
		r.hub.Publish(topicURL, []byte("news"))
		wait(time.Second)
		if r.poller.polls() != 1 {
			t.Error("its push led to nothing")
		}
	})
}

// A hub that never verifies is asked again, seldom, and a person is told what to
// look at.
func TestAHubThatNeverVerifies(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.hub.Behave(websubtest.Manners{Verify: websubtest.Never})
		r.names("city", hubURL, topicURL)
		wait(24 * time.Hour)
		s := r.want(spool.Pending)
		if n := len(r.hub.Requests()); n < 5 || n > 12 {
			t.Errorf("asked %d times in a day", n)
		}
		if !strings.Contains(s.Reason, "spool.example") || !strings.Contains(s.Reason, "verified") {
			t.Errorf("the reason is %q", s.Reason)
		}
		r.hub.Behave(websubtest.Manners{})
		wait(25 * time.Hour)
		r.want(spool.Active)
	})
}

func TestABadVerificationIsRefused(t *testing.T) {
	for name, m := range map[string]websubtest.Manners{
		"of another topic":      {Topic: "https://feeds.example/other"},
		"with a huge challenge": {Challenge: strings.Repeat("x", 9<<10)},
	} {
		t.Run(name, func(t *testing.T) {
			onRig(t, func(t *testing.T, r *rig) {
				r.hub.Behave(m)
				r.names("city", hubURL, topicURL)
				r.want(spool.Pending)
				if d := r.hub.Deliveries(); len(d) != 1 || d[0].Status != http.StatusNotFound {
					t.Errorf("answered %+v", d)
				}
			})
		})
	}
}

func TestOddChallengesAreEchoedToTheByte(t *testing.T) {
	for _, challenge := range []string{"a+b c%20;&=\"<script>", "\x00\xff\r\n", " ", "…", strings.Repeat("y", 4<<10)} {
		onRig(t, func(t *testing.T, r *rig) {
			r.hub.Behave(websubtest.Manners{Challenge: challenge})
			r.subscribed()
			if d := r.hub.Deliveries(); len(d) != 1 || !d[0].Exact {
				t.Errorf("%q: %+v", challenge, d)
			}
		})
	}
}

func TestErrorsAreWaitedOutAndShown(t *testing.T) {
	tests := map[string]struct {
		manners websubtest.Manners
		reason  string
		least   time.Duration // until the next request
		most    time.Duration
	}{
		"text":        {websubtest.Manners{Status: 400, Text: "unknown topic\n\x00\x1b[31m for   you"}, "hub.example answered 400: unknown topic [31m for you", 50 * time.Second, time.Minute},
		"a page":      {websubtest.Manners{Status: 500, Text: "<html>oops", Type: "text/html"}, "hub.example answered 500", 50 * time.Second, time.Minute},
		"a long text": {websubtest.Manners{Status: 403, Text: strings.Repeat("no ", 5000)}, "hub.example answered 403: no no", 50 * time.Second, time.Minute},
		"Retry-After": {websubtest.Manners{Status: 503, RetryAfter: "3600", Text: "later"}, "hub.example answered 503: later", time.Hour, time.Hour + time.Minute},
		"silence":     {websubtest.Manners{Hang: true}, "the request to hub.example failed", 80 * time.Second, 2 * time.Minute},
		"303":         {websubtest.Manners{Status: 303, Redirect: "https://other.example/"}, "hub.example answered 303", 50 * time.Second, time.Minute},
		"nowhere":     {websubtest.Manners{Status: 307}, "hub.example redirects to no address", 50 * time.Second, time.Minute},
		"to http":     {websubtest.Manners{Status: 308, Redirect: "http://other.example/"}, "from https to http", 50 * time.Second, time.Minute},
		"to a file":   {websubtest.Manners{Status: 307, Redirect: "file:///etc/passwd"}, "cannot be asked", 50 * time.Second, time.Minute},
		"in a circle": {websubtest.Manners{Status: 307, Redirect: "https://other.example/"}, "redirects again", 50 * time.Second, time.Minute},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			onRig(t, func(t *testing.T, r *rig) {
				r.hub.Behave(test.manners)
				asked := time.Now()
				r.names("city", hubURL, topicURL)
				wait(31 * time.Second)
				s := r.want(spool.Pending)
				if !strings.Contains(s.Reason, test.reason) || utf8.RuneCountInString(s.Reason) > 300 || s.Failures != 1 {
					t.Errorf("after %d failures the reason is %q", s.Failures, s.Reason)
				}
				if again := s.Next.Sub(asked); again < test.least || again > test.most {
					t.Errorf("asked again after %v", again)
				}
			})
		})
	}
}

// A hub that repeats what it was asked must not make us show it.
func TestAReasonHoldsNoSecret(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.hub.Behave(websubtest.Manners{Status: 500})
		r.names("city", hubURL, topicURL)
		s := r.want(spool.Pending)
		r.hub.Behave(websubtest.Manners{Status: 422, Text: "bad: " + callback(s) + " " + s.Secret})
		wait(2 * time.Minute)
		s = r.want(spool.Pending)
		if !strings.Contains(s.Reason, "422: bad: https://spool.example/websub/… …") {
			t.Errorf("the reason is %q", s.Reason)
		}
		if text := fmt.Sprintf("%v %+v %#v %s", s, s, s, s); strings.Contains(text, s.Secret) || strings.Contains(text, s.ID) {
			t.Error("printing a subscription prints its secrets")
		}
	})
}

func TestFailuresAreAskedAboutEverLessOften(t *testing.T) {
	longish(t)
	onRig(t, func(t *testing.T, r *rig) {
		r.hub.Behave(websubtest.Manners{Status: 500})
		r.names("city", hubURL, topicURL)
		wait(7 * 24 * time.Hour)
		all := r.hub.Requests()
		if len(all) < 14 || len(all) > 18 {
			t.Fatalf("asked %d times in a week", len(all))
		}
		if gap := all[1].Time.Sub(all[0].Time); gap > 70*time.Second {
			t.Errorf("first asked again after %v", gap)
		}
		if gap := all[len(all)-1].Time.Sub(all[len(all)-2].Time); gap < 20*time.Hour || gap > 25*time.Hour {
			t.Errorf("at last asked again after %v", gap)
		}
	})
}

func TestARedirectToAnotherHubIsFollowedOnce(t *testing.T) {
	for _, status := range []int{307, 308} {
		onRig(t, func(t *testing.T, r *rig) {
			old := websubtest.New(websubtest.Options{Transport: r.hosts})
			old.Behave(websubtest.Manners{Status: status, Redirect: "https://other.example/"})
			r.hosts["hub.example"] = old
			r.names("city", hubURL, topicURL)
			r.want(spool.Active)
			if n := len(r.hub.Subscribers(topicURL)); n != 1 {
				t.Errorf("%d subscribers at the new hub", n)
			}
		})
	}
}

func TestDenialIsShownAndAskedAboutADayLater(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		s := r.subscribed()
		r.hub.Deny(callback(s), topicURL, "not\nfor you "+strings.Repeat("!", 5000))
		wait(time.Second)
		s = r.want(spool.Denied)
		if !strings.HasPrefix(s.Reason, "hub.example denied the subscription: not for you !!!") || len(s.Reason) > 400 {
			t.Errorf("the reason is %q", s.Reason)
		}
		if r.poller.back() != "[city]" {
			t.Error("the feed is not polled by its schedule again")
		}
		if s.Pushing(time.Now()) {
			t.Error("pushes are counted on")
		}
		wait(25 * time.Hour)
		r.want(spool.Active)
	})
}

func TestLeasesAreClampedAndRenewed(t *testing.T) {
	longish(t)
	tests := map[string]struct {
		lease       string
		least, most time.Duration // of the lease that is believed
		days        int
		asked       [2]int // within those days
	}{
		"as asked":  {"", 240 * time.Hour, 240 * time.Hour, 15, [2]int{2, 2}},
		"none":      {"none", 24 * time.Hour, 24 * time.Hour, 5, [2]int{8, 15}},
		"absurd":    {"99999999999999999999999", 14 * 24 * time.Hour, 14 * 24 * time.Hour, 14, [2]int{2, 2}},
		"long":      {"31536000", 14 * 24 * time.Hour, 14 * 24 * time.Hour, 14, [2]int{2, 2}},
		"zero":      {"0", 24 * time.Hour, 24 * time.Hour, 1, [2]int{2, 3}},
		"negative":  {"-5", 24 * time.Hour, 24 * time.Hour, 1, [2]int{2, 3}},
		"too short": {"1", 5 * time.Minute, 5 * time.Minute, 1, [2]int{400, 800}},
		"words":     {"a week", 24 * time.Hour, 24 * time.Hour, 1, [2]int{2, 3}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			onRig(t, func(t *testing.T, r *rig) {
				r.hub.Behave(websubtest.Manners{Lease: test.lease})
				s := r.subscribed()
				if lease := s.LeaseUntil.Sub(s.Verified); lease < test.least || lease > test.most {
					t.Errorf("a lease of %v is believed", lease)
				}
				for end := time.Now().AddDate(0, 0, test.days); time.Now().Before(end); {
					wait(test.least / 50)
					if s := r.current(); !s.Pushing(time.Now()) {
						t.Fatalf("the lease was lost: %s, until %v", s.Standing, s.LeaseUntil)
					}
				}
				if n := len(r.hub.Requests()); n < test.asked[0] || n > test.asked[1] {
					t.Errorf("the hub was asked %d times", n)
				}
				if again := r.current(); again.ID != s.ID {
					t.Error("renewing made another callback")
				}
			})
		})
	}
}

// While a renewal fails the old lease counts; when it has run out, it does not.
func TestRenewalThatFailsKeepsTheOldLeaseToItsEnd(t *testing.T) {
	longish(t)
	onRig(t, func(t *testing.T, r *rig) {
		s := r.subscribed()
		r.hub.Behave(websubtest.Manners{Status: 503})
		wait(time.Until(s.LeaseUntil) - time.Minute)
		now := r.want(spool.Active)
		if !now.Pushing(time.Now()) || now.Failures == 0 || now.Reason == "" {
			t.Errorf("before its end: %d failures, %q", now.Failures, now.Reason)
		}
		wait(26 * time.Hour)
		r.want(spool.Pending)
		r.hub.Behave(websubtest.Manners{})
		wait(25 * time.Hour)
		r.want(spool.Active)
	})
}

func TestFeedsSubscribedTogetherAreRenewedApart(t *testing.T) {
	longish(t)
	onRig(t, func(t *testing.T, r *rig) {
		r.sections(30)
		for _, name := range r.feeds {
			r.names(name, hubURL, topicURL+"?"+name)
		}
		wait(time.Minute)
		var first, last time.Time
		for _, s := range r.all() {
			if s.Standing != spool.Active {
				t.Fatalf("%s is %s: %s", s.Feed, s.Standing, s.Reason)
			}
			if first.IsZero() || s.Next.Before(first) {
				first = s.Next
			}
			if s.Next.After(last) {
				last = s.Next
			}
		}
		if last.Sub(first) < 3*time.Hour {
			t.Errorf("all are renewed within %v", last.Sub(first))
		}
	})
}

func TestARestartAsksNothingAnew(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		s := r.subscribed()
		r.restart()
		wait(time.Hour)
		if again := r.want(spool.Active); again.ID != s.ID || r.asked() != "subscribe" {
			t.Errorf("the hub was asked: %s", r.asked())
		}
		r.hub.Publish(topicURL, []byte("news"))
		wait(time.Second)
		if r.poller.polls() != 1 {
			t.Error("a push after the restart led to nothing")
		}
	})
}

func TestReplicasAskOnce(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		for range 3 {
			other := r.another()
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error)
			go func() { done <- other.Run(ctx) }()
			defer func() {
				cancel()
				if err := <-done; err != nil {
					t.Error(err)
				}
			}()
		}
		r.hub.Behave(websubtest.Manners{VerifyDelay: 3 * time.Second})
		r.names("city", hubURL, topicURL)
		wait(time.Hour)
		r.want(spool.Active)
		if len(r.all()) != 1 || r.asked() != "subscribe" {
			t.Errorf("%d subscriptions, and the hub was asked: %s", len(r.all()), r.asked())
		}
	})
}

// One hub that does not answer must not keep the feeds of others waiting.
func TestADeadHubDelaysNobody(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		dead := websubtest.New(websubtest.Options{Transport: r.hosts})
		dead.Behave(websubtest.Manners{Hang: true})
		r.hosts["dead.example"] = dead
		r.sections(300)
		var states []spool.FeedState
		for _, name := range r.feeds[1:] {
			states = append(states, spool.FeedState{Name: name, URL: "https://feeds.example/" + name, Memory: spool.FeedMemory{Hub: "https://dead.example/", Topic: topicURL}})
		}
		for _, f := range states {
			r.Noted(f)
		}
		wait(time.Second)
		r.names("city", hubURL, topicURL)
		wait(2 * time.Minute)
		r.want(spool.Active)
		if n := len(dead.Requests()); n > 6 {
			t.Errorf("the hub that does not answer was asked %d times", n)
		}
	})
}
