package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"spool"
	"spool/feeds/feedstest"
	"spool/publisher/threads/threadstest"
	"spool/store"
)

// A stage is the whole program in one process, between stand-ins of a publisher
// and of Threads, on a clock that testing/synctest moves. Nothing on it sleeps
// for real, and nothing goes over a socket.
type stage struct {
	t    *testing.T
	room *feedstest.Publisher
	net  *threadstest.Server
	prog *program
	dir  string
	logs *lockedBuffer
	err  *lockedBuffer
	json io.Writer // gets the log as JSON, too; nil: nobody does

	offset    atomic.Int64  // how wrong the program's clock is, in nanoseconds
	tick      time.Duration // of the scheduler; 0: its own, which makes days on virtual time long
	pushed    bool          // the subscriber runs, too
	failPoint func(string)  // called at the fail points; nil: nothing is

	stop context.CancelFunc
	done chan error
	d    *daemon
}

// The names on the stage.
const (
	stageUser  = "desk"
	stageToken = "THQVJstagetoken1234567890"
)

// stageConfig is a configuration for fast tests: no spacing, nothing settles.
const stageConfig = `
database: %s/spool.db
server: {listen: ""}
accounts:
  desk:
    network: threads
    token: ` + stageToken + `
    limits: {spacing: 0s, per_day: 0, reserve: 0}
feeds:
  city:
    url: http://feeds.example/feeds/city.rss
    schedule: "@every 1m"
    accounts: [desk]
    settle: 0s
    max_age: 0s
    burst: 0
`

// newStage prepares a stage with the configuration, which has one %s for the
// folder of the database.
func newStage(t *testing.T, config string) *stage {
	t.Helper()
	s := &stage{t: t, dir: t.TempDir(), logs: &lockedBuffer{}, err: &lockedBuffer{}}
	s.room = feedstest.New(feedstest.Options{})
	s.net = threadstest.New(threadstest.Options{})
	s.net.AddUser(stageUser, stageToken)
	s.configure(config)
	s.prog = &program{
		world:      world{in: strings.NewReader(""), out: io.Discard, err: s.err, getenv: func(string) (string, bool) { return "", false }},
		configPath: filepath.Join(s.dir, "config.yaml"), configSet: true, logLevel: "debug", now: func() time.Time { return machineTime(time.Now(), time.Duration(s.offset.Load())) },
		feedTransport: inProcess{s.room.Handler()}, apiTransport: s.net.Transport(),
	}
	return s
}

func (s *stage) configure(config string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, "config.yaml"), []byte(fmt.Sprintf(config, s.dir)), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// start runs the daemon.
func (s *stage) start() {
	s.t.Helper()
	cfg, err := s.prog.loadConfig()
	if err != nil {
		s.t.Fatal(err)
	}
	var log slog.Handler = slog.NewTextHandler(s.logs, &slog.HandlerOptions{Level: slog.LevelDebug})
	if s.json != nil {
		log = slog.NewMultiHandler(log, slog.NewJSONHandler(s.json, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	ctx, stop := context.WithCancel(context.Background())
	d, err := s.prog.newDaemon(ctx, cfg, slog.New(log))
	if err != nil {
		stop()
		s.t.Fatal(err)
	}
	s.d, s.stop, s.done = d, stop, make(chan error, 1)
	if s.tick > 0 {
		d.sched.Tick = s.tick
	}
	if s.failPoint != nil {
		d.sched.FailPoint = s.failPoint
	}
	subscriber := make(chan error, 1)
	go func() {
		if !s.pushed {
			subscriber <- nil
			return
		}
		subscriber <- d.hubs.Run(ctx)
	}()
	go func() {
		d.sched.Align(ctx)
		s.done <- errors.Join(d.sched.Run(ctx), <-subscriber)
	}()
}

// end stops the daemon as SIGTERM does.
func (s *stage) end() {
	s.t.Helper()
	if s.stop == nil {
		return
	}
	s.stop()
	if err := <-s.done; err != nil {
		s.t.Error("run:", err)
	}
	wantBalance(s.t, s.d.db)
	if err := s.d.db.Close(); err != nil {
		s.t.Error("close:", err)
	}
	s.stop = nil
}

// wantBalance fails unless every item that was seen is accounted for.
func wantBalance(t *testing.T, db *store.DB) {
	t.Helper()
	audit, err := db.Audit(context.Background())
	if err != nil {
		t.Error("recount the ledger:", err)
	}
	for _, m := range audit.Miscounts {
		t.Error("the ledger does not balance:", miscount(m))
	}
}

// play runs a test on a stage within a bubble of virtual time.
func play(t *testing.T, config string, scene func(t *testing.T, s *stage)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, config)
		defer s.end()
		scene(t, s)
	})
}

// wait lets virtual time pass.
func (s *stage) wait(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// publish adds articles to the feed, a second apart, and returns their titles.
func (s *stage) publish(n int) []string {
	var titles []string
	for range n {
		k := len(s.room.Articles("city")) + 1
		title := fmt.Sprintf("Story %d of the city", k)
		s.room.Add("city", feedstest.Article{GUID: fmt.Sprintf("story-%d", k), Title: title, Summary: "What happened, and why.", Published: time.Now().UTC()})
		titles = append(titles, title)
		time.Sleep(time.Second)
	}
	return titles
}

// baseline makes the feed known with one old article that is not posted.
func (s *stage) baseline() {
	s.publish(1)
	s.start()
	s.wait(90 * time.Second)
	if live := s.live(); len(live) != 0 {
		s.t.Fatalf("the first run posted %q", live)
	}
}

// live are the first lines of what a reader sees, oldest first.
func (s *stage) live() []string {
	var out []string
	for _, p := range s.net.Visible(stageUser) {
		out = append(out, firstLine(p.Text))
	}
	slices.Reverse(out)
	return out
}

// wantLive fails unless readers see exactly these posts, in this order.
func (s *stage) wantLive(want []string) {
	s.t.Helper()
	if got := s.live(); !slices.Equal(got, want) {
		s.t.Errorf("readers see\n  %s\nwant\n  %s\nlog:\n%s", strings.Join(got, "\n  "), strings.Join(want, "\n  "), s.tail())
	}
}

func (s *stage) tail() string {
	lines := slices.DeleteFunc(strings.Split(s.logs.String(), "\n"), func(line string) bool { return strings.Contains(line, "msg=fetched") })
	return strings.Join(lines[max(len(lines)-40, 0):], "\n")
}

func (s *stage) posts(states ...spool.State) []spool.Post {
	s.t.Helper()
	posts, err := s.d.db.Posts(s.t.Context(), store.Filter{States: states, Limit: 10_000})
	if err != nil {
		s.t.Fatal(err)
	}
	return posts
}

// wantStates fails unless the database has so many posts in each state, and no
// others.
func (s *stage) wantStates(want map[spool.State]int) {
	s.t.Helper()
	got := map[spool.State]int{}
	for _, p := range s.posts() {
		got[p.State]++
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		s.t.Errorf("states %v, want %v\nlog:\n%s", got, want, s.tail())
	}
}

// wantClean fails when the stand-in saw something that a client must never do.
func (s *stage) wantClean() {
	s.t.Helper()
	for _, v := range s.net.Violations() {
		s.t.Errorf("the network complains: %s", v)
	}
	if strings.Contains(s.logs.String(), stageToken) {
		s.t.Error("the token is in the log")
	}
}

// A lockedBuffer may be written to from several goroutines.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
