package threadstest_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"spool/publisher/threads/threadstest"
)

func TestCreateRefuses(t *testing.T) {
	s, c := start(t, threadstest.Options{LinkStatus: func(u string) bool { return u != "https://refused.example/" }})
	s.AddUser("narrow", "narrow", threadstest.Scopes("threads_basic"))
	links := "https://a.example/1 https://a.example/2 https://a.example/3 https://a.example/4 https://a.example/5"
	tests := []struct {
		name  string
		pairs []string
		code  string // empty: it is taken
	}{
		{"no kind", []string{"text", "x"}, "100"},
		{"unknown kind", []string{"media_type", "SOUND", "text", "x"}, "100"},
		{"no text", []string{"media_type", "TEXT", "link_attachment", "https://a.example/"}, "100"},
		{"500 units", []string{"media_type", "TEXT", "text", strings.Repeat("é", 500)}, ""},
		{"501 units", []string{"media_type", "TEXT", "text", strings.Repeat("é", 501)}, "100"},
		{"not UTF-8", []string{"media_type", "TEXT", "text", "a\xff"}, "100"},
		{"alt on text", []string{"media_type", "TEXT", "text", "x", "alt_text", "y"}, "100"},
		{"link on image", []string{"media_type", "IMAGE", "image_url", "https://a.example/i.jpg", "link_attachment", "https://a.example/"}, "100"},
		{"image", []string{"media_type", "IMAGE", "image_url", "https://a.example/i.jpg", "alt_text", strings.Repeat("a", 1000)}, ""},
		{"long alt", []string{"media_type", "IMAGE", "image_url", "https://a.example/i.jpg", "alt_text", strings.Repeat("a", 1001)}, "100"},
		{"image without address", []string{"media_type", "IMAGE", "text", "x"}, "100"},
		{"five links", []string{"media_type", "TEXT", "text", links, "link_attachment", "https://a.example/5"}, ""},
		{"six links", []string{"media_type", "TEXT", "text", links, "link_attachment", "https://a.example/6"}, "100"},
		{"bad link", []string{"media_type", "TEXT", "text", "x", "link_attachment", "ftp://a.example/"}, "-1/4279047"},
		{"refused link", []string{"media_type", "TEXT", "text", "x", "link_attachment", "https://refused.example/"}, "-1/4279047"},
		{"topic of 50", []string{"media_type", "TEXT", "text", "x", "topic_tag", strings.Repeat("ä", 50)}, ""},
		{"topic of 51", []string{"media_type", "TEXT", "text", "x", "topic_tag", strings.Repeat("ä", 51)}, "100"},
		{"topic with a period", []string{"media_type", "TEXT", "text", "x", "topic_tag", "a.b"}, "100"},
		{"topic with an ampersand", []string{"media_type", "TEXT", "text", "x", "topic_tag", "a&b"}, "100"},
		{"reply to nothing", []string{"media_type", "TEXT", "text", "x", "reply_to_id", "12"}, "100/33"},
		{"unknown audience", []string{"media_type", "TEXT", "text", "x", "reply_control", "nobody"}, "100"},
		{"poll with link", []string{"media_type", "TEXT", "text", "x", "poll_attachment", `{"option_a":"a"}`, "link_attachment", "https://a.example/"}, "100"},
		{"poll that is not JSON", []string{"media_type", "TEXT", "text", "x", "poll_attachment", `{`}, "100"},
		{"no permission", []string{"media_type", "TEXT", "text", "x", "access_token", "narrow"}, "10"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := c.post("/me/threads", tt.pairs...)
			if a.code() != tt.code || (tt.code == "") != (a.str("id") != "") {
				t.Errorf("code %q, want %q: %s", a.code(), tt.code, a.raw)
			}
		})
	}
	if got := s.Visible(""); len(got) > 0 {
		t.Errorf("creating made something visible: %v", got)
	}
}

func TestLengthRules(t *testing.T) {
	texts := map[string]string{
		"ascii":  strings.Repeat("a", 500),
		"quotes": strings.Repeat("a", 498) + "’", // 499 points, 501 bytes
		"cjk":    strings.Repeat("漢", 346),
		"emoji":  strings.Repeat("a", 480) + strings.Repeat("😀", 6), // 486 points, 492 units, 504 bytes
		"family": strings.Repeat("a", 485) + "👨‍👩‍👧",                // 5 points, 8 units, 18 bytes in one cluster
		"keycap": strings.Repeat("a", 494) + "1️⃣",                  // 3 points, 7 bytes
		"utf16":  strings.Repeat("𝐀", 251),                          // 502 units
	}
	tests := []struct {
		rule    threadstest.LengthRule
		refused string
	}{
		{"", "emoji family keycap"},
		{threadstest.LengthEmojiBytes, "emoji family keycap"},
		{threadstest.LengthBytes, "cjk emoji family keycap quotes utf16"},
		{threadstest.LengthPoints, ""},
		{threadstest.LengthUTF16, "utf16"},
	}
	for _, tt := range tests {
		t.Run(string(tt.rule), func(t *testing.T) {
			_, c := start(t, threadstest.Options{Knobs: threadstest.Knobs{LengthRule: tt.rule}})
			for name, text := range texts {
				a := c.post("/me/threads", "media_type", "TEXT", "text", text)
				refused := strings.Contains(" "+tt.refused+" ", " "+name+" ")
				if (a.code() == "100") != refused {
					t.Errorf("%s: refused %v, want %v: %s", name, !refused, refused, a.raw)
				}
				if refused && !strings.Contains(a.raw, "Param text must be at most 500 characters long.") {
					t.Errorf("%s: %s", name, a.raw)
				}
			}
		})
	}
}

func TestTopics(t *testing.T) {
	tests := []struct{ text, topic, want string }{
		{"no sign", "", ""},
		{"the #Tram, late", "", "Tram"},
		{"#2026 and #Budget2026!", "", "Budget2026"},
		{"## #", "", ""},
		{"the #Tram", "Traffic", "Traffic"},
	}
	for _, tt := range tests {
		s, c := start(t, threadstest.Options{})
		var more []string
		if tt.topic != "" {
			more = []string{"topic_tag", tt.topic}
		}
		c.publish(c.create(tt.text, more...))
		if got := s.Visible("paper")[0].Topic; got != tt.want {
			t.Errorf("%q: topic %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestImageThatCannotBeFetched(t *testing.T) {
	s, c := start(t, threadstest.Options{ImageStatus: func(string) string { return "UNKNOWN" }})
	a := c.post("/me/threads", "media_type", "IMAGE", "image_url", "https://a.example/i.jpg", "text", "x")
	box := a.str("id")
	if a := c.get("/"+box, "fields", "id,status,error_message"); a.str("status") != "ERROR" || a.str("error_message") != "UNKNOWN" || a.status != 200 {
		t.Errorf("status %d %s", a.status, a.raw)
	}
	if a := c.publish(box); a.code() != "24/4279009" || len(s.Visible("")) > 0 {
		t.Errorf("publish: %s, visible %v", a.raw, s.Visible(""))
	}
}

func TestProcessingTakesPollsAndTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, c := start(t, threadstest.Options{Knobs: threadstest.Knobs{ProcessingPolls: 1, Processing: 5 * time.Second}})
		box := c.create("x")
		status := func(want string) {
			t.Helper()
			if a := c.get("/"+box, "fields", "status"); a.str("status") != want {
				t.Errorf("status %s, want %s", a.raw, want)
			}
		}
		status("IN_PROGRESS")
		if a := c.publish(box); a.code() != "24/4279009" {
			t.Errorf("published too early: %s", a.raw)
		}
		status("IN_PROGRESS")
		time.Sleep(5 * time.Second)
		status("FINISHED")
		time.Sleep(24 * time.Hour)
		status("EXPIRED")
		if a := c.publish(box); a.code() != "24/4279009" {
			t.Errorf("published when expired: %s", a.raw)
		}
	})
}

func TestCarousel(t *testing.T) {
	s, c := start(t, threadstest.Options{})
	child := func(name string) string {
		return c.post("/me/threads", "media_type", "IMAGE", "is_carousel_item", "true", "image_url", "https://a.example/"+name, "alt_text", name).str("id")
	}
	a, b := child("a.jpg"), child("b.jpg")
	if got := c.post("/me/threads", "media_type", "CAROUSEL", "children", a+",12"); got.code() != "-1/4279004" {
		t.Errorf("a child that is not there: %s", got.raw)
	}
	if got := c.post("/me/threads", "media_type", "CAROUSEL", "children", a); got.code() != "100" {
		t.Errorf("one child: %s", got.raw)
	}
	if got := c.publish(a); got.code() != "24/4279009" {
		t.Errorf("a child was published: %s", got.raw)
	}
	id := c.publish(c.post("/me/threads", "media_type", "CAROUSEL", "text", "both", "children", a+","+b).str("id")).str("id")
	got := c.get("/"+id, "fields", "media_type,children")
	if got.str("media_type") != "CAROUSEL_ALBUM" || strings.Count(got.raw, `"id"`) != 3 {
		t.Errorf("read back %s", got.raw)
	}
	if v := s.Visible("paper"); len(v) != 1 || v[0].Image != "https://a.example/a.jpg" || v[0].Alt != "a.jpg" {
		t.Errorf("visible %+v", v)
	}
}

func TestAutoPublishIsAViolation(t *testing.T) {
	s, c := start(t, threadstest.Options{})
	a := c.post("/me/threads", "media_type", "TEXT", "text", "x", "auto_publish_text", "true")
	if v := s.Visible(""); len(v) != 1 || v[0].ID != a.str("id") {
		t.Errorf("answer %s, visible %+v", a.raw, v)
	}
	if len(s.Violations()) != 1 {
		t.Errorf("violations %q", s.Violations())
	}
}
