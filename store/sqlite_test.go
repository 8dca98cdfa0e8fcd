package store_test

import (
	"database/sql"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"spool"
	"spool/store"
)

// wantError wants an error that says something and gives no secret away.
func wantError(t *testing.T, name string, err error, want ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("%s: no error", name)
		return
	}
	for _, w := range want {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%s: error %q does not say %q", name, err, w)
		}
	}
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("%s: error %q gives the password away", name, err)
	}
}

// file opens a SQLite database of the test's own and returns its path as well.
func file(t *testing.T, o store.Options) (*store.DB, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a name with ?#% in it.db")
	return opener(path)(t, o), path
}

// raw opens the file past the store, as a person with a tool would.
func raw(t *testing.T, path string) *sql.DB {
	t.Helper()
	db := store.Raw(path)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func exec1(t *testing.T, db *sql.DB, query string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), query); err != nil {
		t.Fatal(err)
	}
}

func TestFileMode(t *testing.T) {
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	db, path := file(t, store.Options{Exclusive: true})
	if err := db.Remember(t.Context(), "a", "b", "c"); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, path + "-wal", path + "-shm", path + ".lock"} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", name, info.Mode().Perm())
		}
	}
}

func TestSettings(t *testing.T) {
	db, _ := file(t, store.Options{})
	writer, reader := store.Pools(db)
	for query, want := range map[string]string{
		"PRAGMA journal_mode": "wal", "PRAGMA synchronous": "2", "PRAGMA foreign_keys": "1",
		"PRAGMA busy_timeout": "5000", "PRAGMA journal_size_limit": "16777216",
	} {
		if got := pragma(t, writer, query); got != want {
			t.Errorf("%s is %s, want %s", query, got, want)
		}
	}
	if got := pragma(t, reader, "PRAGMA query_only"); got != "1" {
		t.Errorf("the readers may write")
	}
	// A relaxed write and maintenance leave the settings as they were.
	if _, err := db.ClaimFeeds(t.Context(), "me", time.Now(), time.Minute, 1); err != nil {
		t.Fatal(err)
	}
	if err := db.Maintain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s, b := pragma(t, writer, "PRAGMA synchronous"), pragma(t, writer, "PRAGMA busy_timeout"); s != "2" || b != "5000" {
		t.Errorf("synchronous is %s and busy_timeout %s afterwards", s, b)
	}
}

func pragma(t *testing.T, db *sql.DB, query string) string {
	t.Helper()
	var v string
	if err := db.QueryRowContext(t.Context(), query).Scan(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestMaintainEmptiesWAL(t *testing.T) {
	db, path := file(t, store.Options{})
	for range 50 {
		if err := db.Remember(t.Context(), "a", "b", strings.Repeat("x", 10_000)); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Maintain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path + "-wal"); err != nil || info.Size() != 0 {
		t.Errorf("the WAL has %v bytes, %v", info.Size(), err)
	}
}

func TestExclusive(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	o := store.Options{Now: func() time.Time { return now }, Exclusive: true}
	first, path := file(t, o)
	if err := first.Sync(t.Context(), []spool.FeedState{{Name: "news", URL: "u", Group: "g"}}, []spool.AccountState{{Name: "desk"}}); err != nil {
		t.Fatal(err)
	}
	_, err := store.Open(t.Context(), path, o)
	wantError(t, "a second daemon", err, path, "another spool (process ", "stop that one first")
	opener(path)(t, store.Options{}) // a command beside it is welcome

	feeds, err := first.ClaimFeeds(t.Context(), "dead", now, time.Minute, 1)
	if err != nil || len(feeds) != 1 {
		t.Fatal(feeds, err)
	}
	if accounts, err := first.ClaimAccounts(t.Context(), "dead", now, time.Minute, 1); err != nil || len(accounts) != 1 {
		t.Fatal(accounts, err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	next := opener(path)(t, o)
	feeds, err = next.ClaimFeeds(t.Context(), "me", now, time.Minute, 1)
	if err != nil || len(feeds) != 1 || feeds[0].Lease.Epoch != 2 {
		t.Errorf("claimed %v, %v, want what the dead one held", feeds, err)
	}
	if accounts, err := next.ClaimAccounts(t.Context(), "me", now, time.Minute, 1); err != nil || len(accounts) != 1 {
		t.Errorf("claimed %v, %v, want what the dead one held", accounts, err)
	}
}

// A feed that is being polled each time that the process dies may be why it does:
// it rests, ever longer, and the feed beside it that can be read does not.
func TestAFeedRestsThatProcessesDieOf(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	o := store.Options{Now: func() time.Time { return now }, Exclusive: true}
	db, path := file(t, o)
	if err := db.Sync(t.Context(), []spool.FeedState{{Name: "bomb", URL: "u", Group: "g"}, {Name: "news", URL: "v", Group: "g"}}, nil); err != nil {
		t.Fatal(err)
	}
	var rests []time.Duration
	for range 7 {
		polled, err := db.ClaimFeeds(t.Context(), "a process", now, time.Minute, 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range polled {
			if f.Name == "news" {
				f.NextPoll, f.LastPoll, f.Memory.Deaths = now, now, 0
				if _, err := db.Ingest(t.Context(), spool.Ingest{Feed: f}); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		db = opener(path)(t, o)
		states, err := db.Feeds(t.Context())
		if err != nil || len(states) != 2 {
			t.Fatal(states, err)
		}
		bomb, news := states[0], states[1]
		if news.NextPoll.After(now) || news.Problem != "" || bomb.Lease.Owner != "" {
			t.Errorf("the feeds are %+v", states)
		}
		rest := max(bomb.NextPoll.Sub(now), 0)
		if (rest > 0) != strings.Contains(bomb.Problem, "times while it read this feed") {
			t.Errorf("after a rest of %s it says %q", rest, bomb.Problem)
		}
		rests = append(rests, rest)
		now = now.Add(rest)
	}
	for i, least := range []time.Duration{0, 2 * time.Second, 16 * time.Second, 128 * time.Second, 1024 * time.Second, time.Hour, time.Hour} {
		if rests[i] < least || rests[i] > 2*least {
			t.Errorf("after death %d it rests for %s, want %s to %s", i+1, rests[i], least, 2*least)
		}
	}
}

// A lease that ran out before the process did says nothing about its end.
func TestAnOldLeaseIsNoDeath(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	o := store.Options{Now: func() time.Time { return now }, Exclusive: true}
	db, path := file(t, o)
	if err := db.Sync(t.Context(), []spool.FeedState{{Name: "news", URL: "v", Group: "g"}}, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := db.ClaimFeeds(t.Context(), "a process", now, time.Minute, 10); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	now = now.Add(2 * time.Minute)
	states, err := opener(path)(t, o).Feeds(t.Context())
	if err != nil || len(states) != 1 || states[0].Memory.Deaths != 0 {
		t.Errorf("the feeds are %+v, %v", states, err)
	}
}

func TestPathErrors(t *testing.T) {
	dir := t.TempDir()
	notes := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(notes, []byte(strings.Repeat("These are notes, not a database.\n", 200)), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		dsn  string
		want []string
	}{
		"no folder":      {filepath.Join(dir, "no", "spool.db"), []string{"no/spool.db", "does not exist", "create it"}},
		"a folder":       {dir, []string{dir, "not a file"}},
		"under a file":   {filepath.Join(notes, "spool.db"), []string{notes}},
		"nothing":        {"", []string{"no path is given"}},
		"memory":         {":memory:", []string{"forget everything"}},
		"another kind":   {"mysql://hunter2@x/y", []string{"mysql://", "is not known"}},
		"not a database": {notes, []string{notes, "not a SQLite database"}},
	} {
		_, err := store.Open(t.Context(), c.dsn, store.Options{})
		wantError(t, name, err, c.want...)
	}
	_, err := store.Open(t.Context(), filepath.Join(dir, "none.db"), store.Options{ReadOnly: true})
	wantError(t, "reading what is not there", err, "no such file")
}

func TestNewerVersion(t *testing.T) {
	db, path := file(t, store.Options{})
	exec1(t, raw(t, path), "INSERT INTO migrations SELECT max(number) + 1, 'future.sql', 'x', 0 FROM migrations")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for name, o := range map[string]store.Options{"writing": {}, "reading": {ReadOnly: true}} {
		_, err := store.Open(t.Context(), path, o)
		wantError(t, name, err, path, "written by a newer spool", "use that version")
	}
}

func TestForeignDatabase(t *testing.T) {
	_, path := file(t, store.Options{})
	exec1(t, raw(t, path), "UPDATE migrations SET checksum = 'other'")
	_, err := store.Open(t.Context(), path, store.Options{})
	wantError(t, "another build", err, path, "made by another build")

	other := filepath.Join(t.TempDir(), "recipes.db")
	exec1(t, raw(t, other), "CREATE TABLE recipes (name TEXT)")
	_, err = store.Open(t.Context(), other, store.Options{})
	wantError(t, "another program", err, other, `such as "recipes"`, "a database of its own")
}

func TestDamaged(t *testing.T) {
	db, path := file(t, store.Options{})
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	junk := strings.NewReader(strings.Repeat("\xde\xad", 10_000))
	if _, err := io.Copy(io.NewOffsetWriter(f, 100), junk); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = store.Open(t.Context(), path, store.Options{})
	wantError(t, "damaged", err, path, "the file is damaged", "last backup")
}

// TestDiskFull limits the file's size, which to SQLite is a full disk.
func TestDiskFull(t *testing.T) {
	db, path := file(t, store.Options{})
	if err := db.Sync(t.Context(), []spool.FeedState{{Name: "news", URL: "u", Group: "g"}}, nil); err != nil {
		t.Fatal(err)
	}
	writer, _ := store.Pools(db)
	exec1(t, writer, "PRAGMA max_page_count = 1")
	claimed, err := db.ClaimFeeds(t.Context(), "me", time.Now(), time.Minute, 1)
	if err != nil || len(claimed) != 1 {
		t.Fatal(claimed, err)
	}
	var items []spool.NewItem
	for _, id := range strings.Split(strings.Repeat("x,", 300), ",") {
		id += strings.Repeat("y", len(items))
		items = append(items, spool.NewItem{Item: spool.Item{ID: id, Summary: strings.Repeat("z", 4000)}, Keys: []spool.Key{spool.Key(id)}})
	}
	_, err = db.Ingest(t.Context(), spool.Ingest{Feed: claimed[0], New: items})
	wantError(t, "full", err, path, "news", "the disk is full", "make room")
	if got, err := db.Seen(t.Context(), "g", []spool.Key{items[0].Keys[0]}); err != nil || len(got) != 0 {
		t.Errorf("half of it was recorded: %v, %v", got, err)
	}
	exec1(t, writer, "PRAGMA max_page_count = 1000000")
	if _, err = db.Ingest(t.Context(), spool.Ingest{Feed: claimed[0], New: items}); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

// TestUnwritable runs a part of itself as a user who may not write, since root
// always may.
func TestUnwritable(t *testing.T) {
	if dir := os.Getenv("SPOOL_TEST_UNWRITABLE"); dir != "" {
		testUnwritable(t, dir)
		return
	}
	dir, err := os.MkdirTemp("", "spool-ro-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	db := opener(filepath.Join(dir, "spool.db"))(t, store.Options{})
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for path, mode := range map[string]os.FileMode{dir: 0o755, filepath.Join(dir, "spool.db"): 0o444} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "secret"), 0o700); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() != 0 {
		_ = os.Chmod(dir, 0o555)
		_ = os.Chmod(filepath.Join(dir, "secret"), 0)
		testUnwritable(t, dir)
		_ = os.Chmod(dir, 0o755)
		return
	}
	asNobody(t, dir)
}

func asNobody(t *testing.T, dir string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	cp := filepath.Join(dir, "tests")
	if err := os.WriteFile(cp, program, 0o755); err != nil { //nolint:gosec // another user runs it
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), cp, "-test.run=^TestUnwritable$")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "SPOOL_TEST_UNWRITABLE="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("as nobody: %v\n%s", err, out)
	}
}

func testUnwritable(t *testing.T, dir string) {
	for name, c := range map[string]struct {
		file string
		want []string
	}{
		"a file that may not be written":   {"spool.db", []string{"spool.db", "cannot be written", "mounted read only"}},
		"a folder that may not be written": {"new.db", []string{"new.db", "cannot be made", "must be able to write there"}},
		"a folder that may not be entered": {"secret/spool.db", []string{"secret/spool.db", "give the user that runs spool the right"}},
	} {
		_, err := store.Open(t.Context(), filepath.Join(dir, c.file), store.Options{})
		wantError(t, name, err, c.want...)
	}
}

func TestBackupToARelativePath(t *testing.T) {
	db, _ := file(t, store.Options{})
	t.Chdir(t.TempDir())
	if err := db.Backup(t.Context(), "copy.db"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat("copy.db"); err != nil {
		t.Error(err)
	}
}

func TestBackup(t *testing.T) {
	db, path := file(t, store.Options{})
	if err := db.Remember(t.Context(), "desk", "k", "v"); err != nil {
		t.Fatal(err)
	}
	cp := filepath.Join(filepath.Dir(path), "copy.db")
	if err := db.Backup(t.Context(), cp); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(cp)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the copy: %v, %v", info.Mode(), err)
	}
	if v, ok, err := opener(cp)(t, store.Options{}).Recall(t.Context(), "desk", "k"); v != "v" || !ok || err != nil {
		t.Errorf("the copy knows %q, %v, %v", v, ok, err)
	}
	wantError(t, "a second copy", db.Backup(t.Context(), cp), cp, "there is a file of that name")
	wantError(t, "into nowhere", db.Backup(t.Context(), filepath.Join(path, "x", "y")), "back up database")
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".spool-backup-*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
