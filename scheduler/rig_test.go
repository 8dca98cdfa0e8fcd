package scheduler

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"spool"
	"spool/compose"
	"spool/feeds"
	"spool/publisher"
	"spool/store"
)

// A rig is a scheduler between the real SQLite store and a network and a feed
// that tests direct. It runs in a bubble of virtual time.
type rig struct {
	*Scheduler
	t   *testing.T
	db  *store.DB
	net *network
	web *shelf
	log *lockedBuffer

	mu  sync.Mutex
	off time.Duration // how wrong the clock is
}

// onRig runs a test on a rig with the account "desk" and the feed "city".
func onRig(t *testing.T, test func(t *testing.T, r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := &rig{t: t, net: &network{}, web: &shelf{}, log: &lockedBuffer{}}
		db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "spool.db"), store.Options{Now: r.now})
		if err != nil {
			t.Fatal(err)
		}
		r.db = db
		defer func() {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		}()
		r.restart()
		r.sync(r.plan)
		test(t, r)
	})
}

func (r *rig) now() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return time.Now().Add(r.off)
}

func (r *rig) setClock(off time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.off = off
}

// restart is a new process on the same database.
func (r *rig) restart() {
	r.t.Helper()
	s, err := New(Options{
		Store: &impatient{Store: r.db, log: r.log}, Fetcher: r.web, Plan: r.basicPlan(), Owner: fmt.Sprintf("process %p", new(byte)), Now: r.now,
		Log: slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		r.t.Fatal(err)
	}
	r.Scheduler = s
}

func (r *rig) basicPlan() Plan {
	every, err := ParseSchedule("@every 1m", time.UTC)
	if err != nil {
		r.t.Fatal(err)
	}
	return Plan{
		Feeds:    map[string]Feed{"city": {Name: "city", URL: "https://feeds.example/city.rss", Group: "paper", Schedule: every, Accounts: []string{"desk"}, Wording: titles{}}},
		Accounts: map[string]Account{"desk": {Name: "desk", Network: "fake", Publisher: r.net, Grace: 10 * time.Minute}},
	}
}

func (r *rig) sync(p Plan) {
	r.t.Helper()
	var fs []spool.FeedState
	for _, f := range p.Feeds {
		fs = append(fs, spool.FeedState{Name: f.Name, URL: f.URL, Group: f.Group})
	}
	var as []spool.AccountState
	for _, a := range p.Accounts {
		as = append(as, spool.AccountState{Name: a.Name, Network: a.Network})
	}
	if err := r.db.Sync(r.t.Context(), fs, as); err != nil {
		r.t.Fatal(err)
	}
}

// change edits the account's part of the plan.
func (r *rig) change(edit func(*Account)) {
	a := r.plan.Accounts["desk"]
	edit(&a)
	r.plan.Accounts["desk"] = a
}

// record makes posts known, as a poll would. What a post lacks is filled in.
func (r *rig) record(posts ...spool.Post) {
	r.t.Helper()
	if err := r.db.DueAll(r.t.Context(), r.now()); err != nil {
		r.t.Fatal(err)
	}
	fs := r.claimFeed("city")
	in := spool.Ingest{Feed: fs}
	in.Feed.LastPoll, in.Feed.Baselined = r.now(), fs.Baselined
	in.Feed.NextPoll = r.now().Add(-time.Second) // to be claimed again
	for _, p := range posts {
		in.Posts = append(in.Posts, r.complete(p))
	}
	if _, err := r.db.Ingest(r.t.Context(), in); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) claimFeed(name string) spool.FeedState {
	r.t.Helper()
	claimed, err := r.db.ClaimFeeds(r.t.Context(), "test", r.now(), time.Minute, 10)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, f := range claimed {
		if f.Name == name {
			return f
		}
	}
	r.t.Fatalf("feed %s is not due", name)
	return spool.FeedState{}
}

func (r *rig) complete(p spool.Post) spool.Post {
	p.Feed, p.Account, p.Version = "city", "desk", 1
	if p.Item == "" {
		p.Item = "item-" + p.ID
	}
	if p.Purpose == "" {
		p.Purpose = spool.Announce
	}
	if p.State == "" {
		p.State = spool.Waiting
	}
	if p.Content.Text == "" {
		p.Content.Text = "Words of " + p.ID
	}
	p.Created = r.now()
	if p.Order.IsZero() {
		p.Order = p.Created
	}
	if p.NotBefore.IsZero() {
		p.NotBefore = p.Created
	}
	return p
}

// turns gives each account that is due one turn and returns how many those were.
func (r *rig) turns() int {
	r.t.Helper()
	var all sync.WaitGroup
	n := r.startTurns(r.t.Context(), r.t.Context(), newGang(8, &all))
	all.Wait()
	return n
}

// run is the scheduler at work for so long.
func (r *rig) run(d time.Duration) {
	r.t.Helper()
	r.Tick = max(time.Second, d/500)
	ctx, cancel := context.WithTimeout(r.t.Context(), d)
	defer cancel()
	if err := r.Run(ctx); err != nil {
		r.t.Error(err)
	}
}

func (r *rig) post(id string) spool.Post {
	r.t.Helper()
	p, err := r.db.Post(r.t.Context(), id)
	if err != nil {
		r.t.Fatal(err)
	}
	return p
}

func (r *rig) wantState(id string, want spool.State) {
	r.t.Helper()
	if p := r.post(id); p.State != want {
		r.t.Errorf("post %s is %s (%s), want %s\n%s", id, p.State, p.Reason, want, r.tail())
	}
}

func (r *rig) state() spool.AccountState {
	r.t.Helper()
	all, err := r.db.Accounts(r.t.Context())
	if err != nil || len(all) == 0 {
		r.t.Fatal("no account", err)
	}
	return all[0]
}

func (r *rig) tail() string {
	lines := strings.Split(r.log.String(), "\n")
	return strings.Join(lines[max(len(lines)-15, 0):], "\n")
}

// network is a publisher that tests direct. What is not set succeeds.
type network struct {
	publish func(ctx context.Context, p spool.Post) (spool.Receipt, error)
	find    func(ctx context.Context, q publisher.Query) (publisher.Sighting, error)
	keep    func(ctx context.Context) (publisher.Credential, error)
	history func(ctx context.Context) (publisher.History, error)
	limits  func() (publisher.Limits, error)

	mu    sync.Mutex
	calls []string // "keep", "history", "limits", "publish ID", "find ID"
	busy  int
	over  int // calls that began while another was under way
}

var (
	_ publisher.Publisher = (*network)(nil)
	_ publisher.Keeper    = (*network)(nil)
	_ publisher.Historian = (*network)(nil)
)

// enter notes a call, which takes ten milliseconds at least.
func (n *network) enter(call string) func() {
	defer time.Sleep(10 * time.Millisecond)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.calls = append(n.calls, call)
	if n.busy > 0 {
		n.over++
	}
	n.busy++
	return func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.busy--
	}
}

// count is how many calls begin with a word.
func (n *network) count(word string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	c := 0
	for _, call := range n.calls {
		if strings.HasPrefix(call, word) {
			c++
		}
	}
	return c
}

// sent are the ids of the posts that publishes were asked for, in order.
func (n *network) sent() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var ids []string
	for _, call := range n.calls {
		if id, ok := strings.CutPrefix(call, "publish "); ok {
			ids = append(ids, id)
		}
	}
	return ids
}

func (n *network) Publish(ctx context.Context, p spool.Post) (spool.Receipt, error) {
	defer n.enter("publish " + p.ID)()
	if n.publish != nil {
		return n.publish(ctx, p)
	}
	return spool.Receipt{ID: "net-" + p.ID}, nil
}

func (n *network) Find(ctx context.Context, q publisher.Query) (publisher.Sighting, error) {
	defer n.enter("find " + q.Post.ID)()
	if n.find != nil {
		return n.find(ctx, q)
	}
	return publisher.Sighting{Found: true, Receipt: spool.Receipt{ID: "net-" + q.Post.ID}}, nil
}

func (n *network) Limits(context.Context) (publisher.Limits, error) {
	defer n.enter("limits")()
	if n.limits != nil {
		return n.limits()
	}
	return publisher.Limits{}, nil
}

func (n *network) Keep(ctx context.Context) (publisher.Credential, error) {
	defer n.enter("keep")()
	if n.keep != nil {
		return n.keep(ctx)
	}
	return publisher.Credential{}, nil
}

func (n *network) History(ctx context.Context, _ time.Time) (publisher.History, error) {
	defer n.enter("history")()
	if n.history != nil {
		return n.history(ctx)
	}
	return profile{}, nil
}

// profile is a history: what is on it, by its link.
type profile map[string]string

func (h profile) Match(p spool.Post, taken map[string]bool) (spool.Receipt, bool) {
	id := h[p.Content.Link]
	return spool.Receipt{ID: id}, id != "" && !taken[id]
}

// hang waits until the request is cut.
func hang(ctx context.Context) error {
	<-ctx.Done()
	return &spool.Failure{Op: "fake", Err: ctx.Err()}
}

func fail(k spool.Kind, wait time.Duration) error {
	return &spool.Failure{Op: "fake", Kind: k, Wait: wait, Err: errors.New("as the test wants it")}
}

// shelf is a fetcher of documents that tests put there.
type shelf struct {
	fetch func(ctx context.Context, s feeds.Source) (feeds.Result, error)
	mu    sync.Mutex
	asked []feeds.Source
}

func (w *shelf) Fetch(ctx context.Context, s feeds.Source) (feeds.Result, error) {
	w.mu.Lock()
	w.asked = append(w.asked, s)
	w.mu.Unlock()
	if w.fetch != nil {
		return w.fetch(ctx, s)
	}
	return feeds.Result{}, nil
}

func (w *shelf) polls(name string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, s := range w.asked {
		if s.Name == name {
			n++
		}
	}
	return n
}

// document is a feed's answer with items of the titles.
func document(names ...string) feeds.Result {
	var d feeds.Document
	for _, name := range names {
		d.Items = append(d.Items, spool.Item{GUID: name, Title: name, Link: "https://paper.example/" + name})
	}
	return feeds.Result{Document: d}
}

// titles words an item with its title.
type titles struct{}

func (titles) Compose(it spool.Item, _ compose.Values, _ spool.TextLimits) (spool.Content, compose.Report, error) {
	return spool.Content{Text: it.Title, Link: it.Link}, compose.Report{}, nil
}

func (titles) Correct(it spool.Item, _ compose.Values, _ spool.TextLimits) (spool.Content, compose.Report, error) {
	return spool.Content{Text: "Correction: " + it.Title}, compose.Report{}, nil
}

// wantSent fails unless exactly these posts were published, in this order.
func (r *rig) wantSent(want ...string) {
	r.t.Helper()
	if got := r.net.sent(); !slices.Equal(got, want) {
		r.t.Errorf("published %q, want %q\n%s", got, want, r.tail())
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

// once is spool run --once.
func (r *rig) once() {
	r.t.Helper()
	if err := r.Once(r.t.Context()); err != nil {
		r.t.Error(err)
	}
}

// pass lets virtual time go by, within the bubble that play makes.
func pass(d time.Duration) { time.Sleep(d) }

// takesLong leaves a test of many hours, or many lives, out under the race
// detector, where SQLite is slow.
func takesLong(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("with -short, long lives on virtual time are left out")
	}
}

// Alert words news of an alert by its phase and its headline.
func (titles) Alert(it spool.Item, n compose.News, _ compose.Values, _ spool.TextLimits) (spool.Content, compose.Report, error) {
	return spool.Content{Text: string(n.Phase) + ": " + it.Title, Link: it.Link}, compose.Report{}, nil
}
