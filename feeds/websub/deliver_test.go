package websub_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"spool"
	"spool/feeds/websub"
	"spool/feeds/websub/websubtest"
)

func TestSignatures(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.subscribed()
		polls := 0
		for how, valid := range map[string]bool{
			"": true, "sha1": true, "sha256": true, "sha384": true, "sha512": true,
			"none": false, "wrong": false, "short": false, "garbage": false,
		} {
			r.hub.Behave(websubtest.Manners{Sign: how})
			r.hub.Publish(topicURL, []byte("<feed>"+how+"</feed>"))
			wait(time.Second)
			if valid {
				polls++
			}
			if got := r.poller.polls(); got != polls {
				t.Errorf("signed with %q: %d polls, want %d", how, got, polls)
			}
		}
		for _, d := range r.hub.Deliveries() {
			if d.Kind == "push" && d.Status != http.StatusAccepted {
				t.Errorf("a push is answered with %d, which tells whether its signature is right", d.Status)
			}
		}
		if s := r.current(); s.Pushes != 5 || s.Ignored != 4 || time.Since(s.LastPush) > time.Minute {
			t.Errorf("%d pushes and %d ignored, the last at %v", s.Pushes, s.Ignored, s.LastPush)
		}
	})
}

// The signature is of the bytes: one that was right for other ones is wrong.
func TestASignatureOfAnotherBody(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		s := r.subscribed()
		r.hub.Push(callback(s), websubtest.Sign("sha256", s.Secret, []byte("one")), []byte("two"))
		r.hub.Push(callback(s), strings.ToUpper(websubtest.Sign("sha1", s.Secret, []byte("two"))), []byte("two"))
		wait(time.Second)
		if n := r.poller.polls(); n != 1 {
			t.Errorf("%d polls, want one, for digits in capitals", n)
		}
	})
}

func TestPushesWhileAskingAndAfterALease(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		s := r.subscribed()
		r.hub.Behave(websubtest.Manners{Status: 503})
		wait(12 * 24 * time.Hour)
		r.want(spool.Pending)
		r.hub.Push(callback(s), websubtest.Sign("sha512", s.Secret, nil), nil)
		wait(time.Second)
		if r.poller.polls() != 1 {
			t.Error("a good push was not welcome, because it came late")
		}
	})
}

func TestUnknownCallbacks(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		s := r.subscribed()
		for _, id := range []string{"", "x", strings.Repeat("A", 43), s.ID[:42], s.ID + "A", "%2e%2e", strings.Repeat("A", 9000)} {
			if n := r.hub.Push(s.Callback+id, "", []byte("x")); n != http.StatusGone {
				t.Errorf("a push to %.10q is answered with %d", id, n)
			}
			if n, _ := r.hub.Ask(s.Callback+id, nil); n != http.StatusNotFound {
				t.Errorf("a question to %.10q is answered with %d", id, n)
			}
		}
		r.want(spool.Active)
	})
}

func TestHugePushes(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		s := r.subscribed()
		body := bytes.Repeat([]byte("x"), websub.MaxDelivery)
		if n := r.hub.Push(callback(s), websubtest.Sign("", s.Secret, body), body); n != http.StatusAccepted {
			t.Errorf("the largest push is answered with %d", n)
		}
		body = append(body, 'x')
		if n := r.hub.Push(callback(s), websubtest.Sign("", s.Secret, body), body); n != http.StatusRequestEntityTooLarge {
			t.Errorf("a larger one is answered with %d", n)
		}
		wait(time.Second)
		if n := r.poller.polls(); n != 1 {
			t.Errorf("%d polls", n)
		}
	})
}

// Many slow pushes at once are turned away, those for other feeds are not, and
// the service goes on after them.
func TestTooManyPushesAtOnce(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		s := r.subscribed()
		r.sections(1)
		r.names("section-0", hubURL, topicURL+"?other")
		var other spool.Subscription
		for _, o := range r.all() {
			if o.Feed == "section-0" && o.Standing == spool.Active {
				other = o
			}
		}
		path := "/websub/" + s.ID
		var writers []*io.PipeWriter
		var answers []*httptest.ResponseRecorder
		for range 40 {
			body, w := io.Pipe()
			answer := httptest.NewRecorder()
			writers, answers = append(writers, w), append(answers, answer)
			go r.ServeHTTP(answer, httptest.NewRequest(http.MethodPost, path, body))
		}
		synctest.Wait()
		busy := 0
		for _, a := range answers {
			if a.Code == http.StatusServiceUnavailable && a.Header().Get("Retry-After") != "" {
				busy++
			}
		}
		if busy != 32 {
			t.Errorf("%d of 40 were turned away, want 32", busy)
		}
		if n := r.hub.Push(callback(other), websubtest.Sign("sha256", other.Secret, nil), nil); n != http.StatusAccepted {
			t.Errorf("meanwhile a push for another feed is answered with %d", n)
		}
		for _, w := range writers {
			_ = w.CloseWithError(io.ErrUnexpectedEOF)
		}
		synctest.Wait()
		if n := r.hub.Push(callback(s), websubtest.Sign("", s.Secret, nil), nil); n != http.StatusAccepted {
			t.Errorf("afterwards a push is answered with %d", n)
		}
		wait(time.Second)
	})
}

// A storm of good pushes is a few polls.
func TestAStormOfPushes(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		s := r.subscribed()
		for range 500 {
			r.hub.Push(callback(s), websubtest.Sign("", s.Secret, nil), nil)
			time.Sleep(2 * time.Millisecond)
		}
		wait(time.Second)
		if n := r.poller.polls(); n < 5 || n > 15 {
			t.Errorf("500 pushes within a second asked for %d polls", n)
		}
		if s := r.current(); s.Pushes != 500 {
			t.Errorf("%d are counted", s.Pushes)
		}
	})
}

func TestOtherMethods(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		s := r.subscribed()
		for _, method := range []string{"PUT", "DELETE", "HEAD", "OPTIONS"} {
			w := httptest.NewRecorder()
			r.ServeHTTP(w, httptest.NewRequest(method, "/websub/"+s.ID, nil))
			if w.Code != http.StatusMethodNotAllowed {
				t.Errorf("%s is answered with %d", method, w.Code)
			}
		}
	})
}
