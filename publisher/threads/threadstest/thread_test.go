package threadstest_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"spool/publisher/threads/threadstest"
)

// child makes a container of a picture or film for a carousel.
func (c *client) child(kind, name string) string {
	c.t.Helper()
	return c.post("/me/threads", "media_type", kind, "is_carousel_item", "true", strings.ToLower(kind)+"_url", "https://a.example/"+name, "alt_text", name).str("id")
}

// TestEarlyReplies: a reply that comes too soon is always a violation, and ends as
// the setting says; one that waits is a reply at each.
func TestEarlyReplies(t *testing.T) {
	tests := []struct {
		knob  threadstest.EarlyReply
		kind  string
		wait  time.Duration
		code  string // of the publish
		reply bool
		bad   bool
	}{
		{threadstest.EarlyAccepted, "TEXT", 0, "", true, true},
		{threadstest.EarlyAccepted, "TEXT", 10 * time.Second, "", true, false},
		{threadstest.EarlyTopLevel, "TEXT", 9 * time.Second, "", false, true},
		{threadstest.EarlyTopLevel, "TEXT", 10 * time.Second, "", true, false},
		{threadstest.EarlyTopLevel, "IMAGE", 39 * time.Second, "", false, true},
		{threadstest.EarlyTopLevel, "IMAGE", 40 * time.Second, "", true, false},
		{threadstest.EarlyRefused, "TEXT", 10 * time.Second, "", true, false},
	}
	for _, tt := range tests {
		synctest.Test(t, func(t *testing.T) {
			s, c := start(t, threadstest.Options{Knobs: threadstest.Knobs{EarlyReply: tt.knob}})
			root := c.publish(c.create("root")).str("id")
			time.Sleep(tt.wait)
			form := []string{"media_type", tt.kind, "text", "reply", "reply_to_id", root}
			if tt.kind == "IMAGE" {
				form = append(form, "image_url", "https://a.example/i.jpg")
			}
			a := c.publish(c.post("/me/threads", form...).str("id"))
			if a.code() != tt.code {
				t.Errorf("%+v: published with %s", tt, a.raw)
			}
			if got := s.Visible("")[0].ReplyTo == root; got != tt.reply || (len(s.Violations()) > 0) != tt.bad {
				t.Errorf("%+v: a reply: %v, violations %q", tt, got, s.Violations())
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		s, c := start(t, threadstest.Options{})
		root := c.publish(c.create("root")).str("id")
		box := c.create("reply", "reply_to_id", root)
		s.SetKnobs(threadstest.Knobs{EarlyReply: threadstest.EarlyRefused})
		if a := c.post("/me/threads", "media_type", "TEXT", "text", "x", "reply_to_id", root); a.code() != "100/33" {
			t.Errorf("an early reply was made: %s", a.raw)
		}
		if a := c.publish(box); a.code() != "24/4279009" || len(s.Visible("")) != 1 {
			t.Errorf("an early reply was published: %s", a.raw)
		}
		time.Sleep(10 * time.Second)
		if a := c.publish(box); a.code() != "" {
			t.Errorf("later it is refused: %s", a.raw)
		}
	})
}

func TestChildFailures(t *testing.T) {
	s, c := start(t, threadstest.Options{Knobs: threadstest.Knobs{ChildFailures: 1}})
	a, b, film := c.child("IMAGE", "a.jpg"), c.child("IMAGE", "b.jpg"), c.child("VIDEO", "c.mp4")
	if got := c.get("/"+a, "fields", "status,error_message"); got.str("status") != "ERROR" || got.str("error_message") != "UNKNOWN" {
		t.Errorf("the first child: %s", got.raw)
	}
	if got := c.post("/me/threads", "media_type", "CAROUSEL", "children", a+","+b); got.code() != "-1/4279004" {
		t.Errorf("a carousel of a child in error: %s", got.raw)
	}
	for _, id := range []string{b, film} {
		if got := c.get("/"+id, "fields", "status"); got.str("status") != "FINISHED" {
			t.Errorf("another child: %s", got.raw)
		}
	}
	if got := c.post("/me/threads", "media_type", "IMAGE", "is_carousel_item", "true", "image_url", "https://a.example/x.jpg", "reply_to_id", "1"); got.code() == "" {
		t.Errorf("a child that is a reply: %s", got.raw)
	}
	c.publish(c.post("/me/threads", "media_type", "CAROUSEL", "children", b+","+film, "reply_control", "mentioned_only").str("id"))
	want := []threadstest.Medium{{URL: "https://a.example/b.jpg", Alt: "b.jpg"}, {URL: "https://a.example/c.mp4", Alt: "c.mp4", Film: true}}
	if v := s.Visible("paper")[0]; !slices.Equal(v.Media, want) || v.Audience != "mentioned_only" || len(s.Violations()) > 0 {
		t.Errorf("visible %+v, violations %q", v, s.Violations())
	}
}

// TestMoreViolations: what no client may do, whatever comes of it.
func TestMoreViolations(t *testing.T) {
	tests := map[string]func(s *threadstest.Server, c *client){
		"is a child": func(_ *threadstest.Server, c *client) { c.publish(c.child("IMAGE", "a.jpg")) },
		"before its status": func(_ *threadstest.Server, c *client) {
			a, b := c.child("IMAGE", "a.jpg"), c.child("IMAGE", "b.jpg")
			c.get("/"+a, "fields", "status")
			c.post("/me/threads", "media_type", "CAROUSEL", "children", a+","+b)
		},
		"names a container": func(_ *threadstest.Server, c *client) {
			c.post("/me/threads", "media_type", "TEXT", "text", "x", "reply_to_id", c.create("root"))
		},
		"wrote by hand": func(s *threadstest.Server, c *client) { c.do("DELETE", "/"+s.AddManualPost("paper", "mine", "")) },
	}
	for want, do := range tests {
		s, c := start(t, threadstest.Options{})
		do(s, c)
		if v := s.Violations(); len(v) != 1 || !strings.Contains(v[0], want) {
			t.Errorf("violations %q, want one with %q", v, want)
		}
	}
}

// TestSameWordsAgain: two containers for the same words are a violation, but not
// when the first one's post was deleted: it is being replaced.
func TestSameWordsAgain(t *testing.T) {
	for _, deleted := range []bool{false, true} {
		s, c := start(t, threadstest.Options{})
		first := c.publish(c.create("the same words")).str("id")
		if deleted {
			c.do("DELETE", "/"+first)
		}
		c.publish(c.create("the same words"))
		if n := len(s.Violations()); (n == 0) != deleted {
			t.Errorf("deleted %v: %d violations", deleted, n)
		}
	}
}

// TestPrivateProfile: the permission ends ninety days after it was given, however
// often the token is refreshed; with a public one each refresh extends it.
func TestPrivateProfile(t *testing.T) {
	for _, private := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			s, c := start(t, threadstest.Options{Knobs: threadstest.Knobs{PrivateProfile: private}})
			begun := time.Now()
			for range 2 {
				time.Sleep(40 * 24 * time.Hour)
				c.token = c.get("/refresh_access_token", "grant_type", "th_refresh_token").str("access_token")
			}
			ends := begun.Add(170 * 24 * time.Hour)
			if private {
				ends = begun.Add(90 * 24 * time.Hour)
			}
			if a := c.get("/debug_token", "input_token", c.token); !strings.Contains(a.raw, `"data_access_expires_at":`+timestamp(ends)) {
				t.Errorf("private %v: %s", private, a.raw)
			}
			time.Sleep(10 * 24 * time.Hour)
			want := ""
			if private {
				want = "190"
			}
			if a := c.get("/me", "fields", "id"); a.code() != want {
				t.Errorf("private %v, on day 90: %s", private, a.raw)
			}
			s.AddUser("paper", "THQV-anew")
			c.token = "THQV-anew"
			if a := c.get("/me", "fields", "id"); a.code() != "" {
				t.Errorf("signed in anew: %s", a.raw)
			}
		})
	}
}

// TestThreadsOnThePage: replies stand below what they answer, in order, and what
// answers a post that is gone says so.
func TestThreadsOnThePage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := start(t, threadstest.Options{})
		say := func(text, to string) string {
			time.Sleep(time.Minute)
			if to == "" {
				return c.publish(c.create(text)).str("id")
			}
			return c.publish(c.create(text, "reply_to_id", to)).str("id")
		}
		first := say("first", "")
		lost := say("lost", "")
		part2 := say("first, part 2", first)
		say("orphan", lost)
		second := say("second", "")
		say("first, part 3", part2)
		say("first, a correction", first)
		say("second, part 2", second)
		c.do("DELETE", "/"+lost)
		page := ask(t, s, "GET", "/", "", "").Body.String()
		var order []string
		for _, m := range regexp.MustCompile(`<p class="text">([^<]*)</p>`).FindAllStringSubmatch(page, -1) {
			order = append(order, m[1])
		}
		want := []string{"second", "second, part 2", "orphan", "first", "first, part 2", "first, part 3", "first, a correction"}
		if !slices.Equal(order, want) {
			t.Errorf("the page shows %q, want %q", order, want)
		}
		if n := strings.Count(page, `class="to">Reply to`); n != 2 || !strings.Contains(page, "a post that is gone") {
			t.Errorf("%d posts say what they answer, want those whose parent is not right above", n)
		}
		var path string
		for _, p := range s.Visible("") {
			if p.ID == first {
				path = strings.TrimPrefix(p.Permalink, "https://www.threads.com")
			}
		}
		if one := ask(t, s, "GET", path, "", "").Body.String(); !strings.Contains(one, "first, part 3") || strings.Contains(one, "second") {
			t.Errorf("the page of a thread: %s", one)
		}
	})
}

func TestPicturesOnThePage(t *testing.T) {
	for _, images := range []bool{false, true} {
		s, c := start(t, threadstest.Options{Images: images})
		a, b := c.child("IMAGE", "a.jpg"), c.child("VIDEO", "b.mp4")
		c.publish(c.post("/me/threads", "media_type", "CAROUSEL", "text", "both", "children", a+","+b, "reply_control", "followers_only").str("id"))
		w := ask(t, s, "GET", "/", "", "")
		page := w.Body.String()
		for _, want := range []string{`class="media several"`, "<figcaption>a.jpg", "<figcaption>b.mp4", "Replies: followers_only"} {
			if !strings.Contains(page, want) {
				t.Errorf("images %v: the page lacks %q", images, want)
			}
		}
		if strings.Contains(page, `<img src="https://a.example/a.jpg" alt="a.jpg"`) != images || strings.Contains(page, `<video src="https://a.example/b.mp4"`) != images ||
			strings.Contains(page, `class="picture film"`) == images {
			t.Errorf("images %v: %s", images, page)
		}
		if csp := w.Header().Get("Content-Security-Policy"); strings.Contains(csp, "media-src 'none'") == images {
			t.Errorf("images %v: policy %q", images, csp)
		}
	}
}
