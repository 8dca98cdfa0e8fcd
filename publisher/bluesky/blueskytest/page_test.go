package blueskytest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"spool/publisher/bluesky/blueskytest"
)

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
