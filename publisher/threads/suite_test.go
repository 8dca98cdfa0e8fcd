package threads

import (
	"slices"
	"testing"
	"time"

	"spool/publisher/publishertest"
	"spool/publisher/threads/threadstest"
)

func TestSuite(t *testing.T) {
	publishertest.Run(t, func(t *testing.T) publishertest.Account {
		w := newWorld(t, threadstest.Options{})
		return publishertest.Account{
			Publisher: w.client, Break: w.breakNext, Writes: w.writes, Visible: w.seen,
			Secrets: []string{testToken}, Log: w.logs.String, Link: true,
		}
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
		all = append(all, publishertest.Seen{ID: p.ID, Text: p.Text, Link: p.Link})
	}
	slices.Reverse(all)
	return all
}

func (w *world) breakNext(f publishertest.Fault) bool {
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
	w.server.Plan(threadstest.Rule{Op: threadstest.OpPublish, Times: 1, Action: a})
	return ok
}
