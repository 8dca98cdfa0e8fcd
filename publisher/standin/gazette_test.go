package standin_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"spool/publisher/standin"
)

// gazette is a small network: POST /NAME/posts makes a post of the body, GET lists
// an account's posts.
type gazette struct {
	desk *standin.Desk[op, *call, request]
	mux  *http.ServeMux // its control
	now  func() time.Time
	kept standin.Snapshot

	mu    sync.Mutex
	knobs knobs
	posts []post
}

type op string

const (
	opPost op = "post"
	opList op = "list"
)

type call struct {
	op                 op
	method, path, user string
	text               string
}

type request struct {
	standin.Line[op]
	Size int `json:"size"`

	told bool // its answer was reported
}

type post struct {
	ID   int       `json:"id"`
	User string    `json:"user"`
	Text string    `json:"text"`
	Time time.Time `json:"time"`
}

type knobs struct {
	Latency  time.Duration
	EffectAt standin.EffectAt
	Edition  edition
	Copies   int
	Closed   bool
}

type edition string

func allKnobs() []standin.Knob[knobs] {
	return []standin.Knob[knobs]{
		standin.Duration("latency", func(k *knobs) *time.Duration { return &k.Latency }, "0s", "1m0s"),
		standin.Choice("effect_at", func(k *knobs) *standin.EffectAt { return &k.EffectAt }, standin.EffectAtEnd, standin.EffectAtMiddle, standin.EffectAtStart),
		standin.Choice("edition", func(k *knobs) *edition { return &k.Edition }, "morning", "evening"),
		standin.Number("copies", func(k *knobs) *int { return &k.Copies }, "1", "5"),
		standin.Truth("closed", func(k *knobs) *bool { return &k.Closed }),
	}
}

func (k *knobs) Set(name, value string) error { return standin.SetKnob(allKnobs(), k, name, value) }
func (k knobs) Map() map[string]string        { return standin.MapKnobs(allKnobs(), k) }

// begin starts a gazette, changed by the functions given.
func begin(change ...func(*standin.Network[op, *call, request])) *gazette {
	g := &gazette{mux: http.NewServeMux(), kept: standin.Snapshot{Log: slog.New(slog.DiscardHandler)}}
	n := standin.Network[op, *call, request]{
		Now: time.Now, Seed: 7,
		Target: func(c *call) standin.Target[op] {
			return standin.Target[op]{Op: c.op, Method: c.method, Path: c.path, User: c.user}
		},
		Writes: func(c *call) bool { return c.op == opPost }, Crowd: "posts of",
		Note: func(r *http.Request, c *call) request {
			return request{Line: standin.Line[op]{Path: r.URL.Path}, Size: len(c.text)}
		},
		Line:     func(r *request) *standin.Line[op] { return &r.Line },
		Answered: func(r *request) { r.told = true },
		Latency:  func(*call) (before, after time.Duration) { return g.knobs.EffectAt.Split(g.knobs.Latency) },
		Handle:   g.handle, Sample: `{"id":"0"}`,
		Refusal: func(status int) standin.Reply { return standin.Words(status, "the gazette says no") },
	}
	for _, c := range change {
		c(&n)
	}
	g.now = n.Now
	g.desk = standin.NewDesk(&g.mu, n)
	standin.Control(g.mux, g, (*knobs).Set)
	return g
}

func (g *gazette) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/_") {
		standin.Written(r.Context())
		g.mux.ServeHTTP(w, r)
		return
	}
	text, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	g.desk.Serve(w, r, func() *call {
		user, _, _ := strings.Cut(strings.Trim(r.URL.Path, "/"), "/")
		c := &call{op: opList, method: r.Method, path: r.URL.Path, user: user, text: string(text)}
		if r.Method == http.MethodPost {
			c.op = opPost
		}
		return c
	})
}

func (g *gazette) handle(c *call, at time.Time) standin.Reply {
	if c.op == opList {
		return standin.JSON(http.StatusOK, g.posts)
	}
	p := post{ID: len(g.posts) + 1, User: c.user, Text: c.text, Time: at}
	g.posts = append(g.posts, p)
	g.kept.Save(g.posts)
	return standin.JSON(http.StatusCreated, p)
}

func (g *gazette) Visible(user string) []post {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.desk.Settle(g.now())
	var out []post
	for _, p := range g.posts {
		if user == "" || p.User == user {
			out = append(out, p)
		}
	}
	return out
}

func (g *gazette) DeletePost(id string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	before := len(g.posts)
	g.posts = slices.DeleteFunc(g.posts, func(p post) bool { return strconv.Itoa(p.ID) == id })
	return len(g.posts) < before
}

func (g *gazette) Requests() []request              { return g.desk.Requests() }
func (g *gazette) Violations() []string             { return g.desk.Violations() }
func (g *gazette) Plan(rules ...standin.Rule[op])   { g.desk.Plan(rules...) }
func (g *gazette) client() *http.Client             { return &http.Client{Transport: standin.Transport(g)} }
func (g *gazette) fail(a standin.Action)            { g.Plan(standin.Rule[op]{Op: opPost, Action: a}) }
func (g *gazette) send(text string) (answer, error) { return g.sendBy(g.client(), "paper", text) }

func (g *gazette) Knobs() knobs {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.knobs
}

func (g *gazette) SetKnobs(k knobs) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.knobs = k
}

// answer is what a client read of a reply.
type answer struct {
	status int
	header http.Header
	body   string
}

func (g *gazette) sendBy(c *http.Client, user, text string) (answer, error) {
	resp, err := c.Post("https://gazette.example/"+user+"/posts", "text/plain", strings.NewReader(text))
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, string(b)}, err
}

func mustSend(t *testing.T, g *gazette, text string) answer {
	t.Helper()
	a, err := g.send(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return a
}

func decode(t *testing.T, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}
