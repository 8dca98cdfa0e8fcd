package store_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/store"
)

// What a poll costs, with little and with much remembered. Run with
//
//	go test -run '^$' -bench . ./store
//
// The figures of one size are to be compared with those of another: the cost
// must not grow with what is remembered.

const document = 40 // items

// remembering is a database with so many items known, two keys each.
func remembering(b *testing.B, items int) *store.DB {
	b.Helper()
	path := filepath.Join(b.TempDir(), "spool.db")
	db, err := store.Open(b.Context(), path, store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	if err := db.Sync(b.Context(), []spool.FeedState{{Name: "news", URL: "u", Group: "g"}}, []spool.AccountState{{Name: "desk"}}); err != nil {
		b.Fatal(err)
	}
	raw := store.Raw(path)
	defer raw.Close()
	for _, query := range []string{
		fmt.Sprintf(`INSERT INTO items (n, id, feed, digest, published, seen, body)
			WITH RECURSIVE c(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM c WHERE i < %d)
			SELECT i + 1, 'item' || i, 'news', 'digest', 1, 1, '{"title":"' || hex(zeroblob(100)) || '"}' FROM c`, items-1),
		`INSERT INTO keys (grp, key, item) SELECT 1, 'guid:' || hex(n * 2654435761 % 4294967296) || 'xxxxxxxx', n FROM items`,
		`INSERT INTO keys (grp, key, item) SELECT 1, 'link:' || hex(n * 2654435761 % 4294967296) || 'xxxxxxxx', n FROM items`,
	} {
		if _, err := raw.ExecContext(b.Context(), query); err != nil {
			b.Fatal(err)
		}
	}
	return db
}

// keysOf is what a document asks for whose items are spread over all that is
// remembered.
func keysOf(n, items int) []spool.Key {
	var keys []spool.Key
	for i := range document {
		hash := fmt.Sprintf("%x", fmt.Sprint(((n+i*items/document)%items+1)*2654435761%4294967296))
		keys = append(keys, spool.Key("guid:"+hash+"xxxxxxxx"), spool.Key("link:"+hash+"xxxxxxxx"))
	}
	return keys
}

func BenchmarkPoll(b *testing.B) {
	for _, items := range []int{10_000, 1_000_000} {
		b.Run(fmt.Sprintf("remembering=%d", items), func(b *testing.B) {
			db := remembering(b, items)
			b.Run("seen", func(b *testing.B) { benchSeen(b, db, items) })
			b.Run("unchanged", func(b *testing.B) { benchIngest(b, db, 0) })
			b.Run("new=1", func(b *testing.B) { benchIngest(b, db, 1) })
			b.Run("new=40", func(b *testing.B) { benchIngest(b, db, document) })
			b.Run("first", func(b *testing.B) { benchFirst(b, db) })
		})
	}
}

func benchSeen(b *testing.B, db *store.DB, items int) {
	n := 0
	for b.Loop() {
		n += 7919
		known, err := db.Seen(b.Context(), "g", keysOf(n, items))
		if err != nil {
			b.Fatal(err)
		}
		if len(known) != 2*document {
			b.Fatalf("%d keys are known", len(known))
		}
	}
}

// benchFirst records a document of which nothing is posted, as when a feed is
// read for the first time.
func benchFirst(b *testing.B, db *store.DB) {
	benchWith(b, db, document, false)
}

// benchIngest claims the feed and records a poll with so many new items, each
// with a post.
func benchIngest(b *testing.B, db *store.DB, items int) {
	benchWith(b, db, items, true)
}

func benchWith(b *testing.B, db *store.DB, items int, posts bool) {
	n := 0
	for b.Loop() {
		n++
		now := time.Now()
		claimed, err := db.ClaimFeeds(b.Context(), "me", now, time.Minute, 1)
		if err != nil || len(claimed) != 1 {
			b.Fatal(claimed, err)
		}
		f := claimed[0]
		f.NextPoll, f.LastPoll, f.Baselined = now, now, now.Add(-time.Hour)
		in := spool.Ingest{Feed: f, Accounts: []string{"desk"}}
		for i := range items {
			id := fmt.Sprintf("%x-%d-%d", now.UnixNano()*2654435761, n, i)
			in.New = append(in.New, spool.NewItem{Item: spool.Item{ID: id, Title: "A title of usual length, as they are", Link: "https://www.example.org/" + id, Published: now, Seen: now, Digest: "d"}, Keys: []spool.Key{spool.Key("guid:" + id), spool.Key("link:" + id)}})
			fate := spool.Fate{Time: now, Item: id, Feed: "news", Verdict: spool.FirstRun, Reason: "it was there when the feed was first read (first_run: skip)"}
			if posts {
				fate.Verdict, fate.Reason = spool.ToPost, ""
			}
			in.Fates = append(in.Fates, fate)
			if posts {
				in.Posts = append(in.Posts, spool.Post{ID: id, Item: id, Feed: "news", Account: "desk", Purpose: spool.Announce, State: spool.Waiting, NotBefore: now, Order: now, Created: now, Content: spool.Content{Text: "A title of usual length, as they are", Link: "https://www.example.org/" + id}})
			}
		}
		if _, err := db.Ingest(b.Context(), in); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkTrackedAlerts reads a day's alerts of a large agency, each in two languages
// and about a dozen stops: what every poll of them begins with.
func BenchmarkTrackedAlerts(b *testing.B) {
	db := remembering(b, 1)
	feeds, err := db.ClaimFeeds(b.Context(), "me", time.Now(), time.Minute, 1)
	if err != nil {
		b.Fatal(err)
	}
	var all []spool.Tracked
	for i := range 400 {
		a := spool.Alert{ID: fmt.Sprint("alert:", i), Periods: []spool.Period{{Start: time.Unix(1e9, 0)}}, Effect: spool.Detour}
		for _, language := range []string{"en", "fr"} {
			a.Header = append(a.Header, spool.Text{Language: language, Text: strings.Repeat("Line 4 is diverted. ", 4)})
			a.Description = append(a.Description, spool.Text{Language: language, Text: strings.Repeat("Use the stop in the next street. ", 20)})
		}
		for stop := range 12 {
			a.Affected = append(a.Affected, spool.Affected{Route: "4", Stop: fmt.Sprint(stop), RouteName: "4", StopName: "Market Square"})
		}
		all = append(all, spool.Tracked{Item: fmt.Sprint("item", i), Open: true, Alert: a, Names: []string{"id:1", "url:2"}})
	}
	if _, err := db.Ingest(b.Context(), spool.Ingest{Feed: feeds[0], Tracked: all}); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if got, err := db.TrackedAlerts(b.Context(), "news", time.Now()); err != nil || len(got) != len(all) {
			b.Fatal(len(got), err)
		}
	}
}
