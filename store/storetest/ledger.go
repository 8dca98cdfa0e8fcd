package storetest

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"spool"
	"spool/store"
)

// testLedgerOfMany lets several processes record polls of feeds with the same
// accounts at the same time.
func testLedgerOfMany(t *testing.T, f *fixture) {
	const feeds, polls = 8, 5
	var states []spool.FeedState
	for i := range feeds {
		states = append(states, feed(fmt.Sprintf("feed%d", i), fmt.Sprintf("group%d", i/2)))
	}
	if err := f.Sync(t.Context(), states, []spool.AccountState{{Name: "desk"}, {Name: "night"}}); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for p := range 4 {
		db := f.another(t)
		wg.Go(func() {
			for round := range polls {
				claimed, err := db.ClaimFeeds(t.Context(), fmt.Sprint("process", p), start, time.Minute, feeds/4)
				if err != nil {
					t.Error(err)
				}
				for _, c := range claimed {
					id := fmt.Sprintf("%s-%d-%d", c.Name, p, round)
					it, post := newItem(id), newPost(id, "desk")
					it.Item.Feed, post.Feed = c.Name, c.Name
					in := spool.Ingest{Feed: c, Accounts: []string{"desk", "night"}, New: []spool.NewItem{it}, Posts: []spool.Post{post},
						Fates: []spool.Fate{fate(id, c.Name, spool.ToPost, "")}}
					if _, err := db.Ingest(t.Context(), in); err != nil && !errors.Is(err, spool.ErrConflict) {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	if a := f.balanced(t, "polls at the same time"); a.Items == 0 || len(a.Entries) == 0 {
		t.Errorf("nothing was counted: %+v", a)
	}
}

// balanced wants a ledger that accounts for every item, and a recount that finds
// the same.
func (f *fixture) balanced(t *testing.T, after string) store.Audit {
	t.Helper()
	for _, e := range must(f.Ledger(t.Context()))(t) {
		if e.Balance() != 0 {
			t.Fatalf("after %s the ledger of %s on %q is off by %d: %+v", after, e.Feed, e.Account, e.Balance(), e)
		}
	}
	a := must(f.Audit(t.Context()))(t)
	if len(a.Miscounts) > 0 {
		t.Fatalf("after %s the recount finds %+v", after, a.Miscounts)
	}
	return a
}

// entry is the ledger's line of a feed and an account.
func (f *fixture) entry(t *testing.T, feed, account string) spool.Entry {
	t.Helper()
	for _, e := range must(f.Ledger(t.Context()))(t) {
		if e.Feed == feed && e.Account == account {
			return e
		}
	}
	return spool.Entry{}
}

func fate(item, feed string, v spool.Verdict, reason string) spool.Fate {
	return spool.Fate{Time: start, Item: item, Feed: feed, Verdict: v, Reason: reason}
}

// testLedger sends an item of each fate through a feed with two accounts, and
// some of them through another feed of the group.
func testLedger(t *testing.T, f *fixture) {
	f.configure(t, []string{"news", "sport"}, []string{"desk", "night"})
	verdicts := map[string]spool.Verdict{"old": spool.TooOld, "first": spool.FirstRun, "out": spool.Filtered, "twin": spool.Duplicate, "one": spool.ToPost, "two": spool.ToPost}
	in := spool.Ingest{Feed: f.claimFeed(t, "news"), Accounts: []string{"night", "desk"}}
	for _, id := range slices.Sorted(maps.Keys(verdicts)) {
		in.New = append(in.New, newItem(id))
		in.Fates = append(in.Fates, fate(id, "news", verdicts[id], "because of "+id))
	}
	held := newPost("two", "desk")
	held.State, held.Hold = spool.Held, spool.HoldBurst
	in.Posts = []spool.Post{newPost("one", "desk"), newPost("one", "night"), held, newPost("two", "night")}
	must(f.Ingest(t.Context(), in))(t)
	want := spool.Entry{Feed: "news", Account: "desk", Seen: 6,
		Fates: map[spool.Verdict]int{spool.TooOld: 1, spool.FirstRun: 1, spool.Filtered: 1, spool.Duplicate: 1},
		Posts: map[spool.State]int{spool.Waiting: 1, spool.Held: 1}}
	if got := f.entry(t, "news", "desk"); !reflect.DeepEqual(got, want) {
		t.Errorf("the ledger says\n%+v, want\n%+v", got, want)
	}
	f.balanced(t, "the first feed")

	// The other section lists two of them, for one of the accounts and a third.
	sport := func(item, account string) spool.Post {
		p := newPost(item, account)
		p.Feed = "sport"
		return p
	}
	in = spool.Ingest{Feed: f.claimFeed(t, "sport"), Accounts: []string{"desk", "fans"}, Listed: []string{"one", "out"}}
	in.Fates = []spool.Fate{fate("one", "sport", spool.ToPost, ""), fate("out", "sport", spool.ToPost, "")}
	for _, item := range in.Listed {
		in.Posts = append(in.Posts, sport(item, "desk"), sport(item, "fans"))
	}
	must(f.Ingest(t.Context(), in))(t)
	desk, fans := f.entry(t, "sport", "desk"), f.entry(t, "sport", "fans")
	if desk.Seen != 2 || desk.Fates[spool.Elsewhere] != 1 || desk.Posts[spool.Waiting] != 1 || fans.Posts[spool.Waiting] != 2 {
		t.Errorf("the other section: %+v, %+v", desk, fans)
	}
	// And both once more, as a poll does that was repeated: nothing changes.
	in.Feed = f.claimFeed(t, "sport")
	must(f.Ingest(t.Context(), in))(t)
	if got := f.entry(t, "sport", "desk"); !reflect.DeepEqual(got, desk) {
		t.Errorf("listed twice: %+v, want %+v", got, desk)
	}
	if a := f.balanced(t, "the second feed"); a.Items != 8 || a.Feeds != 2 {
		t.Errorf("%d items of %d feeds were counted, want 8 of 2", a.Items, a.Feeds)
	}
}

// testLedgerNowhere has a feed without an account.
func testLedgerNowhere(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, nil)
	in := spool.Ingest{Feed: f.claimFeed(t, "news"), New: []spool.NewItem{newItem("one"), newItem("two")}}
	in.Fates = []spool.Fate{fate("one", "news", spool.ToPost, ""), fate("two", "news", spool.TooOld, "")}
	must(f.Ingest(t.Context(), in))(t)
	got := f.entry(t, "news", "")
	if got.Seen != 2 || got.Fates[spool.Nowhere] != 1 || got.Fates[spool.TooOld] != 1 {
		t.Errorf("the ledger says %+v", got)
	}
	f.balanced(t, "a feed without an account")
}

// testLedgerLate records posts about items that were listed before: one that had
// been filtered out, and one that nothing was said about.
func testLedgerLate(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, []string{"desk", "night"})
	in := spool.Ingest{Feed: f.claimFeed(t, "news"), Accounts: []string{"desk", "night"}, New: []spool.NewItem{newItem("out"), newItem("mute"), newItem("forgotten")}}
	in.Fates = []spool.Fate{fate("out", "news", spool.Filtered, "exclude"), fate("forgotten", "news", spool.ToPost, "")}
	must(f.Ingest(t.Context(), in))(t)
	f.record(t, newPost("out", "desk"), newPost("mute", "desk"), newPost("never listed", "desk"), newPost("forgotten", "desk"))
	desk, night := f.entry(t, "news", "desk"), f.entry(t, "news", "night")
	if desk.Seen != 4 || len(desk.Fates) != 0 || desk.Posts[spool.Waiting] != 4 || night.Fates[spool.Elsewhere] != 1 || night.Fates[spool.Filtered] != 1 {
		t.Errorf("the ledger says %+v and %+v", desk, night)
	}
	f.balanced(t, "late posts")
	fates := must(f.Fates(t.Context(), "out"))(t)
	if len(fates) != 2 || fates[0].Verdict != spool.Filtered || fates[1].Account != "desk" || fates[1].Verdict != spool.ToPost {
		t.Errorf("fates are %+v", fates)
	}
}

// testLedgerOwn gives single accounts another verdict than the rest.
func testLedgerOwn(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, []string{"desk", "night"})
	in := spool.Ingest{Feed: f.claimFeed(t, "news"), Accounts: []string{"desk", "night", "fans"}, New: []spool.NewItem{newItem("one")}}
	own := fate("one", "news", spool.Duplicate, "it says the same as another")
	own.Account = "night"
	in.Fates = []spool.Fate{own, fate("one", "news", spool.ToPost, "")}
	in.Posts = []spool.Post{newPost("one", "desk"), newPost("one", "fans")}
	must(f.Ingest(t.Context(), in))(t)
	if got := f.entry(t, "news", "night"); got.Seen != 1 || got.Fates[spool.Duplicate] != 1 {
		t.Errorf("the ledger says %+v", got)
	}
	f.balanced(t, "a verdict for one account")
	fates := must(f.Fates(t.Context(), "one"))(t)
	if len(fates) != 2 || !slices.Equal(fates[0].Accounts, []string{"desk", "fans"}) || fates[1].Account != "night" || fates[1].Reason == "" {
		t.Errorf("fates are %+v", fates)
	}
}

// testFates reads back what became of an item in the order in which it became so.
func testFates(t *testing.T, f *fixture) {
	f.configure(t, []string{"news", "sport"}, []string{"desk"})
	in := spool.Ingest{Feed: f.claimFeed(t, "news"), Accounts: []string{"desk"}, New: []spool.NewItem{newItem("one")}}
	in.Fates = []spool.Fate{fate("one", "news", spool.TooOld, "why\x00 not")}
	must(f.Ingest(t.Context(), in))(t)
	in = spool.Ingest{Feed: f.claimFeed(t, "sport"), Accounts: []string{"desk"}, Listed: []string{"one"}}
	in.Fates = []spool.Fate{{Time: start.Add(time.Minute), Item: "one", Verdict: spool.Filtered, Reason: "exclude"}}
	must(f.Ingest(t.Context(), in))(t)
	for i := range 30 {
		edited := newItem("one")
		edited.Item.Title = fmt.Sprintf("Title %d", i)
		in := spool.Ingest{Feed: f.claimFeed(t, "news"), Edited: []spool.NewItem{edited}}
		in.Fates = []spool.Fate{{Time: start.Add(time.Hour + time.Duration(i)*time.Minute), Item: "one", Verdict: spool.Changed}}
		must(f.Ingest(t.Context(), in))(t)
	}
	fates := must(f.Fates(t.Context(), "one"))(t)
	want := []spool.Fate{
		{Time: start, Item: "one", Feed: "news", Verdict: spool.TooOld, Reason: "why not", Accounts: []string{"desk"}},
		{Time: start.Add(time.Minute), Item: "one", Feed: "sport", Verdict: spool.Filtered, Reason: "exclude", Accounts: []string{"desk"}},
	}
	if len(fates) != 22 || !reflect.DeepEqual(fates[:2], want) {
		t.Errorf("%d fates, the first are\n%+v, want\n%+v", len(fates), fates[:2], want)
	}
	if last := fates[len(fates)-1]; last.Verdict != spool.Changed || last.Reason != "the title was “Title 28”" {
		t.Errorf("the last is %+v", last)
	}
	f.balanced(t, "edits")
}

// testLedgerAtRandom does whatever a newsroom, a network, a person and a crash
// do, in any order, and wants the books to balance after each of it.
func testLedgerAtRandom(t *testing.T, f *fixture) {
	for seed := range uint64(5) {
		w := &wild{t: t, f: f, rand: rand.New(rand.NewPCG(seed, 17)), prefix: fmt.Sprintf("%d-", seed), group: map[string]string{}, accounts: map[string][]string{}, active: map[string]bool{}}
		for _, name := range []string{"a", "b", "c"} {
			w.group[name], w.accounts[name], w.active[name] = w.prefix+"g", []string{"x", "y"}, true
		}
		w.sync()
		for range 25 {
			f.balanced(t, w.step())
		}
	}
}

// wild is a world in which anything may happen.
type wild struct {
	t        *testing.T
	f        *fixture
	rand     *rand.Rand
	prefix   string
	group    map[string]string   // per feed
	accounts map[string][]string // per feed, as its next poll has them
	active   map[string]bool
	items    []string
}

func (w *wild) pick(names ...string) string { return names[w.rand.IntN(len(names))] }

// step does one thing, and says what.
func (w *wild) step() string {
	name := w.pick("a", "b", "c")
	switch w.rand.IntN(10) {
	case 0:
		w.group[name] = w.prefix + w.pick("g", "h")
		w.sync()
		return "moving " + name + " to group " + w.group[name]
	case 1:
		w.active[name] = !w.active[name]
		w.sync()
		return "taking a feed out of the configuration, or back"
	case 2:
		w.accounts[name] = [][]string{{"x", "y"}, {"x"}, {"y", "z"}, nil}[w.rand.IntN(4)]
		return "changing the accounts of a feed"
	case 3, 4:
		return w.steer()
	}
	return w.poll(name)
}

func (w *wild) sync() {
	w.t.Helper()
	var feeds []spool.FeedState
	for _, name := range []string{"a", "b", "c"} {
		if w.active[name] {
			feeds = append(feeds, feed(w.prefix+name, w.group[name]))
		}
	}
	accounts := []spool.AccountState{{Name: "x"}, {Name: "y"}, {Name: "z"}}
	if err := w.f.Sync(w.t.Context(), feeds, accounts); err != nil {
		w.t.Fatal(err)
	}
}

// steer lets something happen to a post, if it can.
func (w *wild) steer() string {
	posts := must(w.f.Posts(w.t.Context(), store.Filter{Limit: 1000}))(w.t)
	if len(posts) == 0 {
		return "nothing"
	}
	p := posts[w.rand.IntN(len(posts))]
	what := []spool.What{spool.Cancelled, spool.Holding, spool.Approved, spool.Retried, spool.Hurried, spool.Found, spool.Began}[w.rand.IntN(7)]
	_, err := w.f.Steer(w.t.Context(), p.ID, spool.Event{What: what, Who: "anna"}, spool.Rules{})
	if err != nil && !errors.Is(err, spool.ErrTransition) {
		w.t.Fatal(err)
	}
	return string(what) + " of a post"
}

// poll reads a feed that brings anything, and records it once, twice, or not.
func (w *wild) poll(name string) string {
	if !w.active[name] {
		return "nothing"
	}
	in := w.ingest(w.prefix+name, w.accounts[name])
	w.raise(&in, w.prefix+name)
	in.Feed = w.f.claimFeed(w.t, w.prefix+name)
	if w.rand.IntN(5) == 0 {
		broken := in
		bad := newPost("broken", "x")
		bad.State = "flying"
		broken.Posts = append(slices.Clone(in.Posts), bad)
		if _, err := w.f.Ingest(w.t.Context(), broken); err == nil {
			w.t.Fatal("a state that there is not was taken")
		}
		w.f.balanced(w.t, "a poll that failed")
	}
	must(w.f.Ingest(w.t.Context(), in))(w.t)
	if w.rand.IntN(3) == 0 {
		again := in
		again.Feed = w.f.claimFeed(w.t, w.prefix+name)
		must(w.f.Ingest(w.t.Context(), again))(w.t)
		return "the same poll twice"
	}
	return "a poll"
}

func (w *wild) ingest(name string, accounts []string) spool.Ingest {
	in := spool.Ingest{Accounts: accounts}
	for range w.rand.IntN(4) {
		id := fmt.Sprintf("%s%d", w.prefix, len(w.items))
		w.items = append(w.items, id)
		it := newItem(id)
		it.Item.Feed = name
		in.New = append(in.New, it)
		w.decide(&in, id, name)
	}
	for range w.rand.IntN(4) {
		if len(w.items) > 0 {
			id := w.items[w.rand.IntN(len(w.items))]
			in.Listed = append(in.Listed, id)
			w.decide(&in, id, name)
		}
	}
	if len(w.items) > 0 && w.rand.IntN(3) == 0 {
		id := w.items[w.rand.IntN(len(w.items))]
		in.Edited = append(in.Edited, newItem(id))
		in.Fates = append(in.Fates, fate(id, name, spool.Changed, ""))
	}
	return in
}

// raise lets the feed take over posts of others: often about items that it lists,
// sometimes about any.
func (w *wild) raise(in *spool.Ingest, name string) {
	for _, p := range must(w.f.Posts(w.t.Context(), store.Filter{States: []spool.State{spool.Waiting, spool.Held}, Limit: 1000}))(w.t) {
		listed := slices.Contains(in.Listed, p.Item)
		if p.Feed == name || !listed && w.rand.IntN(20) > 0 || listed && w.rand.IntN(2) > 0 {
			continue
		}
		t, err := spool.Next(p, spool.Event{What: spool.Raised, Feed: name, Priority: spool.High, Content: p.Content}, spool.Rules{}, start)
		if err != nil && !errors.Is(err, spool.ErrTransition) {
			w.t.Fatal(err)
		}
		if err == nil {
			in.Reworded = append(in.Reworded, t)
		}
	}
}

// decide gives an item a fate for all accounts, for single ones, or none, and
// posts, which do not always go with it.
func (w *wild) decide(in *spool.Ingest, id, feed string) {
	v := []spool.Verdict{spool.ToPost, spool.ToPost, spool.ToPost, spool.TooOld, spool.FirstRun, spool.Filtered, spool.Duplicate, spool.Elsewhere, "", spool.Over, spool.Summed}[w.rand.IntN(11)]
	if v != "" {
		all := fate(id, feed, v, "because")
		if w.rand.IntN(4) == 0 { // it is for some accounts only, or for one that the feed has no more
			all.Accounts = [][]string{{"x"}, {"z", "x"}}[w.rand.IntN(2)]
		}
		in.Fates = append(in.Fates, all)
	}
	for _, account := range in.Accounts {
		own := v
		if w.rand.IntN(8) == 0 {
			own = []spool.Verdict{spool.ToPost, spool.Duplicate}[w.rand.IntN(2)]
			one := fate(id, feed, own, "for this one")
			one.Account = account
			in.Fates = append(in.Fates, one)
		}
		if own == spool.ToPost && w.rand.IntN(10) > 0 || w.rand.IntN(20) == 0 {
			p := newPost(id, account)
			p.Feed = feed
			in.Posts = append(in.Posts, p)
			if w.rand.IntN(4) == 0 {
				next := follower(p, []spool.Purpose{spool.Renew, spool.Update, spool.Close}[w.rand.IntN(3)])
				next.Feed = feed
				in.Posts = append(in.Posts, next)
			}
		}
	}
}
