package feeds

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"spool"
	"spool/feeds/feedstest"
)

func TestHeadersOfTheSource(t *testing.T) {
	s := newSite(t, nil)
	_, err := s.fetch(t, Source{UserAgent: "Gazette/1 (+https://gazette.example)", Validators: spool.Validators{ETag: `"mine"`}, Header: http.Header{
		"X-Api-Key": {"k"}, "cookie": {"member=1"}, "Authorization": {"Bearer b"},
		"Host": {"evil.example"}, "If-None-Match": {`"yours"`}, "Accept-Encoding": {"br"}, "Range": {"bytes=0-1"}, "Connection": {"close"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	r := s.Requests()[0]
	for name, want := range map[string]string{
		"X-Api-Key": "k", "Cookie": "member=1", "Authorization": "Bearer b", "User-Agent": "Gazette/1 (+https://gazette.example)",
		"If-None-Match": `"mine"`, "Accept-Encoding": "gzip", "Range": "",
	} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if strings.Contains(r.Host, "evil") {
		t.Errorf("host %q", r.Host)
	}
}

// TestHeaderGoesBeforeCredentials of the address.
func TestHeaderGoesBeforeCredentials(t *testing.T) {
	s := newSite(t, nil)
	address := strings.Replace(s.feed(".rss"), "://", "://anna:pw@", 1)
	if _, err := s.fetch(t, Source{URL: address, Header: http.Header{"Authorization": {"Bearer b"}}}); err != nil {
		t.Fatal(err)
	}
	if got := s.Requests()[0].Authorization; got != "Bearer b" {
		t.Errorf("%q", got)
	}
}

func TestSameServer(t *testing.T) {
	for _, test := range []struct {
		home, at string
		same     bool
	}{
		{"https://x.example/feed", "https://x.example/other", true},
		{"https://x.example/feed", "https://X.Example:443/", true},
		{"http://x.example/feed", "https://x.example/feed", true},
		{"http://x.example:8080/feed", "http://x.example:8080/", true},
		{"https://x.example/feed", "http://x.example/feed", false},
		{"https://x.example/feed", "http://x.example:443/feed", false},
		{"https://x.example/feed", "https://www.x.example/feed", false},
		{"https://x.example/feed", "https://x.example.evil.example/feed", false},
		{"https://x.example/feed", "https://x.example:8443/feed", false},
		{"http://x.example/feed", "https://x.example:8443/feed", false},
		{"http://x.example:8080/feed", "https://x.example/feed", false},
		{"http://x.example:8080/feed", "https://x.example:8080/feed", false},
	} {
		if got := sameServer(mustAddress(t, test.home), mustAddress(t, test.at)); got != test.same {
			t.Errorf("%s, %s: %v", test.home, test.at, got)
		}
	}
}

// TestHeadersStayHome redirects to another server, which must not see them, and
// back, where they are sent again.
func TestHeadersStayHome(t *testing.T) {
	secret := http.Header{"X-Api-Key": {"hunter2"}, "Cookie": {"session=hunter2"}}
	for _, code := range []int{301, 302, 307, 308} {
		s, other := newSite(t, nil), newSite(t, nil)
		s.Fail("city", feedstest.Redirect(code, other.feed(".rss")))
		other.Fail("city", feedstest.Redirect(code, s.feed(".atom")))
		if _, err := s.fetch(t, Source{Header: secret, Validators: spool.Validators{ETag: `"x"`}}); err != nil {
			t.Fatal(err)
		}
		home, away := s.Requests(), other.Requests()
		if len(home) != 2 || len(away) != 1 || home[0].Header.Get("X-Api-Key") == "" || home[1].Cookie == "" {
			t.Errorf("%d: at home %+v", code, home)
		}
		for name, values := range away[0].Header {
			if strings.Contains(strings.Join(values, " "), "hunter2") {
				t.Errorf("%d: %s went elsewhere", code, name)
			}
		}
	}
}

// TestHomeOfAMovedFeed asks the new address of a feed that has moved to another
// server. What was meant for the old one is not sent there.
func TestHomeOfAMovedFeed(t *testing.T) {
	s, other := newSite(t, nil), newSite(t, nil)
	s.Behave("city", feedstest.Manners{User: "anna", Password: "pw", Wants: http.Header{"X-Api-Key": {"k"}}})
	src := Source{URL: s.feed(".atom"), Home: strings.Replace(s.feed(".rss"), "://", "://anna:pw@", 1), Header: http.Header{"X-Api-Key": {"k"}}}
	if _, err := s.fetch(t, src); err != nil {
		t.Errorf("moved within the server: %v", err)
	}
	src.URL = other.feed(".rss")
	if _, err := s.fetch(t, src); err != nil {
		t.Error(err)
	}
	if r := other.Requests()[0]; r.Authorization != "" || r.Header.Get("X-Api-Key") != "" {
		t.Errorf("%v", r.Header)
	}
	src.Home = "ftp://x/"
	if e := s.fails(t, src); e.Kind != KindAddress {
		t.Error(e)
	}
}

// TestNoEntry says what to do about a login, by what was sent.
func TestNoEntry(t *testing.T) {
	with := http.Header{"X-Api-Key": {"hunter2"}}
	for name, test := range map[string]struct {
		status int
		header http.Header
		user   string
		away   bool
		want   string
	}{
		"401":                       {401, nil, "", false, "set the feed's auth"},
		"403":                       {403, nil, "", false, "set fetch.contact"},
		"401 with headers":          {401, with, "", false, "may be wrong or may have expired"},
		"403 with headers":          {403, with, "", false, "may be wrong or may have expired"},
		"401 with credentials":      {401, nil, "anna:hunter2@", false, "may be wrong or may have expired"},
		"after a redirect":          {403, nil, "", true, "set fetch.contact"},
		"after one, with headers":   {403, with, "", true, "were not sent there"},
		"after one, with a usename": {401, nil, "anna:hunter2@", true, "were not sent there"},
	} {
		t.Run(name, func(t *testing.T) {
			s, other := newSite(t, nil), newSite(t, nil)
			s.Fail("city", feedstest.Status(test.status, ""))
			if test.away {
				s.Recover("city")
				s.Fail("city", feedstest.Redirect(302, other.feed(".rss")))
				other.Fail("city", feedstest.Status(test.status, ""))
			}
			e := s.fails(t, Source{URL: strings.Replace(s.feed(".rss"), "://", "://"+test.user, 1), Header: test.header})
			if !strings.Contains(e.Hint, test.want) {
				t.Errorf("%v", e)
			}
			noSecret(t, e)
		})
	}
}

func TestHeadersThatCannotBeSent(t *testing.T) {
	s := newSite(t, nil)
	for _, h := range []http.Header{{"X-Key": {"hunter2\nX-Other: 1"}}, {"X-Key": {"hunter2\x00"}}, {"X Key hunter2": {"1"}}, {"": {"1"}}} {
		e := s.fails(t, Source{Header: h})
		noSecret(t, e)
		if e.Kind != KindAddress || len(s.Requests()) != 0 {
			t.Errorf("%v: %v", h, e)
		}
	}
}

func TestUpgrade(t *testing.T) {
	tests := map[string]struct {
		from    string
		hops    []string // "301 https://…"
		moved   string
		upgrade bool
	}{
		"https":                    {"http://x.example/feed?a=1", []string{"301 https://x.example/feed?a=1"}, "https://x.example/feed?a=1", true},
		"https by 308":             {"http://x.example/feed", []string{"308 https://X.example:443/feed"}, "https://X.example:443/feed", true},
		"https for a while":        {"http://x.example/feed", []string{"302 https://x.example/feed"}, "", false},
		"another path":             {"http://x.example/feed", []string{"301 https://x.example/feed/"}, "https://x.example/feed/", false},
		"another query":            {"http://x.example/feed?a=1", []string{"301 https://x.example/feed"}, "https://x.example/feed", false},
		"another host":             {"http://x.example/feed", []string{"301 https://www.x.example/feed"}, "https://www.x.example/feed", false},
		"by way of another host":   {"http://x.example/feed", []string{"301 http://y.example/feed", "301 https://x.example/feed"}, "https://x.example/feed", false},
		"back to http":             {"https://x.example/feed", []string{"301 http://x.example/feed"}, "http://x.example/feed", false},
		"with a detour in between": {"http://x.example/feed", []string{"301 https://x.example/feed", "302 https://x.example/wait", "301 https://x.example/feed2"}, "", false},
		"nowhere":                  {"http://x.example/feed", nil, "", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			n := 0
			w := &wire{answer: func(*http.Request) (*http.Response, error) {
				if n++; n <= len(test.hops) {
					code, to, _ := strings.Cut(test.hops[n-1], " ")
					return reply(map[string]int{"301": 301, "302": 302, "308": 308}[code], "", "Location", to), nil
				}
				return reply(200, string(sampleRSS(1))), nil
			}}
			r, err := w.fetcher(t).Fetch(t.Context(), Source{URL: test.from})
			if err != nil || r.Moved != test.moved || r.Upgrade != test.upgrade {
				t.Errorf("%q %v %v", r.Moved, r.Upgrade, err)
			}
		})
	}
}

// TestNoQueryOfOurs: what is asked is what was configured, to the letter.
func TestNoQueryOfOurs(t *testing.T) {
	for _, address := range []string{"http://x.example", "http://x.example/a%2fb;c?q=%C3%A4&&x", "http://x.example/feed?", "http://x.example/ä?ö", "http://x.example//a/../b"} {
		var got *url.URL
		w := &wire{answer: func(r *http.Request) (*http.Response, error) {
			got = r.URL
			return reply(200, string(sampleRSS(1))), nil
		}}
		if _, err := w.fetcher(t).Fetch(t.Context(), Source{URL: address + "#part"}); err != nil {
			t.Fatal(err)
		}
		want, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got.String() != want.String() {
			t.Errorf("%s was asked for as %s", address, got)
		}
	}
}
