package standin_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"spool/publisher/standin"
)

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

const isJSON = "application/json"

func TestControl(t *testing.T) {
	g := begin()
	for path, want := range map[string]string{"/_posts.json": "[]", "/_requests.json": "[]", "/_violations.json": "[]"} {
		if w := ask(t, g, "GET", path, "", ""); w.Code != 200 || w.Body.String() != want {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	w := ask(t, g, "POST", "/_plan", `[{"op":"post","times":1,"action":{"do":"status","status":503,"effect":true}}]`, isJSON)
	if w.Code != 200 || w.Body.String() != `{"rules":1}` {
		t.Errorf("plan: %d %s", w.Code, w.Body)
	}
	if a := mustSend(t, g, "x"); a.status != 503 {
		t.Errorf("post: %d", a.status)
	}
	var posts []post
	decode(t, ask(t, g, "GET", "/_posts.json?user=paper", "", "").Body.String(), &posts)
	if len(posts) != 1 || posts[0].Text != "x" {
		t.Errorf("posts %v", posts)
	}
	if w := ask(t, g, "GET", "/_posts.json?user=radio", "", ""); w.Body.String() != "[]" {
		t.Errorf("another account has %s", w.Body)
	}
	var log []request
	decode(t, ask(t, g, "GET", "/_requests.json", "", "").Body.String(), &log)
	if len(log) != 1 {
		t.Fatalf("log %+v", log)
	}
	want := request{Line: standin.Line[op]{Serial: 1, Time: log[0].Time, Op: opPost, Method: "POST", Path: "/paper/posts", User: "paper", Fault: "status", Status: 503}, Size: 1}
	if log[0] != want {
		t.Errorf("log %+v, want %+v", log[0], want)
	}
}

// TestControlDeletes: somebody takes a post away by hand, and only that one.
func TestControlDeletes(t *testing.T) {
	g := begin()
	mustSend(t, g, "x")
	mustSend(t, g, "y")
	for _, want := range []string{`{"deleted":true}`, `{"deleted":false}`} {
		if w := ask(t, g, "POST", "/_delete", `{"id":"1"}`, isJSON); w.Code != 200 || w.Body.String() != want {
			t.Errorf("delete: %d %s, want %s", w.Code, w.Body, want)
		}
	}
	if w := ask(t, g, "POST", "/_delete", `{"id":"2"}`, "text/plain"); w.Code != 400 {
		t.Errorf("from a page elsewhere: %d", w.Code)
	}
	if left := g.Visible(""); len(left) != 1 || left[0].Text != "y" {
		t.Errorf("left are %v", left)
	}
}

func TestControlOfKnobs(t *testing.T) {
	g := begin()
	w := ask(t, g, "POST", "/_knobs", `{"latency":"5s","edition":"evening"}`, isJSON+"; charset=utf-8")
	if k := g.Knobs(); w.Code != 200 || k.Latency != 5*time.Second || k.Edition != "evening" {
		t.Errorf("knobs: %d %s, %+v", w.Code, w.Body, k)
	}
	const all = `{"closed":"false","copies":"1","edition":"evening","effect_at":"end","latency":"5s"}`
	if got := ask(t, g, "GET", "/_knobs", "", "").Body.String(); got != all || w.Body.String() != all {
		t.Errorf("knobs read %s and %s", got, w.Body)
	}
	for _, bad := range []struct{ path, body, kind string }{
		{"/_knobs", `{"latency":"long"}`, isJSON}, {"/_knobs", `{"edition":"noon"}`, isJSON}, {"/_knobs", `{"nonsense":"1"}`, isJSON},
		{"/_knobs", `[]`, isJSON}, {"/_knobs", `{}`, "text/plain"}, {"/_knobs", `{}`, ""}, {"/_knobs", `{"edition":"morning"}` + strings.Repeat(" ", 1<<20), isJSON},
		{"/_plan", `{}`, isJSON}, {"/_plan", `[{"action":{"do":"explode"}}]`, isJSON}, {"/_plan", `[]`, "application/x-www-form-urlencoded"},
	} {
		if w := ask(t, g, "POST", bad.path, bad.body, bad.kind); w.Code != 400 {
			t.Errorf("%s %.40s as %q: %d", bad.path, bad.body, bad.kind, w.Code)
		}
	}
	if k := g.Knobs(); k.Edition != "evening" || k.Latency != 5*time.Second {
		t.Errorf("what was refused has changed knobs: %+v", k)
	}
}

func TestKnobsByName(t *testing.T) {
	var zero knobs
	defaults := zero.Map()
	for _, knob := range allKnobs() {
		if len(knob.Values) < 2 || defaults[knob.Name] != knob.Values[0] {
			t.Errorf("%s: default %q is not the first of %q", knob.Name, defaults[knob.Name], knob.Values)
		}
		for _, v := range knob.Values {
			var k knobs
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
