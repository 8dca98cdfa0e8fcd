package mastodon

import (
	"strings"
	"testing"
	"time"

	"spool"
	"spool/publisher"
	"spool/publisher/mastodon/mastodontest"
)

func (w *world) keep() (publisher.Credential, *spool.Failure) {
	w.t.Helper()
	c, err := w.client.Keep(w.t.Context())
	if err != nil {
		return c, w.failure(err)
	}
	return c, nil
}

func (w *world) mustKeep() {
	w.t.Helper()
	if _, f := w.keep(); f != nil {
		w.t.Fatal(f)
	}
}

// count is how many requests of a kind the server got.
func (w *world) count(op mastodontest.Op) int {
	n := 0
	for _, r := range w.server.Requests() {
		if r.Op == op {
			n++
		}
	}
	return n
}

// TestKeepReadsTheInstanceOnceADay, and who the account is each time.
func TestKeepReadsTheInstanceOnceADay(t *testing.T) {
	bubble(t, mastodontest.Options{Knobs: mastodontest.Knobs{MaxCharacters: 5000, Reserved: 25}}, func(w *world) {
		if l := w.client.TextLimits(); l.Max != 500 || l.Length("https://example.org/") != 23 || !l.Replies || l.Card {
			t.Errorf("before anything is known the limits are %+v", l)
		}
		for range 30 {
			if _, f := w.keep(); f != nil {
				t.Fatal(f)
			}
			pause(time.Hour)
		}
		if n := w.count(mastodontest.OpInstance); n != 2 {
			t.Errorf("the instance was read %d times in 30 hours, want 2", n)
		}
		l := w.client.TextLimits()
		if l.Max != 5000 || l.Length("https://example.org/") != 25 || l.Alt != 1500 || l.Media.Images != 4 || l.Media.Bytes != 16777216 || l.Media.Pixels != 33177600 || l.Media.Film != 103809024 {
			t.Errorf("the limits are %+v", l)
		}
		if strings.Join(l.Media.Films, " ") != "video/webm video/mp4 video/quicktime" || len(l.Media.Types) != 5 {
			t.Errorf("types %v, films %v", l.Media.Types, l.Media.Films)
		}
		// Another process knows them without asking.
		other, err := New(w.client.o)
		if err != nil {
			t.Fatal(err)
		}
		if l := other.TextLimits(); l.Max != 5000 || w.count(mastodontest.OpInstance) != 2 {
			t.Errorf("another process has the limits %+v", l)
		}
	})
}

// TestKeepReadsOldInstances: without the newer description, or without any.
func TestKeepReadsOldInstances(t *testing.T) {
	bubble(t, mastodontest.Options{Knobs: mastodontest.Knobs{API: mastodontest.API34, MaxCharacters: 1000}}, func(w *world) {
		if _, f := w.keep(); f != nil || w.client.TextLimits().Max != 1000 || w.count(mastodontest.OpInstance1) != 1 {
			t.Errorf("limit %d, %v", w.client.TextLimits().Max, f)
		}
	})
	bubble(t, mastodontest.Options{}, func(w *world) {
		w.server.Plan(mastodontest.Rule{Op: mastodontest.OpInstance, Action: mastodontest.Status(502, "<html>")},
			mastodontest.Rule{Op: mastodontest.OpInstance1, Action: mastodontest.Garbage()})
		if _, f := w.keep(); f != nil {
			t.Errorf("an account that may post is stopped: %v", f)
		}
		if l := w.client.TextLimits(); l.Max != 500 {
			t.Errorf("the limit is %d", l.Max)
		}
	})
}

// TestInstanceIsReadWithCare: what makes no sense costs nothing but itself.
func TestInstanceIsReadWithCare(t *testing.T) {
	tests := map[string]struct {
		body string
		want func(instance) bool
	}{
		"figures as texts":   {`{"version":"4.2.1","configuration":{"statuses":{"max_characters":"700"}}}`, func(i instance) bool { return i.Max == 700 && !i.Other }},
		"null":               {`{"version":"4.2.1","configuration":{"statuses":{"max_characters":null,"characters_reserved_per_url":null}}}`, func(i instance) bool { return i.Max == 500 && i.Reserved == 23 }},
		"nonsense":           {`{"version":"4.2.1","configuration":{"statuses":{"max_characters":-4,"max_media_attachments":1e13}}}`, func(i instance) bool { return i.Max == 500 && i.Images == 4 }},
		"huge":               {`{"version":"4.2.1","configuration":{"statuses":{"max_characters":1000000000}}}`, func(i instance) bool { return i.Max == longestMax }},
		"Pleroma, old":       {`{"version":"2.7.2 (compatible; Pleroma 2.5.0)","max_toot_chars":5000}`, func(i instance) bool { return i.Max == 5000 && i.Other && i.canEdit() }},
		"Akkoma":             {`{"version":"2.7.2 (compatible; Akkoma 3.10.4)","configuration":{"statuses":{"max_characters":5000,"characters_reserved_per_url":0}}}`, func(i instance) bool { return i.Reserved == 0 && i.length("https://example.org/long/address") == 32 }},
		"Pixelfed":           {`{"version":"3.5.3 (compatible; Pixelfed 0.12.3)","configuration":{"statuses":{"max_characters":500},"media_attachments":{"supported_mime_types":["image/jpeg","image/png"]}}}`, func(i instance) bool { return i.Other && len(i.Films) == 0 && len(i.Types) == 2 }},
		"GoToSocial":         {`{"version":"0.19.1+git-1a2b3c4","source_url":"https://codeberg.org/superseriousbusiness/gotosocial","configuration":{"statuses":{"max_characters":5000,"characters_reserved_per_url":25}}}`, func(i instance) bool { return i.Other && i.length("https://example.org/") == 25 && i.canEdit() }},
		"a fork of Mastodon": {`{"version":"4.3.0+glitch","configuration":{"statuses":{"max_characters":1500}}}`, func(i instance) bool { return !i.Other && i.canEdit() }},
		"before edits":       {`{"version":"3.4.6"}`, func(i instance) bool { return !i.Other && !i.canEdit() }},
		"the first with":     {`{"version":"3.5.0rc1"}`, func(i instance) bool { return i.canEdit() }},
	}
	for name, tt := range tests {
		bubble(t, mastodontest.Options{}, func(w *world) {
			w.server.Plan(mastodontest.Rule{Op: mastodontest.OpInstance, Action: mastodontest.Status(200, tt.body)})
			if _, err := w.client.learn(w.t.Context()); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if inst := w.client.known(w.t.Context()); !tt.want(inst) {
				t.Errorf("%s: understood as %+v", name, inst)
			}
		})
	}
}

// TestKeepStopsAndForgets: a refusal for lack of a right stops the account, also
// where the token is accepted, and what was mended is forgotten.
func TestKeepStopsAndForgets(t *testing.T) {
	const fresh = "Xk3anothertoken0123456789abcdefghijklmno"
	tests := map[string]struct {
		breaks, mends func(w *world)
	}{
		"revoked, and signed in again": {
			func(w *world) { w.server.Revoke(testToken, true) },
			func(w *world) { w.server.AddUser(testUser, fresh); w.tokens.token = Token{Value: fresh} },
		},
		"a token without the right, and another": {
			func(w *world) {
				w.server.AddUser(testUser, testToken, mastodontest.Scopes("read:accounts", "read:statuses"))
			},
			func(w *world) { w.server.AddUser(testUser, fresh); w.tokens.token = Token{Value: fresh} },
		},
		"disabled, and let in again": {
			func(w *world) { w.server.Restrict(testUser, true) },
			func(w *world) { w.server.Restrict(testUser, false) },
		},
		"a right that came back": {
			func(w *world) {
				w.server.AddUser(testUser, testToken, mastodontest.Scopes("read:accounts", "read:statuses"))
			},
			func(w *world) { w.server.AddUser(testUser, testToken); pause(barredFor) },
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, mastodontest.Options{}, func(w *world) {
				if _, f := w.keep(); f != nil {
					t.Fatal(f)
				}
				tt.breaks(w)
				p := w.drive(newPost())
				if p.Hold != spool.HoldCredentials {
					t.Fatalf("the post is %s (%s): %s", p.State, p.Hold, p.Reason)
				}
				if _, f := w.keep(); f == nil || f.Kind != spool.Credentials || !strings.Contains(f.Error(), "spool login") {
					t.Errorf("Keep says %v", f)
				}
				tt.mends(w)
				_, _ = w.keep() // it may take two: the first learns of the mending
				if _, f := w.keep(); f != nil {
					t.Fatalf("it is mended, and Keep says %v", f)
				}
				p = w.drive(w.next(p, spool.Event{What: spool.Resumed}))
				if w.visible(1); p.State != spool.Live {
					t.Errorf("the post is %s: %s", p.State, p.Reason)
				}
			})
		})
	}
}

// TestKeepForgetsWhenAPostWentThrough: nothing shows better that the right is back.
func TestKeepForgetsWhenAPostWentThrough(t *testing.T) {
	bubble(t, mastodontest.Options{}, func(w *world) {
		w.server.AddUser(testUser, testToken, mastodontest.Scopes("read:accounts", "read:statuses"))
		p := w.drive(newPost())
		if _, f := w.keep(); f == nil {
			t.Fatal("a token without the right is fine")
		}
		w.server.AddUser(testUser, testToken)
		w.one(w.next(p, spool.Event{What: spool.Resumed}))
		w.mustKeep()
	})
}

// TestKeepSaysWhereTheInstanceIs: a redirect is not followed, and told.
func TestKeepSaysWhereTheInstanceIs(t *testing.T) {
	bubble(t, mastodontest.Options{}, func(w *world) {
		a := mastodontest.Status(301, "")
		a.Headers = map[string]string{"Location": "https://social.example/api/v1/accounts/verify_credentials"}
		w.server.Plan(mastodontest.Rule{Op: mastodontest.OpVerify, Action: a})
		if _, f := w.keep(); f == nil || f.Kind != spool.Temporary || !strings.Contains(f.Error(), "social.example") {
			t.Errorf("got %v", f)
		}
	})
}
