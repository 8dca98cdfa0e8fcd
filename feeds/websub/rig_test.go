package websub_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"spool"
	"spool/feeds/websub"
	"spool/feeds/websub/websubtest"
	"spool/store"
)

// A rig is a subscriber between the real store, hubs that tests direct, and
// nobody who polls. It runs in a bubble of virtual time.
type rig struct {
	*websub.Subscriber
	t      *testing.T
	db     *store.DB
	hosts  websubtest.Hosts
	hub    *websubtest.Hub // at hub.example and other.example, by https and http
	poller *poller
	log    *lockedBuffer
	public string
	wanted map[string]bool
	feeds  []string
	stop   func()
}

const (
	hubURL   = "https://hub.example/"
	topicURL = "https://feeds.example/city.atom"
)

func onRig(t *testing.T, test func(t *testing.T, r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := &rig{
			t: t, hosts: websubtest.Hosts{}, poller: &poller{}, log: &lockedBuffer{},
			public: "https://spool.example", wanted: map[string]bool{"city": true}, feeds: []string{"city"},
		}
		db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "spool.db"), store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		r.db = db
		r.hub = websubtest.New(websubtest.Options{Transport: r.hosts})
		r.hosts["hub.example"], r.hosts["other.example"] = r.hub, r.hub
		r.sync()
		r.start()
		test(t, r)
		r.stop()
		r.hub.Wait()
		if err := db.Close(); err != nil {
			t.Error(err)
		}
		for _, v := range r.hub.Violations() {
			t.Errorf("the hub complains: %s", v)
		}
		r.wantNoSecrets()
	})
}

// longish leaves a test out under the race detector, where SQLite is slow: it
// goes through many days, or many feeds, in ways that other tests go as well.
func longish(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("with -short, days on virtual time are left out")
	}
}

// sync makes the rig's feeds those of the database.
func (r *rig) sync() {
	r.t.Helper()
	var states []spool.FeedState
	for _, name := range r.feeds {
		states = append(states, spool.FeedState{Name: name, URL: "https://feeds.example/" + name, Group: name})
	}
	if err := r.db.Sync(r.t.Context(), states, nil); err != nil {
		r.t.Fatal(err)
	}
}

// sections adds so many feeds that are to be pushed.
func (r *rig) sections(n int) {
	r.t.Helper()
	r.wanted = maps.Clone(r.wanted)
	for i := range n {
		name := fmt.Sprintf("section-%d", i)
		r.feeds, r.wanted[name] = append(r.feeds, name), true
	}
	r.sync()
	r.Replace(r.wanted)
}

// another is a subscriber in another process on the same database.
func (r *rig) another() *websub.Subscriber {
	r.t.Helper()
	s, err := websub.New(websub.Options{
		Store: r.db, Client: &http.Client{Transport: r.hosts}, Poller: r.poller, PublicURL: r.public,
		Log: slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		r.t.Fatal(err)
	}
	s.Replace(r.wanted)
	return s
}

// start runs the subscriber; stop ends it.
func (r *rig) start() {
	r.t.Helper()
	r.Subscriber = r.another()
	r.hosts["spool.example"] = r.Subscriber
	ctx, cancel := context.WithCancel(r.t.Context())
	done := make(chan error)
	go func() { done <- r.Run(ctx) }()
	r.stop = func() {
		cancel()
		if err := <-done; err != nil {
			r.t.Error(err)
		}
	}
}

func (r *rig) restart() {
	r.stop()
	r.start()
}

// names records that a feed names a hub and a topic, as a poll would.
func (r *rig) names(feed, hub, topic string) {
	r.t.Helper()
	if err := r.db.DueAll(r.t.Context(), time.Now()); err != nil {
		r.t.Fatal(err)
	}
	claimed, err := r.db.ClaimFeeds(r.t.Context(), "test", time.Now(), time.Minute, 100)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, f := range claimed {
		if f.Name == feed {
			f.Memory.Hub, f.Memory.Topic = hub, topic
		}
		f.LastPoll, f.Baselined, f.NextPoll = time.Now(), time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
		if _, err := r.db.Ingest(r.t.Context(), spool.Ingest{Feed: f}); err != nil {
			r.t.Fatal(err)
		}
		if f.Name == feed {
			r.Noted(f)
		}
	}
	wait(time.Second)
}

// subscribed makes the feed subscribed to at the hub.
func (r *rig) subscribed() spool.Subscription {
	r.t.Helper()
	r.names("city", hubURL, topicURL)
	return r.want(spool.Active)
}

// current is the feed's current subscription; the zero one: it has none.
func (r *rig) current() spool.Subscription {
	r.t.Helper()
	for _, s := range r.all() {
		if s.Feed == "city" && s.Standing.Current() {
			return s
		}
	}
	return spool.Subscription{}
}

func (r *rig) all() []spool.Subscription {
	r.t.Helper()
	all, err := r.db.Subscriptions(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	return all
}

// want fails unless the feed's current subscription stands so.
func (r *rig) want(standing spool.Standing) spool.Subscription {
	r.t.Helper()
	s := r.current()
	if s.Standing != standing {
		r.t.Fatalf("the subscription is %q (%s), want %q\n%s", s.Standing, s.Reason, standing, r.log)
	}
	return s
}

// asked are the modes of the requests that the hub got.
func (r *rig) asked() string {
	var modes []string
	for _, q := range r.hub.Requests() {
		modes = append(modes, q.Mode)
	}
	return strings.Join(modes, " ")
}

func callback(s spool.Subscription) string { return s.Callback + s.ID }

// wantNoSecrets fails when the log has what only a hub may know.
func (r *rig) wantNoSecrets() {
	r.t.Helper()
	log := r.log.String()
	for _, q := range r.hub.Requests() {
		id := q.Callback[strings.LastIndexByte(q.Callback, '/')+1:]
		if strings.Contains(log, id) {
			r.t.Error("the id of a callback is in the log")
		}
	}
	for _, s := range r.hub.Subscribers(topicURL) {
		if s.Secret != "" && strings.Contains(log, s.Secret) {
			r.t.Error("a secret is in the log")
		}
	}
}

// wait lets virtual time pass.
func wait(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// A poller notes what it is told.
type poller struct {
	mu       sync.Mutex
	pushed   []string
	unpushed []string
}

func (p *poller) Pushed(_ context.Context, feed string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pushed = append(p.pushed, feed)
	return nil
}

func (p *poller) Unpushed(_ context.Context, feed string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.unpushed = append(p.unpushed, feed)
}

func (p *poller) polls() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.pushed)
}

func (p *poller) back() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return fmt.Sprint(p.unpushed)
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
