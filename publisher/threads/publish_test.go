package threads

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/publisher"
	"spool/publisher/threads/threadstest"
)

// prepared brings a post to the point at which it can be published.
func (w *world) prepared(p spool.Post) spool.Post {
	w.t.Helper()
	for !p.Draft.Ready {
		pause(time.Until(p.NotBefore))
		d, err := w.client.Prepare(w.t.Context(), p)
		if err != nil {
			w.t.Fatal(err)
		}
		p = w.next(p, spool.Event{What: spool.Prepared, Draft: &d})
	}
	return p
}

func (w *world) began(p spool.Post) spool.Post { return w.next(p, spool.Event{What: spool.Began}) }

// TestPublishSettlesByStatus: where the container's status says that it is live,
// the error before it is no reason for doubt.
func TestPublishSettlesByStatus(t *testing.T) {
	for _, a := range []threadstest.Action{
		threadstest.CommitThenDrop(), threadstest.CommitThenStatus(500, ""), threadstest.Garbage(), threadstest.Truncated(), threadstest.CommitThenHang(),
	} {
		bubble(t, threadstest.Options{}, func(w *world) {
			w.server.Plan(onPublish(a))
			r, err := w.client.Publish(w.t.Context(), w.began(w.prepared(newPost())))
			if posts := w.visible(1); err != nil || r.ID != posts[0].ID || r.URL != posts[0].Permalink {
				t.Errorf("%s: got %+v, %v", a.Do, r, err)
			}
		})
	}
}

// TestPublishTrustsNoForgottenAttempt: an attempt that ended without a word may
// have published the container, so its status is asked for before it is
// published again.
func TestPublishTrustsNoForgottenAttempt(t *testing.T) {
	bubble(t, threadstest.Options{Knobs: threadstest.Knobs{DoublePublish: threadstest.DoublePosts}}, func(w *world) {
		p := w.began(w.prepared(newPost()))
		if _, err := w.client.Publish(w.t.Context(), p); err != nil {
			t.Fatal(err)
		}
		p.Attempts++ // the same draft again: nothing of the first attempt was saved
		r, err := w.client.Publish(w.t.Context(), p)
		if posts := w.visible(1); err != nil || r.ID != posts[0].ID || w.writes() != 1 {
			t.Errorf("got %+v, %v after %d publishes", r, err, w.writes())
		}
	})
}

// TestPublishLooksOnceMore: a status that still says FINISHED does not outweigh
// a post that is on the profile.
func TestPublishLooksOnceMore(t *testing.T) {
	bubble(t, threadstest.Options{Knobs: threadstest.Knobs{DoublePublish: threadstest.DoublePosts}}, func(w *world) {
		w.server.Plan(onPublish(threadstest.CommitThenDrop()), threadstest.Rule{Op: threadstest.OpStatus, From: 2, Action: threadstest.Status(200, `{"id":"1","status":"FINISHED"}`)})
		p := w.began(w.prepared(newPost()))
		if _, err := w.client.Publish(w.t.Context(), p); w.failure(err).Kind != spool.Unsure {
			t.Fatalf("got %v, want unsure", err)
		}
		p.Attempts++
		if _, err := w.client.Publish(w.t.Context(), p); w.failure(err).Kind != spool.Unsure || w.writes() != 1 {
			t.Errorf("got %v after %d publishes, want unsure after 1", err, w.writes())
		}
		w.visible(1)
	})
}

// TestUnknownIsNeverReplaced: after a publish without a known outcome no second
// container is made, whatever the network answers to the first one, until a
// person has looked.
func TestUnknownIsNeverReplaced(t *testing.T) {
	for _, code := range [][2]int{{24, 4279009}, {100, 0}, {100, 33}, {506, 0}, {777, 0}, {10, 0}} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			bubble(t, threadstest.Options{}, func(w *world) {
				w.server.Plan(onPublish(threadstest.DropBefore()), threadstest.Rule{Op: threadstest.OpPublish, Action: threadstest.Error(400, code[0], code[1], "no")})
				p := w.drive(newPost())
				if p.State != spool.Held {
					t.Errorf("the post is %s: %s\n%s", p.State, p.Reason, w.story())
				}
				if n := len(requests(w, threadstest.OpCreate)); n != 1 {
					t.Errorf("%d containers, want 1", n)
				}
				w.visible(0)
			})
		})
	}
}

// TestFindReadsEveryList: the id is found however the list takes its parameters.
func TestFindReadsEveryList(t *testing.T) {
	tests := map[string]struct {
		knobs threadstest.Knobs
		plan  []threadstest.Rule
	}{
		"plain":           {},
		"since refused":   {knobs: threadstest.Knobs{ListSince: threadstest.SinceRefused}},
		"since exclusive": {knobs: threadstest.Knobs{ListSince: threadstest.SinceExclusive}},
		"a field refused": {plan: []threadstest.Rule{{Op: threadstest.OpList, Times: 2, Action: threadstest.Error(400, 100, 0, "Tried accessing nonexisting field")}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.knobs.PublishedStatusTTL = threadstest.StatusGone // the list is the only witness
			bubble(t, threadstest.Options{Knobs: tt.knobs}, func(w *world) {
				p := w.began(w.prepared(newPost()))
				if _, err := w.client.Publish(w.t.Context(), p); err != nil {
					t.Fatal(err)
				}
				w.server.Plan(tt.plan...)
				s, err := w.client.Find(w.t.Context(), publisher.Query{Post: w.next(p, spool.Event{What: spool.Lapsed})})
				if posts := w.visible(1); err != nil || !s.Found || s.Receipt.ID != posts[0].ID {
					t.Errorf("got %+v, %v", s, err)
				}
			})
		})
	}
}

// TestFindTakesNoAnswerForNo: a list that cannot be read says nothing.
func TestFindTakesNoAnswerForNo(t *testing.T) {
	for _, a := range []threadstest.Action{
		threadstest.Status(200, "{}"), threadstest.Status(200, `{"data":null}`), threadstest.Garbage(), threadstest.Truncated(), threadstest.DropBefore(),
		threadstest.Status(500, ""), threadstest.Error(400, 100, 0, "no"), threadstest.Error(400, 190, 463, "no"), threadstest.Throttle(nil),
	} {
		bubble(t, threadstest.Options{}, func(w *world) {
			p := w.next(w.began(w.prepared(newPost())), spool.Event{What: spool.Lapsed})
			w.server.Plan(threadstest.Rule{Op: threadstest.OpList, Action: a})
			if s, err := w.client.Find(w.t.Context(), publisher.Query{Post: p}); err == nil {
				t.Errorf("%s %d: got %+v, want an error", a.Do, a.Status, s)
			}
		})
	}
}

// TestFindOnABusyProfile: a list that does not reach back far enough proves
// nothing, and what is in it is found all the same.
func TestFindOnABusyProfile(t *testing.T) {
	crowd := func(w *world) {
		for i := range 600 {
			w.server.AddManualPost(testUser, fmt.Sprintf("by hand %d", i), "")
		}
	}
	k := threadstest.Knobs{PublishedStatusTTL: threadstest.StatusGone, Quota: 10000}
	bubble(t, threadstest.Options{Knobs: k}, func(w *world) {
		p := w.began(w.prepared(newPost()))
		if _, err := w.client.Publish(w.t.Context(), p); err != nil {
			t.Fatal(err)
		}
		pause(time.Second)
		crowd(w)
		pause(2 * time.Minute)
		if s, err := w.client.Find(w.t.Context(), publisher.Query{Post: w.next(p, spool.Event{What: spool.Lapsed})}); err == nil {
			t.Errorf("got %+v, want an error", s)
		}
	})
	bubble(t, threadstest.Options{Knobs: k}, func(w *world) {
		p := w.began(w.prepared(newPost()))
		crowd(w)
		pause(time.Second)
		w.server.Plan(onPublish(threadstest.CommitThenDrop()))
		_, err := w.client.Publish(w.t.Context(), p)
		p = w.next(p, spool.Event{What: spool.Refused, Failure: w.failure(err)})
		if s, err := w.client.Find(w.t.Context(), publisher.Query{Post: p}); err != nil || !s.Found {
			t.Errorf("got %+v, %v; want it found", s, err)
		}
		p.State = spool.Live
		if s, err := w.client.Find(w.t.Context(), publisher.Query{Post: p}); err != nil || !s.Found {
			t.Errorf("checked again: %+v, %v; want it found", s, err)
		}
	})
}

// dated gives answers the date of a clock that differs from ours.
type dated struct {
	http.RoundTripper
	skew time.Duration
}

func (d dated) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := d.RoundTripper.RoundTrip(r)
	if err == nil {
		resp.Header.Set("Date", time.Now().Add(d.skew).UTC().Format(http.TimeFormat))
	}
	return resp, err
}

// TestClocksDiffer: the network's clock is far from ours, either way.
func TestClocksDiffer(t *testing.T) {
	for _, skew := range []time.Duration{-time.Hour, -10 * time.Minute, 10 * time.Minute, time.Hour} {
		bubble(t, threadstest.Options{Knobs: threadstest.Knobs{PublishedStatusTTL: threadstest.StatusGone}}, func(w *world) {
			s := threadstest.New(threadstest.Options{
				Now:   func() time.Time { return time.Now().Add(skew) },
				Knobs: threadstest.Knobs{PublishedStatusTTL: threadstest.StatusGone},
			})
			s.AddUser(testUser, testToken)
			w.server, w.client.caller.Transport = s, dated{s.Transport(), skew}
			s.Plan(onPublish(threadstest.CommitThenDrop()))
			if p := w.drive(newPost()); p.State != spool.Live || p.Receipt.ID == "" {
				t.Errorf("%v: the post is %s: %s", skew, p.State, p.Reason)
			}
			w.visible(1)
		})
	}
}

// TestOverHTTP is the same client over a real connection, where Go's own
// transport would like to help.
func TestOverHTTP(t *testing.T) {
	for _, a := range []threadstest.Action{
		threadstest.DropBefore(), threadstest.CommitThenDrop(), threadstest.Truncated(), threadstest.Garbage(), threadstest.CommitThenStatus(503, ""),
	} {
		t.Run(fmt.Sprint(a.Do, a.Effect), func(t *testing.T) {
			w := newWorld(t, threadstest.Options{})
			s := httptest.NewServer(w.server)
			defer s.Close()
			transport := publisher.NewTransport()
			defer transport.CloseIdleConnections()
			w.client.o.BaseURL, w.client.caller.Transport = s.URL, transport
			p := newPost()
			for !p.Draft.Ready { // without the pauses: the stand-in needs none
				d, err := w.client.Prepare(t.Context(), p)
				if err != nil {
					t.Fatal(err)
				}
				p = w.next(p, spool.Event{What: spool.Prepared, Draft: &d})
			}
			w.server.Plan(onPublish(a))
			_, err := w.client.Publish(t.Context(), w.began(p))
			want := 0
			if a.Effect {
				want = 1
			} else if w.failure(err).Kind != spool.Unsure {
				t.Errorf("got %v, want unsure", err)
			}
			if w.visible(want); w.writes() != 1 || want == 1 && err != nil {
				t.Errorf("%d publishes, %v", w.writes(), err)
			}
		})
	}
}

func TestRetire(t *testing.T) {
	n := notes{Version: 1, ID: "0", Made: 1, Polls: 2, Sent: 3, Refused: 4, Barred: 1, Unknown: true, Live: true, Seen: 7, Created: 2, ReplyTo: "9", Lost: []int{0}, Children: []child{{Of: 1, ID: "5", Tries: 2}}}
	for i := range 20 {
		n.ID = fmt.Sprint(i)
		n.retire("EXPIRED", time.Unix(100, 0))
	}
	if d := n.afresh(time.Unix(200, 0)); !strings.Contains(d.State, `"reply_to":"9"`) {
		t.Errorf("retried by a person it answers nothing any more: %s", d.State)
	}
	if n.Unknown || n.Live || n.ID != "" || n.Made+int64(n.Polls+n.Sent+n.Refused+n.Barred) != 0 {
		t.Errorf("something of the old container is left: %+v", n)
	}
	if n.Seen != 7 || n.Created != 2 || n.ReplyTo != "9" || len(n.Lost) != 1 || n.Children[0] != (child{Of: 1, Tries: 2}) {
		t.Errorf("something of the post is lost: %+v", n)
	}
	if len(n.Retired) != maxRetired || n.Retired[maxRetired-1].ID != "19" {
		t.Errorf("retired: %+v", n.Retired)
	}
}

// TestForeignNotes: what cannot be read is never taken for "nothing was sent".
func TestForeignNotes(t *testing.T) {
	bubble(t, threadstest.Options{}, func(w *world) {
		for _, state := range []string{"{", `{"v":2,"id":"1"}`, "[]", `"x"`} {
			p := newPost()
			p.Draft = spool.Draft{State: state, Ready: true}
			p.State, p.Attempts = spool.Doubt, 1
			if _, err := w.client.Publish(w.t.Context(), p); w.failure(err).Kind != spool.Unsure {
				t.Errorf("Publish with %q: %v", state, err)
			}
			if _, err := w.client.Find(w.t.Context(), publisher.Query{Post: p}); w.failure(err).Kind != spool.Unsure {
				t.Errorf("Find with %q: %v", state, err)
			}
			if _, err := w.client.Prepare(w.t.Context(), p); w.failure(err).Kind != spool.Permanent {
				t.Errorf("Prepare with %q: %v", state, err)
			}
		}
		if n := len(w.server.Requests()); n != 0 {
			t.Errorf("%d requests", n)
		}
	})
}

// TestVanishedContainer: a refusal that looks certain, a container that cannot
// be read after it, and a list that shows nothing for as long as the grace time:
// the container may have been published, and is not replaced.
func TestVanishedContainer(t *testing.T) {
	k := threadstest.Knobs{PublishedStatusTTL: threadstest.StatusGone, ListLag: 12 * time.Minute, PublishLatency: time.Second}
	for _, body := range []string{threadstest.ErrorBody(24, 4279009, "no"), threadstest.ErrorBody(100, 0, "no"), threadstest.ErrorBody(4, 0, "no")} {
		bubble(t, threadstest.Options{Knobs: k}, func(w *world) {
			w.server.Plan(onPublish(threadstest.CommitThenStatus(400, body)))
			if p := w.drive(newPost()); p.State != spool.Live || p.Receipt.ID == "" {
				t.Errorf("the post is %s: %s", p.State, p.Reason)
			}
			w.visible(1)
		})
	}
}

// TestFlickeringContainer: a container that is out of sight for a moment after
// a refusal is published as soon as it is back, not after the grace time.
func TestFlickeringContainer(t *testing.T) {
	missing := threadstest.Error(400, 24, 4279009, "no")
	bubble(t, threadstest.Options{}, func(w *world) {
		w.server.Plan(onPublish(missing), threadstest.Rule{Op: threadstest.OpStatus, From: 2, Times: 3, Action: missing})
		begun := time.Now()
		if p := w.drive(newPost()); p.State != spool.Live || p.LiveAt.Sub(begun) > 2*time.Minute {
			t.Errorf("the post is %s after %v: %s\n%s", p.State, p.LiveAt.Sub(begun), p.Reason, w.story())
		}
		w.visible(1)
		if n := len(requests(w, threadstest.OpCreate)); n != 1 {
			t.Errorf("%d containers, want 1", n)
		}
	})
}

// TestMissingRight: code 10 was seen with a live post behind it, so the first
// one is a doubt; the second, after the grace time and without an effect, is
// what it says.
func TestMissingRight(t *testing.T) {
	bubble(t, threadstest.Options{}, func(w *world) {
		w.server.Plan(threadstest.Rule{Op: threadstest.OpPublish, Action: threadstest.Error(400, 10, 0, "no permission")})
		p := w.drive(newPost())
		if p.State != spool.Held || p.Hold != spool.HoldCredentials || p.Attempts != 2 {
			t.Errorf("the post is %s (%s) after %d attempts: %s", p.State, p.Hold, p.Attempts, p.Reason)
		}
		w.server.Plan()
		if p = w.drive(w.next(p, spool.Event{What: spool.Resumed})); p.State != spool.Live {
			t.Errorf("with the right the post is %s: %s", p.State, p.Reason)
		}
		w.visible(1)
	})
}
