package threadstest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"spool/publisher/threads/threadstest"
)

func TestKnobsByName(t *testing.T) {
	var zero threadstest.Knobs
	defaults := zero.Map()
	for _, knob := range threadstest.AllKnobs() {
		if len(knob.Values) < 2 || defaults[knob.Name] != knob.Values[0] {
			t.Errorf("%s: default %q is not the first of %q", knob.Name, defaults[knob.Name], knob.Values)
		}
		for _, v := range knob.Values {
			var k threadstest.Knobs
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

func ask(t *testing.T, h http.Handler, method, path, body, kind string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestControl(t *testing.T) {
	s, c := start(t, threadstest.Options{Control: true})
	w := ask(t, s, "POST", "/_knobs", `{"list_lag":"5s","double_publish":"same_id"}`, "application/json")
	if k := s.Knobs(); w.Code != 200 || k.ListLag != 5*time.Second || k.DoublePublish != threadstest.DoubleSameID {
		t.Errorf("knobs: %d %s", w.Code, w.Body)
	}
	for _, bad := range []string{`{"list_lag":"long"}`, `{"nonsense":"1"}`, `[]`} {
		if w := ask(t, s, "POST", "/_knobs", bad, "application/json"); w.Code != 400 {
			t.Errorf("%s: %d", bad, w.Code)
		}
	}
	if w := ask(t, s, "POST", "/_knobs", `{}`, "text/plain"); w.Code != 400 {
		t.Errorf("a body that a form could send: %d", w.Code)
	}
	if w := ask(t, s, "GET", "/_violations.json", "", ""); w.Body.String() != "[]" {
		t.Errorf("violations: %s", w.Body)
	}
	if w := ask(t, s, "POST", "/_plan", `[{"op":"publish","times":1,"action":{"do":"status","status":503,"effect":true}}]`, "application/json"); w.Code != 200 {
		t.Errorf("plan: %d %s", w.Code, w.Body)
	}
	if a := c.publish(c.create("x")); a.status != 503 {
		t.Errorf("publish: %d", a.status)
	}
	var posts []threadstest.Post
	if err := json.Unmarshal(ask(t, s, "GET", "/_posts.json", "", "").Body.Bytes(), &posts); err != nil || len(posts) != 1 || posts[0].Text != "x" {
		t.Errorf("posts %v: %v", posts, err)
	}
	var log []threadstest.Request
	raw := ask(t, s, "GET", "/_requests.json", "", "").Body.String()
	if err := json.Unmarshal([]byte(raw), &log); err != nil || len(log) != 2 || log[1].Status != 503 || log[1].Fault != "status" || log[1].User != "paper" {
		t.Errorf("requests %s: %v", raw, err)
	}
	if strings.Contains(raw, secret) {
		t.Errorf("a secret in %s", raw)
	}
}

func TestNoControlUnlessAsked(t *testing.T) {
	s, _ := start(t, threadstest.Options{})
	for _, path := range []string{"/_posts.json", "/_requests.json", "/_violations.json", "/_knobs"} {
		if w := ask(t, s, "GET", path, "", ""); w.Code != 404 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	for _, path := range []string{"/_knobs", "/_plan"} {
		if w := ask(t, s, "POST", path, "[]", "application/json"); w.Code != 404 && w.Code != 405 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

func TestRequestsHaveNoSecrets(t *testing.T) {
	s, c := start(t, threadstest.Options{})
	c.get("/me", "access_token", secret)
	c.get("/access_token", "client_secret", "app-secret-1", "access_token", secret)
	c.get("/debug_token", "input_token", secret)
	c.post("/oauth/access_token", "client_secret", "app-secret-1", "code", "code-1")
	c.get("/" + secret)
	for _, r := range s.Requests() {
		line := fmt.Sprint(r)
		for _, s := range []string{secret, "app-secret-1", "code-1"} {
			if strings.Contains(line, s) {
				t.Errorf("%q in %s", s, line)
			}
		}
	}
}

func TestPages(t *testing.T) {
	s, c := start(t, threadstest.Options{PublicURL: "http://127.0.0.1:1"})
	s.AddUser("riders", "r")
	c.publish(c.create("<script>alert(1)</script> & more https://a.example/x.", "topic_tag", "traffic", "link_attachment", "https://www.a.example/news/bridge-is-closed.html"))
	c.publish(c.post("/me/threads", "media_type", "IMAGE", "image_url", "https://a.example/i.jpg", "alt_text", `a "bridge"`).str("id"))
	s.AddManualPost("riders", "elsewhere", "javascript:alert(1)")
	w := ask(t, s, "GET", "/", "", "")
	for _, want := range []string{
		"&lt;script&gt;alert(1)&lt;/script&gt; &amp; more", `<a href="https://a.example/x" rel`, "traffic", "Bridge is closed", `<span class="host">a.example</span>`,
		"a &#34;bridge&#34;", "elsewhere", "3 posts", "none of them twice",
	} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, bad := range []string{"<script>alert", `href="javascript:`, "<img", secret} {
		if strings.Contains(w.Body.String(), bad) {
			t.Errorf("the page has %q", bad)
		}
	}
	if csp := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'; ") || strings.Contains(csp, "unsafe") || !strings.Contains(csp, "img-src 'none'") {
		t.Errorf("policy %q", csp)
	}
	if w := ask(t, s, "GET", "/@riders", "", ""); !strings.Contains(w.Body.String(), "elsewhere") || strings.Contains(w.Body.String(), "Bridge is closed") {
		t.Errorf("one account: %s", w.Body)
	}
	link := s.Visible("riders")[0].Permalink
	if w := ask(t, s, "GET", strings.TrimPrefix(link, "http://127.0.0.1:1"), "", ""); w.Code != 200 || !strings.Contains(w.Body.String(), "elsewhere") {
		t.Errorf("permalink %s: %d", link, w.Code)
	}
	for path, want := range map[string]int{"/_style.css": 200, "/_live.js": 200, "/@nobody": 404, "/@paper/post/x": 404, "/_nothing": 404} {
		if w := ask(t, s, "GET", path, "", ""); w.Code != want {
			t.Errorf("%s: %d, want %d", path, w.Code, want)
		}
	}
	s.AddManualPost("riders", "elsewhere", "javascript:alert(1)")
	if w := ask(t, s, "GET", "/", "", ""); !strings.Contains(w.Body.String(), "1 of them twice") || strings.Count(w.Body.String(), `<strong class="bad">twice</strong>`) != 1 {
		t.Error("a doubled post is not pointed out")
	}
}

func TestSnapshot(t *testing.T) {
	file := filepath.Join(t.TempDir(), "timeline.json")
	o := threadstest.Options{Snapshot: file}
	s, c := start(t, o)
	first := c.publish(c.create("a", "link_attachment", "https://a.example/")).str("id")
	waiting := c.create("b")
	gone := s.AddManualPost("paper", "gone", "")
	s.DeletePost(gone)
	before := s.Visible("")
	issued := c.issued()
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("snapshot %v: %v", info, err)
	}

	s, c = start(t, o)
	if a := c.get("/me", "access_token", issued, "fields", "username"); a.code() != "" {
		t.Errorf("a token that was issued before: %s", a.raw)
	}
	if after := s.Visible(""); len(after) != 1 || after[0].ID != before[0].ID || !after[0].Time.Equal(before[0].Time) || after[0].Link != before[0].Link {
		t.Fatalf("after a restart %+v, want %+v", after, before)
	}
	second := c.publish(waiting).str("id")
	if second == "" || second == first || second == gone {
		t.Errorf("ids %s, %s, %s", first, gone, second)
	}
	if box := c.create("c"); box <= waiting {
		t.Errorf("container %s after %s", box, waiting)
	}
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, _ := start(t, o); len(s.Visible("")) != 0 {
		t.Error("a broken snapshot gave posts")
	}
}

func TestConcurrentUse(t *testing.T) {
	s, c := start(t, threadstest.Options{Control: true})
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 20 {
				c.publish(c.create(fmt.Sprintf("%d/%d", i, j)))
				c.get("/me/threads", "fields", "id,text")
				s.Visible("")
				s.Requests()
				s.SetKnobs(threadstest.Knobs{})
				s.Plan(threadstest.Rule{Nth: 1000000, Action: threadstest.DropBefore()})
				_ = ask(t, s, "GET", "/", "", "")
			}
		})
	}
	wg.Wait()
	if got := len(s.Visible("paper")); got != 160 {
		t.Errorf("%d visible, want 160", got)
	}
}

func ExampleServer_Transport() {
	s := threadstest.New(threadstest.Options{})
	s.AddUser("paper", "token")
	client := &http.Client{Transport: s.Transport()}
	resp, err := client.Get("https://graph.threads.net/v1.0/me?fields=username&access_token=token")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	fmt.Println(resp.StatusCode)
	// Output: 200
}
