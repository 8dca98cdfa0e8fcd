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

// The score card of a feed reader, point by point: the whole program reads from
// a publisher that writes down every request.

// politeConfig has one feed, without a schedule of its own.
const politeConfig = `
database: %s/spool.db
server: {listen: ""}
fetch: {contact: "https://paper.example/bot"}
accounts:
  desk:
    network: threads
    token: ` + stageToken + `
    limits: {spacing: 0s, per_day: 0, reserve: 0}
feeds:
  city:
    url: http://feeds.example/feeds/city.rss
    accounts: [desk]
    settle: 0s
    max_age: 0s
    burst: 0
`

// each is the schedule that the configuration has when it names none.
const each = 15 * time.Minute

// round is enough for one more poll, and for no two: the program puts each off by
// up to half a minute, and looks every five seconds.
const round = each + 40*time.Second

// feedWith is the configuration with more keys for its feed.
func feedWith(keys ...string) string {
	return politeConfig + "    " + strings.Join(keys, "\n    ") + "\n"
}

// reads is a scene of the program reading a feed, and nothing but politeness to
// be seen.
func reads(t *testing.T, config string, scene func(t *testing.T, s *stage, d *diary)) {
	t.Helper()
	play(t, config, func(t *testing.T, s *stage) {
		d := &diary{next: s.room.Handler()}
		s.prog.feedTransport = inProcess{d}
		s.tick = 5 * time.Second
		s.publish(3)
		scene(t, s, d)
		s.end()
		d.complaints(t)
	})
}

// again is the program ended and started.
func (s *stage) again() {
	s.end()
	s.start()
}

// wantAsked fails unless there were so many requests, and all but the first so
// many of them conditional.
func wantAsked(t *testing.T, list []entry, n, unconditional int) {
	t.Helper()
	if len(list) != n {
		t.Errorf("%d requests, want %d", len(list), n)
	}
	for _, e := range list {
		if !e.conditional() {
			unconditional--
		}
	}
	if unconditional != 0 {
		t.Errorf("%d more requests than allowed asked for everything", -unconditional)
	}
}

func TestPoliteEveryRequestButTheFirstIsConditional(t *testing.T) {
	reads(t, politeConfig, func(t *testing.T, s *stage, d *diary) {
		s.start()
		for range 5 {
			s.wait(round)
			s.publish(1)
		}
		wantAsked(t, d.asked("city"), 6, 1)
	})
}

// TestPoliteValidatorsToTheLetter has a server that gives validators as no book
// has them, and checks that exactly those come back.
func TestPoliteValidatorsToTheLetter(t *testing.T) {
	for name, given := range map[string][2]string{
		"strong":         {`"abc"`, ""},
		"weak":           {`W/"abc"`, ""},
		"gzip":           {`"abc-gzip"`, ""},
		"no quotes":      {`abc`, ""},
		"odd signs":      {`"a,b;c=\"d\""`, ""},
		"date":           {"", "Wed, 10 Jun 2026 10:00:00 GMT"},
		"odd date":       {"", "Wed, 10 Jun 2026 10:00:00 +0000"},
		"no date at all": {"", "yesterday"},
		"both":           {`"abc"`, "Wed, 10 Jun 2026 10:00:00 GMT"},
	} {
		t.Run(name, func(t *testing.T) {
			reads(t, politeConfig, func(t *testing.T, s *stage, d *diary) {
				s.room.Behave("city", feedstest.Manners{NoETag: true, NoLastModified: true, IgnoreConditions: true})
				d.answer(func(w http.ResponseWriter, r *http.Request) bool {
					setUnlessEmpty(w, "ETag", given[0])
					setUnlessEmpty(w, "Last-Modified", given[1])
					return false
				})
				s.start()
				for range 3 {
					s.wait(round)
					s.publish(1) // the document changes, its validators do not
				}
				s.again()
				s.wait(round)
				list := d.asked("city")
				wantAsked(t, list, 5, 1)
				for _, e := range list[1:] {
					if got := [2]string{e.header.Get("If-None-Match"), e.header.Get("If-Modified-Since")}; got != given {
						t.Errorf("given %q, sent back %q", given, got)
					}
				}
			})
		})
	}
}

func setUnlessEmpty(w http.ResponseWriter, name, value string) {
	if value != "" {
		w.Header().Set(name, value)
	}
}

func TestPoliteVanishedValidatorsAreForgotten(t *testing.T) {
	reads(t, politeConfig, func(t *testing.T, s *stage, d *diary) {
		s.start()
		s.wait(round)
		s.room.Behave("city", feedstest.Manners{NoETag: true, NoLastModified: true})
		s.publish(1)
		s.wait(round)
		at := len(d.asked("city"))
		if last := d.asked("city")[at-1]; !last.conditional() || last.status != http.StatusOK {
			t.Fatalf("%+v", last)
		}
		s.wait(3 * round)
		wantAsked(t, d.asked("city")[at:], 3, 3)
	})
}

func TestPoliteValidatorsAreNeverInvented(t *testing.T) {
	reads(t, politeConfig, func(t *testing.T, s *stage, d *diary) {
		s.room.Behave("city", feedstest.Manners{NoETag: true, NoLastModified: true})
		s.start()
		s.wait(3 * round)
		s.again()
		s.wait(round)
		wantAsked(t, d.asked("city"), 5, 5)
	})
}

// A 304 may bring a new date, and need not repeat the tag.
func TestPoliteNotModifiedRefreshesWhatItNames(t *testing.T) {
	reads(t, politeConfig, func(t *testing.T, s *stage, d *diary) {
		s.start()
		s.wait(time.Minute)
		tag := d.asked("city")[0].gave.Get("ETag")
		const date = "Thu, 11 Jun 2026 10:00:00 GMT"
		d.answer(func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Last-Modified", date)
			w.WriteHeader(http.StatusNotModified)
			return true
		})
		s.wait(2 * round)
		list := d.asked("city")
		if h := list[len(list)-1].header; h.Get("If-None-Match") != tag || h.Get("If-Modified-Since") != date {
			t.Errorf("validators %q and %q", h.Get("If-None-Match"), h.Get("If-Modified-Since"))
		}
	})
}

// A document that cannot be read brings no validators: its items would be lost
// behind a "not modified".
func TestPoliteValidatorsOfWhatCannotBeReadAreNotKept(t *testing.T) {
	reads(t, politeConfig, func(t *testing.T, s *stage, d *diary) {
		s.start()
		s.wait(time.Minute)
		good := d.asked("city")[0].gave.Get("ETag")
		d.answer(func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("ETag", `"broken"`)
			_, _ = w.Write([]byte("<html><body>Please stand by</body></html>"))
			return true
		})
		s.wait(round)
		d.answer(nil)
		s.wait(round)
		list := d.asked("city")
		if h := list[len(list)-1].header; len(list) != 3 || h.Get("If-None-Match") != good {
			t.Errorf("%d requests, the last with %q, want %q", len(list), h.Get("If-None-Match"), good)
		}
	})
}

// Cookies that a publisher sets, also on the way, are not kept, and the address
// is asked as it is written.
func TestPoliteNoCookiesNoRefererNoQueryOfItsOwn(t *testing.T) {
	config := strings.Replace(politeConfig, "city.rss", "city.rss?edition=b&a=1", 1)
	reads(t, config, func(t *testing.T, s *stage, d *diary) {
		d.answer(func(w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("Set-Cookie", "seen=1")
			if r.URL.Path == "/feeds/city.rss" && r.Host == "feeds.example" {
				w.Header().Set("Location", "http://cdn.example/feeds/city.rss?"+r.URL.RawQuery)
				w.WriteHeader(http.StatusFound)
				return true
			}
			return false
		})
		s.start()
		s.wait(3 * round)
		for _, e := range d.asked("") {
			if !strings.HasSuffix(e.url, "/feeds/city.rss?edition=b&a=1") {
				t.Errorf("asked for %s", e.url)
			}
		}
		wantAsked(t, d.asked("cdn.example"), 4, 1)
	})
}

func TestPoliteTheIntervalIsKept(t *testing.T) {
	reads(t, politeConfig, func(t *testing.T, s *stage, d *diary) {
		s.tick = 20 * time.Second
		s.start()
		s.wait(24 * time.Hour)
		list := d.asked("city")
		for _, gap := range pauses(list) {
			if gap < each || gap > each+time.Minute {
				t.Errorf("asked again after %v", gap)
			}
		}
		if len(list) < 90 || len(list) > 97 {
			t.Errorf("%d requests a day", len(list))
		}
	})
}

func TestPoliteServerSaysHowLongItsAnswerHolds(t *testing.T) {
	const hour = time.Hour
	for name, test := range map[string]struct {
		header, value string
		keys          []string
		want          time.Duration
	}{
		"max-age":                   {"Cache-Control", "public, max-age=3600", nil, hour},
		"max-age and a schedule":    {"Cache-Control", "max-age=3600", []string{`schedule: "@every 5m"`}, hour},
		"max-age, less than ours":   {"Cache-Control", "max-age=60", nil, each},
		"max-age of a year":         {"Cache-Control", "max-age=31536000", nil, 24 * hour},
		"max-age, overridden":       {"Cache-Control", "max-age=3600", []string{"hints: ignore"}, each},
		"max-age, but it is urgent": {"Cache-Control", "max-age=3600", []string{"priority: breaking", `schedule: "@every 1m"`}, time.Minute},
		"expires long ago":          {"Expires", "Thu, 01 Jan 1998 00:00:00 GMT", nil, each},
	} {
		t.Run(name, func(t *testing.T) {
			reads(t, feedWith(test.keys...), func(t *testing.T, s *stage, d *diary) {
				d.add(test.header, test.value)
				s.tick = max(s.tick, test.want/100)
				s.start()
				s.wait(3*test.want + each)
				s.again() // it is known after a restart as well
				s.wait(test.want + s.tick)
				for _, gap := range pauses(d.asked("city")) {
					if gap < test.want || gap > test.want+time.Minute+s.tick {
						t.Errorf("asked again after %v, want %v", gap, test.want)
					}
				}
				if n := len(d.asked("city")); n < 4 {
					t.Errorf("%d requests", n)
				}
			})
		})
	}
}

func TestPoliteExpires(t *testing.T) {
	reads(t, politeConfig, func(t *testing.T, s *stage, d *diary) {
		d.answer(func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Date", time.Now().UTC().Format(http.TimeFormat))
			w.Header().Set("Expires", time.Now().UTC().Add(2*time.Hour).Format(http.TimeFormat))
			return false
		})
		s.tick = 20 * time.Second
		s.start()
		s.wait(9 * time.Hour)
		if n := len(d.asked("city")); n != 5 {
			t.Errorf("%d requests in nine hours, want 5", n)
		}
		if n := strings.Count(s.logs.String(), "less often than its schedule"); n != 1 {
			t.Errorf("it is said %d times that the feed is asked less often", n)
		}
	})
}

// document is a feed with things to say about when to ask for it.
func document(hints string) string {
	return `<?xml version="1.0"?><rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel><title>City</title>` + hints +
		`<item><guid>1</guid><title>One</title><link>http://feeds.example/1</link></item></channel></rss>`
}

func TestPoliteDocumentSaysWhenToAsk(t *testing.T) {
	for name, test := range map[string]struct {
		hints string
		keys  []string
		want  time.Duration
	}{
		"ttl":                {"<ttl>60</ttl>", nil, time.Hour},
		"ttl and a schedule": {"<ttl>60</ttl>", []string{`schedule: "@every 10m"`}, 10 * time.Minute},
		"ttl, overridden":    {"<ttl>60</ttl>", []string{"hints: ignore"}, each},
		"syndication module": {"<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>6</sy:updateFrequency>", nil, 4 * time.Hour},
		"ttl that is no ttl": {"<ttl>soon</ttl>", nil, each},
	} {
		t.Run(name, func(t *testing.T) {
			reads(t, feedWith(test.keys...), func(t *testing.T, s *stage, d *diary) {
				d.answer(func(w http.ResponseWriter, r *http.Request) bool {
					w.Header().Set("ETag", `"it"`)
					if r.Header.Get("If-None-Match") == `"it"` {
						w.WriteHeader(http.StatusNotModified) // which names no hints
						return true
					}
					_, _ = w.Write([]byte(document(test.hints)))
					return true
				})
				s.tick = max(s.tick, test.want/100)
				s.start()
				s.wait(2*test.want + test.want/2)
				s.again()
				s.wait(test.want)
				for _, gap := range pauses(d.asked("city")) {
					if gap < test.want || gap > test.want+time.Minute+s.tick {
						t.Errorf("asked again after %v, want %v", gap, test.want)
					}
				}
				wantAsked(t, d.asked("city"), 4, 1)
			})
		})
	}
}

// The clock of these tests begins at midnight UTC, on a Saturday.
func TestPoliteHoursAndDaysToSkip(t *testing.T) {
	const hints = "<skipHours><hour>1</hour><hour>2</hour><hour>3</hour></skipHours><skipDays><day>Sunday</day></skipDays>"
	reads(t, politeConfig, func(t *testing.T, s *stage, d *diary) {
		d.answer(func(w http.ResponseWriter, _ *http.Request) bool {
			_, _ = w.Write([]byte(document(hints)))
			return true
		})
		s.tick = time.Minute
		s.start()
		s.wait(60 * time.Hour)
		sunday := 0
		for _, e := range d.asked("city")[1:] {
			at := e.at.UTC()
			if at.Weekday() == time.Sunday {
				sunday++ // once a day at least, whatever is said
			} else if at.Hour() >= 1 && at.Hour() < 4 {
				t.Errorf("asked at %v", at)
			}
		}
		if sunday > 1 {
			t.Errorf("asked %d times on Sunday", sunday)
		}
		if n := len(d.asked("city")); n < 100 {
			t.Errorf("%d requests", n)
		}
	})
}

func TestPoliteRetryAfterOutlivesARestart(t *testing.T) {
	const wanted = 2 * time.Hour
	for _, status := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
		for _, form := range []string{"seconds", "date"} {
			for _, keys := range []string{"hints: respect", "hints: ignore"} {
				t.Run(fmt.Sprint(status, " ", form, " ", keys), func(t *testing.T) {
					reads(t, feedWith(keys), func(t *testing.T, s *stage, d *diary) {
						s.start()
						s.wait(time.Minute)
						var until time.Time
						d.answer(func(w http.ResponseWriter, _ *http.Request) bool {
							until = time.Now().Add(wanted).Truncate(time.Second)
							header := "7200"
							if form == "date" {
								header = until.UTC().Format(http.TimeFormat)
							}
							w.Header().Set("Retry-After", header)
							w.WriteHeader(status)
							return true
						})
						s.wait(each)
						d.answer(nil)
						n := len(d.asked("city"))
						s.wait(each)
						s.again()
						s.d.reload(t.Context(), "a test")
						s.wait(4 * time.Hour)
						list := d.asked("city")
						if len(list) <= n || list[n].at.Before(until) || list[n].at.After(until.Add(2*time.Minute)) {
							t.Errorf("asked to be left alone until %v, asked at %v", until, list[n].at)
						}
						wantAsked(t, list, len(list), 1)
					})
				})
			}
		}
	}
}

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

// TestPoliteOneRequestAfterASleep has the machine sleep, and its clock be set.
func TestPoliteOneRequestAfterASleep(t *testing.T) {
	for name, jump := range map[string]time.Duration{
		"a night":      9 * time.Hour,
		"three days":   72 * time.Hour,
		"an hour back": -time.Hour,
		"a day back":   -24 * time.Hour,
	} {
		t.Run(name, func(t *testing.T) {
			reads(t, politeConfig, func(t *testing.T, s *stage, d *diary) {
				s.start()
				s.wait(each + 5*time.Minute)
				n := len(d.asked("city"))
				s.offset.Store(int64(jump))
				s.wait(9 * time.Minute)
				limit := 1
				if jump < 0 {
					limit = 0 // that the clock was wrong makes nothing due
				}
				if more := len(d.asked("city")) - n; more > limit {
					t.Errorf("%d requests", more)
				}
				s.wait(2 * each)
				if more := len(d.asked("city")) - n; more < 2 || more > 3 {
					t.Errorf("%d requests in 39 minutes after the jump", more)
				}
				wantAsked(t, d.asked("city"), len(d.asked("city")), 1)
			})
		})
	}
}

func TestPoliteARestartAsksForNothing(t *testing.T) {
	reads(t, politeConfig, func(t *testing.T, s *stage, d *diary) {
		s.start()
		for range 5 {
			s.wait(2 * time.Minute)
			s.again()
			s.d.reload(t.Context(), "a test")
		}
		wantAsked(t, d.asked("city"), 1, 1)
		s.wait(each)
		wantAsked(t, d.asked("city"), 2, 1)
		// After a long rest the first request is conditional, and there is one.
		s.end()
		s.wait(24 * time.Hour)
		s.start()
		s.wait(time.Minute)
		wantAsked(t, d.asked("city"), 3, 1)
	})
}

// Another key of the feed, or of its schedule, is no reason to ask twice.
func TestPoliteAReloadAsksForNothing(t *testing.T) {
	reads(t, politeConfig, func(t *testing.T, s *stage, d *diary) {
		s.start()
		s.wait(time.Minute)
		s.configure(feedWith(`schedule: "@every 20m"`, "approve: true"))
		s.d.reload(t.Context(), "a test")
		s.wait(10 * time.Minute)
		wantAsked(t, d.asked("city"), 1, 1)
		s.configure(feedWith(`schedule: "@every 5m"`))
		s.d.reload(t.Context(), "a test")
		s.wait(6 * time.Minute)
		wantAsked(t, d.asked("city"), 2, 1)
	})
}

// Two processes on one database read a feed once between them: see the claims in
// store/storetest. One process reads the same address once for each feed that
// names it, and never at the same time.
func TestPoliteNothingButFeedsIsAskedFor(t *testing.T) {
	reads(t, politeConfig, func(t *testing.T, s *stage, d *diary) {
		s.room.Add("city", feedstest.Article{GUID: "pictured", Title: "With a picture", Image: feedstest.Picture("bridge"), Alt: "A bridge"})
		s.start()
		s.wait(round)
		s.publish(1)
		s.wait(2 * round)
		for _, e := range d.asked("") {
			if !strings.HasSuffix(e.url, "/feeds/city.rss") {
				t.Errorf("asked for %s", e.url)
			}
		}
	})
}

// TestS9NotModifiedOverAnHourAndAfterARestart is how a feed reader is measured:
// a feed that does not change, read each minute.
func TestS9NotModifiedOverAnHourAndAfterARestart(t *testing.T) {
	reads(t, feedWith(`schedule: "@every 1m"`), func(t *testing.T, s *stage, d *diary) {
		s.start()
		s.wait(time.Hour)
		s.again()
		s.wait(10 * time.Minute)
		list := d.asked("city")
		if len(list) < 60 || len(list) > 71 {
			t.Errorf("%d requests in 70 minutes", len(list))
		}
		whole := 0
		for _, e := range list {
			if e.status != http.StatusNotModified {
				whole++
			}
		}
		if whole != 1 {
			t.Errorf("%d of %d answers carried the whole feed, want the first alone", whole, len(list))
		}
		if m := s.feedStates()[0].Memory; m.Answers != len(list) || m.Spared != len(list)-1 {
			t.Errorf("remembered: %d answers, %d without a document; there were %d", m.Answers, m.Spared, len(list))
		}
	})
}
