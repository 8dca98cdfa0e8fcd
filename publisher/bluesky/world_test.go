package bluesky

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"spool"
	"spool/publisher"
	"spool/publisher/bluesky/blueskytest"
)

const (
	testUser     = "courier.example.org"
	testPassword = "abcd-efgh-ijkl-mnop"
	testLink     = "https://news.example.org/2026/bridge-reopens"
	testText     = "Old bridge reopens after two years\n\nTraffic is back to two lanes in each direction."
)

// A world is an account on a stand-in, a client of it, and a scheduler in
// miniature that moves one post by spool.Next. It lives in a bubble of
// testing/synctest, whose clock it goes by.
type world struct {
	t      *testing.T
	server *blueskytest.Server
	client *Client
	tokens *memTokens
	memory *memFacts
	files  memFiles
	opts   Options
	logs   *syncBuffer

	rules  spool.Rules
	reply  spool.Reply // what the post answers: the scheduler fills it in when it is sent, and nobody saves it
	bound  map[string]bool
	shared bool
	crash  map[int]bool // attempts whose outcome is lost, from 1
	past   []string     // what happened, for messages
	looks  []publisher.Sighting
}

func newWorld(t *testing.T, o blueskytest.Options) *world {
	t.Helper()
	w := &world{
		t: t, tokens: &memTokens{}, memory: &memFacts{}, files: memFiles{}, logs: &syncBuffer{},
		bound: map[string]bool{}, crash: map[int]bool{}, rules: spool.Rules{Grace: 10 * time.Minute},
	}
	o.Now = time.Now
	w.server = blueskytest.New(o)
	w.server.AddUser(testUser, testPassword)
	w.opts = Options{
		Account: "city-desk", Handle: testUser, AppPassword: testPassword, BaseURL: "https://pds.example",
		Transport: w.server.Transport(), Tokens: w.tokens, Memory: w.memory, Files: w.files, Now: time.Now,
		Log: slog.New(slog.NewTextHandler(w.logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	w.open()
	return w
}

// open makes a client anew, as a process that starts does.
func (w *world) open() {
	w.t.Helper()
	client, err := New(w.opts)
	if err != nil {
		w.t.Fatal(err)
	}
	w.client = client
}

// keep looks after the session, which has to succeed.
func (w *world) keep() publisher.Credential {
	w.t.Helper()
	got, err := w.client.Keep(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return got
}

func newPost() spool.Post {
	now := time.Now()
	return spool.Post{
		ID: "p1", Account: "city-desk", State: spool.Waiting, Created: now, NotBefore: now,
		Content: spool.Content{Text: testText, Link: testLink, Card: spool.Card{Title: "Old bridge reopens", Description: "After two years."}},
	}
}

// pause waits on the bubble's clock.
func pause(d time.Duration) {
	if d > 0 {
		<-time.After(d)
	}
}

// drive moves the post until it is final or held, or for two days.
func (w *world) drive(p spool.Post) spool.Post {
	w.t.Helper()
	end := time.Now().Add(48 * time.Hour)
	for time.Now().Before(end) {
		if p.State != spool.Waiting && p.State != spool.Doubt {
			return p
		}
		pause(time.Until(p.NotBefore))
		if p.State == spool.Waiting {
			p = w.send(p)
		} else {
			p = w.look(p)
		}
	}
	w.t.Fatalf("the post came to no end within two days; it is %s: %s\n%s", p.State, p.Reason, w.story())
	return p
}

func (w *world) send(p spool.Post) spool.Post {
	p.Reply = w.reply
	if !p.Draft.Ready {
		d, err := w.client.Prepare(w.t.Context(), p)
		if err != nil {
			return w.next(p, spool.Event{What: spool.Refused, Failure: w.failure(err)})
		}
		return w.next(p, spool.Event{What: spool.Prepared, Draft: &d})
	}
	p = w.next(p, spool.Event{What: spool.Began})
	r, err := w.client.Publish(w.t.Context(), p)
	switch {
	case w.crash[p.Attempts]:
		return w.next(p, spool.Event{What: spool.Lapsed})
	case err != nil:
		return w.next(p, spool.Event{What: spool.Refused, Failure: w.failure(err)})
	}
	return w.next(p, spool.Event{What: spool.Delivered, Receipt: r})
}

func (w *world) look(p spool.Post) spool.Post {
	s, err := w.client.Find(w.t.Context(), publisher.Query{Post: p, Taken: maps.Clone(w.bound), LinkShared: w.shared})
	w.looks = append(w.looks, s)
	switch {
	case err != nil:
		f := w.failure(err)
		if f.Kind == spool.Credentials || f.Kind == spool.Throttled {
			p.NotBefore = time.Now().Add(max(f.Wait, time.Minute)) // the account rests; the post stays as it is
			return p
		}
		return w.next(p, spool.Event{What: spool.Unclear, Failure: f})
	case s.Found:
		return w.next(p, spool.Event{What: spool.Found, Receipt: s.Receipt})
	}
	return w.next(p, spool.Event{What: spool.Absent, Gone: s.Gone, Again: s.Again, Draft: s.Draft})
}

func (w *world) failure(err error) *spool.Failure {
	w.t.Helper()
	f, ok := err.(*spool.Failure)
	if !ok {
		w.t.Fatalf("the error is a %T: %v", err, err)
	}
	w.secret("an error", err.Error())
	return f
}

// next moves the post, and takes it through JSON as a database would.
func (w *world) next(p spool.Post, e spool.Event) spool.Post {
	w.t.Helper()
	step, err := spool.Next(p, e, w.rules, time.Now())
	if err != nil {
		w.t.Fatal(err)
	}
	w.past = append(w.past, time.Now().Format("15:04:05 ")+string(e.What)+" → "+string(step.Post.State)+" "+step.Change.Cause)
	b, err := json.Marshal(step.Post)
	if err != nil {
		w.t.Fatal(err)
	}
	var saved spool.Post
	if err := json.Unmarshal(b, &saved); err != nil {
		w.t.Fatal(err)
	}
	saved.Reply = spool.Reply{}
	return saved
}

func (w *world) story() string { return strings.Join(w.past, "\n") }

// secret fails the test when a text has the password or a token in it.
func (w *world) secret(where, text string) {
	w.t.Helper()
	for _, secret := range w.secrets() {
		if strings.Contains(text, secret) {
			w.t.Errorf("a secret is in %s", where)
		}
	}
}

func (w *world) secrets() []string {
	all := []string{testPassword}
	w.tokens.mu.Lock()
	defer w.tokens.mu.Unlock()
	for _, value := range w.tokens.all {
		var s session
		if json.Unmarshal([]byte(value), &s) == nil && s.Access != "" {
			all = append(all, s.Access, s.Refresh)
		}
	}
	return all
}

// visible asserts how many posts a reader sees, and that the stand-in saw
// nothing that a client must never do.
func (w *world) visible(n int) []blueskytest.Post {
	w.t.Helper()
	posts := w.server.Visible(testUser)
	if len(posts) != n {
		w.t.Errorf("a reader sees %d posts, want %d\n%s", len(posts), n, w.story())
	}
	for _, v := range w.server.Violations() {
		w.t.Errorf("violation: %s\n%s", v, w.story())
	}
	w.secret("the log", w.logs.String())
	for _, fact := range w.memory.facts {
		w.secret("the memory", fact)
	}
	return posts
}

// bubble runs a test on a clock of its own.
func bubble(t *testing.T, o blueskytest.Options, f func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f(newWorld(t, o))
	})
}

type memTokens struct {
	mu     sync.Mutex
	token  publisher.Token
	fails  error // of Replace
	broken error // of Token
	swaps  int
	all    []string // values that were ever stored
}

func (m *memTokens) Token(context.Context) (publisher.Token, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.token, m.broken
}

func (m *memTokens) Replace(_ context.Context, old, new publisher.Token) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fails != nil {
		return m.fails
	}
	if m.token.Value != old.Value {
		return spool.ErrConflict
	}
	m.token = new
	m.all = append(m.all, new.Value)
	m.swaps++
	return nil
}

type memFacts struct {
	mu    sync.Mutex
	facts map[string]string
}

func (m *memFacts) Recall(_ context.Context, key string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.facts[key], nil
}

func (m *memFacts) Remember(_ context.Context, key, value string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.facts == nil {
		m.facts = map[string]string{}
	}
	m.facts[key] = value
	return nil
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

// memFiles are pictures by name.
type memFiles map[string][]byte

func (m memFiles) File(_ context.Context, name string) ([]byte, string, error) {
	data, ok := m[name]
	if !ok {
		return nil, "", fmt.Errorf("file %s: %w", name, spool.ErrNotFound)
	}
	return data, "image/jpeg", nil
}
