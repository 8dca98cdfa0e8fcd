package store_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"spool"
	"spool/store"
	"spool/store/storetest"
)

// former is a database as the first release left it, with a row or more in every
// table.
var former = []string{
	`INSERT INTO groups (id, name, seq) VALUES (1, 'paper', 7), (2, 'feed:blog', 1)`,
	`INSERT INTO feeds (name, active, url, grp, etag, last_modified, body_hash, moved, next_poll, retry_after, baselined, last_poll,
		last_good, last_new, failures, problem, items, known, mark, lease_owner, lease_epoch, lease_until) VALUES
		('city', 1, 'https://www.example.org/city.rss', 'paper', '"e"', 'Sun', 'h', 'm', 1, 2, 3, 4, 5, 6, 7, 'p', 8, 9, 10, 'o', 11, 12),
		('blog', 0, 'https://blog.example/', 'feed:blog', '', '', '', '', 0, 0, 0, 0, 0, 0, 0, '', 0, 0, 0, '', 0, 0)`,
	`INSERT INTO accounts (name, active, network, paused, paused_until, stopped, kept, expires, quota_used, quota_total, next_at, wake,
		woken, cleared, live, failed, dropped, lease_owner, lease_epoch, lease_until)
		VALUES ('desk', 1, 'threads', 1, 2, 's', 3, 4, 5, 6, 7, 8, 9, 10, 2, 1, 0, 'o', 11, 12)`,
	`INSERT INTO items (n, id, feed, digest, published, seen, body) VALUES
		(1, 'i1', 'city', 'd', 10, 20, '{"title":"Die Brücke"}'), (2, 'i2', 'city', 'd', 10, 20, ''), (3, 'i3', 'blog', 'd', 10, 20, '{}')`,
	`INSERT INTO keys (grp, key, item) VALUES (1, 'guid:a', 1), (1, 'link:a', 1), (2, 'guid:b', 3)`,
	`INSERT INTO listed (item, feed) VALUES (1, 'sport'), (3, 'sport')`,
	formerPost("p1", "i1", "live", "", "n1", 30, 40),
	formerPost("p2", "i2", "held", "doubt", "", 30, 0),
	formerPost("p3", "i3", "waiting", "", "", 0, 0),
	`INSERT INTO changes (post, n, at, from_state, to_state, what, cause, who) VALUES
		('p1', 1, 20, '', 'waiting', 'recorded', 'c', 'spool'), ('p1', 2, 30, 'waiting', 'sending', 'began', '', 'anna'),
		('p2', 1, 20, '', 'held', 'recorded', '', 'spool')`,
	`INSERT INTO tokens (account, value, issued, expires, checked, origin) VALUES ('desk', 'v', 1, 2, 3, 'login')`,
	`INSERT INTO notes (account, key, value) VALUES ('desk', 'k', 'v')`,
}

func formerPost(id, item, state, hold, receipt string, begun, live int) string {
	quote := func(s string) string { return "'" + s + "'" }
	return `INSERT INTO posts (id, item, feed, account, purpose, priority, content, link, fingerprint, state, hold, reason, not_before,
		deadline, draft_state, draft_ready, draft_wait, receipt_id, receipt_url, receipt_note, turn, created, begun, first_begun, live_at,
		attempts, refusals, looks, resent, version) VALUES (` + quote(id) + `, ` + quote(item) + `, 'city', 'desk', 'announce', -1,
		'{"text":"Words","image":"https://paper.example/i.jpg","alt":"A bridge"}', 'l', 'f', ` + quote(state) + `, ` + quote(hold) + `, 'r', 1, 2, 'ds', 1, 3, ` + quote(receipt) + `, 'u', 'rn',
		4, 5, ` + number(begun) + `, 6, ` + number(live) + `, 7, 8, 9, 10, 11)`
}

func number(n int) string { return string([]byte{byte('0' + n/10), byte('0' + n%10)}) }

var formerTables = []string{"groups", "feeds", "accounts", "items", "keys", "listed", "posts", "changes", "tokens", "notes"}

// kept is what there is besides since the ledger is kept and feeds are pushed.
var kept = []string{
	`INSERT INTO ledger (feed, account, verdict, n) VALUES ('city', 'desk', 'seen', 3), ('city', 'desk', 'carried', 3)`,
	`INSERT INTO audiences (n, accounts) VALUES (1, '["desk"]')`,
	`INSERT INTO subscriptions (id, feed, hub, topic, callback, secret, standing, created, requested, verified, lease_until, failures,
		next_at, last_push, pushes, ignored, reason, version) VALUES ('s1', 'city', 'h', 't', 'c', 's', 'active', 1, 2, 3, 4, 5, 6, 7, 8, 9, 'r', 10)`,
}

// followed is what there is since posts may follow from others.
var followed = []string{
	`INSERT INTO files (name, type, bytes, width, height, public, created, expires) VALUES ('f1', 'image/png', CAST('x' AS {{bytes}}), 1, 2, 1, 3, 4)`,
	`INSERT INTO pages (url, fetched, body) VALUES ('https://www.example.org/', 1, '{}')`,
	`INSERT INTO blocked (key, url, item, at, who, reason) VALUES ('guid:a', 'u', 'i1', 1, 'anna', 'r')`,
}

// TestUpgrade brings databases of former releases up to date: every value is still
// there, every rule holds, and the ledger balances.
func TestUpgrade(t *testing.T) {
	for name, from := range map[string]struct {
		number int
		rows   []string
		tables []string
	}{
		"the first release": {1, former, formerTables},
		"one between":       {3, slices.Concat(former, kept), append(slices.Clone(formerTables), "ledger", "audiences", "subscriptions")},
		"the one before":    {4, slices.Concat(former, kept, followed), append(slices.Clone(formerTables), "ledger", "audiences", "subscriptions", "files", "pages", "blocked")},
	} {
		t.Run("sqlite, "+name, func(t *testing.T) {
			testUpgrade(t, filepath.Join(t.TempDir(), "spool.db"), from.number, from.rows, from.tables)
		})
		t.Run("postgres, "+name, func(t *testing.T) { testUpgrade(t, storetest.Postgres(t), from.number, from.rows, from.tables) })
	}
}

func testUpgrade(t *testing.T, dsn string, number int, rows, tables []string) {
	old, err := store.OpenAt(t.Context(), dsn, number)
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Do(t.Context(), old, rows...); err != nil {
		t.Fatal(err)
	}
	before := map[string][]map[string]string{}
	for _, table := range tables {
		before[table] = dump(t, old, table)
		if len(before[table]) == 0 {
			t.Fatalf("%s is empty", table)
		}
	}
	indexes, err := store.Indexes(t.Context(), old)
	if err != nil {
		t.Fatal(err)
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	db := opener(dsn)(t, store.Options{})
	for _, table := range tables {
		sameRows(t, table, before[table], dump(t, db, table))
	}
	wantRules(t, db, indexes)
	a, err := db.Audit(t.Context())
	if err != nil || len(a.Miscounts) > 0 || len(a.Entries) != 1 || a.Entries[0].Seen != 3 {
		t.Errorf("the ledger begins with %+v, %v", a, err)
	}
	wantGoesOn(t, db)
}

// wantGoesOn wants posts of before to be read and to go on as if nothing had been,
// with the picture that they had.
func wantGoesOn(t *testing.T, db *store.DB) {
	t.Helper()
	p, err := db.Post(t.Context(), "p3")
	if err != nil {
		t.Fatal(err)
	}
	const address = "https://paper.example/i.jpg"
	if len(p.Content.Media) != 1 || p.Content.Media[0] != (spool.Attachment{URL: address, Alt: "A bridge", Public: address}) || p.Content.Open {
		t.Errorf("its picture is %+v", p.Content.Media)
	}
	if p.Parent != "" || p.Root != "" || !p.Embargo.IsZero() || p.Receipt.Version != "" {
		t.Errorf("it follows from something: %+v", p)
	}
	held, err := db.Steer(t.Context(), "p3", spool.Event{What: spool.Holding, Who: "anna"}, spool.Rules{})
	if err != nil || held.State != spool.Held || !held.Content.Equal(p.Content) {
		t.Errorf("it goes on as %+v, %v", held, err)
	}
	if live, err := db.LivePosts(t.Context(), []string{"i1", "i2", "i3"}); err != nil || len(live) != 1 || live[0].ID != "p1" {
		t.Errorf("readers see %v, %v", live, err)
	}
	for i, purpose := range spool.Purposes() {
		id := "f" + number(i)
		if err := store.Do(t.Context(), db, strings.Replace(formerPost(id, id, "held", "alt", "", 0, 0), "'announce'", "'"+string(purpose)+"'", 1),
			"DELETE FROM posts WHERE id = '"+id+"'"); err != nil {
			t.Errorf("purpose %s: %v", purpose, err)
		}
	}
}

func dump(t *testing.T, db *store.DB, table string) []map[string]string {
	t.Helper()
	rows, err := store.Dump(t.Context(), db, table)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// sameRows wants all that was there; there may be new columns.
func sameRows(t *testing.T, table string, before, after []map[string]string) {
	t.Helper()
	if len(before) != len(after) {
		t.Errorf("%s has %d rows, had %d", table, len(after), len(before))
		return
	}
	for i, row := range before {
		for column, value := range row {
			if got, ok := after[i][column]; !ok || got != value {
				t.Errorf("%s row %d: %s is %q, was %q", table, i, column, got, value)
			}
		}
	}
}

// wantRules wants the database to refuse what it refused before, and to take the
// new reasons for holding a post.
func wantRules(t *testing.T, db *store.DB, indexes []string) {
	t.Helper()
	now, err := store.Indexes(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range indexes {
		if !strings.HasSuffix(name, "_pkey") && !slices.Contains(now, name) {
			t.Errorf("index %s is gone", name)
		}
	}
	for what, query := range map[string]string{
		"a change of a post that there is not": "INSERT INTO changes (post, n, at, from_state, to_state, what, cause, who) VALUES ('nothing', 1, 1, '', 'waiting', 'recorded', '', '')",
		"a second announcement":                formerPost("p4", "i1", "waiting", "", "", 0, 0),
		"a second post of a network's id":      formerPost("p5", "i5", "live", "", "n1", 30, 40),
		"a second post of an id":               formerPost("p1", "i6", "waiting", "", "", 0, 0),
		"an impossible state":                  formerPost("p6", "i6", "flying", "", "", 0, 0),
		"an impossible hold":                   formerPost("p7", "i7", "held", "whim", "", 0, 0),
		"a key twice":                          "INSERT INTO keys (grp, key, item) VALUES (1, 'guid:a', 2)",
		"a post with a history taken away":     "DELETE FROM posts WHERE id = 'p1'",
	} {
		if err := store.Do(t.Context(), db, query); err == nil {
			t.Errorf("%s: taken", what)
		}
	}
	for i, h := range []spool.Hold{spool.HoldChurn, spool.HoldDuplicate} {
		id := "h" + number(i)
		if err := store.Do(t.Context(), db, formerPost(id, id, "held", string(h), "", 0, 0),
			"DELETE FROM posts WHERE id = '"+id+"'"); err != nil {
			t.Errorf("hold %s: %v", h, err)
		}
	}
}
