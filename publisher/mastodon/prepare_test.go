package mastodon

import (
	"strings"
	"testing"
	"time"

	"spool"
	"spool/publisher"
	"spool/publisher/mastodon/mastodontest"
)

// pictured is a post with so many pictures, and what is posted without any.
func (w *world) pictured(n int) spool.Post {
	p := newPost()
	instead := spool.Content{Text: "Without pictures", Link: testLink}
	p.Content.Instead = &instead
	for i := range n {
		name := "bridge" + string(rune('a'+i))
		p.Content.Media = append(p.Content.Media, w.picture(name, "Picture "+name))
	}
	return p
}

// one drives a post and asserts that it is live, once.
func (w *world) one(p spool.Post) (spool.Post, mastodontest.Post) {
	w.t.Helper()
	p = w.drive(p)
	posts := w.visible(1)
	if p.State != spool.Live || len(posts) != 1 {
		w.t.Fatalf("the post is %s: %s\n%s", p.State, p.Reason, w.story())
	}
	return p, posts[0]
}

// TestPostSaysEverything: words, warning, language, visibility, pictures with
// their descriptions, in order.
func TestPostSaysEverything(t *testing.T) {
	bubble(t, mastodontest.Options{}, func(w *world) {
		w.client.o.Visibility = Unlisted
		p := w.pictured(3)
		p.Content.Warning, p.Content.Language = "Height", "de-CH"
		p.Content.Media[1].Alt = strings.Repeat("long ", 400)
		p, seen := w.one(p)
		if seen.Text != testText+"\n\n"+testLink || seen.Warning != "Height" || seen.Language != "de" || seen.Visibility != Unlisted || seen.ReplyTo != "" {
			t.Errorf("a reader sees %+v", seen)
		}
		if len(seen.Media) != 3 || seen.Media[0].Alt != "Picture bridgea" || len([]rune(seen.Media[1].Alt)) != 1500 || seen.Media[2].Alt != "Picture bridgec" {
			t.Errorf("media %+v", seen.Media)
		}
		if p.Receipt.URL != seen.URL || p.Receipt.Note != "" || p.Attempts != 1 {
			t.Errorf("receipt %+v after %d attempts", p.Receipt, p.Attempts)
		}
		key := ""
		for _, r := range w.server.Requests() {
			if r.Op == mastodontest.OpPost {
				key = r.Key
			}
		}
		if len(key) != 64 {
			t.Errorf("the key is %q", key)
		}
	})
}

// TestPlainTextCostsTwoRequests: the look before and the post; who the account is
// is asked once.
func TestPlainTextCostsTwoRequests(t *testing.T) {
	bubble(t, mastodontest.Options{}, func(w *world) {
		w.one(newPost())
		before := len(w.server.Requests())
		p := newPost()
		p.ID, p.Content.Text = "p2", "Other words"
		if p = w.drive(p); p.State != spool.Live {
			t.Fatal(p.Reason)
		}
		if n := len(w.server.Requests()) - before; n != 2 {
			t.Errorf("%d requests, want 2", n)
		}
	})
}

// TestPicturesThatCannotBeHad are left out, and it is said why; without any the
// post is what there is instead.
func TestPicturesThatCannotBeHad(t *testing.T) {
	refuse := func(text string) string { return mastodontest.ErrorBody("Validation failed: " + text) }
	upload := func(a mastodontest.Action, nth int) mastodontest.Rule {
		return mastodontest.Rule{Op: mastodontest.OpUpload, Nth: nth, Action: a}
	}
	always := func(a mastodontest.Action) mastodontest.Rule {
		return mastodontest.Rule{Op: mastodontest.OpUpload, Action: a}
	}
	tests := map[string]struct {
		knobs    mastodontest.Knobs
		rules    []mastodontest.Rule
		change   func(w *world, p *spool.Post)
		pictures int
		note     string
	}{
		"one is refused":         {rules: []mastodontest.Rule{upload(mastodontest.Status(422, refuse("File is invalid")), 1)}, pictures: 1, note: "without the picture: the instance does not take it"},
		"all are refused":        {rules: []mastodontest.Rule{always(mastodontest.Status(422, refuse("File is invalid")))}, note: "without picture 2"},
		"too large for a proxy":  {rules: []mastodontest.Rule{always(mastodontest.Status(413, "<html>"))}, note: "413"},
		"the server fails on it": {rules: []mastodontest.Rule{always(mastodontest.Status(500, ""))}, note: "the instance fails on it"},
		"one failure is passing": {rules: []mastodontest.Rule{upload(mastodontest.Status(500, ""), 1)}, pictures: 2},
		"uploads rest a little":  {rules: []mastodontest.Rule{upload(mastodontest.Throttle(90*time.Second), 1)}, pictures: 2},
		"uploads rest for long":  {rules: []mastodontest.Rule{always(mastodontest.Throttle(24 * time.Minute))}, note: "the instance takes no more uploads for 24m0s"},
		"bytes are gone":         {change: func(w *world, _ *spool.Post) { clear(w.files) }, note: "its bytes are not kept any more"},
		"never fetched": {change: func(_ *world, p *spool.Post) {
			p.Content.Media[0].File, p.Content.Media[1].File = "", ""
		}, note: "it was not fetched"},
		"larger than allowed": {change: func(_ *world, p *spool.Post) { p.Content.Media[0].Size = 1 << 30 }, pictures: 1, note: "larger than the instance takes"},
		"a film and a picture": {change: func(_ *world, p *spool.Post) {
			p.Content.Media[1].Type = "video/mp4"
		}, pictures: 1, note: "without the film: a film is posted alone"},
		"more than allowed": {change: func(w *world, p *spool.Post) {
			p.Content.Media = w.pictured(6).Content.Media
		}, pictures: 4, note: "without picture 6: the instance takes no more"},
		"processing takes a minute": {knobs: mastodontest.Knobs{MediaProcessing: time.Minute}, pictures: 2},
		"processing never ends":     {knobs: mastodontest.Knobs{MediaProcessing: 24 * time.Hour}, note: "within fifteen minutes"},
		"processing fails": {knobs: mastodontest.Knobs{MediaProcessing: 5 * time.Second}, rules: []mastodontest.Rule{
			{Op: mastodontest.OpMedia, Action: mastodontest.Status(422, refuse("File could not be processed"))},
		}, note: "the instance could not process it"},
		"an upload is lost": {knobs: mastodontest.Knobs{MediaProcessing: 5 * time.Second}, rules: []mastodontest.Rule{
			{Op: mastodontest.OpMedia, Nth: 1, Action: mastodontest.Error(404, "Record not found")},
		}, pictures: 2},
		"uploads are always lost": {knobs: mastodontest.Knobs{MediaProcessing: 5 * time.Second}, rules: []mastodontest.Rule{
			{Op: mastodontest.OpMedia, Action: mastodontest.Error(404, "Record not found")},
		}, note: "loses it again and again"},
		"refused only when posted": {rules: []mastodontest.Rule{onPost(mastodontest.Error(422, "Validation failed: something about media"))}, note: "the instance refuses the post with it"},
		"not ready when posted": {rules: []mastodontest.Rule{
			onPost(mastodontest.Error(422, "Cannot attach files that have not finished processing. Try again in a moment!")),
			{Op: mastodontest.OpMedia, Nth: 1, Action: mastodontest.Status(206, "{}")},
		}, pictures: 2},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, mastodontest.Options{Knobs: tt.knobs}, func(w *world) {
				w.server.Plan(tt.rules...)
				p := w.pictured(2)
				if tt.change != nil {
					tt.change(w, &p)
				}
				p, seen := w.one(p)
				want := testText
				if tt.pictures == 0 {
					want = "Without pictures"
				}
				if len(seen.Media) != tt.pictures || seen.Text != want+"\n\n"+testLink {
					t.Errorf("a reader sees %d pictures and %q, want %d and %q\n%s", len(seen.Media), seen.Text, tt.pictures, want, w.story())
				}
				if !strings.Contains(p.Receipt.Note, tt.note) || tt.note == "" && p.Receipt.Note != "" {
					t.Errorf("the note is %q, want %q", p.Receipt.Note, tt.note)
				}
			})
		})
	}
}

// TestAttachedMediaAreNotLost: the answer to a post with a picture is lost, and
// its list lags. The upload cannot be found any more since the status has it;
// that is no reason to upload it again, and the status is not made twice.
func TestAttachedMediaAreNotLost(t *testing.T) {
	for _, k := range []mastodontest.Knobs{
		{ListLag: 14 * time.Minute},
		{ListLag: 14 * time.Minute, Idempotency: mastodontest.KeyBroken},
		{ListLag: 14 * time.Minute, Idempotency: mastodontest.KeyIgnored}, // the media are what guards
	} {
		bubble(t, mastodontest.Options{Knobs: k}, func(w *world) {
			w.server.Plan(onPost(mastodontest.CommitThenDrop()))
			_, seen := w.one(w.pictured(1))
			if len(seen.Media) != 1 || w.count(mastodontest.OpUpload) != 1 {
				t.Errorf("%d pictures, %d uploads\n%s", len(seen.Media), w.count(mastodontest.OpUpload), w.story())
			}
		})
	}
}

// TestUploadsGrowOld: a post that was held after it was prepared uploads its
// pictures again.
func TestUploadsGrowOld(t *testing.T) {
	bubble(t, mastodontest.Options{}, func(w *world) {
		p := w.pictured(1)
		for !p.Draft.Ready {
			p = w.send(p)
		}
		pause(8 * time.Hour)
		w.server.ForgetMedia()
		_, seen := w.one(p)
		if len(seen.Media) != 1 || w.count(mastodontest.OpUpload) != 2 || w.count(mastodontest.OpPost) != 1 {
			t.Errorf("%d pictures after %d uploads, sent %d times", len(seen.Media), w.count(mastodontest.OpUpload), w.count(mastodontest.OpPost))
		}
	})
}

// TestUploadsAreLostWhileProcessed: they are made again.
func TestUploadsAreLostWhileProcessed(t *testing.T) {
	bubble(t, mastodontest.Options{Knobs: mastodontest.Knobs{MediaProcessing: 5 * time.Second}}, func(w *world) {
		p := w.send(w.pictured(1))
		w.server.ForgetMedia()
		p, seen := w.one(p)
		if len(seen.Media) != 1 || w.count(mastodontest.OpUpload) != 2 || p.Receipt.Note != "" {
			t.Errorf("%d pictures after %d uploads, note %q", len(seen.Media), w.count(mastodontest.OpUpload), p.Receipt.Note)
		}
	})
}

// TestUploadsAreClearedAwayInDoubt: the post never arrived, and the instance has
// cleared its upload away before it is sent again. That looks just like a status
// that has it, so it is looked for once more, and then posted with a new upload.
func TestUploadsAreClearedAwayInDoubt(t *testing.T) {
	for _, k := range []mastodontest.Knobs{{}, {Idempotency: mastodontest.KeyIgnored}, {Idempotency: mastodontest.KeyBroken}} {
		bubble(t, mastodontest.Options{Knobs: k}, func(w *world) {
			w.server.Plan(onPost(mastodontest.DropBefore()))
			p := w.pictured(1)
			for p.State == spool.Waiting {
				p = w.send(p)
			}
			w.server.ForgetMedia()
			_, seen := w.one(p)
			if len(seen.Media) != 1 || w.count(mastodontest.OpUpload) != 2 {
				t.Errorf("%d pictures after %d uploads\n%s", len(seen.Media), w.count(mastodontest.OpUpload), w.story())
			}
		})
	}
}

// TestTextThatTurnsOutTooLong is shortened, its link is kept, and it is said.
func TestTextThatTurnsOutTooLong(t *testing.T) {
	long := strings.Repeat("The bridge reopens. ", 30) // 600
	tests := map[string]struct {
		knobs   mastodontest.Knobs
		content spool.Content
		learned bool
	}{
		"known before":       {mastodontest.Knobs{MaxCharacters: 300}, spool.Content{Text: long[:480], Link: testLink}, true},
		"known by refusal":   {mastodontest.Knobs{MaxCharacters: 300}, spool.Content{Text: strings.TrimSpace(long[:460]), Link: testLink}, false},
		"the link is inside": {mastodontest.Knobs{MaxCharacters: 300}, spool.Content{Text: long[:400] + testLink + " and more words"}, true},
		"with a warning":     {mastodontest.Knobs{}, spool.Content{Text: strings.TrimSpace(long[:480]), Link: testLink, Warning: strings.Repeat("careful ", 10)}, true},
		"one long word":      {mastodontest.Knobs{}, spool.Content{Text: strings.Repeat("旧", 600), Link: testLink}, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, mastodontest.Options{Knobs: tt.knobs}, func(w *world) {
				if tt.learned {
					w.mustKeep()
				}
				p := newPost()
				p.Content = tt.content
				p = w.drive(p)
				posts := w.server.Visible(testUser)
				if p.State != spool.Live || len(posts) != 1 {
					t.Fatalf("the post is %s: %s\n%s", p.State, p.Reason, w.story())
				}
				if !strings.Contains(posts[0].Text, "…\n\n"+testLink) || !strings.Contains(p.Receipt.Note, "with a shorter text") {
					t.Errorf("a reader sees %q; the note is %q", posts[0].Text, p.Receipt.Note)
				}
				for _, v := range w.server.Violations() {
					if tt.learned {
						t.Errorf("violation: %s", v)
					}
				}
			})
		})
	}
}

// TestServerThatCountsAddressesInFull: it says otherwise and refuses; the text is
// shortened by its own figures.
func TestServerThatCountsAddressesInFull(t *testing.T) {
	bubble(t, mastodontest.Options{}, func(w *world) {
		w.server.Plan(onPost(mastodontest.Error(422, "Validation failed: Text character limit of 500 exceeded")))
		p := newPost()
		p.Content.Text = strings.TrimSpace(strings.Repeat("word ", 93))
		p.Content.Link = testLink + "?" + strings.Repeat("x", 100)
		p, seen := w.one(p)
		if !strings.Contains(p.Receipt.Note, "shorter") || !strings.HasSuffix(seen.Text, p.Content.Link) || len(seen.Text) > 510 {
			t.Errorf("%d bytes, note %q: %q", len(seen.Text), p.Receipt.Note, seen.Text)
		}
	})
}

// TestReplies stand below what they answer, or nowhere.
func TestReplies(t *testing.T) {
	bubble(t, mastodontest.Options{}, func(w *world) {
		first, _ := w.one(newPost())
		p := newPost()
		p.ID, p.Purpose, p.Content = "p2", spool.Continue, spool.Content{Text: "and so on"}
		if f := w.prepareFails(p); f.Kind != spool.Permanent {
			t.Errorf("a reply to nothing: %v", f)
		}
		p.Reply = spool.Reply{To: first.Receipt, Root: first.Receipt}
		d, err := w.client.Prepare(w.t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		p.Draft = d
		w.server.Plan(onPost(mastodontest.CommitThenDrop()))
		p = w.next(p, spool.Event{What: spool.Began})
		_, err = w.client.Publish(w.t.Context(), p)
		p = w.next(p, spool.Event{What: spool.Refused, Failure: w.failure(err)})
		p.Reply = spool.Reply{} // whoever looks does not know it
		s, err := w.client.Find(w.t.Context(), publisher.Query{Post: p})
		if err != nil || !s.Found {
			t.Fatalf("found %+v, %v", s, err)
		}
		for _, seen := range w.visible(2) {
			if seen.ID == s.Receipt.ID && seen.ReplyTo != first.Receipt.ID {
				t.Errorf("it answers %q", seen.ReplyTo)
			}
		}
		w.server.Plan()
		w.server.DeletePost(first.Receipt.ID)
		q := newPost()
		q.ID, q.Purpose, q.Content, q.Reply = "p3", spool.Correct, spool.Content{Text: "Correction"}, spool.Reply{To: first.Receipt}
		if d, err = w.client.Prepare(w.t.Context(), q); err != nil {
			t.Fatal(err)
		}
		q.Draft = d
		_, err = w.client.Publish(w.t.Context(), w.next(q, spool.Event{What: spool.Began}))
		if f := w.failure(err); f.Kind != spool.Permanent || !strings.Contains(f.Error(), "the post that it answers") {
			t.Errorf("a reply to a post that is gone: %v", f)
		}
	})
}

// TestReplyThatStandsAlone: servers that make a post of its own of a reply to what is
// gone do not do so behind anybody's back.
func TestReplyThatStandsAlone(t *testing.T) {
	bubble(t, mastodontest.Options{}, func(w *world) {
		first, _ := w.one(newPost())
		w.reply = spool.Reply{To: first.Receipt, Root: first.Receipt}
		w.server.Plan(onPost(mastodontest.Status(200, `{"id":"77","url":"https://newsie.example/@courier/77","in_reply_to_id":null}`)))
		p := newPost()
		p.ID, p.Purpose, p.Content = "p2", spool.Continue, spool.Content{Text: "and so on"}
		if p = w.drive(p); p.State != spool.Live || p.Receipt.Note != aloneNote {
			t.Errorf("%s: %+v", p.State, p.Receipt)
		}
	})
}

func (w *world) prepareFails(p spool.Post) *spool.Failure {
	w.t.Helper()
	if _, err := w.client.Prepare(w.t.Context(), p); err != nil {
		return w.failure(err)
	}
	w.t.Fatal("Prepare succeeded")
	return nil
}

// TestDraftOfAnotherVersion is not touched.
func TestDraftOfAnotherVersion(t *testing.T) {
	bubble(t, mastodontest.Options{}, func(w *world) {
		p := newPost()
		p.Draft.State = `{"v":2}`
		if f := w.prepareFails(p); f.Kind != spool.Permanent {
			t.Errorf("got %v", f)
		}
		p.Draft.Ready = true
		p = w.next(p, spool.Event{What: spool.Began})
		if _, err := w.client.Publish(w.t.Context(), p); w.failure(err).Kind != spool.Unsure {
			t.Errorf("got %v", err)
		}
		if _, err := w.client.Find(w.t.Context(), publisher.Query{Post: p}); w.failure(err).Kind != spool.Unsure {
			t.Errorf("got %v", err)
		}
		if n := len(w.server.Requests()); n != 0 {
			t.Errorf("%d requests", n)
		}
	})
}

// TestPrepareNeverFailsAPost for what a read is answered: it is the account's
// trouble, and the post waits.
func TestPrepareNeverFailsAPost(t *testing.T) {
	for _, status := range []int{400, 404, 410, 422} {
		bubble(t, mastodontest.Options{}, func(w *world) {
			w.server.Plan(mastodontest.Rule{Op: mastodontest.OpList, Nth: 1, Action: mastodontest.Error(status, "Record not found")})
			if f := w.prepareFails(newPost()); f.Kind != spool.Temporary {
				t.Errorf("%d: %v", status, f)
			}
			w.one(newPost())
		})
	}
}
