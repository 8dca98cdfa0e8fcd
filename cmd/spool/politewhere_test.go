package main

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"spool"
	"spool/feeds/feedstest"
)

// The score card of a feed reader: where it asks, and what answers lead to.

// Feeds of a publisher that says "too many requests" rest together.
func TestPoliteThrottlingIsForTheWholeHost(t *testing.T) {
	config := politeConfig + `  sport:
    url: http://www.feeds.example/feeds/city.atom
    accounts: [desk]
`
	reads(t, config, func(t *testing.T, s *stage, d *diary) {
		s.start()
		s.wait(time.Minute)
		d.answer(func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Retry-After", "7200")
			w.WriteHeader(http.StatusTooManyRequests)
			return true
		})
		s.wait(each + 2*time.Minute)
		if n := len(d.asked("")); n != 3 {
			t.Errorf("%d requests, want two good ones and one that was refused", n)
		}
		failures := 0
		for _, f := range s.feedStates() {
			failures += f.Failures
		}
		if failures != 1 {
			t.Errorf("%d failures are counted, want that of the feed that was asked", failures)
		}
	})
}

func (s *stage) feedStates() []spool.FeedState {
	s.t.Helper()
	all, err := s.d.db.Feeds(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}

// movedTo answers as a publisher does whose feeds have another home.
func movedTo(code int, from, to string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if u := *r.URL; !strings.HasPrefix(u.String(), from) {
			return false
		}
		w.Header().Set("Location", to)
		w.WriteHeader(code)
		return true
	}
}

func TestPoliteRedirects(t *testing.T) {
	const old = "http://feeds.example/feeds/city.rss"
	const day = 24 * time.Hour
	for name, test := range map[string]struct {
		code    int
		to      string
		stays   time.Duration // asked at the old address for so long; 0: for good
		warning string
	}{
		"301":                 {301, "http://www.feeds.example/feeds/city.rss", 7 * day, "has moved and is asked at its new address"},
		"308":                 {308, "http://www.feeds.example/feeds/city.rss", 7 * day, "has moved and is asked at its new address"},
		"301 to another site": {301, "http://elsewhere.example.net/feeds/city.rss", 7 * day, "has moved to another site"},
		"302":                 {302, "http://www.feeds.example/feeds/city.rss", 0, ""},
		"303":                 {303, "http://www.feeds.example/feeds/city.rss", 0, ""},
		"307":                 {307, "http://www.feeds.example/feeds/city.rss", 0, ""},
		"301 to https":        {301, "https://feeds.example/feeds/city.rss", time.Minute, "has moved and is asked at its new address"},
		"302 to https":        {302, "https://feeds.example/feeds/city.rss", 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			reads(t, feedWith(`schedule: "@every 1h"`), func(t *testing.T, s *stage, d *diary) {
				s.tick = 5 * time.Minute
				d.answer(movedTo(test.code, old, test.to))
				s.start()
				begin := time.Now()
				s.wait(4 * day)
				s.again()
				s.wait(5 * day)
				list := d.asked(old)
				last := list[len(list)-1].at.Sub(begin)
				if test.stays == 0 && last < 9*day-2*time.Hour || test.stays > 0 && (last > test.stays+2*time.Hour || last < test.stays-2*time.Hour) {
					t.Errorf("last asked at the old address after %v", last)
				}
				if n := len(d.asked(test.to)); n < 190 {
					t.Errorf("%d requests at the new address", n)
				}
				if got := s.logs.String(); test.warning != "" && strings.Count(got, test.warning) != 1 {
					t.Errorf("the log says %d times %q", strings.Count(got, test.warning), test.warning)
				}
				if s.feedStates()[0].Failures != 0 {
					t.Error("it fails")
				}
			})
		})
	}
}

// A chain with one temporary hop is temporary.
func TestPoliteMixedRedirectsAreNotBelieved(t *testing.T) {
	const old = "http://feeds.example/feeds/city.rss"
	reads(t, feedWith(`schedule: "@every 1h"`), func(t *testing.T, s *stage, d *diary) {
		s.tick = 5 * time.Minute
		first := movedTo(301, old, "http://www.feeds.example/city")
		second := movedTo(302, "http://www.feeds.example/city", "http://cdn.feeds.example/feeds/city.rss")
		d.answer(func(w http.ResponseWriter, r *http.Request) bool { return first(w, r) || second(w, r) })
		s.start()
		s.wait(9 * 24 * time.Hour)
		if n := len(d.asked(old)); n < 190 {
			t.Errorf("%d requests at the configured address", n)
		}
	})
}

// The address that a feed had moved to is given up when it is no more.
func TestPoliteAMoveThatWasAMistakeIsUndone(t *testing.T) {
	const old, site = "http://feeds.example/feeds/city.rss", "http://parked.example.net/feeds/city.rss"
	reads(t, feedWith(`schedule: "@every 1h"`), func(t *testing.T, s *stage, d *diary) {
		s.tick = 5 * time.Minute
		d.answer(movedTo(301, old, site))
		s.start()
		s.wait(8 * 24 * time.Hour)
		before := len(d.asked(old))
		d.answer(movedTo(404, site, ""))
		s.wait(3 * time.Hour)
		list := d.asked(old)[before:]
		if len(list) == 0 || list[0].status != http.StatusOK || list[0].conditional() {
			t.Errorf("the configured address was asked %d times after the new one was lost: %+v", len(list), list)
		}
		if !strings.Contains(s.logs.String(), "asked at its configured address again") {
			t.Error("nobody is told")
		}
	})
}

func TestPoliteGoneIsLeftAloneAfterADay(t *testing.T) {
	reads(t, politeConfig, func(t *testing.T, s *stage, d *diary) {
		s.tick = 10 * time.Minute
		s.start()
		s.wait(time.Hour)
		d.always(http.StatusGone)
		s.wait(12 * time.Hour)
		s.again()
		s.wait(13 * time.Hour)
		n := len(d.asked("city"))
		if n < 8 || n > 14 {
			t.Errorf("%d requests, want a few for a day", n)
		}
		s.wait(10 * 24 * time.Hour)
		s.again()
		s.d.reload(t.Context(), "a test")
		s.wait(30 * 24 * time.Hour)
		if more := len(d.asked("city")) - n; more != 0 {
			t.Errorf("%d requests after the feed was given up", more)
		}
		if got := s.logs.String(); strings.Count(got, "feed is gone for good") != 1 || !strings.Contains(got, "set another url") {
			t.Error("nobody is told, or more than once")
		}
		// A new address revives it.
		d.answer(nil)
		s.configure(strings.Replace(politeConfig, "city.rss", "city.atom", 1))
		s.d.reload(t.Context(), "a test")
		s.wait(each + 15*time.Minute)
		wantAsked(t, d.asked("city.atom"), 2, 1)
	})
}

// A feed that was gone is asked once more when a person wants it.
func TestPoliteGoneIsAskedOnceMoreOnDemand(t *testing.T) {
	reads(t, politeConfig, func(t *testing.T, s *stage, d *diary) {
		s.tick = time.Minute
		d.always(http.StatusGone)
		s.start()
		s.wait(48 * time.Hour)
		n := len(d.asked("city"))
		if err := s.d.db.Reschedule(t.Context(), "city", time.Now()); err != nil {
			t.Fatal(err)
		}
		s.wait(48 * time.Hour)
		if more := len(d.asked("city")) - n; more != 1 {
			t.Errorf("%d requests, want one", more)
		}
		d.answer(nil)
		if err := s.d.db.Reschedule(t.Context(), "city", time.Now()); err != nil {
			t.Fatal(err)
		}
		s.wait(time.Hour)
		if more := len(d.asked("city")) - n; more != 4+1 {
			t.Errorf("%d requests, want it to be read again", more)
		}
	})
}

func TestPoliteNotFoundIsAskedLessAndLess(t *testing.T) {
	reads(t, politeConfig, func(t *testing.T, s *stage, d *diary) {
		s.tick = 2 * time.Minute
		d.always(http.StatusNotFound)
		s.start()
		s.wait(7 * 24 * time.Hour)
		list := d.asked("city")
		gaps := pauses(list)
		want := each
		for _, gap := range gaps {
			if gap < want-time.Minute || gap > want+3*time.Minute {
				t.Errorf("asked again after %v, want %v", gap, want)
			}
			want = min(2*want, 24*time.Hour)
		}
		if len(list) < 10 || len(list) > 16 {
			t.Errorf("%d requests in a week", len(list))
		}
		d.answer(nil)
		s.wait(25 * time.Hour)
		if f := s.feedStates()[0]; f.Failures != 0 || f.Problem != "" {
			t.Errorf("not back again: %+v", f)
		}
	})
}

func TestPoliteAChallengeIsNamed(t *testing.T) {
	reads(t, politeConfig, func(t *testing.T, s *stage, d *diary) {
		s.room.Fail("city", feedstest.Challenge())
		s.start()
		s.wait(time.Minute)
		if got := s.logs.String(); !strings.Contains(got, "browser") || !strings.Contains(got, "User-Agent") {
			t.Errorf("the log does not say what is wrong and what helps:\n%s", s.tail())
		}
	})
}

func TestPoliteFewRequestsAtATimeToOneHost(t *testing.T) {
	config := politeConfig
	for i := range 12 {
		config += fmt.Sprintf("  section%d:\n    url: http://s%d.feeds.example/feeds/city.rss\n    accounts: [desk]\n", i, i)
	}
	reads(t, config, func(t *testing.T, s *stage, d *diary) {
		var busy, most atomic.Int64
		d.answer(func(http.ResponseWriter, *http.Request) bool {
			if n := busy.Add(1); n > most.Load() {
				most.Store(n)
			}
			defer busy.Add(-1)
			<-time.After(time.Second)
			return false
		})
		s.start()
		s.wait(each - time.Minute)
		list := d.asked("")
		if len(list) != 13 || most.Load() > 2 {
			t.Errorf("%d requests, %d at the same time", len(list), most.Load())
		}
		for _, gap := range pauses(list) {
			if gap < 100*time.Millisecond {
				t.Errorf("two requests %v apart", gap)
			}
		}
	})
}
