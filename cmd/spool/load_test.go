package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"spool/config"
)

func TestConcurrencyGrowsWithTheFeeds(t *testing.T) {
	for _, tt := range []struct {
		feeds int
		given string
		want  int
	}{{1, "", 32}, {3200, "", 32}, {5000, "", 50}, {10_000, "", 100}, {10_000, "concurrency: 7", 7}, {1, "concurrency: 200", 200}, {10_000, "concurrency: 32", 32}} {
		var text strings.Builder
		fmt.Fprintf(&text, "fetch: {%s}\naccounts: {desk: {network: threads}}\nfeeds:\n", tt.given)
		for i := range tt.feeds {
			fmt.Fprintf(&text, "  f%d: {url: 'https://www.example.org/%d', accounts: [desk]}\n", i, i)
		}
		path := filepath.Join(t.TempDir(), "config.yaml")
		if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		cfg, err := config.Load(path, config.Checks{})
		if err != nil {
			t.Fatal(err)
		}
		if got := concurrency(cfg); got != tt.want {
			t.Errorf("%d feeds, %q: %d at once, want %d", tt.feeds, tt.given, got, tt.want)
		}
	}
}

func TestMemoryLimit(t *testing.T) {
	for live, want := range map[uint64]int64{0: 96, 10: 96, 36: 96, 50: 124, 200: 424} {
		if got := memoryLimit(live<<20) >> 20; got != want {
			t.Errorf("with %d MiB in use the limit is %d, want %d", live, got, want)
		}
	}
	if got := memoryLimit(1 << 63); got <= 0 {
		t.Errorf("the limit is %d", got)
	}
	if liveHeap() == 0 {
		debug.FreeOSMemory()
		if liveHeap() == 0 {
			t.Error("nothing is in use")
		}
	}
}

// The operator's own settings are left alone, and in any case those of before
// hold again in the end.
func TestMemoryLimitIsTheOperators(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	for _, name := range []string{"GOGC", "GOMEMLIMIT", "OTHER"} {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		asked := map[string]bool{}
		p := &program{world: world{getenv: func(key string) (string, bool) { asked[key] = true; return "", key == name }}}
		if err := p.keepMemorySmall(ctx); err != nil {
			t.Error(err)
		}
		if got := debug.SetMemoryLimit(-1); got != before || !asked["GOGC"] || !asked["GOMEMLIMIT"] {
			t.Errorf("%s: the limit is %d afterwards, was %d", name, got, before)
		}
	}
}
