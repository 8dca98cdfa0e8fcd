package threads

import (
	"slices"
	"strings"
	"testing"
	"time"

	"spool/publisher"
	"spool/publisher/publishertest"
	"spool/publisher/threads/threadstest"
)

func TestSuite(t *testing.T) {
	publishertest.Run(t, func(t *testing.T) publishertest.Account {
		refuse := false
		o := threadstest.Options{ImageStatus: func(string) string {
			if refuse {
				refuse = false
				return "UNKNOWN"
			}
			return ""
		}}
		w, wire := newWiredWorld(t, o)
		return publishertest.Account{
			Publisher: w.client, Writes: w.writes, Visible: w.seen, Link: true, Text: TextLimits(), Wire: wire,
			Reopen:  func() publisher.Publisher { return w.reopen(wire) },
			Secrets: []string{testToken}, Log: w.logs.String, Violations: w.wrongs, Count: threadstest.LengthEmojiBytes.Length,
			Break:         func(f publishertest.Fault) bool { return w.breakNext(threadstest.OpPublish, f) },
			BreakChange:   func(f publishertest.Fault) bool { return w.breakNext(threadstest.OpDelete, f) },
			BreakLook:     func(f publishertest.Fault) bool { return w.breakNext(threadstest.OpMedia, f) },
			Remove:        func(id string) { w.server.DeletePost(id) },
			RefusePicture: func() { refuse = true },
		}
	})
}

// newWiredWorld is a world with the suite's wire between client and stand-in.
func newWiredWorld(t *testing.T, o threadstest.Options) (*world, *publishertest.Wire) {
	t.Helper()
	w := newWorld(t, o)
	wire := publishertest.NewWire(w.server.Transport())
	w.client.caller.Transport = wire
	return w, wire
}

// wrongs are the stand-in's complaints. The suite posts some words twice, each
// time as another post.
func (w *world) wrongs() []string {
	return slices.DeleteFunc(w.server.Violations(), func(v string) bool {
		return strings.Contains(v, "was published with the words")
	})
}

// writes counts the requests that could make something visible.
func (w *world) writes() int {
	n := 0
	for _, r := range w.server.Requests() {
		if r.Op == threadstest.OpPublish {
			n++
		}
	}
	return n
}

func (w *world) seen() []publishertest.Seen {
	var all []publishertest.Seen
	for _, p := range w.server.Visible(testUser) {
		seen := publishertest.Seen{ID: p.ID, Text: p.Text, Link: p.Link, ReplyTo: p.ReplyTo}
		for _, m := range p.Media {
			seen.Media = append(seen.Media, publishertest.SeenMedia{Alt: m.Alt, URL: m.URL})
		}
		all = append(all, seen)
	}
	slices.Reverse(all)
	return all
}

func (w *world) breakNext(op threadstest.Op, f publishertest.Fault) bool {
	redirect := threadstest.Status(302, "")
	redirect.Headers = map[string]string{"Location": "https://elsewhere.example/publish"}
	actions := map[publishertest.Fault]threadstest.Action{
		publishertest.NotSent: threadstest.Refuse(), publishertest.CutBefore: threadstest.DropBefore(),
		publishertest.CutAfter: threadstest.CommitThenDrop(), publishertest.HangBefore: threadstest.Hang(),
		publishertest.HangAfter: threadstest.CommitThenHang(), publishertest.ErrorBefore: threadstest.Status(500, ""),
		publishertest.ErrorAfter: threadstest.CommitThenStatus(500, ""), publishertest.Garbage: threadstest.Garbage(),
		publishertest.Truncated: threadstest.Truncated(), publishertest.Late: threadstest.CommitLate(2 * time.Minute),
		publishertest.Throttled:  threadstest.Throttle(map[string]string{"Retry-After": "90"}),
		publishertest.Redirected: redirect,
		publishertest.Invalid:    threadstest.Error(400, 100, 0, "Param creation_id is invalid"),
	}
	if f == publishertest.Revoked {
		w.server.Revoke(testToken, 190, 460)
		return true
	}
	a, ok := actions[f]
	w.server.Plan(threadstest.Rule{Op: op, Times: 1, Action: a})
	return ok
}

// reopen is a client as the next process would make it.
func (w *world) reopen(wire *publishertest.Wire) *Client {
	w.t.Helper()
	client, err := New(w.client.o)
	if err != nil {
		w.t.Fatal(err)
	}
	client.caller.Transport = wire
	w.client = client
	return client
}
