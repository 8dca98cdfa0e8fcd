package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// The score card of a feed reader: when it asks.

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
