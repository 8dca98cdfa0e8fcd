package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"spool"
	"spool/store"
)

func testSync(t *testing.T, f *fixture) {
	f.configure(t, []string{"news", "sport"}, []string{"desk", "other"})
	fs := f.claimFeed(t, "news")
	fs.Validators, fs.BodyHash, fs.Moved, fs.Failures, fs.Problem = spool.Validators{ETag: "e", LastModified: "m"}, "h", "https://x.example/", 3, "p"
	fs.Baselined, fs.NextPoll = start, start.Add(time.Hour)
	if _, err := f.Ingest(t.Context(), spool.Ingest{Feed: fs}); err != nil {
		t.Fatal(err)
	}
	if err := f.Release(t.Context(), f.claimAccount(t, "desk").Lease, start.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}

	f.configure(t, []string{"news"}, []string{"desk"}) // the same, and less
	got := must(f.Feeds(t.Context()))(t)
	if len(got) != 1 || got[0].Validators.ETag != "e" || !got[0].NextPoll.Equal(start.Add(time.Hour)) {
		t.Errorf("what did not change, changed: %+v", got)
	}
	if as := must(f.Accounts(t.Context()))(t); len(as) != 1 || claimable(t, f, start) {
		t.Errorf("accounts are %+v", as)
	}
	if c := must(f.ClaimFeeds(t.Context(), "me", start.Add(30*time.Minute), time.Minute, 9))(t); len(c) != 0 {
		t.Errorf("a feed that is not configured is claimed: %v", c)
	}

	moved := feed("news", "paper")
	moved.URL = "https://www.example.org/new.xml"
	fresh := feed("fresh", "paper")
	fresh.NextPoll = start.Add(time.Minute)
	accounts := []spool.AccountState{{Name: "desk", Network: "threads"}, {Name: "other", Network: "threads"}}
	if err := f.Sync(t.Context(), []spool.FeedState{moved, fresh}, accounts); err != nil {
		t.Fatal(err)
	}
	got = must(f.Feeds(t.Context()))(t)
	want := moved
	want.Baselined, want.NextPoll, want.Lease = start, start, spool.Lease{Name: "news", Epoch: got[1].Lease.Epoch}
	if len(got) != 2 || !reflect.DeepEqual(got[1], want) || !got[0].NextPoll.Equal(fresh.NextPoll) {
		t.Errorf("feeds are\n%+v, want\n%+v", got, want)
	}
	if as := must(f.ClaimAccounts(t.Context(), "me", start, time.Minute, 9))(t); len(as) != 1 || as[0].Name != "other" {
		t.Errorf("claimed %v, want the account that came back", as)
	}
}

// testMoveGroup lets a feed join a group that knows nothing of its past.
func testMoveGroup(t *testing.T, f *fixture) {
	f.configure(t, []string{"news", "sport"}, nil)
	if _, err := f.Ingest(t.Context(), spool.Ingest{Feed: f.claimFeed(t, "news"), New: []spool.NewItem{newItem("one"), newItem("two")}}); err != nil {
		t.Fatal(err)
	}
	three := newItem("three")
	three.Item.Feed = "sport"
	if _, err := f.Ingest(t.Context(), spool.Ingest{Feed: f.claimFeed(t, "sport"), New: []spool.NewItem{three}, Listed: []string{"two"}}); err != nil {
		t.Fatal(err)
	}
	stale := f.claimFeed(t, "sport")
	if err := f.Sync(t.Context(), []spool.FeedState{feed("news", "paper"), feed("sport", "alone")}, nil); err != nil {
		t.Fatal(err)
	}
	known := must(f.Seen(t.Context(), "alone", []spool.Key{"guid:one", "guid:two", "guid:three", "link:three"}))(t)
	if len(known) != 3 || known["guid:one"].Item != "" || known["guid:two"].Item != "two" {
		t.Errorf("the new group knows %v", known)
	}
	if known := must(f.Seen(t.Context(), "paper", []spool.Key{"guid:three"}))(t); len(known) != 1 {
		t.Error("the old group forgot")
	}
	if _, err := f.Ingest(t.Context(), spool.Ingest{Feed: stale, New: []spool.NewItem{newItem("four")}}); !errors.Is(err, spool.ErrConflict) {
		t.Errorf("a poll that began in the old group: %v", err)
	}
}

// testMoveToThoseWhoKnow lets a feed join a group that knows some of its stories
// under other ids: it has listed them, and the ledger stays as it is.
func testMoveToThoseWhoKnow(t *testing.T, f *fixture) {
	if err := f.Sync(t.Context(), []spool.FeedState{feed("news", "paper"), feed("sport", "alone")}, nil); err != nil {
		t.Fatal(err)
	}
	mine, theirs, other := newItem("one"), newItem("uno"), newItem("two")
	theirs.Keys, theirs.Item.Feed, other.Item.Feed = mine.Keys, "sport", "sport"
	mine.Keys = append(mine.Keys, "path:two")
	other.Keys = append(other.Keys, "path:two") // of another site
	for _, in := range []spool.Ingest{
		{Feed: f.claimFeed(t, "news"), New: []spool.NewItem{mine}, Accounts: []string{"desk"}, Fates: []spool.Fate{fate("one", "news", spool.FirstRun, "")}},
		{Feed: f.claimFeed(t, "sport"), New: []spool.NewItem{theirs, other}},
	} {
		if _, err := f.Ingest(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // and again, when it has come and gone
		for _, group := range []string{"alone", "paper"} {
			if err := f.Sync(t.Context(), []spool.FeedState{feed("news", group), feed("sport", "alone")}, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	known := must(f.Seen(t.Context(), "alone", []spool.Key{"guid:one", "guid:two"}))(t)
	if got := known["guid:one"]; got.Item != "uno" || !slices.Equal(got.Feeds, []string{"sport", "news"}) {
		t.Errorf("the story is %+v", got)
	}
	if got := known["guid:two"]; !slices.Equal(got.Feeds, []string{"sport"}) {
		t.Errorf("what has only the path of another is %+v", got)
	}
	f.balanced(t, "after the move")
}

func testReschedule(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, nil)
	fs := f.claimFeed(t, "news")
	fs.NextPoll, fs.RetryAfter = start.Add(24*time.Hour), start.Add(time.Hour)
	if _, err := f.Ingest(t.Context(), spool.Ingest{Feed: fs}); err != nil {
		t.Fatal(err)
	}
	for ask, want := range map[time.Duration]time.Duration{time.Minute: time.Hour, 2 * time.Hour: 2 * time.Hour, 48 * time.Hour: 48 * time.Hour} {
		if err := f.Reschedule(t.Context(), "news", start.Add(ask)); err != nil {
			t.Fatal(err)
		}
		if got := must(f.Feeds(t.Context()))(t)[0].NextPoll; !got.Equal(start.Add(want)) {
			t.Errorf("asked for %v, got %v, want %v", ask, got.Sub(start), want)
		}
	}
	if err := f.Reschedule(t.Context(), "nothing", start); !errors.Is(err, spool.ErrNotFound) {
		t.Errorf("an unknown feed: %v", err)
	}
}

// testAlign brings polls forward that a new schedule wants earlier.
func testAlign(t *testing.T, f *fixture) {
	f.configure(t, []string{"far", "near", "failing", "told", "fresh", "gone"}, nil)
	for _, fs := range must(f.ClaimFeeds(t.Context(), "me", start, time.Minute, 9))(t) {
		fs.NextPoll = start.Add(24 * time.Hour)
		switch fs.Name {
		case "near":
			fs.NextPoll = start.Add(time.Minute)
		case "failing":
			fs.Failures = 2
		case "told":
			fs.RetryAfter = start.Add(12 * time.Hour)
		case "gone":
			fs.Failures, fs.NextPoll = 2, start.AddDate(100, 0, 0)
		}
		if _, err := f.Ingest(t.Context(), spool.Ingest{Feed: fs}); err != nil {
			t.Fatal(err)
		}
	}
	at := start.Add(time.Hour)
	if err := f.Align(t.Context(), func(fs spool.FeedState) (time.Time, bool) { return at, fs.Name != "fresh" }); err != nil {
		t.Fatal(err)
	}
	never := start.AddDate(100, 0, 0)
	want := map[string]time.Time{
		"far": at, "near": start.Add(time.Minute), "failing": start.Add(24 * time.Hour), "told": start.Add(24 * time.Hour),
		"fresh": start.Add(24 * time.Hour), "gone": never,
	}
	wantPolls(t, f, want)
	if err := f.DueAll(t.Context(), start); err != nil {
		t.Fatal(err)
	}
	want["far"], want["near"], want["failing"], want["fresh"] = start, start, start, start
	wantPolls(t, f, want)
}

// testRewind moves up what a clock planned that was a day ahead. A day later by
// that clock is now; an hour after that is in an hour.
func testRewind(t *testing.T, f *fixture) {
	const day = 24 * time.Hour
	f.configure(t, []string{"news", "told", "failing"}, []string{"desk"})
	due, soon, old := newPost("due", "desk"), newPost("soon", "desk"), newPost("old", "desk")
	due.NotBefore, soon.NotBefore, old.NotBefore = start.Add(day-time.Minute), start.Add(day+time.Minute), start.Add(-time.Minute)
	f.record(t, due, soon, old)
	for _, fs := range must(f.ClaimFeeds(t.Context(), "me", start, time.Minute, 9))(t) {
		fs.Failures, fs.NextPoll = 3, start.Add(day+time.Hour)
		if fs.Name == "told" {
			fs.Failures, fs.NextPoll, fs.RetryAfter = 0, start.Add(day+2*time.Hour), start.Add(day+2*time.Hour)
		}
		if _, err := f.Ingest(t.Context(), spool.Ingest{Feed: fs}); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Rewind(t.Context(), start, day); err != nil {
		t.Fatal(err)
	}
	wantPolls(t, f, map[string]time.Time{"news": start.Add(time.Hour), "told": start.Add(2 * time.Hour), "failing": start.Add(time.Hour)})
	for id, want := range map[string]time.Time{due.ID: start, soon.ID: start.Add(time.Minute), old.ID: start.Add(-time.Minute)} {
		if p := must(f.Post(t.Context(), id))(t); !p.NotBefore.Equal(want) {
			t.Errorf("post %s is due in %v, want %v", id, p.NotBefore.Sub(start), want.Sub(start))
		}
	}
	if a := must(f.ClaimAccounts(t.Context(), "me", start, time.Minute, 9))(t); len(a) != 1 {
		t.Errorf("%d accounts are due", len(a))
	}
}

func wantPolls(t *testing.T, f *fixture, want map[string]time.Time) {
	t.Helper()
	for _, fs := range must(f.Feeds(t.Context()))(t) {
		if !fs.NextPoll.Equal(want[fs.Name]) {
			t.Errorf("feed %s is due in %v, want %v", fs.Name, fs.NextPoll.Sub(start), want[fs.Name].Sub(start))
		}
	}
}

func testTokens(t *testing.T, f *fixture) {
	if _, ok, err := f.Token(t.Context(), "desk"); ok || err != nil {
		t.Fatalf("a token from nowhere: %v, %v", ok, err)
	}
	token := store.Token{Account: "desk", Value: "secret-1", Issued: start, Expires: start.Add(time.Hour), Checked: start, Origin: "login"}
	if err := f.SaveToken(t.Context(), token, "secret-0"); !errors.Is(err, spool.ErrConflict) {
		t.Errorf("replacing what there is not: %v", err)
	}
	if err := f.SaveToken(t.Context(), token, ""); err != nil {
		t.Fatal(err)
	}
	if got, ok, err := f.Token(t.Context(), "desk"); !ok || err != nil || got != token {
		t.Errorf("token is %+v, %v, %v", got, ok, err)
	}
	renewed := token
	renewed.Value, renewed.Origin = "secret-2", "renewed"
	for name, previous := range map[string]string{"none": "", "another": "secret-0"} {
		err := f.SaveToken(t.Context(), renewed, previous)
		if !errors.Is(err, spool.ErrConflict) || strings.Contains(err.Error(), "secret") {
			t.Errorf("previous %s: %v", name, err)
		}
	}
	if err := f.SaveToken(t.Context(), renewed, token.Value); err != nil {
		t.Fatal(err)
	}
	if got, _, _ := f.Token(t.Context(), "desk"); got.Value != "secret-2" {
		t.Errorf("token is from %s", got.Origin)
	}
	if s := fmt.Sprintf("%v %+v %#v %s", token, token, token, &token); strings.Contains(s, "secret") {
		t.Errorf("a token prints as %s", s)
	}
}

func testNotes(t *testing.T, f *fixture) {
	if v, ok, err := f.Recall(t.Context(), "desk", "length"); v != "" || ok || err != nil {
		t.Fatalf("recalled %q, %v, %v", v, ok, err)
	}
	for _, v := range []string{"characters", "bytes"} {
		if err := f.Remember(t.Context(), "desk", "length", v); err != nil {
			t.Fatal(err)
		}
		if got, ok, err := f.Recall(t.Context(), "desk", "length"); got != v || !ok || err != nil {
			t.Errorf("recalled %q, %v, %v", got, ok, err)
		}
	}
	if _, ok, _ := f.Recall(t.Context(), "other", "length"); ok {
		t.Error("another account recalls it too")
	}
}

// testMigrationRace starts several processes on a database that is empty but
// for the schema of the fixture: their own migrations find it done. The race on
// an empty database is run by each database's own test, which can make one.
func testMigrationRace(t *testing.T, f *fixture) {
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if err := f.another(t).Ping(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func testReadOnly(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, []string{"desk"})
	ro := f.open(t, store.Options{Now: f.clock.Now, ReadOnly: true})
	if got := must(ro.Feeds(t.Context()))(t); len(got) != 1 {
		t.Errorf("feeds are %v", got)
	}
	err := ro.SetPaused(t.Context(), "desk", true)
	if err == nil || !strings.Contains(err.Error(), "for reading only") || !strings.Contains(err.Error(), ro.Name()) {
		t.Errorf("writing: %v", err)
	}
	if _, err := ro.ClaimAccounts(t.Context(), "me", start, time.Minute, 1); err == nil {
		t.Error("claimed through a database that is read only")
	}
}
