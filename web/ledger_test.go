package web

import (
	"errors"
	"strings"
	"testing"
	"time"

	"spool"
)

// books are a ledger with a feed that is gone from the configuration.
func books() []spool.Entry {
	return []spool.Entry{
		{Feed: "front", Account: "desk", Seen: 9,
			Fates: map[spool.Verdict]int{spool.Filtered: 2, spool.FirstRun: 3, spool.TooOld: 0},
			Posts: map[spool.State]int{spool.Live: 3, spool.Held: 1}},
		{Feed: "gone", Account: "desk", Seen: 4, Fates: map[spool.Verdict]int{spool.Elsewhere: 4}},
	}
}

func TestLedgerIsShown(t *testing.T) {
	s := newSite(t, nil)
	s.store.ledger = books()
	page := s.ask("GET", "/metrics").Body.String()
	for _, want := range []string{
		`spool_ledger_items{account="desk",feed="front",verdict="seen"} 9`,
		`spool_ledger_items{account="desk",feed="front",verdict="filtered"} 2`,
		`spool_ledger_items{account="desk",feed="front",verdict="live"} 3`,
		"\nspool_ledger_imbalance 0\n",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
	for _, unwanted := range []string{`feed="gone"`, `verdict="too_old"`} {
		if strings.Contains(page, unwanted) {
			t.Errorf("/metrics has %s", unwanted)
		}
	}
}

// An item that is lost shows, also one of a feed that is gone, and one too many
// does not hide one too few.
func TestImbalanceIsShown(t *testing.T) {
	s := newSite(t, nil)
	s.store.ledger = books()
	s.store.ledger[0].Seen++
	s.store.ledger[1].Seen -= 2
	if page := s.ask("GET", "/metrics").Body.String(); !strings.Contains(page, "\nspool_ledger_imbalance 3\n") {
		t.Error("/metrics does not say that three items are unaccounted for")
	}
}

// The ledger is read once a minute, however many ask; what cannot be read is
// asked for again, and a clock that was set back is no reason to wait.
func TestLedgerIsReadOnceAMinute(t *testing.T) {
	s := newSite(t, nil)
	s.store.ledger = books()
	ask := func(after time.Duration, want int) {
		t.Helper()
		s.now = s.now.Add(after)
		s.ask("GET", "/metrics")
		if s.store.readings != want {
			t.Errorf("after another %v the ledger has been read %d times, want %d", after, s.store.readings, want)
		}
	}
	ask(0, 1)
	ask(59*time.Second, 1)
	ask(time.Second, 2)
	ask(-time.Hour, 3)
	s.now = s.now.Add(2 * time.Minute)
	s.store.fail(errors.New("disk I/O error"))
	s.ask("GET", "/metrics") // fails before it comes to the ledger
	s.store.fail(nil)
	ask(0, 4)
}
