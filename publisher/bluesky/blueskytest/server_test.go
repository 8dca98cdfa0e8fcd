package blueskytest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
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

// TestThreeOutcomes are those of putting a record on condition that nothing is there.
func TestThreeOutcomes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := start(t, blueskytest.Options{})
		first := c.put(key1, note("one"))
		first.is(t, 200, "")
		if first.body["commit"] == nil || text(first.body["uri"]) != "at://"+c.did+"/app.bsky.feed.post/"+key1 {
			t.Errorf("created: %s", first.raw)
		}
		again := c.put(key1, object{"createdAt": "2026-09-01T10:00:03.123Z", "text": "one", "$type": "app.bsky.feed.post"})
		again.is(t, 200, "")
		if again.body["commit"] != nil || again.body["cid"] != first.body["cid"] {
			t.Errorf("the same again: %s", again.raw)
		}
		c.put(key1, note("two")).is(t, 400, "InvalidSwap")
		if got := s.Visible(handle); len(got) != 1 || got[0].Text != "one" {
			t.Errorf("a reader sees %+v", got)
		}
		s.SetKnobs(blueskytest.Knobs{PutNullSwap: blueskytest.SwapIgnored})
		c.put(key1, note("two")).is(t, 200, "")
		if got := s.Visible(handle); len(got) != 1 || got[0].Text != "two" {
			t.Errorf("a reader sees %+v", got)
		}
		if v := s.Violations(); len(v) != 1 {
			t.Errorf("violations: %v", v)
		}
	})
}

// TestCreateAgain: creating what is there is the error without meaning.
func TestCreateAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := start(t, blueskytest.Options{})
		in := object{"repo": handle, "collection": "app.bsky.feed.post", "rkey": key1, "record": note("one")}
		c.post("com.atproto.repo.createRecord", in).is(t, 200, "")
		c.post("com.atproto.repo.createRecord", in).is(t, 500, "InternalServerError")
		s.SetKnobs(blueskytest.Knobs{CreateExisting: blueskytest.CreateInvalid})
		c.post("com.atproto.repo.createRecord", in).is(t, 400, "InvalidRequest")
		if len(s.Violations()) != 3 {
			t.Errorf("violations: %v", s.Violations())
		}
	})
}

// TestLexicon: what servers refuse.
func TestLexicon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := start(t, blueskytest.Options{Knobs: blueskytest.Knobs{ImageMax: 1_000_000}})
		small, large, page := c.upload("image/png", []byte("small")), c.upload("image/png", make([]byte, 1_000_001)), c.upload("text/html", []byte("<p>"))
		with := func(name string, value any) object {
			r := note("words")
			r[name] = value
			return r
		}
		images := func(list ...object) object { return object{"$type": "app.bsky.embed.images", "images": list} }
		card := func(x object) object { return object{"$type": "app.bsky.embed.external", "external": x} }
		lost := object{"$type": "blob", "ref": object{"$link": "bafkreinothing"}, "mimeType": "image/png", "size": 5}
		cases := []struct {
			what   string
			key    string
			record object
			name   string
		}{
			{"300 graphemes", key1, with("text", strings.Repeat("👨‍👩‍👧‍👦", 119)), ""},
			{"301 graphemes", key2, with("text", strings.Repeat("a", 301)), "InvalidRequest"},
			{"3001 bytes", key2, with("text", strings.Repeat("👨‍👩‍👧‍👦", 121)), "InvalidRequest"},
			{"no text", key2, object{"$type": "app.bsky.feed.post", "createdAt": "2026-09-01T10:00:03Z"}, "InvalidRequest"},
			{"another type", key2, with("$type", "app.bsky.feed.like"), "InvalidRequest"},
			{"a day", key2, with("createdAt", "2026-09-01"), "InvalidRequest"},
			{"four languages", key2, with("langs", []string{"en", "de", "fr", "it"}), "InvalidRequest"},
			{"a language that is none", key2, with("langs", []string{"English language"}), "InvalidRequest"},
			{"nine tags", key2, with("tags", strings.Split("abcdefghi", "")), "InvalidRequest"},
			{"a key that is no TID", "first-post", note("words"), "InvalidRequest"},
			{"a key out of range", "zzzzzzzzzzzzz", note("words"), "InvalidRequest"},
			{"a facet without an end", key2, with("facets", []object{{"index": object{"byteStart": 0}, "features": []object{}}}), "InvalidRequest"},
			{"a card without a title", key2, with("embed", card(object{"uri": "https://a.example", "description": ""})), "InvalidRequest"},
			{"a card's large picture", key2, with("embed", card(object{"uri": "https://a.example", "title": "", "description": "", "thumb": large})), "BlobTooLarge"},
			{"a card", key2, with("embed", card(object{"uri": "https://a.example", "title": "", "description": "", "thumb": small})), ""},
			{"a picture without alt", key2, with("embed", images(object{"image": small})), "InvalidRequest"},
			{"a large picture", key2, with("embed", images(object{"image": large, "alt": ""})), "BlobTooLarge"},
			{"a page", key2, with("embed", images(object{"image": page, "alt": ""})), "InvalidMimeType"},
			{"a lost picture", key2, with("embed", images(object{"image": lost, "alt": ""})), "BlobNotFound"},
			{"no picture", key2, with("embed", images()), "InvalidRequest"},
			{"five pictures", key2, with("embed", images(object{}, object{}, object{}, object{}, object{})), "InvalidRequest"},
			{"a shape of nothing", key2, with("embed", images(object{"image": small, "alt": "", "aspectRatio": object{"width": 0, "height": 1}})), "InvalidRequest"},
			{"an answer without a version", key2, with("reply", object{"root": object{"uri": "at://x", "cid": ""}, "parent": object{"uri": "at://x", "cid": ""}}), "InvalidRequest"},
		}
		for _, x := range cases {
			a := c.put(x.key, x.record)
			if text(a.body["error"]) != x.name {
				t.Errorf("%s: %d %s, want %s", x.what, a.status, a.raw, x.name)
			}
		}
		if got := s.Visible(""); len(got) != 2 {
			t.Errorf("a reader sees %d posts", len(got))
		}
	})
}

// TestFacetComplaints: wrong facets are taken, and noted.
func TestFacetComplaints(t *testing.T) {
	facet := func(start, end int, feature object) object {
		return object{"index": object{"byteStart": start, "byteEnd": end}, "features": []object{feature}}
	}
	link := func(uri string) object { return object{"$type": "app.bsky.richtext.facet#link", "uri": uri} }
	tag := func(tag string) object { return object{"$type": "app.bsky.richtext.facet#tag", "tag": tag} }
	const words = "ü https://a.example #tag @paper.example.org"
	cases := map[string]struct {
		facets []object
		bad    bool
	}{
		"right":               {[]object{facet(3, 20, link("https://a.example")), facet(21, 25, tag("tag"))}, false},
		"counted in letters":  {[]object{facet(2, 19, link("https://a.example"))}, true},
		"beyond the end":      {[]object{facet(3, 99, link("https://a.example"))}, true},
		"backwards":           {[]object{facet(5, 3, link("https://a.example"))}, true},
		"within a character":  {[]object{facet(1, 3, tag("x"))}, true},
		"another address":     {[]object{facet(3, 20, link("https://b.example"))}, true},
		"another tag":         {[]object{facet(21, 25, tag("tags"))}, true},
		"one over another":    {[]object{facet(3, 20, link("https://a.example")), facet(10, 20, link("https://a.example"))}, true},
		"another's identity":  {[]object{facet(26, 44, object{"$type": "app.bsky.richtext.facet#mention", "did": "did:plc:x"})}, true},
		"of no known kind":    {[]object{facet(21, 25, object{"$type": "example.facet"})}, true},
		"without any meaning": {[]object{{"index": object{"byteStart": 0, "byteEnd": 1}, "features": []object{}}}, true},
	}
	for name, x := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, c := start(t, blueskytest.Options{})
				r := note(words)
				r["facets"] = x.facets
				c.put(key1, r).is(t, 200, "")
				if v := s.Violations(); (len(v) > 0) != x.bad {
					t.Errorf("violations: %v", v)
				}
			})
		})
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

// TestPictures are forgotten when no record names them, or the last one is gone.
func TestPictures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := start(t, blueskytest.Options{Knobs: blueskytest.Knobs{BlobLife: time.Minute, AccessLife: 24 * time.Hour}})
		with := func(b object) object {
			r := note("words")
			r["embed"] = object{"$type": "app.bsky.embed.images", "images": []object{{"image": b, "alt": "a"}}}
			return r
		}
		b := c.upload("image/png", []byte("one"))
		later(time.Minute)
		c.put(key1, with(b)).is(t, 400, "BlobNotFound")
		if got := c.upload("image/png", []byte("one")); text(got["ref"].(object)["$link"]) != text(b["ref"].(object)["$link"]) { //nolint:forcetypeassert // of our own making
			t.Error("the same bytes have another name")
		}
		c.put(key1, with(b)).is(t, 200, "")
		later(time.Hour)
		if _, kind, ok := s.Blob(s.Visible(handle)[0].Pictures[0].CID); !ok || kind != "image/png" {
			t.Error("a picture that is in a post is gone")
		}
		c.post("com.atproto.repo.deleteRecord", object{"repo": c.did, "collection": "app.bsky.feed.post", "rkey": key1}).is(t, 200, "")
		c.post("com.atproto.repo.deleteRecord", object{"repo": c.did, "collection": "app.bsky.feed.post", "rkey": key1}).is(t, 200, "")
		c.put(key2, with(b)).is(t, 400, "BlobNotFound")
	})
}

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

// TestLists: newest first, by pages, late if the knob says so.
func TestLists(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := start(t, blueskytest.Options{})
		for range 7 {
			later(time.Second)
			s.AddManualPost(handle, time.Now().String(), "")
		}
		var keys []string
		cursor := ""
		for range 4 {
			a := c.get("com.atproto.repo.listRecords", "repo", c.did, "collection", "app.bsky.feed.post", "limit", "3", "cursor", cursor)
			list, _ := a.body["records"].([]any)
			for _, r := range list {
				keys = append(keys, text(r.(object)["uri"])) //nolint:forcetypeassert // of our own making
			}
			cursor = text(a.body["cursor"])
		}
		if len(keys) != 7 || keys[0] < keys[6] {
			t.Errorf("listed %v", keys)
		}
		s.SetKnobs(blueskytest.Knobs{ListLag: time.Minute})
		a := c.get("com.atproto.repo.listRecords", "repo", c.did, "collection", "app.bsky.feed.post")
		if a.raw != `{"records":[]}` {
			t.Errorf("listed %s", a.raw)
		}
		c.get("com.atproto.repo.getRecord", "repo", c.did, "collection", "app.bsky.feed.post", "rkey", key1).is(t, 400, "RecordNotFound")
		s.SetKnobs(blueskytest.Knobs{AbsentError: blueskytest.AbsentUnnamed})
		c.get("com.atproto.repo.getRecord", "repo", c.did, "collection", "app.bsky.feed.post", "rkey", key1).is(t, 400, "InvalidRequest")
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

func TestKnobs(t *testing.T) {
	for _, knob := range blueskytest.AllKnobs() {
		for _, value := range knob.Values {
			var k blueskytest.Knobs
			if err := k.Set(knob.Name, value); err != nil {
				t.Error(err)
			}
			if got := k.Map()[knob.Name]; got != value {
				t.Errorf("%s was set to %s and is %s", knob.Name, value, got)
			}
		}
		var zero blueskytest.Knobs
		if got := zero.Map()[knob.Name]; got != knob.Values[0] {
			t.Errorf("%s is %s by default, want the first of %v", knob.Name, got, knob.Values)
		}
	}
	var k blueskytest.Knobs
	if k.Set("nothing", "1") == nil || k.Set("put_null_swap", "perhaps") == nil || k.Set("list_lag", "soon") == nil {
		t.Error("nonsense was set")
	}
}

// TestSnapshot: what was there is there after a restart.
func TestSnapshot(t *testing.T) {
	name := filepath.Join(t.TempDir(), "bluesky.json")
	s, c := start(t, blueskytest.Options{Snapshot: name})
	b := c.upload("image/png", []byte("one"))
	r := note("words")
	r["embed"] = object{"$type": "app.bsky.embed.images", "images": []object{{"image": b, "alt": "a"}}}
	c.put(key1, r).is(t, 200, "")
	before := s.Visible("")

	s, _ = blueskytest.New(blueskytest.Options{Snapshot: name}), c
	after := s.Visible("")
	if len(after) != 1 || after[0].CID != before[0].CID || !after[0].Time.Equal(before[0].Time) {
		t.Errorf("a reader sees %+v, before %+v", after, before)
	}
	c.http.Transport = s.Transport()
	c.put(key1, r).is(t, 200, "")
	if data, _, _ := s.Blob(after[0].Pictures[0].CID); string(data) != "one" {
		t.Errorf("the picture is %q", data)
	}
}

// TestPages: readers see posts along their facets, and nothing runs that a post
// brings along.
func TestPages(t *testing.T) {
	s, c := start(t, blueskytest.Options{Control: true})
	png := []byte("\x89PNG\r\n\x1a\n0000")
	r := note("Now <b>open</b>: https://a.example #bridge")
	r["facets"] = []object{{"index": object{"byteStart": 17, "byteEnd": 34}, "features": []object{{"$type": "app.bsky.richtext.facet#link", "uri": "https://a.example"}}}}
	r["embed"] = object{"$type": "app.bsky.embed.external", "external": object{
		"uri": "https://a.example/story", "title": "The <i>bridge</i>", "description": "About it", "thumb": c.upload("image/png", png),
	}}
	c.put(key1, r).is(t, 200, "")
	c.post("com.atproto.repo.putRecord", object{
		"repo": c.did, "collection": "app.bsky.feed.threadgate", "rkey": key1,
		"record": object{"$type": "app.bsky.feed.threadgate", "post": "at://" + c.did + "/app.bsky.feed.post/" + key1, "allow": []object{}, "createdAt": "2026-09-01T10:00:03Z"},
	}).is(t, 200, "")
	server := httptest.NewServer(s)
	defer server.Close()
	read := func(path string, want int) string {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		b, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != want {
			t.Fatalf("%s: %d %v", path, resp.StatusCode, err)
		}
		if !strings.Contains(resp.Header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: no policy", path)
		}
		return string(b)
	}
	page := read("/profile/"+handle+"/post/"+key1, 200)
	for _, want := range []string{
		`Now &lt;b&gt;open&lt;/b&gt;: <a href="https://a.example" rel="nofollow noreferrer">https://a.example</a> #bridge`,
		"The &lt;i&gt;bridge&lt;/i&gt;", "About it", "Nobody can reply", "/_picture/" + s.Visible("")[0].Thumb,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not on the page:\n%s", want, page)
		}
	}
	if got := read("/_picture/"+s.Visible("")[0].Thumb, 200); got != string(png) {
		t.Errorf("the picture is %q", got)
	}
	read("/", 200)
	read("/_style.css", 200)
	read("/profile/nobody.example.org", 404)
	read("/profile/"+handle+"/post/"+key2, 404)
	read("/_picture/none", 404)
	if got := read("/_violations.json", 200); got != "[]" {
		t.Errorf("violations: %s", got)
	}
	if got := read("/_posts.json?user="+handle, 200); !strings.Contains(got, key1) {
		t.Errorf("posts: %s", got)
	}
}
