package webhooktest_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"spool/publisher/webhook/webhooktest"
)

func TestKnobsByName(t *testing.T) {
	var zero webhooktest.Knobs
	defaults := zero.Map()
	for _, knob := range webhooktest.AllKnobs() {
		if defaults[knob.Name] != knob.Values[0] {
			t.Errorf("%s: the default %q is not the first of %q", knob.Name, defaults[knob.Name], knob.Values)
		}
		for _, v := range knob.Values {
			var k webhooktest.Knobs
			if err := k.Set(knob.Name, v); err != nil || k.Map()[knob.Name] != v {
				t.Errorf("%s=%s reads %q: %v", knob.Name, v, k.Map()[knob.Name], err)
			}
		}
		if zero.Set(knob.Name, "nonsense") == nil {
			t.Errorf("%s took nonsense", knob.Name)
		}
	}
	if zero.Set("nonsense", "1") == nil || zero.Set("ids", "ignored") != nil {
		t.Error("an unknown knob was taken, or a known one was not")
	}
}

func TestPages(t *testing.T) {
	s := start(t, webhooktest.Options{Control: true}, webhooktest.JSON)
	s.send("m1", `{"type":"post.published","version":1,"timestamp":"2026-11-22T06:30:00Z","data":{"id":"p","account":"a","text":"<script>alert(1)</script>","link":"javascript:alert(1)","warning":"\"height\"","media":[{"url":"https://a.example/b.jpg","alt":"<b>"}]}}`)
	page := ask(s.server, "GET", "/", "", "")
	for _, want := range []string{"&lt;script&gt;", "&lt;b&gt;", "&#34;height&#34;", "#ZgotmplZ"} {
		if !strings.Contains(page.Body.String(), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, bad := range []string{"<script>", "<img", `href="javascript`} {
		if strings.Contains(page.Body.String(), bad) {
			t.Errorf("the page has %q", bad)
		}
	}
	if csp := page.Header().Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'; ") {
		t.Errorf("policy %q", csp)
	}
	for path, want := range map[string]int{
		"/@paper": 200, "/@paper/post/r-1001": 200, "/@nobody": 404, "/_style.css": 200, "/_posts.json": 200, "/_requests.json": 200, "/_violations.json": 200, "/_knobs": 200, "/_x": 404,
	} {
		if w := ask(s.server, "GET", path, "", ""); w.Code != want {
			t.Errorf("%s: %d, want %d", path, w.Code, want)
		}
	}
	if w := ask(s.server, "POST", "/_knobs", `{"answer":"empty"}`, "application/json"); w.Code != 200 || s.server.Knobs().Answer != webhooktest.AnswerEmpty {
		t.Errorf("knobs: %d %s", w.Code, w.Body)
	}
	if w := ask(s.server, "POST", "/_plan", `[{"op":"publish","action":{"do":"status","status":503}}]`, "application/json"); w.Code != 200 {
		t.Errorf("plan: %d %s", w.Code, w.Body)
	}
	if status, _ := s.send("m2", published("p2", "b")); status != 503 {
		t.Errorf("after the plan: %d", status)
	}
	for _, bad := range []*httptest.ResponseRecorder{
		ask(s.server, "POST", "/_knobs", `{"answer":"empty"}`, "text/plain"), ask(s.server, "POST", "/_knobs", `{"x":"y"}`, "application/json"),
		ask(s.server, "POST", "/_plan", `[{"action":{"do":"explode"}}]`, "application/json"),
	} {
		if bad.Code != 400 {
			t.Errorf("%d %s", bad.Code, bad.Body)
		}
	}
	if log := fmt.Sprint(s.server.Requests()); strings.Contains(log, secret[6:]) {
		t.Error("a secret is in the log of requests")
	}
	closed := start(t, webhooktest.Options{}, webhooktest.JSON)
	if w := ask(closed.server, "GET", "/_posts.json", "", ""); w.Code != 404 {
		t.Errorf("without control: %d", w.Code)
	}
}

func ask(h http.Handler, method, path, body, kind string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", kind)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestSnapshot(t *testing.T) {
	file := filepath.Join(t.TempDir(), "hooks.json")
	s := start(t, webhooktest.Options{Snapshot: file}, webhooktest.JSON)
	_, first := s.send("m1", published("p1", "a"))
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("snapshot %v: %v", info, err)
	}
	s.server = webhooktest.New(webhooktest.Options{Snapshot: file})
	if _, again := s.send("m1", published("p1", "a")); again != first || texts(s.server) != "a" {
		t.Errorf("after a restart: %s, a reader sees %s", again, texts(s.server))
	}
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if s := webhooktest.New(webhooktest.Options{Snapshot: file}); len(s.Visible("")) != 0 {
		t.Error("a broken snapshot gave posts")
	}
}

// TestOverHTTP uses sockets, as the demo does.
func TestOverHTTP(t *testing.T) {
	s := start(t, webhooktest.Options{}, webhooktest.JSON)
	server := httptest.NewServer(s.server)
	defer server.Close()
	post := func(id string) (string, error) {
		r := s.request(id, published("p1", "a"))
		r.URL.Scheme, r.URL.Host = "http", strings.TrimPrefix(server.URL, "http://")
		resp, err := server.Client().Do(r)
		if err != nil {
			return "", err
		}
		defer resp.Body.Close()
		var b bytes.Buffer
		_, err = b.ReadFrom(resp.Body)
		return b.String(), err
	}
	if got, err := post("m1"); err != nil || !strings.Contains(got, "r-1001") {
		t.Errorf("%s, %v", got, err)
	}
	s.server.Plan(webhooktest.Rule{Nth: 1, Action: webhooktest.DropBefore()}, webhooktest.Rule{Nth: 2, Action: webhooktest.Truncated()})
	if got, err := post("m2"); err == nil {
		t.Errorf("a cut connection gave %q", got)
	}
	if got, err := post("m3"); err == nil {
		t.Errorf("half an answer gave %q", got)
	}
}
