package bluesky

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/publisher/bluesky/blueskytest"
)

// sent drives a post until it is live, and returns it as a reader sees it.
func (w *world) sent(p spool.Post) (spool.Post, blueskytest.Post) {
	w.t.Helper()
	p = w.drive(p)
	if p.State != spool.Live {
		w.t.Fatalf("the post is %s: %s\n%s", p.State, p.Reason, w.story())
	}
	for _, v := range w.server.Visible(testUser) {
		if v.ID == p.Receipt.ID {
			return p, v
		}
	}
	w.t.Fatalf("nobody sees %s\n%s", p.Receipt.ID, w.story())
	return p, blueskytest.Post{}
}

// TestRecord is the whole of what is put, to the letter.
func TestRecord(t *testing.T) {
	bubble(t, blueskytest.Options{}, func(w *world) {
		ann := w.server.AddUser("ann.example.org", "x")
		p := newPost()
		thumb := w.picture("thumb", 3000)
		p.Content.Text = "Straße frei: #bridge, says @ann.example.org"
		p.Content.Tags, p.Content.Mentions, p.Content.Language = []string{"bridge"}, []string{"@ann.example.org"}, "de-AT"
		p.Content.Card.Thumb, p.Content.Topic = &thumb, "City life, #Bridges,, City life, "+strings.Repeat("x", 65)
		p, _ = w.sent(p)
		got := string(w.server.Record(p.Receipt.ID))
		want := `{"$type":"app.bsky.feed.post","text":"Straße frei: #bridge, says @ann.example.org",` +
			`"facets":[{"index":{"byteStart":14,"byteEnd":21},"features":[{"$type":"app.bsky.richtext.facet#tag","tag":"bridge"}]},` +
			`{"index":{"byteStart":28,"byteEnd":44},"features":[{"$type":"app.bsky.richtext.facet#mention","did":"` + ann.DID + `"}]}],` +
			`"embed":{"$type":"app.bsky.embed.external","external":{"uri":"` + testLink + `","title":"Old bridge reopens","description":"After two years.",` +
			`"thumb":{"$type":"blob","mimeType":"image/jpeg","ref":{"$link":"CID"},"size":3000}}},` +
			`"langs":["de-AT"],"tags":["City life","Bridges"],"createdAt":"2000-01-01T00:00:00.000Z"}`
		if i := strings.Index(got, `"$link":"`) + len(`"$link":"`); i > 10 {
			got = got[:i] + "CID" + got[strings.Index(got[i:], `"`)+i:]
		}
		if got != want {
			t.Errorf("the record is\n%s\nwant\n%s", got, want)
		}
		if url := "https://bsky.app/profile/" + testUser + "/post/" + strings.TrimPrefix(p.Receipt.ID[strings.LastIndex(p.Receipt.ID, "/"):], "/"); p.Receipt.URL != url || p.Receipt.Note != "" {
			t.Errorf("the receipt is %+v", p.Receipt)
		}
		w.visible(1)
	})
}

// TestWhatIsLeftOut are contents of which not all can be posted: what is posted
// in their place, and that the history says so.
func TestWhatIsLeftOut(t *testing.T) {
	pictured := func(p *spool.Post, list ...spool.Attachment) {
		instead := spool.Content{Text: "In words: " + testText, Link: testLink, Card: p.Content.Card}
		p.Content = spool.Content{Text: testText, Media: list, Instead: &instead}
	}
	cases := []struct {
		name  string
		make  func(w *world, p *spool.Post)
		text  string // of what is seen
		card  bool
		media int
		note  string
	}{
		{"a picture that is too large", func(w *world, p *spool.Post) { pictured(p, w.picture("a", 1_000_001)) }, "In words: " + testText, true, 0, "without the image: it has 1000001 bytes"},
		{"a picture of another kind", func(w *world, p *spool.Post) {
			a := w.picture("a", 10)
			a.Type = "image/gif"
			pictured(p, a)
		}, "In words: " + testText, true, 0, "does not take image/gif"},
		{"a picture that was not fetched", func(_ *world, p *spool.Post) {
			pictured(p, spool.Attachment{URL: "https://a.example/a.jpg", Type: "image/jpeg"})
		}, "In words: " + testText, true, 0, "without the image: it was not fetched"},
		{"a picture whose bytes are gone", func(w *world, p *spool.Post) {
			a := w.picture("a", 10)
			delete(w.files, "a")
			pictured(p, a)
		}, "In words: " + testText, true, 0, "not kept any more"},
		{"a picture that the server refuses", func(w *world, p *spool.Post) {
			pictured(p, w.picture("a", 10))
			w.server.Plan(blueskytest.Rule{Op: blueskytest.OpUpload, Action: blueskytest.Error(400, "InvalidMimeType", "no")})
		}, "In words: " + testText, true, 0, "does not take the picture"},
		{"a picture that cannot be uploaded for hours", func(w *world, p *spool.Post) {
			pictured(p, w.picture("a", 10))
			w.server.Plan(blueskytest.Rule{Op: blueskytest.OpUpload, Action: blueskytest.Status(500, "")})
		}, "In words: " + testText, true, 0, "could not be uploaded in 5 tries"},
		{"a record that is refused for its picture", func(w *world, p *spool.Post) {
			pictured(p, w.picture("a", 10))
			w.server.Plan(blueskytest.Rule{Op: blueskytest.OpPut, Times: 1, Action: blueskytest.Error(400, "InvalidRequest", "Invalid app.bsky.feed.post record")})
		}, "In words: " + testText, true, 0, "without the image"},
		{"a picture that the server loses each time", func(w *world, p *spool.Post) {
			pictured(p, w.picture("a", 10))
			w.server.Plan(blueskytest.Rule{Op: blueskytest.OpPut, Times: 3, Action: blueskytest.Error(400, "BlobNotFound", "no")})
		}, "In words: " + testText, true, 0, "the server loses it"},
		{"a picture that the server loses once", func(w *world, p *spool.Post) {
			pictured(p, w.picture("a", 10))
			w.server.Plan(blueskytest.Rule{Op: blueskytest.OpPut, Times: 1, Action: blueskytest.Error(400, "BlobNotFound", "no")})
		}, testText, false, 1, ""},
		{"pictures without anything in their place", func(_ *world, p *spool.Post) {
			p.Content = spool.Content{Text: testText, Media: []spool.Attachment{{URL: "https://a.example/a.jpg"}}}
		}, testText, false, 0, "without the image"},
		{"more pictures than there may be", func(w *world, p *spool.Post) {
			var list []spool.Attachment
			for _, name := range []string{"a", "b", "c", "d", "e"} {
				list = append(list, w.picture(name, 100))
			}
			pictured(p, list...)
		}, testText, false, 4, ""},
		{"pictures and a link", func(w *world, p *spool.Post) {
			p.Content.Media = []spool.Attachment{w.picture("a", 100)}
		}, testText + "\n\n" + testLink, false, 1, ""},
		{"a card whose picture is too large", func(w *world, p *spool.Post) {
			a := w.picture("a", 1_000_001)
			p.Content.Card.Thumb = &a
		}, testText, true, 0, "the card has no picture: it has 1000001 bytes"},
		{"a card whose picture is refused", func(w *world, p *spool.Post) {
			a := w.picture("a", 100)
			p.Content.Card.Thumb = &a
			w.server.Plan(blueskytest.Rule{Op: blueskytest.OpUpload, Action: blueskytest.Error(413, "PayloadTooLarge", "no")})
		}, testText, true, 0, "the card has no picture"},
		{"a link that is none", func(_ *world, p *spool.Post) { p.Content.Link = "gopher://a.example/x" }, testText + "\n\ngopher://a.example/x", false, 0, ""},
		{"a handle that nobody has", func(_ *world, p *spool.Post) {
			p.Content.Text, p.Content.Mentions = "By @nobody.example.org", []string{"@nobody.example.org"}
		}, "By @nobody.example.org", true, 0, "@nobody.example.org is not linked: nobody has that handle"},
		{"a handle that is none", func(_ *world, p *spool.Post) {
			p.Content.Text, p.Content.Mentions = "By @ann", []string{"@ann"}
		}, "By @ann", true, 0, "@ann is not linked: it is not a handle"},
		{"a handle that cannot be asked about", func(w *world, p *spool.Post) {
			w.server.AddUser("ann.example.org", "x")
			p.Content.Text, p.Content.Mentions = "By @ann.example.org", []string{"ann.example.org"}
			w.server.Plan(blueskytest.Rule{Op: blueskytest.OpResolve, Action: blueskytest.Status(502, "<html>")})
		}, "By @ann.example.org", true, 0, "the server does not say whose handle"},
		{"a text that is too long", func(_ *world, p *spool.Post) {
			p.Content.Text = strings.Repeat("word ", 80)
		}, strings.TrimSpace(strings.Repeat("word ", 60)) + "…", true, 0, "the text was shortened"},
		{"a text of too many bytes", func(_ *world, p *spool.Post) {
			p.Content.Text = strings.Repeat("👨‍👩‍👧‍👦", 200) // 25 bytes each
		}, strings.Repeat("👨‍👩‍👧‍👦", 119) + "…", true, 0, "the text was shortened"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, blueskytest.Options{}, func(w *world) {
				p := newPost()
				c.make(w, &p)
				p, seen := w.sent(p)
				if seen.Text != c.text || (seen.Link != "") != c.card || len(seen.Pictures) != c.media {
					t.Errorf("a reader sees %q, link %q, %d pictures; want %q, %v, %d", seen.Text, seen.Link, len(seen.Pictures), c.text, c.card, c.media)
				}
				if !strings.Contains(p.Receipt.Note, c.note) || c.note == "" && p.Receipt.Note != "" {
					t.Errorf("the note is %q, want %q", p.Receipt.Note, c.note)
				}
				w.visible(1)
			})
		})
	}
}

// TestPictures: bytes, description and shape arrive; an empty description is
// sent as one.
func TestPictures(t *testing.T) {
	bubble(t, blueskytest.Options{}, func(w *world) {
		p := newPost()
		a, b := w.picture("a", 1000), w.picture("b", 2000)
		a.Alt, b.Width = strings.Repeat("long ", 1000), 0
		b.Alt = ""
		p.Content = spool.Content{Text: testText, Media: []spool.Attachment{a, b}}
		_, seen := w.sent(p)
		if len(seen.Pictures) != 2 {
			w.t.Fatalf("%d pictures", len(seen.Pictures))
		}
		first, second := seen.Pictures[0], seen.Pictures[1]
		if first.Size != 1000 || first.Width != 1200 || first.Height != 800 || Length(first.Alt) > maxAlt || !strings.HasPrefix(first.Alt, "long long") {
			t.Errorf("the first is %d bytes, %d×%d, described in %d", first.Size, first.Width, first.Height, Length(first.Alt))
		}
		if second.Alt != "" || second.Width != 0 {
			t.Errorf("the second is %+v", second)
		}
		if n := w.count(blueskytest.OpUpload); n != 2 {
			t.Errorf("%d uploads, want 2", n)
		}
	})
}

// TestReplies: each answers the one before it in the thread of the first, in its
// very words.
func TestReplies(t *testing.T) {
	bubble(t, blueskytest.Options{Knobs: blueskytest.Knobs{GetLag: 5 * time.Second}}, func(w *world) {
		root, _ := w.sent(newPost())
		parent := root
		for i, text := range []string{"and goes on", "and on", "and ends"} {
			p := newPost()
			p.ID, p.Purpose, p.Content = text, spool.Continue, spool.Content{Text: text}
			w.reply = spool.Reply{To: parent.Receipt, Root: root.Receipt}
			if i == 1 { // what was not kept of a receipt is asked for
				w.reply.To.Version, w.reply.Root.Version = "", ""
			}
			p, seen := w.sent(p)
			if seen.ReplyTo != parent.Receipt.ID || seen.Root != root.Receipt.ID {
				t.Errorf("%q answers %s in the thread of %s", text, seen.ReplyTo, seen.Root)
			}
			parent = p
		}
		w.visible(4)
	})
}

// TestOrphans: what answers a post that is gone, or that has no name, is not
// posted.
func TestOrphans(t *testing.T) {
	for name, end := range map[string]func(w *world, r *spool.Receipt){
		"gone":        func(w *world, r *spool.Receipt) { w.server.DeletePost(r.ID) },
		"no name":     func(_ *world, r *spool.Receipt) { r.ID = "" },
		"other names": func(_ *world, r *spool.Receipt) { r.ID = "https://a.example/1" },
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, blueskytest.Options{}, func(w *world) {
				parent, _ := w.sent(newPost())
				pause(time.Hour)
				end(w, &parent.Receipt)
				n := len(w.server.Visible(testUser))
				p := newPost()
				p.ID, p.Purpose, p.Content = "p2", spool.Continue, spool.Content{Text: "and goes on"}
				w.reply = spool.Reply{To: parent.Receipt, Root: parent.Receipt}
				p = w.drive(p)
				if p.State != spool.Failed || !strings.Contains(p.Reason, "that it answers") {
					t.Errorf("the post is %s: %s", p.State, p.Reason)
				}
				w.visible(n)
			})
		})
	}
}

// TestNothing: a post of nothing fails, and says so.
func TestNothing(t *testing.T) {
	bubble(t, blueskytest.Options{}, func(w *world) {
		p := newPost()
		p.Content = spool.Content{Text: " \n\x00"}
		p = w.drive(p)
		if p.State != spool.Failed || !strings.Contains(p.Reason, "nothing to post") {
			t.Errorf("the post is %s: %s", p.State, p.Reason)
		}
	})
}

// TestNewerNotes: a draft of a newer version is not guessed at.
func TestNewerNotes(t *testing.T) {
	for _, state := range []string{`{"v":2}`, `nonsense`} {
		bubble(t, blueskytest.Options{}, func(w *world) {
			p := newPost()
			p.Draft.State = state
			if p = w.drive(p); p.State != spool.Failed || !strings.Contains(p.Reason, "newer version") {
				t.Errorf("the post is %s: %s", p.State, p.Reason)
			}
		})
	}
}

// TestPayload is what is sent, before and after it is prepared, without secrets
// and without a request.
func TestPayload(t *testing.T) {
	bubble(t, blueskytest.Options{}, func(w *world) {
		w.keep()
		asked := len(w.server.Requests())
		p := newPost()
		thumb := w.picture("thumb", 100)
		p.Content.Card.Thumb, p.Content.Mentions = &thumb, []string{"@ann.example.org", "nobody"}
		b, err := json.Marshal(w.client.Payload(p))
		if err != nil {
			w.t.Fatal(err)
		}
		for _, want := range []string{`"swapRecord":null`, `"validate":true`, `[chosen when it is prepared]`, `[the picture https://news.example.org/thumb.jpg]`, "Old bridge reopens after two years"} {
			if !strings.Contains(string(b), want) {
				t.Errorf("%s is not in %s", want, b)
			}
		}
		w.secret("the payload", string(b))
		if len(w.server.Requests()) != asked {
			t.Error("the preview made a request")
		}
		p.Content.Mentions = nil
		for !p.Draft.Ready {
			d, err := w.client.Prepare(w.t.Context(), p)
			if err != nil {
				w.t.Fatal(err)
			}
			p.Draft = d
		}
		b, _ = json.Marshal(w.client.Payload(p).Body)
		p.Attempts = 1
		if _, err := w.client.Publish(w.t.Context(), p); err != nil {
			w.t.Fatal(err)
		}
		requests := w.server.Requests()
		if got := requests[len(requests)-1].Body; !same(got, b) {
			t.Errorf("shown was\n%s\nsent was\n%s", b, got)
		}
	})
}

// puts are the bodies of all puts of posts that arrived.
func (w *world) puts() []string {
	var all []string
	for _, r := range w.server.Requests() {
		if r.Op == blueskytest.OpPut {
			all = append(all, string(r.Body))
		}
	}
	return all
}

// TestFrozen: once the outcome of a put was not known, the very same is put each
// time; while it is certain that none had an effect, each has the moment of then.
func TestFrozen(t *testing.T) {
	throttle := blueskytest.Rule{Op: blueskytest.OpPut, Nth: 2, Action: blueskytest.Throttle(map[string]string{"Retry-After": "1200"})}
	t.Run("unknown", func(t *testing.T) {
		bubble(t, blueskytest.Options{Knobs: blueskytest.Knobs{GetLag: time.Hour}}, func(w *world) {
			w.server.Plan(on(blueskytest.OpPut, blueskytest.CommitThenDrop()), throttle)
			w.sent(newPost())
			if got := w.puts(); len(got) != 3 || got[0] != got[1] || got[0] != got[2] {
				t.Errorf("put %d times:\n%s", len(got), strings.Join(got, "\n"))
			}
			w.visible(1)
		})
	})
	t.Run("crashed", func(t *testing.T) {
		bubble(t, blueskytest.Options{Knobs: blueskytest.Knobs{GetLag: time.Hour}}, func(w *world) {
			w.server.Plan(throttle)
			w.crash[1] = true
			w.sent(newPost())
			if got := w.puts(); len(got) != 3 || got[0] != got[1] || got[0] != got[2] {
				t.Errorf("put %d times:\n%s", len(got), strings.Join(got, "\n"))
			}
			w.visible(1)
		})
	})
	t.Run("certain", func(t *testing.T) {
		bubble(t, blueskytest.Options{}, func(w *world) {
			throttle.Nth = 1
			w.server.Plan(throttle)
			p, seen := w.sent(newPost())
			if got := w.puts(); len(got) != 2 || got[0] == got[1] {
				t.Errorf("put %d times:\n%s", len(got), strings.Join(got, "\n"))
			}
			if seen.Time.Sub(seen.Created) > time.Minute {
				t.Errorf("it says that it was made at %v, and was put at %v", seen.Created, p.LiveAt)
			}
		})
	})
}

// TestNotPreparedIsNotKept: while preparing achieves nothing, the post has no
// draft, so that it can still be reworded.
func TestNotPreparedIsNotKept(t *testing.T) {
	for _, op := range []blueskytest.Op{blueskytest.OpSignIn, blueskytest.OpGet} {
		bubble(t, blueskytest.Options{}, func(w *world) {
			w.server.Plan(blueskytest.Rule{Op: op, Action: blueskytest.Status(503, "")})
			p := w.send(newPost())
			if p.State != spool.Waiting || p.Draft.State != "" || p.Refusals != 1 {
				t.Errorf("the post is %s with the draft %q", p.State, p.Draft.State)
			}
		})
	}
}
