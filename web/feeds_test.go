package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"spool"
)

// here is a request from this machine to one of its own names.
func here(path string) *http.Request {
	r := httptest.NewRequest("GET", path, http.NoBody)
	r.Host, r.RemoteAddr = "127.0.0.1:8080", "127.0.0.1:40000"
	return r
}

func (s *site) answer(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w
}

// look returns a page that this machine is shown.
func (s *site) look(t *testing.T, path string) string {
	t.Helper()
	w := s.answer(here(path))
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/html; charset=utf-8" {
		t.Fatalf("%s: status %d, %s\n%s", path, w.Code, w.Header().Get("Content-Type"), w.Body)
	}
	return w.Body.String()
}

func TestFeedPagesAreForThisMachineOnly(t *testing.T) {
	s := newSite(t, nil)
	nowhere := s.answer(here("/nothing-there"))
	set := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	host := func(name string) func(*http.Request) { return func(r *http.Request) { r.Host = name } }
	from := func(address string) func(*http.Request) { return func(r *http.Request) { r.RemoteAddr = address } }
	tests := []struct {
		name   string
		change func(*http.Request)
		ok     bool
	}{
		{"this machine", func(*http.Request) {}, true},
		{"by name", host("localhost:8080"), true},
		{"by name, in capitals", host("LOCALHOST"), true},
		{"IPv6", func(r *http.Request) { r.Host, r.RemoteAddr = "[::1]:8080", "[::1]:40000" }, true},
		{"IPv6 without a port", host("[::1]"), true},
		{"another loopback address", host("127.8.9.1:8080"), true},
		{"IPv4 as IPv6", from("[::ffff:127.0.0.1]:40000"), true},
		{"another machine", from("192.0.2.7:40000"), false},
		{"another machine that says localhost", func(r *http.Request) { r.Host, r.RemoteAddr = "localhost", "10.0.0.2:40000" }, false},
		{"the address of a container's gateway", from("172.17.0.1:40000"), false},
		{"a page elsewhere, rebound", host("evil.example:8080"), false},
		{"a name that only looks like it", host("localhost.evil.example"), false},
		{"a name that begins like an address", host("127.0.0.1.evil.example"), false},
		{"an address that is none", host("127.1"), false},
		{"no host", host(""), false},
		{"a public address", host("192.0.2.1:8080"), false},
		{"no remote address", from(""), false},
		{"a socket", from("@"), false},
		{"proxied", set("X-Forwarded-For", "192.0.2.7"), false},
		{"proxied, and nothing said", set("X-Forwarded-For", ""), false},
		{"proxied: proto", set("X-Forwarded-Proto", "https"), false},
		{"proxied: host", set("X-Forwarded-Host", "localhost"), false},
		{"proxied: RFC 7239", set("Forwarded", "for=127.0.0.1"), false},
		{"proxied: via", set("Via", "1.1 cache"), false},
		{"proxied: nginx", set("X-Real-IP", "127.0.0.1"), false},
		{"proxied: Cloudflare", set("CF-Connecting-IP", "127.0.0.1"), false},
		{"proxied: nginx as it comes", func(r *http.Request) { r.Proto, r.ProtoMajor, r.ProtoMinor = "HTTP/1.0", 1, 0 }, false},
		{"proxied: true client", set("True-Client-IP", "127.0.0.1"), false},
	}
	for _, path := range []string{"/feeds", "/feeds/front", "/feeds/nothing"} {
		for _, tt := range tests {
			t.Run(path+" "+tt.name, func(t *testing.T) {
				r := here(path)
				tt.change(r)
				w := s.answer(r)
				if !tt.ok {
					if w.Code != nowhere.Code || w.Body.String() != nowhere.Body.String() || fmt.Sprint(w.Header()) != fmt.Sprint(nowhere.Header()) {
						t.Errorf("the answer is not that for a path that there is not: %d\n%v\n%s", w.Code, w.Header(), w.Body)
					}
					return
				}
				if !strings.Contains(w.Body.String(), "<h1>") {
					t.Errorf("status %d:\n%s", w.Code, w.Body)
				}
			})
		}
	}
}

// The front page links to what whoever asks may see, and to nothing else.
func TestFrontPageLinksToFeedsHere(t *testing.T) {
	s := newSite(t, nil)
	if body := s.look(t, "/"); !strings.Contains(body, `href="/feeds"`) {
		t.Errorf("no link to the feeds:\n%s", body)
	}
	r := here("/")
	r.RemoteAddr = "192.0.2.7:1"
	if body := s.answer(r).Body.String(); strings.Contains(body, "/feeds") {
		t.Errorf("a link to the feeds for another machine:\n%s", body)
	}
}

func TestFeedList(t *testing.T) {
	s := newSite(t, nil)
	s.store.feeds = []spool.FeedState{
		{Name: "ended", URL: "https://a.example/f", LastPoll: noon, NextPoll: noon.AddDate(100, 0, 0), Problem: "status 410", Memory: spool.FeedMemory{Ended: noon.Add(-time.Hour)}},
		{Name: "failing", Failures: 4, Problem: "the server answered 500", LastPoll: noon, LastGood: noon.Add(-50 * time.Hour), NextPoll: noon.Add(time.Hour)},
		{Name: "front", LastPoll: noon.Add(-time.Minute), LastGood: noon.Add(-time.Minute), LastNew: noon.Add(-3 * time.Hour), NextPoll: noon.Add(14 * time.Minute), Items: 40},
		{Name: "quiet", LastPoll: noon, LastGood: noon, RetryAfter: noon.Add(time.Hour), NextPoll: noon.Add(time.Hour)},
		{Name: "silent", LastPoll: noon, LastGood: noon, NextPoll: noon, Memory: spool.FeedMemory{Alarm: "no news for 3 days, where it has some every hour"}},
		{Name: "torn", LastPoll: noon, LastGood: noon, NextPoll: noon, Memory: spool.FeedMemory{Degraded: true}},
		{Name: "unread"},
	}
	got := textOf(t, s.look(t, "/feeds"))
	for _, want := range []string{
		"ended gone never never never 0 it is gone for good and is not asked any more: status 410",
		"failing failing 4× 2 days ago in 60 min never 0 the server answered 500",
		"front ok 1 min ago in 14 min 3 h ago 40",
		"quiet resting 0 s ago in 60 min never 0",
		"silent odd 0 s ago due never 0 no news for 3 days, where it has some every hour",
		"torn degraded 0 s ago due never 0 its document is damaged: items may have been missed",
		"unread unread never due never 0",
		"All 7", "With a note 6",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the list lacks %q:\n%s", want, got)
		}
	}
	few := textOf(t, s.look(t, "/feeds?show=attention"))
	if strings.Contains(few, "front") || !strings.Contains(few, "silent") {
		t.Errorf("feeds with a note:\n%s", few)
	}
}

func TestFeedListTurnsPages(t *testing.T) {
	s := newSite(t, nil)
	s.store.feeds = nil
	for i := range 250 {
		s.store.feeds = append(s.store.feeds, spool.FeedState{Name: fmt.Sprintf("feed-%03d", i)})
	}
	tests := []struct{ path, first, last, before, after string }{
		{"/feeds", "feed-000", "feed-099", "", `href="/feeds?page=2"`},
		{"/feeds?page=2", "feed-100", "feed-199", `href="/feeds" rel="prev"`, `href="/feeds?page=3"`},
		{"/feeds?page=3", "feed-200", "feed-249", `href="/feeds?page=2" rel="prev"`, ""},
		{"/feeds?page=99999", "feed-200", "feed-249", `href="/feeds?page=2" rel="prev"`, ""},
		{"/feeds?page=-3", "feed-000", "feed-099", "", `href="/feeds?page=2"`},
		{"/feeds?page=9999999999999999999999", "feed-200", "feed-249", `href="/feeds?page=2" rel="prev"`, ""},
		{"/feeds?page=x&show=attention", "feed-000", "feed-099", "", `href="/feeds?page=2&amp;show=attention"`},
	}
	for _, tt := range tests {
		body := s.look(t, tt.path)
		if n := strings.Count(body, `<tr role="row">`); n > 101 || !strings.Contains(body, tt.first) || !strings.Contains(body, tt.last) {
			t.Errorf("%s: %d rows, want %s to %s", tt.path, n, tt.first, tt.last)
		}
		if got := strings.Contains(body, `rel="prev"`); got != (tt.before != "") || !strings.Contains(body, tt.before) {
			t.Errorf("%s: the page before", tt.path)
		}
		if got := strings.Contains(body, `rel="next"`); got != (tt.after != "") || !strings.Contains(body, tt.after) {
			t.Errorf("%s: the page after", tt.path)
		}
	}
	s.store.feeds = nil
	if body := s.look(t, "/feeds"); !strings.Contains(body, "names no feed") {
		t.Errorf("no feeds:\n%s", body)
	}
}

// everything is a feed of which there is something to say everywhere.
func everything(s *site) {
	s.store.feeds = []spool.FeedState{{
		Name: "front", URL: "https://anna:password1@www.example.org/rss?key=secret1#f", Group: "paper", Failures: 2, Problem: "the server answered 503",
		Moved: "https://new.example.org/rss?key=secret2", Baselined: noon.Add(-100 * time.Hour), LastPoll: noon.Add(-time.Minute),
		LastGood: noon.Add(-time.Hour), LastNew: noon.Add(-2 * time.Hour), NextPoll: noon.Add(time.Hour), RetryAfter: noon.Add(30 * time.Minute), Items: 40,
		Memory: spool.FeedMemory{
			Title: "The Example", Format: "rss 2.0", Address: "https://now.example.org/rss?key=secret3", MovedSince: noon.Add(-24 * time.Hour),
			GoneSince: noon.Add(-time.Minute), Fresh: noon.Add(20 * time.Minute), Slowed: "it has failed for two weeks",
			Hints:    spool.Hints{Every: 90 * time.Minute, Hours: []int{0, 1, 2, 3, 23, 7, 99}, Days: []time.Weekday{time.Sunday}},
			Degraded: true, Repairs: []string{"two bytes that are no UTF-8"}, Skipped: []string{"item 3: it is empty"},
			Alarm: "no news for 3 days", Hub: "https://hub.example/?key=secret4", Topic: "https://www.example.org/rss?key=secret5", Polled: 3, Pushed: 39, Proven: noon.Add(-time.Hour),
			Alerts: json.RawMessage(`{}`),
		},
	}}
	s.store.alerts = []spool.Tracked{{Feed: "front", Open: true, Muted: "exclude: effect DETOUR"}}
	s.store.ledger = []spool.Entry{
		{
			Feed: "front", Account: "desk", Seen: 81,
			Fates: map[spool.Verdict]int{spool.Filtered: 11, spool.TooOld: 2, spool.FirstRun: 40, spool.Duplicate: 1, spool.Over: 2, spool.Summed: 3, "later": 1},
			Posts: map[spool.State]int{spool.Live: 12, spool.Waiting: 3, spool.Doubt: 1, spool.Sending: 1, spool.Held: 2, spool.Failed: 1, spool.Dropped: 1},
		},
		{Feed: "front", Account: "second", Seen: 5, Posts: map[spool.State]int{spool.Live: 4}},
		{Feed: "other", Account: "desk", Seen: 4711},
	}
	s.store.pushes = []spool.Subscription{{
		ID: "idsecret6", Feed: "front", Hub: "https://hub.example/?key=secret4", Topic: "https://www.example.org/rss?key=secret5", Callback: "https://spool.example/websub/secret7",
		Secret: "secret8", Standing: spool.Active, LeaseUntil: noon.Add(72 * time.Hour), LastPush: noon.Add(-10 * time.Minute), Pushes: 41, Ignored: 2, Reason: "the last renewal failed",
	}}
}

func TestFeedPage(t *testing.T) {
	s := newSite(t, nil)
	everything(s)
	body := s.look(t, "/feeds/front")
	got := textOf(t, body)
	for _, want := range []string{
		"failing 2× The Example", "the server answered 503", "no news for 3 days", "it was read item by item", "it has failed for two weeks",
		"Address https://www.example.org/rss?… Moved for good to https://now.example.org/rss?…",
		"Redirects for good to https://new.example.org/rss?…, since 28 Feb 2026, 12:00:00 UTC (24 h ago)",
		"Group paper", "Last read well 1 Mar 2026, 11:00:00 UTC (60 min ago)", "Next 1 Mar 2026, 13:00:00 UTC (in 60 min)",
		"Its server asked for quiet until 1 Mar 2026, 12:30:00 UTC", "Its server says: nothing new until 1 Mar 2026, 12:20:00 UTC",
		"The feed says every 1h30m is enough", "nothing is new in the hours 0–3, 7, 23 (UTC)", "nothing is new on Sunday",
		"Items in it 40", "Format rss 2.0", "two bytes that are no UTF-8", "item 3: it is empty",
		"Pushes have found 39 of 42 new items, polls the others.", "Subscription active: the hub pushes", "Why the last renewal failed",
		"Hub https://hub.example/?…", "Relied on since 1 Mar 2026, 11:00:00 UTC (60 min ago)", "Pushes 41, and 2 without a valid signature, which were ignored",
		"On desk Seen 81 live 12 waiting 3 being sent, or in doubt 2 held for a person 2 failed 1 dropped 1 kept out by include or exclude 11 too old 2 there when it was first read 40 nearly the same as another 1 over before there was anything to tell 2 summed up in a digest 3 not posted for another reason 1 On second",
		"On second Seen 5 live 4 not accounted for 1 The sum should be what was seen.",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the page lacks %q:\n%s", want, got)
		}
	}
	if strings.Contains(got, "4711") {
		t.Error("the ledger of another feed is on the page")
	}
	if strings.Contains(body, "secret") || strings.Contains(body, "password1") || strings.Contains(body, "anna") {
		t.Errorf("a secret is on the page:\n%s", body)
	}
}

// The plainest feed has no empty sections.
func TestFeedPageOfAFeedThatIsWell(t *testing.T) {
	s := newSite(t, nil)
	s.store.feeds = []spool.FeedState{{Name: "front", URL: "https://www.example.org/rss", Group: "feed:front", LastPoll: noon, LastGood: noon, NextPoll: noon.Add(time.Minute)}}
	got := textOf(t, s.look(t, "/feeds/front"))
	for _, absent := range []string{"What you should know", "repaired", "could not be used", "Push", "Group", "Moved", "asked for quiet", "feed:"} {
		if strings.Contains(got, absent) {
			t.Errorf("the page has %q:\n%s", absent, got)
		}
	}
	if !strings.Contains(got, "Nothing has been counted yet.") {
		t.Errorf("an empty ledger:\n%s", got)
	}
}

// What feeds and their servers write is hostile: it never becomes markup, and is
// not without end.
func TestFeedPagesEscapeAndBound(t *testing.T) {
	const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)> javascript:alert(1)`
	long := evil + strings.Repeat("x", 100_000)
	s := newSite(t, nil)
	s.store.feeds = []spool.FeedState{{
		Name: "front", URL: "javascript:alert(1)//" + long, Moved: "https://a.example/" + long, Failures: 1, Problem: long, LastPoll: noon, Group: "g",
		Memory: spool.FeedMemory{
			Title: long, Format: long, Address: "data:text/html," + evil, Degraded: true, Alarm: long, Slowed: long, Hub: "https://a.example/" + long, Topic: long,
			Repairs: manyOf(long, 100), Skipped: manyOf(long, 5000),
		},
	}}
	s.store.pushes = []spool.Subscription{{ID: "x", Feed: "front", Hub: "https://a.example/" + long, Topic: long, Reason: long, Standing: spool.Denied}}
	for _, path := range []string{"/feeds", "/feeds/front", "/feeds/" + strings.Repeat("%3Cscript%3E", 1000)} {
		w := s.answer(here(path))
		body := w.Body.String()
		if len(body) > 250_000 {
			t.Errorf("%s: %d bytes", path, len(body))
		}
		scan(t, body, func(n *html.Node) {
			if n.Data == "script" || n.Data == "img" {
				t.Errorf("%s: a <%s> on the page", path, n.Data)
			}
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") || (a.Key == "href" && !strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "#")) {
					t.Errorf("%s: %s=%q", path, a.Key, a.Val)
				}
			}
		})
	}
}

func manyOf(text string, n int) []string {
	var out []string
	for range n {
		out = append(out, text)
	}
	return out
}

func TestNoSuchFeed(t *testing.T) {
	s := newSite(t, nil)
	w := s.answer(here("/feeds/nothing"))
	if w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "no feed called “nothing”") {
		t.Errorf("status %d:\n%s", w.Code, w.Body)
	}
}

// What went wrong is in the log, not on the page.
func TestFeedPagesWithoutADatabase(t *testing.T) {
	s := newSite(t, nil)
	s.store.fail(errors.New("disk /var/lib/spool is gone"))
	for _, path := range []string{"/feeds", "/feeds/front"} {
		w := s.answer(here(path))
		if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "/var/lib") || !strings.Contains(s.log.String(), "/var/lib") {
			t.Errorf("%s: status %d: %s", path, w.Code, w.Body)
		}
	}
}

// Each page can be read without seeing it: one first heading and no level left
// out, names for regions and tables, a way past what repeats.
func TestFeedPagesAreAccessible(t *testing.T) {
	s := newSite(t, nil)
	everything(s)
	for _, path := range []string{"/", "/feeds", "/feeds/front", "/feeds/nothing"} {
		body := s.answer(here(path)).Body.String()
		ids, level, heads := map[string]bool{}, 0, 0
		scan(t, body, func(n *html.Node) { ids[attr(n, "id")] = true })
		scan(t, body, func(n *html.Node) {
			switch n.Data {
			case "html":
				if attr(n, "lang") == "" {
					t.Errorf("%s: no language", path)
				}
			case "h1", "h2", "h3":
				next := int(n.Data[1] - '0')
				if next > level+1 {
					t.Errorf("%s: <%s> after level %d", path, n.Data, level)
				}
				if level = next; next == 1 {
					heads++
				}
			case "th":
				if attr(n, "scope") == "" {
					t.Errorf("%s: a <th> without scope", path)
				}
			case "time":
				if _, err := time.Parse(time.RFC3339, attr(n, "datetime")); err != nil {
					t.Errorf("%s: <time>: %v", path, err)
				}
			case "section":
				if !ids[attr(n, "aria-labelledby")] {
					t.Errorf("%s: a section without a name", path)
				}
			case "a":
				if to, ok := strings.CutPrefix(attr(n, "href"), "#"); ok && !ids[to] {
					t.Errorf("%s: a link to #%s, which is not there", path, to)
				}
			}
		})
		if heads != 1 || !ids["main"] {
			t.Errorf("%s: %d first headings", path, heads)
		}
	}
}

// textOf is what a page says, without its markup.
func textOf(t *testing.T, body string) string {
	t.Helper()
	var words []string
	scan(t, body, func(n *html.Node) {
		if n.Type == html.TextNode {
			words = append(words, strings.Fields(n.Data)...)
		}
	})
	return strings.Join(words, " ")
}

// scan visits the nodes of a page.
func scan(t *testing.T, body string, visit func(*html.Node)) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type != html.DoctypeNode {
			visit(n)
		}
	}
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
