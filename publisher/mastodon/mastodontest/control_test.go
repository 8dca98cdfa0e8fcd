package mastodontest_test

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"spool/publisher/mastodon/mastodontest"
)

func TestKnobsByName(t *testing.T) {
	var zero mastodontest.Knobs
	defaults := zero.Map()
	for _, knob := range mastodontest.AllKnobs() {
		if len(knob.Values) < 2 || defaults[knob.Name] != knob.Values[0] {
			t.Errorf("%s: default %q is not the first of %q", knob.Name, defaults[knob.Name], knob.Values)
		}
		for _, v := range knob.Values {
			var k mastodontest.Knobs
			if err := k.Set(knob.Name, v); err != nil || k.Map()[knob.Name] != v {
				t.Errorf("%s=%s reads %q: %v", knob.Name, v, k.Map()[knob.Name], err)
			}
		}
		if zero.Set(knob.Name, "nonsense") == nil {
			t.Errorf("%s took nonsense", knob.Name)
		}
	}
	if zero.Set("nonsense", "1") == nil {
		t.Error("an unknown knob was taken")
	}
}

func TestControl(t *testing.T) {
	s, c := start(t, mastodontest.Options{Control: true})
	if a := c.do("POST", "/_knobs", map[string]string{"list_lag": "5s", "idempotency": "broken"}); a.status != 200 || s.Knobs().ListLag != 5*time.Second || s.Knobs().Idempotency != mastodontest.KeyBroken {
		t.Errorf("knobs: %d %s", a.status, a.raw)
	}
	if a := c.do("POST", "/_knobs", url.Values{"list_lag": {"1s"}}); a.status != 400 {
		t.Errorf("a body that a form could send: %d", a.status)
	}
	plan := []mastodontest.Rule{{Op: mastodontest.OpPost, Times: 1, Action: mastodontest.CommitThenStatus(503, "")}}
	if a := c.do("POST", "/_plan", plan); a.status != 200 {
		t.Errorf("plan: %d %s", a.status, a.raw)
	}
	if a := c.post("x", "k"); a.status != 503 {
		t.Errorf("post: %d", a.status)
	}
	if a := c.do("GET", "/_posts.json", nil); !strings.Contains(a.raw, `"text":"x"`) {
		t.Errorf("posts %s", a.raw)
	}
	if a := c.do("GET", "/_requests.json", nil); !strings.Contains(a.raw, `"fault":"status"`) || strings.Contains(a.raw, token) {
		t.Errorf("requests %s", a.raw)
	}
	if a := c.do("GET", "/_violations.json", nil); a.raw != "[]" {
		t.Errorf("violations %s", a.raw)
	}
}

// TestSnapshot: accounts, keys and statuses outlive the process.
func TestSnapshot(t *testing.T) {
	file := filepath.Join(t.TempDir(), "masto.json")
	_, c := start(t, mastodontest.Options{Snapshot: file})
	id := c.post("a", "k").text("id")
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("file %v, %v", info, err)
	}
	s := mastodontest.New(mastodontest.Options{Snapshot: file})
	c = &client{t: t, s: s, h: s}
	if again := c.post("a", "k"); again.text("id") != id || len(s.Visible(user)) != 1 {
		t.Errorf("after a restart: %s", again.raw)
	}
}

// TestPage shows what readers see, safely.
func TestPage(t *testing.T) {
	s, c := start(t, mastodontest.Options{})
	m := c.upload("image/png", "png").text("id")
	first := c.do("POST", "/api/v1/statuses", map[string]any{
		"status": "<script>alert(1)</script> & https://news.example.org/the-bridge", "spoiler_text": "Height <b>", "media_ids": []string{m}, "language": "de", "visibility": "unlisted",
	}, "Idempotency-Key", "k").text("id")
	c.do("POST", "/api/v1/statuses", map[string]any{"status": "a reply", "in_reply_to_id": first}, "Idempotency-Key", "l")
	c.do("PUT", "/api/v1/statuses/"+first, map[string]any{"status": "edited https://news.example.org/the-bridge", "spoiler_text": "Height", "media_ids": []string{m}})
	for _, path := range []string{"/", "/@" + user, "/@" + user + "/" + first} {
		a := c.do("GET", path, nil)
		for _, want := range []string{"Sample Mastodon", "Height", "edited", "unlisted", "a reply", `alt="A picture"`, `lang="de"`} {
			if a.status != 200 || !strings.Contains(a.raw, want) {
				t.Errorf("%s: %q is not on the page (%d)", path, want, a.status)
			}
		}
		if strings.Contains(a.raw, "<script>alert") || a.header.Get("Content-Security-Policy") == "" {
			t.Errorf("%s is not safe", path)
		}
	}
	if a := c.do("GET", "/_media/"+m, nil); a.status != 200 || a.raw != "png" || a.header.Get("Content-Type") != "image/png" {
		t.Errorf("picture: %d", a.status)
	}
	for _, path := range []string{"/@nobody", "/paper", "/_media/1", "/@" + user + "/1"} {
		if a := c.do("GET", path, nil); a.status != 404 {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	s.AddManualPost(user, "twice")
	s.AddManualPost(user, "twice")
	if a := c.do("GET", "/", nil); !strings.Contains(a.raw, "1 of them twice") {
		t.Error("a doubling is not shown")
	}
}

// TestList: pages forward and backward.
func TestList(t *testing.T) {
	s, c := start(t, mastodontest.Options{})
	account := c.do("GET", "/api/v1/accounts/verify_credentials", nil).text("id")
	var ids []string
	for range 5 {
		ids = append(ids, s.AddManualPost(user, "x"))
	}
	ask := func(q string) string {
		var list []struct{ ID string }
		if err := json.Unmarshal([]byte(c.do("GET", "/api/v1/accounts/"+account+"/statuses?"+q, nil).raw), &list); err != nil {
			t.Fatal(err)
		}
		var at []string
		for _, s := range list {
			for i, id := range ids {
				if id == s.ID {
					at = append(at, string(rune('0'+i)))
				}
			}
		}
		return strings.Join(at, "")
	}
	for q, want := range map[string]string{
		"": "43210", "limit=2": "43", "min_id=" + ids[0] + "&limit=2": "21", "since_id=" + ids[0] + "&limit=2": "43", "max_id=" + ids[3] + "&limit=2": "21",
	} {
		if got := ask(q); got != want {
			t.Errorf("%q: %s, want %s", q, got, want)
		}
	}
}
