package threads

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/publisher"
	"spool/publisher/threads/threadstest"
)

// TestReplyGivesItsParentTime: replies that came too soon failed, or stood alone.
func TestReplyGivesItsParentTime(t *testing.T) {
	tests := map[string]struct {
		media []spool.Attachment
		least time.Duration
	}{
		"text":     {nil, replyAfter},
		"picture":  {carouselPost().Content.Media[:1], replyMediaAfter},
		"carousel": {carouselPost().Content.Media, replyMediaAfter},
	}
	for name, tt := range tests {
		for _, knob := range []threadstest.EarlyReply{threadstest.EarlyRefused, threadstest.EarlyTopLevel} {
			t.Run(name+", early ones "+string(knob), func(t *testing.T) {
				bubble(t, threadstest.Options{Knobs: threadstest.Knobs{EarlyReply: knob}}, func(w *world) {
					first, p := w.thread()
					p.Content.Media = tt.media
					p.Created = p.Created.Add(-time.Hour) // recorded while its parent was in doubt
					p = w.drive(p)
					seen := w.visible(2)[0]
					if seen.ReplyTo != first.Receipt.ID || p.Receipt.Note != "" {
						t.Errorf("a reader sees %+v; the note is %q", seen, p.Receipt.Note)
					}
					if gap := seen.Time.Sub(first.LiveAt); gap < tt.least || gap > tt.least+10*time.Second {
						t.Errorf("it came after %v, want %v or little more", gap, tt.least)
					}
				})
			})
		}
	}
}

// TestReplyKeepsItsParent: however often its container is made anew, a reply is
// one, also when nobody says any more what it answers.
func TestReplyKeepsItsParent(t *testing.T) {
	plans := map[string]threadstest.Rule{
		"in error":  {Op: threadstest.OpStatus, Times: 2, Action: threadstest.Status(200, `{"id":"1","status":"ERROR","error_message":"UNKNOWN"}`)},
		"expired":   {Op: threadstest.OpStatus, Times: 2, Action: threadstest.Status(200, `{"id":"1","status":"EXPIRED"}`)},
		"not found": {Op: threadstest.OpStatus, Times: 12, Action: threadstest.Error(400, 100, 33, "no")},
		"refused":   {Op: threadstest.OpPublish, Times: 7, Action: threadstest.Error(400, 24, 4279009, "no")},
		"create":    {Op: threadstest.OpCreate, Times: 2, Action: threadstest.Status(500, "")},
	}
	for name, plan := range plans {
		for _, pictures := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				bubble(t, threadstest.Options{}, func(w *world) {
					first, p := w.thread()
					if pictures {
						p.Content.Media = carouselPost().Content.Media
					}
					p.Reply = w.reply
					d, err := w.client.Prepare(w.t.Context(), p) // it waits, and knows what for
					if err != nil {
						t.Fatal(err)
					}
					p = w.next(p, spool.Event{What: spool.Prepared, Draft: &d})
					w.reply = spool.Reply{}
					w.server.Plan(plan)
					p = w.drive(p)
					if seen := w.visible(2)[0]; p.State != spool.Live || seen.ReplyTo != first.Receipt.ID {
						t.Errorf("the post is %s: %s; a reader sees %+v", p.State, p.Reason, seen)
					}
					for _, r := range requests(w, threadstest.OpCreate)[1:] {
						if child := r.Form.Get("is_carousel_item") == "true"; (r.Form.Get("reply_to_id") == first.Receipt.ID) == child {
							t.Errorf("a container was asked for with %v", r.Form)
						}
					}
				})
			})
		}
	}
}

// TestReplyWithoutParent: it waits for an id that is not known, and is given up
// when the parent is gone. It never stands alone.
func TestReplyWithoutParent(t *testing.T) {
	bubble(t, threadstest.Options{}, func(w *world) {
		first, p := w.thread()
		known := w.reply
		w.reply = spool.Reply{}
		for range 3 {
			if p = w.send(p); p.State != spool.Waiting || !strings.Contains(p.Reason, "not known yet") {
				t.Errorf("the post is %s: %s", p.State, p.Reason)
			}
			pause(time.Until(p.NotBefore))
		}
		w.reply = known
		w.drive(p)
		if seen := w.visible(2)[0]; seen.ReplyTo != first.Receipt.ID {
			t.Errorf("a reader sees %+v", seen)
		}
	})
	// It is not there yet for the server that answers.
	bubble(t, threadstest.Options{}, func(w *world) {
		first, p := w.thread()
		p.Created = p.Created.Add(-time.Hour) // recorded while its parent was in doubt
		w.server.Plan(threadstest.Rule{Op: threadstest.OpMedia, Times: 2, Action: threadstest.Error(400, 100, 33, "no")})
		w.drive(p)
		if seen := w.visible(2)[0]; seen.ReplyTo != first.Receipt.ID {
			t.Errorf("a reader sees %+v", seen)
		}
	})
	for _, prepared := range []bool{false, true} {
		bubble(t, threadstest.Options{}, func(w *world) {
			first, p := w.thread()
			for prepared && !p.Draft.Ready {
				pause(time.Until(p.NotBefore))
				p.Reply = w.reply
				d, err := w.client.Prepare(w.t.Context(), p)
				if err != nil {
					t.Fatal(err)
				}
				p = w.next(p, spool.Event{What: spool.Prepared, Draft: &d})
			}
			w.server.DeletePost(first.Receipt.ID)
			begun := time.Now()
			if p = w.drive(p); p.State != spool.Failed || !strings.Contains(p.Reason, "not on Threads any more") || time.Since(begun) > 10*time.Minute {
				t.Errorf("after %v the post is %s: %s\n%s", time.Since(begun), p.State, p.Reason, w.story())
			}
			w.visible(0)
		})
	}
}

// TestReplyThatStandsAlone: where the network makes a post of its own of a reply
// all the same, the history says so, however it was found.
func TestReplyThatStandsAlone(t *testing.T) {
	for name, action := range map[string]threadstest.Action{"answered": {}, "lost": threadstest.CommitThenDrop()} {
		t.Run(name, func(t *testing.T) {
			bubble(t, threadstest.Options{}, func(w *world) {
				_, p := w.thread()
				p.Draft.State = `{"v":1,"reply_to":"` + w.reply.To.ID + `","since":1}` // as if the clocks disagreed
				w.server.SetKnobs(threadstest.Knobs{EarlyReply: threadstest.EarlyTopLevel})
				if action.Do != "" {
					w.server.Plan(onPublish(action))
				}
				p = w.drive(p)
				if p.State != spool.Live || p.Receipt.ID == "" || !strings.Contains(p.Receipt.Note, aloneNote) {
					t.Errorf("the post is %s, %+v", p.State, p.Receipt)
				}
				if posts := w.server.Visible(testUser); len(posts) != 2 || posts[0].ReplyTo != "" {
					t.Errorf("a reader sees %+v", posts)
				}
			})
		})
	}
}

// TestReplyRights: what an account may not do with replies stops the replies, not
// the account, and the right is named.
func TestReplyRights(t *testing.T) {
	bubble(t, threadstest.Options{}, func(w *world) {
		_, p := w.thread()
		withoutScope(w, "threads_manage_replies")
		if p = w.drive(p); p.State != spool.Failed || !strings.Contains(p.Reason, "threads_manage_replies") {
			t.Errorf("the post is %s: %s", p.State, p.Reason)
		}
		if _, f := w.keep(); f != nil {
			t.Errorf("the account is stopped: %v", f)
		}
		w.visible(1)
	})
	for _, mixed := range []bool{false, true} {
		bubble(t, threadstest.Options{Knobs: threadstest.Knobs{ListIncludesReplies: mixed}}, func(w *world) {
			_, p := w.thread()
			withoutScope(w, "threads_read_replies")
			w.server.Plan(onPublish(threadstest.CommitThenHang()))
			p = w.drive(p)
			if p.State != spool.Live {
				t.Errorf("the post is %s: %s\n%s", p.State, p.Reason, w.story())
			}
			if known := p.Receipt.ID != ""; known != mixed {
				t.Errorf("its id is %q", p.Receipt.ID)
			}
			w.visible(2)
			if h, err := w.client.History(w.t.Context(), time.Now().Add(-time.Hour)); err != nil || h == nil {
				t.Errorf("the history: %v", err)
			}
			if _, f := w.keep(); f != nil {
				t.Errorf("the account is stopped: %v", f)
			}
		})
	}
}

// TestReplyQuota: replies have a quota of their own.
func TestReplyQuota(t *testing.T) {
	bubble(t, threadstest.Options{Knobs: threadstest.Knobs{ReplyQuota: 1, QuotaError: threadstest.QuotaCode100}}, func(w *world) {
		_, p := w.thread()
		if p = w.drive(p); p.State != spool.Live {
			t.Fatalf("the post is %s: %s", p.State, p.Reason)
		}
		w.bound[p.Receipt.ID] = true
		begun := time.Now()
		third := newPost()
		third.ID, third.Purpose, third.Content = "p3", spool.Correct, spool.Content{Text: "Correction: tomorrow"}
		if third = w.drive(third); third.State != spool.Live || time.Since(begun) < 23*time.Hour {
			t.Errorf("after %v the post is %s: %s", time.Since(begun), third.State, third.Reason)
		}
		w.visible(3)
	})
}

// TestWhoMayReply: the configuration's words and the network's.
func TestWhoMayReply(t *testing.T) {
	for word, want := range map[string]string{"": "", "everyone": "", "followers": "followers_only", "following": "accounts_you_follow", "mentioned": "mentioned_only"} {
		bubble(t, threadstest.Options{}, func(w *world) {
			o := w.client.o
			o.Replies = word
			client, err := New(o)
			if err != nil {
				t.Fatal(err)
			}
			w.client = client
			first, p := w.thread()
			w.drive(p)
			w.reply = spool.Reply{}
			p = carouselPost()
			p.ID = "p3"
			w.drive(p)
			for _, seen := range w.visible(3) {
				if seen.Audience != want {
					t.Errorf("%q: the audience is %q, want %q", word, seen.Audience, want)
				}
			}
			_ = first
		})
	}
	if _, err := New(Options{Account: "a", Tokens: &memTokens{}, Now: time.Now, Replies: "nobody"}); err == nil {
		t.Error("a word that Threads has no setting for is taken")
	}
}

// TestReplyWithoutControl: a reply that is refused with the setting is under its
// thread's own. A post of its own is not opened to everybody.
func TestReplyWithoutControl(t *testing.T) {
	for _, reply := range []bool{true, false} {
		bubble(t, threadstest.Options{}, func(w *world) {
			_, p := w.thread()
			if !reply {
				p, w.reply = newPost(), spool.Reply{}
				p.Content.Link = ""
			}
			w.client.control = "followers_only"
			w.server.Plan(threadstest.Rule{Op: threadstest.OpCreate, Nth: 1, Action: threadstest.Error(400, 100, 0, "Param reply_control")})
			p = w.drive(p)
			if want := map[bool]spool.State{true: spool.Live, false: spool.Failed}[reply]; p.State != want {
				t.Errorf("the post is %s, want %s: %s", p.State, want, p.Reason)
			}
			for _, seen := range w.server.Visible(testUser) {
				if seen.ReplyTo != "" && seen.Audience != "" {
					t.Errorf("the reply was sent with %q again", seen.Audience)
				}
			}
		})
	}
}

// TestListWithoutReplyField: a network that does not know the field is asked with
// fewer, and the reply is found by its words.
func TestListWithoutReplyField(t *testing.T) {
	bubble(t, threadstest.Options{}, func(w *world) {
		to := w.client.caller.Transport
		w.client.caller.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
			if strings.Contains(r.URL.Query().Get("fields"), "replied_to") {
				return &http.Response{StatusCode: 400, Header: http.Header{}, Request: r, Body: io.NopCloser(strings.NewReader(threadstest.ErrorBody(100, 0, "Tried accessing nonexisting field (replied_to)")))}, nil
			}
			return to.RoundTrip(r)
		})
		first, p := w.thread()
		w.server.Plan(onPublish(threadstest.CommitThenDrop()))
		p = w.drive(p)
		if seen := w.visible(2)[0]; p.Receipt.ID != seen.ID || seen.ReplyTo != first.Receipt.ID || p.Receipt.Note != "" {
			t.Errorf("the receipt is %+v, a reader sees %+v", p.Receipt, seen)
		}
	})
}

func TestNode(t *testing.T) {
	for data, want := range map[string]string{
		`{"id":"17"}`: "17", `{"id":17981340210000001999}`: "17981340210000001999", `"17"`: "17", `17`: "17",
		`null`: "", `{}`: "", `{"id":null}`: "", `{"id":{}}`: "", `[]`: "", `true`: "",
	} {
		var m media
		if err := unmarshal([]byte(`{"id":"1","replied_to":`+data+`}`), &m); err != nil || m.RepliedTo.ID != want {
			t.Errorf("%s is read as %q, %v", data, m.RepliedTo.ID, err)
		}
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestHistoryOfReplies: a database that is gone had threads too.
func TestHistoryOfReplies(t *testing.T) {
	for _, mixed := range []bool{false, true} {
		bubble(t, threadstest.Options{Knobs: threadstest.Knobs{ListIncludesReplies: mixed}}, func(w *world) {
			first, second := w.thread()
			second = w.drive(second)
			h, err := w.client.History(w.t.Context(), time.Now().Add(-time.Hour))
			if err != nil {
				t.Fatal(err)
			}
			p := newPost()
			p.Content.Text = first.Content.Text
			if r, ok := h.Match(p, nil); !ok || r.ID != first.Receipt.ID {
				t.Errorf("the first post is matched with %+v", r)
			}
			p.Purpose, p.Content = spool.Continue, second.Content
			for _, reply := range []spool.Reply{{}, w.reply} {
				p.Reply = reply
				if r, ok := h.Match(p, nil); !ok || r.ID != second.Receipt.ID {
					t.Errorf("the second part is matched with %+v", r)
				}
			}
			p.Reply.To.ID = "12345"
			if r, ok := h.Match(p, nil); ok {
				t.Errorf("a reply to another post is matched with %+v", r)
			}
			p.Purpose, p.Reply = spool.Announce, spool.Reply{}
			if r, ok := h.Match(p, nil); ok {
				t.Errorf("a post of its own is matched with the reply %+v", r)
			}
		})
	}
}

// TestFindAsksForReplies: an outage of the list of replies is no proof.
func TestFindAsksForReplies(t *testing.T) {
	bubble(t, threadstest.Options{}, func(w *world) {
		_, p := w.thread()
		w.server.Plan(onPublish(threadstest.CommitThenDrop()),
			threadstest.Rule{Op: threadstest.OpReplies, Times: 3, Action: threadstest.Status(500, "")},
			threadstest.Rule{Op: threadstest.OpStatus, From: 2, Times: 3, Action: threadstest.Status(500, "")})
		if p = w.drive(p); p.State != spool.Live || p.Attempts != 1 {
			t.Errorf("after %d attempts the post is %s\n%s", p.Attempts, p.State, w.story())
		}
		s, err := w.client.Find(w.t.Context(), publisher.Query{Post: p, Taken: w.bound})
		if seen := w.visible(2)[0]; err != nil || !s.Found || s.Receipt.ID != seen.ID || len(s.Others) > 0 {
			t.Errorf("a check finds %+v, %v; a reader sees %s", s, err, seen.ID)
		}
	})
	bubble(t, threadstest.Options{}, func(w *world) {
		_, p := w.thread()
		w.server.Plan(threadstest.Rule{Op: threadstest.OpReplies, Action: threadstest.Error(400, 190, 460, "no")})
		_, err := w.client.Find(w.t.Context(), publisher.Query{Post: p})
		if f, ok := errors.AsType[*spool.Failure](err); !ok || f.Kind != spool.Credentials {
			t.Errorf("a dead token: %v", err)
		}
	})
}
