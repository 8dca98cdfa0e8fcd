package main

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"spool/feeds/feedstest"
)

// guard FEED USER PASSWORD: the feed asks for them from now on;
// guard FEED HEADER: for a header, written as "Name: value".
func scriptGuard(ts *testscript.TestScript, _ bool, args []string) {
	m := feedstest.Manners{}
	switch len(args) {
	case 3:
		m.User, m.Password = args[1], args[2]
	case 2:
		name, value, _ := strings.Cut(args[1], ": ")
		m.Wants = http.Header{name: {value}}
	default:
		ts.Fatalf("usage: guard FEED USER PASSWORD, or guard FEED 'Name: value'")
	}
	worldOf(ts).room.Behave(args[0], m)
}

// The secrets of a feed, and a server that sends readers elsewhere.
const (
	privatePassword = "feedpassword-hush"
	privateKey      = "feedkey-hush"
	privateCookie   = "member=feedcookie-hush"
)

const privateConfig = `
database: %s/spool.db
server: {listen: ""}
accounts:
  desk: {network: threads, token: ` + stageToken + `, limits: {spacing: 0s, per_day: 0, reserve: 0}}
feeds:
  city:
    url: https://feeds.example/feeds/city.rss
    schedule: "@every 1m"
    accounts: [desk]
    settle: 0s
    max_age: 0s
    burst: 0
    auth: {user: anna, password: ` + privatePassword + `}
    headers:
      X-Api-Key: {value: ` + privateKey + `}
      Cookie: {value: ` + privateCookie + `}
`

// privateManners want all three at once.
func privateManners() feedstest.Manners {
	return feedstest.Manners{User: "anna", Password: privatePassword, Wants: http.Header{"X-Api-Key": {privateKey}, "Cookie": {privateCookie}}}
}

func TestAFeedsSecretsGoToItsOwnServerAlone(t *testing.T) {
	for name, to := range map[string]string{
		"another host":    "https://elsewhere.example/feeds/other.rss",
		"a host below":    "https://cdn.feeds.example/feeds/other.rss",
		"another port":    "https://feeds.example:8443/feeds/other.rss",
		"no encryption":   "http://feeds.example/feeds/other.rss",
		"there, and back": "https://elsewhere.example/feeds/back.rss",
	} {
		t.Run(name, func(t *testing.T) {
			play(t, privateConfig, func(t *testing.T, s *stage) {
				seen := &onlooker{next: s.prog.feedTransport}
				s.prog.feedTransport = seen
				s.room.Behave("city", privateManners())
				s.room.Add("other", feedstest.Article{GUID: "o", Title: "Other"})
				s.room.Add("back", feedstest.Article{GUID: "b", Title: "Back"})
				s.room.FailOn("back", feedstest.Chain("https://feeds.example/feeds/other.rss", http.StatusFound))
				s.baseline()
				s.room.FailOn("city", feedstest.Chain(to, http.StatusMovedPermanently))
				s.wait(10 * time.Minute)
				seen.want(t)
			})
		})
	}
}

// An onlooker sees the requests for feeds go by.
type onlooker struct {
	next http.RoundTripper

	mu         sync.Mutex
	home, away int      // requests to the feed's own server, and to others
	leaks      []string // others that got a secret
	bare       int      // requests to the feed's own address without them
}

func (o *onlooker) RoundTrip(r *http.Request) (*http.Response, error) {
	o.mu.Lock()
	secret := r.Header.Get("Authorization") != "" || r.Header.Get("X-Api-Key") != "" || r.Header.Get("Cookie") != ""
	server := r.URL.Scheme + "://" + r.URL.Host
	if server == "https://feeds.example" {
		o.home++
		if !secret && r.URL.Path == "/feeds/city.rss" {
			o.bare++
		}
	} else {
		o.away++
		if secret {
			o.leaks = append(o.leaks, server)
		}
	}
	o.mu.Unlock()
	return o.next.RoundTrip(r)
}

// want fails when another server than the feed's got what is only for that, or
// when that did not get it.
func (o *onlooker) want(t *testing.T) {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.home < 2 || o.away < 1 || o.bare > 0 || len(o.leaks) > 0 {
		t.Errorf("%d requests to the feed's own server, %d of them without the secrets; %d to others; with secrets: %q", o.home, o.bare, o.away, o.leaks)
	}
}

func TestNoSecretOfAFeedIsShown(t *testing.T) {
	play(t, privateConfig, func(t *testing.T, s *stage) {
		o := &ordeal{stage: s, secrets: map[string]string{
			"password": privatePassword, "key": privateKey, "cookie": privateCookie,
			"login": base64.StdEncoding.EncodeToString([]byte("anna:" + privatePassword)),
		}}
		s.room.Behave("city", privateManners())
		s.baseline()
		for _, m := range []feedstest.Manners{{User: "anna", Password: "another"}, {Wants: http.Header{"Cookie": {"another"}}}, privateManners()} {
			s.room.Behave("city", m)
			s.wait(5 * time.Minute)
		}
		for _, sick := range sickFeeds() {
			s.room.Fail("city", sick.fault)
			s.publish(1)
			s.wait(5 * time.Minute)
			s.room.Recover("city")
		}
		if !strings.Contains(s.logs.String(), "auth or headers may be wrong") {
			t.Errorf("the ordeal was none\n%s", s.tail())
		}
		o.wantNone("the log", s.logs.String())
		o.wantNone("standard error", s.err.String())
		for _, line := range []string{
			"feeds list", "feeds list --json", "feeds export", "feeds export --json", "check", "check --online", "preview city", "preview city --json",
			"posts list", "posts list --json", "feeds discover https://feeds.example/feeds/city.rss",
		} {
			out, _ := o.command("", strings.Fields(line)...)
			o.wantNone("spool "+line, out)
		}
		cfg, err := s.prog.loadConfig()
		if err != nil {
			t.Fatal(err)
		}
		feed := cfg.Feeds["city"]
		for _, verb := range []string{"%v", "%+v", "%#v"} {
			o.wantNone("a printed feed", fmt.Sprintf(verb+verb, feed, &feed))
		}
		s.configure(strings.NewReplacer(privatePassword, privatePassword+"2", privateKey, privateKey+"2", privateCookie, privateCookie+"2").Replace(privateConfig))
		s.d.reload(t.Context(), "a test")
		s.wantLogged("configuration reloaded", "feeds.city.auth.password")
		o.wantNone("the log of a reload", s.logs.String())
	})
}
