package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

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

// Neither the site's robots.txt nor the articles and pictures of the items: a
// feed that a person named is asked for, and nothing is crawled.
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
