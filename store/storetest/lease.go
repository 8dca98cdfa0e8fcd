package storetest

import (
	"errors"
	"testing"
	"time"

	"spool"
)

// testSaveAccountExtends: whoever records the account's state may have its lease
// last longer by it, and never shorter.
func testSaveAccountExtends(t *testing.T, f *fixture) {
	f.configure(t, nil, []string{"desk"})
	a := f.claimAccount(t, "desk") // for a minute
	left := func() time.Duration { return must(f.Accounts(t.Context()))(t)[0].Lease.Until.Sub(start) }
	before := left()
	a.Lease.Until = f.clock.Now().Add(3 * time.Minute)
	if err := f.SaveAccount(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	if more := left() - before; more < 2*time.Minute || more > 2*time.Minute+30*time.Second {
		t.Errorf("the lease was extended by %v, want two minutes", more)
	}
	before = left()
	a.Lease.Until = f.clock.Now().Add(time.Second)
	if err := f.SaveAccount(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	if more := left() - before; more != 0 {
		t.Errorf("the lease was changed by %v", more)
	}
	a.Lease.Epoch--
	if err := f.SaveAccount(t.Context(), a); !errors.Is(err, spool.ErrConflict) {
		t.Errorf("saved under a lease that is another's: %v", err)
	}
}

// testRouse makes accounts due, also those that are being worked on.
func testRouse(t *testing.T, f *fixture) {
	f.configure(t, nil, []string{"desk", "night"})
	later := f.clock.Now().Add(time.Hour)
	if err := f.Release(t.Context(), f.claimAccount(t, "night").Lease, later); err != nil {
		t.Fatal(err)
	}
	desk := f.claimAccount(t, "desk")
	if err := f.Rouse(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := f.Release(t.Context(), desk.Lease, later); err != nil {
		t.Fatal(err)
	}
	if claimed := must(f.ClaimAccounts(t.Context(), "me", f.clock.Now(), time.Minute, 9))(t); len(claimed) != 2 {
		t.Errorf("%d of two accounts are due", len(claimed))
	}
}

// testNewAddress lets nobody wait for a poll of the old one.
func testNewAddress(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, nil)
	old := f.claimFeed(t, "news")
	moved := feed("news", "paper")
	moved.URL = "https://www.example.org/new.xml"
	if err := f.Sync(t.Context(), []spool.FeedState{moved}, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Ingest(t.Context(), spool.Ingest{Feed: old}); !errors.Is(err, spool.ErrConflict) {
		t.Errorf("a poll of the old address was recorded: %v", err)
	}
	if got := f.claimFeed(t, "news"); got.URL != moved.URL {
		t.Errorf("claimed at %s", got.URL)
	}
}
