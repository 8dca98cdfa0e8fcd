package mastodon

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"log/slog"
	"maps"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"spool"
	"spool/publisher"
	"spool/publisher/mastodon/mastodontest"
)

const (
	testUser  = "courier"
	testToken = "Xk3testsecret0123456789abcdefghijklmnopq"
	testLink  = "https://news.example.org/2026/bridge-reopens"
	testText  = "Old bridge reopens after two years\n\nTraffic is \"back\" - two lanes in each direction."
)

// A world is an account on a stand-in, a client of it, and a scheduler in
// miniature that moves one post by spool.Next. It lives in a bubble of
// testing/synctest, whose clock it goes by.
type world struct {
	t      *testing.T
	server *mastodontest.Server
	client *Client
	tokens *memTokens
	memory *memFacts
	files  memFiles
	logs   *syncBuffer

	rules  spool.Rules
	reply  spool.Reply // what the post answers: the scheduler fills it in when it is sent, and nobody saves it
	bound  map[string]bool
	shared bool
	ahead  time.Duration // of the server's clock
	crash  map[int]bool  // attempts whose outcome is lost, from 1
	past   []string      // what happened, for messages
	looks  []publisher.Sighting
}

func newWorld(t *testing.T, o mastodontest.Options) *world {
	t.Helper()
	w := &world{
		t: t, tokens: &memTokens{}, memory: &memFacts{}, files: memFiles{}, logs: &syncBuffer{},
		bound: map[string]bool{}, crash: map[int]bool{}, rules: spool.Rules{Grace: 10 * time.Minute},
	}
	o.Now = func() time.Time { return time.Now().Add(w.ahead) }
	w.server = mastodontest.New(o)
	w.server.AddUser(testUser, testToken)
	w.tokens.token = Token{Value: testToken, Origin: "configuration"}
	client, err := New(Options{
		Account: "city-desk", BaseURL: "https://newsie.example", Transport: w.server.Transport(),
		Tokens: w.tokens, Memory: w.memory, Files: w.files, Now: time.Now,
		Log: slog.New(slog.NewTextHandler(w.logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	w.client = client
	return w
}

func newPost() spool.Post {
	now := time.Now()
	return spool.Post{
		ID: "p1", Account: "city-desk", State: spool.Waiting, Created: now, NotBefore: now,
		Content: spool.Content{Text: testText, Link: testLink},
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
	return w.next(p, spool.Event{What: spool.Absent, Gone: s.Gone, Draft: s.Draft})
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

// secret fails the test when a text has the token in it.
func (w *world) secret(where, text string) {
	w.t.Helper()
	if strings.Contains(text, testToken) {
		w.t.Errorf("the token is in %s", where)
	}
}

// visible asserts how many posts a reader sees, and that the stand-in saw
// nothing that a client must never do.
func (w *world) visible(n int) []mastodontest.Post {
	w.t.Helper()
	posts := w.server.Visible(testUser)
	if len(posts) != n {
		w.t.Errorf("a reader sees %d posts, want %d\n%s", len(posts), n, w.story())
	}
	for _, v := range w.server.Violations() {
		w.t.Errorf("violation: %s\n%s", v, w.story())
	}
	w.secret("the log", w.logs.String())
	return posts
}

// bubble runs a test on a clock of its own.
func bubble(t *testing.T, o mastodontest.Options, f func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f(newWorld(t, o))
	})
}

type memTokens struct {
	mu     sync.Mutex
	token  Token
	fails  error // of Replace
	broken error // of Token
	swaps  int
}

func (m *memTokens) Token(context.Context) (Token, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.token, m.broken
}

func (m *memTokens) Replace(_ context.Context, old, new Token) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fails != nil {
		return m.fails
	}
	if m.token.Value != old.Value {
		return spool.ErrConflict
	}
	m.token = new
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

// testPNG is a picture.
func testPNG(width, height int) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// memFiles are pictures by name.
type memFiles map[string][]byte

func (m memFiles) File(_ context.Context, name string) ([]byte, string, error) {
	data, ok := m[name]
	if !ok {
		return nil, "", fmt.Errorf("file %s: %w", name, spool.ErrNotFound)
	}
	return data, "image/png", nil
}
