package webhook

import (
	"bytes"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"spool/publisher"
	"spool/publisher/publishertest"
	"spool/publisher/webhook/webhooktest"
)

const (
	testUser   = "intranet"
	testSecret = "whsec_c3Bvb2wgc3BlYWtzIHRvIGl0cyBvd24gaG91c2Uh"
	nextSecret = "whsec_dGhlIHNlY3JldCB0aGF0IGNvbWVzIGFmdGVyIGl0IQ=="
)

// A world is a hook on a stand-in and a client of it.
type world struct {
	t      *testing.T
	format Format
	server *webhooktest.Server
	wire   *publishertest.Wire
	client publisher.Publisher
	logs   *syncBuffer
}

func newWorld(t *testing.T, format Format, knobs webhooktest.Knobs) *world {
	t.Helper()
	w := &world{t: t, format: format, logs: &syncBuffer{}, server: webhooktest.New(webhooktest.Options{Now: time.Now, Knobs: knobs})}
	w.server.AddHook(testUser, string(format), testSecret)
	w.wire = publishertest.NewWire(w.server.Transport())
	w.client = w.open(testSecret)
	return w
}

func (w *world) open(secret string) publisher.Publisher {
	w.t.Helper()
	c, err := New(Options{
		Account: "intranet", URL: "https://hooks.example.org" + w.server.Path(testUser), Format: w.format, Secret: secret,
		Transport: w.wire, Now: time.Now, Log: slog.New(slog.NewTextHandler(w.logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func TestSuite(t *testing.T) {
	for _, format := range Formats() {
		t.Run(string(format), func(t *testing.T) {
			publishertest.Run(t, func(t *testing.T) publishertest.Account {
				return newWorld(t, format, webhooktest.Knobs{}).account()
			})
		})
	}
}

// TestSuiteAtAllKnobs runs the suite with each setting of the stand-in.
func TestSuiteAtAllKnobs(t *testing.T) {
	for _, knob := range webhooktest.AllKnobs() {
		for _, value := range knob.Values[1:] {
			if value == "2m0s" {
				continue // longer than a client waits: TestSlowReceiver
			}
			t.Run(knob.Name+"="+value, func(t *testing.T) {
				publishertest.Run(t, func(t *testing.T) publishertest.Account {
					var k webhooktest.Knobs
					if err := k.Set(knob.Name, value); err != nil {
						t.Fatal(err)
					}
					a := newWorld(t, JSON, k).account()
					a.Nowhere = k.Answer != "" && k.Answer != webhooktest.AnswerFull
					if k.Latency > 0 {
						a.Wire = nil // its real connections would make people wait
					}
					return a
				})
			})
		}
	}
}

func (w *world) account() publishertest.Account {
	a := publishertest.Account{
		Publisher: w.client, Break: w.breakNext(webhooktest.OpPublish), Writes: w.writes, Visible: w.seen,
		Secrets: []string{testSecret, testSecret[6:]}, Log: w.logs.String,
		Link: w.format == JSON, Text: TextLimits(w.format), Wire: w.wire, Violations: w.server.Violations,
		Reopen: func() publisher.Publisher { return w.open(testSecret) }, Warns: w.format == JSON,
		Again: w.format == JSON, Blind: w.format != JSON, Nowhere: w.format != JSON,
	}
	switch w.format {
	case JSON:
		a.BreakChange = func(f publishertest.Fault) bool { return w.breakNext("")(f) }
		a.Count = func(s string) int { return len([]rune(s)) }
	case Slack:
		a.Count = webhooktest.SlackLength
	}
	if w.format != JSON {
		a.Secrets = append(a.Secrets, w.server.Path(testUser), w.server.Path(testUser)[len(w.server.Path(testUser))-24:])
	}
	return a
}

// writes counts the messages that could make something visible.
func (w *world) writes() int {
	n := 0
	for _, r := range w.server.Requests() {
		if r.Op == webhooktest.OpPublish {
			n++
		}
	}
	return n
}

func (w *world) seen() []publishertest.Seen {
	var all []publishertest.Seen
	for _, p := range w.server.Visible(testUser) {
		s := publishertest.Seen{ID: p.ID, Text: p.Text, Link: p.Link, ReplyTo: p.ReplyTo, Root: p.Root, Warning: p.Warning}
		for _, m := range p.Media {
			s.Media = append(s.Media, publishertest.SeenMedia{Alt: m.Alt, URL: m.URL})
		}
		all = append(all, s)
	}
	slices.Reverse(all)
	return all
}

func (w *world) breakNext(op webhooktest.Op) func(publishertest.Fault) bool {
	return func(f publishertest.Fault) bool {
		redirect := webhooktest.Status(302, "")
		redirect.Headers = map[string]string{"Location": "https://elsewhere.example/hook"}
		actions := map[publishertest.Fault]webhooktest.Action{
			publishertest.NotSent: webhooktest.Refuse(), publishertest.CutBefore: webhooktest.DropBefore(),
			publishertest.CutAfter: webhooktest.CommitThenDrop(), publishertest.HangBefore: webhooktest.Hang(),
			publishertest.HangAfter: webhooktest.CommitThenHang(), publishertest.ErrorBefore: webhooktest.Status(500, ""),
			publishertest.ErrorAfter: webhooktest.CommitThenStatus(500, ""), publishertest.Garbage: webhooktest.Garbage(),
			publishertest.Truncated: webhooktest.Truncated(), publishertest.Late: webhooktest.CommitLate(2 * time.Minute),
			publishertest.Throttled:  webhooktest.Throttle(map[string]string{"Retry-After": "90"}),
			publishertest.Redirected: redirect,
			publishertest.Invalid:    webhooktest.Status(422, "no such section"),
		}
		if f == publishertest.Revoked {
			w.server.SetSecrets(testUser, nextSecret)
			return true
		}
		a, ok := actions[f]
		w.server.Plan(webhooktest.Rule{Op: op, Times: 1, Action: a})
		return ok
	}
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
