package media

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// However short the caller's patience, most of it goes into fetching.
func TestBudgetOfAShortPatience(t *testing.T) {
	for patience, want := range map[time.Duration]time.Duration{
		time.Second: 750 * time.Millisecond, 4 * time.Second: 3 * time.Second, 20 * time.Second: 18 * time.Second, time.Hour: allTime - 2*time.Second,
	} {
		synctest.Test(t, func(t *testing.T) {
			outer, done := context.WithTimeout(t.Context(), patience)
			defer done()
			inner, stop := budget(outer)
			defer stop()
			begun := time.Now()
			<-inner.Done()
			if got := time.Since(begun); got != want {
				t.Errorf("of %v it has %v, want %v", patience, got, want)
			}
		})
	}
}
