package blueskytest_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"spool/publisher/bluesky/blueskytest"
)

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
