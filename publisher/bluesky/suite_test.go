package bluesky

import (
	"slices"
	"strings"
	"testing"
	"time"

	"spool/publisher"
	"spool/publisher/bluesky/blueskytest"
	"spool/publisher/publishertest"
)

func TestSuite(t *testing.T) {
	publishertest.Run(t, func(t *testing.T) publishertest.Account {
		w := newWorld(t, blueskytest.Options{})
		wire, files := publishertest.NewWire(w.server.Transport()), publishertest.NewFiles()
		w.opts.Transport, w.opts.Files = wire, files
		w.open()
		w.keep() // an account that has been at work
		return publishertest.Account{
			Publisher: w.client, Writes: w.writes, Visible: w.seen, Link: true, Again: true,
			Text: TextLimits(), Count: blueskytest.Graphemes, Wire: wire, Violations: w.wrongs, Files: files,
			Reopen: func() publisher.Publisher {
				w.open()
				return w.client
			},
			Secrets: []string{testPassword, "eyJ"}, Log: w.logs.String, // every token begins so
			Break:       func(f publishertest.Fault) bool { return w.breakNext(blueskytest.OpPut, f) },
			BreakChange: func(f publishertest.Fault) bool { return w.breakNext(blueskytest.OpDelete, f) },
			BreakLook:   func(f publishertest.Fault) bool { return w.breakNext(blueskytest.OpGet, f) },
			Remove:      func(id string) { w.server.DeletePost(id) },
			RefusePicture: func() {
				w.server.Plan(blueskytest.Rule{
					Op: blueskytest.OpUpload, Times: 1, Action: blueskytest.Error(400, "InvalidMimeType", "Not an image"),
				})
			},
		}
	})
}

// wrongs are the stand-in's complaints. The suite posts some words twice, each
// time as another post.
func (w *world) wrongs() []string {
	return slices.DeleteFunc(w.server.Violations(), func(v string) bool {
		return strings.Contains(v, "a second post with the words")
	})
}

// writes counts the requests that could make something visible.
func (w *world) writes() int { return w.count(blueskytest.OpPut) }

func (w *world) count(op blueskytest.Op) int {
	n := 0
	for _, r := range w.server.Requests() {
		if r.Op == op {
			n++
		}
	}
	return n
}

func (w *world) seen() []publishertest.Seen {
	var all []publishertest.Seen
	for _, p := range w.server.Visible(testUser) {
		seen := publishertest.Seen{ID: p.ID, Text: p.Text, Link: p.Link, ReplyTo: p.ReplyTo, Root: p.Root}
		for _, m := range p.Pictures {
			data, _, _ := w.server.Blob(m.CID)
			seen.Media = append(seen.Media, publishertest.SeenMedia{Alt: m.Alt, Data: data})
		}
		all = append(all, seen)
	}
	slices.Reverse(all)
	return all
}

func (w *world) breakNext(op blueskytest.Op, f publishertest.Fault) bool {
	redirect := blueskytest.Status(302, "")
	redirect.Headers = map[string]string{"Location": "https://elsewhere.example/publish"}
	actions := map[publishertest.Fault]blueskytest.Action{
		publishertest.NotSent: blueskytest.Refuse(), publishertest.CutBefore: blueskytest.DropBefore(),
		publishertest.CutAfter: blueskytest.CommitThenDrop(), publishertest.HangBefore: blueskytest.Hang(),
		publishertest.HangAfter: blueskytest.CommitThenHang(), publishertest.ErrorBefore: blueskytest.Status(500, ""),
		publishertest.ErrorAfter: blueskytest.CommitThenStatus(500, ""), publishertest.Garbage: blueskytest.Garbage(),
		publishertest.Truncated: blueskytest.Truncated(), publishertest.Late: blueskytest.CommitLate(2 * time.Minute),
		publishertest.Throttled:  blueskytest.Throttle(map[string]string{"Retry-After": "90"}),
		publishertest.Redirected: redirect,
		publishertest.Invalid:    blueskytest.Error(400, "InvalidRequest", "Invalid app.bsky.feed.post record"),
	}
	if f == publishertest.Revoked {
		w.server.Revoke(testUser)
		return true
	}
	a, ok := actions[f]
	w.server.Plan(blueskytest.Rule{Op: op, Times: 1, Action: a})
	return ok
}
