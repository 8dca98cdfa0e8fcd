package store_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"spool"
	"spool/store"
)

// TestKilled kills a process that records poll after poll, and wants of each
// poll everything or nothing, and everything of those that were acknowledged.
func TestKilled(t *testing.T) {
	if path := os.Getenv("SPOOL_TEST_KILLED"); path != "" {
		recordForEver(t, path)
		return
	}
	path := filepath.Join(t.TempDir(), "spool.db")
	acknowledged := 0
	for round := range 5 {
		acknowledged = killAfter(t, path, 10+17*round)
		whole(t, path, acknowledged)
	}
	if acknowledged < 100 {
		t.Errorf("only %d polls were recorded", acknowledged)
	}
}

// killAfter runs the child until it has acknowledged so many polls, kills it,
// and returns the number of the last.
func killAfter(t *testing.T, path string, polls int) int {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilled$")
	cmd.Env = append(os.Environ(), "SPOOL_TEST_KILLED="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	last := -1
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if _, err := fmt.Sscanf(lines.Text(), "recorded %d", &last); err != nil {
			t.Errorf("the child says: %s", lines.Text())
			continue
		}
		if polls--; polls == 0 {
			_ = cmd.Process.Kill() // it goes on in between, and dies at some point of the next polls
		}
	}
	_ = cmd.Wait() // it was killed
	return last
}

// recordForEver records one item with its post and its alert per poll, and says so.
func recordForEver(t *testing.T, path string) {
	db := opener(path)(t, store.Options{Exclusive: true})
	ctx := t.Context()
	if err := db.Sync(ctx, []spool.FeedState{{Name: "news", URL: "u", Group: "g"}}, []spool.AccountState{{Name: "desk"}}); err != nil {
		t.Fatal(err)
	}
	c, err := db.Counts(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for i := c.Items["news"]; ; i++ {
		now := time.Now()
		claimed, err := db.ClaimFeeds(ctx, "child", now, time.Minute, 1)
		if err != nil || len(claimed) != 1 {
			t.Fatal(claimed, err)
		}
		claimed[0].Items, claimed[0].NextPoll = i+1, now
		claimed[0].Memory.Deaths = 0 // as every poll that ends; else the feed rests after the second kill
		id := fmt.Sprint("item", i)
		post := spool.Post{ID: "post-" + id, Item: id, Feed: "news", Account: "desk", Purpose: spool.Announce, State: spool.Waiting, Created: now, NotBefore: now}
		in := spool.Ingest{Feed: claimed[0], New: []spool.NewItem{{Item: spool.Item{ID: id, Feed: "news"}, Keys: []spool.Key{spool.Key(id)}}}, Posts: []spool.Post{post}, Tracked: []spool.Tracked{{Item: id, Open: true}}}
		if _, err := db.Ingest(ctx, in); err != nil {
			t.Fatal(err)
		}
		fmt.Println("recorded", i)
	}
}

// whole wants as many items as the feed says, each with its key, post and first
// line of history.
func whole(t *testing.T, path string, acknowledged int) {
	t.Helper()
	db := opener(path)(t, store.Options{})
	feeds, err := db.Feeds(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	n := feeds[0].Items
	if n <= acknowledged {
		t.Errorf("poll %d was acknowledged, but there are %d", acknowledged, n)
	}
	c, err := db.Counts(t.Context())
	if err != nil || c.Items["news"] != n || c.Posts[0].N != n {
		t.Errorf("the feed counts %d items; counted are %v, %v", n, c, err)
	}
	if alerts, err := db.TrackedAlerts(t.Context(), "news", time.Time{}); err != nil || len(alerts) != n {
		t.Errorf("the feed counts %d items; remembered are %d alerts, %v", n, len(alerts), err)
	}
	for i := max(0, n-3); i <= n; i++ {
		id := fmt.Sprint("item", i)
		known, err := db.Seen(t.Context(), "g", []spool.Key{spool.Key(id)})
		if err != nil {
			t.Fatal(err)
		}
		lines, err := db.History(t.Context(), "post-"+id)
		if err != nil {
			t.Fatal(err)
		}
		if there := i < n; (len(known) == 1) != there || (len(lines) == 1) != there {
			t.Errorf("%s of %d: %d keys, %d lines", id, n, len(known), len(lines))
		}
	}
}
