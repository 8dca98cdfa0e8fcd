package mastodon

import (
	"strings"
	"testing"
	"time"

	"spool"
	"spool/publisher/mastodon/mastodontest"
)

// edit gives the post of a receipt other words.
func (w *world) edit(r spool.Receipt, content spool.Content) (spool.Receipt, *spool.Failure) {
	w.t.Helper()
	p := newPost()
	p.ID, p.Purpose, p.Content = "edit", spool.Edit, content
	for {
		p = w.next(p, spool.Event{What: spool.Began})
		r, err := w.client.Edit(w.t.Context(), r, p)
		if err == nil {
			return r, nil
		}
		f := w.failure(err)
		if f.Wait <= 0 || f.Kind != spool.Temporary { // it waits for an upload
			return r, f
		}
		p = w.next(p, spool.Event{What: spool.Refused, Failure: f})
		pause(f.Wait)
	}
}

// TestEditSendsEverything: the pictures stay and get the descriptions of now, the
// warning and the language stay, and an edit that changes nothing is not made.
func TestEditSendsEverything(t *testing.T) {
	bubble(t, mastodontest.Options{}, func(w *world) {
		p := w.pictured(2)
		p.Content.Warning, p.Content.Language = "Height", "en"
		p, before := w.one(p)
		c := p.Content.Clone()
		c.Text, c.Media[1].Alt = "Corrected words", "A better description"
		for range 3 {
			r, f := w.edit(p.Receipt, c)
			if f != nil || r.ID != p.Receipt.ID || r.URL != p.Receipt.URL {
				t.Fatalf("receipt %+v, %v", r, f)
			}
		}
		seen := w.visible(1)[0]
		if seen.Text != "Corrected words\n\n"+testLink || seen.Warning != "Height" || seen.Language != "en" || seen.Edited.IsZero() {
			t.Errorf("a reader sees %+v", seen)
		}
		if len(seen.Media) != 2 || seen.Media[0].ID != before.Media[0].ID || seen.Media[1].ID != before.Media[1].ID || seen.Media[1].Alt != "A better description" {
			t.Errorf("media %+v, before %+v", seen.Media, before.Media)
		}
		if n := w.count(mastodontest.OpEdit); n != 1 {
			t.Errorf("%d edits, want 1: whoever shared the post is told of each", n)
		}
		if n := w.count(mastodontest.OpUpload); n != 2 {
			t.Errorf("%d uploads, want the first 2", n)
		}
	})
}

// TestEditOfADescription alone is an edit too.
func TestEditOfADescription(t *testing.T) {
	bubble(t, mastodontest.Options{}, func(w *world) {
		p, _ := w.one(w.pictured(1))
		c := p.Content.Clone()
		c.Media[0].Alt = "The bridge at noon"
		if _, f := w.edit(p.Receipt, c); f != nil || w.visible(1)[0].Media[0].Alt != "The bridge at noon" {
			t.Errorf("described as %q, %v", w.visible(1)[0].Media[0].Alt, f)
		}
	})
}

// TestEditChangesPictures: more of them, fewer, others.
func TestEditChangesPictures(t *testing.T) {
	for _, processing := range []time.Duration{0, 5 * time.Second, 3 * time.Minute} {
		bubble(t, mastodontest.Options{Knobs: mastodontest.Knobs{MediaProcessing: processing}}, func(w *world) {
			p, _ := w.one(w.pictured(1))
			c := p.Content.Clone()
			c.Media = w.pictured(2).Content.Media
			if _, f := w.edit(p.Receipt, c); f != nil || len(w.visible(1)[0].Media) != 2 || w.count(mastodontest.OpUpload) != 3 {
				t.Errorf("%d pictures after %d uploads, %v", len(w.visible(1)[0].Media), w.count(mastodontest.OpUpload), f)
			}
			w.files["wide"] = testPNG(200, 50)
			c.Media = []spool.Attachment{c.Media[0], {File: "wide", Type: "image/png", Alt: "Wide", Width: 200, Height: 50}}
			if _, f := w.edit(p.Receipt, c); f != nil || w.visible(1)[0].Media[1].Width != 200 {
				t.Errorf("media %+v, %v", w.visible(1)[0].Media, f)
			}
			c.Media = nil
			if _, f := w.edit(p.Receipt, c); f != nil || len(w.visible(1)[0].Media) != 0 {
				t.Errorf("%d pictures, %v", len(w.visible(1)[0].Media), f)
			}
			c.Media = []spool.Attachment{{File: "gone", Type: "image/png"}}
			r, f := w.edit(p.Receipt, c)
			if f != nil || !strings.Contains(r.Note, "its bytes are not kept any more") {
				t.Errorf("note %q, %v", r.Note, f)
			}
		})
	}
}

// TestEditIsDoneAgain until it is seen to be done.
func TestEditIsDoneAgain(t *testing.T) {
	bubble(t, mastodontest.Options{}, func(w *world) {
		p, _ := w.one(newPost())
		w.server.Plan(mastodontest.Rule{Op: mastodontest.OpEdit, Nth: 1, Action: mastodontest.CommitThenDrop()})
		c := p.Content
		c.Text = "Corrected"
		if _, f := w.edit(p.Receipt, c); f == nil || f.Kind != spool.Temporary && f.Kind != spool.Unsure {
			t.Errorf("got %v", f)
		}
		if _, f := w.edit(p.Receipt, c); f != nil {
			t.Error(f)
		}
		if n := w.count(mastodontest.OpEdit); n != 1 || w.visible(1)[0].Text != "Corrected\n\n"+testLink {
			t.Errorf("%d edits: %q", n, w.visible(1)[0].Text)
		}
	})
}

// TestEditThatCannotBe is final, with a reason that a person understands.
func TestEditThatCannotBe(t *testing.T) {
	tests := map[string]struct {
		knobs   mastodontest.Knobs
		prepare func(w *world, p *spool.Post)
		kind    spool.Kind
		says    string
	}{
		"an old server":                    {mastodontest.Knobs{API: mastodontest.API34}, func(w *world, _ *spool.Post) { w.mustKeep() }, spool.Permanent, "from version 3.5 on"},
		"an old server of unknown version": {mastodontest.Knobs{API: mastodontest.API34}, nil, spool.Permanent, "cannot edit posts"},
		"deleted meanwhile":                {mastodontest.Knobs{}, func(w *world, p *spool.Post) { w.server.DeletePost(p.Receipt.ID) }, spool.Permanent, "not on the account any more"},
		"no id":                            {mastodontest.Knobs{}, func(_ *world, p *spool.Post) { p.Receipt.ID = "" }, spool.Permanent, "under which id"},
		"too much": {mastodontest.Knobs{}, func(w *world, _ *spool.Post) {
			w.server.Plan(mastodontest.Rule{Op: mastodontest.OpEdit, Action: mastodontest.Throttle(time.Minute)})
		}, spool.Throttled, "pause"},
		"signed out": {mastodontest.Knobs{}, func(w *world, _ *spool.Post) { w.server.Revoke(testToken, true) }, spool.Credentials, "sign in again"},
		"out of order": {mastodontest.Knobs{}, func(w *world, _ *spool.Post) {
			w.server.Plan(mastodontest.Rule{Op: mastodontest.OpGet, Action: mastodontest.Status(502, "<html>")})
		}, spool.Temporary, "502"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, mastodontest.Options{Knobs: tt.knobs}, func(w *world) {
				p, _ := w.one(newPost())
				if tt.prepare != nil {
					tt.prepare(w, &p)
				}
				c := p.Content
				c.Text = "Corrected"
				if _, f := w.edit(p.Receipt, c); f == nil || f.Kind != tt.kind || !strings.Contains(f.Error(), tt.says) {
					t.Errorf("got %v, want %v with %q", f, tt.kind, tt.says)
				}
			})
		})
	}
}

func TestWithdraw(t *testing.T) {
	bubble(t, mastodontest.Options{Knobs: mastodontest.Knobs{DeleteQuota: 2}}, func(w *world) {
		p, _ := w.one(newPost())
		for range 2 { // the second finds nothing
			if err := w.client.Withdraw(w.t.Context(), p.Receipt); err != nil {
				t.Error(w.failure(err))
			}
		}
		w.visible(0)
		f := w.failure(w.client.Withdraw(w.t.Context(), p.Receipt))
		if f == nil || f.Kind != spool.Throttled || f.Wait < 29*time.Minute || f.Wait > withdrawalsWindow {
			t.Errorf("one too many: %v, wait %v", f, f.Wait)
		}
		if f := w.failure(w.client.Withdraw(w.t.Context(), spool.Receipt{})); f.Kind != spool.Permanent {
			t.Errorf("without an id: %v", f)
		}
		if most, window := w.client.Withdrawals(); most != 30 || window != 30*time.Minute {
			t.Errorf("%d in %v", most, window)
		}
	})
	bubble(t, mastodontest.Options{}, func(w *world) { // a proxy's "not found" is no deletion
		p, _ := w.one(newPost())
		w.server.Plan(mastodontest.Rule{Op: mastodontest.OpDelete, Action: mastodontest.Status(404, "<html>")})
		if err := w.client.Withdraw(w.t.Context(), p.Receipt); err == nil {
			t.Error("a page that says 404 is taken for a deletion")
		}
	})
}

// TestWithdrawElsewhere: what an instance does not find is gone only if it was that
// account's, on that instance.
func TestWithdrawElsewhere(t *testing.T) {
	bubble(t, mastodontest.Options{}, func(w *world) {
		p, _ := w.one(newPost())
		w.server.AddUser("other", "Yk3othersecret0123456789abcdefghijklmnop")
		w.tokens.token = Token{Value: "Yk3othersecret0123456789abcdefghijklmnop", Origin: "login"}
		f := w.failure(w.client.Withdraw(w.t.Context(), p.Receipt))
		if f.Kind != spool.Permanent || !strings.Contains(f.Error(), "not of the account") {
			t.Errorf("another account: %v", f)
		}
		w.visible(1)
		w.server.Plan(mastodontest.Rule{Op: mastodontest.OpGet, Action: mastodontest.Status(503, "")})
		if f := w.failure(w.client.Withdraw(w.t.Context(), p.Receipt)); f.Kind != spool.Temporary {
			t.Errorf("nobody knows: %v", f)
		}
		w.server.Plan()
		r := p.Receipt
		r.ID, r.URL = "1234567", "https://old.example/@courier/1234567"
		if f := w.failure(w.client.Withdraw(w.t.Context(), r)); f.Kind != spool.Permanent || !strings.Contains(f.Error(), "on another one") {
			t.Errorf("another instance: %v", f)
		}
		r.URL = "https://newsie.example/@courier/1234567"
		if err := w.client.Withdraw(w.t.Context(), r); err != nil {
			t.Errorf("gone: %v", err)
		}
	})
}

// TestEditWithAPictureThatFails: an instance that fails on a picture again and again
// gets the edit without it, as it would get a post.
func TestEditWithAPictureThatFails(t *testing.T) {
	bubble(t, mastodontest.Options{}, func(w *world) {
		p, _ := w.one(newPost())
		w.server.Plan(mastodontest.Rule{Op: mastodontest.OpUpload, Action: mastodontest.Status(500, "")})
		c := w.pictured(1).Content
		c.Text = "Corrected words"
		e := newPost()
		e.ID, e.Purpose, e.Content = "edit", spool.Edit, c
		for range 10 {
			e = w.next(e, spool.Event{What: spool.Began})
			r, err := w.client.Edit(w.t.Context(), p.Receipt, e)
			if err == nil {
				if w.visible(1)[0].Text != "Corrected words\n\n"+testLink || !strings.Contains(r.Note, "without the picture") {
					t.Errorf("%+v, %+v", r, w.visible(1)[0])
				}
				return
			}
			e = w.next(e, spool.Event{What: spool.Refused, Failure: w.failure(err)})
			pause(time.Until(e.NotBefore))
		}
		t.Errorf("not edited after %d uploads", w.count(mastodontest.OpUpload))
	})
}

// TestChangesThatAreForbidden fail, and do not stop the account.
func TestChangesThatAreForbidden(t *testing.T) {
	for _, op := range []mastodontest.Op{mastodontest.OpGet, mastodontest.OpEdit, mastodontest.OpDelete} {
		bubble(t, mastodontest.Options{}, func(w *world) {
			p, _ := w.one(newPost())
			w.server.Plan(mastodontest.Rule{Op: op, Action: mastodontest.Status(403, `{"error":"This action is outside the authorized scopes"}`)})
			var f *spool.Failure
			if op == mastodontest.OpDelete {
				f = w.failure(w.client.Withdraw(w.t.Context(), p.Receipt))
			} else {
				_, f = w.edit(p.Receipt, spool.Content{Text: "Corrected"})
			}
			if f == nil || f.Kind != spool.Permanent || !strings.Contains(f.Error(), "lacks a right") {
				t.Errorf("%s: %v", op, f)
			}
			if _, err := w.client.Keep(w.t.Context()); err != nil {
				t.Errorf("%s: the account is stopped: %v", op, err)
			}
		})
	}
}
