package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"spool"
)

// grows matches a plan that reads all of a table, or of an index, that grows
// with history. The partial indexes of the outbox hold open posts only.
var grows = regexp.MustCompile(`SCAN (posts|items|keys|listed|changes|alerts|p|d|i|k|l)\b`)
var open = regexp.MustCompile(`USING (COVERING )?INDEX (posts_(turn|due|late|look|unclear|held|open_item|steers|embargo)|alerts_open)\b`)

// TestPlans calls every method that is called again and again, then asks SQLite
// how it answers each statement that came up.
func TestPlans(t *testing.T) {
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "spool.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	everyday(t, db)
	checked := 0
	for _, c := range []*cache{db.readers.cache, db.writers.cache} {
		for query := range c.stmts {
			checked++
			for _, line := range plan(t, db, query) {
				if grows.MatchString(line) && !open.MatchString(line) {
					t.Errorf("%s\n\tin %s", line, query)
				}
			}
		}
	}
	if checked < 40 {
		t.Errorf("only %d statements were looked at", checked)
	}
}

// TestClaimPlan makes sure that looking for due feeds costs what is due, not
// what is configured: it is done every second.
func TestClaimPlan(t *testing.T) {
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "spool.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	lines := strings.Join(plan(t, db, claimFeeds), "\n")
	if !strings.Contains(lines, "feeds_due") || strings.Contains(lines, "USE TEMP B-TREE") {
		t.Errorf("the plan is\n%s", lines)
	}
}

// TestLedgerPlan makes sure that the ledger is counted in indexes alone: what they
// leave out, the words of items and posts, is most of a database.
func TestLedgerPlan(t *testing.T) {
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "spool.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, query := range []string{readLedger, ledgerOf, audit} {
		for _, line := range plan(t, db, query) {
			if regexp.MustCompile(`(SCAN|SEARCH) (posts|items)\b`).MatchString(line) && !strings.Contains(line, "COVERING INDEX") {
				t.Errorf("%s\n\tin %s", line, query)
			}
		}
	}
}

// everyday does what a running daemon does. Browsing and moving a feed to
// another group are not in it: they read as much as there is.
func everyday(t *testing.T, db *DB) {
	t.Helper()
	ctx, now := t.Context(), time.Now()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ok(db.Sync(ctx, []spool.FeedState{{Name: "news", URL: "u", Group: "g"}}, []spool.AccountState{{Name: "desk"}}))
	feeds, err := db.ClaimFeeds(ctx, "me", time.Now(), time.Minute, 1)
	ok(err)
	item := spool.NewItem{Item: spool.Item{ID: "i"}, Keys: []spool.Key{"k"}}
	post := spool.Post{ID: "p", Item: "i", Account: "desk", Purpose: spool.Announce, State: spool.Waiting, NotBefore: now, Created: now, Content: spool.Content{Link: "l"}}
	second := post
	second.ID, second.Item = "q", "j"
	posts, err := db.Ingest(ctx, spool.Ingest{Feed: feeds[0], New: []spool.NewItem{item}, Edited: []spool.NewItem{item}, Listed: []string{"i"}, Posts: []spool.Post{post, second},
		Accounts: []string{"desk"}, Fates: []spool.Fate{{Item: "i", Verdict: spool.ToPost}, {Item: "i", Verdict: spool.Changed}}})
	ok(err)
	everydayAlerts(t, db, now)
	accounts, err := db.ClaimAccounts(ctx, "me", time.Now(), time.Minute, 1)
	ok(err)
	lease := accounts[0].Lease
	began, err := spool.Next(posts[0], spool.Event{What: spool.Began}, spool.Rules{}, now)
	ok(err)
	began.Post, err = db.Save(ctx, lease, now.Add(time.Minute), began)
	ok(err)
	live, err := spool.Next(began.Post, spool.Event{What: spool.Delivered, Receipt: spool.Receipt{ID: "n"}}, spool.Rules{}, now)
	ok(err)
	_, err = db.Save(ctx, lease, now.Add(time.Minute), live)
	ok(err)
	everydayReads(ctx, db, now, ok)
	ok(db.SaveAccount(ctx, accounts[0]))
	ok(db.Release(ctx, lease, now))
	_, err = db.Steer(ctx, "q", spool.Event{What: spool.Cancelled}, spool.Rules{})
	ok(err)
}

// everydayAlerts remembers an alert, and twice that little of it has changed.
func everydayAlerts(t *testing.T, db *DB, now time.Time) {
	t.Helper()
	for range 3 {
		feeds, err := db.ClaimFeeds(t.Context(), "me", time.Now(), time.Minute, 1)
		if err != nil || len(feeds) != 1 {
			t.Fatal(feeds, err)
		}
		feeds[0].LastPoll = now
		if _, err := db.Ingest(t.Context(), spool.Ingest{Feed: feeds[0], Tracked: []spool.Tracked{{Item: "a", Open: true}}}); err != nil {
			t.Fatal(err)
		}
	}
	if all, err := db.TrackedAlerts(t.Context(), "news", now); err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
}

func everydayReads(ctx context.Context, db *DB, now time.Time, ok func(error)) {
	read := func(_ any, err error) { ok(err) }
	read(db.Seen(ctx, "g", []spool.Key{"k"}))
	read(db.Recent(ctx, []string{"news"}, now, 10))
	read(db.PostsOf(ctx, []string{"i"}))
	read(db.StatesOf(ctx, []string{"i"}))
	read(db.Unfinished(ctx, "desk"))
	read(db.Due(ctx, "desk", now, 5))
	read(db.Due(ctx, "desk", now, 5, spool.Withdraw, spool.Announce))
	read(db.Withdrawals(ctx, "desk", now))
	read(db.LivePosts(ctx, []string{"i"}))
	read(db.AllPosts(ctx, []string{"i"}))
	read(db.Bodies(ctx, []string{"i"}))
	read(db.Blocks(ctx, []spool.Key{"k"}))
	read(db.Doomed(ctx, "desk", now))
	read(db.PostsLinking(ctx, []string{"l"}))
	read(db.Record(ctx, []spool.Post{{ID: "w", Item: "i", Account: "desk", Purpose: spool.Withdraw, Parent: "p", State: spool.Waiting, NotBefore: now, Created: now}}, ""))
	read(db.Followers(ctx, "p"))
	read(db.Overdue(ctx, "desk", now, 5))
	read(db.HeldFor(ctx, "desk", spool.HoldBurst))
	read(db.NextDue(ctx, "desk", now))
	read(db.Sent(ctx, "desk", now))
	read(db.Bound(ctx, "desk", now, "p"))
	read(db.LinkShared(ctx, spool.Post{Account: "desk", Content: spool.Content{Link: "l"}}))
	read(db.Counts(ctx))
	read(db.Item(ctx, "i"))
	read(db.LastItems(ctx, "news", 5))
	read(db.Feed(ctx, "news"))
	read(db.LedgerOf(ctx, "news"))
	read(db.FeedFigures(ctx))
	ok(db.Export(ctx, func(Remembered) error { return nil }))
	read(db.Fates(ctx, "i"))
	read(db.ItemsBeginning(ctx, "i"))
	read(db.ItemsKnownAs(ctx, []spool.Key{"k"}))
	read(db.PostsAbout(ctx, "i"))
	read(db.PostsAt(ctx, "n"))
	read(db.PostsAt(ctx, "nothing"))
	read(db.LatestLinks(ctx))
	read(db.Post(ctx, "p"))
	read(db.History(ctx, "p"))
	read(db.Feeds(ctx))
	read(db.Accounts(ctx))
	ok(db.SaveFile(ctx, spool.File{Name: "f", Data: []byte{1}, Expires: now}))
	read(db.SweepPages(ctx, now))
	_, _, err := db.File(ctx, "f")
	_, fails := db.PublicFile(ctx, "f")
	if !errors.Is(err, spool.ErrNotFound) || !errors.Is(fails, spool.ErrNotFound) {
		ok(errors.Join(err, fails, errors.New("an expired file is there")))
	}
	read(db.SweepFiles(ctx, now))
}

func plan(t *testing.T, db *DB, query string) []string {
	t.Helper()
	text := db.dialect.words.Replace(query)
	rows, err := db.reader.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+text, make([]any, 30)...)
	if err != nil {
		rows, err = db.writer.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+text, make([]any, 30)...)
	}
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	defer rows.Close()
	var lines []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, detail)
	}
	if rows.Err() != nil {
		t.Fatal(rows.Err())
	}
	return lines
}

// TestPinnedLibc compares the libc that was built in with the one that SQLite's
// translation was made for: another one can damage databases.
func TestPinnedLibc(t *testing.T) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		t.Fatal("no build information")
	}
	built := map[string]string{}
	for _, m := range info.Deps {
		built[m.Path] = m.Version
	}
	if built["modernc.org/sqlite"] == "" { // tests of a package are built without it
		built = listed(t)
	}
	mod, err := exec.CommandContext(t.Context(), "go", "mod", "download", "-json", "modernc.org/sqlite@"+built["modernc.org/sqlite"]).Output()
	if err != nil {
		withoutGo(t, err)
	}
	file := regexp.MustCompile(`"GoMod": "(.*)"`).FindSubmatch(mod)
	if file == nil {
		t.Fatalf("no go.mod in %s", mod)
	}
	out, err := exec.CommandContext(t.Context(), "go", "mod", "edit", "-json", string(file[1])).Output()
	if err != nil {
		t.Fatal(err)
	}
	want := regexp.MustCompile(`"Path": "modernc.org/libc",\s*"Version": "(.*)"`).FindSubmatch(out)
	if want == nil || built["modernc.org/libc"] != string(want[1]) {
		t.Errorf("modernc.org/libc is %s, but modernc.org/sqlite %s was made for %s: pin that one in go.mod", built["modernc.org/libc"], built["modernc.org/sqlite"], want[1])
	}
}

func listed(t *testing.T) map[string]string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Path}} {{.Version}}", "modernc.org/sqlite", "modernc.org/libc").Output()
	if err != nil {
		withoutGo(t, err)
	}
	versions := map[string]string{}
	for line := range strings.Lines(string(out)) {
		if f := strings.Fields(line); len(f) == 2 {
			versions[f[0]] = f[1]
		}
	}
	return versions
}

func TestMigrationNumbers(t *testing.T) {
	for name, files := range map[string]fstest.MapFS{
		"a gap":     {"migrations/0001_a.sql": {}, "migrations/0003_b.sql": {}},
		"twice":     {"migrations/0001_a.sql": {}, "migrations/0001_b.sql": {}},
		"no number": {"migrations/first.sql": {}},
	} {
		if _, err := load(files); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if all, err := load(migrations); err != nil || len(all) == 0 {
		t.Errorf("ours: %d, %v", len(all), err)
	}
}

// TestMigrationFails wants a migration that fails half-way to leave nothing.
func TestMigrationFails(t *testing.T) {
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "spool.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	all, err := load(migrations)
	if err != nil {
		t.Fatal(err)
	}
	number := len(all) + 1
	bad := migration{number, fmt.Sprintf("%04d_bad.sql", number), "CREATE TABLE extra (a TEXT); INSERT INTO nowhere VALUES (1);", "x"}
	if err := db.apply(t.Context(), append(all, bad)); err == nil || !strings.Contains(err.Error(), bad.name) {
		t.Fatalf("error is %v", err)
	}
	good := bad
	good.text = "CREATE TABLE extra (a TEXT); INSERT INTO extra VALUES ('1');"
	if err := db.apply(t.Context(), append(all, good)); err != nil {
		t.Errorf("after the mending: %v", err)
	}
	if err := db.migrate(t.Context()); err == nil || !strings.Contains(err.Error(), "newer spool") {
		t.Errorf("the older program: %v", err)
	}
}

// TestCacheIsBounded filters in more ways than are kept prepared.
func TestCacheIsBounded(t *testing.T) {
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "spool.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for i := range 2 * maxPrepared {
		if err := db.Ping(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := collect(t.Context(), db.readers, scanString, fmt.Sprintf("SELECT '%d'", i)); err != nil {
			t.Fatal(err)
		}
		err := db.write(t.Context(), "try", func(q *queries) error {
			return q.exec(t.Context(), fmt.Sprintf("DELETE FROM notes WHERE key = '%d'", i))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []*cache{db.readers.cache, db.writers.cache} {
		if len(c.stmts) > maxPrepared {
			t.Errorf("%d statements are kept", len(c.stmts))
		}
	}
}

// withoutGo skips a test that the go command is needed for; in CI it fails.
func withoutGo(t *testing.T, err error) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("the go command is needed: %v", err)
	}
	t.Skipf("SKIPPED, not passed: the go command is needed: %v", err)
}
