package threadstest_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"spool/publisher/threads/threadstest"
)

// texts are those of a list, in its order.
func (a answer) texts() string {
	var out []string
	data, _ := a.body["data"].([]any)
	for _, d := range data {
		text, _ := d.(map[string]any)["text"].(string)
		out = append(out, text)
	}
	return strings.Join(out, " ")
}

func (a answer) cursor(name string) string {
	paging, _ := a.body["paging"].(map[string]any)
	cursors, _ := paging["cursors"].(map[string]any)
	v, _ := cursors[name].(string)
	return v
}

func TestMediaReadsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := start(t, threadstest.Options{})
		id := c.publish(c.create("Bridge closed", "link_attachment", "https://paper.example/a?b=1&c=2", "topic_tag", "traffic", "reply_control", "followers_only",
			"text_entities", `[{"entity_type":"SPOILER","offset":0,"length":5}]`)).str("id")
		a := c.get("/v1.0/"+id, "fields", "id,media_type,permalink,username,text,timestamp,link_attachment_url,topic_tag,reply_audience,text_entities,is_reply,media_product_type")
		for key, want := range map[string]any{
			"id": id, "media_type": "TEXT_POST", "username": "paper", "text": "Bridge closed", "timestamp": "2000-01-01T00:00:00+0000",
			"link_attachment_url": "https://paper.example/a?b=1&c=2", "topic_tag": "traffic", "reply_audience": "FOLLOWERS_ONLY",
			"is_reply": false, "media_product_type": "THREADS", "permalink": s.Visible("paper")[0].Permalink,
		} {
			if a.body[key] != want {
				t.Errorf("%s is %v, want %v", key, a.body[key], want)
			}
		}
		if !strings.Contains(a.raw, `"text_entities":{"data":[{`) {
			t.Errorf("text_entities are not wrapped: %s", a.raw)
		}
		if a := c.get("/" + id); a.raw != `{"id":"`+id+`"}` {
			t.Errorf("without fields: %s", a.raw)
		}
		if a := c.get("/"+id, "fields", "id,status"); a.code() != "100" || !strings.Contains(a.raw, "Tried accessing nonexisting field (status)") {
			t.Errorf("status of a post: %s", a.raw)
		}
		if a := c.get("/179999999999999999", "fields", "id"); a.code() != "100/33" {
			t.Errorf("an id that nothing has: %s", a.raw)
		}
		if _, err := strconv.ParseInt(id, 10, 64); err != nil || len(id) != 18 {
			t.Errorf("id %q", id)
		}
	})
}

func TestUnknownFieldsFail(t *testing.T) {
	_, c := start(t, threadstest.Options{})
	box := c.create("x")
	for _, path := range []string{"/me", "/me/threads", "/me/replies", "/me/threads_publishing_limit", "/" + box} {
		if a := c.get(path, "fields", "id,nonsense"); a.code() != "100" {
			t.Errorf("%s: %s", path, a.raw)
		}
	}
	if a := c.get("/me/nonsense"); a.code() != "2500" {
		t.Errorf("unknown path: %s", a.raw)
	}
}

func TestListPages(t *testing.T) {
	s, c := start(t, threadstest.Options{})
	for i := range 5 {
		c.publish(c.create(fmt.Sprint(i)))
	}
	a := c.get("/me/threads", "fields", "id,text", "limit", "2")
	if a.texts() != "4 3" {
		t.Fatalf("first page: %s", a.raw)
	}
	s.AddManualPost("paper", "5", "") // cursors stay good
	b := c.get("/me/threads", "fields", "id,text", "limit", "2", "after", a.cursor("after"))
	d := c.get("/me/threads", "fields", "text", "limit", "2", "after", b.cursor("after"))
	if b.texts() != "2 1" || d.texts() != "0" {
		t.Errorf("next pages: %s, %s", b.raw, d.raw)
	}
	if end := c.get("/me/threads", "after", d.cursor("after")); end.raw != `{"data":[]}` {
		t.Errorf("after the end: %s", end.raw)
	}
	if back := c.get("/me/threads", "fields", "text", "limit", "2", "before", b.cursor("before")); back.texts() != "4 3" {
		t.Errorf("back: %s", back.raw)
	}
	for _, bad := range [][]string{{"limit", "0"}, {"limit", "101"}, {"limit", "x"}, {"after", "x!"}, {"before", "QVFIx"}} {
		if a := c.get("/me/threads", bad...); a.code() != "100" {
			t.Errorf("%v: %s", bad, a.raw)
		}
	}
}

func TestListSince(t *testing.T) {
	tests := []struct {
		knob threadstest.ListSince
		want string
	}{{"", "c b"}, {threadstest.SinceInclusive, "c b"}, {threadstest.SinceExclusive, "c"}, {threadstest.SinceRefused, "100"}}
	for _, tt := range tests {
		t.Run(string(tt.knob), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, c := start(t, threadstest.Options{Knobs: threadstest.Knobs{ListSince: tt.knob}})
				for _, text := range []string{"a", "b", "c"} {
					time.Sleep(10*time.Second + 300*time.Millisecond)
					c.publish(c.create(text))
				}
				since := strconv.FormatInt(time.Now().Add(-10300*time.Millisecond).Unix(), 10)
				if a := c.get("/me/threads", "fields", "text", "since", since); a.texts()+a.code() != tt.want {
					t.Errorf("since: %s, want %s", a.raw, tt.want)
				}
			})
		})
	}
}

func TestListUntil(t *testing.T) {
	now := time.Date(2026, 9, 1, 10, 0, 0, 300e6, time.UTC)
	_, c := start(t, threadstest.Options{Now: func() time.Time { return now }})
	c.publish(c.create("a"))
	now = now.Add(time.Hour)
	c.publish(c.create("b"))
	if a := c.get("/me/threads", "fields", "text", "until", "2026-09-01T10:00:00Z", "since", "2026-09-01"); a.texts() != "a" {
		t.Errorf("until: %s", a.raw)
	}
	for _, bad := range [][]string{{"until", "2026-09-02"}, {"since", "1688540399"}, {"since", "yesterday"}} {
		if a := c.get("/me/threads", bad...); a.code() != "100" {
			t.Errorf("%v: %s", bad, a.raw)
		}
	}
	if a := c.get("/me/threads", "fields", "timestamp", "since", "1688540400"); !strings.Contains(a.raw, `"2026-09-01T11:00:00+0000"`) {
		t.Errorf("timestamp: %s", a.raw)
	}
}

func TestListLag(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := start(t, threadstest.Options{Knobs: threadstest.Knobs{ListLag: time.Minute}})
		c.publish(c.create("a"))
		time.Sleep(time.Minute - 1)
		if a := c.get("/me/threads", "fields", "text"); a.texts() != "" || len(s.Visible("")) != 1 {
			t.Errorf("before: %s", a.raw)
		}
		time.Sleep(time.Nanosecond)
		if a := c.get("/me/threads", "fields", "text"); a.texts() != "a" {
			t.Errorf("after: %s", a.raw)
		}
	})
}

func TestReplies(t *testing.T) {
	for _, mixed := range []bool{false, true} {
		s, c := start(t, threadstest.Options{Knobs: threadstest.Knobs{ListIncludesReplies: mixed}})
		root := c.publish(c.create("root")).str("id")
		first := c.publish(c.create("first", "reply_to_id", root)).str("id")
		c.publish(c.create("second", "reply_to_id", first))
		want := "root"
		if mixed {
			want = "second first root"
		}
		for path, want := range map[string]string{
			"/me/threads": want, "/me/replies": "second first", "/" + root + "/replies": "first",
			"/" + root + "/conversation": "second first", "/" + root + "/conversation?reverse=false": "first second",
		} {
			a, err := c.try(t.Context(), "GET", path+map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")]+"fields=text", nil)
			if err != nil || a.texts() != want {
				t.Errorf("%s: %s %v, want %s", path, a.raw, err, want)
			}
		}
		a := c.get("/"+s.Visible("")[0].ID, "fields", "replied_to,root_post,is_reply")
		if replied, _ := a.body["replied_to"].(map[string]any); replied["id"] != first {
			t.Errorf("replied_to: %s", a.raw)
		}
		if rooted, _ := a.body["root_post"].(map[string]any); rooted["id"] != root {
			t.Errorf("root_post: %s", a.raw)
		}
		if a := c.get("/12/replies"); a.code() != "100/33" {
			t.Errorf("replies to nothing: %s", a.raw)
		}
	}
}

func TestReadbacks(t *testing.T) {
	texts := map[threadstest.TextReadback]string{
		"": " The #Tram\n is  late ", threadstest.TextTrimmed: "The #Tram\n is  late",
		threadstest.TextNoTag: " The Tram\n is  late ", threadstest.TextCollapsed: "The #Tram is late",
	}
	for knob, want := range texts {
		s, c := start(t, threadstest.Options{Knobs: threadstest.Knobs{TextReadback: knob}})
		c.publish(c.create(" The #Tram\n is  late "))
		if a := c.get("/me/threads", "fields", "text"); a.texts() != want {
			t.Errorf("%s: %q, want %q", knob, a.texts(), want)
		}
		if s.Visible("")[0].Text != " The #Tram\n is  late " {
			t.Errorf("%s: visible %q", knob, s.Visible("")[0].Text)
		}
	}
	links := map[threadstest.LinkReadback]any{
		"": "https://a.example/b?c=d", threadstest.LinkSlashed: "https://a.example/b/?c=d",
		threadstest.LinkWrapped: "https://l.threads.com/?u=https%3A%2F%2Fa.example%2Fb%3Fc%3Dd&e=AT0standin", threadstest.LinkAbsent: nil,
	}
	for knob, want := range links {
		_, c := start(t, threadstest.Options{Knobs: threadstest.Knobs{LinkReadback: knob}})
		id := c.publish(c.create("x", "link_attachment", "https://a.example/b?c=d")).str("id")
		if a := c.get("/"+id, "fields", "link_attachment_url"); a.body["link_attachment_url"] != want {
			t.Errorf("%s: %s", knob, a.raw)
		}
	}
}

func TestDelete(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := start(t, threadstest.Options{Knobs: threadstest.Knobs{DeleteQuota: 1}})
		a, b := s.AddManualPost("paper", "a", ""), s.AddManualPost("paper", "b", "https://a.example/")
		other := s.AddManualPost("other", "c", "")
		if got := c.do("DELETE", "/v1.0/"+a); got.body["success"] != true || got.str("deleted_id") != a {
			t.Errorf("delete: %s", got.raw)
		}
		if got := c.do("DELETE", "/"+b); got.code() != "4" {
			t.Errorf("one too many: %s", got.raw)
		}
		for _, id := range []string{a, other} {
			if got := c.do("DELETE", "/"+id); got.code() != "100/33" {
				t.Errorf("gone or another's: %s", got.raw)
			}
		}
		if got := c.get("/"+a, "fields", "id"); got.code() != "100/33" {
			t.Errorf("deleted: %s", got.raw)
		}
		if !s.DeletePost(b) || s.DeletePost(b) || len(s.Visible("paper")) != 0 || len(s.Visible("")) != 1 {
			t.Errorf("by hand: %v", s.Visible(""))
		}
	})
}

func TestInsights(t *testing.T) {
	s, c := start(t, threadstest.Options{})
	id := s.AddManualPost("paper", "a", "")
	a := c.get("/"+id+"/insights", "metric", "views,likes")
	if data, _ := a.body["data"].([]any); len(data) != 2 || !strings.Contains(a.raw, `"id":"`+id+`/insights/likes/lifetime"`) {
		t.Errorf("insights: %s", a.raw)
	}
	if a := c.get("/me/threads_insights", "metric", "followers_count"); !strings.Contains(a.raw, `"total_value":{"value":0}`) {
		t.Errorf("profile: %s", a.raw)
	}
	for _, path := range []string{"/" + id + "/insights", "/me/threads_insights"} {
		if a := c.get(path, "metric", "fame"); a.code() != "100" {
			t.Errorf("%s: %s", path, a.raw)
		}
	}
}

func TestUsageHeaders(t *testing.T) {
	for knob, valid := range map[threadstest.UsageHeaders]bool{threadstest.UsagePresent: true, threadstest.UsageMalformed: false} {
		_, c := start(t, threadstest.Options{Knobs: threadstest.Knobs{UsageHeaders: knob}})
		h := c.get("/me").header
		for _, name := range []string{"X-App-Usage", "X-Business-Use-Case-Usage"} {
			if h.Get(name) == "" || json.Valid([]byte(h.Get(name))) != valid {
				t.Errorf("%s: %s is %q", knob, name, h.Get(name))
			}
		}
	}
	_, c := start(t, threadstest.Options{})
	if h := c.get("/me").header; h.Get("X-App-Usage") != "" {
		t.Errorf("headers %v", h)
	}
}
