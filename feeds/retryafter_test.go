package feeds

import (
	"testing"
	"time"
)

func TestRetryAfter(t *testing.T) {
	at := func(d time.Duration) time.Time { return testNow.Add(d) }
	tests := map[string]time.Time{
		"":                              {},
		"soon":                          {},
		"-5":                            {},
		"0":                             at(0),
		" 90 ":                          at(90 * time.Second),
		"99999999999999999999":          at(24 * time.Hour),
		"604800":                        at(24 * time.Hour),
		"Sun, 01 Mar 2026 12:02:00 GMT": at(2 * time.Minute),
		"Sun, 01 Mar 2026 11:00:00 GMT": at(0),
		"Mon, 01 Mar 2027 11:00:00 GMT": at(24 * time.Hour),
	}
	for header, want := range tests {
		if got := retryAfter(header, testNow); !got.Equal(want) {
			t.Errorf("retryAfter(%q) = %v, want %v", header, got, want)
		}
	}
}

func FuzzRetryAfter(f *testing.F) {
	f.Add("120")
	f.Add("Sun, 01 Mar 2026 12:02:00 GMT")
	f.Fuzz(func(t *testing.T, header string) {
		got := retryAfter(header, testNow)
		if !got.IsZero() && (got.Before(testNow) || got.After(testNow.Add(maxRetryAfter))) {
			t.Errorf("retryAfter(%q) = %v", header, got)
		}
	})
}
