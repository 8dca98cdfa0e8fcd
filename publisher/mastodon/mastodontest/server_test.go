package mastodontest_test

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"spool/publisher/mastodon/mastodontest"
)

const (
	user  = "paper"
	token = "standintoken0123456789"
)

// client is a client in the raw, which may do what none should.
type client struct {
	t *testing.T
	s *mastodontest.Server
	h http.Handler
}

func start(t *testing.T, o mastodontest.Options) (*mastodontest.Server, *client) {
	t.Helper()
	if o.Now == nil {
		o.Now = time.Now
	}
	s := mastodontest.New(o)
	s.AddUser(user, token)
	return s, &client{t: t, s: s, h: s}
}

type answer struct {
	status int
	header http.Header
	body   map[string]any
	raw    string
}

func (a answer) text(name string) string { s, _ := a.body[name].(string); return s }

func (c *client) do(method, path string, body any, header ...string) answer {
	c.t.Helper()
	var r *http.Request
	switch b := body.(type) {
	case nil:
		r = httptest.NewRequest(method, path, nil)
	case url.Values:
		r = httptest.NewRequest(method, path, strings.NewReader(b.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	default:
		data, err := json.Marshal(b)
		if err != nil {
			c.t.Fatal(err)
		}
		r = httptest.NewRequest(method, path, bytes.NewReader(data))
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("Authorization", "Bearer "+token)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	c.h.ServeHTTP(w, r)
	a := answer{status: w.Code, header: w.Header(), raw: w.Body.String()}
	_ = json.Unmarshal(w.Body.Bytes(), &a.body) // a list has no names
	return a
}

func (c *client) post(text, key string) answer {
	c.t.Helper()
	return c.do("POST", "/api/v1/statuses", map[string]any{"status": text}, "Idempotency-Key", key)
}

func (c *client) look() {
	c.t.Helper()
	id := c.do("GET", "/api/v1/accounts/verify_credentials", nil).text("id")
	if a := c.do("GET", "/api/v1/accounts/"+id+"/statuses", nil); a.status != 200 {
		c.t.Fatalf("list: %d %s", a.status, a.raw)
	}
}

func (c *client) upload(kind, data string) answer {
	c.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	h := textproto.MIMEHeader{"Content-Disposition": {`form-data; name="file"; filename="a.png"`}}
	if kind != "" {
		h.Set("Content-Type", kind)
	}
	part, err := w.CreatePart(h)
	if err != nil {
		c.t.Fatal(err)
	}
	_, _ = io.WriteString(part, data)
	_ = w.WriteField("description", "A picture")
	_ = w.Close()
	r := httptest.NewRequest("POST", "/api/v2/media", &b)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Authorization", "Bearer "+token)
	rec := httptest.NewRecorder()
	c.h.ServeHTTP(rec, r)
	a := answer{status: rec.Code, raw: rec.Body.String()}
	_ = json.Unmarshal(rec.Body.Bytes(), &a.body)
	return a
}

func (c *client) violations(want ...string) {
	c.t.Helper()
	got := c.s.Violations()
	if len(got) != len(want) {
		c.t.Fatalf("violations %q, want %q", got, want)
	}
	for i, w := range want {
		if !strings.Contains(got[i], w) {
			c.t.Errorf("violation %q, want %q", got[i], w)
		}
	}
}

// TestIdempotency: what becomes of a key, at each setting.
func TestIdempotency(t *testing.T) {
	tests := []struct {
		knobs          mastodontest.Knobs
		again, deleted int // the status of the answer to the same key
		seen           int // statuses after the same key came twice
	}{
		{mastodontest.Knobs{}, 200, 404, 1},
		{mastodontest.Knobs{Idempotency: mastodontest.KeyLocked}, 200, 404, 1},
		{mastodontest.Knobs{Idempotency: mastodontest.KeyBroken}, 500, 500, 1},
		{mastodontest.Knobs{Idempotency: mastodontest.KeyIgnored}, 200, 200, 2},
		{mastodontest.Knobs{Software: mastodontest.GoToSocial}, 200, 200, 2},
		{mastodontest.Knobs{KeyOfDeleted: mastodontest.DeletedNewPost}, 200, 200, 1},
	}
	for _, tt := range tests {
		synctest.Test(t, func(t *testing.T) {
			s, c := start(t, mastodontest.Options{Knobs: tt.knobs})
			first := c.post("one", "k")
			again := c.post("one", "k")
			if again.status != tt.again || len(s.Visible(user)) != tt.seen {
				t.Errorf("%+v: %d, %d seen", tt.knobs, again.status, len(s.Visible(user)))
			}
			if tt.seen == 1 && again.status == 200 && again.text("id") != first.text("id") {
				t.Errorf("%+v: another status", tt.knobs)
			}
			for _, p := range s.Visible(user) {
				s.DeletePost(p.ID)
			}
			if a := c.post("one", "k"); a.status != tt.deleted {
				t.Errorf("%+v: the key of a deleted status: %d", tt.knobs, a.status)
			}
			time.Sleep(time.Hour + time.Second)
			n := len(s.Visible(user))
			if a := c.post("one", "k"); a.status != 200 || len(s.Visible(user)) != n+1 {
				t.Errorf("%+v: after an hour %d", tt.knobs, a.status)
			}
		})
	}
}

// TestConcurrencyGap: the key is looked up when a request arrives and stored when
// it is done; only a lock closes the gap.
func TestConcurrencyGap(t *testing.T) {
	for how, want := range map[mastodontest.Idempotency]int{mastodontest.KeyKept: 2, mastodontest.KeyLocked: 1} {
		synctest.Test(t, func(t *testing.T) {
			s, c := start(t, mastodontest.Options{Knobs: mastodontest.Knobs{Idempotency: how}})
			s.Plan(mastodontest.Rule{Op: mastodontest.OpPost, Nth: 1, Action: mastodontest.CommitLateStatus(time.Minute, 502, "")})
			c.post("one", "k")
			if a := c.post("one", "k"); how == mastodontest.KeyLocked && a.status != 503 {
				t.Errorf("a second request with a locked key: %d", a.status)
			}
			time.Sleep(2 * time.Minute)
			if n := len(s.Visible(user)); n != want {
				t.Errorf("%s: %d statuses, want %d", how, n, want)
			}
		})
	}
}

// TestViolations: each of them is noticed.
func TestViolations(t *testing.T) {
	tests := map[string]struct {
		do   func(c *client)
		want []string
	}{
		"no key":         {func(c *client) { c.do("POST", "/api/v1/statuses", url.Values{"status": {"a"}}) }, []string{"without an Idempotency-Key"}},
		"without a look": {func(c *client) { c.post("a", "k"); c.post("a", "k") }, []string{"without a look", "without a look"}},
		"with a look":    {func(c *client) { c.post("a", "k"); c.look(); c.post("a", "k") }, nil},
		"after a refusal": {func(c *client) {
			c.s.Plan(mastodontest.Rule{Nth: 1, Action: mastodontest.Error(422, "no")})
			c.post("a", "k")
			c.post("a", "k")
		}, nil},
		"another's key":    {func(c *client) { c.post("a", "k"); c.look(); c.post("b", "k") }, []string{"was used for another"}},
		"the words twice":  {func(c *client) { c.post("a", "k"); c.look(); c.post("a", "l") }, []string{"with the words of status"}},
		"too long":         {func(c *client) { c.post(strings.Repeat("a", 501), "k") }, []string{"501 characters"}},
		"token in address": {func(c *client) { c.do("GET", "/api/v1/statuses/1?access_token="+token, nil) }, []string{"token in the address"}},
		"query of a write": {func(c *client) { c.do("POST", "/api/v1/statuses?status=a", nil, "Idempotency-Key", "k") }, []string{"in the query"}},
		"key of an edit": {func(c *client) {
			c.do("PUT", "/api/v1/statuses/"+c.post("a", "k").text("id"), map[string]any{"status": "b"}, "Idempotency-Key", "l")
		}, []string{"repeat the request by itself"}},
		"media twice": {func(c *client) {
			id := c.upload("image/png", "png").text("id")
			for _, key := range []string{"k", "l"} {
				c.do("POST", "/api/v1/statuses", map[string]any{"status": key, "media_ids": []string{id}}, "Idempotency-Key", key)
			}
		}, []string{"is attached to status"}},
		"an edit that loses": {func(c *client) {
			id := c.upload("image/png", "png").text("id")
			p := c.do("POST", "/api/v1/statuses", map[string]any{"status": "a", "spoiler_text": "w", "media_ids": []string{id}}, "Idempotency-Key", "k")
			c.do("PUT", "/api/v1/statuses/"+p.text("id"), map[string]any{"status": "b"})
			if seen := c.s.Visible(user)[0]; len(seen.Media) != 0 || seen.Warning != "" {
				c.t.Errorf("what an edit leaves out stays: %+v", seen)
			}
		}, []string{"without media_ids", "without spoiler_text"}},
		"no type": {func(c *client) { c.upload("", "x") }, []string{"without a MIME type"}},
		"scheduled": {func(c *client) {
			c.do("POST", "/api/v1/statuses", map[string]any{"status": "a", "scheduled_at": "2030-01-01"}, "Idempotency-Key", "k")
		}, []string{"scheduled"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, c := start(t, mastodontest.Options{})
			tt.do(c)
			c.violations(tt.want...)
		})
	}
}

// TestMedia: accepted, processed, attached, gone.
func TestMedia(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := start(t, mastodontest.Options{Knobs: mastodontest.Knobs{MediaProcessing: time.Minute}})
		m := c.upload("image/png", "png")
		if m.status != 202 || m.body["url"] != nil {
			t.Errorf("upload: %d %s", m.status, m.raw)
		}
		ask := func() int { return c.do("GET", "/api/v1/media/"+m.text("id"), nil).status }
		attach := func(key string) int {
			return c.do("POST", "/api/v1/statuses", map[string]any{"media_ids": []string{m.text("id")}}, "Idempotency-Key", key).status
		}
		if ask() != 206 || attach("k") != 422 {
			t.Error("an upload is ready at once")
		}
		time.Sleep(time.Minute)
		if ask() != 200 || attach("l") != 200 || ask() != 404 {
			t.Error("an upload is not attached")
		}
		if string(s.File(m.text("id"))) != "png" || len(s.Visible(user)[0].Media) != 1 {
			t.Error("a reader does not see it")
		}
		for kind, want := range map[string]int{"image/tiff": 422, "video/mp4": 202} {
			if a := c.upload(kind, "x"); a.status != want {
				t.Errorf("%s: %d", kind, a.status)
			}
		}
	})
}

// TestBudgets: each has its window, and the headers tell the tightest.
func TestBudgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, c := start(t, mastodontest.Options{Knobs: mastodontest.Knobs{Quota: 2, DeleteQuota: 1}})
		a := c.post("a", "a")
		if a.header.Get("X-RateLimit-Remaining") != "1" || !strings.HasPrefix(a.header.Get("X-RateLimit-Reset"), "2000-01-01T03:00:00.0") {
			t.Errorf("headers %v", a.header)
		}
		c.post("b", "b")
		if a := c.post("c", "c"); a.status != 429 || !strings.Contains(a.raw, "error") {
			t.Errorf("one too many: %d", a.status)
		}
		time.Sleep(3 * time.Hour)
		if a := c.post("c", "c"); a.status != 200 {
			t.Errorf("after the window: %d", a.status)
		}
		if a := c.do("DELETE", "/api/v1/statuses/1", nil); a.status != 404 {
			t.Errorf("delete nothing: %d", a.status)
		}
		if a := c.do("DELETE", "/api/v1/statuses/1", nil); a.status != 429 {
			t.Errorf("one deletion too many: %d", a.status)
		}
	})
}

// TestVersions: an old server knows less.
func TestVersions(t *testing.T) {
	_, c := start(t, mastodontest.Options{Knobs: mastodontest.Knobs{API: mastodontest.API34}})
	id := c.post("a", "k").text("id")
	for path, want := range map[string]int{"/api/v2/instance": 404, "/api/v1/instance": 200, "/api/v1/statuses/" + id: 200, "/api/v1/statuses/" + id + "/source": 404} {
		if a := c.do("GET", path, nil); a.status != want {
			t.Errorf("%s: %d, want %d", path, a.status, want)
		}
	}
	if a := c.do("PUT", "/api/v1/statuses/"+id, map[string]any{"status": "b"}); a.status != 404 {
		t.Errorf("edit: %d", a.status)
	}
	_, c = start(t, mastodontest.Options{})
	id = c.post("a", "k").text("id")
	c.do("PUT", "/api/v1/statuses/"+id, map[string]any{"status": "b"})
	if a := c.do("GET", "/api/v1/statuses/"+id+"/history", nil); strings.Count(a.raw, "created_at") != 2 {
		t.Errorf("history %s", a.raw)
	}
	if a := c.do("GET", "/api/v2/instance", nil); a.text("version") != "4.5.2" || a.body["api_versions"] == nil {
		t.Errorf("instance %s", a.raw)
	}
}
