package publisher

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestWaits(t *testing.T) {
	for n, want := range map[int]time.Duration{-1: time.Minute, 0: time.Minute, 1: time.Minute, 2: 2 * time.Minute, 5: 30 * time.Minute, 99: 30 * time.Minute} {
		if got := ThrottleWait(n); got != want {
			t.Errorf("after refusal %d: %v, want %v", n, got, want)
		}
	}
}

func TestNotSent(t *testing.T) {
	for _, c := range []struct {
		err  error
		want bool
	}{
		{nil, false},
		{errors.New("the answer makes no sense"), false},
		{fmt.Errorf("post: %w", ErrNoToken), true},
		{fmt.Errorf("post: %w", &CallError{NotSent: true, Err: errors.New("no connection")}), true},
		{&CallError{Timeout: true, Err: errors.New("no answer in time")}, false},
	} {
		if got := NotSent(c.err); got != c.want {
			t.Errorf("%v: %v", c.err, got)
		}
	}
}

func TestExcerpt(t *testing.T) {
	for text, want := range map[string]string{
		"":                        "",
		" two\n\tlines \r\n":      "two lines",
		"cut \xff short":          "cut \ufffd short",
		strings.Repeat("ü", 200):  strings.Repeat("ü", 200),
		strings.Repeat("üa", 101): strings.Repeat("üa", 100) + "…",
	} {
		if got := Excerpt(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
