package blueskytest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"spool/publisher/bluesky/blueskytest"
)

const (
	handle   = "paper.example.org"
	password = "abcd-efgh-ijkl-mnop"
	key1     = "3k2aaaaaaaaaa"
	key2     = "3k2aaaaaaaaab"
)

// client asks a stand-in as an account.
type client struct {
	t               *testing.T
	http            *http.Client
	did             string
	access, refresh string
}

type object = map[string]any

type answer struct {
	status int
	header http.Header
	body   object
	raw    string
}

func start(t *testing.T, o blueskytest.Options) (*blueskytest.Server, *client) {
	t.Helper()
	s := blueskytest.New(o)
	u := s.AddUser(handle, password)
	c := &client{t: t, did: u.DID, http: &http.Client{Transport: s.Transport()}}
	c.signIn(http.StatusOK)
	return s, c
}

func (c *client) signIn(want int) answer {
	c.t.Helper()
	a := c.post("com.atproto.server.createSession", object{"identifier": handle, "password": password})
	if a.status != want {
		c.t.Fatalf("signing in: %d %s", a.status, a.raw)
	}
	if a.status == http.StatusOK {
		c.access, c.refresh = text(a.body["accessJwt"]), text(a.body["refreshJwt"])
	}
	return a
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

func (c *client) send(method, name, kind string, body []byte, query url.Values, bearer string) (answer, error) {
	c.t.Helper()
	address := "https://pds.example/xrpc/" + name
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(c.t.Context(), method, address, bytes.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	if bearer != "" {
		req.Header.Set("Authorization", "Bearer "+bearer)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	a := answer{status: resp.StatusCode, header: resp.Header, raw: string(raw)}
	_ = json.Unmarshal(raw, &a.body) // pages and garbage have no JSON
	return a, err
}

func (c *client) must(a answer, err error) answer {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
	return a
}

func (c *client) post(name string, body object) answer {
	c.t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		c.t.Fatal(err)
	}
	return c.must(c.send(http.MethodPost, name, "application/json", b, nil, c.access))
}

func (c *client) get(name string, pairs ...string) answer {
	c.t.Helper()
	q := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return c.must(c.send(http.MethodGet, name, "", nil, q, c.access))
}

func note(words string) object {
	return object{"$type": "app.bsky.feed.post", "text": words, "createdAt": "2026-09-01T10:00:03.123Z"}
}

// put puts a post on condition that nothing is there.
func (c *client) put(key string, record object) answer {
	c.t.Helper()
	return c.post("com.atproto.repo.putRecord", object{
		"repo": c.did, "collection": "app.bsky.feed.post", "rkey": key, "validate": true, "swapRecord": nil, "record": record,
	})
}

func (c *client) upload(kind string, data []byte) object {
	c.t.Helper()
	a := c.must(c.send(http.MethodPost, "com.atproto.repo.uploadBlob", kind, data, nil, c.access))
	b, _ := a.body["blob"].(object)
	if a.status != http.StatusOK || b == nil {
		c.t.Fatalf("upload: %d %s", a.status, a.raw)
	}
	return b
}

func (a answer) is(t *testing.T, status int, name string) {
	t.Helper()
	if a.status != status || text(a.body["error"]) != name {
		t.Errorf("answered %d %s, want %d %s", a.status, a.raw, status, name)
	}
}

// TestSessions: tokens end on the clock, are renewed with a grace, and signing in
// is rationed.
func TestSessions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := start(t, blueskytest.Options{Knobs: blueskytest.Knobs{AccessLife: 10 * time.Minute}})
		c.get("com.atproto.server.getSession").is(t, 200, "")
		later(10 * time.Minute)
		c.get("com.atproto.server.getSession").is(t, 400, "ExpiredToken")
		renew := func(token string) answer {
			return c.must(c.send(http.MethodPost, "com.atproto.server.refreshSession", "", nil, nil, token))
		}
		renew(c.access).is(t, 400, "InvalidToken")
		renew("nonsense").is(t, 400, "InvalidToken")
		old := c.refresh
		a := renew(old)
		a.is(t, 200, "")
		if text(a.body["accessJwt"]) == c.access || text(a.body["refreshJwt"]) == old {
			t.Error("the tokens are the same")
		}
		c.access = text(a.body["accessJwt"])
		c.get("com.atproto.server.getSession").is(t, 200, "")
		renew(old).is(t, 200, "")
		later(2 * time.Hour)
		renew(old).is(t, 400, "ExpiredToken")
		c.access = ""
		c.get("com.atproto.server.getSession").is(t, 401, "AuthMissing")

		for range 30 {
			c.signIn(200)
		}
		c.signIn(429)
		later(5 * time.Minute)
		c.signIn(200)
		s.Revoke(handle)
		c.get("com.atproto.server.getSession").is(t, 400, "ExpiredToken")
		c.signIn(401)
		if len(s.Violations()) == 0 {
			t.Error("nobody complains about so many sign-ins")
		}
	})
}

func later(d time.Duration) { <-time.After(d) }

// TestPoints: writes cost what they cost, the headers tell, and too many are refused.
func TestPoints(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, c := start(t, blueskytest.Options{Knobs: blueskytest.Knobs{HourPoints: 5}})
		a := c.put(key1, note("one"))
		if a.header.Get("RateLimit-Limit") != "5" || a.header.Get("RateLimit-Remaining") != "3" || a.header.Get("RateLimit-Policy") != "5;w=3600" {
			t.Errorf("headers: %v", a.header)
		}
		c.put(key1, note("one"))
		a = c.put(key2, note("two"))
		a.is(t, 429, "RateLimitExceeded")
		if a.header.Get("RateLimit-Remaining") != "1" {
			t.Errorf("headers: %v", a.header)
		}
		later(61 * time.Minute)
		c.put(key2, note("two")).is(t, 200, "")
		if a = c.get("com.atproto.server.getSession"); a.header.Get("RateLimit-Policy") != "3000;w=300" {
			t.Errorf("headers: %v", a.header)
		}
	})
}

// TestViolations are what a client must never do.
func TestViolations(t *testing.T) {
	put := func(c *client, changes object) {
		in := object{"repo": c.did, "collection": "app.bsky.feed.post", "rkey": key1, "validate": true, "swapRecord": nil, "record": note("one")}
		for name, v := range changes {
			in[name] = v
			if v == "absent" {
				delete(in, name)
			}
		}
		c.post("com.atproto.repo.putRecord", in)
	}
	cases := map[string]func(s *blueskytest.Server, c *client){
		"no condition":     func(_ *blueskytest.Server, c *client) { put(c, object{"swapRecord": "absent"}) },
		"no validation":    func(_ *blueskytest.Server, c *client) { put(c, object{"validate": false}) },
		"the words twice":  func(_ *blueskytest.Server, c *client) { put(c, nil); put(c, object{"rkey": key2}) },
		"a token in sight": func(_ *blueskytest.Server, c *client) { c.get("com.atproto.server.getSession", "token", c.access) },
		"brought back": func(s *blueskytest.Server, c *client) {
			put(c, nil)
			s.DeletePost(s.Visible(handle)[0].ID)
			put(c, nil)
		},
		"an answer to nothing": func(_ *blueskytest.Server, c *client) {
			r, nothing := note("one"), object{"uri": "at://" + c.did + "/app.bsky.feed.post/" + key2, "cid": "bafyreix"}
			r["reply"] = object{"root": nothing, "parent": nothing}
			put(c, object{"record": r})
		},
	}
	for name, act := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, c := start(t, blueskytest.Options{})
				act(s, c)
				if len(s.Violations()) == 0 {
					t.Error("nothing is noted")
				}
				for _, r := range s.Requests() {
					if strings.Contains(string(r.Body), password) {
						t.Error("the password is in the log of requests")
					}
				}
			})
		})
	}
}

// TestFaults: before and after the effect.
func TestFaults(t *testing.T) {
	for _, f := range blueskytest.AllFaults(time.Minute) {
		t.Run(f.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, c := start(t, blueskytest.Options{})
				s.Plan(blueskytest.Rule{Op: blueskytest.OpPut, Times: 1, Action: f.Action})
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
				defer cancel()
				b, _ := json.Marshal(object{"repo": c.did, "collection": "app.bsky.feed.post", "rkey": key1, "validate": true, "swapRecord": nil, "record": note("one")})
				req, _ := http.NewRequestWithContext(ctx, http.MethodPost, "https://pds.example/xrpc/com.atproto.repo.putRecord", bytes.NewReader(b))
				req.Header.Set("Content-Type", "application/json")
				req.Header.Set("Authorization", "Bearer "+c.access)
				if resp, err := c.http.Do(req); err == nil {
					_, _ = io.Copy(io.Discard, resp.Body)
					_ = resp.Body.Close()
				}
				later(2 * time.Minute)
				want := 0
				if f.Action.Effect || f.Action.Do == "delay" {
					want = 1
				}
				if got := len(s.Visible(handle)); got != want {
					t.Errorf("a reader sees %d posts, want %d", got, want)
				}
				var back blueskytest.Action
				if b, err := json.Marshal(f.Action); err != nil || json.Unmarshal(b, &back) != nil || back.Do != f.Action.Do || back.After != f.Action.After {
					t.Errorf("the action reads back as %+v (%v)", back, err)
				}
			})
		})
	}
}
