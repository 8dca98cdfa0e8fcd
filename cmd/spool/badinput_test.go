package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/feeds/feedstest"
)

// Bad input from publishers. Next to whatever is wrong runs a feed and an
// account that are well, and they must not notice.

const (
	nightUser  = "night"
	nightToken = "THQVJnighttoken0987654321"
)

// pairConfig is stageConfig with a second feed on a second account.
const pairConfig = `
database: %s/spool.db
server: {listen: ""}
accounts:
  desk:
    network: threads
    token: ` + stageToken + `
    limits: {spacing: 0s, per_day: 0, reserve: 0}
  late-desk:
    network: threads
    token: ` + nightToken + `
    limits: {spacing: 0s, per_day: 0, reserve: 0}
feeds:
  city:
    url: http://feeds.example/feeds/city.rss
    schedule: "@every 1m"
    accounts: [desk]
    settle: 0s
    max_age: 0s
    burst: 0
  night:
    url: http://feeds.example/feeds/night.rss
    schedule: "@every 1m"
    accounts: [late-desk]
    settle: 0s
    max_age: 0s
    burst: 0
`

// playPair runs a test with two feeds that are known, on two accounts.
func playPair(t *testing.T, config string, scene func(t *testing.T, s *stage)) {
	t.Helper()
	play(t, config, func(t *testing.T, s *stage) {
		s.net.AddUser(nightUser, nightToken)
		s.room.Add("night", feedstest.Article{GUID: "night-0", Title: "Before everything"})
		s.baseline()
		scene(t, s)
	})
}

// atNight adds an article to the feed that is in trouble.
func (s *stage) atNight(title string) {
	s.room.Add("night", feedstest.Article{GUID: title, Title: title, Published: time.Now().UTC()})
}

// liveAt are the first lines of what a reader of a profile sees, oldest first.
func (s *stage) liveAt(user string) []string {
	var out []string
	for _, p := range s.net.Visible(user) {
		out = append(out, firstLine(p.Text))
	}
	slices.Reverse(out)
	return out
}

// wantLiveAt fails unless readers of a profile see exactly these posts.
func (s *stage) wantLiveAt(user string, want ...string) {
	s.t.Helper()
	if got := s.liveAt(user); !slices.Equal(got, want) {
		s.t.Errorf("readers of %s see %q, want %q\nlog:\n%s", user, got, want, s.tail())
	}
}

func (s *stage) feed(name string) spool.FeedState {
	s.t.Helper()
	all, err := s.d.db.Feeds(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	for _, f := range all {
		if f.Name == name {
			return f
		}
	}
	s.t.Fatalf("no feed %s in the database", name)
	return spool.FeedState{}
}

func (s *stage) account(name string) spool.AccountState {
	s.t.Helper()
	all, err := s.d.db.Accounts(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	for _, a := range all {
		if a.Name == name {
			return a
		}
	}
	s.t.Fatalf("no account %s in the database", name)
	return spool.AccountState{}
}

// logLine is the first line of the log with all the texts; empty: there is none.
func (s *stage) logLine(texts ...string) string {
	for line := range strings.SplitSeq(s.logs.String(), "\n") {
		if !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(line, text) }) {
			return line
		}
	}
	return ""
}

// wantLogged fails unless one line of the log has all the texts.
func (s *stage) wantLogged(texts ...string) {
	s.t.Helper()
	if s.logLine(texts...) == "" {
		s.t.Errorf("no line of the log has %q\nlog:\n%s", texts, s.tail())
	}
}

// A sickFeed is something that a publisher's server does, and what is said of it.
type sickFeed struct {
	name    string
	fault   feedstest.Fault
	problem string // what happened
	advice  string // and what to do
}

func sickFeeds() []sickFeed {
	const later = "it is tried again later"
	return []sickFeed{
		{"404", feedstest.Status(404, ""), "feeds.example answered 404 (Not Found)", "check the feed's address"},
		{"410", feedstest.Status(410, ""), "feeds.example answered 410 (Gone)", "look for a new address, or remove it"},
		{"500", feedstest.Status(500, ""), "feeds.example answered 500 (Internal Server Error)", later},
		{"401", feedstest.Status(401, ""), "feeds.example answered 401 (Unauthorized)", "ask the publisher for an address that needs no login"},
		{"429", feedstest.Status(429, ""), "feeds.example answered 429 (Too Many Requests)", "poll its feeds less often"},
		{"challenge", feedstest.Challenge(), "a page that only browsers get past", "ask the publisher to let Spool's User-Agent through"},
		{"HTML", feedstest.HTML(), "web page", "http://feeds.example/feeds/night.rss"},
		{"half a document", feedstest.Truncated(200), "", ""},
		{"connection cut", feedstest.Cut(100), "ended early", later},
		{"no answer", feedstest.Break(), "the connection to feeds.example failed", later},
		{"hangs", feedstest.Hang(), "feeds.example did not answer in time", later},
		{"1 GB", feedstest.Huge(1 << 30), "feeds.example sent more than 8 MiB", "ask the publisher for a shorter feed"},
		{"never ends", feedstest.Huge(-1), "feeds.example sent more than 8 MiB", "ask the publisher for a shorter feed"},
		{"drips", feedstest.Drip(time.Second), "feeds.example did not answer in time", later},
		{"gzip bomb", feedstest.Bomb(64 << 20), "feeds.example sent more than 8 MiB", "ask the publisher for a shorter feed"},
		{"redirects for ever", feedstest.Redirect(302, "/feeds/night.rss"), "redirects in a circle", "look up the feed's address"},
		{"redirects to a file", feedstest.Redirect(302, "file:///etc/passwd"), "neither http nor https", "look up the feed's address"},
		{"empty", feedstest.Body("application/rss+xml", nil), "the document is empty", later},
		{"JSON that is no feed", feedstest.Body("application/json", []byte(`{"error":"no such thing"}`)), "JSON, but not a JSON Feed", "check the feed's address"},
		{"noise", feedstest.Body("application/rss+xml", []byte("\x00\x01\x02\xff\xfe spool")), "neither XML nor JSON", "check the feed's address"},
	}
}

func TestBadFeedSaysWhatIsWrongAndDisturbsNobody(t *testing.T) {
	for _, sick := range sickFeeds() {
		t.Run(sick.name, func(t *testing.T) {
			playPair(t, pairConfig, func(t *testing.T, s *stage) {
				// A redirect that leads to itself eats a fault at each hop.
				s.room.Fail("night", slices.Repeat([]feedstest.Fault{sick.fault}, 20)...)
				s.atNight("A night to remember")
				s.wait(2 * time.Minute)
				titles := s.publish(2)
				s.wait(3 * time.Minute)
				s.wantLive(titles)
				s.wantLiveAt(nightUser)
				s.wantComplaint("night", sick.problem, sick.advice)
				s.room.Recover("night")
				s.wait(12 * time.Minute) // more than the backoff after a few failures
				s.wantLiveAt(nightUser, "A night to remember")
				s.wantLive(titles)
				if f := s.feed("night"); f.Problem != "" || f.Failures != 0 {
					t.Errorf("a feed that is well again is said to fail: %+v", f)
				}
				s.wantClean()
			})
		})
	}
}

// wantComplaint fails unless the log and "spool feeds list" name the feed, what
// is wrong with it, and what to do.
func (s *stage) wantComplaint(feed, problem, advice string) {
	s.t.Helper()
	s.wantLogged("feed cannot be read", "feed="+feed, problem, advice)
	var out strings.Builder
	p := *s.prog
	p.out = &out
	p.printFeeds([]spool.FeedState{s.feed(feed)})
	for _, want := range []string{feed, "failing", problem, advice} {
		if !strings.Contains(out.String(), want) {
			s.t.Errorf("spool feeds list does not say %q:\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "Get \"") || strings.Contains(out.String(), "EOF") {
		s.t.Errorf("a message for programmers:\n%s", out.String())
	}
}

func TestRetryAfterIsRespectedAcrossARestart(t *testing.T) {
	for name, c := range map[string]struct {
		code  int
		value string
	}{"429 in seconds": {429, "7200"}, "503 as a date": {503, ""}} {
		t.Run(name, func(t *testing.T) {
			playPair(t, pairConfig, func(t *testing.T, s *stage) {
				if c.value == "" {
					c.value = time.Now().UTC().Add(2 * time.Hour).Format(http.TimeFormat)
				}
				s.room.Fail("night", feedstest.Status(c.code, c.value))
				s.atNight("Worth waiting for")
				s.wait(2 * time.Minute)
				asked := s.requests("night")
				s.end()
				s.start()
				s.wait(110 * time.Minute)
				if n := s.requests("night") - asked; n != 0 {
					t.Errorf("%d requests within the time that the server asked for", n)
				}
				s.wantLiveAt(nightUser)
				s.wait(15 * time.Minute)
				s.wantLiveAt(nightUser, "Worth waiting for")
				s.wantLive(nil)
			})
		})
	}
}

// requests is how often a feed was asked for.
func (s *stage) requests(feed string) int {
	n := 0
	for _, r := range s.room.Requests() {
		if r.Path == "/feeds/"+feed+".rss" {
			n++
		}
	}
	return n
}
