package bluesky

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"spool"
	"spool/publisher"
	"spool/publisher/bluesky/blueskytest"
)

func TestFormatTID(t *testing.T) {
	cases := []struct {
		micros int64
		clock  uint16
		want   string
	}{
		{0, 0, "2222222222222"},
		{0, 1, "2222222222223"},
		{1, 0, "2222222222322"},
		{1<<53 - 1, 1023, "bzzzzzzzzzzzz"}, // 53 bits of time leave the top two free
		{-5, 0, "2222222222222"},
	}
	for _, c := range cases {
		if got := formatTID(c.micros, c.clock); got != c.want {
			t.Errorf("%d, %d: %s, want %s", c.micros, c.clock, got, c.want)
		}
	}
	for _, s := range []string{"", "222222222222", "22222222222222", "zzzzzzzzzzzzz", "k222222222222", "222222222222A", "2222222-22222", "0000000000000"} {
		if _, _, ok := parseTID(s); ok {
			t.Errorf("%q is taken for a key", s)
		}
	}
}

// TestTIDOrder: keys read back, and sort as their moments do.
func TestTIDOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) (int64, uint16, string) {
			micros := rapid.Int64Range(0, 1<<53-1).Draw(t, name)
			clock := rapid.Uint16Range(0, 1023).Draw(t, name+" clock")
			return micros, clock, formatTID(micros, clock)
		}
		am, ac, a := draw("a")
		bm, _, b := draw("b")
		if m, c, ok := parseTID(a); !ok || m != am || c != ac {
			t.Fatalf("%s reads back as %d, %d, %v; want %d, %d", a, m, c, ok, am, ac)
		}
		if am < bm && a >= b || am > bm && a <= b {
			t.Fatalf("%s and %s do not sort as %d and %d", a, b, am, bm)
		}
	})
}

// TestKeysGrow: each key of an account is later than all before it, over
// restarts, for replicas that share the memory, and when the clock goes back.
func TestKeysGrow(t *testing.T) {
	bubble(t, blueskytest.Options{}, func(w *world) {
		shift := time.Duration(0)
		w.opts.Now = func() time.Time { return time.Now().Add(shift) }
		last := ""
		for i := range 200 {
			if i%7 == 0 {
				w.open()
			}
			switch i {
			case 50:
				shift = 2 * time.Hour
			case 100:
				shift = -time.Hour
			}
			key, err := w.client.newKey(w.t.Context(), fmt.Sprint("post", i))
			if err != nil {
				w.t.Fatal(err)
			}
			if key <= last {
				w.t.Fatalf("key %d is %s after %s", i, key, last)
			}
			last = key
		}
	})
}

// TestKeysWithoutMemory: even when nothing is remembered and the moment is the
// same, two posts have two keys.
func TestKeysWithoutMemory(t *testing.T) {
	bubble(t, blueskytest.Options{}, func(w *world) {
		w.opts.Memory = nil
		keys := map[string]bool{}
		for i := range 20 {
			w.open()
			key, err := w.client.newKey(w.t.Context(), fmt.Sprint("post", i))
			if err != nil || keys[key] {
				w.t.Fatalf("key %s for the second time (%v)", key, err)
			}
			keys[key] = true
		}
	})
}

// TestNoKeyWithoutMemory: a memory that fails does not lead to a key that nobody
// remembers.
func TestNoKeyWithoutMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, blueskytest.Options{})
		w.keep()
		for _, m := range []publisher.Memory{brokenMemory{}, forgetsAll{}} {
			w.opts.Memory = m
			w.open()
			_, err := w.client.Prepare(t.Context(), newPost())
			if f := w.failure(err); f.Kind != spool.Temporary {
				t.Errorf("the failure is %v, want a temporary one", f)
			}
		}
	})
}

type brokenMemory struct{}

var errBroken = errors.New("the database is away")

func (brokenMemory) Recall(context.Context, string) (string, error) { return "", errBroken }
func (brokenMemory) Remember(context.Context, string, string) error { return errBroken }

// forgetsAll can be read, and not written.
type forgetsAll struct{ brokenMemory }

func (forgetsAll) Recall(context.Context, string) (string, error) { return "", nil }
