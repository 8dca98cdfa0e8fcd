package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"spool"
	"spool/store"
)

// Polls that are recorded in one transaction succeed and fail each for itself.
func TestTogether(t *testing.T) {
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "spool.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const feeds = 100 // more than go in one transaction
	states := []spool.FeedState{}
	for i := range feeds {
		states = append(states, spool.FeedState{Name: fmt.Sprintf("f%02d", i), URL: "u", Group: fmt.Sprintf("g%02d", i/2)})
	}
	if err := db.Sync(t.Context(), states, []spool.AccountState{{Name: "desk"}}); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	claimed, err := db.ClaimFeeds(t.Context(), "me", now, time.Minute, feeds)
	if err != nil || len(claimed) != feeds {
		t.Fatal(len(claimed), err)
	}
	release := store.HoldConvoy(db)
	errs := make([]error, feeds)
	var all sync.WaitGroup
	stopped, stop := context.WithCancel(t.Context())
	for i, f := range claimed {
		if i%10 == 4 {
			f.Lease.Epoch-- // its lease has passed on
		}
		f.NextPoll, f.LastPoll, f.Baselined = now.Add(time.Hour), now, now
		// The two feeds of a group carry the same story under one key.
		in := spool.Ingest{Feed: f, New: []spool.NewItem{{Item: spool.Item{ID: "item of " + f.Name, Feed: f.Name, Digest: "d"}, Keys: []spool.Key{spool.Key("guid:" + f.Group)}}}}
		all.Go(func() { _, errs[i] = db.Ingest(stopped, in) })
	}
	for store.ConvoyLength(db) < feeds {
		runtime.Gosched()
	}
	stop() // whoever waits already is recorded all the same
	release()
	all.Wait()
	after, err := db.Feeds(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range after {
		if f.LastPoll.IsZero() != (errs[i] != nil) {
			t.Errorf("feed %s: recording said %v, its last poll is %v", f.Name, errs[i], f.LastPoll)
		}
	}
	for g := range feeds / 2 {
		recorded := 0
		for i := 2 * g; i < 2*g+2; i++ {
			_, lookup := db.Item(t.Context(), "item of "+claimed[i].Name)
			if (errs[i] == nil) != (lookup == nil) {
				t.Errorf("feed %s: recording said %v, the item is there: %v", claimed[i].Name, errs[i], lookup == nil)
			}
			if errs[i] == nil {
				recorded++
			} else if !errors.Is(errs[i], spool.ErrConflict) {
				t.Errorf("feed %s: %v", claimed[i].Name, errs[i])
			}
		}
		if recorded != 1 {
			t.Errorf("group %d: %d of two feeds have recorded the story, want 1", g, recorded)
		}
		known, err := db.Seen(t.Context(), claimed[2*g].Group, []spool.Key{spool.Key("guid:" + claimed[2*g].Group)})
		if err != nil || len(known) != 1 {
			t.Errorf("group %d: %v, %v", g, known, err)
		}
	}
}
