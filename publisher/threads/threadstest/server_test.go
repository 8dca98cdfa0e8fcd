package threadstest_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"spool/publisher/threads/threadstest"
)

// client asks a stand-in as the account "paper".
type client struct {
	t     *testing.T
	http  *http.Client
	token string
}

const secret = "THQV-secret-token"

func start(t *testing.T, o threadstest.Options) (*threadstest.Server, *client) {
	t.Helper()
	s := threadstest.New(o)
	s.AddUser("paper", secret)
	return s, &client{t: t, token: secret, http: &http.Client{Transport: s.Transport(), CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// answer is a decoded reply.
type answer struct {
	status int
	header http.Header
	body   map[string]any
	raw    string
}

func (c *client) try(ctx context.Context, method, path string, form url.Values) (answer, error) {
	c.t.Helper()
	address, body := "https://graph.threads.net"+path, ""
	if method == http.MethodPost {
		body = form.Encode()
	} else if len(form) > 0 {
		address += "?" + form.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	a := answer{status: resp.StatusCode, header: resp.Header, raw: string(raw)}
	if err == nil {
		dec := json.NewDecoder(strings.NewReader(a.raw))
		dec.UseNumber()
		_ = dec.Decode(&a.body) // pages and garbage have no JSON
	}
	return a, err
}

func (c *client) do(method, path string, pairs ...string) answer {
	c.t.Helper()
	a, err := c.try(c.t.Context(), method, path, values(pairs...))
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	return a
}

func (c *client) get(path string, pairs ...string) answer {
	c.t.Helper()
	return c.do("GET", path, pairs...)
}
func (c *client) post(path string, pairs ...string) answer {
	c.t.Helper()
	return c.do("POST", path, pairs...)
}

func values(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v
}

func (a answer) str(key string) string {
	s, _ := a.body[key].(string)
	return s
}

// code is the error's "code" or "code/subcode"; empty: no error.
func (a answer) code() string {
	e, ok := a.body["error"].(map[string]any)
	if !ok {
		return ""
	}
	code := e["code"].(json.Number).String()
	if sub, ok := e["error_subcode"].(json.Number); ok {
		code += "/" + sub.String()
	}
	return code
}

func (c *client) create(text string, more ...string) string {
	c.t.Helper()
	a := c.post("/v1.0/me/threads", append([]string{"media_type", "TEXT", "text", text}, more...)...)
	if a.str("id") == "" {
		c.t.Fatalf("create: %d %s", a.status, a.raw)
	}
	return a.str("id")
}

func (c *client) publish(box string) answer {
	c.t.Helper()
	return c.post("/v1.0/me/threads_publish", "creation_id", box)
}

func TestATextGoesLive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := start(t, threadstest.Options{})
		box := c.create("Bridge closed", "link_attachment", "https://paper.example/a", "topic_tag", "traffic")
		if got := s.Visible("paper"); len(got) != 0 {
			t.Fatalf("a container is visible: %v", got)
		}
		if a := c.get("/v1.0/"+box, "fields", "id,status"); a.str("status") != "FINISHED" {
			t.Fatalf("status %s", a.raw)
		}
		id := c.publish(box).str("id")
		if id == "" || id == box {
			t.Fatalf("media id %q of container %q", id, box)
		}
		want := threadstest.Post{
			ID: id, User: "paper", Text: "Bridge closed", Link: "https://paper.example/a", Topic: "traffic",
			Time: time.Now(), Container: box, Type: "TEXT_POST",
		}
		got := s.Visible("paper")
		if len(got) != 1 {
			t.Fatalf("visible: %v", got)
		}
		want.Permalink = got[0].Permalink
		if !reflect.DeepEqual(got[0], want) {
			t.Errorf("visible %+v\nwant    %+v", got[0], want)
		}
		if a := c.get("/"+box, "fields", "status"); a.str("status") != "PUBLISHED" || strings.Contains(a.raw, id) {
			t.Errorf("status after publishing: %s", a.raw)
		}
		if v := s.Violations(); len(v) > 0 {
			t.Errorf("violations: %q", v)
		}
	})
}
