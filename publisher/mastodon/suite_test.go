package mastodon

import (
	"slices"
	"strings"
	"testing"
	"time"

	"spool/publisher"
	"spool/publisher/mastodon/mastodontest"
	"spool/publisher/publishertest"
)

func TestSuite(t *testing.T) {
	publishertest.Run(t, func(t *testing.T) publishertest.Account {
		return newAccount(t, mastodontest.Options{})
	})
}

// TestSuiteOnGoToSocial: another server, which ignores idempotency keys.
func TestSuiteOnGoToSocial(t *testing.T) {
	publishertest.Run(t, func(t *testing.T) publishertest.Account {
		a := newAccount(t, mastodontest.Options{Knobs: mastodontest.Knobs{Software: mastodontest.GoToSocial}})
		a.Count = nil // nobody has learned its limits yet: those of Mastodon are narrower
		return a
	})
}

// newAccount is an account for the suite.
func newAccount(t *testing.T, o mastodontest.Options) publishertest.Account {
	t.Helper()
	refuse := false
	o.MediaStatus = func(string, []byte) string {
		if refuse {
			refuse = false
			return "File content type is invalid, File is invalid"
		}
		return ""
	}
	w, wire := newWiredWorld(t, o)
	files := publishertest.NewFiles()
	w.client.o.Files = files
	return publishertest.Account{
		Publisher: w.client, Writes: w.writes, Visible: w.seen, Text: TextLimits(), Wire: wire, Files: files, Warns: true,
		Reopen:  func() publisher.Publisher { return w.reopen(wire) },
		Secrets: []string{testToken}, Log: w.logs.String, Violations: w.wrongs,
		Count:         func(text string) int { return mastodontest.Count(text, defaultReserved) },
		Break:         func(f publishertest.Fault) bool { return w.breakNext(f, mastodontest.OpPost) },
		BreakChange:   func(f publishertest.Fault) bool { return w.breakNext(f, mastodontest.OpEdit, mastodontest.OpDelete) },
		BreakLook:     func(f publishertest.Fault) bool { return w.breakNext(f, mastodontest.OpGet) },
		Remove:        func(id string) { w.server.DeletePost(id) },
		RefusePicture: func() { refuse = true },
	}
}

// newWiredWorld is a world with the suite's wire between client and stand-in.
func newWiredWorld(t *testing.T, o mastodontest.Options) (*world, *publishertest.Wire) {
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
		return strings.Contains(v, "was made with the words")
	})
}

// writes counts the requests that could make something visible.
func (w *world) writes() int {
	n := 0
	for _, r := range w.server.Requests() {
		if r.Op == mastodontest.OpPost {
			n++
		}
	}
	return n
}

func (w *world) seen() []publishertest.Seen {
	var all []publishertest.Seen
	for _, p := range w.server.Visible(testUser) {
		seen := publishertest.Seen{ID: p.ID, Text: p.Text, ReplyTo: p.ReplyTo, Warning: p.Warning}
		for _, m := range p.Media {
			seen.Media = append(seen.Media, publishertest.SeenMedia{Alt: m.Alt, Data: w.server.File(m.ID)})
		}
		all = append(all, seen)
	}
	slices.Reverse(all)
	return all
}

func (w *world) breakNext(f publishertest.Fault, ops ...mastodontest.Op) bool {
	redirect := mastodontest.Status(302, "")
	redirect.Headers = map[string]string{"Location": "https://elsewhere.example/api/v1/statuses"}
	actions := map[publishertest.Fault]mastodontest.Action{
		publishertest.NotSent: mastodontest.Refuse(), publishertest.CutBefore: mastodontest.DropBefore(),
		publishertest.CutAfter: mastodontest.CommitThenDrop(), publishertest.HangBefore: mastodontest.Hang(),
		publishertest.HangAfter: mastodontest.CommitThenHang(), publishertest.ErrorBefore: mastodontest.Status(500, ""),
		publishertest.ErrorAfter: mastodontest.CommitThenStatus(500, ""), publishertest.Garbage: mastodontest.Garbage(),
		publishertest.Truncated: mastodontest.Truncated(), publishertest.Late: mastodontest.CommitLate(2 * time.Minute),
		publishertest.Throttled:  mastodontest.Throttle(90 * time.Second),
		publishertest.Redirected: redirect,
		publishertest.Invalid:    mastodontest.Error(422, "Validation failed: Text is not what this instance wants"),
	}
	if f == publishertest.Revoked {
		w.server.Revoke(testToken, true)
		return true
	}
	a, ok := actions[f]
	var rules []mastodontest.Rule
	for _, op := range ops {
		rules = append(rules, mastodontest.Rule{Op: op, Times: 1, Action: a})
	}
	w.server.Plan(rules...)
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
