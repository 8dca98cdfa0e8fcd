// Package storetest is what every database must do to be Spool's memory: one
// suite that SQLite and PostgreSQL both pass, and a private PostgreSQL server
// for tests. Begin at [Run] and [Postgres].
package storetest

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"spool"
	"spool/store"
)

// A Database opens one and the same database, as often as it is called. What it
// opens is closed when the test ends.
type Database func(t *testing.T, o store.Options) *store.DB

// Run runs the suite. fresh makes a database that is empty.
func Run(t *testing.T, fresh func(t *testing.T) Database) {
	t.Helper()
	tests := map[string]func(*testing.T, *fixture){
		"feeds are claimed once":                   testClaimFeeds,
		"a claim takes the longest overdue":        testClaimOrder,
		"replicas never share a feed":              testClaimRace,
		"replicas never share an account":          testAccountRace,
		"a poll is recorded whole":                 testIngest,
		"a poll that found nothing":                testUnchanged,
		"a lost lease records nothing":             testLeaseLost,
		"a broken poll records nothing":            testIngestAtomic,
		"text no database takes":                   testBadText,
		"edited and listed items":                  testEdited,
		"further keys of known items":              testKnownKeys,
		"a group announces a story once":           testOvertaken,
		"posts are recorded once":                  testPostsOnce,
		"rewording respects a change":              testReworded,
		"a post comes back as it was":              testRoundTrip,
		"due order":                                testDueOrder,
		"due leaves out twins of doubt":            testDueTwins,
		"deadlines":                                testDeadlines,
		"next due":                                 testNextDue,
		"queries of an account":                    testAccountQueries,
		"saving is guarded":                        testSaveGuarded,
		"a network's id belongs to one post":       testReceiptTaken,
		"an impossible state is refused":           testChecks,
		"wake while leased":                        testWake,
		"recording an account extends its lease":   testSaveAccountExtends,
		"accounts are roused":                      testRouse,
		"a new address is read at once":            testNewAddress,
		"release and pause":                        testPause,
		"a cleared stop stays cleared":             testClearStop,
		"a wrong clock does not hold a lease":      testAbsurdLease,
		"steering":                                 testSteer,
		"steering against the scheduler":           testSteerRace,
		"browsing":                                 testBrowse,
		"the last items of a feed":                 testLastItems,
		"what became of the last items":            testLastVerdicts,
		"a feed alone":                             testFeedAlone,
		"the figures of feeds":                     testFeedFigures,
		"counts":                                   testCounts,
		"sync":                                     testSync,
		"a feed takes its past to another group":   testMoveGroup,
		"a group that knows the stories of a feed": testMoveToThoseWhoKnow,
		"reschedule":                               testReschedule,
		"polls are moved up":                       testAlign,
		"a clock that is set back":                 testRewind,
		"tokens are swapped":                       testTokens,
		"notes":                                    testNotes,
		"names are kept":                           testNames,
		"names that nobody asks for":               testNamesForgotten,
		"the ledger counts every fate":             testLedger,
		"a feed without accounts is counted":       testLedgerNowhere,
		"late posts are counted":                   testLedgerLate,
		"accounts may have fates of their own":     testLedgerOwn,
		"the ledger counts polls at once":          testLedgerOfMany,
		"fates are told in their order":            testFates,
		"items are found by all their names":       testLookup,
		"looking for items is bounded":             testLookupIsBounded,
		"everything is exported once":              testExport,
		"the ledger balances whatever happens":     testLedgerAtRandom,
		"subscriptions":                            testSubscriptions,
		"due subscriptions":                        testDueSubscriptions,
		"replicas begin a subscription once":       testSubscriptionRace,
		"pushes are counted":                       testNotePushes,
		"pushes make a feed due":                   testHurry,
		"a push during a poll":                     testHurryWhilePolled,
		"a push to a server that wants a rest":     testHurryDuringThrottling,
		"racing starts migrate once":               testMigrationRace,
		"reading only":                             testReadOnly,
		"files are kept as they are":               testFiles,
		"files are kept while a post needs them":   testSweepFiles,
		"a sweep of many":                          testSweepMany,
		"a page is asked for once":                 testPages,
		"recent items of feeds":                    testRecent,
		"a takedown":                               testTakeDown,
		"a takedown is recorded whole":             testTakeDownWhole,
		"what a takedown was too early for":        testDoomed,
		"the bodies of items":                      testBodies,
		"states of the posts about items":          testStatesOf,
		"a post that is taken over":                testRaised,
		"what follows is recorded with it":         testFollow,
		"a post is withdrawn and replaced":         testWithdrawn,
		"due order of what follows":                testDueFollowers,
		"an embargo and a clock that is set back":  testRewindEmbargo,
		"what follows comes back as it was":        testRoundTripFollower,
		"alerts come back as they were":            testTracked,
		"alerts are found":                         testSearchAlerts,
		"alerts are recorded whole":                testTrackedWhole,
		"alerts are forgotten":                     testTrackedForgotten,
		"alerts of a feed that rests":              testTrackedResting,
		"alerts are counted once":                  testAlertLedger,
		"an announcement is renewed":               testRenewed,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test(t, newFixture(t, fresh(t))) })
	}
}

// start is the moment at which every test begins.
var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// fixture is an open database, its clock, and short ways to do usual things.
type fixture struct {
	*store.DB
	open  Database
	clock *clock
}

// clock is a clock that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	return c.now
}

func newFixture(t *testing.T, open Database) *fixture {
	t.Helper()
	c := &clock{now: start}
	return &fixture{DB: open(t, store.Options{Now: c.Now}), open: open, clock: c}
}

// another is a second process on the same database.
func (f *fixture) another(t *testing.T) *store.DB {
	t.Helper()
	return f.open(t, store.Options{Now: f.clock.Now})
}

func feed(name, group string) spool.FeedState {
	return spool.FeedState{Name: name, URL: "https://www.example.org/" + name + ".xml", Group: group}
}

// configure makes feeds of one group and accounts of one network active.
func (f *fixture) configure(t *testing.T, feeds, accounts []string) {
	t.Helper()
	var fs []spool.FeedState
	for _, name := range feeds {
		fs = append(fs, feed(name, "paper"))
	}
	var as []spool.AccountState
	for _, name := range accounts {
		as = append(as, spool.AccountState{Name: name, Network: "threads"})
	}
	if err := f.Sync(t.Context(), fs, as); err != nil {
		t.Fatal(err)
	}
}

// claimFeed leases the feed of a name.
func (f *fixture) claimFeed(t *testing.T, name string) spool.FeedState {
	t.Helper()
	claimed, err := f.ClaimFeeds(t.Context(), "me", f.clock.Now(), time.Minute, 100)
	if err != nil {
		t.Fatal(err)
	}
	var wanted spool.FeedState
	for _, c := range claimed {
		if c.Name == name {
			wanted = c
			continue
		}
		if _, err := f.Ingest(t.Context(), spool.Ingest{Feed: c}); err != nil {
			t.Fatal(err)
		}
	}
	if wanted.Name == "" {
		t.Fatalf("feed %s was not to be claimed", name)
	}
	return wanted
}

// claimAccount leases the account of a name.
func (f *fixture) claimAccount(t *testing.T, name string) spool.AccountState {
	t.Helper()
	claimed, err := f.ClaimAccounts(t.Context(), "me", f.clock.Now(), time.Minute, 100)
	if err != nil {
		t.Fatal(err)
	}
	var wanted spool.AccountState
	for _, c := range claimed {
		if c.Name == name {
			wanted = c
			continue
		}
		if err := f.Release(t.Context(), c.Lease, f.clock.Now()); err != nil {
			t.Fatal(err)
		}
	}
	if wanted.Name == "" {
		t.Fatalf("account %s was not to be claimed", name)
	}
	return wanted
}

// newItem is an item with a key of each of two kinds.
func newItem(id string) spool.NewItem {
	return spool.NewItem{
		Item: spool.Item{ID: id, Feed: "news", GUID: id, Title: "Title of " + id, Link: "https://www.example.org/" + id, Published: start.Add(-time.Hour), Seen: start, Digest: "d1"},
		Keys: []spool.Key{spool.Key("guid:" + id), spool.Key("link:" + id)},
	}
}

// newPost is a waiting post about an item.
func newPost(item, account string) spool.Post {
	return spool.Post{
		ID: "post-" + item + "-" + account, Item: item, Feed: "news", Account: account, Purpose: spool.Announce,
		Content: spool.Content{Text: "Words of " + item, Link: "https://www.example.org/" + item},
		State:   spool.Waiting, NotBefore: start, Order: start.Add(-time.Hour), Created: start,
	}
}

// record makes posts known through a poll of the feed "news".
func (f *fixture) record(t *testing.T, posts ...spool.Post) []spool.Post {
	t.Helper()
	fs := f.claimFeed(t, "news")
	in := spool.Ingest{Feed: fs, Posts: posts}
	for _, p := range posts {
		if known, err := f.Seen(t.Context(), "paper", []spool.Key{spool.Key("guid:" + p.Item)}); err != nil {
			t.Fatal(err)
		} else if len(known) == 0 && !slices.ContainsFunc(in.New, func(n spool.NewItem) bool { return n.Item.ID == p.Item }) {
			in.New = append(in.New, newItem(p.Item))
		}
	}
	recorded, err := f.Ingest(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return recorded
}

// step lets an event happen to a post and saves it.
func (f *fixture) step(t *testing.T, l spool.Lease, p spool.Post, e spool.Event) spool.Post {
	t.Helper()
	saved, err := f.Save(t.Context(), l, f.clock.Now().Add(time.Minute), next(t, p, e, f.clock.Now()))
	if err != nil {
		t.Fatalf("%s of %s: %v", e.What, p.ID, err)
	}
	return saved
}

func next(t *testing.T, p spool.Post, e spool.Event, now time.Time) spool.Transition {
	t.Helper()
	tr, err := spool.Next(p, e, spool.Rules{}, now)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// live brings a waiting post to its end.
func (f *fixture) live(t *testing.T, l spool.Lease, p spool.Post, id string) spool.Post {
	t.Helper()
	p = f.step(t, l, p, spool.Event{What: spool.Began})
	return f.step(t, l, p, spool.Event{What: spool.Delivered, Receipt: spool.Receipt{ID: id, URL: "https://net.example/" + id}})
}

func ids(posts []spool.Post) string {
	var all []string
	for _, p := range posts {
		all = append(all, p.ID)
	}
	return fmt.Sprint(all)
}

func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
